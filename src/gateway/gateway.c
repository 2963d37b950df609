#include "gateway/gateway_priv.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/thread.h"

static struct metric errors_5xx = METRIC_COUNTER("harken_http_errors_total", "answers of 500 and up");

enum { BODY_DEFAULT = 64 << 10, FRESH_MS = 5 * 60 * 1000, BUCKETS = 1 << 16, TRY_BUCKETS = 1 << 14, WATCH_MS = 100 };

/* ---- who ---- */

static void refuse_unknown(struct call *k)
{
    http_header(k->rep, STR("www-authenticate"), STR("Bearer realm=\"harken\""));
    http_problem(k->rep, 401, STR_NULL, STR("sign in first"),
                 STR("send a token as \"Authorization: Bearer ...\", or open a sign-in link (harken status --link)"));
}

/* What the caller shows; empty: nothing. */
static str token_of(const struct http_request *rq, bool *by_cookie)
{
    str auth = http_field_get(rq, STR("authorization"));

    *by_cookie = !str_starts_nocase(auth, STR("bearer "));
    return *by_cookie ? session_cookie_get(rq) : str_trim(str_from(auth, 7));
}

/* Finds the caller; otherwise the reply is filled. */
static bool caller_known(struct call *k)
{
    bool by_cookie;
    str token = token_of(k->rq, &by_cookie);
    struct passage *p = k->rq->user;
    struct err e;

    if (!token.n) {
        refuse_unknown(k);
        return false;
    }
    if (p->known) {
        k->held = p->known;
        p->known = NULL;
    } else if (who_find(k->g, token, by_cookie, &k->held, &e)) {
        if (e.code == ERR_DENIED || e.code == ERR_NOT_FOUND)
            refuse_unknown(k);
        else
            http_problem_err(k->rep, &e);
        return false;
    }
    k->who = k->held->c;
    if (by_cookie && (method_unsafe(k->rq->method) ? !session_own_page(k->rq) : session_foreign_fetch(k->rq))) {
        http_problem(k->rep, 403, STR_NULL, STR("not from our page"),
                     STR("with a session only Harken's own pages read and change; programs send a key"));
        return false;
    }
    return true;
}

int64_t gateway_auth_at(const struct call *k)
{
    return k->held ? k->held->auth_at_ms : CLOCK_NONE;
}

struct id gateway_signed_in(struct call *k)
{
    str token = session_cookie_get(k->rq);
    struct id user = {{0}};
    struct who *w;
    struct err e;

    if (!token.n || who_find(k->g, token, true, &w, &e))
        return user;
    if (w->auth_at_ms != CLOCK_NONE && w->auth_at_ms + FRESH_MS > clock_now_ms())
        user = w->c.user;
    who_unref(w);
    return user;
}

static bool proved_lately(struct call *k)
{
    return k->who.kind == TOKEN_OPERATOR || (k->who.kind == TOKEN_SESSION && gateway_auth_at(k) != CLOCK_NONE &&
                                             gateway_auth_at(k) + FRESH_MS > clock_now_ms());
}

static bool fresh_enough(struct call *k)
{
    if (proved_lately(k))
        return true;
    http_problem(k->rep, 403, STR("urn:harken:problem:step-up"), STR("prove again who you are"),
                 k->who.kind == TOKEN_KEY ? STR("a key may not do this: sign in")
                                          : STR("this needs your password again: POST /v1/sign-in/again"));
    return false;
}

/* How far a permission reaches, and what is seen through it. `held` must outlive the caller. */
static void reach_set(struct caller *c, const struct who *held, enum perm need)
{
    c->reach = caller_reach(c, need);
    if (c->reach == REACH_WORKSPACE)
        c->reader = &reader_all;
    else if (c->reach == REACH_TEAM)
        c->reader = &held->team;
    else if (c->reach == REACH_OWN)
        c->reader = &held->own;
}

/* True when the caller may use the route; otherwise the reply is filled. */
static bool admitted(struct call *k, const struct route *r)
{
    if (r->need == PERM_PUBLIC) {
        if (!r->foreign && method_unsafe(r->method) && session_foreign_page(k->rq)) {
            http_problem(k->rep, 403, STR_NULL, STR("not from our page"),
                         STR("a browser signs in from Harken's own pages, with JSON"));
            return false;
        }
        return pass_take(k->g, k);
    }
    if (!caller_known(k) || !pass_take(k->g, k))
        return false;
    reach_set(&k->who, k->held, r->need);
    if (k->who.reach == REACH_NONE) {
        http_problem(k->rep, 403, STR_NULL, STR("not allowed"),
                     str_fmt(k->a, "it takes the permission %s, which you do not have", perm_name(r->need)));
        return false;
    }
    return (!r->fresh || fresh_enough(k)) && pass_enter(k->g, k);
}

/* ---- who stays ---- */

struct standing {
    struct gateway *g;
    struct arena *a; /* wiped */
    str token;
    bool by_cookie;
    enum perm need;
    struct who *held;
    struct caller who;
};

struct standing *gateway_standing_new(struct call *k, enum perm need)
{
    bool by_cookie;
    str token = token_of(k->rq, &by_cookie);
    struct standing *s;

    if (need == PERM_PUBLIC || !token.n)
        return NULL;
    s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->g = k->g;
    s->a = arena_new_wiped("gateway.standing");
    s->token = str_dup(s->a, token);
    s->by_cookie = by_cookie;
    s->need = need;
    if (!gateway_standing_check(s)) {
        gateway_standing_free(s);
        return NULL;
    }
    return s;
}

bool gateway_standing_check(struct standing *s)
{
    struct who *held;
    struct err e;

    if (who_find(s->g, s->token, s->by_cookie, &held, &e))
        return s->held && e.code != ERR_DENIED && e.code != ERR_NOT_FOUND;
    who_unref(s->held);
    s->held = held;
    s->who = held->c;
    reach_set(&s->who, held, s->need);
    return s->who.reach != REACH_NONE;
}

const struct caller *gateway_standing_caller(const struct standing *s)
{
    return &s->who;
}

void gateway_standing_free(struct standing *s)
{
    if (!s)
        return;
    who_unref(s->held);
    arena_free(s->a);
    free(s);
}

/* ---- where ---- */

static int by_pattern(const void *x, const void *y)
{
    const struct route *const *a = x, *const *b = y;

    return strcmp((*a)->pattern, (*b)->pattern);
}

/* Most addresses are fixed words: those are found by halving. */
static void fixed_make(struct gateway *g)
{
    size_t n = 0;

    while (g->o.routes[n].pattern)
        n++;
    g->fixed = calloc(n + 1, sizeof *g->fixed);
    if (!g->fixed)
        abort();
    for (size_t i = 0; i < n; i++)
        if (!strchr(g->o.routes[i].pattern, '{'))
            g->fixed[g->fixed_n++] = &g->o.routes[i];
    qsort(g->fixed, g->fixed_n, sizeof *g->fixed, by_pattern);
}

/* The first of the fixed routes with this path, or fixed_n. */
static size_t fixed_find(const struct gateway *g, str path)
{
    size_t low = 0, high = g->fixed_n;

    while (low < high) {
        size_t mid = (low + high) / 2;
        if (str_cmp(str_of(g->fixed[mid]->pattern), path) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < g->fixed_n && str_eq(str_of(g->fixed[low]->pattern), path) ? low : g->fixed_n;
}

/* Finds p->route; NULL with p->allow the methods of that path, or 0 when there is no such path. "/v1/jobs/dead" goes before
 * "/v1/jobs/{id}", whatever the method. */
static void route_find(const struct gateway *g, const struct http_request *rq, struct passage *p)
{
    enum http_method m = rq->method == HTTP_M_HEAD ? HTTP_M_GET : rq->method;
    const char *pattern = NULL;

    for (size_t i = fixed_find(g, rq->path); i < g->fixed_n && str_eq(str_of(g->fixed[i]->pattern), rq->path); i++) {
        pattern = g->fixed[i]->pattern;
        p->allow |= 1u << g->fixed[i]->method;
        if (g->fixed[i]->method == m)
            p->route = g->fixed[i];
    }
    if (pattern)
        return;
    for (const struct route *r = g->o.routes; r->pattern && !p->route; r++) {
        if ((pattern && strcmp(r->pattern, pattern) != 0) ||
            http_path_match(str_of(r->pattern), rq->path, p->part, 4) < 0)
            continue;
        pattern = r->pattern;
        p->allow |= 1u << r->method;
        if (r->method == m)
            p->route = r;
    }
}

/* Can it be answered on the loop: without waiting for the database? */
static bool at_once(struct gateway *g, const struct http_request *rq, struct passage *p)
{
    const struct route *r = p->route;
    bool by_cookie;
    str token;

    if (!r || !r->quick || r->need == PERM_PUBLIC)
        return r && r->quick;
    token = token_of(rq, &by_cookie);
    if (token.n)
        p->known = who_known(g, token);
    if (p->known && by_cookie != (p->known->c.kind == TOKEN_SESSION)) {
        who_unref(p->known);
        p->known = NULL;
    }
    return p->known || !token.n;
}

static bool on_head(void *ctx, struct http_request *rq, struct http_plan *plan, struct http_reply *rep)
{
    struct gateway *g = ctx;
    struct passage *p = ARENA_ARRAY(rq->arena, struct passage, 1);

    (void)rep;
    rq->user = p;
    route_find(g, rq, p);
    plan->body_max = p->route && p->route->body_max ? p->route->body_max : BODY_DEFAULT;
    plan->on_loop = at_once(g, rq, p);
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

bool gateway_permit(struct call *k, enum perm need, bool fresh)
{
    if (need == PERM_PUBLIC)
        return true;
    if (caller_reach(&k->who, need) == REACH_NONE || (fresh && !proved_lately(k)))
        return false;
    reach_set(&k->who, k->held, need);
    reader_enter(k);
    return true;
}

static void on_request(void *ctx, struct http_request *rq, struct http_reply *rep)
{
    struct gateway *g = ctx;
    const struct passage *p = rq->user;
    const struct route *r = p->route;
    struct call k = {.g = g, .app = g->o.app, .rq = rq, .route = r, .rep = rep, .a = rq->arena};

    memcpy(k.part, p->part, sizeof k.part);
    if (!r)
        answer_no_route(&k, p->allow);
    else if (admitted(&k, r) && body_plain(&k))
        route_run(&k, r);
    pass_leave(g, &k);
    who_unref(k.held);
}

static void on_done(void *ctx, const struct http_request *rq, int status, int64_t sent_bytes, int64_t took_us)
{
    struct passage *p = rq->user;
    const struct route *r = p ? p->route : NULL; /* none: refused or lost before its head hook */

    (void)ctx;
    if (p)
        who_unref(p->known);
    if (status >= 500)
        metric_add(&errors_5xx, 1);
    /* the pattern, not the path: paths and queries can hold names */
    if (p && !(r && r->quick))
        LOG_INFO("http.request", F_CZ("route", r ? r->pattern : ""), F_STR("method", http_method_name(rq->method)),
                 F_INT("status", status), F_INT("bytes", sent_bytes), F_INT("took_us", took_us),
                 F_CZ("request_id", rq->id), F_CZ("trace_id", rq->trace), F_STR("peer", rq->peer));
}

/* ---- tries ---- */

static uint64_t try_key(const char *kind, str whose)
{
    return limit_key(kind, whose.p, whose.n);
}

bool gateway_try_take(struct call *k, const char *kind, str whose, const struct limit_rule *r)
{
    struct limit_state s = limit_take(k->g->sign_ins, try_key(kind, whose), r, 1, clock_mono_us());
    int wait = (int)s.wait_s + 1;

    if (s.ok)
        return true;
    http_retry_after(k->rep, wait);
    http_problem(k->rep, 429, STR("urn:harken:problem:too-many-requests"), STR("too many tries"),
                 str_fmt(k->a, "try again in %d s", wait));
    return false;
}

void gateway_try_give(struct call *k, const char *kind, str whose, const struct limit_rule *r)
{
    limit_give(k->g->sign_ins, try_key(kind, whose), r, 1, clock_mono_us());
}

/* ---- life ---- */

/* Rights that another process changed (an upgrade runs two for a while) end here at once, too. */
static void watch_run(void *arg)
{
    struct gateway *g = arg;
    struct db_listener *told = db_listener_new(g->o.db, ACCESS_CHANNEL);

    while (!atomic_load(&g->stop))
        if (db_listener_wait(told, WATCH_MS))
            access_changed();
    db_listener_free(told);
}

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
    struct http_server_opts so = o->http ? *o->http : (struct http_server_opts){0};

    if (routes_check(o->routes, e))
        return e->code;
    g = calloc(1, sizeof *g);
    if (!g)
        return err_set(e, ERR_MEMORY, "out of memory");
    so.listen = so.listen_fd ? NULL : o->listen;
    so.workers = o->workers;
    so.head = on_head;
    so.handle = on_request;
    so.done = on_done;
    so.ctx = g;
    so.body_max = BODY_DEFAULT;
    so.bodies_max = (size_t)1 << 30;
    g->o = *o;
    fixed_make(g);
    g->requests = limits_new(BUCKETS);
    g->sign_ins = limits_new(TRY_BUCKETS);
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
    if (thread_start(&g->watch, "access", watch_run, g, e))
        return e->code;
    return http_server_start(g->server, e);
}

const char *gateway_public(const struct gateway *g)
{
    return g->public_url ? g->public_url : gateway_url(g);
}

const char *gateway_url(const struct gateway *g)
{
    return http_server_url(g->server, 0);
}

void gateway_public_url(struct gateway *g, const char *url)
{
    g->public_url = url;
}

int gateway_listen_fd(const struct gateway *g, size_t i)
{
    return http_server_listen_fd(g->server, i);
}

void gateway_drain(struct gateway *g, int timeout_ms, bool handed_over)
{
    size_t cut = http_server_drain(g->server, timeout_ms, handed_over);
    if (cut)
        LOG_WARN("http.drain.cut", F_INT("connections", cut));
}

void gateway_free(struct gateway *g)
{
    if (!g)
        return;
    http_server_free(g->server);
    atomic_store(&g->stop, true);
    thread_join(&g->watch);
    free(g->fixed);
    who_forget_all(g);
    limits_free(g->requests);
    limits_free(g->sign_ins);
    pthread_mutex_destroy(&g->lock);
    free(g);
}
