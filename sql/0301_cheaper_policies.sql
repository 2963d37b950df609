-- Policies are read and planned with every statement over their tables, and a function in SQL is parsed each time to see whether
-- it can be put in its place. What is small is written out; what looks into tables is PL/pgSQL, which keeps its own plans and is
-- asked only when a reader reads. The rule stays that of 0011.

CREATE OR REPLACE FUNCTION harken_private_shown() RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((SELECT private_shown FROM workspace WHERE id = harken_workspace()), false);
END $$;

CREATE OR REPLACE FUNCTION harken_users_seen() RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF harken_reach() NOT IN ('own', 'team') OR harken_reader() IS NULL THEN
        RETURN '{}';
    END IF;
    RETURN array(
        WITH RECURSIVE below AS (
            SELECT m.team_id FROM membership m
                WHERE m.workspace_id = harken_workspace() AND m.user_id = harken_reader() AND m.manager AND harken_reach() = 'team'
            UNION
            SELECT t.id FROM team t JOIN below b ON t.parent_id = b.team_id WHERE t.workspace_id = harken_workspace()
        )
        SELECT harken_reader()
        UNION
        SELECT m.user_id FROM membership m JOIN below b ON m.team_id = b.team_id WHERE m.workspace_id = harken_workspace());
END $$;

CREATE OR REPLACE FUNCTION harken_people_of(users uuid[]) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN array(SELECT p.id FROM user_address a JOIN person p ON p.workspace_id = a.workspace_id AND p.email_index = a.email_index
                 WHERE a.workspace_id = harken_workspace() AND a.user_id = ANY (users));
END $$;

CREATE OR REPLACE FUNCTION harken_people_seen() RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN harken_people_of(harken_users_seen());
END $$;

CREATE OR REPLACE FUNCTION harken_people_self() RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF harken_reach() NOT IN ('own', 'team') THEN
        RETURN '{}';
    END IF;
    RETURN harken_people_of(array[harken_reader()]);
END $$;

CREATE OR REPLACE FUNCTION harken_deals_shared() RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN array(SELECT d.deal_id FROM deal_access d
                 WHERE d.workspace_id = harken_workspace() AND d.user_id = ANY (harken_users_seen()));
END $$;

CREATE OR REPLACE FUNCTION harken_deals_seen() RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN harken_deals_shared() || array(SELECT d.id FROM deal d
                 WHERE d.workspace_id = harken_workspace() AND d.owner_id = ANY (harken_people_seen()));
END $$;

-- As in 0011, with both rules written out.
CREATE OR REPLACE FUNCTION harken_protect() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    t record;
    ours CONSTANT text := 'workspace_id = nullif(current_setting(''harken.workspace_id'', true), '''')::uuid';
    all_read CONSTANT text := '(SELECT coalesce(current_setting(''harken.reach'', true), '''') IN (''system'', ''all''))';
BEGIN
    FOR t IN SELECT c.oid, c.relname,
                    EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'interaction_id' AND NOT a.attisdropped) AS of_ia,
                    EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'deal_id' AND NOT a.attisdropped) AS of_deal
             FROM pg_class c JOIN pg_attribute w ON w.attrelid = c.oid AND w.attname = 'workspace_id' AND NOT w.attisdropped
             WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND pg_get_userbyid(c.relowner) = current_user
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t.relname);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t.relname);
        IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND p.polname = 'workspace_only') THEN
            EXECUTE format('CREATE POLICY workspace_only ON %I USING (%s) WITH CHECK (%s)', t.relname, ours, ours);
        END IF;
        -- who has a deal is what the policies themselves read
        CONTINUE WHEN t.relname = 'deal_access' OR NOT (t.of_ia OR t.of_deal)
                 OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND p.polname = 'reader_only');
        EXECUTE format('CREATE POLICY reader_only ON %I AS RESTRICTIVE USING (%s%s%s)', t.relname, all_read,
            CASE WHEN t.of_ia THEN format(' OR EXISTS (SELECT FROM interaction i WHERE i.workspace_id = %I.workspace_id '
                                          'AND i.id = %I.interaction_id)', t.relname, t.relname) ELSE '' END,
            CASE WHEN t.of_deal THEN format(' OR (%s EXISTS (SELECT FROM deal d WHERE d.workspace_id = %I.workspace_id AND '
                                            'd.id = %I.deal_id))', CASE WHEN t.of_ia THEN 'interaction_id IS NULL AND' ELSE '' END,
                                            t.relname, t.relname) ELSE '' END);
    END LOOP;
END $$;

-- Made anew by harken_protect(), in the transaction of this step.
DO $$
DECLARE
    p record;
BEGIN
    FOR p IN SELECT c.relname, o.polname FROM pg_policy o JOIN pg_class c ON c.oid = o.polrelid
             WHERE o.polname = 'workspace_only' OR (o.polname = 'reader_only' AND c.relname NOT IN ('interaction', 'deal'))
    LOOP
        EXECUTE format('DROP POLICY %I ON %I', p.polname, p.relname);
    END LOOP;
END $$;
SELECT harken_protect();
