#include <arpa/inet.h>

#include "text/pii_priv.h"

static bool local_char(unsigned char c)
{
    return c >= 0x80 || (c > ' ' && c < 0x7F && !strchr("\"(),:;<>@[\\]", c));
}

static bool host_char(unsigned char c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-' || c == '.' ||
           c == '_';
}

/* End of the host name that starts at `at`; `at` when there is none. At least one inner dot unless `bare`. */
static size_t host_end(str t, size_t at, bool bare)
{
    size_t i = at, dots = 0, label = 0, end = at;

    while (i < t.n && host_char((unsigned char)t.p[i])) {
        if (t.p[i] == '.') {
            if (label == 0 || i + 1 >= t.n || !host_char((unsigned char)t.p[i + 1]) || t.p[i + 1] == '.')
                break;
            dots++;
            label = 0;
        } else {
            label++;
        }
        i++;
        end = i;
    }
    while (end > at && (t.p[end - 1] == '-' || t.p[end - 1] == '.'))
        end--;
    return dots || bare ? end : at;
}

static size_t mail_start(str t, size_t at)
{
    size_t i = at;

    if (at > 0 && t.p[at - 1] == '"') { /* "quoted local part"@host */
        for (i = at - 1; i > 0 && at - i < 66; i--)
            if (t.p[i - 1] == '"' && (i < 2 || t.p[i - 2] != '\\'))
                return i - 1;
        return at;
    }
    while (i > 0 && at - i < 128 && local_char((unsigned char)t.p[i - 1]))
        i--;
    while (i < at && strchr(".'`*_=/|{}", t.p[i])) /* quotation marks and markup around it */
        i++;
    return i;
}

static void mails(struct pii_run *r)
{
    str t = r->text;

    for (size_t at = str_find_char(t, '@', 0); at != SIZE_MAX; at = str_find_char(t, '@', at + 1)) {
        size_t start = mail_start(t, at), end = host_end(t, at + 1, false);
        if (start == at)
            continue;
        if (end == at + 1) {
            end = host_end(t, at + 1, true); /* "admin@mailserver1" */
            if (end - at > 3)
                pii_add(r, PII_MAIL, start, end, 0.6);
            continue;
        }
        pii_add(r, PII_MAIL, start, end, 0.99);
    }
}

/* "john dot smith at gmail dot com", as recognisers write it */
static void spoken_mails(struct pii_run *r)
{
    for (size_t i = 1; i + 3 < r->n; i++) {
        size_t from = i - 1, to = i + 3;
        if (!pii_word_is(r, i, "at") || !pii_word_is(r, i + 2, "dot") ||
            !pii_in(r->w[to].low, "com org net edu gov io co de fr uk es it nl eu biz info"))
            continue;
        while (from >= 2 && pii_in(r->w[from - 1].low, "dot underscore dash hyphen"))
            from -= 2;
        while (to + 2 < r->n && pii_word_is(r, to + 1, "dot"))
            to += 2;
        pii_add(r, PII_MAIL, r->w[from].start, r->w[to].end, 0.9);
    }
}

static size_t url_end(str t, size_t i)
{
    while (i < t.n && (unsigned char)t.p[i] > ' ' && !strchr("<>\"{}|\\^`", t.p[i]))
        i++;
    while (i > 0 && strchr(".,;:!?)'*]", t.p[i - 1]))
        i--;
    return i;
}

static const char tlds_common[] =
    "com org net edu gov mil int io co ai app dev info biz me tv xyz online site store tech cloud eu uk de fr nl es it "
    "pl ru ch at be se dk fi pt cz "
    "jp cn kr in au nz br mx ca us ie gr hu ro tr za sg hk tw my id ph vn th ae il museum travel mobi name pro";

static void urls(struct pii_run *r)
{
    str t = r->text;

    for (size_t i = 0; i < r->n; i++) {
        size_t s = r->w[i].start, e = r->w[i].end, end;
        str low = r->w[i].low;
        if (pii_of(r, i, PII_SET_SCHEME) && str_starts(str_from(t, e), STR("://"))) {
            end = url_end(t, e + 3);
            if (end > e + 3)
                pii_add(r, PII_URL, s, end, 0.98);
        } else if (str_eq(low, STR("www")) && e < t.n && t.p[e] == '.') {
            end = url_end(t, e + 1);
            if (end > e + 1)
                pii_add(r, PII_URL, s, end, 0.95);
        } else if (e + 2 < t.n && t.p[e] == '.' && (s == 0 || strchr(" \n\t(<\"'", t.p[s - 1])) && r->w[i].letters) {
            size_t h = host_end(t, s, false), dot = h;
            while (dot > s && t.p[dot - 1] != '.')
                dot--;
            str tld = str_lower_ascii(r->a, str_sub(t, dot, h));
            if (h > e && tld.n >= 2 && dot - s >= 4 && pii_in(tld, tlds_common) && !(tld.n == 2 && t.p[dot] <= 'Z') &&
                (h == t.n || t.p[h] != '@'))
                pii_add(r, PII_URL, s, h < t.n && t.p[h] == '/' ? url_end(t, h) : h, 0.8);
        }
    }
}

static void addresses_v4(struct pii_run *r)
{
    str t = r->text;

    for (size_t i = 0; i < r->n; i++) {
        char cz[64];
        size_t s = r->w[i].start, e = s, dots = 0;
        struct in_addr v4;
        if (!r->w[i].digits || r->w[i].letters || (s > 0 && strchr(".0123456789-+", t.p[s - 1])))
            continue;
        while (e < t.n && e - s < 16 &&
               ((t.p[e] >= '0' && t.p[e] <= '9') ||
                (t.p[e] == '.' && e + 1 < t.n && t.p[e + 1] >= '0' && t.p[e + 1] <= '9'))) {
            dots += t.p[e] == '.';
            e++;
        }
        if (dots != 3 || e - s > 15)
            continue;
        memcpy(cz, t.p + s, e - s);
        cz[e - s] = 0;
        if (inet_pton(AF_INET, cz, &v4) == 1)
            pii_add(r, PII_IP, s, e, 0.95);
    }
}

static void addresses_v6(struct pii_run *r)
{
    str t = r->text;

    for (size_t at = str_find_char(t, ':', 0); at != SIZE_MAX; at = str_find_char(t, ':', at + 1)) {
        char cz[48];
        size_t s = at, e = at, colons = 0;
        struct in6_addr v6;
        while (s > 0 && at - s < 6 && strchr("0123456789abcdefABCDEF", t.p[s - 1]))
            s--;
        while (e < t.n && e - s < 46 && strchr("0123456789abcdefABCDEF:.", t.p[e])) {
            colons += t.p[e] == ':';
            e++;
        }
        while (e > s && (t.p[e - 1] == '.' || (t.p[e - 1] == ':' && !(e - s >= 2 && t.p[e - 2] == ':'))))
            e--;
        if (colons < 2 || e - s < 6 || e - s > 45) {
            continue;
        }
        memcpy(cz, t.p + s, e - s);
        cz[e - s] = 0;
        if (inet_pton(AF_INET6, cz, &v6) == 1 && (s == 0 || !uni_is_alnum((unsigned char)t.p[s - 1]))) {
            pii_add(r, PII_IP, s, e, 0.95);
            at = e - 1;
        }
    }
}

void pii_find_web(struct pii_run *r)
{
    mails(r);
    spoken_mails(r);
    urls(r);
    if (r->numbers)
        addresses_v4(r);
    addresses_v6(r);
}
