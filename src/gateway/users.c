#include "gateway/users.h"

#include "base/clock.h"
#include "base/json.h"
#include "text/uni.h"

enum {
    USER_ADD,
    USER_GET,
    USER_BY_EMAIL,
    USER_BY_EXTERNAL,
    USER_PUT,
    USER_DROP,
    USER_LIST,
    USER_OF,
    USER_COUNT,
    USER_BELOW,
    ADDRESS_ADD,
    ADDRESS_DROP,
    USER_SESSIONS_END
};

#define USER_COLUMNS "u.id, u.roles, u.active, u.service, u.version, u.created_at, u.updated_at, u.seen_at, u.sealed"

const struct db_stmt users_sql[] = {
    /* $1 workspace, $2 id, $3 email index, $4 external index, $5 roles, $6 active, $7 service, $8 now, $9 sealed */
    [USER_ADD] = {"user_add",
                  "INSERT INTO app_user (workspace_id, id, email_index, external_index, roles, active, "
                  "service, created_at, updated_at, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)"},
    [USER_GET] = {"user_get", "SELECT " USER_COLUMNS " FROM app_user u WHERE u.workspace_id=$1 AND u.id=$2"},
    /* $2 email index */
    [USER_BY_EMAIL] = {"user_by_email",
                       "SELECT " USER_COLUMNS " FROM user_address a JOIN app_user u ON u.workspace_id=a.workspace_id "
                       "AND u.id=a.user_id WHERE a.workspace_id=$1 AND a.email_index=$2"},
    [USER_BY_EXTERNAL] = {"user_by_external",
                          "SELECT " USER_COLUMNS " FROM app_user u WHERE u.workspace_id=$1 AND u.external_index=$2"},
    /* $2 id, $3 email index, $4 external index, $5 roles, $6 active, $7 service, $8 now, $9 sealed, $10 version or 0 -> version
     */
    [USER_PUT] = {"user_put",
                  "UPDATE app_user SET email_index=$3, external_index=$4, roles=$5, active=$6, service=$7, "
                  "updated_at=$8, sealed=$9, version=version+1 WHERE workspace_id=$1 AND id=$2 AND ($10=0 OR "
                  "version=$10) RETURNING version"},
    [USER_DROP] = {"user_drop", "DELETE FROM app_user WHERE workspace_id=$1 AND id=$2"},
    /* $2 after, $3 limit */
    [USER_LIST] = {"user_list", "SELECT " USER_COLUMNS " FROM app_user u WHERE u.workspace_id=$1 AND u.id>$2 ORDER BY "
                                "u.id LIMIT $3"},
    /* $1 workspace, $2 ids */
    [USER_OF] = {"user_of", "SELECT " USER_COLUMNS " FROM app_user u WHERE u.workspace_id=$1 AND u.id=ANY($2)"},
    [USER_COUNT] = {"user_count", "SELECT count(*) FROM app_user WHERE workspace_id=$1"},
    [USER_BELOW] = {"user_below",
                    "WITH RECURSIVE below AS (SELECT team_id FROM membership WHERE workspace_id=$1 AND user_id=$2 AND "
                    "manager UNION SELECT t.id FROM team t JOIN below b ON t.parent_id=b.team_id WHERE "
                    "t.workspace_id=$1) SELECT $2::uuid UNION SELECT m.user_id FROM membership m JOIN below b ON "
                    "m.team_id=b.team_id WHERE m.workspace_id=$1"},
    /* $2 user, $3 indexes */
    [ADDRESS_ADD] = {"user_address_add",
                     "INSERT INTO user_address (workspace_id, email_index, user_id) SELECT $1, x, $2 "
                     "FROM unnest($3::bytea[]) AS x"},
    [ADDRESS_DROP] = {"user_address_drop", "DELETE FROM user_address WHERE workspace_id=$1 AND user_id=$2"},
    [USER_SESSIONS_END] = {"user_sessions_end",
                           "DELETE FROM token WHERE workspace_id=$1 AND user_id=$2 AND kind IN (1, "
                           "2)"},
};
const size_t users_sql_n = sizeof users_sql / sizeof *users_sql;

str user_email_fold(struct arena *a, str email)
{
    str s = uni_lower(a, str_dup(a, str_trim(email))), domain, local = str_cut(s, '@', &domain);

    if (!local.n || !domain.n || s.n > USER_TEXT_MAX || str_contains(domain, STR("@")) || !str_utf8_valid(s))
        return STR("");
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '<' || s.p[i] == '>' || s.p[i] == ',' || s.p[i] == 0x7f)
            return STR("");
    return s;
}

static enum err_code text_check(const char *what, str s, struct err *e)
{
    if (s.n > USER_TEXT_MAX)
        return err_set(e, ERR_INVALID, "%s is longer than %d bytes", what, USER_TEXT_MAX);
    return ERR_OK;
}

static enum err_code user_check(const struct user *u, struct arena *a, struct err *e)
{
    if (!user_email_fold(a, u->email).n)
        return err_set(e, ERR_INVALID, "a user needs an address such as ann@example.com");
    if (u->addresses_n > USER_ADDRESSES_MAX)
        return err_set(e, ERR_INVALID, "a user has at most %d more addresses", USER_ADDRESSES_MAX);
    for (size_t i = 0; i < u->addresses_n; i++)
        if (!user_email_fold(a, u->addresses[i]).n)
            return err_set(e, ERR_INVALID, "one of the addresses is none");
    if (text_check("the name", u->name, e) || text_check("the given name", u->given, e) ||
        text_check("the family name", u->family, e))
        return e->code;
    return text_check("the external id", u->external_id, e);
}

static enum err_code user_seal(struct keyring *k, struct id workspace, const struct user *u, struct arena *a, str *out,
                               struct err *e)
{
    struct seal_at at = {.workspace = workspace, .table = "app_user", .column = "sealed", .row = u->id};
    enum err_code rc;
    struct buf b;
    struct jw w;

    buf_init_wiped(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "email", str_trim(u->email));
    jw_kstr(&w, "name", u->name);
    jw_kstr(&w, "given", u->given);
    jw_kstr(&w, "family", u->family);
    jw_kstr(&w, "external_id", u->external_id);
    jw_kstr(&w, "scim", u->scim);
    jw_karr(&w, "addresses");
    for (size_t i = 0; i < u->addresses_n; i++)
        jw_str(&w, str_trim(u->addresses[i]));
    jw_end(&w);
    jw_end(&w);
    rc = buf_ok(&b) ? seal(k, key_class(KEY_METADATA), &at, buf_view(&b), a, out, e)
                    : err_set(e, ERR_INVALID, "this is too long");
    buf_done(&b);
    return rc;
}

static enum err_code user_of(struct keyring *k, struct id workspace, const struct db_rows *r, struct arena *a,
                             struct user *out, struct err *e)
{
    struct seal_at at = {.workspace = workspace, .table = "app_user", .column = "sealed", .row = db_id(r, 0)};
    struct json_doc *d = NULL;
    const struct json *o, *list;
    struct json_it it;
    str plain;

    *out = (struct user){.id = at.row,
                         .roles = (uint32_t)db_i64(r, 1),
                         .active = db_bool(r, 2),
                         .service = db_bool(r, 3),
                         .version = db_i64(r, 4),
                         .created_at_ms = db_i64(r, 5),
                         .updated_at_ms = db_i64(r, 6),
                         .seen_at_ms = db_is_null(r, 7) ? CLOCK_NONE : db_i64(r, 7)};
    if (seal_open(k, &at, db_bytes(r, 8), a, &plain, e) || json_parse(plain, &d, e))
        return e->code;
    o = json_root(d);
    out->email = str_dup(a, json_str(json_get(o, "email"), STR("")));
    out->name = str_dup(a, json_str(json_get(o, "name"), STR("")));
    out->given = str_dup(a, json_str(json_get(o, "given"), STR("")));
    out->family = str_dup(a, json_str(json_get(o, "family"), STR("")));
    out->external_id = str_dup(a, json_str(json_get(o, "external_id"), STR("")));
    out->scim = str_dup(a, json_str(json_get(o, "scim"), STR("")));
    list = json_get(o, "addresses");
    out->addresses = ARENA_ARRAY(a, str, json_len(list) + 1);
    for (json_it_init(&it, list); json_it_next(&it);)
        out->addresses[out->addresses_n++] = str_dup(a, json_str(it.val, STR("")));
    json_free(d);
    return ERR_OK;
}

/* One user, or ERR_NOT_FOUND. */
static enum err_code user_one(struct db_tx *t, struct keyring *k, int stmt, struct db_val key, struct arena *a,
                              struct user *out, struct err *e)
{
    struct id workspace = db_tx_workspace(t);
    struct db_rows r;
    enum err_code rc;

    if (db_run(t, &users_sql[stmt], DB_ARGS(P_ID(workspace), key), &r, e))
        return e->code;
    rc = db_next(&r) ? user_of(k, workspace, &r, a, out, e) : err_set(e, ERR_NOT_FOUND, "no such user");
    db_rows_done(&r);
    return rc;
}

static enum err_code email_index(struct db_tx *t, struct keyring *k, str email, struct arena *a,
                                 uint8_t out[BLIND_BYTES], struct err *e)
{
    return blind_index(k, db_tx_workspace(t), "person.email", user_email_fold(a, email), out, e);
}

static enum err_code external_index(struct db_tx *t, struct keyring *k, str external_id, uint8_t mem[BLIND_BYTES],
                                    struct db_val *out, struct err *e)
{
    *out = P_NULL(DB_BYTES);
    if (!external_id.n)
        return ERR_OK;
    if (blind_index(k, db_tx_workspace(t), "user.external", external_id, mem, e))
        return e->code;
    *out = P_BYTES_N(mem, BLIND_BYTES);
    return ERR_OK;
}

/* The sign-in address and the others, each once. */
static enum err_code addresses_put(struct db_tx *t, struct keyring *k, const struct user *u, struct arena *a,
                                   struct err *e)
{
    str *index = ARENA_ARRAY(a, str, u->addresses_n + 1);
    size_t n = 0;

    for (size_t i = 0; i <= u->addresses_n; i++) {
        uint8_t *mem = arena_alloc(a, BLIND_BYTES);
        size_t seen = 0;
        if (email_index(t, k, i ? u->addresses[i - 1] : u->email, a, mem, e))
            return e->code;
        while (seen < n && memcmp(index[seen].p, mem, BLIND_BYTES) != 0)
            seen++;
        if (seen == n)
            index[n++] = str_n((const char *)mem, BLIND_BYTES);
    }
    if (db_run(t, &users_sql[ADDRESS_ADD], DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(u->id), P_BYTESS(index, n)), NULL, e))
        return e->code == ERR_EXISTS ? err_set(e, ERR_EXISTS, "another user has this address") : e->code;
    return ERR_OK;
}

enum err_code user_add(struct db_tx *t, struct keyring *k, struct user *u, struct arena *a, struct err *e)
{
    struct id workspace = db_tx_workspace(t);
    uint8_t mail[BLIND_BYTES], ext[BLIND_BYTES];
    struct db_val ext_v;
    str sealed;

    u->id = id_new();
    u->version = 1;
    u->created_at_ms = u->updated_at_ms = clock_now_ms();
    u->seen_at_ms = CLOCK_NONE;
    if (user_check(u, a, e) || user_seal(k, workspace, u, a, &sealed, e) || email_index(t, k, u->email, a, mail, e) ||
        external_index(t, k, u->external_id, ext, &ext_v, e))
        return e->code;
    if (db_run(t, &users_sql[USER_ADD],
               DB_ARGS(P_ID(workspace), P_ID(u->id), P_BYTES_N(mail, BLIND_BYTES), ext_v, P_I64(u->roles),
                       P_BOOL(u->active), P_BOOL(u->service), P_I64(u->created_at_ms), P_BYTES(sealed)),
               NULL, e))
        return e->code == ERR_EXISTS ? err_set(e, ERR_EXISTS, "another user has this address") : e->code;
    return addresses_put(t, k, u, a, e);
}

enum err_code user_get(struct db_tx *t, struct keyring *k, struct id id, struct arena *a, struct user *out,
                       struct err *e)
{
    return user_one(t, k, USER_GET, P_ID(id), a, out, e);
}

enum err_code user_find(struct db_tx *t, struct keyring *k, str email, struct arena *a, struct user *out, struct err *e)
{
    uint8_t mail[BLIND_BYTES];

    if (email_index(t, k, email, a, mail, e))
        return e->code;
    return user_one(t, k, USER_BY_EMAIL, P_BYTES_N(mail, BLIND_BYTES), a, out, e);
}

enum err_code user_find_external(struct db_tx *t, struct keyring *k, str external_id, struct arena *a, struct user *out,
                                 struct err *e)
{
    uint8_t mem[BLIND_BYTES];
    struct db_val v;

    if (external_index(t, k, external_id, mem, &v, e))
        return e->code;
    return user_one(t, k, USER_BY_EXTERNAL, v, a, out, e);
}

enum err_code user_put(struct db_tx *t, struct keyring *k, struct user *u, struct arena *a, struct err *e)
{
    struct id workspace = db_tx_workspace(t);
    uint8_t mail[BLIND_BYTES], ext[BLIND_BYTES];
    struct db_val ext_v;
    struct db_rows r;
    struct user was = {0};
    bool written;
    str sealed;

    if (user_check(u, a, e) || user_get(t, k, u->id, a, &was, e) || user_seal(k, workspace, u, a, &sealed, e) ||
        email_index(t, k, u->email, a, mail, e) || external_index(t, k, u->external_id, ext, &ext_v, e))
        return e->code;
    u->updated_at_ms = clock_now_ms();
    if (db_run(t, &users_sql[USER_PUT],
               DB_ARGS(P_ID(workspace), P_ID(u->id), P_BYTES_N(mail, BLIND_BYTES), ext_v, P_I64(u->roles),
                       P_BOOL(u->active), P_BOOL(u->service), P_I64(u->updated_at_ms), P_BYTES(sealed),
                       P_I64(u->version)),
               &r, e))
        return e->code == ERR_EXISTS ? err_set(e, ERR_EXISTS, "another user has this address") : e->code;
    written = db_next(&r);
    if (written)
        u->version = db_i64(&r, 0);
    db_rows_done(&r);
    if (!written)
        return err_set(e, ERR_CONFLICT, "the user was changed meanwhile");
    if ((!u->active || u->roles != was.roles) &&
        db_send(t, &users_sql[USER_SESSIONS_END], DB_ARGS(P_ID(workspace), P_ID(u->id)), e))
        return e->code;
    if (db_send(t, &users_sql[ADDRESS_DROP], DB_ARGS(P_ID(workspace), P_ID(u->id)), e))
        return e->code;
    return addresses_put(t, k, u, a, e);
}

enum err_code user_drop(struct db_tx *t, struct id id, struct err *e)
{
    struct db_rows r;
    int64_t n;

    if (db_run(t, &users_sql[USER_DROP], DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(id)), &r, e))
        return e->code;
    n = r.affected;
    db_rows_done(&r);
    return n ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such user");
}

static enum err_code users_read(struct db_tx *t, struct keyring *k, struct db_rows *r, struct arena *a,
                                struct user **out, size_t *out_n, struct err *e)
{
    enum err_code rc = ERR_OK;
    size_t n = 0;

    *out = ARENA_ARRAY(a, struct user, (size_t)r->rows_n + 1);
    while (!rc && db_next(r))
        rc = user_of(k, db_tx_workspace(t), r, a, &(*out)[n++], e);
    db_rows_done(r);
    *out_n = n;
    return rc;
}

enum err_code user_list(struct db_tx *t, struct keyring *k, struct id after, size_t limit, struct arena *a,
                        struct user **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &users_sql[USER_LIST], DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(after), P_I64(limit)), &r, e))
        return e->code;
    return users_read(t, k, &r, a, out, out_n, e);
}

enum err_code user_load(struct db_tx *t, struct keyring *k, const struct id *ids, size_t n, struct arena *a,
                        struct user **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &users_sql[USER_OF], DB_ARGS(P_ID(db_tx_workspace(t)), P_IDS(ids, n)), &r, e))
        return e->code;
    return users_read(t, k, &r, a, out, out_n, e);
}

enum err_code user_count(struct db_tx *t, int64_t *out, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &users_sql[USER_COUNT], DB_ARGS(P_ID(db_tx_workspace(t))), &r, e))
        return e->code;
    *out = db_next(&r) ? db_i64(&r, 0) : 0;
    db_rows_done(&r);
    return ERR_OK;
}

enum err_code user_below(struct db_tx *t, struct id id, struct arena *a, struct id_set *out, struct err *e)
{
    struct id *v;
    size_t n;

    if (db_run_ids(t, &users_sql[USER_BELOW], DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(id)), a, &v, &n, e))
        return e->code;
    *out = id_set_of(v, n);
    return ERR_OK;
}
