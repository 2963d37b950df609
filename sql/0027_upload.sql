-- Files that come in parts and can go on after a break. Parts are sealed; the whole becomes a raw when it is complete.
CREATE TABLE upload (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes > 0),
    received bigint NOT NULL DEFAULT 0,
    raw_id uuid,          -- what it became
    owner_id uuid,
    sealed bytea NOT NULL, -- source and path: one sealed JSON object
    created_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX upload_age ON upload (workspace_id, created_at, id);

CREATE TABLE upload_part (
    workspace_id uuid NOT NULL,
    upload_id uuid NOT NULL,
    offset_b bigint NOT NULL,
    size_bytes bigint NOT NULL,
    ordinal integer NOT NULL, -- place of the seal
    sealed bytea NOT NULL,
    PRIMARY KEY (workspace_id, upload_id, offset_b),
    FOREIGN KEY (workspace_id, upload_id) REFERENCES upload (workspace_id, id) ON DELETE CASCADE
);
ALTER TABLE upload_part ALTER COLUMN sealed SET STORAGE EXTERNAL;

GRANT SELECT, INSERT, UPDATE, DELETE ON upload, upload_part TO harken_app;

ALTER TABLE upload ENABLE ROW LEVEL SECURITY;
ALTER TABLE upload FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON upload USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
ALTER TABLE upload_part ENABLE ROW LEVEL SECURITY;
ALTER TABLE upload_part FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON upload_part USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
