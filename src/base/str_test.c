#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"

static struct arena *a;

static int set_up(void **state)
{
    (void)state;
    a = arena_new("test");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static void comparing(void **state)
{
    (void)state;
    assert_true(str_eq(STR("ab"), str_n("abc", 2)));
    assert_true(str_eq(STR_NULL, STR("")));
    assert_false(str_eq(STR("ab"), STR("aB")));
    assert_true(str_eq_nocase(STR("aZ"), STR("Az")));
    assert_false(str_eq_nocase(STR("@"), STR("`"))); /* 32 apart, no letters */
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("\xff"), STR("a")) > 0); /* bytes are unsigned */
    assert_int_equal(str_cmp(STR(""), STR_NULL), 0);
    assert_true(str_starts(STR("abc"), STR("")) && str_starts(STR("abc"), STR("ab")));
    assert_false(str_starts(STR("a"), STR("ab")) || str_ends(STR("b"), STR("ab")));
    assert_true(str_ends_nocase(STR("x.VTT"), STR(".vtt")) && str_starts_nocase(STR("Bearer x"), STR("bearer ")));
    assert_true(str_hash(STR("a")) != str_hash(STR("b")) && str_hash(STR("a")) == str_hash(str_n("ab", 1)));
}

static void finding(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("abcabc"), STR("bc"), 0), 1);
    assert_int_equal(str_find(STR("abcabc"), STR("bc"), 2), 4);
    assert_true(str_find(STR("abcabc"), STR("bc"), 5) == SIZE_MAX);
    assert_true(str_find(STR("ab"), STR("abc"), 0) == SIZE_MAX);
    assert_true(str_find(STR("ab"), STR("a"), 99) == SIZE_MAX);
    assert_int_equal(str_find_nocase(STR("xXyZ"), STR("YZ"), 0), 2);
    assert_int_equal(str_find_char(STR("a.b.c"), '.', 2), 3);
    assert_int_equal(str_rfind_char(STR("a.b.c"), '.'), 3);
    assert_true(str_rfind_char(STR("abc"), '.') == SIZE_MAX);
    assert_true(str_contains(STR("abc"), STR("c")) && !str_contains(STR(""), STR("c")));
}

static void cutting(void **state)
{
    str rest;

    (void)state;
    assert_true(str_eq(str_cut(STR("k=v=w"), '=', &rest), STR("k")) && str_eq(rest, STR("v=w")));
    assert_true(str_eq(str_cut(STR("k"), '=', &rest), STR("k")) && rest.n == 0);
    assert_true(str_eq(str_cut(STR("k="), '=', &rest), STR("k")) && rest.n == 0);
    rest = STR("x");
    assert_true(str_eq(str_cut(rest, '=', &rest), STR("x")) && rest.n == 0); /* may be the same variable */
    assert_true(str_eq(str_trim(STR(" \t\r\n\v\fa b \n")), STR("a b")));
    assert_true(str_eq(str_trim_end(STR(" a ")), STR(" a")));
    assert_int_equal(str_trim(STR("  \n")).n, 0);
    assert_true(str_eq(str_sub(STR("abc"), 1, 99), STR("bc")) && str_sub(STR("abc"), 5, 2).n == 0);
    assert_true(str_eq(str_from(STR("abc"), 2), STR("c")));
}

static void lines_end_in_three_ways(void **state)
{
    static const char *const want[] = {"a", "b", "", "c", "d", ""};
    str rest = STR("a\nb\r\n\rc\rd\n\n"), line;
    size_t n = 0;

    (void)state;
    while (str_line_next(&rest, &line)) {
        assert_true(n < 6 && str_eq(line, str_of(want[n])));
        n++;
    }
    assert_int_equal(n, 6);
    rest = STR("");
    assert_false(str_line_next(&rest, &line));
    rest = STR("last");
    assert_true(str_line_next(&rest, &line) && str_eq(line, STR("last")));
    assert_false(str_line_next(&rest, &line));
}

static void making(void **state)
{
    static const str parts[] = {{"a", 1}, {"", 0}, {"c", 1}};

    (void)state;
    assert_true(str_eq(str_join(a, parts, 3, STR(", ")), STR("a, , c")));
    assert_int_equal(str_join(a, parts, 0, STR(", ")).n, 0);
    assert_true(str_eq(str_fmt(a, "%d-%s", 7, "x"), STR("7-x")));
    assert_int_equal(str_fmt(a, "%9000d", 1).n, 9000);
    assert_string_equal(str_cz(a, str_n("abcdef", 3)), "abc");
    assert_true(str_eq(str_lower_ascii(a, STR("AbC\xc3\x84")), STR("abc\xc3\x84")));
    assert_true(str_eq(str_dup(a, STR("a\0b")), STR("a\0b")));
    assert_int_equal(str_of(NULL).n, 0);
}

/* Valid and broken sequences after Unicode 15, table 3-7. */
static void utf8_is_strict(void **state)
{
    static const str good[] = {{"", 0},
                               {"a", 1},
                               {"\xc2\x80", 2},
                               {"\xdf\xbf", 2},
                               {"\xe0\xa0\x80", 3},
                               {"\xed\x9f\xbf", 3},
                               {"\xee\x80\x80", 3},
                               {"\xef\xbf\xbf", 3},
                               {"\xf0\x90\x80\x80", 4},
                               {"\xf4\x8f\xbf\xbf", 4},
                               {"1234567\xc3\xa9", 9}};
    static const str bad[] = {{"\x80", 1},
                              {"\xc0\x80", 2},
                              {"\xc1\xbf", 2},
                              {"\xc2", 1},
                              {"\xe0\x9f\xbf", 3},
                              {"\xed\xa0\x80", 3},
                              {"\xed\xbf\xbf", 3},
                              {"\xe1\x80", 2},
                              {"\xf0\x8f\xbf\xbf", 4},
                              {"\xf4\x90\x80\x80", 4},
                              {"\xf5\x80\x80\x80", 4},
                              {"\xff", 1},
                              {"a\xc2z", 3},
                              {"1234567\xff", 8},
                              {"12345678\x80", 9},
                              {"1234567\xc3", 8}};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (!str_utf8_valid(good[i]))
            fail_msg("refused: good %zu", i);
        assert_ptr_equal(str_utf8_repair(a, good[i]).p, good[i].p);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (str_utf8_valid(bad[i]))
            fail_msg("taken: bad %zu", i);
        assert_true(str_utf8_valid(str_utf8_repair(a, bad[i])));
        assert_true(str_contains(str_utf8_repair(a, bad[i]), STR("\xef\xbf\xbd")));
    }
    assert_true(str_eq(str_utf8_repair(a, STR("a\xc2z")), STR("a\xef\xbf\xbdz")));
    assert_true(str_eq(str_utf8_repair(a, STR("a\0b")), STR("a\xef\xbf\xbd"
                                                            "b")));
}

static void whole_numbers(void **state)
{
    static const char *const no[] = {
        "", " 1", "1 ", "+", "-", "1.0", "0x1", "9223372036854775808", "-9223372036854775809", "1e3", "--1"};
    int64_t v;
    uint64_t u;

    (void)state;
    assert_true(str_to_i64(STR("-9223372036854775808"), &v) && v == INT64_MIN);
    assert_true(str_to_i64(STR("9223372036854775807"), &v) && v == INT64_MAX);
    assert_true(str_to_i64(STR("007"), &v) && v == 7);
    assert_true(str_to_u64(STR("18446744073709551615"), &u) && u == UINT64_MAX);
    assert_false(str_to_u64(STR("18446744073709551616"), &u) || str_to_u64(STR("-1"), &u));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (str_to_i64(str_of(no[i]), &v))
            fail_msg("read: \"%s\"", no[i]);
}

static void real_numbers(void **state)
{
    static const char *const no[] = {"", " 1", "1 ", "nan", "inf", "1e999", "0x1p3", "1,5", "1.5x"};
    double v;

    (void)state;
    assert_true(str_to_double(STR("-1.5e3"), &v) && v == -1500);
    assert_true(str_to_double(STR("0.1"), &v) && v == 0.1);
    assert_true(str_to_double(str_n("2.55", 3), &v) && v == 2.5);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (str_to_double(str_of(no[i]), &v))
            fail_msg("read: \"%s\"", no[i]);
}

static void distance_counts_single_changes(void **state)
{
    char long_name[STR_DISTANCE_MAX + 1] = {0};

    (void)state;
    assert_int_equal(str_distance(STR(""), STR("")), 0);
    assert_int_equal(str_distance(STR("search"), STR("search")), 0);
    assert_int_equal(str_distance(STR("serch"), STR("search")), 1);
    assert_int_equal(str_distance(STR("kitten"), STR("sitting")), 3);
    assert_int_equal(str_distance(STR(""), STR("abc")), 3);
    assert_int_equal(str_distance(STR("a"), str_n(long_name, STR_DISTANCE_MAX)), STR_DISTANCE_MAX);
    assert_int_equal(str_distance(STR("a"), str_n(long_name, sizeof long_name)), SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparing),
        cmocka_unit_test(finding),
        cmocka_unit_test(cutting),
        cmocka_unit_test(lines_end_in_three_ways),
        cmocka_unit_test(making),
        cmocka_unit_test(utf8_is_strict),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(real_numbers),
        cmocka_unit_test(distance_counts_single_changes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
