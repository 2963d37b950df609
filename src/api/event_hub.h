/* api/event_hub.h - event streams: one thread that numbers what happened and tells everybody who listens.
 *
 * Events are read from the database once and kept for a while in memory; each stream has a place in them and gets what lies
 * behind it and what its reader may know of. A stream that fell far behind is read for from the database. Rights are looked at
 * again every EVENT_RIGHTS_MS and end a stream that has lost them. */
#pragma once
#include "gateway/gateway.h"
#include "search/index.h"
#include "store/event_store.h"

enum { EVENT_RIGHTS_MS = 3000, EVENT_HEARTBEAT_MS = 15000, EVENT_SETTLE_MS = 300 };

struct event_hub;
struct event_hub_opts {
    struct db *db;
    struct id workspace;
    struct index *ix;  /* knows who may see a conversation */
    int per_caller;    /* most streams of one user or token side by side */
    int64_t keep_ms;   /* events older than that are dropped */
    /* On the hub's thread after events were numbered, `last` the newest; NULL: not called. */
    void (*numbered)(void *ctx, int64_t last);
    void *ctx;
};
enum err_code event_hub_start(const struct event_hub_opts *o, struct event_hub **out, struct err *e);
/* Streams are told to come again and end; NULL is ignored. */
void event_hub_stop(struct event_hub *h);

/* How a stream speaks. It lives until `done`, which runs on any thread; the other functions run on the hub's. */
struct event_voice {
    bool (*wants)(void *ctx, const struct event *ev); /* of those that the caller may know of */
    str (*text)(void *ctx, const struct event *ev, struct arena *a); /* what is sent; in `a` */
    str first, again, denied; /* at the beginning; when the server ends; when the caller has lost the right */
    void (*done)(void *ctx); /* the stream has ended, or never began */
};
/* Answers with a stream of what comes after event number `after` (< 0: now), or with 429 (too many), 503 (ending). */
void event_hub_listen(struct event_hub *h, struct call *k, int64_t after, const struct event_voice *v, void *ctx);
/* Handler of GET /v1/events: the same, or 400 (Last-Event-ID, types). */
void event_hub_serve(struct event_hub *h, struct call *k);
size_t event_hub_streams(struct event_hub *h);

/* May this caller know of the event? */
bool event_seen(struct index *ix, const struct caller *who, const struct event *ev);
