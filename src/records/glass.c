#include "records/glass.h"

#include <stddef.h>

#include "records/rows.h"

enum { GLASS_UP, GLASS_DOWN, GLASS_OF, GLASS_ADD, GLASS_DECIDE, GLASS_END };

#define NOW_MS "(extract(epoch FROM now()) * 1000)::bigint"
/* What it is now: time ends a granted one. */
#define STATE "CASE WHEN g.state=1 AND g.until_at<=" NOW_MS " THEN 3 ELSE g.state END"
#define COLUMNS                                                                                                        \
    "SELECT g.id, g.asked_by, g.decided_by, g.interactions, g.minutes, " STATE                                         \
    ", g.created_at, g.decided_at, g.until_at, g.sealed FROM break_glass g WHERE g.workspace_id=$1"
/* $2 only those about what the reader sees or that $3 asked for */
#define MINE                                                                                                           \
    " AND (NOT $2::boolean OR g.asked_by=$3 OR EXISTS (SELECT FROM interaction i WHERE i.workspace_id=g.workspace_id " \
    "AND i.id=ANY(g.interactions)))"
/* $4 states, $5 created from, $6 to, $7 place, $8 its id, $9 limit */
#define PAGE_OF(op, dir)                                                                                               \
    COLUMNS MINE " AND ($4::bigint[] IS NULL OR (" STATE ")=ANY($4)) AND ($5::bigint IS NULL OR g.created_at>=$5)"     \
                 " AND ($6::bigint IS NULL OR g.created_at<$6)"                                                        \
                 " AND ($7::bigint IS NULL OR (g.created_at, g.id) " op " ($7, $8::uuid))"                             \
                 " ORDER BY g.created_at " dir ", g.id " dir " LIMIT $9"
#define PAGE(way) PAGE_OF(way)

const struct db_stmt glass_sql[] = {
    [GLASS_UP] = {"glass_up", PAGE(PAGE_UP)},
    [GLASS_DOWN] = {"glass_down", PAGE(PAGE_DOWN)},
    [GLASS_OF] = {"glass_of", COLUMNS MINE " AND g.id=ANY($4)"},
    /* $1 workspace, $2 id, $3 who asks, $4 interactions, $5 minutes, $6 now, $7 sealed */
    [GLASS_ADD] = {"glass_add", "INSERT INTO break_glass (workspace_id, id, asked_by, interactions, minutes, "
                                "created_at, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)"},
    /* $1 workspace, $2 id, $3 who decides, $4 the new state */
    [GLASS_DECIDE] = {"glass_decide",
                      "UPDATE break_glass SET state=$4::bigint, decided_by=$3, decided_at=" NOW_MS ", until_at="
                      "CASE WHEN $4::bigint=1 THEN " NOW_MS " + minutes * 60000::bigint END "
                      "WHERE workspace_id=$1 AND id=$2 AND state=0 AND asked_by<>$3"},
    /* $1 workspace, $2 id */
    [GLASS_END] = {"glass_end", "UPDATE break_glass SET state=3 WHERE workspace_id=$1 AND id=$2 AND state=1 AND "
                                "until_at>" NOW_MS},
};
const size_t glass_sql_n = sizeof glass_sql / sizeof *glass_sql;

static struct seal_at place(const struct vaulted *v, struct id id)
{
    return (struct seal_at){v->workspace, "break_glass", "sealed", id, 0};
}

static void glass_fill(const struct db_rows *r, struct arena *a, void *row)
{
    struct glass *g = row;

    *g = (struct glass){.id = db_id(r, 0),
                        .asked_by = db_id(r, 1),
                        .decided_by = db_id(r, 2),
                        .minutes = (int)db_i64(r, 4),
                        .state = (enum glass_state)db_i64(r, 5),
                        .created_at_ms = db_i64(r, 6),
                        .decided_at_ms = db_is_null(r, 7) ? CLOCK_NONE : db_i64(r, 7),
                        .until_at_ms = db_is_null(r, 8) ? CLOCK_NONE : db_i64(r, 8)};
    g->interactions = db_ids(r, 3, a, &g->interactions_n);
}
static const struct sealed_rows glass_rows = {"break_glass", sizeof(struct glass), 9, offsetof(struct glass, reason),
                                              glass_fill};

enum err_code glass_page(struct db_tx *t, const struct vaulted *v, const struct glass_filter *f,
                         const struct page_want *w, struct arena *a, struct glass **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &glass_sql[w->desc ? GLASS_DOWN : GLASS_UP],
               DB_ARGS(P_ID(v->workspace), P_BOOL(f->mine_only), P_ID(f->who), f->states, P_PAGE_SPAN(w), P_PAGE(w)),
               &r, e))
        return e->code;
    return sealed_rows_read(&r, v, &glass_rows, a, (void **)out, out_n, e);
}

enum err_code glass_load(struct db_tx *t, const struct vaulted *v, const struct glass_filter *f, const struct id *ids,
                         size_t n, struct arena *a, struct glass **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &glass_sql[GLASS_OF], DB_ARGS(P_ID(v->workspace), P_BOOL(f->mine_only), P_ID(f->who), P_IDS(ids, n)),
               &r, e))
        return e->code;
    return sealed_rows_read(&r, v, &glass_rows, a, (void **)out, out_n, e);
}

enum err_code glass_add(struct db_tx *t, const struct vaulted *v, struct glass *g, struct arena *a, struct err *e)
{
    struct seal_at at;
    str sealed;

    g->id = id_new();
    g->state = GLASS_ASKED;
    g->created_at_ms = clock_now_ms();
    at = place(v, g->id);
    if (seal(v->keys, key_class(KEY_METADATA), &at, g->reason, a, &sealed, e))
        return e->code;
    return db_send(t, &glass_sql[GLASS_ADD],
                   DB_ARGS(P_ID(v->workspace), P_ID(g->id), P_ID(g->asked_by),
                           P_IDS(g->interactions, g->interactions_n), P_I64(g->minutes), P_I64(g->created_at_ms),
                           P_BYTES(sealed)),
                   e);
}

enum err_code glass_decide(struct db_tx *t, const struct vaulted *v, struct id id, struct id who, bool grant,
                           struct err *e)
{
    return row_touch(t, &glass_sql[GLASS_DECIDE],
                     DB_ARGS(P_ID(v->workspace), P_ID(id), P_ID(who), P_I64(grant ? GLASS_GRANTED : GLASS_REFUSED)),
                     ERR_CONFLICT, "it waits for no decision of yours", e);
}

enum err_code glass_end(struct db_tx *t, const struct vaulted *v, struct id id, struct err *e)
{
    return row_touch(t, &glass_sql[GLASS_END], DB_ARGS(P_ID(v->workspace), P_ID(id)), ERR_CONFLICT, "it is not open",
                     e);
}
