/* insight/withdrawals_test.c - a promise and what is said later: does it still stand? Whose words, how long after, about what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "insight/findings.h"

enum { TURNS_MAX = 8 };

static struct arena *a;

/* The modality of the first finding of a commitment; Ann is ours, Ben the customer. "A: ... / B: ..." */
static const char *becomes(const char *talk)
{
    static struct ia_participant people[] = {{.name = {"Ann", 3}, .side = IA_SIDE_INTERNAL},
                                             {.name = {"Ben", 3}, .side = IA_SIDE_EXTERNAL}};
    const struct findings_context c = {0};
    struct ia_turn turns[TURNS_MAX];
    struct interaction ia = {.turns = turns,
                             .participants = people,
                             .participants_n = 2,
                             .language = STR("en"),
                             .started_at_ms = INT64_C(1773219600000)};
    str rest = str_of(talk);
    struct record_finding *f;
    size_t n;

    while (rest.n) {
        str turn = str_trim(str_cut(rest, '/', &rest));
        assert_true(ia.turns_n < TURNS_MAX);
        turns[ia.turns_n++] = (struct ia_turn){.speaker = people[*turn.p == 'B'].name,
                                               .text = str_sub(turn, 3, turn.n),
                                               .start_ms = IA_TIME_NONE,
                                               .end_ms = IA_TIME_NONE};
    }
    findings_make(&ia, &c, a, &f, &n);
    for (size_t i = 0; i < n; i++)
        if (str_eq(f[i].kind, STR("commitment")))
            return str_cz(a, f[i].modality);
    return "";
}

struct row {
    const char *talk, *modality;
};

static void rows_hold(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(becomes(rows[i].talk), rows[i].modality) != 0)
            fail_msg("%s: %s, not %s", rows[i].talk, becomes(rows[i].talk), rows[i].modality);
}

static void who_promised_takes_it_back(void **state)
{
    static const struct row rows[] = {
        {"A: I'll send you the report on Friday. / B: Great.", "COMMITTED"},
        {"A: I'll send you the report on Friday. / B: Great. / A: Sorry, I won't send the report.", "CANCELLED"},
        {"A: I'll send you the report on Friday. / B: Great. / A: Scratch that.", "CANCELLED"},
        {"A: I'll send you the report on Friday. / B: Great. / A: Actually I won't paint the office.", "COMMITTED"},
    };

    (void)state;
    rows_hold(rows, sizeof rows / sizeof *rows);
}

static void whom_it_was_promised_to_lets_off(void **state)
{
    static const struct row rows[] = {
        {"A: I'll send you the report on Friday. / B: Don't bother, I found it.", "CANCELLED"},
        {"A: I'll send you the report on Friday. / B: Wait. / A: Yes? / B: Cancel it, please.", "CANCELLED"},
        {"A: I'll send you the report on Friday. / B: The report isn't needed any more.", "CANCELLED"},
        {"A: I'll send you the report on Friday. / B: Please don't lose sleep over it.", "COMMITTED"},
    };

    (void)state;
    rows_hold(rows, sizeof rows / sizeof *rows);
}

static void doubts_of_who_promised_soften_it(void **state)
{
    static const struct row rows[] = {
        {"A: I'll send you the report on Friday. Well, don't nail me down on that. / B: Okay.", "HEDGED"},
        {"A: I'll send you the report on Friday. / B: Sure? / A: Let's put it down as a maybe.", "HEDGED"},
        {"A: I'll send you the report on Friday. / B: Let's put the workshop down as a maybe.", "COMMITTED"},
    };

    (void)state;
    rows_hold(rows, sizeof rows / sizeof *rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_promised_takes_it_back),
        cmocka_unit_test(whom_it_was_promised_to_lets_off),
        cmocka_unit_test(doubts_of_who_promised_soften_it),
    };
    int failed;

    a = arena_new("test");
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(a);
    return failed;
}
