-- Two rows of person that are one human being become one: everything that names the one names the other from then on. What was
-- moved is written down, so that a merge can be taken back. The row that is left stays, with its own subject key: what was sealed
-- under it stays readable, and whoever erases the person erases those merged into it as well.

ALTER TABLE person ADD COLUMN merged_into uuid; -- never a person that is merged itself
CREATE INDEX person_merged ON person (workspace_id, merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE person_merge (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    kept_id uuid NOT NULL,
    gone_id uuid NOT NULL,
    made_by uuid NOT NULL,
    made_at bigint NOT NULL,
    undone_at bigint,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, kept_id) REFERENCES person (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, gone_id) REFERENCES person (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX person_merge_gone ON person_merge (workspace_id, gone_id) WHERE undone_at IS NULL;

CREATE TABLE person_merge_row (
    workspace_id uuid NOT NULL,
    merge_id uuid NOT NULL,
    tab text NOT NULL CHECK (tab ~ '^[a-z_]{1,63}$'),
    col text NOT NULL CHECK (col ~ '^[a-z_]{1,63}$'),
    key jsonb NOT NULL CHECK (jsonb_typeof(key) = 'object'), -- of the row, as it is after the merge: ids and numbers
    was uuid[],         -- of a list: before it
    FOREIGN KEY (workspace_id, merge_id) REFERENCES person_merge (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX person_merge_row_merge ON person_merge_row (workspace_id, merge_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON person_merge, person_merge_row TO harken_app;

-- Where people are named. A table that names them and does not stand here fails a test (people_edit_test.py).
CREATE FUNCTION harken_people_places() RETURNS TABLE (tab text, col text, list boolean) LANGUAGE sql IMMUTABLE AS $$
    VALUES ('participant', 'person_id', false), ('part', 'person_id', false), ('interaction', 'persons', true),
        ('finding', 'owner_id', false), ('contact', 'person_id', false), ('seller', 'person_id', false),
        ('deal_role', 'person_id', false), ('deal_event', 'ref_id', false), ('deal_event', 'by_id', false),
        ('deal', 'owner_id', false), ('deal_now', 'owner_id', false), ('activity', 'seller_id', false),
        ('activity', 'contact_ids', true), ('quota', 'seller_id', false), ('decision', 'seller_id', false),
        ('action', 'seller_id', false), ('suppression', 'person_id', false), ('remark', 'about_id', false),
        ('score_sheet', 'about_id', false), ('card', 'about_id', false), ('person', 'merged_into', false)
$$;

-- SQL for the key of a row t of a table; `instead` stands for the column `col`, where the key has it.
CREATE FUNCTION harken_key_sql(tab text, col text, instead text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT 'jsonb_build_object(' || string_agg(format('%L, %s', a.attname, CASE WHEN a.attname = col THEN instead
                                                      ELSE format('t.%I', a.attname) END), ', ') || ')'
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indrelid = tab::regclass AND i.indisprimary
$$;

CREATE FUNCTION harken_person_merge(ws uuid, merge uuid, kept uuid, gone uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    p record;
    of_key boolean;
    taken text;
BEGIN
    FOR p IN SELECT * FROM harken_people_places() LOOP
        IF p.list THEN
            EXECUTE format('INSERT INTO person_merge_row SELECT $1, $2, %L, %L, %s, t.%I FROM %I t WHERE t.workspace_id = $1 '
                           'AND $4 = ANY (t.%I)', p.tab, p.col, harken_key_sql(p.tab, p.col, ''), p.col, p.tab, p.col)
                USING ws, merge, kept, gone;
            EXECUTE format('UPDATE %I t SET %I = array_replace(t.%I, $3, $2) WHERE t.workspace_id = $1 AND $3 = ANY (t.%I)',
                           p.tab, p.col, p.col, p.col) USING ws, kept, gone;
            CONTINUE;
        END IF;
        -- where both have a row of their own, each keeps its own
        SELECT string_agg(format('o.%I = t.%I', a.attname, a.attname), ' AND ') FILTER (WHERE a.attname <> p.col),
               bool_or(a.attname = p.col) INTO taken, of_key
        FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
        WHERE i.indrelid = p.tab::regclass AND i.indisprimary;
        taken := CASE WHEN of_key THEN format(' AND NOT EXISTS (SELECT FROM %I o WHERE %s AND o.%I = $3)', p.tab, taken, p.col) ELSE '' END;
        EXECUTE format('INSERT INTO person_merge_row SELECT $1, $2, %L, %L, %s, NULL FROM %I t WHERE t.workspace_id = $1 AND t.%I = $4%s',
                       p.tab, p.col, harken_key_sql(p.tab, p.col, '$3'), p.tab, p.col, taken) USING ws, merge, kept, gone;
        EXECUTE format('UPDATE %I t SET %I = $3 WHERE t.workspace_id = $1 AND t.%I = $2%s', p.tab, p.col, p.col, taken)
            USING ws, gone, kept;
    END LOOP;
    UPDATE person SET merged_into = kept WHERE workspace_id = ws AND id = gone;
END $$;

-- Puts back what the merge moved and nobody changed since.
CREATE FUNCTION harken_person_unmerge(ws uuid, merge uuid, kept uuid, gone uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    p record;
BEGIN
    UPDATE person SET merged_into = NULL WHERE workspace_id = ws AND id = gone;
    FOR p IN SELECT * FROM harken_people_places() LOOP
        EXECUTE format('UPDATE %I t SET %I = %s FROM person_merge_row r WHERE r.workspace_id = $1 AND r.merge_id = $2 AND r.tab = %L '
                       'AND r.col = %L AND t.workspace_id = $1 AND t.%I = %s AND %s = r.key', p.tab, p.col,
                       CASE WHEN p.list THEN 'r.was' ELSE '$4' END, p.tab, p.col, p.col,
                       CASE WHEN p.list THEN 'array_replace(r.was, $4, $3)' ELSE '$3' END, harken_key_sql(p.tab, p.col, format('t.%I', p.col)))
            USING ws, merge, kept, gone;
    END LOOP;
END $$;

-- Whom a user is: people with one of the user's addresses, or those they were merged into.
CREATE OR REPLACE FUNCTION harken_people_of(users uuid[]) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN array(SELECT coalesce(p.merged_into, p.id) FROM user_address a
                 JOIN person p ON p.workspace_id = a.workspace_id AND p.email_index = a.email_index
                 WHERE a.workspace_id = harken_workspace() AND a.user_id = ANY (users));
END $$;
SELECT harken_protect();
