/* insight/weigh.h - how much each sentence of a conversation is worth writing down: linear models over its words and its shape.
 *
 * A model is a list text/lists/weigh_*.en.txt, made by tools/text/weigh_words.py from labelled meetings: an entry is a common word
 * or, with "f." before it, a feature below; its number is WEIGH_BASE + WEIGH_SCALE * weight. Every model reads the same features,
 * which are found once. A language without words in the list still has its shape. Pure; any thread; memory in `a`. */
#pragma once
#include "insight/findings_priv.h"

enum { WEIGH_BASE = 100000, WEIGH_SCALE = 1000 };

/* Features by number; content words are those of three letters on that no stop list has. */
enum weigh_feature {
    WEIGH_LENGTH, /* ln(1 + content words) */
    WEIGH_FROM_3, /* 1 with at least 3 content words, 5, 7 ... */
    WEIGH_FROM_5,
    WEIGH_FROM_7,
    WEIGH_FROM_9,
    WEIGH_FROM_12,
    WEIGH_FROM_15,
    WEIGH_FROM_20,
    WEIGH_FROM_30,
    WEIGH_COMMON, /* mean over content words of ln(1 + sentences that have it) */
    WEIGH_REPEATED, /* share of content words that three sentences have */
    WEIGH_LETTERS, /* mean length of content words */
    WEIGH_ASKS,
    WEIGH_PLACE, /* 0 first .. 1 last */
    WEIGH_FIRST_20TH, /* 1 in the first twentieth of the sentences, tenth ... */
    WEIGH_FIRST_10TH,
    WEIGH_LAST_5TH,
    WEIGH_LAST_10TH,
    WEIGH_LAST_20TH,
    WEIGH_NAME, /* has the first name of somebody present */
    WEIGH_TALK, /* share of the sentences that its speaker has */
    WEIGH_COMMITTED, /* 1 where a finding rests on it */
    WEIGH_ACCEPTED,
    WEIGH_REQUESTED,
    WEIGH_HEDGED,
    WEIGH_REFUSED,
    WEIGH_NEXT_STEP,
    WEIGH_DECISION,
    WEIGH_QUESTION,
    WEIGH_MATTERS, /* an objection, a field of the qualification, a competitor, a price */
    WEIGH_FEATURES
};
extern const char *const weigh_names[WEIGH_FEATURES];

enum weigh_model { WEIGH_ACTION, WEIGH_DECISION_POINT, WEIGH_DISCOVERY, WEIGH_SUMMARY, WEIGH_MODELS };
const struct word_list *weigh_list(enum weigh_model m);

struct weighing {
    const struct discourse *d;
    struct arena *a;
    float (*feature)[WEIGH_FEATURES]; /* of each sentence */
    uint32_t **word; /* of each sentence: numbers of its content words, ascending, each once */
    uint32_t *words_n;
    double *score[WEIGH_MODELS]; /* of each sentence */
};

/* Of the sentences and the first `found_n` findings of `an`. */
void weighing_make(const struct analysis *an, size_t found_n, struct weighing *out);
/* At most `most` sentences by falling score, none sharing more than `alike` (0..1, twice the shared content words by those of
 * both) with one before it, and none of fewer than `words_least` words or with the score -INFINITY. Returns how many. */
size_t weighing_pick(const struct weighing *w, const double *score, size_t most, double alike, size_t words_least,
                     size_t *out);
/* The weighing of an interaction, for those who make the lists; NULL where nothing is weighed (documents, a handful of words). */
const struct weighing *findings_weigh(const struct interaction *ia, struct arena *a);
