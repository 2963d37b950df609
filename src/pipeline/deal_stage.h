/* pipeline/deal_stage.h - deals are worked out again after anything happens to them.
 *
 * Whoever changes something a deal rests on calls deals_wake in the transaction of the change; the `deal` stage then works
 * the deal out. When a deal closes, the `score` stage fits the model again and works out every open deal. Time alone is seen
 * to by deals_tick, which the workers call now and then. */
#pragma once
#include "pipeline/core.h"

/* Any thread. In the caller's transaction: says that these deals changed and queues their jobs. */
enum err_code deals_wake(struct db_tx *t, const struct vaulted *v, const struct id *deals, size_t n, struct err *e);
/* The same for the deals an interaction concerns. */
enum err_code deals_wake_for(struct db_tx *t, const struct vaulted *v, struct id deal, struct id account,
                             struct err *e);
/* Queues the deals that time alone may have changed, and ranks all deals anew if the odds of any moved. */
enum err_code deals_tick(struct core *c, struct err *e);
/* Works out every deal as of now, `threads` side by side; the figure of `rescore-100k-s`. *out_n deals. */
enum err_code deals_rescore(struct core *c, int threads, int64_t *out_n, struct err *e);
