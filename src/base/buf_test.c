#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"

static void is(const struct buf *b, const char *want)
{
    assert_true(buf_ok(b));
    assert_int_equal(b->n, strlen(want));
    assert_memory_equal(b->p, want, b->n);
}

static void pieces_follow_each_other(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    buf_put(&b, "ab", 2);
    buf_str(&b, STR("cd"));
    buf_char(&b, 'e');
    buf_fmt(&b, "-%d-%s", 42, "x");
    is(&b, "abcde-42-x");
    buf_drop(&b, 5);
    is(&b, "-42-x");
    buf_drop(&b, 5);
    assert_int_equal(buf_view(&b).n, 0);
    buf_done(&b);
}

static void numbers_are_written_to_their_last_digit(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 40);
    buf_u64(&b, 0);
    buf_char(&b, ' ');
    buf_u64(&b, 1000);
    buf_char(&b, ' ');
    buf_u64(&b, UINT64_MAX);
    is(&b, "0 1000 18446744073709551615");
    buf_done(&b);
}

static void maximum_is_exact_and_lasting(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 4);
    buf_str(&b, STR("abcd"));
    is(&b, "abcd");
    buf_char(&b, 'e');
    assert_false(buf_ok(&b));
    assert_int_equal(b.n, 4);
    buf_reset(&b);
    assert_int_equal(b.n, 0);
    assert_true(buf_ok(&b));
    buf_done(&b);

    buf_init(&b, 5);
    buf_str(&b, STR("abc"));
    buf_str(&b, STR("def"));
    buf_char(&b, 'g'); /* would fit, but what came before did not */
    assert_false(buf_ok(&b));
    assert_int_equal(b.n, 3);
    buf_done(&b);
}

static void formatted_text_longer_than_any_guess(void **state)
{
    struct buf b;

    (void)state;
    buf_init_wiped(&b, 100000);
    for (int i = 0; i < 10; i++)
        buf_fmt(&b, "%5000d", i);
    assert_true(buf_ok(&b));
    assert_int_equal(b.n, 50000);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(b.p[i * 5000 + 4999], '0' + (int)i);
    buf_done(&b);
    buf_init(&b, 10);
    buf_fmt(&b, "%20d", 1);
    assert_false(buf_ok(&b));
    buf_done(&b);
}

static void room_is_not_counted_until_used(void **state)
{
    struct buf b;
    char *p;

    (void)state;
    buf_init(&b, 100);
    p = buf_room(&b, 60);
    assert_non_null(p);
    memset(p, 'x', 60);
    assert_int_equal(b.n, 0);
    b.n = 60;
    assert_null(buf_room(&b, 41));
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_follow_each_other),       cmocka_unit_test(numbers_are_written_to_their_last_digit),
        cmocka_unit_test(maximum_is_exact_and_lasting),   cmocka_unit_test(formatted_text_longer_than_any_guess),
        cmocka_unit_test(room_is_not_counted_until_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
