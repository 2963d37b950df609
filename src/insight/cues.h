/* insight/cues.h - small questions to the word lists that several analyses ask of a sentence. Any thread; no state. */
#pragma once
#include "insight/discourse.h"
#include "text/lists.h"

/* The longest entry that begins at word i; its number in *out_value. 0: none. */
static inline size_t cue_at(const struct word_list *l, const struct sentence *s, size_t i, int *out_value)
{
    return list_match_atoms(l, s->atom + i, s->words_n - i, out_value);
}
/* All bits of the entries in the sentence. */
int cues_of(const struct word_list *l, const struct sentence *s);
/* Is there a number: digits, or a word for one from two on. */
bool sentence_has_number(const struct discourse *d, const struct sentence *s);
