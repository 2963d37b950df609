#include "formats/office.h"

#include "base/sort.h"
#include "formats/xml.h"

enum { OLE_SCAN_BYTES = 1 << 20 };

bool office_is_ole(str bytes)
{
    return str_starts(bytes, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"));
}

/* Names in an OLE directory are UTF-16. */
static bool ole_has(str bytes, const char *name)
{
    char wide[64];
    size_t n = 0, i, at = 0;
    str head = str_sub(bytes, 0, OLE_SCAN_BYTES),
        tail = str_from(bytes, bytes.n > OLE_SCAN_BYTES ? bytes.n - OLE_SCAN_BYTES : 0);

    for (i = 0; name[i] && n + 2 <= sizeof(wide); i++) {
        wide[n++] = name[i];
        wide[n++] = '\0';
    }
    at = str_find(head, str_n(wide, n), 0);
    return at != SIZE_MAX || str_find(tail, str_n(wide, n), 0) != SIZE_MAX;
}

static enum err_code ole_refuse(str bytes, struct err *e)
{
    if (ole_has(bytes, "EncryptedPackage") || ole_has(bytes, "EncryptionInfo"))
        return err_set(e, ERR_DENIED, "the document is encrypted: save it without a password");
    if (ole_has(bytes, "__substg1.0_"))
        return err_set(e, ERR_UNSUPPORTED, "an Outlook .msg file: save it as .eml");
    if (ole_has(bytes, "WordDocument"))
        return err_set(e, ERR_UNSUPPORTED, "an old binary Word document: save it as .docx");
    if (ole_has(bytes, "PowerPoint Document"))
        return err_set(e, ERR_UNSUPPORTED, "an old binary PowerPoint file: save it as .pptx");
    if (ole_has(bytes, "Workbook"))
        return err_set(e, ERR_UNSUPPORTED, "an old binary Excel file: save it as .xlsx");
    return err_set(e, ERR_UNSUPPORTED, "an old binary Office file: save it in a current format");
}

enum err_code office_open(str bytes, bool (*want)(str name), struct arena *a, struct zip *out, struct err *e)
{
    if (office_is_ole(bytes))
        return ole_refuse(bytes, e);
    return zip_read(bytes, want, a, out, e);
}

struct props {
    struct arena *a;
    struct interaction *ia;
    enum { PROP_NONE, PROP_TITLE, PROP_MODIFIED } in;
    str title, modified;
};

static bool prop_open(void *me, str name, const struct xml_attrs *attrs)
{
    struct props *p = me;

    (void)attrs;
    p->in = str_eq(name, STR("title")) ? PROP_TITLE : str_eq(name, STR("modified")) ? PROP_MODIFIED : PROP_NONE;
    return true;
}

static bool prop_close(void *me, str name)
{
    (void)name;
    ((struct props *)me)->in = PROP_NONE;
    return true;
}

static bool prop_text(void *me, str text)
{
    struct props *p = me;

    if (p->in == PROP_TITLE && p->title.n < 4096)
        p->title = str_fmt(p->a, "%.*s%.*s", STR_ARG(p->title), STR_ARG(text));
    if (p->in == PROP_MODIFIED && p->modified.n == 0)
        p->modified = str_dup(p->a, text);
    return true;
}

void office_props(const struct zip *z, struct arena *a, struct interaction *ia)
{
    static const struct xml_events events = {prop_open, prop_close, prop_text};
    const struct zip_member *core = zip_find(z, STR("docProps/core.xml"));
    struct props p = {.a = a, .ia = ia};
    int offset_min;

    if (!core || xml_walk(core->bytes, "docProps/core.xml", &events, &p, NULL))
        return;
    ia->title = text_squeeze(a, p.title, false);
    if (clock_parse(str_trim(p.modified), &ia->started_at_ms, &offset_min))
        ia->started_offset_min = offset_min;
    else
        ia->started_at_ms = CLOCK_NONE;
}

int office_number(str name, const char *prefix, const char *suffix)
{
    str p = str_of(prefix), s = str_of(suffix);
    int64_t n;

    if (!str_starts(name, p) || !str_ends(name, s) || name.n <= p.n + s.n)
        return -1;
    if (!str_to_i64(str_sub(name, p.n, name.n - s.n), &n) || n < 0 || n > INT32_MAX)
        return -1;
    return (int)n;
}

struct numbered {
    int number;
    const struct zip_member *m;
};

static int numbered_cmp(const void *x, const void *y)
{
    const struct numbered *a = x, *b = y;

    return (a->number > b->number) - (a->number < b->number);
}

const struct zip_member **office_numbered(const struct zip *z, const char *prefix, const char *suffix, struct arena *a,
                                          size_t *out_n)
{
    struct numbered *list = ARENA_ARRAY(a, struct numbered, z->n);
    const struct zip_member **members;
    size_t n = 0, i;

    for (i = 0; i < z->n; i++) {
        int number = office_number(z->at[i].name, prefix, suffix);
        if (number >= 0)
            list[n++] = (struct numbered){number, &z->at[i]};
    }
    list_sort(list, n, sizeof(*list), numbered_cmp);
    members = ARENA_ARRAY(a, const struct zip_member *, n);
    for (i = 0; i < n; i++)
        members[i] = list[i].m;
    *out_n = n;
    return members;
}

/* ---- relations ---- */

struct rels_walk {
    struct arena *a;
    str folder; /* of the part, with its slash; empty at the top */
    struct office_rels rels;
};

static str folder_of(str part)
{
    size_t slash = str_rfind_char(part, '/');

    return slash == SIZE_MAX ? STR("") : str_sub(part, 0, slash + 1);
}

/* "../charts/chart1.xml" seen from "ppt/slides/" is "ppt/charts/chart1.xml"; empty when it climbs out. */
static str target_resolve(struct arena *a, str folder, str target)
{
    if (str_starts(target, STR("/")))
        return str_dup(a, str_from(target, 1));
    for (;;) {
        if (str_starts(target, STR("./"))) {
            target = str_from(target, 2);
        } else if (str_starts(target, STR("../"))) {
            if (folder.n == 0)
                return STR("");
            folder = folder_of(str_sub(folder, 0, folder.n - 1));
            target = str_from(target, 3);
        } else {
            return str_fmt(a, "%.*s%.*s", STR_ARG(folder), STR_ARG(target));
        }
    }
}

static bool rel_open(void *me, str name, const struct xml_attrs *attrs)
{
    struct rels_walk *w = me;
    str type = xml_attr(attrs, "Type"), id = xml_attr(attrs, "Id"), target = xml_attr(attrs, "Target");
    size_t slash = str_rfind_char(type, '/');

    if (!str_eq(name, STR("Relationship")) || str_eq(xml_attr(attrs, "TargetMode"), STR("External")))
        return true;
    target = target_resolve(w->a, w->folder, target);
    if (target.n > 0 && slash != SIZE_MAX)
        ARENA_PUSH(w->a, w->rels.at, w->rels.n, w->rels.cap) =
            (struct office_rel){str_dup(w->a, id), str_dup(w->a, str_from(type, slash + 1)), target};
    return w->rels.n < OFFICE_RELS_MAX;
}

static bool rel_close(void *me, str name)
{
    (void)me, (void)name;
    return true;
}

static bool rel_text(void *me, str text)
{
    (void)me, (void)text;
    return true;
}

struct office_rels office_rels_read(const struct zip *z, str part, struct arena *a)
{
    static const struct xml_events events = {rel_open, rel_close, rel_text};
    str folder = folder_of(part);
    const struct zip_member *m =
        zip_find(z, str_fmt(a, "%.*s_rels/%.*s.rels", STR_ARG(folder), STR_ARG(str_from(part, folder.n))));
    struct rels_walk w = {.a = a, .folder = folder};

    if (!m || xml_walk(m->bytes, "relations", &events, &w, NULL))
        return (struct office_rels){0};
    return w.rels;
}

const struct zip_member *office_rel_part(const struct zip *z, const struct office_rels *rels, str id)
{
    size_t i;

    for (i = 0; i < rels->n; i++)
        if (id.n > 0 && str_eq(rels->at[i].id, id))
            return zip_find(z, rels->at[i].target);
    return NULL;
}

const struct zip_member *office_rel_of_type(const struct zip *z, const struct office_rels *rels, const char *type)
{
    size_t i;

    for (i = 0; i < rels->n; i++)
        if (str_eq(rels->at[i].type, str_of(type)))
            return zip_find(z, rels->at[i].target);
    return NULL;
}

/* ---- comments ---- */

struct remarks {
    struct blocks *out;
    struct buf text;
    bool in_text;
};

static bool remark_open(void *me, str name, const struct xml_attrs *attrs)
{
    struct remarks *s = me;

    (void)attrs;
    if (str_eq(name, STR("cm")) || str_eq(name, STR("reply")) || str_eq(name, STR("comment")))
        buf_reset(&s->text);
    else if (str_eq(name, STR("text")) || str_eq(name, STR("t")))
        s->in_text = true;
    else if (str_eq(name, STR("p")) && s->text.n > 0)
        buf_char(&s->text, '\n');
    return true;
}

static bool remark_close(void *me, str name)
{
    struct remarks *s = me;

    if (str_eq(name, STR("text")) || str_eq(name, STR("t"))) {
        s->in_text = false;
    } else if ((str_eq(name, STR("txBody")) || str_eq(name, STR("cm")) || str_eq(name, STR("comment"))) &&
               s->text.n > 0) {
        str t = str_trim(buf_view(&s->text));
        if (t.n > 0)
            blocks_add(s->out, BLOCK_TEXT, true, str_fmt(s->out->a, "Comment: %.*s", STR_ARG(t)));
        buf_reset(&s->text);
    }
    return !s->out->full;
}

static bool remark_text(void *me, str text)
{
    struct remarks *s = me;

    if (s->in_text)
        buf_str(&s->text, text);
    return true;
}

void office_comments(const struct zip_member *m, struct format_result *r, struct blocks *b)
{
    static const struct xml_events events = {remark_open, remark_close, remark_text};
    struct remarks s = {.out = b};
    struct err why;

    buf_init_wiped(&s.text, IA_TEXT_MAX);
    if (xml_walk(m->bytes, "comments", &events, &s, &why))
        format_problem_add(r, b->a, m->name, str_dup(b->a, str_of(why.msg)));
    buf_done(&s.text);
}

/* ---- dates stored as numbers ---- */

bool office_format_is_date(str format)
{
    size_t i;

    if (str_eq_nocase(format, STR("General")) || str_eq(format, STR("@")))
        return false;
    for (i = 0; i < format.n; i++) {
        char c = format.p[i], end = c == '"' ? '"' : c == '[' ? ']' : '\0';

        if (c == '\\' || c == '_' || c == '*') {
            i++;
        } else if (end) {
            i = str_find_char(format, end, i + 1);
            if (i == SIZE_MAX)
                return false;
        } else if (strchr("yYmMdDhHsS", c)) {
            return true;
        }
    }
    return false;
}

str office_day_text(struct arena *a, double days)
{
    enum { DAY_MS = 86400000, DAYS_MAX = 2958466 };
    int year, month, day, hour, minute, second, ms;
    int64_t at;

    if (!(days >= 0 && days < DAYS_MAX))
        return STR("");
    /* Day 60 is the 29th of February 1900 that never was, so days before it count from one later. */
    at = clock_from_civil(1899, 12, days < 60 ? 31 : 30, 0, 0, 0, 0) + (int64_t)(days * DAY_MS + 500);
    clock_to_civil(at, &year, &month, &day, &hour, &minute, &second, &ms);
    if (days < 1)
        return str_fmt(a, "%02d:%02d", hour, minute);
    if (hour == 0 && minute == 0)
        return str_fmt(a, "%04d-%02d-%02d", year, month, day);
    return str_fmt(a, "%04d-%02d-%02d %02d:%02d", year, month, day, hour, minute);
}
