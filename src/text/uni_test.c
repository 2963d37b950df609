#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "text/uni.h"

static void fold_meets_what_people_type(void **state)
{
    static const char *const rows[][2] = {
        {"Müller", "muller"}, {"STRASSE", "strasse"},   {"straße", "strasse"}, {"Łódź", "lodz"},   {"Ærø", "aero"},
        {"ﬁne", "fine"},      {"İstanbul", "istanbul"}, {"Ёлка", "елка"},      {"plain", "plain"}, {"", ""},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        str got = uni_fold(a, str_of(rows[i][0]));
        if (!str_eq(got, str_of(rows[i][1])))
            fail_msg("row %zu: %.*s", i, STR_ARG(got));
    }
    arena_free(a);
}

static void walking_forth_and_back_meets_every_code_point(void **state)
{
    str s = STR("a\u00e9\u4e2d\U0001F600z");
    uint32_t seen[5] = {0};
    size_t i = 0, n = 0;

    (void)state;
    while (i < s.n && n < 5)
        seen[n++] = uni_next(s, &i);
    assert_int_equal(n, 5);
    assert_int_equal(i, s.n);
    assert_int_equal(seen[3], 0x1F600);
    while (i > 0 && n > 0)
        assert_int_equal(uni_prev(s, &i), seen[--n]);
    assert_int_equal(i, 0);
    assert_true(uni_is_space(0x3000));
    assert_true(uni_is_space(0x85));
    assert_false(uni_is_space(0x200B));
}

static void columns_are_those_of_a_terminal(void **state)
{
    static const struct {
        const char *text, *in_six;
        size_t columns;
    } rows[] = {
        {"", "", 0},
        {"Acme", "Acme", 4},
        {"Müller AG", "Müller", 9},
        {"Mu\u0308ller AG", "Mu\u0308ller", 9}, /* the mark of its own */
        {"株式会社東京", "株式会", 12},
        {"a株式会社", "a株式", 9}, /* the third would end in column 7 */
        {"\uFF21\uFF22", "\uFF21\uFF22", 4}, /* full-width letters */
        {"\U0001F600 ok", "\U0001F600 ok", 5},
        {"\U0001F468\u200D\U0001F469 x", "\U0001F468\u200D\U0001F469 x", 4}, /* joined to one */
        {"Москва", "Москва", 6},
        {"\u05E9\u05B8\u05DC\u05D5\u05B9\u05DD", "\u05E9\u05B8\u05DC\u05D5\u05B9\u05DD", 4}, /* Hebrew with points */
        {"\u1112\u1161\u11AB", "\u1112\u1161\u11AB", 2}, /* one syllable in three letters */
        {"zero\u200Bwidth", "zero\u200Bwi", 9},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        str text = str_of(rows[i].text);
        if (uni_columns(text) != rows[i].columns || !str_eq(uni_fit(text, 6), str_of(rows[i].in_six)))
            fail_msg("row %zu: %zu columns, \"%.*s\"", i, uni_columns(text), STR_ARG(uni_fit(text, 6)));
    }
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(columns_are_those_of_a_terminal),
        cmocka_unit_test(fold_meets_what_people_type),
        cmocka_unit_test(walking_forth_and_back_meets_every_code_point),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
