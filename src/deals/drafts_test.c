/* deals/drafts_test.c - a draft quotes what was said, cites it, and asks what nobody has said yet. */
#include "deals/drafts.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena *a;
static struct deal_find finds[] = {
    {.kind = FIND_QUALIFICATION, .class_ = "meddpicc.metrics", .value = 2, .at_ms = 10},
    {.kind = FIND_COMMITMENT,
     .modality = "COMMITTED",
     .side = IA_SIDE_INTERNAL,
     .due_day = 20000,
     .at_ms = 20,
     .span = {3, 4, 30}},
    {.kind = FIND_COMMITMENT,
     .modality = "COMMITTED",
     .side = IA_SIDE_EXTERNAL,
     .due_day = 20001,
     .at_ms = 30,
     .span = {5, 0, 9}},
    {.kind = FIND_OBJECTION,
     .class_ = "PRICE",
     .side = IA_SIDE_EXTERNAL,
     .due_day = INT32_MIN,
     .at_ms = 40,
     .span = {7, 0, 12}},
};
static const struct deal_facts facts = {.find = finds, .find_n = 4};

static void a_promise_is_quoted_by_whose_it_is(void **state)
{
    static const struct warning_hit hits[WARNINGS_N];
    struct deal_state s = {.as_of = 100};
    struct deal_evidence ev[DRAFT_QUOTES_MAX];

    (void)state;
    assert_int_equal(draft_evidence(&facts, &s, hits, ACTION_KEEP_PROMISE, 0, ev), 1);
    assert_int_equal(ev[0].span[0], 3);
    assert_int_equal(draft_evidence(&facts, &s, hits, ACTION_REMIND, 0, ev), 1);
    assert_int_equal(ev[0].span[0], 5);
    assert_int_equal(draft_evidence(&facts, &s, hits, ACTION_FOLLOW_UP, 0, ev), 1);
    assert_int_equal(ev[0].span[0], 7);
    s.as_of = 15; /* nothing of what came later */
    assert_int_equal(draft_evidence(&facts, &s, hits, ACTION_KEEP_PROMISE, 0, ev), 0);
}

static void the_evidence_of_the_warning_comes_first_and_once(void **state)
{
    struct warning_hit hits[WARNINGS_N] = {
        [8] = {.on = true,
               .evidence = {{EVIDENCE_CHANGE, {{0}}, 1, {-1, 0, 0}}, {EVIDENCE_INTERACTION, {{0}}, 40, {7, 0, 12}}},
               .evidence_n = 2}};
    struct deal_state s = {.as_of = 100};
    struct deal_evidence ev[DRAFT_QUOTES_MAX];

    (void)state;
    assert_int_equal(draft_evidence(&facts, &s, hits, ACTION_BOOK_NEXT, 9, ev),
                     1); /* the objection is that evidence; a change has no words */
    assert_int_equal(ev[0].span[0], 7);
}

static void only_what_nobody_knows_is_asked(void **state)
{
    struct deal_state s = {.as_of = 100};
    const char *q[DRAFT_QUESTIONS_MAX];
    size_t n = draft_questions(&facts, &s, ACTION_ASK_FIELD, q);

    (void)state;
    assert_int_equal(n, 9); /* ten fields, one known */
    for (size_t i = 0; i < n; i++)
        assert_null(strstr(q[i], "in numbers"));
    assert_int_equal(draft_questions(&facts, &s, ACTION_ASK_PROCESS, q), 3);
    assert_int_equal(draft_questions(&facts, &s, ACTION_FOLLOW_UP, q), 0);
}

static void a_mail_quotes_letter_by_letter_and_cites(void **state)
{
    const struct draft_quote quotes[] = {
        {STR("Ben Cole"), STR("It's too expensive for \xC3\xA9l\xC3\xA8ves."), 1773219600000},
        {STR(""), STR("Call me."), CLOCK_NONE}};
    str mail = draft_text(ACTION_REMIND, quotes, 2, NULL, 0, STR("Ana Ruiz"), a);
    const char *question[] = {"Who can release the money?"};
    str agenda = draft_text(ACTION_ASK_FIELD, NULL, 0, question, 1, STR("Ana Ruiz"), a);

    (void)state;
    assert_true(
        str_contains(mail, STR("Ben Cole, 2026-03-11: \"It's too expensive for \xC3\xA9l\xC3\xA8ves.\" [1]\n")));
    assert_true(str_contains(mail, STR("You: \"Call me.\" [2]\n")));
    assert_true(str_starts(mail, STR("Hello,\n")) && str_ends(mail, STR("Ana Ruiz\n")));
    assert_true(str_contains(agenda, STR("- Who can release the money?\n")));
    assert_false(str_contains(agenda, STR("Hello")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_promise_is_quoted_by_whose_it_is),
        cmocka_unit_test(the_evidence_of_the_warning_comes_first_and_once),
        cmocka_unit_test(only_what_nobody_knows_is_asked),
        cmocka_unit_test(a_mail_quotes_letter_by_letter_and_cites),
    };
    int failed;

    a = arena_new("test");
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(a);
    return failed;
}
