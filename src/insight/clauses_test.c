/* insight/clauses_test.c - where clauses begin, what holds them open, whose words they are, and which day they name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "insight/clauses.h"
#include "insight/discourse_test.h"

enum { TODAY = 20523 }; /* Wednesday 2026-03-11 */

static struct arena *a;

/* The first sentence of a text that Ann says or writes. */
static struct clauses cut(const char *text, enum ia_kind kind)
{
    const struct discourse *d = discourse_of(text, kind, a);
    struct clauses in;
    struct marked k;

    marks_make(d, 0, TODAY, &k);
    clauses_cut(&k, &in);
    return in;
}

static str clause_text(const struct clauses *in, size_t ci)
{
    str text = STR("");

    for (size_t i = in->c[ci].from; i < in->c[ci].to; i++)
        text = str_fmt(a, "%.*s%s%.*s", STR_ARG(text), text.n ? " " : "", STR_ARG(word_at(&in->k, i)));
    return text;
}

static void cut_into(const char *text, const char *const *want)
{
    struct clauses in = cut(text, IA_CALL);
    size_t n = 0, at = 0;

    for (; want[n]; n++) {
        assert_true(n < in.n);
        assert_true(str_eq(clause_text(&in, n), str_of(want[n])));
        assert_int_equal(in.c[n].from, at); /* without gap */
        at = in.c[n].to;
    }
    assert_int_equal(in.n, n);
    assert_int_equal(at, in.k.s->words_n);
}

static void clauses_begin_at_punctuation_conditions_and_links(void **state)
{
    (void)state;
    cut_into("I'll send it, and you sign it.", (const char *[]){"i'll send it", "and you sign it", NULL});
    cut_into("I'll send it if you want it.", (const char *[]){"i'll send it", "if you want it", NULL});
    cut_into("I'll send it and I'll call you.", (const char *[]){"i'll send it", "and i'll call you", NULL});
    cut_into("I'll send bread and butter.", (const char *[]){"i'll send bread and butter", NULL});
    cut_into("I'll ask if he has it.", (const char *[]){"i'll ask if he has it", NULL}); /* a question inside */
}

static void conditions_are_told_from_questions(void **state)
{
    struct clauses in = cut("If it works, I'll sign.", IA_CALL);

    (void)state;
    assert_true(in.c[0].condition);
    assert_false(in.c[1].condition);
    in = cut("I'll wait, but if it works I'll sign.", IA_CALL);
    assert_true(in.c[1].but && in.c[1].condition);
    in = cut("When can you send it?", IA_CALL);
    assert_false(in.c[0].condition);
    in = cut("Until the bug is fixed, I'll wait.", IA_CALL);
    assert_true(in.c[0].condition);
    in = cut("Until the end of March, I'll wait.", IA_CALL); /* a day */
    assert_false(in.c[0].condition);
}

static bool held_open(const char *text, size_t ci)
{
    struct clauses in = cut(text, IA_CALL);

    assert_true(ci < in.n);
    return clause_hedged(&in, ci, in.c[ci].from + 1);
}

static void what_leans_on_a_clause_holds_it_open(void **state)
{
    (void)state;
    assert_false(held_open("I'll send it.", 0));
    assert_true(held_open("I'll send it if I can.", 0));
    assert_true(held_open("I'll send it, no promises.", 0));
    assert_true(held_open("If it works, I'll send it.", 1));
    assert_false(held_open("The colour may change, but I'll send it.", 1));
}

static void words_of_others_and_habits_are_told(void **state)
{
    struct clauses in = cut("He said I'll send it.", IA_CALL);

    (void)state;
    assert_true(clause_reported(&in, 2));
    in = cut("I'll send it.", IA_CALL);
    assert_false(clause_reported(&in, 0));
    assert_false(clause_habit(&in));
    in = cut("I usually send it.", IA_CALL);
    assert_true(clause_habit(&in));
}

static int32_t due(const char *text, bool *dated)
{
    struct clauses in = cut(text, IA_CALL);

    *dated = false;
    return clause_due(&in, 0, in.k.s->words_n, dated);
}

static void days_are_those_of_the_doing(void **state)
{
    bool dated;

    (void)state;
    assert_int_equal(due("I'll send it by Friday.", &dated), TODAY + 2);
    assert_true(dated);
    assert_int_equal(due("I'll send the agenda for the meeting on Friday.", &dated), ACT_NO_DAY);
    assert_int_equal(due("I'll send it tomorrow, not on Friday.", &dated), TODAY + 1);
    assert_int_equal(due("I'll send it.", &dated), ACT_NO_DAY);
    assert_false(dated);
}

static void nothing_happens_within_a_mail(void **state)
{
    struct clauses said = cut("Let me share my screen.", IA_CALL), written = cut("Let me share my screen.", IA_MAIL);

    (void)state;
    assert_true(clause_here(&said, 0));
    assert_false(clause_here(&written, 0));
}

static int up(void **state)
{
    (void)state;
    a = arena_new("test");
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
        cmocka_unit_test(clauses_begin_at_punctuation_conditions_and_links),
        cmocka_unit_test(conditions_are_told_from_questions),
        cmocka_unit_test(what_leans_on_a_clause_holds_it_open),
        cmocka_unit_test(words_of_others_and_habits_are_told),
        cmocka_unit_test(days_are_those_of_the_doing),
        cmocka_unit_test(nothing_happens_within_a_mail),
    };

    return cmocka_run_group_tests(tests, up, down);
}
