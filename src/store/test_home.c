#include "store/test_home.h"

#include <ftw.h>
#include <libpq-fe.h>
#include <unistd.h>

#include "base/log.h"
#include "store/migrate.h"
#include "store/workspace_store.h"

static void must(enum err_code code, const char *what, const struct err *e)
{
    if (code == ERR_OK)
        return;
    fprintf(stderr, "test home: %s: %s\n", what, e->msg);
    abort();
}

void test_home_up(struct test_home *h)
{
    struct cluster_config cc = {.dir = h->pg};
    struct db_config dc = {.connections = 6, .before_commit = keyring_before_commit};
    struct err e;

    log_setup(LOG_ERROR_, LOG_FORM_CONSOLE, 2);
    must(cluster_start(&cc, &h->cluster, &e), "cluster", &e);
    must(migrate_run(cluster_conninfo(h->cluster, CLUSTER_OWNER), NULL, &e), "migrate", &e);
    must(keyring_open(h->keys, &h->keyring, &e), "keys", &e);
    dc.conninfo = cluster_conninfo(h->cluster, CLUSTER_APP);
    dc.before_commit_arg = h->keyring;
    h->db = db_new(&dc);
    must(workspace_default(h->db, h->keyring, &h->workspace, &e), "workspace", &e);
}

void test_home_new(struct test_home *h)
{
    memset(h, 0, sizeof *h);
    snprintf(h->dir, sizeof h->dir, "/tmp/harken-test-XXXXXX");
    if (!mkdtemp(h->dir))
        abort();
    snprintf(h->pg, sizeof h->pg, "%s/pg", h->dir);
    snprintf(h->keys, sizeof h->keys, "%s/keys", h->dir);
    test_home_up(h);
}

void test_home_down(struct test_home *h)
{
    db_free(h->db);
    keyring_close(h->keyring);
    cluster_stop(h->cluster);
    h->db = NULL;
    h->keyring = NULL;
    h->cluster = NULL;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
    (void)st;
    (void)type;
    (void)f;
    return remove(path);
}

void test_home_free(struct test_home *h)
{
    test_home_down(h);
    nftw(h->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void notice_drop(void *arg, const PGresult *r)
{
    (void)arg;
    (void)r;
}

void test_home_sql(struct test_home *h, const char *sql, char *out, size_t cap)
{
    char conninfo[1024];
    PGconn *pg;
    PGresult *r;

    snprintf(conninfo, sizeof conninfo, "%s dbname=harken", cluster_conninfo(h->cluster, CLUSTER_ROOT));
    pg = PQconnectdb(conninfo);
    PQsetNoticeReceiver(pg, notice_drop, NULL);
    r = PQexec(pg, sql);
    snprintf(out, cap, "%s", "");
    if (PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) > 0)
        snprintf(out, cap, "%s", PQgetvalue(r, 0, 0));
    else if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        snprintf(out, cap, "error: %s", PQerrorMessage(pg));
    PQclear(r);
    PQfinish(pg);
}
