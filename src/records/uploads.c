#include "records/uploads.h"

#include "base/json.h"

enum {
    UPLOAD_ADD,
    UPLOAD_EXPIRE,
    UPLOAD_UP,
    UPLOAD_DOWN,
    UPLOAD_OF,
    UPLOAD_LOCK,
    UPLOAD_PART_HAS,
    UPLOAD_PART_ADD,
    UPLOAD_GROW,
    UPLOAD_PARTS,
    UPLOAD_DONE,
    UPLOAD_PARTS_DROP,
    UPLOAD_DROP
};

#define UPLOAD_COLUMNS "SELECT id, owner_id, raw_id, size_bytes, received, created_at, sealed FROM upload"
/* $1 workspace, $2 created from, $3 to, $4 place, $5 its id, $6 limit, $7 whose; null: anybody's */
#define UPLOAD_PAGE_(op, dir)                                                                                          \
    UPLOAD_COLUMNS " WHERE workspace_id=$1 AND ($2::bigint IS NULL OR created_at>=$2)"                                 \
                   " AND ($3::bigint IS NULL OR created_at<$3)"                                                        \
                   " AND ($4::bigint IS NULL OR (created_at, id) " op " ($4, $5::uuid))"                               \
                   " AND ($7::uuid IS NULL OR owner_id=$7)"                                                            \
                   " ORDER BY created_at " dir ", id " dir " LIMIT $6"
#define UPLOAD_PAGE(way) UPLOAD_PAGE_(way)

const struct db_stmt uploads_sql[] = {
    /* $1 workspace, $2 id, $3 size, $4 owner, $5 sealed, $6 now */
    [UPLOAD_ADD] = {"upload_add", "INSERT INTO upload (workspace_id, id, size_bytes, owner_id, sealed, created_at)"
                                  " VALUES ($1, $2, $3, $4, $5, $6)"},
    [UPLOAD_EXPIRE] = {"upload_expire", "DELETE FROM upload WHERE workspace_id=$1 AND created_at<$2"},
    [UPLOAD_UP] = {"upload_up", UPLOAD_PAGE(PAGE_UP)},
    [UPLOAD_DOWN] = {"upload_down", UPLOAD_PAGE(PAGE_DOWN)},
    [UPLOAD_OF] = {"upload_of", UPLOAD_COLUMNS " WHERE workspace_id=$1 AND id=ANY($2)"
                                               " AND ($3::uuid IS NULL OR owner_id=$3)"},
    [UPLOAD_LOCK] = {"upload_lock", "SELECT size_bytes, received, raw_id,"
                                    " (SELECT count(*) FROM upload_part p WHERE p.workspace_id=$1 AND p.upload_id=$2)"
                                    " FROM upload WHERE workspace_id=$1 AND id=$2 FOR UPDATE"},
    /* $3 offset, $4 size */
    [UPLOAD_PART_HAS] = {"upload_part_has", "SELECT 1 FROM upload_part WHERE workspace_id=$1 AND upload_id=$2"
                                            " AND offset_b=$3 AND size_bytes=$4"},
    [UPLOAD_PART_ADD] = {"upload_part_add",
                         "INSERT INTO upload_part (workspace_id, upload_id, offset_b, size_bytes, ordinal, sealed)"
                         " VALUES ($1, $2, $3, $4, $5, $6)"},
    [UPLOAD_GROW] = {"upload_grow", "UPDATE upload SET received=$3 WHERE workspace_id=$1 AND id=$2"},
    [UPLOAD_PARTS] = {"upload_parts", "SELECT ordinal, sealed FROM upload_part WHERE workspace_id=$1 AND upload_id=$2"
                                      " ORDER BY offset_b"},
    [UPLOAD_DONE] = {"upload_done", "UPDATE upload SET raw_id=$3 WHERE workspace_id=$1 AND id=$2"},
    [UPLOAD_PARTS_DROP] = {"upload_parts_drop", "DELETE FROM upload_part WHERE workspace_id=$1 AND upload_id=$2"},
    [UPLOAD_DROP] = {"upload_drop", "DELETE FROM upload WHERE workspace_id=$1 AND id=$2"},
};
const size_t uploads_sql_n = sizeof uploads_sql / sizeof *uploads_sql;

enum err_code upload_add(struct db_tx *t, const struct vaulted *v, struct upload *u, struct arena *a, struct err *e)
{
    struct seal_at at = {v->workspace, "upload", "sealed", id_new(), 0};
    enum err_code rc;
    struct buf b;
    struct jw w;
    str sealed;

    u->id = at.row;
    u->created_at_ms = clock_now_ms();
    buf_init_wiped(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "source", u->source);
    jw_kstr(&w, "path", u->path);
    jw_end(&w);
    rc = buf_ok(&b) ? seal(v->keys, key_class(KEY_METADATA), &at, buf_view(&b), a, &sealed, e)
                    : err_set(e, ERR_LIMIT, "the paths are too long");
    buf_done(&b);
    if (rc || db_send(t, &uploads_sql[UPLOAD_EXPIRE],
                      DB_ARGS(P_ID(v->workspace), P_I64(u->created_at_ms - UPLOAD_KEEP_MS)), e))
        return e->code;
    return db_send(t, &uploads_sql[UPLOAD_ADD],
                   DB_ARGS(P_ID(v->workspace), P_ID(u->id), P_I64(u->size_bytes), P_ID_OR_NULL(u->owner),
                           P_BYTES(sealed), P_I64(u->created_at_ms)),
                   e);
}

static enum err_code meta_open(const struct vaulted *v, struct upload *u, str sealed, struct arena *a, struct err *e)
{
    struct seal_at at = {v->workspace, "upload", "sealed", u->id, 0};
    struct json_doc *d = NULL;
    str plain;

    if (seal_open(v->keys, &at, sealed, a, &plain, e) || json_parse(plain, &d, e))
        return e->code;
    u->source = str_dup(a, json_str(json_get(json_root(d), "source"), STR("")));
    u->path = str_dup(a, json_str(json_get(json_root(d), "path"), STR("")));
    json_free(d);
    return ERR_OK;
}

static enum err_code rows_read(struct db_rows *r, const struct vaulted *v, struct arena *a, struct upload **out,
                               size_t *out_n, struct err *e)
{
    enum err_code rc = ERR_OK;
    size_t n = 0;

    *out = ARENA_ARRAY(a, struct upload, (size_t)r->rows_n + 1);
    while (!rc && db_next(r)) {
        struct upload *u = &(*out)[n++];
        *u = (struct upload){.id = db_id(r, 0),
                             .owner = db_id(r, 1),
                             .raw = db_id(r, 2),
                             .size_bytes = db_i64(r, 3),
                             .received = db_i64(r, 4),
                             .created_at_ms = db_i64(r, 5)};
        rc = meta_open(v, u, db_bytes(r, 6), a, e);
    }
    db_rows_done(r);
    *out_n = n;
    return rc;
}

enum err_code uploads_page(struct db_tx *t, const struct vaulted *v, struct id owner, const struct page_want *w,
                           struct arena *a, struct upload **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &uploads_sql[w->desc ? UPLOAD_DOWN : UPLOAD_UP],
               DB_ARGS(P_ID(v->workspace), P_PAGE_SPAN(w), P_PAGE(w), P_ID_OR_NULL(owner)), &r, e))
        return e->code;
    return rows_read(&r, v, a, out, out_n, e);
}

enum err_code uploads_load(struct db_tx *t, const struct vaulted *v, struct id owner, const struct id *ids, size_t n,
                           struct arena *a, struct upload **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &uploads_sql[UPLOAD_OF], DB_ARGS(P_ID(v->workspace), P_IDS(ids, n), P_ID_OR_NULL(owner)), &r, e))
        return e->code;
    return rows_read(&r, v, a, out, out_n, e);
}

struct locked {
    bool found, complete;
    int64_t size, received, parts;
};

static enum err_code upload_lock(struct db_tx *t, const struct vaulted *v, struct id id, struct locked *out,
                                 struct err *e)
{
    struct db_rows r;

    *out = (struct locked){0};
    if (db_run(t, &uploads_sql[UPLOAD_LOCK], DB_ARGS(P_ID(v->workspace), P_ID(id)), &r, e))
        return e->code;
    if (db_next(&r))
        *out = (struct locked){true, !db_is_null(&r, 2), db_i64(&r, 0), db_i64(&r, 1), db_i64(&r, 3)};
    db_rows_done(&r);
    return out->found ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such upload");
}

static enum err_code part_has(struct db_tx *t, const struct vaulted *v, struct id id, int64_t offset, size_t n,
                              bool *out, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &uploads_sql[UPLOAD_PART_HAS], DB_ARGS(P_ID(v->workspace), P_ID(id), P_I64(offset), P_I64(n)), &r, e))
        return e->code;
    *out = db_next(&r);
    db_rows_done(&r);
    return ERR_OK;
}

enum err_code upload_part_put(struct db_tx *t, const struct vaulted *v, struct id id, int64_t offset, str bytes,
                              struct arena *a, int64_t *out_received, struct err *e)
{
    struct seal_at at = {v->workspace, "upload_part", "sealed", id, 0};
    struct locked now;
    bool has = false;
    str sealed;

    if (upload_lock(t, v, id, &now, e))
        return e->code;
    *out_received = now.received;
    if (now.complete)
        return err_set(e, ERR_EXISTS, "it is complete already");
    if (offset < now.received && part_has(t, v, id, offset, bytes.n, &has, e))
        return e->code;
    if (has)
        return ERR_OK;
    if (offset != now.received)
        return err_set(e, ERR_CONFLICT, "%lld bytes are there: go on from there", (long long)now.received);
    if ((int64_t)bytes.n > now.size - offset)
        return err_set(e, ERR_LIMIT, "the file was said to have %lld bytes", (long long)now.size);
    at.sub = (uint32_t)now.parts;
    if (seal(v->keys, key_class(KEY_CONTENT), &at, bytes, a, &sealed, e))
        return e->code;
    *out_received = offset + (int64_t)bytes.n;
    if (db_send(t, &uploads_sql[UPLOAD_PART_ADD],
                DB_ARGS(P_ID(v->workspace), P_ID(id), P_I64(offset), P_I64(bytes.n), P_I64(now.parts), P_BYTES(sealed)),
                e))
        return e->code;
    return db_send(t, &uploads_sql[UPLOAD_GROW], DB_ARGS(P_ID(v->workspace), P_ID(id), P_I64(*out_received)), e);
}

enum err_code upload_bytes(struct db_tx *t, const struct vaulted *v, const struct upload *u, struct arena *a, str *out,
                           struct err *e)
{
    struct seal_at at = {v->workspace, "upload_part", "sealed", u->id, 0};
    char *p = arena_alloc(a, (size_t)u->size_bytes);
    enum err_code rc = ERR_OK;
    struct db_rows r;
    size_t n = 0;

    if (u->received != u->size_bytes)
        return err_set(e, ERR_CONFLICT, "%lld of %lld bytes are there", (long long)u->received,
                       (long long)u->size_bytes);
    if (db_run(t, &uploads_sql[UPLOAD_PARTS], DB_ARGS(P_ID(v->workspace), P_ID(u->id)), &r, e))
        return e->code;
    while (!rc && db_next(&r)) {
        str sealed = db_bytes(&r, 1);
        size_t got = 0;
        at.sub = (uint32_t)db_i64(&r, 0);
        if (sealed.n < SEAL_OVERHEAD || sealed.n - SEAL_OVERHEAD > (size_t)u->size_bytes - n)
            rc = err_set(e, ERR_CORRUPT, "the parts of an upload do not fit");
        else
            rc = seal_open_to(v->keys, &at, sealed, p + n, &got, e);
        n += got;
    }
    db_rows_done(&r);
    if (!rc && n != (size_t)u->size_bytes)
        rc = err_set(e, ERR_CORRUPT, "a part of an upload is missing");
    *out = str_n(p, n);
    return rc;
}

enum err_code upload_done(struct db_tx *t, const struct vaulted *v, struct id id, struct id raw, struct err *e)
{
    if (db_send(t, &uploads_sql[UPLOAD_DONE], DB_ARGS(P_ID(v->workspace), P_ID(id), P_ID(raw)), e))
        return e->code;
    return db_send(t, &uploads_sql[UPLOAD_PARTS_DROP], DB_ARGS(P_ID(v->workspace), P_ID(id)), e);
}

enum err_code upload_drop(struct db_tx *t, const struct vaulted *v, struct id id, struct err *e)
{
    struct db_rows r;
    int64_t n;

    if (db_run(t, &uploads_sql[UPLOAD_DROP], DB_ARGS(P_ID(v->workspace), P_ID(id)), &r, e))
        return e->code;
    n = r.affected;
    db_rows_done(&r);
    return n ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such upload");
}
