#include "gateway/gateway.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/thread.h"

static struct metric requests = METRIC_COUNTER("harken_http_requests_total", "requests answered");
static struct metric errors_5xx = METRIC_COUNTER("harken_http_errors_total", "answers of 500 and up");
static struct metric request_time = METRIC_HISTOGRAM("harken_http_request_seconds", "time from head to last byte");

enum { BODY_DEFAULT = 64 << 10, LINK_MS = 15 * 60 * 1000, SESSION_S = 12 * 3600, KNOWN_MAX = 256, KNOWN_MS = 5000 };
#define COOKIE "harken_session"

/* A token that was found good a moment ago, by the hash of its text. */
struct known {
    uint8_t hash[SHA256_BYTES];
    struct caller who;
    int64_t until_ms; /* monotonic; 0: empty */
};

struct gateway {
    struct gateway_opts o;
    struct http_server *server;
    const char *public_url;
    pthread_mutex_t lock; /* guards known */
    struct known known[KNOWN_MAX];
};

/* ---- who ---- */

static bool known_get(struct gateway *g, const uint8_t hash[SHA256_BYTES], struct caller *out)
{
    struct known *k = &g->known[hash[0] % KNOWN_MAX];
    bool ok;

    pthread_mutex_lock(&g->lock);
    ok = k->until_ms > clock_mono_ms() && vault_same(k->hash, hash, SHA256_BYTES);
    if (ok)
        *out = k->who;
    pthread_mutex_unlock(&g->lock);
    return ok;
}

static void known_put(struct gateway *g, const uint8_t hash[SHA256_BYTES], const struct caller *who)
{
    struct known *k = &g->known[hash[0] % KNOWN_MAX];

    pthread_mutex_lock(&g->lock);
    memcpy(k->hash, hash, SHA256_BYTES);
    k->who = *who;
    k->until_ms = clock_mono_ms() + KNOWN_MS;
    pthread_mutex_unlock(&g->lock);
}

static void known_forget(struct gateway *g)
{
    pthread_mutex_lock(&g->lock);
    memset(g->known, 0, sizeof g->known);
    pthread_mutex_unlock(&g->lock);
}

static enum err_code caller_find(struct gateway *g, str token, struct caller *out, struct err *e)
{
    uint8_t hash[SHA256_BYTES];
    struct token t;

    sha256(token, hash);
    if (known_get(g, hash, out))
        return ERR_OK;
    if (token_find(g->o.db, g->o.workspace, token, &t, e))
        return e->code;
    if (t.once) /* a sign-in link is for GET /sign-in, and now it is spent */
        return err_set(e, ERR_DENIED, "a sign-in link is no token");
    *out = (struct caller){.token = t.id, .reader = &reader_all};
    perms_all(&out->perms);
    perms_narrow(&out->perms, (uint64_t)t.scopes);
    known_put(g, hash, out);
    return ERR_OK;
}

static str cookie_get(const struct http_request *rq)
{
    str all = http_field_get(rq, STR("cookie"));

    while (all.n) {
        str value, name = str_trim(str_cut(str_cut(all, ';', &all), '=', &value));
        if (str_eq(name, STR(COOKIE)))
            return str_trim(value);
    }
    return STR("");
}

static bool unsafe(enum http_method m)
{
    return m != HTTP_M_GET && m != HTTP_M_HEAD && m != HTTP_M_OPTIONS;
}

/* With a cookie, a change must come from a page of ours. */
static bool own_page(const struct http_request *rq)
{
    str site = http_field_get(rq, STR("sec-fetch-site")), origin = http_field_get(rq, STR("origin"));
    str type = http_content_type(rq), rest;

    if (str_starts(type, STR("application/x-www-form-urlencoded")) || str_starts(type, STR("multipart/")) ||
        str_eq(type, STR("text/plain")))
        return false;
    if (site.n)
        return str_eq(site, STR("same-origin"));
    str_cut(origin, ':', &rest);
    return rq->host.n && (str_starts(origin, STR("http://")) || str_starts(origin, STR("https://"))) &&
           str_eq(str_from(rest, 2), rq->host);
}

static void refuse_unknown(struct call *k)
{
    http_header(k->rep, STR("www-authenticate"), STR("Bearer realm=\"harken\""));
    http_problem(k->rep, 401, STR_NULL, STR("sign in first"),
                 STR("send a token as \"Authorization: Bearer ...\", or open a sign-in link (harken status --link)"));
}

/* True when the caller may use the route; otherwise the reply is filled. */
static bool admitted(struct call *k, const struct route *r)
{
    str auth = http_field_get(k->rq, STR("authorization")), token;
    bool by_cookie = false;
    struct err e;

    if (r->need == PERM_PUBLIC)
        return true;
    if (str_starts_nocase(auth, STR("bearer "))) {
        token = str_trim(str_from(auth, 7));
    } else {
        token = cookie_get(k->rq);
        by_cookie = true;
    }
    if (!token.n) {
        refuse_unknown(k);
        return false;
    }
    if (caller_find(k->g, token, &k->who, &e)) {
        if (e.code == ERR_DENIED || e.code == ERR_NOT_FOUND)
            refuse_unknown(k);
        else
            http_problem_err(k->rep, &e);
        return false;
    }
    if (by_cookie && unsafe(k->rq->method) && !own_page(k->rq)) {
        http_problem(k->rep, 403, STR_NULL, STR("not from our page"),
                     STR("changes with a session must come from Harken's own pages"));
        return false;
    }
    k->who.reach = caller_reach(&k->who, r->need);
    if (k->who.reach == REACH_NONE) {
        http_problem(k->rep, 403, STR_NULL, STR("not allowed"),
                     str_fmt(k->a, "it takes the permission %s, which you do not have", perm_name(r->need)));
        return false;
    }
    return true;
}

/* ---- where ---- */

static const struct route no_route = {.pattern = "", .body_max = BODY_DEFAULT};

/* The route of a request; NULL with *out_allow the methods of that path, or 0 when there is no such path. */
static const struct route *route_find(const struct gateway *g, const struct http_request *rq, str *part,
                                      unsigned *out_allow)
{
    enum http_method m = rq->method == HTTP_M_HEAD ? HTTP_M_GET : rq->method;

    *out_allow = 0;
    for (const struct route *r = g->o.routes; r->pattern; r++) {
        if (http_path_match(str_of(r->pattern), rq->path, part, 4) < 0)
            continue;
        if (r->method == m)
            return r;
        *out_allow |= 1u << r->method;
    }
    return NULL;
}

static bool on_head(void *ctx, struct http_request *rq, struct http_plan *plan, struct http_reply *rep)
{
    struct gateway *g = ctx;
    unsigned allow;
    str part[4];
    const struct route *r = route_find(g, rq, part, &allow);

    (void)rep;
    rq->user = (void *)(uintptr_t)(r ? r : &no_route);
    plan->body_max = r && r->body_max ? r->body_max : BODY_DEFAULT;
    plan->on_loop = r && r->quick && r->need == PERM_PUBLIC;
    return true;
}

static void answer_no_route(struct call *k, unsigned allow)
{
    char list[128] = "";
    size_t n = 0;

    if (!allow) {
        http_problem(k->rep, 404, STR_NULL, STR("not found"), STR("there is nothing at this address"));
        return;
    }
    if (allow & (1u << HTTP_M_GET))
        allow |= 1u << HTTP_M_HEAD;
    for (int m = 0; m < HTTP_M_COUNT; m++)
        if (allow & (1u << m))
            n += (size_t)snprintf(list + n, sizeof list - n, "%s%.*s", n ? ", " : "",
                                  STR_ARG(http_method_name((enum http_method)m)));
    http_header(k->rep, STR("allow"), str_n(list, n));
    if (k->rq->method == HTTP_M_OPTIONS)
        http_status(k->rep, 204);
    else
        http_problem(k->rep, 405, STR_NULL, STR("method not allowed"),
                     STR("see the Allow field for what this address takes"));
}

/* Bodies are read as they are: an encoded one would be taken for something else (RFC 9110 8.4). */
static bool body_plain(struct call *k)
{
    str coding = http_field_get(k->rq, STR("content-encoding"));

    if (!coding.n || str_eq_nocase(coding, STR("identity")))
        return true;
    http_header(k->rep, STR("accept-encoding"), STR("identity"));
    http_problem(k->rep, 415, STR_NULL, STR("encoded body"), STR("send the body without a content coding"));
    return false;
}

/* Whatever the handler reads, it reads for the caller. */
static void reader_enter(const struct call *k)
{
    struct db_reader reader = {.user = k->who.user, .reach = k->who.reach};

    db_reader_set(&reader);
}

static void route_run(struct call *k, const struct route *r)
{
    reader_enter(k);
    r->run(k);
    db_reader_set(NULL);
}

bool gateway_permit(struct call *k, enum perm need)
{
    enum reach reach = caller_reach(&k->who, need);

    if (need == PERM_PUBLIC)
        return true;
    if (reach == REACH_NONE)
        return false;
    k->who.reach = reach;
    reader_enter(k);
    return true;
}

static void on_request(void *ctx, struct http_request *rq, struct http_reply *rep)
{
    struct gateway *g = ctx;
    struct call k = {.g = g, .app = g->o.app, .rq = rq, .rep = rep, .a = rq->arena};
    unsigned allow;
    const struct route *r = route_find(g, rq, k.part, &allow);

    if (!r)
        answer_no_route(&k, allow);
    else if (admitted(&k, r) && body_plain(&k))
        route_run(&k, r);
}

static void on_done(void *ctx, const struct http_request *rq, int status, int64_t sent_bytes, int64_t took_us)
{
    const struct route *r = rq->user;

    (void)ctx;
    metric_add(&requests, 1);
    if (status >= 500)
        metric_add(&errors_5xx, 1);
    metric_time_us(&request_time, took_us);
    /* the pattern, not the path: paths and queries can hold names */
    if (r && !r->quick)
        LOG_INFO("http.request", F_CZ("route", r->pattern), F_STR("method", http_method_name(rq->method)),
                 F_INT("status", status), F_INT("bytes", sent_bytes), F_INT("took_us", took_us),
                 F_CZ("request_id", rq->id));
}

/* ---- signing in ---- */

enum err_code gateway_sign_in_link(struct gateway *g, struct arena *a, str *out, struct err *e)
{
    struct token_new n = {
        .scopes = PERM_BITS_ALL, .name = STR("sign-in link"), .once = true, .expires_at_ms = clock_now_ms() + LINK_MS};
    struct id id;
    str text;

    if (token_add(g->o.db, g->o.keys, g->o.workspace, &n, a, &id, &text, e))
        return e->code;
    *out = str_fmt(a, "%s/sign-in?token=%.*s", g->public_url ? g->public_url : gateway_url(g), STR_ARG(text));
    return ERR_OK;
}

static enum err_code session_open(struct call *k, const struct token *by, struct err *e)
{
    struct gateway *g = k->g;
    struct token_new n = {.scopes = by->scopes,
                          .name = STR("session"),
                          .person = by->person,
                          .expires_at_ms = clock_now_ms() + (int64_t)SESSION_S * 1000};
    struct id id;
    str text;

    if (token_add(g->o.db, g->o.keys, g->o.workspace, &n, k->a, &id, &text, e))
        return e->code;
    http_header_fmt(k->rep, STR("set-cookie"), COOKIE "=%.*s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d%s",
                    STR_ARG(text), SESSION_S, k->rq->tls ? "; Secure" : "");
    return ERR_OK;
}

void gateway_sign_in(struct call *k)
{
    str token = STR("");
    struct token t;
    struct err e = {0};
    bool found = false;

    if (http_query_get(k->rq, STR("token"), &token, &found, &e) || !found ||
        token_find(k->g->o.db, k->g->o.workspace, token, &t, &e) || !t.once) {
        if (found && e.code == ERR_BUSY)
            http_problem_err(k->rep, &e);
        else
            http_problem(
                k->rep, 403, STR_NULL, STR("this link does not work"),
                STR("a sign-in link works once and for 15 minutes; make a new one with: harken status --link"));
        return;
    }
    if (session_open(k, &t, &e)) {
        http_problem_err(k->rep, &e);
        return;
    }
    http_status(k->rep, 303);
    http_header(k->rep, STR("location"), STR("/"));
    LOG_INFO("session.opened", F_ID("by", t.id));
}

void gateway_sign_out(struct call *k)
{
    struct err e;

    if (token_drop(k->g->o.db, k->g->o.workspace, k->who.token, &e) && e.code != ERR_NOT_FOUND) {
        http_problem_err(k->rep, &e);
        return;
    }
    known_forget(k->g);
    http_header(k->rep, STR("set-cookie"), STR(COOKIE "=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"));
    http_header(k->rep, STR("clear-site-data"), STR("\"cache\", \"storage\""));
    http_status(k->rep, 204);
}

/* ---- life ---- */

static enum err_code routes_check(const struct route *r, struct err *e)
{
    for (; r->pattern; r++)
        if (r->need == PERM_UNSET || (r->need != PERM_PUBLIC && !perm_name(r->need)))
            return err_set(e, ERR_INVALID, "route %s has no permission", r->pattern);
    return ERR_OK;
}

enum err_code gateway_new(const struct gateway_opts *o, struct gateway **out, struct err *e)
{
    struct gateway *g;
    struct http_server_opts so = {.listen = o->listen,
                                  .tls = o->tls,
                                  .workers = o->workers,
                                  .head = on_head,
                                  .handle = on_request,
                                  .done = on_done,
                                  .body_max = BODY_DEFAULT,
                                  .bodies_max = (size_t)1 << 30};

    if (routes_check(o->routes, e))
        return e->code;
    g = calloc(1, sizeof *g);
    if (!g)
        return err_set(e, ERR_MEMORY, "out of memory");
    so.ctx = g;
    g->o = *o;
    pthread_mutex_init(&g->lock, NULL);
    if (http_server_new(&so, &g->server, e)) {
        gateway_free(g);
        return e->code;
    }
    *out = g;
    return ERR_OK;
}

enum err_code gateway_start(struct gateway *g, struct err *e)
{
    return http_server_start(g->server, e);
}

const char *gateway_url(const struct gateway *g)
{
    return http_server_url(g->server, 0);
}

void gateway_public_url(struct gateway *g, const char *url)
{
    g->public_url = url;
}

void gateway_drain(struct gateway *g, int timeout_ms)
{
    size_t cut = http_server_drain(g->server, timeout_ms, false);
    if (cut)
        LOG_WARN("http.drain.cut", F_INT("connections", cut));
}

void gateway_free(struct gateway *g)
{
    if (!g)
        return;
    http_server_free(g->server);
    pthread_mutex_destroy(&g->lock);
    free(g);
}
