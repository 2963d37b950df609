/* records/erasure_test.c - after an erasure nothing of the person is read back, every place in others' words stays where it was,
 * and a second run changes nothing. What people said about each other and chose stands here, too. */
#include "records/chosen.h"
#include "records/coaching.h"
#include "records/erasure.h"
#include "records/people.h"
#include "records/test_records.h"

static const struct id officer = {{0xd0}}, other = {{0xd1}};

/* A call of two, and the bytes it came in. */
static struct id stored(const char *bytes, const char *theirs, const char *ours)
{
    struct ia_participant people[2] = {{STR("Ann Ruiz"), STR("ann@ours.example"), IA_SIDE_INTERNAL, true},
                                       {STR("Bo Lind"), STR("bo.lind@theirs.example"), IA_SIDE_EXTERNAL, true}};
    struct ia_turn turns[2] = {{STR("Ann Ruiz"), 0, 900, str_of(ours)}, {STR("Bo Lind"), 1000, 1900, str_of(theirs)}};
    struct record_ia rec = {.ia = {.kind = IA_CALL,
                                   .format = STR("json"),
                                   .language = STR("en"),
                                   .title = STR("Bo Lind and Ann"),
                                   .started_at_ms = 1781128207428,
                                   .duration_ms = IA_TIME_NONE,
                                   .participants = people,
                                   .participants_n = 2,
                                   .turns = turns,
                                   .turns_n = 2}};
    struct db_tx *t = begin();
    struct raw_row row;
    bool is_new;

    OK(raw_put(t, &v, str_of(bytes), str_of(bytes), str_of(bytes), STR(""), &row, &is_new, &e));
    rec.raw = row.id;
    OK(record_ia_save(t, &v, &rec, NULL, 0, NULL, 0, NULL, 0, a, &e));
    OK(db_commit(t, &e));
    return rec.ia.id;
}

static struct record_ia *load(struct id ia)
{
    struct record_ia *got;
    struct db_tx *t = begin();
    size_t n;

    OK(record_ia_load(t, &v, &ia, 1, a, &got, &n, &e));
    db_rollback(t);
    assert_int_equal(n, 1);
    return got;
}

static struct id bo(void)
{
    struct people_want w = {STR("Bo Lind"), STR("bo.lind@theirs.example"), IA_SIDE_EXTERNAL, {{0}}, {{0}}};
    struct db_tx *t = begin();

    OK(people_resolve(t, &v, &w, 1, a, &e));
    OK(db_commit(t, &e));
    return w.person;
}

/* The rows go; *out_touched. */
static void run(struct erasure *x, size_t *out_touched)
{
    struct id *touched;
    struct db_tx *t = begin();

    OK(erasure_rows(t, &v, x, a, &touched, out_touched, &e));
    OK(db_commit(t, &e));
}

static int64_t parts_kept(void)
{
    char out[64];

    test_home_sql(&home, "SELECT count(*) FROM raw_part", out, sizeof out);
    return strtoll(out, NULL, 10);
}

static void a_person_goes_and_the_others_stay(void **state)
{
    const char *ours = "Hello Bo, good day Bo Lind; write to bo.lind@theirs.example. Bobby is not Bo, bo is a word.";
    struct id ia = stored("the original", "Nobody else says paprika.", ours);
    struct erasure x = {.id = {{0xe1}}, .person = bo(), .asked_by = officer, .approved_by = other}, again;
    struct remark note = {.interaction = ia, .author = officer, .about = x.person, .text = STR("Bo was late.")};
    struct remark *remarks;
    struct db_tx *t = begin();
    struct person_row *person;
    struct record_ia *rec;
    size_t n;
    bool found;

    (void)state;
    OK(remark_add(t, &v, &note, a, &e));
    OK(erasure_add(t, &v, &x, &e));
    assert_int_equal(erasure_add(t, &v, &x, &e), ERR_EXISTS);
    OK(db_commit(t, &e));
    assert_true(x.state == ERASURE_AGREED && parts_kept() == 1);
    run(&x, &n);
    assert_int_equal(n, 1);
    assert_true(x.counts[ERASED_CONVERSATIONS] == 1 && x.counts[ERASED_TURNS] == 1 && x.counts[ERASED_ORIGINALS] == 1 &&
                x.counts[ERASED_RELATIONS] == 1);
    assert_int_equal(parts_kept(), 0);
    rec = load(ia); /* the key is still there: the words are gone all the same */
    assert_int_equal(rec->ia.turns[1].text.n, 0);
    assert_int_equal(rec->ia.turns[0].text.n, strlen(ours)); /* byte for byte: every span stays right */
    assert_string_equal(str_cz(a, rec->ia.turns[0].text),
                        "Hello **, good day *******; write to **********************. Bobby is not **, bo is a word.");
    assert_string_equal(str_cz(a, rec->ia.title), "******* and Ann");

    OK(keyring_subject_destroy(v.keys, v.workspace, x.subject, &e));
    again = x;
    run(&again, &n); /* a repeated try */
    assert_int_equal(n, 0);
    assert_memory_equal(again.counts, x.counts, sizeof x.counts);
    rec = load(ia);
    assert_string_equal(str_cz(a, rec->ia.turns[1].text), "[erased]");
    t = begin();
    OK(erasure_finish(t, &v, &x, &e));
    OK(erasure_load(t, &v, x.id, &again, &found, &e));
    assert_true(found && again.state == ERASURE_DONE && again.done_ms == x.done_ms && again.counts[ERASED_TURNS] == 1);
    OK(people_load(t, &v, &x.person, 1, a, &person, &n, &e));
    assert_true(n == 1 && person->erased && !person->name.n && !person->email.n && person->erased_at_ms != CLOCK_NONE);
    OK(remarks_load(t, &v, ia, a, &remarks, &n, &e));
    assert_int_equal(n, 0);
    OK(db_commit(t, &e));
    assert_false(id_eq(bo(), x.person)); /* whoever turns up again is somebody new */
}

static void a_plan_counts_and_changes_nothing(void **state)
{
    struct id ia = stored("another original", "I said this.", "And I that."), person = bo();
    struct db_tx *t = begin();
    int64_t counts[ERASED_KINDS];

    (void)state;
    OK(erasure_plan(t, &v, person, counts, &e));
    assert_true(counts[ERASED_CONVERSATIONS] == 1 && counts[ERASED_TURNS] == 1 && counts[ERASED_ORIGINALS] == 1);
    assert_int_equal(erasure_plan(t, &v, (struct id){{9}}, counts, &e), ERR_NOT_FOUND);
    db_rollback(t);
    assert_string_equal(str_cz(a, load(ia)->ia.turns[1].text), "I said this.");
}

static void nobody_agrees_to_their_own(void **state)
{
    struct erasure x = {.id = {{0xe2}}, .person = bo(), .asked_by = officer, .approved_by = officer};
    struct db_tx *t = begin();

    (void)state;
    assert_int_not_equal(erasure_add(t, &v, &x, &e), ERR_OK); /* the database's own lock */
    db_rollback(t);
}

static void remarks_keep_their_kind_and_place(void **state)
{
    struct id ia = stored("a third original", "Yes.", "Shall we?");
    struct remark r[3] = {
        {.interaction = ia, .author = officer, .placed = true, .span = {0, 0, 5}, .text = STR("Well opened.")},
        {.interaction = ia, .author = officer, .kind = REMARK_REQUEST, .text = STR("How was I?")},
        {.interaction = ia, .author = other, .kind = REMARK_SHARE, .text = STR("")},
    };
    struct remark lost = {.interaction = {{9}}, .author = officer, .text = STR("x")}, *got;
    struct db_tx *t = begin();
    size_t n;

    (void)state;
    for (int i = 0; i < 3; i++)
        OK(remark_add(t, &v, &r[i], a, &e));
    assert_int_equal(remark_add(t, &v, &lost, a, &e), ERR_NOT_FOUND);
    lost = (struct remark){.interaction = ia, .author = officer, .placed = true, .span = {99, 0, 1}, .text = STR("x")};
    assert_int_equal(remark_add(t, &v, &lost, a, &e), ERR_NOT_FOUND); /* no such turn */
    OK(remarks_load(t, &v, ia, a, &got, &n, &e));
    db_rollback(t);
    assert_int_equal(n, 3);
    for (int i = 0; i < 3; i++)
        assert_true(got[i].kind == r[i].kind && got[i].placed == r[i].placed && str_eq(got[i].text, r[i].text));
    assert_int_equal(got[0].span.end, 5);
}

static void what_was_chosen_is_one_of_a_key(void **state)
{
    struct db_tx *t = begin();
    struct chosen *got;
    size_t n;

    (void)state;
    OK(chosen_put(t, &v, STR("log.level"), STR("debug"), officer, a, &e));
    OK(chosen_put(t, &v, STR("log.level"), STR("info"), ID_NIL, a, &e));
    OK(chosen_put(t, &v, STR("answers.keep"), STR("30d"), officer, a, &e));
    OK(chosen_load(t, &v, a, &got, &n, &e));
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(str_cz(a, got[i].value), str_eq(got[i].key, STR("log.level")) ? "info" : "30d");
    OK(chosen_drop(t, &v, STR("log.level"), a, &e));
    OK(chosen_drop(t, &v, STR("log.level"), a, &e)); /* none: as good */
    OK(chosen_load(t, &v, a, &got, &n, &e));
    db_rollback(t);
    assert_true(n == 1 && str_eq(got->key, STR("answers.keep")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_goes_and_the_others_stay), cmocka_unit_test(a_plan_counts_and_changes_nothing),
        cmocka_unit_test(nobody_agrees_to_their_own),        cmocka_unit_test(remarks_keep_their_kind_and_place),
        cmocka_unit_test(what_was_chosen_is_one_of_a_key),
    };
    return cmocka_run_group_tests(tests, up, down);
}
