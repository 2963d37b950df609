/* api/api.h - the REST resources under /v1, the health addresses, and the first page.
 *
 * Handlers turn requests into calls of the product rooms and their results into JSON; every read of content writes its audit
 * record in the same transaction. The shapes are documented in doc/api.md and kept stable by tests. */
#pragma once
#include "gateway/gateway.h"
#include "pipeline/core.h"

/* What handlers reach through call.app. */
struct api {
    struct core *core;
    int64_t started_ms; /* clock_mono_ms() at start */
    atomic_bool ready;  /* everything is up */
    atomic_bool draining;
    atomic_bool sandbox;
    str ca_pem;         /* certificate of our own authority; empty when there is none */
    const char *model_note; /* why there is no model; NULL when there is one */
};

extern const struct route api_routes[]; /* ends with pattern NULL */

/* Handlers, one file per group. */
void api_upload_post(struct call *k);
void api_upload_get(struct call *k);
void api_interactions_list(struct call *k);
void api_interaction_get(struct call *k);
void api_interaction_delete(struct call *k);
void api_insights_get(struct call *k);
void api_search(struct call *k);
void api_ask(struct call *k);
void api_status(struct call *k);
void api_jobs_dead(struct call *k);
void api_jobs_retry(struct call *k);
void api_sign_in_link(struct call *k);
void api_ca(struct call *k);
void api_healthz(struct call *k);
void api_readyz(struct call *k);
void api_metrics(struct call *k);
void api_page(struct call *k);

/* ---- shared by the handlers ---- */

/* The body as a JSON object whose keys are all in `keys` (NULL-terminated); fills the reply and answers false otherwise. */
bool api_body(struct call *k, const char *const *keys, struct json_doc **out);
/* A whole number from the query within bounds; fills the reply and answers false when it is not one. */
bool api_query_int(struct call *k, str name, int64_t fallback, int64_t min, int64_t max, int64_t *out);
/* A text from the query; empty when absent. */
bool api_query_str(struct call *k, str name, str *out);
/* Sends `b` as JSON and takes its memory into the request. */
void api_reply(struct call *k, int status, struct buf *b);
/* Filter fields shared by search, ask and lists: in, kind, account, deal, person, side, from, to. `v` may be NULL. */
bool api_filter(struct call *k, const struct json *v, struct index_filter *out);
/* Opens interactions and writes the audit record in one transaction. */
enum err_code api_load(struct call *k, enum audit_act act, const struct id *ids, size_t n, struct record_ia **out,
                       size_t *out_n, struct err *e);
