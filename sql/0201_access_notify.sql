-- Who may do what is remembered for some seconds by each process that answers requests; when it changes, all of them hear of it at
-- the commit. Uses (token.used_at, app_user.seen_at) are no changes of that kind.

CREATE FUNCTION harken_access_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('harken_access', '');
    RETURN NULL;
END $$;

CREATE TRIGGER access_told AFTER DELETE OR UPDATE OF scopes, expires_at, idle_ms, user_id, auth_at, methods ON token
    FOR EACH STATEMENT EXECUTE FUNCTION harken_access_told();
CREATE TRIGGER access_told AFTER DELETE OR UPDATE OF roles, active ON app_user
    FOR EACH STATEMENT EXECUTE FUNCTION harken_access_told();
CREATE TRIGGER access_told AFTER INSERT OR UPDATE OR DELETE ON user_address
    FOR EACH STATEMENT EXECUTE FUNCTION harken_access_told();
CREATE TRIGGER access_told AFTER DELETE OR UPDATE OF parent_id ON team
    FOR EACH STATEMENT EXECUTE FUNCTION harken_access_told();
CREATE TRIGGER access_told AFTER INSERT OR UPDATE OR DELETE ON membership
    FOR EACH STATEMENT EXECUTE FUNCTION harken_access_told();
CREATE TRIGGER access_told AFTER INSERT OR DELETE ON deal_access
    FOR EACH STATEMENT EXECUTE FUNCTION harken_access_told();
CREATE TRIGGER access_told AFTER UPDATE OF owner_id ON deal
    FOR EACH ROW WHEN (OLD.owner_id IS DISTINCT FROM NEW.owner_id) EXECUTE FUNCTION harken_access_told();
