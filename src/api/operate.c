/* api/operate.c - health, metrics, status, jobs that failed, sign-in links. */
#include "api/api.h"
#include "base/metrics.h"
#include "pipeline/worker.h"

static struct metric rss = METRIC_GAUGE("harken_resident_bytes", "resident memory of the core process");

/* The certificate that browsers and programs elsewhere must trust when ours is of our own authority: public by nature. */
void api_ca(struct call *k)
{
    const struct api *app = k->app;

    if (!app->ca_pem.n) {
        http_problem(k->rep, 404, STR_NULL, STR("not found"), STR("this server has no authority of its own"));
        return;
    }
    http_header(k->rep, STR("content-disposition"), STR("attachment; filename=\"harken-ca.pem\""));
    http_body(k->rep, STR("application/x-pem-file"), app->ca_pem);
}

void api_healthz(struct call *k)
{
    http_json(k->rep, 200, STR("{\"alive\":true}\n"));
}

static bool all_ready(struct api *api)
{
    return atomic_load(&api->ready) && !atomic_load(&api->draining) && atomic_load(&api->core->index_ready);
}

void api_readyz(struct call *k)
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

void api_metrics(struct call *k)
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
    jw_knull(w, "model");
    jw_kstr(w, "note", STR("none configured: answers quote, they are not written"));
    jw_end(w);
}

void api_status(struct call *k)
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

    db = job_count(v->db, v->workspace, &jobs, &e) == ERR_OK && db_begin(v->db, v->workspace, 5000, &t, &e) == ERR_OK;
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
    jw_ki64(&w, "dead", jobs.dead);
    jw_end(&w);
    status_index(api, &w);
    status_model(api, &w);
    jw_ki64(&w, "resident_bytes", metrics_resident_bytes());
    jw_end(&w);
    api_reply(k, 200, &b);
}

void api_jobs_dead(struct call *k)
{
    struct api *api = k->app;
    struct job_dead *list;
    int64_t limit;
    size_t n;
    struct buf b;
    struct jw w;
    struct err e;

    if (!api_query_int(k, STR("limit"), 100, 1, 1000, &limit))
        return;
    if (job_dead_list(api->core->v.db, api->core->v.workspace, (int)limit, k->a, &list, &n, &e)) {
        http_problem_err(k->rep, &e);
        return;
    }
    buf_init(&b, 4 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_karr(&w, "jobs");
    for (size_t i = 0; i < n; i++) {
        jw_obj(&w);
        jw_kstr(&w, "id", id_str(k->a, list[i].job.id));
        jw_kstr(&w, "queue", str_of(list[i].job.queue));
        jw_kstr(&w, "object", id_str(k->a, list[i].job.object));
        jw_ki64(&w, "failures", list[i].job.failures);
        jw_kstr(&w, "error", str_of(err_name(list[i].code)));
        jw_kstr(&w, "died_at", clock_str(k->a, list[i].died_at_ms));
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    api_reply(k, 200, &b);
}

void api_jobs_retry(struct call *k)
{
    struct api *api = k->app;
    struct id job = {{0}};
    int64_t n = 0;
    struct err e;

    if (!str_eq(k->part[0], STR("all")) && !id_parse(k->part[0], &job)) {
        http_problem(k->rep, 404, STR_NULL, STR("not found"), STR("there is no such job"));
        return;
    }
    if (job_dead_retry(api->core->v.db, api->core->v.workspace, job, &n, &e)) {
        http_problem_err(k->rep, &e);
        return;
    }
    workers_wake(api->core);
    if (!n && !id_is_nil(job))
        http_problem(k->rep, 404, STR_NULL, STR("not found"), STR("there is no such job"));
    else
        http_json(k->rep, 200, str_fmt(k->a, "{\"retried\":%lld}\n", (long long)n));
}

void api_sign_in_link(struct call *k)
{
    struct buf b;
    struct jw w;
    struct err e;
    str url;

    if (gateway_sign_in_link(k->g, k->a, &url, &e)) {
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
