/* test/eval/findeval.c - findings of interactions, for test/eval and test/cases: reads our own JSON, one interaction a line,
 * and prints one line {"findings":[...]} for each, in the shape of `harken insights --json`. With --time also how long. */
#include <stdio.h>
#include <stdlib.h>

#include "insight/findings.h"
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

static bool line_run(str line, struct arena *a, struct buf *b, struct err *e)
{
    struct findings_context c = {0};
    struct json_doc *d = NULL;
    struct record_finding *f;
    struct interaction ia;
    int64_t start;
    struct jw w;
    size_t n;

    if (json_parse(line, &d, e))
        return false;
    if (ia_json_read(json_root(d), a, &ia, e)) {
        json_free(d);
        return false;
    }
    ia.language = str_dup(a, json_str(json_get(json_root(d), "language"), STR("")));
    language_set(&ia, a);
    start = clock_mono_us();
    findings_make(&ia, &c, a, &f, &n);
    spent_us += clock_mono_us() - start;
    jw_init(&w, b);
    jw_obj(&w);
    jw_karr(&w, "findings");
    for (size_t i = 0; i < n; i++)
        finding_json(&f[i], &ia, a, &w);
    jw_end(&w);
    jw_end(&w);
    json_free(d);
    return true;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new("findeval");
    size_t cap = 0;
    char *line = NULL;
    ssize_t n;

    while ((n = getline(&line, &cap, stdin)) > 0) {
        struct err e = {0};
        struct buf b;
        buf_init(&b, 256 << 20);
        if (!line_run(str_trim(str_n(line, (size_t)n)), a, &b, &e)) {
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
