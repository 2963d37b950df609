#include "search/index_priv.h"

#include "text/tokens.h"

enum { SWEEP_MIN = 1024 };

static void *grown(void *p, size_t n, size_t size)
{
    void *q = realloc(p, n * size + 1);

    if (!q)
        abort();
    return q;
}

/* ---- scores of a query ---- */

enum { SCORES_SPARE = 2 };

static void scores_free(struct scores *s)
{
    while (s) {
        struct scores *next = s->next;
        free(s->sum);
        free(s->touched);
        free(s);
        s = next;
    }
}

struct scores *index_scores_take(struct index *ix)
{
    struct scores *s;

    pthread_mutex_lock(&ix->spare_lock);
    s = ix->spare;
    if (s)
        ix->spare = s->next;
    pthread_mutex_unlock(&ix->spare_lock);
    if (s && s->cap >= ix->chunks_n) {
        s->next = NULL;
        return s;
    }
    if (s) {
        s->next = NULL;
        scores_free(s);
    }
    s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->cap = ix->chunks_n + ix->chunks_n / 8u + 1024;
    s->sum = calloc(s->cap, sizeof *s->sum);
    s->touched = grown(NULL, s->cap, sizeof *s->touched);
    if (!s->sum)
        abort();
    return s;
}

void index_scores_give(struct index *ix, struct scores *s)
{
    size_t kept = 0;

    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++)
        s->sum[s->touched[i]] = 0;
    s->n = 0;
    pthread_mutex_lock(&ix->spare_lock);
    for (struct scores *x = ix->spare; x; x = x->next)
        kept++;
    if (kept < SCORES_SPARE) {
        s->next = ix->spare;
        ix->spare = s;
        s = NULL;
    }
    pthread_mutex_unlock(&ix->spare_lock);
    scores_free(s);
}

struct tokens *index_tokens_take(struct index *ix)
{
    struct tokens *t = NULL;

    pthread_mutex_lock(&ix->spare_lock);
    for (size_t i = 0; i < INDEX_TOKENS_SPARE && !t; i++) {
        t = ix->spare_tokens[i];
        ix->spare_tokens[i] = NULL;
    }
    pthread_mutex_unlock(&ix->spare_lock);
    return t ? t : tokens_new();
}

void index_tokens_give(struct index *ix, struct tokens *t)
{
    pthread_mutex_lock(&ix->spare_lock);
    for (size_t i = 0; i < INDEX_TOKENS_SPARE && t; i++)
        if (!ix->spare_tokens[i]) {
            ix->spare_tokens[i] = t;
            t = NULL;
        }
    pthread_mutex_unlock(&ix->spare_lock);
    tokens_free(t);
}

struct index *index_new(int dim)
{
    struct index *ix = calloc(1, sizeof *ix);
    pthread_rwlockattr_t fair;

    if (!ix)
        abort();
    ix->dim = (size_t)dim;
    ix->words = postings_new();
    ix->by_id_slots = 256;
    ix->by_id = calloc(ix->by_id_slots, sizeof *ix->by_id);
    if (!ix->by_id)
        abort();
    pthread_rwlockattr_init(&fair); /* by default a stream of queries would keep changes waiting for ever */
    pthread_rwlockattr_setkind_np(&fair, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&ix->lock, &fair);
    pthread_rwlockattr_destroy(&fair);
    pthread_mutex_init(&ix->spare_lock, NULL);
    return ix;
}

void index_free(struct index *ix)
{
    if (!ix)
        return;
    for (uint32_t i = 0; i < ix->docs_n; i++)
        arena_free(ix->docs[i].a);
    if (ix->codes)
        explicit_bzero(ix->codes, (size_t)ix->chunks_n * ix->dim);
    if (ix->rests)
        explicit_bzero(ix->rests, (size_t)ix->chunks_n * scan_rest_bytes(ix->dim));
    scores_free(ix->spare);
    for (size_t i = 0; i < INDEX_TOKENS_SPARE; i++)
        tokens_free(ix->spare_tokens[i]);
    free(ix->docs);
    free(ix->rows);
    free(ix->by_id);
    free(ix->chunks);
    free(ix->spans);
    free(ix->voices);
    free(ix->codes);
    free(ix->scales);
    free(ix->rests);
    free(ix->langs);
    postings_free(ix->words);
    pthread_rwlock_destroy(&ix->lock);
    pthread_mutex_destroy(&ix->spare_lock);
    free(ix);
}

/* ---- docs by id ---- */

static uint32_t id_slot(const struct index *ix, struct id id)
{
    uint32_t at = (uint32_t)str_hash(str_n((const char *)id.b, sizeof id.b)) & (ix->by_id_slots - 1);

    while (ix->by_id[at] && !id_eq(ix->docs[ix->by_id[at] - 1].interaction, id))
        at = (at + 1) & (ix->by_id_slots - 1);
    return at;
}

static void ids_rebuild(struct index *ix, uint32_t slots)
{
    free(ix->by_id);
    ix->by_id_slots = slots;
    ix->by_id = calloc(slots, sizeof *ix->by_id);
    if (!ix->by_id)
        abort();
    for (uint32_t i = 0; i < ix->docs_n; i++)
        if (ix->docs[i].alive)
            ix->by_id[id_slot(ix, ix->docs[i].interaction)] = i + 1;
}

uint32_t index_doc_find(const struct index *ix, struct id interaction)
{
    return ix->by_id[id_slot(ix, interaction)] - 1; /* empty is 0, and 0 - 1 is UINT32_MAX */
}

/* ---- languages in use: a query is stemmed by each ---- */

static void lang_count(struct index *ix, const char *tag, int by)
{
    for (uint32_t i = 0; i < ix->langs_n; i++)
        if (strcmp(ix->langs[i].tag, tag) == 0) {
            ix->langs[i].docs += (uint32_t)by;
            return;
        }
    if (ix->langs_n == ix->langs_cap) {
        ix->langs_cap = ix->langs_cap ? ix->langs_cap * 2 : 8;
        ix->langs = grown(ix->langs, ix->langs_cap, sizeof *ix->langs);
    }
    snprintf(ix->langs[ix->langs_n].tag, sizeof ix->langs->tag, "%s", tag);
    ix->langs[ix->langs_n++].docs = (uint32_t)by;
}

/* ---- words of a chunk, counted before the lock is taken ---- */

struct word_count {
    str text;
    uint32_t n;
};

struct chunk_words {
    struct word_count *w;
    size_t n, cap;
    uint32_t *slot;
    size_t slots;
    uint32_t content; /* tokens that are not stop words */
};

static void word_count(struct chunk_words *c, str word, struct arena *a)
{
    size_t at = str_hash(word) & (c->slots - 1);

    for (; c->slot[at]; at = (at + 1) & (c->slots - 1))
        if (str_eq(c->w[c->slot[at] - 1].text, word)) {
            c->w[c->slot[at] - 1].n++;
            return;
        }
    ARENA_PUSH(a, c->w, c->n, c->cap) = (struct word_count){str_dup(a, word), 1};
    c->slot[at] = (uint32_t)c->n;
}

/* Names of speakers are terms of their own, so that they are not mistaken for words that were said. */
static void chunk_words_make(struct chunk_words *c, struct tokens *tk, const struct index_chunk *chunk, str lang,
                             struct arena *a)
{
    struct token_it it;
    struct token t;

    c->slots = 256;
    while (c->slots < chunk->text.n / 2)
        c->slots *= 2;
    c->slot = ARENA_ARRAY(a, uint32_t, c->slots);
    for (token_it_init(&it, tk, chunk->text, lang); token_it_next(&it, &t);) {
        word_count(c, t.text, a);
        c->content += !t.stop;
    }
    for (size_t i = 0; i < chunk->voices_n; i++)
        for (token_it_init(&it, tk, chunk->voices[i].name, STR("und")); token_it_next(&it, &t) && c->n * 2 < c->slots;)
            word_count(c, str_fmt(a, INDEX_NAME_MARK "%.*s", STR_ARG(t.text)), a);
}

/* ---- changes; lock held for writing ---- */

static void doc_kill(struct index *ix, uint32_t no)
{
    struct doc *d = &ix->docs[no];

    for (uint32_t i = d->first; i < d->first + d->chunks_n; i++) {
        ix->chunks_vec -= ix->chunks[i].vector;
        ix->chunks[i].alive = false;
        ix->chunks[i].vector = false;
        ix->scales[i] = -1;
    }
    ix->chunks_alive -= d->chunks_n;
    ix->docs_alive--;
    lang_count(ix, d->language, -1);
    arena_free(d->a);
    *d = (struct doc){0};
    ix->rows[no] = (struct doc_row){0};
    ids_rebuild(ix, ix->by_id_slots);
}

static void chunks_reserve(struct index *ix, uint32_t more)
{
    uint32_t cap = ix->chunks_cap ? ix->chunks_cap : 1024;

    if (ix->chunks_n + more <= ix->chunks_cap)
        return;
    while (cap < ix->chunks_n + more)
        cap += cap < 65536 ? cap / 2 : cap / 8; /* little slack where it would cost much */
    ix->chunks = grown(ix->chunks, cap, sizeof *ix->chunks);
    ix->codes = grown(ix->codes, cap, ix->dim);
    ix->scales = grown(ix->scales, cap, sizeof *ix->scales);
    ix->rests = grown(ix->rests, cap, scan_rest_bytes(ix->dim));
    ix->chunks_cap = cap;
}

static void spans_put(struct index *ix, struct chunk_row *row, const struct index_chunk *c)
{
    size_t n = c->spans_n < INDEX_SPANS_MAX ? c->spans_n : INDEX_SPANS_MAX;

    if (ix->spans_n + n > ix->spans_cap) {
        ix->spans_cap = (ix->spans_n + n) * 9 / 8 + 256;
        ix->spans = grown(ix->spans, ix->spans_cap, sizeof *ix->spans);
    }
    row->span_first = (uint32_t)ix->spans_n;
    row->spans_n = (uint16_t)n;
    if (n)
        memcpy(ix->spans + ix->spans_n, c->spans, n * sizeof *c->spans);
    ix->spans_n += n;
}

static void voices_put(struct index *ix, struct chunk_row *row, const struct doc *d, const struct index_chunk *c)
{
    size_t n = c->voices_n < INDEX_SPANS_MAX ? c->voices_n : INDEX_SPANS_MAX;

    if (ix->voices_n + n > ix->voices_cap) {
        ix->voices_cap = (ix->voices_n + n) * 9 / 8 + 256;
        ix->voices = grown(ix->voices, ix->voices_cap, sizeof *ix->voices);
    }
    row->voice_first = (uint32_t)ix->voices_n;
    for (size_t i = 0; i < n; i++)
        for (uint32_t l = 0; l < d->labels_n; l++)
            if (str_eq(d->labels[l], c->voices[i].name)) {
                uint32_t words = c->voices[i].words;
                ix->voices[ix->voices_n++] =
                    (struct voice_row){(uint16_t)l, (uint16_t)(words < UINT16_MAX ? words : UINT16_MAX)};
                break;
            }
    row->voices_n = (uint16_t)(ix->voices_n - row->voice_first);
}

/* Sweeps dead docs and chunks out: everything keeps its order. */
static void sweep(struct index *ix)
{
    uint32_t *keep = grown(NULL, ix->chunks_n + 1u, sizeof *keep), chunks = 0, docs = 0;
    struct ia_span *spans = grown(NULL, ix->spans_n + 1, sizeof *spans);
    struct voice_row *voices = grown(NULL, ix->voices_n + 1, sizeof *voices);
    size_t spans_n = 0, voices_n = 0, rest = scan_rest_bytes(ix->dim);

    for (uint32_t i = 0; i < ix->chunks_n; i++) {
        struct chunk_row *from = &ix->chunks[i], *to = &ix->chunks[chunks];
        keep[i] = from->alive ? chunks : UINT32_MAX;
        if (!from->alive)
            continue;
        if (from->spans_n)
            memcpy(spans + spans_n, ix->spans + from->span_first, from->spans_n * sizeof *spans);
        memmove(ix->codes + (size_t)chunks * ix->dim, ix->codes + (size_t)i * ix->dim, ix->dim);
        memmove(ix->rests + (size_t)chunks * rest, ix->rests + (size_t)i * rest, rest);
        ix->scales[chunks] = ix->scales[i];
        *to = *from;
        to->span_first = (uint32_t)spans_n;
        spans_n += to->spans_n;
        if (to->voices_n)
            memcpy(voices + voices_n, ix->voices + to->voice_first, to->voices_n * sizeof *voices);
        to->voice_first = (uint32_t)voices_n;
        voices_n += to->voices_n;
        chunks++;
    }
    for (uint32_t i = 0; i < ix->docs_n; i++) {
        if (!ix->docs[i].alive)
            continue;
        if (ix->docs[i].chunks_n)
            ix->docs[i].first = keep[ix->docs[i].first];
        ix->rows[docs] = ix->rows[i];
        ix->rows[docs].first = ix->docs[i].first;
        for (uint32_t k = 0; k < ix->docs[i].chunks_n; k++)
            ix->chunks[ix->docs[i].first + k].doc = docs;
        ix->docs[docs++] = ix->docs[i];
    }
    postings_renumber(ix->words, keep);
    free(ix->spans);
    free(keep);
    free(ix->voices);
    ix->voices = voices;
    ix->voices_cap = ix->voices_n + 1;
    ix->voices_n = voices_n;
    ix->spans = spans;
    ix->spans_cap = ix->spans_n + 1;
    ix->spans_n = spans_n;
    ix->chunks_n = chunks;
    ix->docs_n = docs;
    ids_rebuild(ix, ix->by_id_slots);
}

static void sweep_when_due(struct index *ix)
{
    uint32_t dead = ix->chunks_n - ix->chunks_alive;

    if ((dead > SWEEP_MIN && dead > ix->chunks_alive) || (ix->docs_n > SWEEP_MIN && ix->docs_n > 2 * ix->docs_alive))
        sweep(ix);
}

static uint32_t chunk_tie(const struct index_doc *src, size_t i)
{
    uint64_t h = str_hash(src->chunks[i].text) ^ str_hash(src->title) * 31 ^ (uint64_t)src->started_at_ms * 37 ^ i * 41;

    return (uint32_t)(h ^ h >> 32);
}

static void doc_add(struct index *ix, const struct doc *made, const struct index_doc *src,
                    const struct chunk_words *words)
{
    uint32_t no = ix->docs_n, first = ix->chunks_n;

    if (ix->docs_n == ix->docs_cap) {
        ix->docs_cap = ix->docs_cap ? ix->docs_cap * 2 : 256;
        ix->docs = grown(ix->docs, ix->docs_cap, sizeof *ix->docs);
        ix->rows = grown(ix->rows, ix->docs_cap, sizeof *ix->rows);
    }
    ix->docs[ix->docs_n++] = *made;
    ix->docs[no].first = first;
    ix->rows[no] = (struct doc_row){.alive = true, .first = first, .chunks_n = made->chunks_n};
    ix->docs_alive++;
    lang_count(ix, made->language, 1);
    chunks_reserve(ix, (uint32_t)src->chunks_n);
    for (size_t i = 0; i < src->chunks_n; i++) {
        uint32_t c = ix->chunks_n++;
        ix->chunks[c] = (struct chunk_row){.doc = no,
                                           .words = words[i].content,
                                           .tie = chunk_tie(src, i),
                                           .alive = true,
                                           .sides = src->chunk_sides ? src->chunk_sides[i] : 1u << IA_SIDE_UNKNOWN};
        ix->scales[c] = -1;
        ix->rows[no].words += words[i].content;
        spans_put(ix, &ix->chunks[c], &src->chunks[i]);
        voices_put(ix, &ix->chunks[c], made, &src->chunks[i]);
        for (size_t k = 0; k < words[i].n; k++)
            postings_add(ix->words, postings_term(ix->words, words[i].w[k].text), c, words[i].w[k].n);
    }
    ix->chunks_alive += (uint32_t)src->chunks_n;
    if (ix->docs_n * 2 > ix->by_id_slots)
        ids_rebuild(ix, ix->by_id_slots * 2);
    else
        ix->by_id[id_slot(ix, made->interaction)] = no + 1;
}

/* The distinct speakers of an interaction, in order of first appearance. */
static void labels_collect(struct doc *d, const struct index_doc *src)
{
    size_t n = 0, cap = 0;

    for (size_t i = 0; i < src->chunks_n; i++)
        for (size_t k = 0; k < src->chunks[i].voices_n && n < UINT16_MAX; k++) {
            str name = src->chunks[i].voices[k].name;
            size_t l = 0;
            while (l < n && !str_eq(d->labels[l], name))
                l++;
            if (l == n && name.n)
                ARENA_PUSH(d->a, d->labels, n, cap) = str_dup(d->a, name);
        }
    d->labels_n = (uint32_t)n;
}

static void sources_copy(struct doc *d, const struct index_source *sources, size_t n)
{
    d->sources = ARENA_ARRAY(d->a, struct index_source, n + 1);
    for (size_t i = 0; i < n; i++)
        d->sources[i] = (struct index_source){str_dup(d->a, sources[i].given), str_dup(d->a, sources[i].path)};
    d->sources_n = (uint32_t)n;
}

static struct doc doc_make(const struct index_doc *src)
{
    struct arena *a = arena_new_wiped("index.doc");
    struct doc d = {
        .interaction = src->interaction,
        .kind = src->kind,
        .started_at_ms = src->started_at_ms,
        .account = src->account,
        .deal = src->deal,
        .persons_n = (uint32_t)src->persons_n,
        .private_ = src->private_,
        .sources_n = (uint32_t)src->sources_n,
        .chunks_n = (uint32_t)src->chunks_n,
        .alive = true,
        .a = a,
    };

    d.persons = ARENA_ARRAY(a, struct id, src->persons_n + 1);
    if (src->persons_n)
        memcpy(d.persons, src->persons, src->persons_n * sizeof *d.persons);
    sources_copy(&d, src->sources, src->sources_n);
    d.title = str_dup(a, src->title);
    labels_collect(&d, src);
    snprintf(d.language, sizeof d.language, "%.*s", STR_ARG(str_sub(src->language, 0, 8)));
    return d;
}

void index_put(struct index *ix, const struct index_doc *src)
{
    struct arena *a = arena_new_wiped("index.put");
    struct chunk_words *words = ARENA_ARRAY(a, struct chunk_words, src->chunks_n + 1);
    struct tokens *tk = index_tokens_take(ix);
    struct doc made = doc_make(src);
    uint32_t was;

    for (size_t i = 0; i < src->chunks_n; i++)
        chunk_words_make(&words[i], tk, &src->chunks[i], src->language, a);
    index_tokens_give(ix, tk);
    pthread_rwlock_wrlock(&ix->lock);
    was = index_doc_find(ix, src->interaction);
    if (was != UINT32_MAX)
        doc_kill(ix, was);
    doc_add(ix, &made, src, words);
    sweep_when_due(ix);
    pthread_rwlock_unlock(&ix->lock);
    arena_free(a);
}

bool index_vectors_put(struct index *ix, struct id interaction, const float *vecs, size_t chunks_n)
{
    uint32_t no;
    bool ok;

    pthread_rwlock_wrlock(&ix->lock);
    no = index_doc_find(ix, interaction);
    ok = no != UINT32_MAX && ix->docs[no].chunks_n == chunks_n;
    for (size_t i = 0; ok && i < chunks_n; i++) {
        uint32_t c = ix->docs[no].first + (uint32_t)i;
        scan_quantise_fine(vecs + i * ix->dim, ix->dim, ix->codes + (size_t)c * ix->dim,
                           ix->rests + (size_t)c * scan_rest_bytes(ix->dim), &ix->scales[c]);
        ix->chunks_vec += !ix->chunks[c].vector;
        ix->chunks[c].vector = true;
    }
    if (ok)
        ix->docs[no].vectors = true;
    pthread_rwlock_unlock(&ix->lock);
    return ok;
}

bool index_drop(struct index *ix, struct id interaction)
{
    uint32_t no;

    pthread_rwlock_wrlock(&ix->lock);
    no = index_doc_find(ix, interaction);
    if (no != UINT32_MAX)
        doc_kill(ix, no);
    sweep_when_due(ix);
    pthread_rwlock_unlock(&ix->lock);
    return no != UINT32_MAX;
}

bool index_sources_set(struct index *ix, struct id interaction, const struct index_source *sources, size_t n)
{
    uint32_t no;

    pthread_rwlock_wrlock(&ix->lock);
    no = index_doc_find(ix, interaction);
    if (no != UINT32_MAX)
        sources_copy(&ix->docs[no], sources, n);
    pthread_rwlock_unlock(&ix->lock);
    return no != UINT32_MAX;
}

/* ---- filters and lists ---- */

str index_path_plain(str path)
{
    while (path.n > 1 && path.p[path.n - 1] == '/')
        path.n--;
    return path;
}

static bool path_under(str path, str in)
{
    return str_starts(path, in) && (path.n == in.n || path.p[in.n] == '/' || (in.n == 1 && *in.p == '/'));
}

static bool source_matches(const struct index_source *s, str in)
{
    return path_under(s->given, in) || path_under(s->path, in);
}

str index_doc_source(const struct doc *d, str path)
{
    for (uint32_t i = 0; path.n && i < d->sources_n; i++)
        if (source_matches(&d->sources[i], path))
            return d->sources[i].given;
    return d->sources_n ? d->sources[0].given : STR("");
}

static bool among(struct id id, const struct id *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (id_eq(id, list[i]))
            return true;
    return false;
}

bool index_doc_seen(const struct doc *d, const struct reader *r)
{
    return reader_sees(r, &(struct reader_object){d->persons, d->persons_n, d->deal, d->private_});
}

bool index_doc_passes(const struct doc *d, const struct index_filter *f, str path)
{
    bool in = !path.n;

    if (!d->alive || !index_doc_seen(d, f->reader))
        return false;
    for (uint32_t i = 0; !in && i < d->sources_n; i++)
        in = source_matches(&d->sources[i], path);
    if (!in || (f->kinds && !(f->kinds & (1u << d->kind))))
        return false;
    if (f->interactions_n && !among(d->interaction, f->interactions, f->interactions_n))
        return false;
    if ((!id_is_nil(f->account) && !id_eq(d->account, f->account)) || (!id_is_nil(f->deal) && !id_eq(d->deal, f->deal)))
        return false;
    if (!id_is_nil(f->person) && !among(f->person, d->persons, d->persons_n))
        return false;
    if (f->from_ms != CLOCK_NONE && (d->started_at_ms == CLOCK_NONE || d->started_at_ms < f->from_ms))
        return false;
    return f->to_ms == CLOCK_NONE || (d->started_at_ms != CLOCK_NONE && d->started_at_ms < f->to_ms);
}

bool index_seen(struct index *ix, const struct reader *r, struct id interaction)
{
    uint32_t no;
    bool seen;

    pthread_rwlock_rdlock(&ix->lock);
    no = index_doc_find(ix, interaction);
    seen = no != UINT32_MAX && index_doc_seen(&ix->docs[no], r);
    pthread_rwlock_unlock(&ix->lock);
    return seen;
}

bool index_private_set(struct index *ix, struct id interaction, bool private_)
{
    uint32_t no;

    pthread_rwlock_wrlock(&ix->lock);
    no = index_doc_find(ix, interaction);
    if (no != UINT32_MAX)
        ix->docs[no].private_ = private_;
    pthread_rwlock_unlock(&ix->lock);
    return no != UINT32_MAX;
}

bool index_persons_set(struct index *ix, struct id interaction, const struct id *persons, size_t n)
{
    uint32_t no;

    pthread_rwlock_wrlock(&ix->lock);
    no = index_doc_find(ix, interaction);
    if (no != UINT32_MAX) {
        struct doc *d = &ix->docs[no];
        if (n > d->persons_n)
            d->persons = ARENA_ARRAY(d->a, struct id, n); /* the old list goes with the document */
        if (n)
            memcpy(d->persons, persons, n * sizeof *persons);
        d->persons_n = (uint32_t)n;
    }
    pthread_rwlock_unlock(&ix->lock);
    return no != UINT32_MAX;
}

static int at_order(int64_t x_at, struct id x, int64_t y_at, struct id y)
{
    if (x_at != y_at)
        return x_at < y_at ? -1 : 1; /* CLOCK_NONE is the least */
    return id_cmp(x, y);
}

static int oldest_first(const void *x, const void *y, void *arg)
{
    const struct index *ix = arg;
    const struct doc *a = &ix->docs[*(const uint32_t *)x], *b = &ix->docs[*(const uint32_t *)y];

    return at_order(a->started_at_ms, a->interaction, b->started_at_ms, b->interaction);
}

static int newest_first(const void *x, const void *y, void *arg)
{
    return oldest_first(y, x, arg);
}

/* How many of the sorted docs are not behind the place. */
static size_t behind(const struct index *ix, const uint32_t *found, size_t total, const struct index_after *p)
{
    size_t n = 0;

    for (; p->behind && n < total; n++) {
        const struct doc *d = &ix->docs[found[n]];
        int order = at_order(d->started_at_ms, d->interaction, p->at_ms, p->interaction);
        if (p->oldest_first ? order > 0 : order < 0)
            break;
    }
    return n;
}

static struct index_entry entry_of(const struct doc *d, str path, struct arena *a)
{
    return (struct index_entry){.interaction = d->interaction,
                                .kind = d->kind,
                                .started_at_ms = d->started_at_ms,
                                .account = d->account,
                                .deal = d->deal,
                                .source = str_dup(a, index_doc_source(d, path)),
                                .title = str_dup(a, d->title),
                                .language = str_dup(a, str_of(d->language)),
                                .chunks_n = d->chunks_n,
                                .vectors = d->vectors || !d->chunks_n};
}

void index_page(struct index *ix, const struct index_filter *f, const struct index_after *p, size_t offset,
                size_t limit, struct arena *a, struct index_entry **out, size_t *out_n, size_t *out_total,
                bool *out_more)
{
    str path = index_path_plain(f->in);
    uint32_t *found;
    size_t total = 0, n, left;

    pthread_rwlock_rdlock(&ix->lock);
    found = ARENA_ARRAY(a, uint32_t, ix->docs_n + 1u);
    for (uint32_t i = 0; i < ix->docs_n; i++)
        if (index_doc_passes(&ix->docs[i], f, path))
            found[total++] = i;
    qsort_r(found, total, sizeof *found, p->oldest_first ? oldest_first : newest_first, ix);
    offset += behind(ix, found, total, p);
    left = offset >= total ? 0 : total - offset;
    n = left < limit ? left : limit;
    *out = ARENA_ARRAY(a, struct index_entry, n + 1);
    for (size_t i = 0; i < n; i++)
        (*out)[i] = entry_of(&ix->docs[found[offset + i]], path, a);
    pthread_rwlock_unlock(&ix->lock);
    *out_n = n;
    *out_total = total;
    *out_more = left > n;
}

void index_list(struct index *ix, const struct index_filter *f, size_t offset, size_t limit, struct arena *a,
                struct index_entry **out, size_t *out_n, size_t *out_total)
{
    struct index_after start = {0};
    bool more;

    index_page(ix, f, &start, offset, limit, a, out, out_n, out_total, &more);
}

void index_stats_get(struct index *ix, struct index_stats *out)
{
    pthread_rwlock_rdlock(&ix->lock);
    *out = (struct index_stats){
        .interactions = ix->docs_alive,
        .chunks = ix->chunks_alive,
        .chunks_with_vector = ix->chunks_vec,
        .terms = postings_terms(ix->words),
        .postings = postings_count(ix->words),
        .bytes =
            postings_bytes(ix->words) +
            (size_t)ix->chunks_cap * (sizeof *ix->chunks + ix->dim + scan_rest_bytes(ix->dim) + sizeof *ix->scales) +
            ix->spans_cap * sizeof *ix->spans + ix->voices_cap * sizeof *ix->voices +
            ix->docs_cap * (sizeof *ix->docs + sizeof *ix->rows),
    };
    pthread_rwlock_unlock(&ix->lock);
}
