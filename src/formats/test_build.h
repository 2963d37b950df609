/* formats/test_build.h - small files made on the spot, for the tests of this room. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>

#include "formats/format.h"

#define W_NS "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""

struct test_member {
    const char *name;
    str bytes;
};

/* A zip archive of these members, ended by a NULL name. */
static inline str test_zip(struct arena *a, const struct test_member *m)
{
    struct archive *ar = archive_write_new();
    size_t max = 1 << 16, used = 0, i;
    char *out;

    for (i = 0; m[i].name; i++)
        max += m[i].bytes.n + 1024;
    out = arena_alloc(a, max);
    archive_write_set_format_zip(ar);
    archive_write_open_memory(ar, out, max, &used);
    for (i = 0; m[i].name; i++) {
        struct archive_entry *en = archive_entry_new();
        archive_entry_set_pathname(en, m[i].name);
        archive_entry_set_size(en, (la_int64_t)m[i].bytes.n);
        archive_entry_set_filetype(en, AE_IFREG);
        archive_entry_set_perm(en, 0644);
        assert_int_equal(archive_write_header(ar, en), ARCHIVE_OK);
        archive_write_data(ar, m[i].bytes.p, m[i].bytes.n);
        archive_entry_free(en);
    }
    archive_write_close(ar);
    archive_write_free(ar);
    return str_n(out, used);
}

/* A .docx with this body. */
static inline str test_docx(struct arena *a, const char *body)
{
    str xml = str_fmt(a, "<?xml version=\"1.0\"?><w:document " W_NS "><w:body>%s</w:body></w:document>", body);
    const struct test_member m[] = {
        {"[Content_Types].xml", STR("<Types/>")}, {"word/document.xml", xml}, {NULL, {NULL, 0}}};

    return test_zip(a, m);
}

/* A PDF of one page with this text at the top, one line a string; with a correct cross-reference table. */
static inline str test_pdf(struct arena *a, const char *const *lines)
{
    str s = STR("BT /F1 12 Tf 72 720 Td 14 TL "), pdf;
    size_t at[6], i, xref;

    for (i = 0; lines[i]; i++)
        s = str_fmt(a, "%.*s(%s) Tj T* ", STR_ARG(s), lines[i]);
    s = str_fmt(a, "%.*sET", STR_ARG(s));
    pdf = STR("%PDF-1.4\n");
    at[1] = pdf.n;
    pdf = str_fmt(a, "%.*s1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n", STR_ARG(pdf));
    at[2] = pdf.n;
    pdf = str_fmt(a, "%.*s2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n", STR_ARG(pdf));
    at[3] = pdf.n;
    pdf = str_fmt(a,
                  "%.*s3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
                  "/Resources<</Font<</F1 5 0 R>>>>>>\nendobj\n",
                  STR_ARG(pdf));
    at[4] = pdf.n;
    pdf = str_fmt(a, "%.*s4 0 obj\n<</Length %zu>>\nstream\n%.*s\nendstream\nendobj\n", STR_ARG(pdf), s.n, STR_ARG(s));
    at[5] = pdf.n;
    pdf = str_fmt(a, "%.*s5 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n", STR_ARG(pdf));
    xref = pdf.n;
    pdf = str_fmt(a, "%.*sxref\n0 6\n0000000000 65535 f \n", STR_ARG(pdf));
    for (i = 1; i < 6; i++)
        pdf = str_fmt(a, "%.*s%010zu 00000 n \n", STR_ARG(pdf), at[i]);
    return str_fmt(a, "%.*strailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", STR_ARG(pdf), xref);
}

static inline struct interaction *test_parse(struct arena *a, str bytes, struct format_result *r)
{
    struct format_input in = {.bytes = bytes, .name = STR("")};
    struct err e = {0};

    if (format_parse(&in, a, r, &e))
        fail_msg("not read: %s", e.msg);
    assert_true(r->items_n > 0);
    return &r->items[0];
}

#define assert_str(got, want) test_str_is((got), (want), __FILE__, __LINE__)
static inline void test_str_is(str got, const char *want, const char *file, int line)
{
    if (!str_eq(got, str_of(want))) {
        print_error("%s:%d: got \"%.*s\", wanted \"%s\"\n", file, line, STR_ARG(got), want);
        _fail(file, line);
    }
}
