#include "formats/test_fixture.h"

#define P(text) "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"

static void paragraphs_headings_lists_and_tables_become_turns_in_order(void **state)
{
    struct interaction *ia =
        test_parse(a,
                   test_docx(a, "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>Plan</w:t></w:r></w:p>" P(
                                    "First words.") "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>an item</w:t></w:r></w:p>"
                                                    "<w:tbl><w:tr><w:tc>" P("a") "</w:tc><w:tc>" P("b")
                                                        P("c") "</w:tc></w:tr></w:tbl>" P("Last &amp; least")),
                   &r);

    (void)state;
    assert_int_equal(ia->kind, IA_DOCUMENT);
    assert_str(ia->title, "Plan");
    assert_int_equal(ia->turns_n, 5);
    assert_str(ia->turns[0].text, "Plan");
    assert_str(ia->turns[1].text, "First words.");
    assert_str(ia->turns[2].text, "- an item");
    assert_str(ia->turns[3].text, "a | b c");
    assert_str(ia->turns[4].text, "Last & least");
    assert_int_equal(ia->turns[0].start_ms, IA_TIME_NONE);
}

static void deleted_words_field_codes_and_fallback_copies_are_left_out(void **state)
{
    struct interaction *ia =
        test_parse(a,
                   test_docx(a, "<w:p><w:r><w:t>kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
                                "<w:ins><w:r><w:t> new</w:t></w:r></w:ins><w:r><w:instrText>PAGE</w:instrText></w:r>"
                                "<mc:AlternateContent xmlns:mc=\"m\"><mc:Choice><w:r><w:t> once</w:t></w:r></mc:Choice>"
                                "<mc:Fallback><w:r><w:t> twice</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>"),
                   &r);

    (void)state;
    assert_int_equal(ia->turns_n, 1);
    assert_str(ia->turns[0].text, "kept new once");
}

static void teams_transcript_with_ranges_is_a_call(void **state)
{
    struct interaction *ia = test_parse(
        a,
        test_docx(a, "<w:p><w:r><w:t>0:0:0.0 --&gt; 0:0:1.510</w:t><w:br/><w:t>Dana Reyes</w:t><w:br/>"
                     "<w:t>Good morning.</w:t></w:r></w:p><w:p><w:r><w:t>-0:0:0.120 --&gt; 1:02:03.5</w:t><w:br/>"
                     "<w:t>Pat Kim</w:t><w:br/><w:t>Hello</w:t><w:br/><w:t>there.</w:t></w:r></w:p>"),
        &r);

    (void)state;
    assert_int_equal(ia->kind, IA_CALL);
    assert_int_equal(ia->turns_n, 2);
    assert_str(ia->turns[0].speaker, "Dana Reyes");
    assert_int_equal(ia->turns[0].start_ms, 0);
    assert_int_equal(ia->turns[0].end_ms, 1510);
    assert_str(ia->turns[0].text, "Good morning.");
    assert_int_equal(ia->turns[1].start_ms, 0);
    assert_int_equal(ia->turns[1].end_ms, 3723500);
    assert_str(ia->turns[1].text, "Hello\nthere.");
    assert_int_equal(ia->participants_n, 2);
}

static void teams_transcript_with_names_and_starts_is_a_call(void **state)
{
    struct interaction *ia =
        test_parse(a,
                   test_docx(a, P("Weekly with Acme") "<w:p><w:r><w:t xml:space=\"preserve\">Dana Reyes   "
                                                      "0:03</w:t><w:br/><w:t>Shall we?</w:t></w:r></w:p>"
                                                      "<w:p><w:r><w:t xml:space=\"preserve\">Pat Kim   "
                                                      "1:00:05</w:t><w:br/><w:t>Yes.</w:t></w:r></w:p>"),
                   &r);

    (void)state;
    assert_int_equal(ia->kind, IA_CALL);
    assert_str(ia->title, "Weekly with Acme");
    assert_int_equal(ia->turns_n, 2);
    assert_int_equal(ia->turns[0].start_ms, 3000);
    assert_int_equal(ia->turns[1].start_ms, 3605000);
    assert_str(ia->turns[1].speaker, "Pat Kim");
}

#define RELS(list) "<Relationships>" list "</Relationships>"
#define REL(id, type, target) "<Relationship Id=\"" id "\" Type=\"http://x/" type "\" Target=\"" target "\"/>"
#define ITEM(list, level, text)                                                                                        \
    "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"" level "\"/><w:numId w:val=\"" list "\"/></w:numPr></w:pPr><w:r><w:t>" text \
    "</w:t></w:r></w:p>"
#define LVL(level, format, text)                                                                                       \
    "<w:lvl w:ilvl=\"" level "\"><w:start w:val=\"1\"/><w:numFmt w:val=\"" format "\"/><w:lvlText w:val=\"" text       \
    "\"/></w:lvl>"

static str document(const char *body)
{
    return str_fmt(a, "<w:document " W_NS " xmlns:r=\"r\" xmlns:c=\"c\"><w:body>%s</w:body></w:document>", body);
}

static void turns_are(const struct interaction *ia, const char *const *want)
{
    size_t i;

    for (i = 0; want[i]; i++) {
        assert_true(i < ia->turns_n);
        assert_str(ia->turns[i].text, want[i]);
    }
    assert_int_equal(ia->turns_n, i);
}

static void list_items_have_the_labels_word_shows(void **state)
{
    const struct test_member m[] = {
        {"word/document.xml",
         document(ITEM("1", "0", "first") ITEM("1", "1", "deeper") ITEM("1", "1", "again") ITEM("2", "0", "a bullet")
                      ITEM("1", "0", "goes on") ITEM("1", "1", "starts anew") ITEM("3", "0", "fresh") ITEM(
                          "0", "0",
                          "no item") "<w:p><w:pPr><w:pStyle w:val=\"Kop\"/></w:pPr><w:r><w:t>Scope</w:t></w:r></w:p>"
                                     "<w:p><w:pPr><w:pStyle w:val=\"Kop\"/></w:pPr><w:r><w:t>Price</w:t></w:r></w:p>")},
        {"word/_rels/document.xml.rels",
         STR(RELS(REL("rId1", "numbering", "numbering.xml") REL("rId2", "styles", "styles.xml")))},
        {"word/numbering.xml",
         STR("<w:numbering " W_NS "><w:abstractNum w:abstractNumId=\"7\">" LVL("0", "decimal", "%1.")
                 LVL("1", "lowerLetter",
                     "%1.%2)") "</w:abstractNum><w:abstractNum w:abstractNumId=\"8\">" LVL("0", "bullet", "x")
                     LVL("1", "bullet", "o") "</w:abstractNum><w:abstractNum w:abstractNumId=\"9\">" LVL(
                         "0", "upperRoman",
                         "%1") "</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"7\"/></w:num>"
                               "<w:num w:numId=\"2\"><w:abstractNumId w:val=\"8\"/></w:num>"
                               "<w:num w:numId=\"3\"><w:abstractNumId w:val=\"7\"/><w:lvlOverride w:ilvl=\"0\">"
                               "<w:startOverride w:val=\"1\"/></w:lvlOverride></w:num>"
                               "<w:num w:numId=\"4\"><w:abstractNumId w:val=\"9\"/></w:num></w:numbering>")},
        {"word/styles.xml",
         STR("<w:styles " W_NS "><w:style w:styleId=\"Basis\"><w:name w:val=\"heading 1\"/><w:pPr><w:numPr>"
             "<w:numId w:val=\"4\"/></w:numPr></w:pPr></w:style><w:style w:styleId=\"Kop\"><w:name "
             "w:val=\"mine\"/><w:basedOn w:val=\"Basis\"/></w:style></w:styles>")},
        {NULL, {NULL, 0}}};
    static const char *const want[] = {"1. first",   "1.a) deeper",      "1.b) again", "- a bullet",
                                       "2. goes on", "2.a) starts anew", "1. fresh",   "no item",
                                       "I Scope",    "II Price",         NULL};
    struct interaction *ia = test_parse(a, test_zip(a, m), &r);

    (void)state;
    turns_are(ia, want);
}

static void notes_comments_headers_and_footers_are_read_where_they_are_seen(void **state)
{
    const struct test_member m[] = {
        {"word/document.xml",
         document("<w:p><w:r><w:t>The price</w:t></w:r><w:r><w:footnoteReference w:id=\"5\"/></w:r><w:r><w:t> "
                  "holds</w:t></w:r>"
                  "<w:r><w:endnoteReference w:id=\"1\"/></w:r><w:r><w:commentReference w:id=\"0\"/></w:r></w:p>"
                  "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r><w:r><w:t>seen</w:t></w:r></w:p>"
                  "<w:p><w:r><w:t>Again</w:t></w:r><w:r><w:footnoteReference w:id=\"4\"/></w:r></w:p>")},
        {"word/_rels/document.xml.rels",
         STR(RELS(REL("a", "footnotes", "footnotes.xml") REL("b", "endnotes", "endnotes.xml")
                      REL("c", "comments", "comments.xml") REL("d", "header", "header1.xml")
                          REL("e", "header", "header2.xml") REL("f", "footer", "footer1.xml")))},
        {"word/footnotes.xml",
         STR("<w:footnotes " W_NS "><w:footnote w:id=\"3\">" P("never met") "</w:footnote><w:footnote w:id=\"4\">" P(
             "later") "</w:footnote><w:footnote w:id=\"5\">" P("without tax")
                 P("in euros") "</w:footnote></w:footnotes>")},
        {"word/endnotes.xml",
         STR("<w:endnotes " W_NS "><w:endnote w:id=\"1\">" P("until June") "</w:endnote></w:endnotes>")},
        {"word/comments.xml", STR("<w:comments " W_NS "><w:comment w:id=\"0\" w:author=\"Dana Reyes\">" P(
                                  "really?") "</w:comment></w:comments>")},
        {"word/header1.xml", STR("<w:hdr " W_NS ">" P("Confidential") P("12") "</w:hdr>")},
        {"word/header2.xml", STR("<w:hdr " W_NS ">" P("Confidential") P("Draft") "</w:hdr>")},
        {"word/footer1.xml", STR("<w:ftr " W_NS ">" P("Page 1 of 3") "</w:ftr>")},
        {NULL, {NULL, 0}}};
    static const char *const want[] = {"Confidential",
                                       "Draft",
                                       "The price[1] holds[i]",
                                       "Comment by Dana Reyes: really?",
                                       "seen",
                                       "Again[2]",
                                       "[1] without tax\nin euros",
                                       "[2] later",
                                       "[i] until June",
                                       "Page 1 of 3",
                                       NULL};
    struct interaction *ia = test_parse(a, test_zip(a, m), &r);

    (void)state;
    turns_are(ia, want);
    assert_int_equal(r.notices_n, 1);
    assert_str(r.notices[0].reason, "6 bytes formatted as hidden were left out");
}

static void charts_become_tables_of_their_figures(void **state)
{
    const struct test_member m[] = {
        {"word/document.xml",
         document(P("Before") "<w:p><w:r><w:drawing><c:chart r:id=\"rId3\"/></w:drawing></w:r></w:p>" P("After"))},
        {"word/_rels/document.xml.rels", STR(RELS(REL("rId3", "chart", "charts/chart1.xml")))},
        {"word/charts/chart1.xml",
         STR("<c:chart xmlns:c=\"c\" xmlns:a=\"a\"><c:title><a:t>Deals</a:t></c:title><c:ser><c:tx><c:pt "
             "idx=\"0\"><c:v>Won</c:v></c:pt>"
             "</c:tx><c:cat><c:numRef><c:numCache><c:formatCode>yyyy\\-mm</c:formatCode><c:pt "
             "idx=\"0\"><c:v>46183</c:v></c:pt>"
             "<c:pt idx=\"1\"><c:v>46213</c:v></c:pt></c:numCache></c:numRef></c:cat><c:val><c:pt "
             "idx=\"0\"><c:v>4.2999999999999998</c:v></c:pt>"
             "<c:pt idx=\"1\"><c:v>5</c:v></c:pt></c:val></c:ser><c:ser><c:tx><c:pt "
             "idx=\"0\"><c:v>Lost</c:v></c:pt></c:tx>"
             "<c:val><c:pt idx=\"1\"><c:v>2</c:v></c:pt><c:pt "
             "idx=\"99999999999\"><c:v>9</c:v></c:pt></c:val></c:ser></c:chart>")},
        {NULL, {NULL, 0}}};
    /* 46183 is 2026-06-10: 25569 days to 1970 and 20614 more */
    static const char *const want[] = {"Before", "Deals", "| Won | Lost", "2026-06-10 | 4.3 |", "2026-07-10 | 5 | 2",
                                       "After",  NULL};
    struct interaction *ia = test_parse(a, test_zip(a, m), &r);

    (void)state;
    turns_are(ia, want);
}

static void the_main_part_may_have_another_name(void **state)
{
    const struct test_member m[] = {{"_rels/.rels", STR(RELS(REL("rId1", "officeDocument", "/word/document2.xml")))},
                                    {"word/document2.xml", document(P("found"))},
                                    {NULL, {NULL, 0}}};

    (void)state;
    assert_str(test_parse(a, test_zip(a, m), &r)->turns[0].text, "found");
}

static void refused(str bytes, const char *words)
{
    struct format_input in = {.bytes = bytes, .name = STR("x.docx")};
    struct err e = {0};

    assert_int_not_equal(format_parse(&in, a, &r, &e), ERR_OK);
    if (!strstr(e.msg, words))
        fail_msg("\"%s\" does not say \"%s\"", e.msg, words);
}

static void external_entities_and_entity_bombs_are_refused(void **state)
{
    static const char *const dtds[] = {
        "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>",
        "<!DOCTYPE x [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>",
        "<!DOCTYPE x SYSTEM \"http://127.0.0.1/x.dtd\">",
        "<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://127.0.0.1/p\"> %p;]>",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(dtds) / sizeof(dtds[0]); i++) {
        str xml = str_fmt(a,
                          "<?xml version=\"1.0\"?>%s<w:document " W_NS
                          "><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>",
                          dtds[i]);
        const struct test_member m[] = {{"word/document.xml", xml}, {NULL, {NULL, 0}}};
        refused(test_zip(a, m), "document type declaration");
    }
}

static void broken_files_say_what_is_wrong(void **state)
{
    const struct test_member none[] = {{"word/other.xml", STR("<x/>")}, {NULL, {NULL, 0}}};
    const struct test_member slip[] = {{"../word/document.xml", STR("<x/>")}, {NULL, {NULL, 0}}};
    const struct test_member root[] = {{"/etc/word/document.xml", STR("<x/>")}, {NULL, {NULL, 0}}};
    str whole = test_docx(a, P("some words in a document"));
    char ole[1024] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    const char *name = "EncryptedPackage";
    size_t i;

    (void)state;
    refused(test_zip(a, none), "no word/document.xml");
    refused(test_zip(a, slip), "forbidden name");
    refused(test_zip(a, root), "forbidden name");
    refused(test_docx(a, "<w:p>"), "word/document.xml line");
    for (i = 0; name[i]; i++)
        ole[512 + 2 * i] = name[i];
    refused(str_n(ole, sizeof(ole)), "encrypted");
    for (i = 60; i < whole.n; i += 7) { /* cut anywhere: refused or read, never a crash */
        struct format_input in = {.bytes = str_sub(whole, 0, i), .name = STR("x.docx")};
        struct err e;
        format_parse(&in, a, &r, &e);
    }
}

static void a_bomb_is_refused_while_it_unpacks(void **state)
{
    size_t n = (size_t)64 << 20;
    char *zeros = arena_alloc(a, n);
    const struct test_member m[] = {{"word/document.xml", {zeros, n}}, {NULL, {NULL, 0}}};

    (void)state;
    memset(zeros, ' ', n);
    refused(test_zip(a, m), "times its size");
}

static void elements_nested_without_end_are_refused(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1 << 24);
    for (int i = 0; i < 100000; i++)
        buf_str(&b, STR("<w:sdt>"));
    buf_char(&b, '\0');
    refused(test_docx(a, b.p), "nested");
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(paragraphs_headings_lists_and_tables_become_turns_in_order),
        FIXTURE_TEST(deleted_words_field_codes_and_fallback_copies_are_left_out),
        FIXTURE_TEST(teams_transcript_with_ranges_is_a_call),
        FIXTURE_TEST(teams_transcript_with_names_and_starts_is_a_call),
        FIXTURE_TEST(list_items_have_the_labels_word_shows),
        FIXTURE_TEST(notes_comments_headers_and_footers_are_read_where_they_are_seen),
        FIXTURE_TEST(charts_become_tables_of_their_figures),
        FIXTURE_TEST(the_main_part_may_have_another_name),
        FIXTURE_TEST(external_entities_and_entity_bombs_are_refused),
        FIXTURE_TEST(broken_files_say_what_is_wrong),
        FIXTURE_TEST(a_bomb_is_refused_while_it_unpacks),
        FIXTURE_TEST(elements_nested_without_end_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
