-- Messages that senders posted to /hooks/NAME: taken in whole and sealed, worked on later. The keys of a sender may now be changed
-- without a gap, so the sealed ones carry how long each holds.

CREATE TABLE hook_message (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    source_id uuid NOT NULL,
    received_at bigint NOT NULL,
    state smallint NOT NULL DEFAULT 0, -- 0 waiting, 1 told as hook.received
    sealed bytea NOT NULL, -- the sender's id for it, a line feed, the body as it came
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, source_id) REFERENCES hook_source (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX hook_message_of ON hook_message (workspace_id, source_id, received_at);
CREATE INDEX hook_seen_age ON hook_seen (workspace_id, source_id, at);

GRANT SELECT, INSERT, UPDATE, DELETE ON hook_message TO harken_app;

ALTER TABLE hook_message ENABLE ROW LEVEL SECURITY;
ALTER TABLE hook_message FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON hook_message USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
