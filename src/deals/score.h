/* deals/score.h - the calibrated probability that an open deal is won, with an interval, from the first deal on.
 *
 * One model throughout: Bayesian logistic regression on features as of a time (no leakage), with priors that carry it while
 * there is little history (definitions.md section 8).
 *     logit p = logit pi_stage + delta_stage + gamma + sum_k beta_k x_k
 * pi_stage is what the CRM says of the stage; gamma ~ N(0, 0.35^2) is the pipeline's own level; delta_stage ~ N(0, 0.25^2);
 * beta_k ~ N(mean_k, 0.3^2) with small means of known sign. The mode is found by Newton's method (that is L2 logistic
 * regression with these centres), the posterior taken as normal around it (Laplace). p is the mean of the posterior, the
 * interval its 5th to 95th percentile. With no closed deal that is the prior, so the first deal has an honest, wide interval.
 * From SCORE_PLATT_MIN closed deals on, Platt's two numbers are fitted on the newest quarter of the training snapshots,
 * predicted by a model of the older three, and shrunk towards (1, 0).
 *
 * A closed deal gives a snapshot every 28 days from its creation until it closed (one at half its life when it closed sooner),
 * of total weight 1. The CRM's probability and current values are never features. Pure; any thread. */
#pragma once
#include "deals/cohort.h"

enum { SCORE_FEATURES = 11, SCORE_STAGES_MAX = 24, SCORE_VERSION = 2, SCORE_PLATT_MIN = 200, SCORE_REASONS = 3 };

struct score_feature {
    const char *name;       /* "engagement" */
    const char *definition; /* one line: how x is made */
    const char *up, *down;  /* for a person: what it means when it speaks for, against the deal */
    double mean;            /* of the prior of its weight */
};
extern const struct score_feature score_features[SCORE_FEATURES];

struct score_row {
    int stage;                 /* index of the pipeline's stage, by ordinal */
    double x[SCORE_FEATURES];
    bool won;                  /* training only */
    double weight;             /* training only */
    int64_t at_ms;             /* of the snapshot */
};

enum { SCORE_PARAMETERS = 1 + SCORE_STAGES_MAX + SCORE_FEATURES };

struct score_model {
    int version;      /* counted by who keeps it; 0: the prior */
    int closed_n;     /* closed deals it was fitted on */
    int stages_n;
    double offset[SCORE_STAGES_MAX]; /* logit pi_stage */
    double mode[SCORE_PARAMETERS];   /* gamma, deltas, betas */
    double cov[SCORE_PARAMETERS][SCORE_PARAMETERS];
    double platt_a, platt_b;         /* p -> sigmoid(a * logit p + b) */
    double platt_aa, platt_ab, platt_bb; /* how sure of them: variances and covariance */
    double mean_x[SCORE_FEATURES];   /* the average deal, against which terms are told */
};

struct score {
    double p, low, high;
    double terms[SCORE_FEATURES]; /* beta_k (x_k - mean_x_k): log-odds against the average deal */
    double stage_term;            /* log-odds of the stage */
};

/* Features of a deal as its state was made; false when it has no stage (then there is no score). */
bool score_row_make(const struct deal_facts *f, const struct deal_state *s, const struct deal_cohort *c,
                    struct score_row *out);
/* The model of no history at all. */
void score_prior(const struct deal_pipeline *p, struct score_model *out);
/* `rows` oldest first. closed_n: deals behind the rows. */
void score_fit(const struct deal_pipeline *p, const struct score_row *rows, size_t n, int closed_n, struct arena *a,
               struct score_model *out);
/* Snapshots of a closed deal, appended to out (room for `cap`); how many. */
size_t score_snapshots(const struct deal_facts *f, const struct deal_cohort *c, int64_t as_of, struct score_row *out,
                       size_t cap);
void score_predict(const struct score_model *m, const struct score_row *r, struct score *out);

/* The largest terms for (up) or against the deal, at most SCORE_REASONS, largest first; how many. */
size_t score_reasons(const struct score *s, bool up, int out[SCORE_REASONS]);
/* 1 (1-29), 2 (30-75), 3 (76-99) of a percentile rank 1..99. */
int score_band(int rank);
/* Percentile 1..99 of each p among all of them; equal values have equal ranks. Memory in `a`. floors[k] (may be NULL): the
 * lowest p of a rank of k + 2 or more, INFINITY when there is none. */
enum { SCORE_FLOORS = 98 };
void score_ranks(const double *p, size_t n, struct arena *a, int *out, double floors[SCORE_FLOORS]);
/* The rank of p among those the floors came from: its own if it was among them, else that of the next lower one. */
int score_rank_of(const double floors[SCORE_FLOORS], double p);

/* The model as numbers for the store, and back; false when they are not a model of this layout. */
size_t score_model_numbers(const struct score_model *m, double *out, size_t cap);
bool score_model_read(const double *numbers, size_t n, struct score_model *out);
enum { SCORE_NUMBERS = 9 + SCORE_STAGES_MAX + SCORE_PARAMETERS + SCORE_PARAMETERS * SCORE_PARAMETERS + SCORE_FEATURES };
