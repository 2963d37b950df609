/* deals/score_test.c - the model before any history, what history does to it, ranks and bands. */
#include "deals/score.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct deal_stage stages[] = {
    {.ordinal = 1, .outcome = CRM_OPEN, .probability = 0.2},
    {.ordinal = 2, .outcome = CRM_OPEN, .probability = 0.5},
    {.ordinal = 3, .outcome = CRM_WON, .probability = 1},
};
static const struct deal_pipeline pipe = {.currency = "EUR", .stages = stages, .stages_n = 3};

static void without_history_the_stage_decides_and_the_interval_is_wide(void **state)
{
    struct score_model m;
    struct score_row early = {.stage = 0}, late = {.stage = 1};
    struct score a, b;

    (void)state;
    score_prior(&pipe, &m);
    score_predict(&m, &early, &a);
    score_predict(&m, &late, &b);
    assert_true(a.p > 0.15 && a.p < 0.25);
    assert_true(fabs(b.p - 0.5) < 1e-9);
    /* level and stage: sqrt(0.35^2 + 0.25^2) = 0.430; times 1.645 = 0.7075; sigmoid of it 0.6698 */
    assert_true(fabs(b.high - 0.6698) < 1e-3 && fabs(b.low - 0.3302) < 1e-3);
}

static void history_moves_the_level_and_narrows_the_interval(void **state)
{
    struct arena *a = arena_new("test");
    struct score_row rows[400] = {0};
    struct score_model m;
    struct score before, after;

    (void)state;
    score_prior(&pipe, &m);
    score_predict(&m, &rows[0], &before);
    for (size_t i = 0; i < 400; i++)
        rows[i] = (struct score_row){.stage = 0, .won = i % 10 < 4, .weight = 1, .at_ms = (int64_t)i};
    score_fit(&pipe, rows, 400, 400, a, &m);
    score_predict(&m, &(struct score_row){.stage = 0}, &after);
    assert_true(fabs(after.p - 0.4) < 0.03); /* what was seen, pulled a little towards 0.2 */
    assert_true(after.high - after.low < before.high - before.low);
    assert_int_equal(m.closed_n, 400);
    arena_free(a);
}

static void a_model_comes_back_from_its_numbers(void **state)
{
    static double numbers[SCORE_NUMBERS];
    static struct score_model m, back;

    (void)state;
    score_prior(&pipe, &m);
    m.version = 7;
    m.platt_bb = 0.5;
    assert_int_equal(score_model_numbers(&m, numbers, SCORE_NUMBERS), SCORE_NUMBERS);
    assert_true(score_model_read(numbers, SCORE_NUMBERS, &back));
    assert_memory_equal(&m, &back, sizeof m);
    assert_false(score_model_read(numbers, SCORE_NUMBERS - 1, &back));
    numbers[0] += 1;
    assert_false(score_model_read(numbers, SCORE_NUMBERS, &back));
}

static void ranks_are_percentiles_and_ties_share_the_middle(void **state)
{
    struct arena *a = arena_new("test");
    double p[] = {0.1, 0.9, 0.5, 0.5}, floors[SCORE_FLOORS];
    int rank[4];

    (void)state;
    score_ranks(p, 4, a, rank, floors);
    assert_int_equal(rank[0], 1);
    assert_int_equal(rank[1], 99);
    assert_int_equal(rank[2], 50);
    assert_int_equal(rank[3], 50);
    assert_int_equal(score_rank_of(floors, 0.1), 1); /* who was ranked finds the same again */
    assert_int_equal(score_rank_of(floors, 0.5), 50);
    assert_int_equal(score_rank_of(floors, 0.9), 99);
    assert_int_equal(score_rank_of(floors, 0.05), 1);
    assert_int_equal(score_rank_of(floors, 0.7), 50);
    assert_int_equal(score_rank_of(floors, 1), 99);
    score_ranks(p, 1, a, rank, NULL);
    assert_int_equal(rank[0], 50);
    assert_int_equal(score_band(29), 1);
    assert_int_equal(score_band(30), 2);
    assert_int_equal(score_band(75), 2);
    assert_int_equal(score_band(76), 3);
    arena_free(a);
}

static void reasons_are_the_largest_terms(void **state)
{
    struct score s = {.terms = {0.3, -0.5, 0.9, 0.001, 0.4, -0.02}};
    int top[SCORE_REASONS];

    (void)state;
    assert_int_equal(score_reasons(&s, true, top), 3);
    assert_true(top[0] == 2 && top[1] == 4 && top[2] == 0);
    assert_int_equal(score_reasons(&s, false, top), 2);
    assert_true(top[0] == 1 && top[1] == 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_history_the_stage_decides_and_the_interval_is_wide),
        cmocka_unit_test(history_moves_the_level_and_narrows_the_interval),
        cmocka_unit_test(a_model_comes_back_from_its_numbers),
        cmocka_unit_test(ranks_are_percentiles_and_ties_share_the_middle),
        cmocka_unit_test(reasons_are_the_largest_terms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
