/* api/analytics.c - the figures of a pipeline over a period, as JSON or CSV, each with its definition and inputs on request. */
#include "analytics/figures_load.h"
#include "api/deals_priv.h"
#include "store/reader.h"

static void figure_write(const struct figure *f, const struct figures_input *in, bool inputs, struct jw *w,
                         struct arena *a)
{
    jw_obj(w);
    jw_kstr(w, "id", str_of(f->id));
    if (f->part)
        jw_kstr(w, "part", str_of(f->part));
    if (!f->has_value)
        jw_knull(w, "value");
    else if (f->money)
        jw_kstr(w, "value", crm_micros_str(a, f->micros));
    else
        jw_kreal(w, "value", f->value);
    jw_kstr(w, "unit", str_of(f->unit));
    if (!f->has_value)
        jw_kstr(w, "reason", str_of(f->reason));
    jw_ki64(w, "n", f->n);
    if (f->has_interval) {
        jw_kreal(w, "low", f->low);
        jw_kreal(w, "high", f->high);
    }
    jw_ki64(w, "definition_version", FIGURES_VERSION);
    if (inputs) {
        jw_kstr(w, "definition", str_of(figure_definition(f->id)));
        jw_kstr(w, "from", crm_day_str(a, in->from_day));
        jw_kstr(w, "to", crm_day_str(a, in->to_day));
        jw_karr(w, "inputs");
        for (size_t i = 0; i < f->inputs_n; i++)
            jw_str(w, id_str(a, f->inputs[i]));
        jw_end(w);
    }
    jw_end(w);
}

static void csv_write(const struct figure *f, struct buf *b, struct arena *a)
{
    str money = crm_micros_str(a, f->micros);

    buf_fmt(b, "%s,%s,", f->id, f->part ? f->part : "");
    if (f->has_value && f->money)
        buf_str(b, money);
    else if (f->has_value)
        buf_fmt(b, "%.17g", f->value);
    buf_fmt(b, ",%s,%s,%lld,", f->unit, f->has_value ? "" : f->reason, (long long)f->n);
    if (f->has_interval)
        buf_fmt(b, "%.17g,%.17g", f->low, f->high);
    else
        buf_char(b, ',');
    buf_str(b, STR("\r\n"));
}

static void figures_reply(struct call *k, str only)
{
    struct figures_input in = {0};
    struct figure *f = NULL;
    int64_t as_of, year_from, year_to;
    int y, mo, dd, h, mi, s, ms;
    size_t n = 0, shown = 0;
    struct db_tx *t;
    struct err e = {0};
    enum err_code rc;
    str format, pipe, owner;
    struct buf b;
    struct jw w;

    if (!deals_query_time(k, STR("as_of"), clock_now_ms(), &as_of) || !api_query_str(k, STR("format"), &format) ||
        !api_query_str(k, STR("pipeline"), &pipe) || !api_query_str(k, STR("owner"), &owner))
        return;
    clock_to_civil(as_of, &y, &mo, &dd, &h, &mi, &s, &ms); /* without days: the quarter of as_of */
    mo = (mo - 1) / 3 * 3 + 1;
    year_from = clock_from_civil(y, mo, 1, 0, 0, 0, 0) / DAY_MS;
    year_to = clock_from_civil(mo == 10 ? y + 1 : y, mo == 10 ? 1 : mo + 3, 1, 0, 0, 0, 0) / DAY_MS;
    if (!deals_query_day(k, STR("from"), year_from, &in.from_day) ||
        !deals_query_day(k, STR("to"), year_to, &in.to_day))
        return;
    if (in.to_day <= in.from_day || in.to_day - in.from_day > 3700) {
        http_problem(k->rep, 400, STR_NULL, STR("bad query"),
                     STR("\"to\" must be after \"from\", by ten years at most"));
        return;
    }
    if (!(t = deals_begin(k)))
        return;
    in.as_of = as_of;
    rc = figures_load(t, deals_vaulted(k), pipe, owner, k->a, &in, &e);
    if (!deals_finish(k, t, rc, (struct id){{0}}, &e))
        return;
    for (size_t i = 0; i < in.facts_n; i++) /* deals the caller may not see count for nothing */
        if (!reader_sees_deal(k->who.reader, in.facts[i].deal))
            ((struct deal_facts *)(uintptr_t)in.facts)[i].pipe = NULL;
    figures_make(&in, k->a, &f, &n);
    buf_init_wiped(&b, 64 << 20);
    if (str_eq(format, STR("csv"))) {
        buf_str(&b, STR("id,part,value,unit,reason,n,low,high\r\n"));
        for (size_t i = 0; i < n; i++)
            csv_write(&f[i], &b, k->a);
        api_reply(k, 200, &b);
        http_header(k->rep, STR("content-type"), STR("text/csv; charset=utf-8"));
        return;
    }
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "from", crm_day_str(k->a, in.from_day));
    jw_kstr(&w, "to", crm_day_str(k->a, in.to_day));
    jw_kstr(&w, "as_of", clock_str(k->a, as_of));
    jw_karr(&w, "figures");
    for (size_t i = 0; i < n; i++)
        if (!only.n || str_eq(only, str_of(f[i].id))) {
            figure_write(&f[i], &in, only.n > 0, &w, k->a);
            shown++;
        }
    jw_end(&w);
    jw_end(&w);
    if (shown) {
        api_reply(k, 200, &b);
        return;
    }
    buf_done(&b);
    http_problem(k->rep, 404, STR_NULL, STR("not found"), STR("there is no such figure; GET /v1/analytics lists them"));
}

static void all_get(struct call *k)
{
    figures_reply(k, STR(""));
}

static void explain_get(struct call *k)
{
    str figure;

    if (api_query_str(k, STR("figure"), &figure))
        figures_reply(k, figure);
}

#define PERIOD_FIELDS                                                                                                  \
    {"from", RES_STR, 0, "First day; of the quarter when left out.", "\"2026-10-01\"", .max = 32},                     \
        {"to", RES_STR, 0, "Day after the last.", "\"2027-01-01\"", .max = 32}, AS_OF_FIELD,                           \
        {"pipeline",                                                                                                   \
         RES_STR,                                                                                                      \
         0,                                                                                                            \
         "Id of a pipeline; the one with most deals when left out.",                                                   \
         "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"",                                                                   \
         .max = 64},                                                                                                   \
        {"owner", RES_STR, 0, "Id, address or name of an owner.", "\"ann@us.example\"", .max = 320}
static const struct res_field all_fields[] = {
    PERIOD_FIELDS,
    {"format", RES_STR, 0, "csv for CSV.", "\"csv\"", .max = 8},
};
static const struct res_shape all_query = {"FiguresQuery", "Which period, whose deals.", RES_FIELDS(all_fields)};
static const struct res_field explain_fields[] = {
    PERIOD_FIELDS,
    {"figure", RES_STR, RES_NEEDED, "Name of a figure.", "\"win_rate\"", .min = 1, .max = 64},
};
static const struct res_shape explain_query = {"FigureExplainQuery", "Which figure.", RES_FIELDS(explain_fields)};

static const struct res_op ops[] = {
    {RES_OP_RAW, "list", HTTP_M_GET, "/v1/analytics", PERM_ANALYTICS_READ, "Read the figures of a period",
     .query = &all_query, .answer_type = "application/json", .raw = all_get},
    {RES_OP_RAW, "explain", HTTP_M_GET, "/v1/analytics/explain", PERM_ANALYTICS_READ,
     "Explain a figure: definition and inputs", .query = &explain_query, .answer_type = "application/json",
     .raw = explain_get},
};

const struct resource res_analytics = {
    .name = "analytics",
    .key = "analytics",
    .one = "figure",
    .about = "Figures of pipelines over a period, from history.",
    RES_OPS(ops),
};
