#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "text/pii.h"

static str marked(struct arena *a, const char *text, bool chat)
{
    struct pii_ask ask = {.lang = STR("en"), .chat = chat};
    struct pii_span *s;
    size_t n;
    struct pii_mask *m = pii_mask_new();
    str out;

    pii_find(str_of(text), &ask, a, &s, &n);
    out = pii_mask_text(m, str_of(text), s, n, a, NULL);
    pii_mask_free(m);
    return out;
}

static void personal_data_gets_typed_placeholders(void **state)
{
    static const struct {
        const char *text, *masked;
    } rows[] = {
        {"Write to ann.bell@acme.com today", "Write to [MAIL_1] today"},
        {"Call +49 30 901820 now", "Call [PHONE_1] now"},
        {"Call (206) 555-0100 or 206.555.0101", "Call [PHONE_1] or [PHONE_2]"},
        {"IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [IBAN_1] please"},
        {"card 4111 1111 1111 1111 expires", "card [CARD_1] expires"},
        {"My SSN is 078-05-1120.", "My SSN is [NATIONAL_ID_1]."},
        {"It costs $1,250,000 for 2,500 seats in 2026", "It costs $1,250,000 for 2,500 seats in 2026"},
        {"We grew 35 percent to 12 500 000 units by 2026-03-31",
         "We grew 35 percent to 12 500 000 units by 2026-03-31"},
        {"I live at 12 North Main Street, Springfield, IL 62704 now", "I live at [ADDRESS_1] now"},
        {"Er wohnt in der Schillerstraße 8 seit 2019", "Er wohnt in der [ADDRESS_1] seit 2019"},
        {"My name is Ann Bell. Ann will call.", "My name is [NAME_1]. [NAME_1] will call."},
        {"Please ask Dr. Nguyen about the order", "Please ask Dr. [NAME_1] about the order"},
        {"See https://acme.com/x?y=1 and 10.0.0.12", "See [URL_1] and [IP_1]"},
        {"The password is hunter2!", "The password is [SECRET_1]!"},
        {"Our policy number is 5512345", "Our policy number is [ACCOUNT_1]"},
        {"She was born on 02/03/1981", "She was born on [BIRTH_1]"},
        {"Sales Cloud and Microsoft Teams work on Monday", "Sales Cloud and Microsoft Teams work on Monday"},
        {"", ""},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        str got = marked(a, rows[i].text, false);
        if (!str_eq(got, str_of(rows[i].masked)))
            fail_msg("row %zu: '%.*s'", i, STR_ARG(got));
    }
    arena_free(a);
}

static void short_answers_in_chat_are_understood(void **state)
{
    static const struct {
        const char *text, *masked;
    } rows[] = {
        {"my name is bob vila", "my name is [NAME_1]"},
        {"7842", "[ACCOUNT_1]"},
        {"ssn 7842", "ssn [NATIONAL_ID_1]"},
        {"8124153068", "[PHONE_1]"},
        {"yes please", "yes please"},
        {"2 pizzas", "2 pizzas"},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        str got = marked(a, rows[i].text, true);
        if (!str_eq(got, str_of(rows[i].masked)))
            fail_msg("row %zu: '%.*s'", i, STR_ARG(got));
    }
    arena_free(a);
}

static void participants_are_known_by_any_of_their_names(void **state)
{
    str people[] = {STR("Xanthippe Quirke")};
    struct pii_ask ask = {.people = people, .people_n = 1, .lang = STR("en")};
    struct arena *a = arena_new("test");
    struct pii_span *s;
    size_t n;
    str text = STR("So thanks Xanthippe for that");

    (void)state;
    pii_find(text, &ask, a, &s, &n);
    assert_int_equal(n, 1);
    assert_true(str_eq(str_sub(text, s[0].start, s[0].end), STR("Xanthippe")));
    arena_free(a);
}

static void masks_are_consistent_and_open_again(void **state)
{
    struct pii_ask ask = {.lang = STR("en")};
    struct arena *a = arena_new("test");
    struct pii_mask *m = pii_mask_new();
    str one = STR("I am Ann Bell, ann@x.com"), two = STR("Mail ANN@x.com, not bob@x.com, says Ann"), out1, out2, ph,
        value;
    struct pii_span *s;
    struct offmap map;
    size_t n;

    (void)state;
    pii_find(one, &ask, a, &s, &n);
    out1 = pii_mask_text(m, one, s, n, a, &map);
    assert_true(str_eq(out1, STR("I am [NAME_1], [MAIL_1]")));
    assert_int_equal(offmap_original(&map, (struct text_span){5, 13}).start, 5);
    assert_int_equal(offmap_original(&map, (struct text_span){5, 13}).end, 13);
    pii_find(two, &ask, a, &s, &n);
    out2 = pii_mask_text(m, two, s, n, a, NULL);
    assert_true(str_eq(out2, STR("Mail [MAIL_1], not [MAIL_2], says [NAME_1]")));
    assert_true(str_eq(pii_unmask(m, out1, a), one));
    assert_true(str_eq(pii_unmask(m, STR("to [MAIL_2] or [MAIL_9]"), a), STR("to bob@x.com or [MAIL_9]")));
    assert_int_equal(pii_mask_count(m), 3);
    pii_mask_item(m, 1, &ph, &value);
    assert_true(str_eq(ph, STR("[MAIL_1]")));
    assert_true(str_eq(value, STR("ann@x.com")));
    pii_mask_free(m);
    arena_free(a);
}

static void check_digits_are_checked(void **state)
{
    (void)state;
    assert_true(pii_iban_valid(STR("GB82 WEST 1234 5698 7654 32")));
    assert_false(pii_iban_valid(STR("GB83 WEST 1234 5698 7654 32")));
    assert_false(pii_iban_valid(STR("ZZ82WEST12345698765432")));
    assert_int_equal(pii_phone_code(STR("+1 206 555 0100")), 1);
    assert_int_equal(pii_phone_code(STR("+354 410 0000")), 354);
    assert_int_equal(pii_phone_code(STR("206 555 0100")), 0);
    assert_string_equal(pii_type_name(PII_NATIONAL_ID), "national_id");
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(personal_data_gets_typed_placeholders),
        cmocka_unit_test(short_answers_in_chat_are_understood),
        cmocka_unit_test(participants_are_known_by_any_of_their_names),
        cmocka_unit_test(masks_are_consistent_and_open_again),
        cmocka_unit_test(check_digits_are_checked),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
