/* search/query.h - what a question asks for: which words count how much, and which speakers it names.
 *
 * "What did the Industrial Designer think of fashion when discussing the remote control?" is about fashion and the remote
 * control, said by the Industrial Designer. Function words weigh nothing; words that speak about speaking ("discuss",
 * "opinion", "summarize": src/text/lists/meta.en.txt) weigh a quarter; names of speakers weigh little as words and raise the
 * chunks in which those speakers talk. Words of earlier questions of the conversation weigh half for the last one, a
 * quarter for the one before, and so on. Pure functions; `struct tokens` is the caller's thread's. */
#pragma once
#include "text/tokens.h"

struct arena;

enum { QUERY_TERMS_MAX = 64, QUERY_HISTORY_MAX = 16 };

struct query_term {
    str stem;     /* as text/tokens.h gives it */
    float weight; /* 0 < weight <= 1 */
    bool last;    /* of the question itself, not of its history */
};

struct query_word { /* a word of the question as written, for matching names */
    str low;        /* lower case */
    bool single_upper; /* one capital letter: "C" as in "What did C say" */
    int term;       /* index into terms, -1 for a word without weight */
};

struct query {
    struct query_term *terms;
    size_t terms_n;
    struct query_word *words;
    size_t words_n;
};

/* `history`: earlier questions, oldest first; may be NULL. `lang`: of the stemmer, "en". A query of nothing but stop words
 * keeps them, at full weight. Memory in `a`. */
void query_build(struct tokens *t, str text, str lang, const str *history, size_t history_n, struct arena *a,
                 struct query *out);

/* Weight of the vector of the history question `age` questions back (0: the one before the last): 0.5, 0.25, ...; the query
 * vector is vec(text) + sum of weight * vec(history), then scaled to unit length. */
float query_history_weight(size_t age);

/* How surely the query names this speaker, 0..1: 1 for the whole name or role ("Project Manager", "PhD C"), less for a
 * family name alone. Titles and bracketed parts of a label ("Hon.", "(Minister of Health)") are not needed. */
float query_voice(const struct query *q, str speaker);

/* The speakers of one interaction together. out_voice[i]: strength of names[i], 0 for those named much less surely than
 * another. out_weight[terms_n]: the weights of the terms in this interaction; words that name a speaker count
 * QUERY_NAME_WEIGHT of theirs. True when any speaker is named. */
#define QUERY_NAME_WEIGHT 0.15f
bool query_voices(const struct query *q, const str *names, size_t names_n, float *out_voice, float *out_weight);
