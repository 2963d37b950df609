#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "text/sentences.h"

static void sentences_follow_uax29(void **state)
{
    static const char *const rows[][2] = {
        {"Hello there. How are you? Fine!", "Hello there.|How are you?|Fine!"},
        {"It costs 3.5 million. Yes.", "It costs 3.5 million.|Yes."},
        {"He said etc. and left.", "He said etc. and left."}, /* lower case goes on */
        {"  \n ", ""},
        {"Line one\nline two", "Line one|line two"},
        {"Ça va ? Très bien.", "Ça va ?|Très bien."},
        {"これは文です。次です。", "これは文です。|次です。"},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        str text = str_of(rows[i][0]), parts[8];
        struct text_span *s;
        size_t n;
        sentences_split(text, a, &s, &n);
        assert_true(n <= 8);
        for (size_t k = 0; k < n; k++)
            parts[k] = str_sub(text, s[k].start, s[k].end);
        str got = str_join(a, parts, n, STR("|"));
        if (!str_eq(got, str_of(rows[i][1])))
            fail_msg("row %zu: %.*s", i, STR_ARG(got));
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest t[] = {cmocka_unit_test(sentences_follow_uax29)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
