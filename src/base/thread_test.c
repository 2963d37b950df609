#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/thread.h"

static void work_say(void *arg)
{
    snprintf(arg, 16, "%s", thread_work());
}

static void threads_that_do_the_same_say_the_same(void **state)
{
    static const char *const names[][2] = {
        {"http-work-12", "http-work"}, {"parse", "parse"}, {"x25519", "x25519"}, {"-1", ""}, {"7", "7"}};
    (void)state;
    assert_string_equal(thread_work(), "");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct thread t = {0};
        char said[16];
        assert_int_equal(thread_start(&t, names[i][0], work_say, said, NULL), ERR_OK);
        thread_join(&t);
        assert_string_equal(said, names[i][1]);
    }
}

static void queue_is_first_in_first_out_and_bounded(void **state)
{
    struct queue *q = queue_new(2);
    int x, y, z;
    struct err e;

    (void)state;
    assert_int_equal(queue_push(q, &x, &e), ERR_OK);
    assert_int_equal(queue_push(q, &y, &e), ERR_OK);
    assert_int_equal(queue_push(q, &z, &e), ERR_LIMIT);
    assert_int_equal(queue_len(q), 2);
    assert_ptr_equal(queue_pop(q, 0), &x);
    assert_int_equal(queue_push(q, &z, &e), ERR_OK);
    assert_ptr_equal(queue_pop(q, -1), &y);
    assert_ptr_equal(queue_pop(q, 1000), &z);
    assert_null(queue_pop(q, 0));
    queue_free(q);
}

static void waiting_has_a_deadline(void **state)
{
    struct queue *q = queue_new(2);
    int64_t start = clock_mono_ms(), took;

    (void)state;
    assert_null(queue_pop(q, 20));
    took = clock_mono_ms() - start;
    assert_true(took >= 19 && took < 5000);
    queue_free(q);
}

static void closed_queue_gives_what_it_holds(void **state)
{
    struct queue *q = queue_new(2);
    struct err e;
    int x;

    (void)state;
    assert_int_equal(queue_push(q, &x, &e), ERR_OK);
    queue_close(q);
    assert_int_equal(queue_push(q, &x, &e), ERR_BUSY);
    assert_ptr_equal(queue_pop(q, -1), &x);
    assert_null(queue_pop(q, -1));
    queue_free(q);
}

enum { PRODUCERS = 3, CONSUMERS = 3, EACH = 20000 };
static int item[PRODUCERS * EACH];
static atomic_int taken[PRODUCERS * EACH];

static struct queue *shared;
static atomic_size_t next_producer;

static void produce(void *arg)
{
    size_t me = atomic_fetch_add(&next_producer, 1);

    (void)arg;
    for (size_t i = 0; i < EACH; i++)
        while (queue_push(shared, &item[me * EACH + i], NULL))
            sched_yield();
}

static void consume(void *arg)
{
    int *p;

    (void)arg;
    while ((p = queue_pop(shared, -1)))
        atomic_fetch_add(&taken[p - item], 1);
}

static void everything_arrives_exactly_once(void **state)
{
    struct thread p[PRODUCERS], c[CONSUMERS];
    struct err e;

    (void)state;
    shared = queue_new(16);
    for (int i = 0; i < CONSUMERS; i++)
        assert_int_equal(thread_start(&c[i], "consume", consume, NULL, &e), ERR_OK);
    for (int i = 0; i < PRODUCERS; i++)
        assert_int_equal(thread_start(&p[i], "produce", produce, NULL, &e), ERR_OK);
    for (int i = 0; i < PRODUCERS; i++)
        thread_join(&p[i]);
    queue_close(shared);
    for (int i = 0; i < CONSUMERS; i++)
        thread_join(&c[i]);
    for (size_t i = 0; i < PRODUCERS * EACH; i++)
        assert_int_equal(atomic_load(&taken[i]), 1);
    queue_free(shared);
}

static void look_at_self(void *arg)
{
    int *blocked = arg;
    sigset_t set;

    pthread_sigmask(SIG_BLOCK, NULL, &set);
    *blocked = sigismember(&set, SIGTERM) && sigismember(&set, SIGHUP) && sigismember(&set, SIGINT);
    pthread_getname_np(pthread_self(), (char *)arg + sizeof(int), 16);
}

static void threads_have_names_and_no_signals(void **state)
{
    struct {
        int blocked;
        char name[16];
    } seen = {0};
    struct thread t = {0};
    struct err e;

    (void)state;
    thread_join(&t); /* never started */
    assert_int_equal(thread_start(&t, "fifteen-letters", look_at_self, &seen, &e), ERR_OK);
    thread_join(&t);
    assert_int_equal(seen.blocked, 1);
    assert_string_equal(seen.name, "fifteen-letters");
    assert_true(thread_cores() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_that_do_the_same_say_the_same),
        cmocka_unit_test(queue_is_first_in_first_out_and_bounded),
        cmocka_unit_test(waiting_has_a_deadline),
        cmocka_unit_test(closed_queue_gives_what_it_holds),
        cmocka_unit_test(everything_arrives_exactly_once),
        cmocka_unit_test(threads_have_names_and_no_signals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
