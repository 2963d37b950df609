-- Small things that people define and programs keep: playbooks, sources, requests of people, views. In clear stand only the
-- kind, times, a version, and a keyed hash of the name; everything else is one sealed JSON object.
CREATE TABLE card (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    kind smallint NOT NULL,
    name_index bytea,  -- null: names need not differ
    owner_id uuid,     -- the user who made it
    state smallint NOT NULL DEFAULT 0,
    about_id uuid,     -- what it is about: the person of a privacy request
    sealed bytea NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, kind, name_index)
);
CREATE INDEX card_kind ON card (workspace_id, kind, created_at, id);

GRANT SELECT, INSERT, UPDATE, DELETE ON card TO harken_app;

ALTER TABLE card ENABLE ROW LEVEL SECURITY;
ALTER TABLE card FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON card USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
