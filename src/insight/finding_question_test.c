/* Questions about findings: what is understood, and what is left to others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "insight/finding_question.h"

static struct arena *a;
static const str accounts[] = {{"Halden Logistics", 16}, {"Vireo Medical", 13}};
static const int64_t now = INT64_C(1796040000000); /* 2026-11-30 12:00 UTC */

static bool parse(const char *text, struct finding_query *q)
{
    return finding_question_parse(str_of(text), now, accounts, 2, a, q);
}

static void questions_become_queries(void **state)
{
    static const struct {
        const char *text, *kind, *class, *modality, *account, *person;
        enum ia_side side;
        bool count, overdue;
    } rows[] = {
        {"Which objections did Halden raise?", "objection", "", "", "Halden Logistics", "", IA_SIDE_EXTERNAL, false,
         false},
        {"How many objections about price were there?", "objection", "PRICE", "", "", "", IA_SIDE_UNKNOWN, true, false},
        {"what did we promise Vireo?", "commitment", "", "COMMITTED", "Vireo Medical", "", IA_SIDE_INTERNAL, false,
         false},
        {"What did Vireo promise us?", "commitment", "", "COMMITTED", "Vireo Medical", "", IA_SIDE_EXTERNAL, false,
         false},
        {"list the promises to Halden", "commitment", "", "COMMITTED", "Halden Logistics", "", IA_SIDE_INTERNAL, false,
         false},
        {"Which commitments with Halden are overdue?", "commitment", "", "COMMITTED", "Halden Logistics", "",
         IA_SIDE_UNKNOWN, false, true},
        {"What did Priya Raman promise?", "commitment", "", "COMMITTED", "", "priya raman", IA_SIDE_UNKNOWN, false,
         false},
        {"what did Halden ask us for", "commitment", "", "REQUESTED", "Halden Logistics", "", IA_SIDE_EXTERNAL, false,
         false},
        {"Who is the economic buyer at Vireo?", "qualification", "meddpicc.economic_buyer", "", "Vireo Medical", "",
         IA_SIDE_UNKNOWN, false, false},
        {"Which competitors did Halden mention?", "competitor", "", "", "Halden Logistics", "", IA_SIDE_EXTERNAL, false,
         false},
        {"which decisions were made in October 2026?", "decision", "", "", "", "", IA_SIDE_UNKNOWN, false, false},
    };
    struct finding_query q;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!parse(rows[i].text, &q))
            fail_msg("not understood: %s", rows[i].text);
        assert_string_equal(q.kind, rows[i].kind);
        assert_string_equal(q.classes_n ? str_cz(a, q.classes[0]) : "", rows[i].class);
        assert_string_equal(q.modalities_n ? str_cz(a, q.modalities[0]) : "", rows[i].modality);
        assert_string_equal(str_cz(a, q.account), rows[i].account);
        assert_string_equal(str_cz(a, q.person), rows[i].person);
        assert_int_equal(q.side, rows[i].side);
        assert_int_equal(q.count, rows[i].count);
        assert_int_equal(q.overdue, rows[i].overdue);
    }
    assert_true(parse("how many commitments are due this week", &q));
    assert_true(q.has_due && !q.has_said);
    assert_int_equal(q.due.from_day, 20787); /* Monday, 30 November 2026 */
    assert_int_equal(q.due.to_day, 20794);
    assert_true(parse("objections raised in October 2026, which?", &q));
    assert_true(q.has_said && !q.has_due);
    assert_int_equal(q.said.from_day, 20727);
}

/* A question of which a word is left is never half answered. */
static void what_is_not_wholly_understood_is_left(void **state)
{
    static const char *const texts[] = {
        "What did Halden say about the price of the pilot?",
        "Which objections did Nordwind raise?",
        "Who promised to send the data protection agreement?",
        "Which objections about robots did Halden raise?",
        "objections",
        "What is the capital of France?",
        "Why did the project manager want a budget for advertising the remote control?",
        "",
    };
    struct finding_query q;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (parse(texts[i], &q))
            fail_msg("understood: %s", texts[i]);
}

static void owners_go_by_any_of_their_names(void **state)
{
    struct finding_query q = {.person = STR("raman")};

    (void)state;
    assert_true(finding_question_owner(&q, STR("Priya Raman"), a));
    assert_false(finding_question_owner(&q, STR("Priya Ramanathan"), a));
    q.person = STR("raman priya");
    assert_true(finding_question_owner(&q, STR("Priya Raman"), a));
    assert_false(finding_question_owner(&q, STR("Tom Raman"), a));
}

static void a_number_is_said_with_what_was_counted(void **state)
{
    struct finding_query q;

    (void)state;
    assert_true(parse("how many objections about price did Halden raise?", &q));
    assert_string_equal(str_cz(a, finding_question_say(&q, 1, a)),
                        "1 objection about price, in conversations with Halden Logistics");
    assert_string_equal(str_cz(a, finding_question_say(&q, 0, a)),
                        "No objections about price, in conversations with Halden Logistics");
    assert_true(parse("how many of our commitments are overdue?", &q));
    assert_string_equal(str_cz(a, finding_question_say(&q, 3, a)), "3 commitments of ours, overdue");
}

static int setup(void **state)
{
    (void)state;
    a = arena_new("test");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_become_queries),
        cmocka_unit_test(what_is_not_wholly_understood_is_left),
        cmocka_unit_test(owners_go_by_any_of_their_names),
        cmocka_unit_test(a_number_is_said_with_what_was_counted),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
