-- Trackers: names that differ, a number that grows with every change of any of them, and the vectors of sentences by which
-- trackers by examples go over old conversations again without asking the model.

ALTER TABLE tracker ADD COLUMN name_index bytea CHECK (octet_length(name_index) = 16);
CREATE UNIQUE INDEX tracker_name ON tracker (workspace_id, name_index) WHERE name_index IS NOT NULL;
CREATE INDEX tracker_created ON tracker (workspace_id, created_at, id);

CREATE TABLE tracker_state (
    workspace_id uuid PRIMARY KEY REFERENCES workspace (id),
    generation integer NOT NULL
);

CREATE TABLE sentence_vectors (
    workspace_id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    model_hash text NOT NULL CHECK (model_hash ~ '^[0-9a-f]{64}$'),
    sealed bytea NOT NULL, -- hash of the sentences, then for each a scale and whole numbers of one byte
    PRIMARY KEY (workspace_id, interaction_id),
    FOREIGN KEY (workspace_id, interaction_id) REFERENCES interaction (workspace_id, id) ON DELETE CASCADE
);

GRANT SELECT, INSERT, UPDATE, DELETE ON tracker_state, sentence_vectors TO harken_app;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['tracker_state', 'sentence_vectors'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY workspace_only ON %I USING (workspace_id = harken_workspace()) '
                       'WITH CHECK (workspace_id = harken_workspace())', t);
    END LOOP;
END $$;
