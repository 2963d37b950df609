#include "formats/wordml.h"

#include "formats/xml.h"

enum { NEST_MAX = 24, PENDING_MAX = 64 };

/* A paragraph being collected. Paragraphs nest: a text box sits inside one. */
struct para {
    struct buf text;
    enum block_kind kind;
    struct word_place place;
    str style;
    bool props; /* inside <pPr>, where <tab/> describes a tab stop */
};

struct state {
    struct blocks *out;
    struct word_doc *doc;
    const struct word_note *pending[PENDING_MAX]; /* comments, until the block they are about is there */
    int pending_n;
    const char *note; /* the element that holds a note, while notes are read */
    struct word_notes *notes;
    struct para paras[NEST_MAX];
    int paras_n;
    struct buf cells[NEST_MAX], rows[NEST_MAX]; /* tables nest; an inner row ends up in the outer cell */
    int cells_n, rows_n;
    int row_cells[NEST_MAX]; /* cells so far, for each open row */
    int skip; /* depth inside something whose text does not count */
    bool in_text, hidden;
    bool gap, too_deep;
};

static bool is_skipped(str n)
{
    static const char *const names[] = {"Fallback",  "moveFrom", "del",    "instrText", "delText",  "delInstrText",
                                        "posOffset", "sectPr",   "txbxPr", "pPrChange", "rPrChange"};
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

    if (b && s->hidden && !s->skip)
        s->doc->hidden_bytes += t.n;
    else if (b && !s->skip && !s->paras[s->paras_n - 1].props)
        buf_str(b, t);
}

static bool para_open(struct state *s)
{
    if (s->paras_n == NEST_MAX) {
        s->too_deep = true;
        return false;
    }
    struct para *p = &s->paras[s->paras_n++];
    *p = (struct para){.kind = BLOCK_TEXT, .place = {-1, -1}};
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

/* Comments, now that what they are about is there. */
static void pending_put(struct state *s)
{
    int i, n = s->pending_n;

    if (s->cells_n > 0)
        return;
    s->pending_n = 0;
    for (i = 0; i < n; i++) {
        const struct word_note *c = s->pending[i];
        blocks_add(s->out, BLOCK_TEXT, true,
                   c->author.n ? str_fmt(s->out->a, "Comment by %.*s: %.*s", STR_ARG(c->author), STR_ARG(c->text))
                               : str_fmt(s->out->a, "Comment: %.*s", STR_ARG(c->text)));
    }
}

/* What stands before the paragraph; decides whether it is an item. */
static str label_of(struct state *s, struct para *p)
{
    struct word_place at = p->place;

    if (s->doc->lists && p->style.n > 0) {
        struct word_place styled = word_style_place(s->doc->lists, p->style);
        at.list = at.list < 0 ? styled.list : at.list;
        at.level = at.level < 0 ? styled.level : at.level;
        if (word_style_is_heading(s->doc->lists, p->style))
            p->kind = BLOCK_HEADING;
    }
    if (at.list == 0 && p->kind == BLOCK_ITEM) /* a list's style without its number */
        p->kind = BLOCK_TEXT;
    if (at.list == 0 || (at.list < 0 && p->kind != BLOCK_ITEM))
        return STR("");
    if (p->kind == BLOCK_TEXT)
        p->kind = BLOCK_ITEM;
    return s->doc->lists ? word_label(s->doc->lists, at, s->out->a) : STR("-");
}

static void para_close(struct state *s)
{
    struct para *p = &s->paras[--s->paras_n];
    str t = str_trim(buf_view(&p->text)), label = label_of(s, p);

    if (t.n > 0 && label.n > 0)
        t = str_fmt(s->out->a, "%.*s %.*s", STR_ARG(label), STR_ARG(t));
    if (s->cells_n > 0) {
        cell_put(&s->cells[s->cells_n - 1], t);
    } else {
        bool gap = p->kind != BLOCK_ITEM;
        blocks_add(s->out, p->kind, gap || s->gap, t);
        s->gap = gap;
    }
    buf_done(&p->text);
    pending_put(s);
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
    pending_put(s);
}

static void style_note(struct state *s, str style)
{
    struct para *p = &s->paras[s->paras_n - 1];

    p->style = str_dup(s->out->a, style);
    if (str_starts_nocase(style, STR("heading")) || str_eq_nocase(style, STR("title")) ||
        str_starts_nocase(style, STR("berschrift")) || str_starts_nocase(style, STR("titre")))
        p->kind = BLOCK_HEADING;
}

static struct word_note *note_find(struct word_notes *notes, str id)
{
    size_t i;

    for (i = 0; i < notes->n; i++)
        if (str_eq(notes->at[i].id, id))
            return &notes->at[i];
    return NULL;
}

/* The mark of a footnote ("[2]") or endnote ("[ii]"), where a reader sees a raised number. */
static void note_mark_put(struct state *s, struct word_notes *notes, str id, bool roman)
{
    struct word_note *note = note_find(notes, id);

    if (!note || !sink(s))
        return;
    if (note->number == 0)
        note->number = ++notes->met;
    put(s, roman ? str_fmt(s->out->a, "[%.*s]", STR_ARG(word_roman(s->out->a, note->number)))
                 : str_fmt(s->out->a, "[%d]", note->number));
}

static void comment_note(struct state *s, str id)
{
    const struct word_note *note = note_find(&s->doc->comments, id);

    if (note && s->pending_n < PENDING_MAX)
        s->pending[s->pending_n++] = note;
}

static void note_open(struct state *s, const struct xml_attrs *attrs)
{
    if (s->notes->n < WORD_NOTES_MAX)
        ARENA_PUSH(s->out->a, s->notes->at, s->notes->n, s->notes->cap) =
            (struct word_note){.id = str_dup(s->out->a, xml_attr(attrs, "id")),
                               .author = text_squeeze(s->out->a, xml_attr(attrs, "author"), false)};
    blocks_init(s->out, s->out->a);
}

static void note_close(struct state *s)
{
    struct word_note *note = &s->notes->at[s->notes->n - 1];
    size_t i;

    for (i = 0; i < s->out->n; i++)
        s->out->at[i].gap = false;
    note->text = blocks_join(s->out);
    if (note->text.n == 0)
        s->notes->n--;
}

/* Elements that stand for something else: a chart, a diagram, a note, a comment. */
static bool on_reference(struct state *s, str name, const struct xml_attrs *attrs)
{
    struct word_doc *d = s->doc;

    if (str_eq(name, STR("footnoteReference")))
        note_mark_put(s, &d->footnotes, xml_attr(attrs, "id"), false);
    else if (str_eq(name, STR("endnoteReference")))
        note_mark_put(s, &d->endnotes, xml_attr(attrs, "id"), true);
    else if (str_eq(name, STR("commentReference")))
        comment_note(s, xml_attr(attrs, "id"));
    else if (d->zip && str_eq(name, STR("chart")))
        drawing_chart(office_rel_part(d->zip, &d->rels, xml_attr(attrs, "id")), d->drawings, d->result, s->out);
    else if (d->zip && str_eq(name, STR("relIds")))
        drawing_smart_art(office_rel_part(d->zip, &d->rels, xml_attr(attrs, "dm")), d->drawings, d->result, s->out);
    else
        return false;
    return true;
}

static void on_para_property(struct state *s, str name, const struct xml_attrs *attrs)
{
    struct para *p = &s->paras[s->paras_n - 1];
    int64_t n;

    if (str_eq(name, STR("pStyle")))
        style_note(s, xml_attr(attrs, "val"));
    else if (str_eq(name, STR("numPr")) && p->kind == BLOCK_TEXT)
        p->kind = BLOCK_ITEM;
    else if (str_eq(name, STR("numId")) && str_to_i64(xml_attr(attrs, "val"), &n) && n >= 0 && n <= INT32_MAX)
        p->place.list = (int)n;
    else if (str_eq(name, STR("ilvl")) && str_to_i64(xml_attr(attrs, "val"), &n) && n >= 0 && n < WORD_LEVELS)
        p->place.level = (int)n;
}

static bool is_on(const struct xml_attrs *attrs)
{
    str val = xml_attr(attrs, "val");

    return !str_eq(val, STR("0")) && !str_eq(val, STR("false")) && !str_eq(val, STR("off"));
}

static void in_para_open(struct state *s, str name, const struct xml_attrs *attrs)
{
    if (str_eq(name, STR("t")))
        s->in_text = true;
    else if (str_eq(name, STR("pPr")))
        s->paras[s->paras_n - 1].props = true;
    else if (str_eq(name, STR("r")))
        s->hidden = false;
    else if (s->paras[s->paras_n - 1].props)
        on_para_property(s, name, attrs);
    else if (str_eq(name, STR("vanish")))
        s->hidden = is_on(attrs);
    else if (str_eq(name, STR("tab")) || str_eq(name, STR("ptab")))
        put(s, STR("\t"));
    else if (str_eq(name, STR("br")) || str_eq(name, STR("cr")))
        put(s, STR("\n"));
    else if (str_eq(name, STR("noBreakHyphen")))
        put(s, STR("-"));
    else
        on_reference(s, name, attrs);
}

static bool on_open(void *me, str name, const struct xml_attrs *attrs)
{
    struct state *s = me;

    if (s->skip || is_skipped(name)) {
        s->skip++;
        return true;
    }
    if (s->note && str_eq(name, str_of(s->note)))
        note_open(s, attrs);
    else if (str_eq(name, STR("p")))
        return para_open(s);
    else if (str_eq(name, STR("tr"))) {
        if (s->rows_n < NEST_MAX)
            s->row_cells[s->rows_n] = 0;
        return push(s, s->rows, &s->rows_n);
    } else if (str_eq(name, STR("tc")))
        return push(s, s->cells, &s->cells_n);
    else if (s->paras_n > 0)
        in_para_open(s, name, attrs);
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
    else if (str_eq(name, STR("r")))
        s->hidden = false;
    else if (s->note && str_eq(name, str_of(s->note)) && s->notes->n > 0)
        note_close(s);
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

static enum err_code walk(struct state *s, str xml, const char *part, struct err *e)
{
    static const struct xml_events events = {on_open, on_close, on_text};
    enum err_code code = xml_walk(xml, part, &events, s, e);

    while (s->paras_n > 0)
        buf_done(&s->paras[--s->paras_n].text);
    while (s->cells_n > 0)
        buf_done(&s->cells[--s->cells_n]);
    while (s->rows_n > 0)
        buf_done(&s->rows[--s->rows_n]);
    if (!code && s->too_deep)
        return err_set(e, ERR_INVALID, "%s: tables or text boxes are nested deeper than %d", part, NEST_MAX);
    return code;
}

enum err_code wordml_blocks(str xml, const char *part, struct word_doc *doc, struct blocks *out, struct err *e)
{
    struct state s = {.out = out, .doc = doc, .gap = true};

    return walk(&s, xml, part, e);
}

enum err_code wordml_notes(str xml, const char *part, const char *element, struct arena *a, struct word_notes *out,
                           struct err *e)
{
    struct word_doc alone = {0};
    struct blocks b;
    struct state s = {.out = &b, .doc = &alone, .note = element, .notes = out};

    blocks_init(&b, a);
    return walk(&s, xml, part, e);
}
