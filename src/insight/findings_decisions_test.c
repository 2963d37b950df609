/* What is decided, agreed and declined between a seller and a customer; what only sounds like it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "insight/findings.h"

enum { TURNS_MAX = 4 };

static struct arena *a;

/* "CLASS amount" of each decision; turns alternate between Ann (ours) and Ben. */
static str decided(const char *const *said)
{
    struct ia_turn turns[TURNS_MAX];
    struct ia_participant people[] = {{.name = STR("Ann"), .side = IA_SIDE_INTERNAL},
                                      {.name = STR("Ben"), .side = IA_SIDE_EXTERNAL}};
    struct interaction ia = {.turns = turns,
                             .participants = people,
                             .participants_n = 2,
                             .language = STR("en"),
                             .started_at_ms = CLOCK_NONE};
    struct findings_context c = {0};
    struct record_finding *f;
    str out = STR("");
    size_t n;

    for (; ia.turns_n < TURNS_MAX && said[ia.turns_n]; ia.turns_n++)
        turns[ia.turns_n] = (struct ia_turn){.speaker = people[ia.turns_n % 2].name,
                                             .text = str_of(said[ia.turns_n]),
                                             .start_ms = IA_TIME_NONE,
                                             .end_ms = IA_TIME_NONE};
    findings_make(&ia, &c, a, &f, &n);
    for (size_t i = 0; i < n; i++)
        if (str_eq(f[i].kind, STR("decision")))
            out = str_fmt(a, "%.*s%s%.*s %.*s", STR_ARG(out), out.n ? "; " : "", STR_ARG(f[i].class),
                          STR_ARG(f[i].has_value ? str_fmt(a, "%g", f[i].value) : STR("-")));
    return out;
}

static void decisions_are_what_is_settled(void **state)
{
    static const struct {
        const char *said[TURNS_MAX + 1], *want;
    } rows[] = {
        {{"We decided to start with the pilot.", NULL}, "DECIDED -"},
        {{"We haven't decided yet.", NULL}, ""},
        {{"Have you decided?", NULL}, ""},
        {{"If we agreed to that, we would start.", NULL}, ""},
        {{"I can offer it for $1,400.", "Sounds good.", NULL}, "AGREED 1400"},
        {{"I can offer it for 8k, cash.", "Okay, that works.", NULL}, "AGREED 8000"},
        {{"I can offer it for $90.", "That's too high for me.", NULL}, "DECLINED -"},
        {{"I can offer it for $90.", "I can do $80.", "Deal.", NULL},
         "AGREED 80"}, /* an offer in return, then agreement */
        {{"I can offer it for $90.", "Sounds good, could you make it $80?", NULL}, ""},
        {{"The demo is ready.", "Sounds good.", NULL}, ""},              /* no offer */
        {{"We have 64 users on it.", "Okay, good.", NULL}, ""},          /* a number, no amount */
        {{"It is $90 for 3 years.", "We have a deal.", NULL}, "AGREED 90"}, /* years are no money */
        {{"So it's $90.", "If you drop it to $80, we have a deal.", NULL}, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        str got = decided(rows[i].said);
        if (!str_eq(got, str_of(rows[i].want)))
            fail_msg("%s ...: %.*s", rows[i].said[0], STR_ARG(got));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(decisions_are_what_is_settled)};
    int failed;

    a = arena_new("test");
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(a);
    return failed;
}
