#include "store/queue.h"

#include <assert.h>

enum { TX_MS = 30000, CAP_SCAN = 20000, PRIORITY_LEAST = INT16_MIN };

enum {
    JOB_ADD,
    JOB_LOCK,
    JOB_EXPIRE,
    JOB_POISON,
    JOB_CLAIM,
    JOB_CLAIM_CAP,
    JOB_DONE,
    JOB_FAIL,
    JOB_DIE,
    JOB_RELEASE,
    JOB_POSTPONE,
    JOB_BEAT,
    JOB_RECLAIM,
    JOB_COUNT,
    JOB_DEAD_LIST,
    JOB_DEAD_RETRY,
    JOB_DEAD_DROP,
    JOB_UP,
    JOB_DOWN,
    JOB_OF,
};

#define JOB_LEASE                                                                                                      \
    "UPDATE job j SET state=1, fence=nextval('job_fence'), claims=claims+1, lease_until=now()+$4*interval '1 ms',"     \
    " lease_home=$5, lease_boot=$6 FROM ready WHERE j.workspace_id=$1 AND j.id=ready.id"                               \
    " RETURNING j.id, j.queue, j.object_id, j.source_id, j.arg, j.fence, j.failures, j.priority"
#define JOB_NOW_MS "(extract(epoch FROM clock_timestamp())*1000)::bigint"
/* The event (store/event_store.h) of what is in `gone`. */
#define JOB_DEAD_TOLD                                                                                                  \
    ", told AS (INSERT INTO event (workspace_id, id, type, object_id, at)"                                             \
    " SELECT workspace_id, gen_random_uuid(), 'job.dead', id, " JOB_NOW_MS " FROM gone)"
#define JOB_NO_LEASE "lease_until=NULL, lease_home=NULL, lease_boot=NULL"

#define JOB_ALL                                                                                                        \
    "(SELECT workspace_id, id, queue, object_id, source_id, arg, failures,"                                            \
    " CASE WHEN state=1 THEN 2 WHEN run_at<=now() THEN 0 ELSE 1 END AS state, 0 AS code,"                              \
    " (extract(epoch FROM run_at)*1000)::bigint AS run_at, NULL::bigint AS died_at FROM job WHERE workspace_id=$1"     \
    " UNION ALL SELECT workspace_id, id, queue, object_id, source_id, arg, failures, 3, code, NULL, died_at"           \
    " FROM job_dead WHERE workspace_id=$1) j"
#define JOB_COLUMNS "SELECT id, queue, object_id, source_id, arg, failures, state, code, run_at, died_at FROM " JOB_ALL
/* $1 workspace, $2 states, $3 queues, $4 there is a place, $5 its id, $6 limit */
#define JOB_PAGE_(op, dir)                                                                                             \
    JOB_COLUMNS " WHERE ($2::bigint[] IS NULL OR state=ANY($2)) AND ($3::text[] IS NULL OR queue=ANY($3))"             \
                " AND ($4::bigint IS NULL OR id " op " $5::uuid) ORDER BY id " dir " LIMIT $6"
#define JOB_PAGE(way) JOB_PAGE_(way)

const struct db_stmt queue_sql[] = {
    /* $1 workspace, $2 ids, $3 queues, $4 objects, $5 sources (nil: none), $6 args, $7 priorities, $8 delays in ms */
    [JOB_ADD] =
        {"job_add",
         "INSERT INTO job (workspace_id, id, queue, object_id, source_id, arg, priority, run_at)"
         " SELECT $1, u.id, u.queue, u.object_id, nullif(u.source_id, '00000000-0000-0000-0000-000000000000'::uuid), "
         "u.arg,"
         " u.priority, now()+u.delay*interval '1 ms'"
         " FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::bigint[], $7::bigint[], $8::bigint[])"
         " AS u(id, queue, object_id, source_id, arg, priority, delay)"
         " ON CONFLICT (workspace_id, queue, object_id) DO NOTHING"},
    /* $1 workspace: one claimer at a time, so that the cap per source holds */
    [JOB_LOCK] = {"job_lock", "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 7))"},
    [JOB_EXPIRE] = {"job_expire", "UPDATE job SET state=0, run_at=now(), " JOB_NO_LEASE
                                  " WHERE workspace_id=$1 AND state=1 AND lease_until<now()"},
    /* $1 workspace, $2 most claims, $3 code: jobs whose worker keeps dying */
    [JOB_POISON] =
        {"job_poison",
         "WITH gone AS (DELETE FROM job WHERE workspace_id=$1 AND state=0 AND claims>=$2 RETURNING *)" JOB_DEAD_TOLD
         " INSERT INTO job_dead (workspace_id, id, queue, object_id, source_id, arg, priority, failures, code, died_at)"
         " SELECT workspace_id, id, queue, object_id, source_id, arg, priority, failures, $3, " JOB_NOW_MS
         " FROM gone"},
    /* $1 workspace, $2 queues, $3 limit, $4 lease ms, $5 home, $6 boot, $7 least priority; not those that JOB_POISON takes */
    [JOB_CLAIM] = {"job_claim",
                   "WITH ready AS MATERIALIZED (SELECT id FROM job WHERE workspace_id=$1 AND state=0 AND run_at<=now()"
                   " AND queue=ANY($2::text[]) AND priority>=$7 AND claims<$8 ORDER BY priority DESC, id LIMIT $3"
                   " FOR UPDATE SKIP LOCKED) " JOB_LEASE},
    /* $1..$6 as above, $7 most leased jobs of one source, $8 how far to look */
    [JOB_CLAIM_CAP] =
        {"job_claim_cap",
         "WITH busy AS (SELECT source_id, count(*) AS n FROM job WHERE workspace_id=$1 AND state=1 GROUP BY source_id),"
         " near AS (SELECT id, source_id, priority FROM job WHERE workspace_id=$1 AND state=0 AND run_at<=now()"
         " AND queue=ANY($2::text[]) AND claims<$9 ORDER BY priority DESC, id LIMIT $8),"
         " ranked AS (SELECT id, source_id, priority, row_number() OVER (PARTITION BY source_id ORDER BY priority "
         "DESC, id)"
         " AS nth FROM near),"
         " pick AS (SELECT r.id FROM ranked r LEFT JOIN busy b ON b.source_id=r.source_id WHERE r.source_id IS NULL"
         " OR r.nth+coalesce(b.n, 0)<=$7 ORDER BY r.priority DESC, r.id LIMIT $3),"
         " ready AS MATERIALIZED (SELECT id FROM job WHERE workspace_id=$1 AND state=0 AND id IN (SELECT id FROM pick)"
         " FOR UPDATE SKIP LOCKED) " JOB_LEASE},
    /* $1 workspace, $2 ids, $3 fences */
    [JOB_DONE] = {"job_done", "DELETE FROM job USING unnest($2::uuid[], $3::bigint[]) AS u(id, fence)"
                              " WHERE workspace_id=$1 AND job.id=u.id AND job.fence=u.fence AND state=1"},
    /* $1 workspace, $2 id, $3 fence */
    [JOB_FAIL] = {"job_fail", "UPDATE job SET state=0, failures=failures+1, " JOB_NO_LEASE
                              ", run_at=now()+least(600000, 1000*2.0^failures)*(0.5+random())*interval '1 ms'"
                              " WHERE workspace_id=$1 AND id=$2 AND fence=$3 AND state=1"},
    /* $1 workspace, $2 id, $3 fence, $4 code */
    [JOB_DIE] =
        {"job_die",
         "WITH gone AS (DELETE FROM job WHERE workspace_id=$1 AND id=$2 AND fence=$3 AND state=1 RETURNING "
         "*)" JOB_DEAD_TOLD
         " INSERT INTO job_dead (workspace_id, id, queue, object_id, source_id, arg, priority, failures, code, died_at)"
         " SELECT workspace_id, id, queue, object_id, source_id, arg, priority, failures+1, $4, " JOB_NOW_MS
         " FROM gone"},
    /* $1 workspace, $2 ids, $3 fences */
    [JOB_RELEASE] = {"job_release", "UPDATE job SET state=0, run_at=now(), claims=claims-1, " JOB_NO_LEASE
                                    " FROM unnest($2::uuid[], $3::bigint[]) AS u(id, fence)"
                                    " WHERE workspace_id=$1 AND job.id=u.id AND job.fence=u.fence AND state=1"},
    /* $1 workspace, $2 id, $3 fence */
    [JOB_POSTPONE] = {"job_postpone", "UPDATE job SET state=0, claims=claims-1, " JOB_NO_LEASE
                                      ", run_at=now()+(0.5+random())*interval '1 s'"
                                      " WHERE workspace_id=$1 AND id=$2 AND fence=$3 AND state=1"},
    /* $1 workspace, $2 ids, $3 fences, $4 lease ms */
    [JOB_BEAT] = {"job_beat", "UPDATE job SET lease_until=now()+$4*interval '1 ms'"
                              " FROM unnest($2::uuid[], $3::bigint[]) AS u(id, fence)"
                              " WHERE workspace_id=$1 AND job.id=u.id AND job.fence=u.fence AND state=1"},
    /* $1 workspace, $2 home, $3 boot */
    [JOB_RECLAIM] = {"job_reclaim", "UPDATE job SET state=0, run_at=now(), " JOB_NO_LEASE
                                    " WHERE workspace_id=$1 AND state=1 AND lease_home=$2 AND lease_boot<>$3"},
    /* $1 workspace -> ready, waiting, leased, dead */
    [JOB_COUNT] =
        {"job_count",
         "SELECT count(*) FILTER (WHERE state=0 AND run_at<=now()), count(*) FILTER (WHERE state=0 AND run_at>now()),"
         " count(*) FILTER (WHERE state=1), (SELECT count(*) FROM job_dead WHERE workspace_id=$1),"
         " count(*) FILTER (WHERE queue=$2) FROM job WHERE workspace_id=$1"},
    /* $1 workspace, $2 limit */
    [JOB_DEAD_LIST] = {"job_dead_list",
                       "SELECT id, queue, object_id, source_id, arg, failures, code, died_at FROM job_dead"
                       " WHERE workspace_id=$1 ORDER BY died_at DESC, id LIMIT $2"},
    /* $1 workspace, $2 id or null for all */
    [JOB_DEAD_RETRY] =
        {"job_dead_retry",
         "WITH back AS (DELETE FROM job_dead WHERE workspace_id=$1 AND ($2::uuid IS NULL OR id=$2) RETURNING *)"
         " INSERT INTO job (workspace_id, id, queue, object_id, source_id, arg, priority)"
         " SELECT workspace_id, id, queue, object_id, source_id, arg, priority FROM back"
         " ON CONFLICT (workspace_id, queue, object_id) DO NOTHING"},
    [JOB_DEAD_DROP] = {"job_dead_drop", "DELETE FROM job_dead WHERE workspace_id=$1 AND ($2::uuid IS NULL OR id=$2)"},
    [JOB_UP] = {"job_up", JOB_PAGE(PAGE_UP)},
    [JOB_DOWN] = {"job_down", JOB_PAGE(PAGE_DOWN)},
    /* $1 workspace, $2 ids */
    [JOB_OF] = {"job_of", JOB_COLUMNS " WHERE id=ANY($2::uuid[])"},
};
const size_t queue_sql_n = sizeof queue_sql / sizeof queue_sql[0];

/* ---- adding ---- */

enum err_code job_enqueue(struct db_tx *t, const struct job_new *jobs, size_t n, struct err *e)
{
    struct arena *a;
    struct id *ids, *objects, *sources;
    int64_t *args, *priorities, *delays;
    str *queues;
    enum err_code code;

    if (n == 0)
        return ERR_OK;
    a = arena_new("job.enqueue");
    ids = ARENA_ARRAY(a, struct id, n);
    objects = ARENA_ARRAY(a, struct id, n);
    sources = ARENA_ARRAY(a, struct id, n);
    args = ARENA_ARRAY(a, int64_t, n);
    priorities = ARENA_ARRAY(a, int64_t, n);
    delays = ARENA_ARRAY(a, int64_t, n);
    queues = ARENA_ARRAY(a, str, n);
    for (size_t i = 0; i < n; i++) {
        ids[i] = id_new();
        queues[i] = str_of(jobs[i].queue);
        objects[i] = jobs[i].object;
        sources[i] = jobs[i].source;
        args[i] = jobs[i].arg;
        priorities[i] = jobs[i].priority;
        delays[i] = jobs[i].delay_ms;
    }
    code = db_send(t, &queue_sql[JOB_ADD],
                   DB_ARGS(P_ID(db_tx_workspace(t)), P_IDS(ids, n), P_TEXTS(queues, n), P_IDS(objects, n),
                           P_IDS(sources, n), P_I64S(args, n), P_I64S(priorities, n), P_I64S(delays, n)),
                   e);
    arena_free(a);
    return code;
}

/* ---- claiming ---- */

static void job_read(const struct db_rows *r, struct id workspace, struct job *out)
{
    str queue = db_bytes(r, 1);

    *out = (struct job){
        .workspace = workspace, .id = db_id(r, 0), .object = db_id(r, 2), .source = db_id(r, 3), .arg = db_i64(r, 4)};
    memcpy(out->queue, queue.p, queue.n < JOB_QUEUE_NAME_MAX ? queue.n : JOB_QUEUE_NAME_MAX);
}

struct claimed {
    struct job job;
    int64_t priority;
};

/* RETURNING promises no order. */
static int claimed_cmp(const void *x, const void *y)
{
    const struct claimed *a = x, *b = y;

    if (a->priority != b->priority)
        return a->priority > b->priority ? -1 : 1;
    return id_cmp(a->job.id, b->job.id);
}

static enum err_code claim_in(struct db_tx *t, struct job_owner who, const struct job_want *want, struct db_rows *r,
                              struct err *e)
{
    str queues[32];
    size_t n = 0;
    struct id ws = db_tx_workspace(t);

    for (; n < sizeof queues / sizeof queues[0] && want->queues[n]; n++)
        queues[n] = str_of(want->queues[n]);
    if (want->source_cap > 0 && db_send(t, &queue_sql[JOB_LOCK], DB_ARGS(P_ID(ws)), e))
        return ERR_BUSY;
    if (db_send(t, &queue_sql[JOB_EXPIRE], DB_ARGS(P_ID(ws)), e))
        return ERR_BUSY;
    if (want->source_cap > 0)
        return db_run(t, &queue_sql[JOB_CLAIM_CAP],
                      DB_ARGS(P_ID(ws), P_TEXTS(queues, n), P_I64(want->limit), P_I64(want->lease_ms), P_ID(who.home),
                              P_ID(who.boot), P_I64(want->source_cap), P_I64(CAP_SCAN), P_I64(JOB_CLAIMS_MAX)),
                      r, e);
    for (bool many = true;; many = false) {
        bool any = !many || want->many_from == 0;
        enum err_code code = db_run(t, &queue_sql[JOB_CLAIM],
                                    DB_ARGS(P_ID(ws), P_TEXTS(queues, n), P_I64(many ? want->limit : 1),
                                            P_I64(want->lease_ms), P_ID(who.home), P_ID(who.boot),
                                            P_I64(any ? PRIORITY_LEAST : want->many_from), P_I64(JOB_CLAIMS_MAX)),
                                    r, e);
        if (code || any || r->rows_n)
            return code;
        db_rows_done(r);
    }
}

/* Those whose worker keeps dying go, once there are some whose lease ran out. */
static enum err_code poison_in(struct db_tx *t, struct err *e)
{
    int64_t expired = 0;

    if (db_flush(t, &expired, e))
        return e->code;
    return expired <= 0 ? ERR_OK
                        : db_send(t, &queue_sql[JOB_POISON],
                                  DB_ARGS(P_ID(db_tx_workspace(t)), P_I64(JOB_CLAIMS_MAX), P_I64(ERR_INTERNAL)), e);
}

static void claimed_take(struct db_rows *r, struct id workspace, struct arena *a, struct job **out, size_t *out_n)
{
    struct claimed *c = ARENA_ARRAY(a, struct claimed, (size_t)r->rows_n);
    struct job *jobs = ARENA_ARRAY(a, struct job, (size_t)r->rows_n);
    size_t n = 0;

    while (db_next(r)) {
        job_read(r, workspace, &c[n].job);
        c[n].job.fence = db_i64(r, 5);
        c[n].job.failures = (int)db_i64(r, 6);
        c[n++].priority = db_i64(r, 7);
    }
    if (n > 1)
        qsort(c, n, sizeof *c, claimed_cmp);
    for (size_t i = 0; i < n; i++)
        jobs[i] = c[i].job;
    *out = jobs;
    *out_n = n;
}

enum err_code job_claim(struct db *d, struct id workspace, struct job_owner who, const struct job_want *want,
                        struct arena *a, struct job **out, size_t *out_n, struct err *e)
{
    struct db_tx *t;
    struct db_rows r;
    enum err_code code;
    struct err own = {0};

    e = e ? e : &own;
    assert(want->limit >= 1 && want->limit <= 1000 && want->lease_ms > 0);
    if (db_begin(d, workspace, TX_MS, &t, e))
        return err_wrap(e, "claim jobs");
    if (claim_in(t, who, want, &r, e)) {
        db_rollback(t);
        return err_wrap(e, "claim jobs");
    }
    if (poison_in(t, e)) {
        db_rows_done(&r);
        db_rollback(t);
        return err_wrap(e, "claim jobs");
    }
    code = db_commit(t, e); /* only a committed lease may be worked on */
    if (code)
        err_wrap(e, "claim jobs");
    else
        claimed_take(&r, workspace, a, out, out_n);
    db_rows_done(&r);
    return code;
}

/* ---- ending ---- */

struct fenced {
    struct id *ids;
    int64_t *fences;
};

static struct fenced fenced_of(const struct job *jobs, size_t n, struct arena *a)
{
    struct fenced f = {ARENA_ARRAY(a, struct id, n), ARENA_ARRAY(a, int64_t, n)};

    for (size_t i = 0; i < n; i++) {
        f.ids[i] = jobs[i].id;
        f.fences[i] = jobs[i].fence;
    }
    return f;
}

static enum err_code fenced_run(struct db_tx *t, int stmt, const struct job *jobs, size_t n, struct err *e)
{
    struct arena *a = arena_new("job.fenced");
    struct fenced f = fenced_of(jobs, n, a);
    struct db_rows r;
    enum err_code code;

    code = db_run(t, &queue_sql[stmt], DB_ARGS(P_ID(db_tx_workspace(t)), P_IDS(f.ids, n), P_I64S(f.fences, n)), &r, e);
    if (!code) {
        if (r.affected != (int64_t)n)
            code = err_set(e, ERR_CONFLICT, "%lld of %zu jobs are held by someone else now",
                           (long long)((int64_t)n - r.affected), n);
        db_rows_done(&r);
    }
    arena_free(a);
    return code;
}

enum err_code job_done(struct db_tx *t, const struct job *jobs, size_t n, struct err *e)
{
    return n ? fenced_run(t, JOB_DONE, jobs, n, e) : ERR_OK;
}

enum err_code job_release(struct db *d, const struct job *jobs, size_t n, struct err *e)
{
    struct db_tx *t;
    enum err_code code;

    if (n == 0)
        return ERR_OK;
    code = db_begin(d, jobs[0].workspace, TX_MS, &t, e);
    if (code)
        return code;
    code = fenced_run(t, JOB_RELEASE, jobs, n, e);
    if (code && code != ERR_CONFLICT) {
        db_rollback(t);
        return code;
    }
    return db_commit(t, e); /* those that were lost are not ours to give back */
}

/* One statement in a transaction of its own; *out_affected and *out may be NULL. */
static enum err_code run_alone(struct db *d, struct id workspace, int stmt, const struct db_val *v, size_t n,
                               int64_t *out_affected, struct db_rows *out, struct err *e)
{
    struct db_tx *t;
    struct db_rows r;
    enum err_code code = db_begin(d, workspace, TX_MS, &t, e);

    if (code)
        return code;
    code = db_run(t, &queue_sql[stmt], v, n, &r, e);
    if (code) {
        db_rollback(t);
        return code;
    }
    code = db_commit(t, e);
    if (out_affected && !code)
        *out_affected = r.affected;
    if (out && !code)
        *out = r;
    else
        db_rows_done(&r);
    return code;
}

enum err_code job_fail(struct db *d, const struct job *j, enum err_code why, bool permanent, struct err *e)
{
    bool dies = permanent || j->failures + 1 >= JOB_FAILURES_MAX;
    struct db_val v[] = {P_ID(j->workspace), P_ID(j->id), P_I64(j->fence), P_I64(why)};
    int64_t touched = 0;
    enum err_code code = run_alone(d, j->workspace, dies ? JOB_DIE : JOB_FAIL, v, dies ? 4 : 3, &touched, NULL, e);

    if (!code && touched != 1)
        code = err_set(e, ERR_CONFLICT, "the job is held by someone else now");
    return code;
}

enum err_code job_postpone(struct db *d, const struct job *j, struct err *e)
{
    int64_t touched = 0;
    enum err_code code = run_alone(d, j->workspace, JOB_POSTPONE,
                                   DB_ARGS(P_ID(j->workspace), P_ID(j->id), P_I64(j->fence)), &touched, NULL, e);

    if (!code && touched != 1)
        code = err_set(e, ERR_CONFLICT, "the job is held by someone else now");
    return code;
}

enum err_code job_beat(struct db *d, struct id workspace, const struct job *jobs, size_t n, int lease_ms, struct err *e)
{
    struct arena *a;
    struct fenced f;
    enum err_code code;

    if (n == 0)
        return ERR_OK;
    a = arena_new("job.beat");
    f = fenced_of(jobs, n, a);
    code = run_alone(d, workspace, JOB_BEAT,
                     DB_ARGS(P_ID(workspace), P_IDS(f.ids, n), P_I64S(f.fences, n), P_I64(lease_ms)), NULL, NULL, e);
    arena_free(a);
    return code;
}

enum err_code job_reclaim(struct db *d, struct id workspace, struct job_owner who, int64_t *out_n, struct err *e)
{
    enum err_code code =
        run_alone(d, workspace, JOB_RECLAIM, DB_ARGS(P_ID(workspace), P_ID(who.home), P_ID(who.boot)), out_n, NULL, e);

    if (!code)
        code = run_alone(d, workspace, JOB_POISON, DB_ARGS(P_ID(workspace), P_I64(JOB_CLAIMS_MAX), P_I64(ERR_INTERNAL)),
                         NULL, NULL, e);
    return code;
}

/* ---- looking ---- */

enum err_code job_count(struct db *d, struct id workspace, str of, struct job_counts *out, struct err *e)
{
    struct db_rows r;
    enum err_code code = run_alone(d, workspace, JOB_COUNT, DB_ARGS(P_ID(workspace), P_TEXT(of)), NULL, &r, e);

    if (code)
        return code;
    if (db_next(&r)) {
        *out = (struct job_counts){.ready = db_i64(&r, 0),
                                   .waiting = db_i64(&r, 1),
                                   .leased = db_i64(&r, 2),
                                   .dead = db_i64(&r, 3),
                                   .of = db_i64(&r, 4)};
        out->pending = out->ready + out->waiting + out->leased;
    }
    db_rows_done(&r);
    return ERR_OK;
}

enum err_code job_dead_list(struct db *d, struct id workspace, int limit, struct arena *a, struct job_dead **out,
                            size_t *out_n, struct err *e)
{
    struct db_rows r;
    struct job_dead *dead;
    size_t n = 0;
    enum err_code code = run_alone(d, workspace, JOB_DEAD_LIST, DB_ARGS(P_ID(workspace), P_I64(limit)), NULL, &r, e);

    if (code)
        return code;
    dead = ARENA_ARRAY(a, struct job_dead, (size_t)r.rows_n);
    while (db_next(&r)) {
        job_read(&r, workspace, &dead[n].job);
        dead[n].job.failures = (int)db_i64(&r, 5);
        dead[n].code = (enum err_code)db_i64(&r, 6);
        dead[n++].died_at_ms = db_i64(&r, 7);
    }
    db_rows_done(&r);
    *out = dead;
    *out_n = n;
    return ERR_OK;
}

enum err_code job_dead_retry(struct db *d, struct id workspace, struct id job, int64_t *out_n, struct err *e)
{
    return run_alone(d, workspace, JOB_DEAD_RETRY, DB_ARGS(P_ID(workspace), P_ID_OR_NULL(job)), out_n, NULL, e);
}

enum err_code job_dead_drop(struct db *d, struct id workspace, struct id job, int64_t *out_n, struct err *e)
{
    return run_alone(d, workspace, JOB_DEAD_DROP, DB_ARGS(P_ID(workspace), P_ID_OR_NULL(job)), out_n, NULL, e);
}

static enum err_code run_in(struct db_tx *t, int stmt, struct id job, int64_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &queue_sql[stmt], DB_ARGS(P_ID(db_tx_workspace(t)), P_ID_OR_NULL(job)), &r, e))
        return e->code;
    *out_n = r.affected;
    db_rows_done(&r);
    return ERR_OK;
}

enum err_code job_dead_retry_in(struct db_tx *t, struct id job, int64_t *out_n, struct err *e)
{
    return run_in(t, JOB_DEAD_RETRY, job, out_n, e);
}

enum err_code job_dead_drop_in(struct db_tx *t, struct id job, int64_t *out_n, struct err *e)
{
    return run_in(t, JOB_DEAD_DROP, job, out_n, e);
}

/* ---- everything as a list ---- */

static void rows_read(struct db_rows *r, struct id workspace, struct arena *a, struct job_row **out, size_t *out_n)
{
    size_t n = 0;

    *out = ARENA_ARRAY(a, struct job_row, (size_t)r->rows_n + 1);
    while (db_next(r)) {
        struct job_row *row = &(*out)[n++];
        job_read(r, workspace, &row->job);
        row->job.failures = (int)db_i64(r, 5);
        row->state = (enum job_state)db_i64(r, 6);
        row->code = (enum err_code)db_i64(r, 7);
        row->run_at_ms = db_is_null(r, 8) ? CLOCK_NONE : db_i64(r, 8);
        row->died_at_ms = db_is_null(r, 9) ? CLOCK_NONE : db_i64(r, 9);
    }
    db_rows_done(r);
    *out_n = n;
}

enum err_code job_page(struct db_tx *t, struct db_val states, struct db_val queues, const struct page_want *w,
                       struct arena *a, struct job_row **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &queue_sql[w->desc ? JOB_DOWN : JOB_UP], DB_ARGS(P_ID(db_tx_workspace(t)), states, queues, P_PAGE(w)),
               &r, e))
        return e->code;
    rows_read(&r, db_tx_workspace(t), a, out, out_n);
    return ERR_OK;
}

enum err_code job_load(struct db_tx *t, const struct id *ids, size_t n, struct arena *a, struct job_row **out,
                       size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &queue_sql[JOB_OF], DB_ARGS(P_ID(db_tx_workspace(t)), P_IDS(ids, n)), &r, e))
        return e->code;
    rows_read(&r, db_tx_workspace(t), a, out, out_n);
    return ERR_OK;
}
