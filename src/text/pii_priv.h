/* text/pii_priv.h - shared by the finders: pii_web.c, pii_digits.c, pii_place.c, pii_names.c. */
#pragma once
#include "text/lists.h"
#include "text/pii.h"

/* Sets of words that are asked for at every word of a text. */
enum pii_set {
    PII_SET_TITLE,
    PII_SET_PARTICLE,
    PII_SET_ORGANISATION,
    PII_SET_NOT_NAME,
    PII_SET_CALENDAR,
    PII_SET_LEAD,
    PII_SET_NAME_CUE, /* "my name is" */
    PII_SET_I_AM,
    PII_SET_BE,
    PII_SET_GREETS,
    PII_SET_ADDRESS,
    PII_SET_LIVES,
    PII_SET_SECRET,
    PII_SET_SCHEME,
    PII_SETS
};

/* What the lists say about one word by itself. */
struct pii_facts {
    uint32_t atom; /* text/lists.h */
    uint16_t sets; /* bit of each enum pii_set it is in */
    uint8_t given, family, common; /* values of the lists; family also by its ending */
    uint8_t place;                 /* as a town or country of one word */
    bool place_begins;             /* some place begins with it */
    bool common_form;              /* the list of words has it, or the form without its ending */
};

/* A run of letters and digits (marks, inner ' and - included). */
struct pii_word {
    uint32_t start, end;
    str low; /* folded */
    bool cap, all_caps, digits, letters;
    bool first;   /* begins a sentence or line */
    bool stuck;   /* nothing but one space, or one of .,'- and a space, since the word before */
    bool newline; /* a line end lies before it */
    struct pii_facts is;
};

struct pii_run {
    str text;
    const struct pii_ask *ask;
    struct arena *a;
    struct pii_word *w;
    size_t n;
    bool numbers; /* some word has a digit */
    bool chat;    /* asked for, or the text has no capital letter */
    bool shouted; /* most words are in capitals: they say nothing */
    const struct word_list *given, *family, *places, *common;
    struct pii_span *span;
    size_t span_n, span_cap;
};

void pii_add(struct pii_run *r, enum pii_type type, size_t start, size_t end, double confidence);
bool pii_taken(const struct pii_run *r, size_t start, size_t end); /* overlaps a span so far */
/* First word that starts at or after `at`. */
size_t pii_word_at(const struct pii_run *r, size_t at);
/* Is one of the space-separated cue words among the `reach` words before word `w` (in the same line or sentence or the
 * one before)? */
bool pii_cue_before(const struct pii_run *r, size_t w, size_t reach, const char *cues);
static inline bool pii_word_is(const struct pii_run *r, size_t w, const char *word)
{
    return w < r->n && str_eq(r->w[w].low, str_of(word));
}
static inline bool pii_of(const struct pii_run *r, size_t w, enum pii_set set)
{
    return r->w[w].is.sets >> set & 1;
}
bool pii_in(str word, const char *words); /* is `word` one of the space-separated `words` */

/* pii_names.c: what the lists say, computed. */
struct pii_facts pii_facts_make(const struct pii_run *r, str low);
void pii_find_web(struct pii_run *r);
void pii_find_digits(struct pii_run *r);
void pii_find_places(struct pii_run *r);
void pii_find_names(struct pii_run *r);
