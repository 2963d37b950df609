/* test/eval/coacheval.c - figures of reps from items as JSON, without a database.
 *
 * usage: harken_coacheval FILE
 * FILE: {"from", "to", "as_of" in ms, "reps": [n], "items": [{"def", "part", "rep", "source", "at", "value", "weight"}],
 * "ratings": [{"form", "call", "rep", "rater", "question", "value", "model", "at"}]}; people, calls and forms are numbers.
 * Prints one JSON line a figure, then one a test. */
#include <stdio.h>
#include <stdlib.h>

#include "analytics/coaching.h"
#include "base/fs.h"

static struct id id_of(int64_t n)
{
    struct id id = {{0}};

    id.b[0] = 1;
    for (int i = 0; i < 8; i++)
        id.b[15 - i] = (uint8_t)(n >> (8 * i));
    return id;
}

static int64_t number_of(struct id id)
{
    int64_t n = 0;

    for (int i = 8; i < 16; i++)
        n = n << 8 | id.b[i];
    return id_is_nil(id) ? -1 : n;
}

static int64_t num(const struct json *v, const char *key)
{
    return json_i64(json_get(v, key), 0);
}

static void input_read(const struct json *root, struct arena *a, struct coach_input *in)
{
    const struct json *reps = json_get(root, "reps"), *items = json_get(root, "items"),
                      *ratings = json_get(root, "ratings");
    struct id *rep = ARENA_ARRAY(a, struct id, json_len(reps) + 1);
    struct coach_item *item = ARENA_ARRAY(a, struct coach_item, json_len(items) + 1);
    struct coach_rating *rating = ARENA_ARRAY(a, struct coach_rating, json_len(ratings) + 1);
    struct json_it it;

    *in = (struct coach_input){.reps = rep,
                               .items = item,
                               .ratings = rating,
                               .from_ms = num(root, "from"),
                               .to_ms = num(root, "to"),
                               .as_of = num(root, "as_of")};
    for (json_it_init(&it, reps); json_it_next(&it);)
        rep[in->reps_n++] = id_of(json_i64(it.val, 0));
    for (json_it_init(&it, items); json_it_next(&it);) {
        str part = json_str(json_get(it.val, "part"), STR(""));
        item[in->items_n++] = (struct coach_item){coach_def_find(json_str(json_get(it.val, "def"), STR(""))),
                                                  part.n ? str_cz(a, part) : NULL,
                                                  id_of(num(it.val, "rep")),
                                                  id_of(num(it.val, "source")),
                                                  num(it.val, "at"),
                                                  json_real(json_get(it.val, "value"), 0),
                                                  json_real(json_get(it.val, "weight"), 0)};
    }
    for (json_it_init(&it, ratings); json_it_next(&it);)
        rating[in->ratings_n++] = (struct coach_rating){.form = id_of(num(it.val, "form")),
                                                        .call = id_of(num(it.val, "call")),
                                                        .rep = id_of(num(it.val, "rep")),
                                                        .rater = id_of(num(it.val, "rater")),
                                                        .question = (int)num(it.val, "question"),
                                                        .value = (int)num(it.val, "value"),
                                                        .model = json_bool(json_get(it.val, "model"), false),
                                                        .at_ms = num(it.val, "at")};
}

static void optional(struct jw *w, const char *key, bool there, double x)
{
    if (there)
        jw_kreal(w, key, x);
    else
        jw_knull(w, key);
}

static void figure_write(const struct coach_figure *f, struct jw *w)
{
    jw_obj(w);
    jw_kstr(w, "id", str_of(f->id));
    jw_kstr(w, "part", str_of(f->part));
    jw_ki64(w, "rep", number_of(f->rep));
    optional(w, "value", f->has_value, f->value);
    optional(w, "median", f->has_median, f->median);
    optional(w, "low", f->has_interval, f->low);
    optional(w, "high", f->has_interval, f->high);
    optional(w, "pooled", f->has_pooled, f->pooled);
    optional(w, "percentile", f->has_percentile, f->percentile);
    jw_kstr(w, "reason", f->has_value ? STR("") : str_of(f->reason));
    jw_ki64(w, "n", f->n);
    jw_ki64(w, "inputs", (int64_t)f->inputs_n);
    jw_end(w);
}

static void test_write(const struct coach_test *t, struct jw *w)
{
    jw_obj(w);
    jw_kstr(w, "test", str_of(t->id));
    jw_kstr(w, "part", str_of(t->part));
    jw_ki64(w, "rep", number_of(t->rep));
    jw_kbool(w, "peers", t->peers);
    jw_kreal(w, "mean", t->mean);
    jw_kreal(w, "other", t->other_mean);
    jw_ki64(w, "n", t->n);
    jw_ki64(w, "other_n", t->other_n);
    jw_kreal(w, "p", t->p);
    jw_kreal(w, "q", t->q);
    jw_kbool(w, "alert", t->alert);
    jw_end(w);
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new("coacheval");
    struct json_doc *d = NULL;
    struct coach_input in;
    struct coach_figure *f;
    struct coach_test *t;
    struct buf b;
    struct jw w;
    struct err e;
    size_t n;
    str text;

    buf_init(&b, 1 << 20);
    if (argc != 2 || fs_read(argv[1], 256 << 20, a, &text, &e) || json_parse(text, &d, &e)) {
        fprintf(stderr, "usage: harken_coacheval FILE\n");
        return 2;
    }
    input_read(json_root(d), a, &in);
    coaching_make(&in, a, &f, &n);
    for (size_t i = 0; i < n; i++) {
        buf_reset(&b);
        jw_init(&w, &b);
        figure_write(&f[i], &w);
        printf("%.*s\n", STR_ARG(buf_view(&b)));
    }
    coaching_alerts(&in, a, &t, &n);
    for (size_t i = 0; i < n; i++) {
        buf_reset(&b);
        jw_init(&w, &b);
        test_write(&t[i], &w);
        printf("%.*s\n", STR_ARG(buf_view(&b)));
    }
    json_free(d);
    buf_done(&b);
    arena_free(a);
    return 0;
}
