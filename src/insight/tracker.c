#include "insight/tracker.h"

#include <math.h>

#include "base/sort.h"

enum { STEPS = 120, FOLDS = 5, PRIOR_EXAMPLES = 4, PLACES = 80, PLATT_STEPS = 60 };

static const float PENALTY = 0.002f, RATE = 4.0f;
static const double RARITY = 0.1;

struct set {
    const float *vec;
    size_t n;
    float weight; /* of one row */
    float target;
};

static double dot(const float *x, const float *y, size_t dim)
{
    float sum[8] = {0}, rest = 0; /* eight at a time, so that additions need not wait for each other */
    size_t i = 0;

    for (; i + 8 <= dim; i += 8)
        for (size_t k = 0; k < 8; k++)
            sum[k] += x[i + k] * y[i + k];
    for (; i < dim; i++)
        rest += x[i] * y[i];
    return (double)(sum[0] + sum[1] + sum[2] + sum[3] + sum[4] + sum[5] + sum[6] + sum[7] + rest);
}

static float sigmoid(double x)
{
    return (float)(1 / (1 + exp(-x)));
}

/* Row r of a set is left out when r % FOLDS is `fold`; -1: none is. */
static void step(const struct set *sets, size_t sets_n, int fold, struct tracker_head *h, float *grad)
{
    double bias = 0;

    for (size_t i = 0; i < h->dim; i++)
        grad[i] = PENALTY * h->weight[i];
    for (size_t s = 0; s < sets_n; s++)
        for (size_t r = 0; r < sets[s].n; r++) {
            const float *x = sets[s].vec + r * h->dim;
            float g;
            if (fold >= 0 && r % FOLDS == (size_t)fold)
                continue;
            g = sets[s].weight * (sigmoid(dot(h->weight, x, h->dim) + (double)h->bias) - sets[s].target);
            for (size_t i = 0; i < h->dim; i++)
                grad[i] += g * x[i];
            bias += (double)g;
        }
    for (size_t i = 0; i < h->dim; i++)
        h->weight[i] -= RATE * grad[i];
    h->bias -= RATE * (float)bias;
}

static float rows_in(const struct set *s, int fold)
{
    size_t out = fold < 0 ? 0 : (s->n + FOLDS - 1 - (size_t)fold) / FOLDS;

    return (float)(s->n - out);
}

/* Each side weighs one half; the unjudged ones are half of the "no" side, or all of it where nothing was judged so. */
static void fit(struct set sets[3], int fold, struct tracker_head *h, float *grad)
{
    float yes = rows_in(&sets[0], fold), no = rows_in(&sets[1], fold), back = rows_in(&sets[2], fold);

    sets[0].weight = yes > 0 ? 0.5f / yes : 0;
    sets[1].weight = no > 0 ? (back > 0 ? 0.25f : 0.5f) / no : 0;
    sets[2].weight = back > 0 ? (no > 0 ? 0.25f : 0.5f) / back : 0;
    for (size_t i = 0; i < h->dim; i++)
        h->weight[i] = 0;
    h->bias = 0;
    for (int i = 0; i < STEPS; i++)
        step(sets, 3, fold, h, grad);
}

static double score(const struct tracker_head *h, const float *vec)
{
    return dot(h->weight, vec, h->dim) + (double)h->bias;
}

bool tracker_matches(const struct tracker_head *h, const float *vec)
{
    return score(h, vec) >= (double)h->threshold;
}

double tracker_confidence(const struct tracker_head *h, const float *vec)
{
    return 1 / (1 + exp(-((double)h->slope * score(h, vec) + (double)h->offset)));
}

static int by_value(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;

    return (a > b) - (a < b);
}

struct spread {
    double mean, variance;
};

static struct spread spread_of(const double *x, size_t n)
{
    struct spread s = {0, 0};

    for (size_t i = 0; i < n; i++)
        s.mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        s.variance += (x[i] - s.mean) * (x[i] - s.mean) / (double)n;
    return s;
}

/* `rest` is sorted. */
static double share_from(const double *rest, size_t n, double at)
{
    size_t below = 0;

    while (below < n && rest[below] < at)
        below++;
    return (double)(n - below) / (double)n;
}

static double threshold_choose(const double *yes, size_t yes_n, const double *rest, size_t rest_n)
{
    struct spread y = spread_of(yes, yes_n), r = spread_of(rest, rest_n);
    double sd = sqrt((y.variance * (double)yes_n + PRIOR_EXAMPLES * r.variance) / (double)(yes_n + PRIOR_EXAMPLES));
    double from = rest[rest_n / 2], to = fmax(rest[rest_n - 1], y.mean + sd), best = 0, at = y.mean;

    for (int i = 0; i < PLACES && sd > 0; i++) {
        double t = from + (to - from) * i / (PLACES - 1);
        double right = RARITY * 0.5 * erfc((t - y.mean) / sd * M_SQRT1_2);
        double wrong = (1 - RARITY) * share_from(rest, rest_n, t), f1 = 2 * right / (right + wrong + RARITY);
        if (f1 > best) {
            best = f1;
            at = t;
        }
    }
    return at;
}

/* Newton's method on the two numbers of the curve. */
static void curve_fit(const double *yes, size_t yes_n, const double *rest, size_t rest_n, struct tracker_head *h)
{
    double target[2] = {1 / ((double)rest_n + 2), ((double)yes_n + 1) / ((double)yes_n + 2)};
    double weight[2] = {(1 - RARITY) / (double)rest_n, RARITY / (double)yes_n}, a = 1, b = log(RARITY / (1 - RARITY));

    for (int i = 0; i < PLATT_STEPS; i++) {
        double ga = 0, gb = 0, aa = 1e-6, ab = 0, bb = 1e-6, det;
        for (size_t k = 0; k < yes_n + rest_n; k++) {
            size_t side = k < yes_n;
            double x = side ? yes[k] : rest[k - yes_n], p = (double)sigmoid(a * x + b), w = weight[side];
            double g = w * (p - target[side]), q = w * p * (1 - p);
            ga += g * x;
            gb += g;
            aa += q * x * x;
            ab += q * x;
            bb += q;
        }
        det = aa * bb - ab * ab;
        a -= fmax(-1, fmin(1, (bb * ga - ab * gb) / det));
        b -= fmax(-1, fmin(1, (aa * gb - ab * ga) / det));
    }
    h->slope = a > 0.01 && isfinite(a) && isfinite(b) ? (float)a : 1;
    h->offset = a > 0.01 && isfinite(a) && isfinite(b) ? (float)b : -h->threshold;
}

/* Scores of all rows, each by a head that has not seen it. */
static void left_out_score(struct set sets[3], struct tracker_head *h, float *grad, double *yes, double *rest)
{
    for (int fold = 0; fold < FOLDS; fold++) {
        double *out = yes;
        if ((size_t)fold >= sets[0].n && (size_t)fold >= sets[1].n && (size_t)fold >= sets[2].n)
            break;
        fit(sets, sets[0].n > 1 ? fold : -1, h, grad);
        for (size_t s = 0; s < 3; s++, out = s == 2 ? rest + sets[1].n : rest)
            for (size_t r = (size_t)fold; r < sets[s].n; r += FOLDS)
                out[r] = score(h, sets[s].vec + r * h->dim);
    }
}

enum err_code tracker_train(const float *yes, size_t yes_n, const float *no, size_t no_n, const float *background,
                            size_t background_n, size_t dim, struct arena *a, struct tracker_head *out, struct err *e)
{
    struct tracker_head h = {.dim = dim, .weight = ARENA_ARRAY(a, float, dim + 1), .slope = 1};
    float *grad = ARENA_ARRAY(a, float, dim + 1);
    double *held = ARENA_ARRAY(a, double, yes_n + 1), *rest = ARENA_ARRAY(a, double, no_n + background_n + 1);
    struct set sets[3] = {{yes, yes_n, 0, 1}, {no, no_n, 0, 0}, {background, background_n, 0, 0}};
    size_t rest_n = no_n + background_n;

    if (!yes_n || !dim || yes_n > TRACKER_EXAMPLES_MAX || no_n > TRACKER_EXAMPLES_MAX ||
        background_n > TRACKER_BACKGROUND_MAX)
        return err_set(e, ERR_INVALID, "a tracker needs 1 to %d examples", TRACKER_EXAMPLES_MAX);
    left_out_score(sets, &h, grad, held, rest);
    fit(sets, -1, &h, grad);
    if (rest_n) {
        list_sort(rest, rest_n, sizeof *rest, by_value);
        h.threshold = (float)threshold_choose(held, yes_n, rest, rest_n);
        curve_fit(held, yes_n, rest, rest_n, &h);
    }
    *out = h;
    return ERR_OK;
}
