#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
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

/* ICU is the judge of what is decided without it: behind a first line that is not ASCII the same text is ICU's to split. */
static void plain_text_is_split_as_icu_splits_it(void **state)
{
    static const char *const pieces[] = {
        "a",  "bc", "A", "Dr",   "7",      ".",      "..",     "!",      "?",      ",",      "-",     ":",  ";",
        "\"", "'",  "(", ")",    "[",      "]",      "{",      "}",      " ",      "  ",     "\t",    "\n", "\r\n",
        "\r", "$",  "*", "\x01", "\u2013", "\u2014", "\u2018", "\u2019", "\u201c", "\u201d", "\u2026"};
    struct arena *a = arena_new("test");
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct buf b;
        struct text_span *ours, *icu;
        size_t ours_n, icu_n;
        buf_init(&b, 4096);
        buf_str(&b, STR("\u00e9\n"));
        for (int k = 0; k < 14; k++) {
            seed = seed * 1664525 + 1013904223;
            buf_str(&b, str_of(pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)]));
        }
        sentences_split(str_from(buf_view(&b), 3), a, &ours, &ours_n);
        sentences_split(buf_view(&b), a, &icu, &icu_n);
        if (icu_n != ours_n + 1)
            fail_msg("%zu for %zu: %.*s", ours_n, icu_n - 1, STR_ARG(buf_view(&b)));
        for (size_t i = 0; i < ours_n; i++)
            if (ours[i].start + 3 != icu[i + 1].start || ours[i].end + 3 != icu[i + 1].end)
                fail_msg("sentence %zu: %.*s", i, STR_ARG(buf_view(&b)));
        buf_done(&b);
        arena_reset(a);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest t[] = {cmocka_unit_test(sentences_follow_uax29),
                                   cmocka_unit_test(plain_text_is_split_as_icu_splits_it)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
