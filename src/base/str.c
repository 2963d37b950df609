#include "base/str.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>

#include "base/arena.h"

static char low(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool str_eq_nocase(str a, str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (low(a.p[i]) != low(b.p[i]))
            return false;
    return true;
}

int str_cmp(str a, str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool str_starts_nocase(str s, str prefix)
{
    return s.n >= prefix.n && str_eq_nocase(str_sub(s, 0, prefix.n), prefix);
}

bool str_ends_nocase(str s, str suffix)
{
    return s.n >= suffix.n && str_eq_nocase(str_from(s, s.n - suffix.n), suffix);
}

size_t str_find(str s, str needle, size_t from)
{
    const char *p;

    if (from > s.n)
        return SIZE_MAX;
    if (!needle.n)
        return from;
    if (needle.n > s.n - from)
        return SIZE_MAX; /* also keeps NULL away from memmem */
    p = memmem(s.p + from, s.n - from, needle.p, needle.n);
    return p ? (size_t)(p - s.p) : SIZE_MAX;
}

size_t str_find_nocase(str s, str needle, size_t from)
{
    for (size_t i = from; needle.n <= s.n && i <= s.n - needle.n; i++)
        if (str_eq_nocase(str_sub(s, i, i + needle.n), needle))
            return i;
    return SIZE_MAX;
}

size_t str_find_char(str s, char c, size_t from)
{
    const char *p = from < s.n ? memchr(s.p + from, c, s.n - from) : NULL;
    return p ? (size_t)(p - s.p) : SIZE_MAX;
}

size_t str_rfind_char(str s, char c)
{
    const char *p = s.n ? memrchr(s.p, c, s.n) : NULL;
    return p ? (size_t)(p - s.p) : SIZE_MAX;
}

static bool space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

str str_trim_end(str s)
{
    while (s.n && space(s.p[s.n - 1]))
        s.n--;
    return s;
}

str str_trim(str s)
{
    while (s.n && space(*s.p))
        s = str_from(s, 1);
    return str_trim_end(s);
}

str str_cut(str s, char sep, str *rest)
{
    size_t at = str_find_char(s, sep, 0);

    if (at == SIZE_MAX) {
        *rest = str_from(s, s.n);
        return s;
    }
    *rest = str_from(s, at + 1);
    return str_sub(s, 0, at);
}

bool str_line_next(str *rest, str *out_line)
{
    size_t i = 0, skip;

    if (!rest->n)
        return false;
    while (i < rest->n && rest->p[i] != '\n' && rest->p[i] != '\r')
        i++;
    skip = i;
    if (skip < rest->n)
        skip += rest->p[i] == '\r' && i + 1 < rest->n && rest->p[i + 1] == '\n' ? 2 : 1;
    *out_line = str_sub(*rest, 0, i);
    *rest = str_from(*rest, skip);
    return true;
}

static uint64_t load64(const char *p)
{
    uint64_t w;

    memcpy(&w, p, sizeof w);
    return w;
}

static uint64_t load32(const char *p)
{
    uint32_t w;

    memcpy(&w, p, sizeof w);
    return w;
}

/* The last 1..8 bytes in one number: loads that overlap instead of a loop. */
static uint64_t tail_of(const char *p, size_t n)
{
    const unsigned char *u = (const unsigned char *)p;

    if (n >= 4)
        return load32(p) << 32 | load32(p + n - 4);
    return n ? (uint64_t)u[0] << 16 | (uint64_t)u[n / 2] << 8 | u[n - 1] : 0;
}

uint64_t str_hash(str s)
{
    uint64_t h = (s.n + 1) * 0x9e3779b97f4a7c15u;
    const char *p = s.p;
    size_t n = s.n;

    for (; n > 8; p += 8, n -= 8) {
        h = (h ^ load64(p)) * 0xd6e8feb86659fd93u;
        h ^= h >> 32;
    }
    h = (h ^ tail_of(p, n)) * 0xd6e8feb86659fd93u;
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    return h ^ (h >> 29);
}

str str_dup(struct arena *a, str s)
{
    char *p = arena_alloc(a, s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    return (str){p, s.n};
}

char *str_cz(struct arena *a, str s)
{
    return (char *)str_dup(a, s).p;
}

void str_lower_put(str s, char *out)
{
    typedef unsigned char bytes __attribute__((vector_size(16)));
    size_t i = 0;

    for (; i + sizeof(bytes) <= s.n; i += sizeof(bytes)) {
        bytes b;
        memcpy(&b, s.p + i, sizeof b);
        b += (bytes)(b - 'A' < 26) & ('a' - 'A');
        memcpy(out + i, &b, sizeof b);
    }
    for (; i < s.n; i++)
        out[i] = low(s.p[i]);
}

str str_lower_ascii(struct arena *a, str s)
{
    char *p = arena_alloc(a, s.n + 1);

    str_lower_put(s, p);
    return (str){p, s.n};
}

str str_fmt(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    char *p;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        n = 0;
    p = arena_alloc(a, (size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return (str){p, (size_t)n};
}

str str_join(struct arena *a, const str *parts, size_t n, str sep)
{
    size_t len = 0, at = 0;
    char *p;

    for (size_t i = 0; i < n; i++)
        len += parts[i].n + (i ? sep.n : 0);
    p = arena_alloc(a, len + 1);
    for (size_t i = 0; i < n; i++) {
        if (i && sep.n) {
            memcpy(p + at, sep.p, sep.n);
            at += sep.n;
        }
        if (parts[i].n)
            memcpy(p + at, parts[i].p, parts[i].n);
        at += parts[i].n;
    }
    return (str){p, len};
}

/* Length of the valid UTF-8 sequence at s[i], or 0; *bad gets the length of the maximal invalid part. */
static size_t utf8_step(str s, size_t i, size_t *bad)
{
    const unsigned char *p = (const unsigned char *)s.p + i;
    size_t left = s.n - i, need;
    unsigned lo = 0x80, hi = 0xbf;

    *bad = 1;
    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        need = 2;
    else if (p[0] >= 0xe0 && p[0] <= 0xef)
        need = 3;
    else if (p[0] >= 0xf0 && p[0] <= 0xf4)
        need = 4;
    else
        return 0;
    if (p[0] == 0xe0)
        lo = 0xa0;
    if (p[0] == 0xed)
        hi = 0x9f;
    if (p[0] == 0xf0)
        lo = 0x90;
    if (p[0] == 0xf4)
        hi = 0x8f;
    for (size_t k = 1; k < need; k++, lo = 0x80, hi = 0xbf) {
        if (k >= left || p[k] < lo || p[k] > hi) {
            *bad = k;
            return 0;
        }
    }
    return need;
}

bool str_utf8_valid(str s)
{
    size_t bad;

    for (size_t i = 0; i < s.n;) {
        uint64_t eight;
        size_t n;
        if (s.n - i >= sizeof eight && !(memcpy(&eight, s.p + i, sizeof eight), eight & 0x8080808080808080)) {
            i += sizeof eight; /* most text is ASCII */
            continue;
        }
        n = utf8_step(s, i, &bad);
        if (!n)
            return false;
        i += n;
    }
    return true;
}

str str_utf8_repair(struct arena *a, str s)
{
    static const char mark[] = "\xef\xbf\xbd";
    size_t bad, at = 0, cap = 0;
    char *out;

    if (!(s.n && memchr(s.p, 0, s.n)) && str_utf8_valid(s))
        return s;
    for (size_t i = 0; i < s.n;) {
        size_t n = utf8_step(s, i, &bad);
        bool ok = n && s.p[i];
        cap += ok ? n : 3;
        i += n ? n : bad;
    }
    out = arena_alloc(a, cap + 1);
    for (size_t i = 0; i < s.n;) {
        size_t n = utf8_step(s, i, &bad);
        bool ok = n && s.p[i];
        memcpy(out + at, ok ? s.p + i : mark, ok ? n : 3);
        at += ok ? n : 3;
        i += n ? n : bad;
    }
    return (str){out, at};
}

bool str_to_u64(str s, uint64_t *out)
{
    uint64_t v = 0;

    if (!s.n)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned d = (unsigned)(s.p[i] - '0');
        if (d > 9 || v > (UINT64_MAX - d) / 10)
            return false;
        v = v * 10 + d;
    }
    *out = v;
    return true;
}

bool str_to_i64(str s, int64_t *out)
{
    bool neg = s.n && *s.p == '-';
    uint64_t v;

    if (!str_to_u64(neg ? str_from(s, 1) : s, &v) || v > (uint64_t)INT64_MAX + neg)
        return false;
    *out = neg ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

bool str_to_double(str s, double *out)
{
    static locale_t c_locale;
    char tmp[64], *end;
    double v;

    if (!s.n || s.n >= sizeof tmp || space(*s.p))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!strchr("0123456789+-.eE", s.p[i]))
            return false;
    if (!c_locale)
        c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    memcpy(tmp, s.p, s.n);
    tmp[s.n] = 0;
    v = strtod_l(tmp, &end, c_locale);
    if (*end || !isfinite(v))
        return false;
    *out = v;
    return true;
}

size_t str_distance(str a, str b)
{
    uint32_t row[STR_DISTANCE_MAX + 1] __attribute__((uninitialized));

    if (b.n > STR_DISTANCE_MAX)
        return SIZE_MAX;
    while (a.n && b.n && a.p[a.n - 1] == b.p[b.n - 1]) { /* what both begin or end with is no difference */
        a.n--;
        b.n--;
    }
    while (a.n && b.n && *a.p == *b.p) {
        a = str_from(a, 1);
        b = str_from(b, 1);
    }
    for (size_t j = 0; j <= b.n; j++)
        row[j] = (uint32_t)j;
    for (size_t i = 1; i <= a.n; i++) {
        uint32_t diag = row[0];
        row[0] = (uint32_t)i;
        for (size_t j = 1; j <= b.n; j++) {
            uint32_t was = row[j], best = diag + (a.p[i - 1] != b.p[j - 1]);
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
            diag = was;
        }
    }
    return row[b.n];
}
