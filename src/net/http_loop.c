/* A loop: the thread that owns connections. It waits for sockets and notes, accepts, drives connections through their
 * states (http_conn.c) and looks at the clock. Nothing in it blocks. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/http_priv.h"
#include "net/net_addr.h"
#include "net/tls_priv.h"

enum {
    EVENTS = 128,
    ACCEPT_MAX = 64,
    ACCEPT_LAST = 4096,
    POOL_MAX = 64,
    KEEP_MAX = 64 * 1024,
    TRIM_CONNS = 256,
    TRIM_MS = 5000,
    WAIT_MAX_S = 60
};

/* ---- exchanges */

struct exchange *exchange_new(struct loop *l)
{
    struct exchange *x = l->free;

    if (x) {
        l->free = x->next_free;
        l->n_free--;
    } else {
        x = calloc(1, sizeof *x);
        if (!x)
            abort();
        x->note.kind = NOTE_HANDLED;
        x->loop = l;
        x->arena = arena_new_wiped("http.request");
        http_parser_new(&x->parser,
                        &(struct http_limits){l->server->o.target_max, l->server->o.head_max, l->server->o.fields_max});
        buf_init_wiped(&x->rep.fields, 0);
    }
    http_parser_init(&x->parser);
    atomic_store(&x->gone, false);
    x->rq = (struct http_request){.arena = x->arena};
    x->answered = x->handler_runs = x->stream_begun = x->stream_over = false;
    x->body_counted = 0;
    x->sent_bytes = 0;
    return x;
}

void exchange_destroy(struct exchange *x)
{
    http_parser_done(&x->parser);
    buf_done(&x->rep.fields);
    arena_free(x->arena);
    free(x);
}

void exchange_free(struct exchange *x)
{
    struct loop *l = x->loop;

    atomic_fetch_sub(&l->server->bodies, x->body_counted);
    x->body_counted = 0;
    buf_done(&x->parser.body);
    if (l->n_free >= POOL_MAX) {
        exchange_destroy(x);
        return;
    }
    if (x->parser.head.cap > (size_t)KEEP_MAX)
        buf_done(&x->parser.head);
    arena_reset(x->arena);
    buf_reset(&x->parser.head);
    buf_reset(&x->rep.fields);
    x->next_free = l->free;
    l->free = x;
    l->n_free++;
}

bool http_request_gone(const struct http_request *rq)
{
    const struct exchange *x = (const struct exchange *)((const char *)rq - offsetof(struct exchange, rq));

    return atomic_load(&x->gone);
}

/* ---- notes and workers */

void loop_wake(struct loop *l)
{
    uint64_t one = 1;
    ssize_t n = write(l->wake, &one, sizeof one);

    (void)n; /* full means that it is awake */
}

void loop_post(struct loop *l, struct note *n)
{
    n->next = NULL;
    pthread_mutex_lock(&l->inbox_lock);
    *(l->inbox ? &l->inbox_tail->next : &l->inbox) = n;
    l->inbox_tail = n;
    pthread_mutex_unlock(&l->inbox_lock);
    if (atomic_exchange(&l->sleeps, false))
        loop_wake(l);
}

void loop_notes(struct loop *l)
{
    struct note *n, *next;

    pthread_mutex_lock(&l->inbox_lock);
    n = l->inbox;
    l->inbox = l->inbox_tail = NULL;
    pthread_mutex_unlock(&l->inbox_lock);
    for (; n; n = next) {
        next = n->next;
        if (n->kind == NOTE_HANDLED) {
            atomic_fetch_sub(&l->n_busy, 1);
            atomic_fetch_add(&l->server->handled, 1);
            conn_handled((struct exchange *)((char *)n - offsetof(struct exchange, note)));
        } else {
            conn_stream_note((struct http_stream *)((char *)n - offsetof(struct http_stream, note)));
        }
    }
    loop_admit(l);
}

bool server_dispatch(struct exchange *x)
{
    if (!work_push(&x->loop->server->work, x))
        return false;
    atomic_fetch_add(&x->loop->n_busy, 1);
    return true;
}

/* ---- sockets */

static ssize_t sock_recv(struct conn *c, void *p, size_t n)
{
    ssize_t got;

    do {
        got = recv(c->fd, p, n, 0);
    } while (got < 0 && errno == EINTR);
    return got >= 0 ? got : errno == EAGAIN ? -EAGAIN : -errno;
}

static ssize_t sock_sendv(struct conn *c, const struct iovec *v, int n)
{
    struct msghdr m = {.msg_iov = (struct iovec *)(uintptr_t)v, .msg_iovlen = (size_t)n};
    ssize_t sent;

    do {
        sent = n == 1 ? send(c->fd, v->iov_base, v->iov_len, MSG_NOSIGNAL) : sendmsg(c->fd, &m, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent >= 0 ? sent : errno == EAGAIN ? -EAGAIN : -errno;
}

static void sock_shut(struct conn *c)
{
    shutdown(c->fd, SHUT_WR);
}

static void sock_close(struct conn *c)
{
    close(c->fd);
}

static const struct conn_io sock_io = {.recv = sock_recv, .sendv = sock_sendv, .shut = sock_shut, .close = sock_close};

/* ---- accepting */

static void shed(struct http_server *s, int fd, bool tls)
{
    static const char answer[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nConnection: close\r\n"
                                 "Content-Length: 0\r\nX-Content-Type-Options: nosniff\r\n\r\n";
    char drop[4096];

    if (!tls && send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL | MSG_DONTWAIT) > 0 &&
        recv(fd, drop, sizeof drop, MSG_DONTWAIT) >= 0) /* closing with bytes unread would be a reset */
        shutdown(fd, SHUT_WR);
    close(fd);
    atomic_fetch_add(&s->shed, 1);
    metric_add(&http_m_shed, 1);
}

/* No descriptor is left: gives the spare one up for a moment, so that the client hears why and the queue moves on. */
static void accept_spare(struct loop *l, int listen_fd, bool tls)
{
    int fd;

    if (l->spare < 0 && (l->spare = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0)
        return;
    close(l->spare);
    // cppcheck-suppress nullPointer ; no address is wanted
    fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0)
        shed(l->server, fd, tls);
    l->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static size_t loop_conns(const struct loop *l)
{
    return l->idle.n + l->active.n + l->waiting.n;
}

static void adopt(struct loop *l, int fd, bool tls, const struct sockaddr_storage *from)
{
    struct http_server *s = l->server;
    struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET};
    size_t share = s->o.conns_max / (size_t)s->o.loops;
    struct conn *c;
    char peer[48];
    SSL *ssl = NULL;
    int one = 1;

    atomic_fetch_add(&s->accepted, 1);
    if (loop_conns(l) >= share && l->idle.head)
        conn_kill(l->idle.head); /* the one that has been idle for longest */
    if (loop_conns(l) >= share) {
        shed(s, fd, tls);
        return;
    }
    if (from->ss_family != AF_UNIX)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    net_peer_of(from, peer);
    if (tls && !(ssl = tls_accept(s->o.tls, fd))) {
        close(fd);
        return;
    }
    c = conn_new(l, fd, tls ? &tls_io : &sock_io, ssl, str_of(peer));
    c->tls = c->handshake = tls;
    ev.data.ptr = c;
    if (epoll_ctl(l->ep, EPOLL_CTL_ADD, fd, &ev))
        conn_kill(c);
    else
        conn_drive(c); /* the request is often there already */
}

static void loop_accept(struct loop *l, struct listener *li, int max)
{
    for (int i = 0; i < max; i++) {
        struct sockaddr_storage from = {0};
        socklen_t n = sizeof from;
        int fd = accept4(li->fd, (struct sockaddr *)&from, &n, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd >= 0) {
            adopt(l, fd, li->tls, &from);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE) {
            if (l->idle.head)
                conn_kill(l->idle.head);
            else
                accept_spare(l, li->fd, li->tls);
            continue;
        }
        if (errno == EINTR || errno == ECONNABORTED)
            continue;
        return;
    }
}

/* ---- the loop */

void loop_bury(struct loop *l)
{
    struct conn *c;

    while ((c = l->dead)) {
        l->dead = c->next_dead;
        if (c->in_ready) { /* still in the list of the ready: that one frees it */
            c->in_ready = false;
            for (struct conn **at = &l->ready; *at; at = &(*at)->next_ready) {
                if (*at == c) {
                    *at = c->next_ready;
                    break;
                }
            }
        }
        conn_free(c);
        l->buried++;
    }
}

static void loop_ready(struct loop *l)
{
    struct conn *c = l->ready, *next;

    l->ready = NULL;
    for (; c; c = next) {
        next = c->next_ready;
        c->in_ready = false;
        conn_drive(c);
    }
}

static void list_each(struct conn_list *list, void (*f)(struct conn *))
{
    struct conn *c, *next;

    for (c = list->head; c; c = next) { /* f may kill or move c, no other */
        next = c->next;
        f(c);
    }
}

static void loop_drain_begin(struct loop *l)
{
    struct http_server *s = l->server;

    l->draining = true;
    for (size_t i = 0; i < s->n_listeners; i++) {
        epoll_ctl(l->ep, EPOLL_CTL_DEL, s->listeners[i].fd, NULL);
        if (!atomic_load(&s->keep_listening))
            loop_accept(l, &s->listeners[i], ACCEPT_LAST); /* those who wait at the door are still served */
    }
    list_each(&l->active, conn_drain);
    list_each(&l->idle, conn_drain);
    atomic_fetch_add(&s->drained_loops, 1);
}

int loop_wait_s(const struct loop *l)
{
    double rate = l->rate < 1 ? 1 : l->rate, wait = (double)work_len(&l->server->work) / rate;

    return wait > WAIT_MAX_S - 1 ? WAIT_MAX_S : 1 + (int)wait;
}

/* How many requests a second the workers get done: half of it what the last tick saw, half what was so before. */
static void rate_note(struct loop *l)
{
    int64_t handled = atomic_load(&l->server->handled);
    double now = (double)(handled - l->handled) * 1000 / (double)(l->now_ms - l->tick_ms);

    l->rate = (l->rate + now) / 2;
    l->handled = handled;
}

static void loop_tick(struct loop *l)
{
    if (l->now_ms - l->tick_ms < HTTP_TICK_MS)
        return;
    rate_note(l);
    l->tick_ms = l->now_ms;
    list_each(&l->active, conn_tick);
    while (l->waiting.head && l->now_ms - l->waiting.head->since_ms >= HTTP_SHED_MS)
        conn_tick(l->waiting.head); /* ends its waiting, whatever comes after */
    list_each(&l->idle, conn_tick);
    if (l->buried >= TRIM_CONNS && l->now_ms - l->trim_ms >= TRIM_MS) { /* after a crowd its memory goes back */
        l->buried = 0;
        l->trim_ms = l->now_ms;
        malloc_trim(0);
    }
}

/* How long the loop may wait. It first says that it sleeps and then looks at its inbox, notes are posted the other way
 * round: so none is overlooked. */
static int loop_patience(struct loop *l)
{
    bool some;

    atomic_store(&l->sleeps, true);
    pthread_mutex_lock(&l->inbox_lock);
    some = l->inbox != NULL;
    pthread_mutex_unlock(&l->inbox_lock);
    if (some || l->ready)
        return 0;
    if (l->buried >= TRIM_CONNS) /* after a crowd the clock goes on until it is tidied up */
        return HTTP_TICK_MS;
    return loop_conns(l) ? HTTP_TICK_MS : -1;
}

static void loop_event(struct loop *l, const struct epoll_event *ev)
{
    struct http_server *s = l->server;
    uint64_t ignored;
    ssize_t n;

    if (ev->data.ptr == l) {
        n = read(l->wake, &ignored, sizeof ignored);
        (void)n;
        return;
    }
    for (size_t i = 0; i < s->n_listeners; i++) {
        if (ev->data.ptr == &s->listeners[i]) {
            loop_accept(l, &s->listeners[i], ACCEPT_MAX);
            return;
        }
    }
    conn_event(ev->data.ptr, ev->events & EPOLLIN, ev->events & EPOLLOUT, ev->events & EPOLLRDHUP,
               ev->events & (EPOLLERR | EPOLLHUP));
}

void loop_run(void *arg)
{
    struct loop *l = arg;
    struct http_server *s = l->server;
    struct epoll_event ev[EVENTS];

    l->now_ms = clock_mono_ms();
    while (!atomic_load(&s->stopping)) {
        int n = epoll_wait(l->ep, ev, EVENTS, loop_patience(l));

        atomic_store(&l->sleeps, false);
        l->now_ms = clock_mono_ms();
        for (int i = 0; i < n; i++)
            loop_event(l, &ev[i]);
        loop_notes(l);
        loop_ready(l);
        if (!l->draining && atomic_load(&s->draining))
            loop_drain_begin(l);
        loop_tick(l);
        loop_bury(l);
    }
    list_each(&l->active, conn_kill);
    list_each(&l->waiting, conn_kill);
    list_each(&l->idle, conn_kill);
    loop_bury(l);
}

/* ---- life */

enum err_code loop_open(struct loop *l, struct http_server *s, int index, struct err *e)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = l};

    l->server = s;
    l->index = index;
    l->ep = epoll_create1(EPOLL_CLOEXEC);
    l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&l->inbox_lock, NULL);
    l->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    l->scratch = malloc(HTTP_SCRATCH);
    if (!l->scratch)
        abort();
    if (l->ep < 0 || l->wake < 0 || epoll_ctl(l->ep, EPOLL_CTL_ADD, l->wake, &ev))
        return err_errno(e, errno, "epoll");
    for (size_t i = 0; i < s->n_listeners; i++) {
        ev.events = EPOLLIN | EPOLLEXCLUSIVE;
        ev.data.ptr = &s->listeners[i];
        if (epoll_ctl(l->ep, EPOLL_CTL_ADD, s->listeners[i].fd, &ev))
            return err_errno(e, errno, "epoll");
    }
    return ERR_OK;
}

void loop_close(struct loop *l)
{
    struct exchange *x;

    loop_notes(l); /* handlers that returned after the loop had ended */
    loop_bury(l);
    while ((x = l->free)) {
        l->free = x->next_free;
        exchange_destroy(x);
    }
    if (l->ep >= 0)
        close(l->ep);
    if (l->wake >= 0)
        close(l->wake);
    if (l->spare >= 0)
        close(l->spare);
    if (l->scratch)
        pthread_mutex_destroy(&l->inbox_lock);
    free(l->scratch);
}
