/* test/eval/trackereval.c - trackers by examples against labels, for test/eval/trackers_score.py.
 *
 *   harken_trackereval HARKEN MODEL.gguf EXAMPLES,... REPEATS <LINES      a line: labels separated by commas, a tab, the text
 *
 * For each label with enough lines and each repeat: EXAMPLES lines with it and as many without are drawn (SplitMix64, seed 1),
 * 400 more without their labels, and all the rest is scored. Prints one line {"label","f1","centroid","keyword","n","ece","share"} for
 * each: ece is the calibration error of the confidences, share how many of the scored are wanted. */
#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "base/json.h"
#include "engine/embed.h"
#include "insight/tracker.h"
#include "text/lists.h"
#include "text/words.h"

enum { LINES_MAX = 20000, LABELS_MAX = 64, BATCH = 64, LABEL_LINES_MIN = 60, BACKGROUND = 400 };

struct data {
    str label[LINES_MAX], text[LINES_MAX];
    float *vec;
    size_t n, dim;
    str labels[LABELS_MAX];
    size_t labels_n;
    struct arena *a;
};

static uint64_t state = 1;

static uint64_t next(void)
{
    uint64_t z = (state += 0x9E3779B97F4A7C15u);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static bool has(const struct data *d, size_t i, str label)
{
    str rest = d->label[i];

    while (rest.n)
        if (str_eq(str_trim(str_cut(rest, ',', &rest)), label))
            return true;
    return false;
}

static void labels_find(struct data *d)
{
    for (size_t i = 0; i < d->n; i++) {
        str rest = d->label[i];
        while (rest.n) {
            str one = str_trim(str_cut(rest, ',', &rest));
            size_t k = 0;
            while (k < d->labels_n && !str_eq(d->labels[k], one))
                k++;
            if (k == d->labels_n && k < LABELS_MAX && one.n)
                d->labels[d->labels_n++] = one;
        }
    }
}

static enum err_code vectors_make(struct data *d, const char *exe, const char *model, struct err *e)
{
    struct embedder *em;

    if (embedder_start(&(struct embed_config){.exe = exe, .model = model, .sandbox = true}, &em, e))
        return e->code;
    d->dim = (size_t)embedder_info(em)->dim;
    d->vec = ARENA_ARRAY(d->a, float, d->n * d->dim + 1);
    for (size_t i = 0; i < d->n; i += BATCH) {
        size_t n = d->n - i < BATCH ? d->n - i : BATCH;
        struct arena *one = arena_new("batch");
        float *out;
        if (embed_texts(em, EMBED_BULK, d->text + i, n, 120000, one, &out, NULL, e))
            return e->code;
        memcpy(d->vec + i * d->dim, out, n * d->dim * sizeof *out);
        arena_free(one);
    }
    embedder_stop(em);
    return ERR_OK;
}

struct counts {
    size_t found, right, wanted;
};

static double f1(struct counts c)
{
    return c.found + c.wanted ? 2.0 * (double)c.right / (double)(c.found + c.wanted) : 0;
}

static void count(struct counts *c, bool says, bool is)
{
    c->found += says;
    c->right += says && is;
    c->wanted += is;
}

/* Calibration in ten bins of equal width. */
struct bins {
    double sure[10], wanted[10];
    size_t n;
};

static void bin_add(struct bins *b, double confidence, bool is)
{
    size_t i = confidence >= 1 ? 9 : (size_t)(confidence * 10);

    b->sure[i] += confidence;
    b->wanted[i] += is;
    b->n++;
}

static double bins_error(const struct bins *b)
{
    double sum = 0;

    for (size_t i = 0; i < 10; i++)
        sum += b->sure[i] > b->wanted[i] ? b->sure[i] - b->wanted[i] : b->wanted[i] - b->sure[i];
    return b->n ? sum / (double)b->n : 0;
}

static void rows_copy(const struct data *d, const size_t *at, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++)
        memcpy(out + i * d->dim, d->vec + at[i] * d->dim, d->dim * sizeof *out);
}

static float cosine_sum(const float *rows, size_t n, const float *x, size_t dim)
{
    float sum = 0, norm = 0;

    for (size_t i = 0; i < dim; i++) {
        float c = 0;
        for (size_t r = 0; r < n; r++)
            c += rows[r * dim + i];
        sum += c * x[i];
        norm += c * c;
    }
    return norm > 0 ? sum / __builtin_sqrtf(norm) : 0;
}

/* A content word of a wanted example that stands in no unwanted one. */
static bool keyword_says(const struct data *d, const size_t *yes, const size_t *no, size_t n, str text)
{
    struct arena *a = arena_new("words");
    struct words w = words_split(text, a);
    bool says = false;

    for (size_t i = 0; i < w.n && !says; i++) {
        size_t in = 0, out = 0;
        if (list_value(list_get("stop.en"), w.token[i]) || w.token[i].n < 3)
            continue;
        for (size_t k = 0; k < n; k++) {
            in += str_find_nocase(d->text[yes[k]], w.token[i], 0) != SIZE_MAX;
            out += str_find_nocase(d->text[no[k]], w.token[i], 0) != SIZE_MAX;
        }
        says = in >= 1 && out == 0;
    }
    arena_free(a);
    return says;
}

static bool draw(const struct data *d, bool *taken, str label, int wanted, size_t n, size_t *out)
{
    size_t tries = 0;

    for (size_t k = 0; k < n; tries++) {
        size_t i = next() % d->n;
        if (tries > 1000000)
            return false;
        if (taken[i] || (wanted >= 0 && has(d, i, label) != (wanted == 1)))
            continue;
        taken[i] = true;
        out[k++] = i;
    }
    return true;
}

static void label_run(struct data *d, str label, size_t k, size_t repeats)
{
    double sum[3] = {0}, error = 0, share = 0;
    size_t runs = 0, lines = 0;

    for (size_t i = 0; i < d->n; i++)
        lines += has(d, i, label);
    for (size_t r = 0; lines >= LABEL_LINES_MIN && r < repeats; r++) {
        struct arena *a = arena_new("run");
        bool *taken = ARENA_ARRAY(a, bool, d->n + 1);
        size_t *yes = ARENA_ARRAY(a, size_t, k), *no = ARENA_ARRAY(a, size_t, k),
               *back = ARENA_ARRAY(a, size_t, BACKGROUND);
        float *y = ARENA_ARRAY(a, float, k * d->dim), *x = ARENA_ARRAY(a, float, k * d->dim);
        float *b = ARENA_ARRAY(a, float, BACKGROUND * d->dim);
        struct counts c[3] = {0};
        struct bins bins = {0};
        struct tracker_head h;
        struct err e;
        if (!draw(d, taken, label, 1, k, yes) || !draw(d, taken, label, 0, k, no) ||
            !draw(d, taken, label, -1, BACKGROUND, back)) {
            arena_free(a);
            continue;
        }
        rows_copy(d, yes, k, y);
        rows_copy(d, no, k, x);
        rows_copy(d, back, BACKGROUND, b);
        if (tracker_train(y, k, x, k, b, BACKGROUND, d->dim, a, &h, &e))
            exit(1);
        for (size_t i = 0; i < d->n; i++) {
            const float *v = d->vec + i * d->dim;
            bool is = has(d, i, label);
            if (taken[i])
                continue;
            count(&c[0], tracker_matches(&h, v), is);
            bin_add(&bins, tracker_confidence(&h, v), is);
            count(&c[1], cosine_sum(y, k, v, d->dim) > cosine_sum(x, k, v, d->dim), is);
            count(&c[2], keyword_says(d, yes, no, k, d->text[i]), is);
        }
        for (size_t i = 0; i < 3; i++)
            sum[i] += f1(c[i]);
        error += bins_error(&bins);
        share += (double)c[0].wanted / (double)bins.n;
        runs++;
        arena_free(a);
    }
    if (runs)
        printf("{\"k\":%zu,\"label\":\"%.*s\",\"f1\":%.6f,\"centroid\":%.6f,\"keyword\":%.6f,\"n\":%zu,"
               "\"ece\":%.6f,\"share\":%.6f}\n",
               k, STR_ARG(label), sum[0] / (double)runs, sum[1] / (double)runs, sum[2] / (double)runs, lines,
               error / (double)runs, share / (double)runs);
}

int main(int argc, char **argv)
{
    static struct data d;
    int64_t k = 0, repeats = 0;
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    struct err e;

    d.a = arena_new("trackereval");
    if (argc != 5 || !str_to_i64(str_of(argv[4]), &repeats))
        return 2;
    while (d.n < LINES_MAX && (n = getline(&line, &cap, stdin)) > 0) {
        str rest, label = str_cut(str_dup(d.a, str_trim_end(str_n(line, (size_t)n))), '\t', &rest);
        if (!rest.n)
            continue;
        d.label[d.n] = label;
        d.text[d.n++] = rest;
    }
    free(line);
    labels_find(&d);
    if (vectors_make(&d, argv[1], argv[2], &e)) {
        fprintf(stderr, "trackereval: %s\n", e.msg);
        return 1;
    }
    for (str rest = str_of(argv[3]); rest.n;)
        if (str_to_i64(str_cut(rest, ',', &rest), &k) && k >= 1 && k <= 400)
            for (size_t i = 0; i < d.labels_n; i++)
                label_run(&d, d.labels[i], (size_t)k, (size_t)repeats);
    arena_free(d.a);
    return 0;
}
