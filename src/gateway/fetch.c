#include "gateway/fetch.h"

#include <curl/curl.h>

#include "base/buf.h"

enum { BYTES_MAX = 256 << 10, CALL_MS = 10000 };

static bool loopback_host(str rest)
{
    str host = str_cut(rest, '/', &rest);

    if (str_starts(host, STR("[::1]")))
        return host.n == 5 || host.p[5] == ':';
    host = str_cut(host, ':', &rest);
    return str_eq(host, STR("127.0.0.1")) || str_eq(host, STR("localhost"));
}

bool fetch_url_ok(str url)
{
    for (size_t i = 0; i < url.n; i++)
        if ((unsigned char)url.p[i] <= ' ' || url.p[i] == 0x7f || strchr("\"<>\\^`{|}#@", url.p[i]))
            return false;
    if (url.n > 2048)
        return false;
    if (str_starts(url, STR("https://")))
        return url.n > 8 && url.p[8] != '/' && url.p[8] != ':';
    return str_starts(url, STR("http://")) && loopback_host(str_from(url, 7));
}

static size_t on_bytes(char *data, size_t size, size_t n, void *to)
{
    struct buf *b = to;

    buf_put(b, data, size * n);
    return buf_ok(b) ? size * n : 0; /* fewer than given ends the transfer */
}

static enum err_code call_failed(CURLcode rc, const struct buf *b, struct err *e)
{
    if (!buf_ok(b))
        return err_set(e, ERR_LIMIT, "the identity provider's answer is too large");
    if (rc == CURLE_OPERATION_TIMEDOUT)
        return err_set(e, ERR_TIMEOUT, "the identity provider does not answer");
    return err_set(e, ERR_IO, "call the identity provider: %s", curl_easy_strerror(rc));
}

enum err_code fetch(const struct fetch_call *c, struct arena *a, struct fetch_answer *out, struct err *e)
{
    CURL *h;
    struct curl_slist *fields = NULL;
    struct buf b;
    long status = 0;
    char *type = NULL;
    CURLcode rc;
    str rest;

    if (!fetch_url_ok(c->url))
        return err_set(e, ERR_INVALID, "not an address of an identity provider: https, or http on this machine");
    h = curl_easy_init();
    if (!h)
        return err_set(e, ERR_MEMORY, "out of memory");
    buf_init_wiped(&b, BYTES_MAX);
    curl_easy_setopt(h, CURLOPT_URL, str_cz(a, c->url));
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(h, CURLOPT_PROXY, "");
    curl_easy_setopt(h, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)CALL_MS);
    curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, &b);
    if (c->ca_file)
        curl_easy_setopt(h, CURLOPT_CAINFO, c->ca_file);
    if (c->form.n) {
        curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->form.n);
        curl_easy_setopt(h, CURLOPT_COPYPOSTFIELDS, c->form.p);
    }
    if (c->user.n) {
        curl_easy_setopt(h, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(h, CURLOPT_USERNAME, str_cz(a, c->user));
        curl_easy_setopt(h, CURLOPT_PASSWORD, str_cz(a, c->password));
    }
    fields = curl_slist_append(fields, "Accept: application/json");
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, fields);
    rc = curl_easy_perform(h);
    if (rc == CURLE_OK) {
        curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(h, CURLINFO_CONTENT_TYPE, &type);
        out->status = (int)status;
        out->type = str_lower_ascii(a, str_trim(str_cut(str_of(type), ';', &rest)));
        out->body = str_dup(a, buf_view(&b));
    } else {
        call_failed(rc, &b, e);
    }
    buf_done(&b);
    curl_slist_free_all(fields);
    curl_easy_cleanup(h);
    return rc == CURLE_OK ? ERR_OK : e->code;
}

void fetch_form_add(struct arena *a, str *form, const char *name, str value)
{
    static const char hex[] = "0123456789ABCDEF";
    char *p = arena_alloc(a, value.n * 3 + 1);
    size_t n = 0;

    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr("-._~", c))) {
            p[n++] = (char)c;
        } else {
            p[n++] = '%';
            p[n++] = hex[c >> 4];
            p[n++] = hex[c & 15];
        }
    }
    *form = str_fmt(a, "%.*s%s%s=%.*s", STR_ARG(*form), form->n ? "&" : "", name, (int)n, p);
}
