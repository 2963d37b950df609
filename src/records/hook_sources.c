#include "records/hook_sources.h"

#include "base/clock.h"

#define DAY_MS ((int64_t)86400 * 1000)
#define SEEN_MS (2 * DAY_MS)
#define KEEP_MS (30 * DAY_MS)

enum {
    SOURCE_ADD,
    SOURCE_KEYS,
    SOURCE_PAGE_UP,
    SOURCE_PAGE_DOWN,
    SOURCE_LOAD,
    SOURCE_NAMED,
    SOURCE_DROP,
    SEEN_ADD,
    SEEN_FORGET,
    MESSAGE_ADD,
    MESSAGE_TOLD,
    MESSAGE_FORGET,
};

#define SOURCE_COLS "SELECT s.id, s.created_at, s.name, s.keys_sealed"
#define SOURCE_FULL                                                                                                    \
    SOURCE_COLS ", m.n, m.last FROM hook_source s CROSS JOIN LATERAL (SELECT count(*) AS n, max(received_at) AS last " \
                "FROM hook_message m WHERE m.workspace_id=s.workspace_id AND m.source_id=s.id) m WHERE "               \
                "s.workspace_id=$1"
#define SOURCE_PAGE_OF(op, dir)                                                                                        \
    SOURCE_FULL " AND ($2::bigint IS NULL OR (s.created_at, s.id) " op " ($2, $3)) ORDER BY s.created_at " dir         \
                ", s.id " dir " LIMIT $4"

const struct db_stmt hook_sources_sql[] = {
    /* $1 workspace, $2 id, $3 created, $4 name, $5 keys */
    [SOURCE_ADD] = {"hook_source_add",
                    "INSERT INTO hook_source (workspace_id, id, created_at, name, scheme, keys_sealed)"
                    " VALUES ($1,$2,$3,$4,0,$5) ON CONFLICT (workspace_id, name) DO NOTHING"},
    /* $1 workspace, $2 id, $3 keys */
    [SOURCE_KEYS] = {"hook_source_keys", "UPDATE hook_source SET keys_sealed=$3 WHERE workspace_id=$1 AND id=$2"},
    /* $1 workspace, $2 $3 place, $4 limit */
    [SOURCE_PAGE_UP] = {"hook_source_page_up", SOURCE_PAGE_OF(">", "ASC")},
    [SOURCE_PAGE_DOWN] = {"hook_source_page_down", SOURCE_PAGE_OF("<", "DESC")},
    [SOURCE_LOAD] = {"hook_source_load", SOURCE_FULL " AND s.id=ANY($2::uuid[])"},
    [SOURCE_NAMED] = {"hook_source_named", SOURCE_COLS " FROM hook_source s WHERE s.workspace_id=$1 AND s.name=$2"},
    [SOURCE_DROP] = {"hook_source_drop", "DELETE FROM hook_source WHERE workspace_id=$1 AND id=$2"},
    /* $1 workspace, $2 source, $3 message, $4 now */
    [SEEN_ADD] = {"hook_seen_add", "INSERT INTO hook_seen (workspace_id, source_id, message, at) VALUES ($1,$2,$3,$4)"
                                   " ON CONFLICT DO NOTHING"},
    /* $1 workspace, $2 source, $3 before */
    [SEEN_FORGET] = {"hook_seen_forget", "DELETE FROM hook_seen WHERE workspace_id=$1 AND source_id=$2 AND at<$3"},
    /* $1 workspace, $2 id, $3 source, $4 now, $5 sealed */
    [MESSAGE_ADD] = {"hook_message_add", "INSERT INTO hook_message (workspace_id, id, source_id, received_at, sealed)"
                                         " VALUES ($1,$2,$3,$4,$5)"},
    /* $1 workspace, $2 id */
    [MESSAGE_TOLD] = {"hook_message_told",
                      "UPDATE hook_message SET state=1 WHERE workspace_id=$1 AND id=$2 AND state=0"},
    /* $1 workspace, $2 source, $3 before */
    [MESSAGE_FORGET] = {"hook_message_forget",
                        "DELETE FROM hook_message WHERE workspace_id=$1 AND source_id=$2 AND received_at<$3"},
};
const size_t hook_sources_sql_n = sizeof hook_sources_sql / sizeof hook_sources_sql[0];

static enum err_code touch(struct db_tx *t, int stmt, const struct db_val *v, size_t n, int64_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &hook_sources_sql[stmt], v, n, &r, e))
        return e->code;
    *out_n = r.affected;
    db_rows_done(&r);
    return ERR_OK;
}

/* ---- senders ---- */

struct packed_key {
    struct hooksig_check key;
    int64_t until_ms;
};

bool hook_source_name_proper(str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i)))
            return false;
    }
    return name.n && name.n <= 63;
}

static struct seal_at keys_place(const struct vaulted *v, struct id source)
{
    return (struct seal_at){.workspace = v->workspace, .table = "hook_source", .column = "keys_sealed", .row = source};
}

static enum err_code keys_seal(const struct vaulted *v, const struct hook_source *s, struct arena *a, str *out,
                               struct err *e)
{
    struct packed_key *p = ARENA_ARRAY(a, struct packed_key, HOOK_SOURCE_KEYS_MAX);
    struct seal_at at = keys_place(v, s->id);

    for (size_t i = 0; i < s->keys_n; i++) {
        p[i].key = s->keys[i];
        p[i].until_ms = s->until_ms[i];
    }
    return seal(v->keys, key_class(KEY_TOKENS), &at, str_n((const char *)p, s->keys_n * sizeof *p), a, out, e);
}

enum err_code hook_source_add(struct db_tx *t, const struct vaulted *v, struct hook_source *s, struct arena *a,
                              struct err *e)
{
    int64_t n = 0;
    str keys;

    s->id = id_new();
    s->created_at_ms = clock_now_ms();
    if (keys_seal(v, s, a, &keys, e) ||
        touch(t, SOURCE_ADD,
              DB_ARGS(P_ID(v->workspace), P_ID(s->id), P_I64(s->created_at_ms), P_TEXT(s->name), P_BYTES(keys)), &n, e))
        return e->code;
    return n ? ERR_OK : err_set(e, ERR_EXISTS, "there is a source of this name");
}

static enum err_code source_open(const struct vaulted *v, const struct db_rows *r, struct arena *a,
                                 struct hook_source *s, struct err *e)
{
    const struct packed_key *p;
    struct seal_at at;
    str keys;

    *s = (struct hook_source){
        .id = db_id(r, 0), .created_at_ms = db_i64(r, 1), .name = str_dup(a, db_bytes(r, 2)), .last_ms = CLOCK_NONE};
    at = keys_place(v, s->id);
    if (seal_open(v->keys, &at, db_bytes(r, 3), a, &keys, e))
        return err_wrap(e, "hook source");
    p = (const struct packed_key *)(const void *)keys.p;
    for (size_t i = 0; i < keys.n / sizeof *p && s->keys_n < HOOK_SOURCE_KEYS_MAX; i++) {
        if (p[i].until_ms != CLOCK_NONE && p[i].until_ms < clock_now_ms())
            continue;
        s->until_ms[s->keys_n] = p[i].until_ms;
        s->keys[s->keys_n++] = p[i].key;
    }
    return ERR_OK;
}

static enum err_code sources_of(struct db_tx *t, const struct vaulted *v, int stmt, const struct db_val *args, size_t n,
                                struct arena *a, struct hook_source **out, size_t *out_n, struct err *e)
{
    struct hook_source *list;
    struct db_rows r;
    size_t got = 0;

    if (db_run(t, &hook_sources_sql[stmt], args, n, &r, e))
        return e->code;
    list = ARENA_ARRAY(a, struct hook_source, (size_t)r.rows_n + 1);
    while (db_next(&r)) {
        struct hook_source *s = &list[got++];
        if (source_open(v, &r, a, s, e)) {
            db_rows_done(&r);
            return e->code;
        }
        if (stmt == SOURCE_NAMED)
            continue;
        s->messages = db_i64(&r, 4);
        s->last_ms = db_is_null(&r, 5) ? CLOCK_NONE : db_i64(&r, 5);
    }
    db_rows_done(&r);
    *out = list;
    *out_n = got;
    return ERR_OK;
}

enum err_code hook_source_page(struct db_tx *t, const struct vaulted *v, const struct page_want *w, struct arena *a,
                               struct hook_source **out, size_t *out_n, struct err *e)
{
    return sources_of(t, v, w->desc ? SOURCE_PAGE_DOWN : SOURCE_PAGE_UP, DB_ARGS(P_ID(v->workspace), P_PAGE(w)), a, out,
                      out_n, e);
}

enum err_code hook_source_load(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n,
                               struct arena *a, struct hook_source **out, size_t *out_n, struct err *e)
{
    return sources_of(t, v, SOURCE_LOAD, DB_ARGS(P_ID(v->workspace), P_IDS(ids, n)), a, out, out_n, e);
}

enum err_code hook_source_named(struct db_tx *t, const struct vaulted *v, str name, struct arena *a,
                                struct hook_source *out, struct err *e)
{
    struct hook_source *list;
    size_t n;

    if (sources_of(t, v, SOURCE_NAMED, DB_ARGS(P_ID(v->workspace), P_TEXT(name)), a, &list, &n, e))
        return e->code;
    if (!n)
        return err_set(e, ERR_NOT_FOUND, "no such source");
    *out = list[0];
    return ERR_OK;
}

enum err_code hook_source_rotate(struct db_tx *t, const struct vaulted *v, struct id id,
                                 const struct hooksig_check *key, struct arena *a, struct err *e)
{
    struct hook_source *s = NULL;
    size_t found = 0;
    int64_t n = 0;
    str keys;

    if (hook_source_load(t, v, &id, 1, a, &s, &found, e))
        return e->code;
    if (!found)
        return err_set(e, ERR_NOT_FOUND, "no such source");
    s->keys[1] = s->keys[0];
    s->until_ms[1] = clock_now_ms() + DAY_MS;
    s->keys[0] = *key;
    s->until_ms[0] = CLOCK_NONE;
    s->keys_n = s->keys_n ? 2 : 1;
    if (keys_seal(v, s, a, &keys, e) ||
        touch(t, SOURCE_KEYS, DB_ARGS(P_ID(v->workspace), P_ID(id), P_BYTES(keys)), &n, e))
        return e->code;
    return n ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such source");
}

enum err_code hook_source_drop(struct db_tx *t, struct id id, struct err *e)
{
    int64_t n = 0;

    if (touch(t, SOURCE_DROP, DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(id)), &n, e))
        return e->code;
    return n ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such source");
}

/* ---- messages ---- */

enum err_code hook_message_add(struct db_tx *t, const struct vaulted *v, struct id source, str message_id, str body,
                               struct arena *a, bool *out_new, struct err *e)
{
    struct id id = id_new();
    struct seal_at at = {.workspace = v->workspace, .table = "hook_message", .column = "sealed", .row = id};
    struct job_new job = {.queue = "hook", .object = id, .source = source};
    const str parts[] = {message_id, body};
    int64_t now = clock_now_ms(), n = 0;
    uint8_t hash[SHA256_BYTES];
    str sealed;

    sha256(message_id, hash);
    if (touch(t, SEEN_ADD, DB_ARGS(P_ID(v->workspace), P_ID(source), P_BYTES_N(hash, sizeof hash), P_I64(now)), &n, e))
        return e->code;
    *out_new = n > 0;
    if (!*out_new)
        return ERR_OK;
    if (seal(v->keys, key_class(KEY_CONTENT), &at, str_join(a, parts, 2, STR("\n")), a, &sealed, e) ||
        db_send(t, &hook_sources_sql[MESSAGE_ADD],
                DB_ARGS(P_ID(v->workspace), P_ID(id), P_ID(source), P_I64(now), P_BYTES(sealed)), e))
        return e->code;
    return job_enqueue(t, &job, 1, e);
}

enum err_code hook_message_told(struct db_tx *t, const struct job *job, bool *out_first, struct err *e)
{
    struct id ws = db_tx_workspace(t);
    int64_t now = clock_now_ms(), n = 0;

    if (touch(t, MESSAGE_TOLD, DB_ARGS(P_ID(ws), P_ID(job->object)), &n, e) ||
        db_send(t, &hook_sources_sql[SEEN_FORGET], DB_ARGS(P_ID(ws), P_ID(job->source), P_I64(now - SEEN_MS)), e) ||
        db_send(t, &hook_sources_sql[MESSAGE_FORGET], DB_ARGS(P_ID(ws), P_ID(job->source), P_I64(now - KEEP_MS)), e))
        return e->code;
    *out_first = n > 0;
    return ERR_OK;
}
