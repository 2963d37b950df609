/* insight/acts_priv.h - the marks of words that the rules of acts read. */
#pragma once
#include "insight/acts.h"
#include "text/lists.h"
#include "text/word_set.h"

enum { /* numbers of text/lists/commit.LANG.txt */
       C_I = 1 << 0,
       C_WE = 1 << 1,
       C_ACTION = 1 << 2,
       C_IDLE = 1 << 3,
       C_HEDGE = 1 << 4,
       C_COND = 1 << 5,
       C_TIMECOND = 1 << 6,
       C_NEG = 1 << 7,
       C_ASK = 1 << 8,
       C_ASKVERB = 1 << 9,
       C_HERE = 1 << 10,
       C_YES = 1 << 11,
       C_NO = 1 << 12,
       C_REPORT = 1 << 13,
       C_HABIT = 1 << 14,
       C_OFFER = 1 << 15,
       C_CAN = 1 << 16,
       C_CANCEL = 1 << 17,
       C_GET = 1 << 18,
       C_JOKE = 1 << 19,
       C_MIGHT = 1 << 20,
       C_ING = 1 << 21,
       C_HEREVERB = 1 << 22,
       C_PROPOSE = 1 << 23,
       C_INDIRECT = 1 << 24,
       C_LETME = 1 << 25,
       C_CANT = 1 << 26,
       C_MOVE = 1 << 27,
       C_PRESENT = 1 << 28,
       C_FOLLOWS = 1 << 29,
       C_NEED = 1 << 30,
};

/* The entries that begin at a word. */
struct mark {
    int bits; /* of all of them */
    uint8_t words; /* of the only one: most often; 0: there are several */
    uint32_t several; /* where they begin among the hits of the sentence */
};
struct marks {
    struct list_hit *hit; /* of words with several entries: shortest first, behind the last one 0 words */
    int bits; /* of all marks */
    struct mark at[]; /* of each word */
};

/* A sentence with its marks (m, hit and bits are those of struct marks), and the words of time in it once somebody asks. */
struct marked {
    const struct discourse *d;
    const struct sentence *s;
    const struct mark *m;
    const struct list_hit *hit;
    int bits;
    int32_t today; /* ACT_NO_DAY: unknown, nothing is resolved */
    struct when *when;
    size_t when_n;
};

/* Of a sentence that is none of the interaction's: its words, tokens and atoms are enough. */
void marks_of(const struct discourse *d, const struct sentence *s, struct marked *out);
void marks_make(const struct discourse *d, size_t sentence, int32_t today, struct marked *out);
const struct when *marks_when(struct marked *k, size_t *out_n);
/* Length of the longest entry at i that can be one of the bits, where there are several; 0: none. */
size_t mark_length(const struct marked *k, size_t i, int bits);
static inline size_t mark_at(const struct marked *k, size_t i, int bits)
{
    return i >= k->s->words_n || !(k->m[i].bits & bits) ? 0 : k->m[i].words ? k->m[i].words : mark_length(k, i, bits);
}
/* Is there one in [from, to)? */
bool mark_in(const struct marked *k, size_t from, size_t to, int bits);
static inline str word_at(const struct marked *k, size_t i)
{
    return i < k->s->words_n ? k->s->token[i] : STR_NULL;
}
static inline bool word_is(const struct marked *k, size_t i, const struct word_set *words)
{
    return i < k->s->words_n && word_set_has(words, k->s->atom[i]);
}
/* acts_answer.c: in how many words the sentence takes something back, by a phrase or by saying what it goes without; 0: not. */
size_t marked_takes_back(const struct marked *k);
/* "I promised to send it on Friday": says itself what was promised before. */
bool marked_restates(const struct marked *k);
