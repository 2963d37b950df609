#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "text/lists.h"
#include "text/word_set.h"

WORD_SET(other, "over", "under");
WORD_SET(set, "and", "over", "an", "internationalisation", "\u00fcber", "overt");

static void whole_words_are_found(void **state)
{
    static const char *const in[] = {"and", "over", "an", "internationalisation", "\u00fcber", "overt"};
    static const char *const out[] = {"", "a", "ans", "And", "ove", "internationalisations", "\u00fcbe", "nd", "1nd"};

    (void)state;
    for (size_t i = 0; i < sizeof in / sizeof *in; i++)
        assert_true(word_set_has(&set, list_atom(str_of(in[i]))));
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        assert_false(word_set_has(&set, list_atom(str_of(out[i]))));
}

static void sets_of_several_words_are_known_together(void **state)
{
    struct word_sets all = {0};

    (void)state;
    word_sets_add(&all, word_sets_of(list_atom(STR("xover"))));
    assert_false(word_sets_meet(&all, &set));
    word_sets_add(&all, word_sets_of(list_atom(STR("under"))));
    assert_false(word_sets_meet(&all, &set));
    assert_true(word_sets_meet(&all, &other));
    word_sets_add(&all, word_sets_of(list_atom(STR("and"))));
    assert_true(word_sets_meet(&all, &set));
    assert_true(word_sets_meet(&all, &other));
}

static void beginnings_are_found(void **state)
{
    (void)state;
    list_atom(STR("and"));
    assert_true(word_set_begins(&set, STR("overtime")));
    assert_true(word_set_begins(&set, STR("an")));
    assert_false(word_set_begins(&set, STR("ove")));
    assert_false(word_set_begins(&set, STR("")));
    assert_false(word_set_begins(&set, STR("xover")));
}

int main(void)
{
    const struct CMUnitTest t[] = {cmocka_unit_test(whole_words_are_found),
                                   cmocka_unit_test(sets_of_several_words_are_known_together),
                                   cmocka_unit_test(beginnings_are_found)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
