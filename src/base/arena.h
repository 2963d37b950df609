/* base/arena.h - memory that lives as long as a named thing: a request, a job, a page.
 *
 * Allocation never returns NULL: running out of memory ends the process, sizes chosen by others are checked where
 * the bytes enter. An arena belongs to one thread at a time. Memory is zeroed, but for arena_fill(). */
#pragma once
#include <stddef.h>

struct arena;

struct arena *arena_new(const char *name);       /* name: static string, shown in metrics */
struct arena *arena_new_wiped(const char *name); /* for opened content, keys, tokens: cleared before it is given back */
void arena_reset(struct arena *a); /* everything given out is gone; up to 4 MiB are kept for what comes next */
void arena_free(struct arena *a); /* NULL is ignored */
size_t arena_used_bytes(const struct arena *a);

/* 16-byte aligned, zeroed. `size` 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((malloc, returns_nonnull));
/* The same with whatever bytes there are, for who fills them all before anybody reads. */
void *arena_fill(struct arena *a, size_t n, size_t size) __attribute__((malloc, returns_nonnull));
#define ARENA_FILL(a, type, n) ((type *)arena_fill((a), (n), sizeof(type)))
/* n * size with an overflow check. */
void *arena_array(struct arena *a, size_t n, size_t size) __attribute__((malloc, returns_nonnull));
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_array((a), (n), sizeof(type)))
/* Doubles *p when n == *cap (old memory stays in the arena): the way to build arrays of unknown length.
 *     ARENA_PUSH(a, list, n, cap) = value; */
void *arena_grow(struct arena *a, void *p, size_t n, size_t *cap, size_t size) __attribute__((returns_nonnull));
static inline void *arena_room(struct arena *a, void *p, size_t n, size_t *cap, size_t size)
{
    return n < *cap ? p : arena_grow(a, p, n, cap, size);
}
#define ARENA_PUSH(a, p, n, cap) ((p) = arena_room((a), (p), (n), &(cap), sizeof(*(p))), &(p)[(n)++])[0]
