/* One-time codes against the vectors of RFC 6238 appendix B (SHA-1, last six of eight digits) and RFC 4226 appendix D. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/totp.h"

static const uint8_t secret[] = "12345678901234567890";

static void codes_are_those_of_the_standards(void **state)
{
    static const struct {
        uint64_t step;
        uint32_t code;
    } cases[] = {
        {0, 755224},
        {1, 287082},
        {2, 359152},
        {9, 520489},
        {59 / 30, 287082},
        {1111111109 / 30, 81804},
        {1111111111 / 30, 50471},
        {1234567890 / 30, 5924},
        {2000000000 / 30, 279037},
        {20000000000 / 30, 353130},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(totp_code(secret, 20, cases[i].step), cases[i].code);
}

static void a_code_is_good_once_and_for_a_minute(void **state)
{
    int64_t now = 1111111111000, step = 0, again = 0;

    (void)state;
    assert_true(totp_verify(secret, 20, STR("050471"), now, -1, &step));
    assert_int_equal(step, 1111111111 / 30);
    assert_false(totp_verify(secret, 20, STR("050471"), now, step, &again));
    assert_true(totp_verify(secret, 20, STR("081804"), now, -1, &again)); /* of the step before */
    assert_int_equal(again, step - 1);
    assert_false(totp_verify(secret, 20, STR("081804"), now, step, &again)); /* older than one that was used */
    assert_false(totp_verify(secret, 20, STR("081804"), now + 60000, -1, &again));
    assert_false(totp_verify(secret, 20, STR("50471"), now, -1, &again));
    assert_false(totp_verify(secret, 20, STR("050472"), now, -1, &again));
    assert_false(totp_verify(secret, 20, STR(""), now, -1, &again));
}

static void secrets_travel_as_apps_read_them(void **state)
{
    struct arena *a = arena_new("test");

    (void)state;
    assert_true(str_eq(totp_base32((const uint8_t *)"foobar", 6, a), STR("MZXW6YTBOI"))); /* RFC 4648 section 10 */
    assert_true(str_eq(totp_base32((const uint8_t *)"fooba", 5, a), STR("MZXW6YTB")));
    assert_true(str_eq(totp_base32((const uint8_t *)"f", 1, a), STR("MY")));
    assert_true(
        str_starts(totp_uri(secret, 20, STR("ann+x@example.com"), a),
                   STR("otpauth://totp/Harken:ann%2Bx%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&")));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_those_of_the_standards),
        cmocka_unit_test(a_code_is_good_once_and_for_a_minute),
        cmocka_unit_test(secrets_travel_as_apps_read_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
