/* Red flags and what does not fit the CRM, sentence by sentence; expected days are counted by hand from Thursday 12 November 2026. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "insight/findings.h"

static struct arena *a;

/* "class value-or-day confidence" of the findings of a kind in what the customer says. */
static str said(const char *text, const char *kind, enum ia_side side)
{
    struct ia_turn turn = {.speaker = STR("Ben"), .text = str_of(text), .start_ms = 0, .end_ms = 1000};
    struct ia_participant ben = {.name = STR("Ben"), .side = side};
    struct interaction ia = {.turns = &turn,
                             .turns_n = 1,
                             .participants = &ben,
                             .participants_n = 1,
                             .language = STR("en"),
                             .started_at_ms = clock_from_civil(2026, 11, 12, 9, 0, 0, 0)};
    struct findings_context c = {0};
    struct record_finding *f;
    str out = STR("");
    size_t n;

    findings_make(&ia, &c, a, &f, &n);
    for (size_t i = 0; i < n; i++)
        if (str_eq(f[i].kind, str_of(kind)))
            out = str_fmt(a, "%.*s%s%.*s %.*s %.2f", STR_ARG(out), out.n ? "; " : "", STR_ARG(f[i].class),
                          STR_ARG(f[i].has_value                   ? str_fmt(a, "%.0f", f[i].value)
                                  : f[i].due_day == FINDING_NO_DAY ? STR("-")
                                                                   : finding_day_str(a, f[i].due_day)),
                          f[i].confidence);
    return out;
}

static void each_sentence_says_what_it_says(void **state)
{
    static const struct {
        const char *text, *kind, *want;
    } rows[] = {
        {"The board has put a freeze on all investments.", "red_flag", "FREEZE - 0.90"},
        {"There is no freeze on investments.", "red_flag", ""},
        {"Is there a budget freeze?", "red_flag", ""},
        {"There might be layoffs in spring.", "red_flag", "LAYOFFS - 0.54"},
        {"Friday is my last day here.", "red_flag", "DEPARTURE - 0.90"},
        {"It is the first order since the merger.", "red_flag", ""},
        {"We went with another supplier.", "red_flag", "CHOSE_OTHER - 0.90"},
        {"We have not chosen another supplier.", "red_flag", ""},
        {"Our works council said no.", "red_flag", "LEGAL_BLOCK - 0.90"},
        {"Nothing will be signed this year.", "crm_conflict", "close_date 2027-01-01 0.90"},
        {"The decision is next quarter.", "crm_conflict", "close_date 2027-01-01 0.90"},
        {"We decide this year.", "crm_conflict", ""},
        {"Will you sign next month?", "crm_conflict", ""},
        {"We cannot sign before the end of January.", "crm_conflict", "close_date 2027-02-01 0.90"},
        {"He is away until March, so no answer before.", "crm_conflict", "close_date 2027-03-01 0.90"},
        {"The board approved it in July.", "crm_conflict", ""},
        {"We start with the pilot next month.", "crm_conflict", ""},
        {"We have approval for forty-eight thousand, not more.", "crm_conflict", "amount 48000 0.90"},
        {"At most two hundred and fifty thousand.", "crm_conflict", "amount 250000 0.90"},
        {"The ceiling is 48,500 euros.", "crm_conflict", "amount 48500 0.90"},
        {"No more than 12k.", "crm_conflict", "amount 12000 0.90"},
        {"At most in 2027.", "crm_conflict", ""},
        {"We have 48,000 customers.", "crm_conflict", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        str got = said(rows[i].text, rows[i].kind, IA_SIDE_EXTERNAL);
        if (!str_eq(got, str_of(rows[i].want)))
            fail_msg("%s: %.*s", rows[i].text, STR_ARG(got));
        assert_int_equal(said(rows[i].text, rows[i].kind, IA_SIDE_INTERNAL).n, 0);
    }
}

int main(void)
{
    const struct CMUnitTest t[] = {cmocka_unit_test(each_sentence_says_what_it_says)};
    int rc;

    a = arena_new("test");
    rc = cmocka_run_group_tests(t, NULL, NULL);
    arena_free(a);
    return rc;
}
