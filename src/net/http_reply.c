/* Filling a reply, and writing its head. The declarations are in net/http.h and net/http_priv.h. */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "net/http_priv.h"

enum { FIELDS_MAX = 16 * 1024 };

/* Sent with every reply unless the handler says otherwise (OWASP ASVS 3.4, RFC 6797). */
#define DEFAULTS(ROW)                                                                                                  \
    ROW("X-Content-Type-Options", "nosniff")                                                                           \
    ROW("Referrer-Policy", "no-referrer")                                                                              \
    ROW("Cross-Origin-Opener-Policy", "same-origin")                                                                   \
    ROW("Cross-Origin-Resource-Policy", "same-origin")                                                                 \
    ROW("Permissions-Policy", "camera=(), geolocation=(), microphone=()")                                              \
    ROW("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")                                       \
    ROW("Cache-Control", "no-store")                                                                                   \
    ROW("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
enum { D_NOSNIFF, D_REFERRER, D_OPENER, D_RESOURCE, D_PERMISSIONS, D_CSP, D_CACHE, D_HSTS, D_COUNT };
static const str default_name[D_COUNT] = {
#define ROW(n, v) {n, sizeof(n) - 1},
    DEFAULTS(ROW)
#undef ROW
};

static const char csp_page[] =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; report-uri /csp-report; report-to csp\r\n";

/* Where browsers tell what that stopped: for pages, whatever their policy is. */
static const char reporting[] = "Reporting-Endpoints: csp=\"/csp-report\"\r\n";

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

static const char *phrase_of(int status)
{
    for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
        if (phrases[i].status == status)
            return phrases[i].phrase;
    }
    return "";
}

bool reply_status_has_body(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

void http_date(int64_t at_ms, char out[40])
{
    static const char days[] = "MonTueWedThuFriSatSun", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int y, mo, d, h, mi, s, ms;

    clock_to_civil(at_ms, &y, &mo, &d, &h, &mi, &s, &ms);
    snprintf(out, 40, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * clock_weekday(at_ms), d,
             months + 3 * (mo - 1), y, h, mi, s);
}

void reply_init(struct http_reply *rep, struct http_request *rq)
{
    rep->rq = rq;
    rep->status = 200;
    rep->defaults_off = rq->tls ? 0 : 1u << D_HSTS;
    rep->fields.max = FIELDS_MAX;
    buf_reset(&rep->fields);
    rep->type = rep->body = STR_NULL;
    rep->has_retry_after = rep->broken = false;
    rep->stream = NULL;
}

void http_status(struct http_reply *rep, int status)
{
    rep->status = status >= 100 && status <= 599 ? status : 500;
}

int http_reply_status(const struct http_reply *rep)
{
    return rep->status;
}

const struct http_request *http_reply_request(const struct http_reply *rep)
{
    return rep->rq;
}

static bool is_ours(str name)
{
    static const str ours[] = {{"content-length", 14}, {"transfer-encoding", 17}, {"connection", 10}, {"date", 4}};

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        if (str_eq_nocase(name, ours[i]))
            return true;
    }
    return false;
}

bool http_header(struct http_reply *rep, str name, str value)
{
    if (!http_vet_token(name) || !http_vet_value(value) || is_ours(name)) {
        rep->broken = true;
        return false;
    }
    if (str_eq_nocase(name, STR("content-type"))) {
        rep->type = str_dup(rep->rq->arena, value);
        return true;
    }
    for (int i = 0; i < D_COUNT; i++) {
        if (str_eq_nocase(name, default_name[i]))
            rep->defaults_off |= 1u << i;
    }
    if (str_eq_nocase(name, STR("retry-after")))
        rep->has_retry_after = true;
    if (value.n) {
        buf_str(&rep->fields, name);
        buf_put(&rep->fields, ": ", 2);
        buf_str(&rep->fields, value);
        buf_put(&rep->fields, "\r\n", 2);
    }
    rep->broken = rep->broken || !buf_ok(&rep->fields);
    return buf_ok(&rep->fields);
}

bool http_header_fmt(struct http_reply *rep, str name, const char *fmt, ...)
{
    char value[1024];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(value, sizeof value, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof value) {
        rep->broken = true;
        return false;
    }
    return http_header(rep, name, str_n(value, (size_t)n));
}

void http_retry_after(struct http_reply *rep, int seconds)
{
    http_header_fmt(rep, STR("Retry-After"), "%d", seconds < 1 ? 1 : seconds);
}

void http_body(struct http_reply *rep, str content_type, str body)
{
    rep->type = content_type;
    rep->body = body;
}

void http_json(struct http_reply *rep, int status, str body)
{
    http_status(rep, status);
    http_body(rep, STR("application/json"), body);
}

void http_problem(struct http_reply *rep, int status, str type, str title, str detail)
{
    struct buf b;
    struct jw w;
    char instance[64];

    buf_init(&b, 64 * 1024);
    jw_init(&w, &b);
    jw_obj(&w);
    if (type.n)
        jw_kstr(&w, "type", type);
    jw_kstr(&w, "title", title);
    jw_ki64(&w, "status", status);
    if (detail.n)
        jw_kstr(&w, "detail", detail);
    if (rep->rq->id[0]) {
        snprintf(instance, sizeof instance, "urn:uuid:%s", rep->rq->id);
        jw_kstr(&w, "instance", str_of(instance));
    }
    jw_end(&w);
    http_status(rep, status);
    http_body(rep, STR("application/problem+json"), str_dup(rep->rq->arena, buf_view(&b)));
    buf_done(&b);
}

void http_problem_err(struct http_reply *rep, const struct err *e)
{
    static const struct {
        int status;
        const char *title;
        bool show; /* the message was written for whoever asked */
    } rows[] = {
        [ERR_INVALID] = {400, "The request is not valid", true},
        [ERR_NOT_FOUND] = {404, "Not found", false},
        [ERR_EXISTS] = {409, "It exists already", true},
        [ERR_DENIED] = {403, "Not allowed", false},
        [ERR_LIMIT] = {413, "More than is allowed", true},
        [ERR_TIMEOUT] = {503, "It took too long", false},
        [ERR_IO] = {500, "Something failed here", false},
        [ERR_BUSY] = {503, "Busy", false},
        [ERR_CONFLICT] = {409, "Someone else changed it first", true},
        [ERR_UNSUPPORTED] = {501, "Not possible here", false},
        [ERR_INTERNAL] = {500, "Something failed here", false},
    };
    size_t i = (size_t)e->code;

    if (i >= sizeof(rows) / sizeof(rows[0]) || !rows[i].status)
        i = ERR_INTERNAL;
    if (rows[i].status == 500) /* who asked learns no more than the request's id */
        LOG_ERROR("http.failed", F_CZ("request", rep->rq->id), F_CZ("code", err_name(e->code)), F_ERR(e));
    http_problem(rep, rows[i].status, STR_NULL, str_of(rows[i].title), rows[i].show ? str_of(e->msg) : STR_NULL);
}

/* The default fields as they are sent, one behind the other, and where each begins: those that stay go out in few pieces. */
static const char default_lines[] =
#define ROW(n, v) n ": " v "\r\n"
    DEFAULTS(ROW)
#undef ROW
    ;
static const size_t default_n[D_COUNT] = {
#define ROW(n, v) sizeof(n ": " v "\r\n") - 1,
    DEFAULTS(ROW)
#undef ROW
};

static void defaults_put(struct buf *out, unsigned off)
{
    size_t from = 0, to = 0;

    for (int i = 0; i < D_COUNT; i++) {
        if (off & (1u << i)) {
            buf_put(out, default_lines + from, to - from);
            from = to + default_n[i];
        }
        to += default_n[i];
    }
    buf_put(out, default_lines + from, to - from);
}

#define PUT(out, literal) buf_put(out, literal, sizeof(literal) - 1)

void reply_write_head(struct http_reply *rep, const struct reply_head *h, struct buf *out)
{
    bool page = str_starts_nocase(rep->type, STR("text/html"));

    PUT(out, "HTTP/1.1 ");
    buf_u64(out, (uint64_t)rep->status);
    buf_char(out, ' ');
    buf_str(out, str_of(phrase_of(rep->status)));
    PUT(out, "\r\nDate: ");
    buf_str(out, h->date);
    PUT(out, "\r\n");
    if (h->close)
        PUT(out, "Connection: close\r\n");
    if (h->chunked) {
        PUT(out, "Transfer-Encoding: chunked\r\n");
    } else if (!h->no_length && reply_status_has_body(rep->status)) {
        PUT(out, "Content-Length: ");
        buf_u64(out, rep->body.n);
        PUT(out, "\r\n");
    }
    if (rep->type.n) {
        PUT(out, "Content-Type: ");
        buf_str(out, rep->type);
        PUT(out, "\r\n");
    }
    if ((rep->status == 503 || rep->status == 429) && !rep->has_retry_after)
        PUT(out, "Retry-After: 1\r\n");
    defaults_put(out, rep->defaults_off | (page ? 1u << D_CSP : 0));
    if (page && !(rep->defaults_off & (1u << D_CSP)))
        PUT(out, csp_page);
    if (page)
        PUT(out, reporting);
    buf_str(out, buf_view(&rep->fields));
    if (rep->rq->id[0]) {
        PUT(out, "X-Request-Id: ");
        buf_str(out, str_of(rep->rq->id));
        PUT(out, "\r\n");
    }
    if (rep->rq->trace_sent) {
        char parent[56];

        http_trace_parent(rep->rq, parent);
        PUT(out, "traceparent: ");
        buf_str(out, str_of(parent));
        PUT(out, "\r\n");
    }
    PUT(out, "\r\n");
}
