#include "insight/tracker.h"

#include <math.h>

#include "base/sort.h"

enum { STEPS = 120, FOLDS = 5 };

static const float PENALTY = 0.002f, RATE = 4.0f, BACKGROUND_SHARE = 1.0f;

struct set {
    const float *vec;
    size_t n;
    float weight; /* of one row */
    float target;
    size_t skip_from, skip_to; /* rows left out */
};

static double dot(const float *x, const float *y, size_t dim)
{
    float sum = 0;

    for (size_t i = 0; i < dim; i++)
        sum += x[i] * y[i];
    return (double)sum;
}

static float sigmoid(double x)
{
    return (float)(1 / (1 + exp(-x)));
}

static void step(const struct set *sets, size_t sets_n, struct tracker_head *h, float *grad)
{
    double bias = 0;

    for (size_t i = 0; i < h->dim; i++)
        grad[i] = PENALTY * h->weight[i];
    for (size_t s = 0; s < sets_n; s++)
        for (size_t r = 0; r < sets[s].n; r++) {
            const float *x = sets[s].vec + r * h->dim;
            float g;
            if (r >= sets[s].skip_from && r < sets[s].skip_to)
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

/* Each side weighs one half; the unjudged ones are part of the "no" side. */
static void fit(struct set sets[3], struct tracker_head *h, float *grad)
{
    size_t yes = sets[0].n - (sets[0].skip_to - sets[0].skip_from), no = sets[1].n, back = sets[2].n;

    sets[0].weight = yes ? 0.5f / (float)yes : 0;
    sets[1].weight = no ? (back ? 0.25f : 0.5f) / (float)no : 0;
    sets[2].weight = back ? (no ? 0.25f : 0.5f) * BACKGROUND_SHARE / (float)back : 0;
    for (size_t i = 0; i < h->dim; i++)
        h->weight[i] = 0;
    h->bias = 0;
    for (int i = 0; i < STEPS; i++)
        step(sets, 3, h, grad);
}

double tracker_score(const struct tracker_head *h, const float *vec)
{
    return (double)sigmoid(dot(h->weight, vec, h->dim) + (double)h->bias);
}

static int by_value(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;

    return (a > b) - (a < b);
}

/* Where the wanted sentences, as scored when they were left out, stand out best from the rest: the threshold of the highest F1
 * when one sentence in `RARITY` is wanted. */
static float threshold_choose(const double *yes, size_t yes_n, const double *rest, size_t rest_n)
{
    const double share = 0.08;
    double best = 0, at = 0.5;

    for (size_t i = 0; i < yes_n; i++) {
        double right = 0, wrong = 0, f1;
        for (size_t k = 0; k < yes_n; k++)
            right += yes[k] >= yes[i];
        for (size_t k = 0; k < rest_n; k++)
            wrong += rest[k] >= yes[i];
        right = right / (double)yes_n * share;
        wrong = rest_n ? wrong / (double)rest_n * (1 - share) : 0;
        f1 = 2 * right / (right + wrong + share);
        if (f1 > best) {
            best = f1;
            at = yes[i];
        }
    }
    return (float)at;
}

enum err_code tracker_train(const float *yes, size_t yes_n, const float *no, size_t no_n, const float *background,
                            size_t background_n, size_t dim, struct arena *a, struct tracker_head *out, struct err *e)
{
    struct tracker_head h = {.dim = dim, .weight = ARENA_ARRAY(a, float, dim + 1), .threshold = 0.5f};
    float *grad = ARENA_ARRAY(a, float, dim + 1);
    double *held = ARENA_ARRAY(a, double, yes_n + 1), *rest = ARENA_ARRAY(a, double, no_n + background_n + 1);
    struct set sets[3] = {{yes, yes_n, 0, 1, 0, 0}, {no, no_n, 0, 0, 0, 0}, {background, background_n, 0, 0, 0, 0}};
    size_t folds = yes_n < FOLDS ? yes_n : FOLDS;

    if (!yes_n || !dim || yes_n > TRACKER_EXAMPLES_MAX || no_n > TRACKER_EXAMPLES_MAX ||
        background_n > TRACKER_BACKGROUND_MAX)
        return err_set(e, ERR_INVALID, "a tracker needs 1 to %d examples", TRACKER_EXAMPLES_MAX);
    for (size_t f = 0; yes_n > 1 && f < folds; f++) {
        sets[0].skip_from = f * yes_n / folds;
        sets[0].skip_to = (f + 1) * yes_n / folds;
        fit(sets, &h, grad);
        for (size_t r = sets[0].skip_from; r < sets[0].skip_to; r++)
            held[r] = tracker_score(&h, yes + r * dim);
    }
    sets[0].skip_from = sets[0].skip_to = 0;
    fit(sets, &h, grad);
    for (size_t r = 0; r < no_n; r++)
        rest[r] = tracker_score(&h, no + r * dim);
    for (size_t r = 0; r < background_n; r++)
        rest[no_n + r] = tracker_score(&h, background + r * dim);
    if (yes_n > 1) {
        list_sort(held, yes_n, sizeof *held, by_value);
        h.threshold = threshold_choose(held, yes_n, rest, no_n + background_n);
    }
    *out = h;
    return ERR_OK;
}
