/* insight/weigh_test.c - the features of sentences, counted by hand, and which sentences are picked. */
#include "insight/weigh.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena *a;

/* A call of Ann (ours) and Bob; "A: ..." and "B: ...". */
static const struct weighing *weighed(const char *const *lines, size_t n)
{
    static struct ia_participant people[] = {{.name = {"Ann Ruiz", 8}, .side = IA_SIDE_INTERNAL},
                                             {.name = {"Bob Cole", 8}, .side = IA_SIDE_EXTERNAL}};
    struct ia_turn *turns = ARENA_ARRAY(a, struct ia_turn, n);
    struct interaction *ia = ARENA_NEW(a, struct interaction);

    for (size_t i = 0; i < n; i++) {
        turns[i].speaker = people[*lines[i] == 'B'].name;
        turns[i].start_ms = turns[i].end_ms = IA_TIME_NONE;
        turns[i].text = str_of(lines[i] + 3);
    }
    *ia = (struct interaction){.kind = IA_CALL,
                               .language = STR("en"),
                               .started_at_ms = CLOCK_NONE,
                               .participants = people,
                               .participants_n = 2,
                               .turns = turns,
                               .turns_n = n};
    return findings_weigh(ia, a);
}

static const char *const talk[] = {
    "A: The warehouse needs carriers.",        "B: The warehouse has ramps.",
    "A: Does the warehouse have gates, Bob?",  "B: Yes.",
    "A: I'll send you the drawing by Friday.", "B: Forklifts block ramps.",
    "A: Forklifts always block ramps.",        "B: Good.",
};

static void features_are_counted(void **state)
{
    const struct weighing *w = weighed(talk, 8);

    (void)state;
    assert_non_null(w);
    assert_int_equal(w->d->n, 8);
    /* "warehouse", "needs", "carriers": 3 words, the first of which three sentences have */
    assert_true(fabs((double)w->feature[0][WEIGH_LENGTH] - log(4)) < 1e-6);
    assert_true(w->feature[0][WEIGH_FROM_3] == 1 && w->feature[0][WEIGH_FROM_5] == 0);
    assert_true(fabs((double)w->feature[0][WEIGH_REPEATED] - 1.0 / 3) < 1e-6);
    assert_true(fabs((double)w->feature[0][WEIGH_COMMON] - (log(4) + 2 * log(2)) / 3) < 1e-6);
    assert_true(fabs((double)w->feature[0][WEIGH_LETTERS] - (9 + 5 + 8) / 3.0) < 1e-6);
    assert_true(w->feature[0][WEIGH_PLACE] == 0 && w->feature[0][WEIGH_FIRST_20TH] == 1);
    assert_true(w->feature[7][WEIGH_LAST_5TH] == 1 && w->feature[7][WEIGH_LAST_10TH] == 0); /* 7 of 8: 0.875 */
    assert_true(w->feature[2][WEIGH_ASKS] == 1 && w->feature[2][WEIGH_NAME] == 1 && w->feature[0][WEIGH_NAME] == 0);
    assert_true(w->feature[4][WEIGH_COMMITTED] == 1 && w->feature[0][WEIGH_COMMITTED] == 0);
    assert_true(w->feature[4][WEIGH_TALK] == 0.5F);
}

static void the_best_are_picked_and_none_twice(void **state)
{
    const struct weighing *w = weighed(talk, 8);
    double score[8] = {1, 5, 2, 9, 4, 6, 6, 0};
    size_t at[8];

    (void)state;
    /* "Yes." has one word; 5 and 6 score alike, the first one first, and share all their words */
    assert_int_equal(weighing_pick(w, score, 3, 0.5, 3, at), 3);
    assert_true(at[0] == 5 && at[1] == 1 && at[2] == 4);
    assert_int_equal(weighing_pick(w, score, 3, 1, 3, at), 3); /* alike as they may be */
    assert_true(at[0] == 5 && at[1] == 6 && at[2] == 1);
    score[5] = score[6] = -INFINITY;
    assert_int_equal(weighing_pick(w, score, 8, 1, 3, at), 4);
    assert_true(at[0] == 1 && at[1] == 4 && at[2] == 2 && at[3] == 0);
}

static void a_handful_of_words_is_not_weighed(void **state)
{
    (void)state;
    assert_null(weighed(talk, 3));
}

static int up(void **state)
{
    (void)state;
    a = arena_new("test");
    return 0;
}

static int down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_are_counted),
        cmocka_unit_test(the_best_are_picked_and_none_twice),
        cmocka_unit_test(a_handful_of_words_is_not_weighed),
    };

    return cmocka_run_group_tests(tests, up, down);
}
