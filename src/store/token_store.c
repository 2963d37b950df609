#include "store/token_store.h"

#include "base/clock.h"
#include "vault/seal.h"

enum {
    TOKEN_ADD,
    TOKEN_FIND,
    TOKEN_SPEND,
    TOKEN_USED,
    TOKEN_DROP,
    TOKEN_UP,
    TOKEN_DOWN,
    TOKEN_OF,
    TOKEN_END,
    TOKEN_AUTH
};
enum { TX_MS = 10000, TOKEN_RANDOM = 32, USED_EVERY_MS = 60000 };

#define TOKEN_COLUMNS                                                                                                  \
    "t.id, t.user_id, t.kind, t.methods, t.scopes, t.created_at, t.expires_at, t.used_at, t.auth_at, t.idle_ms, "      \
    "u.roles"

/* $1 workspace, $2 kind, $3 user, $4 everybody's, $5 now -> TOKEN_COLUMNS, sealed name */
#define TOKEN_ENTRIES                                                                                                  \
    "SELECT " TOKEN_COLUMNS ", t.name_sealed FROM token t LEFT JOIN app_user u ON u.workspace_id=t.workspace_id AND "  \
    "u.id=t.user_id WHERE t.workspace_id=$1 AND t.kind=$2 AND ($4 OR t.user_id IS NOT DISTINCT FROM $3::uuid) AND "    \
    "(t.expires_at IS NULL OR t.expires_at>$5) AND "                                                                   \
    "(t.idle_ms IS NULL OR coalesce(t.used_at, t.created_at)+t.idle_ms>$5)"
/* $6 users, $7 place, $8 its id, $9 limit */
#define TOKEN_PAGE_OF(op, dir)                                                                                         \
    TOKEN_ENTRIES " AND ($6::uuid[] IS NULL OR t.user_id=ANY($6)) AND ($7::bigint IS NULL OR (t.created_at, t.id) " op \
                  " ($7, $8::uuid)) ORDER BY t.created_at " dir ", t.id " dir " LIMIT $9"
#define TOKEN_PAGE(way) TOKEN_PAGE_OF(way)

const struct db_stmt token_sql[] = {
    /* $1 workspace, $2 id, $3 hash, $4 kind, $5 user, $6 scopes, $7 now, $8 expires, $9 idle, $10 methods, $11 sealed */
    [TOKEN_ADD] = {"token_add",
                   "INSERT INTO token (workspace_id, id, token_hash, kind, user_id, scopes, created_at, auth_at, "
                   "expires_at, idle_ms, methods, name_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, "
                   "$11)"},
    /* $1 workspace, $2 hash, $3 now -> TOKEN_COLUMNS */
    [TOKEN_FIND] = {"token_find",
                    "SELECT " TOKEN_COLUMNS " FROM token t LEFT JOIN app_user u ON u.workspace_id=t.workspace_id AND "
                    "u.id=t.user_id WHERE t.workspace_id=$1 AND t.token_hash=$2 AND (t.expires_at IS NULL OR "
                    "t.expires_at>$3) AND (t.idle_ms IS NULL OR coalesce(t.used_at, t.created_at)+t.idle_ms>$3) AND "
                    "(t.user_id IS NULL OR u.active)"},
    /* $1 workspace, $2 id */
    [TOKEN_SPEND] = {"token_spend", "DELETE FROM token WHERE workspace_id=$1 AND id=$2 AND kind=1"},
    [TOKEN_USED] = {"token_used", "WITH u AS (UPDATE token SET used_at=$3 WHERE workspace_id=$1 AND id=$2 RETURNING "
                                  "user_id) UPDATE app_user a SET seen_at=$3 FROM u WHERE a.workspace_id=$1 AND "
                                  "a.id=u.user_id"},
    [TOKEN_DROP] = {"token_drop", "DELETE FROM token WHERE workspace_id=$1 AND id=$2"},
    [TOKEN_UP] = {"token_up", TOKEN_PAGE(PAGE_UP)},
    [TOKEN_DOWN] = {"token_down", TOKEN_PAGE(PAGE_DOWN)},
    [TOKEN_OF] = {"token_of", TOKEN_ENTRIES " AND t.id=ANY($6)"},
    /* $1 workspace, $2 kind, $3 owner or null, $4 id or null, $5 not this one */
    [TOKEN_END] = {"token_end", "DELETE FROM token WHERE workspace_id=$1 AND kind=$2 AND ($3::uuid IS NULL OR "
                                "user_id=$3) AND ($4::uuid IS NULL OR id=$4) AND id IS DISTINCT FROM $5::uuid AND "
                                "($3::uuid IS NOT NULL OR $4::uuid IS NOT NULL)"},
    /* $1 workspace, $2 id, $3 now, $4 methods */
    [TOKEN_AUTH] = {"token_auth", "UPDATE token SET auth_at=$3, methods=methods | $4 WHERE workspace_id=$1 AND id=$2"},
};
const size_t token_sql_n = sizeof token_sql / sizeof token_sql[0];

str token_text_make(struct arena *a, str prefix)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t r[TOKEN_RANDOM + 1];
    char *p = arena_alloc(a, prefix.n + 44);
    size_t n = prefix.n;

    vault_random(r, TOKEN_RANDOM);
    r[TOKEN_RANDOM] = 0;
    if (n)
        memcpy(p, prefix.p, n);
    for (size_t bit = 0; bit < 8 * TOKEN_RANDOM; bit += 6) {
        unsigned two = (unsigned)r[bit / 8] << 8 | r[bit / 8 + 1];

        p[n++] = digits[two >> (10 - bit % 8) & 63];
    }
    vault_clear(r, sizeof r);
    return str_n(p, n);
}

/* Runs one statement that must touch exactly one row. */
static enum err_code touch_one(struct db_tx *t, int stmt, const struct db_val *v, size_t n, struct err *e)
{
    struct db_rows r;
    int64_t touched;

    if (db_run(t, &token_sql[stmt], v, n, &r, e))
        return e->code;
    touched = r.affected;
    db_rows_done(&r);
    return touched == 1 ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such token");
}

enum err_code token_put(struct db_tx *t, struct keyring *k, const struct token_new *n, struct arena *a,
                        struct id *out_id, str *out_text, struct err *e)
{
    struct id id = id_new(), workspace = db_tx_workspace(t);
    struct seal_at at = {.workspace = workspace, .table = "token", .column = "name_sealed", .row = id};
    uint8_t hash[SHA256_BYTES];
    str text = token_text_make(a, STR("hk_")), name;

    sha256(text, hash);
    if (seal(k, key_class(KEY_TOKENS), &at, n->name, a, &name, e) ||
        touch_one(t, TOKEN_ADD,
                  DB_ARGS(P_ID(workspace), P_ID(id), P_BYTES_N(hash, sizeof hash), P_I64(n->kind),
                          P_ID_OR_NULL(n->user), P_I64(n->scopes), P_I64(clock_now_ms()),
                          P_I64_OR_NULL(n->expires_at_ms, CLOCK_NONE), P_I64_OR_NULL(n->idle_ms, 0), P_I64(n->methods),
                          P_BYTES(name)),
                  e))
        return e->code;
    *out_id = id;
    *out_text = text;
    return ERR_OK;
}

enum err_code token_add(struct db *d, struct keyring *k, struct id workspace, const struct token_new *n,
                        struct arena *a, struct id *out_id, str *out_text, struct err *e)
{
    struct db_tx *t;
    struct id id;
    str text;

    if (db_begin(d, workspace, TX_MS, &t, e))
        return e->code;
    if (token_put(t, k, n, a, &id, &text, e)) {
        db_rollback(t);
        return e->code;
    }
    if (db_commit(t, e))
        return e->code;
    *out_id = id;
    *out_text = text;
    return ERR_OK;
}

static int64_t time_or_none(const struct db_rows *r, int col)
{
    return db_is_null(r, col) ? CLOCK_NONE : db_i64(r, col);
}

static struct token token_of(const struct db_rows *r)
{
    return (struct token){.id = db_id(r, 0),
                          .user = db_id(r, 1),
                          .kind = (enum token_kind)db_i64(r, 2),
                          .methods = (unsigned)db_i64(r, 3),
                          .scopes = db_i64(r, 4),
                          .created_at_ms = db_i64(r, 5),
                          .expires_at_ms = time_or_none(r, 6),
                          .used_at_ms = time_or_none(r, 7),
                          .auth_at_ms = time_or_none(r, 8),
                          .idle_ms = db_i64(r, 9),
                          .roles = (uint32_t)db_i64(r, 10)};
}

/* Spends a link, notes the use of anything else. ERR_NOT_FOUND: two came at once with the same link, the other one won. */
static enum err_code use_note(struct db_tx *t, const struct token *tok, int64_t now, struct err *e)
{
    struct id workspace = db_tx_workspace(t);

    if (tok->kind == TOKEN_LINK)
        return touch_one(t, TOKEN_SPEND, DB_ARGS(P_ID(workspace), P_ID(tok->id)), e);
    if (tok->used_at_ms != CLOCK_NONE && tok->used_at_ms + USED_EVERY_MS > now)
        return ERR_OK;
    return db_send(t, &token_sql[TOKEN_USED], DB_ARGS(P_ID(workspace), P_ID(tok->id), P_I64(now)), e);
}

enum err_code token_find(struct db *d, struct id workspace, str text, struct token *out, struct err *e)
{
    uint8_t hash[SHA256_BYTES];
    int64_t now = clock_now_ms();
    struct token tok = {0};
    struct db_rows r;
    struct db_tx *t;
    bool found;

    if (db_begin(d, workspace, TX_MS, &t, e))
        return e->code;
    sha256(text, hash);
    if (db_run(t, &token_sql[TOKEN_FIND], DB_ARGS(P_ID(workspace), P_BYTES_N(hash, sizeof hash), P_I64(now)), &r, e)) {
        db_rollback(t);
        return e->code;
    }
    found = db_next(&r);
    if (found)
        tok = token_of(&r);
    db_rows_done(&r);
    if (!found || use_note(t, &tok, now, e)) {
        db_rollback(t);
        if (found && e->code != ERR_NOT_FOUND)
            return e->code;
        return err_set(e, ERR_DENIED, "token is not valid");
    }
    if (db_commit(t, e))
        return e->code;
    *out = tok;
    return ERR_OK;
}

enum err_code token_drop(struct db *d, struct id workspace, struct id token, struct err *e)
{
    struct db_tx *t;

    if (db_begin(d, workspace, TX_MS, &t, e))
        return e->code;
    if (touch_one(t, TOKEN_DROP, DB_ARGS(P_ID(workspace), P_ID(token)), e)) {
        db_rollback(t);
        return e->code;
    }
    return db_commit(t, e);
}

static enum err_code entries_read(struct db_tx *t, struct keyring *k, struct db_rows *r, struct arena *a,
                                  struct token_entry **out, size_t *out_n, struct err *e)
{
    struct seal_at at = {.workspace = db_tx_workspace(t), .table = "token", .column = "name_sealed"};
    enum err_code rc = ERR_OK;
    size_t n = 0;

    *out = ARENA_ARRAY(a, struct token_entry, (size_t)r->rows_n + 1);
    while (!rc && db_next(r)) {
        struct token_entry *x = &(*out)[n++];
        x->t = token_of(r);
        at.row = x->t.id;
        if (!db_is_null(r, 11))
            rc = seal_open(k, &at, db_bytes(r, 11), a, &x->name, e);
    }
    db_rows_done(r);
    *out_n = n;
    return rc;
}

#define P_WHOSE(t, f)                                                                                                  \
    P_ID(db_tx_workspace(t)), P_I64((f)->kind), P_ID_OR_NULL((f)->user), P_BOOL((f)->everybody), P_I64(clock_now_ms())

enum err_code token_page(struct db_tx *t, struct keyring *k, const struct token_filter *f, const struct page_want *w,
                         struct arena *a, struct token_entry **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &token_sql[w->desc ? TOKEN_DOWN : TOKEN_UP], DB_ARGS(P_WHOSE(t, f), f->users, P_PAGE(w)), &r, e))
        return e->code;
    return entries_read(t, k, &r, a, out, out_n, e);
}

enum err_code token_load(struct db_tx *t, struct keyring *k, const struct token_filter *f, const struct id *ids,
                         size_t n, struct arena *a, struct token_entry **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &token_sql[TOKEN_OF], DB_ARGS(P_WHOSE(t, f), P_IDS(ids, n)), &r, e))
        return e->code;
    return entries_read(t, k, &r, a, out, out_n, e);
}

enum err_code token_end(struct db_tx *t, enum token_kind kind, struct id owner, struct id id, struct id keep,
                        int64_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(
            t, &token_sql[TOKEN_END],
            DB_ARGS(P_ID(db_tx_workspace(t)), P_I64(kind), P_ID_OR_NULL(owner), P_ID_OR_NULL(id), P_ID_OR_NULL(keep)),
            &r, e))
        return e->code;
    *out_n = r.affected;
    db_rows_done(&r);
    return ERR_OK;
}

enum err_code token_auth(struct db_tx *t, struct id id, unsigned methods, struct err *e)
{
    return touch_one(t, TOKEN_AUTH, DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(id), P_I64(clock_now_ms()), P_I64(methods)),
                     e);
}
