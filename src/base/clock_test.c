#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"

/* Instants worked out with: date -u -d ... +%s */
static void instants_are_written_and_read(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"1970-01-01T00:00:00.000Z", 0},
        {"2026-06-10T21:50:07.428Z", 1781128207428},
        {"2000-02-29T23:59:59.999Z", 951868799999},
        {"1969-12-31T23:59:59.999Z", -1},
        {"1900-03-01T00:00:00.000Z", -2203891200000},
        {"0000-01-01T00:00:00.000Z", -62167219200000},
        {"9999-12-31T23:59:59.999Z", 253402300799999},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[CLOCK_TEXT_LEN];
        int64_t ms = 1;
        clock_format(cases[i].ms, out);
        assert_string_equal(out, cases[i].text);
        assert_true(clock_parse(str_of(cases[i].text), &ms, NULL));
        assert_int_equal(ms, cases[i].ms);
    }
}

static void instants_outside_the_calendar_are_empty(void **state)
{
    static const int64_t cases[] = {CLOCK_NONE, INT64_MAX, 253402300800000, -62167219200001};
    char out[CLOCK_TEXT_LEN];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        clock_format(cases[i], out);
        assert_string_equal(out, "");
    }
}

static void other_spellings_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
        int offset_min;
    } cases[] = {
        {"2026-06-10", 1781049600000, 0},
        {"2026-06-10 21:50", 1781128200000, 0},
        {"2026-06-10T21:50:07", 1781128207000, 0},
        {"2026-06-10t21:50:07z", 1781128207000, 0},
        {"2026-06-10T23:50:07+02:00", 1781128207000, 120},
        {"2026-06-10T17:20:07.4-04:30", 1781128207400, -270},
        {"2026-06-10T21:50:07.4289999Z", 1781128207428, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ms = 0;
        int offset = -1;
        if (!clock_parse(str_of(cases[i].text), &ms, &offset))
            fail_msg("not read: %s", cases[i].text);
        assert_int_equal(ms, cases[i].ms);
        assert_int_equal(offset, cases[i].offset_min);
    }
}

static void what_is_no_instant_is_refused(void **state)
{
    static const char *const cases[] = {"",
                                        "2026",
                                        "2026-13-01",
                                        "2026-00-01",
                                        "2026-02-29",
                                        "1900-02-29",
                                        "2026-06-31",
                                        "2026-06-10T24:00:00Z",
                                        "2026-06-10T23:60:00Z",
                                        "2026-06-10T23:59:61Z",
                                        "2026-06-10T23:59:59.Z",
                                        "2026-06-10T23:59:59Zx",
                                        "2026-06-10T23:59:59+2",
                                        "2026-06-10T23:59:59+24:00",
                                        "2026-06-10T",
                                        " 2026-06-10",
                                        "2026-06-10 ",
                                        "20260610"};
    int64_t ms;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (clock_parse(str_of(cases[i]), &ms, NULL))
            fail_msg("read: \"%s\"", cases[i]);
}

static void every_day_of_800_years_goes_there_and_back(void **state)
{
    int64_t at = clock_from_civil(1600, 1, 1, 12, 34, 56, 789);
    int y, mo, d, h, mi, s, ms, days = 0, weekday = clock_weekday(at);

    (void)state;
    for (; days < 2 * 146097; days++, at += 86400000) { /* the calendar repeats after 146,097 days */
        clock_to_civil(at, &y, &mo, &d, &h, &mi, &s, &ms);
        assert_int_equal(clock_from_civil(y, mo, d, h, mi, s, ms), at);
        assert_int_equal(h * 10000000 + mi * 100000 + s * 1000 + ms, 12 * 10000000 + 34 * 100000 + 56789);
        assert_int_equal(clock_weekday(at), (weekday + days) % 7);
    }
    assert_int_equal(y * 10000 + mo * 100 + d, 23991231);
}

static void weekdays_begin_with_monday(void **state)
{
    (void)state;
    assert_int_equal(clock_weekday(0), 3);              /* 1970-01-01, a Thursday */
    assert_int_equal(clock_weekday(-1), 2);             /* the evening before */
    assert_int_equal(clock_weekday(1781128207428), 2);  /* 2026-06-10, a Wednesday */
    assert_int_equal(clock_weekday(951868799999), 1);   /* 2000-02-29, a Tuesday */
}

static void running_time_does_not_go_back(void **state)
{
    int64_t before = clock_mono_us();

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock_mono_us();
        assert_true(now >= before);
        before = now;
    }
    assert_true(clock_now_ms() > 1700000000000);
}

static void a_deadline_lies_that_far_ahead(void **state)
{
    static const int64_t waits_ms[] = {0, 1, 999, 1000, 123456789};

    (void)state;
    for (size_t i = 0; i < sizeof waits_ms / sizeof waits_ms[0]; i++) {
        int64_t before = clock_mono_us();
        struct timespec t = clock_deadline(waits_ms[i]);
        int64_t after = clock_mono_us(), at = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;

        assert_true(t.tv_nsec >= 0 && t.tv_nsec < 1000000000);
        assert_true(at >= before + waits_ms[i] * 1000 && at <= after + waits_ms[i] * 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants_are_written_and_read),
        cmocka_unit_test(instants_outside_the_calendar_are_empty),
        cmocka_unit_test(other_spellings_are_read),
        cmocka_unit_test(what_is_no_instant_is_refused),
        cmocka_unit_test(every_day_of_800_years_goes_there_and_back),
        cmocka_unit_test(weekdays_begin_with_monday),
        cmocka_unit_test(running_time_does_not_go_back),
        cmocka_unit_test(a_deadline_lies_that_far_ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
