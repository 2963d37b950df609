#include "formats/pdf.h"

#include <unistd.h>

#include "base/fs.h"
#include "formats/pdftotext.h"
#include "formats/test_fixture.h"

static enum err_code refusal(str bytes, struct err *e)
{
    struct format_input in = {.bytes = bytes, .name = STR("x.pdf")};

    *e = (struct err){0};
    return format_parse(&in, a, &r, e);
}

static void words_are_read_and_lines_joined(void **state)
{
    static const char *const lines[] = {"The plan for the north is to sell", "more boats to the people there.", NULL};
    struct interaction *ia = test_parse(a, test_pdf(a, lines), &r);

    (void)state;
    assert_int_equal(ia->kind, IA_DOCUMENT);
    assert_int_equal(ia->turns_n, 1);
    assert_str(ia->turns[0].text, "The plan for the north is to sell more boats to the people there.");
}

static void a_page_without_text_is_refused(void **state)
{
    static const char *const none[] = {NULL};
    struct err e;

    (void)state;
    assert_int_equal(refusal(test_pdf(a, none), &e), ERR_UNSUPPORTED);
    assert_non_null(strstr(e.msg, "no text layer"));
}

static void an_encrypted_file_is_refused(void **state)
{
    static const char *const lines[] = {"secret", NULL};
    char from[] = "/tmp/harken-pdf-XXXXXX", to[] = "/tmp/harken-pdf-XXXXXX", command[200];
    struct err e;
    str locked;

    (void)state;
    close(mkstemp(from));
    close(mkstemp(to));
    assert_int_equal(fs_write_atomic(from, test_pdf(a, lines), 0600, &e), ERR_OK);
    snprintf(command, sizeof(command), "qpdf --encrypt secret owner 256 -- %s %s 2>/dev/null", from, to);
    if (system("command -v qpdf >/dev/null") != 0) // NOLINT(cert-env33-c): a fixed command, in a test
        skip();
    assert_int_equal(system(command), 0); // NOLINT(cert-env33-c): likewise
    assert_int_equal(fs_read(to, 1 << 20, a, &locked, &e), ERR_OK);
    unlink(from);
    unlink(to);
    assert_int_equal(refusal(locked, &e), ERR_DENIED);
    assert_non_null(strstr(e.msg, "encrypted"));
}

static void damage_is_refused_or_read_around(void **state)
{
    static const char *const lines[] = {"words to cut", NULL};
    str whole = test_pdf(a, lines);
    struct err e;
    size_t i;

    (void)state;
    assert_int_equal(refusal(STR("%PDF-1.7\ngarbage"), &e), ERR_INVALID);
    assert_non_null(strstr(e.msg, "damaged"));
    for (i = 20; i < whole.n; i += 97)
        refusal(str_sub(whole, 0, i), &e);
}

static enum err_code two_pages(str pdf, struct arena *mem, str *out, struct err *e)
{
    (void)pdf, (void)mem, (void)e;
    *out = STR("Title\n\nfirst line\nsecond line\n\n\fnext page\n\f");
    return ERR_OK;
}

static void paragraphs_become_turns_across_pages(void **state)
{
    struct interaction *ia;

    (void)state;
    pdf_text_set(two_pages);
    ia = test_parse(a, STR("%PDF-1.4"), &r);
    pdf_text_set(pdftotext_run);
    assert_int_equal(ia->turns_n, 3);
    assert_str(ia->turns[0].text, "Title");
    assert_str(ia->turns[1].text, "first line second line");
    assert_str(ia->turns[2].text, "next page");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(words_are_read_and_lines_joined),      FIXTURE_TEST(a_page_without_text_is_refused),
        FIXTURE_TEST(an_encrypted_file_is_refused),         FIXTURE_TEST(damage_is_refused_or_read_around),
        FIXTURE_TEST(paragraphs_become_turns_across_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
