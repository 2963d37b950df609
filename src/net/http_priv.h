/* net/http_priv.h - what the server's own files share; nobody else includes it.
 *
 * A connection and its exchange belong to one loop thread. While a worker runs the handler it owns request and reply;
 * the loop touches neither until the note says that the handler is done (or that the reply became a stream, whose head
 * is frozen). A connection that dies meanwhile leaves the exchange behind, to be freed when the note comes. */
#pragma once
#include <pthread.h>
#include <stdatomic.h>
#include <sys/uio.h>

#include "base/metrics.h"
#include "base/thread.h"
#include "net/http_parse.h"
#include "net/http_server.h"
#include "net/http_work.h"

enum {
    HTTP_SCRATCH = 64 * 1024,   /* one read */
    HTTP_OUT_HIGH = 64 * 1024,  /* with so much unsent no further request is begun */
    HTTP_COPY_MAX = 16 * 1024,  /* smaller bodies are copied behind their head */
    HTTP_DROP_MAX = 64 * 1024,  /* a refused request's body up to this is read, so that the connection can go on */
    HTTP_LINGER_MS = 2000,      /* after our FIN: read on, so that the client gets the answer and no reset */
    HTTP_DRAIN_IDLE_MS = 300,   /* while draining: how long an idle connection may still bring a request */
    HTTP_SHED_MS = 500, /* a request for which there is no room by then hears so */
    HTTP_ROUND_MAX = 32, /* requests of one connection before others get their turn */
    HTTP_TICK_MS = 250,
};

struct conn;
struct loop;

/* A message to a loop. */
struct note {
    struct note *next;
    enum { NOTE_HANDLED, NOTE_STREAM } kind;
};

struct http_reply {
    struct http_request *rq;
    int status;
    unsigned defaults_off; /* bit i: row i of the default fields is replaced or left out */
    struct buf fields; /* "Name: value\r\n" of the handler's own fields */
    str type, body;
    bool has_retry_after;
    bool broken; /* a field was refused: the reply becomes a 500 */
    struct http_stream *stream;
};

struct exchange {
    struct note note;
    struct conn *conn; /* NULL: the client is lost */
    struct loop *loop;
    struct http_parser parser;
    struct http_request rq;
    struct http_reply rep;
    struct http_plan plan;
    struct arena *arena;
    atomic_bool gone;
    bool answered; /* the reply is ready though the request is not read to its end */
    bool handler_runs; /* on a worker */
    bool stream_begun, stream_over;
    size_t body_counted; /* of the server's body budget */
    int64_t sent_bytes;
    struct exchange *next_free, *next_work;
};

struct http_stream {
    struct note note;
    pthread_mutex_t lock; /* guards all below but `told`; a loop's inbox lock may be taken inside */
    pthread_cond_t room;
    struct buf data;
    struct exchange *x; /* NULL once detached */
    struct loop *loop; /* valid while x is */
    int refs; /* producers, the exchange while attached, a note under way */
    int producers;
    bool noted; /* the note is in the loop's inbox */
    bool ended, refused, drain_told;
    size_t max_bytes;
    struct http_stream_opts opts;
    pthread_mutex_t told; /* recursive, held while on_event runs, so that http_stream_end can promise its silence */
};

/* How a connection reads and writes: a socket, TLS (http_tls.c), memory in tests. Results: bytes, 0 for the end (recv), or
 * -errno (-EAGAIN: later). */
struct conn_io {
    ssize_t (*recv)(struct conn *c, void *p, size_t n);
    ssize_t (*sendv)(struct conn *c, const struct iovec *v, int n);
    void (*shut)(struct conn *c); /* no more will be sent */
    void (*close)(struct conn *c);
    bool mixed; /* reading may need the socket writable and the other way round; a short read says nothing */
};
extern const struct conn_io tls_io;

enum conn_state {
    CONN_READ, /* waiting for a request or reading one */
    CONN_WAIT, /* a worker has it */
    CONN_SHED, /* the queue is full: it waits for room there, and is refused when there was none for HTTP_SHED_MS */
    CONN_WRITE, /* a long reply goes out */
    CONN_STREAM, /* a reply that goes on */
    CONN_LINGER, /* all is said: reading away what still comes */
    CONN_DEAD,
};

struct conn {
    struct conn *prev, *next; /* in loop->conns */
    struct conn *next_ready, *next_dead;
    struct loop *loop;
    const struct conn_io *io;
    void *io_data;
    int fd;
    enum conn_state state;
    bool readable, writable, eof, in_ready;
    bool fin; /* the client has closed its sending side; what it sent before may still have to be read */
    bool closing; /* after this reply: no further request */
    bool tls;
    bool handshake; /* TLS is not agreed upon yet: the head's deadline holds for an idle connection */
    char peer[48];
    struct exchange *x;
    struct buf in; /* read but not yet parsed */
    size_t in_at;
    struct buf out; /* heads and small bodies, unsent from out_at on */
    size_t out_at;
    str out_body; /* a large body, after `out` */
    int64_t since_ms; /* when the state or the phase of reading began */
    int64_t put_ms; /* last time that a stream said something */
    int64_t progress_ms; /* last time that something could be written, or that nothing was waiting to be */
};

struct conn_list {
    struct conn *head, *tail;
    size_t n;
};

struct loop {
    struct http_server *server;
    struct thread thread;
    int index, ep, wake;
    int spare; /* a descriptor to give up when there are none left; -1: could not be had back yet */
    struct conn_list idle, active; /* idle: CONN_READ without a request begun, longest first */
    struct conn_list waiting; /* CONN_SHED, longest first; whoever comes while some wait is behind them */
    struct conn *ready, *dead;
    struct exchange *free;
    size_t n_free;
    atomic_bool sleeps; /* in epoll_wait, or about to: a note must wake it */
    pthread_mutex_t inbox_lock; /* guards inbox, inbox_tail */
    struct note *inbox, *inbox_tail;
    int64_t now_ms, tick_ms, trim_ms, handled;
    double rate; /* requests a second that the workers get done, as of tick_ms; `handled`: the counter then */
    size_t buried; /* connections freed since memory was given back */
    int64_t date_s;
    char date[40];
    bool draining;
    int64_t drain_ms;
    char *scratch;
    atomic_size_t n_conns, n_busy;
};

struct listener {
    int fd;
    char url[160];
    bool adopted, tls;
    bool closed;
};

struct http_server {
    struct http_server_opts o;
    struct listener *listeners;
    size_t n_listeners;
    struct loop *loops;
    struct thread *workers;
    int n_workers;
    struct http_work work;
    bool started;
    atomic_bool draining, stopping, keep_listening;
    atomic_int drained_loops;
    atomic_size_t bodies;
    _Atomic int64_t accepted, requests, shed, refused, handled; /* handled: by workers */
};

/* http_conn.c */
struct conn *conn_new(struct loop *l, int fd, const struct conn_io *io, void *io_data, str peer);
void conn_event(struct conn *c, bool can_read, bool can_write, bool read_closed, bool broken);
void conn_drive(struct conn *c);
void conn_tick(struct conn *c);
void conn_drain(struct conn *c);
void conn_kill(struct conn *c);
void conn_free(struct conn *c); /* a dead one */
void conn_handled(struct exchange *x);
void conn_stream_note(struct http_stream *s);

/* http_origin.c: who stands behind the request and which trace it belongs to */
void origin_find(const struct http_server_opts *o, struct http_request *rq);

/* http_reply.c */
struct reply_head {
    str date;
    bool close, chunked, no_length;
};
void reply_init(struct http_reply *rep, struct http_request *rq);
void reply_write_head(struct http_reply *rep, const struct reply_head *h, struct buf *out);
bool reply_status_has_body(int status);
void http_date(int64_t at_ms, char out[40]); /* IMF-fixdate, RFC 9110 5.6.7 */

/* http_stream.c; loop threads only */
void stream_detach(struct http_stream *s, bool tell);
void stream_tell(struct http_stream *s, enum http_stream_event ev);
void stream_release(struct http_stream *s); /* one of s->refs */

/* http_loop.c */
struct exchange *exchange_new(struct loop *l);
void exchange_free(struct exchange *x);
void exchange_destroy(struct exchange *x);
void loop_post(struct loop *l, struct note *n);
int loop_wait_s(const struct loop *l); /* how long the queue of now takes: for Retry-After, 1..60 */
void loop_notes(struct loop *l); /* acts on what was posted */
void loop_admit(struct loop *l); /* moves those who wait into the queue, as many as it has room for (http_conn.c) */
void loop_bury(struct loop *l); /* frees the dead connections */
bool server_dispatch(struct exchange *x); /* false: the queue is full */
void loop_wake(struct loop *l);
enum err_code loop_open(struct loop *l, struct http_server *s, int index, struct err *e);
void loop_run(void *loop);
void loop_close(struct loop *l); /* after its thread and all workers have ended */

/* http_server.c */
extern struct metric http_m_requests[6], http_m_conns, http_m_shed, http_m_refused, http_m_took;
