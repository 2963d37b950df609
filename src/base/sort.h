/* base/sort.h - qsort() for lists that may be empty: the C library forbids NULL even for no elements. */
#pragma once
#include <stdlib.h>

static inline void list_sort(void *list, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
    if (n > 1)
        qsort(list, n, size, cmp);
}
