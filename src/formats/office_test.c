#include "formats/office.h"

#include "formats/test_fixture.h"

#define A_P(t) "<a:p><a:r><a:t>" t "</a:t></a:r></a:p>"
#define SLIDE(body) "<p:sld xmlns:p=\"p\" xmlns:a=\"a\">" body "</p:sld>"

static void slides_are_read_in_their_order_with_notes(void **state)
{
    const struct test_member m[] = {
        {"ppt/slides/slide10.xml", STR(SLIDE(A_P("ten")))},
        {"ppt/slides/slide2.xml",
         STR(SLIDE(A_P("two") "<a:tbl><a:tr><a:tc>" A_P("x") "</a:tc><a:tc>" A_P("y") "</a:tc></a:tr></a:tbl>"))},
        {"ppt/notesSlides/notesSlide2.xml", STR(SLIDE(A_P("say this")))},
        {"docProps/core.xml",
         STR("<c xmlns:dc=\"d\"><dc:title>Deck</dc:title><dc:modified>2026-06-10T13:00:00Z</dc:modified></c>")},
        {NULL, {NULL, 0}},
    };
    struct interaction *ia = test_parse(a, test_zip(a, m), &r);

    (void)state;
    assert_str(ia->format, "pptx");
    assert_str(ia->title, "Deck");
    assert_int_equal(ia->started_at_ms, clock_from_civil(2026, 6, 10, 13, 0, 0, 0));
    assert_int_equal(ia->turns_n, 4);
    assert_str(ia->turns[0].text, "two");
    assert_str(ia->turns[1].text, "x | y");
    assert_str(ia->turns[2].text, "say this");
    assert_str(ia->turns[3].text, "ten");
}

static void sheets_give_a_row_a_turn(void **state)
{
    const struct test_member m[] = {
        {"xl/sharedStrings.xml",
         STR("<sst><si><t>name</t></si><si><r><t>two </t></r><r><t>parts</t></r><rPh><t>no</t></rPh></si></sst>")},
        {"xl/worksheets/sheet1.xml",
         STR("<worksheet><sheetData><row><c t=\"s\"><v>0</v></c><c><v>1.5</v></c></row><row><c t=\"s\"><v>1</v></c>"
             "<c t=\"s\"><v>99</v></c><c t=\"inlineStr\"><is><t>in</t></is></c></row><row/></sheetData></worksheet>")},
        {NULL, {NULL, 0}},
    };
    struct interaction *ia = test_parse(a, test_zip(a, m), &r);

    (void)state;
    assert_str(ia->format, "xlsx");
    assert_int_equal(ia->turns_n, 2);
    assert_str(ia->turns[0].text, "name | 1.5");
    assert_str(ia->turns[1].text, "two parts | in");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(slides_are_read_in_their_order_with_notes),
        FIXTURE_TEST(sheets_give_a_row_a_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
