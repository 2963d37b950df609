/* insight/tracker.h - a tracker defined by examples: which sentences mean the same as these?
 *
 * A linear head over the sentence's embedding, trained from the examples, from clicks (right and wrong) and from sentences
 * that nobody judged, which count as "mostly no". Training takes milliseconds, so every click trains it anew at once: logistic
 * regression with an L2 penalty, by gradient descent.
 *
 * Threshold and confidence come from scores of sentences that were left out of training (five folds). The threshold has the
 * highest F1 when TRACKER_RARITY of all sentences are wanted, the wanted ones' scores taken as normal with a deviation drawn to
 * that of the rest (few examples say little about it). The confidence is the score through a logistic curve fitted to the
 * left-out ones (Platt 1999, with his targets), the two sides weighed by the same rarity. Pure; any thread; memory in `a`. */
#pragma once
#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

enum { TRACKER_EXAMPLES_MAX = 500, TRACKER_BACKGROUND_MAX = 1000, TRACKER_VERSION = 2 };

struct tracker_head {
    size_t dim;
    float *weight; /* dim */
    float bias, threshold; /* a sentence matches when weight . vector + bias is at least the threshold */
    float slope, offset;   /* confidence = 1 / (1 + exp(-(slope * score + offset))); slope > 0 */
};

/* Unit vectors, row after row. yes_n at least 1; no and background may be none. ERR_INVALID. */
enum err_code tracker_train(const float *yes, size_t yes_n, const float *no, size_t no_n, const float *background,
                            size_t background_n, size_t dim, struct arena *a, struct tracker_head *out, struct err *e);
bool tracker_matches(const struct tracker_head *h, const float *vec);
/* How sure it is that the sentence is a wanted one, 0..1; grows with the score. */
double tracker_confidence(const struct tracker_head *h, const float *vec);
