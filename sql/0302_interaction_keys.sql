-- An index that begins like the primary key looks as good as it to the planner while the table is small and unknown, and plans
-- are kept. These two are for those who ask for their second column; partial, they cannot be taken for the key.

DROP INDEX interaction_started;
CREATE INDEX interaction_started ON interaction (workspace_id, started_at) WHERE started_at IS NOT NULL;
ALTER TABLE interaction DROP CONSTRAINT interaction_workspace_id_raw_id_raw_ordinal_key;
CREATE UNIQUE INDEX interaction_of_raw ON interaction (workspace_id, raw_id, raw_ordinal) WHERE raw_id IS NOT NULL;
