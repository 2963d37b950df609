/* insight/timeline.h - a call as the statistics see it: normalised segments, backchannels, turns (definitions.md section 0).
 *
 * Pure; memory in `a`. Times are ms. Speakers are numbered by first appearance; segments without a label share one number
 * whose label is empty. */
#pragma once
#include "domain/interaction.h"

enum { GAP_MERGE_MS = 500, GAP_TURN_MS = 3000 };

struct seg {
    int speaker;
    int64_t t0, t1;
    size_t place; /* of its first part in the file */
    uint32_t first, last; /* turns of the interaction it was made of, for spans */
    size_t words, listed; /* listed: words of the backchannel list */
    bool backchannel;
};

struct floor_turn {
    int speaker;
    int64_t t0, t1;
    size_t seg_first, seg_last; /* its first and last segment, in order of time */
};

struct speaker {
    str label; /* empty: the unknown one */
    enum ia_side side;
    int64_t talk_ms; /* length of the union of its segments */
};

enum timeline_lack { TIMELINE_WHOLE, TIMELINE_NO_TIMES, TIMELINE_PARTIAL_TIMES };

struct timeline {
    enum timeline_lack lack; /* not WHOLE: only speakers are filled */
    int64_t duration_ms;
    bool spaced; /* the language separates words by spaces */
    struct speaker *speakers;
    size_t speakers_n;
    int *of_turn; /* per turn of the interaction: its speaker */
    struct seg *segs; /* normalised, in order */
    size_t segs_n;
    struct floor_turn *turns;
    size_t turns_n;
};

void timeline_make(const struct interaction *ia, struct arena *a, struct timeline *out);
/* Length of the union of the segments for which `take` is true; NULL takes all. `depth`: time in which at least that many
 * speak (1: anyone). */
int64_t timeline_union(const struct timeline *t, const bool *take, int depth, struct arena *a);
