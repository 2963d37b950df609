-- The same rules for columns of which every ingested conversation writes many: a pattern with counted repeats is worked out anew for
-- each row and costs more than storing it; a look for a character that may not be there, and a length, cost a tenth.

ALTER TABLE finding
    DROP CONSTRAINT finding_kind_check,
    DROP CONSTRAINT finding_class_check,
    DROP CONSTRAINT finding_modality_check,
    DROP CONSTRAINT finding_maker_check,
    ADD CONSTRAINT finding_kind_check CHECK (octet_length(kind) BETWEEN 1 AND 32 AND kind !~ '[^a-z0-9_]|^[^a-z]'),
    ADD CONSTRAINT finding_class_check CHECK (octet_length(class) BETWEEN 1 AND 63 AND class !~ '[^A-Za-z0-9_.-]'),
    ADD CONSTRAINT finding_modality_check CHECK (octet_length(modality) BETWEEN 1 AND 15 AND modality !~ '[^A-Z]'),
    ADD CONSTRAINT finding_maker_check CHECK (octet_length(maker) BETWEEN 1 AND 63 AND maker !~ '[^a-z0-9_.-]');
ALTER TABLE analysis
    DROP CONSTRAINT analysis_maker_check,
    ADD CONSTRAINT analysis_maker_check CHECK (octet_length(maker) BETWEEN 1 AND 63 AND maker !~ '[^a-z0-9_.-]');
ALTER TABLE job
    DROP CONSTRAINT job_queue_check,
    ADD CONSTRAINT job_queue_check CHECK (octet_length(queue) BETWEEN 1 AND 31 AND queue !~ '[^a-z0-9_]');
ALTER TABLE event
    DROP CONSTRAINT event_type_check,
    ADD CONSTRAINT event_type_check CHECK (octet_length(split_part(type, '.', 1)) <= 24 AND octet_length(split_part(type, '.', 2)) <= 24
                                           AND type ~ '^[a-z]+[.][a-z_]+$');
ALTER TABLE interaction
    DROP CONSTRAINT interaction_format_check,
    ADD CONSTRAINT interaction_format_check CHECK (octet_length(format) BETWEEN 1 AND 31 AND format !~ '[^a-z0-9_]'),
    DROP CONSTRAINT interaction_language_check,
    ADD CONSTRAINT interaction_language_check CHECK (octet_length(language) BETWEEN 2 AND 8 AND language !~ '[^a-z]');
ALTER TABLE sentence_vectors
    DROP CONSTRAINT sentence_vectors_model_hash_check,
    ADD CONSTRAINT sentence_vectors_model_hash_check CHECK (octet_length(model_hash) = 64 AND model_hash !~ '[^0-9a-f]');
