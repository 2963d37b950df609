/* formats/charset_test.c - encodings and character references. Expected bytes are written out by hand from Unicode. */
#include "formats/charset.h"

#include "formats/row_test.h"

static void marks_and_widths(void **state)
{
    static const struct {
        str bytes;
        const char *want, *name;
    } rows[] = {
        {{"plain \xc3\xa9", 8}, "plain \xc3\xa9", "UTF-8"},
        {{"\xef\xbb\xbfx", 4}, "x", "UTF-8"},
        {{"\xff\xfeh\0\xe9\0", 6}, "h\xc3\xa9", "UTF-16LE"},
        {{"\xfe\xff\0h\0\xe9", 6}, "h\xc3\xa9", "UTF-16BE"},
        {{"\xff\xfe\0\0h\0\0\0", 8}, "h", "UTF-32LE"},
        {{"\xff\xfe\x3d\xd8\x00\xde", 6}, "\xf0\x9f\x98\x80", "UTF-16LE"},               /* U+1F600 as a pair */
        {{"\xff\xfe\x3d\xd8x\0", 6}, "\xef\xbf\xbdx", "UTF-16LE"},                       /* lone surrogate */
        {{"\xff\xfeh\0i", 5}, "h\xef\xbf\xbd", "UTF-16LE"},                              /* odd last byte */
        {{"h\0e\0l\0l\0o\0", 10}, "hello", "UTF-16LE"},                                  /* no mark */
        {{"a\0b", 3},
         "a\xef\xbf\xbd"
         "b",
         "UTF-8"},                                     /* a stray NUL */
    };
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *name;
        str out;

        assert_int_equal(charset_to_utf8(rows[i].bytes, t->a, &out, &name, &t->e), ERR_OK);
        row_str(t, out, rows[i].want);
        assert_string_equal(name, rows[i].name);
    }
}

static void old_charsets_are_recognised(void **state)
{
    /* two sentences in GB2312: "we meet tomorrow in Beijing, talk about the price of the contract" */
    static const char gb[] = "\xce\xd2\xc3\xc7\xc3\xf7\xcc\xec\xd4\xda\xb1\xb1\xbe\xa9\xbf\xaa\xbb\xe1\xa3\xac"
                             "\xcc\xd6\xc2\xdb\xba\xcf\xcd\xac\xb5\xc4\xbc\xdb\xb8\xf1\xa1\xa3";
    static const char want[] =
        "\xe6\x88\x91\xe4\xbb\xac\xe6\x98\x8e\xe5\xa4\xa9\xe5\x9c\xa8\xe5\x8c\x97\xe4\xba\xac\xe5\xbc\x80"
        "\xe4\xbc\x9a\xef\xbc\x8c\xe8\xae\xa8\xe8\xae\xba\xe5\x90\x88\xe5\x90\x8c\xe7\x9a\x84\xe4\xbb\xb7"
        "\xe6\xa0\xbc\xe3\x80\x82";
    struct row_run *t = *state;
    str out;

    assert_int_equal(charset_to_utf8(str_of(gb), t->a, &out, NULL, &t->e), ERR_OK);
    row_str(t, out, want);
}

static void a_few_broken_bytes_do_not_make_it_latin(void **state)
{
    struct row_run *t = *state;
    str out;

    assert_int_equal(
        charset_to_utf8(STR("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 \xff"),
                        t->a, &out, NULL, &t->e),
        ERR_OK);
    assert_true(str_starts(out, STR("\xc3\xa9")));
    assert_true(str_ends(out, STR("\xef\xbf\xbd")));
}

static void halves_of_surrogate_pairs_do_not_make_it_latin(void **state)
{
    struct row_run *t = *state;
    const char *name = NULL;
    str out;

    assert_int_equal(charset_to_utf8(STR("Ann: H\xed\xa0\x80llo"), t->a, &out, &name, &t->e), ERR_OK);
    assert_true(str_starts(out, STR("Ann: H\xef\xbf\xbd")) && str_ends(out, STR("llo")));
    assert_false(str_contains(out, STR("\xc3\xad"))); /* an i with an accent: what Latin-1 would make of it */
}

static void named_charsets(void **state)
{
    struct row_run *t = *state;
    str out;

    assert_int_equal(charset_convert(STR("\x80 \xfc"), "iso-8859-1", t->a, &out, &t->e), ERR_OK);
    row_str(t, out, "\xe2\x82\xac \xc3\xbc"); /* as browsers read it: Windows-1252 */
    assert_int_equal(charset_convert(STR("\x1b$B$\"\x1b(B"), "ISO-2022-JP", t->a, &out, &t->e), ERR_OK);
    row_str(t, out, "\xe3\x81\x82");
    assert_int_equal(charset_convert(STR("x"), "x-no-such", t->a, &out, &t->e), ERR_UNSUPPORTED);
}

static void references(void **state)
{
    static const char *const rows[][2] = {
        {"a &amp; b", "a & b"},
        {"&lt;&gt;&quot;", "<>\""},
        {"&#65;&#x42;", "AB"},
        {"&#0;", "\xef\xbf\xbd"},
        {"&#xD800;", "\xef\xbf\xbd"},
        {"&#99999999;", "&#99999999;"},
        {"&nosuch;", "&nosuch;"},
        {"&amp", "&amp"},
        {"&;", "&;"},
        {"&uuml;&euro;", "\xc3\xbc\xe2\x82\xac"},
        {"plain", "plain"},
    };
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        row_str(t, charset_entities_decode(str_of(rows[i][0]), t->a), rows[i][1]);
}

static void opening_refuses_nothing_and_too_much(void **state)
{
    struct row_run *t = *state;
    str out;

    assert_int_equal(charset_open(STR("\xef\xbb\xbf \r\n"), t->a, &out, &t->e), ERR_INVALID);
    assert_string_equal(t->e.msg, "line 1: the file holds no text");
    assert_int_equal(charset_open(STR("a\r\nb"), t->a, &out, &t->e), ERR_OK);
}

static void heads_are_narrow(void **state)
{
    struct row_run *t = *state;
    char scratch[CHARSET_SCRATCH];

    row_str(t, charset_head(STR("\xff\xfeW\0E\0"), scratch), "WE");
    row_str(t, charset_head(STR("\xef\xbb\xbfWE"), scratch), "WE");
    assert_int_equal(charset_head(STR(""), scratch).n, 0);
}

int main(void)
{
    static const struct CMUnitTest rows[] = {
        ROW_TEST(marks_and_widths),
        ROW_TEST(old_charsets_are_recognised),
        ROW_TEST(a_few_broken_bytes_do_not_make_it_latin),
        ROW_TEST(halves_of_surrogate_pairs_do_not_make_it_latin),
        ROW_TEST(named_charsets),
        ROW_TEST(references),
        ROW_TEST(opening_refuses_nothing_and_too_much),
        ROW_TEST(heads_are_narrow),
    };

    return cmocka_run_group_tests(rows, NULL, NULL);
}
