#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/migrate.h"
#include "store/test_home.h"

static struct test_home home;

enum { STEPS_MAX = 64 };
static struct sql_step steps[STEPS_MAX];
static int steps_n;

static enum err_code run(int *applied, struct err *e)
{
    return migrate_run_steps(cluster_conninfo(home.cluster, CLUSTER_OWNER), steps, applied, e);
}

static int reset(void **state)
{
    (void)state;
    memset(steps, 0, sizeof steps);
    for (steps_n = 0; sql_steps[steps_n].number; steps_n++)
        steps[steps_n] = sql_steps[steps_n];
    return 0;
}

static void second_run_applies_nothing(void **state)
{
    struct err e;
    int applied = -1;

    (void)state;
    assert_int_equal(run(&applied, &e), ERR_OK);
    assert_int_equal(applied, 0);
}

static void changed_step_is_refused(void **state)
{
    struct err e;

    (void)state;
    steps[0].sql = "SELECT 1";
    assert_int_equal(run(NULL, &e), ERR_CORRUPT);
    assert_non_null(strstr(e.msg, "0001_core"));
}

static void older_program_refuses_newer_schema(void **state)
{
    struct err e;

    (void)state;
    memset(&steps[steps_n - 1], 0, sizeof steps[0]);
    assert_int_equal(run(NULL, &e), ERR_UNSUPPORTED);
    assert_non_null(strstr(e.msg, "newer"));
}

static void failing_step_leaves_nothing_behind(void **state)
{
    struct err e;
    char out[64];
    int applied = -1;

    (void)state;
    steps[steps_n] = (struct sql_step){9001, "9001_bad", "CREATE TABLE half (x int); SELECT 1/0"};
    assert_int_equal(run(NULL, &e), ERR_INTERNAL);
    test_home_sql(&home, "SELECT count(*) FROM pg_class WHERE relname='half'", out, sizeof out);
    assert_string_equal(out, "0");
    steps[steps_n].sql = "CREATE TABLE half (x int)"; /* repaired: goes on from there */
    assert_int_equal(run(&applied, &e), ERR_OK);
    assert_int_equal(applied, 1);
    test_home_sql(&home, "SELECT tableowner FROM pg_tables WHERE tablename='half'", out, sizeof out);
    assert_string_equal(out, "harken_owner");
    test_home_sql(&home, "DROP TABLE half; DELETE FROM schema_step WHERE name='9001_bad'", out, sizeof out);
}

static void a_gap_in_the_numbers_is_filled_later(void **state)
{
    struct err e;
    char out[64];
    int applied = -1;

    (void)state;
    steps[steps_n] = (struct sql_step){9003, "9003_late", "CREATE TABLE late (x int)"};
    assert_int_equal(run(&applied, &e), ERR_OK);
    steps[steps_n + 1] = steps[steps_n];
    steps[steps_n] = (struct sql_step){9002, "9002_gap", "CREATE TABLE gap (x int)"};
    assert_int_equal(run(&applied, &e), ERR_OK);
    assert_int_equal(applied, 1);
    test_home_sql(&home, "SELECT count(*) FROM pg_tables WHERE tablename IN ('late', 'gap')", out, sizeof out);
    assert_string_equal(out, "2");
    test_home_sql(&home, "DROP TABLE late, gap; DELETE FROM schema_step WHERE number > 9000", out, sizeof out);
}

static void server_that_is_not_there_is_busy(void **state)
{
    struct err e;

    (void)state;
    assert_int_equal(migrate_run_steps("host=/nonexistent dbname=x", steps, NULL, &e), ERR_BUSY);
}

static int setup(void **state)
{
    (void)state;
    test_home_new(&home);
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
        cmocka_unit_test_setup(second_run_applies_nothing, reset),
        cmocka_unit_test_setup(changed_step_is_refused, reset),
        cmocka_unit_test_setup(older_program_refuses_newer_schema, reset),
        cmocka_unit_test_setup(failing_step_leaves_nothing_behind, reset),
        cmocka_unit_test_setup(a_gap_in_the_numbers_is_filled_later, reset),
        cmocka_unit_test_setup(server_that_is_not_there_is_busy, reset),
    };
    return cmocka_run_group_tests_name("migrate", tests, setup, teardown);
}
