#include "records/hooks.h"

#include "base/clock.h"
#include "store/queue.h"

enum { TX_MS = 20000, FAN_MAX = 500 };

enum {
    HOOK_ADD,
    HOOK_SAVE,
    HOOK_LOAD,
    HOOK_PAGE_UP,
    HOOK_PAGE_DOWN,
    HOOK_ACTIVE_LIST,
    HOOK_DROP,
    FAN_FROM,
    FAN_TO,
    DELIVERY_ADD,
    DELIVERY_OF,
    DELIVERY_PAGE_UP,
    DELIVERY_PAGE_DOWN,
    DELIVERY_LOAD,
    DELIVERY_NOTE,
    HOOK_FAILING,
};

#define HOOK_COLS "SELECT id, created_at, state, types_sealed, url_sealed, keys_sealed, failing_since FROM webhook"
#define DELIVERY_COLS                                                                                                  \
    "SELECT id, webhook_id, object_id, subject_id, attempt_id, created_at, at, last_at, type, state, tries, "          \
    "last_status,"                                                                                                     \
    " last_code FROM webhook_delivery"
#define BEHIND(op, dir)                                                                                                \
    " AND ($2::bigint IS NULL OR (created_at, id) " op " ($2, $3)) ORDER BY created_at " dir ", id " dir " LIMIT $4"
#define HOOK_PAGE_OF(op, dir) HOOK_COLS " WHERE workspace_id=$1" BEHIND(op, dir)
#define DELIVERY_PAGE_OF(op, dir)                                                                                      \
    DELIVERY_COLS " WHERE workspace_id=$1 AND ($5::uuid[] IS NULL OR webhook_id=ANY($5))" BEHIND(op, dir)

const struct db_stmt hooks_sql[] = {
    /* $1 workspace, $2 id, $3 created, $4 state, $5 types, $6 url, $7 keys */
    [HOOK_ADD] = {"hook_add", "INSERT INTO webhook (workspace_id, id, created_at, state, types_sealed, url_sealed,"
                              " keys_sealed) VALUES ($1,$2,$3,$4,$5,$6,$7)"},
    /* $1 workspace, $2 id, $3 state, $4 types, $5 url, $6 keys */
    [HOOK_SAVE] = {"hook_save",
                   "UPDATE webhook SET failing_since=CASE WHEN $3=0 AND state<>0 THEN NULL ELSE failing_since"
                   " END, state=$3, types_sealed=$4, url_sealed=$5, keys_sealed=$6"
                   " WHERE workspace_id=$1 AND id=$2"},
    [HOOK_LOAD] = {"hook_load", HOOK_COLS " WHERE workspace_id=$1 AND id=ANY($2::uuid[])"},
    /* $1 workspace, $2 $3 place, $4 limit */
    [HOOK_PAGE_UP] = {"hook_page_up", HOOK_PAGE_OF(">", "ASC")},
    [HOOK_PAGE_DOWN] = {"hook_page_down", HOOK_PAGE_OF("<", "DESC")},
    [HOOK_ACTIVE_LIST] = {"hook_active", HOOK_COLS " WHERE workspace_id=$1 AND state=0"},
    [HOOK_DROP] = {"hook_drop", "DELETE FROM webhook WHERE workspace_id=$1 AND id=$2"},
    /* $1 workspace -> how far events were handed on; others wait */
    [FAN_FROM] = {"hook_fan_from", "SELECT sent FROM event_head WHERE workspace_id=$1 FOR UPDATE"},
    [FAN_TO] = {"hook_fan_to", "UPDATE event_head SET sent=$2 WHERE workspace_id=$1"},
    /* $1 workspace, $2 ids, $3 hooks, $4 types, $5 objects, $6 subjects (nil: none), $7 ats, $8 now, $9 attempts */
    [DELIVERY_ADD] = {"hook_delivery_add",
                      "INSERT INTO webhook_delivery (workspace_id, id, webhook_id, created_at, type, object_id, "
                      "subject_id, at, state,"
                      " attempt_id) SELECT $1, u.id, u.hook, $8, u.type, u.object,"
                      " nullif(u.subject, '00000000-0000-0000-0000-000000000000'), u.at, 0, u.attempt FROM"
                      " unnest($2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::bigint[], $9::uuid[])"
                      " AS u(id, hook, type, object, subject, at, attempt)"},
    [DELIVERY_OF] = {"hook_delivery_of", DELIVERY_COLS " WHERE workspace_id=$1 AND attempt_id=$2 FOR UPDATE"},
    /* and $5 hooks or null */
    [DELIVERY_PAGE_UP] = {"hook_delivery_page_up", DELIVERY_PAGE_OF(">", "ASC")},
    [DELIVERY_PAGE_DOWN] = {"hook_delivery_page_down", DELIVERY_PAGE_OF("<", "DESC")},
    [DELIVERY_LOAD] = {"hook_delivery_load", DELIVERY_COLS " WHERE workspace_id=$1 AND id=ANY($2::uuid[])"},
    /* $1 workspace, $2 id, $3 state, $4 tries, $5 attempt, $6 last at, $7 status, $8 code */
    [DELIVERY_NOTE] = {"hook_delivery_note",
                       "UPDATE webhook_delivery SET state=$3, tries=$4, attempt_id=$5, last_at=$6, last_status=$7,"
                       " last_code=$8 WHERE workspace_id=$1 AND id=$2"},
    /* $1 workspace, $2 id, $3 failing since, or null when all is well */
    [HOOK_FAILING] = {"hook_failing", "UPDATE webhook SET failing_since=CASE WHEN $3::bigint IS NULL THEN NULL"
                                      " ELSE coalesce(failing_since, $3) END WHERE workspace_id=$1 AND id=$2"},
};
const size_t hooks_sql_n = sizeof hooks_sql / sizeof hooks_sql[0];

static enum err_code touch(struct db_tx *t, int stmt, const struct db_val *v, size_t n, enum err_code none,
                           const char *what, struct err *e)
{
    struct db_rows r;
    int64_t touched;

    if (db_run(t, &hooks_sql[stmt], v, n, &r, e))
        return e->code;
    touched = r.affected;
    db_rows_done(&r);
    return touched ? ERR_OK : err_set(e, none, "%s", what);
}

/* ---- endpoints ---- */

static struct seal_at place(const struct vaulted *v, const char *table, const char *column, struct id row)
{
    return (struct seal_at){.workspace = v->workspace, .table = table, .column = column, .row = row};
}

struct packed_key {
    struct hooksig_keys keys;
    int64_t until_ms;
};

struct sealed_hook {
    str types, url, keys;
};

static enum err_code hook_seal(const struct vaulted *v, const struct hook *h, struct arena *a, struct sealed_hook *out,
                               struct err *e)
{
    struct packed_key *p = ARENA_ARRAY(a, struct packed_key, HOOK_KEYS_MAX);
    struct seal_at types = place(v, "webhook", "types_sealed", h->id), url = place(v, "webhook", "url_sealed", h->id),
                   keys = place(v, "webhook", "keys_sealed", h->id);

    for (size_t i = 0; i < h->keys_n; i++)
        p[i] = (struct packed_key){h->keys[i], h->until_ms[i]};
    if (seal(v->keys, key_class(KEY_METADATA), &types, h->types, a, &out->types, e) ||
        seal(v->keys, key_class(KEY_METADATA), &url, h->url, a, &out->url, e))
        return e->code;
    return seal(v->keys, key_class(KEY_TOKENS), &keys, str_n((const char *)p, h->keys_n * sizeof *p), a, &out->keys, e);
}

enum err_code hook_add(struct db_tx *t, const struct vaulted *v, struct hook *h, struct arena *a, struct err *e)
{
    struct sealed_hook s;

    h->id = id_new();
    h->created_at_ms = clock_now_ms();
    if (hook_seal(v, h, a, &s, e))
        return e->code;
    return touch(t, HOOK_ADD,
                 DB_ARGS(P_ID(v->workspace), P_ID(h->id), P_I64(h->created_at_ms), P_I64(h->state), P_BYTES(s.types),
                         P_BYTES(s.url), P_BYTES(s.keys)),
                 ERR_INTERNAL, "webhook not stored", e);
}

enum err_code hook_save(struct db_tx *t, const struct vaulted *v, const struct hook *h, struct arena *a, struct err *e)
{
    struct sealed_hook s;

    if (hook_seal(v, h, a, &s, e))
        return e->code;
    return touch(
        t, HOOK_SAVE,
        DB_ARGS(P_ID(v->workspace), P_ID(h->id), P_I64(h->state), P_BYTES(s.types), P_BYTES(s.url), P_BYTES(s.keys)),
        ERR_NOT_FOUND, "no such webhook", e);
}

static enum err_code hook_open(const struct vaulted *v, const struct db_rows *r, struct arena *a, struct hook *h,
                               struct err *e)
{
    struct seal_at types, url, at;
    const struct packed_key *p;
    str keys;

    *h = (struct hook){.id = db_id(r, 0),
                       .created_at_ms = db_i64(r, 1),
                       .state = (enum hook_state)db_i64(r, 2),
                       .failing_since_ms = db_is_null(r, 6) ? CLOCK_NONE : db_i64(r, 6)};
    types = place(v, "webhook", "types_sealed", h->id), url = place(v, "webhook", "url_sealed", h->id);
    at = place(v, "webhook", "keys_sealed", h->id);
    if (seal_open(v->keys, &types, db_bytes(r, 3), a, &h->types, e) ||
        seal_open(v->keys, &url, db_bytes(r, 4), a, &h->url, e) || seal_open(v->keys, &at, db_bytes(r, 5), a, &keys, e))
        return err_wrap(e, "webhook");
    p = (const struct packed_key *)(const void *)keys.p;
    for (size_t i = 0; i < keys.n / sizeof *p && h->keys_n < HOOK_KEYS_MAX; i++) {
        if (p[i].until_ms != CLOCK_NONE && p[i].until_ms < clock_now_ms())
            continue;
        h->until_ms[h->keys_n] = p[i].until_ms;
        h->keys[h->keys_n++] = p[i].keys;
    }
    return ERR_OK;
}

static enum err_code hooks_of(struct db_tx *t, const struct vaulted *v, int stmt, const struct db_val *args, size_t n,
                              struct arena *a, struct hook **out, size_t *out_n, struct err *e)
{
    struct hook *list;
    struct db_rows r;
    size_t got = 0;

    if (db_run(t, &hooks_sql[stmt], args, n, &r, e))
        return e->code;
    list = ARENA_ARRAY(a, struct hook, (size_t)r.rows_n + 1);
    while (db_next(&r)) {
        if (hook_open(v, &r, a, &list[got++], e)) {
            db_rows_done(&r);
            return e->code;
        }
    }
    db_rows_done(&r);
    *out = list;
    *out_n = got;
    return ERR_OK;
}

enum err_code hook_load(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, struct arena *a,
                        struct hook **out, size_t *out_n, struct err *e)
{
    return hooks_of(t, v, HOOK_LOAD, DB_ARGS(P_ID(v->workspace), P_IDS(ids, n)), a, out, out_n, e);
}

enum err_code hook_page(struct db_tx *t, const struct vaulted *v, const struct page_want *w, struct arena *a,
                        struct hook **out, size_t *out_n, struct err *e)
{
    return hooks_of(t, v, w->desc ? HOOK_PAGE_DOWN : HOOK_PAGE_UP, DB_ARGS(P_ID(v->workspace), P_PAGE(w)), a, out,
                    out_n, e);
}

enum err_code hook_drop(struct db_tx *t, struct id id, struct err *e)
{
    return touch(t, HOOK_DROP, DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(id)), ERR_NOT_FOUND, "no such webhook", e);
}

/* ---- deliveries ---- */

struct fan {
    struct id *ids, *hooks, *objects, *subjects, *attempts;
    int64_t *ats;
    str *types;
    struct job_new *jobs;
    size_t n;
};

static enum err_code fan_store(struct db_tx *t, const struct fan *f, struct err *e)
{
    if (!f->n)
        return ERR_OK;
    if (db_send(t, &hooks_sql[DELIVERY_ADD],
                DB_ARGS(P_ID(db_tx_workspace(t)), P_IDS(f->ids, f->n), P_IDS(f->hooks, f->n), P_TEXTS(f->types, f->n),
                        P_IDS(f->objects, f->n), P_IDS(f->subjects, f->n), P_I64S(f->ats, f->n), P_I64(clock_now_ms()),
                        P_IDS(f->attempts, f->n)),
                e))
        return e->code;
    return job_enqueue(t, f->jobs, f->n, e);
}

static void fan_put(struct fan *f, const struct hook *h, const struct event *ev)
{
    size_t i = f->n++;

    f->ids[i] = id_new();
    f->attempts[i] = id_new();
    f->hooks[i] = h->id;
    f->objects[i] = ev->object;
    f->subjects[i] = ev->subject;
    f->ats[i] = ev->at_ms;
    f->types[i] = str_of(ev->type);
    f->jobs[i] = (struct job_new){.queue = "webhook", .object = f->attempts[i], .source = h->id};
}

static enum err_code fan_some(struct db_tx *t, const struct vaulted *v, const struct hook *hooks, size_t hooks_n,
                              const struct event *ev, size_t n, struct arena *a, size_t *out_n, struct err *e)
{
    size_t max = hooks_n * n + 1;
    struct fan f = {.ids = ARENA_ARRAY(a, struct id, max),
                    .hooks = ARENA_ARRAY(a, struct id, max),
                    .objects = ARENA_ARRAY(a, struct id, max),
                    .subjects = ARENA_ARRAY(a, struct id, max),
                    .attempts = ARENA_ARRAY(a, struct id, max),
                    .ats = ARENA_ARRAY(a, int64_t, max),
                    .types = ARENA_ARRAY(a, str, max),
                    .jobs = ARENA_ARRAY(a, struct job_new, max)};

    (void)v;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < hooks_n; k++)
            if (ev[i].at_ms >= hooks[k].created_at_ms &&
                event_wanted(hooks[k].types, &ev[i])) /* nothing from before it was there */
                fan_put(&f, &hooks[k], &ev[i]);
    *out_n += f.n;
    return fan_store(t, &f, e);
}

static enum err_code fan_in(struct db_tx *t, const struct vaulted *v, int64_t last, struct arena *a, size_t *out_n,
                            struct err *e)
{
    struct hook *hooks;
    struct event *ev;
    struct db_rows r;
    size_t hooks_n = 0, n;
    int64_t from;

    if (db_run(t, &hooks_sql[FAN_FROM], DB_ARGS(P_ID(v->workspace)), &r, e))
        return e->code;
    from = db_next(&r) ? db_i64(&r, 0) : last;
    db_rows_done(&r);
    if (from >= last)
        return ERR_OK;
    if (hooks_of(t, v, HOOK_ACTIVE_LIST, DB_ARGS(P_ID(v->workspace)), a, &hooks, &hooks_n, e))
        return e->code;
    while (hooks_n && from < last) {
        if (event_after(v->db, v->workspace, from, FAN_MAX, a, &ev, &n, NULL, e))
            return e->code;
        while (n && ev[n - 1].n > last)
            n--;
        if (!n)
            break;
        if (fan_some(t, v, hooks, hooks_n, ev, n, a, out_n, e))
            return e->code;
        from = ev[n - 1].n;
    }
    return db_send(t, &hooks_sql[FAN_TO], DB_ARGS(P_ID(v->workspace), P_I64(last)), e);
}

enum err_code hook_fan_out(const struct vaulted *v, int64_t last, size_t *out_n, struct err *e)
{
    struct arena *a = arena_new_wiped("hooks");
    struct db_tx *t;
    enum err_code rc;

    *out_n = 0;
    rc = db_begin(v->db, v->workspace, TX_MS, &t, e);
    if (!rc) {
        rc = fan_in(t, v, last, a, out_n, e);
        if (rc)
            db_rollback(t);
        else
            rc = db_commit(t, e);
    }
    arena_free(a);
    return rc;
}

static void delivery_read(const struct db_rows *r, struct hook_delivery *d)
{
    *d = (struct hook_delivery){.id = db_id(r, 0),
                                .hook = db_id(r, 1),
                                .object = db_id(r, 2),
                                .subject = db_id(r, 3),
                                .attempt = db_id(r, 4),
                                .created_at_ms = db_i64(r, 5),
                                .at_ms = db_i64(r, 6),
                                .last_at_ms = db_is_null(r, 7) ? CLOCK_NONE : db_i64(r, 7),
                                .state = (enum hook_delivery_state)db_i64(r, 9),
                                .tries = (int)db_i64(r, 10),
                                .last_status = (int)db_i64(r, 11),
                                .last_code = (enum err_code)db_i64(r, 12)};
    snprintf(d->type, sizeof d->type, "%.*s", STR_ARG(db_bytes(r, 8)));
}

enum err_code hook_delivery_of(struct db_tx *t, struct id attempt, struct hook_delivery *out, struct err *e)
{
    struct db_rows r;
    bool found;

    if (db_run(t, &hooks_sql[DELIVERY_OF], DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(attempt)), &r, e))
        return e->code;
    found = db_next(&r);
    if (found)
        delivery_read(&r, out);
    db_rows_done(&r);
    return found ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such delivery");
}

static enum err_code deliveries_of(struct db_tx *t, int stmt, const struct db_val *args, size_t n, struct arena *a,
                                   struct hook_delivery **out, size_t *out_n, struct err *e)
{
    struct db_rows r;
    size_t got = 0;

    if (db_run(t, &hooks_sql[stmt], args, n, &r, e))
        return e->code;
    *out = ARENA_ARRAY(a, struct hook_delivery, (size_t)r.rows_n + 1);
    while (db_next(&r))
        delivery_read(&r, &(*out)[got++]);
    db_rows_done(&r);
    *out_n = got;
    return ERR_OK;
}

enum err_code hook_delivery_page(struct db_tx *t, struct db_val hooks, const struct page_want *w, struct arena *a,
                                 struct hook_delivery **out, size_t *out_n, struct err *e)
{
    return deliveries_of(t, w->desc ? DELIVERY_PAGE_DOWN : DELIVERY_PAGE_UP,
                         DB_ARGS(P_ID(db_tx_workspace(t)), P_PAGE(w), hooks), a, out, out_n, e);
}

enum err_code hook_delivery_load(struct db_tx *t, const struct id *ids, size_t n, struct arena *a,
                                 struct hook_delivery **out, size_t *out_n, struct err *e)
{
    return deliveries_of(t, DELIVERY_LOAD, DB_ARGS(P_ID(db_tx_workspace(t)), P_IDS(ids, n)), a, out, out_n, e);
}

enum err_code hook_delivery_note(struct db_tx *t, const struct hook_delivery *d, int64_t delay_ms, struct err *e)
{
    struct id ws = db_tx_workspace(t), next = delay_ms >= 0 ? id_new() : d->attempt;
    struct job_new job = {.queue = "webhook", .object = next, .source = d->hook, .delay_ms = delay_ms};
    bool well = d->state == HOOK_DELIVERED, tried = d->last_at_ms != CLOCK_NONE;

    if (db_send(t, &hooks_sql[DELIVERY_NOTE],
                DB_ARGS(P_ID(ws), P_ID(d->id), P_I64(d->state), P_I64(d->tries), P_ID(next),
                        P_I64_OR_NULL(d->last_at_ms, CLOCK_NONE), P_I64_OR_NULL(d->last_status, 0),
                        P_I64_OR_NULL(d->last_code, ERR_OK)),
                e) ||
        (tried &&
         db_send(t, &hooks_sql[HOOK_FAILING],
                 DB_ARGS(P_ID(ws), P_ID(d->hook), P_I64_OR_NULL(well ? CLOCK_NONE : d->last_at_ms, CLOCK_NONE)), e)))
        return e->code;
    return delay_ms >= 0 ? job_enqueue(t, &job, 1, e) : ERR_OK;
}
