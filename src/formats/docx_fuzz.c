#include "formats/fuzz_row.h"
#include "formats/wordml.h"

extern const struct format_ops format_docx;

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Checksums keep a mutated archive from reaching the text inside, so bytes that are no archive are taken as that text. */
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct blocks b;
    struct arena *a;
    struct err e = {.msg = ""};
    size_t i;

    if (n > 1 && p[0] == 'P' && p[1] == 'K')
        return fuzz_row(&format_docx, "a.docx", p, n);
    a = arena_new("fuzz");
    blocks_init(&b, a);
    if (wordml_blocks(str_n((const char *)p, n), "document.xml", &b, &e))
        fuzz_check(e.code != ERR_OK && strstr(e.msg, "document.xml"));
    for (i = 0; i < b.n; i++) {
        fuzz_text(b.at[i].text);
        fuzz_check(b.at[i].text.n > 0);
    }
    arena_free(a);
    return 0;
}
