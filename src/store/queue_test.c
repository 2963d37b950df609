#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/thread.h"
#include "store/queue.h"
#include "store/test_home.h"

static struct test_home home;
static struct arena *mem;
static struct job_owner me;
static const char *const names[] = {"parse", "embed", NULL};

/* The result of a job: a row that must be there exactly once. */
static const struct db_stmt result_put = {"t_result",
                                          "INSERT INTO ingest_problem (workspace_id, id, code, sealed, created_at)"
                                          " VALUES ($1, $2, $3, '', 0)"};

static int64_t number(const char *sql)
{
    char out[64];
    int64_t n = -1;

    test_home_sql(&home, sql, out, sizeof out);
    if (!str_to_i64(str_of(out), &n))
        fail_msg("%s: %s", sql, out);
    return n;
}

static int clean(void **state)
{
    char out[64];

    (void)state;
    test_home_sql(&home, "DELETE FROM job; DELETE FROM job_dead; DELETE FROM ingest_problem", out, sizeof out);
    arena_reset(mem);
    me.boot = id_new();
    return 0;
}

static void enqueue(const struct job_new *jobs, size_t n)
{
    struct db_tx *t;
    struct err e;

    if (db_begin(home.db, home.workspace, 10000, &t, &e) || job_enqueue(t, jobs, n, &e))
        fail_msg("%s", e.msg);
    if (db_commit(t, &e))
        fail_msg("%s", e.msg);
}

static struct id enqueue_one(const char *queue, int priority)
{
    struct job_new j = {.queue = queue, .object = id_new(), .priority = priority};

    enqueue(&j, 1);
    return j.object;
}

static struct job *claim(int limit, int cap, int lease_ms, size_t *n)
{
    struct job_want want = {.queues = names, .limit = limit, .source_cap = cap, .lease_ms = lease_ms};
    struct job *jobs;
    struct err e;

    if (job_claim(home.db, home.workspace, me, &want, mem, &jobs, n, &e))
        fail_msg("%s", e.msg);
    return jobs;
}

/* Writes the result and completes the job in one transaction. */
static enum err_code finish(const struct job *j)
{
    struct db_tx *t;
    struct err e;
    enum err_code code;

    code = db_begin(home.db, home.workspace, 10000, &t, &e);
    if (code)
        return code;
    code = db_send(t, &result_put, DB_ARGS(P_ID(home.workspace), P_ID(id_new()), P_I64(j->arg)), &e);
    if (!code)
        code = job_done(t, j, 1, &e);
    if (code) {
        db_rollback(t);
        return code;
    }
    return db_commit(t, &e);
}

static struct job_counts counts(void)
{
    struct job_counts c;
    struct err e;

    if (job_count(home.db, home.workspace, STR("webhook"), &c, &e))
        fail_msg("%s", e.msg);
    return c;
}

static void job_comes_out_as_it_went_in(void **state)
{
    struct job_new j = {.queue = "embed", .object = id_new(), .source = id_new(), .arg = -7};
    struct job *jobs;
    size_t n;

    (void)state;
    enqueue(&j, 1);
    assert_int_equal(counts().ready, 1);
    jobs = claim(10, 0, 60000, &n);
    assert_int_equal(n, 1);
    assert_string_equal(jobs[0].queue, "embed");
    assert_true(id_eq(jobs[0].object, j.object));
    assert_true(id_eq(jobs[0].source, j.source));
    assert_true(id_eq(jobs[0].workspace, home.workspace));
    assert_int_equal(jobs[0].arg, -7);
    assert_int_equal(jobs[0].failures, 0);
    assert_int_equal(counts().leased, 1);
    assert_int_equal(counts().pending, 1);
    claim(10, 0, 60000, &n);
    assert_int_equal(n, 0);
    assert_int_equal(finish(&jobs[0]), ERR_OK);
    assert_int_equal(counts().pending, 0);
    assert_int_equal(number("SELECT count(*) FROM ingest_problem"), 1);
}

static void rolled_back_cause_leaves_no_job(void **state)
{
    struct job_new j = {.queue = "parse", .object = id_new()};
    struct db_tx *t;
    struct err e;

    (void)state;
    assert_int_equal(db_begin(home.db, home.workspace, 5000, &t, &e), ERR_OK);
    assert_int_equal(job_enqueue(t, &j, 1, &e), ERR_OK);
    db_rollback(t);
    assert_int_equal(counts().pending, 0);
}

static void same_object_twice_is_one_job(void **state)
{
    struct job_new j[2] = {{.queue = "parse", .object = id_new()}};

    (void)state;
    j[1] = j[0];
    enqueue(j, 2);
    enqueue(j, 1);
    assert_int_equal(counts().pending, 1);
    j[0].queue = "embed";
    enqueue(j, 1);
    assert_int_equal(counts().pending, 2);
}

static void urgent_then_old_ones_first(void **state)
{
    struct id a, b, c;
    struct job *jobs;
    size_t n;

    (void)state;
    a = enqueue_one("parse", 0);
    b = enqueue_one("embed", 0);
    c = enqueue_one("parse", 5);
    jobs = claim(10, 0, 60000, &n);
    assert_int_equal(n, 3);
    assert_true(id_eq(jobs[0].object, c));
    assert_true(id_eq(jobs[1].object, a));
    assert_true(id_eq(jobs[2].object, b));
}

/* Those of low priority are no company: one at a time, and not beside others. */
static void low_ones_come_alone(void **state)
{
    struct job_want want = {.queues = names, .limit = 3, .many_from = 1, .lease_ms = 60000};
    struct id low = enqueue_one("parse", 0), later = enqueue_one("parse", 0);
    struct job *jobs;
    struct err e;
    size_t n;

    (void)state;
    for (int i = 0; i < 4; i++)
        enqueue_one("parse", 1);
    for (int round = 0; round < 5; round++) {
        static const size_t takes[] = {3, 1, 1, 1, 0};
        assert_int_equal(job_claim(home.db, home.workspace, me, &want, mem, &jobs, &n, &e), ERR_OK);
        assert_int_equal(n, takes[round]);
        if (round == 2 || round == 3)
            assert_true(id_eq(jobs[0].object, round == 2 ? low : later));
    }
}

static void delayed_job_waits(void **state)
{
    struct job_new j = {.queue = "parse", .object = id_new(), .delay_ms = 3600000};
    size_t n;

    (void)state;
    enqueue(&j, 1);
    claim(10, 0, 60000, &n);
    assert_int_equal(n, 0);
    assert_int_equal(counts().waiting, 1);
    assert_int_equal(counts().pending, 1);
}

static void source_cap_holds_over_claims(void **state)
{
    struct job_new jobs[30];
    struct id busy = id_new(), calm = id_new();
    struct job *got;
    size_t n, of_busy = 0;

    (void)state;
    for (int i = 0; i < 30; i++)
        jobs[i] = (struct job_new){.queue = "parse",
                                   .object = id_new(),
                                   .source = i < 20   ? busy
                                             : i < 25 ? calm
                                                      : ID_NIL};
    enqueue(jobs, 30);
    got = claim(100, 3, 60000, &n);
    assert_int_equal(n, 3 + 3 + 5); /* jobs without a source know no cap */
    for (size_t i = 0; i < n; i++)
        of_busy += id_eq(got[i].source, busy);
    assert_int_equal(of_busy, 3);
    claim(100, 3, 60000, &n);
    assert_int_equal(n, 0);
    for (size_t i = 0; i < 11; i++)
        if (id_eq(got[i].source, busy)) {
            assert_int_equal(finish(&got[i]), ERR_OK);
            break;
        }
    claim(100, 3, 60000, &n);
    assert_int_equal(n, 1);
}

static void stale_token_writes_nothing(void **state)
{
    struct job *first, *second;
    char out[64];
    struct err e;
    size_t n;

    (void)state;
    enqueue_one("parse", 0);
    first = claim(1, 0, 60000, &n);
    assert_int_equal(n, 1);
    /* the first worker is stopped long enough; the clock that counts is the database's */
    test_home_sql(&home, "UPDATE job SET lease_until = now() - interval '1 s'", out, sizeof out);
    second = claim(1, 0, 60000, &n);
    assert_int_equal(n, 1);
    assert_true(second[0].fence > first[0].fence);
    assert_int_equal(finish(&first[0]), ERR_CONFLICT);
    assert_int_equal(number("SELECT count(*) FROM ingest_problem"), 0);
    assert_int_equal(job_fail(home.db, &first[0], ERR_IO, false, &e), ERR_CONFLICT);
    assert_int_equal(job_fail(home.db, &first[0], ERR_IO, true, &e), ERR_CONFLICT);
    assert_int_equal(job_release(home.db, first, 1, &e), ERR_OK);
    assert_int_equal(counts().leased, 1);
    assert_int_equal(finish(&second[0]), ERR_OK);
    assert_int_equal(finish(&second[0]), ERR_CONFLICT);
    assert_int_equal(number("SELECT count(*) FROM ingest_problem"), 1);
}

static void heartbeat_keeps_the_leases_in_hand(void **state)
{
    struct job *jobs;
    struct job_want want = {.queues = names, .limit = 3, .lease_ms = 1000};
    struct err e;
    size_t n;

    (void)state;
    for (int i = 0; i < 3; i++)
        enqueue_one("parse", 0);
    assert_int_equal(job_claim(home.db, home.workspace, me, &want, mem, &jobs, &n, &e), ERR_OK);
    assert_int_equal(n, 3);
    jobs[1].fence--; /* a lease somebody else took meanwhile */
    assert_int_equal(job_beat(home.db, home.workspace, jobs, 2, 3600000, &e), ERR_OK);
    assert_int_equal(number("SELECT count(*) FROM job WHERE lease_until > now() + interval '50 min'"), 1);
    assert_int_equal(job_beat(home.db, home.workspace, NULL, 0, 3600000, &e), ERR_OK);
    assert_int_equal(number("SELECT count(*) FROM job WHERE lease_until > now() + interval '50 min'"), 1);
}

static void postponed_job_has_not_failed(void **state)
{
    struct job *jobs;
    struct err e;
    size_t n;

    (void)state;
    enqueue_one("parse", 0);
    jobs = claim(1, 0, 60000, &n);
    assert_int_equal(job_postpone(home.db, &jobs[0], &e), ERR_OK);
    assert_int_equal(number("SELECT count(*) FROM job WHERE state=0 AND failures=0 AND claims=0 AND lease_until IS NULL"
                            " AND run_at BETWEEN now() AND now() + interval '1.5 s'"),
                     1);
    assert_int_equal(job_postpone(home.db, &jobs[0], &e), ERR_CONFLICT);
}

static void failing_job_waits_longer_and_dies_at_last(void **state)
{
    struct job_dead *dead;
    struct job *jobs;
    char out[64];
    struct err e;
    int64_t moved = 0;
    size_t n;

    (void)state;
    enqueue_one("parse", 0);
    for (int i = 0; i < JOB_FAILURES_MAX; i++) {
        int64_t base = 1000ll << i;

        jobs = claim(1, 0, 60000, &n);
        assert_int_equal(n, 1);
        assert_int_equal(jobs[0].failures, i);
        assert_int_equal(job_fail(home.db, &jobs[0], ERR_CORRUPT, false, &e), ERR_OK);
        if (i + 1 == JOB_FAILURES_MAX)
            break;
        /* between half and one and a half of the pause, less the time since */
        snprintf(out, sizeof out, "%lld", (long long)base);
        assert_in_range(number("SELECT (extract(epoch FROM run_at-now())*1000)::bigint FROM job"), base / 2 - 500,
                        base * 3 / 2);
        claim(1, 0, 60000, &n);
        assert_int_equal(n, 0);
        test_home_sql(&home, "UPDATE job SET run_at=now()", out, sizeof out);
    }
    assert_int_equal(counts().pending, 0);
    assert_int_equal(counts().dead, 1);
    assert_int_equal(job_dead_list(home.db, home.workspace, 10, mem, &dead, &n, &e), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(dead[0].code, ERR_CORRUPT);
    assert_int_equal(dead[0].job.failures, JOB_FAILURES_MAX);
    assert_string_equal(dead[0].job.queue, "parse");
    assert_in_range(dead[0].died_at_ms, clock_now_ms() - 60000, clock_now_ms() + 60000);
    assert_int_equal(job_dead_retry(home.db, home.workspace, dead[0].job.id, &moved, &e), ERR_OK);
    assert_int_equal(moved, 1);
    jobs = claim(1, 0, 60000, &n);
    assert_int_equal(n, 1);
    assert_int_equal(jobs[0].failures, 0);
    assert_int_equal(job_fail(home.db, &jobs[0], ERR_INVALID, true, &e), ERR_OK); /* hopeless: at once */
    assert_int_equal(counts().dead, 1);
    assert_int_equal(job_dead_drop(home.db, home.workspace, ID_NIL, &moved, &e), ERR_OK);
    assert_int_equal(moved, 1);
    assert_int_equal(counts().dead, 0);
}

static void released_job_is_untouched(void **state)
{
    struct job *jobs;
    struct err e;
    size_t n;

    (void)state;
    enqueue_one("parse", 0);
    jobs = claim(1, 0, 60000, &n);
    assert_int_equal(job_release(home.db, jobs, 1, &e), ERR_OK);
    assert_int_equal(number("SELECT count(*) FROM job WHERE state=0 AND failures=0 AND claims=0"), 1);
}

static void next_start_takes_back_what_the_dead_one_held(void **state)
{
    struct job_owner next = {.home = me.home, .boot = id_new()}, stranger = {.home = id_new(), .boot = id_new()};
    struct err e;
    int64_t back = 0;
    size_t n;

    (void)state;
    enqueue_one("parse", 0);
    claim(1, 0, 3600000, &n);
    assert_int_equal(job_reclaim(home.db, home.workspace, stranger, &back, &e), ERR_OK);
    assert_int_equal(back, 0);
    assert_int_equal(job_reclaim(home.db, home.workspace, me, &back, &e), ERR_OK);
    assert_int_equal(back, 0);
    assert_int_equal(job_reclaim(home.db, home.workspace, next, &back, &e), ERR_OK);
    assert_int_equal(back, 1);
    assert_int_equal(counts().ready, 1);
}

static void job_that_kills_every_worker_ends_as_dead_letter(void **state)
{
    char out[64];
    struct err e;
    size_t n;

    (void)state;
    enqueue_one("parse", 0);
    claim(1, 0, 3600000, &n);
    test_home_sql(&home, "UPDATE job SET claims=200", out, sizeof out);
    me.boot = id_new();
    assert_int_equal(job_reclaim(home.db, home.workspace, me, NULL, &e), ERR_OK);
    assert_int_equal(counts().dead, 1);
    assert_int_equal(counts().pending, 0);
}

/* ---- workers side by side, and one that dies ---- */

struct worker {
    struct thread t;
    int done, lost;
};

static void worker_run(void *arg)
{
    struct worker *w = arg;
    struct job_owner who = {.home = me.home, .boot = id_new()};
    struct job_want want = {.queues = names, .limit = 7, .lease_ms = 60000};
    struct arena *a = arena_new("worker");
    struct job *jobs;
    size_t n = 0;

    for (int idle = 0; idle < 3;) {
        if (job_claim(home.db, home.workspace, who, &want, a, &jobs, &n, NULL))
            continue;
        idle = n ? 0 : idle + 1;
        for (size_t i = 0; i < n; i++)
            if (finish(&jobs[i]) == ERR_OK)
                w->done++;
            else
                w->lost++;
        arena_reset(a);
    }
    arena_free(a);
}

static void two_workers_never_do_one_job_twice(void **state)
{
    enum { N = 300 };
    struct job_new jobs[N];
    struct worker w[2] = {0};

    (void)state;
    for (int i = 0; i < N; i++)
        jobs[i] = (struct job_new){.queue = i % 2 ? "parse" : "embed", .object = id_new(), .arg = i};
    enqueue(jobs, N);
    for (int i = 0; i < 2; i++)
        assert_int_equal(thread_start(&w[i].t, "worker", worker_run, &w[i], NULL), ERR_OK);
    for (int i = 0; i < 2; i++)
        thread_join(&w[i].t);
    assert_int_equal(w[0].done + w[1].done, N);
    assert_int_equal(w[0].lost + w[1].lost, 0);
    assert_int_equal(number("SELECT count(DISTINCT code) FROM ingest_problem"), N);
    assert_int_equal(number("SELECT count(*) FROM ingest_problem"), N);
}

/* A process is killed again and again between claim and completion; each job has its effect exactly once. */
static void killed_worker_loses_and_doubles_nothing(void **state)
{
    enum { N = 200, ROUNDS = 5 };
    struct db_config dc = {.conninfo = cluster_conninfo(home.cluster, CLUSTER_APP), .connections = 1};
    struct job_new jobs[N];
    struct worker w = {0};

    (void)state;
    for (int i = 0; i < N; i++)
        jobs[i] = (struct job_new){.queue = "parse", .object = id_new(), .arg = i};
    enqueue(jobs, N);
    for (int round = 0; round < ROUNDS; round++) {
        pid_t pid = fork();

        if (pid == 0) { /* connections of its own */
            home.db = db_new(&dc);
            worker_run(&w);
            _exit(0);
        }
        usleep(20000u + 15000u * (unsigned)round);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        me.boot = id_new();
        assert_int_equal(job_reclaim(home.db, home.workspace, me, NULL, NULL), ERR_OK);
    }
    worker_run(&w);
    assert_int_equal(counts().pending, 0);
    assert_int_equal(number("SELECT count(*) FROM ingest_problem"), N);
    assert_int_equal(number("SELECT count(DISTINCT code) FROM ingest_problem"), N);
}

/* Process ids of the server: the postmaster first, then what it started. 0 when it is down. */
static size_t server_pids(pid_t *out, size_t cap)
{
    pid_t master = cluster_pid(home.cluster);
    char path[64], line[1024] = "";
    size_t n = 0;
    str rest;
    FILE *f;

    if (master <= 1)
        return 0;
    out[n++] = master;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", master, master);
    f = fopen(path, "r");
    if (f && !fgets(line, sizeof line, f))
        line[0] = '\0';
    if (f)
        fclose(f);
    rest = str_of(line);
    while (rest.n && n < cap) {
        int64_t pid;

        if (str_to_i64(str_cut(rest, ' ', &rest), &pid) && pid > 1)
            out[n++] = (pid_t)pid;
    }
    return n;
}

/* Any process of the server, at any moment. Workers only ever see errors they may try again after. */
static void server_killed_under_load_loses_and_doubles_nothing(void **state)
{
    enum { N = 3000, KILLS = 12 };
    struct job_new *jobs = ARENA_ARRAY(mem, struct job_new, N);
    struct worker w[2] = {0};
    unsigned seed = 12345;

    (void)state;
    for (int i = 0; i < N; i++)
        jobs[i] = (struct job_new){.queue = "parse", .object = id_new(), .arg = i};
    enqueue(jobs, N);
    for (int i = 0; i < 2; i++)
        assert_int_equal(thread_start(&w[i].t, "worker", worker_run, &w[i], NULL), ERR_OK);
    for (int i = 0; i < KILLS; i++) {
        pid_t pids[64];
        size_t n;

        usleep(100000 + (useconds_t)(rand_r(&seed) % 200000));
        n = server_pids(pids, 64);
        if (n > 0)
            kill(pids[i % 4 == 0 ? 0 : (size_t)rand_r(&seed) % n], SIGKILL);
    }
    for (int i = 0; i < 2; i++)
        thread_join(&w[i].t);
    me.boot = id_new(); /* leases whose claim was committed but not heard of */
    while (job_reclaim(home.db, home.workspace, me, NULL, NULL))
        usleep(10000);
    worker_run(&w[0]);
    assert_int_equal(counts().pending, 0);
    assert_int_equal(number("SELECT count(*) FROM ingest_problem"), N);
    assert_int_equal(number("SELECT count(DISTINCT code) FROM ingest_problem"), N);
}

/* Printed, not asserted. */
static void speed_is_printed(void **state)
{
    enum { N = 20000, BATCH = 500 };
    struct job_new *jobs = ARENA_ARRAY(mem, struct job_new, N);
    struct job *got;
    struct err e;
    size_t n = 0, done = 0;
    int64_t from = clock_mono_us(), us;

    (void)state;
    for (int i = 0; i < N; i++)
        jobs[i] = (struct job_new){.queue = "parse", .object = id_new()};
    for (int i = 0; i < N; i += 1000)
        enqueue(jobs + i, 1000);
    us = clock_mono_us() - from;
    print_message("enqueue, 1000 a transaction: %lld jobs/s\n", N * 1000000ll / us);
    from = clock_mono_us();
    while ((got = claim(BATCH, 0, 60000, &n)), n) {
        struct db_tx *t;

        if (db_begin(home.db, home.workspace, 10000, &t, &e) || job_done(t, got, n, &e) || db_commit(t, &e))
            fail_msg("%s", e.msg);
        done += n;
    }
    us = clock_mono_us() - from;
    assert_int_equal(done, N);
    print_message("claim and complete, %d a transaction: %lld jobs/s\n", BATCH, N * 1000000ll / us);
    clean(NULL);
    jobs = ARENA_ARRAY(mem, struct job_new, 1000);
    for (int i = 0; i < 1000; i++)
        jobs[i] = (struct job_new){.queue = "parse", .object = id_new()};
    enqueue(jobs, 1000);
    got = claim(1000, 0, 60000, &n);
    from = clock_mono_us();
    for (size_t i = 0; i < 500; i++)
        assert_int_equal(finish(&got[i]), ERR_OK);
    us = clock_mono_us() - from;
    print_message("result and completion, one a transaction, one thread: %lld jobs/s\n", 500 * 1000000ll / us);
}

static int setup(void **state)
{
    (void)state;
    test_home_new(&home);
    mem = arena_new("test");
    me = (struct job_owner){.home = id_new(), .boot = id_new()};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(mem);
    test_home_free(&home);
    return 0;
}

#define TEST(f) cmocka_unit_test_setup(f, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(job_comes_out_as_it_went_in),
        TEST(rolled_back_cause_leaves_no_job),
        TEST(same_object_twice_is_one_job),
        TEST(urgent_then_old_ones_first),
        TEST(low_ones_come_alone),
        TEST(delayed_job_waits),
        TEST(source_cap_holds_over_claims),
        TEST(stale_token_writes_nothing),
        TEST(heartbeat_keeps_the_leases_in_hand),
        TEST(postponed_job_has_not_failed),
        TEST(failing_job_waits_longer_and_dies_at_last),
        TEST(released_job_is_untouched),
        TEST(next_start_takes_back_what_the_dead_one_held),
        TEST(job_that_kills_every_worker_ends_as_dead_letter),
        TEST(two_workers_never_do_one_job_twice),
        TEST(killed_worker_loses_and_doubles_nothing),
        TEST(server_killed_under_load_loses_and_doubles_nothing),
        TEST(speed_is_printed),
    };
    return cmocka_run_group_tests_name("queue", tests, setup, teardown);
}
