#include "insight/cues.h"

size_t cue_at(const struct word_list *l, const struct sentence *s, size_t i, int *out_value)
{
    return list_match_atoms(l, s->atom + i, s->words_n - i, out_value);
}

int cues_of(const struct word_list *l, const struct sentence *s)
{
    int all = 0, v;

    for (size_t i = 0; i < s->words_n; i++)
        if (cue_at(l, s, i, &v))
            all |= v;
    return all;
}

bool sentence_has_number(const struct discourse *d, const struct sentence *s)
{
    static const char *const big[] = {"hundred", "thousand", "million", "half",    "percent", "twenty",
                                      "thirty",  "forty",    "fifty",   "sixty",   "seventy", "eighty",
                                      "ninety",  "dozen",    "hundert", "tausend", "mille",   "cent"};
    const struct word_list *when = list_for("when", s->lang);

    (void)d;
    for (size_t i = 0; i < s->words_n; i++) {
        str w = s->word[i].token;
        int v = list_value_atom(when, s->atom[i]);
        if (w.n && w.p[0] >= '0' && w.p[0] <= '9')
            return true;
        if (v >= 402 && v <= 499)
            return true;
        for (size_t k = 0; k < sizeof big / sizeof *big; k++)
            if (str_starts(w, str_of(big[k])))
                return true;
    }
    return false;
}
