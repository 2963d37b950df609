/* api/warnings.c - the kinds of warnings: what they mean, how often people call them right, and what a pipeline makes of them. */
#include "api/deals_priv.h"
#include "deals/warnings_store.h"
#include "pipeline/deal_stage.h"
#include "records/crm.h"
#include "store/reader.h"

#define SOME_ID "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""

static const struct res_field pipe_fields[] = {
    {"pipeline", RES_ID, 0, "Which.", SOME_ID},
    {"name", RES_STR, RES_SEALED | RES_NULLABLE, "Its name.", "\"Sales\""},
    {"enabled", RES_BOOL, 0, "Whether it is looked for there.", "true"},
    {"severity", RES_INT, 0, "1 to 3.", "2"},
    {"chosen", RES_BOOL, 0, "Whether somebody chose so here; else the CRM or the default says so.", "false"},
};
static const struct res_shape pipe_shape = {"WarningOfPipeline", "What a pipeline makes of a warning.",
                                            RES_FIELDS(pipe_fields)};
enum { K_ID, K_NAME, K_WORDS, K_DEFINITION, K_VERSION, K_RIGHT, K_WRONG, K_PRECISION, K_LOW, K_HIGH, K_PIPES, K_COUNT };
static const struct res_field kind_fields[K_COUNT] = {
    [K_ID] = {"id", RES_STR, 0, "Its number.", "\"W02\""},
    [K_NAME] = {"name", RES_STR, 0, "Its name.", "\"ghosted\""},
    [K_WORDS] = {"words", RES_STR, 0, "What it says; %0 and so on are numbers.", "\"Nothing for %0 days.\""},
    [K_DEFINITION] = {"definition", RES_STR, 0, "When it holds.", "\"now - last activity >= days\""},
    [K_VERSION] = {"definition_version", RES_INT, 0, "Of the definition.", "1"},
    [K_RIGHT] = {"right", RES_INT, 0, "Verdicts that called it right.", "12"},
    [K_WRONG] = {"wrong", RES_INT, 0, "Verdicts that called it wrong.", "3"},
    [K_PRECISION] = {"precision", RES_REAL, RES_NULLABLE, "right / (right + wrong); null below five verdicts.", "0.8"},
    [K_LOW] = {"low", RES_REAL, RES_MAYBE, "Lower end of its Wilson interval, 95 %.", "0.55"},
    [K_HIGH] = {"high", RES_REAL, RES_MAYBE, "Upper end.", "0.93"},
    [K_PIPES] = {"pipelines", RES_OBJ, RES_LIST, "What each pipeline makes of it.", .of = &pipe_shape},
};
static const struct res_shape kind_shape = {"WarningKind", "A kind of warning.", RES_FIELDS(kind_fields)};
static const struct res_field kinds_fields[] = {
    {"warnings", RES_OBJ, RES_LIST, "All kinds.", .of = &kind_shape},
};
static const struct res_shape kinds_shape = {"WarningKinds", "The kinds of warnings.", RES_FIELDS(kinds_fields)};

static struct res_val pipes_of(struct res_ctx *c, const struct deals_shared *s, const str *names, int warning)
{
    struct res_val *list = ARENA_ARRAY(c->a, struct res_val, s->pipes_n + 1);

    for (size_t i = 0; i < s->pipes_n; i++) {
        struct res_val *p = ARENA_ARRAY(c->a, struct res_val, sizeof pipe_fields / sizeof *pipe_fields);
        double values[CRM_SETTING_VALUES];
        int severity;
        bool on = warning_settings(&s->pipes[i], ID_NIL, warning, values, &severity);
        p[0] = res_id(s->pipes[i].id);
        p[1] = res_str_or(names[i], RES_NULL);
        p[2] = res_bool(on);
        p[3] = res_i64(severity);
        p[4] = res_bool(s->pipes[i].choice[warning - 1].made);
        list[i] = res_obj(p);
    }
    return res_vals(list, s->pipes_n);
}

static struct res_val *kind_of(struct res_ctx *c, const struct deals_shared *s, const str *names, int warning,
                               const struct warning_clicks *clicks)
{
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, K_COUNT);
    const struct warning_row *row = &warning_rows[warning - 1];
    double precision, low, high;

    item[K_ID] = res_str(str_of(row->id));
    item[K_NAME] = res_str(str_of(row->name));
    item[K_WORDS] = res_str(str_of(row->words));
    item[K_DEFINITION] = res_str(str_of(row->definition));
    item[K_VERSION] = res_i64(WARNINGS_VERSION);
    item[K_RIGHT] = res_i64(clicks->right);
    item[K_WRONG] = res_i64(clicks->wrong);
    item[K_PRECISION] = res_null();
    if (warning_precision(clicks, &precision, &low, &high)) {
        item[K_PRECISION] = res_real(precision);
        item[K_LOW] = res_real(low);
        item[K_HIGH] = res_real(high);
    }
    item[K_PIPES] = pipes_of(c, s, names, warning);
    return item;
}

static enum err_code list_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                              struct res_val **out, struct err *e)
{
    struct warning_clicks clicks[WARNINGS_N];
    struct res_val *list = ARENA_ARRAY(c->a, struct res_val, WARNINGS_N);
    struct deals_shared s;
    struct id *ids;
    str *names;

    (void)id, (void)in, (void)query;
    if (deals_shared_load(c->t, c->v, c->a, &s, e) || warning_clicks_load(c->t, c->v, clicks, e))
        return e->code;
    ids = ARENA_ARRAY(c->a, struct id, s.pipes_n + 1);
    names = ARENA_ARRAY(c->a, str, s.pipes_n + 1);
    for (size_t i = 0; i < s.pipes_n; i++)
        ids[i] = s.pipes[i].id;
    if (record_names_load(c->t, c->v, NAME_PIPELINE, ids, s.pipes_n, c->a, names, e))
        return e->code;
    for (int w = 1; w <= WARNINGS_N; w++)
        list[w - 1] = res_obj(kind_of(c, &s, names, w, &clicks[w - 1]));
    *out = ARENA_ARRAY(c->a, struct res_val, 1);
    (*out)[0] = res_vals(list, WARNINGS_N);
    return ERR_OK;
}

/* By number or name; 0: none. */
static int warning_find(str said)
{
    for (int w = 1; w <= WARNINGS_N; w++)
        if (str_eq_nocase(said, str_of(warning_rows[w - 1].id)) || str_eq(said, str_of(warning_rows[w - 1].name)))
            return w;
    return 0;
}

#define WARNING_FIELD {"warning", RES_STR, RES_NEEDED, "Its number or name.", "\"W02\"", .min = 1, .max = 64}

/* ---- clicks ---- */

static const struct res_field judge_fields[] = {
    WARNING_FIELD,
    {"right", RES_BOOL, RES_NEEDED, "Whether it is rightly raised about this deal.", "true"},
};
static const struct res_shape judge_shape = {"WarningVerdict", "What a person says of a warning.",
                                             RES_FIELDS(judge_fields)};
static const struct res_field judged_fields[] = {
    {"warning", RES_STR, 0, "Its number.", "\"W02\""},
    {"right", RES_INT, 0, "Verdicts that called this kind right.", "13"},
    {"wrong", RES_INT, 0, "Verdicts that called it wrong.", "3"},
};
static const struct res_shape judged_shape = {"WarningJudged", "A kind of warning after a click.",
                                              RES_FIELDS(judged_fields)};

static enum err_code judge_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                               struct res_val **out, struct err *e)
{
    struct warning_clicks clicks[WARNINGS_N];
    int w = warning_find(in[0].v.s);
    enum err_code rc;
    str name;

    (void)query;
    if (record_names_load(c->t, c->v, NAME_DEAL, &id, 1, c->a, &name, e))
        return e->code;
    if (!name.n || !reader_sees_deal(c->who.reader, id))
        return err_set(e, ERR_NOT_FOUND, "there is no such deal, or you may not see it");
    rc = w ? warning_judge(c->t, c->v, id, w, caller_actor(&c->who), in[1].v.b, clock_now_ms(), e) : ERR_NOT_FOUND;
    if (rc == ERR_NOT_FOUND)
        return res_say(c, 422, "no such warning", STR("the deal has, and had, no warning of this name"), e);
    if (rc || warning_clicks_load(c->t, c->v, clicks, e))
        return e->code;
    *out = ARENA_ARRAY(c->a, struct res_val, 3);
    (*out)[0] = res_str(str_of(warning_rows[w - 1].id));
    (*out)[1] = res_i64(clicks[w - 1].right);
    (*out)[2] = res_i64(clicks[w - 1].wrong);
    return ERR_OK;
}

/* ---- settings ---- */

enum { S_PIPELINE, S_WARNING, S_ENABLED, S_SEVERITY };
static const struct res_field choose_fields[] = {
    [S_PIPELINE] = {"pipeline", RES_ID, RES_NEEDED, "Which pipeline.", SOME_ID},
    [S_WARNING] = WARNING_FIELD,
    [S_ENABLED] = {"enabled", RES_BOOL, RES_NEEDED, "Whether it is to be looked for.", "false"},
    [S_SEVERITY] = {"severity", RES_INT, 0, "1 to 3; 0 or left out: as it would be.", "3", .max = 3},
};
static const struct res_shape choose_shape = {"WarningChoice", "What a pipeline is to make of a warning.",
                                              RES_FIELDS(choose_fields)};

static enum err_code choose_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                                struct res_val **out, struct err *e)
{
    int w = warning_find(in[S_WARNING].v.s);
    struct id *deals;
    size_t n;

    (void)id, (void)query, (void)out;
    if (!w)
        return res_say(c, 422, "no such warning", STR("GET /v1/warnings lists them"), e);
    if (warning_choose(c->t, c->v, in[S_PIPELINE].v.id, w, in[S_ENABLED].v.b,
                       in[S_SEVERITY].is == RES_SET ? (int)in[S_SEVERITY].v.i : 0, caller_actor(&c->who),
                       clock_now_ms(), c->a, &deals, &n, e))
        return e->code;
    return deals_wake(c->t, c->v, deals, n, e);
}

static const struct res_op ops[] = {
    {RES_OP_ACT, "list", HTTP_M_GET, "/v1/warnings", PERM_DEALS_READ,
     "List the kinds of warnings with their precision and settings", .answer = &kinds_shape, .csv = "warnings",
     .flags = RES_OP_SAFE, .act = list_act},
    {RES_OP_ACT, "judge", HTTP_M_POST, "/v1/deals/{id}/warnings", PERM_ACTIONS_DECIDE,
     "Say of a warning of a deal whether it is right", .body = &judge_shape, .answer = &judged_shape, .act = judge_act},
    {RES_OP_ACT, "choose", HTTP_M_PUT, "/v1/warnings/settings", PERM_PLAYBOOKS_WRITE,
     "Switch a warning of a pipeline on or off, or give it a severity", .body = &choose_shape, .status = 204,
     .audit = AUDIT_ADMIN, .act = choose_act},
};

const struct resource res_warnings = {
    .name = "warnings",
    .key = "warnings",
    .one = "warning",
    .about = "The kinds of warnings about deals.",
    RES_OPS(ops),
};
