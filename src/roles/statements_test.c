/* Every statement of the program is one the freshly migrated database understands, under a name of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/credentials.h"
#include "gateway/oidc.h"
#include "gateway/users.h"
#include "records/glass.h"
#include "records/hook_sources.h"
#include "records/hooks.h"
#include "store/audit_store.h"
#include "store/event_store.h"
#include "store/queue.h"
#include "store/statements_test.h"
#include "store/token_store.h"
#include "store/workspace_store.h"

/* The tables of rooms that keep them to themselves. */
extern const struct db_stmt crm_sql[], crm_load_sql[], deal_edit_sql[], people_edit_sql[], facts_sql[], evaluate_sql[],
    fit_sql[], view_sql[], actions_sql[], figures_sql[], coaching_sql[], record_coaching_sql[], erasure_sql[],
    stakeholders_sql[], warnings_sql[], similar_sql[];
extern const size_t crm_sql_n, crm_load_sql_n, deal_edit_sql_n, people_edit_sql_n, facts_sql_n, evaluate_sql_n,
    fit_sql_n, view_sql_n, actions_sql_n, figures_sql_n, coaching_sql_n, record_coaching_sql_n, erasure_sql_n,
    stakeholders_sql_n, warnings_sql_n, similar_sql_n;
extern const struct db_stmt raw_sql[], accounts_sql[], people_sql[], ia_save_sql[], ia_load_sql[], derived_sql[],
    rebuild_sql[], samples_sql[], findings_sql[], people_read_sql[], resource_sql[], idempotency_sql[], graphql_sql[],
    cards_sql[], audit_read_sql[], uploads_sql[], accounts_read_sql[], trackers_sql[];
extern const size_t raw_sql_n, accounts_sql_n, people_sql_n, ia_save_sql_n, ia_load_sql_n, derived_sql_n, rebuild_sql_n,
    samples_sql_n, findings_sql_n, people_read_sql_n, resource_sql_n, idempotency_sql_n, graphql_sql_n, cards_sql_n,
    audit_read_sql_n, uploads_sql_n, accounts_read_sql_n, trackers_sql_n;

static struct test_home home;

static void every_statement_is_prepared(void **state)
{
    const struct statement_table tables[] = {
        {"audit", audit_sql, audit_sql_n},
        {"event", event_sql, event_sql_n},
        {"hooks", hooks_sql, hooks_sql_n},
        {"hook sources", hook_sources_sql, hook_sources_sql_n},
        {"queue", queue_sql, queue_sql_n},
        {"token", token_sql, token_sql_n},
        {"workspace", workspace_sql, workspace_sql_n},
        {"raw", raw_sql, raw_sql_n},
        {"people", people_sql, people_sql_n},
        {"interaction_save", ia_save_sql, ia_save_sql_n},
        {"interaction_load", ia_load_sql, ia_load_sql_n},
        {"derived", derived_sql, derived_sql_n},
        {"rebuild", rebuild_sql, rebuild_sql_n},
        {"samples", samples_sql, samples_sql_n},
        {"accounts", accounts_sql, accounts_sql_n},
        {"people_read", people_read_sql, people_read_sql_n},
        {"resource", resource_sql, resource_sql_n},
        {"audit_read", audit_read_sql, audit_read_sql_n},
        {"uploads", uploads_sql, uploads_sql_n},
        {"accounts_read", accounts_read_sql, accounts_read_sql_n},
        {"cards", cards_sql, cards_sql_n},
        {"glass", glass_sql, glass_sql_n},
        {"trackers", trackers_sql, trackers_sql_n},
        {"idempotency", idempotency_sql, idempotency_sql_n},
        {"graphql", graphql_sql, graphql_sql_n},
        {"crm", crm_sql, crm_sql_n},
        {"crm_load", crm_load_sql, crm_load_sql_n},
        {"people_edit", people_edit_sql, people_edit_sql_n},
        {"deal_edit", deal_edit_sql, deal_edit_sql_n},
        {"facts", facts_sql, facts_sql_n},
        {"evaluate", evaluate_sql, evaluate_sql_n},
        {"fit", fit_sql, fit_sql_n},
        {"view", view_sql, view_sql_n},
        {"actions", actions_sql, actions_sql_n},
        {"figures", figures_sql, figures_sql_n},
        {"warnings", warnings_sql, warnings_sql_n},
        {"similar", similar_sql, similar_sql_n},
        {"stakeholders", stakeholders_sql, stakeholders_sql_n},
        {"coaching", coaching_sql, coaching_sql_n},
        {"record_coaching", record_coaching_sql, record_coaching_sql_n},
        {"erasure", erasure_sql, erasure_sql_n},
        {"findings", findings_sql, findings_sql_n},
        {"reader", reader_sql, reader_sql_n},
        {"users", users_sql, users_sql_n},
        {"teams", teams_sql, teams_sql_n},
        {"credentials", credentials_sql, credentials_sql_n},
        {"oidc", oidc_sql, oidc_sql_n},
    };
    (void)state;
    statements_prepare(&home, tables, sizeof tables / sizeof *tables);
}

/* $1 is the workspace in every statement that touches rows of one. */
static void every_statement_names_its_workspace(void **state)
{
    static const struct {
        const struct db_stmt *rows;
        const size_t *n;
    } tables[] = {{raw_sql, &raw_sql_n},           {people_sql, &people_sql_n},
                  {ia_save_sql, &ia_save_sql_n},   {ia_load_sql, &ia_load_sql_n},
                  {derived_sql, &derived_sql_n},   {rebuild_sql, &rebuild_sql_n},
                  {samples_sql, &samples_sql_n},   {accounts_sql, &accounts_sql_n},
                  {findings_sql, &findings_sql_n}, {people_read_sql, &people_read_sql_n},
                  {resource_sql, &resource_sql_n}, {idempotency_sql, &idempotency_sql_n},
                  {graphql_sql, &graphql_sql_n},   {cards_sql, &cards_sql_n}};

    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (size_t k = 0; k < *tables[i].n; k++)
            if (!strstr(tables[i].rows[k].sql, "$1"))
                fail_msg("%s has no $1", tables[i].rows[k].name);
}

static int up(void **state)
{
    (void)state;
    test_home_new(&home);
    return 0;
}

static int down(void **state)
{
    (void)state;
    test_home_free(&home);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_statement_is_prepared),
        cmocka_unit_test(every_statement_names_its_workspace),
    };
    return cmocka_run_group_tests(tests, up, down);
}
