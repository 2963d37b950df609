/* Looking things up in a request, and decoding its path and query. The declarations are in net/http.h. */
#include "net/http_vet.h"

str http_field_get(const struct http_request *rq, str name)
{
    for (size_t i = 0; i < rq->n_fields; i++) {
        if (str_eq(rq->fields[i].name, name))
            return rq->fields[i].value;
    }
    return STR_NULL;
}

bool http_field_has(const struct http_request *rq, str name)
{
    for (size_t i = 0; i < rq->n_fields; i++) {
        if (str_eq(rq->fields[i].name, name))
            return true;
    }
    return false;
}

bool http_field_lists(const struct http_request *rq, str name, str member)
{
    for (size_t i = 0; i < rq->n_fields; i++) {
        str rest = rq->fields[i].value;

        if (!str_eq(rq->fields[i].name, name))
            continue;
        while (rest.n) {
            str one = str_cut(rest, ',', &rest), parameters;

            if (str_eq_nocase(str_trim(str_cut(one, ';', &parameters)), member))
                return true;
        }
    }
    return false;
}

str http_content_type(const struct http_request *rq)
{
    str parameters, type = str_cut(http_field_get(rq, STR("content-type")), ';', &parameters);

    return str_lower_ascii(rq->arena, str_trim(type));
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum err_code http_decode(str s, bool form, struct arena *a, str *out, struct err *e)
{
    char *to = NULL;
    size_t n = 0, i;

    for (i = 0; i < s.n && s.p[i] != '%' && (!form || s.p[i] != '+'); i++)
        ;
    if (i < s.n)
        to = arena_alloc(a, s.n);
    for (i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c == '%') {
            int hi = i + 2 < s.n ? hex(s.p[i + 1]) : -1, lo = i + 2 < s.n ? hex(s.p[i + 2]) : -1;

            if (hi < 0 || lo < 0)
                return err_set(e, ERR_INVALID, "bad percent-encoding");
            c = (unsigned char)(hi << 4 | lo);
            i += 2;
        } else if (form && c == '+') {
            c = ' ';
        }
        if (c == 0x7f || (c < 0x20 && !(form && (c == '\t' || c == '\n' || c == '\r'))))
            return err_set(e, ERR_INVALID, "control byte");
        if (to)
            to[n++] = (char)c;
    }
    s = to ? str_n(to, n) : s;
    if (!str_utf8_valid(s))
        return err_set(e, ERR_INVALID, "not UTF-8");
    *out = s;
    return ERR_OK;
}

bool http_query_next(str *at, struct arena *a, str *out_name, str *out_value, struct err *e)
{
    e->code = ERR_OK;
    while (at->n) {
        str value, name = str_cut(str_cut(*at, '&', at), '=', &value);

        if (!name.n && !value.n)
            continue;
        return !http_decode(name, true, a, out_name, e) && !http_decode(value, true, a, out_value, e);
    }
    return false;
}

enum err_code http_query_get(const struct http_request *rq, str name, str *out, bool *out_found, struct err *e)
{
    str at = rq->query, have, value;
    struct err local;

    *out_found = false;
    *out = STR_NULL;
    if (!e)
        e = &local;
    while (http_query_next(&at, rq->arena, &have, &value, e)) {
        if (str_eq(have, name)) {
            *out_found = true;
            *out = value;
            return ERR_OK;
        }
    }
    return e->code ? err_wrap(e, "query") : ERR_OK;
}

enum err_code http_path_decode(str raw, struct arena *a, str *out, struct err *e)
{
    str path = STR_NULL, rest, part;

    if (str_find_nocase(raw, STR("%2f"), 0) != SIZE_MAX || str_find_nocase(raw, STR("%5c"), 0) != SIZE_MAX)
        return err_set(e, ERR_INVALID, "encoded slash in the path");
    if (http_decode(raw, false, a, &path, e))
        return err_wrap(e, "path");
    if (!path.n || path.p[0] != '/')
        return err_set(e, ERR_INVALID, "path without a slash");
    for (rest = str_from(path, 1); rest.n;) {
        part = str_cut(rest, '/', &rest);
        if (str_eq(part, STR(".")) || str_eq(part, STR("..")))
            return err_set(e, ERR_INVALID, "dot segment in the path");
    }
    *out = path;
    return ERR_OK;
}

int http_path_match(str pattern, str path, str *out, int max)
{
    int n = 0;

    while (pattern.n && path.n) {
        str pp, hp;

        if (pattern.p[0] != '/' || path.p[0] != '/')
            return -1;
        pattern = str_from(pattern, 1);
        path = str_from(path, 1);
        pp = str_sub(pattern, 0, str_find_char(pattern, '/', 0));
        hp = str_sub(path, 0, str_find_char(path, '/', 0));
        if (str_starts(pp, STR("{"))) {
            if (n >= max)
                return -1;
            if (str_ends(pp, STR("*}"))) {
                out[n++] = path;
                return n;
            }
            if (!hp.n)
                return -1;
            out[n++] = hp;
        } else if (!str_eq(pp, hp)) {
            return -1;
        }
        pattern = str_from(pattern, pp.n);
        path = str_from(path, hp.n);
    }
    return pattern.n || path.n ? -1 : n;
}
