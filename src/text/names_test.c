#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "text/names.h"

static void labels_become_plain_names(void **state)
{
    static const char *const rows[][2] = {
        {"Smith, John (Acme)", "John Smith"},
        {"john.smith@acme.com", "John Smith"},
        {" Ann  Bell ", "Ann Bell"},
        {"Dr. Ann Bell, PhD", "Ann Bell"},
        {"ANN O'NEIL | Acme", "Ann O'Neil"},
        {"Ann Bell <ab@x.com>", "Ann Bell"},
        {"Room 3", "Room 3"},
        {"", ""},
        {"Łukasz Żak", "Łukasz Żak"},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        str got = name_normalise(str_of(rows[i][0]), a);
        if (!str_eq(got, str_of(rows[i][1])))
            fail_msg("row %zu: '%.*s'", i, STR_ARG(got));
    }
    arena_free(a);
}

static void labels_find_their_participant(void **state)
{
    const str people[] = {STR("John Smith <jsmith@acme.com>"),
                          STR("Jane Smith"),
                          STR("Robert Müller"),
                          STR("Ann Bell"),
                          STR("Ann Carter"),
                          STR("wei.chen@x.cn")};
    static const struct {
        const char *label;
        int index;
    } rows[] = {
        {"Smith, John (Acme)", 0}, {"john.smith@acme.com", 0},
        {"jsmith@acme.com", 0},    {"J. Smith", NAMES_NONE},
        {"Smith", NAMES_NONE},     {"John", 0},
        {"Bob Muller", 2},         {"MÜLLER, ROBERT", 2},
        {"Ann", NAMES_NONE},       {"Ann B.", 3},
        {"Wei Chen", 5},           {"Peter Bell", NAMES_NONE},
        {"", NAMES_NONE},          {"Speaker 1", NAMES_NONE},
        {"Ann M. Carter", 4},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int got = names_match(str_of(rows[i].label), people, 6, a);
        if (got != rows[i].index)
            fail_msg("row %zu: %d", i, got);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(labels_become_plain_names),
        cmocka_unit_test(labels_find_their_participant),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
