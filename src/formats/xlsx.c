/* formats/xlsx.c - Excel sheets as a document: a block a row, its filled cells joined by " | ". Numbers are taken as the
 * file stores them; formulas give their last result. */
#include "formats/office.h"
#include "formats/xml.h"

const struct format_ops format_xlsx;

struct sheet {
    struct arena *a;
    struct blocks *out;
    str *shared;
    size_t shared_n, shared_cap;
    struct buf cell, row;
    bool in_value, is_shared, phonetic, gap;
};

static int xlsx_sniff(const struct format_input *in)
{
    return zip_smells_of(in->bytes, "xl/") ? 94 : 0;
}

static bool xlsx_want(str name)
{
    return office_number(name, "xl/worksheets/sheet", ".xml") >= 0 || str_eq(name, STR("xl/sharedStrings.xml")) ||
           str_eq(name, STR("docProps/core.xml"));
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
        s->is_shared = str_eq(xml_attr(attrs, "t"), STR("s"));
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

        if (s->is_shared)
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

static enum err_code sheets_read(const struct zip *z, struct sheet *s, struct format_result *out, struct err *e)
{
    static const struct xml_events strings = {string_open, string_close, value_text};
    static const struct xml_events rows = {row_open, row_close, value_text};
    const struct zip_member *shared = zip_find(z, STR("xl/sharedStrings.xml"));
    const struct zip_member **sheets;
    size_t n, i;

    if (shared && xml_walk(shared->bytes, "xl/sharedStrings.xml", &strings, s, e))
        return err_wrap(e, "workbook");
    sheets = office_numbered(z, "xl/worksheets/sheet", ".xml", s->a, &n);
    if (n == 0)
        return err_set(e, ERR_INVALID, "workbook: the archive holds no sheets");
    for (i = 0; i < n; i++) {
        struct err why;
        s->gap = true;
        if (xml_walk(sheets[i]->bytes, "sheet", &rows, s, &why))
            format_problem_add(out, s->a, sheets[i]->name, str_dup(s->a, str_of(why.msg)));
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
