-- Webhooks: endpoints of others that are told what happens, what was sent to them and how it went; and senders whose signed
-- messages are let in. Addresses and keys are sealed.

CREATE TABLE webhook (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    created_at bigint NOT NULL,
    state smallint NOT NULL, -- 0 active, 1 disabled by a person, 2 disabled because it failed
    types_sealed bytea NOT NULL, -- what it wants to hear of
    url_sealed bytea NOT NULL,
    keys_sealed bytea NOT NULL,
    failing_since bigint, -- null: the last delivery succeeded, or there was none
    PRIMARY KEY (workspace_id, id)
);

-- One message to one endpoint: kept for the log, its content is that of the event.
CREATE TABLE webhook_delivery (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    created_at bigint NOT NULL,
    type text NOT NULL CHECK (type ~ '^[a-z]{1,24}\.[a-z_]{1,24}$'),
    object_id uuid NOT NULL,
    subject_id uuid,
    at bigint NOT NULL,
    state smallint NOT NULL, -- 0 waiting, 1 delivered, 2 given up
    tries smallint NOT NULL DEFAULT 0,
    attempt_id uuid NOT NULL, -- the object of the job that tries next; a new one for each try
    last_at bigint,
    last_status smallint, -- of the last answer; null: none came
    last_code smallint, -- enum err_code when none came
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, webhook_id) REFERENCES webhook (workspace_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX webhook_delivery_attempt ON webhook_delivery (workspace_id, attempt_id);
CREATE INDEX webhook_delivery_of ON webhook_delivery (workspace_id, webhook_id, created_at);
CREATE INDEX webhook_delivery_age ON webhook_delivery (workspace_id, created_at, id);

-- How far events were handed to webhooks.
ALTER TABLE event_head ADD COLUMN sent bigint NOT NULL DEFAULT 0;

CREATE TABLE hook_source (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    created_at bigint NOT NULL,
    name text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    scheme smallint NOT NULL, -- 0 Standard Webhooks
    keys_sealed bytea NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name)
);

-- Ids of messages that came, so that a repetition has no effect. Hashed: what others write there may be anything.
CREATE TABLE hook_seen (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    source_id uuid NOT NULL,
    message bytea NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (workspace_id, source_id, message),
    FOREIGN KEY (workspace_id, source_id) REFERENCES hook_source (workspace_id, id) ON DELETE CASCADE
);

GRANT SELECT, INSERT, UPDATE, DELETE ON webhook, webhook_delivery, hook_source, hook_seen TO harken_app;

ALTER TABLE webhook ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON webhook USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
ALTER TABLE webhook_delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_delivery FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON webhook_delivery USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
ALTER TABLE hook_source ENABLE ROW LEVEL SECURITY;
ALTER TABLE hook_source FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON hook_source USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
ALTER TABLE hook_seen ENABLE ROW LEVEL SECURITY;
ALTER TABLE hook_seen FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON hook_seen USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
