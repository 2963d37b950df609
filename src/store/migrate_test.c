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

/* Runs last: it makes the schema anew, as it was before step 300. */
static void rows_of_before_are_packed(void **state)
{
    static const char *const rows =
        "INSERT INTO workspace (id, created_at, keyring_id) VALUES (md5('w')::uuid, 0, md5('k')::uuid);"
        "INSERT INTO interaction (workspace_id, id, kind, format, turns_n, sealed, created_at, updated_at)"
        " VALUES (md5('w')::uuid, md5('i')::uuid, 0, 'vtt', 502, 's', 0, 0);"
        "INSERT INTO turn SELECT md5('w')::uuid, md5('i')::uuid, o, nullif(o % 3, 2), NULL, nullif(o, 1) * 10, o, "
        "int4send(o) FROM generate_series(501, 0, -1) AS o;"
        "INSERT INTO pii VALUES (md5('w')::uuid, md5('i')::uuid, 1, 7, 3, 9, 4, 0.5), (md5('w')::uuid, md5('i')::uuid, "
        "0, 2, 0, 5, 1, 1);"
        "INSERT INTO chunk SELECT md5('w')::uuid, md5('i')::uuid, o, CASE WHEN o = 1 THEN ARRAY[1, 0, 9, 2, 0, 9] ELSE "
        "ARRAY[o, 0, 9] END, CASE WHEN o < 200 THEN '\\xab'::bytea END, CASE WHEN o < 200 THEN int4send(o) END FROM "
        "generate_series(200, 0, -1) AS o;"
        "INSERT INTO statistic (workspace_id, interaction_id, ordinal, stat, value, unit, n, reason, "
        "definition_version, inputs_hash, spans, label_sealed) VALUES"
        " (md5('w')::uuid, md5('i')::uuid, 1, 'pricing_at', NULL, 's', NULL, 'no_times', 1, '\\x02', '{}', 'x'),"
        " (md5('w')::uuid, md5('i')::uuid, 0, 'switches_per_minute', 1.5, '1/min', 12, NULL, 2, '\\x01', '{1,2,3}', "
        "NULL)";
    static const struct {
        const char *sql, *want;
    } checks[] = {
        {"SELECT string_agg(ordinal || ' ' || cardinality(speaker) || ' ' || cardinality(start_ms), ', ' ORDER BY "
         "ordinal) FROM turn",
         "0 500 500, 500 2 2"},
        {"SELECT speaker[1:4]::text || start_ms[2] || end_ms[499:500]::text || sealed[500]::text FROM turn WHERE "
         "ordinal=0",
         "{0,1,-1,0}-9223372036854775808{498,499}\\x000001f3"},
        {"SELECT spans::text || type::text || confidence::text FROM pii", "{2,0,5,7,3,9}{1,4}{1,0.5}"},
        {"SELECT string_agg(ordinal || ' ' || ends[1:3]::text || spans[1:9]::text || coalesce(model_hash::text || "
         "cardinality(vectors_sealed) || vectors_sealed[2]::text, 'none'), ', ' ORDER BY ordinal) FROM chunk",
         "0 {3,9,12}{0,0,9,1,0,9,2,0,9}\\xab200\\x00000001, 200 {3}{200,0,9}none"},
        {"SELECT stat::text || value::text || unit::text || n::text || reason::text FROM statistic",
         "{switches_per_minute,pricing_at}{1.5,NaN}{1/min,s}{12,-9223372036854775808}{NULL,no_times}"},
        {"SELECT definition_version::text || encode(inputs_hash[2], 'hex') || (label_sealed[1] IS NULL) || "
         "encode(label_sealed[2], 'escape') || ends::text || spans::text || switches_per_minute || (pricing_at IS "
         "NULL) "
         "FROM statistic",
         "{2,1}02truex{3,3}{1,2,3}1.5true"},
        {"SELECT count(*) FROM pg_class WHERE relname IN ('turn', 'pii', 'chunk', 'statistic') AND relforcerowsecurity "
         "AND 2 = (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid)",
         "4"},
    };
    struct sql_step later[STEPS_MAX] = {0};
    struct err e;
    char out[256];

    (void)state;
    for (int i = 0, n = 0; i < steps_n; i++)
        if (steps[i].number < 300)
            later[n++] = steps[i];
    test_home_sql(&home,
                  "DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION harken_owner;"
                  "GRANT USAGE ON SCHEMA public TO harken_app",
                  out, sizeof out);
    assert_int_equal(migrate_run_steps(cluster_conninfo(home.cluster, CLUSTER_OWNER), later, NULL, &e), ERR_OK);
    test_home_sql(&home, rows, out, sizeof out);
    assert_int_equal(run(NULL, &e), ERR_OK);
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        test_home_sql(&home, checks[i].sql, out, sizeof out);
        assert_string_equal(out, checks[i].want);
    }
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
        cmocka_unit_test_setup(rows_of_before_are_packed, reset),
    };
    return cmocka_run_group_tests_name("migrate", tests, setup, teardown);
}
