/* api/idempotency.c - a change asked for twice under one Idempotency-Key is made once (IETF draft-07 of the field).
 *
 * The key, the request's hash and the answer are kept sealed in the transaction of the change, so that a kill anywhere leaves
 * either both or neither. Twins wait for each other on an advisory lock. Failures are not kept: they changed nothing. */
#include "api/rest.h"

enum { KEEP_MS = 24 * 3600 * 1000, KEY_MAX = 255 };

enum { IDEM_LOCK, IDEM_FIND, IDEM_ADD, IDEM_EXPIRE };
const struct db_stmt idempotency_sql[] = {
    /* $1 workspace, $2 key */
    [IDEM_LOCK] = {"idempotency_lock",
                   "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text || encode($2::bytea, 'hex'), 26))"},
    /* $3 not older than */
    [IDEM_FIND] = {"idempotency_find", "SELECT request_hash, status, sealed, row_id FROM idempotency"
                                       " WHERE workspace_id=$1 AND key_index=$2 AND created_at>=$3"},
    /* $1 workspace, $2 key, $3 row, $4 hash, $5 status, $6 sealed, $7 now */
    [IDEM_ADD] = {"idempotency_add",
                  "INSERT INTO idempotency (workspace_id, key_index, row_id, request_hash, status, sealed, created_at)"
                  " VALUES ($1, $2, $3, $4, $5, $6, $7)"},
    /* $2 older than */
    [IDEM_EXPIRE] = {"idempotency_expire", "DELETE FROM idempotency WHERE workspace_id=$1 AND created_at<$2"},
};
const size_t idempotency_sql_n = sizeof idempotency_sql / sizeof *idempotency_sql;

static bool bad(struct rest *x, const char *title, str detail)
{
    rest_problem(x->k, 400, title, detail, NULL);
    return false;
}

static bool printable(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '!' || s.p[i] > '~')
            return false;
    return true;
}

bool idem_read(struct rest *x, struct idem *out)
{
    struct call *k = x->k;
    struct api *api = k->app;
    str key = http_field_get(k->rq, STR("idempotency-key"));
    struct sha256_state h;
    struct err e;
    str all;

    *out = (struct idem){0};
    if (!http_field_has(k->rq, STR("idempotency-key")) || k->rq->method != HTTP_M_POST)
        return true;
    if (key.n >= 2 && key.p[0] == '"' && key.p[key.n - 1] == '"')
        key = str_sub(key, 1, key.n - 1);
    if (!key.n || key.n > KEY_MAX || !printable(key))
        return bad(x, "bad Idempotency-Key", STR("it must have 1 to 255 characters of ASCII, without blanks"));
    if (x->dry_run)
        return true;
    sha256_init(&h);
    sha256_add(&h, k->rq->path.p, k->rq->path.n);
    sha256_add(&h, "?", 1);
    sha256_add(&h, k->rq->query.p, k->rq->query.n);
    sha256_add(&h, "\n", 1);
    sha256_add(&h, k->rq->body.p, k->rq->body.n);
    sha256_done(&h, out->hash);
    all = str_fmt(k->a, "%.*s %.*s", STR_ARG(id_str(k->a, caller_actor(&k->who))), STR_ARG(key));
    if (blind_index(api->core->v.keys, api->core->v.workspace, "idempotency.key", all, out->key, &e)) {
        rest_fail(x, &e);
        return false;
    }
    out->on = true;
    return true;
}

static struct seal_at place(struct res_ctx *c, struct id row)
{
    return (struct seal_at){c->v->workspace, "idempotency", "sealed", row, 0};
}

/* The first two lines of what is kept are Location and ETag, the rest is the body. */
static void replay(struct res_ctx *c, int status, str kept)
{
    struct http_reply *rep = c->k->rep;
    str location = str_cut(kept, '\n', &kept), tag = str_cut(kept, '\n', &kept);

    if (kept.n)
        http_json(rep, status, kept);
    else
        http_status(rep, status);
    if (location.n)
        http_header(rep, STR("location"), location);
    if (tag.n)
        http_header(rep, STR("etag"), tag);
    http_header(rep, STR("cache-control"), STR("no-store"));
    http_header(rep, STR("idempotency-replayed"), STR("true"));
}

enum err_code idem_begin(struct res_ctx *c, const struct idem *i, bool *out_known, struct err *e)
{
    struct db_val key = P_BYTES_N(i->key, BLIND_BYTES);
    struct db_rows r;
    enum err_code rc = ERR_OK;
    int64_t since = clock_now_ms() - KEEP_MS;
    str kept = STR("");

    *out_known = false;
    if (!i->on)
        return ERR_OK;
    if (db_run(c->t, &idempotency_sql[IDEM_LOCK], DB_ARGS(P_ID(c->v->workspace), key), NULL, e) ||
        db_run(c->t, &idempotency_sql[IDEM_FIND], DB_ARGS(P_ID(c->v->workspace), key, P_I64(since)), &r, e))
        return e->code;
    if (db_next(&r)) {
        struct seal_at at = place(c, db_id(&r, 3));
        str before = db_bytes(&r, 0);
        *out_known = true;
        if (before.n != SHA256_BYTES || !vault_same(before.p, i->hash, SHA256_BYTES))
            rest_problem(c->k, 422, "Idempotency-Key used before",
                         STR("this key came with another request; take a new key for a new request"), NULL);
        else if (!(rc = seal_open(c->v->keys, &at, db_bytes(&r, 2), c->a, &kept, e)))
            replay(c, (int)db_i64(&r, 1), kept);
    }
    db_rows_done(&r);
    return rc;
}

enum err_code idem_end(struct res_ctx *c, const struct idem *i, int status, str location, str tag, str body,
                       struct err *e)
{
    struct id row = id_new();
    struct seal_at at = place(c, row);
    int64_t now = clock_now_ms();
    str sealed;

    if (!i->on || c->dry_run)
        return ERR_OK;
    if (seal(c->v->keys, key_class(KEY_TOKENS), &at,
             str_fmt(c->a, "%.*s\n%.*s\n%.*s", STR_ARG(location), STR_ARG(tag), STR_ARG(body)), c->a, &sealed, e) ||
        db_send(c->t, &idempotency_sql[IDEM_EXPIRE], DB_ARGS(P_ID(c->v->workspace), P_I64(now - KEEP_MS)), e))
        return e->code;
    return db_send(c->t, &idempotency_sql[IDEM_ADD],
                   DB_ARGS(P_ID(c->v->workspace), P_BYTES_N(i->key, BLIND_BYTES), P_ID(row),
                           P_BYTES_N(i->hash, SHA256_BYTES), P_I64(status), P_BYTES(sealed), P_I64(now)),
                   e);
}
