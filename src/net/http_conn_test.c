/* A connection over memory: order, limits, refusals, deadlines, streams. Also the proof of http_parse, http_reply and
 * http_stream, which have no other door. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/http_mem.h"
#include "net/net_addr.h"

#define HOST "Host: a\r\n"

static struct http_stream *kept;
static int rooms, gones, drains;
static bool on_loop;

static void on_event(void *ctx, struct http_stream *s, enum http_stream_event ev)
{
    (void)ctx;
    (void)s;
    rooms += ev == HTTP_STREAM_ROOM;
    gones += ev == HTTP_STREAM_GONE;
    drains += ev == HTTP_STREAM_DRAIN;
}

static bool head(void *ctx, struct http_request *rq, struct http_plan *plan, struct http_reply *rep)
{
    (void)ctx;
    plan->on_loop = on_loop;
    if (str_eq(rq->path, STR("/closed"))) {
        http_problem(rep, 401, STR_NULL, STR("no"), STR_NULL);
        return false;
    }
    return true;
}

static void handle(void *ctx, struct http_request *rq, struct http_reply *rep)
{
    struct http_stream_opts o = {
        .max_bytes = 100, .heartbeat_ms = 1000, .heartbeat = STR(":\n\n"), .on_event = on_event};

    (void)ctx;
    if (str_eq(rq->path, STR("/stream"))) {
        kept = http_reply_stream(rep, STR("text/plain"), &o);
        return;
    }
    if (str_eq(rq->path, STR("/who"))) {
        http_body(rep, STR("text/plain"),
                  str_fmt(rq->arena, "who=%.*s %s %s", STR_ARG(rq->peer), rq->tls ? "tls" : "plain", rq->trace));
        return;
    }
    if (str_eq(rq->path, STR("/inject"))) {
        http_header(rep, STR("X-A"), STR("b\r\nSet-Cookie: evil=1"));
        return;
    }
    if (str_eq(rq->path, STR("/large"))) {
        char *p = arena_alloc(rq->arena, 300000);

        memset(p, 'x', 300000);
        http_body(rep, STR("text/plain"), str_n(p, 300000));
        return;
    }
    http_body(rep, STR("text/plain"), str_fmt(rq->arena, "%.*s %.*s", STR_ARG(rq->path), STR_ARG(rq->body)));
}

static struct mem_world w;
static struct mem m;

static int begin(void **state)
{
    struct http_server_opts o = {.head = head, .handle = handle};

    (void)state;
    kept = NULL;
    rooms = gones = drains = 0;
    on_loop = true;
    mem_world_init(&w, &o);
    mem_open(&w, &m);
    return 0;
}

static int end(void **state)
{
    (void)state;
    mem_close_all(&w, &m);
    http_stream_unref(kept);
    loop_notes(&w.loop);
    assert_int_equal(atomic_load(&w.server.bodies), 0);
    mem_world_done(&w);
    return 0;
}

static bool out_has(const char *what)
{
    return str_contains(buf_view(&m.out), str_of(what));
}

static int out_status(void)
{
    uint64_t v = 0;

    str_to_u64(str_sub(buf_view(&m.out), 9, 12), &v);
    return (int)v;
}

static size_t out_count(const char *what)
{
    size_t n = 0, at = 0;

    while ((at = str_find(buf_view(&m.out), str_of(what), at)) != SIZE_MAX) {
        n++;
        at++;
    }
    return n;
}

static void answers_in_order_byte_by_byte(void **state)
{
    str all =
        STR("\r\nGET /1 HTTP/1.1\r\n" HOST "\r\nPOST /2 HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc"
            "POST /3 HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1;x=y\r\nf\r\n0\r\nT: u\r\n\r\n");
    size_t a, b, c;

    (void)state;
    for (size_t i = 0; i < all.n; i++)
        mem_say(&w, &m, str_sub(all, i, i + 1));
    a = str_find(buf_view(&m.out), STR("/1 "), 0);
    b = str_find(buf_view(&m.out), STR("/2 abc"), 0);
    c = str_find(buf_view(&m.out), STR("/3 def"), 0);
    assert_true(a < b && b < c && c != SIZE_MAX);
    assert_int_equal(out_count("HTTP/1.1 200 OK"), 3);
    assert_int_equal(out_count("X-Content-Type-Options: nosniff"), 3);
    assert_false(m.closed);
}

static void workers_keep_the_order(void **state)
{
    (void)state;
    on_loop = false;
    mem_say(&w, &m, STR("GET /1 HTTP/1.1\r\n" HOST "\r\nGET /2 HTTP/1.1\r\n" HOST "\r\n"));
    assert_int_equal(m.out.n, 0);
    assert_int_equal(work_len(&w.server.work), 1); /* one at a time */
    assert_true(mem_work(&w));
    mem_run(&w, &m);
    assert_true(out_has("/1 "));
    assert_false(out_has("/2 "));
    assert_true(mem_work(&w));
    assert_true(out_has("/2 "));
}

static void a_full_queue_sheds(void **state)
{
    struct mem others[4];

    (void)state;
    on_loop = false;
    for (int i = 0; i < 4; i++) {
        mem_open(&w, &others[i]);
        mem_say(&w, &others[i], STR("GET / HTTP/1.1\r\n" HOST "\r\n"));
    }
    w.loop.rate = 2; /* the four that wait take two seconds */
    mem_say(&w, &m, STR("GET / HTTP/1.1\r\n" HOST "\r\n"));
    assert_int_equal(m.out.n, 0); /* who would ask again at once waits a moment */
    w.loop.now_ms += HTTP_SHED_MS;
    conn_tick(m.conn);
    assert_int_equal(out_status(), 503);
    assert_true(out_has("Retry-After: 3\r\n"));
    assert_false(m.shut); /* the request was read: the connection lives */
    for (int i = 0; i < 4; i++)
        mem_close_all(&w, &others[i]);
}

static void who_waits_is_let_in_when_there_is_room_and_in_order(void **state)
{
    struct mem others[4], second;

    (void)state;
    on_loop = false;
    for (int i = 0; i < 4; i++) {
        mem_open(&w, &others[i]);
        mem_say(&w, &others[i], STR("GET / HTTP/1.1\r\n" HOST "\r\n"));
    }
    mem_say(&w, &m, STR("GET /first HTTP/1.1\r\n" HOST "\r\n"));
    mem_open(&w, &second);
    mem_say(&w, &second, STR("GET /second HTTP/1.1\r\n" HOST "\r\n"));
    assert_int_equal(work_len(&w.server.work), 4);
    assert_true(mem_work(&w)); /* one of the four is done: the first that waits takes its place */
    assert_int_equal(work_len(&w.server.work), 4);
    mem_close_all(&w, &second); /* the other one leaves */
    for (int i = 0; i < 4; i++)
        mem_work(&w);
    assert_int_equal(out_status(), 200);
    assert_true(out_has("/first "));
    assert_int_equal(work_len(&w.server.work), 0);
    for (int i = 0; i < 4; i++)
        mem_close_all(&w, &others[i]);
}

static void a_full_queue_does_not_wait_for_bodies(void **state)
{
    struct mem others[4];

    (void)state;
    on_loop = false;
    w.server.o.body_max = 1 << 20;
    for (int i = 0; i < 4; i++) {
        mem_open(&w, &others[i]);
        mem_say(&w, &others[i], STR("GET / HTTP/1.1\r\n" HOST "\r\n"));
    }
    mem_say(&w, &m, STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 300000\r\n\r\nx"));
    assert_int_equal(out_status(), 503);
    for (int i = 0; i < 4; i++)
        mem_close_all(&w, &others[i]);
}

static void refusals(void **state)
{
    static const struct {
        const char *bytes;
        int status;
    } rows[] = {
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\nHost: a\n\n", 400},
        {"GET / HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n" HOST "X : a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400},
        {"GET / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n\r\n", 501},
        {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n", 400},
        {"POST / HTTP/1.1\r\n" HOST "Content-Length: 1001\r\n\r\n", 413},
        {"POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n", 413},
        {"POST / HTTP/1.1\r\n" HOST "Expect: magic\r\nContent-Length: 1\r\n\r\na", 417},
        {"FOO / HTTP/1.1\r\n" HOST "\r\n", 501},
        {"CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n", 501},
        {"G(T / HTTP/1.1\r\n" HOST "\r\n", 400},
        {"GET / HTTP/2.0\r\n" HOST "\r\n", 505},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"GET /%00 HTTP/1.1\r\n" HOST "\r\n", 400},
        {"GET /a/../b HTTP/1.1\r\n" HOST "\r\n", 400},
        {"\x16\x03\x01\x02", 400},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mem old = m;

        mem_close_all(&w, &old);
        mem_open(&w, &m);
        mem_say(&w, &m, str_of(rows[i].bytes));
        if (rows[i].status == 413 && !m.shut)
            mem_say(&w, &m, STR("GET / HTTP/1.1\r\n" HOST "\r\n")); /* dropped as part of the body */
        if (rows[i].status != 413 && (out_status() != rows[i].status || !out_has("Connection: close\r\n") || !m.shut))
            fail_msg("row %zu: %.60s", i, m.out.n ? m.out.p : "nothing");
        if (out_status() >= 400 && !out_has("application/problem+json"))
            fail_msg("row %zu: no problem", i);
    }
}

static void heads_have_limits(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1 << 20);
    buf_str(&b, STR("GET /"));
    for (int i = 0; i < 8000; i++)
        buf_char(&b, 'a');
    buf_str(&b, STR(" HTTP/1.1\r\n" HOST "\r\n"));
    mem_say(&w, &m, buf_view(&b));
    assert_int_equal(out_status(), 200);
    buf_reset(&m.out);
    buf_reset(&b);
    buf_str(&b, STR("GET /"));
    for (int i = 0; i < 9000; i++)
        buf_char(&b, 'a');
    mem_say(&w, &m, buf_view(&b));
    assert_int_equal(out_status(), 414);
    mem_close_all(&w, &m);
    mem_open(&w, &m);
    mem_say(&w, &m, STR("GET / HTTP/1.1\r\n" HOST));
    for (int i = 0; i < 100; i++)
        mem_say(&w, &m, STR("X: y\r\n"));
    assert_int_equal(out_status(), 431);
    mem_close_all(&w, &m);
    mem_open(&w, &m);
    mem_say(&w, &m, STR("GET / HTTP/1.1\r\n" HOST "X: "));
    buf_reset(&b);
    for (int i = 0; i < 41000; i++)
        buf_char(&b, 'a');
    mem_say(&w, &m, buf_view(&b));
    assert_int_equal(out_status(), 431);
    buf_done(&b);
}

static void chunk_extensions_have_limits(void **state)
{
    char ext[400];

    (void)state;
    memset(ext, 'e', sizeof ext);
    mem_say(&w, &m, STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1;"));
    mem_say(&w, &m, str_n(ext, sizeof ext));
    assert_int_equal(out_status(), 400);
}

static void continue_is_said_once_and_only_when_wanted(void **state)
{
    (void)state;
    mem_say(&w, &m, STR("POST /x HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
    assert_true(str_eq(buf_view(&m.out), STR("HTTP/1.1 100 Continue\r\n\r\n")));
    mem_say(&w, &m, STR("ab"));
    assert_true(out_has("/x ab"));
    buf_reset(&m.out);
    mem_say(&w, &m, STR("POST /closed HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
    assert_int_equal(out_status(), 401);
    assert_true(m.shut);
}

static void a_refused_body_is_read_away_when_small(void **state)
{
    (void)state;
    mem_say(&w, &m,
            STR("POST /closed HTTP/1.1\r\n" HOST "Content-Length: 20\r\n\r\n01234567890123456789"
                "GET /next HTTP/1.1\r\n" HOST "\r\n"));
    assert_int_equal(out_status(), 401);
    assert_true(out_has("/next "));
    buf_reset(&m.out);
    mem_say(&w, &m, STR("POST /closed HTTP/1.1\r\n" HOST "Content-Length: 200000\r\n\r\n"));
    assert_int_equal(out_status(), 401);
    assert_true(out_has("Connection: close"));
    assert_true(m.shut);
}

static void head_has_no_body(void **state)
{
    (void)state;
    mem_say(&w, &m, STR("HEAD /x HTTP/1.1\r\n" HOST "\r\n"));
    assert_true(out_has("Content-Length: 3\r\n"));
    assert_true(str_ends(buf_view(&m.out), STR("\r\n\r\n")));
    buf_reset(&m.out);
    mem_say(&w, &m, STR("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"));
    assert_int_equal(out_status(), 204);
    assert_false(out_has("Content-Length"));
}

static void a_field_cannot_be_injected(void **state)
{
    (void)state;
    mem_say(&w, &m, STR("GET /inject HTTP/1.1\r\n" HOST "\r\n"));
    assert_int_equal(out_status(), 500);
    assert_false(out_has("evil"));
}

static void http_1_0_ends(void **state)
{
    (void)state;
    mem_say(&w, &m, STR("GET /x HTTP/1.0\r\n\r\n"));
    assert_int_equal(out_status(), 200);
    assert_true(m.shut);
    assert_false(m.closed);
    w.loop.now_ms += HTTP_LINGER_MS + 1;
    conn_tick(m.conn);
    assert_true(m.closed);
}

static void slow_clients_lose_their_connection(void **state)
{
    (void)state;
    w.loop.now_ms += 74000;
    conn_tick(m.conn);
    assert_false(m.closed);
    mem_say(&w, &m, STR("GET / HT"));
    w.loop.now_ms += 14000;
    mem_say(&w, &m, STR("TP/1.1\r\n" HOST "X: "));
    conn_tick(m.conn);
    assert_int_equal(m.out.n, 0);
    w.loop.now_ms += 2000;
    conn_tick(m.conn);
    assert_int_equal(out_status(), 408);
    assert_true(m.shut);
}

static void slow_bodies_too(void **state)
{
    (void)state;
    mem_say(&w, &m, STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 900\r\n\r\n"));
    for (int i = 0; i < 20; i++) {
        mem_say(&w, &m, STR("x"));
        w.loop.now_ms += 990;
        conn_tick(m.conn);
    }
    assert_int_equal(m.out.n, 0);
    w.loop.now_ms += 1000;
    conn_tick(m.conn);
    assert_int_equal(out_status(), 408);
}

static void idle_ones_are_closed_without_a_word(void **state)
{
    (void)state;
    w.loop.now_ms += 75001;
    conn_tick(m.conn);
    assert_true(m.closed);
    assert_int_equal(m.out.n, 0);
}

static void who_does_not_read_is_not_read(void **state)
{
    size_t before;

    (void)state;
    m.room = 0;
    for (int i = 0; i < 2000; i++)
        buf_str(&m.in, STR("GET /x HTTP/1.1\r\n" HOST "\r\n"));
    mem_run(&w, &m);
    assert_true(m.conn->out.n < 2 * HTTP_OUT_HIGH);
    before = m.in.n;
    mem_run(&w, &m);
    assert_int_equal(m.in.n, before);
    m.room = SIZE_MAX;
    mem_run(&w, &m);
    assert_int_equal(out_count("HTTP/1.1 200"), 2000);
    m.room = 0;
    mem_say(&w, &m, STR("GET /large HTTP/1.1\r\n" HOST "\r\n"));
    w.loop.now_ms += 30001;
    conn_tick(m.conn);
    assert_true(m.closed);
}

static void large_bodies_go_out_in_pieces(void **state)
{
    (void)state;
    mem_say(&w, &m, STR("GET /large HTTP/1.1\r\n" HOST "\r\nGET /after HTTP/1.1\r\n" HOST "\r\n"));
    for (int i = 0; i < 5; i++) {
        m.room = 100000;
        mem_run(&w, &m);
    }
    m.room = SIZE_MAX;
    mem_run(&w, &m);
    assert_true(out_has("Content-Length: 300000\r\n"));
    assert_true(out_has("/after "));
    assert_true(m.out.n > 300000 && m.out.n < 303000);
}

static void bodies_together_have_a_limit(void **state)
{
    (void)state;
    w.server.o.bodies_max = 100;
    mem_say(&w, &m, STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 300\r\n\r\nx"));
    assert_int_equal(out_status(), 503);
    assert_true(m.shut);
}

static void a_stream_flows_and_pushes_back(void **state)
{
    char big[80];
    struct err e;

    (void)state;
    memset(big, 'b', sizeof big);
    mem_say(&w, &m, STR("GET /stream HTTP/1.1\r\n" HOST "\r\nGET /after HTTP/1.1\r\n" HOST "\r\n"));
    assert_true(out_has("Transfer-Encoding: chunked\r\n"));
    assert_int_equal(http_stream_write(kept, STR("hello"), &e), ERR_OK);
    mem_run(&w, &m);
    assert_true(str_ends(buf_view(&m.out), STR("5\r\nhello\r\n")));
    m.room = 0; /* the client stops reading: first our output fills, then the stream */
    for (int i = 0; i < 2000 && !http_stream_write(kept, str_n(big, sizeof big), &e); i++)
        mem_run(&w, &m);
    assert_int_equal(e.code, ERR_LIMIT);
    assert_int_equal(http_stream_wait(kept, 80, 1, &e), ERR_TIMEOUT);
    assert_int_equal(rooms, 0);
    m.room = SIZE_MAX;
    mem_run(&w, &m);
    mem_run(&w, &m);
    assert_int_equal(rooms, 1);
    assert_int_equal(http_stream_wait(kept, 80, 1, &e), ERR_OK);
    http_stream_end(kept);
    mem_run(&w, &m);
    assert_true(out_has("\r\n0\r\n\r\nHTTP/1.1 200 OK"));
    assert_true(out_has("/after "));
    assert_int_equal(http_stream_write(kept, STR("x"), &e), ERR_IO);
    assert_int_equal(gones, 0);
}

static void a_stream_says_that_it_lives(void **state)
{
    (void)state;
    mem_say(&w, &m, STR("GET /stream HTTP/1.1\r\n" HOST "\r\n"));
    w.loop.now_ms += 900;
    conn_tick(m.conn);
    assert_false(out_has("3\r\n:\n\n\r\n"));
    w.loop.now_ms += 101;
    conn_tick(m.conn);
    assert_int_equal(out_count("3\r\n:\n\n\r\n"), 1);
    conn_tick(m.conn);
    assert_int_equal(out_count("3\r\n:\n\n\r\n"), 1);
}

static void a_stream_learns_that_the_client_left(void **state)
{
    (void)state;
    mem_say(&w, &m, STR("GET /stream HTTP/1.1\r\n" HOST "\r\n"));
    assert_false(http_stream_gone(kept));
    m.eof = true;
    mem_run(&w, &m);
    assert_true(http_stream_gone(kept));
    assert_int_equal(gones, 1);
    assert_int_equal(http_stream_write(kept, STR("x"), NULL), ERR_IO);
}

static void a_client_may_leave_before_the_stream_begins(void **state)
{
    (void)state;
    on_loop = false;
    mem_say(&w, &m, STR("GET /stream HTTP/1.1\r\n" HOST "\r\n"));
    conn_kill(m.conn);
    assert_true(mem_work(&w));
    assert_int_equal(gones, 1);
    assert_true(http_stream_gone(kept));
}

static void a_stream_without_end_is_cut(void **state)
{
    (void)state;
    mem_say(&w, &m, STR("GET /stream HTTP/1.1\r\n" HOST "\r\n"));
    http_stream_unref(kept);
    kept = NULL;
    mem_run(&w, &m);
    assert_true(m.closed);
    assert_false(out_has("\r\n0\r\n\r\n"));
}

static void streams_to_http_1_0_and_head(void **state)
{
    (void)state;
    mem_say(&w, &m, STR("HEAD /stream HTTP/1.1\r\n" HOST "\r\n"));
    http_stream_write(kept, STR("hello"), NULL);
    http_stream_end(kept);
    mem_run(&w, &m);
    assert_false(out_has("hello"));
    http_stream_unref(kept);
    buf_reset(&m.out);
    mem_say(&w, &m, STR("GET /stream HTTP/1.0\r\n\r\n"));
    http_stream_write(kept, STR("hello"), NULL);
    http_stream_end(kept);
    mem_run(&w, &m);
    assert_false(out_has("Transfer-Encoding"));
    assert_true(str_ends(buf_view(&m.out), STR("\r\n\r\nhello")));
    assert_true(m.shut);
}

static void draining_closes_after_the_answer(void **state)
{
    (void)state;
    w.loop.draining = true;
    conn_drain(m.conn);
    mem_say(&w, &m, STR("GET /x HTTP/1.1\r\n" HOST "\r\n"));
    assert_true(out_has("Connection: close"));
    assert_true(m.shut);
    mem_close_all(&w, &m);
    mem_open(&w, &m);
    w.loop.draining = false;
    mem_say(&w, &m, STR("GET /stream HTTP/1.1\r\n" HOST "\r\n"));
    w.loop.draining = true;
    conn_drain(m.conn);
    conn_drain(m.conn);
    assert_int_equal(drains, 1);
}

static void a_half_closed_client_is_answered(void **state)
{
    (void)state;
    buf_str(&m.in, STR("GET /x HTTP/1.1\r\n" HOST "\r\n"));
    m.eof = true;
    mem_run(&w, &m);
    assert_int_equal(out_status(), 200);
    assert_true(m.closed);
}

/* The examples of W3C Trace Context 3.2, and what is none. */
static void a_trace_is_taken_up_when_it_is_one(void **state)
{
    static const struct {
        const char *sent;
        bool taken;
    } rows[] = {
        {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true},
        {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", true},
        {"cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes-later", true},
        {"ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false},
        {"00-00000000000000000000000000000000-00f067aa0ba902b7-01", false},
        {"00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false},
        {"00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false},
        {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x", false},
        {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0", false},
        {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", false},
        {"x", false},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        buf_reset(&m.out);
        mem_say(&w, &m, str_fmt(a, "GET /who HTTP/1.1\r\n" HOST "traceparent: %s\r\n\r\n", rows[i].sent));
        if (out_has(" 4bf92f3577b34da6a3ce929d0e0e4736") != rows[i].taken ||
            out_has("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-") != rows[i].taken ||
            out_has("00f067aa0ba902b7") || (!rows[i].taken && out_has("traceparent:")))
            fail_msg("row %zu: %.*s", i, STR_ARG(buf_view(&m.out)));
    }
    arena_free(a);
}

static void only_known_proxies_may_speak_for_others(void **state)
{
    static const struct {
        const char *proxies, *fields, *want;
    } rows[] = {
        {"", "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n", "who=192.0.2.9 plain"},
        {"10.0.0.0/8", "X-Forwarded-For: 203.0.113.7\r\n", "who=192.0.2.9 plain"},
        {"192.0.2.0/24", "", "who=192.0.2.9 plain"},
        {"192.0.2.0/24", "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n", "who=203.0.113.7 tls"},
        {"192.0.2.0/24", "X-Forwarded-For: 1.1.1.1, 203.0.113.7\r\n", "who=203.0.113.7 plain"},
        {"192.0.2.0/24", "X-Forwarded-For: 1.1.1.1, 203.0.113.7, 192.0.2.1\r\n", "who=203.0.113.7 plain"},
        {"192.0.2.0/24", "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 203.0.113.7\r\n", "who=203.0.113.7 plain"},
        {"192.0.2.0/24", "X-Forwarded-For: 203.0.113.7, unknown\r\n", "who=192.0.2.9 plain"},
        {"192.0.2.0/24", "X-Forwarded-For: 2001:db8::7\r\n", "who=2001:db8::7 plain"},
        {"192.0.2.0/24", "X-Forwarded-For: ,\r\nForwarded: for=203.0.113.7\r\n", "who=192.0.2.9 plain"},
    };
    struct arena *a = arena_new("test");
    struct net_range range;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        w.server.o.n_proxies = rows[i].proxies[0] != 0;
        w.server.o.proxies = &range;
        if (rows[i].proxies[0])
            assert_int_equal(net_range_parse(str_of(rows[i].proxies), &range, NULL), ERR_OK);
        buf_reset(&m.out);
        mem_say(&w, &m, str_fmt(a, "GET /who HTTP/1.1\r\n" HOST "%s\r\n", rows[i].fields));
        if (!out_has(rows[i].want) ||
            out_has("Strict-Transport-Security") != str_ends(str_of(rows[i].want), STR("tls")))
            fail_msg("row %zu: %.*s", i, STR_ARG(buf_view(&m.out)));
    }
    arena_free(a);
}

static void dates(void **state)
{
    char d[40];

    (void)state;
    http_date(784111777000, d); /* the example of RFC 9110 5.6.7 */
    assert_string_equal(d, "Sun, 06 Nov 1994 08:49:37 GMT");
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
int main(void)
{
    const struct CMUnitTest t[] = {
        T(answers_in_order_byte_by_byte),
        T(workers_keep_the_order),
        T(a_full_queue_sheds),
        T(who_waits_is_let_in_when_there_is_room_and_in_order),
        T(a_full_queue_does_not_wait_for_bodies),
        T(refusals),
        T(heads_have_limits),
        T(chunk_extensions_have_limits),
        T(continue_is_said_once_and_only_when_wanted),
        T(a_refused_body_is_read_away_when_small),
        T(head_has_no_body),
        T(a_field_cannot_be_injected),
        T(http_1_0_ends),
        T(slow_clients_lose_their_connection),
        T(slow_bodies_too),
        T(idle_ones_are_closed_without_a_word),
        T(who_does_not_read_is_not_read),
        T(large_bodies_go_out_in_pieces),
        T(bodies_together_have_a_limit),
        T(a_stream_flows_and_pushes_back),
        T(a_stream_says_that_it_lives),
        T(a_stream_learns_that_the_client_left),
        T(a_client_may_leave_before_the_stream_begins),
        T(a_stream_without_end_is_cut),
        T(streams_to_http_1_0_and_head),
        T(draining_closes_after_the_answer),
        T(a_half_closed_client_is_answered),
        T(a_trace_is_taken_up_when_it_is_one),
        T(only_known_proxies_may_speak_for_others),
        cmocka_unit_test(dates),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
