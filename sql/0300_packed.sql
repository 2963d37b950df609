-- What is written and read with its conversation stands in few rows: turns, marks, chunks and figures as arrays. A row costs
-- far more than what is in it: its header, its keys in the index, the check of its foreign key.

ALTER TABLE turn NO FORCE ROW LEVEL SECURITY;
ALTER TABLE pii NO FORCE ROW LEVEL SECURITY;
ALTER TABLE chunk NO FORCE ROW LEVEL SECURITY;
ALTER TABLE statistic NO FORCE ROW LEVEL SECURITY;

-- Up to 500 consecutive turns; arrays of equal length.
CREATE TABLE turn_packed (
    workspace_id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    ordinal integer NOT NULL,   -- of the first
    speaker integer[] NOT NULL, -- ordinal of the participant; -1: unknown
    start_ms bigint[] NOT NULL, -- the least bigint: unknown
    end_ms bigint[] NOT NULL,
    sealed bytea[] NOT NULL,    -- the original words, each under its speaker's subject key; row = interaction, sub = number of the turn
    CONSTRAINT turn_packed_pkey PRIMARY KEY (workspace_id, interaction_id, ordinal),
    FOREIGN KEY (workspace_id, interaction_id) REFERENCES interaction (workspace_id, id) ON DELETE CASCADE
);
INSERT INTO turn_packed SELECT workspace_id, interaction_id, ordinal / 500 * 500,
    array_agg(coalesce(speaker, -1) ORDER BY ordinal),
    array_agg(coalesce(start_ms, -9223372036854775808) ORDER BY ordinal),
    array_agg(coalesce(end_ms, -9223372036854775808) ORDER BY ordinal),
    array_agg(sealed ORDER BY ordinal)
    FROM turn GROUP BY workspace_id, interaction_id, ordinal / 500 * 500;

-- All marks of a conversation in order; arrays of equal length, spans three times as long.
CREATE TABLE pii_packed (
    workspace_id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    spans integer[] NOT NULL, -- turn, start, end, turn, start, end ...
    type integer[] NOT NULL,
    confidence double precision[] NOT NULL,
    CONSTRAINT pii_packed_pkey PRIMARY KEY (workspace_id, interaction_id),
    FOREIGN KEY (workspace_id, interaction_id) REFERENCES interaction (workspace_id, id) ON DELETE CASCADE
);
INSERT INTO pii_packed SELECT p.workspace_id, p.interaction_id,
    array_agg(u.x ORDER BY p.ordinal, u.k),
    array_agg(p.type ORDER BY p.ordinal) FILTER (WHERE u.k = 1),
    array_agg(coalesce(p.confidence, 0) ORDER BY p.ordinal) FILTER (WHERE u.k = 1)
    FROM pii p, unnest(ARRAY[p.turn, p.start_b, p.end_b]) WITH ORDINALITY AS u(x, k)
    GROUP BY p.workspace_id, p.interaction_id;

-- Up to 200 consecutive chunks. Vectors are sealed because they give the text away; all of a row are of one model.
CREATE TABLE chunk_packed (
    workspace_id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    ordinal integer NOT NULL, -- of the first
    ends integer[] NOT NULL,  -- of each chunk: how many numbers of spans are its own or of those before it
    spans integer[] NOT NULL, -- turn, start, end, turn, start, end ...
    model_hash bytea,         -- null until embedded
    vectors_sealed bytea[],
    CONSTRAINT chunk_packed_pkey PRIMARY KEY (workspace_id, interaction_id, ordinal),
    FOREIGN KEY (workspace_id, interaction_id) REFERENCES interaction (workspace_id, id) ON DELETE CASCADE
);
WITH placed AS (
    SELECT workspace_id, interaction_id, ordinal, ordinal / 200 * 200 AS first, spans, model_hash, vector_sealed,
           sum(cardinality(spans)) OVER (PARTITION BY workspace_id, interaction_id, ordinal / 200 ORDER BY ordinal)::integer AS upto
    FROM chunk
), whole AS (
    SELECT workspace_id, interaction_id, first, array_agg(upto ORDER BY ordinal) AS ends,
           CASE WHEN count(vector_sealed) = count(*) AND count(DISTINCT model_hash) = 1 THEN min(encode(model_hash, 'hex')) END AS model,
           array_agg(vector_sealed ORDER BY ordinal) AS vectors
    FROM placed GROUP BY workspace_id, interaction_id, first
)
INSERT INTO chunk_packed SELECT w.workspace_id, w.interaction_id, w.first, w.ends,
    coalesce((SELECT array_agg(u.x ORDER BY p.ordinal, u.k) FROM placed p, unnest(p.spans) WITH ORDINALITY AS u(x, k)
              WHERE p.workspace_id = w.workspace_id AND p.interaction_id = w.interaction_id AND p.first = w.first), '{}'),
    decode(w.model, 'hex'), CASE WHEN w.model IS NOT NULL THEN w.vectors END
    FROM whole w;

-- All figures of a conversation in order; arrays of equal length.
CREATE TABLE statistic_packed (
    workspace_id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    switches_per_minute double precision, -- the two that are asked for over many conversations
    pricing_at double precision,
    stat text[] NOT NULL CHECK (array_to_string(stat, ' ') ~ '^[a-z0-9_. ]*$'),
    value double precision[] NOT NULL, -- not a number: none, and a reason
    unit text[] NOT NULL CHECK (array_to_string(unit, ' ') ~ '^[a-z0-9_/% ]*$'),
    n bigint[] NOT NULL,               -- the least bigint: none
    reason text[] NOT NULL CHECK (array_to_string(reason, ' ') ~ '^[a-z0-9_ ]*$'), -- null: none
    definition_version integer[] NOT NULL,
    inputs_hash bytea[] NOT NULL,      -- null: the same as the one before
    label_sealed bytea[] NOT NULL,     -- whose figure it is; null: of the whole conversation
    ends integer[] NOT NULL,           -- as in chunk
    spans integer[] NOT NULL,
    CONSTRAINT statistic_packed_pkey PRIMARY KEY (workspace_id, interaction_id),
    FOREIGN KEY (workspace_id, interaction_id) REFERENCES interaction (workspace_id, id) ON DELETE CASCADE
);
WITH placed AS (
    SELECT s.*, sum(cardinality(spans)) OVER (PARTITION BY workspace_id, interaction_id ORDER BY ordinal)::integer AS upto FROM statistic s
)
INSERT INTO statistic_packed SELECT workspace_id, interaction_id,
    max(value) FILTER (WHERE stat = 'switches_per_minute' AND label_sealed IS NULL), max(value) FILTER (WHERE stat = 'pricing_at'),
    array_agg(stat ORDER BY ordinal), array_agg(coalesce(value, 'NaN') ORDER BY ordinal), array_agg(coalesce(unit, '') ORDER BY ordinal),
    array_agg(coalesce(n, -9223372036854775808) ORDER BY ordinal), array_agg(reason ORDER BY ordinal),
    array_agg(definition_version ORDER BY ordinal), array_agg(inputs_hash ORDER BY ordinal), array_agg(label_sealed ORDER BY ordinal), array_agg(upto ORDER BY ordinal),
    coalesce((SELECT array_agg(u.x ORDER BY q.ordinal, u.k) FROM statistic q, unnest(q.spans) WITH ORDINALITY AS u(x, k)
              WHERE q.workspace_id = p.workspace_id AND q.interaction_id = p.interaction_id), '{}')
    FROM placed p GROUP BY workspace_id, interaction_id;

DROP TABLE turn, pii, chunk, statistic;

ALTER TABLE turn_packed RENAME TO turn;
ALTER TABLE turn RENAME CONSTRAINT turn_packed_pkey TO turn_pkey;
ALTER TABLE pii_packed RENAME TO pii;
ALTER TABLE pii RENAME CONSTRAINT pii_packed_pkey TO pii_pkey;
ALTER TABLE chunk_packed RENAME TO chunk;
ALTER TABLE chunk RENAME CONSTRAINT chunk_packed_pkey TO chunk_pkey;
ALTER TABLE statistic_packed RENAME TO statistic;
ALTER TABLE statistic RENAME CONSTRAINT statistic_packed_pkey TO statistic_pkey;

-- What is sealed does not compress, and numbers not enough to pay for trying.
ALTER TABLE turn ALTER COLUMN sealed SET STORAGE EXTERNAL, ALTER COLUMN start_ms SET STORAGE EXTERNAL,
    ALTER COLUMN end_ms SET STORAGE EXTERNAL;
ALTER TABLE chunk ALTER COLUMN vectors_sealed SET STORAGE EXTERNAL, ALTER COLUMN spans SET STORAGE EXTERNAL;
ALTER TABLE pii ALTER COLUMN spans SET STORAGE EXTERNAL;
ALTER TABLE statistic ALTER COLUMN label_sealed SET STORAGE EXTERNAL, ALTER COLUMN inputs_hash SET STORAGE EXTERNAL,
    ALTER COLUMN spans SET STORAGE EXTERNAL;

GRANT SELECT, INSERT, UPDATE, DELETE ON turn, pii, chunk, statistic TO harken_app;
