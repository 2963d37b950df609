/* deals/fit.c - cohort and score of every pipeline, from the deals that are closed. */
#include <math.h>

#include "base/sort.h"
#include "deals/evaluate.h"
#include "deals/similar.h"

enum { FIT_CLOSED, FIT_NEWEST, FIT_ADD, FIT_OLD_DROP };

enum { FIT_CHUNK = 1000, FIT_CLOSED_MAX = 20000, FIT_SNAPSHOTS = 12, FIT_KEEP = 50 };

const struct db_stmt fit_sql[] = {
    /* the newest closed deals of every pipeline: $2 how many */
    [FIT_CLOSED] = {"fit_closed",
                    "SELECT deal_id FROM deal_now WHERE workspace_id=$1 AND outcome IN (1, 2) AND closed_at IS NOT "
                    "NULL AND pipeline_id IS NOT NULL ORDER BY closed_at DESC, deal_id LIMIT $2"},
    [FIT_NEWEST] = {"fit_newest",
                    "SELECT pipeline_id, max(version) FROM score_model WHERE workspace_id=$1 GROUP BY pipeline_id"},
    [FIT_ADD] = {"fit_add", "INSERT INTO score_model (workspace_id, pipeline_id, version, fitted_at, closed_n, "
                            "definition_version, numbers, "
                            "stage_ids, cohort) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"},
    [FIT_OLD_DROP] = {"fit_old_drop",
                      "DELETE FROM score_model WHERE workspace_id=$1 AND pipeline_id=$2 AND version<$3"},
};
const size_t fit_sql_n = sizeof fit_sql / sizeof *fit_sql;

static int row_cmp(const void *x, const void *y)
{
    const struct score_row *a = x, *b = y;

    return (a->at_ms > b->at_ms) - (a->at_ms < b->at_ms);
}

/* Facts of all closed deals, in chunks, side by side. */
static enum err_code closed_load(struct db_tx *t, const struct vaulted *v, const struct deals_shared *shared,
                                 struct arena *a, struct deal_facts **out, size_t *out_n, struct err *e)
{
    struct id *ids;
    size_t n;

    if (db_run_ids(t, &fit_sql[FIT_CLOSED], DB_ARGS(P_ID(v->workspace), P_I64(FIT_CLOSED_MAX)), a, &ids, &n, e))
        return e->code;
    *out = ARENA_ARRAY(a, struct deal_facts, n + 1);
    *out_n = 0;
    for (size_t from = 0; from < n; from += FIT_CHUNK) {
        struct deal_facts *some;
        size_t some_n;
        db_tx_extend(t, 120000);
        if (deal_facts_load(t, v, shared, ids + from, n - from < FIT_CHUNK ? n - from : FIT_CHUNK, FACTS_ALL, a, &some,
                            &some_n, e))
            return e->code;
        if (some_n)
            memcpy(*out + *out_n, some, some_n * sizeof *some);
        *out_n += some_n;
    }
    return ERR_OK;
}

static enum err_code pipeline_fit(struct db_tx *t, const struct vaulted *v, const struct deal_pipeline *p,
                                  const struct deal_facts *facts, size_t n, int64_t now, int version, struct arena *a,
                                  struct err *e)
{
    struct score_row *rows = ARENA_ARRAY(a, struct score_row, n * FIT_SNAPSHOTS + 1);
    struct id *stages = ARENA_ARRAY(a, struct id, p->stages_n + 1);
    struct score_model *m = ARENA_NEW(a, struct score_model);
    double *numbers = ARENA_ARRAY(a, double, SCORE_NUMBERS), cohort_numbers[COHORT_NUMBERS_MAX];
    struct deal_cohort cohort;
    size_t rows_n = 0, cohort_n, numbers_n;
    int closed = 0;

    deal_cohort_make(p, facts, n, now, a, &cohort);
    for (size_t i = 0; i < n; i++) {
        size_t got = facts[i].pipe == p ? score_snapshots(&facts[i], &cohort, now, rows + rows_n, FIT_SNAPSHOTS) : 0;
        rows_n += got;
        closed += got > 0;
    }
    list_sort(rows, rows_n, sizeof *rows, row_cmp);
    score_fit(p, rows, rows_n, closed, a, m);
    m->version = version;
    for (size_t i = 0; i < p->stages_n; i++)
        stages[i] = p->stages[i].id;
    numbers_n = score_model_numbers(m, numbers, SCORE_NUMBERS);
    cohort_n = deal_cohort_numbers(&cohort, cohort_numbers);
    if (db_send(t, &fit_sql[FIT_ADD],
                DB_ARGS(P_ID(v->workspace), P_ID(p->id), P_I64(version), P_I64(now), P_I64(closed),
                        P_I64(SCORE_VERSION), P_F64S(numbers, numbers_n), P_IDS(stages, p->stages_n),
                        P_F64S(cohort_numbers, cohort_n)),
                e))
        return e->code;
    return db_send(t, &fit_sql[FIT_OLD_DROP], DB_ARGS(P_ID(v->workspace), P_ID(p->id), P_I64(version - FIT_KEEP)), e);
}

enum err_code deals_fit(struct db_tx *t, const struct vaulted *v, int64_t now, bool *out_new, struct err *e)
{
    struct arena *a = arena_new("deals.fit");
    struct deals_shared shared;
    struct deal_facts *facts = NULL;
    struct db_rows r;
    size_t n = 0;
    int *versions;

    e->code = ERR_OK;
    *out_new = false;
    if (deals_shared_load(t, v, a, &shared, e) || closed_load(t, v, &shared, a, &facts, &n, e) ||
        db_run(t, &fit_sql[FIT_NEWEST], DB_ARGS(P_ID(v->workspace)), &r, e))
        goto out;
    versions = ARENA_ARRAY(a, int, shared.pipes_n + 1);
    while (db_next(&r))
        for (size_t i = 0; i < shared.pipes_n; i++)
            if (id_eq(shared.pipes[i].id, db_id(&r, 0)))
                versions[i] = (int)db_i64(&r, 1);
    db_rows_done(&r);
    for (size_t i = 0; i < shared.pipes_n; i++) {
        if (pipeline_fit(t, v, &shared.pipes[i], facts, n, now, versions[i] + 1, a, e))
            goto out;
        *out_new = true;
    }
    if (similar_save(t, v, facts, n, now, a, e))
        goto out;
    db_flush(t, NULL, e);
out:
    arena_free(a);
    return e->code;
}
