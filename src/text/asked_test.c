/* Questions taken apart phrase by phrase; the periods read off a calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/asked.h"

static struct arena *a;

static struct asked make(const char *text)
{
    struct asked w = {0};

    asked_make(&w, str_of(text), a);
    return w;
}

static int64_t day(const char *text)
{
    int64_t ms = 0;

    assert_true(clock_parse(str_of(text), &ms, NULL));
    return ms / 86400000;
}

static void phrases_go_by_whole_words(void **state)
{
    struct asked w = make("Which of Halden's open deals?");

    (void)state;
    assert_false(asked_take(&w, STR("open deal")));
    assert_true(asked_take(&w, STR("Halden")));
    assert_false(asked_take(&w, STR("Halden")));
    assert_true(asked_take(&w, STR("open deals")));
    assert_true(asked_take(&w, STR("which of")));
    assert_int_equal(w.n, 1);
}

static void names_go_by_the_longest_or_their_first_word(void **state)
{
    str names[] = {STR("Halden"), STR("Halden Logistics"), STR("Vireo Medical"), STR("Ann Ruiz")};
    struct asked w = make("deals of halden logistics and vireo with ann");
    struct asked domain = make("what did dalgaard promise");
    str by_domain[] = {STR("dalgaard-dairy.example")}, name;

    (void)state;
    assert_true(asked_name_take(&w, names, sizeof *names, 4, false, &name));
    assert_string_equal(str_cz(a, name), "Halden Logistics");
    assert_true(asked_name_take(&w, names, sizeof *names, 4, false, &name));
    assert_string_equal(str_cz(a, name), "Vireo Medical");
    assert_false(asked_name_take(&w, names, sizeof *names, 4, false, &name)); /* three letters are a person's */
    assert_true(asked_name_take(&w, names, sizeof *names, 4, true, &name));
    assert_string_equal(str_cz(a, name), "Ann Ruiz");
    assert_true(asked_name_take(&domain, by_domain, sizeof *by_domain, 1, false, &name));
    assert_string_equal(str_cz(a, name), "dalgaard-dairy.example");
}

static void periods_are_read(void **state)
{
    static const struct {
        const char *text, *from, *to;
    } rows[] = {
        /* asked on Monday, 30 November 2026 */
        {"won today", "2026-11-30", "2026-12-01"},       {"due this week", "2026-11-30", "2026-12-07"},
        {"last week", "2026-11-23", "2026-11-30"},       {"next week", "2026-12-07", "2026-12-14"},
        {"in October 2026", "2026-10-01", "2026-11-01"}, {"in q1 2027", "2027-01-01", "2027-04-01"},
        {"in 2025", "2025-01-01", "2026-01-01"},         {"next month", "2026-12-01", "2027-01-01"},
        {"last quarter", "2026-07-01", "2026-10-01"},    {"next quarter", "2027-01-01", "2027-04-01"},
        {"this year", "2026-01-01", "2027-01-01"},
    };
    struct asked_period p;
    struct asked none = make("in the autumn");
    int64_t now = day("2026-11-30") * 86400000 + 3600000;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct asked w = make(rows[i].text);
        if (!asked_period_take(&w, now, &p))
            fail_msg("not read: %s", rows[i].text);
        if (p.from_day != day(rows[i].from) || p.to_day != day(rows[i].to))
            fail_msg("%s: days %lld to %lld", rows[i].text, (long long)p.from_day, (long long)p.to_day);
    }
    assert_false(asked_period_take(&none, now, &p));
}

static int setup(void **state)
{
    (void)state;
    a = arena_new("test");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phrases_go_by_whole_words),
        cmocka_unit_test(names_go_by_the_longest_or_their_first_word),
        cmocka_unit_test(periods_are_read),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
