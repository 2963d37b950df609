#include "store/db.h"

#include <assert.h>
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/thread.h"
#include "store/db_priv.h"

enum {
    QUEUED_MAX = 512,
    QUEUED_BYTES_MAX = 4 << 20,
    PREPARED_SLOTS = 1024,
    ROLLBACK_MS = 2000,
    CONNECT_MS = 10000,
    REVIVE_MS = 3000,
    PAUSE_MS = 20
};

struct prepared {
    const struct db_stmt *stmt;
    uint64_t kinds;
    bool known; /* the server said yes */
};

struct conn {
    PGconn *pg;
    struct arena *scratch; /* parameters of one statement */
    struct prepared prepared[PREPARED_SLOTS]; /* open addressing by pointer: statements are static */
    size_t prepared_n;
    char work[16]; /* of the thread that had it last, see thread_work */
    struct conn *next;
};

struct db {
    char *conninfo;
    struct db_config cfg;
    pthread_mutex_t lock; /* guards idle and open */
    pthread_cond_t freed;
    struct conn *idle; /* the one given back last first */
    int open;
};

/* A command on its way. A statement being prepared travels as a command of its own. */
struct queued {
    const char *name;
    struct prepared *preparing;
};

struct db_tx {
    struct db *db;
    struct conn *c;
    struct id workspace;
    int64_t deadline;
    bool failed;
    struct queued queued[QUEUED_MAX + 2];
    size_t queued_n, queued_bytes;
    int64_t affected;
};

static const struct db_stmt tx_begin = {"tx_begin", "BEGIN"};
static const struct db_stmt tx_commit = {"tx_commit", "COMMIT"};
static const struct db_stmt tx_rollback = {"tx_rollback", "ROLLBACK"};
/* $1 workspace, $2 reader, $3 reach, $4 plans, $5 whole tables, as text; local to the transaction */
static const struct db_stmt tx_workspace = {"tx_workspace", "SELECT set_config('harken.workspace_id', $1, true),"
                                                            " set_config('harken.reader', $2, true),"
                                                            " set_config('harken.reach', $3, true),"
                                                            " set_config('plan_cache_mode', $4, true),"
                                                            " set_config('enable_seqscan', $5, true)"};

static struct metric m_statements = METRIC_COUNTER("harken_db_statements_total", "statements sent to the database");
static struct metric m_connects = METRIC_COUNTER("harken_db_connects_total", "connections opened to the database");
static struct metric m_commits = METRIC_HISTOGRAM("harken_db_commit_seconds", "time a commit takes");

/* ---- errors ---- */

/* Messages of these classes speak of our statements and of the server, never of values. */
static bool message_is_safe(const char *state)
{
    static const char *const classes[] = {"23", "40", "42", "53", "55", "57", "58"};

    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (strncmp(state, classes[i], 2) == 0)
            return true;
    return false;
}

static enum err_code state_code(const char *state)
{
    static const struct {
        const char *prefix;
        enum err_code code;
    } map[] = {
        {"23505", ERR_EXISTS},  {"23", ERR_CONFLICT}, {"40", ERR_CONFLICT}, {"55P03", ERR_BUSY},
        {"57014", ERR_TIMEOUT}, {"57", ERR_BUSY},     {"08", ERR_BUSY},     {"53", ERR_BUSY},
        {"42501", ERR_DENIED},  {"58", ERR_IO},       {"XX", ERR_IO},
    };

    for (size_t i = 0; i < sizeof map / sizeof map[0]; i++)
        if (strncmp(state, map[i].prefix, strlen(map[i].prefix)) == 0)
            return map[i].code;
    return ERR_INTERNAL;
}

static enum err_code result_error(const PGresult *r, const char *name, struct err *e)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE), *msg;

    if (!state)
        return err_set(e, ERR_BUSY, "%s: connection to the database lost", name);
    msg = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    return err_set(e, state_code(state), "%s: sqlstate %s%s%s", name, state, message_is_safe(state) ? ": " : "",
                   message_is_safe(state) && msg ? msg : "");
}

static void notice_drop(void *arg, const PGresult *r)
{
    (void)arg;
    (void)r;
}

/* ---- connections ---- */

static void conn_free(struct conn *c)
{
    if (!c)
        return;
    PQfinish(c->pg);
    arena_free(c->scratch);
    free(c);
}

/* False when the deadline passed. */
static bool socket_wait(PGconn *pg, short events, int64_t deadline)
{
    for (;;) {
        struct pollfd p = {.fd = PQsocket(pg), .events = events};
        int64_t left = deadline - clock_mono_ms();
        int n;

        if (left <= 0 || p.fd < 0)
            return false;
        n = poll(&p, 1, (int)(left > 60000 ? 60000 : left));
        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR)
            return false;
    }
}

static PGconn *pg_open(const char *conninfo, int64_t deadline, struct err *e)
{
    PGconn *pg = PQconnectStart(conninfo);
    PostgresPollingStatusType st = PGRES_POLLING_WRITING;

    PQsetNoticeReceiver(pg, notice_drop, NULL);
    while (PQstatus(pg) != CONNECTION_BAD && st != PGRES_POLLING_OK && st != PGRES_POLLING_FAILED) {
        if (!socket_wait(pg, st == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline))
            break;
        st = PQconnectPoll(pg);
    }
    if (st == PGRES_POLLING_OK) {
        metric_add(&m_connects, 1);
        return pg;
    }
    err_set(e, ERR_BUSY, "the database does not answer: %.120s", PQerrorMessage(pg));
    if (e)
        e->msg[strcspn(e->msg, "\n")] = '\0';
    PQfinish(pg);
    return NULL;
}

static int64_t sooner(int64_t x, int64_t y)
{
    return x < y ? x : y;
}

/* A server that died is back within a second or so: a caller with time left waits for that instead of failing. */
static void work_note(struct conn *c)
{
    snprintf(c->work, sizeof c->work, "%s", thread_work());
}

static struct conn *conn_open(struct db *d, int64_t deadline, struct err *e)
{
    int64_t now = clock_mono_ms(), revive = sooner(deadline, now + REVIVE_MS);
    PGconn *pg;
    struct conn *c;

    while ((pg = pg_open(d->conninfo, sooner(deadline, now + CONNECT_MS), e)) == NULL) {
        if (clock_mono_ms() + PAUSE_MS >= revive)
            return NULL;
        poll(NULL, 0, PAUSE_MS);
    }
    c = calloc(1, sizeof *c);
    if (!c || PQsetnonblocking(pg, 1) || !PQenterPipelineMode(pg)) {
        PQfinish(pg);
        free(c);
        err_set(e, ERR_INTERNAL, "set up a database connection");
        return NULL;
    }
    c->pg = pg;
    work_note(c);
    c->scratch = arena_new("db.params");
    return c;
}

/* The server may have gone while the connection rested: then its socket is readable and ends. */
static bool conn_alive(struct conn *c)
{
    struct pollfd p = {.fd = PQsocket(c->pg), .events = POLLIN};

    if (p.fd < 0 || PQstatus(c->pg) != CONNECTION_OK)
        return false;
    if (poll(&p, 1, 0) <= 0)
        return true;
    return PQconsumeInput(c->pg) && PQstatus(c->pg) == CONNECTION_OK;
}

static void conn_put(struct db *d, struct conn *c, bool keep)
{
    keep = keep && PQstatus(c->pg) == CONNECTION_OK && PQtransactionStatus(c->pg) == PQTRANS_IDLE;
    pthread_mutex_lock(&d->lock);
    if (keep) {
        c->next = d->idle;
        d->idle = c;
    } else {
        d->open--;
    }
    pthread_cond_signal(&d->freed);
    pthread_mutex_unlock(&d->lock);
    if (!keep)
        conn_free(c);
}

/* Under the lock, of an idle one at least: that which somebody who does the same had last, because it knows the statements and
 * as few as can be have to know them; else the one that has rested longest, which nobody busy will miss. */
static struct conn *idle_take(struct db *d)
{
    struct conn **at = &d->idle, **found = NULL, *c;

    for (; *at; at = &(*at)->next)
        if (!found || strcmp((*found)->work, thread_work()) != 0)
            found = at;
    c = *found;
    *found = c->next;
    work_note(c);
    return c;
}

/* A slot of the pool: an idle connection in *out, or NULL there and the right to open one. */
static enum err_code slot_take(struct db *d, int64_t deadline, struct conn **out, struct err *e)
{
    struct timespec until = {.tv_sec = deadline / 1000, .tv_nsec = deadline % 1000 * 1000000};
    int rc = 0;

    pthread_mutex_lock(&d->lock);
    while (!d->idle && d->open >= d->cfg.connections && rc == 0)
        rc = pthread_cond_timedwait(&d->freed, &d->lock, &until);
    *out = d->idle ? idle_take(d) : NULL;
    if (*out)
        rc = 0;
    else if (d->open < d->cfg.connections)
        d->open++;
    else
        rc = -1;
    pthread_mutex_unlock(&d->lock);
    return rc == -1 ? err_set(e, ERR_TIMEOUT, "all database connections are in use") : ERR_OK;
}

static enum err_code conn_take(struct db *d, int64_t deadline, struct conn **out, struct err *e)
{
    struct conn *c = NULL;

    for (;;) {
        if (slot_take(d, deadline, &c, e))
            return ERR_TIMEOUT;
        if (!c)
            break;
        if (conn_alive(c)) {
            *out = c;
            return ERR_OK;
        }
        conn_put(d, c, false);
    }
    c = conn_open(d, deadline, e);
    if (!c) {
        pthread_mutex_lock(&d->lock);
        d->open--;
        pthread_cond_signal(&d->freed);
        pthread_mutex_unlock(&d->lock);
        return ERR_BUSY; /* whatever the reason: there may be a connection later */
    }
    *out = c;
    return ERR_OK;
}

struct db *db_new(const struct db_config *cfg)
{
    struct db *d = calloc(1, sizeof *d);

    if (!d)
        abort();
    d->cfg = *cfg;
    if (d->cfg.connections <= 0)
        d->cfg.connections = 8;
    d->conninfo = strdup(cfg->conninfo);
    d->cfg.conninfo = d->conninfo;
    pthread_mutex_init(&d->lock, NULL);
    thread_cond_init(&d->freed);
    return d;
}

void db_free(struct db *d)
{
    if (!d)
        return;
    while (d->idle) {
        struct conn *c = d->idle;

        d->idle = c->next;
        d->open--;
        conn_free(c);
    }
    assert(d->open == 0);
    pthread_mutex_destroy(&d->lock);
    pthread_cond_destroy(&d->freed);
    free(d->conninfo);
    free(d);
}

/* ---- sending ---- */

static struct prepared *prepared_slot(struct conn *c, const struct db_stmt *s)
{
    size_t i = ((uintptr_t)s >> 4) * 0x9e3779b97f4a7c15u >> 54;

    while (c->prepared[i].stmt && c->prepared[i].stmt != s)
        i = (i + 1) % PREPARED_SLOTS;
    return &c->prepared[i];
}

static enum err_code tx_lost(struct db_tx *t, const char *name, struct err *e)
{
    t->failed = true;
    return err_set(e, ERR_BUSY, "%s: connection to the database lost", name);
}

static enum err_code stmt_prepare(struct db_tx *t, const struct db_stmt *s, const struct db_wire *w, size_t n,
                                  struct err *e)
{
    struct prepared *p = prepared_slot(t->c, s);

    if (p->stmt) {
        if (p->kinds != w->kinds)
            return err_set(e, ERR_INTERNAL, "%s: used with other types before", s->name);
        return ERR_OK;
    }
    if (t->c->prepared_n >= PREPARED_SLOTS * 3 / 4)
        return err_set(e, ERR_INTERNAL, "too many different statements");
    if (!PQsendPrepare(t->c->pg, s->name, s->sql, (int)n, w->types))
        return tx_lost(t, s->name, e);
    *p = (struct prepared){.stmt = s, .kinds = w->kinds};
    t->c->prepared_n++;
    t->queued[t->queued_n++] = (struct queued){s->name, p};
    return ERR_OK;
}

static _Thread_local uint64_t thread_statements;

uint64_t db_statements_sent(void)
{
    return thread_statements;
}

static enum err_code stmt_queue(struct db_tx *t, const struct db_stmt *s, const struct db_val *v, size_t n,
                                struct err *e)
{
    struct db_wire w;

    arena_reset(t->c->scratch);
    db_wire_make(&w, v, n, t->c->scratch);
    if (stmt_prepare(t, s, &w, n, e)) {
        t->failed = true;
        return e ? e->code : ERR_INTERNAL;
    }
    if (!PQsendQueryPrepared(t->c->pg, s->name, (int)n, w.values, w.lengths, w.formats, 1))
        return tx_lost(t, s->name, e);
    t->queued[t->queued_n++] = (struct queued){s->name, NULL};
    t->queued_bytes += w.bytes;
    metric_add(&m_statements, 1);
    thread_statements++;
    return ERR_OK;
}

/* ---- receiving ---- */

/* The next result is there, or the connection failed. False when the deadline passed. */
static bool result_wait(struct db_tx *t)
{
    PGconn *pg = t->c->pg;

    while (PQisBusy(pg)) {
        int flush = PQflush(pg);

        if (flush < 0)
            return true; /* PQgetResult says what happened */
        if (!socket_wait(pg, flush ? POLLIN | POLLOUT : POLLIN, t->deadline))
            return clock_mono_ms() < t->deadline;
        if (!PQconsumeInput(pg))
            return true;
    }
    return true;
}

static enum err_code tx_timeout(struct db_tx *t, struct err *e)
{
    char space[128];
    PGcancel *cancel = PQgetCancel(t->c->pg);

    if (cancel)
        PQcancel(cancel, space, sizeof space);
    PQfreeCancel(cancel);
    t->failed = true;
    return err_set(e, ERR_TIMEOUT, "the database did not answer in time");
}

static int64_t result_affected(PGresult *r)
{
    int64_t n = 0;

    if (strncmp(PQcmdStatus(r), "SELECT", 6) == 0)
        return 0;
    return str_to_i64(str_of(PQcmdTuples(r)), &n) ? n : 0;
}

/* Reads one command's results. *keep (may be NULL) takes a good one. */
static enum err_code command_drain(struct db_tx *t, const struct queued *q, PGresult **keep, struct err *e)
{
    enum err_code code = ERR_OK;
    PGresult *r;

    for (;;) {
        if (!result_wait(t))
            return tx_timeout(t, e);
        r = PQgetResult(t->c->pg);
        if (!r)
            break;
        switch (PQresultStatus(r)) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
            if (q->preparing)
                q->preparing->known = true;
            else
                t->affected += result_affected(r);
            if (keep && !*keep) {
                *keep = r;
                r = NULL;
            }
            break;
        case PGRES_PIPELINE_ABORTED:
            code = ERR_INTERNAL; /* an earlier command has already told why */
            break;
        default:
            code = result_error(r, q->name, e);
        }
        PQclear(r);
    }
    if (PQstatus(t->c->pg) == CONNECTION_BAD)
        return code ? code : tx_lost(t, q->name, e);
    return code;
}

/* A statement whose preparation did not go through is prepared again next time. */
static void prepared_forget(struct db_tx *t, size_t n)
{
    bool any = false;

    for (size_t i = 0; i < n; i++)
        any = any || (t->queued[i].preparing && !t->queued[i].preparing->known);
    if (any) { /* open addressing has no holes: rebuild */
        struct prepared *old = malloc(sizeof t->c->prepared);

        if (!old)
            abort();
        memcpy(old, t->c->prepared, sizeof t->c->prepared);
        memset(t->c->prepared, 0, sizeof t->c->prepared);
        t->c->prepared_n = 0;
        for (size_t i = 0; i < PREPARED_SLOTS; i++)
            if (old[i].known) {
                *prepared_slot(t->c, old[i].stmt) = old[i];
                t->c->prepared_n++;
            }
        free(old);
    }
}

/* Syncs and reads everything queued; the first error wins. *last takes the result of the last command. */
static enum err_code tx_drain(struct db_tx *t, PGresult **last, struct err *e)
{
    enum err_code first = ERR_OK;
    size_t n = t->queued_n;
    PGresult *r;

    t->queued_n = t->queued_bytes = 0;
    if (!PQpipelineSync(t->c->pg))
        first = tx_lost(t, "sync", e);
    for (size_t i = 0; i < n && PQstatus(t->c->pg) == CONNECTION_OK && first != ERR_TIMEOUT; i++) {
        struct err later;
        enum err_code code = command_drain(t, &t->queued[i], i + 1 == n ? last : NULL, first ? &later : e);

        if (code && !first)
            first = code;
    }
    if (first != ERR_TIMEOUT && PQstatus(t->c->pg) == CONNECTION_OK) {
        if (!result_wait(t))
            first = tx_timeout(t, e);
        else if ((r = PQgetResult(t->c->pg)) == NULL || PQresultStatus(r) != PGRES_PIPELINE_SYNC)
            first = first ? first : tx_lost(t, "sync", e), PQclear(r);
        else
            PQclear(r);
    } else if (!first) {
        first = tx_lost(t, "sync", e);
    }
    prepared_forget(t, n);
    if (first) {
        t->failed = true;
        if (last) {
            PQclear(*last);
            *last = NULL;
        }
    }
    return first;
}

/* ---- transactions ---- */

static _Thread_local struct {
    bool set;
    struct db_reader r;
} for_whom;

void db_reader_set(const struct db_reader *r)
{
    for_whom.set = r != NULL;
    if (r)
        for_whom.r = *r;
}

/* Who reads, and how far, as the policies of sql/0010_access.sql want it. */
static void reader_text(char who[ID_TEXT_LEN + 1], const char **out_reach)
{
    static const char *const reach[] = {"none", "own", "team", "all"};

    *out_reach = for_whom.set ? reach[for_whom.r.reach] : "system";
    who[0] = '\0';
    if (for_whom.set && !id_is_nil(for_whom.r.user))
        id_format(for_whom.r.user, who);
}

/* The stages go by keys, so one plan serves all values; policies make planning dear, more so than most of these statements.
 * That plan must not be the one that is best while a table is small: it stays when the table grows. What a reader filters by
 * may be absent, and then a plan made for the values at hand is worth its price. */
static enum err_code tx_begin_planned(struct db *d, struct id workspace, int timeout_ms, bool keyed, struct db_tx **out,
                                      struct err *e)
{
    struct db_tx *t = calloc(1, sizeof *t);
    char text[ID_TEXT_LEN + 1] = "", who[ID_TEXT_LEN + 1];
    const char *reach;
    enum err_code code;

    if (!t)
        return err_set(e, ERR_MEMORY, "out of memory");
    t->db = d;
    t->workspace = workspace;
    t->deadline = clock_mono_ms() + timeout_ms;
    code = conn_take(d, t->deadline, &t->c, e);
    if (code || !t->c) {
        free(t);
        return code;
    }
    if (!id_is_nil(workspace))
        id_format(workspace, text);
    reader_text(who, &reach);
    code = stmt_queue(t, &tx_begin, DB_NO_ARGS, e);
    if (!code)
        code = stmt_queue(t, &tx_workspace,
                          DB_ARGS(P_TEXT(str_of(text)), P_TEXT(str_of(who)), P_TEXT(str_of(reach)),
                                  P_TEXT(keyed ? STR("force_generic_plan") : STR("auto")),
                                  P_TEXT(keyed ? STR("off") : STR("on"))),
                          e);
    if (code) {
        db_rollback(t);
        return code;
    }
    *out = t;
    return ERR_OK;
}

enum err_code db_begin(struct db *d, struct id workspace, int timeout_ms, struct db_tx **out, struct err *e)
{
    return tx_begin_planned(d, workspace, timeout_ms, !for_whom.set, out, e);
}

enum err_code db_begin_keyed(struct db *d, struct id workspace, int timeout_ms, struct db_tx **out, struct err *e)
{
    return tx_begin_planned(d, workspace, timeout_ms, true, out, e);
}

enum err_code db_begin_system(struct db *d, struct id workspace, int timeout_ms, struct db_tx **out, struct err *e)
{
    bool was = for_whom.set;
    enum err_code code;

    for_whom.set = false;
    code = db_begin(d, workspace, timeout_ms, out, e);
    for_whom.set = was;
    return code;
}

void db_rollback(struct db_tx *t)
{
    bool keep = true;

    if (!t)
        return;
    t->deadline = clock_mono_ms() + ROLLBACK_MS;
    if (PQstatus(t->c->pg) != CONNECTION_OK || PQtransactionStatus(t->c->pg) == PQTRANS_ACTIVE)
        keep = t->queued_n > 0 && PQstatus(t->c->pg) == CONNECTION_OK;
    if (keep && t->queued_n)
        tx_drain(t, NULL, NULL);
    if (keep && PQtransactionStatus(t->c->pg) != PQTRANS_IDLE) {
        t->failed = false;
        keep = stmt_queue(t, &tx_rollback, DB_NO_ARGS, NULL) == ERR_OK && tx_drain(t, NULL, NULL) == ERR_OK;
    }
    conn_put(t->db, t->c, keep);
    free(t);
}

/* COMMIT of a transaction that failed answers ROLLBACK and no error. */
static enum err_code commit_check(PGresult *r, struct err *e)
{
    return r && strcmp(PQcmdStatus(r), "COMMIT") == 0
               ? ERR_OK
               : err_set(e, ERR_CONFLICT, "commit: the transaction was rolled back");
}

enum err_code db_commit(struct db_tx *t, struct err *e)
{
    int64_t from = clock_mono_us();
    PGresult *r = NULL;
    enum err_code code = t->failed ? err_set(e, ERR_INTERNAL, "commit of a failed transaction") : ERR_OK;

    if (!code && t->db->cfg.before_commit)
        code = t->db->cfg.before_commit(t->db->cfg.before_commit_arg, e);
    if (!code)
        code = stmt_queue(t, &tx_commit, DB_NO_ARGS, e);
    if (!code)
        code = tx_drain(t, &r, e);
    if (!code)
        code = commit_check(r, e);
    PQclear(r);
    if (code) {
        db_rollback(t);
        return code;
    }
    metric_time_us(&m_commits, clock_mono_us() - from);
    conn_put(t->db, t->c, true);
    free(t);
    return ERR_OK;
}

struct id db_tx_workspace(const struct db_tx *t)
{
    return t->workspace;
}

void db_tx_extend(struct db_tx *t, int timeout_ms)
{
    t->deadline = clock_mono_ms() + timeout_ms;
}

enum err_code db_send(struct db_tx *t, const struct db_stmt *s, const struct db_val *v, size_t n, struct err *e)
{
    if (t->failed)
        return err_set(e, ERR_INTERNAL, "%s: the transaction has failed already", s->name);
    if (t->queued_n >= QUEUED_MAX || t->queued_bytes >= QUEUED_BYTES_MAX) {
        enum err_code code = tx_drain(t, NULL, e);

        if (code)
            return code;
    }
    return stmt_queue(t, s, v, n, e);
}

enum err_code db_flush(struct db_tx *t, int64_t *out_affected, struct err *e)
{
    enum err_code code = ERR_OK;

    if (t->failed)
        return err_set(e, ERR_INTERNAL, "the transaction has failed already");
    if (t->queued_n)
        code = tx_drain(t, NULL, e);
    if (out_affected && !code)
        *out_affected = t->affected;
    t->affected = 0;
    return code;
}

enum err_code db_run(struct db_tx *t, const struct db_stmt *s, const struct db_val *v, size_t n, struct db_rows *out,
                     struct err *e)
{
    int64_t before;
    PGresult *r = NULL;
    enum err_code code = db_send(t, s, v, n, e);

    if (!code)
        code = tx_drain(t, &r, e);
    if (code)
        return code;
    before = result_affected(r);
    t->affected -= before; /* counted by its own rows */
    if (out)
        *out = (struct db_rows){.res = r, .row = -1, .rows_n = PQntuples(r), .affected = before};
    else
        PQclear(r);
    return ERR_OK;
}

enum err_code db_run_ids(struct db_tx *t, const struct db_stmt *s, const struct db_val *v, size_t n, struct arena *a,
                         struct id **out, size_t *out_n, struct err *e)
{
    struct db_rows r;
    struct id *ids;
    size_t at = 0;

    if (db_run(t, s, v, n, &r, e))
        return e->code;
    ids = arena_array(a, (size_t)r.rows_n, sizeof *ids);
    while (db_next(&r))
        ids[at++] = db_id(&r, 0);
    db_rows_done(&r);
    *out = ids;
    *out_n = at;
    return ERR_OK;
}

bool db_next(struct db_rows *r)
{
    return ++r->row < r->rows_n;
}

void db_rows_done(struct db_rows *r)
{
    PQclear(r->res);
    r->res = NULL;
    r->rows_n = 0;
}

enum err_code db_ping(struct db *d, int timeout_ms, struct err *e)
{
    struct db_tx *t = NULL;
    enum err_code code = db_begin(d, ID_NIL, timeout_ms, &t, e);

    return code || !t ? code : db_commit(t, e);
}

/* ---- wake-ups ---- */

struct db_listener {
    struct db *db;
    char channel[64];
    PGconn *pg;
};

struct db_listener *db_listener_new(struct db *d, const char *channel)
{
    struct db_listener *l = calloc(1, sizeof *l);

    if (!l)
        abort();
    l->db = d;
    snprintf(l->channel, sizeof l->channel, "%s", channel);
    return l;
}

void db_listener_free(struct db_listener *l)
{
    if (!l)
        return;
    PQfinish(l->pg);
    free(l);
}

static bool listener_open(struct db_listener *l, int64_t deadline)
{
    char sql[80];
    PGresult *r;
    bool ok;

    l->pg = pg_open(l->db->conninfo, deadline, NULL);
    if (!l->pg)
        return false;
    snprintf(sql, sizeof sql, "LISTEN %s", l->channel); /* a name of ours, not a value */
    r = PQexec(l->pg, sql);
    ok = PQresultStatus(r) == PGRES_COMMAND_OK;
    PQclear(r);
    if (!ok) {
        PQfinish(l->pg);
        l->pg = NULL;
    }
    return ok;
}

static bool listener_take(struct db_listener *l)
{
    bool any = false;
    PGnotify *n;

    while ((n = PQnotifies(l->pg)) != NULL) {
        any = true;
        PQfreemem(n);
    }
    return any;
}

bool db_listener_wait(struct db_listener *l, int timeout_ms)
{
    int64_t deadline = clock_mono_ms() + timeout_ms;

    for (;;) {
        if (!l->pg) {
            if (listener_open(l, deadline))
                return true; /* something may have been said meanwhile */
            if (clock_mono_ms() + 50 >= deadline)
                return false;
            poll(NULL, 0, 50);
            continue;
        }
        if (listener_take(l))
            return true;
        if (!socket_wait(l->pg, POLLIN, deadline))
            return false;
        if (!PQconsumeInput(l->pg)) {
            PQfinish(l->pg);
            l->pg = NULL;
        }
    }
}
