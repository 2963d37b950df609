#include "insight/cues.h"

#include "text/word_set.h"

int cues_of(const struct word_list *l, const struct sentence *s)
{
    int all = 0, v;

    for (size_t i = 0; cues_may(l, s) && i < s->words_n; i++)
        if (cue_at(l, s, i, &v))
            all |= v;
    return all;
}

bool sentence_has_number(const struct discourse *d, const struct sentence *s)
{
    WORD_SET(big, "hundred", "thousand", "million", "half", "percent", "twenty", "thirty", "forty", "fifty", "sixty",
             "seventy", "eighty", "ninety", "dozen", "hundert", "tausend", "mille", "cent");
    const struct word_list *when = list_for("when", s->lang);

    (void)d;
    for (size_t i = 0; i < s->words_n; i++) {
        str w = s->token[i];
        int v = list_value_atom(when, s->atom[i]);
        if (w.n && w.p[0] >= '0' && w.p[0] <= '9')
            return true;
        if (v >= 402 && v <= 499)
            return true;
        if (word_set_begins(&big, w))
            return true;
    }
    return false;
}
