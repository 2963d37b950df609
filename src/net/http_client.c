#include "net/http_client.h"

#include <curl/curl.h>
#include <pthread.h>

#include "base/buf.h"
#include "base/json.h"

enum { LINE_MAX_BYTES = 16 * 1024 * 1024, REPLY_MAX = 64 * 1024 * 1024 };

struct http_client {
    CURL *curl;
    struct arena *own;   /* url, socket */
    struct arena *auth;  /* wiped */
    const char *base;    /* "http://127.0.0.1:80" */
    const char *socket;  /* or NULL */
    const char *auth_line;
    const char *pin; /* of an https server; NULL: none */
    bool tls;
    char error[CURL_ERROR_SIZE];
};

/* One call under way. */
struct run {
    CURL *curl;
    const struct http_call *call;
    struct buf body; /* the body, or the beginning of a line */
    bool stopped;    /* on_line said so */
};

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void curl_begin(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

enum err_code http_client_new(str base_url, struct http_client **out, struct err *e)
{
    struct http_client *c;
    bool is_unix = str_starts(base_url, STR("unix:"));

    if (!is_unix && !str_starts(base_url, STR("http://")) && !str_starts(base_url, STR("https://")))
        return err_set(e, ERR_INVALID, "a server address is http://HOST:PORT, https://HOST:PORT or unix:PATH");
    pthread_once(&curl_once, curl_begin);
    c = calloc(1, sizeof *c);
    if (!c || !(c->curl = curl_easy_init()))
        abort();
    c->own = arena_new("http.client");
    c->auth = arena_new_wiped("http.client.auth");
    c->tls = str_starts(base_url, STR("https://"));
    while (str_ends(base_url, STR("/")))
        base_url.n--;
    c->base = is_unix ? "http://localhost" : str_cz(c->own, base_url);
    c->socket = is_unix ? str_cz(c->own, str_from(base_url, 5)) : NULL;
    *out = c;
    return ERR_OK;
}

void http_client_free(struct http_client *c)
{
    if (!c)
        return;
    curl_easy_cleanup(c->curl);
    arena_free(c->own);
    arena_free(c->auth);
    free(c);
}

void http_client_pin(struct http_client *c, str pin)
{
    c->pin = str_cz(c->own, pin);
}

void http_client_auth(struct http_client *c, str value)
{
    arena_reset(c->auth);
    c->auth_line = value.n ? str_cz(c->auth, str_fmt(c->auth, "Authorization: %.*s", STR_ARG(value))) : NULL;
}

static long status_of(CURL *curl)
{
    long status = 0;

    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/* Gives out the whole lines that r->body holds; keeps the beginning of the next one. */
static bool lines_out(struct run *r)
{
    size_t from = 0;

    for (;;) {
        size_t end = str_find_char(buf_view(&r->body), '\n', from);
        str line;

        if (end == SIZE_MAX)
            break;
        line = str_sub(buf_view(&r->body), from, end);
        if (str_ends(line, STR("\r")))
            line.n--;
        from = end + 1;
        if (!r->call->on_line(r->call->ctx, line)) {
            r->stopped = true;
            return false;
        }
    }
    buf_drop(&r->body, from);
    return true;
}

static size_t on_bytes(char *p, size_t size, size_t n, void *arg)
{
    struct run *r = arg;
    long status = status_of(r->curl);
    bool lines = r->call->on_line && status >= 200 && status < 300;

    buf_put(&r->body, p, size * n);
    if (!buf_ok(&r->body) || (lines && memchr(p, '\n', size * n) && !lines_out(r)))
        return 0;
    return size * n;
}

static struct curl_slist *headers_of(const struct http_client *c, const struct http_call *call, struct arena *a)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:"); /* a loopback needs no permission to send */

    if (c->auth_line)
        list = curl_slist_append(list, c->auth_line);
    if (call->body.p) {
        str type = call->content_type.n ? call->content_type : STR("application/json");

        list = curl_slist_append(list, str_cz(a, str_fmt(a, "Content-Type: %.*s", STR_ARG(type))));
    }
    for (size_t i = 0; call->headers && call->headers[i]; i++)
        list = curl_slist_append(list, call->headers[i]);
    return list;
}

static void options_set(struct http_client *c, const struct http_call *call, struct run *r, struct curl_slist *headers,
                        struct arena *a)
{
    CURL *h = c->curl;
    const char *method = call->method ? call->method : call->body.p ? "POST" : "GET";

    curl_easy_reset(h); /* keeps the connection */
    curl_easy_setopt(h, CURLOPT_URL, str_cz(a, str_fmt(a, "%s%.*s", c->base, STR_ARG(call->path))));
    curl_easy_setopt(h, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, c->tls ? "https" : "http");
    if (c->tls && c->pin) { /* the pin says more than any chain of names */
        curl_easy_setopt(h, CURLOPT_PINNEDPUBLICKEY, c->pin);
        curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    curl_easy_setopt(h, CURLOPT_PROXY, "");
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(h, CURLOPT_ERRORBUFFER, c->error);
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, r);
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, (long)(call->connect_timeout_ms ? call->connect_timeout_ms : 3000));
    if (call->timeout_ms >= 0)
        curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)(call->timeout_ms ? call->timeout_ms : 60000));
    if (call->quiet_timeout_ms) {
        curl_easy_setopt(h, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(h, CURLOPT_LOW_SPEED_TIME, (long)(call->quiet_timeout_ms + 999) / 1000);
    }
    if (c->socket)
        curl_easy_setopt(h, CURLOPT_UNIX_SOCKET_PATH, c->socket);
    if (call->body.p) {
        curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n);
        curl_easy_setopt(h, CURLOPT_POSTFIELDS, call->body.p);
    }
    if (strcmp(method, "HEAD") == 0)
        curl_easy_setopt(h, CURLOPT_NOBODY, 1L);
    else
        curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, method);
}

static enum err_code failure(const struct http_client *c, const struct run *r, CURLcode rc, struct err *e)
{
    if (rc == CURLE_OPERATION_TIMEDOUT)
        return err_set(e, ERR_TIMEOUT, "no answer from the server in time");
    if (!buf_ok(&r->body))
        return err_set(e, ERR_LIMIT, "the server's answer is too large");
    if (rc == CURLE_SSL_PINNEDPUBKEYNOTMATCH || rc == CURLE_PEER_FAILED_VERIFICATION)
        return err_set(e, ERR_DENIED, "the server at %s is not the one expected: its key is another", c->base);
    if (rc == CURLE_COULDNT_CONNECT)
        return err_set(e, ERR_IO, "cannot connect to the server at %s", c->socket ? c->socket : c->base);
    return err_set(e, ERR_IO, "talk to the server: %s", c->error[0] ? c->error : curl_easy_strerror(rc));
}

static str header_of(CURL *curl, const char *name, struct arena *a)
{
    struct curl_header *h;

    return curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &h) ? STR_NULL : str_dup(a, str_of(h->value));
}

static void answer_fill(struct http_client *c, struct run *r, struct arena *a, struct http_answer *out)
{
    str retry = header_of(c->curl, "Retry-After", a);
    uint64_t seconds;

    *out = (struct http_answer){
        .status = (int)status_of(c->curl),
        .content_type = header_of(c->curl, "Content-Type", a),
        .request_id = header_of(c->curl, "X-Request-Id", a),
        .body = str_dup(a, buf_view(&r->body)),
    };
    if (str_to_u64(retry, &seconds) && seconds < 1000000)
        out->retry_after_s = (int)seconds;
}

enum err_code http_client_call(struct http_client *c, const struct http_call *call, struct arena *a,
                               struct http_answer *out, struct err *e)
{
    struct run r = {.curl = c->curl, .call = call};
    struct curl_slist *headers = headers_of(c, call, a);
    enum err_code code = ERR_OK;
    CURLcode rc;

    c->error[0] = 0;
    buf_init_wiped(&r.body, call->on_line ? LINE_MAX_BYTES : call->reply_max ? call->reply_max : REPLY_MAX);
    options_set(c, call, &r, headers, a);
    rc = curl_easy_perform(c->curl);
    if (rc && !r.stopped) {
        code = failure(c, &r, rc, e);
        goto out;
    }
    if (call->on_line && !r.stopped && status_of(c->curl) < 300) { /* a last line without its end */
        if (r.body.n)
            call->on_line(call->ctx, buf_view(&r.body));
        buf_reset(&r.body);
    }
    if (r.stopped)
        buf_reset(&r.body);
    answer_fill(c, &r, a, out);
out:
    buf_done(&r.body);
    curl_slist_free_all(headers);
    return code;
}

enum err_code http_answer_err(const struct http_answer *answer, struct err *e)
{
    static const struct {
        int status;
        enum err_code code;
    } rows[] = {{400, ERR_INVALID}, {401, ERR_DENIED},  {403, ERR_DENIED}, {404, ERR_NOT_FOUND},   {409, ERR_CONFLICT},
                {413, ERR_LIMIT},   {422, ERR_INVALID}, {429, ERR_LIMIT},  {501, ERR_UNSUPPORTED}, {503, ERR_BUSY}};
    enum err_code code = answer->status >= 500 ? ERR_INTERNAL : ERR_INVALID;
    struct json_doc *d = NULL;
    str title = STR_NULL, detail = STR_NULL;

    if (answer->status < 400)
        return ERR_OK;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].status == answer->status)
            code = rows[i].code;
    }
    if (!json_parse(answer->body, &d, NULL)) {
        title = json_str(json_get(json_root(d), "title"), STR_NULL);
        detail = json_str(json_get(json_root(d), "detail"), STR_NULL);
    }
    if (title.n)
        err_set(e, code, "%.*s%s%.*s", STR_ARG(title), detail.n ? ": " : "", STR_ARG(detail));
    else
        err_set(e, code, "the server answered %d", answer->status);
    json_free(d);
    return code;
}
