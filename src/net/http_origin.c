/* Where a request comes from: the trace that it belongs to, and the client behind the proxies that we know. */
#include "base/log.h"
#include "net/http_priv.h"
#include "net/net_addr.h"

static bool hex_all(str s)
{
    bool some = false;

    for (size_t i = 0; i < s.n; i++) {
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
            return false;
        some = some || s.p[i] != '0';
    }
    return some;
}

/* The digits of our own id, without dashes. */
static void id_digits(const struct http_request *rq, char out[33])
{
    size_t n = 0;

    for (const char *p = rq->id; *p && n < 32; p++) {
        if (*p != '-')
            out[n++] = *p;
    }
    out[n] = 0;
}

/* W3C Trace Context, level 1, 3.2: version-trace-parent-flags; of versions to come the beginning is read. */
static void trace_find(struct http_request *rq)
{
    str t = http_field_get(rq, STR("traceparent"));
    unsigned flags;
    char two[3];

    id_digits(rq, rq->trace);
    if (t.n < 55 || (t.n > 55 && (str_starts(t, STR("00")) || t.p[55] != '-')) || t.p[2] != '-' || t.p[35] != '-' ||
        t.p[52] != '-' || str_starts(t, STR("ff")) || !hex_all(str_sub(t, 3, 35)) || !hex_all(str_sub(t, 36, 52)))
        return;
    snprintf(two, sizeof two, "%.2s", t.p + 53);
    if (!(hex_all(str_sub(t, 0, 2)) || str_starts(t, STR("00"))) || strspn(two, "0123456789abcdef") != 2)
        return;
    flags = (unsigned)strtoul(two, NULL, 16);
    memcpy(rq->trace, t.p + 3, 32);
    rq->trace_flags = (unsigned char)(flags & 1);
    rq->trace_sent = true;
}

void http_trace_parent(const struct http_request *rq, char out[56])
{
    char ours[33];

    id_digits(rq, ours);
    snprintf(out, 56, "00-%.32s-%.16s-%02x", rq->trace, ours + 16, rq->trace_flags);
}

/* All fields of one name as one list, the last one first. */
static bool list_last(const struct http_request *rq, str name, size_t *at_field, str *rest, str *out)
{
    for (;;) {
        while (!rest->n) {
            if (!*at_field)
                return false;
            (*at_field)--;
            if (str_eq(rq->fields[*at_field].name, name))
                *rest = rq->fields[*at_field].value;
        }
        size_t comma = str_rfind_char(*rest, ',');

        *out = str_trim(comma == SIZE_MAX ? *rest : str_from(*rest, comma + 1));
        *rest = comma == SIZE_MAX ? STR_NULL : str_sub(*rest, 0, comma);
        return true;
    }
}

static void forwarded_find(const struct http_server_opts *o, struct http_request *rq)
{
    size_t at = rq->n_fields;
    str rest = STR_NULL, one;
    struct net_ip ip;

    if (!o->n_proxies || !net_ranges_have(o->proxies, o->n_proxies, rq->peer))
        return;
    while (list_last(rq, STR("x-forwarded-for"), &at, &rest, &one)) {
        if (!net_ip_parse(one, &ip)) /* what stands before it was said by nobody we trust */
            break;
        rq->peer = one;
        if (!net_ranges_have(o->proxies, o->n_proxies, one))
            break;
    }
    at = rq->n_fields;
    rest = STR_NULL;
    if (list_last(rq, STR("x-forwarded-proto"), &at, &rest, &one))
        rq->tls = str_eq_nocase(one, STR("https"));
}

void origin_find(const struct http_server_opts *o, struct http_request *rq)
{
    trace_find(rq);
    forwarded_find(o, rq);
}
