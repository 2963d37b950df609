#include <unicode/uchar.h>
#include <unicode/ucasemap.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include "text/uni.h"

uint32_t uni_next_slow(str s, size_t *i)
{
    int32_t at = 0, c;
    int32_t n = s.n - *i > 8 ? 8 : (int32_t)(s.n - *i);

    U8_NEXT(s.p + *i, at, n, c);
    *i += (size_t)at;
    return c < 0 ? UNI_BAD : (uint32_t)c;
}

uint32_t uni_prev(str s, size_t *i)
{
    size_t base = *i > 8 ? *i - 8 : 0;
    int32_t at = (int32_t)(*i - base), c;

    U8_PREV(s.p + base, 0, at, c);
    *i = base + (size_t)at;
    return c < 0 ? UNI_BAD : (uint32_t)c;
}

size_t uni_put(char out[4], uint32_t c)
{
    int32_t n = 0;
    UBool bad = false;
    uint8_t b[4] = {0};

    U8_APPEND(b, n, 4, (UChar32)c, bad);
    if (bad)
        return uni_put(out, UNI_BAD);
    memcpy(out, b, (size_t)n);
    return (size_t)n;
}

bool uni_is_space(uint32_t c)
{
    if (c < 0x80)
        return c == ' ' || (c >= 9 && c <= 13);
    return u_isUWhiteSpace((UChar32)c);
}

bool uni_is_alpha(uint32_t c)
{
    if (c < 0x80)
        return (c | 32) >= 'a' && (c | 32) <= 'z';
    return u_isalpha((UChar32)c);
}

bool uni_is_alnum(uint32_t c)
{
    if (c < 0x80)
        return ((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= '0' && c <= '9');
    return u_isalnum((UChar32)c);
}

bool uni_is_mark(uint32_t c)
{
    return c >= 0x300 && (U_GET_GC_MASK((UChar32)c) & U_GC_M_MASK);
}

bool uni_is_punct(uint32_t c)
{
    return u_ispunct((UChar32)c);
}

bool uni_is_upper(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z';
    return u_isupper((UChar32)c) || u_istitle((UChar32)c);
}

bool uni_is_unspaced(uint32_t c)
{
    if (c < 0xE00)
        return false;
    if (c <= 0xEFF || (c >= 0x1000 && c <= 0x109F) || (c >= 0x1780 && c <= 0x17FF))
        return true; /* Thai, Lao, Myanmar, Khmer */
    if (c < 0x2E80)
        return false;
    if ((c >= 0x3040 && c <= 0x30FF) || (c >= 0x31F0 && c <= 0x31FF) || (c >= 0x3400 && c <= 0x4DBF) ||
        (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF66 && c <= 0xFF9F) ||
        (c >= 0x20000 && c <= 0x3FFFF))
        return true;
    return c == 0x3005 || c == 0x3007 || c == 0x2E80;
}

/* `joined`: behind a zero width joiner, where two emoji are drawn as one. */
static size_t columns_of(uint32_t c, bool joined)
{
    int type, width;

    if (c < 0x300)
        return c != 0xAD;
    type = u_charType((UChar32)c);
    if (joined || type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR ||
        (c >= 0x1160 && c <= 0x11FF)) /* vowels and ends of Hangul syllables */
        return 0;
    width = u_getIntPropertyValue((UChar32)c, UCHAR_EAST_ASIAN_WIDTH);
    return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

str uni_fit(str s, size_t columns)
{
    size_t taken = 0, end = 0;
    bool joined = false;

    while (end < s.n) {
        size_t next = end;
        uint32_t c = uni_next(s, &next);
        taken += columns_of(c, joined);
        if (taken > columns)
            break;
        joined = c == 0x200D;
        end = next;
    }
    return str_sub(s, 0, end);
}

size_t uni_columns(str s)
{
    size_t n = 0, i = 0;
    bool joined = false;

    while (i < s.n) {
        uint32_t c = uni_next(s, &i);
        n += columns_of(c, joined);
        joined = c == 0x200D;
    }
    return n;
}

bool uni_ascii(str s)
{
    size_t i = 0;

    for (; i + 8 <= s.n; i += 8) {
        uint64_t w;
        memcpy(&w, s.p + i, 8);
        if (w & 0x8080808080808080ull)
            return false;
    }
    for (; i < s.n; i++)
        if (s.p[i] & 0x80)
            return false;
    return true;
}

static str lower_icu(struct arena *a, str s)
{
    UErrorCode ec = U_ZERO_ERROR;
    UCaseMap *cm = ucasemap_open("", U_FOLD_CASE_DEFAULT, &ec);
    size_t cap = s.n * 3 + 16;
    char *out = arena_alloc(a, cap);
    int32_t n;

    if (U_FAILURE(ec))
        return s;
    n = ucasemap_utf8ToLower(cm, out, (int32_t)cap, s.p, (int32_t)s.n, &ec);
    ucasemap_close(cm);
    if (U_FAILURE(ec))
        return s;
    return str_n(out, (size_t)n);
}

str uni_lower(struct arena *a, str s)
{
    if (uni_ascii(s)) {
        for (size_t i = 0; i < s.n; i++)
            if (s.p[i] >= 'A' && s.p[i] <= 'Z')
                return str_lower_ascii(a, s);
        return s;
    }
    return lower_icu(a, s);
}

/* Letters that Unicode does not decompose although people type them in ASCII. */
static const char *fold_special(uint32_t c)
{
    switch (c) {
    case 0xDF:
    case 0x1E9E:
        return "ss";
    case 0xE6:
    case 0xC6:
        return "ae";
    case 0x153:
    case 0x152:
        return "oe";
    case 0xF8:
    case 0xD8:
        return "o";
    case 0x142:
    case 0x141:
        return "l";
    case 0x111:
    case 0x110:
    case 0xF0:
    case 0xD0:
        return "d";
    case 0xFE:
    case 0xDE:
        return "th";
    case 0x131:
        return "i";
    case 0x127:
    case 0x126:
        return "h";
    case 0x167:
    case 0x166:
        return "t";
    case 0x2018:
    case 0x2019:
    case 0x2BC:
        return "'";
    default:
        return NULL;
    }
}

static size_t fold_one(uint32_t c, char *out, size_t room)
{
    const char *special = fold_special(c);
    UErrorCode ec = U_ZERO_ERROR;
    const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&ec);
    UChar dec[32], one[2];
    int32_t n = 0, i = 0, m;
    size_t w = 0;

    if (special) {
        size_t k = strlen(special);
        memcpy(out, special, k);
        return k;
    }
    m = 0;
    U16_APPEND_UNSAFE(one, m, (UChar32)c);
    n = unorm2_normalize(nfkd, one, m, dec, 32, &ec);
    if (U_FAILURE(ec)) {
        return uni_put(out, c);
    }
    while (i < n) {
        UChar32 d;
        U16_NEXT(dec, i, n, d);
        if ((U_GET_GC_MASK(d) & U_GC_M_MASK) && d < 0x900) /* marks of Indic scripts are vowels: kept */
            continue;
        if (w + 4 > room)
            break;
        w += uni_put(out + w, (uint32_t)u_tolower(d));
    }
    return w;
}

str uni_fold(struct arena *a, str s)
{
    str low = uni_lower(a, s);
    size_t cap, w = 0, i = 0;
    char *out;

    if (uni_ascii(low))
        return low;
    cap = low.n * 4 + 80;
    out = arena_alloc(a, cap);
    while (i < low.n) {
        uint32_t c = uni_next(low, &i);
        if (w + 80 > cap) { /* NFKD of a few symbols is long (U+FDFA: 18 code points) */
            char *more = arena_alloc(a, cap * 2 + 160);
            memcpy(more, out, w);
            out = more;
            cap = cap * 2 + 160;
        }
        if (c < 0x80)
            out[w++] = (char)c;
        else
            w += fold_one(c, out + w, 72);
    }
    return str_n(out, w);
}
