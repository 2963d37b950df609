/* domain/crm_test.c - amounts, days, and records that come back as they were written. */
#include "domain/crm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void amounts_are_exact(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        int64_t micros;
    } cases[] = {
        {"0", true, 0},
        {"486000.00", true, 486000000000},
        {"0.01", true, 10000},
        {"-3.5", true, -3500000},
        {"1.000001", true, 1000001},
        {"1.0000001", false, 0},
        {"", false, 0},
        {".5", false, 0},
        {"1.", false, 0},
        {"1,000", false, 0},
        {"+1", false, 0},
        {"--1", false, 0},
        {"1e3", false, 0},
        {"9999999999999", false, 0},
        {"1000000000000", true, 1000000000000000000},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t micros = 0;
        if (crm_micros_parse(str_of(cases[i].text), &micros) != cases[i].ok || micros != cases[i].micros)
            fail_msg("%s: %lld", cases[i].text, (long long)micros);
    }
    assert_string_equal(str_cz(a, crm_micros_str(a, 486000000000)), "486000.00");
    assert_string_equal(str_cz(a, crm_micros_str(a, -1500001)), "-1.500001");
    assert_string_equal(str_cz(a, crm_micros_str(a, INT64_MIN)), "-9223372036854.775808");
    arena_free(a);
}

static void days_that_do_not_exist_are_none(void **state)
{
    int64_t day = -1;

    (void)state;
    assert_true(crm_day_parse(STR("1970-01-02"), &day));
    assert_int_equal(day, 1);
    assert_true(crm_day_parse(STR("2026-03-10T23:30:00-05:00"), &day)); /* the day where it was written */
    assert_int_equal(day, 20522);
    assert_false(crm_day_parse(STR("2026-02-30"), &day));
    assert_false(crm_day_parse(STR("2026-13-01"), &day));
    assert_false(crm_day_parse(STR("1969-12-31"), &day));
    assert_false(crm_day_parse(STR("2300-01-01"), &day));
    assert_false(crm_day_parse(STR(""), &day));
}

static void currencies_are_those_in_use(void **state)
{
    (void)state;
    assert_true(crm_currency_valid(STR("EUR")) && crm_currency_valid(STR("USD")) && crm_currency_valid(STR("ZWG")));
    assert_false(crm_currency_valid(STR("eur")));
    assert_false(crm_currency_valid(STR("UR ")));
    assert_false(crm_currency_valid(STR("EURO")));
    assert_false(crm_currency_valid(STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_exact),
        cmocka_unit_test(days_that_do_not_exist_are_none),
        cmocka_unit_test(currencies_are_those_in_use),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
