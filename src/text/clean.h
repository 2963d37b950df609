/* text/clean.h - transcript text without what nobody meant to say.
 *
 * Left out: what recognisers and transcribers add ("[inaudible]", "(crosstalk)", "<unk>", ">>", clock times in
 * brackets), filler sounds and set-off filler phrases of the language, stuttered repeats ("the, the", "I was, I was")
 * and cut-off beginnings ("th-"). The original is never changed: the map leads from every cleaned byte to the bytes it
 * came from. Conservative: intensifying repeats ("very very", "no, no") and numbers stay. Any thread, no state. */
#pragma once
#include "text/offmap.h"

enum { CLEAN_VERSION = 1 };

struct cleaned {
    str text;
    struct offmap map;          /* cleaned -> original and back */
    struct text_span *deleted;  /* bytes of the original that were left out, sorted, not touching */
    size_t deleted_n;
};

/* `lang`: BCP 47 primary tag; an unknown one gets the rules that need no list. Memory in `a`. */
void clean_text(str text, str lang, struct arena *a, struct cleaned *out);

/* Fillers as the statistics count them: matches in the language's list, a phrase once. *out_known is false when there
 * is no list for the language (then 0). Tokens as in words.h. */
size_t fillers_count(const uint32_t *atoms, size_t n, str lang, bool *out_known);
int fillers_version(str lang); /* 0 without list */
