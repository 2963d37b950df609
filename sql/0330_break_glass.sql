-- Break-glass: somebody whose role reads no conversation may, for a while, read named ones, once a second person agreed.
CREATE TABLE break_glass (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    asked_by uuid NOT NULL,
    interactions uuid[] NOT NULL CHECK (cardinality(interactions) BETWEEN 1 AND 100),
    minutes integer NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    state smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3), -- asked, granted, refused, ended
    decided_by uuid CHECK (decided_by <> asked_by),                  -- two people, always
    created_at bigint NOT NULL,
    decided_at bigint,
    until_at bigint,                                                 -- of a granted one; after it nothing is open
    sealed bytea NOT NULL,                                           -- reason
    PRIMARY KEY (workspace_id, id),
    CHECK (state <> 1 OR (decided_by IS NOT NULL AND until_at IS NOT NULL))
);
CREATE INDEX break_glass_time ON break_glass (workspace_id, created_at, id);
CREATE INDEX break_glass_open ON break_glass (workspace_id, asked_by) WHERE state = 1;
GRANT SELECT, INSERT, UPDATE ON break_glass TO harken_app;

-- What is open to the reader now, by the database's own clock.
CREATE FUNCTION harken_glass_open() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN harken_reach() IN ('own', 'team') THEN array(
        SELECT unnest(g.interactions) FROM break_glass g
        WHERE g.workspace_id = harken_workspace() AND g.asked_by = harken_reader() AND g.state = 1
            AND g.until_at > (extract(epoch FROM now()) * 1000)::bigint) ELSE '{}'::uuid[] END
$$;
ALTER POLICY reader_only ON interaction USING (
    (SELECT harken_reads_all())
    OR ((NOT private OR (SELECT harken_private_shown()))
        AND (persons && (SELECT harken_people_seen()) OR deal_id = ANY ((SELECT harken_deals_seen())::uuid[])))
    OR persons && (SELECT harken_people_self())
    OR id = ANY ((SELECT harken_glass_open())::uuid[]));
