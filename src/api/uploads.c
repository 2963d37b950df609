/* api/uploads.c - POST /v1/uploads?source=PATH&path=ABSOLUTE with the bytes of one file as the body; the field
 * Harken-Context may carry what a side table says about it, as a JSON object. */
#include "api/resource.h"
#include "formats/format.h"
#include "pipeline/ingest.h"

enum { WAIT_MS = 20000 };

static void result_write(struct call *k, const struct ingest_result *r)
{
    static const char *const states[] = {[RAW_PENDING] = "pending", [RAW_DONE] = "done", [RAW_FAILED] = "failed"};
    struct buf b;
    struct jw w;

    buf_init_wiped(&b, 64 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "id", id_str(k->a, r->raw));
    jw_kstr(&w, "state", str_of(states[r->state]));
    jw_kbool(&w, "known", r->known);
    jw_karr(&w, "interactions");
    for (size_t i = 0; i < r->interactions_n; i++)
        jw_str(&w, id_str(k->a, r->interactions[i]));
    jw_end(&w);
    jw_karr(&w, "problems");
    for (size_t i = 0; i < r->problems_n; i++) {
        jw_obj(&w);
        jw_kstr(&w, "place", r->problems[i].place);
        jw_kstr(&w, "reason", r->problems[i].reason);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    api_reply(k, r->state == RAW_PENDING ? 202 : 200, &b);
}

static void upload_post(struct call *k)
{
    struct api *api = k->app;
    struct ingest_result r, done;
    str given, path;
    struct err e;

    if (!api_query_str(k, STR("source"), &given) || !api_query_str(k, STR("path"), &path))
        return;
    if (ingest_submit(api->core, k->rq->body, given, path, http_field_get(k->rq, STR("harken-context")), k->a, &r,
                      &e)) {
        http_problem_err(k->rep, &e);
        return;
    }
    done = r;
    if (r.state == RAW_PENDING && ingest_finish(api->core, &r, WAIT_MS, k->a, &done, &e)) {
        /* stored, and its fate can be asked for later: that is a success */
        done = r;
    }
    done.known = r.known;
    result_write(k, &done);
}

/* An id of bytes opens nothing: of what came out of them only what the caller may see is named, and what is wrong with a file that
 * gave conversations only to who sees one of them. */
static enum err_code seen_keep(struct call *k, struct ingest_result *r, struct err *e)
{
    struct id_set seen;
    size_t n = 0;

    if (!r->interactions_n || k->who.reach == REACH_WORKSPACE)
        return ERR_OK;
    if (api_ids_seen(k, r->interactions, r->interactions_n, &seen, e))
        return e->code;
    for (size_t i = 0; i < r->interactions_n; i++)
        if (id_set_has(&seen, r->interactions[i]))
            r->interactions[n++] = r->interactions[i];
    r->interactions_n = n;
    if (!n)
        r->problems_n = 0;
    return ERR_OK;
}

static void upload_get(struct call *k)
{
    struct api *api = k->app;
    struct ingest_result r;
    struct id raw;
    struct err e;

    if (!id_parse(k->part[0], &raw)) {
        http_problem(k->rep, 404, STR_NULL, STR("not found"), STR("there is no such upload"));
        return;
    }
    if (ingest_wait(api->core, raw, WAIT_MS, k->a, &r, &e) || seen_keep(k, &r, &e)) {
        http_problem_err(k->rep, &e);
        return;
    }
    result_write(k, &r);
}

static const char *const state_words[] = {"pending", "done", "failed", NULL};

static const struct res_field query_fields[] = {
    {"source", RES_STR, 0, "Path to show for it.", "\"calls/pilot.vtt\"", .max = 4096},
    {"path", RES_STR, 0, "Absolute path: a later file of the same path replaces this one.", "\"/srv/calls/pilot.vtt\"",
     .max = 4096},
};
static const struct res_shape query_shape = {"UploadQuery", "", RES_FIELDS(query_fields)};
static const struct res_field problem_fields[] = {
    {"place", RES_STR, RES_SEALED, "Where in the file.", "\"line 3\""},
    {"reason", RES_STR, RES_SEALED, "What is wrong there.", "\"not a time\""},
};
static const struct res_shape problem_shape = {"UploadProblem", "Something in a file that could not be read.",
                                               RES_FIELDS(problem_fields)};
static const struct res_field fields[] = {
    {"id", RES_ID, 0, "Id of the bytes.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    {"state", RES_ENUM, 0, "Whether it was read.", "\"done\"", .words = state_words},
    {"known", RES_BOOL, 0, "The same bytes were there before.", "false"},
    {"interactions", RES_ID, RES_LIST, "Conversations found in it.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\"",
     .to = "interactions"},
    {"problems", RES_OBJ, RES_LIST, "What could not be read.", .of = &problem_shape},
};
static const struct res_shape shape = {"Upload", "A file that was sent, and what became of it.", RES_FIELDS(fields)};

static const struct res_op ops[] = {
    {RES_OP_RAW, "send", HTTP_M_POST, "/v1/uploads", PERM_INTERACTIONS_WRITE, "Bring in one file",
     .query = &query_shape, .answer = &shape, .status2 = 202, .flags = RES_OP_BYTES,
     .body_max = (size_t)FORMAT_BYTES_MAX, .raw = upload_post},
    {RES_OP_RAW, "result", HTTP_M_GET, "/v1/uploads/{id}", PERM_INTERACTIONS_WRITE, "What became of a file",
     .answer = &shape, .status2 = 202, .raw = upload_get},
};

const struct resource res_uploads = {
    .name = "uploads",
    .key = "uploads",
    .one = "upload",
    .about = "Files on their way in.",
    RES_OPS(ops),
};
