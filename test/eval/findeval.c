/* test/eval/findeval.c - findings of interactions, for test/eval and test/cases: reads our own JSON, one interaction a line,
 * and prints one line {"findings":[...]} for each, in the shape of `harken insights --json`. With --time also how long; with --weigh
 * one line {"sentences":[{"turn","start","end","quote","words","features"}]} instead, for tools/text/weigh_words.py. */
#include <stdio.h>
#include <stdlib.h>

#include "insight/weigh.h"
#include "text/lang.h"

static int64_t spent_us, bytes;

static void language_set(struct interaction *ia, struct arena *a)
{
    str *parts = ARENA_ARRAY(a, str, ia->turns_n + 1);

    for (size_t i = 0; i < ia->turns_n; i++) {
        parts[i] = ia->turns[i].text;
        bytes += (int64_t)ia->turns[i].text.n;
    }
    if (!ia->language.n)
        ia->language = str_dup(a, str_of(lang_detect_parts(parts, ia->turns_n).tag));
}

static void findings_write(const struct interaction *ia, struct arena *a, struct jw *w)
{
    struct findings_context c = {0};
    struct record_finding *f;
    int64_t start = clock_mono_us();
    size_t n;

    findings_make(ia, &c, a, &f, &n);
    spent_us += clock_mono_us() - start;
    jw_karr(w, "findings");
    for (size_t i = 0; i < n; i++)
        finding_json(&f[i], ia, a, w);
    jw_end(w);
}

static void sentence_write(const struct weighing *g, size_t i, struct jw *w)
{
    const struct sentence *s = &g->d->s[i];
    struct ia_span span[SENTENCE_SPANS_MAX];
    size_t n = sentence_spans(g->d, s, 0, s->words_n, span);
    str quote = STR(""), words = STR("");

    for (size_t k = 0; k < n; k++)
        quote = str_fmt(g->a, "%.*s %.*s", STR_ARG(quote),
                        STR_ARG(str_sub(g->d->ia->turns[span[k].turn].text, span[k].start, span[k].end)));
    for (size_t k = 0; k < s->words_n; k++)
        words = str_fmt(g->a, "%.*s %.*s", STR_ARG(words), STR_ARG(s->token[k]));
    jw_obj(w);
    jw_ki64(w, "turn", s->turn);
    jw_ki64(w, "start", s->start);
    jw_ki64(w, "end", s->end);
    jw_kstr(w, "quote", quote);
    jw_kstr(w, "words", words);
    jw_karr(w, "features");
    for (size_t k = 0; k < WEIGH_FEATURES; k++)
        jw_real(w, (double)g->feature[i][k]);
    jw_end(w);
    jw_end(w);
}

static void weighing_write(const struct interaction *ia, struct arena *a, struct jw *w)
{
    const struct weighing *g = findings_weigh(ia, a);

    jw_karr(w, "names");
    for (size_t k = 0; k < WEIGH_FEATURES; k++)
        jw_str(w, str_of(weigh_names[k]));
    jw_end(w);
    jw_karr(w, "sentences");
    for (size_t i = 0; g && i < g->d->n; i++)
        sentence_write(g, i, w);
    jw_end(w);
}

static bool line_run(str line, bool weigh, struct arena *a, struct buf *b, struct err *e)
{
    struct json_doc *d = NULL;
    struct interaction ia;
    struct jw w;

    if (json_parse(line, &d, e))
        return false;
    if (ia_json_read(json_root(d), a, &ia, e)) {
        json_free(d);
        return false;
    }
    ia.language = str_dup(a, json_str(json_get(json_root(d), "language"), STR("")));
    language_set(&ia, a);
    jw_init(&w, b);
    jw_obj(&w);
    (weigh ? weighing_write : findings_write)(&ia, a, &w);
    jw_end(&w);
    json_free(d);
    return true;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new("findeval");
    size_t cap = 0;
    char *line = NULL;
    bool weigh = argc > 1 && strcmp(argv[1], "--weigh") == 0;
    ssize_t n;

    while ((n = getline(&line, &cap, stdin)) > 0) {
        struct err e = {0};
        struct buf b;
        buf_init(&b, 256 << 20);
        if (!line_run(str_trim(str_n(line, (size_t)n)), weigh, a, &b, &e)) {
            fprintf(stderr, "findeval: %s\n", e.msg);
            return 1;
        }
        printf("%.*s\n", STR_ARG(buf_view(&b)));
        buf_done(&b);
        arena_reset(a);
    }
    if (argc > 1 && strcmp(argv[1], "--time") == 0)
        fprintf(stderr, "%.3f MB of text in %.3f s: %.1f MB/s\n", (double)bytes / 1e6, (double)spent_us / 1e6,
                (double)bytes / (double)(spent_us ? spent_us : 1));
    free(line);
    arena_free(a);
    return 0;
}
