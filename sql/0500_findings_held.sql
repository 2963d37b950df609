-- A finding's conversation is there as long as the finding is, without a foreign key: that one looks once for each row, under
-- policies, which is half of what a row costs. A statement writes all findings of a conversation: one look, and one lock that a
-- delete waits for, are enough for all of them. The functions see what a foreign key sees: everything, whoever writes or deletes
-- and in whichever workspace; what they set for that they put back, and where they fail it goes with the transaction.

CREATE FUNCTION harken_findings_held() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    reach CONSTANT text := coalesce(current_setting('harken.reach', true), '');
    f record;
BEGIN
    PERFORM set_config('harken.reach', 'system', true);
    FOR f IN SELECT DISTINCT workspace_id, interaction_id FROM fresh LOOP
        PERFORM FROM interaction i WHERE i.workspace_id = f.workspace_id AND i.id = f.interaction_id FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'foreign_key_violation', MESSAGE = 'findings of no conversation';
        END IF;
    END LOOP;
    PERFORM set_config('harken.reach', reach, true);
    RETURN NULL;
END $$;

CREATE FUNCTION harken_findings_go() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    reach CONSTANT text := coalesce(current_setting('harken.reach', true), '');
    workspace CONSTANT text := coalesce(current_setting('harken.workspace_id', true), '');
BEGIN
    PERFORM set_config('harken.reach', 'system', true), set_config('harken.workspace_id', OLD.workspace_id::text, true);
    DELETE FROM finding WHERE workspace_id = OLD.workspace_id AND interaction_id = OLD.id;
    PERFORM set_config('harken.reach', reach, true), set_config('harken.workspace_id', workspace, true);
    RETURN NULL;
END $$;

ALTER TABLE finding DROP CONSTRAINT finding_workspace_id_interaction_id_fkey;
CREATE TRIGGER findings_held AFTER INSERT ON finding REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION harken_findings_held();
CREATE TRIGGER findings_go AFTER DELETE ON interaction FOR EACH ROW EXECUTE FUNCTION harken_findings_go();
