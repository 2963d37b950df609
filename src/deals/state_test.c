/* deals/state_test.c - a deal as of a time; nothing later counts, and what cannot be told says why. */
#include "deals/state.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct id s1 = {{1}}, s2 = {{2}}, s3 = {{3}}, won = {{4}}, ann = {{9}};
static struct deal_stage stages[] = {
    {{{1}}, 1, CRM_OPEN, CRM_EARLY, 0.1},
    {{{2}}, 2, CRM_OPEN, CRM_MIDDLE, 0.3},
    {{{3}}, 3, CRM_OPEN, CRM_PROPOSAL, 0.6},
    {{{4}}, 4, CRM_WON, CRM_EARLY, 1},
};
static const struct deal_pipeline pipe = {.currency = "EUR", .stages = stages, .stages_n = 4};

#define DAYS(n) ((n) * DAY_MS)

static struct deal_facts facts_of(struct deal_change *c, size_t n)
{
    return (struct deal_facts){.pipe = &pipe, .opened_ms = CLOCK_NONE, .change = c, .change_n = n};
}

static void only_the_past_counts(void **state)
{
    struct deal_change c[] = {
        {DAYS(1), CRM_F_STAGE, .ref = s1},          {DAYS(1), CRM_F_CLOSE_DATE, .number = 50},
        {DAYS(5), CRM_F_STAGE, .ref = s3},          {DAYS(6), CRM_F_CLOSE_DATE, .number = 60},
        {DAYS(7), CRM_F_STAGE, .ref = s2},          {DAYS(9), CRM_F_STAGE, .ref = won},
        {DAYS(10), CRM_F_CLOSE_DATE, .number = 90},
    };
    struct deal_facts f = facts_of(c, 7);
    struct deal_state s;

    (void)state;
    deal_state_at(&f, DAYS(1) - 1, &s);
    assert_int_equal(s.outcome, DEAL_UNKNOWN);
    deal_state_at(&f, DAYS(6), &s);
    assert_true(s.outcome == DEAL_OPEN && s.stage->ordinal == 3 && s.pushes == 1 && s.push_days == 10 &&
                !s.regressions);
    deal_state_at(&f, DAYS(8), &s);
    assert_true(s.regressions == 1 && s.below_deepest && s.regressed_at == DAYS(7));
    deal_state_at(&f, DAYS(20), &s);
    assert_true(s.outcome == DEAL_WON && s.closed == DAYS(9));
    assert_int_equal(s.pushes, 1); /* moving the date of a closed deal is no push */
}

static void what_cannot_be_told_says_why(void **state)
{
    static const struct {
        struct deal_change c[3];
        size_t n;
        enum deal_unknown u;
        enum crm_problem why;
    } cases[] = {
        {{{DAYS(1), CRM_F_STAGE, .ref = {{77}}}}, 1, UNKNOWN_STAGE, CRM_P_STAGE},
        {{{DAYS(1), CRM_F_AMOUNT, CRM_P_CURRENCY}}, 1, UNKNOWN_AMOUNT, CRM_P_CURRENCY},
        {{{DAYS(1), CRM_F_CLOSE_DATE, CRM_P_DATE}}, 1, UNKNOWN_CLOSE, CRM_P_DATE},
        {{{DAYS(1), CRM_F_AMOUNT, .number = 5}, {DAYS(1), CRM_F_AMOUNT, .number = 6}},
         2,
         UNKNOWN_AMOUNT,
         CRM_P_CONFLICT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct deal_change c[3];
        struct deal_facts f = facts_of(c, cases[i].n);
        struct deal_state s;
        memcpy(c, cases[i].c, sizeof c);
        deal_state_at(&f, DAYS(2), &s);
        if (!(s.problems >> cases[i].u & 1u) || s.why[cases[i].u] != cases[i].why || s.has_amount || s.has_close)
            fail_msg("row %zu: problems %x", i, s.problems);
    }
}

static void engagement_halves_every_week(void **state)
{
    struct id who[] = {ann};
    struct deal_act acts[] = {
        {.at_ms = DAYS(10), .type = CRM_A_MEETING, .direction = CRM_D_BOTH, .people = who, .people_n = 1},
        {.at_ms = DAYS(17), .type = CRM_A_MAIL, .direction = CRM_D_IN, .people = who, .people_n = 1},
        {.at_ms = DAYS(18), .type = CRM_A_AUTO_REPLY, .direction = CRM_D_IN, .people = who, .people_n = 1},
        {.at_ms = DAYS(40), .type = CRM_A_MEETING, .status = CRM_PLANNED, .people = who, .people_n = 1},
    };
    struct deal_facts f = {.pipe = &pipe, .act = acts, .act_n = 4};
    int64_t next;
    int in, out;

    (void)state;
    assert_true(fabs(deal_engagement(&f, DAYS(17)) - (5.0 / 2 + 3)) < 1e-12);
    assert_true(isnan(deal_momentum(&f, DAYS(9))));
    assert_true(deal_reciprocity(&f, DAYS(18), &in, &out) == 1 && in == 1 && out == 0);
    assert_true(isnan(deal_reciprocity(&f, DAYS(60), NULL, NULL)));
    assert_int_equal(deal_two_way_contacts(&f, DAYS(18), 60, NULL), 1);
    assert_true(deal_next_step(&f, DAYS(18), &next) && next == DAYS(40));
    assert_false(deal_next_step(&f, DAYS(41), &next));
    assert_true(deal_working_days_after(DAYS(1), 1) == DAYS(4)); /* 2 January 1970 was a Friday */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_past_counts),
        cmocka_unit_test(what_cannot_be_told_says_why),
        cmocka_unit_test(engagement_halves_every_week),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
