/* formats/pptx.c - PowerPoint slides: a block a paragraph, table row or row of a chart's figures, slide after slide in the
 * order of the show; after each slide the speaker's notes and the comments of reviewers. */
#include "formats/drawing.h"
#include "formats/office.h"
#include "formats/xml.h"

const struct format_ops format_pptx;

struct slide {
    struct blocks *out;
    const struct zip *zip;
    struct office_rels rels; /* of this slide */
    struct drawings *drawings;
    struct format_result *result;
    struct buf para, row;
    int paras, rows, cells; /* depth */
    bool in_text, gap, in_number;
};

static int pptx_sniff(const struct format_input *in)
{
    return zip_smells_of(in->bytes, "ppt/") ? 94 : 0;
}

static bool pptx_want(str name)
{
    static const char *const parts[] = {"ppt/slides/",   "ppt/notesSlides/", "ppt/charts/", "ppt/diagrams/data",
                                        "ppt/comments/", "ppt/presentation", "ppt/_rels/"};
    size_t i;

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (str_starts(name, str_of(parts[i])))
            return str_ends(name, STR(".xml")) || str_ends(name, STR(".rels"));
    return str_eq(name, STR("docProps/core.xml"));
}

static bool slide_open(void *me, str name, const struct xml_attrs *attrs)
{
    struct slide *s = me;

    if (str_eq(name, STR("p")) && s->paras++ == 0)
        buf_reset(&s->para);
    else if (str_eq(name, STR("chart")) && s->paras == 0)
        drawing_chart(office_rel_part(s->zip, &s->rels, xml_attr(attrs, "id")), s->drawings, s->result, s->out);
    else if (str_eq(name, STR("relIds")) && s->paras == 0)
        drawing_smart_art(office_rel_part(s->zip, &s->rels, xml_attr(attrs, "dm")), s->drawings, s->result, s->out);
    else if (str_eq(name, STR("tr")) && s->rows++ == 0)
        buf_reset(&s->row);
    else if (str_eq(name, STR("tc")) && s->cells++ == 0 && s->row.n > 0)
        buf_str(&s->row, STR(" | "));
    else if (str_eq(name, STR("fld"))) /* the slide's own number is none of its words */
        s->in_number = str_eq(xml_attr(attrs, "type"), STR("slidenum"));
    else if (str_eq(name, STR("t")))
        s->in_text = !s->in_number;
    else if (str_eq(name, STR("br")) && s->paras > 0)
        buf_char(&s->para, '\n');
    return true;
}

static void para_end(struct slide *s)
{
    if (s->cells > 0) {
        if (s->row.n > 0 && s->row.p[s->row.n - 1] != ' ')
            buf_char(&s->row, ' ');
        buf_str(&s->row, str_trim(buf_view(&s->para)));
    } else {
        blocks_add(s->out, BLOCK_TEXT, s->gap, buf_view(&s->para));
        s->gap = false;
    }
}

static bool slide_close(void *me, str name)
{
    struct slide *s = me;

    if (str_eq(name, STR("p")) && s->paras > 0 && --s->paras == 0)
        para_end(s);
    else if (str_eq(name, STR("tc")) && s->cells > 0)
        s->cells--;
    else if (str_eq(name, STR("tr")) && s->rows > 0 && --s->rows == 0)
        blocks_add(s->out, BLOCK_ROW, false, buf_view(&s->row));
    else if (str_eq(name, STR("t")))
        s->in_text = false;
    else if (str_eq(name, STR("fld")))
        s->in_number = false;
    return !s->out->full;
}

static bool slide_text(void *me, str text)
{
    struct slide *s = me;

    if (s->in_text && s->paras > 0)
        buf_str(&s->para, text);
    return true;
}

static void slide_read(const struct zip *z, const struct zip_member *m, struct drawings *drawings,
                       struct format_result *r, struct blocks *b)
{
    static const struct xml_events events = {slide_open, slide_close, slide_text};
    struct slide s = {
        .out = b, .zip = z, .rels = office_rels_read(z, m->name, b->a), .drawings = drawings, .result = r, .gap = true};
    struct err why;

    buf_init_wiped(&s.para, IA_TEXT_MAX);
    buf_init_wiped(&s.row, IA_TEXT_MAX);
    if (xml_walk(m->bytes, "slide", &events, &s, &why))
        format_problem_add(r, b->a, m->name, str_dup(b->a, str_of(why.msg)));
    buf_done(&s.para);
    buf_done(&s.row);
}

static void slide_whole_read(const struct zip *z, const struct zip_member *m, struct drawings *drawings,
                             struct format_result *r, struct blocks *b)
{
    struct office_rels rels = office_rels_read(z, m->name, b->a);
    const struct zip_member *notes = office_rel_of_type(z, &rels, "notesSlide");
    size_t i;

    slide_read(z, m, drawings, r, b);
    if (notes)
        slide_read(z, notes, drawings, r, b);
    for (i = 0; i < rels.n; i++) {
        const struct zip_member *comments =
            str_eq_nocase(rels.at[i].type, STR("comments")) ? zip_find(z, rels.at[i].target) : NULL;
        if (comments)
            office_comments(comments, r, b);
    }
}

/* ---- the order of the show ---- */

struct show {
    const struct zip *zip;
    struct office_rels rels;
    struct arena *a;
    const struct zip_member **at;
    size_t n, cap;
};

static bool show_open(void *me, str name, const struct xml_attrs *attrs)
{
    struct show *s = me;
    const struct zip_member *m;
    size_t i;

    if (!str_eq(name, STR("sldId")))
        return true;
    m = office_rel_part(s->zip, &s->rels, xml_attr_spaced(attrs, "id"));
    for (i = 0; m && i < s->n; i++)
        if (s->at[i] == m)
            m = NULL;
    if (m)
        ARENA_PUSH(s->a, s->at, s->n, s->cap) = m;
    return true;
}

static bool show_close(void *me, str name)
{
    (void)me, (void)name;
    return true;
}

static bool show_text(void *me, str text)
{
    (void)me, (void)text;
    return true;
}

/* As the presentation lists them; by their numbers when it does not say. */
static const struct zip_member **slides_in_order(const struct zip *z, struct arena *a, size_t *out_n)
{
    static const struct xml_events events = {show_open, show_close, show_text};
    const struct zip_member *m = zip_find(z, STR("ppt/presentation.xml"));
    struct show s = {.zip = z, .a = a};

    if (m) {
        s.rels = office_rels_read(z, m->name, a);
        (void)xml_walk(m->bytes, "presentation", &events, &s, NULL);
    }
    if (s.n == 0)
        return office_numbered(z, "ppt/slides/slide", ".xml", a, out_n);
    *out_n = s.n;
    return s.at;
}

static enum err_code pptx_parse(const struct format_input *in, struct arena *a, struct format_result *out,
                                struct err *e)
{
    const struct zip_member **slides;
    struct drawings drawings = {.n = 0};
    struct interaction *ia;
    struct blocks b;
    struct zip z;
    size_t n, i;

    if (office_open(in->bytes, pptx_want, a, &z, e))
        return err_wrap(e, "presentation");
    slides = slides_in_order(&z, a, &n);
    if (n == 0)
        return err_set(e, ERR_INVALID, "presentation: the archive holds no slides");
    blocks_init(&b, a);
    ia = format_item_add(out, a, &format_pptx, IA_DOCUMENT);
    for (i = 0; i < n; i++)
        slide_whole_read(&z, slides[i], &drawings, out, &b);
    office_props(&z, a, ia);
    if (ia->title.n == 0 && b.n > 0)
        ia->title = text_squeeze(a, str_sub(b.at[0].text, 0, b.at[0].text.n <= 200 ? 200 : 0), false);
    blocks_to_turns(&b, out, ia);
    return ERR_OK;
}

const struct format_ops format_pptx = {
    .name = "pptx",
    .flags = FORMAT_SANDBOX,
    .sniff = pptx_sniff,
    .parse = pptx_parse,
};
