/* gateway/gateway_priv.h - the parts of the front door: gateway.c (routes), who.c (callers), session.c (cookies), pass.c
 * (limits). */
#pragma once
#include <pthread.h>
#include <stdatomic.h>

#include "gateway/gateway.h"
#include "base/thread.h"
#include "gateway/limits.h"

/* What is remembered is looked up again at the age of WHO_RENEW_MS; while that goes on one goes by it until WHO_MS. */
enum { WHO_SLOTS = 1024, WHO_RENEW_MS = 4000, WHO_MS = 5000 };

/* A caller that was found good a moment ago. Shared by the requests that run for it; gone with the last reference. */
struct who {
    atomic_int refs;
    struct arena *a; /* owns what the caller and the readers point at */
    struct caller c; /* reader and reach are set for each request */
    struct reader own, team;
    unsigned methods;
    int64_t auth_at_ms;
    uint64_t limit_key;
};

struct who_slot {
    uint8_t hash[SHA256_BYTES]; /* of the token's text */
    struct who *who;
    uint64_t version; /* access_version() it was worked out under */
    int64_t since_ms; /* monotonic */
    bool renewed; /* some request is on its way to look it up again */
};

/* What the head of a request told, kept for its handler; in the request's arena. */
struct passage {
    const struct route *route; /* NULL: there is none */
    unsigned allow; /* then: the methods of that path */
    str part[4];
    struct who *
        known; /* the caller, when remembered and needed on the loop; a reference, given back when the request is done */
};

struct gateway {
    struct gateway_opts o;
    const struct route **fixed; /* routes without {}, by path */
    size_t fixed_n;
    struct thread watch; /* hears of rights that changed in other processes */
    atomic_bool stop;
    struct http_server *server;
    const char *public_url;
    pthread_mutex_t lock; /* guards slots */
    struct who_slot slots[WHO_SLOTS];
    struct limits *requests, *sign_ins;
    atomic_int running[1024]; /* requests that run for a caller, by limit_key */
};

/* ---- who.c ---- */

/* The caller a token stands for; *out is one reference. `cookie`: it came as the session cookie. ERR_DENIED. */
enum err_code who_find(struct gateway *g, str token, bool cookie, struct who **out, struct err *e);
/* The same when it is remembered; NULL otherwise, and once for each when it is time to look again: that request is to find it
 * by who_find. Never blocks. */
struct who *who_known(struct gateway *g, str token);
void who_unref(struct who *w); /* NULL is ignored */
void who_forget_all(struct gateway *g);

/* ---- session.c ---- */

str session_cookie_get(const struct http_request *rq);
/* Does a request that changes something come from a page of ours, and not as a form? */
bool session_own_page(const struct http_request *rq);
/* Does a request that nobody is signed in for come from a page of others? */
bool session_foreign_page(const struct http_request *rq);
/* Does a page of others read something here, a stream of events for example? */
bool session_foreign_fetch(const struct http_request *rq);
bool method_unsafe(enum http_method m);

/* ---- pass.c ---- */

/* Takes from the buckets of the caller, the workspace and the address. False: 429 is in the reply. */
bool pass_take(struct gateway *g, struct call *k);
/* Room for one more request of this caller. False: 429 is in the reply; otherwise pass_leave later. */
bool pass_enter(struct gateway *g, struct call *k);
void pass_leave(struct gateway *g, struct call *k);
