#include "formats/html_text.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "formats/xml.h"

enum { LIST_DEPTH = 32, TITLE_MAX = 1000, QUOTE_MAX = 20, HREF_MAX = 200 };

enum {
    EL_BLOCK = 1u << 0,   /* begins and ends a line */
    EL_GAP = 1u << 1,     /* and an empty line */
    EL_SKIP = 1u << 2,    /* its text is not for readers */
    EL_HEADING = 1u << 3,
    EL_PRE = 1u << 4,
    EL_QUOTE = 1u << 5,
    EL_LIST = 1u << 6,
    EL_ITEM = 1u << 7,
    EL_ROW = 1u << 8,
    EL_CELL = 1u << 9,
    EL_BREAK = 1u << 10,
    EL_TITLE = 1u << 11,
    EL_HIDDEN = 1u << 12, /* not by its name, but by an attribute */
    EL_TABLE = 1u << 13,
};

static const struct {
    const char *name;
    unsigned flags;
} elements[] = {
    {"address", EL_BLOCK},
    {"article", EL_BLOCK},
    {"aside", EL_BLOCK},
    {"blockquote", EL_BLOCK | EL_GAP | EL_QUOTE},
    {"body", EL_BLOCK},
    {"br", EL_BREAK},
    {"caption", EL_BLOCK},
    {"center", EL_BLOCK},
    {"dd", EL_BLOCK},
    {"details", EL_BLOCK},
    {"div", EL_BLOCK},
    {"dl", EL_BLOCK | EL_GAP},
    {"dt", EL_BLOCK},
    {"fieldset", EL_BLOCK},
    {"figcaption", EL_BLOCK},
    {"figure", EL_BLOCK},
    {"footer", EL_BLOCK},
    {"form", EL_BLOCK},
    {"h1", EL_BLOCK | EL_GAP | EL_HEADING},
    {"h2", EL_BLOCK | EL_GAP | EL_HEADING},
    {"h3", EL_BLOCK | EL_GAP | EL_HEADING},
    {"h4", EL_BLOCK | EL_GAP | EL_HEADING},
    {"h5", EL_BLOCK | EL_GAP | EL_HEADING},
    {"h6", EL_BLOCK | EL_GAP | EL_HEADING},
    {"header", EL_BLOCK},
    {"hr", EL_BLOCK | EL_GAP},
    {"html", EL_BLOCK},
    {"iframe", EL_SKIP},
    {"legend", EL_BLOCK},
    {"li", EL_BLOCK | EL_ITEM},
    {"main", EL_BLOCK},
    {"menu", EL_BLOCK | EL_GAP | EL_LIST},
    {"nav", EL_BLOCK},
    {"noframes", EL_SKIP},
    {"noscript", EL_SKIP},
    {"object", EL_BLOCK},
    {"ol", EL_BLOCK | EL_GAP | EL_LIST},
    {"option", EL_BLOCK},
    {"p", EL_BLOCK | EL_GAP},
    {"pre", EL_BLOCK | EL_GAP | EL_PRE},
    {"script", EL_SKIP},
    {"section", EL_BLOCK},
    {"style", EL_SKIP},
    {"summary", EL_BLOCK},
    {"svg", EL_SKIP},
    {"table", EL_BLOCK | EL_GAP | EL_TABLE},
    {"tbody", EL_BLOCK},
    {"td", EL_CELL},
    {"template", EL_SKIP},
    {"textarea", EL_BLOCK | EL_PRE},
    {"tfoot", EL_BLOCK},
    {"th", EL_CELL},
    {"thead", EL_BLOCK},
    {"title", EL_SKIP | EL_TITLE},
    {"tr", EL_BLOCK | EL_ROW},
    {"ul", EL_BLOCK | EL_GAP | EL_LIST},
    {"xml", EL_SKIP},
};

struct state {
    struct blocks *out;
    struct html_facts *facts;
    unsigned flags;
    htmlParserCtxtPtr ctxt;
    struct buf line, title;
    unsigned open[HTML_DEPTH_MAX]; /* flags of the open elements */
    int depth;
    int skip, hidden, pre, heading, cells, quote, in_title; /* how many open elements say so */
    int counters[LIST_DEPTH], lists;                        /* -1: bullets */
    char bullet[16];                                        /* waits for the first words of the item */
    bool gap, space;
    int cell_break; /* a block ended inside a table cell: break only if more words follow in that cell; 2: with a gap */
    bool stopped;
};

static unsigned element_flags(const char *name)
{
    size_t lo = 0, hi = sizeof(elements) / sizeof(elements[0]);

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = strcmp(name, elements[mid].name);
        if (c == 0)
            return elements[mid].flags;
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return 0;
}

/* The value of a style property that hides, wherever it stands: "display: none". */
/* NUL outside. */
static char char_at(str s, size_t at)
{
    return at < s.n ? s.p[at] : 0;
}

static bool is_alnum(char c)
{
    return isalnum((unsigned char)c);
}

static bool style_has(str style, str property, str value)
{
    size_t at = 0;

    while ((at = str_find_nocase(style, property, at)) != SIZE_MAX) {
        str rest = str_trim(str_from(style, at + property.n));
        char before = char_at(style, at - 1);
        if (!is_alnum(before) && before != '-' && char_at(rest, 0) == ':') {
            rest = str_trim(str_from(rest, 1));
            if (str_starts_nocase(rest, value) &&
                (!(is_alnum(char_at(rest, value.n)) || char_at(rest, value.n) == '.') ||
                 str_starts_nocase(str_from(rest, value.n), STR("px")) ||
                 str_starts_nocase(str_from(rest, value.n), STR("pt"))))
                return true;
        }
        at += property.n;
    }
    return false;
}

static bool is_hidden(const xmlChar **attrs)
{
    size_t i;

    for (i = 0; attrs && attrs[i]; i += 2) {
        str name = str_of((const char *)attrs[i]), value = str_of((const char *)attrs[i + 1]);
        if (str_eq_nocase(name, STR("hidden")))
            return true;
        if (str_eq_nocase(name, STR("style")) &&
            (style_has(value, STR("display"), STR("none")) || style_has(value, STR("visibility"), STR("hidden")) ||
             style_has(value, STR("mso-hide"), STR("all")) || style_has(value, STR("font-size"), STR("0")) ||
             style_has(value, STR("opacity"), STR("0"))))
            return true;
    }
    return false;
}

static str attr(const xmlChar **attrs, const char *name)
{
    size_t i;

    for (i = 0; attrs && attrs[i]; i += 2)
        if (strcmp((const char *)attrs[i], name) == 0)
            return str_of((const char *)attrs[i + 1]);
    return STR_NULL;
}

/* The line so far becomes a block. */
static void flush(struct state *s)
{
    enum block_kind kind = s->heading ? BLOCK_HEADING : s->bullet[0] ? BLOCK_ITEM : s->cells ? BLOCK_ROW : BLOCK_TEXT;
    str text = s->pre ? str_trim_end(buf_view(&s->line)) : str_trim(buf_view(&s->line)), rest, row;
    struct buf b;

    s->space = false;
    s->cell_break = 0;
    if (str_trim(text).n == 0) {
        buf_reset(&s->line);
        return;
    }
    buf_init_wiped(&b, IA_TEXT_MAX);
    rest = text;
    while (str_line_next(&rest, &row)) {
        int q;
        for (q = 0; (s->flags & HTML_MAIL) && q < s->quote && q < QUOTE_MAX; q++)
            buf_str(&b, q + 1 == s->quote ? STR("> ") : STR(">"));
        if (row.p == text.p)
            buf_str(&b, str_of(s->bullet));
        buf_str(&b, row);
        if (rest.n > 0)
            buf_char(&b, '\n');
    }
    blocks_add(s->out, kind, s->gap, buf_view(&b));
    buf_done(&b);
    buf_reset(&s->line);
    s->bullet[0] = '\0';
    s->gap = false;
}

static void block_edge(struct state *s, unsigned flags)
{
    bool in_cell = s->cells > 0 && !(flags & (EL_ROW | EL_TABLE));

    if (!in_cell || s->line.n == 0)
        flush(s);
    else if (s->cell_break < 2) /* <td><p>one</p></td> is still one cell of the row */
        s->cell_break = flags & EL_GAP ? 2 : 1;
    s->gap = s->gap || ((flags & EL_GAP) && !in_cell);
}

static void line_put(struct state *s, char c)
{
    if (s->cell_break) {
        bool gap = s->cell_break == 2;
        flush(s);
        s->gap = s->gap || gap;
    }
    if (s->space && s->line.n > 0 && s->line.p[s->line.n - 1] != '\n')
        buf_char(&s->line, ' ');
    s->space = false;
    buf_char(&s->line, c);
}

static void text_put(struct state *s, str t)
{
    size_t i = 0;

    while (i < t.n) {
        unsigned char c = (unsigned char)t.p[i], d = i + 1 < t.n ? (unsigned char)t.p[i + 1] : 0;
        if (c == 0xc2 && d == 0xad) { /* soft hyphen */
            i += 2;
        } else if (c == 0xc2 && d == 0xa0) {
            s->space = true;
            i += 2;
        } else if (i + 2 < t.n &&
                   (memcmp(t.p + i, "\xe2\x80\x8b", 3) == 0 || memcmp(t.p + i, "\xef\xbb\xbf", 3) == 0)) {
            i += 3;
        } else if (isspace(c) && !s->pre) {
            s->space = true;
            i++;
        } else {
            line_put(s, (char)c);
            i++;
        }
    }
}

static void stop(struct state *s)
{
    s->stopped = true;
    xmlStopParser(s->ctxt);
}

static void list_open(struct state *s, bool numbered)
{
    if (s->lists < LIST_DEPTH)
        s->counters[s->lists] = numbered ? 0 : -1;
    s->lists++;
}

static void item_open(struct state *s)
{
    int *counter = s->lists > 0 && s->lists <= LIST_DEPTH ? &s->counters[s->lists - 1] : NULL;

    if (counter && *counter >= 0)
        snprintf(s->bullet, sizeof(s->bullet), "%d. ", ++*counter);
    else
        snprintf(s->bullet, sizeof(s->bullet), "- ");
}

/* Adds (by = 1) or takes back (by = -1) what an open element says. */
static void count(struct state *s, unsigned f, int by)
{
    s->skip += (f & EL_SKIP) ? by : 0;
    s->in_title += (f & EL_TITLE) ? by : 0;
    s->hidden += (f & EL_HIDDEN) ? by : 0;
    s->pre += (f & EL_PRE) ? by : 0;
    s->heading += (f & EL_HEADING) ? by : 0;
    s->quote += (f & EL_QUOTE) ? by : 0;
    s->cells += (f & EL_CELL) ? by : 0;
}

static void on_open(void *ctx, const xmlChar *name, const xmlChar **attrs)
{
    struct state *s = ctx;
    unsigned f = element_flags((const char *)name);

    if (s->stopped)
        return;
    if (s->depth == HTML_DEPTH_MAX) {
        s->facts->cut = true;
        stop(s);
        return;
    }
    if (is_hidden(attrs))
        f |= EL_HIDDEN;
    s->open[s->depth++] = f;
    if (!s->skip && !s->hidden && !(f & (EL_SKIP | EL_HIDDEN))) {
        if (f & EL_BREAK) {
            s->space = false;
            buf_char(&s->line, '\n');
        }
        if (f & EL_BLOCK)
            block_edge(s, f);
        if ((f & EL_CELL) && s->line.n > 0) {
            s->cell_break = 0;
            s->space = false;
            buf_str(&s->line, STR(" | "));
        }
        if ((s->flags & HTML_MAIL) && str_eq(attr(attrs, "id"), STR("divRplyFwdMsg")))
            blocks_add(s->out, BLOCK_TEXT, true, STR("________________________________"));
    }
    if (f & EL_LIST)
        list_open(s, strcmp((const char *)name, "ol") == 0);
    if (f & EL_ITEM)
        item_open(s);
    count(s, f, 1);
}

static void on_close(void *ctx, const xmlChar *name)
{
    struct state *s = ctx;
    unsigned f;

    (void)name;
    if (s->stopped || s->depth == 0)
        return;
    f = s->open[--s->depth];
    if ((f & EL_BLOCK) && !s->skip && !s->hidden) {
        block_edge(s, f);
        if (f & EL_ITEM)
            s->bullet[0] = '\0';
    }
    if ((f & EL_LIST) && s->lists > 0)
        s->lists--;
    count(s, f, -1);
    if (s->out->full)
        stop(s);
}

static void on_text(void *ctx, const xmlChar *p, int n)
{
    struct state *s = ctx;
    str t = str_n((const char *)p, (size_t)n);

    if (s->stopped)
        return;
    if (s->in_title) {
        if (s->title.n + t.n < TITLE_MAX)
            buf_str(&s->title, t);
    } else if (s->hidden && !s->skip) {
        s->facts->hidden_bytes += str_trim(t).n;
    } else if (!s->skip) {
        text_put(s, t);
    }
}

static void on_error(void *ctx, const char *msg, ...)
{
    (void)ctx, (void)msg;
}

/* Is this at i, whatever the case? */
static bool stands_at(str s, size_t i, str what)
{
    return str_starts_nocase(str_from(s, i), what);
}

/* Behind `what`, from i on; s.n when it does not come. */
static size_t behind(str s, size_t i, str what)
{
    size_t at = str_find(s, what, i);

    return at == SIZE_MAX ? s.n : at + what.n;
}

static size_t spaces_skip(str s, size_t i)
{
    while (i < s.n && isspace((unsigned char)s.p[i]))
        i++;
    return i;
}

/* Where "<!DOCTYPE html [ ... ]>" ends, which begins at i: XHTML may bring declarations of its own. i when it brings none. */
static size_t subset_end(str s, size_t i)
{
    bool inside = false;

    for (size_t k = i + 2; k < s.n;) {
        char c = s.p[k];
        if (inside && stands_at(s, k, STR("<!--")))
            k = behind(s, k + 4, STR("-->"));
        else if (inside && stands_at(s, k, STR("<?")))
            k = behind(s, k, STR("?>"));
        else if (c == '"' || c == '\'')
            k = behind(s, k + 1, str_n(&s.p[k], 1));
        else if (inside && c == ']' && spaces_skip(s, k + 1) < s.n && s.p[spaces_skip(s, k + 1)] == '>')
            return spaces_skip(s, k + 1) + 1;
        else if (!inside && c == '>')
            return i;
        else
            inside = inside || c == '[', k++;
    }
    return i;
}

/* The page without such a DOCTYPE, which the parser takes to end with its first '>'. */
static str subset_skip(str s)
{
    for (size_t i = spaces_skip(s, 0), end; i < s.n; i = spaces_skip(s, end)) {
        if (stands_at(s, i, STR("<!--")))
            end = behind(s, i + 4, STR("-->"));
        else if (stands_at(s, i, STR("<?")))
            end = behind(s, i, STR(">"));
        else if (stands_at(s, i, STR("<!doctype")))
            return subset_end(s, i) > i ? str_from(s, subset_end(s, i)) : s;
        else
            break;
    }
    return s;
}

enum err_code html_blocks(str html, unsigned flags, struct blocks *out, struct html_facts *facts, struct err *e)
{
    struct state s = {.out = out, .facts = facts, .flags = flags, .gap = out->n > 0};

    *facts = (struct html_facts){.title = STR("")};
    html = str_starts(html, STR("\xef\xbb\xbf")) ? str_from(html, 3) : html;
    html = subset_skip(html);
    if (str_trim(html).n == 0)
        return ERR_OK;
    xml_quiet();
    s.ctxt = htmlCreateMemoryParserCtxt(html.p, (int)html.n);
    if (!s.ctxt)
        return err_set(e, ERR_MEMORY, "no memory for the HTML parser");
    htmlCtxtUseOptions(s.ctxt, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                                   HTML_PARSE_IGNORE_ENC | HTML_PARSE_NODEFDTD);
    xmlSwitchEncoding(s.ctxt, XML_CHAR_ENCODING_UTF8);
    *s.ctxt->sax = (xmlSAXHandler){.startElement = on_open,
                                   .endElement = on_close,
                                   .characters = on_text,
                                   .ignorableWhitespace = on_text,
                                   .cdataBlock = on_text,
                                   .error = on_error,
                                   .warning = on_error,
                                   .fatalError = on_error};
    s.ctxt->userData = &s;
    buf_init_wiped(&s.line, IA_TEXT_MAX);
    buf_init_wiped(&s.title, TITLE_MAX);
    htmlParseDocument(s.ctxt);
    s.quote = 0;
    flush(&s);
    facts->title = text_squeeze(out->a, str_utf8_repair(out->a, buf_view(&s.title)), false);
    buf_done(&s.line);
    buf_done(&s.title);
    if (s.ctxt->myDoc)
        xmlFreeDoc(s.ctxt->myDoc);
    htmlFreeParserCtxt(s.ctxt);
    return ERR_OK;
}
