-- What a fitted score was made from, and the indexes that lists, ranks and accounts without a named deal need.
DELETE FROM score_model;
ALTER TABLE score_model ADD COLUMN stage_ids uuid[] NOT NULL, -- the pipeline's stages when it was made
    ADD COLUMN cohort double precision[] NOT NULL;            -- usual times and rates by stage, as src/deals/cohort.h lays them out
CREATE INDEX interaction_account ON interaction (workspace_id, account_id) WHERE deal_id IS NULL;
CREATE INDEX deal_now_p ON deal_now (workspace_id, p) WHERE outcome = 0;
