-- What people say to each other about conversations: comments at a place, and filled-in scorecards. Words are sealed.

CREATE TABLE remark (
    workspace_id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    id uuid NOT NULL,
    author_id uuid NOT NULL,  -- the user (or key) who wrote it
    about_id uuid,            -- the person it is about; null: the conversation
    turn integer,             -- where; null: no place
    start_b integer,
    end_b integer,
    sealed bytea NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, interaction_id) REFERENCES interaction (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX remark_interaction ON remark (workspace_id, interaction_id, created_at, id);

CREATE TABLE score_sheet (
    workspace_id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    id uuid NOT NULL,
    form_id uuid NOT NULL,    -- the scorecard: a card
    about_id uuid NOT NULL,   -- the person it is about
    author_id uuid NOT NULL,
    model boolean NOT NULL DEFAULT false, -- a model's word, not a person's
    answers integer[] NOT NULL, -- by question: 1 to 5; 0: not answered
    sealed bytea,             -- a note
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, interaction_id, form_id, about_id, author_id, model),
    FOREIGN KEY (workspace_id, interaction_id) REFERENCES interaction (workspace_id, id) ON DELETE CASCADE
);

GRANT SELECT, INSERT, UPDATE, DELETE ON remark, score_sheet TO harken_app;
