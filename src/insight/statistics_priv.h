/* insight/statistics_priv.h - what the files of the statistics share: one call, counted once, and the rows made from it. */
#pragma once
#include "insight/statistics.h"
#include "insight/timeline.h"

/* Topic lists, and what a turn has of each (two bits a list). */
enum topic { TOPIC_PRICING, TOPIC_NEXTSTEP, TOPICS };
enum {
    LISTED_MATCH = 1,
    LISTED_OPEN_END = 2
}; /* shifted by 2 * topic; open end: a phrase may go on in the next part */

enum { SPREAD_BINS = 10, STYLE_CLASSES = 9, PAIR_SPEAKERS_MAX = 500 };

/* What one speaker said and did; also the sum over all of them. */
struct voice {
    int64_t talk_ms;
    size_t segs, words; /* normalised */
    size_t turns, longest; /* index of the longest turn; valid when turns > 0 */
    size_t utterances, questions, open, check_ins, bins[SPREAD_BINS];
    size_t file_words, fillers; /* of all segments of the file */
    size_t interruptions, floor_segs;
    size_t gap_first, gaps_n; /* in gaps: those that count for patience_ms */
};

struct gap {
    int speaker; /* who answers: internal */
    int64_t ms;
};

struct stats {
    const struct interaction *ia;
    const struct statistics_context *c;
    struct arena *a;
    struct timeline t;
    struct voice *voice; /* per speaker */
    struct voice all;
    struct stretch *speech;
    size_t speech_n;
    bool sides, internal_talk, external_talk; /* somebody has a side; somebody of that side is heard */
    size_t switches, changes, cut_ins; /* turn pairs across parties; external to internal changes; those with gap < 0 */
    struct gap *gaps; /* by speaker, then length */
    size_t gaps_n;
    double *gaps_all; /* by length */
    bool fillers_known;
    uint8_t *listed; /* per turn of the file: LISTED_* of the topic lists */
    size_t style[IA_SIDES][STYLE_CLASSES], style_words[IA_SIDES];
    uint8_t hash[SHA256_BYTES];
    struct record_stat *rows;
    size_t rows_n, rows_cap;
};

/* statistics_words.c: what is counted in the words. */
void stats_words_count(struct stats *s);
/* The segments with a match of the topic's list in the call's language, in order. False when there is no such list. Needs
 * times. */
bool stats_matches(struct stats *s, enum topic topic, struct seg **out, size_t *out_n);

/* statistics_hash.c: sets s->hash. */
void stats_hash(struct stats *s);

/* statistics_turns.c: what is counted in time. */
void stats_turns_count(struct stats *s);
/* Each ordered pair (a, b) of labelled speakers, a came in on b, with its count. */
struct interruption {
    int a, b;
    size_t n;
};
struct interruption *stats_interruptions(struct stats *s, size_t *out_n);

double stats_quantile(const double *sorted, size_t n, double p);
