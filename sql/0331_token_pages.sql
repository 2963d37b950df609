-- Keys and sessions are listed a page at a time.
CREATE INDEX token_page ON token (workspace_id, kind, created_at, id);
