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

static void list_done(struct posting_list *l)
{
    free(l->bytes);
    free(l->heads);
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
        list_done(&t->term[i].list);
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

/* ---- lists ---- */

static uint32_t blocks_of(uint32_t n)
{
    return (n + POSTINGS_BLOCK - 1) / POSTINGS_BLOCK;
}

static void varint_put(struct posting_list *l, uint32_t v)
{
    for (; v > 127; v >>= 7)
        l->bytes[l->bytes_n++] = (uint8_t)(v | 128);
    l->bytes[l->bytes_n++] = (uint8_t)v;
}

static inline uint32_t varint_get(const uint8_t **p)
{
    uint32_t v = *(*p)++;

    if (v < 128)
        return v;
    v &= 127;
    for (unsigned shift = 7;; shift += 7) {
        uint32_t b = *(*p)++;
        v |= (b & 127) << shift;
        if (b < 128)
            return v;
    }
}

/* The step to the chunk, doubled, plus one when the word stands there once; else its count follows. The step of the first
 * posting is counted from -1, so that it is never 0; steps stay below 2^31. */
static void list_add(struct posting_list *l, uint32_t chunk, uint32_t tf)
{
    uint32_t step = l->n ? chunk - l->last : chunk + 1;

    if (l->bytes_cap - l->bytes_n < 10) {
        l->bytes_cap += l->bytes_cap / 4 + (l->n ? 16 : 10);
        l->bytes = grow(l->bytes, l->bytes_cap, 1);
    }
    if (l->n && l->n % POSTINGS_BLOCK == 0) {
        uint32_t heads = l->n / POSTINGS_BLOCK - 1;
        if ((heads & (heads - 1)) == 0) /* room doubles: 1, 2, 4, ... */
            l->heads = grow(l->heads, heads ? heads * 2 : 1, sizeof *l->heads);
        l->heads[heads] = (struct posting_head){l->last, l->bytes_n};
    }
    varint_put(l, step << 1 | (tf == 1));
    if (tf != 1)
        varint_put(l, tf);
    l->last = chunk;
    l->n++;
}

void postings_add(struct postings *t, uint32_t term, uint32_t chunk, uint32_t tf)
{
    list_add(&t->term[term].list, chunk, tf > UINT16_MAX ? UINT16_MAX : tf);
    t->count++;
}

const struct posting_list *postings_list(const struct postings *t, uint32_t term)
{
    return &t->term[term].list;
}

void posting_it_init(struct posting_it *it, const struct posting_list *l)
{
    *it = (struct posting_it){.l = l, .p = l->bytes, .chunk = UINT32_MAX};
}

bool posting_it_next(struct posting_it *it)
{
    uint32_t v;

    if (it->next == it->l->n)
        return false;
    v = varint_get(&it->p);
    it->chunk += v >> 1; /* the first step wraps from UINT32_MAX */
    it->tf = v & 1 ? 1 : varint_get(&it->p);
    it->next++;
    return true;
}

/* Jumps to the last block that begins at `from` or earlier, when that is further on. */
static void block_jump(struct posting_it *it, uint32_t from)
{
    const struct posting_list *l = it->l;
    uint32_t lo = it->next ? (it->next - 1) / POSTINGS_BLOCK : 0, hi, step = 1, blocks = blocks_of(l->n);

    if (lo + 1 >= blocks || l->heads[lo].before >= from)
        return;
    for (hi = lo + 1; hi + step < blocks && l->heads[hi + step - 1].before < from; step *= 2)
        hi += step;
    lo = hi;
    hi = hi + step < blocks ? hi + step : blocks;
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (l->heads[mid - 1].before < from)
            lo = mid;
        else
            hi = mid;
    }
    it->p = l->bytes + l->heads[lo - 1].at;
    it->chunk = l->heads[lo - 1].before;
    it->next = lo * POSTINGS_BLOCK;
}

bool posting_it_seek(struct posting_it *it, uint32_t from)
{
    if (it->next && it->chunk >= from)
        return true;
    if (!it->l->n || it->l->last < from) {
        it->next = it->l->n;
        return false;
    }
    block_jump(it, from);
    while (posting_it_next(it))
        if (it->chunk >= from)
            return true;
    return false;
}

void postings_renumber(struct postings *t, const uint32_t *keep)
{
    t->count = 0;
    for (uint32_t i = 0; i < t->n; i++) {
        struct posting_list was = t->term[i].list, *l = &t->term[i].list;
        struct posting_it it;
        *l = (struct posting_list){0};
        for (posting_it_init(&it, &was); posting_it_next(&it);)
            if (keep[it.chunk] != UINT32_MAX)
                list_add(l, keep[it.chunk], it.tf);
        list_done(&was);
        t->count += l->n;
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
        n += t->term[i].list.bytes_cap + (size_t)blocks_of(t->term[i].list.n) * sizeof(struct posting_head);
    return n;
}
