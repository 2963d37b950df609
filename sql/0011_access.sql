-- Who may sign in, who belongs where, and row-level security that knows who reads: the second lock.
--
-- The first lock is the program's (store/reader_sees.c). This one works the same rule out of the tables by itself; what the
-- program says is only who reads (harken.reader) and how far the permission of the request reaches (harken.reach: none, own,
-- team, all, or system for work that nobody asked for). Without either nothing is seen.

CREATE TABLE app_user (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    email_index bytea NOT NULL CHECK (octet_length(email_index) = 16), -- as person.email_index
    external_index bytea,                  -- SCIM externalId
    roles bigint NOT NULL DEFAULT 0,       -- bits of gateway/roles.def
    active boolean NOT NULL DEFAULT true,
    service boolean NOT NULL DEFAULT false, -- a program: has keys, never signs in
    version bigint NOT NULL DEFAULT 1,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    seen_at bigint,
    sealed bytea NOT NULL,                 -- names and addresses
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, email_index)
);
CREATE INDEX app_user_external ON app_user (workspace_id, external_index) WHERE external_index IS NOT NULL;

-- Every address of a user: it is the user who took part where a participant has it.
CREATE TABLE user_address (
    workspace_id uuid NOT NULL,
    email_index bytea NOT NULL CHECK (octet_length(email_index) = 16),
    user_id uuid NOT NULL,
    PRIMARY KEY (workspace_id, email_index),
    FOREIGN KEY (workspace_id, user_id) REFERENCES app_user (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX user_address_user ON user_address (workspace_id, user_id);

CREATE TABLE team (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    parent_id uuid,
    name_index bytea NOT NULL,
    external_index bytea,
    version bigint NOT NULL DEFAULT 1,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name_index),
    FOREIGN KEY (workspace_id, parent_id) REFERENCES team (workspace_id, id)
);
CREATE INDEX team_parent ON team (workspace_id, parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE membership (
    workspace_id uuid NOT NULL,
    team_id uuid NOT NULL,
    user_id uuid NOT NULL,
    manager boolean NOT NULL DEFAULT false, -- of this team and all below it
    PRIMARY KEY (workspace_id, team_id, user_id),
    FOREIGN KEY (workspace_id, team_id) REFERENCES team (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, user_id) REFERENCES app_user (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX membership_user ON membership (workspace_id, user_id);

-- Whose a deal is says deal.owner_id, a person; whom it was shared with stands here.
ALTER TABLE deal ADD COLUMN owner_id uuid;
CREATE INDEX deal_owner ON deal (workspace_id, owner_id) WHERE owner_id IS NOT NULL;
CREATE TABLE deal_access (
    workspace_id uuid NOT NULL,
    deal_id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (workspace_id, deal_id, user_id),
    FOREIGN KEY (workspace_id, deal_id) REFERENCES deal (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, user_id) REFERENCES app_user (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX deal_access_user ON deal_access (workspace_id, user_id);

CREATE TABLE password (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    changed_at bigint NOT NULL,
    sealed bytea NOT NULL, -- the Argon2id text with its parameters
    PRIMARY KEY (workspace_id, user_id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES app_user (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE second_factor (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind smallint NOT NULL,         -- 1 TOTP, 2 WebAuthn, 3 recovery code
    handle_index bytea,             -- of the credential id
    counter bigint NOT NULL DEFAULT 0, -- last TOTP step used, or the authenticator's signature counter
    confirmed boolean NOT NULL DEFAULT false,
    created_at bigint NOT NULL,
    used_at bigint,
    sealed bytea NOT NULL,          -- secret or public key, name
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES app_user (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX second_factor_user ON second_factor (workspace_id, user_id);
CREATE UNIQUE INDEX second_factor_handle ON second_factor (workspace_id, handle_index) WHERE handle_index IS NOT NULL;

-- A user as an identity provider knows it: (issuer, sub), never an address.
CREATE TABLE identity (
    workspace_id uuid NOT NULL,
    subject_index bytea NOT NULL CHECK (octet_length(subject_index) = 16),
    user_id uuid NOT NULL,
    created_at bigint NOT NULL,
    used_at bigint,
    sealed bytea NOT NULL,
    PRIMARY KEY (workspace_id, subject_index),
    FOREIGN KEY (workspace_id, user_id) REFERENCES app_user (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX identity_user ON identity (workspace_id, user_id);

CREATE TABLE identity_provider (
    workspace_id uuid NOT NULL REFERENCES workspace (id),
    id uuid NOT NULL,
    name text NOT NULL CHECK (name ~ '^[a-z0-9_-]{1,31}$'),
    active boolean NOT NULL DEFAULT true,
    created_at bigint NOT NULL,
    sealed bytea NOT NULL, -- issuer, client id and secret, what it may assert
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name)
);

-- Tokens: of the operator, links, sessions, keys. Session and key belong to a user, or to the operator.
ALTER TABLE token DROP COLUMN person_id, DROP COLUMN once,
    ADD COLUMN kind smallint NOT NULL DEFAULT 0, -- enum token_kind
    ADD COLUMN user_id uuid,
    ADD COLUMN auth_at bigint,                   -- last proof of who it is
    ADD COLUMN idle_ms bigint,                   -- a session ends after so long without use
    ADD COLUMN methods smallint NOT NULL DEFAULT 0, -- how it was proved: enum token_method
    ADD FOREIGN KEY (workspace_id, user_id) REFERENCES app_user (workspace_id, id) ON DELETE CASCADE;
CREATE INDEX token_user ON token (workspace_id, user_id) WHERE user_id IS NOT NULL;

ALTER TABLE workspace ADD COLUMN private_shown boolean NOT NULL DEFAULT false; -- managers see private conversations
ALTER TABLE interaction ADD COLUMN private boolean NOT NULL DEFAULT false,
    ADD COLUMN persons uuid[] NOT NULL DEFAULT '{}'; -- who takes part: what the policy asks for
-- Rows that are there already; the owner passes policies where they are not forced.
ALTER TABLE interaction NO FORCE ROW LEVEL SECURITY;
ALTER TABLE participant NO FORCE ROW LEVEL SECURITY;
ALTER TABLE turn NO FORCE ROW LEVEL SECURITY;
UPDATE interaction i SET persons = array(
    SELECT person_id FROM participant p WHERE p.workspace_id = i.workspace_id AND p.interaction_id = i.id AND person_id IS NOT NULL
    UNION
    SELECT person_id FROM turn t WHERE t.workspace_id = i.workspace_id AND t.interaction_id = i.id AND person_id IS NOT NULL);
ALTER TABLE interaction FORCE ROW LEVEL SECURITY;
ALTER TABLE participant FORCE ROW LEVEL SECURITY;
ALTER TABLE turn FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE, DELETE ON app_user, user_address, team, membership, deal_access, password, second_factor, identity,
    identity_provider TO harken_app;

-- ---- the reader ----

CREATE FUNCTION harken_reader() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('harken.reader', true), '')::uuid $$;
CREATE FUNCTION harken_reach() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(current_setting('harken.reach', true), '') $$;
CREATE FUNCTION harken_reads_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT harken_reach() IN ('system', 'all') $$;
CREATE FUNCTION harken_private_shown() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce((SELECT private_shown FROM workspace WHERE id = harken_workspace()), false) $$;

-- The reader, and with reach team everybody in the teams the reader manages and in those below them.
CREATE FUNCTION harken_users_seen() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    WITH RECURSIVE below AS (
        SELECT m.team_id FROM membership m
            WHERE m.workspace_id = harken_workspace() AND m.user_id = harken_reader() AND m.manager AND harken_reach() = 'team'
        UNION
        SELECT t.id FROM team t JOIN below b ON t.parent_id = b.team_id WHERE t.workspace_id = harken_workspace()
    )
    SELECT CASE WHEN harken_reach() IN ('own', 'team') AND harken_reader() IS NOT NULL THEN
        array(SELECT harken_reader() UNION
              SELECT m.user_id FROM membership m JOIN below b ON m.team_id = b.team_id WHERE m.workspace_id = harken_workspace())
        ELSE '{}'::uuid[] END
$$;
CREATE FUNCTION harken_people_of(users uuid[]) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT array(SELECT p.id FROM user_address a
                 JOIN person p ON p.workspace_id = a.workspace_id AND p.email_index = a.email_index
                 WHERE a.workspace_id = harken_workspace() AND a.user_id = ANY (users))
$$;
CREATE FUNCTION harken_people_seen() RETURNS uuid[] LANGUAGE sql STABLE AS $$ SELECT harken_people_of(harken_users_seen()) $$;
CREATE FUNCTION harken_people_self() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN harken_reach() IN ('own', 'team') THEN harken_people_of(array[harken_reader()]) ELSE '{}'::uuid[] END
$$;
CREATE FUNCTION harken_deals_shared() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT array(SELECT d.deal_id FROM deal_access d
                 WHERE d.workspace_id = harken_workspace() AND d.user_id = ANY (harken_users_seen()))
$$;
CREATE FUNCTION harken_deals_seen() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT harken_deals_shared() || array(SELECT d.id FROM deal d
                 WHERE d.workspace_id = harken_workspace() AND d.owner_id = ANY (harken_people_seen()))
$$;

CREATE POLICY reader_only ON interaction AS RESTRICTIVE USING (
    (SELECT harken_reads_all())
    OR ((NOT private OR (SELECT harken_private_shown()))
        AND (persons && (SELECT harken_people_seen()) OR deal_id = ANY ((SELECT harken_deals_seen())::uuid[])))
    OR persons && (SELECT harken_people_self()));
CREATE POLICY reader_only ON deal AS RESTRICTIVE USING (
    (SELECT harken_reads_all()) OR owner_id = ANY ((SELECT harken_people_seen())::uuid[])
    OR id = ANY ((SELECT harken_deals_shared())::uuid[]));

-- Gives every table what it lacks: the workspace's policy, and for what hangs on a conversation or a deal the reader's. Runs
-- after every migration, so that no step can forget it.
CREATE FUNCTION harken_protect() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    t record;
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
            EXECUTE format('CREATE POLICY workspace_only ON %I USING (workspace_id = harken_workspace()) '
                           'WITH CHECK (workspace_id = harken_workspace())', t.relname);
        END IF;
        -- who has a deal is what the policies themselves read
        CONTINUE WHEN t.relname = 'deal_access' OR NOT (t.of_ia OR t.of_deal)
                 OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND p.polname = 'reader_only');
        EXECUTE format('CREATE POLICY reader_only ON %I AS RESTRICTIVE USING ((SELECT harken_reads_all())%s%s)', t.relname,
            CASE WHEN t.of_ia THEN format(' OR EXISTS (SELECT FROM interaction i WHERE i.workspace_id = %I.workspace_id '
                                          'AND i.id = %I.interaction_id)', t.relname, t.relname) ELSE '' END,
            CASE WHEN t.of_deal THEN format(' OR (%s EXISTS (SELECT FROM deal d WHERE d.workspace_id = %I.workspace_id AND '
                                            'd.id = %I.deal_id))', CASE WHEN t.of_ia THEN 'interaction_id IS NULL AND' ELSE '' END,
                                            t.relname, t.relname) ELSE '' END);
    END LOOP;
END $$;
