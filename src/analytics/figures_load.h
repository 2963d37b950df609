/* analytics/figures_load.h - what figures are made of, out of the store. Calls block on the database. */
#pragma once
#include "analytics/figures.h"
#include "deals/evaluate.h"

/* Fills pipe, facts, p, owner and quotas of `in`. `pipe`: id of a pipeline; empty: the one with most deals. `owner`: id, mail
 * address or name; empty: all. Errors: ERR_NOT_FOUND (no such pipeline or person, or no pipeline yet). */
enum err_code figures_load(struct db_tx *t, const struct vaulted *v, str pipe, str owner, struct arena *a,
                           struct figures_input *in, struct err *e);
/* Facts of all deals, by id. */
enum err_code figures_facts_load(struct db_tx *t, const struct vaulted *v, const struct deals_context *c,
                                 struct arena *a, struct deal_facts **out, size_t *out_n, struct err *e);
