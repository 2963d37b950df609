#include "base/arena.h"

#include <stdint.h>

#include "base/banned.h"

enum { BLOCK_FIRST = 4096, BLOCK_MAX = 1 << 20, ALIGN = 16 };

struct block {
    struct block *next;
    size_t size, used; /* bytes behind this header */
    _Alignas(ALIGN) char mem[];
};

struct arena {
    const char *name;
    int wiped;
    struct block *top; /* newest first; the last of the list is the first block, kept by reset */
    size_t next_size;
};

static void fatal_memory(void)
{
    static const char msg[] = "harken: out of memory\n";
    fwrite(msg, 1, sizeof msg - 1, stderr);
    abort();
}

static struct block *block_new(size_t size)
{
    struct block *b = malloc(sizeof *b + size);
    if (!b)
        fatal_memory();
    b->next = NULL;
    b->size = size;
    b->used = 0;
    return b;
}

static void block_free(struct block *b, int wiped)
{
    if (wiped)
        explicit_bzero(b->mem, b->used);
    free(b);
}

static struct arena *make(const char *name, int wiped)
{
    struct arena *a = calloc(1, sizeof *a);
    if (!a)
        fatal_memory();
    a->name = name;
    a->wiped = wiped;
    a->next_size = BLOCK_FIRST;
    return a;
}

struct arena *arena_new(const char *name)
{
    return make(name, 0);
}

struct arena *arena_new_wiped(const char *name)
{
    return make(name, 1);
}

void arena_reset(struct arena *a)
{
    while (a->top && a->top->next) {
        struct block *b = a->top;
        a->top = b->next;
        block_free(b, a->wiped);
    }
    if (a->top) {
        if (a->wiped)
            explicit_bzero(a->top->mem, a->top->used);
        a->top->used = 0;
    }
    a->next_size = BLOCK_FIRST * 2;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    while (a->top) {
        struct block *b = a->top;
        a->top = b->next;
        block_free(b, a->wiped);
    }
    free(a);
}

size_t arena_used_bytes(const struct arena *a)
{
    size_t n = 0;
    for (const struct block *b = a->top; b; b = b->next)
        n += b->used;
    return n;
}

void *arena_alloc(struct arena *a, size_t size)
{
    struct block *b = a->top;
    void *p;

    if (size > SIZE_MAX / 2)
        fatal_memory();
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (!b || b->size - b->used < size) {
        size_t want = size > a->next_size ? size : a->next_size;
        b = block_new(want);
        b->next = a->top;
        a->top = b;
        if (a->next_size < BLOCK_MAX)
            a->next_size *= 2;
    }
    p = b->mem + b->used;
    b->used += size;
    return memset(p, 0, size);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / 2 / size)
        fatal_memory();
    return arena_alloc(a, n * size);
}

void *arena_grow(struct arena *a, void *p, size_t n, size_t *cap, size_t size)
{
    void *q;

    if (n < *cap)
        return p;
    *cap = *cap ? *cap * 2 : 8;
    q = arena_array(a, *cap, size);
    if (n)
        memcpy(q, p, n * size);
    return q;
}
