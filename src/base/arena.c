#include "base/arena.h"

#include <stdint.h>

#include "base/banned.h"

enum { BLOCK_FIRST = 4096, BLOCK_MAX = 1 << 20, KEPT_MAX = 4 << 20, ALIGN = 16 };

struct block {
    struct block *next;
    size_t size, used; /* bytes behind this header */
    _Alignas(ALIGN) char mem[];
};

struct arena {
    const char *name;
    int wiped;
    struct block *top; /* newest first */
    size_t next_size;
    struct block *spare; /* of before the last resets: fresh pages cost more than most of what is done with them */
    size_t spare_bytes;
};

static _Noreturn void fatal_memory(void)
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

static void block_clear(struct block *b, int wiped)
{
    if (wiped)
        explicit_bzero(b->mem, b->used);
    b->used = 0;
}

/* One that has room enough, of the spare ones when there is such. */
static struct block *block_take(struct arena *a, size_t size)
{
    for (struct block **at = &a->spare; *at; at = &(*at)->next)
        if ((*at)->size >= size) {
            struct block *b = *at;
            *at = b->next;
            a->spare_bytes -= b->size;
            return b;
        }
    return block_new(size);
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
    while (a->top) {
        struct block *b = a->top;
        a->top = b->next;
        block_clear(b, a->wiped);
        if (a->spare_bytes + b->size > KEPT_MAX) {
            free(b);
            continue;
        }
        b->next = a->spare;
        a->spare = b;
        a->spare_bytes += b->size;
    }
    a->next_size = BLOCK_FIRST;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    arena_reset(a);
    while (a->spare) {
        struct block *b = a->spare;
        a->spare = b->next;
        free(b);
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

static void *take(struct arena *a, size_t size)
{
    struct block *b = a->top;
    void *p;

    if (size > SIZE_MAX / 2)
        fatal_memory();
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (!b || b->size - b->used < size) {
        size_t want = size > a->next_size ? size : a->next_size;
        b = block_take(a, want);
        b->next = a->top;
        a->top = b;
        if (a->next_size < BLOCK_MAX)
            a->next_size *= 2;
    }
    p = b->mem + b->used;
    b->used += size;
    return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
    return memset(take(a, size), 0, size);
}

void *arena_fill(struct arena *a, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / 2 / size)
        fatal_memory();
    return take(a, n * size);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / 2 / size)
        fatal_memory();
    return arena_alloc(a, n * size);
}

void *arena_grow(struct arena *a, void *p, size_t n, size_t *cap, size_t size)
{
    char *q;

    if (n < *cap)
        return p;
    *cap = *cap ? *cap * 2 : 8;
    q = arena_fill(a, *cap, size);
    if (n)
        memcpy(q, p, n * size);
    memset(q + n * size, 0, (*cap - n) * size);
    return q;
}
