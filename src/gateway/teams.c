#include "base/clock.h"
#include "base/json.h"
#include "gateway/users.h"
#include "text/uni.h"

enum {
    TEAM_ADD,
    TEAM_GET,
    TEAM_BY_NAME,
    TEAM_PUT,
    TEAM_UP,
    TEAM_DROP,
    TEAM_LIST,
    MEMBER_PUT,
    MEMBER_DROP,
    MEMBER_LIST,
    DEAL_SHARE,
    DEAL_UNSHARE
};

#define TEAM_COLUMNS "id, parent_id, version, created_at, updated_at, sealed"

const struct db_stmt teams_sql[] = {
    /* $1 workspace, $2 id, $3 parent, $4 name index, $5 external index, $6 now, $7 sealed */
    [TEAM_ADD] = {"team_add", "INSERT INTO team (workspace_id, id, parent_id, name_index, external_index, created_at, "
                              "updated_at, sealed) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)"},
    [TEAM_GET] = {"team_get", "SELECT " TEAM_COLUMNS " FROM team WHERE workspace_id=$1 AND id=$2"},
    [TEAM_BY_NAME] = {"team_by_name", "SELECT " TEAM_COLUMNS " FROM team WHERE workspace_id=$1 AND name_index=$2"},
    /* $8 version or 0 -> version */
    [TEAM_PUT] = {"team_put",
                  "UPDATE team SET parent_id=$3, name_index=$4, external_index=$5, updated_at=$6, sealed=$7, "
                  "version=version+1 WHERE workspace_id=$1 AND id=$2 AND ($8=0 OR version=$8) RETURNING version"},
    [TEAM_UP] = {"team_up",
                 "UPDATE team c SET parent_id=p.parent_id FROM team p WHERE p.workspace_id=$1 AND p.id=$2 AND "
                 "c.workspace_id=$1 AND c.parent_id=$2"},
    [TEAM_DROP] = {"team_drop", "DELETE FROM team WHERE workspace_id=$1 AND id=$2"},
    [TEAM_LIST] = {"team_list", "SELECT " TEAM_COLUMNS " FROM team WHERE workspace_id=$1 ORDER BY id"},
    /* $2 team, $3 user, $4 manager */
    [MEMBER_PUT] = {"member_put",
                    "INSERT INTO membership (workspace_id, team_id, user_id, manager) VALUES ($1, $2, $3, "
                    "$4) ON CONFLICT (workspace_id, team_id, user_id) DO UPDATE SET manager=$4"},
    [MEMBER_DROP] = {"member_drop", "DELETE FROM membership WHERE workspace_id=$1 AND team_id=$2 AND user_id=$3"},
    /* $2 team or null, $3 user or null */
    [MEMBER_LIST] = {"member_list", "SELECT team_id, user_id, manager FROM membership WHERE workspace_id=$1 AND "
                                    "($2::uuid IS NULL OR team_id=$2) AND ($3::uuid IS NULL OR user_id=$3) ORDER BY "
                                    "team_id, user_id"},
    /* $2 deal, $3 user, $4 now */
    [DEAL_SHARE] = {"deal_share",
                    "INSERT INTO deal_access (workspace_id, deal_id, user_id, created_at) SELECT $1, d.id, "
                    "u.id, $4 FROM deal d, app_user u WHERE d.workspace_id=$1 AND d.id=$2 AND "
                    "u.workspace_id=$1 AND u.id=$3 ON CONFLICT (workspace_id, deal_id, user_id) DO UPDATE "
                    "SET created_at=deal_access.created_at"},
    [DEAL_UNSHARE] = {"deal_unshare", "DELETE FROM deal_access a USING deal d WHERE a.workspace_id=$1 AND a.deal_id=$2 "
                                      "AND a.user_id=$3 AND d.workspace_id=$1 AND d.id=a.deal_id"},
};
const size_t teams_sql_n = sizeof teams_sql / sizeof *teams_sql;

static enum err_code team_seal(struct keyring *k, struct id workspace, const struct team *m, struct arena *a, str *out,
                               struct err *e)
{
    struct seal_at at = {.workspace = workspace, .table = "team", .column = "sealed", .row = m->id};
    enum err_code rc;
    struct buf b;
    struct jw w;

    if (!str_trim(m->name).n || m->name.n > USER_TEXT_MAX || m->external_id.n > USER_TEXT_MAX)
        return err_set(e, ERR_INVALID, "a team needs a name of at most %d bytes", USER_TEXT_MAX);
    buf_init_wiped(&b, 16 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "name", str_trim(m->name));
    jw_kstr(&w, "external_id", m->external_id);
    jw_end(&w);
    rc = seal(k, key_class(KEY_METADATA), &at, buf_view(&b), a, out, e);
    buf_done(&b);
    return rc;
}

static enum err_code team_of(struct keyring *k, struct id workspace, const struct db_rows *r, struct arena *a,
                             struct team *out, struct err *e)
{
    struct seal_at at = {.workspace = workspace, .table = "team", .column = "sealed", .row = db_id(r, 0)};
    struct json_doc *d = NULL;
    str plain;

    *out = (struct team){.id = at.row,
                         .parent = db_id(r, 1),
                         .version = db_i64(r, 2),
                         .created_at_ms = db_i64(r, 3),
                         .updated_at_ms = db_i64(r, 4)};
    if (seal_open(k, &at, db_bytes(r, 5), a, &plain, e) || json_parse(plain, &d, e))
        return e->code;
    out->name = str_dup(a, json_str(json_get(json_root(d), "name"), STR("")));
    out->external_id = str_dup(a, json_str(json_get(json_root(d), "external_id"), STR("")));
    json_free(d);
    return ERR_OK;
}

static enum err_code team_one(struct db_tx *t, struct keyring *k, int stmt, struct db_val key, struct arena *a,
                              struct team *out, struct err *e)
{
    struct id workspace = db_tx_workspace(t);
    struct db_rows r;
    enum err_code rc;

    if (db_run(t, &teams_sql[stmt], DB_ARGS(P_ID(workspace), key), &r, e))
        return e->code;
    rc = db_next(&r) ? team_of(k, workspace, &r, a, out, e) : err_set(e, ERR_NOT_FOUND, "no such team");
    db_rows_done(&r);
    return rc;
}

static enum err_code name_index(struct db_tx *t, struct keyring *k, str name, struct arena *a, uint8_t out[BLIND_BYTES],
                                struct err *e)
{
    return blind_index(k, db_tx_workspace(t), "team.name", uni_lower(a, str_trim(name)), out, e);
}

/* A team is not below itself, and the tree is not deeper than TEAM_DEPTH_MAX above it. */
static enum err_code parent_check(struct db_tx *t, struct keyring *k, const struct team *m, struct arena *a,
                                  struct err *e)
{
    struct team up = {.parent = m->parent};

    for (int depth = 0; !id_is_nil(up.parent); depth++) {
        if (depth == TEAM_DEPTH_MAX)
            return err_set(e, ERR_INVALID, "teams are at most %d deep", TEAM_DEPTH_MAX);
        if (id_eq(up.parent, m->id))
            return err_set(e, ERR_INVALID, "a team cannot be below itself");
        if (team_get(t, k, up.parent, a, &up, e))
            return e->code == ERR_NOT_FOUND ? err_set(e, ERR_INVALID, "there is no such team above") : e->code;
    }
    return ERR_OK;
}

static enum err_code team_write(struct db_tx *t, struct keyring *k, int stmt, struct team *m, struct arena *a,
                                struct db_rows *r, struct err *e)
{
    struct id workspace = db_tx_workspace(t);
    uint8_t name[BLIND_BYTES], ext[BLIND_BYTES];
    struct db_val ext_v = P_NULL(DB_BYTES);
    struct db_val v[8];
    str sealed;

    m->updated_at_ms = clock_now_ms();
    if (team_seal(k, workspace, m, a, &sealed, e) || parent_check(t, k, m, a, e) ||
        name_index(t, k, m->name, a, name, e))
        return e->code;
    if (m->external_id.n) {
        if (blind_index(k, workspace, "team.external", m->external_id, ext, e))
            return e->code;
        ext_v = P_BYTES_N(ext, BLIND_BYTES);
    }
    v[0] = P_ID(workspace);
    v[1] = P_ID(m->id);
    v[2] = P_ID_OR_NULL(m->parent);
    v[3] = P_BYTES_N(name, BLIND_BYTES);
    v[4] = ext_v;
    v[5] = P_I64(m->updated_at_ms);
    v[6] = P_BYTES(sealed);
    v[7] = P_I64(m->version);
    if (db_run(t, &teams_sql[stmt], v, stmt == TEAM_PUT ? 8 : 7, r, e))
        return e->code == ERR_EXISTS ? err_set(e, ERR_EXISTS, "another team has this name") : e->code;
    return ERR_OK;
}

enum err_code team_add(struct db_tx *t, struct keyring *k, struct team *m, struct arena *a, struct err *e)
{
    m->id = id_new();
    m->version = 1;
    if (team_write(t, k, TEAM_ADD, m, a, NULL, e))
        return e->code;
    m->created_at_ms = m->updated_at_ms;
    return ERR_OK;
}

enum err_code team_get(struct db_tx *t, struct keyring *k, struct id id, struct arena *a, struct team *out,
                       struct err *e)
{
    return team_one(t, k, TEAM_GET, P_ID(id), a, out, e);
}

enum err_code team_find(struct db_tx *t, struct keyring *k, str name, struct arena *a, struct team *out, struct err *e)
{
    uint8_t index[BLIND_BYTES];

    if (name_index(t, k, name, a, index, e))
        return e->code;
    return team_one(t, k, TEAM_BY_NAME, P_BYTES_N(index, BLIND_BYTES), a, out, e);
}

enum err_code team_put(struct db_tx *t, struct keyring *k, struct team *m, struct arena *a, struct err *e)
{
    struct db_rows r;
    bool written;

    if (team_write(t, k, TEAM_PUT, m, a, &r, e))
        return e->code;
    written = db_next(&r);
    if (written)
        m->version = db_i64(&r, 0);
    db_rows_done(&r);
    return written ? ERR_OK : err_set(e, ERR_CONFLICT, "the team was changed meanwhile");
}

/* Runs a statement that must touch a row. */
static enum err_code touch(struct db_tx *t, int stmt, const struct db_val *v, size_t n, const char *none, struct err *e)
{
    struct db_rows r;
    int64_t touched;

    if (db_run(t, &teams_sql[stmt], v, n, &r, e))
        return e->code;
    touched = r.affected;
    db_rows_done(&r);
    return touched ? ERR_OK : err_set(e, ERR_NOT_FOUND, "%s", none);
}

enum err_code team_drop(struct db_tx *t, struct id id, struct err *e)
{
    struct id workspace = db_tx_workspace(t);

    if (db_send(t, &teams_sql[TEAM_UP], DB_ARGS(P_ID(workspace), P_ID(id)), e))
        return e->code;
    return touch(t, TEAM_DROP, DB_ARGS(P_ID(workspace), P_ID(id)), "no such team", e);
}

enum err_code team_list(struct db_tx *t, struct keyring *k, struct arena *a, struct team **out, size_t *out_n,
                        struct err *e)
{
    struct id workspace = db_tx_workspace(t);
    enum err_code rc = ERR_OK;
    struct db_rows r;
    size_t n = 0;

    if (db_run(t, &teams_sql[TEAM_LIST], DB_ARGS(P_ID(workspace)), &r, e))
        return e->code;
    *out = ARENA_ARRAY(a, struct team, (size_t)r.rows_n + 1);
    while (!rc && db_next(&r))
        rc = team_of(k, workspace, &r, a, &(*out)[n++], e);
    db_rows_done(&r);
    *out_n = n;
    return rc;
}

enum err_code member_put(struct db_tx *t, const struct member *m, struct err *e)
{
    if (db_run(t, &teams_sql[MEMBER_PUT],
               DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(m->team), P_ID(m->user), P_BOOL(m->manager)), NULL, e))
        return e->code == ERR_CONFLICT ? err_set(e, ERR_NOT_FOUND, "no such team or user") : e->code;
    return ERR_OK;
}

enum err_code member_drop(struct db_tx *t, struct id team, struct id user, struct err *e)
{
    return touch(t, MEMBER_DROP, DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(team), P_ID(user)), "not a member", e);
}

enum err_code member_list(struct db_tx *t, struct id team, struct id user, struct arena *a, struct member **out,
                          size_t *out_n, struct err *e)
{
    struct db_rows r;
    size_t n = 0;

    if (db_run(t, &teams_sql[MEMBER_LIST], DB_ARGS(P_ID(db_tx_workspace(t)), P_ID_OR_NULL(team), P_ID_OR_NULL(user)),
               &r, e))
        return e->code;
    *out = ARENA_ARRAY(a, struct member, (size_t)r.rows_n + 1);
    while (db_next(&r))
        (*out)[n++] = (struct member){db_id(&r, 0), db_id(&r, 1), db_bool(&r, 2)};
    db_rows_done(&r);
    *out_n = n;
    return ERR_OK;
}

enum err_code deal_share(struct db_tx *t, struct id deal, struct id user, struct err *e)
{
    return touch(t, DEAL_SHARE, DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(deal), P_ID(user), P_I64(clock_now_ms())),
                 "no such deal or user", e);
}

enum err_code deal_unshare(struct db_tx *t, struct id deal, struct id user, struct err *e)
{
    return touch(t, DEAL_UNSHARE, DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(deal), P_ID(user)),
                 "the deal is not shared with this user", e);
}
