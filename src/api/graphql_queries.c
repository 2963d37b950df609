/* api/graphql_queries.c - documents kept under their hash, so that programs need not send them again. */
#include "api/graphql.h"

enum { KEEP_MAX = 5000, TOUCH_MS = 24 * 3600 * 1000, TX_MS = 5000 };

enum { QUERY_FIND, QUERY_TOUCH, QUERY_ADD, QUERY_TRIM };
const struct db_stmt graphql_sql[] = {
    /* $1 workspace, $2 hash -> row, sealed, used_at */
    [QUERY_FIND] = {"graphql_query_find",
                    "SELECT row_id, sealed, used_at FROM graphql_query WHERE workspace_id=$1 AND hash_index=$2"},
    /* $3 now */
    [QUERY_TOUCH] = {"graphql_query_touch",
                     "UPDATE graphql_query SET used_at=$3 WHERE workspace_id=$1 AND hash_index=$2"},
    /* $3 row, $4 sealed, $5 now */
    [QUERY_ADD] = {"graphql_query_add", "INSERT INTO graphql_query (workspace_id, hash_index, row_id, sealed, used_at)"
                                        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"},
    /* $2 how many stay: those used last */
    [QUERY_TRIM] =
        {"graphql_query_trim",
         "DELETE FROM graphql_query WHERE workspace_id=$1 AND hash_index IN (SELECT hash_index FROM graphql_query"
         " WHERE workspace_id=$1 ORDER BY used_at DESC, hash_index OFFSET $2)"},
};
const size_t graphql_sql_n = sizeof graphql_sql / sizeof *graphql_sql;

static struct seal_at place(const struct vaulted *v, struct id row)
{
    return (struct seal_at){v->workspace, "graphql_query", "sealed", row, 0};
}

static enum err_code find(struct db_tx *t, const struct vaulted *v, const uint8_t hash[BLIND_BYTES], struct arena *a,
                          str *out, struct err *e)
{
    struct db_val key = P_BYTES_N(hash, BLIND_BYTES);
    int64_t now = clock_now_ms();
    struct db_rows r;
    enum err_code rc;

    if (db_run(t, &graphql_sql[QUERY_FIND], DB_ARGS(P_ID(v->workspace), key), &r, e))
        return e->code;
    if (!db_next(&r)) {
        rc = err_set(e, ERR_NOT_FOUND, "no document of this hash");
    } else {
        struct seal_at at = place(v, db_id(&r, 0));
        rc = seal_open(v->keys, &at, db_bytes(&r, 1), a, out, e);
        if (!rc && db_i64(&r, 2) < now - TOUCH_MS)
            rc = db_send(t, &graphql_sql[QUERY_TOUCH], DB_ARGS(P_ID(v->workspace), key, P_I64(now)), e);
    }
    db_rows_done(&r);
    return rc;
}

enum err_code gq_query_find(const struct vaulted *v, str sha256_hex, struct arena *a, str *out, struct err *e)
{
    uint8_t hash[BLIND_BYTES];
    struct db_tx *t;

    if (blind_index(v->keys, v->workspace, "graphql.query", sha256_hex, hash, e) ||
        db_begin(v->db, v->workspace, TX_MS, &t, e))
        return e->code;
    if (find(t, v, hash, a, out, e)) {
        db_rollback(t);
        return e->code;
    }
    return db_commit(t, e);
}

enum err_code gq_query_keep(const struct vaulted *v, str sha256_hex, str query, struct arena *a, struct err *e)
{
    struct id row = id_new();
    struct seal_at at = place(v, row);
    uint8_t hash[BLIND_BYTES];
    struct db_tx *t;
    str sealed;

    if (blind_index(v->keys, v->workspace, "graphql.query", sha256_hex, hash, e) ||
        seal(v->keys, key_class(KEY_METADATA), &at, query, a, &sealed, e) ||
        db_begin(v->db, v->workspace, TX_MS, &t, e))
        return e->code;
    if (db_send(t, &graphql_sql[QUERY_ADD],
                DB_ARGS(P_ID(v->workspace), P_BYTES_N(hash, BLIND_BYTES), P_ID(row), P_BYTES(sealed),
                        P_I64(clock_now_ms())),
                e) ||
        db_send(t, &graphql_sql[QUERY_TRIM], DB_ARGS(P_ID(v->workspace), P_I64(KEEP_MAX)), e)) {
        db_rollback(t);
        return e->code;
    }
    return db_commit(t, e);
}
