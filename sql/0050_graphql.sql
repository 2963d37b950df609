-- GraphQL documents that programs name by their hash (persisted queries), sealed: a document can hold names in its literals.
CREATE TABLE graphql_query (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    hash_index bytea NOT NULL, -- keyed hash of the document's SHA-256
    row_id uuid NOT NULL,      -- the place of the seal
    sealed bytea NOT NULL,
    used_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, hash_index)
);
CREATE INDEX graphql_query_used ON graphql_query (workspace_id, used_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON graphql_query TO harken_app;

ALTER TABLE graphql_query ENABLE ROW LEVEL SECURITY;
ALTER TABLE graphql_query FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON graphql_query USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
