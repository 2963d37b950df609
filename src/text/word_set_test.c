#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "text/word_set.h"

WORD_SET(set, "and", "over", "an", "internationalisation", "\u00fcber", "overt");

static void whole_words_are_found(void **state)
{
    static const char *const in[] = {"and", "over", "an", "internationalisation", "\u00fcber", "overt"};
    static const char *const out[] = {"", "a", "ans", "And", "ove", "internationalisations", "\u00fcbe", "nd", "1nd"};

    (void)state;
    for (size_t i = 0; i < sizeof in / sizeof *in; i++)
        assert_true(word_set_has(&set, str_of(in[i])));
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        assert_false(word_set_has(&set, str_of(out[i])));
}

static void beginnings_are_found(void **state)
{
    (void)state;
    assert_true(word_set_begins(&set, STR("overtime")));
    assert_true(word_set_begins(&set, STR("an")));
    assert_false(word_set_begins(&set, STR("ove")));
    assert_false(word_set_begins(&set, STR("")));
    assert_false(word_set_begins(&set, STR("xover")));
}

int main(void)
{
    const struct CMUnitTest t[] = {cmocka_unit_test(whole_words_are_found), cmocka_unit_test(beginnings_are_found)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
