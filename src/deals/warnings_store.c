#include "deals/warnings_store.h"

enum { WARN_CLICKS, WARN_JUDGE, WARN_CHOOSE, WARN_OPEN };

const struct db_stmt warnings_sql[] = {
    [WARN_CLICKS] = {"warn_clicks",
                     "SELECT warning, count(*) FILTER (WHERE rightly), count(*) FILTER (WHERE NOT rightly) FROM "
                     "warning_verdict WHERE workspace_id=$1 AND warning IS NOT NULL GROUP BY warning"},
    [WARN_JUDGE] = {"warn_judge",
                    "INSERT INTO warning_verdict (workspace_id, warning_id, actor_id, rightly, at, warning) SELECT $1, "
                    "w.id, $4, $5, $6, w.warning FROM (SELECT id, warning FROM deal_warning WHERE workspace_id=$1 AND "
                    "deal_id=$2 AND warning=$3 ORDER BY cleared_at IS NULL DESC, first_seen DESC, id LIMIT 1) w ON "
                    "CONFLICT (workspace_id, warning_id, actor_id) DO UPDATE SET rightly=excluded.rightly, "
                    "at=excluded.at, warning=excluded.warning"},
    [WARN_CHOOSE] =
        {"warn_choose",
         "INSERT INTO warning_choice (workspace_id, pipeline_id, warning, enabled, severity, by_id, at) SELECT $1, "
         "p.id, $3, $4, $5, $6, $7 FROM pipeline p WHERE p.workspace_id=$1 AND p.id=$2 ON CONFLICT (workspace_id, "
         "pipeline_id, warning) DO UPDATE SET enabled=excluded.enabled, severity=excluded.severity, "
         "by_id=excluded.by_id, "
         "at=excluded.at"},
    [WARN_OPEN] = {"warn_open", "SELECT deal_id FROM deal_now WHERE workspace_id=$1 AND pipeline_id=$2 AND outcome=0 "
                                "ORDER BY deal_id"},
};
const size_t warnings_sql_n = sizeof warnings_sql / sizeof *warnings_sql;

enum err_code warning_clicks_load(struct db_tx *t, const struct vaulted *v, struct warning_clicks out[WARNINGS_N],
                                  struct err *e)
{
    struct db_rows r;

    memset(out, 0, WARNINGS_N * sizeof *out);
    if (db_run(t, &warnings_sql[WARN_CLICKS], DB_ARGS(P_ID(v->workspace)), &r, e))
        return e->code;
    while (db_next(&r)) {
        int64_t w = db_i64(&r, 0);
        if (w >= 1 && w <= WARNINGS_N)
            out[w - 1] = (struct warning_clicks){db_i64(&r, 1), db_i64(&r, 2)};
    }
    db_rows_done(&r);
    return ERR_OK;
}

bool warning_precision(const struct warning_clicks *c, double *out, double *out_low, double *out_high)
{
    int64_t n = c->right + c->wrong;

    if (n < WARNING_SMALL_N)
        return false;
    *out = (double)c->right / (double)n;
    deal_wilson(c->right, n, out_low, out_high);
    return true;
}

enum err_code warning_judge(struct db_tx *t, const struct vaulted *v, struct id deal, int warning, struct id by,
                            bool rightly, int64_t now, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &warnings_sql[WARN_JUDGE],
               DB_ARGS(P_ID(v->workspace), P_ID(deal), P_I64(warning), P_ID(by), P_BOOL(rightly), P_I64(now)), &r, e))
        return e->code;
    db_rows_done(&r);
    return r.affected == 1 ? ERR_OK : err_set(e, ERR_NOT_FOUND, "the deal never had this warning");
}

enum err_code warning_choose(struct db_tx *t, const struct vaulted *v, struct id pipeline, int warning, bool enabled,
                             int severity, struct id by, int64_t now, struct arena *a, struct id **out_deals,
                             size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &warnings_sql[WARN_CHOOSE],
               DB_ARGS(P_ID(v->workspace), P_ID(pipeline), P_I64(warning), P_BOOL(enabled), P_I64(severity),
                       P_ID_OR_NULL(by), P_I64(now)),
               &r, e))
        return e->code;
    db_rows_done(&r);
    if (r.affected != 1)
        return err_set(e, ERR_NOT_FOUND, "no such pipeline");
    return db_run_ids(t, &warnings_sql[WARN_OPEN], DB_ARGS(P_ID(v->workspace), P_ID(pipeline)), a, out_deals, out_n, e);
}
