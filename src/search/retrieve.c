/* search/retrieve.c - one query over the index: filter, words and vectors choose interactions, the ranker orders their chunks. */
#include <math.h>

#include "base/thread.h"
#include "search/index_priv.h"
#include "search/query.h"
#include "search/rank.h"

enum {
    POOL = 400,
    LANGS_MAX = 4,
    DOTS = 1024,
    SHARE_MIN = 20000,
    SHARES_MAX = 16,
    RANKED_CHUNKS_MAX = 12000,
    TERMS_MAX = QUERY_TERMS_MAX * LANGS_MAX
};
static const double bm25_k1 = 1.2, bm25_b = 0.75;
static const double name_weight = 0.5; /* of a speaker's name in the choice of interactions */

/* Allowed chunks that stand side by side: [from, to). */
struct stretch {
    uint32_t from, to;
};

struct run {
    struct index *ix;
    const struct index_query *q;
    const struct index_filter *f;
    struct arena *a;
    str path;
    struct stretch *ok; /* ascending, apart; sides are not looked at yet */
    size_t ok_n, ok_cap;
    bool all; /* every chunk there is */
    size_t chunks_ok;
    double words_mean;
    struct query query; /* in the language the index holds most of */
    uint32_t term[TERMS_MAX]; /* per query term: number in the postings, UINT32_MAX when no chunk has it */
    double df[TERMS_MAX];
    struct scores *lex;
    uint32_t *docs; /* chosen, best first */
    size_t docs_n;
};

static bool side_ok(const struct run *r, uint32_t c)
{
    return !r->f->sides || (r->ix->chunks[c].sides & r->f->sides);
}

/* Does the filter let everything pass, sides apart? Then only the slim rows are read. */
static bool passes_all(const struct index_filter *f, str path)
{
    return f->reader && f->reader->reach == REACH_WORKSPACE && !path.n && !f->interactions_n && id_is_nil(f->account) &&
           id_is_nil(f->deal) && id_is_nil(f->person) && !f->kinds && f->from_ms == CLOCK_NONE &&
           f->to_ms == CLOCK_NONE;
}

static void stretch_add(struct run *r, const struct doc_row *d, double *words)
{
    *words += d->words;
    r->chunks_ok += d->chunks_n;
    if (r->ok_n && r->ok[r->ok_n - 1].to == d->first)
        r->ok[r->ok_n - 1].to += d->chunks_n;
    else if (d->chunks_n)
        ARENA_PUSH(r->a, r->ok, r->ok_n, r->ok_cap) = (struct stretch){d->first, d->first + d->chunks_n};
}

static void filter_run(struct run *r)
{
    const struct index *ix = r->ix;
    double words = 0;
    bool slim;

    r->path = index_path_plain(r->f->in);
    slim = passes_all(r->f, r->path);
    for (uint32_t i = 0; i < ix->docs_n; i++)
        if (ix->rows[i].alive && (slim || index_doc_passes(&ix->docs[i], r->f, r->path)))
            stretch_add(r, &ix->rows[i], &words);
    r->all = r->chunks_ok == ix->chunks_n && !r->f->sides;
    r->words_mean = r->chunks_ok ? words / (double)r->chunks_ok : 1;
}

/* ---- words ---- */

/* The language most interactions are in: the question is stemmed by its rules. */
static str main_lang(const struct index *ix)
{
    uint32_t best = 0;

    for (uint32_t i = 1; i < ix->langs_n; i++)
        if (ix->langs[i].docs > ix->langs[best].docs ||
            (ix->langs[i].docs == ix->langs[best].docs && strcmp(ix->langs[i].tag, ix->langs[best].tag) < 0))
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

/* The next posting of an allowed chunk; *at is the stretch the walk has come to, 0 at first. Lists and stretches that do not
 * meet are jumped over. */
static bool allowed_next(const struct run *r, struct posting_it *it, size_t *at)
{
    bool have = posting_it_next(it);

    while (have) {
        while (*at < r->ok_n && r->ok[*at].to <= it->chunk)
            ++*at;
        if (*at == r->ok_n)
            return false;
        if (it->chunk < r->ok[*at].from)
            have = posting_it_seek(it, r->ok[*at].from);
        else if (side_ok(r, it->chunk))
            return true;
        else
            have = posting_it_next(it);
    }
    return false;
}

static size_t allowed_count(const struct run *r, const struct posting_list *l)
{
    struct posting_it it;
    size_t at = 0, n = 0;

    if (r->all)
        return l->n;
    for (posting_it_init(&it, l); allowed_next(r, &it, &at);)
        n++;
    return n;
}

/* Adds one term's BM25 to the scores; returns how many allowed chunks hold it. */
static size_t bm25_add(struct run *r, uint32_t term, double weight)
{
    const struct posting_list *l;
    struct scores *s = r->lex;
    struct posting_it it;
    size_t df, at = 0;
    double idf;

    if (term == UINT32_MAX)
        return 0;
    l = postings_list(r->ix->words, term);
    df = allowed_count(r, l);
    idf = log(1 + ((double)r->chunks_ok - (double)df + 0.5) / ((double)df + 0.5)) * weight;
    for (posting_it_init(&it, l); df && allowed_next(r, &it, &at);) {
        double tf = it.tf, len = r->ix->chunks[it.chunk].words / r->words_mean;
        double add = idf * tf * (bm25_k1 + 1) / (tf + bm25_k1 * (1 - bm25_b + bm25_b * len));
        if (add <= 0)
            continue;
        if (s->sum[it.chunk] <= 0)
            s->touched[s->n++] = it.chunk;
        s->sum[it.chunk] += (float)add;
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
    const struct chunk_row *rows;
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

/* Ties are settled by what a chunk says and, between copies, by its number: the same conversations give the same answer in
 * whatever order they came in. */
static bool tie_after(const struct chunk_row *rows, uint32_t x, uint32_t y)
{
    uint32_t a = rows[x].tie, b = rows[y].tie;

    return a > b || (a == b && x > y);
}

static bool best_less(const struct best *b, size_t i, size_t j)
{
    return b->score[i] < b->score[j] || (b->score[i] <= b->score[j] && tie_after(b->rows, b->chunk[i], b->chunk[j]));
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
    if (score < b->score[0] || (score <= b->score[0] && tie_after(b->rows, chunk, b->chunk[0])))
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

/* One thread's share of the vector scan: rows [from, to) of the allowed chunks, counted through all stretches. */
struct scan_share {
    const struct run *r;
    const int8_t *query;
    float scale;
    size_t from, to;
    struct best best;
    struct thread t;
};

static void stretch_scan(struct scan_share *s, uint32_t from, uint32_t to)
{
    const struct index *ix = s->r->ix;
    int32_t dots[DOTS];

    for (uint32_t c = from; c < to; c += DOTS) {
        uint32_t n = to - c < DOTS ? to - c : DOTS;
        scan_dots_run(ix->codes, ix->dim, c, n, s->query, dots);
        for (uint32_t i = 0; i < n; i++) {
            float own = ix->scales[c + i], cos = (float)dots[i] * own * s->scale;
            if (s->best.n == POOL && cos < s->best.score[0])
                continue;
            if (own >= 0 && side_ok(s->r, c + i))
                best_add(&s->best, c + i, cos);
        }
    }
}

static void share_run(void *arg)
{
    struct scan_share *s = arg;
    size_t at = 0;

    for (size_t i = 0; i < s->r->ok_n && at < s->to; i++) {
        struct stretch x = s->r->ok[i];
        size_t n = x.to - x.from, skip = at < s->from ? s->from - at : 0, end = s->to - at;
        if (skip < n)
            stretch_scan(s, x.from + (uint32_t)skip, x.from + (uint32_t)(end < n ? end : n));
        at += n;
    }
}

/* Shares are scanned side by side when there is enough to do; starting a thread costs about as much as 2,000 vectors. What a
 * thread could not be started for is scanned here. */
static void vectors_run(struct run *r, const float *vec, struct best *best)
{
    size_t most = r->chunks_ok / SHARE_MIN + 1, cores = (size_t)thread_cores(), n = cores < most ? cores : most;
    int8_t *query = ARENA_ARRAY(r->a, int8_t, r->ix->dim);
    struct scan_share *share;
    struct err e;
    float scale;

    n = n < SHARES_MAX ? n : SHARES_MAX;
    share = ARENA_ARRAY(r->a, struct scan_share, n);
    scan_quantise(vec, r->ix->dim, query, &scale);
    for (size_t i = 0; i < n; i++) {
        share[i].r = r;
        share[i].best.rows = r->ix->chunks;
        share[i].query = query;
        share[i].scale = scale;
        share[i].from = r->chunks_ok * i / n;
        share[i].to = r->chunks_ok * (i + 1) / n;
        if (i && thread_start(&share[i].t, "scan", share_run, &share[i], &e))
            share_run(&share[i]);
    }
    share_run(&share[0]);
    *best = share[0].best;
    for (size_t i = 1; i < n; i++) {
        thread_join(&share[i].t);
        for (size_t k = 0; k < share[i].best.n; k++)
            best_add(best, share[i].best.chunk[k], share[i].best.score[k]);
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

static float cosine_fine(const struct index *ix, size_t chunk, const float *vec)
{
    return scan_dot_fine(ix->codes + chunk * ix->dim, ix->rests + chunk * scan_rest_bytes(ix->dim), ix->scales[chunk],
                         vec, ix->dim);
}

static const float *cosines_make(struct run *r, const struct doc *d)
{
    float *cos;

    if (!r->q->vec || r->q->mode == INDEX_LEXICAL)
        return NULL;
    cos = ARENA_ARRAY(r->a, float, d->chunks_n);
    for (uint32_t i = 0; i < d->chunks_n; i++) {
        size_t c = d->first + i;
        cos[i] = r->ix->chunks[c].vector ? cosine_fine(r->ix, c, r->q->vec) : NAN;
    }
    return cos;
}

struct place {
    uint32_t doc, at; /* at: number among the chosen */
};

static int by_doc(const void *x, const void *y)
{
    const struct place *a = x, *b = y;

    return (a->doc > b->doc) - (a->doc < b->doc);
}

/* Occurrences of the query's terms in the chunks of the chosen docs: every list is walked once, jumping from doc to doc. */
static void counts_make(struct run *r, uint16_t **tf)
{
    struct place *place = ARENA_ARRAY(r->a, struct place, r->docs_n + 1);

    for (size_t i = 0; i < r->docs_n; i++)
        place[i] = (struct place){r->docs[i], (uint32_t)i};
    qsort(place, r->docs_n, sizeof *place, by_doc);
    for (size_t t = 0; t < r->query.terms_n; t++) {
        struct posting_it it;
        if (r->term[t] == UINT32_MAX)
            continue;
        posting_it_init(&it, postings_list(r->ix->words, r->term[t]));
        for (size_t i = 0; i < r->docs_n; i++) {
            const struct doc_row *d = &r->ix->rows[place[i].doc];
            bool have = d->chunks_n && posting_it_seek(&it, d->first);
            for (; have && it.chunk < d->first + d->chunks_n; have = posting_it_next(&it))
                tf[place[i].at][(it.chunk - d->first) * r->query.terms_n + t] = (uint16_t)it.tf;
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
    uint32_t chunk, tie;
    float cos;
    double score;
};

static int by_tie(const struct scored *a, const struct scored *b)
{
    if (a->tie != b->tie)
        return a->tie > b->tie ? 1 : -1;
    return (a->chunk > b->chunk) - (a->chunk < b->chunk);
}

static int best_first(const void *x, const void *y)
{
    const struct scored *a = x, *b = y;

    if (a->score < b->score || a->score > b->score)
        return a->score < b->score ? 1 : -1;
    return by_tie(a, b);
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
            .lexical = r->lex ? (double)r->lex->sum[s[i].chunk] : 0,
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
            if (side_ok(r, c))
                all[n++] = (struct scored){c, r->ix->chunks[c].tie, ia[i].cosine ? ia[i].cosine[k] : NAN, score[i][k]};
        }
    hits_write(r, all, n, out, out_n);
}

enum err_code index_query(struct index *ix, const struct index_query *q, struct arena *a, struct index_hit **out,
                          size_t *out_n, struct err *e)
{
    struct run r = {.ix = ix, .q = q, .f = &q->filter, .a = a};
    struct tokens *tk;
    struct best *lex, *vec;

    if (!str_trim(q->text).n || q->text.n > INDEX_QUERY_BYTES_MAX)
        return err_set(e, ERR_INVALID, "a query has 1 to %d bytes", INDEX_QUERY_BYTES_MAX);
    if (!q->limit || q->limit > INDEX_HITS_MAX)
        return err_set(e, ERR_INVALID, "limit must be from 1 to %d", INDEX_HITS_MAX);
    tk = index_tokens_take(ix);
    lex = ARENA_NEW(a, struct best);
    vec = ARENA_NEW(a, struct best);
    pthread_rwlock_rdlock(&ix->lock);
    lex->rows = vec->rows = ix->chunks;
    filter_run(&r);
    query_read(&r, tk);
    if (q->mode != INDEX_VECTOR) {
        r.lex = index_scores_take(ix);
        words_run(&r, tk);
        for (size_t i = 0; i < r.lex->n; i++)
            best_add(lex, r.lex->touched[i], r.lex->sum[r.lex->touched[i]]);
    }
    if (q->mode != INDEX_LEXICAL && q->vec)
        vectors_run(&r, q->vec, vec);
    docs_choose(&r, lex, vec);
    docs_rank(&r, out, out_n);
    index_scores_give(ix, r.lex);
    pthread_rwlock_unlock(&ix->lock);
    index_tokens_give(ix, tk);
    return ERR_OK;
}

static int nearest_first(const void *x, const void *y)
{
    const struct scored *a = x, *b = y;

    if (a->cos < b->cos || a->cos > b->cos)
        return a->cos < b->cos ? 1 : -1;
    return by_tie(a, b);
}

void index_nearest(struct index *ix, const float *vec, const struct index_filter *f, size_t limit, struct arena *a,
                   struct index_near **out, size_t *out_n)
{
    struct run r = {.ix = ix, .f = f, .a = a};
    struct best *best = ARENA_NEW(a, struct best);
    struct scored *s;

    pthread_rwlock_rdlock(&ix->lock);
    filter_run(&r);
    vectors_run(&r, vec, best);
    s = ARENA_ARRAY(a, struct scored, best->n + 1);
    for (size_t i = 0; i < best->n; i++)
        s[i] = (struct scored){.chunk = best->chunk[i],
                               .tie = ix->chunks[best->chunk[i]].tie,
                               .cos = cosine_fine(ix, best->chunk[i], vec)};
    qsort(s, best->n, sizeof *s, nearest_first);
    *out_n = best->n < limit ? best->n : limit;
    *out = ARENA_ARRAY(a, struct index_near, *out_n + 1);
    for (size_t i = 0; i < *out_n; i++) {
        const struct doc *d = &ix->docs[ix->chunks[s[i].chunk].doc];
        (*out)[i] = (struct index_near){d->interaction, s[i].chunk - d->first, s[i].cos};
    }
    pthread_rwlock_unlock(&ix->lock);
}
