/* insight/timeline.h - a call as the statistics see it: normalised segments, backchannels, turns.
 *
 * doc/definitions.md, "Common ground", says what each of them is. Pure; any thread; memory in `a`; times are ms. Speakers
 * are numbered by first appearance; turns without a label share one number whose label is empty. */
#pragma once
#include "domain/interaction.h"

enum {
    GAP_MERGE_MS = 500,         /* own segments this near are one */
    GAP_TURN_MS = 3000,         /* own segments further apart are two turns */
    BACKCHANNEL_MS = 1000,      /* longest backchannel */
    BACKCHANNEL_WORDS = 3,
    BACKCHANNEL_AFTER_MS = 300, /* latest begin after the end of what it answers */
};
#define TIMELINE_MS_MAX ((int64_t)1 << 42) /* a century; later times are cut there, so that no sum overflows */

struct seg {
    int speaker;
    int64_t t0, t1;
    size_t place;           /* of its first part in the file */
    size_t part_last;       /* its parts: place, part_next[place], ... part_last */
    size_t words;
    bool backchannel;
};

struct floor_turn {
    int speaker;
    int64_t t0, t1;
    size_t seg_first, seg_last; /* in segs; between them also lie others' backchannels and own ones */
};

struct speaker {
    str label; /* empty: the unknown one */
    enum ia_side side;
};

enum timeline_lack { TIMELINE_WHOLE, TIMELINE_NO_TIMES, TIMELINE_PARTIAL_TIMES };

struct timeline {
    enum timeline_lack lack; /* not WHOLE: no segments and no turns */
    int64_t duration_ms;
    bool spaced; /* the language puts spaces between words */
    struct speaker *speakers;
    size_t speakers_n;
    int *of_turn; /* per turn of the interaction: its speaker */
    struct seg *segs; /* normalised, in order */
    size_t segs_n;
    size_t *part_next; /* per turn of the interaction: the next part of the same segment */
    struct floor_turn *turns;
    size_t turns_n;
};

void timeline_make(const struct interaction *ia, struct arena *a, struct timeline *out);

/* The words of a segment: its parts in order, joined by a space. */
str timeline_text(const struct interaction *ia, const struct timeline *t, const struct seg *s, struct arena *a);

/* Stretches in which somebody speaks, in order, not touching. */
struct stretch {
    int64_t t0, t1;
};
struct stretch *timeline_speech(const struct seg *segs, size_t n, struct arena *a, size_t *out_n);
/* Time in which two or more segments run at once. */
int64_t timeline_overlap_ms(const struct timeline *t, struct arena *a);
