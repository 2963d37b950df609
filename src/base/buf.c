#include "base/buf.h"

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_init_wiped(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max, .wiped = true};
}

void buf_done(struct buf *b)
{
    if (b->wiped && b->p)
        explicit_bzero(b->p, b->cap);
    free(b->p);
    *b = (struct buf){.max = b->max, .wiped = b->wiped};
}

void buf_reset(struct buf *b)
{
    if (b->wiped && b->p)
        explicit_bzero(b->p, b->n);
    b->n = 0;
    b->over = false;
}

static bool grow(struct buf *b, size_t need)
{
    size_t cap = b->cap ? b->cap : 256;
    char *p;

    while (cap < need)
        cap *= 2;
    if (cap > b->max)
        cap = b->max;
    if (b->wiped) { /* realloc could leave a copy behind */
        p = malloc(cap);
        if (p && b->p) {
            memcpy(p, b->p, b->n);
            explicit_bzero(b->p, b->cap);
            free(b->p);
        }
    } else {
        p = realloc(b->p, cap);
    }
    if (!p)
        return false;
    b->p = p;
    b->cap = cap;
    return true;
}

char *buf_room(struct buf *b, size_t n)
{
    if (b->over || n > b->max || b->n > b->max - n) {
        b->over = true;
        return NULL;
    }
    if ((b->cap - b->n < n || !b->p) && !grow(b, b->n + n)) {
        b->over = true;
        return NULL;
    }
    return b->p + b->n;
}

void buf_u64(struct buf *b, uint64_t v)
{
    char t[20], *p = t + sizeof t;

    do {
        *--p = (char)('0' + v % 10);
    } while (v /= 10);
    buf_put(b, p, (size_t)(t + sizeof t - p));
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
    char small[256], *to;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n < 0)
        return;
    if ((size_t)n >= sizeof small) {
        to = buf_room(b, (size_t)n + 1);
        if (!to)
            return;
        va_start(ap, fmt);
        vsnprintf(to, (size_t)n + 1, fmt, ap);
        va_end(ap);
        b->n += (size_t)n;
        return;
    }
    buf_put(b, small, (size_t)n);
}

void buf_drop(struct buf *b, size_t n)
{
    if (n >= b->n) {
        b->n = 0;
        return;
    }
    memmove(b->p, b->p + n, b->n - n);
    b->n -= n;
}
