-- How the open deals of a workspace were ranked last: the lowest p of each percentile from 2 to 99. A deal whose p moves finds its
-- rank here, without a look at all the others. Made again from deal_now at any time.
CREATE TABLE deal_ranks (
    workspace_id uuid PRIMARY KEY REFERENCES workspace (id),
    deals bigint NOT NULL,             -- how many were ranked
    floors double precision[] NOT NULL CHECK (cardinality(floors) = 98)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON deal_ranks TO harken_app;
SELECT harken_protect();
DROP INDEX deal_now_p; -- nothing looks deals up by their p any more
