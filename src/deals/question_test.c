/* deals/question_test.c - questions that count deals: what is understood, what is left, and which deals they mean. */
#include "deals/question.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena *a;
static const struct deal_pipeline pipe = {.currency = "EUR"};
static struct deal_facts facts = {.pipe = &pipe};
static struct deal_view deals[] = {
    {.f = &facts,
     .name = {"Hub rollout", 11},
     .account = {"Halden Logistics", 16},
     .stage = {"Proposal", 8},
     .owner = {"Priya Raman", 11},
     .hits = {[8] = {.on = true, .severity = 2}},
     .s = {.outcome = DEAL_OPEN, .closed = CLOCK_NONE, .has_close = true, .close_day = 20800}},
    {.f = &facts,
     .name = {"Pilot", 5},
     .account = {"Vireo Medical", 13},
     .stage = {"Won", 3},
     .owner = {"Tom Lee", 7},
     .s = {.outcome = DEAL_WON,
           .closed = INT64_C(20740) * 86400000,
           .has_close = true,
           .close_day = 20740}}, /* 14 October 2026 */
};
static const struct deal_views views = {.list = deals, .n = 2, .now = INT64_C(1796040000000)}; /* 30 November 2026 */

/* Which of the two are meant: "1", "2", "12", ""; "-": not understood. */
static const char *meant(const char *text)
{
    static char out[3];
    struct deal_query q;
    size_t n = 0;

    if (!deal_question_parse(str_of(text), &views, a, &q))
        return "-";
    for (size_t i = 0; i < 2; i++)
        if (deal_question_matches(&q, &deals[i]))
            out[n++] = (char)('1' + i);
    out[n] = 0;
    return out;
}

static void questions_mean_deals(void **state)
{
    static const struct {
        const char *text, *meant;
    } rows[] = {
        {"How many deals are open?", "1"},
        {"Which deals does Priya own?", "-"}, /* "own" says nothing that is known */
        {"Which deals of Priya are open?", "1"},
        {"how many deals were won in October 2026", "2"},
        {"how many deals were won this month", ""},
        {"which deals are in proposal at Halden?", "1"},
        {"sum of the deals won in Q4 2026", "2"},
        {"which deals close in December 2026?", "1"},
        {"list all deals", "12"},
        {"Which deals are at risk?", "1"},
        {"Which deals have warnings?", "1"},
        {"How many deals have urgent warnings?", ""}, /* there is a serious one */
        {"What are the risks in the Hub rollout deal?", "1"},
        {"What are the risks at Halden?", "1"},
        {"What are the risks?", "1"}, /* of what is open */
        {"Why is the hub rollout at risk?", "1"},
        {"What is wrong with the Pilot?", "2"},
        {"Why did we lose deals?", ""},
        {"Why did we lose the pilot?", ""}, /* it was won */
        {"What are the risks of flying?", "-"},
        {"Why did we lose our keys?", "-"},
        {"How many deals in 2026?", "-"}, /* made, closed or due? */
        {"How many deals smell of lavender?", "-"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(meant(rows[i].text), rows[i].meant) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", rows[i].text, meant(rows[i].text), rows[i].meant);
}

static void what_is_no_question_of_deals_opens_none(void **state)
{
    (void)state;
    assert_true(deal_question_likely(STR("Which deals are at risk?"), a));
    assert_true(deal_question_likely(STR("Why did we lose the pilot?"), a));
    assert_false(deal_question_likely(STR("Who said that the deal is lost?"), a));
    assert_false(deal_question_likely(STR("Does Ben see a risk?"), a));
}

static void without_deals_no_name_is_known(void **state)
{
    const struct deal_views none = {.now = views.now};
    struct deal_query q;

    (void)state;
    assert_true(deal_question_parse(STR("how many deals are open"), &none, a, &q));
    assert_false(deal_question_parse(STR("how many deals are open at Halden"), &none, a, &q));
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
        cmocka_unit_test(questions_mean_deals),
        cmocka_unit_test(what_is_no_question_of_deals_opens_none),
        cmocka_unit_test(without_deals_no_name_is_known),
    };

    return cmocka_run_group_tests(tests, up, down);
}
