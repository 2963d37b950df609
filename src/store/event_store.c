#include "store/event_store.h"

#include "base/clock.h"

enum { TX_MS = 10000 };

enum { EVENT_ADD, EVENT_TELL, EVENT_LOCK, EVENT_NUMBER, EVENT_AFTER, EVENT_FIRST, EVENT_FORGET };

const struct db_stmt event_sql[] = {
    /* $1 workspace, $2 ids, $3 types, $4 objects, $5 subjects (nil: none), $6 at */
    [EVENT_ADD] =
        {"event_add",
         "INSERT INTO event (workspace_id, id, type, object_id, subject_id, at)"
         " SELECT $1, u.id, u.type, u.object_id, nullif(u.subject_id, '00000000-0000-0000-0000-000000000000'),"
         " $6 FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[]) AS u(id, type, object_id, subject_id)"},
    [EVENT_TELL] = {"event_tell", "SELECT pg_notify('" EVENT_CHANNEL "', '')"},
    /* $1 workspace: one process numbers at a time, and what it numbers is visible to the next one */
    [EVENT_LOCK] = {"event_lock", "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 20))"},
    /* $1 workspace, $2 limit -> last number */
    [EVENT_NUMBER] =
        {"event_number",
         "WITH head AS (SELECT coalesce((SELECT n FROM event_head WHERE workspace_id=$1), 0) AS n),"
         " todo AS (SELECT id, row_number() OVER (ORDER BY id) AS k FROM (SELECT id FROM event WHERE workspace_id=$1 "
         "AND"
         " n IS NULL ORDER BY id LIMIT $2) AS w),"
         " done AS (UPDATE event SET n=head.n+todo.k FROM todo, head WHERE event.workspace_id=$1 AND event.id=todo.id"
         " RETURNING event.n),"
         " last AS (SELECT greatest(head.n, coalesce((SELECT max(n) FROM done), 0)) AS n FROM head),"
         " put AS (INSERT INTO event_head (workspace_id, n) SELECT $1, last.n FROM last, head WHERE last.n>head.n"
         " ON CONFLICT (workspace_id) DO UPDATE SET n=excluded.n)"
         " SELECT n FROM last"},
    /* $1 workspace, $2 number, $3 limit */
    [EVENT_AFTER] = {"event_after", "SELECT n, id, type, object_id, subject_id, at FROM event"
                                    " WHERE workspace_id=$1 AND n>$2 ORDER BY n LIMIT $3"},
    [EVENT_FIRST] = {"event_first", "SELECT n FROM event WHERE workspace_id=$1 AND n IS NOT NULL ORDER BY n LIMIT 1"},
    /* $1 workspace, $2 at */
    [EVENT_FORGET] = {"event_forget", "DELETE FROM event WHERE workspace_id=$1 AND n IS NOT NULL AND at<$2"},
};
const size_t event_sql_n = sizeof event_sql / sizeof event_sql[0];

enum err_code event_put(struct db_tx *t, const struct event_new *events, size_t n, struct err *e)
{
    struct id ws = db_tx_workspace(t), *ids, *objects, *subjects;
    struct arena *a;
    str *types;
    enum err_code rc;

    if (!n)
        return ERR_OK;
    a = arena_new("event.put");
    ids = ARENA_ARRAY(a, struct id, n);
    objects = ARENA_ARRAY(a, struct id, n);
    subjects = ARENA_ARRAY(a, struct id, n);
    types = ARENA_ARRAY(a, str, n);
    for (size_t i = 0; i < n; i++) {
        ids[i] = id_new();
        types[i] = str_of(events[i].type);
        objects[i] = events[i].object;
        subjects[i] = events[i].subject;
    }
    rc = db_send(t, &event_sql[EVENT_ADD],
                 DB_ARGS(P_ID(ws), P_IDS(ids, n), P_TEXTS(types, n), P_IDS(objects, n), P_IDS(subjects, n),
                         P_I64(clock_now_ms())),
                 e);
    if (!rc)
        rc = db_send(t, &event_sql[EVENT_TELL], DB_NO_ARGS, e);
    arena_free(a);
    return rc;
}

enum err_code event_number(struct db *d, struct id workspace, int limit, int64_t *out_last, struct err *e)
{
    struct db_tx *t;
    struct db_rows r;

    if (db_begin(d, workspace, TX_MS, &t, e))
        return err_wrap(e, "number events");
    if (db_run(t, &event_sql[EVENT_LOCK], DB_ARGS(P_ID(workspace)), NULL, e) ||
        db_run(t, &event_sql[EVENT_NUMBER], DB_ARGS(P_ID(workspace), P_I64(limit)), &r, e)) {
        db_rollback(t);
        return err_wrap(e, "number events");
    }
    *out_last = db_next(&r) ? db_i64(&r, 0) : 0;
    db_rows_done(&r);
    return db_commit(t, e);
}

static enum err_code first_of(struct db_tx *t, struct id workspace, int64_t *out, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &event_sql[EVENT_FIRST], DB_ARGS(P_ID(workspace)), &r, e))
        return e->code;
    *out = db_next(&r) ? db_i64(&r, 0) : 0;
    db_rows_done(&r);
    return ERR_OK;
}

enum err_code event_after(struct db *d, struct id workspace, int64_t after, int limit, struct arena *a,
                          struct event **out, size_t *out_n, int64_t *out_first, struct err *e)
{
    struct event *list;
    struct db_tx *t;
    struct db_rows r;
    size_t n = 0;

    if (db_begin(d, workspace, TX_MS, &t, e))
        return err_wrap(e, "read events");
    if (db_run(t, &event_sql[EVENT_AFTER], DB_ARGS(P_ID(workspace), P_I64(after), P_I64(limit)), &r, e)) {
        db_rollback(t);
        return err_wrap(e, "read events");
    }
    list = ARENA_ARRAY(a, struct event, (size_t)r.rows_n + 1);
    while (db_next(&r)) {
        struct event *ev = &list[n++];

        *ev = (struct event){.n = db_i64(&r, 0),
                             .id = db_id(&r, 1),
                             .object = db_id(&r, 3),
                             .subject = db_id(&r, 4),
                             .at_ms = db_i64(&r, 5)};
        snprintf(ev->type, sizeof ev->type, "%.*s", STR_ARG(db_bytes(&r, 2)));
    }
    db_rows_done(&r);
    if (out_first && first_of(t, workspace, out_first, e)) {
        db_rollback(t);
        return err_wrap(e, "read events");
    }
    *out = list;
    *out_n = n;
    return db_commit(t, e);
}

enum err_code event_forget(struct db *d, struct id workspace, int64_t before_ms, struct err *e)
{
    struct db_tx *t;

    if (db_begin(d, workspace, 30000, &t, e))
        return err_wrap(e, "forget events");
    if (db_run(t, &event_sql[EVENT_FORGET], DB_ARGS(P_ID(workspace), P_I64(before_ms)), NULL, e)) {
        db_rollback(t);
        return err_wrap(e, "forget events");
    }
    return db_commit(t, e);
}

bool event_wanted(str types, const struct event *ev)
{
    if (!types.n)
        return true;
    while (types.n) {
        str one = str_cut(types, ',', &types);

        if (str_eq(one, str_of(ev->type)) || (str_ends(one, STR(".")) && str_starts(str_of(ev->type), one)))
            return true;
    }
    return false;
}
