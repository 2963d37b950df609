/* Events: in the transaction of their cause or not at all, numbered without gaps in the order they became visible. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/event_store.h"
#include "store/test_home.h"

static struct test_home home;
static struct arena *a;

#define OK(call)                                                                                                       \
    do {                                                                                                               \
        struct err e_ = {0}, *e = &e_;                                                                                 \
        if (call)                                                                                                      \
            fail_msg("%s: %s", #call, e_.msg);                                                                         \
    } while (0)

static struct db_tx *begun(void)
{
    struct db_tx *t;

    OK(db_begin(home.db, home.workspace, 5000, &t, e));
    return t;
}

static void put(struct db_tx *t, const char *type, struct id object)
{
    OK(event_put(t, &(struct event_new){.type = type, .object = object}, 1, e));
    OK(db_flush(t, NULL, e));
}

static int64_t numbered(int limit)
{
    int64_t last;

    OK(event_number(home.db, home.workspace, limit, &last, e));
    return last;
}

static size_t after(int64_t n, struct event **out, int64_t *first)
{
    size_t got;

    OK(event_after(home.db, home.workspace, n, 100, a, out, &got, first, e));
    return got;
}

static void numbers_follow_visibility_and_have_no_gaps(void **state)
{
    struct id early = id_new(), late = id_new(), lost = id_new();
    struct db_tx *t1, *t2, *t3;
    struct event *ev;
    int64_t first;

    (void)state;
    assert_int_equal(numbered(100), 0);
    t1 = begun();
    put(t1, "interaction.created", early); /* begun first, committed last */
    t2 = begun();
    put(t2, "interaction.created", late);
    t3 = begun();
    put(t3, "interaction.created", lost);
    db_rollback(t3);
    OK(db_commit(t2, e));
    assert_int_equal(numbered(100), 1);
    OK(db_commit(t1, e));
    assert_int_equal(numbered(100), 2);
    assert_int_equal(numbered(100), 2);
    assert_int_equal(after(0, &ev, &first), 2);
    assert_int_equal(first, 1);
    assert_memory_equal(&ev[0].object, &late, sizeof late);
    assert_memory_equal(&ev[1].object, &early, sizeof early);
    assert_string_equal(ev[1].type, "interaction.created");
    assert_int_equal(ev[1].n, 2);
    assert_true(id_is_nil(ev[1].subject));
    assert_int_equal(after(1, &ev, NULL), 1);
    assert_int_equal(after(2, &ev, NULL), 0);
}

static void many_are_numbered_in_pieces(void **state)
{
    struct event_new many[25];
    struct db_tx *t = begun();
    struct event *ev;

    (void)state;
    for (size_t i = 0; i < 25; i++)
        many[i] = (struct event_new){.type = "finding.found", .object = id_new(), .subject = id_new()};
    OK(event_put(t, many, 25, e));
    OK(db_commit(t, e));
    assert_int_equal(numbered(10), 12);
    assert_int_equal(numbered(10), 22);
    assert_int_equal(numbered(10), 27);
    assert_int_equal(after(2, &ev, NULL), 25);
    for (size_t i = 0; i < 25; i++) {
        assert_int_equal(ev[i].n, 3 + (int64_t)i);
        assert_memory_equal(&ev[i].object, &many[i].object, sizeof(struct id));
        assert_memory_equal(&ev[i].subject, &many[i].subject, sizeof(struct id));
    }
}

static void numbers_are_not_used_again(void **state)
{
    struct db_tx *t;
    struct event *ev;
    int64_t first;

    (void)state;
    OK(event_forget(home.db, home.workspace, clock_now_ms() + 1000, e));
    assert_int_equal(after(0, &ev, &first), 0);
    assert_int_equal(first, 0);
    t = begun();
    put(t, "job.dead", id_new());
    OK(db_commit(t, e));
    assert_int_equal(numbered(100), 28);
    assert_int_equal(after(0, &ev, &first), 1);
    assert_int_equal(first, 28);
}

static void a_change_wakes_who_listens(void **state)
{
    struct db_listener *l = db_listener_new(home.db, EVENT_CHANNEL);
    struct db_tx *t;

    (void)state;
    db_listener_wait(l, 1000); /* connecting counts as a wake-up */
    assert_false(db_listener_wait(l, 100));
    t = begun();
    put(t, "deal.changed", id_new());
    OK(db_commit(t, e));
    assert_true(db_listener_wait(l, 5000));
    db_listener_free(l);
}

static int up(void **state)
{
    (void)state;
    test_home_new(&home);
    a = arena_new("test");
    return 0;
}

static int down(void **state)
{
    (void)state;
    arena_free(a);
    test_home_free(&home);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_follow_visibility_and_have_no_gaps),
        cmocka_unit_test(many_are_numbered_in_pieces),
        cmocka_unit_test(numbers_are_not_used_again),
        cmocka_unit_test(a_change_wakes_who_listens),
    };
    return cmocka_run_group_tests(tests, up, down);
}
