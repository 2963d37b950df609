-- The nouns. In clear stand only ids, times (ms, UTC), numbers, enumerations and keyed hashes; names, titles, paths, words
-- and vectors are sealed (vault/seal.h). workspace_id is the first column of every key and every index.

-- The workspace of the running transaction; null when none was set, and null equals nothing.
CREATE FUNCTION harken_workspace() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('harken.workspace_id', true), '')::uuid $$;

CREATE TABLE workspace (
    id uuid PRIMARY KEY,
    created_at bigint NOT NULL,
    keyring_id uuid NOT NULL, -- the key ring that holds this workspace's key
    name_sealed bytea
);

CREATE TABLE setting (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    name text NOT NULL CHECK (name ~ '^[a-z0-9_.]{1,63}$'),
    sealed bytea NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, name)
);

CREATE TABLE token (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
    scopes bigint NOT NULL,          -- bit set
    person_id uuid,
    created_at bigint NOT NULL,
    expires_at bigint,               -- null: never
    used_at bigint,
    once boolean NOT NULL DEFAULT false, -- a sign-in link: gone after its first use
    name_sealed bytea,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, token_hash)
);

CREATE TABLE account (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    name_index bytea,
    domain_index bytea,
    sealed bytea NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name_index)
);
CREATE INDEX account_domain ON account (workspace_id, domain_index) WHERE domain_index IS NOT NULL;

CREATE TABLE deal (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    account_id uuid,
    name_index bytea,
    sealed bytea NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name_index),
    FOREIGN KEY (workspace_id, account_id) REFERENCES account (workspace_id, id)
);

CREATE TABLE person (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    subject_id uuid NOT NULL, -- names the subject key in the key ring
    email_index bytea,
    name_index bytea,
    side smallint NOT NULL DEFAULT 0,
    account_id uuid,
    sealed bytea NOT NULL,    -- under the subject key
    created_at bigint NOT NULL,
    erased_at bigint,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, email_index)
);
CREATE INDEX person_name ON person (workspace_id, name_index) WHERE name_index IS NOT NULL;

-- Original bytes, once per content.
CREATE TABLE raw (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    content_index bytea NOT NULL, -- blind index of the SHA-256 of the bytes
    size_bytes bigint NOT NULL,
    parts integer NOT NULL,
    state smallint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, content_index)
);

CREATE TABLE raw_part (
    workspace_id uuid NOT NULL,
    raw_id uuid NOT NULL,
    ordinal integer NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (workspace_id, raw_id, ordinal),
    FOREIGN KEY (workspace_id, raw_id) REFERENCES raw (workspace_id, id) ON DELETE CASCADE
);
ALTER TABLE raw_part ALTER COLUMN sealed SET STORAGE EXTERNAL; -- sealed bytes do not compress

-- The paths the same bytes were given under.
CREATE TABLE raw_source (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    raw_id uuid NOT NULL,
    source_index bytea NOT NULL,
    sealed bytea NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, source_index, raw_id),
    FOREIGN KEY (workspace_id, raw_id) REFERENCES raw (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX raw_source_raw ON raw_source (workspace_id, raw_id);

CREATE TABLE interaction (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    raw_id uuid,
    raw_ordinal integer NOT NULL DEFAULT 0, -- an mbox or a JSON-lines file holds several
    kind smallint NOT NULL,
    format text NOT NULL CHECK (format ~ '^[a-z0-9_]{1,31}$'),
    language text NOT NULL DEFAULT 'und' CHECK (language ~ '^[a-z]{2,8}$'),
    started_at bigint,
    started_offset_min integer NOT NULL DEFAULT 0,
    duration_ms bigint,
    turns_n integer NOT NULL,
    flags bigint NOT NULL DEFAULT 0,
    state smallint NOT NULL DEFAULT 0,
    parser_version integer NOT NULL DEFAULT 0,
    account_id uuid,
    deal_id uuid,
    external_index bytea,
    thread_index bytea,
    source_index bytea,
    sealed bytea NOT NULL, -- title, source, external and thread id, language details: one sealed JSON object
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, raw_id, raw_ordinal),
    FOREIGN KEY (workspace_id, raw_id) REFERENCES raw (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, account_id) REFERENCES account (workspace_id, id),
    FOREIGN KEY (workspace_id, deal_id) REFERENCES deal (workspace_id, id)
);
CREATE INDEX interaction_external ON interaction (workspace_id, external_index) WHERE external_index IS NOT NULL;
CREATE INDEX interaction_thread ON interaction (workspace_id, thread_index) WHERE thread_index IS NOT NULL;
CREATE INDEX interaction_source ON interaction (workspace_id, source_index) WHERE source_index IS NOT NULL;
CREATE INDEX interaction_started ON interaction (workspace_id, started_at);
CREATE INDEX interaction_deal ON interaction (workspace_id, deal_id) WHERE deal_id IS NOT NULL;

CREATE TABLE participant (
    workspace_id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    ordinal integer NOT NULL,
    person_id uuid,
    side smallint NOT NULL DEFAULT 0,
    flags integer NOT NULL DEFAULT 0,
    sealed bytea NOT NULL, -- name, address and speaker labels, under the person's subject key when there is one
    PRIMARY KEY (workspace_id, interaction_id, ordinal),
    FOREIGN KEY (workspace_id, interaction_id) REFERENCES interaction (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, person_id) REFERENCES person (workspace_id, id)
);
CREATE INDEX participant_person ON participant (workspace_id, person_id) WHERE person_id IS NOT NULL;

CREATE TABLE turn (
    workspace_id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    ordinal integer NOT NULL,
    speaker integer,  -- ordinal of the participant; null: unknown
    person_id uuid,
    start_ms bigint,
    end_ms bigint,
    sealed bytea NOT NULL, -- the original words, under the speaker's subject key; row = interaction, sub = ordinal
    PRIMARY KEY (workspace_id, interaction_id, ordinal),
    FOREIGN KEY (workspace_id, interaction_id) REFERENCES interaction (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX turn_person ON turn (workspace_id, person_id) WHERE person_id IS NOT NULL;

-- Parts of a mail that are not the sender's new words.
CREATE TABLE part (
    workspace_id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    ordinal integer NOT NULL,
    kind smallint NOT NULL,
    turn integer,
    person_id uuid,
    sealed bytea NOT NULL,
    PRIMARY KEY (workspace_id, interaction_id, ordinal),
    FOREIGN KEY (workspace_id, interaction_id) REFERENCES interaction (workspace_id, id) ON DELETE CASCADE
);

-- Where personal data stands: bytes [start_b, end_b) of the original text of a turn.
CREATE TABLE pii (
    workspace_id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    ordinal integer NOT NULL,
    turn integer NOT NULL,
    start_b integer NOT NULL,
    end_b integer NOT NULL,
    type smallint NOT NULL,
    confidence real,
    PRIMARY KEY (workspace_id, interaction_id, ordinal),
    FOREIGN KEY (workspace_id, interaction_id) REFERENCES interaction (workspace_id, id) ON DELETE CASCADE
);

-- A chunk is spans, not words; its vector is sealed because vectors give the text away.
CREATE TABLE chunk (
    workspace_id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    ordinal integer NOT NULL,
    spans integer[] NOT NULL, -- turn, start, end, turn, start, end ...
    model_hash bytea,         -- null until embedded
    vector_sealed bytea,
    PRIMARY KEY (workspace_id, interaction_id, ordinal),
    FOREIGN KEY (workspace_id, interaction_id) REFERENCES interaction (workspace_id, id) ON DELETE CASCADE
);
ALTER TABLE chunk ALTER COLUMN vector_sealed SET STORAGE EXTERNAL;
CREATE INDEX chunk_no_vector ON chunk (workspace_id, interaction_id) WHERE vector_sealed IS NULL;

CREATE TABLE statistic (
    workspace_id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    ordinal integer NOT NULL,
    stat text NOT NULL CHECK (stat ~ '^[a-z0-9_.]{1,63}$'),
    speaker integer,
    other integer,          -- "of": a second speaker or side, where a statistic has one
    value double precision,
    unit text CHECK (unit ~ '^[a-z0-9_/%]{0,31}$'),
    n bigint,
    reason text CHECK (reason ~ '^[a-z0-9_]{1,63}$'),
    definition_version integer NOT NULL,
    inputs_hash bytea NOT NULL,
    spans integer[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (workspace_id, interaction_id, ordinal),
    FOREIGN KEY (workspace_id, interaction_id) REFERENCES interaction (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX statistic_stat ON statistic (workspace_id, stat);

-- What could not be read, and why.
CREATE TABLE ingest_problem (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    raw_id uuid,
    source_index bytea,
    code smallint NOT NULL,
    sealed bytea NOT NULL, -- path, place, reason
    created_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX ingest_problem_source ON ingest_problem (workspace_id, source_index);

GRANT SELECT, INSERT, UPDATE ON workspace TO harken_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON setting, token, account, deal, person, raw, raw_part, raw_source, interaction, participant,
    turn, part, pii, chunk, statistic, ingest_problem TO harken_app;

DO $$
DECLARE t text;
BEGIN
    FOR t IN SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
             WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'workspace_id' LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY workspace_only ON %I USING (workspace_id = harken_workspace()) '
                       'WITH CHECK (workspace_id = harken_workspace())', t);
    END LOOP;
END $$;
