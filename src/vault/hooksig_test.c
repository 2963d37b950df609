/* Signatures of webhooks against the published example, and what must not pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vault/hooksig.h"

/* The example of the specification's reference libraries. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define TIME "1614265330"
#define BODY "{\"test\": 2432232314}"
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static bool good(const char *key, const char *id, const char *time, const char *header, const char *body)
{
    struct hooksig_check c;

    if (!hooksig_check_parse(str_of(key), &c))
        return false;
    return hooksig_good(&c, 1, str_of(id), str_of(time), str_of(header), str_of(body));
}

static void the_published_example_is_good(void **state)
{
    (void)state;
    assert_true(good(SECRET, ID, TIME, SIGNATURE, BODY));
    assert_true(good(SECRET, ID, TIME, "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,x " SIGNATURE, BODY));
}

static void anything_changed_is_not(void **state)
{
    (void)state;
    assert_false(good(SECRET, "msg_x", TIME, SIGNATURE, BODY));
    assert_false(good(SECRET, ID, "1614265331", SIGNATURE, BODY));
    assert_false(good(SECRET, ID, TIME, SIGNATURE, BODY " "));
    assert_false(good("whsec_AAAQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", ID, TIME, SIGNATURE, BODY));
    assert_false(good(SECRET, ID, TIME, "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", BODY));
    assert_false(good(SECRET, ID, TIME, "v1,g0hM9SsE", BODY));
    assert_false(good(SECRET, ID, TIME, "v1,", BODY));
    assert_false(good(SECRET, ID, TIME, "", BODY));
    /* "a.b" and "1" sign the same bytes as "a" and "b.1" */
    assert_false(good(SECRET, "a.b", TIME, SIGNATURE, BODY));
    assert_false(good(SECRET, "", TIME, SIGNATURE, BODY));
    assert_false(good(SECRET, ID, "", SIGNATURE, BODY));
}

static void own_signatures_pass_and_keys_may_overlap(void **state)
{
    struct arena *a = arena_new_wiped("test");
    struct hooksig_keys k[2];
    struct hooksig_check c[2];
    str header;

    (void)state;
    hooksig_keys_new(&k[0]);
    hooksig_keys_new(&k[1]);
    header = hooksig_sign(k, 2, STR("msg_1"), 1700000000, STR("{}"), a);
    for (size_t i = 0; i < 2; i++) {
        assert_true(hooksig_check_parse(hooksig_secret_text(&k[i], a), &c[0]));
        assert_true(hooksig_check_parse(hooksig_public_text(&k[i], a), &c[1]));
        for (size_t j = 0; j < 2; j++) {
            assert_true(hooksig_good(&c[j], 1, STR("msg_1"), STR("1700000000"), header, STR("{}")));
            assert_false(hooksig_good(&c[j], 1, STR("msg_1"), STR("1700000000"), header, STR("{ }")));
        }
    }
    arena_free(a);
}

static void keys_that_are_none(void **state)
{
    static const char *const rows[] = {"",
                                       "whsec_",
                                       "whsec_AAAA",
                                       "whpk_AAAA",
                                       "whsec_!!!!",
                                       "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                                       "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    struct hooksig_check c;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_false(hooksig_check_parse(str_of(rows[i]), &c));
}

static void the_window_is_five_minutes_to_both_sides(void **state)
{
    static const char *const wrong[] = {"",      "1699999699",  "1700000301",          "-1700000000",
                                        "1.7e9", "1700000000 ", "99999999999999999999"};

    (void)state;
    assert_true(hooksig_recent(STR("1700000000"), 1700000000));
    assert_true(hooksig_recent(STR("1699999700"), 1700000000));
    assert_true(hooksig_recent(STR("1700000300"), 1700000000));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(hooksig_recent(str_of(wrong[i]), 1700000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_example_is_good),
        cmocka_unit_test(anything_changed_is_not),
        cmocka_unit_test(own_signatures_pass_and_keys_may_overlap),
        cmocka_unit_test(keys_that_are_none),
        cmocka_unit_test(the_window_is_five_minutes_to_both_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
