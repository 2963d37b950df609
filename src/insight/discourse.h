/* insight/discourse.h - an interaction read once for all analyses: who speaks, and every sentence with its tokens.
 *
 * Sentences are those of text/sentences.h within one turn; where a transcript has no punctuation, long ones are cut before
 * "and I", "so we" and the like, so that a rule sees a statement and not a speech. Tokens are those of text/words.h: lower
 * case, without outer punctuation, U+2019 read as '. A sentence that one speaker's next turn goes on with is one sentence of two
 * turns. A line break inside a paragraph is a space. Pure; any thread; memory in the arena given. */
#pragma once
#include "domain/interaction.h"
#include "insight/questions.h"
#include "text/word_set.h"
#include "text/words.h"

enum { VOICE_NONE = -1 };

/* Somebody who speaks or is listed. */
struct voice_of {
    str name;         /* participant's name, else the label of the turns */
    str label;        /* of the turns; empty: never speaks */
    str first;        /* folded first name, for being addressed and mentioned */
    enum ia_side side;
    bool listed;
};

/* Where a word of a sentence stands. */
struct dword {
    uint32_t turn;
    uint32_t start, end; /* bytes of that turn's text, without outer punctuation */
    char after;          /* punctuation between this word and the next: ',' ';' ':' '-' '"' '(' '.' '?' '!' or 0 */
    bool upper;          /* written with a capital */
};

struct sentence {
    uint32_t turn, start, end; /* of its part in the first turn */
    int voice;
    size_t floor; /* number of the speaker's stretch: grows when somebody else goes on */
    str lang;     /* of this sentence, where it plainly is another than the conversation's */
    struct dword *word;
    str *token;     /* of each word, as text/words.h gives them */
    uint32_t *atom; /* likewise */
    struct list_start *starts; /* of each word: the lists that may have an entry there */
    uint64_t starts_any; /* all of them */
    struct word_sets sets; /* those that have one of its words */
    bool wills; /* a word ends in 'll */
    bool figures; /* a word begins with none of the letters a to z */
    size_t words_n;
    bool ascii;                /* all of its words */
    bool asks;                 /* ends with a question mark */
    enum utterance_kind kind;
};

struct marks; /* insight/acts_priv.h */

struct discourse {
    const struct interaction *ia;
    struct arena *a;
    str lang;                  /* "en" when unknown */
    struct voice_of *voices;
    size_t voices_n;
    uint32_t firsts;           /* a bit for each letter that a first name begins with, by its low bits */
    int *of_turn;              /* voice of each turn; VOICE_NONE: unknown */
    struct sentence *s;
    size_t n, cap;
    const struct word_list *stop, *commit; /* of its language; may be NULL */
    const struct marks **marks; /* per sentence; what acts.c has asked for so far */
    size_t *first_of_turn;     /* per turn, and one more: index of its first sentence */
    size_t *floor_of_turn;
};

void discourse_make(const struct interaction *ia, struct arena *a, struct discourse *out);
/* Sets what is looked up of the words of a sentence: `starts`, `sets`, `wills`, `figures`. */
void sentence_starts_make(struct sentence *s, struct arena *a);
/* The bytes of words [from, to), outer punctuation included, a span for each turn; at most SENTENCE_SPANS_MAX. */
enum { SENTENCE_SPANS_MAX = 4 };
size_t sentence_spans(const struct discourse *d, const struct sentence *s, size_t from, size_t to,
                      struct ia_span out[SENTENCE_SPANS_MAX]);
str sentence_text(const struct discourse *d, const struct sentence *s);
/* Its words as text/ asks for them; without offsets. */
static inline struct words sentence_words(const struct sentence *s)
{
    return (struct words){.token = s->token, .atom = s->atom, .starts = s->starts, .n = s->words_n};
}
/* Is any of its words in the set? */
static inline bool sentence_any(const struct sentence *s, const struct word_set *set)
{
    return word_sets_meet(&s->sets, set);
}
enum ia_side discourse_side(const struct discourse *d, int voice);
/* How many voices of that side there are; a side nobody has counts all voices. */
size_t discourse_side_count(const struct discourse *d, enum ia_side side);
/* The day of the conversation in its own zone, days since 1970-01-01; INT32_MIN when unknown. */
int32_t discourse_today(const struct discourse *d);
/* Not one capital: a recogniser wrote it, and names look like words. */
bool sentence_lower(const struct sentence *s);
/* The voice a name in the text means (folded token): exact first name or whole name of one voice only. */
int discourse_named(const struct discourse *d, str token);
