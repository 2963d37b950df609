/* The engine as it ships: the real program, its module and the default model, in a process of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdatomic.h>

#include "base/thread.h"
#include "engine/embed.h"

enum { WAIT_MS = 120000, TEXTS = 24, THREADS = 2 };

static struct arena *a;
static struct embedder *em;
static size_t dim;
static str texts[TEXTS];

/* From one word to more than the model reads, some with letters outside ASCII. */
static void texts_make(void)
{
    static const char *const words[] = {"carriers", "the",  "Grüße", "board", "agreed", "to",     "thirty",  "a",
                                        "naïve",    "plan", "price", "of",    "before", "winter", "Héloïse", "scanner"};
    uint32_t state = 7;

    for (size_t i = 0; i < TEXTS; i++) {
        size_t n = i == TEXTS - 1 ? 700 : 1 + i * i / 4;
        texts[i] = STR("");
        for (size_t k = 0; k < n; k++) {
            state = state * 1664525u + 1013904223u;
            texts[i] = str_fmt(a, "%.*s %s", STR_ARG(texts[i]), words[state >> 28]);
        }
    }
}

static int setup(void **state)
{
    const char *build = getenv("HARKEN_BUILD_DIR"), *deps = getenv("HARKEN_DEPS");
    struct err e;

    (void)state;
    a = arena_new("embed.test");
    if (!build || !deps ||
        embedder_start(str_fmt(a, "%s/harken", build).p, str_fmt(a, "%s/models/all-MiniLM-L6-v2.gguf", deps).p, THREADS,
                       true, &em, &e)) {
        print_error("the engine cannot start: %s\n",
                    build && deps ? e.msg : "HARKEN_BUILD_DIR or HARKEN_DEPS is not set");
        return -1;
    }
    dim = (size_t)embedder_info(em)->dim;
    texts_make();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    embedder_stop(em);
    arena_free(a);
    return 0;
}

static float *embed(enum embed_lane lane, const str *t, size_t n, int64_t *out_tokens)
{
    struct err e;
    float *out;

    if (embed_texts(em, lane, t, n, WAIT_MS, a, &out, out_tokens, &e))
        fail_msg("embed: %s", e.msg);
    return out;
}

static void vectors_have_unit_length(void **state)
{
    int64_t tokens;
    const float *v = embed(EMBED_BULK, texts, TEXTS, &tokens);

    (void)state;
    assert_true(tokens > TEXTS && tokens <= TEXTS * (int64_t)EMBED_TOKENS_MAX);
    for (size_t i = 0; i < TEXTS; i++) {
        double sum = 0;
        for (size_t k = 0; k < dim; k++)
            sum += (double)v[i * dim + k] * (double)v[i * dim + k];
        assert_true(fabs(sum - 1) < 1e-5);
    }
}

static void empty_texts_give_zeros(void **state)
{
    const str some[] = {STR(""), STR("price"), STR(" \n\t")};
    const float *v = embed(EMBED_INTERACTIVE, some, 3, NULL);

    (void)state;
    for (size_t k = 0; k < dim; k++) {
        assert_true(fabsf(v[k]) <= 0);
        assert_true(fabsf(v[2 * dim + k]) <= 0);
    }
    assert_memory_equal(v + dim, embed(EMBED_BULK, &some[1], 1, NULL), dim * sizeof *v);
}

struct other {
    struct thread thread;
    _Atomic bool stop;
};

/* Keeps the engine busy with other texts; calls that fail are none of its business. */
static void other_run(void *arg)
{
    struct other *o = arg;
    struct arena *own = arena_new("embed.test.other");

    while (!atomic_load(&o->stop)) {
        float *out;
        struct err e;
        embed_texts(em, EMBED_BULK, texts + 3, 8, WAIT_MS, own, &out, NULL, &e);
        arena_reset(own);
    }
    arena_free(own);
}

/* To the last bit: what a question finds must not depend on who else asks at the same time. */
static void vector_does_not_depend_on_company(void **state)
{
    const float *all = embed(EMBED_BULK, texts, TEXTS, NULL);
    struct other o = {0};
    struct err e;

    (void)state;
    if (thread_start(&o.thread, "other", other_run, &o, &e))
        fail_msg("%s", e.msg);
    for (size_t i = 0; i < TEXTS; i++) {
        str pair[] = {texts[TEXTS - 1 - i], texts[i]};
        const float *alone = embed(EMBED_INTERACTIVE, &texts[i], 1, NULL),
                    *two = embed(EMBED_INTERACTIVE, pair, 2, NULL);
        assert_memory_equal(alone, all + i * dim, dim * sizeof *all);
        assert_memory_equal(two + dim, all + i * dim, dim * sizeof *all);
    }
    atomic_store(&o.stop, true);
    thread_join(&o.thread);
}

static void calls_have_limits(void **state)
{
    struct err e;
    float *out;

    (void)state;
    assert_int_equal(embed_texts(em, EMBED_BULK, texts, 0, WAIT_MS, a, &out, NULL, &e), ERR_LIMIT);
    assert_int_equal(embed_texts(em, EMBED_BULK, texts, EMBED_TEXTS_MAX + 1, WAIT_MS, a, &out, NULL, &e), ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_have_unit_length),
        cmocka_unit_test(empty_texts_give_zeros),
        cmocka_unit_test(vector_does_not_depend_on_company),
        cmocka_unit_test(calls_have_limits),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
