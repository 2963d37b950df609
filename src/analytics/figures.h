/* analytics/figures.h - pipeline figures of a period, from the histories of deals (definitions.md section 9).
 *
 * Everything is replayed from changes: the figures of a past quarter are those of that quarter, whatever the CRM says today.
 * Money is added up in integer micros of one currency; deals in another currency are left out and counted. What cannot be
 * told has no value and a reason. Pure; any thread; memory in `a`. */
#pragma once
#include "deals/cohort.h"

enum { FIGURES_VERSION = 1, FIGURES_SMALL_N = 5, FIGURES_RESAMPLES = 1000, FIGURE_INPUTS_MAX = 2000 };

struct figure {
    const char *id;   /* "win_rate" */
    const char *part; /* what it is of, where there are several: a stage's ordinal, "commit"; NULL: none */
    bool has_value, money;
    double value;
    int64_t micros;   /* money: the exact sum */
    const char *unit; /* "1", "d", "EUR", "EUR/d" */
    const char *reason; /* without a value: why */
    int64_t n;        /* deals (or moves) behind it */
    bool has_interval;
    double low, high; /* 95 % */
    struct id *inputs; /* the deals behind it, at most FIGURE_INPUTS_MAX */
    size_t inputs_n;
};

struct figure_definition {
    const char *id, *definition;
};
extern const struct figure_definition figure_definitions[]; /* ends with id NULL */
const char *figure_definition(const char *id);              /* NULL: no such figure */

struct figures_quota {
    struct id seller; /* nil: everybody */
    int64_t from_day, to_day, micros;
    char currency[4];
};

struct figures_input {
    const struct deal_pipeline *pipe;
    const struct deal_facts *facts; /* of any pipeline; others are skipped */
    size_t facts_n;
    const double *p;        /* by facts: probability of the open ones, NaN: none; NULL: none at all */
    int64_t from_day, to_day; /* days in the pipeline's zone; to_day is not in it */
    int64_t as_of;          /* ms; what happened later is not known; a period that has not ended ends there */
    struct id owner;        /* only deals owned by them; nil: all */
    const struct figures_quota *quotas;
    size_t quotas_n;
};
void figures_make(const struct figures_input *in, struct arena *a, struct figure **out, size_t *out_n);

/* 95 % interval of the mean by bootstrap: SplitMix64 seed 1, index = next % n, percentiles 0.025 and 0.975. n > 0. */
void figures_bootstrap(const double *values, size_t n, struct arena *a, double *out_low, double *out_high);
/* Kaplan-Meier: share with the event by the longest time. times[i] days; event[i] false: censored then. */
double figures_kaplan_meier(const double *times, const bool *event, size_t n, struct arena *a);
/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
uint64_t figures_random(uint64_t *state);
