/* store/db.h - PostgreSQL: a pool of connections, statement tables, transactions, pipelining.
 *
 * SQL stands in statement tables (`struct db_stmt`, see style.md section 9) and is prepared lazily on each connection. All
 * values travel binary. Everything happens in a transaction that belongs to one workspace: db_begin sets
 * harken.workspace_id locally, row-level security does the rest, and a transaction with a nil workspace sees no rows of any
 * workspace.
 *
 *     struct db_tx *t;
 *     struct db_rows r;
 *     if (db_begin(db, workspace, 5000, &t, e))
 *         return err_wrap(e, "load deal");
 *     if (db_run(t, &deal_sql[DEAL_GET], DB_ARGS(P_ID(workspace), P_ID(deal)), &r, e))
 *         goto out; ...
 *     while (db_next(&r))
 *         amount = db_i64(&r, 0);
 *     db_rows_done(&r);
 *     code = db_commit(t, e), t = NULL;
 * out:
 *     db_rollback(t); // NULL is ignored
 *
 * BEGIN, the workspace setting and statements given to db_send wait for nothing: they travel together with the next db_run,
 * db_flush or db_commit, which reports their first error.
 *
 * The server may die at any moment: calls then answer ERR_BUSY (or ERR_TIMEOUT past the deadline), the transaction is lost as
 * a whole, broken connections are replaced at the next db_begin. Messages name the statement and the SQLSTATE, never values.
 * A pool may be used by any thread; one transaction belongs to one thread at a time. Calls block, at most until the deadline. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "base/str.h"

struct db;
struct db_tx;

struct db_stmt {
    const char *name; /* unique in the program, at most 63 bytes */
    const char *sql;
};

struct db_config {
    const char *conninfo; /* libpq connection string of the application role; copied */
    int connections;      /* pool size; 0: 8 */
    /* Called on the committing thread right before COMMIT is sent; an error rolls back. May be NULL. */
    enum err_code (*before_commit)(void *arg, struct err *e);
    void *before_commit_arg;
};
struct db *db_new(const struct db_config *c); /* connects lazily */
void db_free(struct db *d);                   /* all transactions must be over; NULL is ignored */
/* One round trip on some connection. */
enum err_code db_ping(struct db *d, int timeout_ms, struct err *e);

/* ---- values ---- */

enum db_kind {
    DB_I64,
    DB_F64,
    DB_BOOL,
    DB_ID,
    DB_BYTES,
    DB_TEXT,
    DB_I64S,
    DB_I32S,
    DB_F64S,
    DB_IDS,
    DB_BYTESS,
    DB_TEXTS
};
struct db_val {
    enum db_kind kind;
    bool null;
    size_t n; /* elements of an array */
    union {
        int64_t i;
        double d;
        struct id id;
        str s;
        const void *p; /* int64_t, int32_t, double, struct id or str elements */
    } v;
};
/* Integers are sent as int8 and cast by the server to the column's type. Values are copied when the call returns. */
#define P_I64(x) ((struct db_val){.kind = DB_I64, .v.i = (int64_t)(x)})
#define P_F64(x) ((struct db_val){.kind = DB_F64, .v.d = (x)})
#define P_BOOL(x) ((struct db_val){.kind = DB_BOOL, .v.i = (x)})
#define P_ID(x) ((struct db_val){.kind = DB_ID, .v.id = (x)})
#define P_BYTES(x) ((struct db_val){.kind = DB_BYTES, .v.s = (x)}) /* a str; p == NULL with n == 0 is empty */
#define P_BYTES_N(ptr, len) P_BYTES(str_n((const char *)(ptr), (len)))
#define P_TEXT(x)                                                                                                      \
    ((struct db_val){.kind = DB_TEXT, .v.s = (x)}) /* our own words only: enumerations, names of statistics */
#define P_NULL(k) ((struct db_val){.kind = (k), .null = true})
/* NULL when the value is the stated "nothing". */
#define P_I64_OR_NULL(x, nothing) ((struct db_val){.kind = DB_I64, .null = (x) == (nothing), .v.i = (int64_t)(x)})
#define P_ID_OR_NULL(x) ((struct db_val){.kind = DB_ID, .null = id_is_nil(x), .v.id = (x)})
#define P_BYTES_OR_NULL(x) ((struct db_val){.kind = DB_BYTES, .null = (x).n == 0, .v.s = (x)})
#define P_I64S(ptr, len) ((struct db_val){.kind = DB_I64S, .n = (len), .v.p = (const int64_t *)(ptr)})
#define P_I32S(ptr, len) ((struct db_val){.kind = DB_I32S, .n = (len), .v.p = (const int32_t *)(ptr)})
#define P_F64S(ptr, len) ((struct db_val){.kind = DB_F64S, .n = (len), .v.p = (const double *)(ptr)})
#define P_IDS(ptr, len) ((struct db_val){.kind = DB_IDS, .n = (len), .v.p = (const struct id *)(ptr)})
#define P_BYTESS(ptr, len)                                                                                             \
    ((struct db_val){.kind = DB_BYTESS, .n = (len), .v.p = (const str *)(ptr)}) /* p == NULL: NULL */
#define P_TEXTS(ptr, len) ((struct db_val){.kind = DB_TEXTS, .n = (len), .v.p = (const str *)(ptr)})
#define DB_ARGS(...) ((struct db_val[]){__VA_ARGS__}), (sizeof((struct db_val[]){__VA_ARGS__}) / sizeof(struct db_val))
#define DB_NO_ARGS NULL, 0

/* Statements this thread has sent since it began, those that open and close transactions included: the difference around a
 * piece of work is what it cost. */
uint64_t db_statements_sent(void);

/* ---- for whom ---- */

/* How far a permission reaches: nothing, what is one's own, one's teams' too, the whole workspace. */
enum reach { REACH_NONE, REACH_OWN, REACH_TEAM, REACH_WORKSPACE };

/* Row-level security lets a transaction see conversations and deals only as far as the one it works for may see them.
 * A thread works for the system, which sees all, until it says otherwise; the gateway does so around each request. A thread
 * that goes on for a request (a stream, say) says so itself. */
struct db_reader {
    struct id user; /* nil with REACH_WORKSPACE: the operator */
    enum reach reach; /* REACH_NONE sees nothing */
};
void db_reader_set(const struct db_reader *r); /* NULL: the system again; copied; of the calling thread */

/* ---- transactions ---- */

/* timeout_ms covers the wait for a connection and all calls until commit. Errors: ERR_BUSY (no server), ERR_TIMEOUT. */
enum err_code db_begin(struct db *d, struct id workspace, int timeout_ms, struct db_tx **out, struct err *e);
/* The same for statements that go by keys alone, whomever the thread works for: they keep their plans. */
enum err_code db_begin_keyed(struct db *d, struct id workspace, int timeout_ms, struct db_tx **out, struct err *e);
/* The same for the system, whomever the thread works for. */
enum err_code db_begin_system(struct db *d, struct id workspace, int timeout_ms, struct db_tx **out, struct err *e);
/* Commits and frees `t` in every case. ERR_BUSY or ERR_TIMEOUT after the COMMIT was sent: the outcome is not known; the
 * caller's dedupe keys make a second try harmless. */
enum err_code db_commit(struct db_tx *t, struct err *e);
void db_rollback(struct db_tx *t);
struct id db_tx_workspace(const struct db_tx *t);
void db_tx_extend(struct db_tx *t, int timeout_ms); /* a new deadline, from now: for long loads */

/* Runs a statement and waits for its rows. `out` may be NULL when none are wanted. After an error only db_rollback. */
struct db_rows {
    void *res; /* PGresult */
    int row, rows_n;
    int64_t affected; /* rows inserted, updated or deleted */
};
enum err_code db_run(struct db_tx *t, const struct db_stmt *s, const struct db_val *v, size_t n, struct db_rows *out,
                     struct err *e);
/* db_run for a statement whose rows are single ids: all of them, memory in `a`. */
enum err_code db_run_ids(struct db_tx *t, const struct db_stmt *s, const struct db_val *v, size_t n, struct arena *a,
                         struct id **out, size_t *out_n, struct err *e);
/* Queues a statement whose rows are not wanted. */
enum err_code db_send(struct db_tx *t, const struct db_stmt *s, const struct db_val *v, size_t n, struct err *e);
/* Waits for everything queued. *out_affected (may be NULL): rows touched by statements of db_send since the last wait. */
enum err_code db_flush(struct db_tx *t, int64_t *out_affected, struct err *e);

bool db_next(struct db_rows *r); /* to the next row; false after the last */
void db_rows_done(struct db_rows *r);
bool db_is_null(const struct db_rows *r, int col);
int64_t db_i64(const struct db_rows *r, int col); /* int2, int4, int8; 0 when NULL */
double db_f64(const struct db_rows *r, int col); /* float4, float8 */
bool db_bool(const struct db_rows *r, int col);
struct id db_id(const struct db_rows *r, int col); /* nil when NULL */
str db_bytes(const struct db_rows *r, int col); /* bytea or text; memory of the rows: valid until db_rows_done */
/* Elements of a one-dimensional int4[]; memory in `a`. */
int32_t *db_i32s(const struct db_rows *r, int col, struct arena *a, size_t *out_n);
/* The same of int8[], float8[] and uuid[]. */
int64_t *db_i64s(const struct db_rows *r, int col, struct arena *a, size_t *out_n);
double *db_f64s(const struct db_rows *r, int col, struct arena *a, size_t *out_n);
struct id *db_ids(const struct db_rows *r, int col, struct arena *a, size_t *out_n);
/* The same of bytea[] or text[]: p == NULL is NULL. The bytes are the rows': valid until db_rows_done. */
str *db_bytess(const struct db_rows *r, int col, struct arena *a, size_t *out_n);

/* ---- wake-ups ---- */

/* One extra connection that listens on a channel and reconnects by itself. One thread at a time. */
struct db_listener;
struct db_listener *db_listener_new(struct db *d, const char *channel);
void db_listener_free(struct db_listener *l);
/* True when something was announced (or may have been missed while reconnecting), false after timeout_ms. */
bool db_listener_wait(struct db_listener *l, int timeout_ms);
