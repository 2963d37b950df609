#include "formats/wordlist.h"

#include "base/sort.h"
#include "formats/xml.h"

enum { LABEL_BYTES = 60 };

enum number_format {
    NUM_DECIMAL,
    NUM_DECIMAL_ZERO,
    NUM_LETTER,
    NUM_LETTER_UP,
    NUM_ROMAN,
    NUM_ROMAN_UP,
    NUM_BULLET,
    NUM_NONE
};

struct level {
    int64_t start;
    enum number_format format;
    str text; /* "%1.%2." */
};

struct abstract_list {
    int id;
    struct level level[WORD_LEVELS];
    int64_t count[WORD_LEVELS]; /* the last label's numbers */
    bool begun[WORD_LEVELS];
};

struct list {
    int id, abstract_id;
    struct abstract_list *abstract; /* NULL when it is missing */
    int64_t restart[WORD_LEVELS];   /* -1: goes on */
    bool seen;
};

struct style {
    str id, base;
    struct word_place place;
    bool heading;
};

struct word_lists {
    struct arena *a;
    struct abstract_list *abstracts;
    size_t abstracts_n, abstracts_cap;
    struct list *lists;
    size_t lists_n, lists_cap;
    struct style *styles;
    size_t styles_n, styles_cap;
    struct abstract_list *abstract; /* being read */
    struct list *list;
    struct style *style;
    int level; /* being read; -1 none */
};

/* ---- numbering.xml ---- */

static int attr_int(const struct xml_attrs *attrs, const char *name, int otherwise)
{
    int64_t n;

    return str_to_i64(xml_attr(attrs, name), &n) && n >= 0 && n <= 1000000000 ? (int)n : otherwise;
}

static enum number_format format_of(str name)
{
    static const struct {
        const char *name;
        enum number_format format;
    } names[] = {{"decimalZero", NUM_DECIMAL_ZERO},
                 {"lowerLetter", NUM_LETTER},
                 {"upperLetter", NUM_LETTER_UP},
                 {"lowerRoman", NUM_ROMAN},
                 {"upperRoman", NUM_ROMAN_UP},
                 {"bullet", NUM_BULLET},
                 {"none", NUM_NONE}};
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (str_eq(name, str_of(names[i].name)))
            return names[i].format;
    return NUM_DECIMAL;
}

static void abstract_begin(struct word_lists *w, int id)
{
    int i;

    w->abstract = NULL;
    if (w->abstracts_n >= WORD_LISTS_MAX)
        return;
    ARENA_PUSH(w->a, w->abstracts, w->abstracts_n, w->abstracts_cap) = (struct abstract_list){.id = id};
    w->abstract = &w->abstracts[w->abstracts_n - 1];
    for (i = 0; i < WORD_LEVELS; i++)
        w->abstract->level[i] = (struct level){.start = 1, .format = NUM_NONE};
}

static void list_begin(struct word_lists *w, int id)
{
    int i;

    w->list = NULL;
    if (w->lists_n >= WORD_LISTS_MAX)
        return;
    ARENA_PUSH(w->a, w->lists, w->lists_n, w->lists_cap) = (struct list){.id = id, .abstract_id = -1};
    w->list = &w->lists[w->lists_n - 1];
    for (i = 0; i < WORD_LEVELS; i++)
        w->list->restart[i] = -1;
}

static void level_open(struct word_lists *w, str name, const struct xml_attrs *attrs)
{
    struct level *l = &w->abstract->level[w->level];

    if (str_eq(name, STR("start")))
        l->start = attr_int(attrs, "val", 1);
    else if (str_eq(name, STR("numFmt")))
        l->format = format_of(xml_attr(attrs, "val"));
    else if (str_eq(name, STR("lvlText")) && xml_attr(attrs, "val").n <= LABEL_BYTES)
        l->text = str_dup(w->a, xml_attr(attrs, "val"));
}

static bool numbering_open(void *me, str name, const struct xml_attrs *attrs)
{
    struct word_lists *w = me;

    if (str_eq(name, STR("abstractNum"))) {
        abstract_begin(w, attr_int(attrs, "abstractNumId", -1));
    } else if (str_eq(name, STR("num"))) {
        list_begin(w, attr_int(attrs, "numId", -1));
    } else if (w->list && str_eq(name, STR("abstractNumId"))) {
        w->list->abstract_id = attr_int(attrs, "val", -1);
    } else if (str_eq(name, STR("lvl")) || str_eq(name, STR("lvlOverride"))) {
        w->level = attr_int(attrs, "ilvl", -1);
        w->level = w->level < WORD_LEVELS ? w->level : -1;
    } else if (w->level >= 0 && w->list && str_eq(name, STR("startOverride"))) {
        w->list->restart[w->level] = attr_int(attrs, "val", 1);
    } else if (w->level >= 0 && w->abstract) {
        level_open(w, name, attrs);
    }
    return true;
}

static bool numbering_close(void *me, str name)
{
    struct word_lists *w = me;

    if (str_eq(name, STR("abstractNum")))
        w->abstract = NULL;
    else if (str_eq(name, STR("num")))
        w->list = NULL;
    else if (str_eq(name, STR("lvlOverride")) || (str_eq(name, STR("lvl")) && !w->list))
        w->level = -1;
    return true;
}

/* ---- styles.xml ---- */

static bool styles_open(void *me, str name, const struct xml_attrs *attrs)
{
    struct word_lists *w = me;
    str val = xml_attr(attrs, "val");

    if (str_eq(name, STR("style"))) {
        w->style = NULL;
        if (w->styles_n < WORD_STYLES_MAX) {
            ARENA_PUSH(w->a, w->styles, w->styles_n, w->styles_cap) =
                (struct style){.id = str_dup(w->a, xml_attr(attrs, "styleId")), .place = {-1, -1}};
            w->style = &w->styles[w->styles_n - 1];
        }
    } else if (!w->style) {
        return true;
    } else if (str_eq(name, STR("name"))) { /* the same in every language, unlike the id */
        w->style->heading = str_starts_nocase(val, STR("heading ")) || str_eq_nocase(val, STR("title"));
    } else if (str_eq(name, STR("basedOn"))) {
        w->style->base = str_dup(w->a, val);
    } else if (str_eq(name, STR("numId"))) {
        w->style->place.list = attr_int(attrs, "val", 0);
    } else if (str_eq(name, STR("ilvl"))) {
        w->style->place.level = attr_int(attrs, "val", 0);
    }
    return true;
}

static bool styles_close(void *me, str name)
{
    if (str_eq(name, STR("style")))
        ((struct word_lists *)me)->style = NULL;
    return true;
}

static bool text_ignore(void *me, str text)
{
    (void)me, (void)text;
    return true;
}

/* ---- finding ---- */

static int style_cmp(const void *x, const void *y)
{
    return str_cmp(((const struct style *)x)->id, ((const struct style *)y)->id);
}

static int list_cmp(const void *x, const void *y)
{
    const struct list *a = x, *b = y;

    return (a->id > b->id) - (a->id < b->id);
}

static int abstract_cmp(const void *x, const void *y)
{
    const struct abstract_list *a = x, *b = y;

    return (a->id > b->id) - (a->id < b->id);
}

static const struct style *style_find(const struct word_lists *w, str id)
{
    struct style key = {.id = id};

    return w->styles_n ? bsearch(&key, w->styles, w->styles_n, sizeof(key), style_cmp) : NULL;
}

struct word_lists *word_lists_new(struct arena *a, str styles_xml, str numbering_xml)
{
    static const struct xml_events numbering = {numbering_open, numbering_close, text_ignore};
    static const struct xml_events styles = {styles_open, styles_close, text_ignore};
    struct word_lists *w = ARENA_NEW(a, struct word_lists);
    size_t i;

    w->a = a;
    w->level = -1;
    if (numbering_xml.n > 0)
        (void)xml_walk(numbering_xml, "numbering", &numbering, w, NULL);
    if (styles_xml.n > 0)
        (void)xml_walk(styles_xml, "styles", &styles, w, NULL);
    list_sort(w->styles, w->styles_n, sizeof(*w->styles), style_cmp);
    list_sort(w->lists, w->lists_n, sizeof(*w->lists), list_cmp);
    list_sort(w->abstracts, w->abstracts_n, sizeof(*w->abstracts), abstract_cmp);
    for (i = 0; i < w->lists_n && w->abstracts_n > 0; i++) {
        struct abstract_list key = {.id = w->lists[i].abstract_id};
        w->lists[i].abstract = bsearch(&key, w->abstracts, w->abstracts_n, sizeof(key), abstract_cmp);
    }
    return w;
}

enum { BASES_MAX = 12 }; /* styles based on styles: Word allows 10 */

struct word_place word_style_place(const struct word_lists *w, str style)
{
    struct word_place at = {-1, -1};
    const struct style *s = style_find(w, style);
    int i;

    for (i = 0; s && i < BASES_MAX && (at.list < 0 || at.level < 0); i++) {
        at.list = at.list < 0 ? s->place.list : at.list;
        at.level = at.level < 0 ? s->place.level : at.level;
        s = s->base.n ? style_find(w, s->base) : NULL;
    }
    return at;
}

bool word_style_is_heading(const struct word_lists *w, str style)
{
    const struct style *s = style_find(w, style);
    int i;

    for (i = 0; s && i < BASES_MAX; i++) {
        if (s->heading)
            return true;
        s = s->base.n ? style_find(w, s->base) : NULL;
    }
    return false;
}

/* ---- labels ---- */

str word_roman(struct arena *a, int64_t n)
{
    static const struct {
        int value;
        const char *digits;
    } steps[] = {{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"},
                 {40, "xl"},  {10, "x"},   {9, "ix"},  {5, "v"},    {4, "iv"},  {1, "i"}};
    str out = STR("");
    size_t i;

    if (n < 1 || n > 3999)
        return str_fmt(a, "%lld", (long long)n);
    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        for (; n >= steps[i].value; n -= steps[i].value)
            out = str_fmt(a, "%.*s%s", STR_ARG(out), steps[i].digits);
    return out;
}

/* a..z, then aa, bb: Word repeats the letter. */
static str letters(struct arena *a, int64_t n)
{
    char out[32];
    size_t times = (size_t)((n - 1) / 26 + 1);

    if (n < 1 || times > sizeof(out))
        return str_fmt(a, "%lld", (long long)n);
    memset(out, (int)('a' + (n - 1) % 26), times);
    return str_dup(a, str_n(out, times));
}

static str upper(struct arena *a, str s)
{
    char *out = arena_alloc(a, s.n + 1);
    size_t i;

    for (i = 0; i < s.n; i++)
        out[i] = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 32) : s.p[i];
    return str_n(out, s.n);
}

static str number_text(struct arena *a, enum number_format f, int64_t n)
{
    switch (f) {
    case NUM_LETTER:
        return letters(a, n);
    case NUM_LETTER_UP:
        return upper(a, letters(a, n));
    case NUM_ROMAN:
        return word_roman(a, n);
    case NUM_ROMAN_UP:
        return upper(a, word_roman(a, n));
    case NUM_DECIMAL_ZERO:
        return str_fmt(a, "%02lld", (long long)n);
    case NUM_BULLET:
    case NUM_NONE:
        return STR("");
    case NUM_DECIMAL:
        break;
    }
    return str_fmt(a, "%lld", (long long)n);
}

static void count_up(struct list *l, int level)
{
    struct abstract_list *d = l->abstract;
    int i;

    if (!l->seen) {
        l->seen = true;
        for (i = 0; i < WORD_LEVELS; i++)
            if (l->restart[i] >= 0) {
                d->count[i] = l->restart[i] - 1;
                d->begun[i] = true;
            }
    }
    for (i = 0; i < level; i++)
        if (!d->begun[i]) {
            d->count[i] = d->level[i].start;
            d->begun[i] = true;
        }
    d->count[level] = d->begun[level] ? d->count[level] + 1 : d->level[level].start;
    d->begun[level] = true;
    for (i = level + 1; i < WORD_LEVELS; i++)
        d->begun[i] = false;
}

str word_label(struct word_lists *w, struct word_place at, struct arena *a)
{
    struct list key = {.id = at.list}, *l;
    struct abstract_list *d;
    str out = STR("");
    int level = at.level < 0 ? 0 : at.level;
    size_t i;

    l = w->lists_n ? bsearch(&key, w->lists, w->lists_n, sizeof(key), list_cmp) : NULL;
    if (!l || !l->abstract || level >= WORD_LEVELS)
        return STR("-");
    d = l->abstract;
    count_up(l, level);
    if (d->level[level].format == NUM_BULLET)
        return STR("-");
    for (i = 0; i < d->level[level].text.n; i++) {
        str t = d->level[level].text;
        if (t.p[i] == '%' && i + 1 < t.n && t.p[i + 1] >= '1' && t.p[i + 1] <= '9') {
            int of = t.p[++i] - '1';
            str number = of <= level ? number_text(a, d->level[of].format, d->count[of]) : STR("");
            out = str_fmt(a, "%.*s%.*s", STR_ARG(out), STR_ARG(number));
        } else {
            out = str_fmt(a, "%.*s%c", STR_ARG(out), t.p[i]);
        }
    }
    return str_trim(out);
}
