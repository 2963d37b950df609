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
        FIXTURE_TEST(external_entities_and_entity_bombs_are_refused),
        FIXTURE_TEST(broken_files_say_what_is_wrong),
        FIXTURE_TEST(a_bomb_is_refused_while_it_unpacks),
        FIXTURE_TEST(elements_nested_without_end_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
