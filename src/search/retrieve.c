/* search/retrieve.c - one query over the index: filter, words and vectors choose interactions, the ranker orders their chunks. */
#include <math.h>

#include "search/index_priv.h"
#include "search/query.h"
#include "search/rank.h"

enum { POOL = 400, LANGS_MAX = 4, DOTS = 4096, RANKED_CHUNKS_MAX = 12000, TERMS_MAX = QUERY_TERMS_MAX * LANGS_MAX };
static const double bm25_k1 = 1.2, bm25_b = 0.75;
static const double name_weight = 0.5; /* of a speaker's name in the choice of interactions */

struct run {
    struct index *ix;
    const struct index_query *q;
    struct arena *a;
    str path;
    bool *doc_ok;
    size_t chunks_ok;
    double words_mean;
    struct query query; /* in the language the index holds most of */
    uint32_t term[TERMS_MAX]; /* per query term: number in the postings, UINT32_MAX when no chunk has it */
    double df[TERMS_MAX];
    float *lex; /* per chunk */
    uint32_t *docs; /* chosen, best first */
    size_t docs_n;
};

static bool chunk_ok(const struct run *r, uint32_t c)
{
    const struct chunk_row *row = &r->ix->chunks[c];

    return row->alive && r->doc_ok[row->doc] && (!r->q->filter.sides || (row->sides & r->q->filter.sides));
}

static void filter_run(struct run *r)
{
    double words = 0;

    r->path = index_path_plain(r->q->filter.in);
    r->doc_ok = ARENA_ARRAY(r->a, bool, r->ix->docs_n + 1u);
    for (uint32_t i = 0; i < r->ix->docs_n; i++) {
        const struct doc *d = &r->ix->docs[i];
        r->doc_ok[i] = index_doc_passes(d, &r->q->filter, r->path);
        if (!r->doc_ok[i])
            continue;
        for (uint32_t c = d->first; c < d->first + d->chunks_n; c++)
            words += r->ix->chunks[c].words;
        r->chunks_ok += d->chunks_n;
    }
    r->words_mean = r->chunks_ok ? words / (double)r->chunks_ok : 1;
}

/* ---- words ---- */

/* The language most interactions are in: the question is stemmed by its rules. */
static str main_lang(const struct index *ix)
{
    uint32_t best = 0;

    for (uint32_t i = 1; i < ix->langs_n; i++)
        if (ix->langs[i].docs > ix->langs[best].docs)
            best = i;
    return ix->langs_n ? str_of(ix->langs[best].tag) : STR("en");
}

static void query_read(struct run *r, struct tokens *tk)
{
    str lang = main_lang(r->ix);

    query_build(tk, r->q->text, tokens_lang_known(lang) ? lang : STR("en"), r->q->history, r->q->history_n, r->a,
                &r->query);
    for (size_t i = 0; i < r->query.terms_n; i++)
        r->term[i] = postings_find(r->ix->words, r->query.terms[i].stem);
}

/* Adds one term's BM25 to r->lex; returns how many allowed chunks hold it. */
static size_t bm25_add(struct run *r, uint32_t term, double weight)
{
    const struct posting_list *l;
    size_t df = 0;
    double idf;

    if (term == UINT32_MAX)
        return 0;
    l = postings_list(r->ix->words, term);
    for (uint32_t i = 0; i < l->n; i++)
        df += chunk_ok(r, l->p[i].chunk);
    idf = log(1 + ((double)r->chunks_ok - (double)df + 0.5) / ((double)df + 0.5)) * weight;
    for (uint32_t i = 0; df && i < l->n; i++) {
        uint32_t c = l->p[i].chunk;
        double tf = l->p[i].tf, len = r->ix->chunks[c].words / r->words_mean;
        if (chunk_ok(r, c))
            r->lex[c] += (float)(idf * tf * (bm25_k1 + 1) / (tf + bm25_k1 * (1 - bm25_b + bm25_b * len)));
    }
    return df;
}

static void words_run(struct run *r, struct tokens *tk)
{
    struct token_it it;
    struct token t;

    for (size_t i = 0; i < r->query.terms_n; i++)
        r->df[i] = (double)bm25_add(r, r->term[i], (double)r->query.terms[i].weight);
    for (token_it_init(&it, tk, r->q->text, STR("und")); token_it_next(&it, &t);)
        bm25_add(r, postings_find(r->ix->words, str_fmt(r->a, INDEX_NAME_MARK "%.*s", STR_ARG(t.text))), name_weight);
}

/* ---- the best by one score: a heap of the least at the top ---- */

struct best {
    uint32_t chunk[POOL];
    float score[POOL];
    size_t n;
};

static void best_swap(struct best *b, size_t i, size_t j)
{
    uint32_t c = b->chunk[i];
    float s = b->score[i];

    b->chunk[i] = b->chunk[j];
    b->score[i] = b->score[j];
    b->chunk[j] = c;
    b->score[j] = s;
}

/* Ties are settled by chunk number, so that the same index gives the same answer. */
static bool best_less(const struct best *b, size_t i, size_t j)
{
    return b->score[i] < b->score[j] || (b->score[i] <= b->score[j] && b->chunk[i] > b->chunk[j]);
}

/* Lets the top sink to its place. */
static void best_sink(struct best *b)
{
    for (size_t i = 0;;) {
        size_t l = 2 * i + 1, least = i;
        if (l < b->n && best_less(b, l, least))
            least = l;
        if (l + 1 < b->n && best_less(b, l + 1, least))
            least = l + 1;
        if (least == i)
            return;
        best_swap(b, i, least);
        i = least;
    }
}

static void best_add(struct best *b, uint32_t chunk, float score)
{
    size_t i;

    if (b->n < POOL) {
        i = b->n++;
        b->chunk[i] = chunk;
        b->score[i] = score;
        for (; i && best_less(b, i, (i - 1) / 2); i = (i - 1) / 2)
            best_swap(b, i, (i - 1) / 2);
        return;
    }
    if (score <= b->score[0])
        return;
    b->chunk[0] = chunk;
    b->score[0] = score;
    best_sink(b);
}

/* Best first; the heap is gone afterwards. */
static void best_sort(struct best *b)
{
    struct best heap = *b;

    for (size_t n = heap.n; n; n--) {
        b->chunk[n - 1] = heap.chunk[0];
        b->score[n - 1] = heap.score[0];
        heap.n = n - 1;
        heap.chunk[0] = heap.chunk[heap.n];
        heap.score[0] = heap.score[heap.n];
        best_sink(&heap);
    }
}

static void vectors_run(struct run *r, struct best *best)
{
    const struct index *ix = r->ix;
    int8_t *query = ARENA_ARRAY(r->a, int8_t, ix->dim);
    uint32_t *rows = ARENA_ARRAY(r->a, uint32_t, DOTS);
    int32_t *dots = ARENA_ARRAY(r->a, int32_t, DOTS);
    float scale;
    size_t n = 0;

    scan_quantise(r->q->vec, ix->dim, query, &scale);
    for (uint32_t d = 0; d <= ix->docs_n; d++) {
        uint32_t from = d < ix->docs_n && r->doc_ok[d] ? ix->docs[d].first : 0;
        uint32_t to = d < ix->docs_n && r->doc_ok[d] ? from + ix->docs[d].chunks_n : 0;
        for (uint32_t c = from; c < to || (d == ix->docs_n && n); c++) {
            if (c < to && chunk_ok(r, c) && ix->chunks[c].vector)
                rows[n++] = c;
            if (n < DOTS && d < ix->docs_n)
                continue;
            scan_dots(ix->codes, ix->dim, rows, n, query, dots);
            for (size_t i = 0; i < n; i++) {
                float cos = (float)dots[i] * ix->scales[rows[i]] * scale;
                best_add(best, rows[i], cos);
            }
            n = 0;
        }
    }
}

/* ---- interactions ---- */

/* The docs of the best chunks, words and vectors in turn, as many as the ranker should look at. */
static void docs_choose(struct run *r, struct best *lex, struct best *vec)
{
    bool *seen = ARENA_ARRAY(r->a, bool, r->ix->docs_n + 1u);
    size_t chunks = 0;

    best_sort(lex);
    best_sort(vec);
    r->docs = ARENA_ARRAY(r->a, uint32_t, 2 * POOL + 1);
    for (size_t i = 0; i < 2 * POOL && chunks < RANKED_CHUNKS_MAX; i++) {
        const struct best *b = i % 2 ? vec : lex;
        uint32_t doc;
        if (i / 2 >= b->n)
            continue;
        doc = r->ix->chunks[b->chunk[i / 2]].doc;
        if (seen[doc])
            continue;
        seen[doc] = true;
        chunks += r->ix->docs[doc].chunks_n;
        r->docs[r->docs_n++] = doc;
    }
}

/* Share of a chunk's words by speakers the query names, times how surely. */
static const float *voices_make(struct run *r, const struct doc *d, float *weight)
{
    float *strength = ARENA_ARRAY(r->a, float, d->labels_n + 1u), *voice;

    if (!query_voices(&r->query, d->labels, d->labels_n, strength, weight))
        return NULL;
    voice = ARENA_ARRAY(r->a, float, d->chunks_n);
    for (uint32_t i = 0; i < d->chunks_n; i++) {
        const struct chunk_row *row = &r->ix->chunks[d->first + i];
        float sum = 0, all = 0;
        for (uint32_t k = 0; k < row->voices_n; k++) {
            const struct voice_row *v = &r->ix->voices[row->voice_first + k];
            all += v->words;
            sum += strength[v->label] * (float)v->words;
        }
        voice[i] = all > 0 ? sum / all : 0;
    }
    return voice;
}

static const float *cosines_make(struct run *r, const struct doc *d)
{
    float *cos;

    if (!r->q->vec || r->q->mode == INDEX_LEXICAL)
        return NULL;
    cos = ARENA_ARRAY(r->a, float, d->chunks_n);
    for (uint32_t i = 0; i < d->chunks_n; i++) {
        size_t c = d->first + i;
        cos[i] = r->ix->chunks[c].vector ? scan_dot_float(r->ix->vecs + c * r->ix->dim, r->q->vec, r->ix->dim) : NAN;
    }
    return cos;
}

/* Occurrences of the query's terms in the chunks of the chosen docs. */
static void counts_make(struct run *r, uint16_t **tf)
{
    uint32_t *of_doc = ARENA_ARRAY(r->a, uint32_t, r->ix->docs_n + 1u); /* number among the chosen + 1 */

    for (size_t i = 0; i < r->docs_n; i++)
        of_doc[r->docs[i]] = (uint32_t)i + 1;
    for (size_t t = 0; t < r->query.terms_n; t++) {
        const struct posting_list *l = r->term[t] == UINT32_MAX ? NULL : postings_list(r->ix->words, r->term[t]);
        for (uint32_t i = 0; l && i < l->n; i++) {
            const struct chunk_row *row = &r->ix->chunks[l->p[i].chunk];
            uint32_t at = row->alive ? of_doc[row->doc] : 0;
            if (at)
                tf[at - 1][(l->p[i].chunk - r->ix->docs[row->doc].first) * r->query.terms_n + t] = l->p[i].tf;
        }
    }
}

static void evidence_make(struct run *r, struct rank_ia *ia, uint16_t **tf)
{
    for (size_t i = 0; i < r->docs_n; i++) {
        const struct doc *d = &r->ix->docs[r->docs[i]];
        float *len = ARENA_ARRAY(r->a, float, d->chunks_n + 1u),
              *weight = ARENA_ARRAY(r->a, float, r->query.terms_n + 1);
        for (uint32_t k = 0; k < d->chunks_n; k++)
            len[k] = (float)r->ix->chunks[d->first + k].words;
        tf[i] = ARENA_ARRAY(r->a, uint16_t, (size_t)d->chunks_n * r->query.terms_n + 1);
        ia[i] =
            (struct rank_ia){.n = d->chunks_n, .len = len, .tf = tf[i], .weight = weight, .cosine = cosines_make(r, d)};
        ia[i].voice = voices_make(r, d, weight);
    }
    counts_make(r, tf);
}

struct scored {
    uint32_t chunk;
    float cos;
    double score;
};

static int best_first(const void *x, const void *y)
{
    const struct scored *a = x, *b = y;

    if (a->score < b->score || a->score > b->score)
        return a->score < b->score ? 1 : -1;
    return (a->chunk > b->chunk) - (a->chunk < b->chunk);
}

static void hits_write(struct run *r, struct scored *s, size_t n, struct index_hit **out, size_t *out_n)
{
    size_t limit = n < r->q->limit ? n : r->q->limit;

    qsort(s, n, sizeof *s, best_first);
    *out = ARENA_ARRAY(r->a, struct index_hit, limit + 1);
    for (size_t i = 0; i < limit; i++) {
        const struct chunk_row *row = &r->ix->chunks[s[i].chunk];
        const struct doc *d = &r->ix->docs[row->doc];
        struct ia_span *spans = ARENA_ARRAY(r->a, struct ia_span, row->spans_n + 1u);
        memcpy(spans, r->ix->spans + row->span_first, row->spans_n * sizeof *spans);
        (*out)[i] = (struct index_hit){
            .interaction = d->interaction,
            .chunk = s[i].chunk - d->first,
            .score = s[i].score,
            .lexical = r->lex ? (double)r->lex[s[i].chunk] : 0,
            .cosine = (double)s[i].cos,
            .spans = spans,
            .spans_n = row->spans_n,
            .source = str_dup(r->a, index_doc_source(d, r->path)),
            .kind = d->kind,
        };
    }
    *out_n = limit;
}

static void docs_rank(struct run *r, struct index_hit **out, size_t *out_n)
{
    static const enum rank_mode modes[] = {
        [INDEX_FUSED] = RANK_FUSED, [INDEX_LEXICAL] = RANK_LEXICAL, [INDEX_VECTOR] = RANK_VECTOR};
    struct rank_ia *ia = ARENA_ARRAY(r->a, struct rank_ia, r->docs_n + 1);
    uint16_t **tf = ARENA_ARRAY(r->a, uint16_t *, r->docs_n + 1);
    double **score = ARENA_ARRAY(r->a, double *, r->docs_n + 1);
    struct rank_pool pool = {.n = (double)r->chunks_ok, .mean_len = r->words_mean, .df = r->df};
    struct scored *all;
    size_t chunks = 0, n = 0;

    evidence_make(r, ia, tf);
    for (size_t i = 0; i < r->docs_n; i++) {
        score[i] = ARENA_ARRAY(r->a, double, ia[i].n + 1);
        chunks += ia[i].n;
    }
    rank_all(ia, r->docs_n, r->query.terms_n, &pool, modes[r->q->mode], r->a, score);
    all = ARENA_ARRAY(r->a, struct scored, chunks + 1);
    for (size_t i = 0; i < r->docs_n; i++)
        for (size_t k = 0; k < ia[i].n; k++) {
            uint32_t c = r->ix->docs[r->docs[i]].first + (uint32_t)k;
            if (chunk_ok(r, c))
                all[n++] = (struct scored){c, ia[i].cosine ? ia[i].cosine[k] : NAN, score[i][k]};
        }
    hits_write(r, all, n, out, out_n);
}

enum err_code index_query(struct index *ix, const struct index_query *q, struct arena *a, struct index_hit **out,
                          size_t *out_n, struct err *e)
{
    struct run r = {.ix = ix, .q = q, .a = a};
    struct tokens *tk;
    struct best *lex, *vec;

    if (!str_trim(q->text).n || q->text.n > INDEX_QUERY_BYTES_MAX)
        return err_set(e, ERR_INVALID, "a query has 1 to %d bytes", INDEX_QUERY_BYTES_MAX);
    if (!q->limit || q->limit > INDEX_HITS_MAX)
        return err_set(e, ERR_INVALID, "limit must be from 1 to %d", INDEX_HITS_MAX);
    tk = tokens_new();
    lex = ARENA_NEW(a, struct best);
    vec = ARENA_NEW(a, struct best);
    pthread_rwlock_rdlock(&ix->lock);
    filter_run(&r);
    query_read(&r, tk);
    if (q->mode != INDEX_VECTOR) {
        r.lex = calloc(ix->chunks_n + 1u, sizeof *r.lex);
        if (!r.lex)
            abort();
        words_run(&r, tk);
        for (uint32_t c = 0; c < ix->chunks_n; c++)
            if (r.lex[c] > 0)
                best_add(lex, c, r.lex[c]);
    }
    if (q->mode != INDEX_LEXICAL && q->vec)
        vectors_run(&r, vec);
    docs_choose(&r, lex, vec);
    docs_rank(&r, out, out_n);
    pthread_rwlock_unlock(&ix->lock);
    tokens_free(tk);
    free(r.lex);
    return ERR_OK;
}
