#include "formats/test_fixture.h"

#define FROM(who) "From " who "@x.test Tue Jun 10 21:50:07 2026\n"
#define HEADS(who) "From: " who "@x.test\nSubject: " who "\nMessage-ID: <" who "@x>\n"

static void every_message_is_an_item(void **state)
{
    (void)state;
    test_parse(
        a,
        STR(FROM("ann")
                HEADS("ann") "\nwords of the first one\nFrom here on it is still text\n>From the start\n\n" FROM("bob")
                    HEADS("bob") "\nwords of the second one\n\n" FROM("eve") HEADS("eve") "\nwords of the third one\n"),
        &r);
    assert_int_equal(r.items_n, 3);
    assert_str(r.items[0].title, "ann");
    assert_str(r.items[0].turns[0].text, "words of the first one\nFrom here on it is still text\nFrom the start");
    assert_str(r.items[2].turns[0].text, "words of the third one");
    assert_str(r.items[2].format, "mbox");
}

static void content_length_is_believed_when_it_fits(void **state)
{
    static const char body[] = "a body\n\n" FROM("not") "\nstill the body\n";
    str good =
        str_fmt(a, FROM("ann") HEADS("ann") "Content-Length: %zu\n\n%s\n" FROM("bob") HEADS("bob") "\nsecond body\n",
                sizeof(body) - 1, body);
    str wrong = STR(FROM("ann") HEADS("ann") "Content-Length: 5\n\na much longer body\n\n" FROM("bob")
                        HEADS("bob") "\nsecond body\n");

    (void)state;
    test_parse(a, good, &r);
    assert_int_equal(r.items_n, 2);
    assert_true(str_contains(r.items[0].turns[0].text, STR("still the body")));
    r = (struct format_result){0};
    test_parse(a, wrong, &r);
    assert_int_equal(r.items_n, 2);
    assert_str(r.items[0].turns[0].text, "a much longer body");
}

static void a_damaged_message_is_named_and_the_rest_goes_on(void **state)
{
    (void)state;
    test_parse(a,
               STR(FROM("ann") HEADS("ann") "\nfirst words here\n\n" FROM("nobody") "\n" FROM("bob")
                       HEADS("bob") "\nsecond words here\n"),
               &r);
    assert_int_equal(r.items_n, 2);
    assert_int_equal(r.problems_n, 1);
    assert_str(r.problems[0].place, "message 2");
}

static void a_message_with_an_endless_title_is_refused_alone(void **state)
{
    char *name = arena_alloc(a, 200000);

    (void)state;
    memset(name, 'n', 200000);
    test_parse(a,
               str_fmt(a,
                       FROM("ann") HEADS("ann") "\nfirst words here\n\n" FROM(
                           "eve") "From: eve <eve@x.test>\nSubject: %.*s\n\n"
                                  "second words here\n\n" FROM("bob") HEADS("bob") "\nthird words here\n",
                       200000, name),
               &r);
    assert_int_equal(r.items_n, 2);
    assert_str(r.items[1].turns[0].text, "third words here");
    assert_int_equal(r.problems_n, 1);
    assert_str(r.problems[0].place, "message 2");
    assert_true(str_contains(r.problems[0].reason, STR("too long")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(every_message_is_an_item),
        FIXTURE_TEST(content_length_is_believed_when_it_fits),
        FIXTURE_TEST(a_damaged_message_is_named_and_the_rest_goes_on),
        FIXTURE_TEST(a_message_with_an_endless_title_is_refused_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
