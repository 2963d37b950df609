/* store/statements_test.h - prepares every row of a statement table against the real schema, as the application role.
 *
 * A name that is taken twice in the program, or that is too long, fails too. Needs cmocka and a test_home. */
#pragma once
#include <libpq-fe.h>

#include "store/test_home.h"

struct statement_table {
    const char *name;
    const struct db_stmt *rows;
    size_t n;
};

static inline void statements_prepare(struct test_home *h, const struct statement_table *t, size_t tables_n)
{
    char conninfo[1024];
    PGconn *pg;
    size_t seen = 0;

    snprintf(conninfo, sizeof conninfo, "%s", cluster_conninfo(h->cluster, CLUSTER_APP));
    pg = PQconnectdb(conninfo);
    assert_int_equal(PQstatus(pg), CONNECTION_OK);
    for (size_t i = 0; i < tables_n; i++)
        for (size_t k = 0; k < t[i].n; k++, seen++) {
            const struct db_stmt *s = &t[i].rows[k];
            PGresult *r;
            if (!s->name || !s->sql) {
                fail_msg("%s: row %zu is empty", t[i].name, k);
                continue;
            }
            if (strlen(s->name) > 63)
                fail_msg("%s: the name %s is too long", t[i].name, s->name);
            r = PQprepare(pg, s->name, s->sql, 0, NULL); /* a name known already is an error of the server */
            if (PQresultStatus(r) != PGRES_COMMAND_OK)
                fail_msg("%s: %s: %s", t[i].name, s->name, PQerrorMessage(pg));
            PQclear(r);
        }
    assert_true(seen > 0);
    PQfinish(pg);
}
