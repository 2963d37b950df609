/* api/operate.c - health, metrics, status, sign-in links, and the first page. */
#include "api/access_shapes.h"
#include "api/openapi.h"
#include "api/page.h"
#include "api/resource.h"
#include "base/metrics.h"

static struct metric rss = METRIC_GAUGE("harken_resident_bytes", "resident memory of the core process");

/* The certificate that browsers and programs elsewhere must trust when ours is of our own authority: public by nature. */
static void ca_get(struct call *k)
{
    const struct api *app = k->app;

    if (!app->ca_pem.n) {
        http_problem(k->rep, 404, STR_NULL, STR("not found"), STR("this server has no authority of its own"));
        return;
    }
    http_header(k->rep, STR("content-disposition"), STR("attachment; filename=\"harken-ca.pem\""));
    http_body(k->rep, STR("application/x-pem-file"), app->ca_pem);
}

static void healthz_get(struct call *k)
{
    http_json(k->rep, 200, STR("{\"alive\":true}\n"));
}

static bool all_ready(struct api *api)
{
    return atomic_load(&api->ready) && !atomic_load(&api->draining) && atomic_load(&api->core->index_ready);
}

static void readyz_get(struct call *k)
{
    struct api *api = k->app;
    struct err e;
    bool db = db_ping(api->core->v.db, 1000, &e) == ERR_OK, index = atomic_load(&api->core->index_ready);
    bool engine = api->core->em && embedder_pid(api->core->em) > 0, ok = all_ready(api) && db;
    struct buf b;
    struct jw w;

    buf_init(&b, 4096);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kbool(&w, "ready", ok);
    jw_kstr(&w, "database", db ? STR("up") : STR("down"));
    jw_kstr(&w, "index", index ? STR("up") : STR("being rebuilt"));
    jw_kstr(&w, "engine", engine ? STR("up") : api->core->em ? STR("being restarted") : STR("none configured"));
    jw_kstr(&w, "sandbox", atomic_load(&api->sandbox) ? STR("on") : STR("OFF: for debugging only"));
    if (atomic_load(&api->draining))
        jw_kbool(&w, "draining", true);
    jw_end(&w);
    if (!ok)
        http_retry_after(k->rep, 1);
    api_reply(k, ok ? 200 : 503, &b);
}

static void metrics_get(struct call *k)
{
    struct buf b;

    metric_set(&rss, metrics_resident_bytes());
    buf_init(&b, 4 << 20);
    metrics_print(&b);
    http_body(k->rep, STR("text/plain; version=0.0.4; charset=utf-8"), str_dup(k->a, buf_view(&b)));
    http_header(k->rep, STR("cache-control"), STR("no-store"));
    buf_done(&b);
}

static void status_index(struct api *api, struct jw *w)
{
    struct index_stats s;

    index_stats_get(api->core->ix, &s);
    jw_kobj(w, "index");
    jw_kbool(w, "ready", atomic_load(&api->core->index_ready));
    jw_ki64(w, "rebuilt", (int64_t)atomic_load(&api->core->rebuild_done));
    jw_ki64(w, "to_rebuild", (int64_t)atomic_load(&api->core->rebuild_total));
    jw_ki64(w, "interactions", (int64_t)s.interactions);
    jw_ki64(w, "chunks", (int64_t)s.chunks);
    jw_ki64(w, "chunks_with_vector", (int64_t)s.chunks_with_vector);
    jw_ki64(w, "terms", (int64_t)s.terms);
    jw_ki64(w, "bytes", (int64_t)s.bytes);
    jw_end(w);
}

static void status_model(struct api *api, struct jw *w)
{
    struct llm_info l;
    const struct embed_info *m = api->core->em ? embedder_info(api->core->em) : NULL;

    jw_kobj(w, "embedding");
    if (m) {
        jw_kstr(w, "model", str_of(m->model_name));
        jw_kstr(w, "sha256", str_of(m->model_hash));
        jw_ki64(w, "dim", m->dim);
        jw_ki64(w, "threads", m->threads);
    } else {
        jw_knull(w, "model");
        jw_kstr(w, "note", str_of(api->model_note));
    }
    jw_end(w);
    jw_kobj(w, "language_model");
    if (api->core->llm) {
        llm_info(api->core->llm, &l);
        jw_kstr(w, "model", str_of(l.name));
        jw_kstr(w, "sha256", str_of(l.hash));
        if (!llm_up(api->core->llm))
            jw_kstr(w, "note", STR("being restarted"));
    } else {
        jw_knull(w, "model");
        jw_kstr(w, "note",
                str_of(api->llm_note ? api->llm_note : "none configured: answers quote, they are not written"));
    }
    jw_end(w);
}

static void status_get(struct call *k)
{
    struct api *api = k->app;
    struct vaulted *v = &api->core->v;
    int64_t kinds[IA_KINDS] = {0};
    struct job_counts jobs = {0};
    struct db_tx *t = NULL;
    bool db;
    struct buf b;
    struct jw w;
    struct err e;

    db = job_count(v->db, v->workspace, STR("webhook"), &jobs, &e) == ERR_OK &&
         db_begin(v->db, v->workspace, 5000, &t, &e) == ERR_OK;
    if (db)
        db = record_ia_count(t, v, kinds, &e) == ERR_OK;
    db_rollback(t);
    buf_init(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kbool(&w, "ready", db && all_ready(api));
    jw_ki64(&w, "pending", jobs.pending);
    jw_ki64(&w, "dead", jobs.dead);
    jw_kstr(&w, "version", STR(HARKEN_VERSION));
    jw_kstr(&w, "url", str_of(gateway_url(k->g)));
    jw_ki64(&w, "uptime_s", (clock_mono_ms() - api->started_ms) / 1000);
    jw_kstr(&w, "database", db ? STR("up") : STR("down"));
    jw_kobj(&w, "interactions");
    for (int i = 0; i < IA_KINDS; i++)
        jw_ki64(&w, ia_kind_name((enum ia_kind)i), kinds[i]);
    jw_end(&w);
    jw_kobj(&w, "jobs");
    jw_ki64(&w, "ready", jobs.ready);
    jw_ki64(&w, "waiting", jobs.waiting);
    jw_ki64(&w, "leased", jobs.leased);
    jw_ki64(&w, "deliveries", jobs.of);
    jw_ki64(&w, "dead", jobs.dead);
    jw_end(&w);
    status_index(api, &w);
    status_model(api, &w);
    jw_ki64(&w, "resident_bytes", metrics_resident_bytes());
    jw_end(&w);
    api_reply(k, 200, &b);
}

static void sign_in_link_get(struct call *k)
{
    struct buf b;
    struct jw w;
    struct err e;
    str url;

    if (gateway_sign_in_link(k->g, ID_NIL, k->a, &url, &e)) {
        http_problem_err(k->rep, &e);
        return;
    }
    buf_init_wiped(&b, 4096);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "url", url);
    jw_end(&w);
    api_reply(k, 201, &b);
}

static void openapi_get(struct call *k)
{
    struct buf b;

    buf_init(&b, 8 << 20);
    openapi_write(&b);
    api_reply(k, 200, &b);
}

/* ---- what there is ---- */

static const struct res_field openapi_fields[] = {
    {"openapi", RES_STR, 0, "Version of OpenAPI.", "\"3.1.0\""},
    {"info", RES_JSON, 0, "What it describes.", "{}"},
    {"paths", RES_JSON, 0, "Its operations.", "{}"},
    {"components", RES_JSON, 0, "What they share.", "{}"},
};
static const struct res_shape openapi_shape = {"Description", "A description in OpenAPI.", RES_FIELDS(openapi_fields),
                                               .open = true};

static const struct res_field alive_fields[] = {
    {"alive", RES_BOOL, 0, "True: the process lives.", "true"},
};
static const struct res_shape alive_shape = {"Alive", "The process lives.", RES_FIELDS(alive_fields)};

static const struct res_field ready_fields[] = {
    {"ready", RES_BOOL, 0, "Whether a request would succeed.", "true"},
    {"database", RES_STR, 0, "up or down.", "\"up\""},
    {"index", RES_STR, 0, "up, or being rebuilt.", "\"up\""},
    {"engine", RES_STR, 0, "up, being restarted, or none configured.", "\"up\""},
    {"sandbox", RES_STR, 0, "on, unless it was switched off for debugging.", "\"on\""},
    {"draining", RES_BOOL, RES_MAYBE, "True while the server is stopping.", "true"},
};
static const struct res_shape ready_shape = {"Ready", "Whether each part is ready.", RES_FIELDS(ready_fields)};

static const struct res_field kinds_fields[] = {
    {"call", RES_INT, 0, "Calls.", "12"},
    {"mail", RES_INT, 0, "Mails.", "40"},
    {"note", RES_INT, 0, "Notes.", "7"},
    {"document", RES_INT, 0, "Documents.", "3"},
};
static const struct res_shape kinds_shape = {"InteractionCounts", "Conversations by kind.", RES_FIELDS(kinds_fields)};
static const struct res_field counts_fields[] = {
    {"ready", RES_INT, 0, "Ready to run.", "0"},
    {"waiting", RES_INT, 0, "Waiting for a later time.", "0"},
    {"leased", RES_INT, 0, "Being done.", "0"},
    {"deliveries", RES_INT, 0, "Of those not finished: messages to webhooks, which wait for others.", "0"},
    {"dead", RES_INT, 0, "Given up.", "0"},
};
static const struct res_shape counts_shape = {"JobCounts", "Jobs by state.", RES_FIELDS(counts_fields)};
static const struct res_field index_fields[] = {
    {"ready", RES_BOOL, 0, "Whether it is complete.", "true"},
    {"rebuilt", RES_INT, 0, "Conversations read again since the start.", "100"},
    {"to_rebuild", RES_INT, 0, "Conversations to read again at the start.", "100"},
    {"interactions", RES_INT, 0, "Conversations in it.", "100"},
    {"chunks", RES_INT, 0, "Pieces in it.", "900"},
    {"chunks_with_vector", RES_INT, 0, "Pieces that can be found by meaning.", "900"},
    {"terms", RES_INT, 0, "Different words.", "5000"},
    {"bytes", RES_INT, 0, "About what it holds in memory.", "1000000"},
};
static const struct res_shape index_shape = {"IndexStatus", "The search index.", RES_FIELDS(index_fields)};
static const struct res_field model_fields[] = {
    {"model", RES_STR, RES_NULLABLE, "Its name; null when there is none.", "\"all-MiniLM-L6-v2\""},
    {"sha256", RES_STR, RES_MAYBE, "SHA-256 of its file.", "\"9f86d081\""},
    {"dim", RES_INT, RES_MAYBE, "Numbers in a vector.", "384"},
    {"threads", RES_INT, RES_MAYBE, "Threads it computes with.", "2"},
    {"note", RES_STR, RES_MAYBE, "Why there is none.", "\"none configured\""},
};
static const struct res_shape model_shape = {"ModelStatus", "A model in use.", RES_FIELDS(model_fields)};
static const struct res_field status_fields[] = {
    {"ready", RES_BOOL, 0, "Whether a request would succeed.", "true"},
    {"pending", RES_INT, 0, "Jobs not finished.", "0"},
    {"dead", RES_INT, 0, "Jobs given up.", "0"},
    {"version", RES_STR, 0, "Version of the server.", "\"0.1.0\""},
    {"url", RES_STR, 0, "Where it listens.", "\"http://127.0.0.1:8470\""},
    {"uptime_s", RES_INT, 0, "Seconds since its start.", "3600"},
    {"database", RES_STR, 0, "up or down.", "\"up\""},
    {"interactions", RES_OBJ, 0, "Conversations by kind.", .of = &kinds_shape},
    {"jobs", RES_OBJ, 0, "Jobs by state.", .of = &counts_shape},
    {"index", RES_OBJ, 0, "The search index.", .of = &index_shape},
    {"embedding", RES_OBJ, 0, "The embedding model.", .of = &model_shape},
    {"language_model", RES_OBJ, 0, "The language model.", .of = &model_shape},
    {"resident_bytes", RES_INT, 0, "Memory of the core process.", "100000000"},
};
static const struct res_shape status_shape = {"Status", "How the server is and what it holds.",
                                              RES_FIELDS(status_fields)};

static const struct res_field link_fields[] = {
    {"url", RES_STR, 0, "Open it in a browser: good once and for 15 minutes.",
     "\"http://127.0.0.1:8470/sign-in?token=hk_example\""},
};
const struct res_shape link_shape = {"SignInLink", "A link that signs a browser in.", RES_FIELDS(link_fields)};

static const struct res_field sign_in_fields[] = {
    {"token", RES_STR, 0, "What the link carries.", "\"hk_example\""},
};
static const struct res_shape sign_in_query = {"SignInQuery", "", RES_FIELDS(sign_in_fields)};

static const struct res_op ops[] = {
    {RES_OP_RAW, "page", HTTP_M_GET, "/", PERM_PUBLIC, "The first page", .answer_type = "text/html",
     .flags = RES_OP_QUICK, .raw = api_page},
    {RES_OP_RAW, "reference", HTTP_M_GET, "/docs", PERM_PUBLIC, "This description to read and to try",
     .answer_type = "text/html", .flags = RES_OP_QUICK, .raw = api_page},
    {RES_OP_RAW, "graphiql", HTTP_M_GET, "/graphiql", PERM_PUBLIC, "GraphQL to write and to try",
     .answer_type = "text/html", .flags = RES_OP_QUICK, .raw = api_page},
    {RES_OP_RAW, "asset", HTTP_M_GET, "/assets/{name}", PERM_PUBLIC, "A file of the first page", .answer_type = "*/*",
     .flags = RES_OP_QUICK, .raw = api_page},
    {RES_OP_RAW, "authority", HTTP_M_GET, "/ca.pem", PERM_PUBLIC, "Certificate of the server's own authority",
     .answer_type = "application/x-pem-file", .flags = RES_OP_QUICK, .raw = ca_get},
    {RES_OP_RAW, "alive", HTTP_M_GET, "/healthz", PERM_PUBLIC, "Is the process alive", .answer = &alive_shape,
     .flags = RES_OP_QUICK, .raw = healthz_get},
    {RES_OP_RAW, "ready", HTTP_M_GET, "/readyz", PERM_PUBLIC, "Would a request succeed", .answer = &ready_shape,
     .status2 = 503, .raw = readyz_get},
    {RES_OP_RAW, "metrics", HTTP_M_GET, "/metrics", PERM_METRICS_READ, "Counters and times for Prometheus",
     .answer_type = "text/plain", .raw = metrics_get},
    {RES_OP_RAW, "openapi", HTTP_M_GET, "/v1/openapi.json", PERM_PUBLIC, "This description", .answer = &openapi_shape,
     .raw = openapi_get},
    {RES_OP_RAW, "status", HTTP_M_GET, "/v1/status", PERM_STATUS_READ, "How the server is and what it holds",
     .answer = &status_shape, .raw = status_get},
    {RES_OP_RAW, "sign_in", HTTP_M_GET, "/sign-in", PERM_PUBLIC, "Open a session with a sign-in link",
     .query = &sign_in_query, .status = 303, .answer_type = "text/html", .raw = gateway_sign_in},
    {RES_OP_RAW, "sign_in_link", HTTP_M_POST, "/v1/sign-in-links", PERM_OPERATOR, "Make a sign-in link",
     .answer = &link_shape, .status = 201, .raw = sign_in_link_get},
    {RES_OP_RAW, "sign_out", HTTP_M_POST, "/v1/sign-out", PERM_SELF, "End the session", .status = 204,
     .raw = gateway_sign_out},
};

const struct resource res_system = {
    .name = "system",
    .key = "system",
    .one = "system",
    .about = "Health, metrics, status, and the door.",
    RES_OPS(ops),
};
