-- Answers to changes that came with an Idempotency-Key, for a day. The key is a keyed hash, the answer is sealed.
CREATE TABLE idempotency (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    key_index bytea NOT NULL,
    row_id uuid NOT NULL, -- the place of the seal
    request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
    status smallint NOT NULL,
    sealed bytea NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, key_index)
);
CREATE INDEX idempotency_age ON idempotency (workspace_id, created_at);

GRANT SELECT, INSERT, DELETE ON idempotency TO harken_app;

ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON idempotency USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
