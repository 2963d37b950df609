#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "text/clean.h"
#include "text/words.h"

static const struct {
    const char *lang, *text, *clean;
} rows[] = {
    {"en", "So, um, we need the the price.", "So, we need the price."},
    {"en", "I, I mean I was I was late.", "I mean I was late."},
    {"en", "It is [inaudible] very very big.", "It is very very big."},
    {"en", ">> Hello (crosstalk) there <unk>.", "Hello there ."},
    {"en", "[00:01:02] We start at 10:30 (see below).", "We start at 10:30 (see below)."},
    {"en", "That's all, um.", "That's all,."},
    {"en", "And, you know, it works. Do you know, as you know, why?", "And, it works. Do you know, as you know, why?"},
    {"en", "th- the plan", "the plan"},
    {"en", "No, no. Twenty 20 20.", "No, no. Twenty 20 20."},
    {"en", "I know that that is true, that, that is.", "I know that that is true, that is."},
    {"en", "Mm-hmm.", "Mm-hmm."},
    {"en", "um", ""},
    {"en", "", ""},
    {"de", "Wir, äh, haben haben, ähm, Zeit.", "Wir, haben, Zeit."},
    {"und", "um the the", "um the"},
    {"en", "keep  two\n\nlines uh here", "keep two\nlines here"},
};

static void what_nobody_meant_is_left_out(void **state)
{
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cleaned c;
        clean_text(str_of(rows[i].text), str_of(rows[i].lang), a, &c);
        if (!str_eq(c.text, str_of(rows[i].clean)))
            fail_msg("row %zu: '%.*s'", i, STR_ARG(c.text));
    }
    arena_free(a);
}

static void every_cleaned_byte_points_at_its_original(void **state)
{
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        str text = str_of(rows[i].text);
        struct cleaned c;
        uint32_t kept = 0;
        clean_text(text, str_of(rows[i].lang), a, &c);
        for (uint32_t k = 0; k < c.text.n; k++) {
            struct text_span o = offmap_original(&c.map, (struct text_span){k, k + 1});
            assert_true(o.end <= text.n);
            if (o.end - o.start == 1)
                assert_int_equal(text.p[o.start], c.text.p[k]);
        }
        for (size_t k = 0; k < c.deleted_n; k++)
            kept += c.deleted[k].end - c.deleted[k].start;
        assert_true(c.text.n <= text.n - kept + 1 || c.text.n == text.n - kept);
    }
    arena_free(a);
}

static void fillers_are_counted_by_phrase(void **state)
{
    struct arena *a = arena_new("test");
    struct words w = words_split(STR("Um, you know, we like it basically."), a);
    bool known;

    (void)state;
    assert_int_equal(fillers_count(w.atom, w.n, STR("en"), &known), 3);
    assert_true(known);
    assert_int_equal(fillers_count(w.atom, w.n, STR("xx"), &known), 0);
    assert_false(known);
    assert_true(fillers_version(STR("en")) >= 1);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(what_nobody_meant_is_left_out),
        cmocka_unit_test(every_cleaned_byte_points_at_its_original),
        cmocka_unit_test(fillers_are_counted_by_phrase),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
