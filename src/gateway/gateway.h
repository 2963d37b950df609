/* gateway/gateway.h - the guarded front door: which request goes to which handler, and who may pass.
 *
 * Every route is a row with the permission it needs; a request without it never reaches a handler. A caller is known by a
 * bearer token (programs, the command line) or by the session cookie that a one-time sign-in link gives (people). Requests
 * that change something and come with a cookie must come from our own pages (Sec-Fetch-Site or Origin) and as JSON or raw
 * bytes, never as a form. Handlers run on the server's workers and may block. */
#pragma once
#include "net/http_server.h"
#include "store/audit_store.h"
#include "store/token_store.h"

struct gateway;

/* Permissions, as bits of a token's scopes. */
enum {
    PERM_PUBLIC = 0,       /* nobody needs to be known */
    PERM_READ = 1 << 0,    /* conversations and what was found in them */
    PERM_INGEST = 1 << 1,  /* bring in, delete */
    PERM_OPERATE = 1 << 2, /* status, jobs, metrics, sign-in links */
    PERM_ALL = PERM_READ | PERM_INGEST | PERM_OPERATE,
};

struct caller {
    struct id token; /* nil on public routes */
    int64_t scopes;
    uint64_t access; /* groups whose content may be seen; for index_filter.access */
};

/* One request on its way through a handler. */
struct call {
    struct gateway *g;
    void *app; /* what the routes were given */
    const struct http_request *rq;
    struct http_reply *rep;
    struct arena *a; /* of the request: wiped, gone with the reply */
    struct caller who;
    str part[4]; /* what {} in the pattern took */
};

struct route {
    enum http_method method;
    const char *pattern; /* "/v1/interactions/{}" */
    int64_t need;        /* PERM_* */
    size_t body_max;     /* 0: 64 KiB */
    bool quick;          /* never blocks: runs on the connection's own loop */
    void (*run)(struct call *k);
};

struct gateway_opts {
    const struct route *routes; /* ends with pattern NULL; outlives the gateway */
    void *app;
    struct db *db;
    struct keyring *keys;
    struct id workspace;
    const char *const *listen; /* as http_server_opts.listen */
    struct tls_server *tls;    /* NULL: plain */
    int workers;
};

/* Binds; nothing is answered before gateway_start. */
enum err_code gateway_new(const struct gateway_opts *o, struct gateway **out, struct err *e);
enum err_code gateway_start(struct gateway *g, struct err *e);
const char *gateway_url(const struct gateway *g);
/* How people reach it, for links; gateway_url unless set. Before gateway_start; must outlive the gateway. */
void gateway_public_url(struct gateway *g, const char *url);
/* Stops taking connections, lets running requests finish, at most timeout_ms. */
void gateway_drain(struct gateway *g, int timeout_ms);
void gateway_free(struct gateway *g); /* NULL is ignored */

/* A sign-in link good for one use within 15 minutes; memory in `a`. */
enum err_code gateway_sign_in_link(struct gateway *g, struct arena *a, str *out, struct err *e);
/* GET /sign-in?token=...: spends the link, sets the session cookie, goes on to "/". A handler for the route table. */
void gateway_sign_in(struct call *k);
void gateway_sign_out(struct call *k);
