/* insight/cues.h - small questions to the word lists that several analyses ask of a sentence. Any thread; no state. */
#pragma once
#include "insight/discourse.h"
#include "text/lists.h"

/* The longest entry that begins at word i; its number in *out_value. 0: none. */
static inline size_t cue_at(const struct word_list *l, const struct sentence *s, size_t i, int *out_value)
{
    return list_match_start(l, &s->starts[i], s->atom + i, s->words_n - i, out_value);
}
/* Can there be an entry anywhere in the sentence? */
static inline bool cues_may(const struct word_list *l, const struct sentence *s)
{
    return l && s->starts_any & l->bit;
}
/* All bits of the entries in the sentence. */
int cues_of(const struct word_list *l, const struct sentence *s);
/* Is there a number: digits, or a word for one from two on. */
bool sentence_has_number(const struct discourse *d, const struct sentence *s);
