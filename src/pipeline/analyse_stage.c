/* pipeline/analyse_stage.c - what a stored interaction says: the findings of all makers. */
#include "pipeline/analyse.h"

#include <assert.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "insight/findings.h"
#include "insight/statistics.h"
#include "pipeline/deal_stage.h"
#include "pipeline/prepare.h"
#include "pipeline/rebuild.h"
#include "pipeline/stage.h"
#include "pipeline/worker.h"
#include "store/event_store.h"

static struct metric analyse_time =
    METRIC_HISTOGRAM_L("harken_stage_seconds", "stage=\"analyse\"", "time of a pipeline stage");
static struct metric findings_total = METRIC_COUNTER("harken_findings_total", "findings of analysed interactions");

enum { ANALYSE_DB_MS = 120000, ANALYSE_MOST = 16 };

/* One interaction, and what is found in it. */
struct analysed {
    struct record_ia *rec; /* NULL: gone */
    struct record_finding *f;
    size_t n;
    struct record_stat *stats; /* figures made again, because their definitions have another version now */
    size_t stats_n;
    bool stats_new;
};

/* `out` has a place for each job. */
static enum err_code all_load(struct core *c, const struct job *jobs, size_t n, struct arena *a, struct analysed *out,
                              struct err *e)
{
    struct id *ids = ARENA_ARRAY(a, struct id, n + 1);
    struct record_ia *recs = NULL;
    size_t found = 0;
    struct db_tx *t;
    enum err_code rc;

    for (size_t i = 0; i < n; i++)
        ids[i] = jobs[i].object;
    if (db_begin(c->v.db, c->v.workspace, ANALYSE_DB_MS, &t, e))
        return e->code;
    rc = record_ia_load(t, &c->v, ids, n, a, &recs, &found, e);
    for (size_t i = 0, k = 0; !rc && i < n; i++) {
        struct analysed *x = &out[i];
        if (k == found || !id_eq(recs[k].ia.id, ids[i])) /* they come in the order of the ids */
            continue;
        x->rec = &recs[k++];
        rc = record_stats_stale(t, &c->v, ids[i], STATISTICS_VERSION, &x->stats_new, e);
        if (!rc && x->stats_new)
            rc = prepare_statistics(c, t, &x->rec->ia, NULL, a, &x->stats, &x->stats_n, e);
    }
    db_rollback(t);
    return rc;
}

void analyse_run(struct core *c, const struct discourse *d, struct arena *a, struct record_finding **out, size_t *out_n)
{
    const struct findings_context ctx = {c->own_domains, c->own_domains_n, c->competitors, c->competitors_n};
    int64_t start = clock_mono_us();

    findings_make_of(d, &ctx, a, out, out_n);
    metric_add(&findings_total, (int64_t)*out_n);
    metric_time_us(&analyse_time, clock_mono_us() - start);
}

size_t analyse_jobs(struct core *c, struct id interaction, struct job_new out[ANALYSE_JOBS_MAX])
{
    size_t n = 0;

    if (atomic_load(&c->trackers_n))
        out[n++] = (struct job_new){.queue = "track", .object = interaction};
    if (c->llm)
        out[n++] = (struct job_new){.queue = "model", .object = interaction};
    return n;
}

void analyse_wake(struct core *c)
{
    if (atomic_load(&c->trackers_n))
        workers_wake(c, "track");
    if (c->llm)
        workers_wake(c, "model");
}

static enum err_code one_store(struct core *c, struct db_tx *t, const struct analysed *x, struct err *e)
{
    const struct record_ia *rec = x->rec;
    struct job_new jobs[ANALYSE_JOBS_MAX];

    if (record_findings_save(t, &c->v, rec, x->f, x->n, finding_makers, finding_makers_n, e) ||
        (x->stats_new && record_stats_save(t, &c->v, rec->ia.id, x->stats, x->stats_n, e)) ||
        job_enqueue(t, jobs, analyse_jobs(c, rec->ia.id, jobs), e))
        return e->code;
    return deals_wake_for(t, &c->v, rec->deal, rec->account, e);
}

/* Findings, figures and the jobs' end are one; an interaction that is gone has none. */
static enum err_code all_store(struct core *c, const struct job *jobs, size_t n, const struct analysed *list,
                               struct err *e)
{
    struct event_new events[ANALYSE_MOST];
    size_t events_n = 0;
    struct db_tx *t;

    if (db_begin(c->v.db, c->v.workspace, ANALYSE_DB_MS, &t, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        if (!list[i].rec)
            continue;
        if (one_store(c, t, &list[i], e))
            goto fail;
        events[events_n++] = (struct event_new){.type = "interaction.analysed", .object = jobs[i].object};
    }
    if (event_put(t, events, events_n, e) || job_done(t, jobs, n, e))
        goto fail;
    return db_commit(t, e);
fail:
    db_rollback(t);
    return e->code;
}

enum err_code analyse_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e)
{
    struct arena *a = arena_new_wiped("analyse");
    struct analysed list[ANALYSE_MOST] = {0};
    enum err_code rc;

    assert(n <= ANALYSE_MOST);
    rc = all_load(c, jobs, n, a, list, e);
    for (size_t i = 0; !rc && i < n; i++)
        if (list[i].rec) {
            struct discourse d;
            discourse_make(&list[i].rec->ia, a, &d);
            analyse_run(c, &d, a, &list[i].f, &list[i].n);
        }
    if (!rc)
        rc = all_store(c, jobs, n, list, e);
    workers_wake(c, "deal");
    analyse_wake(c);
    arena_free(a);
    return rc;
}

static enum err_code jobs_queue(struct db_tx *t, const char *queue, const struct id *ids, size_t n, struct arena *a,
                                struct err *e)
{
    struct job_new *jobs = ARENA_ARRAY(a, struct job_new, n + 1);

    for (size_t i = 0; i < n; i++)
        jobs[i] = (struct job_new){.queue = queue, .object = ids[i], .priority = -1};
    for (size_t from = 0; from < n; from += 500)
        if (job_enqueue(t, jobs + from, n - from < 500 ? n - from : 500, e))
            return e->code;
    return ERR_OK;
}

/* Queues every interaction over which one of the makers has not been in its version. */
static enum err_code stale_queue(struct core *c, struct db_tx *t, const char *queue, const struct finding_maker *makers,
                                 size_t makers_n, struct arena *a, size_t *out_n, struct err *e)
{
    struct id *ids;

    if (record_findings_stale(t, &c->v, makers, makers_n, a, &ids, out_n, e))
        return e->code;
    return jobs_queue(t, queue, ids, *out_n, a, e);
}

enum err_code rebuild_stale_analyses(struct core *c, int64_t *out_n, struct err *e)
{
    struct arena *a = arena_new("rebuild.analyses");
    size_t rules_n = 0, figures_n = 0, model_n = 0, makers_n;
    struct finding_maker makers[2];
    struct db_tx *t = NULL;
    struct id *figures;
    enum err_code rc;

    rc = db_begin(c->v.db, c->v.workspace, ANALYSE_DB_MS, &t, e);
    if (!rc)
        rc = stale_queue(c, t, "analyse", finding_makers, finding_makers_n, a, &rules_n, e);
    if (!rc)
        rc = record_stats_stale_ids(t, &c->v, STATISTICS_VERSION, a, &figures, &figures_n, e);
    if (!rc)
        rc = jobs_queue(t, "analyse", figures, figures_n, a, e);
    if (!rc && c->llm) {
        makers_n = model_makers(c, makers);
        rc = stale_queue(c, t, "model", makers, makers_n, a, &model_n, e);
    }
    if (rc)
        db_rollback(t);
    else
        rc = db_commit(t, e);
    *out_n = rc ? 0 : (int64_t)(rules_n + figures_n + model_n);
    arena_free(a);
    return rc;
}
