-- Deals as their history says, and what is worked out from it. In clear stand only ids, times, days, numbers and enumerations;
-- names, subjects, reasons, next steps and drafts are sealed. Nothing here is a "current value": deal_now can always be
-- made again from deal_event, activity, interaction and the findings.

-- A pipeline and its ordered stages. The id of what the source names (pipeline, stage, change, activity, quota) is the keyed hash
-- of that name: the same thing twice is one row, and a reference may come before what it refers to.
CREATE TABLE pipeline (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    offset_min integer NOT NULL DEFAULT 0, -- of the zone whose days count
    sealed bytea NOT NULL,                 -- its name and its id at the source: one sealed JSON object
    updated_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE stage (
    workspace_id uuid NOT NULL,
    pipeline_id uuid NOT NULL,
    id uuid NOT NULL,
    ordinal integer NOT NULL,      -- 1 is the first; closed stages come after the open ones
    outcome smallint NOT NULL,     -- 0 open, 1 won, 2 lost
    phase smallint NOT NULL,       -- 0 early, 1 middle, 2 proposal, 3 negotiation: what the defaults of warnings ask for
    probability double precision NOT NULL CHECK (probability >= 0 AND probability <= 1), -- what the CRM says
    sealed bytea NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, pipeline_id) REFERENCES pipeline (workspace_id, id) ON DELETE CASCADE
);

-- Switches and thresholds of warnings that differ from the defaults (src/deals/warning_tab.c).
CREATE TABLE warning_setting (
    workspace_id uuid NOT NULL,
    pipeline_id uuid NOT NULL,
    stage_id uuid,                 -- null: every stage
    warning smallint NOT NULL CHECK (warning BETWEEN 1 AND 99),
    enabled boolean NOT NULL,
    severity smallint,             -- null: the default
    values_at double precision[] NOT NULL, -- by place in the warning's own table of settings; NaN: the default
    UNIQUE NULLS NOT DISTINCT (workspace_id, pipeline_id, stage_id, warning),
    FOREIGN KEY (workspace_id, pipeline_id) REFERENCES pipeline (workspace_id, id) ON DELETE CASCADE
);

ALTER TABLE account ADD COLUMN external_index bytea;
CREATE UNIQUE INDEX account_external ON account (workspace_id, external_index) WHERE external_index IS NOT NULL;
ALTER TABLE deal ADD COLUMN external_index bytea, ADD COLUMN pipeline_id uuid, ADD COLUMN opened_at bigint,
    ADD COLUMN changes bigint NOT NULL DEFAULT 0; -- grows with everything that happens to the deal
CREATE UNIQUE INDEX deal_external ON deal (workspace_id, external_index) WHERE external_index IS NOT NULL;
CREATE INDEX deal_account ON deal (workspace_id, account_id) WHERE account_id IS NOT NULL;

-- What a person is to an account: one row a person.
CREATE TABLE contact (
    workspace_id uuid NOT NULL,
    person_id uuid NOT NULL,
    account_id uuid,
    seniority smallint NOT NULL DEFAULT 0, -- 0 unknown, 1 staff, 2 manager, 3 director, 4 vp, 5 c_level
    flags integer NOT NULL DEFAULT 0,      -- 1 champion, 2 economic buyer, 4 bounced, 8 left
    lost_at bigint,                        -- when they bounced or left
    sealed bytea NOT NULL,                 -- title, phone, id at the source
    updated_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, person_id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES person (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_account ON contact (workspace_id, account_id);

-- Our own people as the CRM knows them.
CREATE TABLE seller (
    workspace_id uuid NOT NULL,
    person_id uuid NOT NULL,
    team_index bytea,
    active boolean NOT NULL DEFAULT true,
    inactive_at bigint,
    sealed bytea NOT NULL, -- team, title
    updated_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, person_id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES person (workspace_id, id) ON DELETE CASCADE
);

-- What somebody is to one deal.
CREATE TABLE deal_role (
    workspace_id uuid NOT NULL,
    deal_id uuid NOT NULL,
    person_id uuid NOT NULL,
    flags integer NOT NULL DEFAULT 0, -- as contact.flags
    since bigint,
    PRIMARY KEY (workspace_id, deal_id, person_id),
    FOREIGN KEY (workspace_id, deal_id) REFERENCES deal (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, person_id) REFERENCES person (workspace_id, id) ON DELETE CASCADE
);

-- Every change of every field, never changed afterwards. The same change twice is one row.
CREATE TABLE deal_event (
    workspace_id uuid NOT NULL,
    deal_id uuid NOT NULL,
    id uuid NOT NULL,
    at bigint NOT NULL,
    field smallint NOT NULL,        -- enum crm_field, src/domain/crm.h
    number bigint,                  -- micros, day, category or thousandths, by field
    currency text CHECK (currency ~ '^[A-Z]{3}$'),
    ref_id uuid,                    -- stage, person or pipeline
    problem smallint NOT NULL DEFAULT 0, -- why there is no value: enum crm_problem
    by_id uuid,                     -- who changed it
    source smallint NOT NULL,       -- 0 file, 1 connector, 2 this program
    sealed bytea,                   -- words: next step, loss reason, or the value that could not be read
    PRIMARY KEY (workspace_id, deal_id, id),
    FOREIGN KEY (workspace_id, deal_id) REFERENCES deal (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX deal_event_at ON deal_event (workspace_id, at);

-- What the CRM logged or plans. What is also an interaction here counts once.
CREATE TABLE activity (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    at bigint NOT NULL,
    type smallint NOT NULL,      -- enum crm_activity
    status smallint NOT NULL,    -- 0 done, 1 planned, 2 cancelled, 3 missed
    direction smallint NOT NULL, -- 0 none, 1 inbound, 2 outbound, 3 both
    cancelled_by smallint NOT NULL DEFAULT 0, -- enum ia_side
    deal_id uuid,
    account_id uuid,
    seller_id uuid,
    contact_ids uuid[] NOT NULL DEFAULT '{}',
    sealed bytea NOT NULL,       -- subject
    updated_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX activity_deal ON activity (workspace_id, deal_id, at);

CREATE TABLE quota (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    seller_id uuid,              -- null: the whole workspace
    from_day integer NOT NULL,
    to_day integer NOT NULL,     -- not included
    amount_micros bigint NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    PRIMARY KEY (workspace_id, id),
    CHECK (to_day > from_day)
);

-- A deal as it stands: worked out, one row a deal, for lists and sums.
CREATE TABLE deal_now (
    workspace_id uuid NOT NULL,
    deal_id uuid NOT NULL,
    as_of bigint NOT NULL,
    changes bigint NOT NULL,        -- deal.changes it was worked out from
    next_at bigint,                 -- when time alone may change it
    outcome smallint NOT NULL,      -- 0 open, 1 won, 2 lost, 3 cannot be told
    pipeline_id uuid,
    stage_id uuid,
    stage_ordinal integer,
    owner_id uuid,
    amount_micros bigint,
    currency text CHECK (currency ~ '^[A-Z]{3}$'),
    close_day integer,
    category smallint,              -- 0 none, 1 omitted, 2 pipeline, 3 best case, 4 commit, 5 closed
    created_at bigint,
    closed_at bigint,
    problems integer NOT NULL DEFAULT 0, -- bit set: fields that cannot be told
    p double precision,             -- of being won; null with a reason
    p_low double precision,
    p_high double precision,
    p_reason smallint NOT NULL DEFAULT 0,
    rank smallint,                  -- percentile of p among open deals, 1..99
    band smallint,                  -- 1 low, 2 middle, 3 high
    model_version integer,
    features double precision[] NOT NULL DEFAULT '{}',
    terms double precision[] NOT NULL DEFAULT '{}', -- log-odds of each feature against the average deal
    warnings integer NOT NULL DEFAULT 0, -- bit set of what holds now
    PRIMARY KEY (workspace_id, deal_id),
    FOREIGN KEY (workspace_id, deal_id) REFERENCES deal (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX deal_now_next ON deal_now (workspace_id, next_at) WHERE outcome = 0;

-- Every score that was shown, oldest first.
CREATE TABLE deal_score (
    workspace_id uuid NOT NULL,
    deal_id uuid NOT NULL,
    as_of bigint NOT NULL,
    p double precision NOT NULL,
    p_low double precision NOT NULL,
    p_high double precision NOT NULL,
    model_version integer NOT NULL,
    terms double precision[] NOT NULL,
    PRIMARY KEY (workspace_id, deal_id, as_of),
    FOREIGN KEY (workspace_id, deal_id) REFERENCES deal (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE score_model (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    pipeline_id uuid NOT NULL,
    version integer NOT NULL,
    fitted_at bigint NOT NULL,
    closed_n integer NOT NULL,
    definition_version integer NOT NULL,
    numbers double precision[] NOT NULL, -- as src/deals/score.h lays them out
    PRIMARY KEY (workspace_id, pipeline_id, version)
);

-- One row for each time a warning held, from first seen to cleared.
CREATE TABLE deal_warning (
    workspace_id uuid NOT NULL,
    deal_id uuid NOT NULL,
    id uuid NOT NULL,
    warning smallint NOT NULL,
    severity smallint NOT NULL,
    first_seen bigint NOT NULL,
    cleared_at bigint,
    cleared_by smallint NOT NULL DEFAULT 0, -- 0 not, 1 no longer holds, 2 deal closed, 3 switched off, 4 a person
    numbers double precision[] NOT NULL,    -- what the words of the warning are made of
    evidence_kinds integer[] NOT NULL,      -- enum deal_evidence_kind
    evidence_ids uuid[] NOT NULL,           -- interaction, event, activity or person
    evidence_at bigint[] NOT NULL,
    evidence_spans integer[] NOT NULL,      -- turn, start, end; -1 where there is none
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, deal_id) REFERENCES deal (workspace_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX deal_warning_open ON deal_warning (workspace_id, deal_id, warning) WHERE cleared_at IS NULL;

CREATE TABLE warning_verdict (
    workspace_id uuid NOT NULL,
    warning_id uuid NOT NULL,
    actor_id uuid NOT NULL,
    rightly boolean NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (workspace_id, warning_id, actor_id),
    FOREIGN KEY (workspace_id, warning_id) REFERENCES deal_warning (workspace_id, id) ON DELETE CASCADE
);

-- One decision what to propose for a deal: what was known, what could be chosen, and with which probability what was.
CREATE TABLE decision (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    deal_id uuid NOT NULL,
    seller_id uuid,
    at bigint NOT NULL,
    policy_version integer NOT NULL,
    model_version integer,
    context double precision[] NOT NULL,    -- the deal's features
    candidates integer[] NOT NULL,          -- enum action_kind
    reasons integer[] NOT NULL,             -- warning, or 0
    scores double precision[] NOT NULL,
    propensities double precision[] NOT NULL, -- of being put in the first place
    chosen integer NOT NULL,                -- index of candidates
    outcome_at bigint,
    outcome smallint,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, deal_id) REFERENCES deal (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX decision_deal ON decision (workspace_id, deal_id, at);

-- What was proposed, and what became of it.
CREATE TABLE action (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    decision_id uuid NOT NULL,
    deal_id uuid NOT NULL,
    seller_id uuid,
    kind smallint NOT NULL,
    warning smallint NOT NULL DEFAULT 0,
    finding_id uuid,                -- interaction of the commitment it is about
    position smallint NOT NULL,
    propensity double precision NOT NULL,
    score double precision NOT NULL,
    made_at bigint NOT NULL,
    shown_at bigint,
    state smallint NOT NULL DEFAULT 0, -- 0 open, 1 accepted, 2 edited, 3 dismissed, 4 snoozed, 5 withdrawn, 6 completed
    reason smallint NOT NULL DEFAULT 0, -- of a dismissal
    responded_at bigint,
    responded_by uuid,
    completed_at bigint,
    snooze_until bigint,
    edit_distance integer,
    sealed bytea,                   -- the draft and what a person made of it
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, deal_id) REFERENCES deal (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, decision_id) REFERENCES decision (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX action_deal ON action (workspace_id, deal_id, state);
CREATE INDEX action_seller ON action (workspace_id, seller_id, made_at);

-- What must not be proposed: to a person, for a deal, of a kind.
CREATE TABLE suppression (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    deal_id uuid,
    person_id uuid,
    kind smallint,       -- null: every kind
    until_at bigint,     -- null: for good
    cause smallint NOT NULL, -- 1 snoozed, 2 cool-down, 3 do not contact
    made_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX suppression_deal ON suppression (workspace_id, deal_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON pipeline, stage, warning_setting, contact, seller, deal_role, deal_event, activity, quota,
    deal_now, deal_score, score_model, deal_warning, warning_verdict, decision, action, suppression TO harken_app;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['pipeline', 'stage', 'warning_setting', 'contact', 'seller', 'deal_role', 'deal_event', 'activity',
                             'quota', 'deal_now', 'deal_score', 'score_model', 'deal_warning', 'warning_verdict', 'decision',
                             'action', 'suppression'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY workspace_only ON %I USING (workspace_id = harken_workspace()) '
                       'WITH CHECK (workspace_id = harken_workspace())', t);
    END LOOP;
END $$;
