#include "search/rank.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "search/rank_weights.h"

/* BM25: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009. */
static const double bm25_k1 = 1.2, bm25_b = 0.75;
static const double voice_share = 0.3; /* of the standardised speaker share in the sum of a chunk's evidence */

enum { GAUSS_WIDTH_MAX = 4, FAR = 30, EDGE = 5 };

/* ---- arithmetic on the chunks of one interaction ---- */

static double mean_of(const double *x, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return n ? sum / (double)n : 0;
}

static double *row_new(struct arena *a, size_t n)
{
    return ARENA_ARRAY(a, double, n + 1);
}

static double *standardise(const double *x, size_t n, struct arena *a)
{
    double *z = row_new(a, n), mean = mean_of(x, n), sum = 0, sd;

    for (size_t i = 0; i < n; i++)
        sum += (x[i] - mean) * (x[i] - mean);
    sd = n ? sqrt(sum / (double)n) : 0;
    for (size_t i = 0; i < n; i++)
        z[i] = (x[i] - mean) / (sd > 1e-9 ? sd : 1);
    return z;
}

/* Gaussian mean; what lies outside the interaction counts as 0, the mean of a standardised row. */
static double *gauss(const double *x, size_t n, int width, struct arena *a)
{
    double k[6 * GAUSS_WIDTH_MAX + 1], sum = 0, *y = row_new(a, n);
    int r = 3 * width;

    for (int d = -r; d <= r; d++)
        sum += k[d + r] = exp(-0.5 * d * d / (double)(width * width));
    for (size_t i = 0; i < n; i++)
        for (int d = -r; d <= r; d++)
            if (d < 0 ? i >= (size_t)-d : i + (size_t)d < n)
                y[i] += k[d + r] / sum * (d < 0 ? x[i - (size_t)-d] : x[i + (size_t)d]);
    return y;
}

/* y[i] = x[i - d], 0 outside. */
static double *shift(const double *x, size_t n, int d, struct arena *a)
{
    double *y = row_new(a, n);

    for (size_t i = 0; i < n; i++)
        if (d >= 0 ? i >= (size_t)d : i + (size_t)-d < n)
            y[i] = d >= 0 ? x[i - (size_t)d] : x[i + (size_t)-d];
    return y;
}

static double *window_max(const double *x, size_t n, size_t r, struct arena *a)
{
    double *y = row_new(a, n);

    for (size_t i = 0; i < n; i++) {
        y[i] = x[i];
        for (size_t k = i > r ? i - r : 0; k < n && k <= i + r; k++)
            y[i] = x[k] > y[i] ? x[k] : y[i];
    }
    return y;
}

static size_t arg_max(const double *x, size_t n)
{
    size_t best = 0;

    for (size_t i = 1; i < n; i++)
        if (x[i] > x[best])
            best = i;
    return best;
}

struct place {
    double score;
    size_t at;
};

static int place_cmp(const void *x, const void *y)
{
    const struct place *p = x, *q = y;

    if (p->score > q->score || p->score < q->score)
        return p->score > q->score ? -1 : 1;
    return (p->at > q->at) - (p->at < q->at);
}

/* 0 for the highest; equal ones in order. */
static size_t *rank_of(const double *x, size_t n, struct arena *a)
{
    struct place *p = ARENA_ARRAY(a, struct place, n + 1);
    size_t *rank = ARENA_ARRAY(a, size_t, n + 1);

    for (size_t i = 0; i < n; i++)
        p[i] = (struct place){x[i], i};
    qsort(p, n, sizeof *p, place_cmp);
    for (size_t i = 0; i < n; i++)
        rank[p[i].at] = i;
    return rank;
}

static double distance(size_t a, size_t b)
{
    size_t d = a > b ? a - b : b - a;

    return d < FAR ? (double)d : FAR;
}

/* ---- evidence ---- */

struct bm25 {
    double *score; /* per chunk */
    double *share; /* of the idf of all terms, that of the terms the chunk holds */
    double most;   /* no chunk can score more */
};

static double *idf_make(const struct rank_ia *ia, size_t terms_n, const struct rank_pool *pool, struct arena *a,
                        double *out_all)
{
    double *idf = row_new(a, terms_n);

    *out_all = 0;
    for (size_t t = 0; t < terms_n; t++) {
        double n = (double)ia->n, df = 0;
        for (size_t i = 0; i < ia->n; i++)
            df += ia->tf[i * terms_n + t] > 0;
        if (pool && pool->n > 0) {
            n = pool->n;
            df = pool->df[t] > df ? pool->df[t] : df;
        }
        if (df > 0 && df <= n)
            idf[t] = (double)ia->weight[t] * log(1 + (n - df + 0.5) / (df + 0.5));
        *out_all += idf[t];
    }
    return idf;
}

static double mean_len(const struct rank_ia *ia)
{
    double sum = 0;

    for (size_t i = 0; i < ia->n; i++)
        sum += (double)ia->len[i];
    return ia->n && sum > 0 ? sum / (double)ia->n : 1;
}

static struct bm25 bm25_make(const struct rank_ia *ia, size_t terms_n, const struct rank_pool *pool, struct arena *a)
{
    double all, *idf = idf_make(ia, terms_n, pool, a, &all);
    double mean = pool && pool->n > 0 && pool->mean_len > 0 ? pool->mean_len : mean_len(ia);
    struct bm25 b = {row_new(a, ia->n), row_new(a, ia->n), all * (bm25_k1 + 1)};

    for (size_t i = 0; i < ia->n; i++) {
        double norm = bm25_k1 * (1 - bm25_b + bm25_b * (double)ia->len[i] / mean);
        for (size_t t = 0; t < terms_n; t++) {
            double tf = ia->tf[i * terms_n + t];
            if (tf <= 0)
                continue;
            b.score[i] += idf[t] * tf * (bm25_k1 + 1) / (tf + norm);
            b.share[i] += idf[t] / (all > 0 ? all : 1);
        }
    }
    return b;
}

/* Chunks without a vector get the mean of the others. False when none has one. */
static bool cosine_make(const struct rank_ia *ia, struct arena *a, double **out)
{
    double *c = row_new(a, ia->n), sum = 0;
    size_t known = 0;

    *out = c;
    for (size_t i = 0; ia->cosine && i < ia->n; i++)
        if (!isnan(ia->cosine[i])) {
            sum += (double)ia->cosine[i];
            known++;
        }
    for (size_t i = 0; known && i < ia->n; i++)
        c[i] = isnan(ia->cosine[i]) ? sum / (double)known : (double)ia->cosine[i];
    return known > 0;
}

static double *voice_make(const struct rank_ia *ia, struct arena *a)
{
    double *v = row_new(a, ia->n);

    for (size_t i = 0; ia->voice && i < ia->n; i++)
        v[i] = (double)ia->voice[i];
    return v;
}

/* ---- the logistic models ---- */

struct sum { /* of weight * feature, per chunk, for both models at once: they see the same features first */
    size_t n;
    double *score[2];
    size_t next[2]; /* row of rank_weights to try first */
    size_t used;    /* rows that met their feature */
};

/* The weight file is in the order the features are made in, so the next row is nearly always the right one. */
static double weight_of(struct sum *s, int stage, const char *name)
{
    for (size_t i = 0; i < rank_weights_n; i++) {
        const struct rank_weight *w = &rank_weights[(s->next[stage - 1] + i) % rank_weights_n];
        if (w->stage != stage || strcmp(w->name, name) != 0)
            continue;
        s->next[stage - 1] = (size_t)(w - rank_weights) + 1;
        s->used++;
        return w->weight;
    }
    assert(!"a feature without weight: ranker_weights.txt is older than rank.c");
    return 0;
}

static void add_to(struct sum *s, int stage, const char *name, const double *x)
{
    double w = weight_of(s, stage, name), *score = s->score[stage - 1];

    for (size_t i = 0; i < s->n; i++)
        score[i] += w * x[i];
}

/* "s" and "s.WHAT" are features of the second model alone; the others are in both. */
static void add(struct sum *s, const char *name, const double *x)
{
    if (name[0] != 's' || (name[1] && name[1] != '.'))
        add_to(s, 1, name, x);
    add_to(s, 2, name, x);
}

/* Feature "CHANNEL.WHAT" or "CHANNEL.WHATd". */
static void add_of(struct sum *s, const char *channel, const char *what, int d, const double *x)
{
    char name[32];

    if (d)
        snprintf(name, sizeof name, "%s.%s%d", channel, what, d);
    else
        snprintf(name, sizeof name, "%s.%s", channel, what);
    add(s, name, x);
}

static void sum_start(struct sum *s, size_t n, struct arena *a)
{
    *s = (struct sum){.n = n};
    for (int stage = 1; stage <= 2; stage++) {
        double c = weight_of(s, stage, "intercept");
        s->score[stage - 1] = row_new(a, n);
        for (size_t i = 0; i < n; i++)
            s->score[stage - 1][i] = c;
    }
}

static const int widths[] = {1, 2, 4};

static void add_smoothed(struct sum *s, const char *channel, const double *x, struct arena *a)
{
    for (size_t k = 0; k < 3; k++)
        add_of(s, channel, "gauss", widths[k], gauss(x, s->n, widths[k], a));
}

static void add_shifted(struct sum *s, const char *channel, const double *x, int reach, struct arena *a)
{
    for (int d = 1; d <= reach; d++) {
        add_of(s, channel, "shift", d, shift(x, s->n, d, a));
        add_of(s, channel, "shift", -d, shift(x, s->n, -d, a));
    }
}

/* Where the chunk stands: against the others, from the best stretch, from the ends. */
static void add_place(struct sum *s, const struct rank_ia *ia, const double *m, struct arena *a)
{
    size_t n = s->n, *rank, peak;
    double *g = gauss(m, n, 2, a), *x[5], len = mean_len(ia);

    for (size_t k = 0; k < 5; k++)
        x[k] = row_new(a, n);
    rank = rank_of(g, n, a);
    peak = arg_max(g, n);
    for (size_t i = 0; i < n; i++) {
        size_t end = i < n - 1 - i ? i : n - 1 - i;
        x[0][i] = log1p((double)rank[i]);
        x[1][i] = (double)rank[i] / (double)n;
        x[2][i] = distance(i, peak);
        x[3][i] = end < EDGE ? (double)end : EDGE;
        x[4][i] = (double)ia->len[i] / len;
    }
    add(s, "m.rank", x[0]);
    add(s, "m.rank_share", x[1]);
    add(s, "m.peak", x[2]);
    add(s, "edge", x[3]);
    add(s, "length", x[4]);
}

/* The features of both models; the order is that of the weight file. */
static void features_add(struct sum *s, const struct rank_ia *ia, const struct bm25 *b, const double *cosine,
                         const double *voice, struct arena *a)
{
    static const char *const channel[] = {"b", "c", "v", "m"};
    double *x[] = {standardise(b->score, s->n, a), standardise(cosine, s->n, a), standardise(voice, s->n, a),
                   row_new(a, s->n)};
    double *raw = row_new(a, s->n);

    for (size_t i = 0; i < s->n; i++) {
        x[3][i] = x[0][i] + x[1][i] + voice_share * x[2][i];
        raw[i] = b->most > 0 ? b->score[i] / b->most : 0;
    }
    for (size_t k = 0; k < 4; k++) {
        add(s, channel[k], x[k]);
        add_smoothed(s, channel[k], x[k], a);
        if (k == 2)
            continue;
        add_shifted(s, channel[k], x[k], 2, a);
        add_of(s, channel[k], "max", 2, window_max(x[k], s->n, 2, a));
    }
    add(s, "m.shift3", shift(x[3], s->n, 3, a));
    add(s, "m.shift4", shift(x[3], s->n, 4, a));
    add(s, "share", b->share);
    add(s, "share.max2", window_max(b->share, s->n, 2, a));
    add(s, "b.raw", raw);
    add(s, "c.raw", cosine);
    add(s, "v.raw", voice);
    add_place(s, ia, x[3], a);
}

/* The least smoothed score on the way from the best stretch to each chunk. */
static double *path_make(const double *g, size_t n, size_t peak, struct arena *a)
{
    double *path = row_new(a, n), least = g[peak];

    for (size_t i = peak; i < n; i++)
        path[i] = least = g[i] < least ? g[i] : least;
    least = g[peak];
    for (size_t i = peak + 1; i-- > 0;)
        path[i] = least = g[i] < least ? g[i] : least;
    return path;
}

/* What the first model's scores of a chunk, its neighbours and the best stretch say. */
static void context_add(struct sum *s, const double *score, struct arena *a)
{
    size_t n = s->n, *rank = rank_of(score, n, a), peak;
    double *z = standardise(score, n, a), *g = gauss(z, n, 1, a), *x[4];

    for (size_t k = 0; k < 4; k++)
        x[k] = row_new(a, n);
    peak = arg_max(g, n);
    for (size_t i = 0; i < n; i++) {
        x[0][i] = log1p((double)rank[i]);
        x[1][i] = distance(i, peak);
        x[2][i] = z[arg_max(z, n)] - z[i];
        x[3][i] = FAR;
    }
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; rank[k] < 3 && i < n; i++)
            x[3][i] = fmin(x[3][i], distance(i, k));
    add(s, "s", z);
    add(s, "s.raw", score);
    add_smoothed(s, "s", z, a);
    add_shifted(s, "s", z, 3, a);
    add(s, "s.max3", window_max(z, n, 3, a));
    add(s, "s.rank", x[0]);
    add(s, "s.peak", x[1]);
    add(s, "s.gap", x[2]);
    add(s, "s.near3", x[3]);
    add(s, "s.path", path_make(g, n, peak, a));
}

static double *fused(const struct rank_ia *ia, const struct bm25 *b, const double *cosine, const double *voice,
                     struct arena *a)
{
    struct sum s;

    sum_start(&s, ia->n, a);
    features_add(&s, ia, b, cosine, voice, a);
    context_add(&s, s.score[0], a);
    assert(s.used == rank_weights_n);
    return s.score[1];
}

/* ---- one interaction ---- */

static double *score_one(const struct rank_ia *ia, size_t terms_n, enum rank_mode mode, struct arena *a)
{
    struct bm25 b = bm25_make(ia, terms_n, NULL, a);
    double *cosine, *voice = voice_make(ia, a), *x;
    bool vectors = cosine_make(ia, a, &cosine);

    if (mode == RANK_FUSED && vectors && ia->n > 1)
        return fused(ia, &b, cosine, voice, a);
    if (mode == RANK_VECTOR)
        return gauss(standardise(cosine, ia->n, a), ia->n, 2, a);
    x = standardise(b.score, ia->n, a);
    voice = standardise(voice, ia->n, a);
    for (size_t i = 0; i < ia->n; i++)
        x[i] += voice_share * voice[i];
    return gauss(x, ia->n, 2, a);
}

void rank_one(const struct rank_ia *ia, size_t terms_n, enum rank_mode mode, struct arena *a, double *out_score)
{
    memcpy(out_score, score_one(ia, terms_n, mode, a), ia->n * sizeof *out_score);
}

/* ---- many interactions ---- */

struct spread {
    double sum, sum2, n;
};

static void spread_add(struct spread *s, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        s->sum += x[i];
        s->sum2 += x[i] * x[i];
    }
    s->n += (double)n;
}

static double spread_z(const struct spread *s, double x)
{
    double mean = s->n > 0 ? s->sum / s->n : 0, var = s->n > 0 ? s->sum2 / s->n - mean * mean : 0;

    return var > 1e-18 ? (x - mean) / sqrt(var) : 0;
}

/* A chunk's own evidence, without its neighbours: comparable across interactions. */
static double *own_evidence(const double *b, const double *c, size_t n, const struct spread *sb,
                            const struct spread *sc, struct arena *a)
{
    double *u = row_new(a, n);

    for (size_t i = 0; i < n; i++)
        u[i] = (b ? spread_z(sb, b[i]) : 0) + (c ? spread_z(sc, c[i]) : 0);
    return u;
}

/* An interaction is as good as its best chunk, and as its best words and best vector, which need not be in one chunk. */
static double whole_evidence(const double *u, const double *b, const double *c, size_t n, const struct spread *sb,
                             const struct spread *sc)
{
    double apart;

    if (!n)
        return 0;
    apart = (b ? spread_z(sb, b[arg_max(b, n)]) : 0) + (c ? spread_z(sc, c[arg_max(c, n)]) : 0);
    return (u[arg_max(u, n)] + apart) / 2;
}

/* The best chunk gets the score of the whole; the others stand as far below it as inside the interaction. */
static void scores_place(double best, const double *local, size_t n, double *out)
{
    double top = n ? local[arg_max(local, n)] : 0;

    for (size_t k = 0; k < n; k++)
        out[k] = best + local[k] - top;
}

void rank_all(const struct rank_ia *ias, size_t n, size_t terms_n, const struct rank_pool *pool, enum rank_mode mode,
              struct arena *a, double *const *out_score)
{
    double **b = ARENA_ARRAY(a, double *, n + 1), **c = ARENA_ARRAY(a, double *, n + 1),
           **u = ARENA_ARRAY(a, double *, n + 1);
    double *best = row_new(a, n);
    struct spread sb = {0}, sc = {0};
    size_t *place;

    for (size_t i = 0; i < n; i++) {
        b[i] = mode == RANK_VECTOR ? NULL : bm25_make(&ias[i], terms_n, pool, a).score;
        if (mode == RANK_LEXICAL || !cosine_make(&ias[i], a, &c[i]))
            c[i] = NULL;
        if (b[i])
            spread_add(&sb, b[i], ias[i].n);
        if (c[i])
            spread_add(&sc, c[i], ias[i].n);
    }
    for (size_t i = 0; i < n; i++) {
        u[i] = own_evidence(b[i], c[i], ias[i].n, &sb, &sc, a);
        best[i] = whole_evidence(u[i], b[i], c[i], ias[i].n, &sb, &sc);
    }
    place = rank_of(best, n, a);
    for (size_t i = 0; i < n; i++) {
        bool near = place[i] < RANK_INTERACTIONS;
        scores_place(best[i], near ? score_one(&ias[i], terms_n, mode, a) : u[i], ias[i].n, out_score[i]);
    }
}
