/* analytics/coaching.h - figures of people who sell, over a period (definitions.md section 10).
 *
 * Everything is made of items: one value of one figure, of one rep, at one time, with the row it came from. A rep's value is
 * the unweighted mean of their items of the period, the team's the mean over reps; n, median and a 95 % interval (bootstrap
 * as in section 0; Wilson for shares) stand beside it, and fewer than COACHING_SMALL_N are not shown. Counters are sums and
 * are always shown. Pure; any thread; memory in `a`. */
#pragma once
#include "analytics/figures.h"

enum {
    COACHING_VERSION = 1,
    COACHING_SMALL_N = 5,
    COACHING_TALK_MIN_S = 30, /* talk of a rep in a call from which on they took part */
    COACHING_ALERT_DAYS = 30,
    COACHING_RAMP_WEEKS = 4,
    COACHING_SCORE_MAX = 5,
};

enum coach_kind { COACH_MEAN, COACH_SHARE, COACH_COUNT, COACH_NOT_RECORDED };
enum coach_stand { COACH_OTHER, COACH_OF_REP, COACH_OF_CALL }; /* a statistic of a call: whose row of it counts */

struct coach_def {
    const char *id, *unit, *definition;
    enum coach_kind kind;
    enum coach_stand stand;
    const char *inputs_of; /* what the rows it is made of are: calls, deals, comments, scorecards, verdicts */
};
extern const struct coach_def coach_defs[]; /* ends with id NULL */
enum { COACH_TALK_TIME, COACH_TALK_RATIO, COACH_TALK_RATIO_OF_CALL, COACH_QUESTIONS }; /* the first of them */
extern const size_t coach_defs_n;
int coach_def_find(str id); /* -1: none */

struct coach_item {
    int def;
    const char *part; /* a code of objections, a question of a form; NULL: none */
    struct id rep, source;
    int64_t at_ms;
    double value; /* COACH_SHARE: 0 or 1 */
    double weight; /* denominator of the value, for the pooled figure; 0: unknown */
};

/* One answer to one question of a form about one rep in one call. */
struct coach_rating {
    struct id form, call, rep, rater;
    int question, value; /* 1..COACHING_SCORE_MAX */
    bool model;
    int64_t at_ms;
};

struct coach_input {
    const struct id *reps;
    size_t reps_n;
    const struct coach_item *items; /* up to as_of, also from before the period: ramps and alerts look back */
    size_t items_n;
    const struct coach_rating *ratings;
    size_t ratings_n;
    int64_t from_ms, to_ms, as_of; /* what is later than as_of is not known */
};

struct coach_figure {
    const char *id, *part, *unit;
    struct id rep; /* nil: the team */
    bool has_value, has_interval, has_median, has_pooled, has_percentile;
    double value, median, low, high, pooled, percentile;
    const char *reason; /* without a value: why */
    int64_t n; /* items of a rep; reps of a team */
    struct id *inputs;
    size_t inputs_n;
};
void coaching_make(const struct coach_input *in, struct arena *a, struct coach_figure **out, size_t *out_n);
const char *coaching_inputs_of(const char *id);
const char *coaching_definition(const char *id); /* also of figures that rest on others: "ramp_weeks" */

/* The trailing COACHING_ALERT_DAYS of a rep against what was before, or against the others in the same days: Welch's test of
 * means, two-sided; q is p after Benjamini and Hochberg over the reps of the same figure and comparison. */
struct coach_test {
    const char *id, *part;
    struct id rep;
    bool peers; /* against the others; else against their own past */
    bool alert; /* q <= 0.01 */
    int64_t n, other_n;
    double mean, other_mean, p, q;
};
void coaching_alerts(const struct coach_input *in, struct arena *a, struct coach_test **out, size_t *out_n);

/* Two-sided p of Welch's t-test; NaN where it cannot be told (fewer than two on a side, no variance). */
double coaching_welch(const double *x, size_t x_n, const double *y, size_t y_n);
/* Krippendorff's alpha, interval metric: units[i] is the unit of values[i]; units with one value do not count. NaN: fewer
 * than two units, or all values the same. *out_units (may be NULL) how many counted. */
double coaching_alpha(const int64_t *units, const double *values, size_t n, struct arena *a, int64_t *out_units);
