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
