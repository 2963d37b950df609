/* search/rank_weights.h - ranker_weights.txt, compiled in by tools/ranker/weights_embed.py. */
#pragma once
#include <stddef.h>

struct rank_weight {
    int stage;        /* 1 or 2; of the two logistic models */
    const char *name; /* of the feature, as tools/ranker/README.md explains it; "intercept" */
    double weight;    /* of the feature as computed, not standardised */
};
extern const struct rank_weight rank_weights[];
extern const size_t rank_weights_n;
