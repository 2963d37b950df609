#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/banned.h"

static void memory_is_aligned_zeroed_and_apart(void **state)
{
    struct arena *a = arena_new("test");
    unsigned char *p[200];

    (void)state;
    for (size_t i = 0; i < 200; i++) {
        p[i] = arena_alloc(a, i * 37);
        assert_int_equal((uintptr_t)p[i] % 16, 0);
        for (size_t k = 0; k < i * 37; k++)
            assert_int_equal(p[i][k], 0);
        memset(p[i], (int)i, i * 37);
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t k = 0; k < i * 37; k++)
            assert_int_equal(p[i][k], i);
    assert_true(arena_used_bytes(a) >= 37 * 199 * 200 / 2);
    arena_free(a);
}

static void reset_gives_zeroed_memory_again(void **state)
{
    struct arena *a = arena_new_wiped("test");

    (void)state;
    for (int round = 0; round < 3; round++) {
        unsigned char *small = arena_alloc(a, 100), *large = arena_alloc(a, 1 << 20);
        for (size_t i = 0; i < 100; i++)
            assert_int_equal(small[i], 0);
        assert_int_equal(large[0] | large[(1 << 20) - 1], 0);
        memset(small, 0xff, 100);
        memset(large, 0xff, 1 << 20);
        arena_reset(a);
        assert_int_equal(arena_used_bytes(a), 0);
    }
    arena_free(a);
}

static void arrays_grow_and_keep_their_values(void **state)
{
    struct arena *a = arena_new("test");
    int *list = NULL;
    size_t n = 0, cap = 0;

    (void)state;
    for (int i = 0; i < 1000; i++)
        ARENA_PUSH(a, list, n, cap) = i * 3;
    assert_int_equal(n, 1000);
    assert_true(cap >= n);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(list[i], i * 3);
    arena_free(a);
}

static void empty_allocations_and_null_are_fine(void **state)
{
    struct arena *a = arena_new("test");

    (void)state;
    assert_non_null(arena_alloc(a, 0));
    assert_non_null(ARENA_ARRAY(a, int, 0));
    arena_free(a);
    arena_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_aligned_zeroed_and_apart),
        cmocka_unit_test(reset_gives_zeroed_memory_again),
        cmocka_unit_test(arrays_grow_and_keep_their_values),
        cmocka_unit_test(empty_allocations_and_null_are_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
