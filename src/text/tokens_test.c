#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "text/tokens.h"

static str joined(struct tokens *t, struct arena *a, const char *text, const char *lang)
{
    size_t n;
    struct token *k = tokens_split(t, str_of(text), str_of(lang), a, &n);
    str *parts = ARENA_ARRAY(a, str, n);

    for (size_t i = 0; i < n; i++)
        parts[i] = k[i].text;
    return str_join(a, parts, n, STR("|"));
}

static void tokens_are_stemmed_and_folded(void **state)
{
    static const char *const rows[][3] = {
        {"en", "Running the PRICES, John's dogs", "run|the|price|john|dog"},
        {"en", "don't don\u2019t", "don't|don't"},
        {"en", "It's 3.5% of $1,000,000 (or 1,00)", "it|3.5|of|1000000|or|1|00"},
        {"en", "the U.S. and e.g. this.that", "the|us|and|eg|this|that"},
        {"en", "mail john.smith@acme.com", "mail|john|smith|acm|com"},
        {"de", "Die Häuser der Müllers", "die|haus|der|mull"},
        {"fr", "les décisions étaient prises", "le|decis|etaient|pris"},
        {"und", "Running Müller", "running|muller"},
        {"zh", "中文字", "中文|文字"},
        {"ja", "東", "東"},
        {"en", "Deals中文ok 好", "deal|中文|ok|好"},
        {"en", "...", ""},
        {"en", "", ""},
        {"ru", "Договоры подписаны", "договор|подписа"},
    };
    struct arena *a = arena_new("test");
    struct tokens *t = tokens_new();

    (void)state;
    for (int round = 0; round < 2; round++) /* from the stemmer, then from the cache */
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            str got = joined(t, a, rows[i][1], rows[i][0]);
            if (!str_eq(got, str_of(rows[i][2])))
                fail_msg("row %zu: %.*s", i, STR_ARG(got));
        }
    tokens_free(t);
    arena_free(a);
}

static void offsets_point_at_the_written_word(void **state)
{
    struct arena *a = arena_new("test");
    struct tokens *t = tokens_new();
    str text = STR("Für 中文字 the end");
    size_t n;
    struct token *k = tokens_split(t, text, STR("en"), a, &n);

    (void)state;
    assert_int_equal(n, 5);
    assert_true(str_eq(str_sub(text, k[0].start, k[0].end), STR("Für")));
    assert_true(str_eq(str_sub(text, k[2].start, k[2].end), STR("文字")));
    assert_true(str_eq(str_sub(text, k[4].start, k[4].end), STR("end")));
    assert_true(k[3].stop);
    assert_false(k[4].stop);
    tokens_free(t);
    arena_free(a);
}

static void long_runs_are_cut_not_lost(void **state)
{
    struct arena *a = arena_new("test");
    struct tokens *t = tokens_new();
    char big[5000];
    size_t n;
    struct token *k;

    (void)state;
    memset(big, 'x', sizeof big);
    k = tokens_split(t, str_n(big, sizeof big), STR("en"), a, &n);
    assert_int_equal(n, 1);
    assert_int_equal(k[0].end, sizeof big);
    assert_int_equal(k[0].text.n, TOKEN_BYTES_MAX);
    tokens_free(t);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(tokens_are_stemmed_and_folded),
        cmocka_unit_test(offsets_point_at_the_written_word),
        cmocka_unit_test(long_runs_are_cut_not_lost),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
