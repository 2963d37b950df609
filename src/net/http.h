/* net/http.h - one exchange as a handler sees it: the request, the reply, and a stream for replies that go on.
 *
 * The server (net/http_server.h) has read and vetted the whole request, body included, before a handler runs. A handler
 * runs on a worker thread and may block on the database, or, when its route was planned so, on the connection's own
 * loop and then must not block. Request and reply belong to one thread at a time and die when the handler has returned
 * and the answer is out; only a stream lives on, by its references. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/id.h"
#include "base/str.h"

struct http_stream;

enum http_method {
    HTTP_M_GET,
    HTTP_M_HEAD,
    HTTP_M_POST,
    HTTP_M_PUT,
    HTTP_M_PATCH,
    HTTP_M_DELETE,
    HTTP_M_OPTIONS,
    HTTP_M_QUERY, /* a read with a body: known, and no address takes it yet */
    HTTP_M_TRACE, /* known, so that it is answered with 405 and never with what was sent */
    HTTP_M_COUNT
};
str http_method_name(enum http_method m);

struct http_field {
    str name; /* lower case */
    str value; /* without white space around; HTAB, SP, visible ASCII and bytes >= 0x80 only */
};

/* Every string lives in `arena` or the connection's buffers until the handler has returned and the reply is sent. */
struct http_request {
    enum http_method method;
    str path; /* decoded once: starts with '/', UTF-8, no control byte, no "." or ".." part, no encoded '/' or '\' */
    str raw_path; /* as sent */
    str query; /* as sent, without '?'; see http_query_get */
    str host; /* host and port as sent, valid; empty only for HTTP/1.0 */
    int minor; /* HTTP/1.minor: 0 or 1 */
    bool tls;
    str peer; /* "127.0.0.1", "::1", or "unix"; behind a proxy that was configured: whom it answers for */
    char id[ID_TEXT_LEN + 1]; /* made by the server; the reply carries it as X-Request-Id */
    /* W3C trace context: 32 hex digits, the sender's when it sent a proper traceparent, else made from `id`. Ours in it
     * is the last 16 digits of `id`: http_trace_parent() for calls made on behalf of the request. */
    char trace[33];
    bool trace_sent; /* the sender has one: the reply carries ours back */
    unsigned char trace_flags;
    int64_t received_us; /* clock_mono_us() when its head was complete */
    const struct http_field *fields;
    size_t n_fields;
    str body;
    struct arena *arena; /* wiped; for anything that may die with the exchange */
    void *user; /* the head hook's: a matched route, for example */
};

/* Value of the first field with this name, which must be lower case; empty when there is none. */
str http_field_get(const struct http_request *rq, str name);
bool http_field_has(const struct http_request *rq, str name);
/* True when a comma-separated field has this member, compared without case: http_field_lists(rq, "accept", ...). */
bool http_field_lists(const struct http_request *rq, str name, str member);
/* Media type of the body in lower case without parameters: "application/json"; empty when none was sent. */
str http_content_type(const struct http_request *rq);
/* "00-TRACE-OURS-FLAGS", 55 bytes and a NUL. */
void http_trace_parent(const struct http_request *rq, char out[56]);
/* True when the client has gone or has closed its sending side: a hint for long work. Any thread. */
bool http_request_gone(const struct http_request *rq);

/* Decodes %XX, and + as space when `form`. Refuses bad escapes, control bytes (HT, LF, CR are allowed when `form`) and
 * what is not UTF-8: ERR_INVALID. Result in `a`, or `s` itself when nothing was encoded. */
enum err_code http_decode(str s, bool form, struct arena *a, str *out, struct err *e);
/* First parameter of that name. *out_found false and *out empty when absent. ERR_INVALID when its value is not proper. */
enum err_code http_query_get(const struct http_request *rq, str name, str *out, bool *out_found, struct err *e);
/* Walks all parameters: `*at` starts as rq->query. False at the end or, with e->code set, at a bad one. */
bool http_query_next(str *at, struct arena *a, str *out_name, str *out_value, struct err *e);
/* Decodes the path and checks what http_request.path promises: ERR_INVALID otherwise. */
enum err_code http_path_decode(str raw, struct arena *a, str *out, struct err *e);
/* Matches "/v1/jobs/{id}/retry": each {} is one non-empty part and lands in out[0..max). Returns the number of parts
 * taken, or -1 when the path is another. A last "{rest*}" takes all that is left, slashes included. */
int http_path_match(str pattern, str path, str *out, int max);

struct http_reply;

/* 100..599; 200 when never called. */
void http_status(struct http_reply *rep, int status);
/* Adds a field. A value with CR, LF, NUL or other control bytes, or a name that is no token, is refused: false, and the
 * reply becomes a 500. Content-Length, Transfer-Encoding, Connection and Date are the server's and refused too. A field
 * of the default set (see http_reply.c) replaces the default; an empty value then leaves it out. Strings are copied. */
bool http_header(struct http_reply *rep, str name, str value);
bool http_header_fmt(struct http_reply *rep, str name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The body: not copied, must live until it is sent, so: request arena or static. */
void http_body(struct http_reply *rep, str content_type, str body);
/* Status, type, body in one line: http_json(rep, 200, body). */
void http_json(struct http_reply *rep, int status, str body);
/* A problem of RFC 9457 as application/problem+json with the request id as "instance": "urn:uuid:...". `type` may be
 * STR_NULL (about:blank); `title` is the same for every problem of a type; `detail` may be empty. Never put paths,
 * SQL, versions or opened text into it. Drops a body set before. */
void http_problem(struct http_reply *rep, int status, str type, str title, str detail);
/* The same from an error: ERR_INVALID 400, NOT_FOUND 404, EXISTS and CONFLICT 409, DENIED 403, LIMIT 413, TIMEOUT and
 * BUSY 503, UNSUPPORTED 501, others 500. Only the messages of INVALID, EXISTS, CONFLICT and LIMIT are shown. */
void http_problem_err(struct http_reply *rep, const struct err *e);
void http_retry_after(struct http_reply *rep, int seconds); /* 429 and 503 get "1" when this was not called */
int http_reply_status(const struct http_reply *rep);
const struct http_request *http_reply_request(const struct http_reply *rep);

/* A reply that goes on: server-sent events, JSON lines, relayed tokens. Status and headers must be set before; they go
 * out at once, and no http_* reply call may follow. The caller owns one reference, which may outlive the handler.
 *
 * Writing never waits: with more than max_bytes unsent, http_stream_write takes nothing and answers ERR_LIMIT; wait
 * with http_stream_wait (worker threads) or for HTTP_STREAM_ROOM (others). After the client has left every call
 * answers ERR_IO. Dropping the last producer's reference without http_stream_end cuts the connection, so that the
 * client sees a broken reply rather than a short one. All functions: any thread, one writer at a time. */
enum http_stream_event {
    HTTP_STREAM_ROOM, /* less than half of max_bytes is unsent again, after a write was refused */
    HTTP_STREAM_GONE, /* the client has left or the server stops; comes once, last */
    HTTP_STREAM_DRAIN, /* the server is stopping: say goodbye and end soon */
};
struct http_stream_opts {
    size_t max_bytes; /* unsent bytes held for a slow client; 0 gives 256 KiB */
    int heartbeat_ms; /* send `heartbeat` when nothing was sent for so long; 0: never */
    str heartbeat; /* static, like ":\n\n" */
    /* Runs on a loop thread and must not block; may write and end. NULL: not told. */
    void (*on_event)(void *ctx, struct http_stream *s, enum http_stream_event ev);
    void *ctx; /* must live until GONE was told or http_stream_end returned, whichever is first */
};
struct http_stream *http_reply_stream(struct http_reply *rep, str content_type, const struct http_stream_opts *opts);
struct http_stream *http_stream_ref(struct http_stream *s);
void http_stream_unref(struct http_stream *s); /* NULL is ignored */
enum err_code http_stream_write(struct http_stream *s, str data, struct err *e);
/* Until a write of `data_n` bytes would be taken. ERR_TIMEOUT, ERR_IO (gone). Never on a loop thread. */
enum err_code http_stream_wait(struct http_stream *s, size_t data_n, int timeout_ms, struct err *e);
bool http_stream_gone(struct http_stream *s);
void http_stream_end(struct http_stream *s); /* complete; on_event is not called afterwards */
