#include "store/workspace_store.h"

#include "base/clock.h"

enum { WORKSPACE_LIST, WORKSPACE_ADD };
enum { TX_MS = 30000 };

const struct db_stmt workspace_sql[] = {
    /* -> id, keyring */
    [WORKSPACE_LIST] = {"workspace_list", "SELECT id, keyring_id FROM workspace ORDER BY created_at, id"},
    /* $1 workspace, $2 created at, $3 keyring */
    [WORKSPACE_ADD] = {"workspace_add", "INSERT INTO workspace (id, created_at, keyring_id) SELECT $1, $2, $3"
                                        " WHERE NOT EXISTS (SELECT FROM workspace)"},
};
const size_t workspace_sql_n = sizeof workspace_sql / sizeof workspace_sql[0];

enum err_code workspace_list(struct db *d, struct arena *a, struct id **out, size_t *out_n, struct err *e)
{
    struct db_rows r;
    struct db_tx *t;
    struct id *ids;
    size_t n = 0;
    enum err_code code = db_begin(d, ID_NIL, TX_MS, &t, e);

    if (code)
        return code;
    code = db_run(t, &workspace_sql[WORKSPACE_LIST], DB_NO_ARGS, &r, e);
    if (code) {
        db_rollback(t);
        return code;
    }
    ids = ARENA_ARRAY(a, struct id, (size_t)r.rows_n);
    while (db_next(&r))
        ids[n++] = db_id(&r, 0);
    db_rows_done(&r);
    *out = ids;
    *out_n = n;
    return db_commit(t, e);
}

static enum err_code workspace_make(struct db *d, struct keyring *k, struct err *e)
{
    struct id id = id_new();
    struct db_tx *t;
    enum err_code code = keyring_workspace_add(k, id, e);

    if (!code)
        code = db_begin(d, id, TX_MS, &t, e);
    if (code)
        return code;
    code = db_send(t, &workspace_sql[WORKSPACE_ADD], DB_ARGS(P_ID(id), P_I64(clock_now_ms()), P_ID(keyring_id(k))), e);
    if (code) {
        db_rollback(t);
        return code;
    }
    return db_commit(t, e);
}

enum err_code workspace_default(struct db *d, struct keyring *k, struct id *out, struct err *e)
{
    struct arena *a = arena_new("workspace.default");
    struct id *ids = NULL;
    size_t n = 0;
    enum err_code code = workspace_list(d, a, &ids, &n, e);

    if (!code && n == 0) {
        code = workspace_make(d, k, e);
        if (!code)
            code = workspace_list(d, a, &ids, &n, e);
    }
    if (!code && n == 0)
        code = err_set(e, ERR_INTERNAL, "no workspace");
    if (!code && !keyring_workspace_has(k, ids[0]))
        code = err_set(e, ERR_CORRUPT,
                       "the keys folder does not belong to this database: restore HARKEN_HOME/keys from its backup");
    if (!code)
        *out = ids[0];
    arena_free(a);
    return code;
}
