-- Work to do. A row is there while the job is not finished; job_dead keeps what failed for good.

CREATE SEQUENCE job_fence;

CREATE TABLE job (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    queue text NOT NULL CHECK (queue ~ '^[a-z0-9_]{1,31}$'),
    object_id uuid NOT NULL,
    source_id uuid,
    arg bigint NOT NULL DEFAULT 0,
    priority smallint NOT NULL DEFAULT 0,
    state smallint NOT NULL DEFAULT 0, -- 0 ready (from run_at on), 1 leased
    run_at timestamptz NOT NULL DEFAULT now(),
    failures smallint NOT NULL DEFAULT 0,
    claims smallint NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    lease_home uuid,
    lease_boot uuid,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, queue, object_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
CREATE INDEX job_ready ON job (workspace_id, priority DESC, id) WHERE state = 0;
CREATE INDEX job_leased ON job (workspace_id, lease_until) WHERE state = 1;

CREATE TABLE job_dead (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    queue text NOT NULL,
    object_id uuid NOT NULL,
    source_id uuid,
    arg bigint NOT NULL,
    priority smallint NOT NULL,
    failures smallint NOT NULL,
    code smallint NOT NULL, -- enum err_code
    died_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

GRANT USAGE ON SEQUENCE job_fence TO harken_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON job, job_dead TO harken_app;

ALTER TABLE job ENABLE ROW LEVEL SECURITY;
ALTER TABLE job FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON job USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
ALTER TABLE job_dead ENABLE ROW LEVEL SECURITY;
ALTER TABLE job_dead FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_only ON job_dead USING (workspace_id = harken_workspace()) WITH CHECK (workspace_id = harken_workspace());
