#include "formats/labelled.h"

#include "base/err.h"
#include "formats/charset.h"

enum { NAME_BYTES = 60, META_WITHIN = 4096 };

/* Labels that mean something else in the wild than in the standard (what browsers do), or that ICU does not know. */
static const struct {
    const char *label, *name;
} aliases[] = {
    {"ascii", "windows-1252"},
    {"us-ascii", "windows-1252"},
    {"iso-8859-1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"iso-8859-9", "windows-1254"},
    {"gb2312", "gb18030"},
    {"gbk", "gb18030"},
    {"x-gbk", "gb18030"},
    {"ks_c_5601-1987", "ibm-949"},
    {"ks_c_5601", "ibm-949"},
    {"euc-kr", "windows-949"},
    {"cp-850", "ibm-850"},
    {"iso-8859-8-i", "iso-8859-8"},
    {"iso-8859-8-e", "iso-8859-8"},
    {"shift-jis", "Shift_JIS"},
    {"x-sjis", "Shift_JIS"},
    {"cp932", "ibm-943"},
    {"tis-620", "windows-874"},
    {"unicode-1-1-utf-7", "UTF-7"},
    {"x-mac-roman", "macintosh"},
    {"macroman", "macintosh"},
    {"utf8", "utf-8"},
    {"unicode-1-1-utf-8", "utf-8"},
};

static const char *usual_name(str label, char name[NAME_BYTES + 1])
{
    size_t i;

    for (i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
        if (str_eq_nocase(label, str_of(aliases[i].label)))
            return aliases[i].name;
    if (label.n == 0 || label.n > NAME_BYTES)
        return NULL;
    for (i = 0; i < label.n; i++) {
        if (label.p[i] <= ' ' || label.p[i] > '~' || strchr("/,=;", label.p[i]))
            return NULL;
        name[i] = label.p[i];
    }
    name[label.n] = '\0';
    return name;
}

static size_t broken_count(str utf8)
{
    size_t n = 0, at = 0;

    while ((at = str_find(utf8, STR("\xef\xbf\xbd"), at)) != SIZE_MAX) {
        n++;
        at += 3;
    }
    return n;
}

static bool starts_any(str label, const char *const *list)
{
    for (; *list; list++)
        if (str_starts_nocase(label, str_of(*list)))
            return true;
    return false;
}

/* Not ASCII-compatible, or shifted by escapes: the bytes alone say little. */
static bool is_wide(str label)
{
    static const char *const list[] = {"utf-16", "utf-32",    "iso-2022",          "utf-7",
                                       "hz",     "csiso2022", "unicode-1-1-utf-7", NULL};
    return starts_any(label, list);
}

/* Two bytes a character: short texts can be valid UTF-8 by accident. */
static bool is_multibyte(str label)
{
    static const char *const list[] = {"gb", "big5", "euc", "shift", "ks_c", "cp93", "cp949", "x-sjis", "x-gbk", NULL};
    return starts_any(label, list);
}

static bool is_plain_ascii(str s)
{
    size_t i;

    for (i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80 || s.p[i] == 0x1b)
            return false;
    return true;
}

static bool has_mark(str s)
{
    return str_starts(s, STR("\xef\xbb\xbf")) || str_starts(s, STR("\xff\xfe")) || str_starts(s, STR("\xfe\xff"));
}

static str detected(struct arena *a, str bytes)
{
    str out;

    if (charset_to_utf8(bytes, a, &out, NULL, NULL))
        return str_utf8_repair(a, bytes);
    return str_utf8_repair(a, out);
}

str labelled_to_utf8(struct arena *a, str bytes, str label)
{
    char room[NAME_BYTES + 1];
    const char *name;
    str out;

    label = str_trim(label);
    if (label.n >= 2 && label.p[0] == '"')
        label = str_trim(str_sub(label, 1, label.n - 1));
    if (has_mark(bytes))
        return detected(a, bytes);
    if (!is_wide(label) && (is_plain_ascii(bytes) || (!is_multibyte(label) && str_utf8_valid(bytes))))
        return str_utf8_repair(a, bytes);
    name = usual_name(label, room);
    if (!name || charset_convert(bytes, name, a, &out, NULL))
        return detected(a, bytes);
    if (broken_count(out) == 0)
        return str_utf8_repair(a, out);
    if (str_utf8_valid(bytes) && !is_wide(label))
        return str_utf8_repair(a, bytes);
    /* A few broken places in a right label are damage; more are a wrong label. */
    return broken_count(out) * 50 < bytes.n ? str_utf8_repair(a, out) : detected(a, bytes);
}

void labelled_warm(void)
{
    static const char *const names[] = {"windows-1252", "utf-16le", "gb18030", "Shift_JIS",
                                        "ISO-2022-JP",  "utf-7",    "koi8-r"};
    struct arena *a = arena_new("warm");
    size_t i;
    str out;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        charset_convert(STR("abc"), names[i], a, &out, NULL);
    charset_to_utf8(STR("caf\xe9 cr\xe8me, d\xe9j\xe0 vu et bient\xf4t"), a, &out, NULL, NULL);
    arena_free(a);
}

str labelled_html(str html)
{
    str head = str_sub(html, 0, META_WITHIN);
    size_t at = 0, end;

    while ((at = str_find_nocase(head, STR("charset"), at)) != SIZE_MAX) {
        at += 7;
        while (at < head.n && (head.p[at] == ' ' || head.p[at] == '='))
            at++;
        if (at < head.n && (head.p[at] == '"' || head.p[at] == '\''))
            at++;
        end = at;
        while (end < head.n && (isalnum((unsigned char)head.p[end]) || head.p[end] == '-' || head.p[end] == '_' ||
                                head.p[end] == ':' || head.p[end] == '.'))
            end++;
        if (end > at)
            return str_sub(head, at, end);
    }
    return STR_NULL;
}
