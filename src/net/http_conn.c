/* One connection: bytes in, exchanges in order, bytes out. A state machine without sockets and threads of its own; it
 * runs on its loop's thread and reads the loop's clock.
 *
 *     READ --request--> handler on the loop ----------> reply: WRITE or back to READ
 *          \--> WAIT --handler on a worker--> STREAM <-'       \--> LINGER --> DEAD when the connection must end
 *             before WAIT comes SHED while the queue of the workers is full */
#include <errno.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/http_priv.h"

static void list_put(struct conn_list *l, struct conn *c)
{
    c->next = NULL;
    c->prev = l->tail;
    *(l->tail ? &l->tail->next : &l->head) = c;
    l->tail = c;
    l->n++;
}

static void list_cut(struct conn_list *l, struct conn *c)
{
    *(c->prev ? &c->prev->next : &l->head) = c->next;
    *(c->next ? &c->next->prev : &l->tail) = c->prev;
    l->n--;
}

static bool is_idle(const struct conn *c)
{
    return c->state == CONN_READ && (!c->x || !c->x->parser.begun);
}

static struct conn_list *list_of(const struct conn *c)
{
    return is_idle(c) ? &c->loop->idle : c->state == CONN_SHED ? &c->loop->waiting : &c->loop->active;
}

/* Moves the connection to the list that its state asks for. `was`: list_of() before the change. */
static void relist(struct conn *c, struct conn_list *was)
{
    struct conn_list *now = list_of(c);

    if (was == now)
        return;
    list_cut(was, c);
    list_put(now, c);
}

static void state_set(struct conn *c, enum conn_state state)
{
    struct conn_list *was = list_of(c);

    c->state = state;
    c->since_ms = c->loop->now_ms;
    relist(c, was);
}

static size_t unsent(const struct conn *c)
{
    return c->out.n - c->out_at + c->out_body.n;
}

struct conn *conn_new(struct loop *l, int fd, const struct conn_io *io, void *io_data, str peer)
{
    struct conn *c = calloc(1, sizeof *c);

    if (!c)
        abort();
    c->loop = l;
    c->fd = fd;
    c->io = io;
    c->io_data = io_data;
    c->readable = c->writable = true;
    c->since_ms = c->progress_ms = l->now_ms;
    buf_init_wiped(&c->in, HTTP_SCRATCH);
    buf_init_wiped(&c->out, SIZE_MAX / 2); /* bounded by HTTP_OUT_HIGH and what one reply adds */
    snprintf(c->peer, sizeof c->peer, "%.*s", STR_ARG(peer));
    list_put(&l->idle, c);
    atomic_fetch_add(&l->n_conns, 1);
    metric_add(&http_m_conns, 1);
    return c;
}

static void exchange_end(struct conn *c)
{
    struct exchange *x = c->x;
    struct http_server *s = c->loop->server;
    struct conn_list *was = list_of(c);

    if (!x)
        return;
    c->x = NULL;
    relist(c, was);
    x->conn = NULL;
    if (x->parser.head_done && s->o.done)
        s->o.done(s->o.ctx, &x->rq, x->sent_bytes ? x->rep.status : 0, x->sent_bytes,
                  clock_mono_us() - x->rq.received_us);
    if (c->state == CONN_STREAM && !x->stream_over) {
        x->stream_over = true;
        stream_detach(x->rep.stream, true);
    }
    if (!x->handler_runs)
        exchange_free(x);
}

void conn_kill(struct conn *c)
{
    if (c->state == CONN_DEAD)
        return;
    if (c->x)
        atomic_store(&c->x->gone, true);
    exchange_end(c);
    list_cut(list_of(c), c);
    c->state = CONN_DEAD;
    c->io->close(c);
    c->next_dead = c->loop->dead;
    c->loop->dead = c;
    atomic_fetch_sub(&c->loop->n_conns, 1);
    metric_add(&http_m_conns, -1);
}

void conn_free(struct conn *c)
{
    buf_done(&c->in);
    buf_done(&c->out);
    free(c);
}

/* Sends what is waiting. False when the connection died. */
static bool flush(struct conn *c)
{
    while (c->writable && unsent(c)) {
        struct iovec v[2] = {{c->out.p + c->out_at, c->out.n - c->out_at},
                             {(void *)(uintptr_t)c->out_body.p, c->out_body.n}};
        int from = v[0].iov_len ? 0 : 1, n = v[1].iov_len ? 2 - from : 1;
        ssize_t got = c->io->sendv(c, v + from, n);
        size_t head;

        if (got == -EAGAIN) {
            c->writable = false;
            break;
        }
        if (got < 0) {
            conn_kill(c);
            return false;
        }
        c->progress_ms = c->loop->now_ms;
        head = (size_t)got < v[0].iov_len ? (size_t)got : v[0].iov_len;
        c->out_at += head;
        c->out_body = str_from(c->out_body, (size_t)got - head);
    }
    if (c->out_at == c->out.n && c->out.n) {
        buf_reset(&c->out);
        c->out_at = 0;
        if (c->out.cap > 2 * HTTP_OUT_HIGH)
            buf_done(&c->out);
    } else if (c->out_at > HTTP_OUT_HIGH) {
        buf_drop(&c->out, c->out_at);
        c->out_at = 0;
    }
    if (!unsent(c))
        c->progress_ms = c->loop->now_ms;
    return true;
}

static str date_of(struct loop *l)
{
    int64_t now = clock_now_ms();

    if (now / 1000 != l->date_s) {
        l->date_s = now / 1000;
        http_date(now, l->date);
    }
    return str_of(l->date);
}

/* After the last reply of a connection. */
static void linger(struct conn *c)
{
    c->io->shut(c);
    buf_done(&c->in);
    buf_done(&c->out);
    c->in_at = c->out_at = 0;
    state_set(c, CONN_LINGER);
    if (c->eof)
        conn_kill(c);
}

/* The reply is out as far as we are concerned. */
static void reply_end(struct conn *c)
{
    int class = c->x->rep.status / 100;

    metric_add(&http_m_requests[class >= 1 && class <= 5 ? class : 0], 1);
    metric_time_us(&http_m_took, clock_mono_us() - c->x->rq.received_us);
    exchange_end(c);
    state_set(c, CONN_READ); /* a closing one lingers as soon as all is sent: see step_read */
}

static void write_head(struct conn *c, struct reply_head h)
{
    struct exchange *x = c->x;

    if (x->rep.broken) {
        reply_init(&x->rep, &x->rq);
        http_problem(&x->rep, 500, STR_NULL, STR("Something failed here"), STR_NULL);
    }
    if (!x->rq.minor || !x->parser.vetted.keep_alive || c->loop->draining)
        c->closing = true;
    h.date = date_of(c->loop);
    h.close = c->closing;
    reply_write_head(&x->rep, &h, &c->out);
}

/* Sends the reply that x->rep holds. */
static void answer(struct conn *c)
{
    struct exchange *x = c->x;
    size_t before = c->out.n;
    bool body;

    write_head(c, (struct reply_head){0});
    body = x->rq.method != HTTP_M_HEAD && reply_status_has_body(x->rep.status);
    x->sent_bytes = (int64_t)(c->out.n - before + (body ? x->rep.body.n : 0));
    if (body && x->rep.body.n > HTTP_COPY_MAX) {
        c->out_body = x->rep.body;
        state_set(c, CONN_WRITE);
        return;
    }
    if (body)
        buf_str(&c->out, x->rep.body);
    reply_end(c);
}

/* There is no room for it now; says when there will be. */
static void shed(struct exchange *x)
{
    atomic_fetch_add(&x->loop->server->shed, 1);
    metric_add(&http_m_shed, 1);
    http_problem(&x->rep, 503, STR_NULL, STR("Too busy right now"), STR_NULL);
    http_retry_after(&x->rep, loop_wait_s(x->loop));
}

/* A reply of the server itself; the connection ends when the message was not read to its end. */
static void refuse(struct conn *c, int status, const char *why)
{
    struct exchange *x = c->x;
    struct http_reply *rep = &x->rep;

    if (!x->parser.head_done) {
        x->rq.method = llhttp_get_method(&x->parser.ll) == HTTP_HEAD ? HTTP_M_HEAD : HTTP_M_GET;
        x->rq.minor = 1;
        x->rq.received_us = clock_mono_us();
    }
    reply_init(rep, &x->rq);
    if (status == 503) {
        shed(x);
    } else {
        atomic_fetch_add(&c->loop->server->refused, 1);
        metric_add(&http_m_refused, 1);
        http_problem(rep, status, STR_NULL, STR("The request is refused"), str_of(why));
    }
    answer(c);
}

static void stream_begin(struct conn *c)
{
    struct exchange *x = c->x;
    bool chunked = x->rq.minor >= 1;
    size_t before = c->out.n;

    if (!chunked)
        c->closing = true;
    x->stream_begun = true;
    c->put_ms = c->loop->now_ms;
    write_head(c, (struct reply_head){.chunked = chunked, .no_length = true});
    x->sent_bytes = (int64_t)(c->out.n - before);
}

static void stream_put(struct conn *c, str data)
{
    struct exchange *x = c->x;

    x->sent_bytes += (int64_t)data.n;
    if (x->rq.method == HTTP_M_HEAD || !reply_status_has_body(x->rep.status))
        return;
    if (x->rq.minor >= 1)
        buf_fmt(&c->out, "%zx\r\n", data.n);
    buf_str(&c->out, data);
    if (x->rq.minor >= 1)
        buf_str(&c->out, STR("\r\n"));
    c->put_ms = c->loop->now_ms;
}

/* Moves what the producer left into the output, as far as the client keeps up. True: some is left. */
static bool stream_pump(struct conn *c)
{
    struct exchange *x = c->x;
    struct http_stream *s = x->rep.stream;
    bool ended, orphan, left, room = false;

    if (x->stream_over)
        return false;
    if (!x->stream_begun)
        stream_begin(c);
    pthread_mutex_lock(&s->lock);
    while (s->data.n && unsent(c) < HTTP_OUT_HIGH) {
        size_t n = s->data.n < HTTP_OUT_HIGH ? s->data.n : HTTP_OUT_HIGH;

        stream_put(c, str_n(s->data.p, n));
        buf_drop(&s->data, n);
    }
    left = s->data.n > 0;
    ended = s->ended && !left;
    orphan = !s->producers && !s->ended;
    if (s->data.n <= s->max_bytes / 2) {
        pthread_cond_broadcast(&s->room);
        room = s->refused;
        s->refused = false;
    }
    pthread_mutex_unlock(&s->lock);
    if (orphan) {
        LOG_WARN("http.stream.cut", F_CZ("why", "the producer left without ending it"));
        conn_kill(c);
        return false;
    }
    if (ended) {
        if (x->rq.minor >= 1 && x->rq.method != HTTP_M_HEAD && reply_status_has_body(x->rep.status))
            buf_str(&c->out, STR("0\r\n\r\n"));
        x->stream_over = true;
        stream_detach(s, false);
    } else if (room) {
        stream_tell(s, HTTP_STREAM_ROOM);
    }
    return left;
}

/* The handler has returned. */
static void handled(struct conn *c)
{
    if (c->x->rep.stream)
        state_set(c, CONN_STREAM);
    else
        answer(c);
}

void conn_handled(struct exchange *x)
{
    struct conn *c = x->conn;

    x->handler_runs = false;
    if (!c) {
        exchange_free(x);
        return;
    }
    if (c->state == CONN_WAIT)
        handled(c);
    conn_drive(c);
}

void conn_stream_note(struct http_stream *s)
{
    struct exchange *x;

    pthread_mutex_lock(&s->lock);
    s->noted = false;
    x = s->x;
    pthread_mutex_unlock(&s->lock);
    if (x && !x->conn) { /* the client left before the stream began */
        x->stream_over = true;
        stream_detach(s, true);
    } else if (x) {
        if (x->conn->state == CONN_WAIT)
            state_set(x->conn, CONN_STREAM);
        conn_drive(x->conn);
    }
    stream_release(s);
}

static void options_asterisk(struct exchange *x)
{
    http_status(&x->rep, 204);
    http_header(&x->rep, STR("Allow"), STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
    x->answered = true;
}

/* What follows from the plan for the body: how much, kept or dropped, asked for or not. */
static bool body_plan(struct exchange *x)
{
    struct http_parser *p = &x->parser;
    const struct http_vetted *v = &p->vetted;
    bool has_body = v->chunked || v->length > 0;

    if (!x->answered && v->length > x->plan.body_max) {
        http_problem(&x->rep, 413, STR_NULL, STR("The body is too large"), STR_NULL);
        x->answered = true;
    }
    if (!x->answered && has_body && !x->plan.on_loop && work_full(&x->loop->server->work)) {
        shed(x);
        x->answered = true;
    }
    p->body_max = x->plan.body_max;
    if (!has_body)
        return true;
    if (x->answered) { /* read a small rest away so that the connection lives, else answer now and end it */
        p->body_drop = true;
        p->body_max = HTTP_DROP_MAX;
        return !v->expect_continue && v->length <= HTTP_DROP_MAX;
    }
    if (v->expect_continue)
        buf_str(&x->conn->out, STR("HTTP/1.1 100 Continue\r\n\r\n"));
    return true;
}

/* The parser has a vetted head. */
static bool on_head(void *ctx, struct http_parser *p)
{
    struct exchange *x = ctx;
    struct http_server *s = x->loop->server;
    struct http_request *rq = &x->rq;
    const struct http_vetted *v = &p->vetted;

    rq->method = v->method;
    rq->raw_path = v->raw_path;
    rq->query = v->query;
    rq->host = v->host;
    rq->minor = p->ll.http_minor >= 1;
    rq->received_us = clock_mono_us();
    rq->fields = p->fields;
    rq->n_fields = p->n_fields;
    if (http_path_decode(rq->raw_path, x->arena, &rq->path, NULL)) {
        p->status = 400;
        p->why = "the path is not properly encoded";
        return false;
    }
    origin_find(&s->o, rq);
    if (rq->tls != x->conn->tls)
        reply_init(&x->rep, rq); /* its default fields depend on it */
    x->plan = (struct http_plan){.body_max = s->o.body_max};
    atomic_fetch_add(&s->requests, 1);
    if (v->asterisk)
        options_asterisk(x);
    else if (s->o.head && !s->o.head(s->o.ctx, rq, &x->plan, &x->rep))
        x->answered = true;
    return body_plan(x);
}

static void exchange_begin(struct conn *c)
{
    struct exchange *x = exchange_new(c->loop);

    x->conn = c;
    c->x = x;
    x->parser.on_head = on_head;
    x->parser.ctx = x;
    x->rq.tls = c->tls;
    x->rq.peer = str_of(c->peer);
    id_format(id_new(), x->rq.id);
    reply_init(&x->rep, &x->rq);
}

/* The request is complete. */
static void request_end(struct conn *c)
{
    struct exchange *x = c->x;
    struct http_server *s = c->loop->server;

    x->rq.body = buf_view(&x->parser.body);
    if (x->answered) {
        answer(c);
    } else if (x->plan.on_loop) {
        s->o.handle(s->o.ctx, &x->rq, &x->rep);
        handled(c);
    } else {
        state_set(c, CONN_SHED);
        loop_admit(c->loop);
    }
}

void loop_admit(struct loop *l)
{
    struct conn *c;

    while ((c = l->waiting.head)) {
        c->x->handler_runs = true;
        if (!server_dispatch(c->x)) {
            c->x->handler_runs = false;
            return;
        }
        state_set(c, CONN_WAIT);
    }
}

/* Keeps the memory of all bodies together under the server's limit. */
static bool body_count(struct exchange *x)
{
    struct http_server *s = x->loop->server;
    size_t cap = x->parser.body.cap;

    if (cap == x->body_counted)
        return true;
    atomic_fetch_add(&s->bodies, cap - x->body_counted);
    x->body_counted = cap;
    return buf_ok(&x->parser.body) && atomic_load(&s->bodies) <= s->o.bodies_max;
}

/* Parses; returns the bytes taken. */
static size_t feed(struct conn *c, const char *p, size_t n)
{
    struct exchange *x;
    struct conn_list *was = list_of(c);
    bool had_head;
    size_t used;
    enum http_parse got;

    if (!c->x)
        exchange_begin(c);
    x = c->x;
    had_head = x->parser.head_done;
    got = http_parser_feed(&x->parser, p, n, &used);
    if (list_of(c) != was || x->parser.head_done != had_head) {
        c->since_ms = c->loop->now_ms;
        relist(c, was);
    }
    if (got != HTTP_PARSE_BAD && !body_count(x)) {
        c->closing = true;
        refuse(c, 503, NULL);
    } else if (got == HTTP_PARSE_BAD) {
        c->closing = true;
        if (x->answered)
            answer(c);
        else
            refuse(c, x->parser.status ? x->parser.status : 400, x->parser.why ? x->parser.why : "malformed");
    } else if (got == HTTP_PARSE_DONE) {
        request_end(c);
    }
    return used;
}

/* A parse of what lies in c->in, or of what the socket has. False: nothing to do until an event. */
static bool step_read(struct conn *c)
{
    size_t used;
    ssize_t n;

    if (c->closing) {
        if (flush(c) && !unsent(c))
            linger(c);
        return c->state == CONN_LINGER;
    }
    if (unsent(c) >= HTTP_OUT_HIGH && (!flush(c) || unsent(c) >= HTTP_OUT_HIGH))
        return false;
    if (c->in.n > c->in_at) {
        c->in_at += feed(c, c->in.p + c->in_at, c->in.n - c->in_at);
        if (c->in.n <= c->in_at) {
            buf_done(&c->in);
            c->in_at = 0;
        }
        return true;
    }
    if (c->readable) {
        n = c->io->recv(c, c->loop->scratch, HTTP_SCRATCH);
        if (n > 0) {
            /* less means that there is no more: the next edge tells */
            c->readable = n == HTTP_SCRATCH || c->fin || c->io->mixed;
            used = feed(c, c->loop->scratch, (size_t)n);
            if (used < (size_t)n && !c->closing)
                buf_put(&c->in, c->loop->scratch + used, (size_t)n - used);
            return true;
        }
        c->readable = false;
        c->eof = n != -EAGAIN;
    }
    if (!flush(c))
        return false;
    if (c->eof && !unsent(c))
        conn_kill(c); /* nothing of a request, or a cut one, which is none (RFC 9112 8) */
    return false;
}

static bool step_linger(struct conn *c)
{
    ssize_t n;

    if (!c->readable)
        return false;
    n = c->io->recv(c, c->loop->scratch, HTTP_SCRATCH);
    if (n > 0)
        return true;
    c->readable = false;
    if (n != -EAGAIN)
        conn_kill(c);
    return false;
}

static bool step_write(struct conn *c)
{
    if (!flush(c) || unsent(c))
        return false;
    reply_end(c);
    return true;
}

static bool step_stream(struct conn *c)
{
    bool left = stream_pump(c);

    if (c->state == CONN_DEAD || !flush(c) || unsent(c))
        return false;
    if (!c->x->stream_over || c->x->handler_runs)
        return left;
    reply_end(c);
    return true;
}

static bool step(struct conn *c)
{
    switch (c->state) {
    case CONN_READ:
        return step_read(c);
    case CONN_WAIT:
    case CONN_SHED:
        flush(c);
        return false;
    case CONN_WRITE:
        return step_write(c);
    case CONN_STREAM:
        return step_stream(c);
    case CONN_LINGER:
        return step_linger(c);
    case CONN_DEAD:
        break;
    }
    return false;
}

void conn_drive(struct conn *c)
{
    for (int i = 0; i < HTTP_ROUND_MAX; i++) {
        if (!step(c))
            return;
    }
    if (c->state != CONN_DEAD && !c->in_ready) { /* others first; the loop comes back to it */
        c->in_ready = true;
        c->next_ready = c->loop->ready;
        c->loop->ready = c;
    }
}

void conn_event(struct conn *c, bool can_read, bool can_write, bool read_closed, bool broken)
{
    if (c->state == CONN_DEAD)
        return;
    if (broken) {
        conn_kill(c);
        return;
    }
    c->fin = c->fin || read_closed;
    c->readable = c->readable || can_read || read_closed;
    c->writable = c->writable || can_write;
    if (c->io->mixed)
        c->readable = c->writable = true;
    if (read_closed && c->x)
        atomic_store(&c->x->gone, true);
    if (read_closed && c->state == CONN_STREAM) { /* who listens to events does not half-close */
        conn_kill(c);
        return;
    }
    conn_drive(c);
}

static void heartbeat(struct conn *c)
{
    struct http_stream *s = c->x->rep.stream;

    if (!c->x->stream_begun || c->x->stream_over || s->opts.heartbeat_ms <= 0 || unsent(c) ||
        c->loop->now_ms - c->put_ms < s->opts.heartbeat_ms)
        return;
    stream_put(c, s->opts.heartbeat);
    conn_drive(c);
}

static void timed_out(struct conn *c)
{
    c->closing = true;
    refuse(c, 408, "the request took too long");
    conn_drive(c);
}

void conn_tick(struct conn *c)
{
    const struct http_server_opts *o = &c->loop->server->o;
    int64_t age = c->loop->now_ms - c->since_ms;

    if (unsent(c) && c->loop->now_ms - c->progress_ms > o->write_timeout_ms) {
        conn_kill(c);
        return;
    }
    switch (c->state) {
    case CONN_READ:
        if (is_idle(c)) {
            if (age > (c->loop->draining ? HTTP_DRAIN_IDLE_MS : c->handshake ? o->head_timeout_ms : o->idle_timeout_ms))
                conn_kill(c);
        } else if (!c->x->parser.head_done) {
            if (age > o->head_timeout_ms)
                timed_out(c);
        } else if (age > o->body_timeout_ms + c->x->parser.body_bytes / 4) {
            timed_out(c);
        }
        break;
    case CONN_SHED:
        if (age >= HTTP_SHED_MS) {
            refuse(c, 503, NULL);
            conn_drive(c);
        }
        break;
    case CONN_LINGER:
        if (age > HTTP_LINGER_MS)
            conn_kill(c);
        break;
    case CONN_STREAM:
        heartbeat(c);
        break;
    default:
        break;
    }
}

void conn_drain(struct conn *c)
{
    struct http_stream *s = c->state == CONN_STREAM ? c->x->rep.stream : NULL;

    if (is_idle(c)) {
        c->since_ms = c->loop->now_ms; /* a last request may be on its way */
        return;
    }
    if (s && !c->x->stream_over && !s->drain_told) {
        s->drain_told = true;
        stream_tell(s, HTTP_STREAM_DRAIN);
    }
}
