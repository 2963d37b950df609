/* store/queue.h - work to do, kept in PostgreSQL.
 *
 * A job is enqueued in the transaction of its cause, claimed under a lease with a fencing token, and completed in the
 * transaction of its result: job_done deletes the row only while the token is still the newest, otherwise it answers
 * ERR_CONFLICT and the caller rolls back. So a result is there exactly once, whoever dies when.
 *
 * A lease is valid for lease_ms by the database's clock; job_beat extends those of jobs in hand. Failure puts a job back
 * with a growing, jittered pause; after JOB_FAILURES_MAX failures it is a dead letter, which can be listed and retried. One
 * dispatcher thread should claim in bulk and hand out in memory: many claimers only get in each other's way. */
#pragma once
#include "store/page.h"

enum { JOB_FAILURES_MAX = 8, JOB_CLAIMS_MAX = 200, JOB_QUEUE_NAME_MAX = 31 };

/* Who holds leases: `home` is stable for one installation, `boot` is new for each process. */
struct job_owner {
    struct id home, boot;
};

struct job_new {
    const char *queue;  /* static name: "parse", "embed" */
    struct id
        object; /* what it is about; with `queue` unique among jobs that are not finished: a second one is a no-op */
    struct id source; /* for the cap per source; nil: none */
    int priority; /* higher first; 0 normal */
    int64_t delay_ms; /* not before now + delay */
    int64_t arg; /* one number for the stage */
};
/* Queues the inserts on the transaction (db_send). Who works on them is woken by the caller (pipeline/worker.h), or finds
 * them by looking. */
enum err_code job_enqueue(struct db_tx *t, const struct job_new *jobs, size_t n, struct err *e);

struct job {
    struct id workspace, id, object, source;
    char queue[JOB_QUEUE_NAME_MAX + 1];
    int64_t arg;
    int64_t fence; /* the lease's token */
    int failures; /* before this try */
};
struct job_want {
    const char *const *queues; /* names, the first ones are not preferred; NULL-terminated */
    int limit; /* most jobs to claim, 1..1000 */
    int many_from; /* jobs of a lower priority than this come alone; 0: all may come together */
    int source_cap; /* most leased jobs of one source; 0: no cap */
    int lease_ms;
};
/* Claims ready jobs of a workspace, highest priority first, oldest first. In a transaction of its own. Also puts back jobs
 * whose lease ran out. */
enum err_code job_claim(struct db *d, struct id workspace, struct job_owner who, const struct job_want *want,
                        struct arena *a, struct job **out, size_t *out_n, struct err *e);
/* In the transaction of the result; the last call before db_commit. ERR_CONFLICT: the lease was lost, roll back. */
enum err_code job_done(struct db_tx *t, const struct job *jobs, size_t n, struct err *e);
/* In a transaction of its own. `code` is the reason; permanent: a dead letter at once. Backoff: 1 s * 2^failures up to
 * 10 min, times 0.5..1.5. ERR_CONFLICT: the lease was lost, nothing done. */
enum err_code job_fail(struct db *d, const struct job *j, enum err_code code, bool permanent, struct err *e);
/* Gives a job back untouched (drain). */
enum err_code job_release(struct db *d, const struct job *jobs, size_t n, struct err *e);
/* Gives one back for about a second (half to one and a half): something it needs is not there just now, which is no failure
 * of the job's. ERR_CONFLICT as job_fail. */
enum err_code job_postpone(struct db *d, const struct job *j, struct err *e);
/* Extends the leases of these jobs; those that were lost are passed over. Name only what is being worked on: a lease whose
 * taking or giving back went wrong half-way must run out. */
enum err_code job_beat(struct db *d, struct id workspace, const struct job *jobs, size_t n, int lease_ms,
                       struct err *e);
/* At start: puts back at once what earlier processes of this installation held. *out_n may be NULL. */
enum err_code job_reclaim(struct db *d, struct id workspace, struct job_owner who, int64_t *out_n, struct err *e);

struct job_counts {
    int64_t ready, waiting, leased, dead; /* waiting: not before a later time */
    int64_t pending; /* ready + waiting + leased: jobs not finished */
    int64_t of; /* those of them in the queue `of` */
};
enum err_code job_count(struct db *d, struct id workspace, str of, struct job_counts *out, struct err *e);

struct job_dead {
    struct job job;
    enum err_code code;
    int64_t died_at_ms;
};
enum err_code job_dead_list(struct db *d, struct id workspace, int limit, struct arena *a, struct job_dead **out,
                            size_t *out_n, struct err *e);
/* Back to the queue with a clean record; nil: all. */
enum err_code job_dead_retry(struct db *d, struct id workspace, struct id job, int64_t *out_n, struct err *e);
enum err_code job_dead_drop(struct db *d, struct id workspace, struct id job, int64_t *out_n, struct err *e);

/* The same inside a caller's transaction. */
enum err_code job_dead_retry_in(struct db_tx *t, struct id job, int64_t *out_n, struct err *e);
enum err_code job_dead_drop_in(struct db_tx *t, struct id job, int64_t *out_n, struct err *e);

/* What is to do and what was given up, as one list by age. */
enum job_state { JOB_READY, JOB_WAITING, JOB_LEASED, JOB_DEAD };
struct job_row {
    struct job job; /* without fence */
    enum job_state state;
    enum err_code code; /* dead ones */
    int64_t run_at_ms; /* not before; CLOCK_NONE for dead ones */
    int64_t died_at_ms; /* CLOCK_NONE for others */
};
/* `states`: bigint[] of enum job_state, or null; `queues`: text[] or null. The place is the id alone: ids grow with time. */
enum err_code job_page(struct db_tx *t, struct db_val states, struct db_val queues, const struct page_want *w,
                       struct arena *a, struct job_row **out, size_t *out_n, struct err *e);
enum err_code job_load(struct db_tx *t, const struct id *ids, size_t n, struct arena *a, struct job_row **out,
                       size_t *out_n, struct err *e);

extern const struct db_stmt queue_sql[];
extern const size_t queue_sql_n;
