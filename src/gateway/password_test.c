/* Which passwords may be chosen, and that what is kept of them opens to the right one only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "gateway/password.h"

static struct err e;

static void rules(void **state)
{
    static const str context[] = {{"Ann Lee", 7}, {"ann.lee@example.com", 19}, {"northwind-robotics.example", 26}};
    static const char chars64[] = "aB3 defg-hijklmn_opqrstuvwxyz.ABCDEFGHIJKLMN+OPQRSTUVWXYZ0123456";
    char longest[PASSWORD_BYTES_MAX + 2];
    struct {
        str text;
        bool ok;
    } cases[] = {
        {STR("1234567"), false},
        {STR(""), false},
        {STR("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa4\xc3\xb6\xc3\xbc"), false}, /* seven characters, fourteen bytes */
        {STR("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9fx\xc3\xb6\xc3\xbcq"), true},
        {STR("password"), false},
        {STR("PassWord"), false},
        {STR("12345678"), false},
        {STR("qwertyuiop"), false},
        {STR("aaaaaaaaaaaa"), false},
        {STR("zzzzzzzzzzzzzzzz"), false},
        {STR("harken12"), false},
        {STR("HarkenHarken1"), false},
        {STR("annlee99"), true}, /* "ann" and "lee" are too short to be counted as hers */
        {STR("example.com1"), false},
        {STR("NorthwindRobotics7"), false},
        {STR("northwind blue gate 4"), true},
        {STR("correct horse battery"), true},
        {STR("blau-tor im Garten"), true},
        {STR("x7!k2#9q"), true},
        {str_of(chars64), true},
        {str_n("eight\0bytes", 11), false},
        {STR("bad \xff\xfe utf eight"), false},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool ok = password_check(cases[i].text, context, 3, a, &e) == ERR_OK;
        if (ok != cases[i].ok)
            fail_msg("case %zu: %s", i, ok ? "taken" : e.msg);
    }
    for (size_t i = 0; i < sizeof longest; i++)
        longest[i] = (char)('a' + i % 26);
    assert_int_equal(password_check(str_n(longest, PASSWORD_BYTES_MAX), NULL, 0, a, &e), ERR_OK);
    assert_int_equal(password_check(str_n(longest, PASSWORD_BYTES_MAX + 1), NULL, 0, a, &e), ERR_INVALID);
    arena_free(a);
}

static void what_is_kept_opens_to_one_password(void **state)
{
    struct arena *a = arena_new_wiped("test");
    str kept, again;
    bool weak = true;

    (void)state;
    assert_int_equal(password_hash(STR("blau-tor im Garten"), a, &kept, &e), ERR_OK);
    assert_true(str_starts(kept, STR("$argon2id$v=19$m=65536,t=")));
    assert_int_equal(password_hash(STR("blau-tor im Garten"), a, &again, &e), ERR_OK);
    assert_false(str_eq(kept, again)); /* salted */
    assert_int_equal(password_verify(kept, STR("blau-tor im Garten"), &weak, &e), ERR_OK);
    assert_false(weak);
    assert_int_equal(password_verify(kept, STR("blau-tor im garten"), &weak, &e), ERR_DENIED);
    assert_int_equal(password_verify(kept, STR(""), &weak, &e), ERR_DENIED);
    assert_int_equal(password_verify(STR(""), STR("nobody has this one"), &weak, &e), ERR_DENIED);
    assert_int_equal(password_verify(STR("$argon2id$nonsense"), STR("x"), &weak, &e), ERR_DENIED);
    /* one pass, made by the reference implementation's parameters: opens, and is to be hashed again */
    assert_int_equal(
        password_verify(STR("$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHQxMjM0NTY3OA$AAAA"), STR("x"), &weak, &e),
        ERR_DENIED);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules),
        cmocka_unit_test(what_is_kept_opens_to_one_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
