/* gateway/gateway.h - the guarded front door: which request goes to which handler, and who may pass.
 *
 * Every route is a row with the permission it needs (gateway/perm.h); a request without it never reaches a handler. A caller
 * is known by a bearer token (programs, the command line) or by the session cookie that signing in gives (people). Requests
 * that change something and come with a cookie must come from our own pages (Sec-Fetch-Site or Origin) and as JSON or raw
 * bytes, never as a form. Handlers run on the server's workers and may block. */
#pragma once
#include "gateway/limits.h"
#include "gateway/perm.h"
#include "net/http_server.h"
#include "store/audit_store.h"
#include "store/token_store.h"

struct gateway;
struct who;

/* Who asks. On public routes everything is nil, empty and NULL. */
struct caller {
    struct id token; /* the token, key or session; the actor of audit records when user is nil */
    enum token_kind kind;
    struct id user;     /* nil: the operator (the command line, a sign-in link) or a public route */
    uint32_t roles;     /* bits 1 << enum role; 0 for the operator */
    struct perms perms; /* of the roles, narrowed by the scopes of a key */
    const struct id *teams; /* the user belongs to */
    size_t teams_n;
    struct id_set self; /* the people the user is: those with one of the user's addresses */
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
    const struct route *route; /* the row it came by */
    struct http_reply *rep;
    struct arena *a; /* of the request: wiped, gone with the reply */
    struct caller who;
    str part[4]; /* what {} in the pattern took */
    struct who *held; /* the gateway's */
    bool entered;
};

/* Rows are written with ROUTE(), which does not compile without the name of a permission; gateway_new refuses a row that has
 * none all the same. */
struct route {
    enum http_method method;
    const char *pattern; /* "/v1/interactions/{}" */
    enum perm need; /* PERM_PUBLIC: nobody needs to be known */
    size_t body_max; /* 0: 64 KiB */
    /* Never blocks: runs on the connection's own loop when nobody needs to be known or the caller is remembered. */
    bool quick;
    void (*run)(struct call *k);
    /* Only for sessions that proved who they are within the last five minutes (POST /v1/sign-in/again), and for the operator;
     * never for keys: what would let a stolen session or key make itself at home. ROUTE(..., run, .fresh = true) */
    bool fresh;
    /* The request proves itself, by a signature over its body: it may come from any page and as any type. Public routes. */
    bool foreign;
};
#define ROUTE(method_, pattern_, perm_, ...) {HTTP_M_##method_, pattern_, PERM_##perm_, __VA_ARGS__}

/* How much may be asked for; a rate of 0 is no limit. The operator's token is not limited. */
struct gateway_limits {
    struct limit_rule user, key, workspace, address; /* requests */
    struct limit_rule cost; /* of one caller, in units of gateway_cost() */
    int concurrent; /* requests of one caller side by side; 0: any */
    bool loopback; /* the limit of addresses holds for this machine's own, too */
};

struct gateway_opts {
    const struct route *routes; /* ends with pattern NULL; outlives the gateway */
    void *app;
    struct db *db;
    struct keyring *keys;
    struct id workspace;
    const char *const *listen; /* as http_server_opts.listen */
    /* Limits, certificate, proxies; its hooks are not used. listen_fd there replaces listen here. NULL: presets. */
    const struct http_server_opts *http;
    int workers;
    struct gateway_limits limits;
};

/* Binds; nothing is answered before gateway_start. ERR_INVALID: a route without permission. */
enum err_code gateway_new(const struct gateway_opts *o, struct gateway **out, struct err *e);
enum err_code gateway_start(struct gateway *g, struct err *e);
const char *gateway_url(const struct gateway *g);
/* How people reach it, for links; gateway_url unless set. Before gateway_start; must outlive the gateway. */
void gateway_public_url(struct gateway *g, const char *url);
/* Sockets that listen, for a hand-over; -1 past the end. */
int gateway_listen_fd(const struct gateway *g, size_t i);
/* Stops taking connections, lets running requests finish, at most timeout_ms. handed_over: the sockets live on in another
 * process, which takes who waits there. */
void gateway_drain(struct gateway *g, int timeout_ms, bool handed_over);
void gateway_free(struct gateway *g); /* NULL is ignored */

/* Goes on in a request with another permission of the caller's than the route's: reach, reader and the transactions begun
 * from now on are those of `need`. For addresses that stand for many operations (GraphQL, MCP). False, and nothing is
 * changed: the caller does not have it or, with `fresh`, did not prove a moment ago who they are. On the handler's thread. */
bool gateway_permit(struct call *k, enum perm need, bool fresh);

/* A caller that stays after its request, for streams: who it is, and whether it still may. One thread at a time; may block. */
struct standing;
/* NULL: the route was public. Its token is kept in wiped memory. */
struct standing *gateway_standing_new(struct call *k, enum perm need);
/* Looks again, through the same short memory that requests use; false when the token or the permission is gone. When the
 * database cannot be asked the last answer holds. */
bool gateway_standing_check(struct standing *s);
const struct caller *gateway_standing_caller(const struct standing *s); /* valid until the next check */
void gateway_standing_free(struct standing *s);

/* A sign-in link good for one use within 15 minutes; memory in `a`. `user` nil: of the operator, with every right. */
enum err_code gateway_sign_in_link(struct gateway *g, struct id user, struct arena *a, str *out, struct err *e);
/* GET /sign-in?token=...: spends the link, sets the session cookie, goes on to "/". A handler for the route table. */
void gateway_sign_in(struct call *k);
void gateway_sign_out(struct call *k);

/* Opens a session in the caller's transaction, audits it, and puts its cookie into the reply. Sessions last 7 days and 8 hours
 * without use, those of administrators, auditors and the operator 12 hours and 30 minutes. */
enum err_code gateway_session_open(struct call *k, struct db_tx *t, struct id user, uint32_t roles, unsigned methods,
                                   struct id *out, struct err *e);
void gateway_session_forget(struct call *k); /* takes the cookie back */
/* The user of the session that comes with a request to a public route, when it proved itself within the last five minutes; nil
 * otherwise. */
struct id gateway_signed_in(struct call *k);
/* How people reach this server: "https://harken.example.com". */
const char *gateway_public(const struct gateway *g);
/* When did the session prove who it is? */
int64_t gateway_auth_at(const struct call *k);
/* A cookie for this host only, with the prefix __Host- where there is TLS. */
str gateway_cookie_get(const struct http_request *rq, str name);
void gateway_cookie_set(struct call *k, str name, str value, int64_t age_s);

/* Charges the caller for what an answer took: about one unit a row read or hundred tokens. */
void gateway_cost(struct call *k, double units);
/* Takes one from the bucket of a sign-in by account or address. False: 429 is in the reply. */
bool gateway_try_take(struct call *k, const char *kind, str whose, const struct limit_rule *r);
/* Does the limit of addresses hold for this one? Not for this machine's own: a proxy may stand there. */
bool gateway_address_counts(const struct call *k);
void gateway_try_give(struct call *k, const char *kind, str whose, const struct limit_rule *r);
