/* net/http_mem.h - a loop without threads and connections without sockets, for tests and fuzzing only.
 *
 * A test writes bytes into m->in, drives the connection and reads m->out. The clock is w.loop.now_ms. Handlers planned
 * for workers wait in the queue until mem_work() runs them. */
#pragma once
#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "net/http_priv.h"

struct mem {
    struct buf in, out;
    size_t room; /* bytes that the next writes take; SIZE_MAX: all */
    bool eof, shut, closed;
    struct conn *conn;
};

struct mem_world {
    struct http_server server;
    struct loop loop;
};

static inline ssize_t mem_recv(struct conn *c, void *p, size_t n)
{
    struct mem *m = c->io_data;

    if (!m->in.n)
        return m->eof ? 0 : -EAGAIN;
    n = n < m->in.n ? n : m->in.n;
    memcpy(p, m->in.p, n);
    buf_drop(&m->in, n);
    return (ssize_t)n;
}

static inline ssize_t mem_sendv(struct conn *c, const struct iovec *v, int n)
{
    struct mem *m = c->io_data;
    size_t sent = 0;

    for (int i = 0; i < n && m->room; i++) {
        size_t part = v[i].iov_len < m->room ? v[i].iov_len : m->room;

        buf_put(&m->out, v[i].iov_base, part);
        sent += part;
        m->room -= m->room == SIZE_MAX ? 0 : part;
    }
    return sent ? (ssize_t)sent : -EAGAIN;
}

static inline void mem_shut(struct conn *c)
{
    ((struct mem *)c->io_data)->shut = true;
}

static inline void mem_close(struct conn *c)
{
    ((struct mem *)c->io_data)->closed = true;
    ((struct mem *)c->io_data)->conn = NULL;
}

static const struct conn_io mem_io = {.recv = mem_recv, .sendv = mem_sendv, .shut = mem_shut, .close = mem_close};

static inline void mem_world_init(struct mem_world *w, const struct http_server_opts *o)
{
    memset(w, 0, sizeof *w);
    w->server.o = *o;
    w->server.o.body_max = o->body_max ? o->body_max : 1000;
    w->server.o.bodies_max = o->bodies_max ? o->bodies_max : 1 << 20;
    w->server.o.target_max = HTTP_LINE_MAX;
    w->server.o.head_max = HTTP_HEAD_MAX;
    w->server.o.fields_max = HTTP_FIELDS_MAX;
    w->server.o.head_timeout_ms = 15000;
    w->server.o.body_timeout_ms = 20000;
    w->server.o.idle_timeout_ms = 75000;
    w->server.o.write_timeout_ms = 30000;
    w->server.o.loops = 1;
    work_init(&w->server.work, o->queue_max ? o->queue_max : 4);
    w->loop.server = &w->server;
    w->loop.ep = -1;
    w->loop.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    w->loop.scratch = malloc(HTTP_SCRATCH);
    w->loop.now_ms = 1000;
    pthread_mutex_init(&w->loop.inbox_lock, NULL);
}

static inline void mem_open(struct mem_world *w, struct mem *m)
{
    memset(m, 0, sizeof *m);
    buf_init(&m->in, SIZE_MAX / 2);
    buf_init(&m->out, SIZE_MAX / 2);
    m->room = SIZE_MAX;
    m->conn = conn_new(&w->loop, -1, &mem_io, m, STR("192.0.2.9"));
}

/* Lets the connection run until nothing moves any more. */
static inline void mem_run(struct mem_world *w, struct mem *m)
{
    if (m->conn)
        conn_event(m->conn, m->in.n || m->eof, m->room > 0, m->eof, false);
    loop_notes(&w->loop);
    while (w->loop.ready) {
        struct conn *c = w->loop.ready;

        w->loop.ready = c->next_ready;
        c->in_ready = false;
        conn_drive(c);
        loop_notes(&w->loop);
    }
    loop_bury(&w->loop);
}

static inline void mem_say(struct mem_world *w, struct mem *m, str bytes)
{
    buf_str(&m->in, bytes);
    mem_run(w, m);
}

/* Runs one handler that waits for a worker; false when none does. */
static inline bool mem_work(struct mem_world *w)
{
    struct exchange *x = work_try(&w->server.work);

    if (!x)
        return false;
    w->server.o.handle(w->server.o.ctx, &x->rq, &x->rep);
    loop_post(&w->loop, &x->note);
    loop_notes(&w->loop);
    loop_bury(&w->loop);
    return true;
}

static inline void mem_close_all(struct mem_world *w, struct mem *m)
{
    if (m->conn)
        conn_kill(m->conn);
    while (mem_work(w))
        ;
    loop_notes(&w->loop);
    loop_bury(&w->loop);
    buf_done(&m->in);
    buf_done(&m->out);
}

static inline void mem_world_done(struct mem_world *w)
{
    struct exchange *x;

    while ((x = w->loop.free)) {
        w->loop.free = x->next_free;
        exchange_destroy(x);
    }
    close(w->loop.wake);
    free(w->loop.scratch);
    pthread_mutex_destroy(&w->loop.inbox_lock);
    work_done(&w->server.work);
}
