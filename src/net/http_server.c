#include "net/http_server.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/http_priv.h"
#include "net/net_addr.h"

enum { BACKLOG = 4096 };

struct metric http_m_requests[6] = {
    METRIC_COUNTER_L("harken_http_requests_total", "class=\"none\"", "requests by class of the answer"),
    METRIC_COUNTER_L("harken_http_requests_total", "class=\"1xx\"", "requests by class of the answer"),
    METRIC_COUNTER_L("harken_http_requests_total", "class=\"2xx\"", "requests by class of the answer"),
    METRIC_COUNTER_L("harken_http_requests_total", "class=\"3xx\"", "requests by class of the answer"),
    METRIC_COUNTER_L("harken_http_requests_total", "class=\"4xx\"", "requests by class of the answer"),
    METRIC_COUNTER_L("harken_http_requests_total", "class=\"5xx\"", "requests by class of the answer"),
};
struct metric http_m_conns = METRIC_GAUGE("harken_http_connections", "open connections");
struct metric http_m_shed = METRIC_COUNTER("harken_http_shed_total", "requests and connections answered 503");
struct metric http_m_refused = METRIC_COUNTER("harken_http_refused_total", "requests refused for their form");
struct metric http_m_took = METRIC_HISTOGRAM("harken_http_request_seconds", "from the end of the head to the answer");

static void worker_run(void *arg)
{
    struct http_server *s = arg;
    struct exchange *x;

    while ((x = work_pop(&s->work))) {
        s->o.handle(s->o.ctx, &x->rq, &x->rep);
        loop_post(x->loop, &x->note);
    }
}

static void defaults(struct http_server_opts *o)
{
    struct rlimit rl;
    int cores = thread_cores();
    size_t files = 1024;

    if (!getrlimit(RLIMIT_NOFILE, &rl) && rl.rlim_cur != RLIM_INFINITY)
        files = (size_t)rl.rlim_cur;
    if (files > 16384 + 256)
        files = 16384 + 256;
#define DEFAULT(field, v) o->field = o->field ? o->field : (v)
    DEFAULT(loops, cores > 1 ? cores / 2 + 1 : 1);
    DEFAULT(workers, cores * 4 < 8 ? 8 : cores * 4);
    DEFAULT(queue_max, (size_t)o->workers * 32);
    DEFAULT(conns_max, files > 512 ? files - 256 : files / 2);
    DEFAULT(body_max, 1024 * 1024);
    DEFAULT(bodies_max, (size_t)256 * 1024 * 1024);
    DEFAULT(target_max, (size_t)HTTP_LINE_MAX);
    DEFAULT(head_max, (size_t)HTTP_HEAD_MAX);
    DEFAULT(fields_max, (size_t)HTTP_FIELDS_MAX);
    DEFAULT(head_timeout_ms, 15000);
    DEFAULT(body_timeout_ms, 20000);
    DEFAULT(idle_timeout_ms, 75000);
    DEFAULT(write_timeout_ms, 30000);
#undef DEFAULT
    if (o->fields_max > HTTP_FIELDS_MAX)
        o->fields_max = HTTP_FIELDS_MAX;
    if ((size_t)o->loops > o->conns_max)
        o->loops = 1;
}

static enum err_code url_set(const struct http_server *s, struct listener *li, struct err *e)
{
    if (net_url_of(li->fd, li->url, e))
        return e ? e->code : ERR_IO;
    li->tls = s->o.tls && !str_starts(str_of(li->url), STR("unix:"));
    if (li->tls) { /* "http" becomes "https" */
        memmove(li->url + 5, li->url + 4, sizeof li->url - 5);
        li->url[4] = 's';
        li->url[sizeof li->url - 1] = 0;
    }
    return ERR_OK;
}

static enum err_code listeners_open(struct http_server *s, struct err *e)
{
    size_t n = 0, max = 0;

    for (size_t i = 0; s->o.listen && s->o.listen[i]; i++)
        max++;
    for (size_t i = 0; s->o.listen_fd && s->o.listen_fd[i] >= 0; i++)
        max++;
    s->listeners = calloc(max ? max : 1, sizeof *s->listeners);
    if (!s->listeners)
        abort();
    for (size_t i = 0; s->o.listen_fd && s->o.listen_fd[i] >= 0; i++) {
        struct listener *li = &s->listeners[n];

        li->fd = s->o.listen_fd[i];
        li->adopted = true;
        s->n_listeners = ++n;
        if (fcntl(li->fd, F_SETFL, fcntl(li->fd, F_GETFL) | O_NONBLOCK) < 0)
            return err_errno(e, errno, "socket handed over");
        if (url_set(s, li, e))
            return err_wrap(e, "socket handed over");
    }
    for (size_t i = 0; s->o.listen && s->o.listen[i]; i++) {
        struct listener *li = &s->listeners[n];
        struct net_addr a;

        if (net_addr_parse(str_of(s->o.listen[i]), &a, e) || net_listen(&a, BACKLOG, &li->fd, e))
            return err_wrap(e, "listen at '%s'", s->o.listen[i]);
        s->n_listeners = ++n;
        if (url_set(s, li, e))
            return err_wrap(e, "listen at '%s'", s->o.listen[i]);
    }
    return n ? ERR_OK : err_set(e, ERR_INVALID, "no address to listen at");
}

enum err_code http_server_new(const struct http_server_opts *opts, struct http_server **out, struct err *e)
{
    struct http_server *s = calloc(1, sizeof *s);

    if (!s)
        abort();
    s->o = *opts;
    defaults(&s->o);
    work_init(&s->work, s->o.queue_max);
    s->loops = calloc((size_t)s->o.loops, sizeof *s->loops);
    s->workers = calloc((size_t)s->o.workers, sizeof *s->workers);
    if (!s->loops || !s->workers)
        abort();
    for (int i = 0; i < s->o.loops; i++)
        s->loops[i].ep = s->loops[i].wake = s->loops[i].spare = -1;
    if (listeners_open(s, e))
        goto fail;
    for (int i = 0; i < s->o.loops; i++) {
        if (loop_open(&s->loops[i], s, i, e))
            goto fail;
    }
    *out = s;
    return ERR_OK;
fail:
    http_server_free(s);
    return e ? e->code : ERR_IO;
}

enum err_code http_server_start(struct http_server *s, struct err *e)
{
    char name[16];

    s->started = true;
    for (int i = 0; i < s->o.workers; i++) {
        snprintf(name, sizeof name, "http-work-%u", (unsigned)i % 1000);
        if (thread_start(&s->workers[i], name, worker_run, s, e))
            return err_wrap(e, "start http worker");
        s->n_workers++;
    }
    for (int i = 0; i < s->o.loops; i++) {
        snprintf(name, sizeof name, "http-loop-%u", (unsigned)i % 1000);
        if (thread_start(&s->loops[i].thread, name, loop_run, &s->loops[i], e))
            return err_wrap(e, "start http loop");
    }
    return ERR_OK;
}

const char *http_server_url(const struct http_server *s, size_t i)
{
    return i < s->n_listeners ? s->listeners[i].url : NULL;
}

int http_server_listen_fd(const struct http_server *s, size_t i)
{
    return i < s->n_listeners ? s->listeners[i].fd : -1;
}

static void listeners_close(struct http_server *s, bool unlink_too)
{
    for (size_t i = 0; i < s->n_listeners; i++) {
        struct listener *li = &s->listeners[i];

        if (li->closed)
            continue;
        li->closed = true;
        close(li->fd);
        if (unlink_too && !li->adopted && str_starts(str_of(li->url), STR("unix:")))
            unlink(li->url + 5);
    }
}

static size_t conns_of(struct http_server *s)
{
    size_t n = 0;

    for (int i = 0; i < s->o.loops; i++)
        n += atomic_load(&s->loops[i].n_conns);
    return n;
}

size_t http_server_drain(struct http_server *s, int timeout_ms, bool keep_listening)
{
    int64_t until = clock_mono_ms() + timeout_ms;

    if (!s->started)
        return 0;
    atomic_store(&s->keep_listening, keep_listening);
    atomic_store(&s->draining, true);
    for (int i = 0; i < s->o.loops; i++)
        loop_wake(&s->loops[i]);
    while (atomic_load(&s->drained_loops) < s->o.loops && clock_mono_ms() < until)
        usleep(1000);
    listeners_close(s, !keep_listening);
    while (conns_of(s) && clock_mono_ms() < until)
        usleep(2000);
    return conns_of(s);
}

void http_server_stats(struct http_server *s, struct http_server_stats *out)
{
    *out = (struct http_server_stats){
        .conns = conns_of(s),
        .queued = work_len(&s->work),
        .accepted = atomic_load(&s->accepted),
        .requests = atomic_load(&s->requests),
        .shed = atomic_load(&s->shed),
        .refused = atomic_load(&s->refused),
    };
    for (int i = 0; i < s->o.loops; i++)
        out->busy += atomic_load(&s->loops[i].n_busy);
}

void http_server_free(struct http_server *s)
{
    if (!s)
        return;
    atomic_store(&s->stopping, true);
    for (int i = 0; i < s->o.loops; i++) {
        if (s->loops[i].wake >= 0)
            loop_wake(&s->loops[i]);
        thread_join(&s->loops[i].thread);
    }
    work_close(&s->work);
    for (int i = 0; i < s->n_workers; i++)
        thread_join(&s->workers[i]);
    for (int i = 0; i < s->o.loops; i++)
        loop_close(&s->loops[i]);
    listeners_close(s, !atomic_load(&s->keep_listening));
    work_done(&s->work);
    free(s->listeners);
    free(s->loops);
    free(s->workers);
    free(s);
}
