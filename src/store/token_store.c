#include "store/token_store.h"

#include "base/clock.h"
#include "vault/seal.h"

enum { TOKEN_ADD, TOKEN_FIND, TOKEN_SPEND, TOKEN_DROP };
enum { TX_MS = 10000, TOKEN_RANDOM = 32, TOKEN_TEXT = 46 };

const struct db_stmt token_sql[] = {
    /* $1 workspace, $2 id, $3 hash, $4 scopes, $5 person, $6 created, $7 expires, $8 once, $9 sealed name */
    [TOKEN_ADD] = {"token_add",
                   "INSERT INTO token (workspace_id, id, token_hash, scopes, person_id, created_at, expires_at, once,"
                   " name_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"},
    /* $1 workspace, $2 hash, $3 now -> id, person, scopes, created, expires, once */
    [TOKEN_FIND] = {"token_find",
                    "SELECT id, person_id, scopes, created_at, expires_at, once FROM token WHERE workspace_id=$1"
                    " AND token_hash=$2 AND (expires_at IS NULL OR expires_at>$3)"},
    /* $1 workspace, $2 id */
    [TOKEN_SPEND] = {"token_spend", "DELETE FROM token WHERE workspace_id=$1 AND id=$2 AND once"},
    [TOKEN_DROP] = {"token_drop", "DELETE FROM token WHERE workspace_id=$1 AND id=$2"},
};
const size_t token_sql_n = sizeof token_sql / sizeof token_sql[0];

/* base64url without padding (RFC 4648 section 5) of 32 bytes */
static str token_text(struct arena *a)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t r[TOKEN_RANDOM + 1];
    char *p = arena_alloc(a, TOKEN_TEXT + 1);
    size_t n = 3;

    vault_random(r, TOKEN_RANDOM);
    r[TOKEN_RANDOM] = 0;
    memcpy(p, "hk_", 3);
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
    enum err_code code = db_run(t, &token_sql[stmt], v, n, &r, e);

    if (code) {
        db_rollback(t);
        return code;
    }
    touched = r.affected;
    db_rows_done(&r);
    if (touched == 1)
        return db_commit(t, e);
    db_rollback(t);
    return err_set(e, ERR_NOT_FOUND, "no such token");
}

enum err_code token_add(struct db *d, struct keyring *k, struct id workspace, const struct token_new *n,
                        struct arena *a, struct id *out_id, str *out_text, struct err *e)
{
    struct id id = id_new();
    struct seal_at at = {.workspace = workspace, .table = "token", .column = "name_sealed", .row = id};
    uint8_t hash[SHA256_BYTES];
    str text = token_text(a), name;
    struct db_tx *t;
    enum err_code code = seal(k, key_class(KEY_TOKENS), &at, n->name, a, &name, e);

    if (!code)
        code = db_begin(d, workspace, TX_MS, &t, e);
    if (code)
        return code;
    sha256(text, hash);
    code = touch_one(t, TOKEN_ADD,
                     DB_ARGS(P_ID(workspace), P_ID(id), P_BYTES_N(hash, sizeof hash), P_I64(n->scopes),
                             P_ID_OR_NULL(n->person), P_I64(clock_now_ms()),
                             P_I64_OR_NULL(n->expires_at_ms, CLOCK_NONE), P_BOOL(n->once), P_BYTES(name)),
                     e);
    if (code)
        return code;
    *out_id = id;
    *out_text = text;
    return ERR_OK;
}

enum err_code token_find(struct db *d, struct id workspace, str text, struct token *out, struct err *e)
{
    uint8_t hash[SHA256_BYTES];
    struct token tok = {.expires_at_ms = CLOCK_NONE};
    struct db_rows r;
    struct db_tx *t;
    bool found;
    enum err_code code = db_begin(d, workspace, TX_MS, &t, e);

    if (code)
        return code;
    sha256(text, hash);
    code = db_run(t, &token_sql[TOKEN_FIND],
                  DB_ARGS(P_ID(workspace), P_BYTES_N(hash, sizeof hash), P_I64(clock_now_ms())), &r, e);
    if (code) {
        db_rollback(t);
        return code;
    }
    found = db_next(&r);
    if (found) {
        tok = (struct token){.id = db_id(&r, 0),
                             .person = db_id(&r, 1),
                             .scopes = db_i64(&r, 2),
                             .created_at_ms = db_i64(&r, 3),
                             .expires_at_ms = db_is_null(&r, 4) ? CLOCK_NONE : db_i64(&r, 4),
                             .once = db_bool(&r, 5)};
    }
    db_rows_done(&r);
    if (found && tok.once) {
        code = touch_one(t, TOKEN_SPEND, DB_ARGS(P_ID(workspace), P_ID(tok.id)), e); /* two at once: one of them wins */
        found = code == ERR_OK;
    } else {
        db_rollback(t);
    }
    if (code && code != ERR_NOT_FOUND)
        return code;
    if (!found)
        return err_set(e, ERR_DENIED, "token is not valid");
    *out = tok;
    return ERR_OK;
}

enum err_code token_drop(struct db *d, struct id workspace, struct id token, struct err *e)
{
    struct db_tx *t;
    enum err_code code = db_begin(d, workspace, TX_MS, &t, e);

    return code ? code : touch_one(t, TOKEN_DROP, DB_ARGS(P_ID(workspace), P_ID(token)), e);
}
