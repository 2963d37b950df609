/* base/buf.h - a growing byte buffer with a maximum, on the heap.
 *
 * Writes past `max` fail once and for all: `over` is set and later writes do nothing, so a caller checks once at the
 * end (buf_ok). One thread at a time. */
#pragma once
#include <stdarg.h>

#include "base/str.h"

struct buf {
    char *p;
    size_t n, cap, max;
    bool over;
    bool wiped; /* clear memory before giving it back */
};

void buf_init(struct buf *b, size_t max);
void buf_init_wiped(struct buf *b, size_t max);
void buf_done(struct buf *b);
void buf_reset(struct buf *b); /* keeps the memory */
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_u64(struct buf *b, uint64_t v); /* decimal digits, a tenth of what buf_fmt takes for them */
char *buf_room(struct buf *b, size_t n); /* n writable bytes at the end, not yet counted; NULL when over max */
/* Inline, so that what has room already costs a copy and no more. */
static inline void buf_put(struct buf *b, const void *p, size_t n)
{
    char *to;

    if (!n || !(to = !b->over && b->cap - b->n >= n ? b->p + b->n : buf_room(b, n)))
        return;
    memcpy(to, p, n);
    b->n += n;
}
static inline void buf_str(struct buf *b, str s)
{
    buf_put(b, s.p, s.n);
}
static inline void buf_char(struct buf *b, char c)
{
    buf_put(b, &c, 1);
}
void buf_drop(struct buf *b, size_t n);  /* removes the first n bytes */
static inline str buf_view(const struct buf *b) /* valid until the next write */
{
    return (str){b->p, b->n};
}
static inline bool buf_ok(const struct buf *b)
{
    return !b->over;
}
