/* api/analytics.c - the figures of a pipeline over a period, as JSON or CSV, each with its definition and inputs on request. */
#include "analytics/figures_load.h"
#include "api/deals_priv.h"
#include "insight/findings.h"
#include "records/crm.h"
#include "store/reader.h"

enum {
    F_ID_,
    F_PART,
    F_STAGE,
    F_VALUE,
    F_UNIT,
    F_REASON,
    F_N,
    F_LOW,
    F_HIGH,
    F_VERSION,
    F_DEFINITION,
    F_FROM,
    F_TO,
    F_INPUTS,
    F_COUNT
};
static const struct res_field fields[F_COUNT] = {
    [F_ID_] = {"id", RES_STR, 0, "Its name.", "\"win_rate\""},
    [F_PART] = {"part", RES_STR, RES_MAYBE, "Which part of it.", "\"count\""},
    [F_STAGE] = {"stage", RES_STR, RES_MAYBE | RES_SEALED, "Name of the stage, where the part is one.",
                 "\"Discovery\""},
    [F_VALUE] = {"value", RES_JSON, RES_NULLABLE, "A number, or money as a decimal text; null: see reason.", "0.31"},
    [F_UNIT] = {"unit", RES_STR, 0, "Its unit.", "\"share\""},
    [F_REASON] = {"reason", RES_STR, RES_MAYBE, "Why there is none.", "\"too_few\""},
    [F_N] = {"n", RES_INT, 0, "Of how many it is made.", "42"},
    [F_LOW] = {"low", RES_REAL, RES_MAYBE, "Lower end of its interval.", "0.2"},
    [F_HIGH] = {"high", RES_REAL, RES_MAYBE, "Upper end of its interval.", "0.4"},
    [F_VERSION] = {"definition_version", RES_INT, RES_DETAIL, "Of the definition.", "1"},
    [F_DEFINITION] = {"definition", RES_STR, RES_MAYBE | RES_DETAIL, "How it is worked out.", "\"won / (won + lost)\""},
    [F_FROM] = {"from", RES_STR, RES_MAYBE | RES_DETAIL, "First day.", "\"2026-10-01\""},
    [F_TO] = {"to", RES_STR, RES_MAYBE | RES_DETAIL, "Day after the last.", "\"2027-01-01\""},
    [F_INPUTS] = {"inputs", RES_ID, RES_LIST | RES_MAYBE | RES_DETAIL, "Rows it is made of.",
                  "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
};
static const struct res_shape shape = {"Figure", "A figure of a period.", RES_FIELDS(fields)};

static struct res_val value_of(struct arena *a, const struct figure *f)
{
    struct buf b;
    struct jw w;
    str out;

    if (!f->has_value)
        return res_null();
    buf_init(&b, 256);
    jw_init(&w, &b);
    if (f->money)
        jw_str(&w, crm_micros_str(a, f->micros));
    else
        jw_real(&w, f->value);
    out = str_dup(a, buf_view(&b));
    buf_done(&b);
    return res_str(out);
}

/* Part of a figure: a competitor by name, where it is one that is looked for. */
static str part_of(struct res_ctx *c, const struct figure *f)
{
    const struct core *core = c->api->core;

    if (!str_starts(str_of(f->id), STR("competitor_")))
        return str_of(f->part);
    for (size_t i = 0; i < core->competitors_n; i++)
        if (str_eq(competitor_class(core->competitors[i], c->a), str_of(f->part)))
            return core->competitors[i];
    return str_of(f->part);
}

/* Names of the stages of the pipeline, in their order. */
static enum err_code stages_name(struct res_ctx *c, const struct figures_input *in, str **out, struct err *e)
{
    size_t n = in->pipe ? in->pipe->stages_n : 0;
    struct id *ids = ARENA_ARRAY(c->a, struct id, n + 1);

    *out = ARENA_ARRAY(c->a, str, n + 1);
    for (size_t i = 0; i < n; i++)
        ids[i] = in->pipe->stages[i].id;
    return record_names_load(c->t, c->v, NAME_STAGE, ids, n, c->a, *out, e);
}

/* The stage a part stands for. */
static struct res_val stage_of(const struct figure *f, const struct figures_input *in, const str *names)
{
    int64_t ordinal;

    for (size_t i = 0; in->pipe && f->part && str_to_i64(str_of(f->part), &ordinal) && i < in->pipe->stages_n; i++)
        if (in->pipe->stages[i].ordinal == ordinal)
            return res_str_or(names[i], RES_ABSENT);
    return res_absent();
}

static struct res_val *item_of(struct res_ctx *c, const struct figure *f, const struct figures_input *in,
                               const str *names, bool inputs)
{
    struct arena *a = c->a;
    struct res_val *item = ARENA_ARRAY(a, struct res_val, F_COUNT), *ids;

    item[F_ID_] = res_str(str_of(f->id));
    if (f->part)
        item[F_PART] = res_str(part_of(c, f));
    item[F_STAGE] = stage_of(f, in, names);
    item[F_VALUE] = value_of(a, f);
    item[F_UNIT] = res_str(str_of(f->unit));
    if (!f->has_value)
        item[F_REASON] = res_str(str_of(f->reason));
    item[F_N] = res_i64(f->n);
    if (f->has_interval) {
        item[F_LOW] = res_real(f->low);
        item[F_HIGH] = res_real(f->high);
    }
    item[F_VERSION] = res_i64(FIGURES_VERSION);
    if (!inputs)
        return item;
    item[F_DEFINITION] = res_str(str_of(figure_definition(f->id)));
    item[F_FROM] = res_str(crm_day_str(a, in->from_day));
    item[F_TO] = res_str(crm_day_str(a, in->to_day));
    ids = ARENA_ARRAY(a, struct res_val, f->inputs_n + 1);
    for (size_t i = 0; i < f->inputs_n; i++)
        ids[i] = res_id(f->inputs[i]);
    item[F_INPUTS] = res_vals(ids, f->inputs_n);
    return item;
}

/* ---- of which period, whose ---- */

enum { Q_PIPELINE = ANALYTICS_AS_OF + 1, Q_OWNER, Q_FIGURE };

static bool day_read(const struct res_val *v, int64_t fallback, int64_t *out)
{
    *out = fallback;
    return v->is != RES_SET || !v->v.s.n || crm_day_parse(v->v.s, out);
}

enum err_code analytics_period(struct res_ctx *c, const struct res_val *q, int64_t *out_from_day, int64_t *out_to_day,
                               int64_t *out_as_of, struct err *e)
{
    int y, mo, dd, h, mi, s, ms;
    int64_t from, to;

    *out_as_of = deals_time(&q[ANALYTICS_AS_OF], clock_now_ms());
    clock_to_civil(*out_as_of, &y, &mo, &dd, &h, &mi, &s, &ms);
    mo = (mo - 1) / 3 * 3 + 1;
    from = clock_from_civil(y, mo, 1, 0, 0, 0, 0) / DAY_MS;
    to = clock_from_civil(mo == 10 ? y + 1 : y, mo == 10 ? 1 : mo + 3, 1, 0, 0, 0, 0) / DAY_MS;
    if (!day_read(&q[ANALYTICS_FROM], from, out_from_day) || !day_read(&q[ANALYTICS_TO], to, out_to_day))
        return res_say(c, 400, "bad query", STR("\"from\" and \"to\" must be days such as 2026-10-01"), e);
    if (*out_to_day <= *out_from_day || *out_to_day - *out_from_day > 3700)
        return res_say(c, 409, "no such period", STR("\"to\" must be after \"from\", by ten years at most"), e);
    return ERR_OK;
}

static enum err_code figures_act(struct res_ctx *c, const struct res_val *q, str only, struct res_val **out,
                                 struct err *e)
{
    struct figures_input in = {0};
    struct figure *f = NULL;
    struct res_val *list;
    size_t n = 0, shown = 0;
    str *names;

    if (analytics_period(c, q, &in.from_day, &in.to_day, &in.as_of, e) ||
        figures_load(c->t, c->v, q[Q_PIPELINE].is == RES_SET ? q[Q_PIPELINE].v.s : STR(""),
                     q[Q_OWNER].is == RES_SET ? q[Q_OWNER].v.s : STR(""), c->a, &in, e) ||
        stages_name(c, &in, &names, e))
        return e->code;
    for (size_t i = 0; i < in.facts_n; i++) /* deals the caller may not see count for nothing */
        if (!reader_sees_deal(c->who.reader, in.facts[i].deal))
            ((struct deal_facts *)(uintptr_t)in.facts)[i].pipe = NULL;
    figures_make(&in, c->a, &f, &n);
    list = ARENA_ARRAY(c->a, struct res_val, n + 1);
    for (size_t i = 0; i < n; i++)
        if (!only.n || str_eq(only, str_of(f[i].id)))
            list[shown++] = res_obj(item_of(c, &f[i], &in, names, only.n > 0));
    if (!shown)
        return res_say(c, 404, "not found", STR("there is no such figure; GET /v1/analytics lists them"), e);
    *out = ARENA_ARRAY(c->a, struct res_val, 4);
    (*out)[0] = res_str(crm_day_str(c->a, in.from_day));
    (*out)[1] = res_str(crm_day_str(c->a, in.to_day));
    (*out)[2] = res_time(in.as_of);
    (*out)[3] = res_vals(list, shown);
    return ERR_OK;
}

static enum err_code all_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                             struct res_val **out, struct err *e)
{
    (void)id, (void)in;
    return figures_act(c, query, STR(""), out, e);
}

static enum err_code explain_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                                 struct res_val **out, struct err *e)
{
    (void)id, (void)in;
    return figures_act(c, query, query[Q_FIGURE].v.s, out, e);
}

static const struct res_field said_fields[] = {
    {"from", RES_STR, 0, "First day.", "\"2026-10-01\""},
    {"to", RES_STR, 0, "Day after the last.", "\"2027-01-01\""},
    {"as_of", RES_TIME, 0, "As of when.", "\"2026-11-20T08:00:00.000Z\""},
    {"figures", RES_OBJ, RES_LIST, "The figures.", .of = &shape},
};
static const struct res_shape said_shape = {"Figures", "Figures of a period.", RES_FIELDS(said_fields)};

#define PERIOD_FIELDS                                                                                                  \
    ANALYTICS_PERIOD_FIELDS,                                                                                           \
        {"pipeline",                                                                                                   \
         RES_STR,                                                                                                      \
         0,                                                                                                            \
         "Id of a pipeline; the one with most deals when left out.",                                                   \
         "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"",                                                                   \
         .max = 64},                                                                                                   \
        {"owner", RES_STR, 0, "Id, address or name of an owner.", "\"ann@us.example\"", .max = 320}
static const char *const formats[] = {"json", "csv", NULL};
static const struct res_field all_fields[] = {
    PERIOD_FIELDS,
    {"format", RES_ENUM, 0, "csv for CSV, as with Accept: text/csv.", "\"csv\"", .words = formats},
};
static const struct res_shape all_query = {"FiguresQuery", "Which period, whose deals.", RES_FIELDS(all_fields)};
static const struct res_field explain_fields[] = {
    PERIOD_FIELDS,
    {"figure", RES_STR, RES_NEEDED, "Name of a figure.", "\"win_rate\"", .min = 1, .max = 64},
};
static const struct res_shape explain_query = {"FigureExplainQuery", "Which figure.", RES_FIELDS(explain_fields)};

static const struct res_op ops[] = {
    {RES_OP_ACT, "list", HTTP_M_GET, "/v1/analytics", PERM_ANALYTICS_READ, "Read the figures of a period",
     .query = &all_query, .answer = &said_shape, .csv = "figures", .flags = RES_OP_SAFE, .audit = AUDIT_READ,
     .act = all_act},
    {RES_OP_ACT, "explain", HTTP_M_GET, "/v1/analytics/explain", PERM_ANALYTICS_READ,
     "Explain a figure: definition and inputs", .query = &explain_query, .answer = &said_shape, .flags = RES_OP_SAFE,
     .audit = AUDIT_READ, .act = explain_act},
};

const struct resource res_analytics = {
    .name = "analytics",
    .key = "analytics",
    .one = "figure",
    .about = "Figures of pipelines over a period, from history.",
    RES_OPS(ops),
};
