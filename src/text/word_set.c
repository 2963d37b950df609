#include "text/word_set.h"

#include <pthread.h>

static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

void word_set_make(struct word_set *set)
{
    pthread_mutex_lock(&making);
    if (!atomic_load_explicit(&set->ready, memory_order_relaxed)) {
        for (const char *const *w = set->words; *w; w++) {
            size_t n = strlen(*w);
            set->lengths[**w & 31] |= (uint16_t)(1u << (n < 15 ? n : 15));
        }
        atomic_store_explicit(&set->ready, true, memory_order_release);
    }
    pthread_mutex_unlock(&making);
}

bool word_set_search(const struct word_set *set, str w)
{
    for (const char *const *x = set->words; *x; x++)
        if (**x == *w.p && strncmp(*x, w.p, w.n) == 0 && !(*x)[w.n])
            return true;
    return false;
}

bool word_set_begins(struct word_set *set, str w)
{
    if (!atomic_load_explicit(&set->ready, memory_order_acquire))
        word_set_make(set);
    if (!w.n || !set->lengths[w.p[0] & 31])
        return false;
    for (const char *const *x = set->words; *x; x++)
        if (**x == *w.p && str_starts(w, str_of(*x)))
            return true;
    return false;
}
