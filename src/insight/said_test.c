/* insight/said_test.c - what a customer's sentence is by its words: plain cases of each kind, and what is nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "insight/discourse_test.h"
#include "insight/said.h"

enum { PRICE = 1, BUDGET = 2, TIMING = 3, AUTHORITY = 4, EFFORT = 10, SECURITY = 11, LEGAL = 12 };
enum { ECONOMIC_BUYER = 1, PAIN = 5, BUDGET_FIELD = 8, TIMELINE = 11, SPICED_PAIN = 13 };

static struct arena *a;

static struct said read(const char *text)
{
    return said_read(&discourse_of(text, IA_CALL, a)->s[0]);
}

static void test_objections_have_their_code(void **state)
{
    static const struct {
        const char *text;
        int code;
    } rows[] = {{"Honestly that costs far more than we wanted to spend.", PRICE},
                {"There is no money left in this year's budget for it.", BUDGET},
                {"Call us again in autumn, we have other priorities right now.", TIMING},
                {"I can't sign that myself, my director has to approve it.", AUTHORITY},
                {"Nobody here has the time to migrate all the data.", EFFORT},
                {"Our security team won't allow customer data in your cloud.", SECURITY},
                {"Our lawyers will never accept that liability clause.", LEGAL}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct said s = read(rows[i].text);
        assert_int_equal(s.objection, rows[i].code);
        assert_true(s.objection_chance > 0.5F && s.objection_chance <= 1);
    }
}

static void test_fields_and_attitudes(void **state)
{
    (void)state;
    assert_true(read("Our CFO holds the purse strings for anything of this size.").fields & 1u << ECONOMIC_BUYER);
    assert_true(read("We have set aside eighty thousand for this project.").fields & 1u << BUDGET_FIELD);
    assert_true(read("We need to be live by the first of September.").fields & 1u << TIMELINE);
    assert_true(read("People are fed up with typing every order twice.").fields & (1u << PAIN | 1u << SPICED_PAIN));
    assert_int_equal(read("I love how simple that is, my team is really impressed.").attitude, SAID_POSITIVE);
    assert_int_equal(read("It keeps crashing and your support is useless.").attitude, SAID_NEGATIVE);
}

static void test_other_talk_is_nothing(void **state)
{
    static const char *const rows[] = {"Could you share your screen, please?",
                                       "The meeting is on Tuesday at ten.",
                                       "How long does the implementation usually take?",
                                       "I think the second floor is over there.",
                                       "Qwxz vbnm plok trew.",
                                       "?",
                                       "Okay."};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct discourse *d = discourse_of(rows[i], IA_CALL, a);
        for (size_t k = 0; k < d->n; k++)
            if (d->s[k].turn == 0) {
                struct said s = said_read(&d->s[k]);
                assert_int_equal(s.objection, 0);
                assert_int_equal(s.fields, 0);
                assert_int_equal(s.attitude, 0);
            }
    }
}

static void test_another_language_and_our_own_people_are_not_read(void **state)
{
    struct discourse d = *discourse_of("That is far too expensive for a team of our size.", IA_CALL, a);
    struct sentence s = d.s[0];

    (void)state;
    assert_int_equal(said_read(&s).objection, PRICE);
    assert_int_equal(said_all(&d, a)[0].objection, 0); /* Ann is ours */
    s.lang = STR("de");
    assert_int_equal(said_read(&s).objection, 0);
}

static void test_a_sentence_of_a_thousand_words_is_read(void **state)
{
    struct buf b;
    struct said s;

    (void)state;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 1000; i++)
        buf_str(&b, STR("it is too expensive for us "));
    s = said_read(&discourse_of(str_cz(a, buf_view(&b)), IA_CALL, a)->s[0]);
    assert_true(s.objection_chance >= 0 && s.objection_chance <= 1);
    buf_done(&b);
}

static int up(void **state)
{
    (void)state;
    a = arena_new("insight.said_test");
    return 0;
}

static int down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_objections_have_their_code),
        cmocka_unit_test(test_fields_and_attitudes),
        cmocka_unit_test(test_other_talk_is_nothing),
        cmocka_unit_test(test_another_language_and_our_own_people_are_not_read),
        cmocka_unit_test(test_a_sentence_of_a_thousand_words_is_read),
    };

    return cmocka_run_group_tests(tests, up, down);
}
