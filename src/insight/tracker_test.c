/* Trackers by examples on made-up vectors: what is like the examples matches, and a click is learned at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "insight/tracker.h"

enum { DIM = 4 };

static struct arena *a;
static struct err e;

static const float yes[][DIM] = {{1, 0, 0, 0}, {0.9539f, 0.3f, 0, 0}, {0.9539f, 0, 0.3f, 0}};
static const float other[][DIM] = {{0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}, {0, 0.7071f, 0.7071f, 0}};

static void what_is_like_the_examples_matches(void **state)
{
    static const float like[DIM] = {0.9798f, 0.1414f, 0.1414f, 0}, unlike[DIM] = {0, 0, 0.6f, 0.8f};
    struct tracker_head h;

    (void)state;
    assert_int_equal(tracker_train(yes[0], 3, NULL, 0, other[0], 4, DIM, a, &h, &e), ERR_OK);
    assert_true(tracker_matches(&h, like));
    assert_false(tracker_matches(&h, unlike));
    assert_true(tracker_confidence(&h, like) > tracker_confidence(&h, unlike));
}

static void a_wrong_click_is_learned_at_once(void **state)
{
    static const float near[DIM] = {0.8f, 0, 0, 0.6f};
    struct tracker_head before, after;

    (void)state;
    assert_int_equal(tracker_train(yes[0], 3, NULL, 0, other[0], 3, DIM, a, &before, &e), ERR_OK);
    assert_int_equal(tracker_train(yes[0], 3, near, 1, other[0], 3, DIM, a, &after, &e), ERR_OK);
    assert_true(tracker_confidence(&after, near) < tracker_confidence(&before, near));
    assert_false(tracker_matches(&after, near));
    assert_true(tracker_matches(&after, yes[0]));
}

static void no_example_is_no_tracker(void **state)
{
    struct tracker_head h;

    (void)state;
    assert_int_equal(tracker_train(NULL, 0, NULL, 0, other[0], 4, DIM, a, &h, &e), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(what_is_like_the_examples_matches),
        cmocka_unit_test(a_wrong_click_is_learned_at_once),
        cmocka_unit_test(no_example_is_no_tracker),
    };
    int rc;

    a = arena_new("test");
    rc = cmocka_run_group_tests(t, NULL, NULL);
    arena_free(a);
    return rc;
}
