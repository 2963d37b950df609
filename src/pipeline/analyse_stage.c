/* pipeline/analyse_stage.c - what a stored interaction says: the findings of all makers. */
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

enum { ANALYSE_DB_MS = 120000 };

/* One interaction, and what is found in it. */
struct analysed {
    struct record_ia *rec; /* NULL: gone */
    struct record_finding *f;
    size_t n;
    struct record_stat *stats; /* figures made again, because their definitions have another version now */
    size_t stats_n;
    bool stats_new;
};

static enum err_code one_load(struct core *c, struct id id, struct arena *a, struct analysed *out, struct err *e)
{
    struct db_tx *t;
    enum err_code rc;
    size_t found;

    *out = (struct analysed){0};
    if (db_begin(c->v.db, c->v.workspace, ANALYSE_DB_MS, &t, e))
        return e->code;
    rc = record_ia_load(t, &c->v, &id, 1, a, &out->rec, &found, e);
    if (!rc && !found)
        out->rec = NULL;
    if (!rc && found)
        rc = record_stats_stale(t, &c->v, id, STATISTICS_VERSION, &out->stats_new, e);
    if (!rc && out->stats_new)
        rc = prepare_statistics(c, t, &out->rec->ia, a, &out->stats, &out->stats_n, e);
    db_rollback(t);
    return rc;
}

static enum err_code model_queue(struct core *c, struct db_tx *t, struct id ia, struct err *e)
{
    const struct job_new job = {.queue = "model", .object = ia};

    return c->llm ? job_enqueue(t, &job, 1, e) : ERR_OK;
}

/* Findings, figures and the job's end are one; an interaction that is gone has none. */
static enum err_code one_store(struct core *c, const struct job *job, const struct analysed *x, struct err *e)
{
    const struct job_new track = {.queue = "track", .object = job->object};
    const struct record_ia *rec = x->rec;
    struct db_tx *t;

    if (db_begin(c->v.db, c->v.workspace, ANALYSE_DB_MS, &t, e))
        return e->code;
    if ((rec && record_findings_save(t, &c->v, rec, x->f, x->n, finding_makers, finding_makers_n, e)) ||
        (x->stats_new && record_stats_save(t, &c->v, rec->ia.id, x->stats, x->stats_n, e)) ||
        (rec && event_put(t, &(struct event_new){.type = "interaction.analysed", .object = job->object}, 1, e)) ||
        (rec && atomic_load(&c->trackers_n) && job_enqueue(t, &track, 1, e)) ||
        (rec && deals_wake_for(t, &c->v, rec->deal, rec->account, e)) || (rec && model_queue(c, t, job->object, e)) ||
        job_done(t, job, 1, e)) {
        db_rollback(t);
        return e->code;
    }
    return db_commit(t, e);
}

enum err_code analyse_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e)
{
    const struct findings_context ctx = {c->own_domains, c->own_domains_n, c->competitors, c->competitors_n};
    struct arena *a = arena_new_wiped("analyse");
    enum err_code rc = ERR_OK;

    for (size_t i = 0; !rc && i < n; i++) {
        int64_t start = clock_mono_us();
        struct analysed x;
        arena_reset(a);
        rc = one_load(c, jobs[i].object, a, &x, e);
        if (!rc && x.rec)
            findings_make(&x.rec->ia, &ctx, a, &x.f, &x.n);
        if (!rc)
            rc = one_store(c, &jobs[i], &x, e);
        if (!rc)
            metric_add(&findings_total, (int64_t)x.n);
        metric_time_us(&analyse_time, clock_mono_us() - start);
    }
    workers_wake(c, "deal");
    if (atomic_load(&c->trackers_n))
        workers_wake(c, "track");
    if (c->llm)
        workers_wake(c, "model");
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
