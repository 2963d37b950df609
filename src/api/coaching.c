/* api/coaching.c - figures of the people who sell, over a period, each with its definition and inputs; and what stands out. */
#include "analytics/coaching_load.h"
#include "api/deals_priv.h"
#include "records/accounts.h"
#include "search/index.h"
#include "store/reader.h"

#define SOME_ID "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""

enum {
    F_REP,
    F_NAME,
    F_FIGURE,
    F_PART,
    F_VALUE,
    F_UNIT,
    F_REASON,
    F_N,
    F_MEDIAN,
    F_LOW,
    F_HIGH,
    F_POOLED,
    F_PERCENTILE,
    F_VERSION,
    F_DEFINITION,
    F_INPUTS,
    F_INPUTS_OF,
    F_COUNT
};
static const char *const inputs_words[] = {"calls", "deals", "comments", "scorecards", "verdicts", NULL};
static const struct res_field fields[F_COUNT] = {
    [F_REP] = {"rep", RES_ID, RES_NULLABLE, "The person; null: the team.", SOME_ID, .to = "people"},
    [F_NAME] = {"name", RES_STR, RES_SEALED | RES_NULLABLE, "Their name.", "\"Ann Lee\""},
    [F_FIGURE] = {"id", RES_STR, 0, "Which figure.", "\"talk_ratio\""},
    [F_PART] = {"part", RES_STR, RES_MAYBE, "Which part of it.", "\"PRICE\""},
    [F_VALUE] = {"value", RES_REAL, RES_NULLABLE, "Mean, share or count; null: see reason.", "0.43"},
    [F_UNIT] = {"unit", RES_STR, 0, "Its unit.", "\"1\""},
    [F_REASON] = {"reason", RES_STR, RES_MAYBE, "Why there is none.", "\"small_n\""},
    [F_N] = {"n", RES_INT, 0, "Of how many: calls, deals ... of a rep, reps of a team.", "12"},
    [F_MEDIAN] = {"median", RES_REAL, RES_MAYBE, "Their median.", "0.41"},
    [F_LOW] = {"low", RES_REAL, RES_MAYBE, "Lower end of the 95 % interval.", "0.38"},
    [F_HIGH] = {"high", RES_REAL, RES_MAYBE, "Upper end of it.", "0.47"},
    [F_POOLED] = {"pooled", RES_REAL, RES_MAYBE, "Sum of numerators / sum of denominators, where both are known.",
                  "0.42"},
    [F_PERCENTILE] = {"percentile", RES_REAL, RES_MAYBE, "Where the rep stands among reps with a value, 0 to 100.",
                      "60"},
    [F_VERSION] = {"definition_version", RES_INT, 0, "Of the definition.", "1"},
    [F_DEFINITION] = {"definition", RES_STR, RES_MAYBE | RES_DETAIL, "How it is worked out.", "\"mean per call ...\""},
    [F_INPUTS] = {"inputs", RES_ID, RES_LIST | RES_MAYBE | RES_DETAIL, "Rows it is made of: calls, deals, comments.",
                  SOME_ID},
    [F_INPUTS_OF] = {"inputs_of", RES_ENUM, RES_MAYBE | RES_DETAIL, "What those rows are.", "\"calls\"",
                     .words = inputs_words},
};
static const struct res_shape shape = {"CoachingFigure", "A figure of somebody who sells.", RES_FIELDS(fields)};

struct asked {
    int64_t from_day, to_day;
    struct id rep; /* nil: everybody and the team */
    bool has_rep;
    str figure; /* empty: all */
    struct coaching k;
    size_t known_n; /* of k.reps and k.names; k.in may have fewer */
};

static bool sees(void *arg, struct id interaction)
{
    const struct res_ctx *c = arg;

    return index_seen(c->api->core->ix, c->who.reader, interaction);
}

enum { Q_REP = ANALYTICS_AS_OF + 1, Q_FIGURE };

/* By id, by the name of one who has figures, or by mail address. */
static enum err_code rep_find(struct res_ctx *c, str said, struct asked *out, struct err *e)
{
    if (id_parse(said, &out->rep))
        return ERR_OK;
    for (size_t i = 0; i < out->known_n; i++)
        if (str_eq_nocase(out->k.names[i], str_trim(said))) {
            out->rep = out->k.reps[i];
            return ERR_OK;
        }
    if (named_find(c->t, c->v, NAMED_PERSON, said, c->a, &out->rep, e) == ERR_NOT_FOUND)
        return res_say(c, 404, "not found", STR("nobody of that name has figures in this period"), e);
    return e->code;
}

/* Whose permission reaches no further than their own sees no figure of others, nor what is made of theirs. */
static void own_only(const struct res_ctx *c, struct coach_input *in)
{
    struct id *reps = ARENA_ARRAY(c->a, struct id, in->reps_n + 1);
    struct coach_item *items = ARENA_ARRAY(c->a, struct coach_item, in->items_n + 1);
    struct coach_rating *ratings = ARENA_ARRAY(c->a, struct coach_rating, in->ratings_n + 1);
    size_t reps_n = 0, items_n = 0, ratings_n = 0;

    for (size_t i = 0; i < in->reps_n; i++)
        if (id_set_has(&c->who.self, in->reps[i]))
            reps[reps_n++] = in->reps[i];
    for (size_t i = 0; i < in->items_n; i++)
        if (id_set_has(&c->who.self, in->items[i].rep))
            items[items_n++] = in->items[i];
    for (size_t i = 0; i < in->ratings_n; i++)
        if (id_set_has(&c->who.self, in->ratings[i].rep))
            ratings[ratings_n++] = in->ratings[i];
    in->reps = reps;
    in->reps_n = reps_n;
    in->items = items;
    in->items_n = items_n;
    in->ratings = ratings;
    in->ratings_n = ratings_n;
}

static enum err_code asked_read(struct res_ctx *c, const struct res_val *q, struct asked *out, struct err *e)
{
    *out = (struct asked){0};
    if (analytics_period(c, q, &out->from_day, &out->to_day, &out->k.in.as_of, e))
        return e->code;
    out->has_rep = q[Q_REP].is == RES_SET && q[Q_REP].v.s.n;
    out->figure = q[Q_FIGURE].is == RES_SET ? q[Q_FIGURE].v.s : STR("");
    out->k.in.from_ms = out->from_day * DAY_MS;
    out->k.in.to_ms = out->to_day * DAY_MS;
    if (coaching_load(c->t, c->v, sees, c, c->a, &out->k, e))
        return e->code;
    out->known_n = out->k.in.reps_n;
    if (c->who.reach == REACH_OWN)
        own_only(c, &out->k.in);
    return out->has_rep ? rep_find(c, q[Q_REP].v.s, out, e) : ERR_OK;
}

static str name_of(const struct asked *q, struct id rep)
{
    for (size_t i = 0; i < q->known_n; i++)
        if (id_eq(q->k.reps[i], rep))
            return q->k.names[i];
    return STR("");
}

static struct res_val real_if(bool there, double x)
{
    return there ? res_real(x) : res_absent();
}

static struct res_val *item_of(struct res_ctx *c, const struct asked *q, const struct coach_figure *f, bool inputs)
{
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, F_COUNT), *ids;

    item[F_REP] = res_id(f->rep);
    item[F_NAME] = res_str_or(name_of(q, f->rep), RES_NULL);
    item[F_FIGURE] = res_str(str_of(f->id));
    if (f->part)
        item[F_PART] = res_str(str_of(f->part));
    item[F_VALUE] = f->has_value ? res_real(f->value) : res_null();
    item[F_UNIT] = res_str(str_of(f->unit));
    if (!f->has_value)
        item[F_REASON] = res_str(str_of(f->reason));
    item[F_N] = res_i64(f->n);
    item[F_MEDIAN] = real_if(f->has_median, f->median);
    item[F_LOW] = real_if(f->has_interval, f->low);
    item[F_HIGH] = real_if(f->has_interval, f->high);
    item[F_POOLED] = real_if(f->has_pooled, f->pooled);
    item[F_PERCENTILE] = real_if(f->has_percentile, f->percentile);
    item[F_VERSION] = res_i64(COACHING_VERSION);
    if (!inputs)
        return item;
    item[F_DEFINITION] = res_str(str_of(coaching_definition(f->id)));
    ids = ARENA_ARRAY(c->a, struct res_val, f->inputs_n + 1);
    for (size_t i = 0; i < f->inputs_n; i++)
        ids[i] = res_id(f->inputs[i]);
    item[F_INPUTS] = res_vals(ids, f->inputs_n);
    item[F_INPUTS_OF] = res_str(str_of(coaching_inputs_of(f->id)));
    return item;
}

static struct res_val *said(struct res_ctx *c, const struct asked *q, struct res_val *list, size_t n)
{
    struct res_val *out = ARENA_ARRAY(c->a, struct res_val, 4);

    out[0] = res_str(crm_day_str(c->a, q->from_day));
    out[1] = res_str(crm_day_str(c->a, q->to_day));
    out[2] = res_time(q->k.in.as_of);
    out[3] = res_vals(list, n);
    return out;
}

static enum err_code figures_say(struct res_ctx *c, const struct res_val *query, bool inputs, struct res_val **out,
                                 struct err *e)
{
    struct coach_figure *f;
    struct res_val *list;
    size_t n, shown = 0;
    struct asked q;

    if (asked_read(c, query, &q, e))
        return e->code;
    if (q.figure.n && !coaching_definition(str_cz(c->a, q.figure)))
        return res_say(c, 404, "not found", STR("there is no such figure; GET /v1/analytics/coaching lists them"), e);
    coaching_make(&q.k.in, c->a, &f, &n);
    list = ARENA_ARRAY(c->a, struct res_val, n + 1);
    for (size_t i = 0; i < n; i++)
        if ((!q.has_rep || id_eq(f[i].rep, q.rep)) && (!q.figure.n || str_eq(q.figure, str_of(f[i].id))))
            list[shown++] = res_obj(item_of(c, &q, &f[i], inputs));
    *out = said(c, &q, list, shown);
    return ERR_OK;
}

static enum err_code all_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                             struct res_val **out, struct err *e)
{
    (void)id, (void)in;
    return figures_say(c, query, false, out, e);
}

static enum err_code explain_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                                 struct res_val **out, struct err *e)
{
    (void)id, (void)in;
    return figures_say(c, query, true, out, e);
}

/* ---- what stands out ---- */

enum {
    A_REP,
    A_NAME,
    A_FIGURE,
    A_PART,
    A_AGAINST,
    A_MEAN,
    A_OTHER,
    A_N,
    A_OTHER_N,
    A_P,
    A_Q,
    A_ALERT,
    A_VERSION,
    A_COUNT
};
static const char *const againsts[] = {"own", "peers", NULL};
static const struct res_field alert_fields[A_COUNT] = {
    [A_REP] = {"rep", RES_ID, 0, "The person.", SOME_ID, .to = "people"},
    [A_NAME] = {"name", RES_STR, RES_SEALED | RES_NULLABLE, "Their name.", "\"Ann Lee\""},
    [A_FIGURE] = {"id", RES_STR, 0, "Which figure.", "\"talk_ratio\""},
    [A_PART] = {"part", RES_STR, RES_MAYBE, "Which part of it.", "\"PRICE\""},
    [A_AGAINST] = {"against", RES_ENUM, 0, "Their own past, or the others in the same 30 days.", "\"own\"",
                   .words = againsts},
    [A_MEAN] = {"mean", RES_REAL, 0, "Mean of the trailing 30 days.", "0.7"},
    [A_OTHER] = {"other_mean", RES_REAL, 0, "Mean of what it is compared with.", "0.45"},
    [A_N] = {"n", RES_INT, 0, "Values of the trailing 30 days.", "9"},
    [A_OTHER_N] = {"other_n", RES_INT, 0, "Values it is compared with.", "41"},
    [A_P] = {"p", RES_REAL, 0, "Welch's test of means, two-sided.", "0.0004"},
    [A_Q] = {"q", RES_REAL, 0, "p after Benjamini and Hochberg over the reps.", "0.0024"},
    [A_ALERT] = {"alert", RES_BOOL, 0, "Whether q is 0.01 or less.", "true"},
    [A_VERSION] = {"definition_version", RES_INT, 0, "Of the definition.", "1"},
};
static const struct res_shape alert_shape = {"CoachingAlert", "A figure of a rep that differs.",
                                             RES_FIELDS(alert_fields)};

static struct res_val *alert_of(struct res_ctx *c, const struct asked *q, const struct coach_test *t)
{
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, A_COUNT);

    item[A_REP] = res_id(t->rep);
    item[A_NAME] = res_str_or(name_of(q, t->rep), RES_NULL);
    item[A_FIGURE] = res_str(str_of(t->id));
    if (t->part)
        item[A_PART] = res_str(str_of(t->part));
    item[A_AGAINST] = res_str(str_of(againsts[t->peers]));
    item[A_MEAN] = res_real(t->mean);
    item[A_OTHER] = res_real(t->other_mean);
    item[A_N] = res_i64(t->n);
    item[A_OTHER_N] = res_i64(t->other_n);
    item[A_P] = res_real(t->p);
    item[A_Q] = res_real(t->q);
    item[A_ALERT] = res_bool(t->alert);
    item[A_VERSION] = res_i64(COACHING_VERSION);
    return item;
}

enum { Q_ALL = Q_FIGURE + 1 };

static enum err_code alerts_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                                struct res_val **out, struct err *e)
{
    struct coach_test *t;
    struct res_val *list;
    size_t n, shown = 0;
    struct asked q;

    (void)id, (void)in;
    if (asked_read(c, query, &q, e))
        return e->code;
    coaching_alerts(&q.k.in, c->a, &t, &n);
    list = ARENA_ARRAY(c->a, struct res_val, n + 1);
    for (size_t i = 0; i < n; i++)
        if ((!q.has_rep || id_eq(t[i].rep, q.rep)) && (!q.figure.n || str_eq(q.figure, str_of(t[i].id))) &&
            (t[i].alert || (query[Q_ALL].is == RES_SET && query[Q_ALL].v.b)))
            list[shown++] = res_obj(alert_of(c, &q, &t[i]));
    *out = said(c, &q, list, shown);
    return ERR_OK;
}

/* ---- operations ---- */

#define SAID_FIELDS(key, of_)                                                                                          \
    {"from", RES_STR, 0, "First day.", "\"2026-10-01\""}, {"to", RES_STR, 0, "Day after the last.", "\"2027-01-01\""}, \
        {"as_of", RES_TIME, 0, "As of when.", "\"2026-11-20T08:00:00.000Z\""},                                         \
    {                                                                                                                  \
        key, RES_OBJ, RES_LIST, "Them.", .of = &(of_)                                                                  \
    }
static const struct res_field said_fields[] = {SAID_FIELDS("figures", shape)};
static const struct res_shape said_shape = {"CoachingFigures", "Figures of reps.", RES_FIELDS(said_fields)};
static const struct res_field alerts_fields[] = {SAID_FIELDS("alerts", alert_shape)};
static const struct res_shape alerts_shape = {"CoachingAlerts", "What stands out.", RES_FIELDS(alerts_fields)};

#define REP_FIELD {"rep", RES_STR, 0, "Only of this person: id, address or name.", "\"Ann Lee\"", .max = 320}
#define FIGURE_FIELD(flags) {"figure", RES_STR, flags, "Only this figure.", "\"talk_ratio\"", .max = 64}
static const char *const formats[] = {"json", "csv", NULL};
static const struct res_field all_fields[] = {
    ANALYTICS_PERIOD_FIELDS,
    REP_FIELD,
    FIGURE_FIELD(0),
    {"format", RES_ENUM, 0, "csv for CSV, as with Accept: text/csv.", "\"csv\"", .words = formats},
};
static const struct res_shape all_query = {"CoachingQuery", "Which period, whose.", RES_FIELDS(all_fields)};
static const struct res_field explain_fields[] = {ANALYTICS_PERIOD_FIELDS, REP_FIELD, FIGURE_FIELD(RES_NEEDED)};
static const struct res_shape explain_query = {"CoachingExplainQuery", "Which figure.", RES_FIELDS(explain_fields)};
static const struct res_field alert_query_fields[] = {
    ANALYTICS_PERIOD_FIELDS,
    REP_FIELD,
    FIGURE_FIELD(0),
    {"all", RES_BOOL, 0, "Also what does not stand out.", "false"},
};
static const struct res_shape alert_query = {"CoachingAlertQuery", "Which.", RES_FIELDS(alert_query_fields)};

static const struct res_op ops[] = {
    {RES_OP_ACT, "list", HTTP_M_GET, "/v1/analytics/coaching", PERM_ANALYTICS_READ, "Read the figures of reps",
     .query = &all_query, .answer = &said_shape, .csv = "figures", .flags = RES_OP_SAFE, .audit = AUDIT_READ,
     .act = all_act},
    {RES_OP_ACT, "explain", HTTP_M_GET, "/v1/analytics/coaching/explain", PERM_ANALYTICS_READ,
     "Explain a figure of reps: definition and inputs", .query = &explain_query, .answer = &said_shape,
     .flags = RES_OP_SAFE, .audit = AUDIT_READ, .act = explain_act},
    {RES_OP_ACT, "alerts", HTTP_M_GET, "/v1/analytics/coaching/alerts", PERM_ANALYTICS_READ,
     "Read where a rep's last 30 days differ from before, or from the others", .query = &alert_query,
     .answer = &alerts_shape, .flags = RES_OP_SAFE, .audit = AUDIT_READ, .act = alerts_act},
};

const struct resource res_coaching = {
    .name = "coaching",
    .key = "coaching",
    .one = "coaching figure",
    .about = "Figures of the people who sell.",
    RES_OPS(ops),
};
