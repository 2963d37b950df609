/* Bytes through a whole connection, without sockets: cut into pieces at places that the input chooses, with a client
 * that reads slowly. Whatever comes, the server must answer whole replies or close, and free everything. */
#include "net/http_mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool head(void *ctx, struct http_request *rq, struct http_plan *plan, struct http_reply *rep)
{
    (void)ctx;
    plan->on_loop = rq->method != HTTP_M_PUT;
    plan->body_max = 200;
    if (rq->method == HTTP_M_DELETE) {
        http_problem(rep, 403, STR_NULL, STR("no"), STR_NULL);
        return false;
    }
    return true;
}

static void handle(void *ctx, struct http_request *rq, struct http_reply *rep)
{
    struct http_stream *s;
    str value, name, at = rq->query;
    struct err e;

    (void)ctx;
    if (rq->path.p[0] != '/' || !str_utf8_valid(rq->path) || (rq->minor && !rq->host.n) || rq->body.n > 200)
        abort(); /* what net/http.h promises */
    while (http_query_next(&at, rq->arena, &name, &value, &e))
        ;
    if (rq->method == HTTP_M_PATCH) {
        s = http_reply_stream(rep, STR("text/plain"), NULL);
        http_stream_write(s, rq->body, NULL);
        if (rq->path.n > 1)
            http_stream_end(s);
        http_stream_unref(s);
        return;
    }
    http_header(rep, STR("X-Path"), rq->path);
    http_body(rep, http_content_type(rq), str_join(rq->arena, (str[]){rq->body, rq->path}, 2, STR("\n")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct http_server_opts o = {.head = head, .handle = handle};
    struct mem_world w;
    struct mem m;
    size_t at = 1, step = n ? 1 + data[0] % 61 : 1;

    mem_world_init(&w, &o);
    mem_open(&w, &m);
    while (at < n && m.conn) {
        size_t piece = step < n - at ? step : n - at;

        if (data[0] & 0x80)
            m.room = 64;
        mem_say(&w, &m, str_n((const char *)data + at, piece));
        while (mem_work(&w))
            mem_run(&w, &m);
        at += piece;
    }
    m.room = SIZE_MAX;
    m.eof = true;
    mem_run(&w, &m);
    while (mem_work(&w))
        mem_run(&w, &m);
    if (m.out.n && !str_starts(buf_view(&m.out), STR("HTTP/1.1 ")))
        abort();
    mem_close_all(&w, &m);
    if (atomic_load(&w.server.bodies) || w.loop.idle.n || w.loop.active.n)
        abort();
    mem_world_done(&w);
    return 0;
}
