/* formats/html.c - web pages and saved notes: one turn a block (see html_text.h). */
#include "formats/labelled.h"
#include "formats/html_text.h"

const struct format_ops format_html;

enum { SNIFF_BYTES = 8192 };

static int html_sniff(const struct format_input *in)
{
    static const char *const strong[] = {"<!doctype html", "<html"};
    static const char *const weak[] = {"<body", "<head>", "<div", "<p>", "<table", "<span",
                                       "<h1",   "<h2",    "<ul",  "<br", "<meta",  "<title"};
    str head = str_sub(in->bytes, 0, SNIFF_BYTES);
    int found = 0;
    size_t i;

    if (str_starts(head, STR("\xef\xbb\xbf")))
        head = str_from(head, 3);
    head = str_trim(head);
    for (i = 0; i < sizeof(strong) / sizeof(strong[0]); i++)
        if (str_starts_nocase(head, str_of(strong[i])))
            return 95;
    if (head.n == 0 || head.p[0] != '<')
        return 0;
    for (i = 0; i < sizeof(strong) / sizeof(strong[0]); i++)
        if (str_find_nocase(head, str_of(strong[i]), 0) != SIZE_MAX)
            return 90;
    for (i = 0; i < sizeof(weak) / sizeof(weak[0]); i++)
        found += str_find_nocase(head, str_of(weak[i]), 0) != SIZE_MAX;
    return found >= 2 ? 70 : found == 1 ? 45 : 0;
}

static enum err_code html_parse(const struct format_input *in, struct arena *a, struct format_result *out,
                                struct err *e)
{
    str text = labelled_to_utf8(a, in->bytes, labelled_html(in->bytes));
    struct html_facts facts;
    struct interaction *ia;
    struct blocks b;

    blocks_init(&b, a);
    if (html_blocks(text, 0, &b, &facts, e))
        return err_wrap(e, "web page");
    if (b.n == 0 && facts.cut)
        return err_set(e, ERR_INVALID, "web page: elements are nested deeper than %d", HTML_DEPTH_MAX);
    if (b.n == 0)
        return err_set(e, ERR_INVALID, "web page: it holds no text");
    ia = format_item_add(out, a, &format_html, IA_DOCUMENT);
    ia->title = facts.title.n > 0 ? facts.title : blocks_title(&b);
    blocks_to_turns(&b, out, ia);
    if (facts.cut)
        format_problem_add(out, a, str_fmt(a, "block %zu", b.n),
                           str_fmt(a, "elements are nested deeper than %d: what follows was left out", HTML_DEPTH_MAX));
    if (facts.hidden_bytes > 0)
        format_notice_add(
            out, a, STR("page"),
            str_fmt(a, "%zu bytes of text that a reader would not see were left out", facts.hidden_bytes));
    return ERR_OK;
}

const struct format_ops format_html = {
    .name = "html",
    .flags = FORMAT_SANDBOX,
    .sniff = html_sniff,
    .parse = html_parse,
};
