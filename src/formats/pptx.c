/* formats/pptx.c - PowerPoint slides: a block a paragraph or table row, slide after slide, then the speaker's notes of
 * that slide. */
#include "formats/office.h"
#include "formats/xml.h"

const struct format_ops format_pptx;

struct slide {
    struct blocks *out;
    struct buf para, row;
    int paras, rows, cells; /* depth */
    bool in_text, gap;
};

static int pptx_sniff(const struct format_input *in)
{
    return zip_smells_of(in->bytes, "ppt/") ? 94 : 0;
}

static bool pptx_want(str name)
{
    return office_number(name, "ppt/slides/slide", ".xml") >= 0 || str_eq(name, STR("docProps/core.xml")) ||
           office_number(name, "ppt/notesSlides/notesSlide", ".xml") >= 0;
}

static bool slide_open(void *me, str name, const struct xml_attrs *attrs)
{
    struct slide *s = me;

    (void)attrs;
    if (str_eq(name, STR("p")) && s->paras++ == 0)
        buf_reset(&s->para);
    else if (str_eq(name, STR("tr")) && s->rows++ == 0)
        buf_reset(&s->row);
    else if (str_eq(name, STR("tc")) && s->cells++ == 0 && s->row.n > 0)
        buf_str(&s->row, STR(" | "));
    else if (str_eq(name, STR("t")))
        s->in_text = true;
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
    return !s->out->full;
}

static bool slide_text(void *me, str text)
{
    struct slide *s = me;

    if (s->in_text && s->paras > 0)
        buf_str(&s->para, text);
    return true;
}

static void slide_read(const struct zip_member *m, struct format_result *r, struct blocks *b)
{
    static const struct xml_events events = {slide_open, slide_close, slide_text};
    struct slide s = {.out = b, .gap = true};
    struct err why;

    buf_init_wiped(&s.para, IA_TEXT_MAX);
    buf_init_wiped(&s.row, IA_TEXT_MAX);
    if (xml_walk(m->bytes, "slide", &events, &s, &why))
        format_problem_add(r, b->a, m->name, str_dup(b->a, str_of(why.msg)));
    buf_done(&s.para);
    buf_done(&s.row);
}

static enum err_code pptx_parse(const struct format_input *in, struct arena *a, struct format_result *out,
                                struct err *e)
{
    const struct zip_member **slides, *notes;
    struct interaction *ia;
    struct blocks b;
    struct zip z;
    size_t n, i;

    if (office_open(in->bytes, pptx_want, a, &z, e))
        return err_wrap(e, "presentation");
    slides = office_numbered(&z, "ppt/slides/slide", ".xml", a, &n);
    if (n == 0)
        return err_set(e, ERR_INVALID, "presentation: the archive holds no slides");
    blocks_init(&b, a);
    ia = format_item_add(out, a, &format_pptx, IA_DOCUMENT);
    for (i = 0; i < n; i++) {
        slide_read(slides[i], out, &b);
        notes = zip_find(&z, str_fmt(a, "ppt/notesSlides/notesSlide%d.xml",
                                     office_number(slides[i]->name, "ppt/slides/slide", ".xml")));
        if (notes)
            slide_read(notes, out, &b);
    }
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
