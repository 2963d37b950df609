/* deals/warnings_store.h - what people say of warnings, and what they choose about them. Calls block on the database. */
#pragma once
#include "deals/warnings.h"
#include "records/vaulted.h"

enum { WARNING_SMALL_N = 5 }; /* verdicts below which no precision is shown */

struct warning_clicks {
    int64_t right, wrong;
};
/* Verdicts of everybody, by kind. */
enum err_code warning_clicks_load(struct db_tx *t, const struct vaulted *v, struct warning_clicks out[WARNINGS_N],
                                  struct err *e);
/* right / (right + wrong) with its Wilson interval at 95 %; false below WARNING_SMALL_N. */
bool warning_precision(const struct warning_clicks *c, double *out, double *out_low, double *out_high);

/* Somebody's word on a warning of a deal: the one that holds, else the last one; a second word of the same person replaces
 * the first. ERR_NOT_FOUND: the deal never had it. */
enum err_code warning_judge(struct db_tx *t, const struct vaulted *v, struct id deal, int warning, struct id by,
                            bool rightly, int64_t now, struct err *e);

/* Switches a kind of warning on or off for a pipeline and gives it a severity (0: as it would be); wins over what the CRM
 * says. ERR_NOT_FOUND: no such pipeline. *out_deals: open deals of it, to be looked at again; memory in `a`. */
enum err_code warning_choose(struct db_tx *t, const struct vaulted *v, struct id pipeline, int warning, bool enabled,
                             int severity, struct id by, int64_t now, struct arena *a, struct id **out_deals,
                             size_t *out_n, struct err *e);
