/* gateway/session.c - sessions of browsers: their cookie, where their requests must come from, opening and ending them. */
#include "base/clock.h"
#include "base/log.h"
#include "gateway/gateway_priv.h"

enum {
    LINK_MS = 15 * 60 * 1000,
    HOUR_MS = 3600 * 1000,
    USER_IDLE_MS = 8 * HOUR_MS,
    ADMIN_IDLE_MS = HOUR_MS / 2,
    ADMIN_MS = 12 * HOUR_MS
};
static const int64_t user_ms = (int64_t)7 * 24 * HOUR_MS;
#define COOKIE "harken_session"
#define COOKIE_TLS "__Host-harken_session" /* no other host, no other path, never without TLS */

static str cookie_named(const struct http_request *rq, str want)
{
    str all = http_field_get(rq, STR("cookie"));

    while (all.n) {
        str value, name = str_trim(str_cut(str_cut(all, ';', &all), '=', &value));
        if (str_eq(name, want))
            return str_trim(value);
    }
    return STR("");
}

str gateway_cookie_get(const struct http_request *rq, str name)
{
    if (rq->tls) {
        char mem[80];
        snprintf(mem, sizeof mem, "__Host-%.*s", STR_ARG(name));
        return cookie_named(rq, str_of(mem));
    }
    return cookie_named(rq, name);
}

void gateway_cookie_set(struct call *k, str name, str value, int64_t age_s)
{
    http_header_fmt(k->rep, STR("set-cookie"), "%s%.*s=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
                    k->rq->tls ? "__Host-" : "", STR_ARG(name), STR_ARG(value), (long long)age_s,
                    k->rq->tls ? "; Secure" : "");
}

str session_cookie_get(const struct http_request *rq)
{
    return gateway_cookie_get(rq, STR(COOKIE));
}

bool method_unsafe(enum http_method m)
{
    return m != HTTP_M_GET && m != HTTP_M_HEAD && m != HTTP_M_OPTIONS;
}

static bool form_type(const struct http_request *rq)
{
    str type = http_content_type(rq);

    return str_starts(type, STR("application/x-www-form-urlencoded")) || str_starts(type, STR("multipart/")) ||
           str_eq(type, STR("text/plain"));
}

static bool origin_own(const struct http_request *rq, str origin)
{
    str rest;

    str_cut(origin, ':', &rest);
    return rq->host.n && (str_starts(origin, STR("http://")) || str_starts(origin, STR("https://"))) &&
           str_eq(str_from(rest, 2), rq->host);
}

bool session_own_page(const struct http_request *rq)
{
    str site = http_field_get(rq, STR("sec-fetch-site")), origin = http_field_get(rq, STR("origin"));

    if (form_type(rq))
        return false;
    if (site.n)
        return str_eq(site, STR("same-origin"));
    return origin_own(rq, origin);
}

/* Another site's page reads with our cookie: not the link that somebody follows from there to here. */
bool session_foreign_fetch(const struct http_request *rq)
{
    str site = http_field_get(rq, STR("sec-fetch-site")), origin = http_field_get(rq, STR("origin"));

    if (site.n && str_eq(http_field_get(rq, STR("sec-fetch-mode")), STR("navigate")))
        return false;
    if (site.n)
        return !str_eq(site, STR("same-origin")) && !str_eq(site, STR("none"));
    return origin.n && !origin_own(rq, origin);
}

bool session_foreign_page(const struct http_request *rq)
{
    str site = http_field_get(rq, STR("sec-fetch-site")), origin = http_field_get(rq, STR("origin"));

    if (form_type(rq))
        return true;
    if (site.n)
        return !str_eq(site, STR("same-origin"));
    return origin.n && !origin_own(rq, origin);
}

/* ---- opening and ending ---- */

enum err_code gateway_sign_in_link(struct gateway *g, struct id user, struct arena *a, str *out, struct err *e)
{
    struct token_new n = {.kind = TOKEN_LINK,
                          .user = user,
                          .scopes = PERM_BITS_ALL,
                          .name = STR("sign-in link"),
                          .expires_at_ms = clock_now_ms() + LINK_MS};
    struct id id;
    str text;

    if (token_add(g->o.db, g->o.keys, g->o.workspace, &n, a, &id, &text, e))
        return e->code;
    *out = str_fmt(a, "%s/sign-in?token=%.*s", gateway_public(g), STR_ARG(text));
    return ERR_OK;
}

static bool admin_like(struct id user, uint32_t roles)
{
    return id_is_nil(user) || (roles & (1u << ROLE_ADMIN | 1u << ROLE_DPO | 1u << ROLE_AUDITOR));
}

/* What a person sees in the list of sessions: the browser's own words, cut. */
static str agent_of(const struct http_request *rq, struct arena *a)
{
    str s = http_field_get(rq, STR("user-agent"));

    return s.n ? str_utf8_repair(a, str_sub(s, 0, 200)) : STR("a browser");
}

enum err_code gateway_session_open(struct call *k, struct db_tx *t, struct id user, uint32_t roles, unsigned methods,
                                   struct id *out, struct err *e)
{
    bool admin = admin_like(user, roles);
    int64_t age_ms = admin ? ADMIN_MS : user_ms;
    struct audit_entry entry = {.act = AUDIT_SIGN_IN, .actor = user};
    struct token_new n = {.kind = TOKEN_SESSION,
                          .user = user,
                          .scopes = PERM_BITS_ALL,
                          .name = agent_of(k->rq, k->a),
                          .idle_ms = admin ? ADMIN_IDLE_MS : USER_IDLE_MS,
                          .methods = methods,
                          .expires_at_ms = clock_now_ms() + age_ms};
    str text;

    if (token_put(t, k->g->o.keys, &n, k->a, out, &text, e))
        return e->code;
    entry.object = *out;
    if (audit_append(t, k->g->o.keys, &entry, e))
        return e->code;
    gateway_cookie_set(k, STR(COOKIE), text, age_ms / 1000);
    http_header(k->rep, STR("cache-control"), STR("no-store"));
    return ERR_OK;
}

void gateway_session_forget(struct call *k)
{
    gateway_cookie_set(k, STR(COOKIE), STR(""), 0);
    http_header(k->rep, STR("clear-site-data"), STR("\"cache\", \"storage\""));
}

static enum err_code link_open(struct call *k, struct err *e)
{
    struct gateway *g = k->g;
    bool found = false;
    str token = STR("");
    struct token by;
    struct db_tx *t;
    struct id id;

    if (http_query_get(k->rq, STR("token"), &token, &found, e) || !found)
        return err_set(e, ERR_DENIED, "no token");
    if (token_find(g->o.db, g->o.workspace, token, &by, e))
        return e->code;
    if (by.kind != TOKEN_LINK)
        return err_set(e, ERR_DENIED, "not a link");
    if (db_begin(g->o.db, g->o.workspace, 10000, &t, e))
        return e->code;
    if (gateway_session_open(k, t, by.user, by.roles, TOKEN_BY_LINK, &id, e)) {
        db_rollback(t);
        return e->code;
    }
    if (db_commit(t, e))
        return e->code;
    LOG_INFO("session.opened", F_ID("session", id), F_ID("user", by.user));
    return ERR_OK;
}

void gateway_sign_in(struct call *k)
{
    struct err e = {0};

    if (link_open(k, &e)) {
        if (e.code == ERR_BUSY || e.code == ERR_TIMEOUT)
            http_problem_err(k->rep, &e);
        else
            http_problem(k->rep, 403, STR_NULL, STR("this link does not work"),
                         STR("a sign-in link works once and for 15 minutes; ask for a new one (harken status --link)"));
        return;
    }
    http_status(k->rep, 303);
    http_header(k->rep, STR("location"), STR("/"));
}

void gateway_sign_out(struct call *k)
{
    struct err e;

    if (k->who.kind == TOKEN_SESSION && token_drop(k->g->o.db, k->g->o.workspace, k->who.token, &e) &&
        e.code != ERR_NOT_FOUND) {
        http_problem_err(k->rep, &e);
        return;
    }
    access_changed();
    gateway_session_forget(k);
    http_status(k->rep, 204);
}
