#include "records/packed.h"

struct span_lists span_lists_new(size_t lists, struct arena *a)
{
    return (struct span_lists){.ends = ARENA_ARRAY(a, int32_t, lists + 1)};
}

void span_lists_put(struct span_lists *s, const struct ia_span *spans, size_t n, struct arena *a)
{
    for (size_t i = 0; i < n; i++) {
        ARENA_PUSH(a, s->flat, s->flat_n, s->flat_cap) = (int32_t)spans[i].turn;
        ARENA_PUSH(a, s->flat, s->flat_n, s->flat_cap) = (int32_t)spans[i].start;
        ARENA_PUSH(a, s->flat, s->flat_n, s->flat_cap) = (int32_t)spans[i].end;
    }
    s->ends[s->n++] = (int32_t)s->flat_n;
}

struct span_lists span_lists_read(const struct db_rows *r, int ends_col, int spans_col, struct arena *a)
{
    struct span_lists s = {0};

    s.ends = db_i32s(r, ends_col, a, &s.n);
    s.flat = db_i32s(r, spans_col, a, &s.flat_n);
    return s;
}

struct ia_span *span_lists_get(const struct span_lists *s, size_t i, struct arena *a, size_t *out_n)
{
    size_t from = i && s->ends[i - 1] > 0 ? (size_t)s->ends[i - 1] : 0, to = s->ends[i] > 0 ? (size_t)s->ends[i] : 0;
    struct ia_span *out;

    if (to > s->flat_n)
        to = s->flat_n;
    out = ARENA_ARRAY(a, struct ia_span, (to > from ? to - from : 0) / 3 + 1);
    *out_n = 0;
    for (; from + 2 < to; from += 3)
        out[(*out_n)++] =
            (struct ia_span){(uint32_t)s->flat[from], (uint32_t)s->flat[from + 1], (uint32_t)s->flat[from + 2]};
    return out;
}
