/* Findings as stored: whole, with people's verdicts, and only while their words are those they were made from. */
#include "base/thread.h"
#include "records/findings.h"
#include "records/people.h"
#include "records/trackers.h"
#include "records/test_records.h"

static const struct finding_maker makers[] = {{"rules.a", 1}, {"rules.b", 3}};

static struct record_ia *stored(const char *bytes)
{
    static struct ia_participant people[2];
    static struct ia_turn turns[2];
    struct record_ia rec = {.ia = {.kind = IA_CALL,
                                   .format = STR("json"),
                                   .language = STR("en"),
                                   .title = STR("t"),
                                   .started_at_ms = 1781128207428,
                                   .duration_ms = IA_TIME_NONE}},
                     *got;
    struct raw_row row;
    bool is_new;
    struct db_tx *t = begin();
    size_t n;

    people[0] = (struct ia_participant){STR("Ann Ruiz"), STR("ann@ours.example"), IA_SIDE_INTERNAL, true};
    people[1] = (struct ia_participant){STR("Bo Lind"), STR("bo@theirs.example"), IA_SIDE_EXTERNAL, true};
    turns[0] = (struct ia_turn){STR("Ann Ruiz"), 0, 900, STR("I'll send it on Friday.")};
    turns[1] = (struct ia_turn){STR("Bo Lind"), 1000, 1900, STR("That is too expensive.")};
    rec.ia.participants = people;
    rec.ia.participants_n = 2;
    rec.ia.turns = turns;
    rec.ia.turns_n = 2;
    OK(raw_put(t, &v, str_of(bytes), str_of(bytes), str_of(bytes), STR(""), &row, &is_new, &e));
    rec.raw = row.id;
    OK(record_ia_save(t, &v, &rec, NULL, 0, NULL, 0, NULL, 0, a, &e));
    OK(db_commit(t, &e));
    t = begin();
    OK(record_ia_load(t, &v, &rec.ia.id, 1, a, &got, &n, &e));
    db_rollback(t);
    assert_int_equal(n, 1);
    return got;
}

static struct record_finding *load(const struct record_ia *rec, size_t *n)
{
    struct record_finding *f;
    struct db_tx *t = begin();

    OK(record_findings_load(t, &v, rec, a, &f, n, &e));
    db_rollback(t);
    return f;
}

static void save(const struct record_ia *rec, const struct record_finding *f, size_t n, const struct finding_maker *m,
                 size_t m_n)
{
    struct db_tx *t = begin();

    OK(record_findings_save(t, &v, rec, f, n, m, m_n, &e));
    OK(db_commit(t, &e));
}

static struct ia_span promise_span[] = {{0, 0, 23}}, price_span[] = {{1, 0, 22}};

static void two_make(struct record_finding f[2])
{
    f[0] = (struct record_finding){.kind = STR("commitment"),
                                   .modality = STR("COMMITTED"),
                                   .owner = STR("Ann Ruiz"),
                                   .due_day = 20613,
                                   .confidence = 0.9,
                                   .side = IA_SIDE_INTERNAL,
                                   .at_ms = 0,
                                   .maker = STR("rules.a"),
                                   .version = 1,
                                   .spans = promise_span,
                                   .spans_n = 1};
    f[1] = (struct record_finding){.kind = STR("objection"),
                                   .class = STR("PRICE"),
                                   .due_day = FINDING_NO_DAY,
                                   .has_value = true,
                                   .value = 2,
                                   .attributes = STR("{\"resolved\":\"unknown\"}"),
                                   .confidence = 0.5,
                                   .side = IA_SIDE_EXTERNAL,
                                   .at_ms = IA_TIME_NONE,
                                   .maker = STR("rules.b"),
                                   .version = 3,
                                   .spans = price_span,
                                   .spans_n = 1};
}

static void every_field_comes_back(void **state)
{
    struct record_ia *rec = stored("fields");
    struct record_finding f[2], *got;
    size_t n;

    (void)state;
    two_make(f);
    save(rec, f, 2, makers, 2);
    got = load(rec, &n);
    assert_int_equal(n, 2);
    assert_true(str_eq(got[0].kind, f[0].kind) && str_eq(got[0].modality, f[0].modality) && !got[0].class.n);
    assert_true(str_eq(got[0].owner, STR("Ann Ruiz")) && !id_is_nil(got[0].owner_id) && got[0].due_day == 20613);
    assert_string_equal(str_cz(a, finding_day_str(a, got[0].due_day)), "2026-06-09");
    assert_false(got[0].has_value);
    assert_int_equal(got[0].at_ms, 0);
    assert_true(str_eq(got[1].class, STR("PRICE")) && got[1].has_value && got[1].value == 2);
    assert_true(str_eq(got[1].attributes, STR("{\"resolved\":\"unknown\"}")));
    assert_true(got[1].due_day == FINDING_NO_DAY && got[1].at_ms == IA_TIME_NONE && id_is_nil(got[1].owner_id));
    assert_true(got[1].side == IA_SIDE_EXTERNAL && got[1].version == 3 && got[1].confidence == 0.5);
    assert_memory_equal(got[1].spans, price_span, sizeof *price_span);
}

static void a_maker_replaces_its_own(void **state)
{
    struct record_ia *rec = stored("replace");
    struct record_finding f[2], *got;
    size_t n;

    (void)state;
    two_make(f);
    save(rec, f, 2, makers, 2);
    save(rec, NULL, 0, makers, 1);
    got = load(rec, &n);
    assert_int_equal(n, 1);
    assert_true(str_eq(got[0].kind, STR("objection")));
}

static void an_older_version_is_stale(void **state)
{
    const struct finding_maker newer[] = {{"rules.a", 2}, {"rules.b", 3}};
    struct record_ia *rec = stored("stale");
    struct db_tx *t;
    struct id *ids;
    size_t n, was;

    (void)state;
    t = begin();
    OK(record_findings_stale(t, &v, makers, 2, a, &ids, &was, &e));
    db_rollback(t);
    save(rec, NULL, 0, makers, 2);
    t = begin();
    OK(record_findings_stale(t, &v, makers, 2, a, &ids, &n, &e));
    assert_int_equal(n, was - 1);
    OK(record_findings_stale(t, &v, newer, 2, a, &ids, &n, &e));
    assert_true(n >= was);
    db_rollback(t);
}

static void a_verdict_outlives_its_finding(void **state)
{
    struct record_ia *rec = stored("verdict");
    struct id nobody = {{0}};
    struct record_finding f[2], *got;
    struct finding_clicks *clicks;
    size_t clicks_n;
    struct db_tx *t;
    size_t n;

    (void)state;
    two_make(f);
    save(rec, f, 2, makers, 2);
    t = begin();
    OK(record_feedback_add(t, &v, rec->ia.id, STR("objection"), STR("PRICE"), price_span[0], nobody, nobody, false,
                           &e));
    OK(db_commit(t, &e));
    got = load(rec, &n);
    assert_true(n == 2 && got[0].state == FINDING_FOUND && got[1].state == FINDING_DISMISSED);
    save(rec, f, 2, makers, 2); /* made again */
    got = load(rec, &n);
    assert_true(n == 2 && got[0].state == FINDING_FOUND && got[1].state == FINDING_DISMISSED);
    t = begin();
    OK(record_feedback_add(t, &v, rec->ia.id, STR("objection"), STR("PRICE"), price_span[0], nobody, nobody, true, &e));
    OK(db_commit(t, &e));
    got = load(rec, &n);
    assert_int_equal(got[1].state, FINDING_CONFIRMED);
    t = begin();
    OK(record_clicks_load(t, &v, a, &clicks, &clicks_n, &e)); /* the second word replaced the first */
    db_rollback(t);
    assert_int_equal(clicks_n, 1);
    assert_true(str_eq(clicks->maker, f[1].maker) && str_eq(clicks->kind, STR("objection")));
    assert_true(clicks->right == 1 && clicks->wrong == 0);
}

static void changed_words_take_their_finding_with_them(void **state)
{
    struct people_want w = {.name = STR("Bo Lind"), .email = STR("bo@theirs.example")};
    struct record_ia *rec = stored("erased"), *again;
    struct record_finding f[2], *got;
    struct db_tx *t;
    size_t n;

    (void)state;
    two_make(f);
    f[0].owner = STR("Bo Lind"); /* named in the other's words */
    save(rec, f, 2, makers, 2);
    t = begin();
    OK(people_resolve(t, &v, &w, 1, a, &e));
    OK(db_commit(t, &e));
    OK(keyring_subject_destroy(v.keys, v.workspace, w.subject, &e));
    t = begin();
    OK(record_ia_load(t, &v, &rec->ia.id, 1, a, &again, &n, &e));
    db_rollback(t);
    got = load(again, &n);
    assert_int_equal(n, 1);
    assert_true(str_eq(got[0].kind, STR("commitment")) && !got[0].owner.n);
}

static void a_span_outside_the_text_is_refused(void **state)
{
    struct record_ia *rec = stored("outside");
    struct ia_span beyond = {0, 0, 4000};
    struct record_finding f[2];
    struct db_tx *t = begin();

    (void)state;
    two_make(f);
    f[0].spans = &beyond;
    assert_int_equal(record_findings_save(t, &v, rec, f, 1, makers, 1, &e), ERR_INVALID);
    db_rollback(t);
}

/* ---- what is learned from somebody's words ---- */

static const char model[] = "00000000000000000000000000000000000000000000000000000000000000ff";

static void click(struct id ia, struct id tracker, struct ia_span span)
{
    struct db_tx *t = begin();

    OK(record_feedback_add(t, &v, ia, STR("tracker"), id_str(a, tracker), span, tracker, (struct id){0}, true, &e));
    OK(db_commit(t, &e));
}

/* Which turns the clicks of a tracker are on, as bits. */
static unsigned clicked_turns(struct db_tx *t, struct id tracker)
{
    struct tracker_click *c;
    unsigned turns = 0;
    size_t n;

    OK(record_tracker_clicks(t, &v, tracker, 10, a, &c, &n, &e));
    for (size_t i = 0; i < n; i++)
        turns |= 1u << c[i].span.turn;
    return turns;
}

static void what_was_learned_goes_with_the_person(void **state)
{
    struct record_tracker by_example = {.kind = TRACKER_EXAMPLES, .enabled = true, .name = STR("price")};
    struct record_tracker by_words = {.kind = TRACKER_WORDS, .enabled = true, .name = STR("words")}, *k;
    struct people_want w = {.name = STR("Bo Lind"), .email = STR("bo@theirs.example")};
    struct record_ia *rec = stored("learned");
    int before, after;
    struct db_tx *t;
    char out[100];
    str vectors;
    bool there;
    size_t n;

    (void)state;
    t = begin();
    OK(record_tracker_add(t, &v, &by_example, &e));
    OK(record_tracker_add(t, &v, &by_words, &e));
    OK(record_tracker_head_set(t, &v, by_example.id, by_example.version, STR("head"), &there, &e));
    assert_true(there);
    OK(record_sentences_save(t, &v, rec->ia.id, model, STR("vectors"), &e));
    OK(people_resolve(t, &v, &w, 1, a, &e));
    OK(db_commit(t, &e));
    click(rec->ia.id, by_example.id, promise_span[0]);
    click(rec->ia.id, by_example.id, price_span[0]);
    t = begin();
    assert_int_equal(clicked_turns(t, by_example.id), 1 | 2);
    OK(record_tracker_generation(t, &v, &before, &e));
    OK(record_sentences_load(t, &v, rec->ia.id, model, a, &vectors, &e));
    assert_true(str_eq(vectors, STR("vectors")));
    db_rollback(t);

    OK(keyring_subject_destroy(v.keys, v.workspace, w.subject, &e));
    test_home_sql(&home, "UPDATE person SET erased_at=1 WHERE email_index IS NOT NULL AND side=2", out, sizeof out);
    t = begin();
    assert_int_equal(clicked_turns(t, by_example.id), 1); /* what Ann said may still teach */
    OK(record_tracker_generation(t, &v, &after, &e));
    assert_true(after > before); /* everything is looked through again */
    OK(record_sentences_load(t, &v, rec->ia.id, model, a, &vectors, &e));
    assert_int_equal(vectors.n, 0);
    OK(record_trackers_load(t, &v, (struct id[]){by_example.id, by_words.id}, 2, true, a, &k, &n, &e));
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(k[i].head.n, 0); /* the next sweep trains it */
        assert_int_equal(k[i].version > 1, k[i].kind == TRACKER_EXAMPLES); /* what is being trained now is not stored */
    }
    db_rollback(t);
}

/* ---- findings and their conversation ---- */

static int64_t number_of(const char *sql, struct id id)
{
    char text[ID_TEXT_LEN + 1], out[64];
    int64_t n = -1;

    id_format(id, text);
    test_home_sql(&home, str_fmt(a, "%s '%s'", sql, text).p, out, sizeof out);
    assert_true(str_to_i64(str_of(out), &n));
    return n;
}

static int64_t kept(struct id interaction)
{
    return number_of("SELECT count(*) FROM finding WHERE interaction_id =", interaction);
}

static struct record_finding one_found(void)
{
    static struct ia_span span = {0, 0, 4};

    return (struct record_finding){.kind = STR("question"),
                                   .due_day = FINDING_NO_DAY,
                                   .confidence = 1,
                                   .at_ms = IA_TIME_NONE,
                                   .maker = STR("rules.a"),
                                   .version = 1,
                                   .spans = &span,
                                   .spans_n = 1};
}

static void findings_of_no_conversation_are_refused(void **state)
{
    static const struct db_stmt add = {
        "test_finding_add", "INSERT INTO finding (workspace_id, interaction_id, ordinal, kind, confidence, maker, "
                            "version, spans, sealed) VALUES ($1, $2, 0, 'question', 1, 'rules.a', 1, '{0,0,4}', 'x')"};
    struct record_ia *rec = stored("held");
    struct db_tx *t = begin();

    (void)state;
    OK(db_run(t, &add, DB_ARGS(P_ID(v.workspace), P_ID(rec->ia.id)), NULL, &e));
    assert_int_not_equal(db_run(t, &add, DB_ARGS(P_ID(v.workspace), P_ID(id_new())), NULL, &e), ERR_OK);
    db_rollback(t);
}

/* Whoever deletes: one who may see nothing, and outside of any workspace, as one repairs by hand. */
static void findings_go_with_their_conversation(void **state)
{
    struct record_ia *rec = stored("going"), *other = stored("staying");
    struct record_finding f = one_found();
    char text[ID_TEXT_LEN + 1], out[64];

    (void)state;
    save(rec, &f, 1, makers, 1);
    save(other, &f, 1, makers, 1);
    assert_true(kept(rec->ia.id) == 1 && kept(other->ia.id) == 1);
    id_format(rec->ia.id, text);
    test_home_sql(&home, str_fmt(a, "SET harken.reach = 'none'; DELETE FROM interaction WHERE id = '%s'", text).p, out,
                  sizeof out);
    assert_int_equal(kept(rec->ia.id), 0);
    assert_int_equal(kept(other->ia.id), 1);
}

struct other_side {
    struct record_ia *rec;
    bool deletes;
    enum err_code rc;
};

static void other_side_run(void *arg)
{
    struct other_side *s = arg;
    struct record_finding f = one_found();
    struct db_tx *t;
    struct err mine;
    bool found;

    s->rc = db_begin(home.db, home.workspace, 30000, &t, &mine);
    if (s->rc)
        return;
    s->rc = s->deletes ? record_ia_drop(t, &v, s->rec->ia.id, &found, &mine)
                       : record_findings_save(t, &v, s->rec, &f, 1, makers, 1, &mine);
    if (!s->rc)
        s->rc = db_commit(t, &mine);
    else
        db_rollback(t);
}

static void wait_for_lock(void)
{
    char out[16];

    do
        test_home_sql(&home, "SELECT count(*) FROM pg_locks WHERE NOT granted", out, sizeof out);
    while (strcmp(out, "0") == 0);
}

/* One of the two is first; the other waits for it and then finds what is true by then. */
static void found_and_deleted_at_once_leaves_nothing(void **state)
{
    (void)state;
    for (int deletes = 0; deletes < 2; deletes++) {
        struct record_ia *rec = stored(deletes ? "found first" : "deleted first");
        struct other_side other = {rec, deletes, ERR_OK};
        struct record_finding f = one_found();
        struct db_tx *t = begin();
        struct thread th;
        bool found;

        if (deletes)
            OK(record_findings_save(t, &v, rec, &f, 1, makers, 1, &e));
        else
            OK(record_ia_drop(t, &v, rec->ia.id, &found, &e));
        OK(db_flush(t, NULL, &e));
        OK(thread_start(&th, "other", other_side_run, &other, &e));
        wait_for_lock();
        OK(db_commit(t, &e));
        thread_join(&th);
        if (deletes)
            assert_int_equal(other.rc, ERR_OK);
        else
            assert_int_not_equal(other.rc, ERR_OK);
        assert_int_equal(number_of("SELECT count(*) FROM interaction WHERE id =", rec->ia.id), 0);
        assert_int_equal(kept(rec->ia.id), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_comes_back),
        cmocka_unit_test(a_maker_replaces_its_own),
        cmocka_unit_test(an_older_version_is_stale),
        cmocka_unit_test(a_verdict_outlives_its_finding),
        cmocka_unit_test(a_span_outside_the_text_is_refused),
        cmocka_unit_test(changed_words_take_their_finding_with_them),
        cmocka_unit_test(what_was_learned_goes_with_the_person),
        cmocka_unit_test(findings_of_no_conversation_are_refused),
        cmocka_unit_test(findings_go_with_their_conversation),
        cmocka_unit_test(found_and_deleted_at_once_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, up, down);
}
