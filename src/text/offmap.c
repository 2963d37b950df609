#include "text/offmap.h"

#include <assert.h>

void offmap_init(struct offmap *m, struct arena *a)
{
    *m = (struct offmap){.a = a};
}

void offmap_keep(struct offmap *m, uint32_t original, uint32_t n)
{
    struct offmap_seg *last = m->n ? &m->seg[m->n - 1] : NULL;

    assert(m->seg || !m->cap);
    if (n == 0)
        return;
    if (last && !last->replaced && last->original + last->original_n == original) {
        last->original_n += n;
        last->edited_n += n;
    } else {
        ARENA_PUSH(m->a, m->seg, m->n, m->cap) = (struct offmap_seg){m->edited_n, original, n, n, false};
    }
    m->edited_n += n;
}

void offmap_replace(struct offmap *m, uint32_t original, uint32_t original_n, uint32_t edited_n)
{
    ARENA_PUSH(m->a, m->seg, m->n, m->cap) = (struct offmap_seg){m->edited_n, original, edited_n, original_n, true};
    m->edited_n += edited_n;
}

void offmap_end(struct offmap *m, uint32_t original_n)
{
    m->original_n = original_n;
}

/* First segment that ends after the edited offset; m->n when none. */
static size_t seg_at_edited(const struct offmap *m, uint32_t at)
{
    size_t lo = 0, hi = m->n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (m->seg[mid].edited + m->seg[mid].edited_n > at)
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

struct text_span offmap_original(const struct offmap *m, struct text_span e)
{
    struct text_span o;
    size_t i = seg_at_edited(m, e.start), j;

    if (i == m->n)
        return (struct text_span){m->original_n, m->original_n};
    o.start = m->seg[i].original + (m->seg[i].replaced ? 0 : e.start - m->seg[i].edited);
    if (e.end <= e.start)
        return (struct text_span){o.start, o.start};
    j = seg_at_edited(m, e.end - 1);
    if (j == m->n)
        j = m->n - 1;
    o.end = m->seg[j].original + m->seg[j].original_n;
    if (!m->seg[j].replaced && e.end < m->seg[j].edited + m->seg[j].edited_n)
        o.end = m->seg[j].original + (e.end - m->seg[j].edited);
    return o;
}

uint32_t offmap_edited(const struct offmap *m, uint32_t original)
{
    size_t lo = 0, hi = m->n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (m->seg[mid].original + m->seg[mid].original_n > original)
            hi = mid;
        else
            lo = mid + 1;
    }
    if (lo == m->n)
        return m->edited_n;
    if (original <= m->seg[lo].original || m->seg[lo].replaced)
        return m->seg[lo].edited;
    return m->seg[lo].edited + (original - m->seg[lo].original);
}
