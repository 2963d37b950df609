-- The audit log. Writers insert into audit_pending in the transaction of the change; one sequencer at a time moves rows into
-- audit_leaf, numbers them without gaps and keeps the edge of the Merkle tree. The program may add leaves, not change them.

CREATE TABLE audit_pending (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    at bigint NOT NULL,
    act smallint NOT NULL,
    actor_id uuid,
    object_id uuid,
    sealed bytea NOT NULL, -- details, class audit
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE audit_leaf (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    seq bigint NOT NULL,
    id uuid NOT NULL,
    at bigint NOT NULL,
    act smallint NOT NULL,
    actor_id uuid,
    object_id uuid,
    sealed bytea NOT NULL,
    PRIMARY KEY (workspace_id, seq),
    UNIQUE (workspace_id, id)
);

CREATE TABLE audit_head (
    workspace_id uuid PRIMARY KEY REFERENCES workspace (id),
    edge bytea NOT NULL,
    note text NOT NULL, -- the newest signed checkpoint: numbers, a hash and a signature
    updated_at bigint NOT NULL
);

GRANT SELECT, INSERT, DELETE ON audit_pending TO harken_app;
GRANT SELECT, INSERT ON audit_leaf TO harken_app;
GRANT SELECT, INSERT, UPDATE ON audit_head TO harken_app;

ALTER TABLE audit_pending ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_pending FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON audit_pending USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
ALTER TABLE audit_leaf ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_leaf FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON audit_leaf USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
ALTER TABLE audit_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_head FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON audit_head USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
