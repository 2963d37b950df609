#include "formats/drawing.h"

#include "formats/office.h"
#include "formats/xml.h"

enum where { IN_NOTHING, IN_NAME, IN_CATEGORY, IN_VALUE };

struct series {
    str name;
    str value[CHART_POINTS_MAX]; /* by place; absent ones are empty */
    size_t n;
};

struct chart {
    struct arena *a; /* of this chart alone: its tables are large */
    struct blocks *out;
    struct series *series[CHART_SERIES_MAX];
    size_t series_n;
    str category[CHART_POINTS_MAX];
    size_t category_n;
    bool in_series, in_title, in_text, in_point, in_code, dates;
    enum where where;
    uint64_t place; /* of the point being read */
    struct buf text;
};

static bool chart_open(void *me, str name, const struct xml_attrs *attrs)
{
    struct chart *c = me;

    if (str_eq(name, STR("ser")) && c->series_n < CHART_SERIES_MAX) {
        c->in_series = true;
        c->series[c->series_n++] = ARENA_NEW(c->a, struct series);
    } else if (str_eq(name, STR("title"))) {
        c->in_title = true;
        buf_reset(&c->text);
    } else if (c->in_series && str_eq(name, STR("tx"))) {
        c->where = IN_NAME;
    } else if (c->in_series && (str_eq(name, STR("cat")) || str_eq(name, STR("xVal")))) {
        c->where = IN_CATEGORY;
    } else if (c->in_series && (str_eq(name, STR("val")) || str_eq(name, STR("yVal")))) {
        c->where = IN_VALUE;
    } else if (c->where != IN_NOTHING && str_eq(name, STR("pt"))) {
        if (!str_to_u64(xml_attr(attrs, "idx"), &c->place))
            c->place = CHART_POINTS_MAX;
    } else if (str_eq(name, STR("formatCode"))) {
        c->in_code = true;
        buf_reset(&c->text);
    } else if (c->where != IN_NOTHING && str_eq(name, STR("v"))) {
        c->in_point = true;
        buf_reset(&c->text);
    } else if (str_eq(name, STR("t"))) {
        c->in_text = true;
    }
    return true;
}

/* 4.2999999999999998 is how a file says 4.3. */
static str number_short(struct arena *a, str s)
{
    double x;

    return str_to_double(s, &x) ? str_fmt(a, "%.12g", x) : str_dup(a, s);
}

static void point_end(struct chart *c)
{
    struct series *s = c->series[c->series_n - 1];
    str t = str_trim(buf_view(&c->text));
    double days;

    c->in_point = false;
    if (c->where == IN_NAME) {
        s->name = text_squeeze(c->a, t, false);
    } else if (c->place >= CHART_POINTS_MAX) {
        return;
    } else if (c->where == IN_VALUE) {
        s->value[c->place] = number_short(c->a, t);
        s->n = c->place + 1 > s->n ? c->place + 1 : s->n;
    } else if (c->category[c->place].n == 0) {
        t = c->dates && str_to_double(t, &days) ? office_day_text(c->a, days) : number_short(c->a, t);
        c->category[c->place] = text_squeeze(c->a, t, false);
        c->category_n = c->place + 1 > c->category_n ? c->place + 1 : c->category_n;
    }
}

static bool chart_close(void *me, str name)
{
    struct chart *c = me;

    if (c->in_point && str_eq(name, STR("v"))) {
        point_end(c);
    } else if (c->in_code && str_eq(name, STR("formatCode"))) {
        c->in_code = false;
        c->dates = c->where == IN_CATEGORY && office_format_is_date(buf_view(&c->text));
    } else if (str_eq(name, STR("tx")) || str_eq(name, STR("cat")) || str_eq(name, STR("val")) ||
               str_eq(name, STR("xVal")) || str_eq(name, STR("yVal"))) {
        c->where = IN_NOTHING;
        c->dates = false;
    } else if (str_eq(name, STR("ser"))) {
        c->in_series = false;
    } else if (str_eq(name, STR("t"))) {
        c->in_text = false;
    } else if (c->in_title && str_eq(name, STR("title"))) {
        c->in_title = false;
        blocks_add(c->out, BLOCK_TEXT, true, text_squeeze(c->a, buf_view(&c->text), false));
    }
    return !c->out->full;
}

static bool chart_text(void *me, str text)
{
    struct chart *c = me;

    if (c->in_point || c->in_code || (c->in_title && c->in_text))
        buf_str(&c->text, text);
    return true;
}

static void chart_row_add(struct chart *c, str first, size_t row, bool names, bool gap)
{
    bool any = first.n > 0;
    size_t i;

    buf_reset(&c->text);
    buf_str(&c->text, first);
    for (i = 0; i < c->series_n; i++) {
        str cell = names ? c->series[i]->name : c->series[i]->value[row];
        any = any || cell.n > 0;
        buf_str(&c->text, STR(" | "));
        buf_str(&c->text, cell);
    }
    if (any)
        blocks_add(c->out, BLOCK_ROW, gap, buf_view(&c->text));
}

static void chart_table_add(struct chart *c)
{
    size_t rows = c->category_n, i;
    bool named = false;

    for (i = 0; i < c->series_n; i++) {
        rows = c->series[i]->n > rows ? c->series[i]->n : rows;
        named = named || c->series[i]->name.n > 0;
    }
    if (named)
        chart_row_add(c, STR(""), 0, true, true);
    for (i = 0; i < rows; i++)
        chart_row_add(c, c->category[i], i, false, !named && i == 0);
}

static bool first_time(const struct zip_member *m, struct drawings *seen)
{
    for (size_t i = 0; i < seen->n; i++)
        if (seen->shown[i] == m)
            return false;
    if (seen->n == DRAWINGS_MAX)
        return false;
    seen->shown[seen->n++] = m;
    return true;
}

static void part_problem(const struct zip_member *m, struct format_result *r, struct blocks *b, const struct err *why)
{
    format_problem_add(r, b->a, m->name, str_dup(b->a, str_of(why->msg)));
}

void drawing_chart(const struct zip_member *m, struct drawings *seen, struct format_result *r, struct blocks *b)
{
    static const struct xml_events events = {chart_open, chart_close, chart_text};
    struct arena *a;
    struct chart *c;
    struct err why;

    if (!m || !first_time(m, seen))
        return;
    a = arena_new_wiped("chart");
    c = ARENA_NEW(a, struct chart);
    c->a = a;
    c->out = b;
    buf_init_wiped(&c->text, IA_TEXT_MAX);
    if (xml_walk(m->bytes, "chart", &events, c, &why))
        part_problem(m, r, b, &why);
    chart_table_add(c);
    buf_done(&c->text);
    arena_free(a);
}

struct art {
    struct blocks *out;
    struct buf para;
    bool in_text;
};

static bool art_open(void *me, str name, const struct xml_attrs *attrs)
{
    struct art *s = me;

    (void)attrs;
    if (str_eq(name, STR("p")))
        buf_reset(&s->para);
    else if (str_eq(name, STR("br")))
        buf_char(&s->para, '\n');
    else if (str_eq(name, STR("t")))
        s->in_text = true;
    return true;
}

static bool art_close(void *me, str name)
{
    struct art *s = me;

    s->in_text = s->in_text && !str_eq(name, STR("t"));
    if (str_eq(name, STR("p"))) {
        blocks_add(s->out, BLOCK_TEXT, false, buf_view(&s->para));
        buf_reset(&s->para);
    }
    return !s->out->full;
}

static bool art_text(void *me, str text)
{
    struct art *s = me;

    if (s->in_text)
        buf_str(&s->para, text);
    return true;
}

void drawing_smart_art(const struct zip_member *m, struct drawings *seen, struct format_result *r, struct blocks *b)
{
    static const struct xml_events events = {art_open, art_close, art_text};
    struct art s = {.out = b};
    struct err why;

    if (!m || !first_time(m, seen))
        return;
    buf_init_wiped(&s.para, IA_TEXT_MAX);
    if (xml_walk(m->bytes, "diagram", &events, &s, &why))
        part_problem(m, r, b, &why);
    buf_done(&s.para);
}
