-- Speaker labels of figures are personal data: sealed, instead of ordinals that could not name a label without a row.
ALTER TABLE statistic DROP COLUMN speaker, DROP COLUMN other, ADD COLUMN label_sealed bytea;
