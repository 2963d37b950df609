/* deals/cohort.h - what the won and lost deals of a pipeline have in common: base rates and usual times by stage.
 *
 * A pure function of the histories of deals that were closed by `as_of`; deals whose times are impossible are left out.
 * Thread-safe to read once made. */
#pragma once
#include "deals/state.h"

enum { COHORT_PRIOR_DEALS = 20 }; /* m of definitions 8 */

struct cohort_stage {
    struct id id;
    int n, won;              /* closed deals that were ever in it, and those of them that were won */
    int won_n;               /* won deals with both times */
    double median_days;      /* spent in it by won deals; NaN: none */
    double p90_days;
    double median_remaining; /* from entering it to winning; NaN: none */
    double probability;      /* (won + m * pi) / (n + m), pi the CRM's (definitions 8) */
};

struct deal_cohort {
    struct id pipeline;
    int64_t as_of;
    struct cohort_stage *stages;
    size_t stages_n;
    int closed_n, won_n;
    double median_amount; /* of all deals of the pipeline's currency, in units; NaN: none */
    double median_cycle;  /* days create -> won; NaN: none */
};

/* `facts` of the deals of one pipeline, others are skipped. Memory in `a`. */
void deal_cohort_make(const struct deal_pipeline *p, const struct deal_facts *facts, size_t n, int64_t as_of,
                      struct arena *a, struct deal_cohort *out);
const struct cohort_stage *deal_cohort_stage(const struct deal_cohort *c, struct id stage); /* NULL: none */

/* The cohort as numbers for the store (stages_n * 6 + 4 of them), its stages in order, and back; false when they do not fit. */
enum { COHORT_NUMBERS_MAX = DEAL_STAGES_MAX * 6 + 4 };
size_t deal_cohort_numbers(const struct deal_cohort *c, double out[COHORT_NUMBERS_MAX]);
bool deal_cohort_read(const double *numbers, size_t n, const struct id *stages, size_t stages_n, struct arena *a,
                      struct deal_cohort *out);

/* Quantile by linear interpolation at rank p * (n - 1) of values in any order, which are sorted; NaN when n is 0. */
double deal_quantile(double *values, size_t n, double p);
/* Wilson interval of `won` of n at 95 % (definitions 9); n > 0. */
void deal_wilson(int64_t won, int64_t n, double *out_low, double *out_high);
