#include "store/migrate.h"

#include <libpq-fe.h>

#include "base/arena.h"
#include "base/log.h"
#include "vault/seal.h"

/* PostgreSQL 15: security_invoker views, and what the distribution we build on has. */
enum { SERVER_MIN = 150000, LOCK_KEY = 0x4841524b };

/* Runs once, on an empty database too. */
static const char table_sql[] =
    "CREATE TABLE IF NOT EXISTS schema_step (number integer PRIMARY KEY, name text NOT NULL, "
    "sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());"
    "GRANT SELECT ON schema_step TO harken_app";
/* sql/0011_access.sql; not there in the lists of tests. */
static const char protect_sql[] =
    "DO $$ BEGIN IF to_regproc('harken_protect') IS NOT NULL THEN PERFORM harken_protect(); END IF; END $$";
static const char list_sql[] = "SELECT number, sha256 FROM schema_step ORDER BY number";
static const char add_sql[] = "INSERT INTO schema_step (number, name, sha256) VALUES ($1, $2, $3)";

static void notice_drop(void *arg, const PGresult *r)
{
    (void)arg;
    (void)r;
}

/* Several statements in one string are one transaction for the server unless they say otherwise. *out may be NULL. */
static enum err_code sql_run(PGconn *pg, const char *sql, const char *what, PGresult **out, struct err *e)
{
    PGresult *r = PQexec(pg, sql);
    ExecStatusType st = PQresultStatus(r);
    enum err_code code = ERR_OK;

    if (st != PGRES_COMMAND_OK && st != PGRES_TUPLES_OK)
        code = PQstatus(pg) == CONNECTION_BAD ? ERR_BUSY : ERR_INTERNAL;
    if (code == ERR_BUSY)
        err_set(e, code, "%s: connection to the database lost", what);
    else if (code)
        err_set(
            e, code, "%s: sqlstate %s: %s", what, PQresultErrorField(r, PG_DIAG_SQLSTATE),
            PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY)); /* the text is ours: nothing of a user stands in a step */
    if (out && !code)
        *out = r;
    else
        PQclear(r);
    return code;
}

static enum err_code sql_do(PGconn *pg, const char *sql, const char *what, struct err *e)
{
    return sql_run(pg, sql, what, NULL, e);
}

static void step_hash(const struct sql_step *s, char hex[2 * SHA256_BYTES + 1])
{
    uint8_t h[SHA256_BYTES];

    sha256(str_of(s->sql), h);
    hex_put(h, sizeof h, hex);
}

static enum err_code step_apply(PGconn *pg, const struct sql_step *s, struct err *e)
{
    char number[16], hex[2 * SHA256_BYTES + 1];
    const char *values[3] = {number, s->name, hex};
    PGresult *r;
    bool ok;

    snprintf(number, sizeof number, "%d", s->number);
    step_hash(s, hex);
    if (sql_do(pg, "BEGIN", s->name, e) || sql_do(pg, "SET LOCAL lock_timeout = '10s'", s->name, e) ||
        sql_do(pg, s->sql, s->name, e))
        return e->code;
    r = PQexecParams(pg, add_sql, 3, NULL, values, NULL, NULL, 0);
    ok = PQresultStatus(r) == PGRES_COMMAND_OK;
    PQclear(r);
    if (!ok)
        return err_set(e, ERR_INTERNAL, "%s: cannot record the step", s->name);
    return sql_do(pg, "COMMIT", s->name, e);
}

static const struct sql_step *step_find(const struct sql_step *steps, int number)
{
    for (; steps->number; steps++)
        if (steps->number == number)
            return steps;
    return NULL;
}

/* *out: the steps that were applied; the caller clears it. Numbers have gaps, and a gap may be filled later. */
static enum err_code applied_check(PGconn *pg, const struct sql_step *steps, PGresult **out, struct err *e)
{
    char hex[2 * SHA256_BYTES + 1];
    PGresult *r = NULL;
    enum err_code code = sql_run(pg, list_sql, "read schema version", &r, e);

    for (int i = 0; !code && i < PQntuples(r); i++) {
        int64_t number = 0;
        const struct sql_step *s;

        str_to_i64(str_of(PQgetvalue(r, i, 0)), &number);
        s = step_find(steps, (int)number);
        if (!s) {
            code =
                err_set(e, ERR_UNSUPPORTED,
                        "the database has schema step %d, this program knows fewer: use a newer harken", (int)number);
            break;
        }
        step_hash(s, hex);
        if (strcmp(hex, PQgetvalue(r, i, 1)) != 0)
            code = err_set(e, ERR_CORRUPT, "schema step %s was applied with another text", s->name);
    }
    *out = r;
    return code;
}

static bool applied_has(const PGresult *r, int number)
{
    int64_t n;

    for (int i = 0; i < PQntuples(r); i++)
        if (str_to_i64(str_of(PQgetvalue(r, i, 0)), &n) && n == number)
            return true;
    return false;
}

static enum err_code steps_run(PGconn *pg, const struct sql_step *steps, int *out_applied, struct err *e)
{
    enum err_code code = ERR_OK;
    PGresult *done = NULL;
    char lock[64];

    if (PQserverVersion(pg) < SERVER_MIN)
        return err_set(e, ERR_UNSUPPORTED, "PostgreSQL %d is too old: 15 or later is needed",
                       PQserverVersion(pg) / 10000);
    snprintf(lock, sizeof lock, "SELECT pg_advisory_lock(%d)", LOCK_KEY); /* ends with the connection */
    if (sql_do(pg, lock, "wait for another migration", e) || sql_do(pg, table_sql, "make schema_step", e) ||
        applied_check(pg, steps, &done, e)) {
        PQclear(done);
        return e->code;
    }
    for (; !code && steps->number; steps++) {
        if (applied_has(done, steps->number))
            continue;
        if (step_apply(pg, steps, e)) {
            code = err_wrap(e, "schema step");
            break;
        }
        LOG_INFO("migrate.step", F_CZ("name", steps->name));
        ++*out_applied;
    }
    PQclear(done);
    if (!code)
        code = sql_do(pg, protect_sql, "protect tables", e);
    return code;
}

enum err_code migrate_run_steps(const char *owner_conninfo, const struct sql_step *steps, int *out_applied,
                                struct err *e)
{
    PGconn *pg = PQconnectdb(owner_conninfo);
    enum err_code code;
    struct err own = {0};
    int applied = 0;

    e = e ? e : &own;
    PQsetNoticeReceiver(pg, notice_drop, NULL);
    if (PQstatus(pg) != CONNECTION_OK)
        code = err_set(e, ERR_BUSY, "the database does not answer");
    else
        code = steps_run(pg, steps, &applied, e);
    PQfinish(pg);
    if (code)
        return err_wrap(e, "migrate");
    if (out_applied)
        *out_applied = applied;
    return ERR_OK;
}

enum err_code migrate_run(const char *owner_conninfo, int *out_applied, struct err *e)
{
    return migrate_run_steps(owner_conninfo, sql_steps, out_applied, e);
}
