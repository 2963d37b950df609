#include "store/reader.h"

#include <stdatomic.h>

#include "base/sort.h"

const struct reader reader_all = {.reach = REACH_WORKSPACE, .private_shown = true};

static atomic_uint_fast64_t version = 1;

uint64_t access_version(void)
{
    return atomic_load(&version);
}

void access_changed(void)
{
    atomic_fetch_add(&version, 1);
}

static int by_id(const void *x, const void *y)
{
    return id_cmp(*(const struct id *)x, *(const struct id *)y);
}

struct id_set id_set_of(struct id *v, size_t n)
{
    size_t kept = 0;

    list_sort(v, n, sizeof *v, by_id);
    for (size_t i = 0; i < n; i++)
        if (!kept || !id_eq(v[kept - 1], v[i]))
            v[kept++] = v[i];
    return (struct id_set){v, kept};
}

bool id_set_has(const struct id_set *s, struct id id)
{
    size_t low = 0, high = s->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = id_cmp(s->v[mid], id);
        if (c == 0)
            return true;
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}
