/* test/eval/stateval.c - statistics of interactions, for test/stats/: reads our own JSON, one interaction a line, and prints
 * one line of rows for each, in the shape of `harken insights --json`. Context of a line: "spm_before", "objections" and "lsm". */
#include <stdio.h>
#include <stdlib.h>

#include "insight/statistics.h"
#include "text/lang.h"
#include "vault/seal.h"

static void row_write(const struct record_stat *r, struct jw *w)
{
    char hex[2 * SHA256_BYTES + 1];

    hex_put(r->inputs_hash, SHA256_BYTES, hex);
    jw_obj(w);
    jw_kstr(w, "id", r->id);
    r->speaker.n ? jw_kstr(w, "speaker", r->speaker) : jw_knull(w, "speaker");
    r->of.n ? jw_kstr(w, "of", r->of) : jw_knull(w, "of");
    r->has_value ? jw_kreal(w, "value", r->value) : jw_knull(w, "value");
    jw_kstr(w, "unit", r->unit);
    r->has_n ? jw_ki64(w, "n", r->n) : jw_knull(w, "n");
    r->reason.n ? jw_kstr(w, "reason", r->reason) : jw_knull(w, "reason");
    jw_ki64(w, "definition_version", r->definition_version);
    jw_kstr(w, "inputs_hash", str_of(hex));
    jw_karr(w, "spans");
    for (size_t i = 0; i < r->spans_n; i++) {
        jw_arr(w);
        jw_i64(w, r->spans[i].turn);
        jw_i64(w, r->spans[i].start);
        jw_i64(w, r->spans[i].end);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

static bool line_run(str line, struct arena *a, struct buf *b, struct err *e)
{
    struct json_doc *d = NULL;
    struct statistics_context c = {0};
    struct interaction ia;
    struct record_stat *rows;
    struct json_it it;
    struct jw w;
    size_t n;
    double *spm;

    if (json_parse(line, &d, e))
        return false;
    if (ia_json_read(json_root(d), a, &ia, e)) {
        json_free(d);
        return false;
    }
    const struct json *before = json_get(json_root(d), "spm_before");
    spm = ARENA_ARRAY(a, double, json_len(before) + 1);
    for (json_it_init(&it, before); json_it_next(&it);)
        spm[c.spm_before_n++] = json_real(it.val, 0);
    c.spm_before = spm;
    const struct json *objections = json_get(json_root(d), "objections");
    size_t *turns = ARENA_ARRAY(a, size_t, json_len(objections) + 1);
    for (json_it_init(&it, objections); json_it_next(&it);)
        turns[c.objections_n++] = (size_t)json_i64(it.val, 0);
    c.objections = turns;
    c.lsm = json_bool(json_get(json_root(d), "lsm"), false);
    statistics_compute(&ia, &c, a, &rows, &n);
    jw_init(&w, b);
    jw_arr(&w);
    for (size_t i = 0; i < n; i++)
        row_write(&rows[i], &w);
    jw_end(&w);
    json_free(d);
    return true;
}

int main(void)
{
    struct arena *a = arena_new("stateval");
    size_t cap = 0;
    char *line = NULL;
    ssize_t n;

    while ((n = getline(&line, &cap, stdin)) > 0) {
        struct err e = {0};
        struct buf b;
        buf_init(&b, 256 << 20);
        if (!line_run(str_trim(str_n(line, (size_t)n)), a, &b, &e)) {
            fprintf(stderr, "stateval: %s\n", e.msg);
            return 1;
        }
        printf("%.*s\n", STR_ARG(buf_view(&b)));
        buf_done(&b);
        arena_reset(a);
    }
    free(line);
    arena_free(a);
    return 0;
}
