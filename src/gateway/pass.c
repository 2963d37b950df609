/* gateway/pass.c - how much one caller, the workspace and one address may ask for (trust.md H8), and how the reply says so:
 * RateLimit and RateLimit-Policy of draft-ietf-httpapi-ratelimit-headers-10. */
#include <math.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "gateway/gateway_priv.h"

static struct metric refused = METRIC_COUNTER("harken_http_limited_total", "requests refused for their number or cost");

enum { PLACES = 1024 };

static void refuse(struct call *k, const char *what, double wait_s)
{
    int wait = (int)ceil(wait_s);

    metric_add(&refused, 1);
    http_retry_after(k->rep, wait < 1 ? 1 : wait);
    http_problem(k->rep, 429, STR("urn:harken:problem:too-many-requests"), STR("too many requests"),
                 str_fmt(k->a, "the limit of the %s is reached; try again in %d s", what, wait < 1 ? 1 : wait));
}

/* "NAME";LABEL=N;LABEL=N. They stand in every reply, where printf took longer than all the rest of it. */
static void header_write(struct call *k, str field, const char *name, const char *l1, double v1, const char *l2,
                         double v2)
{
    char value[128];
    struct buf b = {.p = value, .cap = sizeof value, .max = sizeof value};

    buf_char(&b, '"');
    buf_str(&b, str_of(name));
    buf_str(&b, str_of(l1));
    buf_u64(&b, (uint64_t)v1);
    buf_str(&b, str_of(l2));
    buf_u64(&b, (uint64_t)v2);
    http_header(k->rep, field, buf_view(&b));
}

static void headers_write(struct call *k, const char *name, const struct limit_rule *r, const struct limit_state *s)
{
    header_write(k, STR("ratelimit-policy"), name, "\";q=", r->burst, ";w=", ceil(r->burst / r->rate));
    header_write(k, STR("ratelimit"), name, "\";r=", floor(s->left), ";t=", ceil(s->reset_s));
}

struct rule_use {
    const char *name;
    const struct limit_rule *rule;
    uint64_t key;
    double cost;
};

bool gateway_address_counts(const struct call *k)
{
    const struct gateway *g = k->g;
    str peer = k->rq->peer;

    return g->o.limits.loopback ||
           !(str_starts(peer, STR("127.")) || str_eq(peer, STR("::1")) || str_eq(peer, STR("unix")));
}

/* Takes one from each; the tightest one is told. What was taken before one refuses is given back. */
static bool all_take(struct gateway *g, struct call *k, const struct rule_use *u, size_t n)
{
    int64_t now = clock_mono_us();
    double tightest = INFINITY;
    size_t told = n;
    struct limit_state told_s = {0};

    for (size_t i = 0; i < n; i++) {
        struct limit_state s = limit_take(g->requests, u[i].key, u[i].rule, u[i].cost, now);
        if (!s.ok) {
            for (size_t back = 0; back < i; back++)
                limit_give(g->requests, u[back].key, u[back].rule, u[back].cost, now);
            headers_write(k, u[i].name, u[i].rule, &s);
            refuse(k, u[i].name, s.wait_s);
            return false;
        }
        if (u[i].rule->rate > 0 && s.left / u[i].rule->burst < tightest) {
            tightest = s.left / u[i].rule->burst;
            told = i;
            told_s = s;
        }
    }
    if (told < n)
        headers_write(k, u[told].name, u[told].rule, &told_s);
    return true;
}

bool pass_take(struct gateway *g, struct call *k)
{
    const struct gateway_limits *l = &g->o.limits;
    struct rule_use use[4];
    size_t n = 0;

    if (gateway_address_counts(k))
        use[n++] = (struct rule_use){"address", &l->address, limit_key("address", k->rq->peer.p, k->rq->peer.n), 1};
    if (k->held && !(id_is_nil(k->who.user) && k->who.kind == TOKEN_OPERATOR)) {
        const char *name = k->who.kind == TOKEN_KEY ? "key" : "user";
        struct id whose = k->who.kind == TOKEN_KEY ? k->who.token : k->who.user;
        use[n++] = (struct rule_use){name, k->who.kind == TOKEN_KEY ? &l->key : &l->user,
                                     limit_key(name, &whose, sizeof whose), 1};
        use[n++] = (struct rule_use){"cost", &l->cost, k->held->limit_key, 0};
        use[n++] = (struct rule_use){"workspace", &l->workspace,
                                     limit_key("workspace", &g->o.workspace, sizeof(struct id)), 1};
    }
    return !n || all_take(g, k, use, n);
}

void gateway_cost(struct call *k, double units)
{
    if (k->held && !(id_is_nil(k->who.user) && k->who.kind == TOKEN_OPERATOR))
        limit_charge(k->g->requests, k->held->limit_key, &k->g->o.limits.cost, units, clock_mono_us());
}

bool pass_enter(struct gateway *g, struct call *k)
{
    atomic_int *n;

    if (!k->held || g->o.limits.concurrent <= 0 || k->who.kind == TOKEN_OPERATOR)
        return true;
    n = &g->running[k->held->limit_key % PLACES];
    if (atomic_fetch_add(n, 1) < g->o.limits.concurrent) {
        k->entered = true;
        return true;
    }
    atomic_fetch_sub(n, 1);
    refuse(k, "requests that run side by side", 1);
    return false;
}

void pass_leave(struct gateway *g, struct call *k)
{
    if (k->entered)
        atomic_fetch_sub(&g->running[k->held->limit_key % PLACES], 1);
}
