/* deals/actions_test.c - doing nothing is always possible, the better reason wins, and the odds of the first place add up. */
#include "deals/actions.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct deal_stage stage = {.ordinal = 1, .outcome = CRM_OPEN};
static const struct deal_pipeline pipe = {.currency = "EUR", .stages = &stage, .stages_n = 1};
static const struct deal_facts facts = {.pipe = &pipe};

static void nothing_to_do_is_a_candidate_alone(void **state)
{
    struct deal_state s = {.stage = &stage};
    struct warning_hit hits[WARNINGS_N] = {0};
    struct action_history h = {0};
    struct action_candidate c[ACTION_CANDIDATES_MAX];

    (void)state;
    assert_int_equal(actions_rank(&facts, &s, hits, NULL, &h, NULL, 0, 1, c), 1);
    assert_true(c[0].kind == ACTION_NOTHING && c[0].propensity == 1);
}

static void a_small_deal_is_not_worth_an_hour(void **state)
{
    struct deal_state s = {.stage = &stage, .has_amount = true, .amount_micros = 100 * 1000000};
    struct warning_hit hits[WARNINGS_N] = {[4] = {.on = true, .severity = 3}};
    struct action_history h = {0};
    struct action_candidate c[ACTION_CANDIDATES_MAX];

    (void)state;
    assert_int_equal(actions_rank(&facts, &s, hits, NULL, &h, NULL, 0, 1, c), 2);
    assert_int_equal(c[0].kind, ACTION_NOTHING);
    s.amount_micros = 500000 * (int64_t)1000000;
    actions_rank(&facts, &s, hits, NULL, &h, NULL, 0, 1, c);
    assert_int_equal(c[0].kind, ACTION_REACH_POWER);
    /* 2/4 * 0.7 * 0.06 * 500,000 - 60 */
    assert_true(fabs(c[0].score - 10440) < 1e-6);
}

static void what_is_dismissed_sinks(void **state)
{
    struct deal_state s = {.stage = &stage, .has_amount = true, .amount_micros = 500000 * (int64_t)1000000};
    struct warning_hit hits[WARNINGS_N] = {[0] = {.on = true, .severity = 2}, [3] = {.on = true, .severity = 2}};
    struct action_history h = {0};
    struct action_candidate c[ACTION_CANDIDATES_MAX];

    (void)state;
    h.decided[ACTION_FOLLOW_UP] = 20;
    actions_rank(&facts, &s, hits, NULL, &h, NULL, 0, 1, c);
    assert_int_equal(c[0].kind, ACTION_MULTITHREAD);
}

static void what_is_blocked_leaves_its_odds_to_the_others(void **state)
{
    struct deal_state s = {.stage = &stage, .has_amount = true, .amount_micros = 500000 * (int64_t)1000000};
    struct warning_hit hits[WARNINGS_N] = {[4] = {.on = true, .severity = 3}, [3] = {.on = true, .severity = 1}};
    struct action_history h = {0};
    struct action_candidate c[ACTION_CANDIDATES_MAX];

    (void)state;
    assert_int_equal(actions_rank(&facts, &s, hits, NULL, &h, NULL, 1u << ACTION_REACH_POWER, 1, c), 2);
    assert_true(c[0].kind == ACTION_MULTITHREAD && c[0].propensity == 1);
}

static void exploration_has_its_share(void **state)
{
    struct deal_state s = {.stage = &stage, .has_amount = true, .amount_micros = 500000 * (int64_t)1000000};
    struct warning_hit hits[WARNINGS_N] = {
        [2] = {.on = true, .severity = 2}, [11] = {.on = true, .severity = 2}}; /* equal scores */
    struct action_history h = {0};
    struct action_candidate c[ACTION_CANDIDATES_MAX];
    int second = 0, n = 20000;

    (void)state;
    for (int i = 0; i < n; i++) {
        size_t k = actions_rank(&facts, &s, hits, NULL, &h, NULL, 0, (uint64_t)i * 0x9e3779b97f4a7c15u, c);
        double sum = 0;
        for (size_t j = 0; j < k; j++)
            sum += c[j].propensity;
        assert_true(fabs(sum - 1) < 1e-12);
        second += c[0].kind == ACTION_FIX_STAGE;
    }
    assert_true(second > n * 0.02 && second < n * 0.03); /* epsilon 0.05, two near ties */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_do_is_a_candidate_alone),
        cmocka_unit_test(a_small_deal_is_not_worth_an_hour),
        cmocka_unit_test(what_is_dismissed_sinks),
        cmocka_unit_test(what_is_blocked_leaves_its_odds_to_the_others),
        cmocka_unit_test(exploration_has_its_share),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
