#include "search/postings.h"

#include "base/arena.h"

struct term {
    const char *text; /* in `words` */
    uint32_t text_n;
    uint32_t hash;
    struct posting_list list;
};

struct postings {
    struct arena *words;
    struct term *term;
    uint32_t n, cap;
    uint32_t *slot; /* open addressing, power of two, term number + 1 */
    uint32_t slots;
    size_t count;
};

static void *grow(void *p, size_t n, size_t size)
{
    void *q = realloc(p, n * size);

    if (!q)
        abort();
    return q;
}

struct postings *postings_new(void)
{
    struct postings *t = calloc(1, sizeof *t);

    if (!t)
        abort();
    t->words = arena_new_wiped("index.words");
    t->slots = 1024;
    t->slot = calloc(t->slots, sizeof *t->slot);
    if (!t->slot)
        abort();
    return t;
}

void postings_free(struct postings *t)
{
    if (!t)
        return;
    for (uint32_t i = 0; i < t->n; i++)
        free(t->term[i].list.p);
    free(t->term);
    free(t->slot);
    arena_free(t->words);
    free(t);
}

static uint32_t *slot_of(const struct postings *t, str term, uint32_t hash)
{
    uint32_t at = hash & (t->slots - 1);

    for (; t->slot[at]; at = (at + 1) & (t->slots - 1)) {
        const struct term *x = &t->term[t->slot[at] - 1];
        if (x->hash == hash && str_eq(str_n(x->text, x->text_n), term))
            break;
    }
    return &t->slot[at];
}

static void table_double(struct postings *t)
{
    free(t->slot);
    t->slots *= 2;
    t->slot = calloc(t->slots, sizeof *t->slot);
    if (!t->slot)
        abort();
    for (uint32_t i = 0; i < t->n; i++)
        *slot_of(t, str_n(t->term[i].text, t->term[i].text_n), t->term[i].hash) = i + 1;
}

uint32_t postings_find(const struct postings *t, str term)
{
    uint32_t *s = slot_of(t, term, (uint32_t)str_hash(term));

    return *s ? *s - 1 : UINT32_MAX;
}

uint32_t postings_term(struct postings *t, str term)
{
    uint32_t hash = (uint32_t)str_hash(term), *s = slot_of(t, term, hash);

    if (*s)
        return *s - 1;
    if (t->n == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 512;
        t->term = grow(t->term, t->cap, sizeof *t->term);
    }
    t->term[t->n] = (struct term){str_dup(t->words, term).p, (uint32_t)term.n, hash, {0}};
    *s = ++t->n;
    if (t->n > t->slots / 2)
        table_double(t);
    return t->n - 1;
}

void postings_add(struct postings *t, uint32_t term, uint32_t chunk, uint32_t tf)
{
    struct posting_list *l = &t->term[term].list;

    if (l->n == l->cap) {
        l->cap = l->cap ? l->cap + l->cap / 2 + 2 : 2;
        l->p = grow(l->p, l->cap, sizeof *l->p);
    }
    l->p[l->n++] = (struct posting){chunk, (uint16_t)(tf > UINT16_MAX ? UINT16_MAX : tf)};
    t->count++;
}

const struct posting_list *postings_list(const struct postings *t, uint32_t term)
{
    return &t->term[term].list;
}

void postings_renumber(struct postings *t, const uint32_t *keep)
{
    t->count = 0;
    for (uint32_t i = 0; i < t->n; i++) {
        struct posting_list *l = &t->term[i].list;
        uint32_t n = 0;
        for (uint32_t k = 0; k < l->n; k++) {
            if (keep[l->p[k].chunk] == UINT32_MAX)
                continue;
            l->p[n] = l->p[k];
            l->p[n++].chunk = keep[l->p[k].chunk];
        }
        l->n = n;
        t->count += n;
    }
}

size_t postings_terms(const struct postings *t)
{
    return t->n;
}

size_t postings_count(const struct postings *t)
{
    return t->count;
}

size_t postings_bytes(const struct postings *t)
{
    size_t n = t->cap * sizeof *t->term + t->slots * sizeof *t->slot + arena_used_bytes(t->words);

    for (uint32_t i = 0; i < t->n; i++)
        n += t->term[i].list.cap * sizeof(struct posting);
    return n;
}
