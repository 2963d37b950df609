#include "text/word_set.h"

bool word_set_begins(const struct word_set *set, str w)
{
    if (!w.n || !(set->firsts >> (w.p[0] & 31) & 1))
        return false;
    for (size_t i = 0; i < set->n; i++)
        if (*set->words[i] == *w.p && str_starts(w, str_of(set->words[i])))
            return true;
    return false;
}
