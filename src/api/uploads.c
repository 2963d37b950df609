/* api/uploads.c - POST /v1/uploads?source=PATH&path=ABSOLUTE with the bytes of one file as the body; the field
 * Harken-Context may carry what a side table says about it, as a JSON object. */
#include "api/api.h"
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

void api_upload_post(struct call *k)
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
    if (r.state == RAW_PENDING && ingest_wait(api->core, r.raw, WAIT_MS, k->a, &done, &e)) {
        /* stored, and its fate can be asked for later: that is a success */
        done = r;
    }
    done.known = r.known;
    result_write(k, &done);
}

void api_upload_get(struct call *k)
{
    struct api *api = k->app;
    struct ingest_result r;
    struct id raw;
    struct err e;

    if (!id_parse(k->part[0], &raw)) {
        http_problem(k->rep, 404, STR_NULL, STR("not found"), STR("there is no such upload"));
        return;
    }
    if (ingest_wait(api->core, raw, WAIT_MS, k->a, &r, &e)) {
        http_problem_err(k->rep, &e);
        return;
    }
    result_write(k, &r);
}
