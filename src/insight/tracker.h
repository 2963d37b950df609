/* insight/tracker.h - a tracker defined by examples: which sentences mean the same as these?
 *
 * A linear head over the sentence's embedding, trained from the examples, from clicks (right and wrong) and from sentences of
 * the workspace that nobody judged, which count little and as "mostly no". Training takes milliseconds, so every click trains
 * it anew at once. Logistic regression with an L2 penalty, by gradient descent from the difference of the two centroids; the
 * threshold is chosen on leave-one-out scores of the examples against the unjudged ones. Pure; any thread; memory in `a`. */
#pragma once
#include "base/arena.h"
#include "base/err.h"

enum { TRACKER_EXAMPLES_MAX = 500, TRACKER_BACKGROUND_MAX = 1000, TRACKER_VERSION = 1 };

struct tracker_head {
    size_t dim;
    float *weight; /* dim */
    float bias, threshold; /* a sentence matches when its score is at least the threshold */
};

/* Unit vectors, row after row. yes_n at least 1; no and background may be none. ERR_INVALID. */
enum err_code tracker_train(const float *yes, size_t yes_n, const float *no, size_t no_n, const float *background,
                            size_t background_n, size_t dim, struct arena *a, struct tracker_head *out, struct err *e);
/* 0..1. */
double tracker_score(const struct tracker_head *h, const float *vec);
