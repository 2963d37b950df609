#include "pipeline/deal_stage.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/thread.h"
#include "deals/actions.h"
#include "pipeline/stage.h"
#include "pipeline/worker.h"
#include "records/crm.h"
#include "store/reader.h"

static struct metric deal_time =
    METRIC_HISTOGRAM_L("harken_stage_seconds", "stage=\"deal\"", "time of a pipeline stage");
static struct metric deals_total = METRIC_COUNTER("harken_deals_evaluated_total", "deals worked out");

enum { DEAL_DB_MS = 120000, DEAL_CHUNK = 500, TICK_MOST = 5000, FIT_DELAY_MS = 1500, RESCORE_THREADS_MAX = 16 };
enum {
    RANK_AT_ONCE = 2000
}; /* deals; more are ranked by the tick, so that a change of one does not wait for a look at all */

enum err_code deals_wake(struct db_tx *t, const struct vaulted *v, const struct id *deals, size_t n, struct err *e)
{
    struct job_new jobs[DEAL_CHUNK];

    for (size_t from = 0; from < n; from += DEAL_CHUNK) {
        size_t some = n - from < DEAL_CHUNK ? n - from : DEAL_CHUNK;
        for (size_t i = 0; i < some; i++)
            jobs[i] = (struct job_new){.queue = "deal", .object = deals[from + i], .priority = n < 100 ? 1 : 0};
        if (record_deals_touch(t, v, deals + from, some, e) || job_enqueue(t, jobs, some, e))
            return e->code;
    }
    return ERR_OK;
}

enum err_code deals_wake_for(struct db_tx *t, const struct vaulted *v, struct id deal, struct id account, struct err *e)
{
    struct arena *a = arena_new("deals.wake");
    struct id *deals;
    size_t n;

    if (!record_deals_of(t, v, deal, account, a, &deals, &n, e))
        deals_wake(t, v, deals, n, e);
    arena_free(a);
    return e->code;
}

static enum err_code fit_queue(struct db_tx *t, const struct vaulted *v, struct err *e)
{
    struct job_new job = {.queue = "score", .object = v->workspace, .delay_ms = FIT_DELAY_MS};

    return job_enqueue(t, &job, 1, e);
}

static enum err_code rank_all(struct core *c, struct err *e)
{
    struct db_tx *t;

    if (db_begin(c->v.db, c->v.workspace, DEAL_DB_MS, &t, e))
        return e->code;
    if (deals_rank(t, &c->v, e)) {
        db_rollback(t);
        return e->code;
    }
    return db_commit(t, e);
}

/* What moved is told to the others: at once where they are few, else with the next tick. */
static void ranks_move(struct core *c, int64_t ranked)
{
    struct err e;

    if (ranked > RANK_AT_ONCE || rank_all(c, &e))
        atomic_store(&c->ranks_moved, true);
}

enum err_code deal_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e)
{
    struct arena *a = arena_new("deal");
    struct id *ids = ARENA_ARRAY(a, struct id, n + 1);
    int64_t start = clock_mono_us();
    struct deals_context ctx;
    struct deals_changed changed = {0};
    struct db_tx *t;

    e->code = ERR_OK;
    for (size_t i = 0; i < n; i++)
        ids[i] = jobs[i].object;
    if (db_begin(c->v.db, c->v.workspace, DEAL_DB_MS, &t, e))
        goto out;
    if (deals_context_load(t, &c->v, a, &ctx, e) ||
        deals_evaluate(t, &c->v, &ctx, ids, n, clock_now_ms(), a, &changed, e) ||
        actions_decide(t, &c->v, &ctx, ids, n, clock_now_ms(), a, e) || (changed.closed && fit_queue(t, &c->v, e)) ||
        job_done(t, jobs, n, e))
        db_rollback(t);
    else if (!db_commit(t, e)) {
        metric_add(&deals_total, (int64_t)n);
        if (changed.owners)
            access_changed();
        if (changed.ranks)
            ranks_move(c, ctx.ranked);
    }
    metric_time_us(&deal_time, clock_mono_us() - start);
out:
    arena_free(a);
    return e->code;
}

/* ---- all of them ---- */

struct rescore {
    struct core *c;
    pthread_mutex_t lock; /* guards all below */
    struct id after;
    bool finished;
    int64_t n;
    struct err failed;
};

static enum err_code chunk_run(struct rescore *r, struct arena *a, bool *out_more, struct err *e)
{
    struct vaulted *v = &r->c->v;
    struct deals_context ctx;
    struct db_tx *t = NULL;
    struct id *ids = NULL;
    size_t n = 0;

    pthread_mutex_lock(&r->lock); /* the next page is handed out one at a time */
    *out_more = !r->finished && !db_begin(v->db, v->workspace, DEAL_DB_MS, &t, e) &&
                !deal_ids(t, v, r->after, DEAL_CHUNK, a, &ids, &n, e) && n > 0;
    r->finished = r->finished || !*out_more;
    if (n)
        r->after = ids[n - 1];
    r->n += (int64_t)n;
    pthread_mutex_unlock(&r->lock);
    if (!*out_more) {
        db_rollback(t);
        return e->code;
    }
    if (deals_context_load(t, v, a, &ctx, e) || deals_evaluate(t, v, &ctx, ids, n, clock_now_ms(), a, NULL, e)) {
        db_rollback(t);
        return e->code;
    }
    return db_commit(t, e);
}

static void rescore_thread(void *arg)
{
    struct arena *a = arena_new("deals.rescore");
    struct rescore *r = arg;
    struct err e = {0};
    bool more = true;

    while (more && !e.code) {
        arena_reset(a);
        chunk_run(r, a, &more, &e);
    }
    if (e.code) {
        pthread_mutex_lock(&r->lock);
        r->failed = e;
        r->finished = true;
        pthread_mutex_unlock(&r->lock);
    }
    arena_free(a);
}

enum err_code deals_rescore(struct core *c, int threads, int64_t *out_n, struct err *e)
{
    struct rescore r = {.c = c, .lock = PTHREAD_MUTEX_INITIALIZER};
    struct thread th[RESCORE_THREADS_MAX];
    int started = 0;

    e->code = ERR_OK;
    threads = threads < 1 ? 1 : threads > RESCORE_THREADS_MAX ? RESCORE_THREADS_MAX : threads;
    while (started < threads - 1 && !thread_start(&th[started], "rescore", rescore_thread, &r, e))
        started++;
    rescore_thread(&r);
    for (int i = 0; i < started; i++)
        thread_join(&th[i]);
    *out_n = r.n;
    if (r.failed.code) {
        *e = r.failed;
        return e->code;
    }
    return rank_all(c, e);
}

/* One job at most is queued: fit, then every open deal by the new model. */
enum err_code score_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e)
{
    bool fresh = false;
    struct db_tx *t;
    int64_t deals;

    e->code = ERR_OK;
    if (db_begin(c->v.db, c->v.workspace, DEAL_DB_MS, &t, e))
        return e->code;
    if (deals_fit(t, &c->v, clock_now_ms(), &fresh, e)) {
        db_rollback(t);
        return e->code;
    }
    if (db_commit(t, e) || deals_rescore(c, 1, &deals, e) || db_begin(c->v.db, c->v.workspace, DEAL_DB_MS, &t, e))
        return e->code;
    LOG_INFO("score.fitted", F_INT("deals", deals), F_INT("jobs", (int64_t)n));
    if (job_done(t, jobs, n, e)) {
        db_rollback(t);
        return e->code;
    }
    return db_commit(t, e);
}

enum err_code deals_tick(struct core *c, struct err *e)
{
    struct arena *a = arena_new("deals.tick");
    struct db_tx *t;
    struct id *ids;
    size_t n = 0;

    e->code = ERR_OK;
    if (db_begin(c->v.db, c->v.workspace, DEAL_DB_MS, &t, e))
        goto out;
    if (deals_due(t, &c->v, clock_now_ms(), TICK_MOST, a, &ids, &n, e) || deals_wake(t, &c->v, ids, n, e)) {
        db_rollback(t);
        goto out;
    }
    if (db_commit(t, e))
        goto out;
    if (n)
        workers_wake(c, "deal");
    if (atomic_exchange(&c->ranks_moved, false) && rank_all(c, e))
        atomic_store(&c->ranks_moved, true);
out:
    arena_free(a);
    return e->code;
}
