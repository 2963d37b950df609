/* Engines that are stuck and engines that only look so, in front of both clients. The engines are this program itself, started as
 * `harken engine KIND MODEL ...`; the name of the model file says how they behave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/thread.h"
#include "engine/embed.h"
#include "engine/gen_wire.h"
#include "engine/generator.h"

enum { DIM = 4, WAIT_MS = 120000, STALL_MS = 400, SPIN_MS = 400 };

/* ---- the engine's side ---- */

static int64_t cpu_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void burn(int64_t ms)
{
    int64_t until = cpu_ms() + ms;

    while (cpu_ms() < until) {
    }
}

static void say(const void *p, size_t n)
{
    fs_write_all(WIRE_FD, str_n(p, n), NULL);
}

/* Shares its processor with a busy thread of the test, and gets next to nothing of it. */
static void starve(void)
{
    struct sched_param none = {0};
    cpu_set_t one;

    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
    sched_setscheduler(0, SCHED_IDLE, &none);
}

static void behave(const char *how)
{
    if (strcmp(how, "spins") == 0)
        burn(INT32_MAX);
    if (strcmp(how, "sleeps") == 0)
        for (;;)
            pause();
    if (strcmp(how, "starves") == 0)
        burn(10);
}

static int engine_embed(const char *how)
{
    static const struct wire_hello hello = {.dim = DIM, .threads = 1, .name = "fake"};
    struct wire_request h;
    char body[4096];

    say(&hello, sizeof hello);
    while (fs_read_all(WIRE_FD, &h, sizeof h) && fs_read_all(WIRE_FD, body, h.body_bytes)) {
        behave(how);
        for (uint32_t i = 0; i < h.n; i++) {
            struct wire_reply rep = {.id = h.id, .i = i, .dim = DIM, .tokens = 1};
            float v[DIM] = {1};
            say(&rep, sizeof rep);
            say(v, sizeof v);
        }
    }
    return 0;
}

static int engine_generate(const char *how)
{
    static const struct wire_hello hello = {.dim = 512, .threads = 1, .name = "fake"};
    struct gen_request h;
    char body[4096];

    say(&hello, sizeof hello);
    while (fs_read_all(WIRE_FD, &h, sizeof h) && fs_read_all(WIRE_FD, body, h.body_bytes)) {
        struct gen_reply step = {.kind = GEN_STEP}, done = {.id = h.id, .kind = GEN_DONE, .finish = GEN_STOP};
        behave(how);
        for (int i = 0; strcmp(how, "plods") == 0 && i < 8; i++) { /* twice the limit, but step by step */
            burn(SPIN_MS / 4);
            say(&step, sizeof step);
        }
        say(&done, sizeof done);
    }
    return 0;
}

static int engine_main(char **argv)
{
    const char *how = strrchr(argv[3], '/') + 1;

    if (strcmp(how, "starves") == 0)
        starve();
    return strcmp(argv[2], "embed") == 0 ? engine_embed(how) : engine_generate(how);
}

/* ---- the tests ---- */

static struct arena *a;
static char dir[] = "/tmp/harken-watch-test-XXXXXX";

static int setup(void **state)
{
    (void)state;
    a = arena_new("watch.test");
    return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
    static const char *const hows[] = {"spins", "sleeps", "starves", "plods"};

    (void)state;
    for (size_t i = 0; i < sizeof hows / sizeof *hows; i++)
        unlink(str_fmt(a, "%s/%s", dir, hows[i]).p);
    rmdir(dir);
    arena_free(a);
    return 0;
}

static const char *model(const char *how)
{
    str path = str_fmt(a, "%s/%s", dir, how);
    struct err e;

    if (fs_write_atomic(path.p, STR("a model"), 0600, &e))
        fail_msg("%s", e.msg);
    return path.p;
}

static struct embedder *embedder(const char *how)
{
    struct embed_config cfg = {
        .exe = "/proc/self/exe", .model = model(how), .threads = 1, .stall_ms = STALL_MS, .spin_ms = SPIN_MS};
    struct embedder *em;
    struct err e;

    if (embedder_start(&cfg, &em, &e))
        fail_msg("%s", e.msg);
    return em;
}

static enum err_code embed_one(struct embedder *em)
{
    const str text = STR("price");
    struct err e;
    float *v;

    return embed_texts(em, EMBED_BULK, &text, 1, WAIT_MS, a, &v, NULL, &e);
}

static void embedder_that_is_stuck_is_replaced(void **state)
{
    static const char *const hows[] = {"sleeps", "spins"};

    (void)state;
    for (size_t i = 0; i < sizeof hows / sizeof *hows; i++) {
        struct embedder *em = embedder(hows[i]);
        int pid = embedder_pid(em);
        assert_int_equal(embed_one(em), ERR_BUSY);
        assert_int_not_equal(embedder_pid(em), pid);
        embedder_stop(em);
    }
}

static atomic_bool hog_stops;

static void hog_run(void *arg)
{
    (void)arg;
    while (!atomic_load(&hog_stops)) {
    }
}

/* Busy threads on all processors; the engine runs when they let it. */
static void embedder_without_processor_is_waited_for(void **state)
{
    struct embedder *em = embedder("starves");
    int pid = embedder_pid(em), n = thread_cores();
    struct thread *hog = ARENA_ARRAY(a, struct thread, (size_t)n);
    struct err e;

    (void)state;
    atomic_store(&hog_stops, false);
    for (int i = 0; i < n; i++)
        assert_int_equal(thread_start(&hog[i], "hog", hog_run, NULL, &e), ERR_OK);
    assert_int_equal(embed_one(em), ERR_OK);
    assert_int_equal(embedder_pid(em), pid);
    atomic_store(&hog_stops, true);
    for (int i = 0; i < n; i++)
        thread_join(&hog[i]);
    embedder_stop(em);
}

/* Silence of an engine that owes nothing is none. */
static void idle_embedder_is_left_alone(void **state)
{
    struct embedder *em = embedder("plods");
    int pid = embedder_pid(em);

    (void)state;
    assert_int_equal(embed_one(em), ERR_OK);
    usleep(3 * STALL_MS * 1000);
    assert_int_equal(embedder_pid(em), pid);
    assert_int_equal(embed_one(em), ERR_OK);
    embedder_stop(em);
}

static struct generator *generator(const char *how)
{
    struct generator_opts o = {
        .exe = "/proc/self/exe", .model_path = model(how), .threads = 1, .stall_ms = STALL_MS, .spin_ms = SPIN_MS};
    struct generator *g;
    struct err e;

    if (generator_start(&o, &g, &e))
        fail_msg("%s", e.msg);
    return g;
}

static bool go_on(void *ctx, str piece)
{
    (void)ctx, (void)piece;
    return true;
}

static enum err_code write_one(struct generator *g)
{
    const struct gen_segment say_it = {.text = STR("Say it.")};
    const struct gen_ask ask = {.segments = &say_it, .segments_n = 1, .timeout_ms = WAIT_MS};
    struct gen_result r;
    struct err e;

    return generator_run(g, &ask, go_on, NULL, &r, &e);
}

static void generator_that_is_stuck_is_replaced(void **state)
{
    static const char *const hows[] = {"sleeps", "spins"};

    (void)state;
    for (size_t i = 0; i < sizeof hows / sizeof *hows; i++) {
        struct generator *g = generator(hows[i]);
        int pid = generator_pid(g);
        assert_int_equal(write_one(g), ERR_BUSY);
        assert_int_not_equal(generator_pid(g), pid);
        generator_stop(g);
    }
}

static void stopped_generator_is_replaced(void **state)
{
    struct generator *g = generator("plods");
    int pid = generator_pid(g);

    (void)state;
    kill(pid, SIGSTOP);
    assert_int_equal(write_one(g), ERR_BUSY);
    assert_int_not_equal(generator_pid(g), pid);
    generator_stop(g);
}

static void slow_generator_is_waited_for(void **state)
{
    struct generator *g = generator("plods");
    int pid = generator_pid(g);

    (void)state;
    assert_int_equal(write_one(g), ERR_OK);
    assert_int_equal(generator_pid(g), pid);
    generator_stop(g);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(embedder_that_is_stuck_is_replaced),
        cmocka_unit_test(embedder_without_processor_is_waited_for),
        cmocka_unit_test(idle_embedder_is_left_alone),
        cmocka_unit_test(generator_that_is_stuck_is_replaced),
        cmocka_unit_test(stopped_generator_is_replaced),
        cmocka_unit_test(slow_generator_is_waited_for),
    };

    if (argc > 3 && strcmp(argv[1], "engine") == 0)
        return engine_main(argv);
    signal(SIGPIPE, SIG_IGN); /* as the server does */
    return cmocka_run_group_tests(tests, setup, teardown);
}
