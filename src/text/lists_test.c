#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "text/lists.h"
#include "text/word_set.h"

static void backchannels_hold_words_and_phrases(void **state)
{
    const struct word_list *l = list_get("backchannels");
    str of_course[] = {STR("of"), STR("course"), STR("not")};
    str of_what[] = {STR("of"), STR("what")};

    (void)state;
    assert_non_null(l);
    assert_true(list_version(l) >= 1);
    assert_int_equal(list_value(l, STR("mm-hm")), 1);
    assert_int_equal(list_value(l, STR("of")), 0);
    assert_int_equal(list_value(l, STR("voilà")), 1);
    assert_int_equal(list_match(l, of_course, 3, NULL), 2);
    assert_int_equal(list_match(l, of_what, 2, NULL), 0);
    assert_int_equal(list_count(l), 68);
}

static void fillers_are_by_language(void **state)
{
    const struct word_list *l = list_for("fillers", STR("en"));
    str know[] = {STR("you"), STR("know"), STR("what"), STR("i"), STR("mean")};
    int value = 0;

    (void)state;
    assert_int_equal(list_value(l, STR("um")), 1);
    assert_int_equal(list_match(l, know, 5, &value), 5);
    assert_int_equal(value, 3);
    assert_int_equal(list_match(l, know, 3, &value), 2);
    assert_int_equal(value, 2);
    assert_null(list_for("fillers", STR("xx")));
    assert_null(list_for("fillers", STR("")));
    assert_int_equal(list_value(NULL, STR("um")), 0);
}

static void starts_say_where_entries_may_be(void **state)
{
    const struct word_list *l = list_get("backchannels"), *names = list_get("names.family");
    const str words[] = {STR("of"), STR("course"), STR("mm-hm"), STR("of"), STR("what")};
    enum { N = sizeof words / sizeof *words };
    uint32_t atom[N];
    struct list_start at[N];
    struct word_sets sets;

    (void)state;
    list_atoms(words, N, atom);
    list_starts(atom, N, at, &sets);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(list_match_start(l, &at[i], atom + i, N - i, NULL),
                         list_match_atoms(l, atom + i, N - i, NULL));
    assert_int_equal(list_match_start(l, &at[0], atom, N, NULL), 2);
    assert_int_equal(list_match_start(l, &at[2], atom + 2, N - 2, NULL), 1);
    assert_int_equal(list_match_start(l, &at[3], atom + 3, N - 3, NULL), 0);
    assert_true(at[3].any & names->bit); /* a long list has to be asked */
    assert_int_equal(list_match_start(NULL, &at[0], atom, N, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(backchannels_hold_words_and_phrases),
        cmocka_unit_test(fillers_are_by_language),
        cmocka_unit_test(starts_say_where_entries_may_be),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
