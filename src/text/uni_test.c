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

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(fold_meets_what_people_type),
        cmocka_unit_test(walking_forth_and_back_meets_every_code_point),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
