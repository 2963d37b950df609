/* text/tokens.h - search tokens: what the word index stores and what a query is turned into.
 *
 * A token is a run of letters and digits, with apostrophes inside words ("don't") and separators inside numbers ("3.5",
 * "1,000" read as "1000"); single letters with dots are one token ("U.S." is "us"). It is lower-cased, stemmed by the
 * language's Snowball stemmer, and then freed from diacritics, so that "Müller" and "muller" meet whatever was typed.
 * Scripts without spaces give overlapping bigrams. The same text and language always give the same tokens; the rules
 * have a version, and an index made by another version must be rebuilt.
 *
 * A `struct tokens` belongs to one thread (it holds a stem cache of about 1 MB per language in use). */
#pragma once
#include "text/uni.h"

enum { TOKENS_VERSION = 1, TOKEN_BYTES_MAX = 48 }; /* longer ones are cut */

struct tokens;
struct tokens *tokens_new(void);
void tokens_free(struct tokens *t);

struct token {
    uint32_t start, end; /* bytes in the text */
    str text;            /* valid until the next call on the same struct tokens */
    bool stop;           /* a stop word of the language: index it, but give it no weight in long queries */
};

struct token_it {
    struct tokens *t;
    str text;
    size_t at;
    int lang;
    uint32_t run_prev; /* start of the previous character inside a run of unspaced script, plus 1; 0 outside */
    bool run_single;
};

/* `lang`: BCP 47 primary tag; unknown ones are not stemmed. */
void token_it_init(struct token_it *it, struct tokens *t, str text, str lang);
bool token_it_next(struct token_it *it, struct token *out);

/* Convenience for queries: all tokens, text copied into `a`. */
struct token *tokens_split(struct tokens *t, str text, str lang, struct arena *a, size_t *out_n);
bool tokens_lang_known(str lang); /* is there a stemmer */
