/* Token buckets against the clock, which the test holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/limits.h"

#define SECOND 1000000LL

static void a_burst_passes_then_the_rate(void **state)
{
    const struct limit_rule rule = {.rate = 2, .burst = 5};
    struct limits *l = limits_new(64);
    uint64_t key = limit_key("user", "ann", 3), other = limit_key("user", "bob", 3);
    int64_t now = 100 * SECOND;
    struct limit_state s = {0};
    int passed = 0;

    (void)state;
    for (int i = 0; i < 5; i++) {
        s = limit_take(l, key, &rule, 1, now);
        assert_true(s.ok);
        assert_int_equal((int)(s.left + 0.5), 4 - i);
    }
    s = limit_take(l, key, &rule, 1, now);
    assert_false(s.ok);
    assert_true(s.wait_s > 0.49 && s.wait_s < 0.51);
    assert_true(s.reset_s > 2.49 && s.reset_s < 2.51);
    assert_true(limit_take(l, other, &rule, 1, now).ok);
    assert_false(limit_take(l, key, &rule, 1, now + SECOND * 49 / 100).ok);
    assert_true(limit_take(l, key, &rule, 1, now + SECOND * 51 / 100).ok);
    now += 10 * SECOND; /* full, and not fuller */
    for (int ms = 0; ms < 10000; ms++) /* a thousand a second for ten seconds: 5 at once, then 2 a second */
        passed += limit_take(l, key, &rule, 1, now + ms * 1000LL).ok;
    assert_in_range(passed, 24, 25);
    limits_free(l);
}

static void cost_known_afterwards_is_a_debt(void **state)
{
    const struct limit_rule rule = {.rate = 10, .burst = 100}, none = {0};
    struct limits *l = limits_new(1);
    uint64_t key = limit_key("cost", "ann", 3);
    struct limit_state s;

    (void)state;
    limit_charge(l, key, &rule, 150, SECOND);
    s = limit_take(l, key, &rule, 1, SECOND);
    assert_false(s.ok);
    assert_true(s.wait_s > 5.09 && s.wait_s < 5.11); /* 50 of debt and 1 to take */
    assert_true(s.left == 0);
    assert_true(limit_take(l, key, &rule, 1, SECOND + 6 * SECOND).ok);
    limit_give(l, key, &rule, 1, SECOND + 6 * SECOND);
    for (int i = 0; i < 1000; i++)
        assert_true(limit_take(l, key, &none, 1000, SECOND).ok);
    limits_free(l);
    limits_free(NULL);
}

/* Whoever fills the table does not free those who are at their limit. */
static void strangers_do_not_push_out_the_limited(void **state)
{
    const struct limit_rule slow = {.rate = 0.1, .burst = 1}, quick = {.rate = 100, .burst = 10};
    struct limits *l = limits_new(8);
    uint64_t key = limit_key("sign-in", "ann", 3);

    (void)state;
    assert_true(limit_take(l, key, &slow, 1, SECOND).ok);
    for (uint64_t i = 0; i < 1000; i++)
        limit_take(l, limit_key("address", &i, sizeof i), &quick, 1, SECOND);
    assert_false(limit_take(l, key, &slow, 1, SECOND).ok);
    limits_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_passes_then_the_rate),
        cmocka_unit_test(cost_known_afterwards_is_a_debt),
        cmocka_unit_test(strangers_do_not_push_out_the_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
