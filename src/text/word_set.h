/* text/word_set.h - a few words that a rule looks for, written where the rule is.
 *
 *     WORD_SET(links, "and", "but", "so");
 *     if (word_set_has(&links, token)) ...
 *
 * Words are lower case, as text/words.h gives them, and not empty. Nearly every word that is asked about is none of the set, so the
 * first look is at a table of first letters and lengths, which is made at first use. For more than some fifty words, or words
 * of one language among several, use a list (text/lists.h). Any thread. */
#pragma once
#include <stdatomic.h>

#include "base/str.h"

struct word_set {
    const char *const *words; /* NULL-terminated */
    _Atomic bool ready; /* `lengths` is made and never changes again */
    uint16_t lengths[32]; /* by the low bits of the first byte: which lengths there are, bit 15 for 15 and more */
};

#define WORD_SET(name, ...)                                                                                            \
    static const char *const name##_words[] = {__VA_ARGS__, NULL};                                                     \
    static struct word_set name = {.words = name##_words}

void word_set_make(struct word_set *set);
bool word_set_search(const struct word_set *set, str w);

static inline bool word_set_has(struct word_set *set, str w)
{
    if (!atomic_load_explicit(&set->ready, memory_order_acquire))
        word_set_make(set);
    return w.n && set->lengths[w.p[0] & 31] >> (w.n < 15 ? w.n : 15) & 1 && word_set_search(set, w);
}
/* Does w begin with one of them? */
bool word_set_begins(struct word_set *set, str w);
