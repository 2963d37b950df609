/* api/csp.c - POST /csp-report: where browsers say that a page of ours tried what its policy forbids (trust.md H2). Anybody may post here:
 * what is counted is a number, what is logged the name of a directive, and that once a second at most. */
#include "api/resource.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"

static struct metric reports =
    METRIC_COUNTER("harken_csp_reports_total", "reports of browsers about our pages' policy");

enum { REPORT_MAX = 16 << 10, EVERY_MS = 1000 };

static bool directive_proper(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || s.p[i] == '-'))
            return false;
    return s.n && s.n <= 40;
}

/* The directive of a report in either form: {"csp-report":{...}} (CSP 2) or [{"body":{...}}] (Reporting API). Empty: none. */
static str directive_of(const struct json *root)
{
    const struct json *old = json_get(root, "csp-report"), *first;
    struct json_it it;
    str name = STR("");

    if (json_kind(old) == JSON_OBJ) {
        name = json_str(json_get(old, "effective-directive"), json_str(json_get(old, "violated-directive"), STR("")));
    } else if (json_kind(root) == JSON_ARR) {
        json_it_init(&it, root);
        first = json_it_next(&it) ? it.val : NULL;
        name = json_str(json_get(json_get(first, "body"), "effectiveDirective"), STR(""));
    }
    name = str_sub(name, 0, str_find_char(name, ' ', 0)); /* old browsers send the whole of it */
    return directive_proper(name) ? name : STR("");
}

static void report_post(struct call *k)
{
    static _Atomic int64_t last_ms;
    int64_t now = clock_mono_ms(), was = atomic_load(&last_ms);
    struct json_doc *d;
    struct err e;

    http_status(k->rep, 204);
    if (json_parse(k->rq->body, &d, &e))
        return;
    metric_add(&reports, 1);
    if ((!was || now - was >= EVERY_MS) && atomic_compare_exchange_strong(&last_ms, &was, now))
        LOG_WARN("csp.violation", F_STR("directive", directive_of(json_root(d))));
    json_free(d);
}

static const struct res_op ops[] = {
    {RES_OP_RAW, "report", HTTP_M_POST, "/csp-report", PERM_PUBLIC,
     "Where browsers report what a page's policy stopped", .status = 204,
     .flags = RES_OP_BYTES | RES_OP_OWN | RES_OP_QUICK, .body_max = REPORT_MAX, .raw = report_post},
};

const struct resource res_csp = {
    .name = "csp",
    .key = "csp",
    .one = "report",
    .about = "Reports of browsers about the policy of our pages.",
    RES_OPS(ops),
};
