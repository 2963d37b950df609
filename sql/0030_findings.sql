-- What the analyses find in an interaction, and what people say about it. In clear stand only enumerations, numbers, days, ids
-- and byte ranges; names, attributes and the hashes of the words are sealed.

CREATE TABLE finding (
    workspace_id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    ordinal integer NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_]{0,31}$'),
    class text CHECK (class ~ '^[A-Za-z0-9_.-]{1,63}$'),
    modality text CHECK (modality ~ '^[A-Z]{1,15}$'),
    owner_id uuid,          -- the person, when one is named and known
    due_day integer,        -- days since 1970-01-01, in the time zone of the conversation
    value double precision,
    confidence real NOT NULL,
    side smallint NOT NULL DEFAULT 0, -- of who says it
    at_ms bigint,           -- from the start of the recording
    maker text NOT NULL CHECK (maker ~ '^[a-z0-9_.-]{1,63}$'),
    version integer NOT NULL,
    state smallint NOT NULL DEFAULT 0, -- 0 found, 1 confirmed by a person, 2 dismissed by a person
    spans integer[] NOT NULL,          -- turn, start, end, turn, start, end ...
    sealed bytea NOT NULL,  -- owner's name, attributes, hashes of the words: one sealed JSON object
    PRIMARY KEY (workspace_id, interaction_id, ordinal),
    FOREIGN KEY (workspace_id, interaction_id) REFERENCES interaction (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX finding_kind ON finding (workspace_id, kind, class);
CREATE INDEX finding_due ON finding (workspace_id, due_day) WHERE due_day IS NOT NULL;

-- Which version of which maker has been over an interaction, also when it found nothing.
CREATE TABLE analysis (
    workspace_id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    maker text NOT NULL CHECK (maker ~ '^[a-z0-9_.-]{1,63}$'),
    version integer NOT NULL,
    made_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, interaction_id, maker),
    FOREIGN KEY (workspace_id, interaction_id) REFERENCES interaction (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE tracker (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    kind smallint NOT NULL, -- 0 words, 1 examples
    side smallint NOT NULL DEFAULT 0, -- 0 whoever speaks, else only that side
    enabled boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1, -- grows with every change
    sealed bytea NOT NULL,  -- name, words or examples: one sealed JSON object
    head_sealed bytea,      -- the trained head of a tracker by examples
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- A click on a finding: right or wrong. Kept when the finding is made again.
CREATE TABLE finding_feedback (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_]{0,31}$'),
    class text CHECK (class ~ '^[A-Za-z0-9_.-]{1,63}$'),
    tracker_id uuid,
    person_id uuid,         -- who clicked
    verdict boolean NOT NULL,
    turn integer NOT NULL,
    start_b integer NOT NULL,
    end_b integer NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE NULLS NOT DISTINCT (workspace_id, interaction_id, kind, class, turn, start_b, end_b),
    FOREIGN KEY (workspace_id, interaction_id) REFERENCES interaction (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, tracker_id) REFERENCES tracker (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX finding_feedback_tracker ON finding_feedback (workspace_id, tracker_id) WHERE tracker_id IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON finding, analysis, tracker, finding_feedback TO harken_app;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['finding', 'analysis', 'tracker', 'finding_feedback'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY workspace_only ON %I USING (workspace_id = harken_workspace()) '
                       'WITH CHECK (workspace_id = harken_workspace())', t);
    END LOOP;
END $$;
