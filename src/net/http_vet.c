#include "net/http_vet.h"

static const str method_names[HTTP_M_COUNT] = {
    [HTTP_M_GET] = {"GET", 3},         [HTTP_M_HEAD] = {"HEAD", 4},   [HTTP_M_POST] = {"POST", 4},
    [HTTP_M_PUT] = {"PUT", 3},         [HTTP_M_PATCH] = {"PATCH", 5}, [HTTP_M_DELETE] = {"DELETE", 6},
    [HTTP_M_OPTIONS] = {"OPTIONS", 7}, [HTTP_M_QUERY] = {"QUERY", 5}, [HTTP_M_TRACE] = {"TRACE", 5},
};

str http_method_name(enum http_method m)
{
    return m < HTTP_M_COUNT ? method_names[m] : STR("?");
}

bool http_method_find(str s, enum http_method *out)
{
    for (int i = 0; i < HTTP_M_COUNT; i++) {
        if (str_eq(s, method_names[i])) {
            *out = (enum http_method)i;
            return true;
        }
    }
    return false;
}

static bool is_alnum(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* What a token may hold (RFC 9110 5.6.2), and what the value of a field may not. */
enum { TOKEN = 1, CONTROL = 2 };
static const uint8_t kinds[256] = {
    ['a' ... 'z'] = TOKEN,  ['A' ... 'Z'] = TOKEN, ['0' ... '9'] = TOKEN,      ['!'] = TOKEN,
    ['#' ... '\''] = TOKEN, ['*' ... '+'] = TOKEN, ['-' ... '.'] = TOKEN,      ['^' ... '`'] = TOKEN,
    ['|'] = TOKEN,          ['~'] = TOKEN,         [0 ... '\t' - 1] = CONTROL, ['\t' + 1 ... 0x1f] = CONTROL,
    [0x7f] = CONTROL,
};

bool http_vet_token(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!(kinds[(unsigned char)s.p[i]] & TOKEN))
            return false;
    }
    return s.n > 0;
}

bool http_vet_value(str s)
{
    unsigned seen = 0;

    for (size_t i = 0; i < s.n; i++)
        seen |= kinds[(unsigned char)s.p[i]];
    return !(seen & CONTROL);
}

static bool port_ok(str port)
{
    uint64_t v;

    return !port.n || (port.n <= 5 && str_to_u64(port, &v) && v <= 65535);
}

bool http_vet_host(str host)
{
    size_t end;
    bool letters = false;

    if (host.n && host.p[0] == '[') {
        end = str_find_char(host, ']', 1);
        if (end == SIZE_MAX || end < 3)
            return false;
        for (size_t i = 1; i < end; i++) {
            if (!isxdigit((unsigned char)host.p[i]) && host.p[i] != ':' && host.p[i] != '.')
                return false;
        }
        end++;
        letters = true;
    } else {
        for (end = 0; end < host.n && host.p[end] != ':'; end++) {
            unsigned char c = (unsigned char)host.p[end];

            if (!is_alnum(c) && c != '-' && c != '.' && c != '_')
                return false;
            letters = letters || c != '.';
        }
    }
    if (!letters || end > 255)
        return false;
    return end == host.n || (host.p[end] == ':' && port_ok(str_from(host, end + 1)));
}

/* The one field of that name; more than one is an error. */
static int field_one(const struct http_field *fields, size_t n, str name, str *out, bool *found)
{
    *found = false;
    *out = STR_NULL;
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(fields[i].name, name))
            continue;
        if (*found)
            return -1;
        *found = true;
        *out = fields[i].value;
    }
    return 0;
}

static bool lists(str value, str member)
{
    while (value.n) {
        str one = str_trim(str_cut(value, ',', &value));

        if (str_eq_nocase(one, member))
            return true;
    }
    return false;
}

static bool target_bytes_ok(str t)
{
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];

        if (c <= 0x20 || c >= 0x7f || c == '#')
            return false;
    }
    return t.n > 0;
}

/* Cuts the target into host, path and query. False when it is no target for this method. */
static bool target_cut(str t, struct http_vetted *v, bool *absolute)
{
    size_t slash, q;

    *absolute = false;
    if (!target_bytes_ok(t))
        return false;
    if (t.n == 1 && t.p[0] == '*') {
        v->asterisk = v->method == HTTP_M_OPTIONS;
        v->raw_path = STR("/");
        return v->asterisk;
    }
    if (str_starts_nocase(t, STR("http://")) || str_starts_nocase(t, STR("https://"))) {
        t = str_from(t, (t.p[4] == ':') ? 7 : 8);
        slash = str_find_char(t, '/', 0);
        q = str_find_char(t, '?', 0);
        if (q < slash)
            slash = q;
        v->host = str_sub(t, 0, slash);
        if (!http_vet_host(v->host))
            return false;
        *absolute = true;
        t = slash == SIZE_MAX ? STR_NULL : str_from(t, slash);
        if (!t.n || t.p[0] == '?') {
            v->raw_path = STR("/");
            v->query = str_from(t, 1);
            return true;
        }
    }
    if (t.p[0] != '/')
        return false;
    v->raw_path = str_cut(t, '?', &v->query);
    return true;
}

/* Which coding the body has, or the status of a refusal (RFC 9112 6.1, 6.3, 7). */
static int framing(const struct http_field *fields, size_t n, int minor, struct http_vetted *v, const char **why)
{
    str te, cl, last, rest;
    bool has_te, has_cl;

    if (field_one(fields, n, STR("transfer-encoding"), &te, &has_te))
        return *why = "more than one Transfer-Encoding", 400;
    if (field_one(fields, n, STR("content-length"), &cl, &has_cl))
        return *why = "more than one Content-Length", 400;
    if (has_te && has_cl)
        return *why = "both Transfer-Encoding and Content-Length", 400;
    if (has_cl) {
        for (size_t i = 0; i < cl.n; i++) {
            if (cl.p[i] < '0' || cl.p[i] > '9')
                return *why = "Content-Length is no number", 400;
        }
        if (!str_to_u64(cl, &v->length))
            return *why = "Content-Length is no number", 400;
        v->has_length = true;
    }
    if (!has_te)
        return 0;
    if (minor == 0)
        return *why = "Transfer-Encoding in HTTP/1.0", 400;
    if (str_eq_nocase(te, STR("chunked"))) {
        v->chunked = true;
        return 0;
    }
    last = te;
    for (rest = te; rest.n;)
        last = str_trim(str_cut(rest, ',', &rest));
    if (str_eq_nocase(last, STR("chunked")) || http_vet_token(te))
        return *why = "unknown transfer coding", 501;
    return *why = "chunked is not the last transfer coding", 400;
}

static int expectation(const struct http_field *fields, size_t n, int minor, struct http_vetted *v, const char **why)
{
    if (minor == 0)
        return 0; /* RFC 9110 10.1.1: ignored from an HTTP/1.0 client */
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(fields[i].name, STR("expect")))
            continue;
        if (!str_eq_nocase(fields[i].value, STR("100-continue")))
            return *why = "only 100-continue can be expected", 417;
        v->expect_continue = true;
    }
    return 0;
}

static void connection(const struct http_field *fields, size_t n, int minor, struct http_vetted *v)
{
    v->keep_alive = minor >= 1; /* HTTP/1.0 keep-alive was never standard: such connections end */
    for (size_t i = 0; i < n; i++) {
        if (str_eq(fields[i].name, STR("connection")) && lists(fields[i].value, STR("close")))
            v->keep_alive = false;
    }
}

int http_vet_head(str method, str target, int major, int minor, const struct http_field *fields, size_t n,
                  struct http_vetted *v, const char **why)
{
    static const str once[] = {{"authorization", 13}, {"content-type", 12}, {"content-encoding", 16}, {"cookie", 6}};
    str host, ignored;
    bool has_host, found, absolute;
    int status;

    *v = (struct http_vetted){0};
    if (major != 1)
        return *why = "HTTP/1.0 and HTTP/1.1 are spoken here", 505;
    if (!http_method_find(method, &v->method))
        return *why = "unknown method", 501;
    for (size_t i = 0; i < n; i++) {
        if (!http_vet_token(fields[i].name) || !http_vet_value(fields[i].value))
            return *why = "a field has bytes that it must not have", 400;
    }
    if (!target_cut(target, v, &absolute))
        return *why = "no proper request target", 400;
    if (field_one(fields, n, STR("host"), &host, &has_host))
        return *why = "more than one Host", 400;
    if (!has_host && minor >= 1)
        return *why = "no Host", 400;
    if (has_host && !http_vet_host(host))
        return *why = "no proper Host", 400;
    if (!absolute) /* RFC 9112 3.2.2: the target's host counts, Host is then ignored */
        v->host = host;
    for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
        if (field_one(fields, n, once[i], &ignored, &found))
            return *why = "a field that may come once came twice", 400;
    }
    if ((status = framing(fields, n, minor, v, why)) || (status = expectation(fields, n, minor, v, why)))
        return status;
    connection(fields, n, minor, v);
    return 0;
}
