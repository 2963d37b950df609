-- Whose finding a click spoke of, so that the precision of each maker is measured.
ALTER TABLE finding_feedback ADD COLUMN maker text CHECK (maker ~ '^[a-z0-9_.-]{1,63}$');
