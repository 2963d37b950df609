#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/thread.h"

static void new_ids_are_version_7_and_increase(void **state)
{
    struct id before = id_new();
    int64_t now = clock_now_ms(), at = 0;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        struct id id = id_new();
        assert_int_equal(id.b[6] >> 4, 7);
        assert_int_equal(id.b[8] >> 6, 2);
        assert_true(id_cmp(before, id) < 0);
        before = id;
    }
    before = id_new();
    for (int i = 0; i < 6; i++)
        at = at << 8 | before.b[i];
    assert_true(at >= now && at < now + 60000);
}

static void text_form_is_the_standard_one(void **state)
{
    /* The UUIDv7 example of RFC 9562, appendix A.6. */
    struct id id = {{0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0, 0x7c, 0xc3, 0x98, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f}};
    char text[ID_TEXT_LEN + 1];
    struct id back;

    (void)state;
    id_format(id, text);
    assert_string_equal(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    assert_true(id_parse(STR("017F22E2-79b0-7CC3-98c4-DC0C0C07398F"), &back));
    assert_true(id_eq(id, back));
    assert_int_equal(id_cmp(id, back), 0);
    assert_false(id_is_nil(id));
    assert_true(id_is_nil(ID_NIL));
}

static void other_text_is_no_id(void **state)
{
    static const char *const cases[] = {"",
                                        "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
                                        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
                                        "017f22e279b07cc398c4dc0c0c07398f",
                                        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
                                        "017f22e2-79b0-7cc3-98c4+dc0c0c07398f",
                                        "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
                                        "-17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
                                        " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f"};
    struct id id;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (id_parse(str_of(cases[i]), &id))
            fail_msg("read: %s", cases[i]);
}

enum { THREADS = 4, EACH = 20000 };
static struct id made[THREADS * EACH];

static void make(void *arg)
{
    struct id *mine = arg;
    for (size_t i = 0; i < EACH; i++)
        mine[i] = id_new();
}

static int by_id(const void *x, const void *y)
{
    return id_cmp(*(const struct id *)x, *(const struct id *)y);
}

static void threads_never_make_the_same(void **state)
{
    struct thread t[THREADS];
    struct err e;

    (void)state;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(thread_start(&t[i], "make", make, made + i * EACH, &e), ERR_OK);
    for (size_t i = 0; i < THREADS; i++)
        thread_join(&t[i]);
    qsort(made, THREADS * EACH, sizeof *made, by_id);
    for (size_t i = 1; i < THREADS * EACH; i++)
        assert_false(id_eq(made[i - 1], made[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_ids_are_version_7_and_increase),
        cmocka_unit_test(text_form_is_the_standard_one),
        cmocka_unit_test(other_text_is_no_id),
        cmocka_unit_test(threads_never_make_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
