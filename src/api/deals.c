/* api/deals.c - deals, their briefs, and why any figure of one is what it is. */
#include "api/deals_priv.h"
#include "records/accounts.h"
#include "records/crm.h"
#include "store/reader.h"

enum { DEALS_PAGE_MAX = 500, DEALS_ALL_MAX = 20000 };

bool deals_query_time(struct call *k, str name, int64_t fallback, int64_t *out)
{
    str text;

    *out = fallback;
    if (!api_query_str(k, name, &text))
        return false;
    if (!text.n || clock_parse(text, out, NULL))
        return true;
    http_problem(
        k->rep, 400, STR_NULL, STR("bad query"),
        str_fmt(k->a, "parameter \"%.*s\" must be a date or time such as 2026-11-20T09:00:00+01:00", STR_ARG(name)));
    return false;
}

bool deals_query_day(struct call *k, str name, int64_t fallback, int64_t *out)
{
    str text;

    *out = fallback;
    if (!api_query_str(k, name, &text))
        return false;
    if (!text.n || crm_day_parse(text, out))
        return true;
    http_problem(k->rep, 400, STR_NULL, STR("bad query"),
                 str_fmt(k->a, "parameter \"%.*s\" must be a day such as 2026-10-01", STR_ARG(name)));
    return false;
}

struct vaulted *deals_vaulted(struct call *k)
{
    return &((struct api *)k->app)->core->v;
}

struct db_tx *deals_begin(struct call *k)
{
    struct vaulted *v = deals_vaulted(k);
    struct db_tx *t;
    struct err e;

    if (!db_begin(v->db, v->workspace, DEALS_DB_MS, &t, &e))
        return t;
    http_problem_err(k->rep, &e);
    return NULL;
}

bool deals_finish(struct call *k, struct db_tx *t, enum err_code rc, struct id object, struct err *e)
{
    struct audit_entry entry = {.act = AUDIT_READ, .actor = caller_actor(&k->who), .object = object};

    if (!rc)
        rc = audit_append(t, deals_vaulted(k)->keys, &entry, e);
    if (rc)
        db_rollback(t);
    else
        rc = db_commit(t, e);
    if (rc)
        http_problem_err(k->rep, e);
    return !rc;
}

size_t deals_seen(const struct call *k, struct id *ids, size_t n)
{
    size_t seen = 0;

    for (size_t i = 0; i < n; i++)
        if (reader_sees_deal(k->who.reader, ids[i]))
            ids[seen++] = ids[i];
    return seen;
}

static bool view_wanted(const struct deal_view *d, str outcome, str warning, str stage, str owner, str account,
                        str name)
{
    static const char *const outcomes[] = {"open", "won", "lost", "unknown"};
    bool warned = !warning.n;

    for (int i = 0; i < WARNINGS_N && !warned; i++)
        warned = d->hits[i].on &&
                 (str_eq_nocase(warning, str_of(warning_rows[i].id)) || str_eq(warning, str_of(warning_rows[i].name)));
    return warned && (!outcome.n || str_eq(outcome, STR("all")) || str_eq(outcome, str_of(outcomes[d->s.outcome]))) &&
           (!name.n || str_eq_nocase(name, d->name)) && (!stage.n || str_eq_nocase(stage, d->stage)) &&
           (!owner.n || str_find_nocase(d->owner, owner, 0) != SIZE_MAX) &&
           (!account.n || str_find_nocase(d->account, account, 0) != SIZE_MAX);
}

static void list_get(struct call *k)
{
    str outcome, warning, stage, owner, account, name;
    int64_t limit, offset, as_of, total = 0;
    struct deal_views vs;
    struct id *ids = NULL;
    struct db_tx *t;
    struct err e = {0};
    enum err_code rc;
    size_t n = 0;
    struct buf b;
    struct jw w;

    if (!api_query_int(k, STR("limit"), 50, 1, DEALS_PAGE_MAX, &limit) ||
        !api_query_int(k, STR("offset"), 0, 0, 1 << 30, &offset) ||
        !deals_query_time(k, STR("as_of"), clock_now_ms(), &as_of) || !api_query_str(k, STR("outcome"), &outcome) ||
        !api_query_str(k, STR("warning"), &warning) || !api_query_str(k, STR("stage"), &stage) ||
        !api_query_str(k, STR("owner"), &owner) || !api_query_str(k, STR("account"), &account) ||
        !api_query_str(k, STR("name"), &name) || !(t = deals_begin(k)))
        return;
    rc = deal_ids(t, deals_vaulted(k), (struct id){{0}}, DEALS_ALL_MAX, k->a, &ids, &n, &e);
    n = rc ? 0 : deals_seen(k, ids, n);
    if (!rc)
        rc = deal_views_load(t, deals_vaulted(k), ids, n, as_of, k->a, &vs, &e);
    if (!deals_finish(k, t, rc, (struct id){{0}}, &e))
        return;
    if (!outcome.n)
        outcome = STR("open");
    buf_init_wiped(&b, 64 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_karr(&w, "deals");
    for (size_t i = 0; i < vs.n; i++) {
        if (!view_wanted(&vs.list[i], outcome, warning, stage, owner, account, name))
            continue;
        if (total++ >= offset && total <= offset + limit)
            deal_view_write(&vs, &vs.list[i], false, &w);
    }
    jw_end(&w);
    jw_ki64(&w, "total", total);
    jw_ki64(&w, "offset", offset);
    jw_end(&w);
    api_reply(k, 200, &b);
}

enum one { ONE_DEAL, ONE_BRIEF, ONE_EXPLAIN };

static void one_reply(struct call *k, enum one what)
{
    struct deal_views vs = {0};
    int64_t as_of, since;
    struct id id = {{0}};
    str figure;
    struct db_tx *t;
    struct err e = {0};
    enum err_code rc;
    bool known = true;
    struct buf b;
    struct jw w;

    if (!deals_query_time(k, STR("as_of"), clock_now_ms(), &as_of) ||
        !deals_query_time(k, STR("since"), CLOCK_NONE, &since) || !api_query_str(k, STR("figure"), &figure) ||
        !(t = deals_begin(k)))
        return;
    buf_init_wiped(&b, 64 << 20);
    jw_init(&w, &b);
    id_parse(k->part[0], &id);
    rc = deal_views_load(t, deals_vaulted(k), &id, deals_seen(k, &id, 1), as_of, k->a, &vs, &e);
    if (!rc && !vs.n)
        rc = err_set(&e, ERR_NOT_FOUND, "there is no such deal, or you may not see it");
    if (!rc && what == ONE_BRIEF)
        rc = deal_brief_write(&vs, &vs.list[0], since, &w, &e);
    else if (!rc && what == ONE_EXPLAIN)
        known = deal_explain_write(&vs, &vs.list[0], figure, &w);
    else if (!rc)
        deal_view_write(&vs, &vs.list[0], true, &w);
    if (!deals_finish(k, t, rc, id, &e)) {
        buf_done(&b);
        return;
    }
    if (!known) {
        buf_done(&b);
        http_problem(k->rep, 404, STR_NULL, STR("not found"),
                     STR("there is no such figure of a deal: p, engagement, W01, ..."));
        return;
    }
    api_reply(k, 200, &b);
}

static void deal_get(struct call *k)
{
    one_reply(k, ONE_DEAL);
}

static void brief_get(struct call *k)
{
    one_reply(k, ONE_BRIEF);
}

static void explain_get(struct call *k)
{
    one_reply(k, ONE_EXPLAIN);
}

/* Briefs of all open deals of an account. */
static void briefs_get(struct call *k)
{
    struct deal_views vs = {0};
    int64_t as_of, since;
    struct id account, *ids = NULL;
    str of;
    struct db_tx *t;
    struct err e = {0};
    enum err_code rc = ERR_OK;
    size_t n = 0;
    struct buf b;
    struct jw w;

    if (!deals_query_time(k, STR("as_of"), clock_now_ms(), &as_of) ||
        !deals_query_time(k, STR("since"), CLOCK_NONE, &since) || !api_query_str(k, STR("account"), &of) ||
        !(t = deals_begin(k)))
        return;
    buf_init_wiped(&b, 64 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_karr(&w, "deals");
    if (!id_parse(of, &account))
        rc = named_find(t, deals_vaulted(k), NAMED_ACCOUNT, of, k->a, &account, &e);
    if (!rc)
        rc = record_account_deals(t, deals_vaulted(k), account, k->a, &ids, &n, &e);
    n = rc ? 0 : deals_seen(k, ids, n);
    if (!rc)
        rc = deal_views_load(t, deals_vaulted(k), ids, n, as_of, k->a, &vs, &e);
    for (size_t i = 0; !rc && i < vs.n; i++)
        if (vs.list[i].s.outcome == DEAL_OPEN)
            rc = deal_brief_write(&vs, &vs.list[i], since, &w, &e);
    jw_end(&w);
    jw_end(&w);
    if (deals_finish(k, t, rc, account, &e))
        api_reply(k, 200, &b);
    else
        buf_done(&b);
}

/* ---- operations ---- */

static const struct res_field list_fields[] = {
    AS_OF_FIELD,
    {"outcome", RES_STR, 0, "open (when left out), won, lost, unknown or all.", "\"open\"", .max = 16},
    {"warning", RES_STR, 0, "Only deals with this warning.", "\"W02\"", .max = 64},
    {"stage", RES_STR, 0, "Only deals in the stage of this name.", "\"proposal\"", .max = 256},
    {"owner", RES_STR, 0, "Only deals whose owner's name has these words.", "\"Ann\"", .max = 256},
    {"account", RES_STR, 0, "Only deals whose account's name has these words.", "\"Halden\"", .max = 256},
    {"name", RES_STR, 0, "Only the deal of this name.", "\"Hub rollout\"", .max = 1024},
    {"limit", RES_INT, 0, "Most deals.", "50", .min = 1, .max = 500},
    {"offset", RES_INT, 0, "Deals to leave out before.", "0", .min = 0, .max = 1 << 30},
};
static const struct res_shape list_query = {"DealListQuery", "Which deals.", RES_FIELDS(list_fields)};
static const struct res_field one_fields[] = {
    AS_OF_FIELD,
    {"since", RES_TIME, 0, "What changed since then; since the last meeting when left out.",
     "\"2026-11-01T00:00:00.000Z\""},
};
static const struct res_shape one_query = {"DealQuery", "When.", RES_FIELDS(one_fields)};
static const struct res_field explain_fields[] = {
    AS_OF_FIELD,
    {"figure", RES_STR, RES_NEEDED, "p, engagement, momentum, reciprocity, contacts, next_step, or a warning.", "\"p\"",
     .min = 1, .max = 64},
};
static const struct res_shape explain_query = {"DealExplainQuery", "Which figure, when.", RES_FIELDS(explain_fields)};
static const struct res_field briefs_fields[] = {
    AS_OF_FIELD,
    {"since", RES_TIME, 0, "What changed since then; since the last meeting when left out.",
     "\"2026-11-01T00:00:00.000Z\""},
    {"account", RES_STR, RES_NEEDED, "Id or name of the account.", "\"Halden\"", .min = 1, .max = 1024},
};
static const struct res_shape briefs_query = {"BriefsQuery", "Which account, when.", RES_FIELDS(briefs_fields)};

/* Each writes its audit record with what it opens, in deals_finish. */
static const struct res_op ops[] = {
    {RES_OP_RAW, "list", HTTP_M_GET, "/v1/deals", PERM_DEALS_READ, "List deals with score and warnings",
     .query = &list_query, .answer_type = "application/json", .raw = list_get},
    {RES_OP_RAW, "get", HTTP_M_GET, "/v1/deals/{id}", PERM_DEALS_READ,
     "Read one deal with reasons, evidence and history", .query = &one_query, .answer_type = "application/json",
     .raw = deal_get},
    {RES_OP_RAW, "brief", HTTP_M_GET, "/v1/deals/{id}/brief", PERM_DEALS_READ, "Read a page before a meeting",
     .query = &one_query, .answer_type = "application/json", .raw = brief_get},
    {RES_OP_RAW, "explain", HTTP_M_GET, "/v1/deals/{id}/explain", PERM_DEALS_READ, "Explain a figure of a deal",
     .query = &explain_query, .answer_type = "application/json", .raw = explain_get},
    {RES_OP_RAW, "briefs", HTTP_M_GET, "/v1/briefs", PERM_DEALS_READ, "Read the pages of an account's open deals",
     .query = &briefs_query, .answer_type = "application/json", .raw = briefs_get},
};

const struct resource res_deals = {
    .name = "deals",
    .key = "deals",
    .one = "deal",
    .about = "Deals as their history says, with score and warnings.",
    RES_OPS(ops),
};
