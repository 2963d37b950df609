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
        {"ppt/slides/_rels/slide2.xml.rels", STR("<Relationships><Relationship Id=\"r\" Type=\"x/notesSlide\" "
                                                 "Target=\"../notesSlides/notesSlide2.xml\"/></Relationships>")},
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

#define RELS(list) "<Relationships>" list "</Relationships>"
#define REL(id, type, target) "<Relationship Id=\"" id "\" Type=\"http://x/" type "\" Target=\"" target "\"/>"

static void the_show_decides_the_order_of_slides_and_whose_notes_are_whose(void **state)
{
    const struct test_member m[] = {
        {"ppt/presentation.xml",
         STR("<p:presentation xmlns:p=\"p\" xmlns:r=\"r\"><p:sldIdLst><p:sldId id=\"256\" r:id=\"rId2\"/>"
             "<p:sldId id=\"257\" r:id=\"rId1\"/></p:sldIdLst></p:presentation>")},
        {"ppt/_rels/presentation.xml.rels",
         STR(RELS(REL("rId1", "slide", "slides/slide1.xml") REL("rId2", "slide", "slides/slide2.xml")))},
        {"ppt/slides/slide1.xml", STR(SLIDE(A_P("last")))},
        {"ppt/slides/slide2.xml",
         STR(SLIDE(A_P("first") "<a:p><a:fld type=\"slidenum\"><a:t>2</a:t></a:fld></a:p><c:chart xmlns:c=\"c\" "
                                "xmlns:r=\"r\" r:id=\"rId9\"/>"))},
        {"ppt/slides/_rels/slide2.xml.rels",
         STR(RELS(
             REL("rId9", "chart", "../charts/chart4.xml") REL("rId8", "notesSlide", "../notesSlides/notesSlide1.xml")
                 REL("rId7", "comments", "../comments/comment1.xml") REL("rId6", "chart", "../../../etc/passwd")))},
        {"ppt/notesSlides/notesSlide1.xml", STR(SLIDE(A_P("notes of the first")))},
        {"ppt/comments/comment1.xml",
         STR("<p:cmLst xmlns:p=\"p\"><p:cm><p:pos x=\"1\"/><p:text>too small</p:text></p:cm></p:cmLst>")},
        {"ppt/charts/chart4.xml",
         STR("<c:chart xmlns:c=\"c\"><c:ser><c:cat><c:pt idx=\"0\"><c:v>2025</c:v></c:pt></c:cat><c:val>"
             "<c:pt idx=\"0\"><c:v>7</c:v></c:pt></c:val></c:ser></c:chart>")},
        {NULL, {NULL, 0}},
    };
    static const char *const want[] = {"first", "2025 | 7", "notes of the first", "Comment: too small", "last"};
    struct interaction *ia = test_parse(a, test_zip(a, m), &r);
    size_t i;

    (void)state;
    assert_int_equal(ia->turns_n, 5);
    for (i = 0; i < 5; i++)
        assert_str(ia->turns[i].text, want[i]);
}

static void a_chart_referred_to_again_and_again_is_read_once(void **state)
{
    const struct test_member m[] = {
        {"ppt/slides/slide1.xml",
         STR(SLIDE(
             "<c:chart xmlns:c=\"c\" xmlns:r=\"r\" r:id=\"a\"/><c:chart xmlns:c=\"c\" xmlns:r=\"r\" r:id=\"a\"/>"))},
        {"ppt/slides/slide2.xml", STR(SLIDE("<c:chart xmlns:c=\"c\" xmlns:r=\"r\" r:id=\"a\"/>"))},
        {"ppt/slides/_rels/slide1.xml.rels", STR(RELS(REL("a", "chart", "../charts/chart1.xml")))},
        {"ppt/slides/_rels/slide2.xml.rels", STR(RELS(REL("a", "chart", "../charts/chart1.xml")))},
        {"ppt/charts/chart1.xml",
         STR("<c:chart xmlns:c=\"c\"><c:ser><c:val><c:pt idx=\"2\"><c:v>7</c:v></c:pt></c:val></c:ser></c:chart>")},
        {NULL, {NULL, 0}},
    };
    struct interaction *ia = test_parse(a, test_zip(a, m), &r);

    (void)state;
    assert_int_equal(ia->turns_n, 1);
    assert_str(ia->turns[0].text, "| 7");
}

static void sheets_have_names_dates_and_comments(void **state)
{
    const struct test_member m[] = {
        {"xl/workbook.xml", STR("<workbook xmlns:r=\"r\"><sheets><sheet name=\"Plan\" r:id=\"b\"/><sheet name=\"Old\" "
                                "r:id=\"a\"/></sheets></workbook>")},
        {"xl/_rels/workbook.xml.rels",
         STR(RELS(REL("a", "worksheet", "worksheets/sheet1.xml") REL("b", "worksheet", "worksheets/sheet2.xml")))},
        {"xl/styles.xml", STR("<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"[$-409]d/m/yy h:mm\"/>"
                              "<numFmt numFmtId=\"171\" formatCode=\"0.0&quot; "
                              "days&quot;\"/></numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
                              "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"170\"/><xf "
                              "numFmtId=\"171\"/></cellXfs></styleSheet>")},
        {"xl/worksheets/sheet1.xml", STR("<worksheet><row><c><v>1</v></c></row></worksheet>")},
        {"xl/worksheets/sheet2.xml",
         STR("<worksheet><row><c s=\"0\"><v>46183</v></c><c s=\"1\"><v>46183</v></c><c s=\"2\"><v>46183.5625</v></c>"
             "<c s=\"3\"><v>3</v></c><c s=\"9\"><v>4</v></c></row></worksheet>")},
        {"xl/worksheets/_rels/sheet2.xml.rels", STR(RELS(REL("x", "comments", "../comments1.xml")))},
        {"xl/comments1.xml", STR("<comments><commentList><comment ref=\"A1\"><text><r><t>who says</t></r><r><t> "
                                 "so?</t></r></text></comment></commentList></comments>")},
        {NULL, {NULL, 0}},
    };
    static const char *const want[] = {"Plan", "46183 | 2026-06-10 | 2026-06-10 13:30 | 3 | 4", "Comment: who says so?",
                                       "Old", "1"};
    struct interaction *ia = test_parse(a, test_zip(a, m), &r);
    size_t i;

    (void)state;
    assert_int_equal(ia->turns_n, 5);
    for (i = 0; i < 5; i++)
        assert_str(ia->turns[i].text, want[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(slides_are_read_in_their_order_with_notes),
        FIXTURE_TEST(sheets_give_a_row_a_turn),
        FIXTURE_TEST(the_show_decides_the_order_of_slides_and_whose_notes_are_whose),
        FIXTURE_TEST(a_chart_referred_to_again_and_again_is_read_once),
        FIXTURE_TEST(sheets_have_names_dates_and_comments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
