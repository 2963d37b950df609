/* From bytes to a hit and back to nothing, with the real database, sandbox, queue and workers, and without a model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/sandbox.h"
#include "insight/findings.h"
#include "pipeline/ingest.h"
#include "pipeline/rebuild.h"
#include "pipeline/stage.h"
#include "pipeline/worker.h"
#include "store/test_home.h"

enum { WAIT_MS = 60000 };

static struct test_home home;
static struct core core;
static struct arena *a;
static struct err e;

#define OK(call)                                                                                                       \
    do {                                                                                                               \
        if (call)                                                                                                      \
            fail_msg("%s: %s", #call, e.msg);                                                                          \
    } while (0)

static struct ingest_result submit(str bytes, const char *path)
{
    struct ingest_result r;

    OK(ingest_submit(&core, bytes, str_of(path), STR(""), STR(""), a, &r, &e));
    return r;
}

static struct ingest_result done(str bytes, const char *path)
{
    struct ingest_result r = submit(bytes, path), out;

    OK(ingest_wait(&core, r.raw, WAIT_MS, a, &out, &e));
    assert_int_not_equal(out.state, RAW_PENDING);
    out.known = r.known;
    return out;
}

static struct index_hit *search_in(struct index *ix, const char *words, const char *in, size_t *n)
{
    struct index_query q = {
        .text = str_of(words),
        .mode = INDEX_LEXICAL,
        .limit = 50,
        .filter = {.reader = &reader_all, .in = str_of(in), .from_ms = CLOCK_NONE, .to_ms = CLOCK_NONE}};
    struct index_hit *hits;

    OK(index_query(ix, &q, a, &hits, n, &e));
    return hits;
}

static size_t hits(const char *words, const char *in)
{
    size_t n;

    search_in(core.ix, words, in, &n);
    return n;
}

static str note(const char *text)
{
    return str_fmt(
        a, "{\"format\":\"harken.interaction/1\",\"kind\":\"note\",\"turns\":[{\"speaker\":\"Ann\",\"text\":\"%s\"}]}",
        text);
}

static int64_t pending(void)
{
    struct job_counts n;

    OK(job_count(home.db, home.workspace, STR("webhook"), &n, &e));
    return n.pending;
}

static void all_done(void)
{
    for (int tries = 0; tries < 300 && pending(); tries++)
        workers_wait_progress(&core, workers_progress(&core), ID_NIL, 100);
    assert_int_equal(pending(), 0);
}

/* ---- the way in and out ---- */

static void what_comes_in_is_found_and_goes_away_again(void **state)
{
    struct ingest_result r = done(note("the quokka contract was signed on Friday"), "notes/quokka.json");
    struct index_hit *found;
    struct db_tx *t;
    bool there;
    size_t n;

    (void)state;
    assert_int_equal(r.state, RAW_DONE);
    assert_false(r.known);
    assert_true(r.interactions_n == 1 && r.problems_n == 0);
    found = search_in(core.ix, "quokka contracts", "", &n); /* by stem */
    assert_int_equal(n, 1);
    assert_true(id_eq(found[0].interaction, r.interactions[0]));
    assert_true(str_eq(found[0].source, STR("notes/quokka.json")));
    assert_true(found[0].spans_n == 1 && found[0].spans[0].turn == 0);
    assert_int_equal(hits("quokka", "notes/"), 1);
    assert_int_equal(hits("quokka", "other/"), 0);
    all_done();

    OK(db_begin(home.db, home.workspace, 10000, &t, &e));
    OK(record_ia_drop(t, &core.v, r.interactions[0], &there, &e));
    assert_true(there);
    OK(db_commit(t, &e));
    assert_true(index_drop(core.ix, r.interactions[0]));
    assert_int_equal(hits("quokka", ""), 0);

    r = done(note("the quokka contract was signed on Friday"), "notes/quokka.json"); /* deleted things may come back */
    assert_true(r.state == RAW_DONE && r.interactions_n == 1);
    assert_int_equal(hits("quokka", ""), 1);
}

static void what_is_said_is_found(void **state)
{
    struct ingest_result r =
        done(note("What does the license fee cost? I'll send you the figures on Friday."), "found.json");
    struct record_finding *f = NULL;
    struct record_ia *recs;
    struct db_tx *t;
    size_t n = 0, recs_n, stale = 1;
    struct id *ids;

    (void)state;
    all_done();
    OK(db_begin(home.db, home.workspace, 10000, &t, &e));
    OK(record_ia_load(t, &core.v, r.interactions, 1, a, &recs, &recs_n, &e));
    OK(record_findings_load(t, &core.v, recs, a, &f, &n, &e));
    OK(record_findings_stale(t, &core.v, finding_makers, finding_makers_n, a, &ids, &stale, &e));
    db_rollback(t);
    assert_int_equal(stale, 0);
    assert_true(n >= 2);
    for (size_t i = 0; i < n; i++)
        if (str_eq(f[i].kind, STR("question")))
            return;
    fail_msg("no question among %zu findings", n);
}

static struct record_finding *findings_of(struct id interaction, size_t *n)
{
    struct record_finding *f = NULL;
    struct record_ia *recs;
    struct db_tx *t;
    size_t recs_n;

    OK(db_begin(home.db, home.workspace, 10000, &t, &e));
    OK(record_ia_load(t, &core.v, &interaction, 1, a, &recs, &recs_n, &e));
    OK(record_findings_load(t, &core.v, recs, a, &f, n, &e));
    db_rollback(t);
    return f;
}

static int by_place(const void *x, const void *y)
{
    const struct record_finding *f = x, *g = y;
    int maker = str_cmp(f->maker, g->maker), kind = str_cmp(f->kind, g->kind), class = str_cmp(f->class, g->class);

    if (maker || kind || class)
        return maker ? maker : kind ? kind : class;
    return memcmp(f->spans, g->spans, sizeof *f->spans);
}

/* What comes in small is analysed on its way in: the stage finds the same in what is stored. */
static void on_the_way_in_the_same_is_found(void **state)
{
    struct ingest_result r = done(
        STR("{\"format\":\"harken.interaction/1\",\"kind\":\"call\",\"participants\":[{\"name\":\"Ann Ruiz\","
            "\"email\":\"ann@own.example\"},{\"name\":\"Bob Lee\",\"email\":\"bob@their.example\"}],\"turns\":["
            "{\"speaker\":\"Ann Ruiz\",\"text\":\"I will send you the contract by Friday. What is your budget?\"},"
            "{\"speaker\":\"Bob Lee\",\"text\":\"That is too expensive for us. We decided to wait until June.\"}]}"),
        "way-in.json");
    struct job_new job = {.queue = "analyse", .object = r.interactions[0]};
    struct record_finding *in, *again;
    size_t in_n, again_n;
    struct db_tx *t;

    (void)state;
    in = findings_of(r.interactions[0], &in_n);
    assert_true(in_n >= 3);
    OK(db_begin(home.db, home.workspace, 10000, &t, &e));
    OK(job_enqueue(t, &job, 1, &e));
    OK(db_commit(t, &e));
    workers_wake(&core, "analyse");
    all_done();
    again = findings_of(r.interactions[0], &again_n);
    assert_int_equal(in_n, again_n);
    qsort(in, in_n, sizeof *in, by_place);
    qsort(again, again_n, sizeof *again, by_place);
    for (size_t i = 0; i < in_n; i++) {
        assert_int_equal(by_place(&in[i], &again[i]), 0);
        assert_true(str_eq(in[i].owner, again[i].owner) && id_eq(in[i].owner_id, again[i].owner_id));
        assert_true(str_eq(in[i].attributes, again[i].attributes) && in[i].side == again[i].side);
    }
}

static void the_same_bytes_are_stored_once(void **state)
{
    struct ingest_result one = done(note("the axolotl report"), "a/axolotl.json"), two;

    (void)state;
    two = done(note("the axolotl report"), "a/axolotl.json");
    assert_true(two.known && id_eq(one.raw, two.raw) && id_eq(one.interactions[0], two.interactions[0]));
    two = done(note("the axolotl report"), "b/axolotl.json");
    assert_true(two.known && id_eq(one.interactions[0], two.interactions[0]));
    assert_int_equal(hits("axolotl", ""), 1);
    assert_int_equal(hits("axolotl", "b/"), 1);
}

static void a_newer_version_replaces_the_older(void **state)
{
    struct ingest_result one = done(note("the narwhal draft"), "plan.json"), two;

    (void)state;
    two = done(note("the narwhal final"), "plan.json");
    assert_false(id_eq(one.interactions[0], two.interactions[0]));
    assert_int_equal(hits("draft", ""), 0);
    assert_int_equal(hits("narwhal", ""), 1);
}

/* The older content lives on under its other path, and only there. */
static void a_newer_version_takes_one_of_several_paths(void **state)
{
    (void)state;
    done(note("the dugong draft"), "d/one.json");
    done(note("the dugong draft"), "d/two.json");
    assert_int_equal(hits("dugong", "d/one.json"), 1);
    done(note("the dugong final"), "d/one.json");
    assert_int_equal(hits("dugong", "d/"), 2);
    assert_int_equal(hits("draft", "d/one.json"), 0);
    assert_int_equal(hits("draft", "d/two.json"), 1);
    done(note("the dugong draft"), "d/one.json"); /* known bytes take it back */
    assert_int_equal(hits("dugong", "d/"), 1);
    assert_int_equal(hits("draft", "d/one.json"), 1);
}

static void several_in_one_file_have_their_order(void **state)
{
    str lines = str_fmt(a, "%.*s\n%.*s\n", STR_ARG(note("first okapi")), STR_ARG(note("second okapi")));
    struct ingest_result r = done(lines, "two.jsonl");
    struct record_ia *recs;
    struct db_tx *t;
    size_t n;

    (void)state;
    assert_int_equal(r.interactions_n, 2);
    OK(db_begin(home.db, home.workspace, 10000, &t, &e));
    OK(record_ia_load(t, &core.v, r.interactions, 2, a, &recs, &n, &e));
    db_rollback(t);
    assert_int_equal(n, 2);
    assert_true(str_eq(recs[0].ia.turns[0].text, STR("first okapi")) &&
                str_eq(recs[1].ia.turns[0].text, STR("second okapi")));
}

/* ---- what cannot be read ---- */

static void refused_files_name_place_and_reason(void **state)
{
    static char name[1200000]; /* more than the sealed title of an interaction may have */
    struct {
        str bytes;
        const char *path, *place, *reason;
    } cases[] = {
        {STR("{\"format\":\"harken.interaction/1\",\"kind\":\"call\",\"turns\":[{\"text\":\"a\"},{\"text\":3}]}"),
         "wrong.json", "line 1", "turns[1].text: not a string"},
        {STR("{\"format\":\"harken.interaction/1\",\n\"kind\":tru}"), "broken.json", "line 2", "not valid JSON"},
        {STR("\x00\x01\x02\x03 nothing we know \xff\xfe\x00"), "noise.bin", "byte 0", "binary data"},
        {STR(""), "empty.txt", "byte 0", "the file is empty"},
        {STR(""), "long-title.json", "file", "too long"},
    };
    (void)state;
    memset(name, 'n', sizeof name - 1);
    cases[4].bytes = str_fmt(
        a, "{\"format\":\"harken.interaction/1\",\"kind\":\"call\",\"title\":\"%s\",\"turns\":[{\"text\":\"x\"}]}",
        name);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ingest_result r = done(cases[i].bytes, cases[i].path);
        if (r.state != RAW_FAILED || r.interactions_n || r.problems_n != 1)
            fail_msg("%s: state %d, %zu interactions, %zu problems", cases[i].path, r.state, r.interactions_n,
                     r.problems_n);
        assert_true(str_eq(r.problems[0].path, str_of(cases[i].path)));
        if (!str_starts(r.problems[0].place, str_of(cases[i].place)) ||
            !str_contains(r.problems[0].reason, str_of(cases[i].reason)))
            fail_msg("%s: \"%.*s\" \"%.*s\"", cases[i].path, STR_ARG(r.problems[0].place),
                     STR_ARG(r.problems[0].reason));
    }
    all_done();
}

static void a_refused_version_leaves_the_older_one(void **state)
{
    (void)state;
    done(note("the pangolin survey"), "survey.json");
    assert_int_equal(done(STR("{\"format\":\"harken.interaction/1\""), "survey.json").state, RAW_FAILED);
    assert_int_equal(hits("pangolin", ""), 1);
}

static void too_large_is_said_at_the_door(void **state)
{
    struct ingest_result r;

    (void)state;
    assert_int_equal(
        ingest_submit(&core, str_n("", (size_t)FORMAT_BYTES_MAX + 1), STR("big"), STR(""), STR(""), a, &r, &e),
        ERR_LIMIT);
    assert_int_equal(ingest_submit(&core, STR("x"), STR("x"), STR(""), STR("[1]"), a, &r, &e), ERR_INVALID);
}

/* ---- crashes ---- */

static struct job claim(struct job_owner who, int lease_ms)
{
    static const char *const queues[] = {"parse", NULL};
    struct job_want want = {.queues = queues, .limit = 10, .lease_ms = lease_ms};
    struct job *jobs;
    size_t n;

    OK(job_claim(home.db, home.workspace, who, &want, a, &jobs, &n, &e));
    assert_int_equal(n, 1);
    return jobs[0];
}

/* Killed after the claim: the next start takes the job back and does it once. Killed later still, an old try that comes
 * to its end finds that its lease is gone and leaves nothing. */
static void a_job_survives_its_worker(void **state)
{
    struct job_owner dead = {core.owner.home, id_new()};
    struct ingest_result r, out;
    struct job job;
    int64_t n;

    (void)state;
    workers_drain(&core);
    atomic_store(&core.draining, false);
    r = submit(note("the capybara memo"), "capybara.json");
    assert_int_equal(r.state, RAW_PENDING);
    job = claim(dead, 600000);
    assert_true(id_eq(job.object, r.raw));
    core.owner.boot = id_new();
    OK(job_reclaim(home.db, home.workspace, core.owner, &n, &e));
    assert_int_equal(n, 1);
    claim(core.owner, 600000); /* somebody else has it now */
    assert_int_equal(parse_stage_run(&core, &job, 1, &e), ERR_CONFLICT);
    assert_int_equal(hits("capybara", ""), 0);
    OK(ingest_wait(&core, r.raw, 0, a, &out, &e));
    assert_int_equal(out.state, RAW_PENDING);

    core.owner.boot = id_new();
    OK(job_reclaim(home.db, home.workspace, core.owner, &n, &e));
    OK(workers_start(&core, &e));
    OK(ingest_wait(&core, r.raw, WAIT_MS, a, &out, &e));
    assert_true(out.state == RAW_DONE && out.interactions_n == 1);
    assert_int_equal(hits("capybara", ""), 1);
    all_done();
}

/* Several uploads are one transaction: all of them or, when one of their leases is gone, none. */
static void what_waits_together_is_stored_together(void **state)
{
    static const char *const queues[] = {"parse", NULL};
    struct job_want want = {.queues = queues, .limit = 3, .many_from = 1, .lease_ms = 600000};
    struct ingest_result r[3], out;
    struct job *jobs, stale[3];
    size_t n;

    (void)state;
    workers_drain(&core);
    atomic_store(&core.draining, false);
    r[0] = submit(note("the wombat memo"), "together.json");
    r[1] = submit(STR("{\"format\":\"harken.interaction/1\""), "together-broken.json");
    r[2] = submit(note("the numbat memo"), "together.json"); /* takes the place of the first */
    OK(job_claim(home.db, home.workspace, core.owner, &want, a, &jobs, &n, &e));
    assert_int_equal(n, 3);
    memcpy(stale, jobs, sizeof stale);
    stale[2].fence--;
    assert_int_equal(parse_stage_run(&core, stale, 3, &e), ERR_CONFLICT);
    for (int i = 0; i < 3; i++) {
        OK(ingest_wait(&core, r[i].raw, 0, a, &out, &e));
        assert_int_equal(out.state, RAW_PENDING);
    }
    assert_int_equal(hits("numbat", ""), 0);
    OK(parse_stage_run(&core, jobs, 3, &e));
    OK(ingest_wait(&core, r[1].raw, 0, a, &out, &e));
    assert_true(out.state == RAW_FAILED && out.problems_n == 1);
    assert_int_equal(hits("numbat", "together.json"), 1);
    assert_int_equal(hits("wombat", ""), 0);
    assert_int_equal(pending(), 0);
    OK(workers_start(&core, &e));
}

/* Claimed in this process's name, but the answer of the database got lost: nobody here works on it, so its lease runs out,
 * and the heartbeat (every 8 s) must not keep it. */
static void a_lease_lost_sight_of_runs_out(void **state)
{
    struct ingest_result r, out;

    (void)state;
    workers_drain(&core);
    atomic_store(&core.draining, false);
    r = submit(note("the manatee letter"), "manatee.json");
    claim(core.owner, 9000);
    OK(workers_start(&core, &e));
    OK(ingest_wait(&core, r.raw, WAIT_MS / 3, a, &out, &e));
    assert_true(out.state == RAW_DONE && out.interactions_n == 1);
    assert_int_equal(hits("manatee", ""), 1);
    all_done();
}

/* A call with figures of an older version of the definitions gets them anew at the next start. */
static void older_figures_are_made_again(void **state)
{
    struct record_stat old = {.id = STR("switches"),
                              .unit = STR("1"),
                              .has_value = true,
                              .value = 999,
                              .definition_version = 1},
                       *rows;
    struct ingest_result r =
        done(STR("{\"format\":\"harken.interaction/1\",\"kind\":\"call\",\"participants\":[{\"name\":"
                 "\"Ann\",\"side\":\"internal\"},{\"name\":\"Ben\",\"side\":\"external\"}],\"turns\":["
                 "{\"speaker\":\"Ann\",\"start_ms\":0,\"end_ms\":4000,\"text\":\"The quokka plan has two parts.\"},"
                 "{\"speaker\":\"Ben\",\"start_ms\":4500,\"end_ms\":9000,\"text\":\"Tell me about both of them.\"}]}"),
             "quokka.json");
    struct db_tx *t;
    int64_t queued;
    size_t n;

    (void)state;
    all_done();
    OK(db_begin(home.db, home.workspace, 10000, &t, &e));
    assert_int_equal(r.interactions_n, 1);
    OK(record_stats_save(t, &core.v, r.interactions[0], &old, 1, &e));
    OK(db_commit(t, &e));
    OK(rebuild_stale_analyses(&core, &queued, &e));
    assert_int_equal(queued, 1);
    all_done();
    OK(db_begin(home.db, home.workspace, 10000, &t, &e));
    OK(record_stats_load(t, &core.v, r.interactions[0], a, &rows, &n, &e));
    db_rollback(t);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(rows[i].definition_version, 2);
        if (str_eq(rows[i].id, STR("switches")))
            assert_true(rows[i].has_value && rows[i].value == 1);
    }
    assert_true(n > 10);
}

/* Killed after the result was stored: a second job for the same upload changes nothing. */
static void a_finished_upload_is_not_read_again(void **state)
{
    struct ingest_result r = done(note("the wombat summary"), "wombat.json"), out;
    struct job_new again = {.queue = "parse", .object = r.raw};
    struct db_tx *t;

    (void)state;
    OK(db_begin(home.db, home.workspace, 10000, &t, &e));
    OK(job_enqueue(t, &again, 1, &e));
    OK(db_commit(t, &e));
    workers_wake(&core, "parse");
    for (int i = 0; i < 200 && pending(); i++)
        workers_wait_progress(&core, workers_progress(&core), ID_NIL, 100);
    assert_int_equal(pending(), 0);
    OK(ingest_wait(&core, r.raw, 0, a, &out, &e));
    assert_true(out.interactions_n == 1 && id_eq(out.interactions[0], r.interactions[0]));
    assert_int_equal(hits("wombat", ""), 1);
}

static void index_is_made_again_from_the_store(void **state)
{
    static const char *const words[] = {"quokka",   "axolotl",  "narwhal", "okapi",
                                        "pangolin", "capybara", "wombat",  "final"};
    struct index *first = core.ix;
    atomic_bool stop = false;

    (void)state;
    core.ix = index_new(4);
    atomic_store(&core.index_ready, false);
    OK(rebuild_run(&core, &stop, &e));
    assert_true(atomic_load(&core.index_ready));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t was_n, n;
        struct index_hit *was = search_in(first, words[i], "", &was_n), *is = search_in(core.ix, words[i], "", &n);
        assert_int_equal(n, was_n);
        assert_true(n > 0);
        for (size_t k = 0; k < n; k++) {
            assert_true(is[k].score == was[k].score && is[k].spans_n == was[k].spans_n);
            assert_memory_equal(is[k].spans, was[k].spans, was[k].spans_n * sizeof *was[k].spans);
        }
    }
    assert_int_equal(hits("axolotl", "b/"), 1);
    index_free(first);
}

static int up(void **state)
{
    (void)state;
    test_home_new(&home);
    a = arena_new_wiped("test");
    core.v = (struct vaulted){home.db, home.keyring, home.workspace};
    core.ix = index_new(4);
    core.owner = (struct job_owner){keyring_id(home.keyring), id_new()};
    return workers_start(&core, &e) ? -1 : 0;
}

static int down(void **state)
{
    (void)state;
    workers_drain(&core);
    sandbox_stop();
    index_free(core.ix);
    arena_free(a);
    test_home_free(&home);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_in_is_found_and_goes_away_again),
        cmocka_unit_test(what_is_said_is_found),
        cmocka_unit_test(on_the_way_in_the_same_is_found),
        cmocka_unit_test(the_same_bytes_are_stored_once),
        cmocka_unit_test(a_newer_version_replaces_the_older),
        cmocka_unit_test(a_newer_version_takes_one_of_several_paths),
        cmocka_unit_test(several_in_one_file_have_their_order),
        cmocka_unit_test(refused_files_name_place_and_reason),
        cmocka_unit_test(a_refused_version_leaves_the_older_one),
        cmocka_unit_test(too_large_is_said_at_the_door),
        cmocka_unit_test(a_job_survives_its_worker),
        cmocka_unit_test(what_waits_together_is_stored_together),
        cmocka_unit_test(a_lease_lost_sight_of_runs_out),
        cmocka_unit_test(older_figures_are_made_again),
        cmocka_unit_test(a_finished_upload_is_not_read_again),
        cmocka_unit_test(index_is_made_again_from_the_store),
    };
    if (argc > 1 && strcmp(argv[1], "parser") == 0)
        return sandbox_child_main();
    return cmocka_run_group_tests(tests, up, down);
}
