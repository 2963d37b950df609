-- The erasure of a person: asked for by one, agreed to by another, done by a job. It is also the ledger that stays when the rest is
-- gone: ids and numbers only.
CREATE TABLE erasure (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,              -- the privacy request
    person_id uuid NOT NULL,
    subject_id uuid NOT NULL,      -- the key that goes
    asked_by uuid,                 -- null: the operator of the machine
    approved_by uuid NOT NULL CHECK (approved_by <> asked_by), -- two people, always
    state smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2), -- enum erasure_state of records/erasure.h
    counts bigint[] NOT NULL,      -- enum erased_kind
    approved_at bigint NOT NULL,
    done_at bigint,
    PRIMARY KEY (workspace_id, id)
);
GRANT SELECT, INSERT, UPDATE ON erasure TO harken_app;
SELECT harken_protect();
