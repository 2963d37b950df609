#include "formats/drawing.h"
#include "formats/fuzz_row.h"
#include "formats/wordml.h"

extern const struct format_ops format_docx;

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* The parts beside the text: lists and styles, notes, charts. */
static void fuzz_parts(str xml, struct arena *a)
{
    const struct zip_member m = {STR("part.xml"), xml};
    struct word_doc doc = {.lists = word_lists_new(a, xml, xml)};
    struct word_notes notes = {0};
    struct drawings seen = {.n = 0}, again = {.n = 0};
    struct format_result r = {0};
    struct blocks b;
    struct err e;

    (void)word_style_place(doc.lists, STR("a"));
    for (int i = 0; i < 20; i++)
        fuzz_text(word_label(doc.lists, (struct word_place){i % 3, i % 4}, a));
    if (wordml_notes(xml, "notes.xml", "footnote", a, &notes, &e) == ERR_OK)
        for (size_t i = 0; i < notes.n; i++)
            fuzz_text(notes.at[i].text);
    blocks_init(&b, a);
    drawing_chart(&m, &seen, &r, &b);
    drawing_smart_art(&m, &again, &r, &b);
    office_comments(&m, &r, &b);
    for (size_t i = 0; i < b.n; i++)
        fuzz_text(b.at[i].text);
}

/* Checksums keep a mutated archive from reaching the text inside, so bytes that are no archive are taken as that text. */
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct word_doc doc = {0};
    struct blocks b;
    struct arena *a;
    struct err e = {.msg = ""};
    size_t i;

    if (n > 1 && p[0] == 'P' && p[1] == 'K')
        return fuzz_row(&format_docx, "a.docx", p, n);
    a = arena_new("fuzz");
    blocks_init(&b, a);
    if (wordml_blocks(str_n((const char *)p, n), "document.xml", &doc, &b, &e))
        fuzz_check(e.code != ERR_OK && strstr(e.msg, "document.xml"));
    for (i = 0; i < b.n; i++) {
        fuzz_text(b.at[i].text);
        fuzz_check(b.at[i].text.n > 0);
    }
    fuzz_parts(str_n((const char *)p, n), a);
    arena_free(a);
    return 0;
}
