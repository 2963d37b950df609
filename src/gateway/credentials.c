#include "gateway/credentials.h"

#include "base/clock.h"
#include "base/json.h"

enum {
    PASSWORD_GET,
    PASSWORD_PUT,
    FACTOR_ADD,
    FACTOR_LIST,
    FACTOR_USED,
    FACTOR_CONFIRM,
    FACTOR_DROP,
    IDENTITY_FIND,
    IDENTITY_ADD,
    ANY
};

const struct db_stmt credentials_sql[] = {
    [PASSWORD_GET] = {"password_get", "SELECT sealed FROM password WHERE workspace_id=$1 AND user_id=$2"},
    /* $3 now, $4 sealed */
    [PASSWORD_PUT] = {"password_put",
                      "INSERT INTO password (workspace_id, user_id, changed_at, sealed) VALUES ($1, $2, $3, "
                      "$4) ON CONFLICT (workspace_id, user_id) DO UPDATE SET changed_at=$3, sealed=$4"},
    /* $2 id, $3 user, $4 kind, $5 handle index, $6 counter, $7 confirmed, $8 now, $9 sealed */
    [FACTOR_ADD] = {"factor_add", "INSERT INTO second_factor (workspace_id, id, user_id, kind, handle_index, counter, "
                                  "confirmed, created_at, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"},
    [FACTOR_LIST] = {"factor_list",
                     "SELECT id, kind, confirmed, counter, created_at, used_at, sealed FROM second_factor "
                     "WHERE workspace_id=$1 AND user_id=$2 ORDER BY id"},
    /* $2 id, $3 counter, $4 now */
    [FACTOR_USED] = {"factor_used",
                     "UPDATE second_factor SET counter=$3, used_at=$4 WHERE workspace_id=$1 AND id=$2 AND "
                     "counter<$3"},
    [FACTOR_CONFIRM] = {"factor_confirm", "UPDATE second_factor SET confirmed=true WHERE workspace_id=$1 AND id=$2"},
    /* $2 user, $3 id or null, $4 kind */
    [FACTOR_DROP] = {"factor_drop",
                     "DELETE FROM second_factor WHERE workspace_id=$1 AND user_id=$2 AND CASE WHEN $3::uuid "
                     "IS NULL THEN kind=$4 ELSE id=$3 END"},
    /* $2 index, $3 now */
    [IDENTITY_FIND] = {"identity_find",
                       "UPDATE identity SET used_at=$3 WHERE workspace_id=$1 AND subject_index=$2 RETURNING user_id"},
    /* $2 index, $3 user, $4 now, $5 sealed */
    [IDENTITY_ADD] = {"identity_add",
                      "INSERT INTO identity (workspace_id, subject_index, user_id, created_at, used_at, "
                      "sealed) VALUES ($1, $2, $3, $4, $4, $5)"},
    [ANY] = {"credentials_any", "SELECT EXISTS (SELECT FROM password WHERE workspace_id=$1 AND user_id=$2) OR EXISTS "
                                "(SELECT FROM identity WHERE workspace_id=$1 AND user_id=$2) OR EXISTS (SELECT FROM "
                                "second_factor WHERE workspace_id=$1 AND user_id=$2 AND confirmed)"},
};
const size_t credentials_sql_n = sizeof credentials_sql / sizeof *credentials_sql;

static struct seal_at password_at(struct id workspace, struct id user)
{
    return (struct seal_at){.workspace = workspace, .table = "password", .column = "sealed", .row = user};
}

enum err_code credential_password_get(struct db_tx *t, struct keyring *k, struct id user, struct arena *a, str *out,
                                      struct err *e)
{
    struct seal_at at = password_at(db_tx_workspace(t), user);
    enum err_code rc = ERR_OK;
    struct db_rows r;

    *out = STR("");
    if (db_run(t, &credentials_sql[PASSWORD_GET], DB_ARGS(P_ID(at.workspace), P_ID(user)), &r, e))
        return e->code;
    if (db_next(&r))
        rc = seal_open(k, &at, db_bytes(&r, 0), a, out, e);
    db_rows_done(&r);
    return rc;
}

enum err_code credential_password_put(struct db_tx *t, struct keyring *k, struct id user, str kept, struct arena *a,
                                      struct err *e)
{
    struct seal_at at = password_at(db_tx_workspace(t), user);
    str sealed;

    if (seal(k, key_class(KEY_TOKENS), &at, kept, a, &sealed, e))
        return e->code;
    return db_run(t, &credentials_sql[PASSWORD_PUT],
                  DB_ARGS(P_ID(at.workspace), P_ID(user), P_I64(clock_now_ms()), P_BYTES(sealed)), NULL, e);
}

/* ---- second factors ---- */

const char *factor_kind_name(enum factor_kind k)
{
    static const char *const names[] = {
        [FACTOR_TOTP] = "totp", [FACTOR_WEBAUTHN] = "webauthn", [FACTOR_RECOVERY] = "recovery"};

    return names[k];
}

static str hex_of(str s, struct arena *a)
{
    char *p = arena_alloc(a, s.n * 2 + 1);

    hex_put((const uint8_t *)s.p, s.n, p);
    return str_n(p, s.n * 2);
}

static str hex_read(str s, struct arena *a)
{
    char *p = arena_alloc(a, s.n / 2 + 1);

    for (size_t i = 0; i < s.n / 2; i++) {
        int hi = (unsigned char)s.p[2 * i], lo = (unsigned char)s.p[2 * i + 1];
        p[i] = (char)((hi <= '9' ? hi - '0' : hi - 'a' + 10) << 4 | (lo <= '9' ? lo - '0' : lo - 'a' + 10));
    }
    return str_n(p, s.n / 2);
}

enum err_code factor_add(struct db_tx *t, struct keyring *k, struct factor *f, struct arena *a, struct err *e)
{
    struct seal_at at = {.workspace = db_tx_workspace(t), .table = "second_factor", .column = "sealed"};
    uint8_t handle[BLIND_BYTES];
    struct db_val handle_v = P_NULL(DB_BYTES);
    enum err_code rc;
    struct buf b;
    struct jw w;
    str sealed;

    at.row = f->id = id_new();
    f->created_at_ms = clock_now_ms();
    if (f->handle.n) {
        if (blind_index(k, at.workspace, "factor.handle", f->handle, handle, e))
            return e->code;
        handle_v = P_BYTES_N(handle, BLIND_BYTES);
    }
    buf_init_wiped(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "name", f->name);
    jw_kstr(&w, "secret", hex_of(f->secret, a));
    jw_kstr(&w, "handle", hex_of(f->handle, a));
    jw_end(&w);
    rc = buf_ok(&b) ? seal(k, key_class(KEY_TOKENS), &at, buf_view(&b), a, &sealed, e)
                    : err_set(e, ERR_INVALID, "this is too long");
    buf_done(&b);
    if (rc)
        return rc;
    return db_run(t, &credentials_sql[FACTOR_ADD],
                  DB_ARGS(P_ID(at.workspace), P_ID(f->id), P_ID(f->user), P_I64(f->kind), handle_v, P_I64(f->counter),
                          P_BOOL(f->confirmed), P_I64(f->created_at_ms), P_BYTES(sealed)),
                  NULL, e);
}

static enum err_code factor_of(struct keyring *k, struct id workspace, struct id user, const struct db_rows *r,
                               struct arena *a, struct factor *out, struct err *e)
{
    struct seal_at at = {.workspace = workspace, .table = "second_factor", .column = "sealed", .row = db_id(r, 0)};
    struct json_doc *d = NULL;
    str plain;

    *out = (struct factor){.id = at.row,
                           .user = user,
                           .kind = (enum factor_kind)db_i64(r, 1),
                           .confirmed = db_bool(r, 2),
                           .counter = db_i64(r, 3),
                           .created_at_ms = db_i64(r, 4),
                           .used_at_ms = db_is_null(r, 5) ? CLOCK_NONE : db_i64(r, 5)};
    if (seal_open(k, &at, db_bytes(r, 6), a, &plain, e) || json_parse(plain, &d, e))
        return e->code;
    out->name = str_dup(a, json_str(json_get(json_root(d), "name"), STR("")));
    out->secret = hex_read(json_str(json_get(json_root(d), "secret"), STR("")), a);
    out->handle = hex_read(json_str(json_get(json_root(d), "handle"), STR("")), a);
    json_free(d);
    return ERR_OK;
}

enum err_code factor_list(struct db_tx *t, struct keyring *k, struct id user, struct arena *a, struct factor **out,
                          size_t *out_n, struct err *e)
{
    struct id workspace = db_tx_workspace(t);
    enum err_code rc = ERR_OK;
    struct db_rows r;
    size_t n = 0;

    if (db_run(t, &credentials_sql[FACTOR_LIST], DB_ARGS(P_ID(workspace), P_ID(user)), &r, e))
        return e->code;
    *out = ARENA_ARRAY(a, struct factor, (size_t)r.rows_n + 1);
    while (!rc && db_next(&r))
        rc = factor_of(k, workspace, user, &r, a, &(*out)[n++], e);
    db_rows_done(&r);
    *out_n = n;
    return rc;
}

/* Runs a statement and says how many rows it touched. */
static enum err_code rows_touched(struct db_tx *t, int stmt, const struct db_val *v, size_t n, int64_t *out,
                                  struct err *e)
{
    struct db_rows r;

    if (db_run(t, &credentials_sql[stmt], v, n, &r, e))
        return e->code;
    *out = r.affected;
    db_rows_done(&r);
    return ERR_OK;
}

enum err_code factor_used(struct db_tx *t, struct id id, int64_t counter, struct err *e)
{
    int64_t n = 0;

    if (rows_touched(t, FACTOR_USED, DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(id), P_I64(counter), P_I64(clock_now_ms())),
                     &n, e))
        return e->code;
    return n ? ERR_OK : err_set(e, ERR_CONFLICT, "this code was used already");
}

enum err_code factor_confirm(struct db_tx *t, struct id id, struct err *e)
{
    return db_run(t, &credentials_sql[FACTOR_CONFIRM], DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(id)), NULL, e);
}

enum err_code factor_drop(struct db_tx *t, struct id user, struct id id, enum factor_kind kind, struct err *e)
{
    int64_t n = 0;

    if (rows_touched(t, FACTOR_DROP, DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(user), P_ID_OR_NULL(id), P_I64(kind)), &n,
                     e))
        return e->code;
    return n ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such second factor");
}

/* ---- identities ---- */

static enum err_code subject_index(struct db_tx *t, struct keyring *k, str issuer, str sub, uint8_t out[BLIND_BYTES],
                                   struct err *e)
{
    struct buf b;
    enum err_code rc;

    buf_init_wiped(&b, 8192);
    buf_fmt(&b, "%zu:", issuer.n); /* so that no two pairs read alike */
    buf_str(&b, issuer);
    buf_str(&b, sub);
    rc = buf_ok(&b) ? blind_index(k, db_tx_workspace(t), "identity.subject", buf_view(&b), out, e)
                    : err_set(e, ERR_INVALID, "issuer or subject is too long");
    buf_done(&b);
    return rc;
}

enum err_code identity_find(struct db_tx *t, struct keyring *k, str issuer, str sub, struct id *out_user, struct err *e)
{
    uint8_t index[BLIND_BYTES];
    struct db_rows r;
    bool found;

    if (subject_index(t, k, issuer, sub, index, e) ||
        db_run(t, &credentials_sql[IDENTITY_FIND],
               DB_ARGS(P_ID(db_tx_workspace(t)), P_BYTES_N(index, BLIND_BYTES), P_I64(clock_now_ms())), &r, e))
        return e->code;
    found = db_next(&r);
    if (found)
        *out_user = db_id(&r, 0);
    db_rows_done(&r);
    return found ? ERR_OK : err_set(e, ERR_NOT_FOUND, "nobody is known by this subject");
}

enum err_code identity_add(struct db_tx *t, struct keyring *k, str issuer, str sub, struct id user, struct arena *a,
                           struct err *e)
{
    struct seal_at at = {.workspace = db_tx_workspace(t), .table = "identity", .column = "sealed", .row = user};
    uint8_t index[BLIND_BYTES];
    str sealed;

    if (subject_index(t, k, issuer, sub, index, e) ||
        seal(k, key_class(KEY_TOKENS), &at, str_fmt(a, "%.*s %.*s", STR_ARG(issuer), STR_ARG(sub)), a, &sealed, e))
        return e->code;
    return db_run(
        t, &credentials_sql[IDENTITY_ADD],
        DB_ARGS(P_ID(at.workspace), P_BYTES_N(index, BLIND_BYTES), P_ID(user), P_I64(clock_now_ms()), P_BYTES(sealed)),
        NULL, e);
}

enum err_code credentials_any(struct db_tx *t, struct id user, bool *out, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &credentials_sql[ANY], DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(user)), &r, e))
        return e->code;
    *out = db_next(&r) && db_bool(&r, 0);
    db_rows_done(&r);
    return ERR_OK;
}
