#include "formats/wordml.h"

#include "formats/xml.h"

enum { NEST_MAX = 24 };

/* A paragraph being collected. Paragraphs nest: a text box sits inside one. */
struct para {
    struct buf text;
    enum block_kind kind;
    bool props; /* inside <pPr>, where <tab/> describes a tab stop */
};

struct state {
    struct blocks *out;
    struct para paras[NEST_MAX];
    int paras_n;
    struct buf cells[NEST_MAX], rows[NEST_MAX]; /* tables nest; an inner row ends up in the outer cell */
    int cells_n, rows_n;
    int row_cells[NEST_MAX]; /* cells so far, for each open row */
    int skip; /* depth inside something whose text does not count */
    bool in_text;
    bool gap, too_deep;
};

static bool is_skipped(str n)
{
    static const char *const names[] = {"Fallback",     "moveFrom",  "del",    "instrText", "delText",
                                        "delInstrText", "posOffset", "sectPr", "txbxPr"};
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (str_eq(n, str_of(names[i])))
            return true;
    return false;
}

static struct buf *sink(struct state *s)
{
    return s->paras_n > 0 ? &s->paras[s->paras_n - 1].text : NULL;
}

static void put(struct state *s, str t)
{
    struct buf *b = sink(s);

    if (b && !s->skip && !s->paras[s->paras_n - 1].props)
        buf_str(b, t);
}

static bool para_open(struct state *s)
{
    if (s->paras_n == NEST_MAX) {
        s->too_deep = true;
        return false;
    }
    struct para *p = &s->paras[s->paras_n++];
    *p = (struct para){.kind = BLOCK_TEXT};
    buf_init_wiped(&p->text, IA_TEXT_MAX);
    return true;
}

/* Paragraphs inside a cell are kept apart by a vertical tab until the row is done. */
static void cell_put(struct buf *cell, str t)
{
    if (t.n > 0 && cell->n > 0)
        buf_char(cell, '\v');
    buf_str(cell, t);
}

static void para_close(struct state *s)
{
    struct para *p = &s->paras[--s->paras_n];
    str t = str_trim(buf_view(&p->text));

    if (s->cells_n > 0) {
        cell_put(&s->cells[s->cells_n - 1], t);
    } else if (t.n > 0 && p->kind == BLOCK_ITEM) {
        blocks_add(s->out, BLOCK_ITEM, s->gap, str_fmt(s->out->a, "- %.*s", STR_ARG(t)));
        s->gap = false;
    } else {
        blocks_add(s->out, p->kind, true, t);
        s->gap = true;
    }
    buf_done(&p->text);
}

static bool push(struct state *s, struct buf *stack, int *n)
{
    if (*n == NEST_MAX) {
        s->too_deep = true;
        return false;
    }
    buf_init_wiped(&stack[(*n)++], IA_TEXT_MAX);
    return true;
}

static void cell_close(struct state *s)
{
    struct buf *cell = &s->cells[--s->cells_n];

    if (s->rows_n > 0) {
        struct buf *row = &s->rows[s->rows_n - 1];
        if (s->row_cells[s->rows_n - 1]++ > 0)
            buf_str(row, STR(" | "));
        buf_str(row, buf_view(cell));
    }
    buf_done(cell);
}

/* A row of one cell is a frame around text: its paragraphs stand for themselves. */
static void row_emit(struct state *s, struct buf *row, bool frame)
{
    str rest = buf_view(row), step;
    size_t i;

    if (!frame) {
        for (i = 0; i < row->n; i++)
            if (row->p[i] == '\v')
                row->p[i] = ' ';
        blocks_add(s->out, BLOCK_ROW, s->gap, buf_view(row));
        s->gap = false;
        return;
    }
    while (rest.n > 0) {
        step = str_cut(rest, '\v', &rest);
        blocks_add(s->out, BLOCK_TEXT, true, step);
    }
}

static void row_close(struct state *s)
{
    struct buf *row = &s->rows[--s->rows_n];

    if (s->cells_n > 0)
        cell_put(&s->cells[s->cells_n - 1], buf_view(row));
    else
        row_emit(s, row, s->row_cells[s->rows_n] == 1);
    buf_done(row);
}

static void style_note(struct state *s, str style)
{
    struct para *p = &s->paras[s->paras_n - 1];

    if (str_starts_nocase(style, STR("heading")) || str_eq_nocase(style, STR("title")) ||
        str_starts_nocase(style, STR("berschrift")) || str_starts_nocase(style, STR("titre")))
        p->kind = BLOCK_HEADING;
}

static bool on_open(void *me, str name, const struct xml_attrs *attrs)
{
    struct state *s = me;

    if (s->skip || is_skipped(name)) {
        s->skip++;
        return true;
    }
    if (str_eq(name, STR("p")))
        return para_open(s);
    if (str_eq(name, STR("tr"))) {
        if (s->rows_n < NEST_MAX)
            s->row_cells[s->rows_n] = 0;
        return push(s, s->rows, &s->rows_n);
    }
    if (str_eq(name, STR("tc")))
        return push(s, s->cells, &s->cells_n);
    if (s->paras_n == 0)
        return true;
    if (str_eq(name, STR("t")))
        s->in_text = true;
    else if (str_eq(name, STR("pPr")))
        s->paras[s->paras_n - 1].props = true;
    else if (str_eq(name, STR("pStyle")))
        style_note(s, xml_attr(attrs, "val"));
    else if (str_eq(name, STR("numPr")) && s->paras[s->paras_n - 1].kind == BLOCK_TEXT)
        s->paras[s->paras_n - 1].kind = BLOCK_ITEM;
    else if (str_eq(name, STR("tab")) || str_eq(name, STR("ptab")))
        put(s, STR("\t"));
    else if (str_eq(name, STR("br")) || str_eq(name, STR("cr")))
        put(s, STR("\n"));
    else if (str_eq(name, STR("noBreakHyphen")))
        put(s, STR("-"));
    return true;
}

static bool on_close(void *me, str name)
{
    struct state *s = me;

    if (s->skip) {
        s->skip--;
        return true;
    }
    if (str_eq(name, STR("p")) && s->paras_n > 0)
        para_close(s);
    else if (str_eq(name, STR("tc")) && s->cells_n > 0)
        cell_close(s);
    else if (str_eq(name, STR("tr")) && s->rows_n > 0)
        row_close(s);
    else if (str_eq(name, STR("t")))
        s->in_text = false;
    else if (str_eq(name, STR("pPr")) && s->paras_n > 0)
        s->paras[s->paras_n - 1].props = false;
    else if (str_eq(name, STR("tbl")))
        s->gap = true;
    return !s->out->full;
}

static bool on_text(void *me, str text)
{
    struct state *s = me;

    if (s->in_text)
        put(s, text);
    return true;
}

enum err_code wordml_blocks(str xml, const char *part, struct blocks *out, struct err *e)
{
    static const struct xml_events events = {on_open, on_close, on_text};
    struct state s = {.out = out, .gap = true};
    enum err_code code = xml_walk(xml, part, &events, &s, e);

    while (s.paras_n > 0)
        buf_done(&s.paras[--s.paras_n].text);
    while (s.cells_n > 0)
        buf_done(&s.cells[--s.cells_n]);
    while (s.rows_n > 0)
        buf_done(&s.rows[--s.rows_n]);
    if (!code && s.too_deep)
        return err_set(e, ERR_INVALID, "%s: tables or text boxes are nested deeper than %d", part, NEST_MAX);
    return code;
}
