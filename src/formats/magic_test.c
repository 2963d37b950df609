/* formats/magic_test.c - names of files that are no text, and of text that is no conversation. */
#include "formats/magic.h"

#include "formats/row_test.h"

static void binaries(void **state)
{
    static const struct {
        str bytes;
        const char *want;
    } rows[] = {
        {{"\xff\xd8\xff\xe0", 4}, "JPEG image"},
        {{"OggS\0", 5}, "Ogg audio or video"},
        {{"\0\0\0\x1c"
          "ftypM4A ",
          12},
         "M4A audio"},
        {{"PK\3\4____xl/workbook.xml", 23}, "Excel workbook: save it as CSV"},
        {{"PK\3\4____word/document.xml", 25}, "Word document"},
        {{"PK\3\4____a.txt", 13}, "ZIP archive: unpack it first"},
        {{"%PDF-1.7", 8}, "PDF document"},
        {{"Hello", 5}, NULL},
        {{"", 0}, NULL},
        {{"\x89PN", 3}, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *got = magic_binary(rows[i].bytes);

        if (!rows[i].want)
            assert_null(got);
        else
            assert_string_equal(got, rows[i].want);
    }
}

static void machine_text(void **state)
{
    (void)state;
    assert_non_null(magic_machine_text(STR("BEGIN:VCALENDAR\r\n")));
    assert_non_null(magic_machine_text(STR("\n-- PostgreSQL database dump\n")));
    assert_non_null(magic_machine_text(STR("<?xml version=\"1.0\"?><a/>")));
    assert_null(magic_machine_text(STR("<?xml version=\"1.0\"?><html></html>")));
    assert_null(magic_machine_text(STR("SPEAKER notes of today\n")));
    assert_null(magic_machine_text(STR("Hello\n")));
}

static void text_or_not(void **state)
{
    (void)state;
    assert_false(magic_not_text(STR("Hello,\tworld\r\n")));
    assert_false(magic_not_text(STR("Gr\xfc\xdf"
                                    "e")));
    assert_false(magic_not_text(STR("h\0e\0l\0l\0o\0")));
    assert_false(magic_not_text(STR("a stray \0 among enough words to be sure of it")));
    assert_true(magic_not_text(STR("\0\1\2\3\4\5\6\7")));
}

int main(void)
{
    static const struct CMUnitTest rows[] = {ROW_TEST(binaries), ROW_TEST(machine_text), ROW_TEST(text_or_not)};

    return cmocka_run_group_tests(rows, NULL, NULL);
}
