/* text/offmap.h - offsets between an edited text and its original.
 *
 * An edited text (cleaned, masked) is made of pieces of the original, in order, some left out and some replaced. The map
 * keeps one segment for each piece, sorted, so that every place in the edited text leads to original bytes and back.
 * Plain data in an arena; read by any thread once built. */
#pragma once
#include "text/uni.h"

struct offmap_seg {
    uint32_t edited, original;     /* where the piece starts in either text */
    uint32_t edited_n, original_n; /* its bytes; equal for a kept piece, different or not for a replaced one */
    bool replaced;                 /* inside, single offsets do not correspond: the piece maps as a whole */
};

struct offmap {
    struct offmap_seg *seg;
    size_t n, cap;
    uint32_t edited_n, original_n; /* whole lengths */
    struct arena *a;
};

void offmap_init(struct offmap *m, struct arena *a);
/* Building, in order. What is left out is simply skipped. */
void offmap_keep(struct offmap *m, uint32_t original, uint32_t n);
void offmap_replace(struct offmap *m, uint32_t original, uint32_t original_n, uint32_t edited_n);
void offmap_end(struct offmap *m, uint32_t original_n);

/* The original bytes behind a span of the edited text: from the first to the last, left-out words in between included,
 * those at the ends not. An empty span gives an empty one. */
struct text_span offmap_original(const struct offmap *m, struct text_span edited);
/* Where an original position went; a left-out one goes to the next piece that was kept. */
uint32_t offmap_edited(const struct offmap *m, uint32_t original);
