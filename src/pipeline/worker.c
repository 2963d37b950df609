#include "pipeline/worker.h"

#include <assert.h>
#include <errno.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/thread.h"
#include "pipeline/deal_stage.h"
#include "pipeline/stage.h"
#include "pipeline/track_stage.h"
#include "records/cards.h"
#include "store/audit_store.h"

static struct metric jobs_done = METRIC_COUNTER("harken_jobs_done_total", "jobs finished");
static struct metric jobs_failed = METRIC_COUNTER("harken_jobs_failed_total", "tries of jobs that failed");

enum {
    LEASE_MS = 30000,
    BEAT_MS = 8000,
    TICK_MS = 20000,
    FORGET_MAX = 10000,
    FORGET_TX_MS = 60000,
    POLL_MS = 2000,
    PAUSE_MS = 250,
    SAVE_MS = 20000, /* shorter than a lease */
    THREADS_MAX = 64,
    BATCH_MAX = 16,
    LAST_MAX = 64
};

const struct stage stages[] = {
    {.queue = "parse", .batch = 4, .many_from = 1, .threads = 0, .run = parse_stage_run},
    {.queue = "analyse", .batch = 8, .threads = 1, .run = analyse_stage_run},
    {.queue = "model", .batch = 1, .threads = 1, .run = model_stage_run, .wanted = model_stage_wanted},
    {.queue = "deal", .batch = 16, .threads = 1, .run = deal_stage_run},
    {.queue = "score", .batch = 1, .threads = 1, .run = score_stage_run},
    {.queue = "track", .batch = 8, .threads = 1, .run = track_stage_run},
    {.queue = "embed", .batch = 16, .threads = 3, .run = embed_stage_run},
    {.queue = "webhook", .batch = 1, .threads = 2, .run = webhook_stage_run},
    {.queue = "erase", .batch = 1, .threads = 1, .run = erase_stage_run},
    {.queue = "hook", .batch = 16, .threads = 1, .run = hook_stage_run},
    {.queue = NULL},
};

struct stage_thread {
    struct core *c;
    const struct stage *stage;
    pthread_cond_t wake;
    uint64_t woken; /* how often; under the pool's lock */
    struct job held[BATCH_MAX]; /* what it works on, for the heartbeat; under the pool's lock */
    size_t held_n;
    struct thread thread;
};

struct worker_pool {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t quit, progress;
    uint64_t finished; /* jobs */
    struct id last[LAST_MAX]; /* what the last of them were about: job k at k % LAST_MAX */
    bool draining;
    struct stage_thread threads[THREADS_MAX];
    size_t threads_n;
    struct thread beat, tick;
};

/* Sleeps until *counter moves from `seen`, draining, or the time is over. Returns false when draining. */
static bool sleep_on(struct worker_pool *p, pthread_cond_t *cond, const uint64_t *counter, uint64_t seen, int ms)
{
    struct timespec until = clock_deadline(ms);
    bool go;

    pthread_mutex_lock(&p->lock);
    while (*counter == seen && !p->draining && pthread_cond_timedwait(cond, &p->lock, &until) == 0) {
    }
    go = !p->draining;
    pthread_mutex_unlock(&p->lock);
    return go;
}

/* Returns false when draining. */
static bool pause_for(struct worker_pool *p, int ms)
{
    const uint64_t never = 0;

    return sleep_on(p, &p->quit, &never, 0, ms);
}

static bool draining(struct worker_pool *p)
{
    bool d;

    pthread_mutex_lock(&p->lock);
    d = p->draining;
    pthread_mutex_unlock(&p->lock);
    return d;
}

static uint64_t counter_now(struct worker_pool *p, const uint64_t *counter)
{
    uint64_t n;

    pthread_mutex_lock(&p->lock);
    n = *counter;
    pthread_mutex_unlock(&p->lock);
    return n;
}

/* A job whose end is not in the database stays leased until the lease runs out: so it is tried for a while. */
static void end_save(struct core *c, const struct stage *s, const struct job *j, const struct err *why)
{
    int64_t until = clock_mono_ms() + SAVE_MS;
    struct err e;

    for (;;) {
        enum err_code rc =
            why->code == ERR_BUSY ? job_postpone(c->v.db, j, &e) : job_fail(c->v.db, j, why->code, false, &e);
        if (!rc || rc == ERR_CONFLICT)
            return;
        if (clock_mono_ms() > until || !pause_for(c->workers, PAUSE_MS))
            break;
    }
    LOG_WARN("job.fail.unsaved", F_CZ("queue", s->queue), F_ID("job", j->id), F_ERR(&e));
}

static void jobs_fail(struct core *c, const struct stage *s, const struct job *jobs, size_t n, const struct err *why)
{
    struct err e;

    if (atomic_load(&c->draining)) { /* not their fault: back as they were */
        if (job_release(c->v.db, jobs, n, &e))
            LOG_WARN("job.release.failed", F_ERR(&e));
        return;
    }
    metric_add(&jobs_failed, (int64_t)n);
    LOG_WARN("job.failed", F_CZ("queue", s->queue), F_INT("jobs", n), F_INT("tries", jobs[0].failures + 1), F_ERR(why));
    for (size_t i = 0; i < n; i++)
        end_save(c, s, &jobs[i], why);
}

static void batch_run(struct stage_thread *st, const struct job *jobs, size_t n)
{
    struct core *c = st->c;
    struct err e = {0};
    enum err_code rc = st->stage->run(c, jobs, n, &e);

    if (rc && n > 1 && !atomic_load(&c->draining)) { /* one bad job must not sink its batch: find it */
        for (size_t i = 0; i < n; i++)
            if (st->stage->run(c, &jobs[i], 1, &e))
                jobs_fail(c, st->stage, &jobs[i], 1, &e);
    } else if (rc) {
        jobs_fail(c, st->stage, jobs, n, &e);
    }
    metric_add(&jobs_done, (int64_t)n);
    pthread_mutex_lock(&c->workers->lock);
    for (size_t i = 0; i < n; i++)
        c->workers->last[c->workers->finished++ % LAST_MAX] = jobs[i].object;
    pthread_cond_broadcast(&c->workers->progress);
    pthread_mutex_unlock(&c->workers->lock);
}

static void hold(struct stage_thread *st, const struct job *jobs, size_t n)
{
    assert(n <= BATCH_MAX);
    pthread_mutex_lock(&st->c->workers->lock);
    for (size_t i = 0; i < n; i++)
        st->held[i] = jobs[i];
    st->held_n = n;
    pthread_mutex_unlock(&st->c->workers->lock);
}

static void stage_run(void *arg)
{
    struct stage_thread *st = arg;
    struct core *c = st->c;
    const char *queues[] = {st->stage->queue, NULL};
    struct job_want want = {
        .queues = queues, .limit = st->stage->batch, .many_from = st->stage->many_from, .lease_ms = LEASE_MS};
    struct arena *a = arena_new("stage");

    while (!draining(c->workers)) {
        uint64_t seen = counter_now(c->workers, &st->woken);
        struct job *jobs;
        size_t n = 0;
        struct err e;

        arena_reset(a);
        if (job_claim(c->v.db, c->v.workspace, c->owner, &want, a, &jobs, &n, &e)) {
            LOG_WARN("job.claim.failed", F_CZ("queue", st->stage->queue), F_ERR(&e));
            pause_for(c->workers, PAUSE_MS);
            continue;
        }
        if (n) {
            hold(st, jobs, n);
            batch_run(st, jobs, n);
            hold(st, NULL, 0);
        } else {
            sleep_on(c->workers, &st->wake, &st->woken, seen, POLL_MS);
        }
    }
    arena_free(a);
}

/* Only what is in somebody's hands is kept: a lease this process has lost sight of, because the database went away while it
 * was taken or given back, runs out like that of a dead process. */
static void beat_run(void *arg)
{
    struct core *c = arg;
    struct worker_pool *p = c->workers;
    struct arena *a = arena_new("beat");
    struct err e;

    while (pause_for(p, BEAT_MS)) {
        struct job *jobs = ARENA_ARRAY(a, struct job, THREADS_MAX * BATCH_MAX);
        size_t n = 0;
        pthread_mutex_lock(&p->lock);
        for (size_t i = 0; i < p->threads_n; i++)
            for (size_t k = 0; k < p->threads[i].held_n; k++)
                jobs[n++] = p->threads[i].held[k];
        pthread_mutex_unlock(&p->lock);
        if (job_beat(c->v.db, c->v.workspace, jobs, n, LEASE_MS, &e))
            LOG_WARN("job.beat.failed", F_ERR(&e));
        arena_reset(a);
    }
    arena_free(a);
}

/* Erases questions and answers that are older than they are kept, and says in the audit log how many. */
static enum err_code answers_forget(struct core *c, struct err *e)
{
    int64_t keep_ms = atomic_load(&c->answers_keep_ms), n = FORGET_MAX;
    struct audit_entry entry = {.act = AUDIT_ERASE};
    struct db_tx *t;
    char text[64];

    while (keep_ms > 0 && n == FORGET_MAX) {
        if (db_begin(c->v.db, c->v.workspace, FORGET_TX_MS, &t, e))
            return e->code;
        if (cards_forget(t, &c->v, CARD_ANSWER, clock_now_ms() - keep_ms, FORGET_MAX, &n, e)) {
            db_rollback(t);
            return e->code;
        }
        snprintf(text, sizeof text, "%lld answers by answers.keep", (long long)n);
        entry.details = str_of(text);
        if (n && audit_append(t, c->v.keys, &entry, e)) {
            db_rollback(t);
            return e->code;
        }
        if (db_commit(t, e))
            return e->code;
        if (n)
            LOG_INFO("answers.forgotten", F_INT("n", n));
    }
    return ERR_OK;
}

static void sweep(struct core *c)
{
    struct err e;

    if (answers_forget(c, &e))
        LOG_WARN("answers.forget.failed", F_ERR(&e));

    if (trackers_sweep(c, &e))
        LOG_WARN("trackers.sweep.failed", F_ERR(&e));
}

/* What time alone changes, and what was changed before the start. */
static void tick_run(void *arg)
{
    struct core *c = arg;
    struct err e;

    sweep(c);
    while (pause_for(c->workers, TICK_MS)) {
        if (deals_tick(c, &e))
            LOG_WARN("deals.tick.failed", F_ERR(&e));
        sweep(c);
    }
}

enum err_code workers_start(struct core *c, struct err *e)
{
    struct worker_pool *p = calloc(1, sizeof *p);

    if (!p)
        return err_set(e, ERR_MEMORY, "out of memory");
    pthread_mutex_init(&p->lock, NULL);
    thread_cond_init(&p->quit);
    thread_cond_init(&p->progress);
    c->workers = p;
    atomic_store(&c->ranks_moved, true); /* whatever happened before the start */
    for (const struct stage *s = stages; s->queue; s++) {
        int threads = s->threads ? s->threads : thread_cores();
        if (s->wanted && !s->wanted(c))
            continue;
        for (int i = 0; i < threads && p->threads_n < THREADS_MAX; i++) {
            struct stage_thread *st = &p->threads[p->threads_n++];
            *st = (struct stage_thread){.c = c, .stage = s};
            thread_cond_init(&st->wake);
            if (thread_start(&st->thread, s->queue, stage_run, st, e))
                return e->code;
        }
    }
    if (thread_start(&p->beat, "job-beat", beat_run, c, e))
        return e->code;
    return thread_start(&p->tick, "tick", tick_run, c, e);
}

void workers_drain(struct core *c)
{
    struct worker_pool *p = c->workers;

    if (!p)
        return;
    atomic_store(&c->draining, true);
    pthread_mutex_lock(&p->lock);
    p->draining = true;
    pthread_cond_broadcast(&p->quit);
    pthread_cond_broadcast(&p->progress);
    for (size_t i = 0; i < p->threads_n; i++)
        pthread_cond_signal(&p->threads[i].wake);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->threads_n; i++)
        thread_join(&p->threads[i].thread);
    thread_join(&p->beat);
    thread_join(&p->tick);
    trackers_forget(c);
    pthread_mutex_destroy(&p->lock);
    for (size_t i = 0; i < p->threads_n; i++)
        pthread_cond_destroy(&p->threads[i].wake);
    pthread_cond_destroy(&p->quit);
    pthread_cond_destroy(&p->progress);
    free(p);
    c->workers = NULL;
}

void workers_wake(struct core *c, const char *queue)
{
    struct worker_pool *p = c->workers;

    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    for (size_t i = 0; i < p->threads_n; i++) {
        struct stage_thread *st = &p->threads[i];
        if (queue && strcmp(queue, st->stage->queue) != 0)
            continue;
        st->woken++;
        pthread_cond_signal(&st->wake);
    }
    pthread_mutex_unlock(&p->lock);
}

uint64_t workers_progress(struct core *c)
{
    return c->workers ? counter_now(c->workers, &c->workers->finished) : 0;
}

/* Under the lock: was one of the jobs from `seen` on about the object, as far as is remembered? */
static bool finished_about(const struct worker_pool *p, uint64_t seen, struct id object)
{
    if (id_is_nil(object) || p->finished - seen > LAST_MAX)
        return p->finished != seen;
    for (uint64_t k = seen; k < p->finished; k++)
        if (id_eq(p->last[k % LAST_MAX], object))
            return true;
    return false;
}

void workers_wait_progress(struct core *c, uint64_t seen, struct id object, int timeout_ms)
{
    struct timespec until = clock_deadline(timeout_ms);
    struct worker_pool *p = c->workers;

    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    while (!finished_about(p, seen, object) && !p->draining &&
           pthread_cond_timedwait(&p->progress, &p->lock, &until) == 0) {
    }
    pthread_mutex_unlock(&p->lock);
}
