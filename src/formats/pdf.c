#include "formats/pdf.h"

#include "formats/blocks.h"
#include "formats/pdftotext.h"

const struct format_ops format_pdf;

enum { SNIFF_BYTES = 1024 };

static pdf_text_fn pdf_text = pdftotext_run;

void pdf_text_set(pdf_text_fn fn)
{
    pdf_text = fn;
}

static int pdf_sniff(const struct format_input *in)
{
    size_t at = str_find(str_sub(in->bytes, 0, SNIFF_BYTES), STR("%PDF-"), 0);

    return at == SIZE_MAX ? 0 : at == 0 ? 98 : 70;
}

/* Lines of one paragraph become one line: where the page ended says nothing. */
static str para_unwrap(struct arena *a, str para)
{
    char *to = arena_alloc(a, para.n + 1);
    str rest = para, line;
    size_t n = 0;

    while (str_line_next(&rest, &line)) {
        line = str_trim(line);
        if (line.n == 0)
            continue;
        if (n > 0)
            to[n++] = ' ';
        memcpy(to + n, line.p, line.n);
        n += line.n;
    }
    return text_squeeze(a, str_n(to, n), false);
}

static void page_blocks(str page, struct blocks *b)
{
    str rest = page, line;
    const char *from = NULL, *to = NULL;

    while (str_line_next(&rest, &line)) {
        if (str_trim(line).n > 0) {
            from = from ? from : line.p;
            to = line.p + line.n;
        } else if (from) {
            blocks_add(b, BLOCK_TEXT, true, para_unwrap(b->a, str_n(from, (size_t)(to - from))));
            from = NULL;
        }
    }
    if (from)
        blocks_add(b, BLOCK_TEXT, true, para_unwrap(b->a, str_n(from, (size_t)(to - from))));
}

static enum err_code pdf_parse(const struct format_input *in, struct arena *a, struct format_result *out, struct err *e)
{
    struct interaction *ia;
    struct blocks b;
    size_t pages = 0;
    str text, page;

    if (pdf_text(in->bytes, a, &text, e))
        return err_wrap(e, "PDF");
    text = str_utf8_repair(a, text);
    blocks_init(&b, a);
    while (text.n > 0) {
        page = str_cut(text, '\f', &text);
        page_blocks(page, &b);
        pages++;
    }
    if (b.n == 0)
        return err_set(e, ERR_UNSUPPORTED,
                       "PDF: no text layer in its %zu pages: it is made of images; run text recognition over it first",
                       pages);
    ia = format_item_add(out, a, &format_pdf, IA_DOCUMENT);
    blocks_to_turns(&b, out, ia);
    return ERR_OK;
}

const struct format_ops format_pdf = {
    .name = "pdf",
    .flags = FORMAT_SANDBOX,
    .sniff = pdf_sniff,
    .parse = pdf_parse,
};
