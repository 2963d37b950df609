/* text/words.h - words and their tokens, as the statistics count them.
 *
 * word  = run of characters other than Unicode White_Space with at least one letter (L*) or digit (Nd)
 * token = the word in lower case without outer punctuation (P*), U+2019 read as '
 * Runs without letter or digit ("--", "!?") are skipped. Any thread, no state, no memory but the arena's. */
#pragma once
#include "text/uni.h"

struct word {
    uint32_t start, end;           /* the whole run */
    uint32_t inner_start, inner_end; /* without outer punctuation; still as written */
};

struct word_it {
    str text;
    size_t at;
};

void word_it_init(struct word_it *it, str text);
bool word_it_next(struct word_it *it, struct word *out);

/* The next run of anything but white space from *at on, which moves behind it; false when nothing is left. *out_solid: it is a
 * word; only then its inner part is set. */
bool word_run_next(str text, size_t *at, struct word *out, bool *out_solid);

size_t words_count(str text);
str word_token(str text, const struct word *w, struct arena *a);

/* All words and their tokens at once; token[i] and atom[i] (text/lists.h) belong to word[i]. */
struct words {
    struct word *word;
    str *token;
    uint32_t *atom;
    const struct list_start *starts; /* list_starts() of them, or NULL: not found so far */
    size_t n;
    bool ascii; /* the whole text */
};
struct words words_split(str text, struct arena *a);
struct words words_part(const struct words *w, size_t from, size_t to); /* [from, to), the memory is shared */
