/* net/http_client.h - a small blocking client over libcurl, for programs that talk to a server of ours.
 *
 * One client holds one connection and keeps it alive between calls; one thread at a time. Spoken are plain http to a
 * loopback address or a unix socket, "http://127.0.0.1:34567", "unix:/run/harken/sock", and https to a server whose
 * public key is known (http_client_pin). No proxy, no redirects, no environment variables. A failed call may be repeated by the caller; nothing is retried here. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct http_client;

struct http_call {
    const char *method;          /* NULL: GET, or POST when there is a body */
    str path;                    /* with query, already encoded: "/v1/search?limit=5" */
    const char *const *headers;  /* "Name: value", ends with NULL; may be NULL */
    str body;
    str content_type;            /* of the body; empty: application/json */
    int connect_timeout_ms;      /* 0: 3 s */
    int timeout_ms;              /* of the whole call; 0: 60 s; -1: none, for streams */
    int quiet_timeout_ms;        /* without a byte for so long (in whole seconds): ERR_TIMEOUT; 0: never */
    size_t reply_max;            /* larger bodies are ERR_LIMIT; 0: 64 MiB. Not for lines */
    /* With a 2xx answer called for every line, without its LF (and CR), instead of collecting the body. A line may have
     * up to 16 MiB. False ends the call: http_client_call then answers ERR_OK. */
    bool (*on_line)(void *ctx, str line);
    void *ctx;
};

struct http_answer {
    int status;
    str content_type;
    str body; /* empty when on_line took it */
    str request_id;
    int retry_after_s; /* 0: not said */
};

enum err_code http_client_new(str base_url, struct http_client **out, struct err *e);
void http_client_free(struct http_client *c);
/* Trusts exactly the server with this public key, "sha256//..." (net/tls.h), whatever its certificate says otherwise.
 * Needed before the first call to an https address. */
void http_client_pin(struct http_client *c, str pin);
/* Sent with every call, replacing the one before: "Authorization: Bearer ...". Copied, cleared when freed. */
void http_client_auth(struct http_client *c, str authorization_value);

/* Any answer of the server is ERR_OK, whatever its status. ERR_IO: could not connect, or cut off; ERR_TIMEOUT,
 * ERR_LIMIT. Results live in `a`. */
enum err_code http_client_call(struct http_client *c, const struct http_call *call, struct arena *a,
                               struct http_answer *out, struct err *e);
/* Turns an answer of 400 and up into an error with the title and detail of its problem+json; ERR_OK below 400. */
enum err_code http_answer_err(const struct http_answer *answer, struct err *e);
