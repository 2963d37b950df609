-- What people choose about warnings, beside what the CRM says, and what proposals rest on when it is no warning.

-- Wins over what came with the pipeline; a new delivery of the pipeline leaves it alone.
CREATE TABLE warning_choice (
    workspace_id uuid NOT NULL,
    pipeline_id uuid NOT NULL,
    warning smallint NOT NULL CHECK (warning BETWEEN 1 AND 24),
    enabled boolean NOT NULL,
    severity smallint NOT NULL DEFAULT 0 CHECK (severity BETWEEN 0 AND 3), -- 0: as it would be
    by_id uuid,
    at bigint NOT NULL,
    PRIMARY KEY (workspace_id, pipeline_id, warning),
    FOREIGN KEY (workspace_id, pipeline_id) REFERENCES pipeline (workspace_id, id) ON DELETE CASCADE
);

-- What had happened in won deals, and when: for each stage they were in, days from entering it until each of the activities of
-- src/deals/similar.h had happened first (negative: before; null: never).
CREATE TABLE won_path (
    workspace_id uuid NOT NULL,
    deal_id uuid NOT NULL,
    stage_id uuid NOT NULL,
    amount_micros bigint,
    currency text CHECK (currency ~ '^[A-Z]{3}$'),
    people integer NOT NULL,        -- known on their side
    happened double precision[] NOT NULL,
    PRIMARY KEY (workspace_id, deal_id, stage_id),
    FOREIGN KEY (workspace_id, deal_id) REFERENCES deal (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX won_path_stage ON won_path (workspace_id, stage_id);

-- 0 a warning (or, of old ones, not known), 1 a promise, 2 the qualification, 3 a playbook, 4 deals that were won
ALTER TABLE action ADD COLUMN cause smallint NOT NULL DEFAULT 0, ADD COLUMN sources uuid[] NOT NULL DEFAULT '{}';

GRANT SELECT, INSERT, UPDATE, DELETE ON warning_choice, won_path TO harken_app;
