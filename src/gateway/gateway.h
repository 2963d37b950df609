/* gateway/gateway.h - the guarded front door: which request goes to which handler, and who may pass.
 *
 * Every route is a row with the permission it needs (gateway/perm.h); a request without it never reaches a handler. A caller
 * is known by a bearer token (programs, the command line) or by the session cookie that signing in gives (people). Requests
 * that change something and come with a cookie must come from our own pages (Sec-Fetch-Site or Origin) and as JSON or raw
 * bytes, never as a form. Handlers run on the server's workers and may block. */
#pragma once
#include "gateway/perm.h"
#include "net/http_server.h"
#include "store/audit_store.h"
#include "store/token_store.h"

struct gateway;

/* Who asks. On public routes everything is nil, empty and NULL. */
struct caller {
    struct id token;    /* the token or session; the actor of audit records when user is nil */
    struct id user;     /* nil: the operator (the command line, a sign-in link) or a public route */
    uint32_t roles;     /* bits 1 << enum role; 0 for the operator */
    struct perms perms; /* of the roles, narrowed by the scopes of a key */
    const struct id *teams; /* the user belongs to */
    size_t teams_n;
    enum reach reach; /* of the permission this request's route needs */
    /* What this request may see; NULL sees nothing. For index_filter.reader and reader_sees(). Transactions begun on the
     * handler's thread see no more than it either. */
    const struct reader *reader;
};
/* Does the caller have a permission beyond the route's own, and how far does it reach? */
static inline enum reach caller_reach(const struct caller *c, enum perm p)
{
    return perms_reach(&c->perms, p);
}
/* The user, or the token where there is none: the actor of an audit record. */
static inline struct id caller_actor(const struct caller *c)
{
    return id_is_nil(c->user) ? c->token : c->user;
}

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

/* Rows are written with ROUTE(), which does not compile without the name of a permission; gateway_new refuses a row that has
 * none all the same. */
struct route {
    enum http_method method;
    const char *pattern; /* "/v1/interactions/{}" */
    enum perm need; /* PERM_PUBLIC: nobody needs to be known */
    size_t body_max; /* 0: 64 KiB */
    bool quick; /* never blocks: runs on the connection's own loop */
    void (*run)(struct call *k);
};
#define ROUTE(method_, pattern_, perm_, ...) {HTTP_M_##method_, pattern_, PERM_##perm_, __VA_ARGS__}

struct gateway_opts {
    const struct route *routes; /* ends with pattern NULL; outlives the gateway */
    void *app;
    struct db *db;
    struct keyring *keys;
    struct id workspace;
    const char *const *listen; /* as http_server_opts.listen */
    struct tls_server *tls; /* NULL: plain */
    int workers;
};

/* Binds; nothing is answered before gateway_start. ERR_INVALID: a route without permission. */
enum err_code gateway_new(const struct gateway_opts *o, struct gateway **out, struct err *e);
enum err_code gateway_start(struct gateway *g, struct err *e);
const char *gateway_url(const struct gateway *g);
/* How people reach it, for links; gateway_url unless set. Before gateway_start; must outlive the gateway. */
void gateway_public_url(struct gateway *g, const char *url);
/* Stops taking connections, lets running requests finish, at most timeout_ms. */
void gateway_drain(struct gateway *g, int timeout_ms);
void gateway_free(struct gateway *g); /* NULL is ignored */

/* Goes on in a request with another permission of the caller's than the route's: reach, reader and the transactions begun
 * from now on are those of `need`. For addresses that stand for many operations (GraphQL, MCP). False, and nothing is
 * changed: the caller does not have it. On the handler's thread. */
bool gateway_permit(struct call *k, enum perm need);

/* A sign-in link good for one use within 15 minutes; memory in `a`. */
enum err_code gateway_sign_in_link(struct gateway *g, struct arena *a, str *out, struct err *e);
/* GET /sign-in?token=...: spends the link, sets the session cookie, goes on to "/". A handler for the route table. */
void gateway_sign_in(struct call *k);
void gateway_sign_out(struct call *k);
