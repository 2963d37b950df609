/* usage: index_bench CHUNKS [QUERIES [DUMP]]
 *
 * The chunk index by itself, without store or model: synthetic interactions of CHUNKS_A_DOC chunks, words drawn by Zipf's law,
 * vectors in clusters. Prints one JSON object a line: how long it took to build, what it holds, and the latency of queries
 * with all, 10 %, 1 % and 0.1 % of the interactions allowed, with recall@10 against an exact float search made here while
 * the vectors are generated. With DUMP, prints every hit instead, to compare two versions of the index. */
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/metrics.h"
#include "base/clock.h"
#include "base/thread.h"
#include "search/index.h"

enum {
    DIM = 384,
    CHUNKS_A_DOC = 20,
    WORDS = 100,
    VOCABULARY = 200000,
    STOP = 100,
    CLUSTERS = 2000,
    TOP = 10,
    QUERIES_MAX = 400
};
enum { SHARES = 4, QUERY_TERMS = 5, BUILDERS_MAX = 8 };
static const uint32_t share_every[SHARES] = {1, 10, 100, 1000};
static const char *const share_name[SHARES] = {"100", "10", "1", "0.1"};

struct top {
    float score[TOP];
    uint64_t key[TOP]; /* doc * CHUNKS_A_DOC + chunk */
    size_t n;
};

struct bench {
    struct index *ix;
    uint32_t docs;
    float *centre; /* CLUSTERS rows */
    size_t queries;
    float *qvec;
    str *qtext;
    atomic_uint next_doc;
};

struct builder {
    struct bench *b;
    struct thread t;
    struct top *top; /* SHARES rows of `queries` */
};

static uint64_t mix(uint64_t *s)
{
    uint64_t z = (*s += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Nearly normal: the sum of four bytes, twice a draw. */
static void normals(uint64_t *s, float *out, size_t n)
{
    for (size_t i = 0; i + 2 <= n; i += 2) {
        uint64_t r = mix(s);
        for (size_t k = 0; k < 2; k++, r >>= 32)
            out[i + k] = ((float)((r & 255) + (r >> 8 & 255) + (r >> 16 & 255) + (r >> 24 & 255)) - 510) / 147.8f;
    }
}

static void unit(float *v)
{
    float sum = 0;

    for (size_t i = 0; i < DIM; i++)
        sum += v[i] * v[i];
    for (size_t i = 0; i < DIM; i++)
        v[i] /= sqrtf(sum);
}

static void vector_make(const struct bench *b, uint64_t *s, uint32_t cluster, float noise, float *out)
{
    const float *c = b->centre + (size_t)cluster * DIM;

    normals(s, out, DIM);
    for (size_t i = 0; i < DIM; i++)
        out[i] = c[i] + noise * out[i];
    unit(out);
}

/* Word number by Zipf's law with exponent 1, spelt with consonants and vowels in turn. */
static uint32_t zipf(uint64_t *s)
{
    return (uint32_t)exp((double)(mix(s) >> 11) * 0x1p-53 * log(VOCABULARY));
}

static size_t word_put(char *p, uint32_t no)
{
    static const char consonants[] = "bdfgklmnprtvz", vowels[] = "aou";
    size_t n = 0;

    for (; no || n < 2; no /= 39) {
        p[n++] = consonants[no % 13];
        p[n++] = vowels[no / 13 % 3];
    }
    p[n++] = ' ';
    return n;
}

static uint64_t doc_seed(uint32_t doc)
{
    return ((uint64_t)doc + 1) * 0x2545f4914f6cdd1du;
}

static struct id doc_id(uint32_t doc)
{
    struct id id = {{0}};

    for (size_t i = 0; i < 4; i++)
        id.b[15 - i] = (uint8_t)(doc >> (8 * i));
    id.b[0] = 1;
    return id;
}

static uint32_t doc_of(struct id id)
{
    return (uint32_t)id.b[12] << 24 | (uint32_t)id.b[13] << 16 | (uint32_t)id.b[14] << 8 | id.b[15];
}

/* The vectors of one interaction: three subjects, most chunks stay with the subject of the one before. */
static void doc_vectors(const struct bench *b, uint32_t doc, float *out)
{
    uint64_t s = doc_seed(doc);
    uint32_t subject[3], at = 0;

    for (size_t i = 0; i < 3; i++)
        subject[i] = (uint32_t)(mix(&s) % CLUSTERS);
    for (size_t i = 0; i < CHUNKS_A_DOC; i++) {
        if (mix(&s) % 7 == 0)
            at = (at + 1) % 3;
        vector_make(b, &s, subject[at], 0.9f, out + i * DIM);
    }
}

static void doc_put(struct bench *b, uint32_t doc, const float *vecs, struct arena *a)
{
    uint64_t s = ~doc_seed(doc);
    struct index_chunk chunks[CHUNKS_A_DOC];
    struct ia_span spans[CHUNKS_A_DOC];
    struct id persons[SHARES];
    struct index_source source = {str_fmt(a, "/calls/%u/%u.vtt", doc % 997, doc), STR_NULL};
    struct index_doc d = {.interaction = doc_id(doc),
                          .kind = IA_CALL,
                          .started_at_ms = 1700000000000 + doc,
                          .language = STR("en"),
                          .sources = &source,
                          .sources_n = 1,
                          .chunks = chunks,
                          .chunks_n = CHUNKS_A_DOC};

    source.path = source.given;
    for (uint32_t i = 1; i < SHARES; i++)
        if (doc % share_every[i] == 0)
            persons[d.persons_n++] = doc_id(i);
    d.persons = persons;
    for (size_t i = 0; i < CHUNKS_A_DOC; i++) {
        char *p = arena_alloc(a, WORDS * 16);
        size_t n = 0;
        for (size_t w = 0; w < WORDS; w++)
            n += word_put(p + n, zipf(&s));
        spans[i] = (struct ia_span){.turn = (uint32_t)i, .start = 0, .end = (uint32_t)n};
        chunks[i] = (struct index_chunk){.spans = &spans[i], .spans_n = 1, .text = str_n(p, n)};
    }
    index_put(b->ix, &d);
    index_vectors_put(b->ix, d.interaction, vecs, CHUNKS_A_DOC);
}

static void top_add(struct top *t, uint64_t key, float score)
{
    size_t i;

    if (t->n == TOP && score <= t->score[TOP - 1])
        return;
    i = t->n < TOP ? t->n++ : TOP - 1;
    for (; i && t->score[i - 1] < score; i--) {
        t->score[i] = t->score[i - 1];
        t->key[i] = t->key[i - 1];
    }
    t->score[i] = score;
    t->key[i] = key;
}

static float dot(const float *x, const float *y)
{
    float s[16] = {0}, sum = 0;

    for (size_t i = 0; i < DIM; i += 16)
        for (size_t k = 0; k < 16; k++)
            s[k] += x[i + k] * y[i + k];
    for (size_t k = 0; k < 16; k++)
        sum += s[k];
    return sum;
}

static void build_run(void *arg)
{
    struct builder *w = arg;
    struct bench *b = w->b;
    struct arena *a = arena_new("bench.build");
    float *vecs = malloc(sizeof(float) * DIM * CHUNKS_A_DOC);
    uint32_t doc;

    while (vecs && (doc = atomic_fetch_add(&b->next_doc, 1)) < b->docs) {
        doc_vectors(b, doc, vecs);
        doc_put(b, doc, vecs, a);
        for (size_t q = 0; q < b->queries; q++)
            for (size_t i = 0; i < CHUNKS_A_DOC; i++) {
                float score = dot(vecs + i * DIM, b->qvec + q * DIM);
                for (size_t k = 0; k < SHARES && doc % share_every[k] == 0; k++)
                    top_add(&w->top[k * b->queries + q], (uint64_t)doc * CHUNKS_A_DOC + i, score);
            }
        arena_reset(a);
    }
    free(vecs);
    arena_free(a);
}

/* A query is near a chunk that exists, and has five words that are neither the most common nor all rare. */
static void queries_make(struct bench *b, struct arena *a)
{
    uint64_t s = 42;
    float vecs[CHUNKS_A_DOC * DIM];

    b->qvec = ARENA_ARRAY(a, float, b->queries *DIM);
    b->qtext = ARENA_ARRAY(a, str, b->queries);
    for (size_t q = 0; q < b->queries; q++) {
        float *v = b->qvec + q * DIM;
        char *p = arena_alloc(a, QUERY_TERMS * 16);
        size_t n = 0;
        doc_vectors(b, (uint32_t)(mix(&s) % b->docs), vecs);
        normals(&s, v, DIM);
        for (size_t i = 0; i < DIM; i++)
            v[i] = v[i] * 0.035f + vecs[(q % CHUNKS_A_DOC) * DIM + i];
        unit(v);
        for (size_t i = 0; i < QUERY_TERMS;) {
            uint32_t no = zipf(&s);
            if (no >= STOP) {
                n += word_put(p + n, no);
                i++;
            }
        }
        b->qtext[q] = str_n(p, n);
    }
}

static int by_size(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;

    return (a > b) - (a < b);
}

/* Sees everything, or what the person of the share takes part in. */
static const struct reader *reader_of(size_t share)
{
    static struct id who[SHARES];
    static struct reader readers[SHARES];

    who[share] = doc_id((uint32_t)share);
    readers[share] = share ? (struct reader){.reach = REACH_OWN, .people = {&who[share], 1}} : reader_all;
    return &readers[share];
}

static struct index_query query_of(const struct bench *b, size_t q, size_t share, enum index_mode mode)
{
    return (struct index_query){.text = b->qtext[q],
                                .vec = mode == INDEX_LEXICAL ? NULL : b->qvec + q * DIM,
                                .mode = mode,
                                .limit = TOP,
                                .filter = {.reader = reader_of(share), .from_ms = CLOCK_NONE, .to_ms = CLOCK_NONE}};
}

static void times_print(const char *what, const struct bench *b, size_t share, double *ms, double recall)
{
    qsort(ms, b->queries, sizeof *ms, by_size);
    printf("{\"what\":\"%s\",\"chunks\":%u,\"allowed_percent\":%s,\"p50_ms\":%.4f,\"p99_ms\":%.4f", what,
           b->docs * CHUNKS_A_DOC, share_name[share], ms[b->queries / 2], ms[b->queries * 99 / 100]);
    if (recall >= 0)
        printf(",\"recall10\":%.4f", recall);
    printf("}\n");
    fflush(stdout);
}

static void modes_measure(const struct bench *b, size_t share)
{
    static const char *const names[] = {
        [INDEX_FUSED] = "fused", [INDEX_LEXICAL] = "lexical", [INDEX_VECTOR] = "vector"};
    struct arena *a = arena_new("bench.query");
    double ms[QUERIES_MAX];

    for (enum index_mode mode = INDEX_FUSED; mode <= INDEX_VECTOR; mode++) {
        for (size_t q = 0; q < b->queries; q++) {
            struct index_query iq = query_of(b, q, share, mode);
            struct index_hit *hits;
            size_t n;
            struct err e;
            int64_t at = clock_mono_us();
            if (index_query(b->ix, &iq, a, &hits, &n, &e))
                exit(1);
            ms[q] = (double)(clock_mono_us() - at) / 1000;
            arena_reset(a);
        }
        times_print(names[mode], b, share, ms, -1);
    }
    arena_free(a);
}

static void nearest_measure(const struct bench *b, size_t share, const struct top *want)
{
    struct arena *a = arena_new("bench.query");
    double ms[QUERIES_MAX];
    size_t found = 0, wanted = 0;

    for (size_t q = 0; q < b->queries; q++) {
        struct index_query iq = query_of(b, q, share, INDEX_VECTOR);
        struct index_near *near;
        size_t n;
        int64_t at = clock_mono_us();
        index_nearest(b->ix, iq.vec, &iq.filter, TOP, a, &near, &n);
        ms[q] = (double)(clock_mono_us() - at) / 1000;
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < want[q].n; k++)
                found += want[q].key[k] == (uint64_t)doc_of(near[i].interaction) * CHUNKS_A_DOC + near[i].chunk;
        wanted += want[q].n;
        arena_reset(a);
    }
    times_print("nearest", b, share, ms, wanted ? (double)found / (double)wanted : 1);
    arena_free(a);
}

static void hits_dump(const struct bench *b)
{
    struct arena *a = arena_new("bench.query");

    for (size_t share = 0; share < SHARES; share++)
        for (enum index_mode mode = INDEX_FUSED; mode <= INDEX_VECTOR; mode++)
            for (size_t q = 0; q < b->queries; q++) {
                struct index_query iq = query_of(b, q, share, mode);
                struct index_hit *hits;
                size_t n;
                struct err e;
                if (index_query(b->ix, &iq, a, &hits, &n, &e))
                    exit(1);
                for (size_t i = 0; i < n; i++)
                    printf("%zu %d %zu %u.%u %.4f %.4f %.4f\n", share, mode, q, doc_of(hits[i].interaction),
                           hits[i].chunk, hits[i].score, hits[i].lexical, hits[i].cosine);
                arena_reset(a);
            }
    arena_free(a);
}

static double resident_mb(void)
{
    return (double)metrics_resident_bytes() / 1e6;
}

static void build(struct bench *b, struct top *top, int builders, struct arena *a)
{
    struct builder w[BUILDERS_MAX];
    double before = resident_mb();
    int64_t at = clock_mono_us();
    struct index_stats st;
    struct err e;
    double s;

    for (int i = 0; i < builders; i++) {
        w[i] = (struct builder){.b = b, .top = ARENA_ARRAY(a, struct top, SHARES * b->queries)};
        if (thread_start(&w[i].t, "build", build_run, &w[i], &e))
            exit(1);
    }
    for (int i = 0; i < builders; i++) {
        thread_join(&w[i].t);
        for (size_t k = 0; k < SHARES * b->queries; k++)
            for (size_t n = 0; n < w[i].top[k].n; n++)
                top_add(&top[k], w[i].top[k].key[n], w[i].top[k].score[n]);
    }
    s = (double)(clock_mono_us() - at) / 1e6;
    index_stats_get(b->ix, &st);
    fprintf(stderr, "index_bench: %zu chunks built in %.1f s\n", st.chunks, s);
    printf("{\"what\":\"build\",\"chunks\":%zu,\"seconds\":%.2f,\"terms\":%zu,\"postings\":%zu,\"index_bytes\":%zu,"
           "\"resident_mb\":%.1f}\n",
           st.chunks, s, st.terms, st.postings, st.bytes, resident_mb() - before);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new("bench");
    struct bench b = {.queries = 100};
    int64_t chunks = 0, queries = 100;
    uint64_t seed = 7;
    struct top *top;

    if (argc < 2 || !str_to_i64(str_of(argv[1]), &chunks) || chunks < CHUNKS_A_DOC || chunks > 20000000 ||
        (argc > 2 && (!str_to_i64(str_of(argv[2]), &queries) || queries < 1 || queries > QUERIES_MAX))) {
        fprintf(stderr, "usage: index_bench CHUNKS [QUERIES [DUMP]]\n");
        return 2;
    }
    b.docs = (uint32_t)(chunks / CHUNKS_A_DOC);
    b.queries = (size_t)queries;
    b.ix = index_new(DIM);
    b.centre = ARENA_ARRAY(a, float, (size_t)CLUSTERS *DIM);
    normals(&seed, b.centre, (size_t)CLUSTERS * DIM);
    queries_make(&b, a);
    top = ARENA_ARRAY(a, struct top, SHARES * b.queries);
    build(&b, top, argc > 3 ? 1 : thread_cores() < BUILDERS_MAX ? thread_cores() : BUILDERS_MAX, a);
    if (argc > 3)
        hits_dump(&b);
    else
        for (size_t share = 0; share < SHARES; share++) {
            modes_measure(&b, share);
            nearest_measure(&b, share, top + share * b.queries);
        }
    index_free(b.ix);
    arena_free(a);
    return 0;
}
