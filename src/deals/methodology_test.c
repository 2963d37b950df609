/* deals/methodology_test.c - what is to be known by a stage: as the playbooks say, else by phase. */
#include "deals/methodology.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static bool needs(const struct methodology_need *need, const char *field)
{
    for (size_t i = 0; i < need->n; i++)
        if (strcmp(need->field[i], field) == 0)
            return true;
    return false;
}

static void without_a_playbook_the_phase_decides(void **state)
{
    struct deal_stage early = {.phase = CRM_EARLY}, late = {.phase = CRM_NEGOTIATION};
    struct methodology_need need;

    (void)state;
    methodology_required(NULL, STR("Discovery"), &early, &need);
    assert_true(need.n == 1 && needs(&need, "meddpicc.identify_pain") && id_is_nil(need.playbook));
    methodology_required(NULL, STR("Legal"), &late, &need);
    assert_true(need.n == 8 && needs(&need, "meddpicc.paper_process") && needs(&need, "meddpicc.identify_pain"));
    methodology_required(NULL, STR("?"), NULL, &need);
    assert_int_equal(need.n, 0);
}

static void a_playbook_wins_where_it_names_fields(void **state)
{
    str fields[] = {STR("bant.budget"), STR("bant.need"), STR("bant.budget")};
    struct id tracker = {{7}};
    struct methodology_stage stages[] = {
        {.playbook = {{1}}, .name = STR("Only a track"), .track = {&tracker, 1}},
        {.playbook = {{2}}, .name = STR("Discovery"), .fields = fields, .fields_n = 3},
    };
    struct methodology m = {stages, 2, 2};
    struct deal_stage early = {.phase = CRM_EARLY};
    struct methodology_need need;

    (void)state;
    methodology_required(&m, STR("dIsCoVeRy"), &early, &need);
    assert_true(need.n == 2 && needs(&need, "bant.budget") && needs(&need, "bant.need") && need.playbook.b[0] == 2);
    methodology_required(&m, STR("only a track"), &early, &need); /* names no field: as if there were no playbook */
    assert_true(need.n == 1 && id_is_nil(need.playbook));
    assert_int_equal(methodology_track(&m, STR("ONLY A TRACK")).n, 1);
    assert_int_equal(methodology_track(&m, STR("Discovery")).n, 0);
    assert_int_equal(methodology_track(&m, STR("Elsewhere")).n, 0);
}

static void what_nobody_spoke_of_is_missing(void **state)
{
    struct methodology_need need = {.playbook = {{3}}, .field = {"meddpicc.metrics", "meddpicc.champion"}, .n = 2},
                            missing;
    struct deal_facts f = {.opened_ms = CLOCK_NONE};

    (void)state;
    methodology_missing(&need, &f, DAY_MS, &missing);
    assert_true(missing.n == 2 && needs(&missing, "meddpicc.metrics") && missing.playbook.b[0] == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_playbook_the_phase_decides),
        cmocka_unit_test(a_playbook_wins_where_it_names_fields),
        cmocka_unit_test(what_nobody_spoke_of_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
