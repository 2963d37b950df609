/* formats/crm_test.c - CRM files through the same door as any other. */
#include "formats/row_test.h"

static struct format_result *crm_read(struct row_run *t, const char *text)
{
    struct format_input in = {.bytes = str_of(text), .name = STR("crm/export")};

    t->rc = format_parse(&in, t->a, &t->r, &t->e);
    if (t->rc)
        print_message("refused: %s\n", t->e.msg);
    return t->rc ? NULL : &t->r;
}

static void a_deal_with_its_history(void **state)
{
    struct row_run *t = *state;
    struct format_result *r = crm_read(
        t, "{\"format\":\"harken.deal/"
           "1\",\"id\":\"D1\",\"name\":\"Hub\",\"account\":\"A1\",\"pipeline\":\"main\",\"history\":["
           "{\"at\":\"2026-02-01T09:00:00+01:00\",\"field\":\"amount\",\"new\":\"486000.01\",\"currency\":\"EUR\"},"
           "{\"at\":\"2026-02-01T09:00:00+01:00\",\"field\":\"close_date\",\"new\":\"2026-12-11\"}]}");

    assert_non_null(r);
    assert_int_equal(r->items_n, 0);
    assert_int_equal(r->crm_n, 1);
    assert_int_equal(r->crm[0].changes_n, 2);
    assert_int_equal(r->crm[0].changes[0].number, 486000010000);
    assert_int_equal(r->crm[0].changes[0].at_ms, 1769932800000); /* 08:00 UTC */
    assert_int_equal(r->crm[0].changes[1].number, 20798);        /* date -d 2026-12-11 +%s / 86400 */
    assert_int_equal(r->notices_n, 0);
}

static void impossible_values_are_kept_with_their_problem(void **state)
{
    struct row_run *t = *state;
    static const struct {
        const char *field, *value, *currency;
        enum crm_problem problem;
    } cases[] = {
        {"close_date", "\"2026-02-30\"", "EUR", CRM_P_DATE},
        {"close_date", "\"soon\"", "EUR", CRM_P_DATE},
        {"close_date", "\"0026-02-03\"", "EUR", CRM_P_DATE},
        {"amount", "\"12,5\"", "EUR", CRM_P_AMOUNT},
        {"amount", "-3", "EUR", CRM_P_AMOUNT},
        {"amount", "12", "EURO", CRM_P_CURRENCY},
        {"amount", "12", "XXZ", CRM_P_CURRENCY},
        {"amount", "1e30", "EUR", CRM_P_AMOUNT},
        {"amount", "12.5", "EUR", CRM_P_NONE},
        {"forecast_category", "\"sure\"", "EUR", CRM_P_VALUE},
        {"forecast_category", "\"commit\"", "EUR", CRM_P_NONE},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str text =
            str_fmt(t->a,
                    "{\"format\":\"harken.change/1\",\"deal\":\"D1\",\"at\":\"2026-02-01\",\"field\":\"%s\",\"new\":%s,"
                    "\"currency\":\"%s\"}",
                    cases[i].field, cases[i].value, cases[i].currency);
        struct format_result *r = crm_read(t, str_cz(t->a, text));
        assert_non_null(r);
        if (r->crm[0].changes[0].problem != cases[i].problem)
            fail_msg("row %zu: problem %d", i, (int)r->crm[0].changes[0].problem);
        assert_int_equal(r->notices_n, cases[i].problem ? 1 : 0);
    }
}

static void a_wrong_line_is_named_and_the_rest_read(void **state)
{
    struct row_run *t = *state;
    struct format_result *r =
        crm_read(t, "{\"format\":\"harken.account/1\",\"id\":\"A1\",\"name\":\"Halden\"}\n"
                    "{\"format\":\"harken.deal/1\",\"id\":\"D1\",\"name\":\"Hub\",\"history\":[{\"at\":"
                    "\"2026-02-01\",\"field\":\"colour\",\"new\":\"red\"}]}\n\n"
                    "{\"format\":\"harken.account/1\"\n"
                    "{\"format\":\"harken.account/1\",\"id\":\"A2\",\"name\":\"Other\"}\n");

    assert_non_null(r);
    assert_int_equal(r->crm_n, 2);
    assert_int_equal(r->problems_n, 2);
    row_str(t, r->problems[0].place, "line 2");
    row_str(t, r->problems[0].reason, "history[0].field: not a field of a deal");
    row_str(t, r->problems[1].place, "line 4");
}

static void nothing_readable_is_refused_with_a_place(void **state)
{
    struct row_run *t = *state;
    struct format_input in = {.bytes = STR("{\"format\":\"harken.deal/1\"}"), .name = STR("x")};

    assert_int_equal(format_parse(&in, t->a, &t->r, &t->e), ERR_INVALID);
    assert_string_equal(t->e.msg, "line 1: id: missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW_TEST(a_deal_with_its_history),
        ROW_TEST(impossible_values_are_kept_with_their_problem),
        ROW_TEST(a_wrong_line_is_named_and_the_rest_read),
        ROW_TEST(nothing_readable_is_refused_with_a_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
