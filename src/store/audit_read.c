/* store/audit_read.c - numbered records of the audit log as a list. */
#include "store/audit_store.h"

enum { AUDIT_UP, AUDIT_DOWN, AUDIT_OF };

#define AUDIT_COLUMNS "SELECT id, seq, at, act, actor_id, object_id, sealed FROM audit_leaf"
/* $1 workspace, $2 acts, $3 actors, $4 objects, $5 from, $6 to, $7 place (a number), $8 its id, $9 limit */
#define AUDIT_PAGE_(op, dir)                                                                                           \
    AUDIT_COLUMNS " WHERE workspace_id=$1 AND ($2::bigint[] IS NULL OR act=ANY($2))"                                   \
                  " AND ($3::uuid[] IS NULL OR actor_id=ANY($3)) AND ($4::uuid[] IS NULL OR object_id=ANY($4))"        \
                  " AND ($5::bigint IS NULL OR at>=$5) AND ($6::bigint IS NULL OR at<$6)"                              \
                  " AND ($7::bigint IS NULL OR (seq, id) " op " ($7, $8::uuid)) ORDER BY seq " dir ", id " dir         \
                  " LIMIT $9"
#define AUDIT_PAGE(way) AUDIT_PAGE_(way)

const struct db_stmt audit_read_sql[] = {
    [AUDIT_UP] = {"audit_up", AUDIT_PAGE(PAGE_UP)},
    [AUDIT_DOWN] = {"audit_down", AUDIT_PAGE(PAGE_DOWN)},
    [AUDIT_OF] = {"audit_of", AUDIT_COLUMNS " WHERE workspace_id=$1 AND id=ANY($2)"},
};
const size_t audit_read_sql_n = sizeof audit_read_sql / sizeof *audit_read_sql;

static enum err_code rows_read(struct db_rows *r, struct id workspace, struct keyring *k, struct arena *a,
                               struct audit_row **out, size_t *out_n, struct err *e)
{
    enum err_code rc = ERR_OK;
    size_t n = 0;

    *out = ARENA_ARRAY(a, struct audit_row, (size_t)r->rows_n + 1);
    while (!rc && db_next(r)) {
        struct audit_row *row = &(*out)[n++];
        struct seal_at at = {.workspace = workspace, .table = "audit_leaf", .column = "sealed", .row = db_id(r, 0)};
        *row = (struct audit_row){
            .id = db_id(r, 0),
            .seq = db_i64(r, 1),
            .at_ms = db_i64(r, 2),
            .entry = {.act = (enum audit_act)db_i64(r, 3), .actor = db_id(r, 4), .object = db_id(r, 5)}};
        rc = seal_open(k, &at, db_bytes(r, 6), a, &row->entry.details, e);
    }
    db_rows_done(r);
    *out_n = n;
    return rc;
}

enum err_code audit_page(struct db_tx *t, struct keyring *k, const struct audit_filter *f, const struct page_want *w,
                         struct arena *a, struct audit_row **out, size_t *out_n, struct err *e)
{
    struct id workspace = db_tx_workspace(t);
    struct db_rows r;

    if (db_run(t, &audit_read_sql[w->desc ? AUDIT_DOWN : AUDIT_UP],
               DB_ARGS(P_ID(workspace), f->acts, f->actors, f->objects, P_PAGE_SPAN(w), P_PAGE(w)), &r, e))
        return e->code;
    return rows_read(&r, workspace, k, a, out, out_n, e);
}

enum err_code audit_load(struct db_tx *t, struct keyring *k, const struct id *ids, size_t n, struct arena *a,
                         struct audit_row **out, size_t *out_n, struct err *e)
{
    struct id workspace = db_tx_workspace(t);
    struct db_rows r;

    if (db_run(t, &audit_read_sql[AUDIT_OF], DB_ARGS(P_ID(workspace), P_IDS(ids, n)), &r, e))
        return e->code;
    return rows_read(&r, workspace, k, a, out, out_n, e);
}
