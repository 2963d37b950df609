/* api/deals_priv.h - what the resources about deals share. */
#pragma once
#include "api/resource.h"
#include "deals/view.h"
#include "insight/answer.h"

enum { DEALS_DB_MS = 30000 };

/* Parameters of the query; fill the reply and answer false when they are not proper. */
bool deals_query_time(struct call *k, str name, int64_t fallback, int64_t *out);
bool deals_query_day(struct call *k, str name, int64_t fallback, int64_t *out);
/* NULL: the reply is filled. */
struct db_tx *deals_begin(struct call *k);
/* Every read of names leaves its audit record in the same transaction. Ends it; false: the reply is filled. */
bool deals_finish(struct call *k, struct db_tx *t, enum err_code rc, struct id object, struct err *e);
struct vaulted *deals_vaulted(struct call *k);
/* Only those of `ids` the caller may see, in place; how many. */
size_t deals_seen(const struct call *k, struct id *ids, size_t n);

/* answer_source.counts: questions about deals, from a caller who may read deals; `arg` is the call. */
enum err_code api_deals_count(void *arg, str question, int64_t now_ms, struct arena *a, struct answer *out,
                              bool *out_done, struct err *e);

#define AS_OF_FIELD {"as_of", RES_TIME, 0, "As it stood then; now when left out.", "\"2026-11-20T08:00:00.000Z\""}
