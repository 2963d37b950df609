/* deals/similar_test.c - paths of won deals, the nearest of them, and what a deal lacks against them; what a stage asks for. */
#include "deals/similar.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "deals/methodology.h"

static struct id id_of(int n)
{
    return (struct id){{[0] = 1, [15] = (uint8_t)n}};
}

static struct deal_stage stages[] = {{.ordinal = 1, .outcome = CRM_OPEN, .phase = CRM_EARLY},
                                     {.ordinal = 2, .outcome = CRM_OPEN, .phase = CRM_PROPOSAL},
                                     {.ordinal = 3, .outcome = CRM_WON}};
static struct deal_pipeline pipe = {.currency = "EUR", .stages = stages, .stages_n = 3};

static void stages_name(void)
{
    for (int i = 0; i < 3; i++)
        stages[i].id = id_of(10 + i);
}

/* A call on day 4 and a document on day 12 of a deal that came to the second stage on day 10 and was won on day 30. */
static void a_path_counts_days_from_entering_each_stage(void **state)
{
    struct deal_change change[] = {{.at_ms = 0, .field = CRM_F_STAGE, .ref = id_of(10)},
                                   {.at_ms = 10 * DAY_MS, .field = CRM_F_STAGE, .ref = id_of(11)},
                                   {.at_ms = 30 * DAY_MS, .field = CRM_F_STAGE, .ref = id_of(12)}};
    struct id people[] = {id_of(50)};
    struct deal_act act[] = {{.at_ms = 4 * DAY_MS, .type = CRM_A_MEETING, .people = people, .people_n = 1},
                             {.at_ms = 12 * DAY_MS, .type = CRM_A_DOCUMENT_SENT, .direction = CRM_D_OUT}};
    struct deal_facts f = {.deal = id_of(1), .pipe = &pipe, .change = change, .change_n = 3, .act = act, .act_n = 2};
    struct similar_path out[DEAL_STAGES_MAX];
    struct deal_state s;

    (void)state;
    stages_name();
    deal_state_at(&f, 40 * DAY_MS, &s);
    assert_int_equal(s.outcome, DEAL_WON);
    assert_int_equal(similar_paths(&f, &s, out), 2);
    assert_true(id_eq(out[1].stage, id_of(11)));
    assert_true(out[0].happened[DEED_MEETING] == 4 && out[1].happened[DEED_MEETING] == -6);
    assert_true(out[1].happened[DEED_DOCUMENT] == 2);
    assert_true(isnan(out[1].happened[DEED_POWER]) && isnan(out[1].happened[DEED_SECOND_CONTACT]));
}

static struct similar_path path(int n, int64_t amount, double document)
{
    struct similar_path p = {
        .deal = id_of(n), .stage = id_of(11), .has_amount = true, .amount_micros = amount, .currency = "EUR"};

    for (int d = 0; d < SIMILAR_DEEDS; d++)
        p.happened[d] = NAN;
    p.happened[DEED_DOCUMENT] = document;
    return p;
}

static void only_the_nearest_count_and_only_what_they_had_done_by_then(void **state)
{
    struct similar_path paths[] = {path(1, 100, 1),  path(2, 110, 2),      path(3, 90, 9),  path(4, 105, 3),
                                   path(5, 95, NAN), path(6, 100000, NAN), path(7, 1, NAN), path(8, 90000, NAN)};
    struct deal_facts f = {.deal = id_of(99), .pipe = &pipe};
    struct deal_state s = {.as_of = 5 * DAY_MS,
                           .outcome = DEAL_OPEN,
                           .stage = &stages[1],
                           .stage_since = 0,
                           .has_amount = true,
                           .amount_micros = 100,
                           .currency = "EUR"};
    struct similar_gap gaps[SIMILAR_DEEDS];

    (void)state;
    stages_name();
    assert_int_equal(similar_gaps(&f, &s, paths, 8, gaps), 1); /* 1, 2 and 4 of the nearest five within five days */
    assert_int_equal(gaps[0].deed, DEED_DOCUMENT);
    assert_true(gaps[0].share == 0.6 && gaps[0].deals_n == 3 && gaps[0].of == 5);
    s.as_of = 2 * DAY_MS - 1; /* only 1 by then */
    assert_int_equal(similar_gaps(&f, &s, paths, 8, gaps), 0);
    s.as_of = 5 * DAY_MS;
    assert_int_equal(similar_gaps(&f, &s, paths, 2, gaps), 0); /* two are too few */
}

static void a_playbook_asks_before_the_phase_does(void **state)
{
    str fields[] = {STR("meddpicc.metrics"), STR("meddpicc.champion")};
    struct methodology_stage asks = {.playbook = id_of(7), .name = STR("Offer"), .fields = fields, .fields_n = 2};
    struct methodology m = {&asks, 1};
    struct deal_find find[] = {{.kind = FIND_QUALIFICATION, .class_ = "meddpicc.metrics", .value = 1, .at_ms = 10}};
    struct deal_facts f = {.find = find, .find_n = 1};
    struct methodology_need need, missing;

    (void)state;
    methodology_required(&m, STR("offer"), &stages[1], &need);
    methodology_missing(&need, &f, 20, &missing);
    assert_int_equal(need.n, 2);
    assert_true(id_eq(missing.playbook, id_of(7)) && missing.n == 1);
    assert_string_equal(missing.field[0], "meddpicc.champion");
    methodology_missing(&need, &f, 5, &missing); /* before it was said */
    assert_int_equal(missing.n, 2);
    methodology_required(&m, STR("another"), &stages[0], &need);
    assert_int_equal(need.n, 1); /* early: the pain */
    methodology_required(&m, STR("another"), &stages[1], &need);
    assert_int_equal(need.n, 7); /* proposal: all but the paper process */
    assert_true(id_is_nil(need.playbook));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_counts_days_from_entering_each_stage),
        cmocka_unit_test(only_the_nearest_count_and_only_what_they_had_done_by_then),
        cmocka_unit_test(a_playbook_asks_before_the_phase_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
