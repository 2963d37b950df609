/* bench/deals_bench.c - how long it takes to work out N open deals from scratch, and one deal after one change.
 *
 * usage: deals_bench [N]   (default 100,000; a throw-away cluster; prints one JSON line)
 *
 * Each deal has 7 changes, 8 activities and 3 contacts. "From scratch": facts read, state, 24 warnings, score, all written, ranks.
 * An event is a file with one change of one deal, from ingest_submit until the deal's stored row is that of the change. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "formats/sandbox.h"
#include "pipeline/deal_stage.h"
#include "pipeline/ingest.h"
#include "pipeline/worker.h"
#include "records/crm.h"
#include "store/test_home.h"

enum { EVENTS = 200, LOOK_US = 1000, LOOK_MS = 5000 };

static struct test_home home;
static struct core core;

static void must(enum err_code rc, const struct err *e, const char *what)
{
    if (!rc)
        return;
    fprintf(stderr, "deals_bench: %s: %s\n", what, e->msg);
    exit(1);
}

static void sql(const char *text)
{
    char out[400];

    test_home_sql(&home, text, out, sizeof out);
    if (strncmp(out, "error", 5) == 0) {
        fprintf(stderr, "deals_bench: %s\n", out);
        exit(1);
    }
}

static void file_in(str bytes, struct arena *a)
{
    struct ingest_result r;
    struct err e;

    must(ingest_submit(&core, bytes, STR("bench"), STR(""), STR(""), a, &r, &e), &e, "ingest");
    workers_wake(&core, NULL);
    must(ingest_wait(&core, r.raw, 60000, a, &r, &e), &e, "wait");
}

/* The pipeline and one deal by the front door, the others as copies of it in SQL. */
static void fill(int n, struct arena *a)
{
    file_in(
        STR("{\"format\":\"harken.pipeline/"
            "1\",\"id\":\"main\",\"currency\":\"EUR\",\"stages\":[{\"id\":\"s1\",\"order\":1,\"probability\":0.1},"
            "{\"id\":\"s2\",\"order\":2,\"probability\":0.3,\"phase\":\"middle\"},{\"id\":\"s3\",\"order\":3,"
            "\"probability\":0.6,\"phase\":\"proposal\"},"
            "{\"id\":\"won\",\"order\":4,\"outcome\":\"won\"},{\"id\":\"lost\",\"order\":5,\"outcome\":\"lost\"}]}\n"
            "{\"format\":\"harken.deal/"
            "1\",\"id\":\"D0\",\"name\":\"first\",\"pipeline\":\"main\",\"history\":[{\"at\":\"2026-01-01T00:00:00Z\","
            "\"field\":\"stage\",\"new\":\"s1\"}]}\n"),
        a);
    sql("CREATE TEMP TABLE w AS SELECT id FROM workspace LIMIT 1;"
        "CREATE TEMP TABLE p AS SELECT gen_random_uuid() AS id, g FROM generate_series(0, 2999) g;"
        "INSERT INTO person (workspace_id, id, subject_id, side, sealed, created_at) SELECT w.id, p.id, p.id, 2, 'x', "
        "0 FROM w, p;"
        "CREATE TABLE bench_person AS SELECT * FROM p; CREATE UNIQUE INDEX ON bench_person (g); ANALYZE bench_person");
    char text[4000];
    snprintf(
        text, sizeof text,
        "CREATE TABLE bench_deal AS SELECT gen_random_uuid() AS id, g FROM generate_series(1, %d) g;"
        "INSERT INTO account (workspace_id, id, sealed, created_at) SELECT w.id, d.id, 'x', 0 FROM workspace w, "
        "bench_deal d;"
        "INSERT INTO deal (workspace_id, id, account_id, pipeline_id, opened_at, sealed, created_at) SELECT w.id, "
        "d.id, d.id, "
        "(SELECT id FROM pipeline LIMIT 1), (extract(epoch from now())*1000)::bigint - 86400000::bigint*(20+d.g%%80), "
        "'x', 0 FROM workspace w, bench_deal d;"
        "INSERT INTO deal_event (workspace_id, deal_id, id, at, field, number, ref_id, source) SELECT w.id, d.id, "
        "gen_random_uuid(), "
        "(extract(epoch from now())*1000)::bigint - 86400000::bigint*(20+d.g%%80-k*2), (ARRAY[0,1,2,0,2,4,0])[k+1], "
        "(ARRAY[NULL,(10000+d.g%%90000)::bigint*1000000, 20800+d.g%%200, NULL, 20850+d.g%%200, 2, NULL])[k+1], "
        "CASE WHEN k IN (0,3,6) THEN (SELECT id FROM stage WHERE ordinal=1+(k/3)*(1+d.g%%2)%%3) END, 0 "
        "FROM workspace w, bench_deal d, generate_series(0, 6) k;"
        "INSERT INTO activity (workspace_id, id, at, type, status, direction, deal_id, account_id, contact_ids, "
        "sealed, updated_at) SELECT w.id, "
        "gen_random_uuid(), (extract(epoch from now())*1000)::bigint - 86400000::bigint*((d.g+k*7)%%60) - k*1000, "
        "(ARRAY[0,3,3,2,3,0,4,5])[k+1], 0, "
        "(ARRAY[3,2,1,2,2,3,2,1])[k+1], d.id, d.id, ARRAY[(SELECT id FROM bench_person WHERE g=(d.g*3+k%%3)%%3000)], "
        "'x', 0 "
        "FROM workspace w, bench_deal d, generate_series(0, 7) k;",
        n);
    sql(text);
    sql("INSERT INTO deal_role (workspace_id, deal_id, person_id, flags) SELECT w.id, d.id, p.id, CASE WHEN k=0 THEN 1 "
        "ELSE 0 END FROM workspace w, "
        "bench_deal d, generate_series(0, 2) k, bench_person p WHERE p.g=(d.g*3+k)%3000;"
        "DROP TABLE bench_deal; DROP TABLE bench_person; ANALYZE");
}

/* By key and over a connection that is there: the look must not cost what is measured. */
static int64_t stored_amount(struct id deal)
{
    static const struct db_stmt look = {"bench_look",
                                        "SELECT amount_micros FROM deal_now WHERE workspace_id=$1 AND deal_id=$2"};
    int64_t amount = 0;
    struct db_rows r;
    struct db_tx *t;
    struct err e;

    must(db_begin(home.db, home.workspace, LOOK_MS, &t, &e), &e, "look");
    must(db_run(t, &look, DB_ARGS(P_ID(home.workspace), P_ID(deal)), &r, &e), &e, "look");
    if (db_next(&r))
        amount = db_i64(&r, 0);
    db_rows_done(&r);
    must(db_commit(t, &e), &e, "look");
    return amount;
}

static int double_cmp(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;

    return (a > b) - (a < b);
}

static void events(double ms[EVENTS], struct arena *a)
{
    char text[64];
    struct id deal;

    test_home_sql(&home, "SELECT id FROM deal WHERE external_index IS NOT NULL", text, sizeof text);
    if (!id_parse(str_of(text), &deal)) {
        fprintf(stderr, "deals_bench: %s\n", text);
        exit(1);
    }
    for (int i = 0; i < EVENTS; i++) {
        int64_t amount = 1000 + i, start;
        str bytes =
            str_fmt(a,
                    "{\"format\":\"harken.change/"
                    "1\",\"deal\":\"D0\",\"at\":\"2026-02-01T00:%02d:%02dZ\",\"field\":\"amount\",\"new\":\"%lld\"}",
                    i / 60, i % 60, (long long)amount);
        struct ingest_result r;
        struct err e;
        start = clock_mono_us();
        must(ingest_submit(&core, bytes, STR("bench"), STR(""), STR(""), a, &r, &e), &e, "ingest");
        workers_wake(&core, NULL);
        while (stored_amount(deal) != amount * 1000000 && clock_mono_us() - start < 20000000)
            usleep(LOOK_US);
        ms[i] = (double)(clock_mono_us() - start) / 1000;
    }
    qsort(ms, EVENTS, sizeof *ms, double_cmp);
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new("bench");
    int64_t n = 100000, done, start, first, again;
    double ms[EVENTS];
    struct err e;

    if (argc > 1 && strcmp(argv[1], "parser") == 0)
        return sandbox_child_main();
    if (argc > 1 && !str_to_i64(str_of(argv[1]), &n))
        return 2;
    test_home_new(&home);
    core.v = (struct vaulted){home.db, home.keyring, home.workspace};
    core.ix = index_new(0);
    core.owner = (struct job_owner){id_new(), id_new()};
    must(workers_start(&core, &e), &e, "workers");
    fill((int)n, a);
    start = clock_mono_us();
    must(deals_rescore(&core, 2, &done, &e), &e, "rescore");
    first = clock_mono_us() - start;
    start = clock_mono_us();
    must(deals_rescore(&core, 2, &done, &e), &e, "rescore");
    again = clock_mono_us() - start;
    events(ms, a);
    printf("{\"deals\":%lld,\"first_s\":%.2f,\"again_s\":%.2f,\"event_ms_median\":%.1f,\"event_ms_p95\":%.1f}\n",
           (long long)done, (double)first / 1e6, (double)again / 1e6, ms[EVENTS / 2], ms[EVENTS * 95 / 100]);
    workers_drain(&core);
    sandbox_stop();
    index_free(core.ix);
    test_home_free(&home);
    arena_free(a);
    return 0;
}
