#include "formats/labelled.h"

#include "formats/test_build.h"

static void the_label_and_the_bytes_decide_together(void **state)
{
    static const struct {
        str bytes;
        const char *label, *want;
    } cases[] = {
        {STR("plain"), "", "plain"},
        {STR("caf\xe9"), "ISO-8859-1", "caf\xc3\xa9"},
        {STR("caf\xe9"), "\"iso-8859-1\"", "caf\xc3\xa9"},
        {STR("caf\xc3\xa9"), "iso-8859-1", "caf\xc3\xa9"},
        {STR("\x93q\x94"), "us-ascii", "\xe2\x80\x9cq\xe2\x80\x9d"},
        {STR("\xc4\xe3\xba\xc3"), "gb2312", "\xe4\xbd\xa0\xe5\xa5\xbd"},
        {STR("\xcf\xf0\xe8"), "windows-1251", "\xd0\x9f\xd1\x80\xd0\xb8"},
        {STR("\xef\xbb\xbfx"), "windows-1252", "x"},
        {STR("\xff\xfe"
             "a\0b\0"),
         "utf-8", "ab"},
        {STR("a\0b"), "",
         "a\xef\xbf\xbd"
         "b"},
        {STR("one \xff broken byte in a long enough text that is otherwise right, \xc3\xa9 \xc3\xa9"), "utf-8",
         "one \xef\xbf\xbd broken byte in a long enough text that is otherwise right, \xc3\xa9 \xc3\xa9"},
    };
    struct arena *a = arena_new("labelled_test");
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        str got = labelled_to_utf8(a, cases[i].bytes, str_of(cases[i].label));
        if (!str_eq(got, str_of(cases[i].want)))
            fail_msg("case %zu: got \"%.*s\"", i, STR_ARG(got));
    }
    assert_str(labelled_html(STR("<meta charset=\"Shift_JIS\">")), "Shift_JIS");
    assert_str(labelled_html(STR("<meta http-equiv=x content='text/html; charset=koi8-r'>")), "koi8-r");
    assert_int_equal(labelled_html(STR("<p>charset")).n, 0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_label_and_the_bytes_decide_together)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
