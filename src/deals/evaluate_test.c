/* deals/evaluate_test.c - the ranks of many deals, and of one of them whose odds move: its place, and what finding it may read. */
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "deals/evaluate.h"
#include "records/test_records.h"

enum { DEALS = 1500, CHUNK = 500, TX_MS = 60000 };

static const struct db_stmt all_ids = {"test_ids", "SELECT id FROM deal WHERE workspace_id=$1 ORDER BY id"};
static const struct db_stmt now_rows = {"test_now",
                                        "SELECT deal_id, p, rank, band FROM deal_now WHERE workspace_id=$1"};
static const struct db_stmt rows_read = {
    "test_read", "SELECT (seq_tup_read+coalesce(idx_tup_fetch, 0))::bigint FROM pg_stat_xact_user_tables WHERE "
                 "relname='deal_now' AND $1::uuid IS NOT NULL"};

static void sql(const char *text)
{
    char out[400];

    test_home_sql(&home, text, out, sizeof out);
    if (strncmp(out, "error", 5) == 0)
        fail_msg("%s", out);
}

/* Deals of many ages in two stages, so that their scores differ and some are equal. */
static void fill(void)
{
    char text[2000];

    sql("CREATE TEMP TABLE w AS SELECT id FROM workspace;"
        "INSERT INTO pipeline SELECT id, gen_random_uuid(), 'EUR', 0, 'x', 0 FROM w;"
        "INSERT INTO stage SELECT workspace_id, id, gen_random_uuid(), o, greatest(o-2, 0), 0, o*0.2, 'x' FROM "
        "pipeline, "
        "generate_series(1, 4) o");
    snprintf(
        text, sizeof text,
        "CREATE TEMP TABLE n AS SELECT gen_random_uuid() AS id, g, "
        "(extract(epoch FROM now())*1000)::bigint-86400000::bigint*(1+g%%90) AS at FROM generate_series(1, %d) g;"
        "INSERT INTO deal (workspace_id, id, pipeline_id, opened_at, sealed, created_at) SELECT p.workspace_id, n.id, "
        "p.id, n.at, 'x', 0 FROM pipeline p, n;"
        "INSERT INTO deal_event (workspace_id, deal_id, id, at, field, ref_id, source) SELECT s.workspace_id, n.id, "
        "gen_random_uuid(), n.at, 0, s.id, 0 FROM n JOIN stage s ON s.ordinal=1+n.g%%2",
        DEALS);
    sql(text);
}

static struct id *ids_load(struct db_tx *t, size_t *n)
{
    struct id *ids;

    OK(db_run_ids(t, &all_ids, DB_ARGS(P_ID(home.workspace)), a, &ids, n, &e));
    return ids;
}

static void evaluate(struct db_tx *t, const struct id *ids, size_t n)
{
    struct deals_context c;

    OK(deals_context_load(t, &v, a, &c, &e));
    OK(deals_evaluate(t, &v, &c, ids, n, clock_now_ms(), a, NULL, &e));
}

struct now {
    struct id deal;
    double p;
    int rank, band;
};

static struct now *now_load(struct db_tx *t, size_t *n)
{
    struct now *rows;
    struct db_rows r;

    OK(db_run(t, &now_rows, DB_ARGS(P_ID(home.workspace)), &r, &e));
    rows = ARENA_ARRAY(a, struct now, (size_t)r.rows_n);
    for (*n = 0; db_next(&r); ++*n)
        rows[*n] = (struct now){db_id(&r, 0), db_f64(&r, 1), (int)db_i64(&r, 2), (int)db_i64(&r, 3)};
    db_rows_done(&r);
    return rows;
}

/* definitions.md section 8: the percentile of p among open deals, ties in the middle, 1 to 99. */
static int rank_of(const struct now *rows, size_t n, double p)
{
    double below = 0, same = 0;

    for (size_t i = 0; i < n; i++) {
        below += rows[i].p < p;
        same += rows[i].p == p;
    }
    return (int)floor(1 + 98 * (below + (same - 1) / 2) / (double)(n - 1) + 0.5);
}

static int64_t read_so_far(struct db_tx *t)
{
    struct db_rows r;
    int64_t n = 0;

    OK(db_run(t, &rows_read, DB_ARGS(P_ID(home.workspace)), &r, &e));
    if (db_next(&r))
        n = db_i64(&r, 0);
    db_rows_done(&r);
    return n;
}

/* A table that has grown since the planner last looked at it, as after an import: the work must not depend on that. */
static void one_deal_is_ranked_without_a_look_at_the_others(void **state)
{
    size_t n, rows_n, at = 0;
    struct now *rows;
    struct db_tx *t;
    struct id *ids;
    int64_t before;
    double p_before;
    int rank;
    char text[600], uuid[ID_TEXT_LEN + 1];

    (void)state;
    fill();
    OK(db_begin(home.db, home.workspace, TX_MS, &t, &e));
    ids = ids_load(t, &n);
    assert_int_equal(n, DEALS);
    evaluate(t, ids, 1);
    OK(db_commit(t, &e));
    sql("ANALYZE"); /* one row: what the planner believes from here on */
    OK(db_begin(home.db, home.workspace, TX_MS, &t, &e));
    for (size_t from = 0; from < n; from += CHUNK)
        evaluate(t, ids + from, CHUNK);
    OK(db_commit(t, &e));

    OK(db_begin(home.db, home.workspace, TX_MS, &t, &e));
    rows = now_load(t, &rows_n);
    assert_int_equal(rows_n, DEALS);
    assert_int_equal(rows[0].rank, 0); /* no ranking yet */
    OK(deals_rank(t, &v, &e));
    rows = now_load(t, &rows_n);
    for (size_t i = 0; i < rows_n; i++) {
        assert_int_equal(rows[i].rank, rank_of(rows, rows_n, rows[i].p));
        assert_int_equal(rows[i].band, rows[i].rank < 30 ? 1 : rows[i].rank < 76 ? 2 : 3);
    }
    OK(db_commit(t, &e));

    while (!id_eq(rows[at].deal, ids[n / 2]))
        at++;
    p_before = rows[at].p;
    id_format(ids[n / 2], uuid);
    snprintf(
        text, sizeof text,
        "INSERT INTO deal_event (workspace_id, deal_id, id, at, field, ref_id, source) SELECT s.workspace_id, "
        "d.deal_id, "
        "gen_random_uuid(), (extract(epoch FROM now())*1000)::bigint, 0, s.id, 0 FROM deal_event d JOIN stage s ON "
        "s.ordinal<3 AND s.id<>d.ref_id "
        "WHERE d.deal_id='%s'",
        uuid);
    sql(text);
    OK(db_begin(home.db, home.workspace, TX_MS, &t, &e));
    before = read_so_far(t);
    evaluate(t, ids + 1, 1);
    assert_in_range(read_so_far(t) - before, 1, 2 * DEALS); /* one look over all; one for each would be DEALS * DEALS */
    OK(db_commit(t, &e));
    sql("ANALYZE");
    OK(db_begin(home.db, home.workspace, TX_MS, &t, &e));
    before = read_so_far(t);
    evaluate(t, ids + n / 2, 1);
    assert_in_range(read_so_far(t) - before, 1, 20);
    rows = now_load(t, &rows_n);
    for (at = 0; !id_eq(rows[at].deal, ids[n / 2]);)
        at++;
    assert_float_not_equal(rows[at].p, p_before, 1e-6);
    rank = rank_of(rows, rows_n, rows[at].p);
    /* one that moves among so many takes the others along by less */
    assert_in_range(rows[at].rank, rank - 1, rank + 1);
    assert_int_equal(rows[at].band, rows[at].rank < 30 ? 1 : rows[at].rank < 76 ? 2 : 3);
    OK(db_commit(t, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_deal_is_ranked_without_a_look_at_the_others),
    };

    return cmocka_run_group_tests(tests, up, down);
}
