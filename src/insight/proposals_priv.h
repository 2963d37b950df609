/* insight/proposals_priv.h - what asking a model and checking its answers share. */
#pragma once
#include "insight/acts_priv.h"
#include "insight/findings_priv.h"
#include "insight/proposals.h"

struct checker {
    struct analysis an;
    size_t from, to; /* turns the model was shown */
};

enum {
    DOUBT_HEDGE = 1,
    DOUBT_REFUSAL = 2,
    DOUBT_REPORT = 4,
    DOUBT_HABIT = 8,
    DOUBT_JOKE = 16,
    DOUBT_BACK = 32,
    DOUBT_HERE = 64,
    DOUBT_OFFER = 128
};

/* What in a sentence, or in the next one of its speaker, speaks against taking it at its word: DOUBT_*. */
unsigned sentence_doubts(const struct discourse *d, size_t sentence);

enum { QUOTE_SENTENCES_MAX = 2 };
/* The sentences in which the quote `key` of turn `turn_key` stands, byte for byte: [*out_first, *out_last]. */
bool quote_sentences(const struct checker *k, const struct json *item, const char *turn_key, const char *key,
                     size_t *out_first, size_t *out_last);
/* Room for SENTENCE_SPANS_MAX a sentence. */
size_t quote_spans(const struct checker *k, size_t first, size_t last, struct ia_span *out);

/* Each adds a finding when the item holds what its words say. */
void finding_check(struct checker *k, const struct json *item);
void summary_check(struct checker *k, const struct json *sentence);
