-- What has happened, for those who want to be told: thin rows, written in the transaction of the change. One process at a time
-- numbers them after they are committed, so that the order of numbers is the order in which they became visible: who has seen
-- number n has missed nothing before it.

CREATE TABLE event (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    type text NOT NULL CHECK (type ~ '^[a-z]{1,24}\.[a-z_]{1,24}$'),
    object_id uuid NOT NULL,
    subject_id uuid, -- the conversation or deal that decides who may know of it, where it is not the object itself
    at bigint NOT NULL,
    n bigint, -- null until numbered
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX event_n ON event (workspace_id, n) WHERE n IS NOT NULL;
CREATE INDEX event_waits ON event (workspace_id, id) WHERE n IS NULL;

-- The last number given out, also when its row is gone.
CREATE TABLE event_head (
    workspace_id uuid PRIMARY KEY REFERENCES workspace (id),
    n bigint NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON event, event_head TO harken_app;

ALTER TABLE event ENABLE ROW LEVEL SECURITY;
ALTER TABLE event FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON event USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
ALTER TABLE event_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_head FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON event_head USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
