#include "formats/zip.h"

#include "formats/test_fixture.h"

static struct zip z;

static bool want_all(str name)
{
    (void)name;
    return true;
}

static bool want_none(str name)
{
    (void)name;
    return false;
}

static enum err_code answer(str bytes, bool (*want)(str), struct err *e)
{
    *e = (struct err){0};
    return zip_read(bytes, want, a, &z, e);
}

static void wanted_members_are_read(void **state)
{
    const struct test_member m[] = {{"a.txt", STR("alpha")}, {"d/b.txt", STR("")}, {NULL, {NULL, 0}}};
    struct err e;

    (void)state;
    assert_int_equal(answer(test_zip(a, m), want_all, &e), ERR_OK);
    assert_int_equal(z.n, 2);
    assert_str(zip_find(&z, STR("a.txt"))->bytes, "alpha");
    assert_null(zip_find(&z, STR("none")));
    assert_int_equal(answer(test_zip(a, m), want_none, &e), ERR_OK);
    assert_int_equal(z.n, 0);
}

static void names_that_climb_are_refused(void **state)
{
    static const char *const names[] = {"../x", "a/../../x", "/x", "\\x", "C:x", "a/..\\x"};
    struct err e;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct test_member m[] = {{names[i], STR("x")}, {NULL, {NULL, 0}}};
        if (answer(test_zip(a, m), want_none, &e) != ERR_INVALID)
            fail_msg("%s was taken", names[i]);
    }
}

static void too_many_members_are_refused(void **state)
{
    struct test_member *m = ARENA_ARRAY(a, struct test_member, ZIP_MEMBERS_MAX + 2);
    struct err e;
    int i;

    (void)state;
    for (i = 0; i <= ZIP_MEMBERS_MAX; i++)
        m[i] = (struct test_member){str_cz(a, str_fmt(a, "f%d", i)), STR("")};
    assert_int_equal(answer(test_zip(a, m), want_none, &e), ERR_LIMIT);
}

static void a_ratio_over_the_limit_is_refused(void **state)
{
    size_t n = (size_t)8 << 20;
    const struct test_member bomb[] = {{"x", {arena_alloc(a, n), n}}, {NULL, {NULL, 0}}};
    const struct test_member small[] = {{"x", {arena_alloc(a, 900000), 900000}}, {NULL, {NULL, 0}}};
    struct err e;

    (void)state;
    assert_int_equal(answer(test_zip(a, bomb), want_all, &e), ERR_LIMIT);
    assert_int_equal(answer(test_zip(a, small), want_all, &e), ERR_OK); /* under a megabyte it harms nobody */
}

static void damage_is_an_error_not_a_crash(void **state)
{
    const struct test_member m[] = {{"a.txt", STR("alpha beta gamma delta")}, {NULL, {NULL, 0}}};
    str whole = test_zip(a, m);
    struct err e;
    size_t i;

    (void)state;
    assert_int_not_equal(answer(STR("PK\x03\x04 no more"), want_all, &e), ERR_OK);
    for (i = 0; i < whole.n; i++) {
        char *copy = memcpy(arena_alloc(a, whole.n), whole.p, whole.n);
        copy[i] ^= 0x55;
        answer(str_n(copy, whole.n), want_all, &e);
        answer(str_sub(whole, 0, i), want_all, &e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(wanted_members_are_read),        FIXTURE_TEST(names_that_climb_are_refused),
        FIXTURE_TEST(too_many_members_are_refused),   FIXTURE_TEST(a_ratio_over_the_limit_is_refused),
        FIXTURE_TEST(damage_is_an_error_not_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
