/* pipeline/analyse_stage.c - what a stored interaction says: the findings of all makers. */
#include "base/clock.h"
#include "base/metrics.h"
#include "insight/findings.h"
#include "pipeline/deal_stage.h"
#include "pipeline/rebuild.h"
#include "pipeline/stage.h"
#include "store/event_store.h"

static struct metric analyse_time =
    METRIC_HISTOGRAM_L("harken_stage_seconds", "stage=\"analyse\"", "time of a pipeline stage");
static struct metric findings_total = METRIC_COUNTER("harken_findings_total", "findings of analysed interactions");

enum { ANALYSE_DB_MS = 120000 };

static enum err_code one_load(struct core *c, struct id id, struct arena *a, struct record_ia **out, size_t *out_n,
                              struct err *e)
{
    struct db_tx *t;
    enum err_code rc;

    if (db_begin(c->v.db, c->v.workspace, ANALYSE_DB_MS, &t, e))
        return e->code;
    rc = record_ia_load(t, &c->v, &id, 1, a, out, out_n, e);
    db_rollback(t);
    return rc;
}

/* Findings and the job's end are one; an interaction that is gone has none. */
static enum err_code model_queue(struct core *c, struct db_tx *t, struct id ia, struct err *e)
{
    const struct job_new job = {.queue = "model", .object = ia};

    return c->llm ? job_enqueue(t, &job, 1, e) : ERR_OK;
}

static enum err_code one_store(struct core *c, const struct job *job, const struct record_ia *rec,
                               const struct record_finding *f, size_t n, struct err *e)
{
    struct db_tx *t;

    if (db_begin(c->v.db, c->v.workspace, ANALYSE_DB_MS, &t, e))
        return e->code;
    if ((rec && record_findings_save(t, &c->v, rec, f, n, finding_makers, finding_makers_n, e)) ||
        (rec && event_put(t, &(struct event_new){.type = "interaction.analysed", .object = job->object}, 1, e)) ||
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
        struct record_finding *f = NULL;
        struct record_ia *rec = NULL;
        size_t found = 0, f_n = 0;
        arena_reset(a);
        rc = one_load(c, jobs[i].object, a, &rec, &found, e);
        if (!rc && found)
            findings_make(&rec->ia, &ctx, a, &f, &f_n);
        if (!rc)
            rc = one_store(c, &jobs[i], found ? rec : NULL, f, f_n, e);
        if (!rc)
            metric_add(&findings_total, (int64_t)f_n);
        metric_time_us(&analyse_time, clock_mono_us() - start);
    }
    arena_free(a);
    return rc;
}

/* Queues every interaction over which one of the makers has not been in its version. */
static enum err_code stale_queue(struct core *c, struct db_tx *t, const char *queue, const struct finding_maker *makers,
                                 size_t makers_n, struct arena *a, size_t *out_n, struct err *e)
{
    struct job_new *jobs;
    struct id *ids;

    if (record_findings_stale(t, &c->v, makers, makers_n, a, &ids, out_n, e))
        return e->code;
    jobs = ARENA_ARRAY(a, struct job_new, *out_n + 1);
    for (size_t i = 0; i < *out_n; i++)
        jobs[i] = (struct job_new){.queue = queue, .object = ids[i], .priority = -1};
    for (size_t from = 0; from < *out_n; from += 500)
        if (job_enqueue(t, jobs + from, *out_n - from < 500 ? *out_n - from : 500, e))
            return e->code;
    return ERR_OK;
}

enum err_code rebuild_stale_findings(struct core *c, int64_t *out_n, struct err *e)
{
    struct arena *a = arena_new("rebuild.findings");
    size_t rules_n = 0, model_n = 0, makers_n;
    struct finding_maker makers[2];
    struct db_tx *t = NULL;
    enum err_code rc;

    rc = db_begin(c->v.db, c->v.workspace, ANALYSE_DB_MS, &t, e);
    if (!rc)
        rc = stale_queue(c, t, "analyse", finding_makers, finding_makers_n, a, &rules_n, e);
    if (!rc && c->llm) {
        makers_n = model_makers(c, makers);
        rc = stale_queue(c, t, "model", makers, makers_n, a, &model_n, e);
    }
    if (rc)
        db_rollback(t);
    else
        rc = db_commit(t, e);
    *out_n = rc ? 0 : (int64_t)(rules_n + model_n);
    arena_free(a);
    return rc;
}
