#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/thread.h"
#include "store/audit_store.h"
#include "store/event_store.h"
#include "store/queue.h"
#include "store/test_home.h"
#include "store/token_store.h"
#include "store/workspace_store.h"

static struct test_home home;

static struct db_tx *begin(void)
{
    struct db_tx *t;
    struct err e;

    if (db_begin(home.db, home.workspace, 5000, &t, &e))
        fail_msg("%s", e.msg);
    return t;
}

static void values_come_back_as_sent(void **state)
{
    static const struct db_stmt echo = {"t_echo",
                                        "SELECT $1::bigint, $2::double precision, $3::boolean, $4::uuid, $5::bytea,"
                                        " $6::text, $1::smallint, $1::integer, $7::bigint, $2::real"};
    struct id id = id_new();
    struct db_tx *t = begin();
    struct db_rows r;
    struct err e;

    (void)state;
    if (db_run(t, &echo,
               DB_ARGS(P_I64(-12345), P_F64(-2.5), P_BOOL(true), P_ID(id), P_BYTES_N("a\0b", 3),
                       P_TEXT(STR("\xc3\xa9")), P_NULL(DB_I64)),
               &r, &e))
        fail_msg("%s", e.msg);
    assert_true(db_next(&r));
    assert_int_equal(db_i64(&r, 0), -12345);
    assert_true(db_f64(&r, 1) == -2.5);
    assert_true(db_bool(&r, 2));
    assert_true(id_eq(db_id(&r, 3), id));
    assert_true(str_eq(db_bytes(&r, 4), str_n("a\0b", 3)));
    assert_true(str_eq(db_bytes(&r, 5), STR("\xc3\xa9")));
    assert_int_equal(db_i64(&r, 6), -12345);
    assert_int_equal(db_i64(&r, 7), -12345);
    assert_true(db_is_null(&r, 8));
    assert_true(db_f64(&r, 9) == -2.5);
    assert_false(db_next(&r));
    db_rows_done(&r);
    assert_int_equal(db_commit(t, &e), ERR_OK);
}

static void arrays_come_back_as_sent(void **state)
{
    static const struct db_stmt sums = {
        "t_arrays",
        "SELECT $1::integer[], (SELECT sum(x) FROM unnest($2::bigint[]) x)::bigint, array_length($3::uuid[], 1),"
        " (SELECT sum(coalesce(length(b), 100)) FROM unnest($4::bytea[]) b)::bigint,"
        " (SELECT sum(x) FROM unnest($5::double precision[]) x), array_length($6::text[], 1)"};
    int32_t small[] = {1, -2, INT32_MAX};
    int64_t big[] = {5000000000, 7};
    struct id ids[] = {id_new(), id_new()};
    str bytes[] = {STR("abc"), STR_NULL, STR("")};
    double real[] = {0.5, 0.25};
    struct arena *a = arena_new("test");
    struct db_tx *t = begin();
    struct db_rows r;
    struct err e;
    int32_t *back;
    size_t n;

    (void)state;
    if (db_run(t, &sums,
               DB_ARGS(P_I32S(small, 3), P_I64S(big, 2), P_IDS(ids, 2), P_BYTESS(bytes, 3), P_F64S(real, 2),
                       P_TEXTS(NULL, 0)),
               &r, &e))
        fail_msg("%s", e.msg);
    assert_true(db_next(&r));
    back = db_i32s(&r, 0, a, &n);
    assert_int_equal(n, 3);
    assert_memory_equal(back, small, sizeof small);
    assert_int_equal(db_i64(&r, 1), 5000000007);
    assert_int_equal(db_i64(&r, 2), 2);
    assert_int_equal(db_i64(&r, 3), 103);
    assert_true(db_f64(&r, 4) == 0.75);
    assert_true(db_is_null(&r, 5)); /* the empty array has no length */
    db_rows_done(&r);
    arena_free(a);
    db_rollback(t);
}

static void ids_come_back_in_order(void **state)
{
    static const struct db_stmt all = {"t_ids",
                                       "SELECT x FROM unnest($1::uuid[]) WITH ORDINALITY u(x, i) ORDER BY i DESC"};
    struct id ids[] = {id_new(), id_new(), id_new()}, *back;
    struct arena *a = arena_new("test");
    struct db_tx *t = begin();
    struct err e;
    size_t n;

    (void)state;
    assert_int_equal(db_run_ids(t, &all, DB_ARGS(P_IDS(ids, 3)), a, &back, &n, &e), ERR_OK);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(id_eq(back[i], ids[2 - i]));
    assert_int_equal(db_run_ids(t, &all, DB_ARGS(P_IDS(ids, 0)), a, &back, &n, &e), ERR_OK);
    assert_int_equal(n, 0);
    arena_free(a);
    db_rollback(t);
}

/* Far more than the socket's buffers hold, in both directions, without a wait of ours in between. */
static void many_large_sends_travel_in_order(void **state)
{
    static const struct db_stmt put = {"t_put", "INSERT INTO many VALUES ($1, $2)"};
    static const struct db_stmt sum = {"t_sum", "SELECT count(*), sum(length(b))::bigint, sum(i)::bigint FROM many"};
    char *block = calloc(1, 100000), out[64];
    struct db_tx *t;
    struct db_rows r;
    struct err e;
    int64_t affected;

    (void)state;
    test_home_sql(&home, "CREATE TABLE many (i bigint, b bytea); GRANT SELECT, INSERT ON many TO harken_app", out,
                  sizeof out);
    t = begin();
    for (int i = 0; i < 300; i++)
        assert_int_equal(db_send(t, &put, DB_ARGS(P_I64(i), P_BYTES_N(block, 100000)), &e), ERR_OK);
    for (int i = 0; i < 3000; i++)
        assert_int_equal(db_send(t, &put, DB_ARGS(P_I64(0), P_BYTES_N(block, 1)), &e), ERR_OK);
    assert_int_equal(db_flush(t, &affected, &e), ERR_OK);
    assert_int_equal(affected, 3300);
    assert_int_equal(db_run(t, &sum, DB_NO_ARGS, &r, &e), ERR_OK);
    assert_true(db_next(&r));
    assert_int_equal(db_i64(&r, 0), 3300);
    assert_int_equal(db_i64(&r, 1), 30003000);
    assert_int_equal(db_i64(&r, 2), 299 * 300 / 2);
    db_rows_done(&r);
    free(block);
    db_rollback(t);
    test_home_sql(&home, "DROP TABLE many", out, sizeof out);
}

static void error_names_statement_not_value(void **state)
{
    static const struct db_stmt bad = {"t_bad_cast", "SELECT ($1::text)::uuid"};
    static const struct db_stmt after = {"t_after", "SELECT 1::bigint"};
    struct db_tx *t = begin();
    struct db_rows r;
    struct err e;

    (void)state;
    assert_int_not_equal(db_run(t, &bad, DB_ARGS(P_TEXT(STR("secret words"))), &r, &e), ERR_OK);
    assert_non_null(strstr(e.msg, "t_bad_cast"));
    assert_non_null(strstr(e.msg, "22P02"));
    assert_null(strstr(e.msg, "secret"));
    assert_int_not_equal(db_run(t, &after, DB_NO_ARGS, &r, &e), ERR_OK); /* the transaction is over */
    assert_int_not_equal(db_commit(t, &e), ERR_OK);
    t = begin(); /* the connection is not */
    assert_int_equal(db_run(t, &after, DB_NO_ARGS, &r, &e), ERR_OK);
    db_rows_done(&r);
    assert_int_equal(db_commit(t, &e), ERR_OK);
}

static void queued_error_comes_out_at_commit(void **state)
{
    static const struct db_stmt bad = {"t_div", "SELECT 1/$1::bigint"};
    struct db_tx *t = begin();
    struct err e;

    (void)state;
    assert_int_equal(db_send(t, &bad, DB_ARGS(P_I64(0)), &e), ERR_OK);
    assert_int_not_equal(db_commit(t, &e), ERR_OK);
    assert_non_null(strstr(e.msg, "t_div"));
}

static void statement_that_does_not_parse_can_be_tried_again(void **state)
{
    static const struct db_stmt later = {"t_later", "SELECT x FROM not_there_yet"};
    struct db_tx *t = begin();
    struct db_rows r;
    struct err e;
    char out[64];

    (void)state;
    assert_int_not_equal(db_run(t, &later, DB_NO_ARGS, &r, &e), ERR_OK);
    db_rollback(t);
    test_home_sql(&home, "CREATE TABLE not_there_yet (x bigint); GRANT SELECT ON not_there_yet TO harken_app", out,
                  sizeof out);
    for (int i = 0; i < 2; i++) {
        t = begin();
        assert_int_equal(db_run(t, &later, DB_NO_ARGS, &r, &e), ERR_OK);
        db_rows_done(&r);
        assert_int_equal(db_commit(t, &e), ERR_OK);
    }
    test_home_sql(&home, "DROP TABLE not_there_yet", out, sizeof out);
}

static void deadline_ends_a_slow_statement(void **state)
{
    static const struct db_stmt slow = {"t_slow", "SELECT pg_sleep(30)"};
    struct db_tx *t;
    struct db_rows r;
    struct err e;
    int64_t from = clock_mono_ms();

    (void)state;
    assert_int_equal(db_begin(home.db, home.workspace, 200, &t, &e), ERR_OK);
    assert_int_equal(db_run(t, &slow, DB_NO_ARGS, &r, &e), ERR_TIMEOUT);
    db_rollback(t);
    assert_true(clock_mono_ms() - from < 5000);
    assert_int_equal(db_ping(home.db, 5000, &e), ERR_OK);
}

static void full_pool_answers_timeout(void **state)
{
    struct db_tx *held[6], *t;
    struct err e;

    (void)state;
    for (int i = 0; i < 6; i++)
        held[i] = begin();
    assert_int_equal(db_begin(home.db, home.workspace, 100, &t, &e), ERR_TIMEOUT);
    for (int i = 0; i < 6; i++)
        db_rollback(held[i]);
}

static enum err_code refuse(void *arg, struct err *e)
{
    (void)arg;
    return err_set(e, ERR_IO, "keys not durable");
}

static void commit_needs_before_commit(void **state)
{
    static const struct db_stmt put = {"t_setting",
                                       "INSERT INTO setting (workspace_id, name, sealed, updated_at) VALUES ($1,"
                                       " 'never', '', 0)"};
    struct db_config dc = {
        .conninfo = cluster_conninfo(home.cluster, CLUSTER_APP), .connections = 1, .before_commit = refuse};
    struct db *d = db_new(&dc);
    struct db_tx *t;
    struct err e;
    char out[64];

    (void)state;
    assert_int_equal(db_begin(d, home.workspace, 5000, &t, &e), ERR_OK);
    assert_int_equal(db_send(t, &put, DB_ARGS(P_ID(home.workspace)), &e), ERR_OK);
    assert_int_equal(db_commit(t, &e), ERR_IO);
    db_free(d);
    test_home_sql(&home, "SELECT count(*) FROM setting", out, sizeof out);
    assert_string_equal(out, "0");
}

static void listener_hears_what_an_event_announces(void **state)
{
    struct db_listener *l = db_listener_new(home.db, EVENT_CHANNEL);
    struct event_new ev = {.type = "interaction.created", .object = id_new()};
    struct db_tx *t;
    struct err e;
    char out[64];

    (void)state;
    assert_true(db_listener_wait(l, 5000)); /* connected: something may have been missed */
    assert_false(db_listener_wait(l, 20));
    t = begin();
    assert_int_equal(event_put(t, &ev, 1, &e), ERR_OK);
    assert_int_equal(db_commit(t, &e), ERR_OK);
    assert_true(db_listener_wait(l, 5000));
    test_home_sql(&home, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'", out,
                  sizeof out);
    assert_true(db_listener_wait(l, 5000)); /* reconnected by itself */
    db_listener_free(l);
    test_home_sql(&home, "DELETE FROM event", out, sizeof out);
}

/* ---- isolation ---- */

static void other_workspace_is_neither_seen_nor_written(void **state)
{
    static const struct db_stmt put = {
        "t_iso_put", "INSERT INTO setting (workspace_id, name, sealed, updated_at) VALUES ($1, 'mine', '', 0)"};
    static const struct db_stmt count = {"t_iso_count", "SELECT count(*) FROM setting"};
    static const struct db_stmt drop = {"t_iso_drop", "DELETE FROM setting"};
    struct id other = id_new(), nil = {{0}};
    struct db_tx *t;
    struct db_rows r;
    struct err e;

    (void)state;
    assert_int_equal(db_begin(home.db, home.workspace, 5000, &t, &e), ERR_OK);
    assert_int_equal(db_send(t, &put, DB_ARGS(P_ID(home.workspace)), &e), ERR_OK);
    assert_int_equal(db_commit(t, &e), ERR_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(db_begin(home.db, i ? nil : other, 5000, &t, &e), ERR_OK);
        assert_int_equal(db_run(t, &count, DB_NO_ARGS, &r, &e), ERR_OK);
        assert_true(db_next(&r));
        assert_int_equal(db_i64(&r, 0), 0);
        db_rows_done(&r);
        assert_int_equal(db_run(t, &drop, DB_NO_ARGS, &r, &e), ERR_OK);
        assert_int_equal(r.affected, 0);
        db_rows_done(&r);
        assert_int_equal(db_run(t, &put, DB_ARGS(P_ID(home.workspace)), NULL, &e), ERR_DENIED);
        db_rollback(t);
    }
    assert_int_equal(db_begin(home.db, home.workspace, 5000, &t, &e), ERR_OK);
    assert_int_equal(db_run(t, &drop, DB_NO_ARGS, &r, &e), ERR_OK);
    assert_int_equal(r.affected, 1);
    db_rows_done(&r);
    assert_int_equal(db_commit(t, &e), ERR_OK);
}

/* Each query lists offenders; none may be there. */
static void catalogue_has_no_hole(void **state)
{
    static const struct {
        const char *rule, *offenders;
    } lint[] = {
        {"row-level security is enabled and forced on each table with workspace_id",
         "SELECT string_agg(c.relname, ' ') FROM pg_class c JOIN pg_attribute a ON a.attrelid=c.oid WHERE c.relkind IN "
         "('r','p') AND"
         " a.attname='workspace_id' AND NOT a.attisdropped AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"},
        {"each such table has exactly one policy, with USING and WITH CHECK on the workspace",
         "SELECT string_agg(c.relname, ' ') FROM pg_class c JOIN pg_attribute a ON a.attrelid=c.oid WHERE c.relkind IN "
         "('r','p') AND"
         " a.attname='workspace_id' AND (SELECT count(*) FROM pg_policy p WHERE p.polrelid=c.oid AND p.polpermissive "
         "AND"
         " pg_get_expr(p.polqual, c.oid)='(workspace_id = (NULLIF(current_setting(''harken.workspace_id''::text, "
         "true), ''''::text))::uuid)' AND"
         " pg_get_expr(p.polwithcheck, c.oid)='(workspace_id = (NULLIF(current_setting(''harken.workspace_id''::text, "
         "true), ''''::text))::uuid)') <> 1"},
        {"no permissive policy beside these", "SELECT string_agg(polname, ' ') FROM pg_policy WHERE polname NOT IN "
                                              "('workspace_only', 'reader_only') OR (polname='reader_only' AND "
                                              "(polpermissive OR polcmd <> '*'))"},
        {"what hangs on a conversation or a deal is seen by its readers only",
         "SELECT string_agg(DISTINCT c.relname::text, ' ') FROM pg_class c JOIN pg_attribute a ON a.attrelid=c.oid "
         "WHERE "
         "c.relkind IN ('r','p') AND c.relnamespace='public'::regnamespace AND NOT a.attisdropped AND (a.attname IN "
         "('interaction_id','deal_id') OR c.relname IN ('interaction','deal')) AND c.relname <> 'deal_access' AND NOT "
         "EXISTS (SELECT FROM pg_policy p WHERE p.polrelid=c.oid AND p.polname='reader_only' AND NOT p.polpermissive)"},
        {"every other table is known not to need it",
         "SELECT string_agg(c.relname, ' ') FROM pg_class c WHERE c.relkind IN ('r','p') AND "
         "c.relnamespace='public'::regnamespace AND"
         " NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid=c.oid AND a.attname='workspace_id') AND c.relname "
         "NOT IN"
         " ('workspace','schema_step')"},
        {"the program's role owns nothing and bypasses nothing",
         "SELECT string_agg(rolname, ' ') FROM pg_roles WHERE rolname IN ('harken_app','harken_owner') AND (rolsuper "
         "OR rolbypassrls OR"
         " rolcreaterole OR rolcreatedb OR (rolname='harken_app' AND EXISTS (SELECT FROM pg_class WHERE "
         "relowner=pg_roles.oid)))"},
        {"views run with the rights of who asks", "SELECT string_agg(relname, ' ') FROM pg_class WHERE relkind='v' AND "
                                                  "relnamespace='public'::regnamespace AND NOT"
                                                  " coalesce(reloptions::text LIKE '%security_invoker=true%', false)"},
        {"workspace_id comes first in each index", "SELECT string_agg(i.indexrelid::regclass::text, ' ') FROM pg_index "
                                                   "i JOIN pg_class c ON c.oid=i.indrelid JOIN pg_attribute a ON"
                                                   " a.attrelid=c.oid AND a.attname='workspace_id' WHERE "
                                                   "c.relnamespace='public'::regnamespace AND i.indkey[0] <> a.attnum"},
        {"workspace_id is the first column", "SELECT string_agg(c.relname, ' ') FROM pg_class c JOIN pg_attribute a ON "
                                             "a.attrelid=c.oid WHERE a.attname='workspace_id' AND"
                                             " c.relkind='r' AND a.attnum <> 1"},
        {"foreign keys carry the workspace",
         "SELECT string_agg(conname, ' ') FROM pg_constraint f JOIN pg_attribute a ON a.attrelid=f.conrelid AND"
         " a.attname='workspace_id' WHERE f.contype='f' AND f.conkey[1] <> a.attnum"},
        {"text columns are enumerations under a check, or written by us",
         "SELECT string_agg(c.relname||'.'||a.attname, ' ') FROM pg_class c JOIN pg_attribute a ON a.attrelid=c.oid "
         "WHERE"
         " c.relkind='r' AND c.relnamespace='public'::regnamespace AND a.atttypid IN "
         "('text'::regtype,'text[]'::regtype,'varchar'::regtype,"
         "'json'::regtype,'jsonb'::regtype) AND c.relname<>'schema_step' AND (c.relname, a.attname) NOT IN "
         "(('audit_head','note'),"
         " ('job_dead','queue')) AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid=c.oid AND k.contype='c' "
         "AND"
         " a.attnum=ANY(k.conkey))"},
        {"the program cannot rewrite the audit log",
         "SELECT CASE WHEN has_table_privilege('harken_app','audit_leaf','UPDATE') OR "
         "has_table_privilege('harken_app','audit_leaf',"
         "'DELETE') OR has_table_privilege('harken_app','audit_leaf','TRUNCATE') THEN 'audit_leaf' END"},
        {"no function runs with its owner's rights",
         "SELECT string_agg(proname, ' ') FROM pg_proc WHERE pronamespace='public'::regnamespace AND prosecdef"},
    };
    char out[1024];

    (void)state;
    for (size_t i = 0; i < sizeof lint / sizeof lint[0]; i++) {
        test_home_sql(&home, lint[i].offenders, out, sizeof out);
        if (*out)
            fail_msg("%s: %s", lint[i].rule, out);
    }
}

/* The server itself works out the types: a row that names a column that is not there fails here. */
static void every_statement_row_prepares(void **state)
{
    const struct {
        const struct db_stmt *rows;
        size_t n;
    } tables[] = {
        {queue_sql, queue_sql_n}, {workspace_sql, workspace_sql_n}, {token_sql, token_sql_n}, {audit_sql, audit_sql_n}};
    struct arena *a = arena_new("test");
    char out[512];

    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        for (size_t k = 0; k < tables[i].n; k++) {
            const struct db_stmt *s = &tables[i].rows[k];

            assert_non_null(s->name);
            test_home_sql(&home, str_fmt(a, "PREPARE %s AS %s", s->name, s->sql).p, out, sizeof out);
            if (*out)
                fail_msg("%s: %s", s->name, out);
        }
    arena_free(a);
}

/* ---- threads ---- */

struct adder {
    struct thread t;
    int failures;
};

static void adder_run(void *arg)
{
    static const struct db_stmt add = {
        "t_add", "UPDATE setting SET updated_at=updated_at+1 WHERE workspace_id=$1 AND name='counter'"};
    struct adder *self = arg;

    for (int i = 0; i < 50; i++) {
        struct db_tx *t;

        if (db_begin(home.db, home.workspace, 10000, &t, NULL)) {
            self->failures++;
            continue;
        }
        if (db_send(t, &add, DB_ARGS(P_ID(home.workspace)), NULL)) {
            db_rollback(t);
            self->failures++;
        } else if (db_commit(t, NULL)) {
            self->failures++;
        }
    }
}

static void threads_share_the_pool(void **state)
{
    struct adder adders[8] = {0};
    char out[64];

    (void)state;
    test_home_sql(&home, "INSERT INTO setting SELECT id, 'counter', '', 0 FROM workspace", out, sizeof out);
    for (int i = 0; i < 8; i++)
        assert_int_equal(thread_start(&adders[i].t, "adder", adder_run, &adders[i], NULL), ERR_OK);
    for (int i = 0; i < 8; i++) {
        thread_join(&adders[i].t);
        assert_int_equal(adders[i].failures, 0);
    }
    test_home_sql(&home, "SELECT updated_at FROM setting WHERE name='counter'", out, sizeof out);
    assert_string_equal(out, "400");
    test_home_sql(&home, "DELETE FROM setting", out, sizeof out);
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
        cmocka_unit_test(values_come_back_as_sent),
        cmocka_unit_test(arrays_come_back_as_sent),
        cmocka_unit_test(ids_come_back_in_order),
        cmocka_unit_test(many_large_sends_travel_in_order),
        cmocka_unit_test(error_names_statement_not_value),
        cmocka_unit_test(queued_error_comes_out_at_commit),
        cmocka_unit_test(statement_that_does_not_parse_can_be_tried_again),
        cmocka_unit_test(deadline_ends_a_slow_statement),
        cmocka_unit_test(full_pool_answers_timeout),
        cmocka_unit_test(commit_needs_before_commit),
        cmocka_unit_test(listener_hears_what_an_event_announces),
        cmocka_unit_test(other_workspace_is_neither_seen_nor_written),
        cmocka_unit_test(catalogue_has_no_hole),
        cmocka_unit_test(every_statement_row_prepares),
        cmocka_unit_test(threads_share_the_pool),
    };
    return cmocka_run_group_tests_name("db", tests, setup, teardown);
}
