/* A server with a few routes, for abuse tests and benchmarks; not installed.
 *
 *     build/http_demo 127.0.0.1:8080 [TOKEN]
 * GET / page, GET /healthz (on the loop), GET /fixed (on a worker), POST /v1/search echo, GET /v1/search
 * (with TOKEN: 401 without it), GET /stream?n=5 lines, GET /events heartbeats. SIGTERM drains. */
#include <signal.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "net/http_server.h"

static str token;
static volatile sig_atomic_t stop;

static const char page[] = "<!doctype html><html lang=\"en\"><title>demo</title><p>It runs.</p></html>\n";
static const char fixed[] =
    "{\"id\":\"0192f0c1-7c1e-7000-8000-000000000000\",\"state\":\"ready\",\"pending\":0,\"kind\":"
    "\"demo\",\"padding\":\"......................................................\"}";

static bool head(void *ctx, struct http_request *rq, struct http_plan *plan, struct http_reply *rep)
{
    (void)ctx;
    (void)rep;
    plan->on_loop = str_eq(rq->path, STR("/healthz")) || str_eq(rq->path, STR("/"));
    return true;
}

static bool authorised(const struct http_request *rq)
{
    str v = http_field_get(rq, STR("authorization"));

    return !token.n || (str_starts_nocase(v, STR("Bearer ")) && str_eq(str_from(v, 7), token));
}

static void search(struct http_request *rq, struct http_reply *rep)
{
    struct json_doc *d = NULL;
    struct err e = {0};
    char *text;

    if (!authorised(rq)) {
        http_header(rep, STR("WWW-Authenticate"), STR("Bearer realm=\"demo\""));
        http_problem(rep, 401, STR_NULL, STR("A token is needed"), STR_NULL);
    } else if (rq->method == HTTP_M_GET || rq->method == HTTP_M_HEAD) {
        http_json(rep, 200, str_n(fixed, sizeof fixed - 1));
    } else if (rq->method == HTTP_M_OPTIONS) {
        http_header(rep, STR("Allow"), STR("GET, HEAD, POST, OPTIONS"));
        http_status(rep, 204);
    } else if (rq->method != HTTP_M_POST) {
        http_header(rep, STR("Allow"), STR("GET, HEAD, POST, OPTIONS"));
        http_problem(rep, 405, STR_NULL, STR("This method is not for this path"), STR_NULL);
    } else if (!str_eq(http_content_type(rq), STR("application/json")) || http_field_has(rq, STR("content-encoding"))) {
        http_problem(rep, 415, STR_NULL, STR("Only plain application/json is read"), STR_NULL);
    } else if (json_parse(rq->body, &d, &e)) {
        http_problem_err(rep, &e);
    } else {
        text = arena_alloc(rq->arena, 64);
        snprintf(text, 64, "{\"bytes\":%zu}", rq->body.n);
        http_json(rep, 200, str_of(text));
    }
    json_free(d);
}

static void lines(struct http_request *rq, struct http_reply *rep)
{
    struct http_stream *s;
    struct err e = {0};
    uint64_t n = 5;
    str v;
    bool found;
    char line[80];

    if (http_query_get(rq, STR("n"), &v, &found, &e) || (found && !str_to_u64(v, &n))) {
        http_problem(rep, 400, STR_NULL, STR("The request is not valid"), STR("n is a number"));
        return;
    }
    s = http_reply_stream(rep, STR("application/jsonl"), NULL);
    for (uint64_t i = 0; i < n; i++) {
        int len =
            snprintf(line, sizeof line, "{\"line\":%llu,\"text\":\"the quick brown fox\"}\n", (unsigned long long)i);

        if (http_stream_wait(s, (size_t)len, 30000, &e) || http_stream_write(s, str_n(line, (size_t)len), &e))
            break;
    }
    http_stream_end(s);
    http_stream_unref(s);
}

static void events_event(void *ctx, struct http_stream *s, enum http_stream_event ev)
{
    (void)ctx;
    if (ev == HTTP_STREAM_DRAIN) {
        http_stream_write(s, STR("event: bye\ndata: {}\n\n"), NULL);
        http_stream_end(s);
        http_stream_unref(s);
    } else if (ev == HTTP_STREAM_GONE) {
        http_stream_unref(s);
    }
}

static void handle(void *ctx, struct http_request *rq, struct http_reply *rep)
{
    static const struct http_stream_opts events = {
        .heartbeat_ms = 1000, .heartbeat = {":\n\n", 3}, .on_event = events_event};

    (void)ctx;
    if (str_eq(rq->path, STR("/v1/search")))
        search(rq, rep);
    else if (str_eq(rq->path, STR("/")))
        http_body(rep, STR("text/html; charset=utf-8"), str_n(page, sizeof page - 1));
    else if (str_eq(rq->path, STR("/healthz")) || str_eq(rq->path, STR("/fixed")))
        http_json(rep, 200, str_n(fixed, sizeof fixed - 1));
    else if (str_eq(rq->path, STR("/stream")))
        lines(rq, rep);
    else if (str_eq(rq->path, STR("/events")))
        http_stream_write(http_reply_stream(rep, STR("text/event-stream"), &events), STR("retry: 1000\n\n"), NULL);
    else
        http_problem(rep, 404, STR_NULL, STR("Not found"), STR_NULL);
}

static void on_signal(int sig)
{
    (void)sig;
    stop = 1;
}

int main(int argc, char **argv)
{
    const char *listen[] = {argc > 1 ? argv[1] : "127.0.0.1:0", NULL};
    struct http_server_opts o = {.listen = listen, .head = head, .handle = handle};
    struct http_server *s;
    struct err e = {0};

    token = argc > 2 ? str_of(argv[2]) : STR_NULL;
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    signal(SIGPIPE, SIG_IGN);
    if (http_server_new(&o, &s, &e) || http_server_start(s, &e)) {
        fprintf(stderr, "http_demo: %s\n", e.msg);
        return 1;
    }
    printf("%s\n", http_server_url(s, 0));
    fflush(stdout);
    while (!stop)
        pause();
    fprintf(stderr, "drained, %zu cut\n", http_server_drain(s, 10000, false));
    http_server_free(s);
    return 0;
}
