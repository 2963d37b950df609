/* formats/charset.c - see charset.h. UTF-16 and UTF-32 are decoded here, the old charsets by ICU. */
#include "formats/charset.h"

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#include "formats/format.h"

enum utf { UTF_8, UTF_16LE, UTF_16BE, UTF_32LE, UTF_32BE };

static const char *const utf_names[] = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"};

static size_t utf8_put(char *p, uint32_t c)
{
    if (c >= 0xD800 && c <= 0xDFFF)
        c = 0xFFFD;
    if (c == 0 || c > 0x10FFFF)
        c = 0xFFFD;
    if (c < 0x80) {
        p[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        p[0] = (char)(0xC0 | c >> 6);
        p[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        p[0] = (char)(0xE0 | c >> 12);
        p[1] = (char)(0x80 | (c >> 6 & 0x3F));
        p[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    p[0] = (char)(0xF0 | c >> 18);
    p[1] = (char)(0x80 | (c >> 12 & 0x3F));
    p[2] = (char)(0x80 | (c >> 6 & 0x3F));
    p[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

static uint32_t unit16(str s, size_t i, bool big)
{
    unsigned char x = (unsigned char)s.p[i], y = (unsigned char)s.p[i + 1];

    return big ? (uint32_t)x << 8 | y : (uint32_t)y << 8 | x;
}

/* Text without a mark whose every second byte is zero more often than any 8-bit text could be. */
static enum utf utf16_guess(str s)
{
    size_t n = s.n < 4096 ? s.n & ~(size_t)1 : 4096, zeros[2] = {0, 0};

    if (n < 4)
        return UTF_8;
    for (size_t i = 0; i < n; i++) {
        if (s.p[i] == 0)
            zeros[i & 1]++;
    }
    if (zeros[1] * 10 >= n * 3 && zeros[0] * 20 < n)
        return UTF_16LE;
    if (zeros[0] * 10 >= n * 3 && zeros[1] * 20 < n)
        return UTF_16BE;
    return UTF_8;
}

/* Which UTF the mark says (or the zeros show), and how long the mark is. */
static enum utf utf_find(str s, size_t *out_mark)
{
    const unsigned char *p = (const unsigned char *)s.p;

    *out_mark = 0;
    if (s.n >= 3 && p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF) {
        *out_mark = 3;
        return UTF_8;
    }
    if (s.n >= 4 && p[0] == 0xFF && p[1] == 0xFE && p[2] == 0 && p[3] == 0) {
        *out_mark = 4;
        return UTF_32LE;
    }
    if (s.n >= 4 && p[0] == 0 && p[1] == 0 && p[2] == 0xFE && p[3] == 0xFF) {
        *out_mark = 4;
        return UTF_32BE;
    }
    if (s.n >= 2 && p[0] == 0xFF && p[1] == 0xFE) {
        *out_mark = 2;
        return UTF_16LE;
    }
    if (s.n >= 2 && p[0] == 0xFE && p[1] == 0xFF) {
        *out_mark = 2;
        return UTF_16BE;
    }
    return utf16_guess(s);
}

/* Writes UTF-8 for at most `max` bytes of output; lone surrogates become U+FFFD, an odd last byte too. */
static size_t wide_decode(str s, enum utf u, char *out, size_t max)
{
    bool big = u == UTF_16BE || u == UTF_32BE;
    size_t n = 0, i = 0;

    while (i < s.n && n + 4 <= max) {
        uint32_t c;

        if (u == UTF_32LE || u == UTF_32BE) {
            if (i + 4 > s.n)
                c = 0xFFFD;
            else
                c = big ? unit16(s, i, true) << 16 | unit16(s, i + 2, true)
                        : unit16(s, i + 2, false) << 16 | unit16(s, i, false);
            i += 4;
        } else if (i + 2 > s.n) {
            c = 0xFFFD;
            i += 2;
        } else {
            c = unit16(s, i, big);
            i += 2;
            if (c >= 0xD800 && c < 0xDC00 && i + 2 <= s.n) {
                uint32_t low = unit16(s, i, big);

                if (low >= 0xDC00 && low < 0xE000) {
                    c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                    i += 2;
                }
            }
        }
        n += utf8_put(out + n, c);
    }
    return n;
}

str charset_head(str bytes, char scratch[CHARSET_SCRATCH])
{
    size_t mark;
    enum utf u = utf_find(bytes, &mark);

    if (u == UTF_8)
        return str_sub(bytes, mark, mark + CHARSET_HEAD_MAX);
    return str_n(scratch, wide_decode(str_from(bytes, mark), u, scratch, CHARSET_SCRATCH));
}

/* Counts well-formed multi-byte sequences and broken bytes: mostly sound UTF-8 is repaired, not guessed at. */
static bool utf8_mostly(str s)
{
    size_t good = 0, bad = 0;

    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        size_t len = c < 0x80 ? 1 : c < 0xC2 ? 0 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 0;

        if (len == 1) {
            i++;
            continue;
        }
        if (len > 0 && i + len <= s.n && str_utf8_valid(str_n(s.p + i, len))) {
            good++;
            i += len;
        } else if (c == 0xED && i + 2 < s.n && (unsigned char)s.p[i + 1] >= 0xA0 && (unsigned char)s.p[i + 1] <= 0xBF &&
                   ((unsigned char)s.p[i + 2] & 0xC0) == 0x80) {
            good++; /* half of a surrogate pair: wrong, but nobody but a writer of UTF-8 makes it */
            i += 3;
        } else {
            bad++;
            i++;
        }
    }
    return good > 0 && good >= bad * 10;
}

/* ICU converts in 64 KiB steps into an arena buffer; the output of one input byte is at most 3 UTF-8 bytes here, and
 * a charset that needs more is refused, not overrun. */
static enum err_code icu_convert(str s, const char *name, struct arena *a, str *out, struct err *e)
{
    UErrorCode uerr = U_ZERO_ERROR;
    UConverter *from = ucnv_open(name, &uerr), *to;
    const char *src = s.p;
    char *buf, *dst;
    UChar pivot[2048], *pivot_src = pivot, *pivot_dst = pivot;

    if (U_FAILURE(uerr))
        return err_set(e, ERR_UNSUPPORTED, "unknown charset %.60s", name);
    to = ucnv_open("UTF-8", &uerr);
    if (U_FAILURE(uerr)) {
        ucnv_close(from);
        return err_set(e, ERR_INTERNAL, "UTF-8 converter missing");
    }
    buf = arena_array(a, s.n + 4, 3);
    dst = buf;
    ucnv_convertEx(to, from, &dst, buf + (s.n + 4) * 3, &src, s.p + s.n, pivot, &pivot_src, &pivot_dst, pivot + 2048,
                   true, true, &uerr);
    ucnv_close(from);
    ucnv_close(to);
    if (U_FAILURE(uerr))
        return err_set(e, ERR_INVALID, "cannot be read as %.60s", name);
    *out = str_utf8_repair(a, str_n(buf, (size_t)(dst - buf)));
    return ERR_OK;
}

enum err_code charset_convert(str bytes, const char *name, struct arena *a, str *out, struct err *e)
{
    if (ucnv_compareNames(name, "iso-8859-1") == 0 || ucnv_compareNames(name, "us-ascii") == 0)
        name = "windows-1252"; /* what such text really is, as every browser reads it */
    if (ucnv_compareNames(name, "gb2312") == 0 || ucnv_compareNames(name, "gbk") == 0)
        name = "gb18030"; /* a superset */
    if (ucnv_compareNames(name, "utf-8") == 0) {
        *out = str_utf8_repair(a, bytes);
        return ERR_OK;
    }
    return icu_convert(bytes, name, a, out, e);
}

static enum err_code legacy_to_utf8(str s, struct arena *a, str *out, const char **out_name, struct err *e)
{
    UErrorCode uerr = U_ZERO_ERROR;
    UCharsetDetector *d = ucsdet_open(&uerr);
    const UCharsetMatch *m = NULL;
    char name[64] = "windows-1252";
    enum err_code rc;

    if (U_SUCCESS(uerr)) {
        str head = str_sub(s, 0, CHARSET_HEAD_MAX);

        ucsdet_setText(d, head.p, (int32_t)head.n, &uerr);
        m = ucsdet_detect(d, &uerr);
        if (U_SUCCESS(uerr) && m && ucsdet_getConfidence(m, &uerr) >= 10)
            snprintf(name, sizeof name, "%s", ucsdet_getName(m, &uerr));
    }
    ucsdet_close(d);
    /* UTF-16 and UTF-32 were ruled out before; a guess of them means the detector found nothing */
    if (strncmp(name, "UTF-", 4) == 0)
        snprintf(name, sizeof name, "windows-1252");
    if (out_name)
        *out_name = strcmp(name, "GB18030") == 0 ? "GB18030" : "legacy";
    rc = charset_convert(s, name, a, out, e);
    return rc == ERR_UNSUPPORTED ? charset_convert(s, "windows-1252", a, out, e) : rc;
}

enum err_code charset_to_utf8(str bytes, struct arena *a, str *out, const char **out_name, struct err *e)
{
    size_t mark;
    enum utf u = utf_find(bytes, &mark);
    str s = str_from(bytes, mark);
    char *wide;

    if (out_name)
        *out_name = utf_names[u];
    if (u != UTF_8) {
        wide = arena_array(a, s.n + 4, 2); /* 2 bytes give at most 3, and the loop wants 4 free */
        *out = str_n(wide, wide_decode(s, u, wide, (s.n + 4) * 2));
        return ERR_OK;
    }
    if (mark > 0 || str_utf8_valid(s) || utf8_mostly(s)) {
        *out = str_utf8_repair(a, s);
        return ERR_OK;
    }
    return legacy_to_utf8(s, a, out, out_name, e);
}

static enum err_code lines_check(str text, struct err *e)
{
    size_t line = 1, from = 0;

    for (size_t i = 0; i <= text.n; i++) {
        if (i < text.n && text.p[i] != '\n' && text.p[i] != '\r')
            continue;
        if (i - from > FORMAT_LINE_MAX)
            return err_set(e, ERR_LIMIT, "line %zu: longer than %d MiB", line, FORMAT_LINE_MAX >> 20);
        if (i + 1 < text.n && text.p[i] == '\r' && text.p[i + 1] == '\n')
            i++;
        from = i + 1;
        if (++line > FORMAT_LINES_MAX)
            return err_set(e, ERR_LIMIT, "line %zu: more than %d lines in one file", line, FORMAT_LINES_MAX);
    }
    return ERR_OK;
}

enum err_code charset_open(str bytes, struct arena *a, str *out, struct err *e)
{
    enum err_code rc = charset_to_utf8(bytes, a, out, NULL, e);

    if (rc)
        return rc;
    if (str_trim(*out).n == 0)
        return err_set(e, ERR_INVALID, "line 1: the file holds no text");
    return lines_check(*out, e);
}

/* --- character references --- */

static const struct {
    const char *name;
    uint16_t c;
} entities[] = {
    {"amp", '&'},      {"lt", '<'},       {"gt", '>'},        {"quot", '"'},     {"apos", '\''},    {"nbsp", 0xA0},
    {"lrm", 0x200E},   {"rlm", 0x200F},   {"ndash", 0x2013},  {"mdash", 0x2014}, {"lsquo", 0x2018}, {"rsquo", 0x2019},
    {"ldquo", 0x201C}, {"rdquo", 0x201D}, {"hellip", 0x2026}, {"bull", 0x2022},  {"middot", 0xB7},  {"euro", 0x20AC},
    {"pound", 0xA3},   {"yen", 0xA5},     {"cent", 0xA2},     {"copy", 0xA9},    {"reg", 0xAE},     {"trade", 0x2122},
    {"deg", 0xB0},     {"sect", 0xA7},    {"laquo", 0xAB},    {"raquo", 0xBB},   {"iexcl", 0xA1},   {"iquest", 0xBF},
    {"shy", 0xAD},     {"zwj", 0x200D},   {"zwnj", 0x200C},   {"times", 0xD7},   {"frac12", 0xBD},  {"frac14", 0xBC},
    {"Agrave", 0xC0},  {"Aacute", 0xC1},  {"Acirc", 0xC2},    {"Atilde", 0xC3},  {"Auml", 0xC4},    {"Aring", 0xC5},
    {"AElig", 0xC6},   {"Ccedil", 0xC7},  {"Egrave", 0xC8},   {"Eacute", 0xC9},  {"Ecirc", 0xCA},   {"Euml", 0xCB},
    {"Iacute", 0xCD},  {"Ntilde", 0xD1},  {"Oacute", 0xD3},   {"Ocirc", 0xD4},   {"Ouml", 0xD6},    {"Oslash", 0xD8},
    {"Uacute", 0xDA},  {"Uuml", 0xDC},    {"szlig", 0xDF},    {"agrave", 0xE0},  {"aacute", 0xE1},  {"acirc", 0xE2},
    {"atilde", 0xE3},  {"auml", 0xE4},    {"aring", 0xE5},    {"aelig", 0xE6},   {"ccedil", 0xE7},  {"egrave", 0xE8},
    {"eacute", 0xE9},  {"ecirc", 0xEA},   {"euml", 0xEB},     {"igrave", 0xEC},  {"iacute", 0xED},  {"icirc", 0xEE},
    {"iuml", 0xEF},    {"ntilde", 0xF1},  {"ograve", 0xF2},   {"oacute", 0xF3},  {"ocirc", 0xF4},   {"otilde", 0xF5},
    {"ouml", 0xF6},    {"oslash", 0xF8},  {"ugrave", 0xF9},   {"uacute", 0xFA},  {"ucirc", 0xFB},   {"uuml", 0xFC},
};

/* `ref` is what stands between & and ;. 0 when unknown. */
static uint32_t entity_value(str ref)
{
    uint32_t c = 0;
    bool hex;

    if (ref.n > 1 && ref.p[0] == '#') {
        hex = ref.n > 2 && (ref.p[1] == 'x' || ref.p[1] == 'X');
        for (size_t i = hex ? 2 : 1; i < ref.n; i++) {
            char d = ref.p[i];
            uint32_t v = d >= '0' && d <= '9'          ? (uint32_t)(d - '0')
                         : hex && d >= 'a' && d <= 'f' ? (uint32_t)(d - 'a' + 10)
                         : hex && d >= 'A' && d <= 'F' ? (uint32_t)(d - 'A' + 10)
                                                       : 99;
            if (v == 99 || c > 0x10FFFF)
                return 0;
            c = c * (hex ? 16 : 10) + v;
        }
        return c == 0 ? 0xFFFD : c;
    }
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
        if (ref.n > 0 && ref.p[0] == entities[i].name[0] && str_eq(ref, str_of(entities[i].name)))
            return entities[i].c;
    }
    return 0;
}

str charset_entities_decode(str s, struct arena *a)
{
    char *out;
    size_t n = 0;

    if (str_find_char(s, '&', 0) == SIZE_MAX)
        return s;
    out = arena_alloc(a, s.n + 4);
    for (size_t i = 0; i < s.n;) {
        size_t end;
        uint32_t c = 0;

        if (s.p[i] == '&') {
            end = str_find_char(str_sub(s, 0, i + 12), ';', i);
            if (end != SIZE_MAX)
                c = entity_value(str_sub(s, i + 1, end));
            if (c) {
                n += utf8_put(out + n, c); /* never longer than the reference */
                i = end + 1;
                continue;
            }
        }
        out[n++] = s.p[i++];
    }
    return str_n(out, n);
}
