/* analytics/coaching_test.c - figures of people against values worked out by hand or printed elsewhere. */
#include "analytics/coaching.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define DAY(n) ((n) * DAY_MS)
#define NEAR(x, y) assert_true(fabs((x) - (y)) < 1e-9)

static const struct id ann = {{1}}, bob = {{2}}, nobody = {{0}};

/* Items of one figure; values and reps side by side, a day apart. */
static struct coach_input items_of(struct arena *a, const char *id, const struct id *rep, const double *value, size_t n)
{
    static struct id reps[2];
    struct coach_item *items = ARENA_ARRAY(a, struct coach_item, n + 1);

    reps[0] = ann;
    reps[1] = bob;
    for (size_t i = 0; i < n; i++)
        items[i] = (struct coach_item){.def = coach_def_find(str_of(id)),
                                       .rep = rep[i],
                                       .source = {{(unsigned char)(i + 10)}},
                                       .at_ms = DAY((int64_t)i + 1),
                                       .value = value[i],
                                       .weight = 2};
    return (struct coach_input){reps, 2, items, n, NULL, 0, 0, DAY(100), DAY(100)};
}

static const struct coach_figure *figure_of(const struct coach_input *in, struct arena *a, const char *id,
                                            struct id rep)
{
    struct coach_figure *f;
    size_t n;

    coaching_make(in, a, &f, &n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(f[i].id, id) == 0 && !f[i].part && id_eq(f[i].rep, rep))
            return &f[i];
    fail_msg("no %s", id);
    return NULL;
}

static void a_mean_has_its_median_and_its_rows(void **state)
{
    const struct id rep[] = {ann, ann, ann, ann, ann, bob};
    const double v[] = {0.1, 0.2, 0.3, 0.4, 1.0, 0.9};
    struct arena *a = arena_new("test");
    struct coach_input in = items_of(a, "talk_ratio", rep, v, 6);
    const struct coach_figure *f = figure_of(&in, a, "talk_ratio", ann);

    (void)state;
    assert_true(f->has_value && f->n == 5 && f->inputs_n == 5);
    NEAR(f->value, 0.4);
    NEAR(f->median, 0.3);
    assert_true(f->low < 0.4 && f->high > 0.4);
    f = figure_of(&in, a, "talk_ratio", bob);
    assert_true(!f->has_value && f->n == 1 && !f->has_percentile);
    assert_string_equal(f->reason, "small_n");
    f = figure_of(&in, a, "talk_ratio", nobody); /* a team of one with a value is none */
    assert_true(!f->has_value && f->n == 1);
    arena_free(a);
}

static void what_is_outside_the_period_or_not_known_yet_does_not_count(void **state)
{
    const struct id rep[] = {ann, ann, ann, ann, ann, ann, ann};
    const double v[] = {100, 1, 1, 1, 1, 1, 100};
    struct arena *a = arena_new("test");
    struct coach_input in = items_of(a, "questions", rep, v, 7);

    (void)state;
    in.from_ms = DAY(2);
    in.to_ms = DAY(7);
    NEAR(figure_of(&in, a, "questions", ann)->value, 1);
    in.to_ms = DAY(100);
    in.as_of = DAY(6);
    NEAR(figure_of(&in, a, "questions", ann)->value, 1);
    in.as_of = DAY(5);
    assert_int_equal(figure_of(&in, a, "questions", ann)->n, 4);
    arena_free(a);
}

static void a_share_has_wilsons_interval_and_a_counter_is_a_sum(void **state)
{
    struct id rep[10];
    double v[10] = {1, 1, 1, 1, 1, 1, 1, 1, 0, 0};
    struct arena *a = arena_new("test");
    struct coach_input in;
    const struct coach_figure *f;

    (void)state;
    for (int i = 0; i < 10; i++)
        rep[i] = ann;
    in = items_of(a, "coaching_coverage", rep, v, 10);
    f = figure_of(&in, a, "coaching_coverage", ann);
    NEAR(f->value, 0.8);
    assert_true(fabs(f->low - 0.4901625) < 1e-6 && fabs(f->high - 0.9433178) < 1e-6); /* Agresti, Coull 1998 */
    in = items_of(a, "comments_given", rep, v, 3);
    f = figure_of(&in, a, "comments_given", ann);
    assert_true(f->has_value && !f->reason);
    NEAR(f->value, 3);
    f = figure_of(&in, a, "comments_given", bob); /* none is a number, not a gap */
    assert_true(f->has_value && f->n == 0);
    NEAR(f->value, 0);
    arena_free(a);
}

static void percentiles_are_of_the_others_and_equals_count_half(void **state)
{
    /* six people with the means 1, 2, 2, 3, 4, 5: below 2: one of five others, and half of the equal one */
    static const double mean[] = {1, 2, 2, 3, 4, 5};
    static const double want[] = {0, 30, 30, 60, 80, 100};
    struct arena *a = arena_new("test");
    struct coach_item *items = ARENA_ARRAY(a, struct coach_item, 30);
    struct id reps[6];
    struct coach_input in = {reps, 6, items, 30, NULL, 0, 0, DAY(100), DAY(100)};

    (void)state;
    for (int r = 0; r < 6; r++) {
        reps[r] = (struct id){{(unsigned char)(r + 1)}};
        for (int i = 0; i < 5; i++)
            items[5 * r + i] =
                (struct coach_item){coach_def_find(STR("questions")), NULL, reps[r], {{9}}, DAY(i + 1), mean[r], 0};
    }
    for (int r = 0; r < 6; r++) {
        const struct coach_figure *f = figure_of(&in, a, "questions", reps[r]);
        assert_true(f->has_percentile);
        NEAR(f->percentile, want[r]);
    }
    NEAR(figure_of(&in, a, "questions", nobody)->value, 17.0 / 6);
    arena_free(a);
}

static void every_figure_says_what_it_is_and_why_it_is_not(void **state)
{
    struct id reps[] = {ann};
    struct coach_input in = {reps, 1, NULL, 0, NULL, 0, 0, DAY(100), DAY(100)};
    struct arena *a = arena_new("test");
    struct coach_figure *f;
    size_t n;

    (void)state;
    coaching_make(&in, a, &f, &n);
    assert_true(n > 40);
    for (size_t i = 0; i < n; i++) {
        if (!coaching_definition(f[i].id) || !coaching_inputs_of(f[i].id))
            fail_msg("%s has no definition", f[i].id);
        if (f[i].has_value ? f[i].reason != NULL : !f[i].reason)
            fail_msg("%s: neither a value nor a reason, or both", f[i].id);
    }
    assert_null(coaching_definition("charm"));
    arena_free(a);
}

static void alpha_of_krippendorffs_example(void **state)
{
    /* "Computing Krippendorff's Alpha-Reliability" (2011), example C: four observers, twelve units; 0: no answer */
    static const int said[4][12] = {
        {1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0},
        {1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3},
        {0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0},
        {1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0},
    };
    struct arena *a = arena_new("test");
    int64_t units[48], counted;
    double values[48];
    size_t n = 0;

    (void)state;
    for (int u = 0; u < 12; u++)
        for (int o = 0; o < 4; o++)
            if (said[o][u]) {
                units[n] = u;
                values[n++] = said[o][u];
            }
    assert_true(fabs(coaching_alpha(units, values, n, a, &counted) - 0.849) < 0.0005);
    assert_int_equal(counted, 11); /* one was rated once only */
    assert_true(isnan(coaching_alpha(units, values, 1, a, NULL)));
    arena_free(a);
}

static void welch_by_the_closed_form(void **state)
{
    /* equal sizes and variances: four degrees of freedom, t = -sqrt(3/2); the distribution function is algebraic there */
    const double x[] = {1, 2, 3}, y[] = {2, 3, 4}, flat[] = {5, 5, 5};
    double r = 1.5 / 1.375, f = 0.5 + 0.375 * sqrt(1.5) / sqrt(1.375) * (1 - r / 12);

    (void)state;
    assert_true(fabs(coaching_welch(x, 3, y, 3) - 2 * (1 - f)) < 1e-9);
    assert_true(fabs(coaching_welch(y, 3, x, 3) - 2 * (1 - f)) < 1e-9);
    NEAR(coaching_welch(x, 3, x, 3), 1);
    assert_true(isnan(coaching_welch(x, 1, y, 3)));
    assert_true(isnan(coaching_welch(flat, 3, flat, 3)));
}

static void an_alert_needs_a_difference_that_chance_does_not_explain(void **state)
{
    struct arena *a = arena_new("test");
    struct coach_item *items = ARENA_ARRAY(a, struct coach_item, 40);
    struct id reps[] = {ann, bob};
    struct coach_input in = {reps, 2, items, 0, NULL, 0, 0, DAY(200), DAY(100)};
    struct coach_test *t;
    size_t n, alerts = 0;

    (void)state;
    for (int i = 0; i < 20; i++) { /* ann talks much more in the last days; bob does as ever */
        int64_t at = DAY(i < 10 ? 10 + i : 80 + i);
        double jitter = 0.001 * (i % 3);
        items[in.items_n++] =
            (struct coach_item){COACH_TALK_RATIO, NULL, ann, {{9}}, at, (i < 10 ? 0.4 : 0.9) + jitter, 0};
        items[in.items_n++] = (struct coach_item){COACH_TALK_RATIO, NULL, bob, {{9}}, at, 0.4 + jitter, 0};
    }
    coaching_alerts(&in, a, &t, &n);
    for (size_t i = 0; i < n; i++) {
        assert_true(t[i].p <= t[i].q && t[i].alert == (t[i].q <= 0.01));
        if (!t[i].peers && t[i].alert) {
            assert_true(id_eq(t[i].rep, ann) && t[i].n == 10 && t[i].other_n == 10);
            alerts++;
        }
    }
    assert_int_equal(alerts, 1);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mean_has_its_median_and_its_rows),
        cmocka_unit_test(what_is_outside_the_period_or_not_known_yet_does_not_count),
        cmocka_unit_test(a_share_has_wilsons_interval_and_a_counter_is_a_sum),
        cmocka_unit_test(percentiles_are_of_the_others_and_equals_count_half),
        cmocka_unit_test(every_figure_says_what_it_is_and_why_it_is_not),
        cmocka_unit_test(alpha_of_krippendorffs_example),
        cmocka_unit_test(welch_by_the_closed_form),
        cmocka_unit_test(an_alert_needs_a_difference_that_chance_does_not_explain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
