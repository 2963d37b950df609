/* bench/rate.c - asks at a constant rate and tells how long answers took, counted from when each request was due.
 *
 * usage: rate_bench ADDRESS PORT PATH RATE SECONDS CONNECTIONS [TOKEN]
 *
 * Requests are due every 1/RATE seconds whatever the server does; one that finds no idle connection waits in the queue, and its
 * waiting counts. So a pause of the server is seen by every request that was due in it (no coordinated omission), and none is
 * counted that was not asked. "late" is the part of it before the request left: no connection was idle, or this program itself was
 * late. All times are kept, none is rounded into a bucket. "waited" is how long this program was ready and another had its core.
 * One thread; prints one JSON object. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

enum { CONNECTIONS_MAX = 1024, REPLY_MAX = 64 << 10, BATCH = 256 };

struct conn {
    int fd;
    int64_t due_ns; /* of the request on its way; 0: idle */
    size_t n;       /* bytes of the answer so far */
    char buf[REPLY_MAX];
};

struct run {
    int ep;
    struct conn *conns;
    struct conn *idle[CONNECTIONS_MAX];
    size_t idle_n;
    char request[2048];
    size_t request_n;
    double *took_us, *late_us;
    size_t sent, done, good, all;
};

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void die(const char *what)
{
    fprintf(stderr, "rate: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* Time on the run queue so far, as the kernel counts it; 0 where it does not. */
static int64_t waited_ns(void)
{
    FILE *f = fopen("/proc/thread-self/schedstat", "re");
    int64_t waited = 0;
    char line[96];
    str rest;

    if (!f)
        return 0;
    if (fgets(line, sizeof line, f)) { /* "ran waited slices" */
        (void)str_cut(str_of(line), ' ', &rest);
        if (!str_to_i64(str_cut(rest, ' ', &rest), &waited))
            waited = 0;
    }
    fclose(f);
    return waited;
}

static void conn_open(struct run *r, struct conn *c, const struct sockaddr_in *to)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
    int one = 1;

    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)to, sizeof *to) != 0)
        die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (epoll_ctl(r->ep, EPOLL_CTL_ADD, c->fd, &ev) != 0)
        die("epoll");
    r->idle[r->idle_n++] = c;
}

static void conn_ask(struct run *r, struct conn *c, int64_t due_ns)
{
    c->due_ns = due_ns;
    c->n = 0;
    if (r->request_n > sizeof r->request ||
        send(c->fd, r->request, r->request_n, MSG_NOSIGNAL) != (ssize_t)r->request_n)
        die("send");
    r->sent++;
}

/* A whole answer with Content-Length? Bodies are small: they come with their head or just behind it. */
static bool answer_whole(const struct conn *c)
{
    str all = str_n(c->buf, c->n), value;
    size_t head = str_find(all, STR("\r\n\r\n"), 0), at;
    size_t length = 0;

    if (head == SIZE_MAX)
        return false;
    at = str_find_nocase(str_sub(all, 0, head), STR("\r\ncontent-length:"), 0);
    if (at != SIZE_MAX) {
        value = str_trim(str_sub(all, at + 17, head));
        for (size_t i = 0; i < value.n && value.p[i] >= '0' && value.p[i] <= '9'; i++)
            length = length * 10 + (size_t)(value.p[i] - '0');
    }
    return c->n >= head + 4 + length;
}

static void conn_read(struct run *r, struct conn *c)
{
    ssize_t got = recv(c->fd, c->buf + c->n, sizeof c->buf - c->n, MSG_DONTWAIT);

    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0)
        die("the server hung up");
    c->n += (size_t)got;
    if (!c->due_ns || !answer_whole(c))
        return;
    r->took_us[r->done++] = (double)(now_ns() - c->due_ns) / 1000;
    r->good += c->n > 9 && c->buf[9] == '2';
    c->due_ns = 0;
    r->idle[r->idle_n++] = c;
}

/* Every request of the plan, each when it is due or, when none was idle then, as soon as one is. */
static void plan_run(struct run *r, double rate)
{
    int64_t start = now_ns() + 1000000, due;
    struct epoll_event ev[BATCH];
    struct timespec wait;

    while (r->done < r->all) {
        int64_t now = now_ns();
        int n;
        while (r->sent < r->all && r->idle_n && (due = start + (int64_t)((double)r->sent * 1e9 / rate)) <= now) {
            r->late_us[r->sent] = (double)(now - due) / 1000;
            conn_ask(r, r->idle[--r->idle_n], due);
        }
        due = r->sent < r->all && r->idle_n ? start + (int64_t)((double)r->sent * 1e9 / rate) - now_ns() : 100000000;
        wait = (struct timespec){.tv_nsec = due < 0 ? 0 : due > 100000000 ? 100000000 : due};
        n = epoll_pwait2(r->ep, ev, BATCH, &wait, NULL);
        for (int i = 0; i < n; i++)
            conn_read(r, ev[i].data.ptr);
    }
}

static int by_size(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;

    return a < b ? -1 : a > b;
}

static double at(const double *sorted, size_t n, double share)
{
    return sorted[(size_t)((double)(n - 1) * share)];
}

int main(int argc, char **argv)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    size_t connections;
    struct run r = {0};
    int64_t begin, waited;
    double rate;

    if (argc < 7 || argc > 8 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1) {
        fprintf(stderr, "usage: rate_bench ADDRESS PORT PATH RATE SECONDS CONNECTIONS [TOKEN]\n");
        return 2;
    }
    to.sin_port = htons((uint16_t)strtoul(argv[2], NULL, 10));
    rate = strtod(argv[4], NULL);
    r.all = (size_t)(rate * strtod(argv[5], NULL));
    connections = strtoul(argv[6], NULL, 10);
    if (rate <= 0 || !r.all || !connections || connections > CONNECTIONS_MAX)
        return 2;
    r.request_n = (size_t)snprintf(r.request, sizeof r.request, "GET %s HTTP/1.1\r\nHost: %s:%s\r\n%s%s%s\r\n", argv[3],
                                   argv[1], argv[2], argc > 7 ? "Authorization: Bearer " : "", argc > 7 ? argv[7] : "",
                                   argc > 7 ? "\r\n" : "");
    r.ep = epoll_create1(EPOLL_CLOEXEC);
    r.conns = calloc(connections, sizeof *r.conns);
    r.took_us = calloc(r.all, sizeof *r.took_us);
    r.late_us = calloc(r.all, sizeof *r.late_us);
    if (r.ep < 0 || !r.conns || !r.took_us || !r.late_us)
        die("start");
    for (size_t i = 0; i < connections; i++)
        conn_open(&r, &r.conns[i], &to);
    begin = now_ns();
    waited = waited_ns();
    plan_run(&r, rate);
    begin = now_ns() - begin;
    waited = waited_ns() - waited;
    qsort(r.took_us, r.all, sizeof *r.took_us, by_size);
    qsort(r.late_us, r.all, sizeof *r.late_us, by_size);
    printf("{\"sent\":%zu,\"good\":%zu,\"rate\":%.1f,\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f,"
           "\"most_us\":%.1f,"
           "\"late_p50_us\":%.1f,\"late_p99_us\":%.1f,\"waited_us\":%.1f}\n",
           r.all, r.good, (double)r.all * 1e9 / (double)begin, at(r.took_us, r.all, 0.5), at(r.took_us, r.all, 0.9),
           at(r.took_us, r.all, 0.99), at(r.took_us, r.all, 0.999), at(r.took_us, r.all, 1), at(r.late_us, r.all, 0.5),
           at(r.late_us, r.all, 0.99), (double)waited / 1000);
    for (size_t i = 0; i < connections; i++)
        close(r.conns[i].fd);
    free(r.conns);
    free(r.took_us);
    free(r.late_us);
    return 0;
}
