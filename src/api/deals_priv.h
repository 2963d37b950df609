/* api/deals_priv.h - what the resources about deals share. */
#pragma once
#include "api/resource.h"
#include "deals/view.h"
#include "insight/answer.h"

enum { DEALS_DB_MS = 30000 };

/* Fields of a deal that requests may have; the others are worked out. */
enum {
    DEAL_F_NAME = 1,
    DEAL_F_ACCOUNT,
    DEAL_F_OWNER = 4,
    DEAL_F_STAGE = 7,
    DEAL_F_AMOUNT = 9,
    DEAL_F_CURRENCY,
    DEAL_F_CLOSE,
    DEAL_F_CATEGORY,
    DEAL_F_PIPELINE = 22,
    DEAL_FIELDS
};
/* `now`: the deal before the change. */
enum err_code deals_create(struct res_ctx *c, const struct res_val *in, struct id *out_id, struct err *e);
enum err_code deals_update(struct res_ctx *c, struct id id, const struct res_val *now, const struct res_val *in,
                           struct err *e);

/* A time of the query, or what it is without. */
int64_t deals_time(const struct res_val *v, int64_t fallback);
/* What was written into `b` as values of the shape, unless rc is a failure; `b` is done. */
enum err_code deals_said(struct res_ctx *c, const struct res_shape *s, struct buf *b, struct res_val **out,
                         enum err_code rc, struct err *e);
struct vaulted *deals_vaulted(struct call *k);
/* Only those of `ids` the caller may see, in place; how many. */
size_t deals_seen(const struct call *k, struct id *ids, size_t n);

/* answer_source.counts: questions about deals, from a caller who may read deals; `arg` is the call. */
enum err_code api_deals_count(struct call *k, const struct answer_question *aq, struct arena *a, struct answer *out,
                              bool *out_done, struct err *e);

#define AS_OF_FIELD {"as_of", RES_TIME, 0, "As it stood then; now when left out.", "\"2026-11-20T08:00:00.000Z\""}

/* ---- figures of a period ---- */

enum { ANALYTICS_FROM, ANALYTICS_TO, ANALYTICS_AS_OF }; /* the first three query parameters of what is about a period */
#define ANALYTICS_DAY .max = 10, .pattern = "^(20[0-4][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8]))?$"
#define ANALYTICS_PERIOD_FIELDS                                                                                        \
    {"from", RES_STR, 0, "First day; of the quarter when left out.", "\"2026-10-01\"", ANALYTICS_DAY},                 \
        {"to", RES_STR, 0, "Day after the last.", "\"2027-01-01\"", ANALYTICS_DAY}, AS_OF_FIELD
/* Without days: the quarter of as_of. */
enum err_code analytics_period(struct res_ctx *c, const struct res_val *q, int64_t *out_from_day, int64_t *out_to_day,
                               int64_t *out_as_of, struct err *e);
