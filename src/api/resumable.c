/* api/resumable.c - large files in parts: say how large, send parts, complete. Whoever is cut off asks how many bytes are there
 * and goes on from there, also after a kill of the server. */
#include "api/resource.h"
#include "formats/format.h"
#include "pipeline/ingest.h"
#include "records/uploads.h"

static const char *const states[] = {"open", "complete", NULL};

enum { F_ID_, F_SIZE, F_RECEIVED, F_STATE, F_SOURCE, F_PATH, F_UPLOAD, F_CREATED, F_EXPIRES, F_COUNT };
static const struct res_field fields[F_COUNT] = {
    [F_ID_] = {"id", RES_ID, RES_READ_ONLY, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [F_SIZE] = {"size_bytes", RES_INT, RES_NEEDED, "Bytes of the whole file.", "1048576", .min = 1,
                .max = FORMAT_BYTES_MAX},
    [F_RECEIVED] = {"received_bytes", RES_INT, RES_READ_ONLY, "Bytes that are there: where to go on.", "0"},
    [F_STATE] = {"state", RES_ENUM, RES_READ_ONLY, "Open until it was completed.", "\"open\"", .words = states},
    [F_SOURCE] = {"source", RES_STR, RES_SEALED, "Path to show for it.", "\"calls/pilot.vtt\"", .max = 4096},
    [F_PATH] = {"path", RES_STR, RES_SEALED, "Absolute path: a later file of the same path replaces this one.",
                "\"/srv/calls/pilot.vtt\"", .max = 4096},
    [F_UPLOAD] = {"upload", RES_ID, RES_READ_ONLY | RES_NULLABLE, "What it became: see /v1/uploads/{id}.",
                  "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\""},
    [F_CREATED] = {"created_at", RES_TIME, RES_READ_ONLY | RES_SORT | RES_RANGE, "When it was begun.",
                   "\"2026-06-10T09:30:00.000Z\""},
    [F_EXPIRES] = {"expires_at", RES_TIME, RES_READ_ONLY, "Until when it is kept.", "\"2026-06-17T09:30:00.000Z\""},
};
static const struct res_shape shape = {"ResumableUpload", "A file that comes in parts.", RES_FIELDS(fields)};

static struct res_val *item_of(struct res_ctx *c, const void *row)
{
    const struct upload *u = row;
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, F_COUNT);

    item[F_ID_] = res_id(u->id);
    item[F_SIZE] = res_i64(u->size_bytes);
    item[F_RECEIVED] = res_i64(u->received);
    item[F_STATE] = res_str(str_of(states[!id_is_nil(u->raw)]));
    item[F_SOURCE] = res_str(u->source);
    item[F_PATH] = res_str(u->path);
    item[F_UPLOAD] = res_id(u->raw);
    item[F_CREATED] = res_time(u->created_at_ms);
    item[F_EXPIRES] = res_time(u->created_at_ms + UPLOAD_KEEP_MS);
    return item;
}

/* Whose uploads the caller may see: one's own, or with a permission for the workspace everybody's (nil). */
static struct id whose(struct res_ctx *c)
{
    return c->who.reach == REACH_WORKSPACE ? ID_NIL : c->who.user;
}

static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    struct page_want w = res_page_want(q, "created_at");
    struct upload *rows;
    size_t n;

    if (uploads_page(c->t, c->v, whose(c), &w, c->a, &rows, &n, e))
        return e->code;
    res_page_fill(c, page, q, &shape, rows, n, sizeof *rows, item_of);
    return ERR_OK;
}

static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e)
{
    struct upload *rows;
    size_t rows_n;

    (void)want;
    if (uploads_load(c->t, c->v, whose(c), ids, n, c->a, &rows, &rows_n, e))
        return e->code;
    res_rows_place(c, &shape, ids, n, rows, rows_n, sizeof *rows, item_of, items);
    return ERR_OK;
}

static enum err_code create(struct res_ctx *c, const struct res_val *in, struct id *out_id, struct err *e)
{
    struct upload u = {.owner = c->who.user,
                       .size_bytes = in[F_SIZE].v.i,
                       .source = in[F_SOURCE].is == RES_SET ? in[F_SOURCE].v.s : STR(""),
                       .path = in[F_PATH].is == RES_SET ? in[F_PATH].v.s : STR("")};

    if (upload_add(c->t, c->v, &u, c->a, e))
        return e->code;
    *out_id = u.id;
    return ERR_OK;
}

static enum err_code drop(struct res_ctx *c, struct id id, struct err *e)
{
    return upload_drop(c->t, c->v, id, e);
}

/* ---- a part ---- */

static const struct res_field part_query_fields[] = {
    {"offset", RES_INT, RES_NEEDED, "Bytes of the file before this part.", "0", .min = 0, .max = FORMAT_BYTES_MAX},
    {"sha256", RES_STR, 0, "SHA-256 of the part in hexadecimal digits: a part that was damaged on the way is refused.",
     "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"", .max = 64},
};
static const struct res_shape part_query = {"PartQuery", "", RES_FIELDS(part_query_fields)};
static const struct res_field part_fields[] = {
    {"received_bytes", RES_INT, 0, "Bytes that are there now.", "65536"},
};
static const struct res_shape part_shape = {"PartReceived", "What is there of a file.", RES_FIELDS(part_fields)};

static bool digest_fits(struct call *k)
{
    uint8_t hash[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];
    str want;

    if (!api_query_str(k, STR("sha256"), &want))
        return false;
    sha256(k->rq->body, hash);
    hex_put(hash, sizeof hash, hex);
    if (!want.n || str_eq_nocase(want, str_of(hex)))
        return true;
    http_problem(k->rep, 409, STR_NULL, STR("damaged on the way"),
                 STR("the part does not have the SHA-256 that was sent with it"));
    return false;
}

static void part_answer(struct call *k, int64_t received)
{
    struct buf b;
    struct jw w;

    buf_init(&b, 256);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_ki64(&w, "received_bytes", received);
    jw_end(&w);
    api_reply(k, 200, &b);
}

static void part_put(struct call *k)
{
    struct res_ctx c;
    struct res_val *mine = NULL;
    int64_t offset, received = 0;
    struct id id;
    struct err e = {0};

    if (!api_query_int(k, STR("offset"), 0, 0, FORMAT_BYTES_MAX, &offset) || !digest_fits(k))
        return;
    if (!id_parse(k->part[0], &id)) {
        http_problem(k->rep, 404, STR_NULL, STR("not found"), STR("there is no such upload, or you may not see it"));
        return;
    }
    if (!k->rq->body.n) {
        http_problem(k->rep, 422, STR_NULL, STR("an empty part"), STR("a part has at least one byte"));
        return;
    }
    if (!res_begin(&c, k, &e)) {
        if (many(&c, &id, 1, 1, &mine, &e) || (!mine && err_set(&e, ERR_NOT_FOUND, "not the caller's")) ||
            upload_part_put(c.t, c.v, id, offset, k->rq->body, k->a, &received, &e))
            res_abort(&c);
        else
            res_commit(&c, &e);
    }
    if (e.code == ERR_NOT_FOUND)
        http_problem(k->rep, 404, STR_NULL, STR("not found"), STR("there is no such upload, or you may not see it"));
    else if (e.code)
        http_problem_err(k->rep, &e);
    else
        part_answer(k, received);
}

/* ---- the whole ---- */

static enum err_code bytes_get(struct res_ctx *c, struct id id, struct upload *out, str *bytes, struct err *e)
{
    struct upload *rows = NULL;
    enum err_code rc;
    size_t n = 0;

    if (db_begin(c->v->db, c->v->workspace, 60000, &c->t, e))
        return e->code;
    rc = uploads_load(c->t, c->v, whose(c), &id, 1, c->a, &rows, &n, e);
    if (!rc && !n)
        rc = err_set(e, ERR_NOT_FOUND, "no such upload");
    if (!rc)
        *out = rows[0];
    if (!rc && id_is_nil(out->raw))
        rc = upload_bytes(c->t, c->v, out, c->a, bytes, e);
    res_abort(c);
    return rc;
}

/* Killed before the mark, the same bytes are known the next time: one raw, whatever happens. */
static enum err_code complete_act(struct res_ctx *c, struct id id, const struct res_val *in,
                                  const struct res_val *query, struct res_val **out, struct err *e)
{
    struct ingest_result r = {0};
    struct upload u = {0};
    str bytes = STR("");

    (void)in, (void)query;
    if (bytes_get(c, id, &u, &bytes, e))
        return e->code;
    if (id_is_nil(u.raw)) {
        if (ingest_submit(c->api->core, bytes, u.source, u.path, STR(""), c->a, &r, e))
            return e->code;
        u.raw = r.raw;
        if (db_begin(c->v->db, c->v->workspace, 20000, &c->t, e) || upload_done(c->t, c->v, id, u.raw, e)) {
            res_abort(c);
            return e->code;
        }
        if (res_commit(c, e))
            return e->code;
    }
    *out = item_of(c, &u);
    return ERR_OK;
}

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/resumable-uploads", PERM_INTERACTIONS_WRITE,
     "List files that come in parts"},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/resumable-uploads/{id}", PERM_INTERACTIONS_WRITE,
     "How much of a file is there"},
    {RES_OP_CREATE, "create", HTTP_M_POST, "/v1/resumable-uploads", PERM_INTERACTIONS_WRITE,
     "Begin to send a file in parts"},
    {RES_OP_DELETE, "delete", HTTP_M_DELETE, "/v1/resumable-uploads/{id}", PERM_INTERACTIONS_WRITE,
     "Forget a file that came in parts"},
    {RES_OP_RAW, "part", HTTP_M_PUT, "/v1/resumable-uploads/{id}/part", PERM_INTERACTIONS_WRITE,
     "Send the next part of a file", .query = &part_query, .answer = &part_shape, .flags = RES_OP_BYTES,
     .body_max = UPLOAD_PART_MAX, .raw = part_put},
    {RES_OP_ACT, "complete", HTTP_M_POST, "/v1/resumable-uploads/{id}/complete", PERM_INTERACTIONS_WRITE,
     "Bring the whole file in", .answer = &shape, .flags = RES_OP_AGAIN | RES_OP_LATE, .act = complete_act},
};

const struct resource res_resumable = {
    .name = "resumable-uploads",
    .key = "resumable_uploads",
    .one = "upload",
    .about = "Large files in parts: begin, send parts, complete.",
    .shape = &shape,
    .sort = "-created_at",
    RES_OPS(ops),
    .list = list,
    .many = many,
    .create = create,
    .drop = drop,
};
