/* formats/xlsx.c - Excel sheets as a document: a block a row, its filled cells joined by " | ", then the sheet's comments
 * and the figures of its charts. Numbers are taken as the file stores them, but days and times as dates; formulas give
 * their last result. */
#include "formats/drawing.h"
#include "formats/office.h"
#include "formats/xml.h"

const struct format_ops format_xlsx;

struct sheet {
    struct arena *a;
    struct blocks *out;
    str *shared;
    size_t shared_n, shared_cap;
    uint64_t *date_formats; /* ids of the book's own formats that show dates */
    size_t date_formats_n, date_formats_cap;
    bool *dates; /* by style of a cell: it shows a date */
    size_t dates_n, dates_cap;
    struct buf cell, row;
    bool in_value, is_shared, is_date, phonetic, gap, in_cell_styles;
};

static int xlsx_sniff(const struct format_input *in)
{
    return zip_smells_of(in->bytes, "xl/") ? 94 : 0;
}

static bool xlsx_want(str name)
{
    return office_number(name, "xl/worksheets/sheet", ".xml") >= 0 || str_eq(name, STR("xl/sharedStrings.xml")) ||
           str_starts(name, STR("xl/worksheets/_rels/")) || str_eq(name, STR("xl/workbook.xml")) ||
           str_eq(name, STR("xl/_rels/workbook.xml.rels")) || str_eq(name, STR("xl/styles.xml")) ||
           str_starts(name, STR("xl/comments")) || str_starts(name, STR("xl/drawings/_rels/")) ||
           office_number(name, "xl/charts/chart", ".xml") >= 0 || str_eq(name, STR("docProps/core.xml"));
}

/* Formats every book has (ECMA-376 part 1, 18.8.30): 14 to 22 and 45 to 47 are dates and times. */
static bool format_shows_date(const struct sheet *s, uint64_t id)
{
    size_t i;

    for (i = 0; i < s->date_formats_n; i++)
        if (s->date_formats[i] == id)
            return true;
    return (id >= 14 && id <= 22) || (id >= 45 && id <= 47);
}

static bool style_open(void *me, str name, const struct xml_attrs *attrs)
{
    enum { OWN_FORMATS_MAX = 500, STYLES_MAX = 70000 };
    struct sheet *s = me;
    uint64_t id = 0;

    if (!str_to_u64(xml_attr(attrs, "numFmtId"), &id))
        id = 0;
    if (str_eq(name, STR("cellXfs")))
        s->in_cell_styles = true;
    else if (str_eq(name, STR("numFmt")) && s->date_formats_n < OWN_FORMATS_MAX &&
             office_format_is_date(xml_attr(attrs, "formatCode")))
        ARENA_PUSH(s->a, s->date_formats, s->date_formats_n, s->date_formats_cap) = id;
    else if (str_eq(name, STR("xf")) && s->in_cell_styles && s->dates_n < STYLES_MAX)
        ARENA_PUSH(s->a, s->dates, s->dates_n, s->dates_cap) = format_shows_date(s, id);
    return true;
}

static bool style_close(void *me, str name)
{
    if (str_eq(name, STR("cellXfs")))
        ((struct sheet *)me)->in_cell_styles = false;
    return true;
}

static bool value_text(void *me, str text)
{
    struct sheet *s = me;

    if (s->in_value && !s->phonetic)
        buf_str(&s->cell, text);
    return true;
}

static bool string_open(void *me, str name, const struct xml_attrs *attrs)
{
    struct sheet *s = me;

    (void)attrs;
    if (str_eq(name, STR("si")))
        buf_reset(&s->cell);
    else if (str_eq(name, STR("rPh")))
        s->phonetic = true;
    s->in_value = str_eq(name, STR("t"));
    return true;
}

static bool string_close(void *me, str name)
{
    struct sheet *s = me;

    s->in_value = false;
    if (str_eq(name, STR("rPh")))
        s->phonetic = false;
    if (str_eq(name, STR("si")))
        ARENA_PUSH(s->a, s->shared, s->shared_n, s->shared_cap) = str_dup(s->a, buf_view(&s->cell));
    return true;
}

static bool row_open(void *me, str name, const struct xml_attrs *attrs)
{
    struct sheet *s = me;

    if (str_eq(name, STR("row")))
        buf_reset(&s->row);
    if (str_eq(name, STR("c"))) {
        buf_reset(&s->cell);
        uint64_t style;
        str type = xml_attr(attrs, "t");
        s->is_shared = str_eq(type, STR("s"));
        s->is_date = (type.n == 0 || str_eq(type, STR("n"))) && str_to_u64(xml_attr(attrs, "s"), &style) &&
                     style < s->dates_n && s->dates[style];
    }
    s->in_value = str_eq(name, STR("v")) || str_eq(name, STR("t"));
    return true;
}

static bool row_close(void *me, str name)
{
    struct sheet *s = me;

    s->in_value = false;
    if (str_eq(name, STR("c")) && s->cell.n > 0) {
        str value = str_trim(buf_view(&s->cell));
        uint64_t i;
        double days;

        if (s->is_date && str_to_double(value, &days) && office_day_text(s->a, days).n > 0)
            value = office_day_text(s->a, days);
        else if (s->is_shared)
            value = str_to_u64(value, &i) && i < s->shared_n ? s->shared[i] : STR("");
        value = text_squeeze(s->a, value, true);
        if (value.n > 0 && s->row.n > 0)
            buf_str(&s->row, STR(" | "));
        buf_str(&s->row, value);
    }
    if (str_eq(name, STR("row"))) {
        blocks_add(s->out, BLOCK_ROW, s->gap, buf_view(&s->row));
        s->gap = false;
    }
    return !s->out->full;
}

/* ---- the book: its sheets in order, with their names ---- */

struct book {
    const struct zip *zip;
    struct office_rels rels;
    struct arena *a;
    struct named {
        str name;
        const struct zip_member *m;
    } *at;
    size_t n, cap;
};

static bool book_open(void *me, str name, const struct xml_attrs *attrs)
{
    struct book *k = me;
    const struct zip_member *m;
    size_t i;

    if (!str_eq(name, STR("sheet")))
        return true;
    m = office_rel_part(k->zip, &k->rels, xml_attr_spaced(attrs, "id"));
    for (i = 0; m && i < k->n; i++)
        if (k->at[i].m == m)
            m = NULL;
    if (m)
        ARENA_PUSH(k->a, k->at, k->n, k->cap) = (struct named){str_dup(k->a, xml_attr(attrs, "name")), m};
    return true;
}

static bool book_close(void *me, str name)
{
    (void)me, (void)name;
    return true;
}

static bool book_text(void *me, str text)
{
    (void)me, (void)text;
    return true;
}

static void book_read(struct book *k)
{
    static const struct xml_events events = {book_open, book_close, book_text};
    const struct zip_member *m = zip_find(k->zip, STR("xl/workbook.xml")), **sheets;
    size_t n, i;

    if (m) {
        k->rels = office_rels_read(k->zip, m->name, k->a);
        (void)xml_walk(m->bytes, "workbook", &events, k, NULL);
    }
    if (k->n > 0)
        return;
    sheets = office_numbered(k->zip, "xl/worksheets/sheet", ".xml", k->a, &n); /* it does not say: by their numbers */
    for (i = 0; i < n; i++)
        ARENA_PUSH(k->a, k->at, k->n, k->cap) = (struct named){STR(""), sheets[i]};
}

/* Comments beside the sheet, charts on its drawing. */
static void sheet_extras(const struct zip *z, const struct zip_member *m, struct drawings *drawings,
                         struct format_result *out, struct blocks *b)
{
    struct office_rels rels = office_rels_read(z, m->name, b->a), drawn;
    size_t i, k;

    for (i = 0; i < rels.n; i++) {
        const struct zip_member *comments = zip_find(z, rels.at[i].target);
        if (str_eq(rels.at[i].type, STR("comments")) && comments)
            office_comments(comments, out, b);
        if (!str_eq(rels.at[i].type, STR("drawing")))
            continue;
        drawn = office_rels_read(z, rels.at[i].target, b->a);
        for (k = 0; k < drawn.n; k++)
            if (str_eq(drawn.at[k].type, STR("chart")))
                drawing_chart(zip_find(z, drawn.at[k].target), drawings, out, b);
    }
}

static enum err_code sheets_read(const struct zip *z, struct sheet *s, struct format_result *out, struct err *e)
{
    static const struct xml_events strings = {string_open, string_close, value_text};
    static const struct xml_events rows = {row_open, row_close, value_text};
    static const struct xml_events styles = {style_open, style_close, value_text};
    const struct zip_member *shared = zip_find(z, STR("xl/sharedStrings.xml"));
    const struct zip_member *look = zip_find(z, STR("xl/styles.xml"));
    struct book book = {.zip = z, .a = s->a};
    struct drawings drawings = {.n = 0};
    size_t i;

    if (shared && xml_walk(shared->bytes, "xl/sharedStrings.xml", &strings, s, e))
        return err_wrap(e, "workbook");
    if (look)
        (void)xml_walk(look->bytes, "xl/styles.xml", &styles, s, NULL);
    book_read(&book);
    if (book.n == 0)
        return err_set(e, ERR_INVALID, "workbook: the archive holds no sheets");
    for (i = 0; i < book.n; i++) {
        struct err why;
        s->gap = true;
        if (book.n > 1)
            blocks_add(s->out, BLOCK_HEADING, true, text_squeeze(s->a, book.at[i].name, false));
        if (xml_walk(book.at[i].m->bytes, "sheet", &rows, s, &why))
            format_problem_add(out, s->a, book.at[i].m->name, str_dup(s->a, str_of(why.msg)));
        sheet_extras(z, book.at[i].m, &drawings, out, s->out);
    }
    return ERR_OK;
}

static enum err_code xlsx_parse(const struct format_input *in, struct arena *a, struct format_result *out,
                                struct err *e)
{
    struct blocks b;
    struct sheet s = {.a = a, .out = &b};
    struct interaction *ia;
    enum err_code code;
    struct zip z;

    if (office_open(in->bytes, xlsx_want, a, &z, e))
        return err_wrap(e, "workbook");
    blocks_init(&b, a);
    buf_init_wiped(&s.cell, IA_TEXT_MAX);
    buf_init_wiped(&s.row, IA_TEXT_MAX);
    code = sheets_read(&z, &s, out, e);
    buf_done(&s.cell);
    buf_done(&s.row);
    if (code)
        return code;
    ia = format_item_add(out, a, &format_xlsx, IA_DOCUMENT);
    office_props(&z, a, ia);
    blocks_to_turns(&b, out, ia);
    return ERR_OK;
}

const struct format_ops format_xlsx = {
    .name = "xlsx",
    .flags = FORMAT_SANDBOX,
    .sniff = xlsx_sniff,
    .parse = xlsx_parse,
};
