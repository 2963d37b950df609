/* api/api.h - the programs' interface: what the handlers of all resources share.
 *
 * What there is stands in the table of resources (api/resource.h); handlers turn requests into calls of the product rooms and
 * their results into values. Every read of content writes its audit record in the same transaction. */
#pragma once
#include "gateway/gateway.h"
#include "pipeline/core.h"

struct settings;

/* What handlers reach through call.app. */
struct api {
    struct core *core;
    int64_t started_ms; /* clock_mono_ms() at start */
    atomic_bool ready;  /* everything is up */
    atomic_bool draining;
    atomic_bool sandbox;
    const struct settings *settings; /* what the server runs with */
    str ca_pem;         /* certificate of our own authority; empty when there is none */
    struct event_hub *hub;
    const char *model_note; /* why there is no model; NULL when there is one */
    const char *llm_note;   /* the same of the language model; NULL also when none is configured */
};

const struct route *api_routes(void); /* made from the table of resources; ends with pattern NULL */

/* Which fields of GraphQL's Query and Mutation stand for the operation of a route: "Query.people". Memory in `a`. */
size_t api_graphql_fields(const struct route *r, struct arena *a, str **out);

/* ---- shared by the handlers ---- */

/* A whole number from the query within bounds; fills the reply and answers false when it is not one. */
bool api_query_int(struct call *k, str name, int64_t fallback, int64_t min, int64_t max, int64_t *out);
/* A text from the query; empty when absent. */
bool api_query_str(struct call *k, str name, str *out);
/* "1" or "true". */
bool api_query_flag(struct call *k, str name, bool *out);
/* Sends `b` as JSON and takes its memory into the request. */
void api_reply(struct call *k, int status, struct buf *b);
/* What the index says the caller may see, asked of the database once more: those of `ids` that are there. */
enum err_code api_ids_seen(struct call *k, const struct id *ids, size_t n, struct id_set *out, struct err *e);
/* May the caller see it, by the permission of this request's route? */
bool api_sees(struct call *k, const struct record_ia *rec);
/* For res_after, once a tracker was changed or judged: its head is trained before the answer goes out, so that the next scoring
 * knows of it, and what it did not look through yet is queued. */
void api_tracker_changed(struct api *api, struct id tracker);
/* Opens those of the interactions that the caller may see, and writes the audit record in one transaction. */
enum err_code api_load(struct call *k, enum audit_act act, const struct id *ids, size_t n, struct record_ia **out,
                       size_t *out_n, struct err *e);
