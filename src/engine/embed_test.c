/* The engine as it ships: the real program, its module and the default model, in a process of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/thread.h"
#include "engine/embed.h"

enum { WAIT_MS = 120000, TEXTS = 16, THREADS = 2 };

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

static struct embedder *start(int stall_ms)
{
    const char *build = getenv("HARKEN_BUILD_DIR"), *deps = getenv("HARKEN_DEPS");
    struct embed_config cfg = {.threads = THREADS, .sandbox = true, .stall_ms = stall_ms};
    struct embedder *out;
    struct err e;

    if (!build || !deps) {
        print_error("HARKEN_BUILD_DIR or HARKEN_DEPS is not set\n");
        return NULL;
    }
    cfg.exe = str_fmt(a, "%s/harken", build).p;
    cfg.model = str_fmt(a, "%s/models/all-MiniLM-L6-v2.gguf", deps).p;
    if (embedder_start(&cfg, &out, &e)) {
        print_error("the engine cannot start: %s\n", e.msg);
        return NULL;
    }
    return out;
}

static int setup(void **state)
{
    (void)state;
    a = arena_new("embed.test");
    texts_make();
    em = start(0);
    if (!em)
        return -1;
    dim = (size_t)embedder_info(em)->dim;
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
    atomic_bool stop, wrong;
};

/* Keeps the engine busy with other texts. While the engine is away calls are refused, and that is all that may go wrong. */
static void other_run(void *arg)
{
    struct other *o = arg;
    struct arena *own = arena_new("embed.test.other");

    while (!atomic_load(&o->stop)) {
        float *out;
        struct err e;
        enum err_code rc = embed_texts(em, EMBED_BULK, texts + 3, 8, WAIT_MS, own, &out, NULL, &e);
        if (rc && rc != ERR_BUSY)
            atomic_store(&o->wrong, true);
        if (rc)
            usleep(5000);
        arena_reset(own);
    }
    arena_free(own);
}

/* Asks until the engine is back. */
static const float *embed_at_last(struct embedder *of, str text)
{
    float *out;
    struct err e;
    enum err_code rc;

    for (int i = 0; (rc = embed_texts(of, EMBED_INTERACTIVE, &text, 1, WAIT_MS, a, &out, NULL, &e)) != ERR_OK; i++) {
        if (rc != ERR_BUSY || i > WAIT_MS / 20)
            fail_msg("embed: %s", e.msg);
        usleep(20000);
    }
    return out;
}

static int pid_other_than(struct embedder *of, int old)
{
    int pid;

    for (int i = 0; (pid = embedder_pid(of)) <= 0 || pid == old; i++) {
        if (i > WAIT_MS / 10)
            fail_msg("the engine is not started again");
        usleep(10000);
    }
    return pid;
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

/* Killed in the middle of its work, again and again: whoever waits hears of it, and the next engine answers the same. */
static void killed_engine_is_replaced(void **state)
{
    const float *before = embed(EMBED_INTERACTIVE, &texts[4], 1, NULL);
    struct other o[3] = {0};
    int pid = -1;
    struct err e;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        if (thread_start(&o[i].thread, "other", other_run, &o[i], &e))
            fail_msg("%s", e.msg);
    for (int i = 0; i < 4; i++) {
        pid = pid_other_than(em, pid);
        usleep(30000 * (unsigned)i);
        kill(pid, SIGKILL);
    }
    assert_memory_equal(embed_at_last(em, texts[4]), before, dim * sizeof *before);
    for (size_t i = 0; i < 3; i++) {
        atomic_store(&o[i].stop, true);
        thread_join(&o[i].thread);
        assert_false(atomic_load(&o[i].wrong));
    }
}

/* It neither dies nor answers: the call ends long before its deadline, and the next engine answers. */
static void silent_engine_is_replaced(void **state)
{
    struct embedder *own = start(1500);
    int pid = own ? embedder_pid(own) : -1;
    float *out;
    struct err e;

    (void)state;
    assert_true(pid > 0);
    kill(pid, SIGSTOP);
    assert_int_equal(embed_texts(own, EMBED_BULK, texts, TEXTS, WAIT_MS, a, &out, NULL, &e), ERR_BUSY);
    pid_other_than(own, pid);
    assert_memory_equal(embed_at_last(own, texts[2]), embed(EMBED_INTERACTIVE, &texts[2], 1, NULL), dim * sizeof *out);
    embedder_stop(own);
}

/* What nobody waits for any more is not encoded; and an engine that is merely slow is left alone. */
static void late_texts_are_passed_over(void **state)
{
    int pid = embedder_pid(em);
    float *out;
    struct err e;

    (void)state;
    assert_int_equal(embed_texts(em, EMBED_BULK, texts, TEXTS, 1, a, &out, NULL, &e), ERR_TIMEOUT);
    assert_non_null(embed(EMBED_BULK, &texts[1], 1, NULL));
    assert_int_equal(embedder_pid(em), pid);
}

static void drained_engine_refuses_at_once(void **state)
{
    struct embedder *own = start(0);
    float *out;
    struct err e;

    (void)state;
    assert_non_null(own);
    embedder_drain(own);
    assert_int_equal(embed_texts(own, EMBED_BULK, texts, TEXTS, WAIT_MS, a, &out, NULL, &e), ERR_BUSY);
    embedder_stop(own);
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
        cmocka_unit_test(vectors_have_unit_length),          cmocka_unit_test(empty_texts_give_zeros),
        cmocka_unit_test(vector_does_not_depend_on_company), cmocka_unit_test(calls_have_limits),
        cmocka_unit_test(late_texts_are_passed_over),        cmocka_unit_test(killed_engine_is_replaced),
        cmocka_unit_test(silent_engine_is_replaced),         cmocka_unit_test(drained_engine_refuses_at_once),
    };
    signal(SIGPIPE, SIG_IGN); /* as the server does */
    return cmocka_run_group_tests(tests, setup, teardown);
}
