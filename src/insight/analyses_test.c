/* Calls as they should not be: every figure is null with a reason rather than wrong, and findings rest on words that are there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "insight/analyses_test.h"

static struct arena *a;

static const char *const said[] = {
    "Hello everybody, thanks for joining. Can you hear me?",
    "Yes. That is too expensive for us, and the board decides next quarter.",
    "Understood. I'll send you the new offer by Friday.",
    "What would the second year cost?",
    "There is a freeze on all investments.",
    "Das ist mir zu teuer, wir brauchen einen Rabatt.",
    "On pourrait commencer en mars?",
    "Tromp offered us the same for less.",
};
enum { SAID = sizeof said / sizeof *said };

static struct ia_participant people[] = {
    {.name = STR("Ann"), .side = IA_SIDE_INTERNAL},
    {.name = STR("Ben"), .side = IA_SIDE_EXTERNAL},
};

enum { TIMES = 1, NAMES = 2, TWO = 4 };

static struct interaction call(size_t turns, unsigned has, int64_t turn_ms)
{
    struct interaction ia = {.kind = IA_CALL,
                             .turns_n = turns,
                             .participants = people,
                             .participants_n = has & NAMES ? 2 : 0,
                             .language = STR("en"),
                             .started_at_ms = CLOCK_NONE,
                             .duration_ms = IA_TIME_NONE};

    ia.turns = ARENA_ARRAY(a, struct ia_turn, turns + 1);
    for (size_t i = 0; i < turns; i++) {
        int64_t at = (int64_t)i * turn_ms;
        ia.turns[i] = (struct ia_turn){.text = str_of(said[i % SAID]),
                                       .speaker = !(has & NAMES)       ? STR("")
                                                  : has & TWO && i % 2 ? STR("Ben")
                                                                       : STR("Ann"),
                                       .start_ms = has & TIMES ? at : IA_TIME_NONE,
                                       .end_ms = has & TIMES ? at + turn_ms * 9 / 10 : IA_TIME_NONE};
    }
    return ia;
}

static const struct record_stat *row(const struct interaction *ia, const char *id, const char *speaker)
{
    const struct statistics_context sc = {0};
    struct record_stat *rows;
    size_t n;

    statistics_compute(ia, &sc, a, &rows, &n);
    for (size_t i = 0; i < n; i++)
        if (str_eq(rows[i].id, str_of(id)) && str_eq(rows[i].speaker, str_of(speaker)))
            return &rows[i];
    return NULL;
}

static void expect_null(const struct interaction *ia, const char *id, const char *speaker, const char *reason)
{
    const struct record_stat *r = row(ia, id, speaker);

    if (!r || r->has_value || !str_eq(r->reason, str_of(reason)))
        fail_msg("%s of '%s' is not null for %s but %.*s", id, speaker, reason,
                 STR_ARG(r ? r->reason : STR("not there")));
}

static void without_times_nothing_timed_has_a_value(void **state)
{
    static const char *const timed[] = {"switches", "patience_ms", "silence_pct", "overtalk_pct", "dead_air"};
    struct interaction ia = call(8, NAMES | TWO, 0);

    (void)state;
    for (size_t i = 0; i < sizeof timed / sizeof *timed; i++)
        expect_null(&ia, timed[i], "", "no_times");
    assert_true(row(&ia, "questions", "Ann")->has_value);
    analyses_hold(&ia, a);
}

static void some_times_are_as_none(void **state)
{
    struct interaction ia = call(8, NAMES | TWO | TIMES, 5000);

    (void)state;
    ia.turns[3].end_ms = IA_TIME_NONE;
    expect_null(&ia, "talk_time", "Ann", "partial_times");
    expect_null(&ia, "silence_pct", "", "partial_times");
    analyses_hold(&ia, a);
}

static void without_names_nobody_has_a_figure(void **state)
{
    struct interaction ia = call(8, TIMES, 5000);

    (void)state;
    expect_null(&ia, "switches", "", "no_sides");
    expect_null(&ia, "ext_speakers", "", "no_sides");
    assert_null(row(&ia, "talk_time", "Ann"));
    assert_true(row(&ia, "silence_pct", "")->has_value);
    analyses_hold(&ia, a);
}

static void one_speaker_has_nobody_to_change_with(void **state)
{
    struct interaction ia = call(8, NAMES | TIMES, 5000);

    (void)state;
    expect_null(&ia, "switches", "", "one_party");
    expect_null(&ia, "patience_ms", "", "one_party");
    assert_float_equal(row(&ia, "talk_ratio", "Ann")->value, 1, 1e-12);
    assert_float_equal(row(&ia, "turn_entropy", "")->value, 0, 0);
    analyses_hold(&ia, a);
}

static void three_seconds_are_too_short_for_a_pace(void **state)
{
    struct interaction ia = call(2, NAMES | TWO | TIMES, 1500);

    (void)state;
    expect_null(&ia, "wpm", "Ann", "too_short");
    assert_float_equal(row(&ia, "talk_time", "Ann")->value, 1.35, 1e-9);
    assert_float_equal(row(&ia, "switches", "")->value, 1, 0);
    analyses_hold(&ia, a);
}

static void four_hours_are_measured_like_any_call(void **state)
{
    struct interaction ia = call(2880, NAMES | TWO | TIMES, 5000);

    (void)state;
    assert_float_equal(row(&ia, "talk_time", "Ann")->value, 1440 * 4.5, 1e-6);
    assert_float_equal(row(&ia, "switches", "")->value, 2879, 0);
    assert_float_equal(row(&ia, "silence_pct", "")->value, 1 - 2880 * 4.5 / (2879 * 5 + 4.5), 1e-9);
    assert_true(analyses_hold(&ia, a) > 20);
}

static void mixed_languages_break_nothing(void **state)
{
    static const char *const langs[] = {"en", "de", "fr", "zh", "und", ""};
    struct interaction ia = call(16, NAMES | TWO | TIMES, 5000);

    (void)state;
    ia.turns[2].text = STR("\xE4\xBB\xB7\xE6\xA0\xBC\xE5\xA4\xAA\xE9\xAB\x98\xE4\xBA\x86\xE3\x80\x82 ok?");
    ia.turns[3].text = STR("\xD0\x94\xD0\xB0, \xD0\xBA\xD0\xBE\xD0\xBD\xD0\xB5\xD1\x87\xD0\xBD\xD0\xBE.");
    for (size_t i = 0; i < sizeof langs / sizeof *langs; i++) {
        ia.language = str_of(langs[i]);
        analyses_hold(&ia, a);
    }
    ia.language = STR("zh");
    expect_null(&ia, "wpm", "Ann", "no_word_boundaries");
}

/* What it is about, in its own words: said once each, in order, and nothing that was not said. */
static void a_summary_is_what_was_said(void **state)
{
    struct interaction ia = call(32, NAMES | TWO | TIMES, 5000);
    struct findings_context fc = {0};
    struct record_finding *f;
    size_t n, chosen = 0, pricing = 0, opposed = 0;
    uint32_t last = 0;

    (void)state;
    for (size_t i = SAID; i < 32; i++) /* said once only, in the first round */
        ia.turns[i].text = str_fmt(a, "We looked at hall number %zu and counted the boxes there again.", i);
    findings_make(&ia, &fc, a, &f, &n);
    for (size_t i = 0; i < n; i++) {
        if (str_eq(f[i].kind, STR("summary"))) {
            assert_true(f[i].spans[0].turn >= last);
            last = f[i].spans[0].turn;
            chosen++;
        }
        pricing += str_eq(f[i].kind, STR("topic")) && str_eq(f[i].class, STR("PRICING"));
        opposed += str_eq(f[i].kind, STR("highlight")) && str_eq(f[i].class, STR("objection"));
    }
    assert_true(chosen >= 1 && chosen <= 5);
    assert_int_equal(pricing, 1);
    assert_true(opposed >= 1);
}

static bool rests_on(const struct record_finding *f, size_t n, const struct record_finding *point)
{
    for (size_t i = 0; i < n; i++)
        if ((str_eq(f[i].kind, STR("commitment")) || str_eq(f[i].kind, STR("next_step"))) &&
            f[i].spans[0].turn == point->spans[0].turn)
            return true;
    return false;
}

/* Points to act on are sentences with words of doing, ranked from 1, each once, with a confidence that claims little. */
static void points_to_act_on_are_ranked(void **state)
{
    struct interaction ia = call(160, NAMES | TWO | TIMES, 5000);
    struct findings_context fc = {0};
    struct record_finding *f;
    size_t n, points = 0;

    (void)state;
    for (size_t i = 0; i < 160; i++)
        ia.turns[i].text = str_fmt(a, "Hall %zu has red boxes on every shelf we looked at.", i);
    ia.turns[20].text = STR("I'll send the storage report to your team by Friday.");
    ia.turns[90].text = STR("Could you share the floor plan of the new warehouse with us?");
    findings_make(&ia, &fc, a, &f, &n);
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(f[i].kind, STR("point")) || !str_eq(f[i].class, STR("action")))
            continue;
        assert_true(f[i].spans[0].turn == 20 || f[i].spans[0].turn == 90);
        assert_true(rests_on(f, n, &f[i]));
        assert_int_equal((int)f[i].value, (int)++points);
        assert_true(f[i].confidence > 0 && f[i].confidence < 0.5);
    }
    assert_int_equal(points, 2);
}

static void nothing_at_all_is_a_call_too(void **state)
{
    struct interaction ia = call(0, 0, 0);

    (void)state;
    analyses_hold(&ia, a);
    ia = call(3, NAMES | TWO | TIMES, 1000);
    for (size_t i = 0; i < 3; i++)
        ia.turns[i].text = STR("");
    analyses_hold(&ia, a);
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(without_times_nothing_timed_has_a_value),
        cmocka_unit_test(some_times_are_as_none),
        cmocka_unit_test(without_names_nobody_has_a_figure),
        cmocka_unit_test(one_speaker_has_nobody_to_change_with),
        cmocka_unit_test(three_seconds_are_too_short_for_a_pace),
        cmocka_unit_test(four_hours_are_measured_like_any_call),
        cmocka_unit_test(mixed_languages_break_nothing),
        cmocka_unit_test(a_summary_is_what_was_said),
        cmocka_unit_test(points_to_act_on_are_ranked),
        cmocka_unit_test(nothing_at_all_is_a_call_too),
    };
    int rc;

    a = arena_new("test");
    rc = cmocka_run_group_tests(t, NULL, NULL);
    arena_free(a);
    return rc;
}
