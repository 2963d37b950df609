#include "insight/statistics.h"

#include <math.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena *arena;
static struct interaction call;
static struct ia_turn turns[64];
static struct ia_participant people[] = {{.name = {"Ann", 3}, .side = IA_SIDE_INTERNAL},
                                         {.name = {"Bob", 3}, .side = IA_SIDE_EXTERNAL},
                                         {.name = {"Cy", 2}, .side = IA_SIDE_EXTERNAL}};
static struct statistics_context context;
static struct record_stat *rows;
static size_t rows_n;

static int begin(void **state)
{
    (void)state;
    arena = arena_new("test");
    call = (struct interaction){.kind = IA_CALL,
                                .language = STR("en"),
                                .duration_ms = IA_TIME_NONE,
                                .started_at_ms = CLOCK_NONE,
                                .participants = people,
                                .participants_n = 3,
                                .turns = turns};
    context = (struct statistics_context){0};
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void say(const char *who, int64_t t0, int64_t t1, const char *text)
{
    turns[call.turns_n++] = (struct ia_turn){str_of(who), t0, t1, str_of(text)};
}

static void compute(void)
{
    statistics_compute(&call, &context, arena, &rows, &rows_n);
}

static const struct record_stat *row(const char *id, const char *speaker, const char *of)
{
    for (size_t i = 0; i < rows_n; i++)
        if (str_eq(rows[i].id, str_of(id)) && str_eq(rows[i].speaker, str_of(speaker)) &&
            str_eq(rows[i].of, str_of(of)))
            return &rows[i];
    return NULL;
}

static void is_value(const char *id, const char *speaker, double want, int64_t n)
{
    const struct record_stat *r = row(id, speaker, "");

    if (!r || !r->has_value || fabs(r->value - want) > 1e-9 || r->n != n)
        fail_msg("%s of '%s': %g (n %d), not %g", id, speaker, r ? r->value : NAN, r ? (int)r->n : -1, want);
}

static void is_null(const char *id, const char *speaker, const char *reason)
{
    const struct record_stat *r = row(id, speaker, "");

    if (!r || r->has_value || !str_eq(r->reason, str_of(reason)))
        fail_msg("%s of '%s' is not null for %s", id, speaker, reason);
}

static void talk_joins_own_gaps_and_ratios_add_up(void **state)
{
    (void)state;
    say("Ann", 0, 4000, "one two three");
    say("Ann", 4500, 6000, "four"); /* 500 ms later: one segment */
    say("Bob", 6501, 8501, "five");
    say("", 8501, 9501, "who is this");
    compute();
    is_value("talk_time", "Ann", 6, 1);
    is_value("talk_ratio", "Ann", 6.0 / 9, 1);
    is_value("talk_ratio", "Bob", 2.0 / 9, 1);
    is_value("talk_ratio_of_call", "Bob", 2000.0 / 9501, 1);
    is_value("team_talk_ratio", "", 6.0 / 9, 1);
    is_value("silence_pct", "", 1 - 9000.0 / 9501, 3);
    assert_null(row("talk_time", "", ""));
}

static void a_backchannel_takes_no_turn(void **state)
{
    (void)state;
    say("Ann", 0, 20000, "a long story");
    say("Bob", 5000, 5900, "Yeah, got it.");
    say("Ann", 20300, 30000, "and its end");
    say("Bob", 31000, 40000, "what did it cost");
    compute();
    is_value("longest_monologue", "", 30, 1);
    is_value("switches", "", 1, 1);
    is_value("longest_customer_story", "", 9, 1);
    assert_int_equal(row("longest_monologue", "", "")->spans_n, 2);
    assert_int_equal(row("longest_monologue", "", "")->spans[1].turn, 2);
    assert_int_equal(row("longest_monologue", "", "")->spans[1].end, 11);
}

static void patience_leaves_out_overlaps_and_cut_ins_count_them(void **state)
{
    (void)state;
    say("Bob", 0, 5000, "first");
    say("Ann", 5800, 9000, "an answer");
    say("Bob", 9100, 15000, "second");
    say("Ann", 14500, 20000, "too soon");
    say("Cy", 20100, 25000, "third");
    say("Ann", 26000, 30000, "an answer");
    compute();
    is_value("patience_ms", "", 900, 2);
    is_value("patience_ms", "Ann", 900, 2);
    is_value("cut_in_share", "", 1.0 / 3, 3);
    is_value("switches", "", 5, 5);
    is_value("switches_per_minute", "", 10, 5);
    is_value("interruptions", "Ann", 1, 3);
    is_value("interruptions", "Bob", 0, 2);
    assert_non_null(row("interruptions", "Ann", "Bob"));
    assert_null(row("interruptions", "Ann", "Cy"));
    is_value("overtalk_pct", "", 500.0 / (30000 - 800 - 100 - 100 - 1000), 6);
}

static void reasons_say_what_is_missing(void **state)
{
    (void)state;
    say("Ann", IA_TIME_NONE, IA_TIME_NONE, "What do you need?");
    say("Bob", IA_TIME_NONE, IA_TIME_NONE, "um a quote");
    compute();
    is_null("talk_time", "Ann", "no_times");
    is_null("check_ins", "Ann", "no_times");
    is_value("questions", "Ann", 1, 1);
    is_value("open_share", "", 1, 1);
    is_value("ext_speakers", "", 2, 3);
    is_value("fillers", "Bob", 100.0 / 3, 3);
    turns[0].start_ms = 0;
    turns[0].end_ms = 1000;
    compute();
    is_null("dead_air", "", "partial_times");
    turns[1].start_ms = turns[1].end_ms = 1000;
    call.no_overlap = true;
    compute();
    is_null("overtalk_pct", "", "source_without_overlap");
    is_null("talk_ratio", "Bob", "no_talk");
    is_null("wpm", "Ann", "too_short");
    is_null("switches", "", "one_party");
    is_null("lsm", "", "off");
    call.participants_n = 0;
    compute();
    is_null("ext_speakers", "", "no_sides");
    is_null("longest_monologue", "", "no_sides");
    call.duration_ms = 0;
    compute();
    is_null("silence_pct", "", "no_segments");
    call.language = STR("ja");
    compute();
    is_null("fillers", "Ann", "no_word_boundaries");
}

static void questions_spread_over_tenths_of_the_call(void **state)
{
    (void)state;
    call.duration_ms = 100000;
    for (int i = 0; i < 10; i++)
        say(i % 2 ? "Bob" : "Ann", i * 10000, i * 10000 + 8000, "How are you?");
    compute();
    is_value("question_spread", "", 1, 10);
    is_value("question_spread", "Ann", 0.5, 5);
    is_value("question_rate", "", 360, 10);
    is_value("turn_entropy", "", 1, 10);
    is_value("dead_air", "", 0, 10);
}

static void steps_and_prices_are_placed(void **state)
{
    (void)state;
    call.duration_ms = 100000;
    say("Ann", 0, 40000, "hello");
    say("Bob", 50000, 60000, "what is the price");
    say("Ann", 75000, 90000, "As a next step we meet.");
    compute();
    is_value("pricing_at", "", 0.5, 1);
    is_value("nextstep_at", "", 0.75, 1);
    is_value("nextstep_share", "", 0.5, 1);
    is_value("dead_air", "", 2, 3);
}

static void interactivity_ranks_among_earlier_calls(void **state)
{
    double before[50];

    (void)state;
    for (int i = 0; i < 50; i++)
        before[i] = i < 20 ? 0 : i < 30 ? 1 : 5;
    call.duration_ms = 60000;
    say("Ann", 0, 20000, "hello");
    say("Bob", 30000, 60000, "good morning to you");
    compute();
    is_value("interactivity", "", 10 * (1 - exp(-0.5)), 1);
    context = (struct statistics_context){.spm_before = before, .spm_before_n = 50};
    compute();
    is_value("interactivity", "", 5, 50);
}

static void only_calls_have_figures(void **state)
{
    (void)state;
    say("Ann", 0, 1000, "hello");
    call.kind = IA_MAIL;
    compute();
    assert_int_equal(rows_n, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest t[] = {
        T(talk_joins_own_gaps_and_ratios_add_up),
        T(a_backchannel_takes_no_turn),
        T(patience_leaves_out_overlaps_and_cut_ins_count_them),
        T(reasons_say_what_is_missing),
        T(questions_spread_over_tenths_of_the_call),
        T(steps_and_prices_are_placed),
        T(interactivity_ranks_among_earlier_calls),
        T(only_calls_have_figures),
    };

    return cmocka_run_group_tests(t, NULL, NULL);
}
