/* net/http_server.h - an HTTP/1.1 server: a few loops that own the connections, a bounded pool of workers that answer.
 *
 * Loops do nothing that blocks. They read, vet, and hand whole requests to `handle` on a worker; when the queue is full
 * the client gets 503, with a Retry-After worked out from how fast the queue empties: at once when its body was still to
 * come, else after a moment, so that those who ask again without waiting do not take the time of the others. What a
 * message means is decided once and strictly (RFC 9112, doc/decisions): anything that two readers could read in two ways
 * is refused and its connection closed. */
#pragma once
#include "base/err.h"
#include "net/http.h"

struct net_range;
struct tls_server;

/* What the head hook decides about a request before its body is read. */
struct http_plan {
    size_t body_max; /* larger: 413. Preset to opts.body_max */
    bool on_loop;    /* run `handle` on the loop: only for handlers that never block and take microseconds */
};

struct http_server_opts {
    const char *const *listen; /* "127.0.0.1:0", "[::1]:8080", "localhost:80", "unix:/path"; ends with NULL */
    const int *listen_fd;      /* sockets that already listen (hand-over, systemd), -1 ends; NULL: none */
    struct tls_server *tls;    /* net/tls.h; NULL: plain. Not for unix sockets. Outlives the server */
    int loops;                 /* 0: one for every two cores and one more, no more than cores */
    int workers;               /* 0: 4 for every core, at least 8 */
    size_t queue_max;          /* requests that wait for a worker; 0: 32 for every worker */
    size_t conns_max; /* 0: what RLIMIT_NOFILE leaves, at most 16384. Full: the longest idle one is closed, or
                                  the new one gets 503 */
    size_t body_max; /* of routes that do not say otherwise; 0: 1 MiB */
    size_t bodies_max; /* of all bodies in memory together; full: 503. 0: 256 MiB */
    size_t target_max; /* bytes of a request's target: 414; 0: 8 KiB */
    size_t head_max; /* bytes of a request's head: 431; 0: 40 KiB */
    size_t fields_max; /* header fields: 431; 0: 100, which is also the most */
    int head_timeout_ms; /* first byte to end of head: 408. 0: 15 s */
    int body_timeout_ms; /* start-up allowance; a body must then keep 4 KiB/s. 0: 20 s */
    int idle_timeout_ms; /* kept alive without a request; 0: 75 s */
    int write_timeout_ms; /* without any progress; 0: 30 s */
    /* Addresses of proxies before us: from them, and from them only, X-Forwarded-For and X-Forwarded-Proto are believed.
     * A chain is followed back to the first address that is none of them. */
    const struct net_range *proxies;
    size_t n_proxies;

    /* On a loop, when the head is vetted. Sets *plan, rq->user; or answers at once (status 400 and up) through `rep`
     * and returns false: `handle` then does not run. NULL: every request is handled. */
    bool (*head)(void *ctx, struct http_request *rq, struct http_plan *plan, struct http_reply *rep);
    /* Required. Fills `rep`. On a worker, or on a loop if planned so. */
    void (*handle)(void *ctx, struct http_request *rq, struct http_reply *rep);
    /* Once for every vetted request, when its reply was passed on for sending or its client was lost: then with status
     * 0 if nothing was sent. On a loop; for access logs and counters. NULL: not called. */
    void (*done)(void *ctx, const struct http_request *rq, int status, int64_t sent_bytes, int64_t took_us);
    void *ctx;
};

struct http_server;

/* Binds and listens; nothing is served before http_server_start. ERR_INVALID (address), ERR_EXISTS (in use), ERR_IO. */
enum err_code http_server_new(const struct http_server_opts *opts, struct http_server **out, struct err *e);
enum err_code http_server_start(struct http_server *s, struct err *e);

/* "http://127.0.0.1:34567", "https://..." or "unix:/path" of the i-th listener, with the port the kernel chose; NULL past the end. */
const char *http_server_url(const struct http_server *s, size_t i);
int http_server_listen_fd(const struct http_server *s, size_t i); /* for a hand-over; -1 past the end */

/* Graceful end: takes no new connections, lets running requests finish with Connection: close, tells streams
 * HTTP_STREAM_DRAIN, and waits at most timeout_ms. Idle connections are kept for a moment, because a request may be on
 * its way. Returns the number of connections that had to be cut. With keep_listening the sockets stay open for another
 * process that has them, otherwise those that were waiting to be accepted are served first. */
size_t http_server_drain(struct http_server *s, int timeout_ms, bool keep_listening);
void http_server_free(struct http_server *s); /* stops whatever still runs; NULL is ignored */

struct http_server_stats {
    size_t conns, busy, queued; /* now */
    int64_t accepted, requests, shed, refused; /* since start: shed 503, refused for their form */
};
void http_server_stats(struct http_server *s, struct http_server_stats *out);
