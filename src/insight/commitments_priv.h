/* insight/commitments_priv.h - the items of a conversation on their way to findings: shared by commitments.c and withdrawals.c. */
#pragma once
#include "insight/acts.h"
#include "insight/findings_priv.h"

enum { ITEM_SPANS_MAX = 8, CONTENT_MAX = 24 };

enum modality {
    MODALITY_COMMITTED,
    MODALITY_ACCEPTED,
    MODALITY_REQUESTED,
    MODALITY_HEDGED,
    MODALITY_NEGATED,
    MODALITY_CANCELLED
};

/* The first content words of one sentence or more: hashes of their stems. */
struct content {
    uint64_t word[CONTENT_MAX];
    size_t n;
};

struct item {
    enum modality modality;
    struct ia_span spans[ITEM_SPANS_MAX];
    size_t spans_n;
    int owner;
    int32_t due;
    size_t sentence, last; /* where it stands, and what was last said of it */
    bool dropped;
    struct content content;
    double confidence;
};

struct book {
    struct analysis *an;
    struct discourse *d;
    int32_t today;
    struct act_list acts; /* in the order of their sentences */
    bool *used;
    struct item *items;
    size_t n, cap;
};

void content_add(const struct book *b, const struct sentence *s, struct content *out);
size_t content_shared(const struct content *x, const struct content *y);
/* Has the sentence a word for what was spoken of: "it", "that"? */
bool refers_back(const struct sentence *s);
/* Adds words [from, to) of a sentence to what the item rests on. */
void spans_put(const struct book *b, struct item *it, size_t sentence, size_t from, size_t to);
struct item *item_add(struct book *b, enum modality modality, const struct act *x);

/* A promise that stands, as far as is known. */
static inline bool firm(const struct item *it)
{
    return !it->dropped && (it->modality == MODALITY_COMMITTED || it->modality == MODALITY_ACCEPTED);
}

/* Stretches of one speaker stand for turns: a transcript may cut them anywhere. */
static inline size_t turn_of(const struct book *b, size_t sentence)
{
    return b->d->s[sentence].floor;
}

/* The first sentence behind the stretch. */
size_t floor_end(const struct book *b, size_t sentence);

void withdrawals_settle(struct book *b); /* withdrawals.c */
