/* text/phrases.h - thousands of phrases looked for at once in what was said, with Hyperscan.
 *
 * A phrase is made of words as text/tokens.h cuts them, separated by spaces:
 *     discount          the word in any of its forms, as the stemmer of the text's language sees them
 *     "per seat"        in quotes: exactly these words, one after the other
 *     integrat*         any word that begins so; at least PHRASE_PREFIX_MIN letters before the star
 *     budget .. cut     up to PHRASE_GAP_MAX other words may stand between
 * Case and diacritics never matter. A hit begins and ends with whole words and does not reach across the end of a sentence. */
#pragma once
#include "base/err.h"
#include "text/uni.h"

enum { PHRASE_WORDS_MAX = 12, PHRASE_BYTES_MAX = 300, PHRASE_PREFIX_MIN = 2, PHRASE_GAP_MAX = 3 };

struct phrase_slot {
    enum { PHRASE_WORD, PHRASE_EXACT, PHRASE_PREFIX, PHRASE_GAP } kind;
    str text; /* folded; empty for a gap */
    str raw;  /* as written, for the stemmer */
};
struct phrase {
    struct phrase_slot slot[2 * PHRASE_WORDS_MAX];
    size_t n;
};

/* Reads one phrase; the texts lie in `a`. ERR_INVALID says what is wrong, and *out_place (in characters, from 1) where. */
enum err_code phrase_parse(str text, struct arena *a, struct phrase *out, size_t *out_place, struct err *e);

/* Phrases made ready for texts of one language (BCP 47 primary tag; an unknown one is not stemmed). Never changes; any thread.
 * Takes milliseconds to a second. ERR_LIMIT: too much for Hyperscan. */
struct phrase_set;
enum err_code phrase_set_new(const struct phrase *p, size_t n, str lang, struct phrase_set **out, struct err *e);
void phrase_set_free(struct phrase_set *s); /* NULL is ignored */

struct phrase_hit {
    size_t phrase; /* its place in `p` */
    struct text_span span;
};

/* What one thread needs to look through texts. */
struct phrase_scan;
enum err_code phrase_scan_new(const struct phrase_set *s, struct phrase_scan **out, struct err *e);
void phrase_scan_free(struct phrase_scan *s); /* NULL is ignored */
/* All hits, in the order of their places; where a phrase fits in several ways around a word, the shortest way. Memory in `a`. */
enum err_code phrase_scan_run(struct phrase_scan *s, str text, struct arena *a, struct phrase_hit **out, size_t *out_n,
                              struct err *e);
