/* deals/evaluate.h - working a deal out again, and keeping what came of it: state, warnings, score.
 *
 * Idempotent: the same facts at the same time give the same rows. Each call belongs to the caller's transaction, which first
 * locks the deals, so that whatever happens to them meanwhile queues a job that starts afterwards. Calls block on the
 * database; no content is opened. */
#pragma once
#include "deals/facts_load.h"
#include "deals/score.h"
#include "deals/warnings.h"

enum { SCORE_OK, SCORE_NOT_OPEN, SCORE_NO_STAGE, SCORE_NO_PIPELINE }; /* why there is no score; stored */

/* What is the same for every deal of one evaluation. */
struct deals_context {
    struct deals_shared shared;
    struct deal_cohort *cohorts; /* by shared.pipes */
    struct score_model *models;  /* by shared.pipes; version 0: the prior */
    bool *has_history;           /* by shared.pipes: cohort and model were fitted */
    int64_t ranked;              /* deals in the last ranking, 0: there was none */
    const double *rank_floors;   /* SCORE_FLOORS of it, NULL: there was none */
};
enum err_code deals_context_load(struct db_tx *t, const struct vaulted *v, struct arena *a, struct deals_context *out,
                                 struct err *e);

struct deals_changed {
    bool closed; /* a deal was closed or opened again, so the model should be fitted anew */
    bool owners; /* a deal has another owner: who may see it changes (access_changed, after the commit) */
    bool ranks;  /* a p came, went or moved: deals_rank would give others another percentile */
};
/* Works deals out as of `now` and stores the result. *out (may be NULL): what changed since the last time. Their percentiles are
 * those of the last ranking. */
enum err_code deals_evaluate(struct db_tx *t, const struct vaulted *v, const struct deals_context *c,
                             const struct id *ids, size_t n, int64_t now, struct arena *a, struct deals_changed *out,
                             struct err *e);
/* Percentiles and bands of all open deals, and the ranking that deals_evaluate takes them from until the next. */
enum err_code deals_rank(struct db_tx *t, const struct vaulted *v, struct err *e);
/* Deals that time alone may have changed by `now`, at most `limit`. */
enum err_code deals_due(struct db_tx *t, const struct vaulted *v, int64_t now, size_t limit, struct arena *a,
                        struct id **out, size_t *out_n, struct err *e);

/* Fits cohort and score of every pipeline on the (at most 20,000 newest) deals closed by `now` and stores them as a new
 * version, and keeps the paths of won deals (deals/similar.h). *out_new: something was stored. */
enum err_code deals_fit(struct db_tx *t, const struct vaulted *v, int64_t now, bool *out_new, struct err *e);
