#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/fs.h"
#include "store/test_home.h"

static struct test_home home;
static const struct db_stmt one = {"test_one", "SELECT 1::bigint"};

/* The first answer the pool gives again, at most 10 s from now. */
static bool answers_again(struct db *d)
{
    int64_t end = clock_mono_ms() + 10000;

    while (clock_mono_ms() < end) {
        if (db_ping(d, 2000, NULL) == ERR_OK)
            return true;
        usleep(10000);
    }
    return false;
}

static void wait_restart(int before)
{
    int64_t end = clock_mono_ms() + 10000;

    while (cluster_restarts(home.cluster) <= before && clock_mono_ms() < end)
        usleep(5000);
    assert_true(cluster_restarts(home.cluster) > before);
}

static void server_runs_unprivileged_in_closed_folders(void **state)
{
    struct stat st;
    char path[64];

    (void)state;
    snprintf(path, sizeof path, "/proc/%d", cluster_pid(home.cluster));
    assert_int_equal(stat(path, &st), 0);
    if (geteuid() == 0)
        assert_int_not_equal(st.st_uid, 0);
    assert_int_equal(stat(home.dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(stat(home.pg, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
}

static void server_listens_on_no_network(void **state)
{
    char out[256];

    (void)state;
    test_home_sql(&home, "SHOW listen_addresses", out, sizeof out);
    assert_string_equal(out, "");
    test_home_sql(&home,
                  "SELECT string_agg(name||'='||setting, ' ' ORDER BY name) FROM pg_settings WHERE name IN "
                  "('fsync','data_checksums','log_statement','log_min_error_statement','log_error_verbosity',"
                  "'log_parameter_max_length')",
                  out, sizeof out);
    assert_string_equal(out, "data_checksums=on fsync=on log_error_verbosity=terse log_min_error_statement=panic "
                             "log_parameter_max_length=0 log_statement=none");
}

static void failing_statements_leave_no_trace_in_log(void **state)
{
    struct arena *a = arena_new("test");
    char out[256], path[400];
    str log;

    (void)state;
    test_home_sql(&home, "SELECT 'canary-stmt-8412'::uuid", out, sizeof out);
    assert_true(str_starts(str_of(out), STR("error:")));
    test_home_sql(&home, "DO $$ BEGIN RAISE EXCEPTION 'canary-stmt-8412'; END $$", out, sizeof out);
    assert_true(str_starts(str_of(out), STR("error:")));
    snprintf(path, sizeof path, "%s/server.log", home.pg);
    assert_int_equal(fs_read(path, 1 << 22, a, &log, NULL), ERR_OK);
    assert_false(str_contains(log, STR("8412")));
    arena_free(a);
}

static void backend_killed_loses_only_its_transaction(void **state)
{
    struct db_tx *t;
    struct db_rows r;
    struct err e;
    char out[64], sql[128];
    enum err_code code;

    (void)state;
    assert_int_equal(db_begin(home.db, home.workspace, 5000, &t, &e), ERR_OK);
    assert_int_equal(db_run(t, &one, DB_NO_ARGS, &r, &e), ERR_OK);
    db_rows_done(&r);
    snprintf(sql, sizeof sql,
             "SELECT pid FROM pg_stat_activity WHERE usename='harken_app' AND state='idle in transaction'");
    test_home_sql(&home, sql, out, sizeof out);
    assert_int_equal(kill((pid_t)strtol(out, NULL, 10), SIGKILL), 0);
    usleep(20000);
    code = db_run(t, &one, DB_NO_ARGS, &r, &e);
    assert_true(code == ERR_BUSY);
    db_rollback(t);
    assert_true(answers_again(home.db));
}

static void postmaster_killed_is_restarted(void **state)
{
    int before = cluster_restarts(home.cluster);

    (void)state;
    assert_int_equal(kill(cluster_pid(home.cluster), SIGKILL), 0);
    wait_restart(before);
    assert_true(answers_again(home.db));
}

static void second_start_on_same_folder_is_refused(void **state)
{
    struct cluster_config cc = {.dir = home.pg};
    int status;
    pid_t pid = fork(); /* the lock is between processes */

    (void)state;
    if (pid == 0) {
        struct cluster *c;

        _exit(cluster_start(&cc, &c, NULL) == ERR_BUSY ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
}

/* A harken that is killed leaves a server that is told to stop by the kernel; the next start must not wait long. */
static void killed_owner_is_followed_quickly(void **state)
{
    struct cluster_config cc = {.dir = home.pg};
    int ready[2];
    pid_t pid;
    int64_t from;
    char byte;

    (void)state;
    for (int round = 0; round < 3; round++) {
        test_home_down(&home);
        assert_int_equal(pipe(ready), 0);
        pid = fork();
        if (pid == 0) {
            struct cluster *c;

            if (cluster_start(&cc, &c, NULL) || write(ready[1], "x", 1) != 1)
                _exit(1);
            pause();
        }
        close(ready[1]);
        assert_int_equal(read(ready[0], &byte, 1), 1);
        close(ready[0]);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        from = clock_mono_ms();
        test_home_up(&home);
        print_message("start after kill -9 of the owner: %lld ms\n", (long long)(clock_mono_ms() - from));
        assert_true(clock_mono_ms() - from < 10000);
    }
}

/* Killed during the first start, at many moments: the next start makes a whole cluster. */
static void first_start_survives_kill(void **state)
{
    char dir[] = "/tmp/harken-first-XXXXXX", pg[64], cmd[96];
    struct cluster_config cc = {.dir = pg};
    struct cluster *c = NULL;
    struct err e = {0};

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(pg, sizeof pg, "%s/pg", dir);
    for (int ms = 30; ms < 1500; ms = ms * 2) {
        pid_t pid = fork();

        if (pid == 0) {
            cluster_start(&cc, &c, NULL);
            pause();
        }
        usleep((useconds_t)ms * 1000);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    if (cluster_start(&cc, &c, &e))
        fail_msg("%s", e.msg);
    cluster_stop(c);
    snprintf(cmd, sizeof cmd, "rm -rf %s", dir);
    assert_int_equal(system(cmd), 0); // NOLINT(cert-env33-c): our own folder, in a test
}

static void long_folder_names_do_not_matter(void **state)
{
    char dir[] = "/tmp/harken-long-XXXXXX", pg[400], cmd[96];
    struct cluster_config cc = {.dir = pg};
    struct cluster *c = NULL;
    struct err e = {0};

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(pg, sizeof pg, "%s/%0120d/%0100d/it's, here/pg", dir, 1, 2);
    if (cluster_start(&cc, &c, &e))
        fail_msg("%s", e.msg);
    assert_true(cluster_running(c));
    cluster_stop(c);
    snprintf(cmd, sizeof cmd, "rm -rf %s", dir);
    assert_int_equal(system(cmd), 0); // NOLINT(cert-env33-c): our own folder, in a test
}

static int setup(void **state)
{
    int64_t from = clock_mono_ms();

    (void)state;
    test_home_new(&home);
    print_message("first start with schema, keys and workspace: %lld ms\n", (long long)(clock_mono_ms() - from));
    test_home_down(&home);
    from = clock_mono_ms();
    test_home_up(&home);
    print_message("second start: %lld ms\n", (long long)(clock_mono_ms() - from));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_home_free(&home);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_runs_unprivileged_in_closed_folders),
        cmocka_unit_test(server_listens_on_no_network),
        cmocka_unit_test(failing_statements_leave_no_trace_in_log),
        cmocka_unit_test(backend_killed_loses_only_its_transaction),
        cmocka_unit_test(postmaster_killed_is_restarted),
        cmocka_unit_test(second_start_on_same_folder_is_refused),
        cmocka_unit_test(killed_owner_is_followed_quickly),
        cmocka_unit_test(first_start_survives_kill),
        cmocka_unit_test(long_folder_names_do_not_matter),
    };
    return cmocka_run_group_tests_name("cluster", tests, setup, teardown);
}
