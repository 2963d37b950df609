/* api/deals_edit.c - deals that people make and change here: what they say becomes events of the history. */
#include "api/deals_priv.h"
#include "gateway/users.h"
#include "pipeline/deal_stage.h"
#include "pipeline/worker.h"
#include "records/accounts.h"
#include "records/deal_edit.h"
#include "records/people.h"
#include "store/event_store.h"

enum { EDITS_MAX = 8 };

struct edits {
    struct res_ctx *c;
    struct deals_shared shared;
    struct id pipeline; /* the deal's own afterwards; nil: none */
    bool moved;         /* to another pipeline */
    struct deal_edit list[EDITS_MAX];
    size_t n;
};

static void edit_add(struct edits *x, struct deal_edit one)
{
    x->list[x->n++] = one;
}

static bool given(const struct res_val *v)
{
    return v->is != RES_ABSENT;
}

/* By id, or by name as the CRM gives it; nil when there is none of them, or more than one of that name. */
static enum err_code find(struct res_ctx *c, enum name_kind kind, str said, const struct id *ids, size_t n,
                          struct id *out, struct err *e)
{
    str *names = ARENA_ARRAY(c->a, str, n + 1);
    size_t found = 0;
    struct id id;

    *out = ID_NIL;
    if (record_names_load(c->t, c->v, kind, ids, n, c->a, names, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        bool by_id = id_parse(said, &id) && id_eq(id, ids[i]);
        if (by_id || str_eq_nocase(names[i], str_trim(said))) {
            *out = ids[i];
            found++;
        }
        if (by_id)
            return ERR_OK;
    }
    if (found > 1)
        *out = ID_NIL;
    return ERR_OK;
}

static const struct deal_pipeline *pipe_of(const struct edits *x)
{
    for (size_t i = 0; i < x->shared.pipes_n; i++)
        if (id_eq(x->shared.pipes[i].id, x->pipeline))
            return &x->shared.pipes[i];
    return NULL;
}

/* The pipeline that is named; without a name the one there is, if there is one only. */
static enum err_code pipeline_read(struct edits *x, const struct res_val *v, struct err *e)
{
    struct res_ctx *c = x->c;
    struct id *ids = ARENA_ARRAY(c->a, struct id, x->shared.pipes_n + 1), was = x->pipeline;

    for (size_t i = 0; i < x->shared.pipes_n; i++)
        ids[i] = x->shared.pipes[i].id;
    if (v->is == RES_SET) {
        if (find(c, NAME_PIPELINE, v->v.s, ids, x->shared.pipes_n, &x->pipeline, e))
            return e->code;
        if (id_is_nil(x->pipeline))
            return res_say(c, 422, "no such pipeline", STR("\"pipeline\" is the id or the name of one"), e);
    } else if (id_is_nil(x->pipeline) && x->shared.pipes_n == 1) {
        x->pipeline = ids[0];
    }
    x->moved = !id_eq(x->pipeline, was);
    if (x->moved)
        edit_add(x, (struct deal_edit){.field = CRM_F_PIPELINE, .ref = x->pipeline});
    return ERR_OK;
}

/* A deal that comes into a pipeline without a word about its stage begins in the first one. */
static enum err_code stage_read(struct edits *x, const struct res_val *v, struct err *e)
{
    const struct deal_pipeline *p = pipe_of(x);
    struct id *ids, stage = {{0}};

    if (v->is != RES_SET && !(x->moved && p && p->stages_n))
        return ERR_OK;
    if (!p)
        return res_say(x->c, 422, "no pipeline", STR("a stage is one of a pipeline: say which"), e);
    ids = ARENA_ARRAY(x->c->a, struct id, p->stages_n + 1);
    for (size_t i = 0; i < p->stages_n; i++) {
        ids[i] = p->stages[i].id;
        if (v->is != RES_SET && id_is_nil(stage) && p->stages[i].outcome == CRM_OPEN && p->stages[i].ordinal > 0)
            stage = ids[i];
    }
    if (v->is == RES_SET && find(x->c, NAME_STAGE, v->v.s, ids, p->stages_n, &stage, e))
        return e->code;
    if (id_is_nil(stage))
        return res_say(x->c, 422, "no such stage", STR("\"stage\" is the id or the name of one of the deal's pipeline"),
                       e);
    edit_add(x, (struct deal_edit){.field = CRM_F_STAGE, .ref = stage});
    return ERR_OK;
}

/* Amount and currency are one value of the history: who says one without the other keeps the other (`now`, may be NULL). */
static enum err_code amount_read(struct edits *x, const struct res_val *in, const struct res_val *now, struct err *e)
{
    const struct res_val *amount = &in[DEAL_F_AMOUNT], *currency = &in[DEAL_F_CURRENCY];
    struct deal_edit d = {.field = CRM_F_AMOUNT, .cleared = amount->is == RES_NULL};

    if (!given(amount) && !given(currency))
        return ERR_OK;
    if (!given(amount) && now)
        amount = &now[DEAL_F_AMOUNT];
    if (!given(currency) && now)
        currency = &now[DEAL_F_CURRENCY];
    if (amount->is != RES_SET && !d.cleared)
        return res_say(x->c, 422, "a currency of nothing", STR("send the amount as well"), e);
    if (!d.cleared && !crm_micros_parse(amount->v.s, &d.number))
        return res_say(x->c, 422, "no amount", STR("\"amount\" is a decimal number such as 12000.00"), e);
    if (currency->is == RES_SET && !crm_currency_valid(currency->v.s))
        return res_say(x->c, 422, "no currency", STR("\"currency\" is a code of ISO 4217 such as EUR"), e);
    d.currency = currency->is == RES_SET ? currency->v.s : STR("");
    edit_add(x, d);
    return ERR_OK;
}

static enum err_code close_read(struct edits *x, const struct res_val *v, struct err *e)
{
    struct deal_edit d = {.field = CRM_F_CLOSE_DATE, .cleared = v->is == RES_NULL};

    if (!given(v))
        return ERR_OK;
    if (!d.cleared && (v->v.s.n != 10 || !crm_day_parse(v->v.s, &d.number)))
        return res_say(x->c, 422, "no day", STR("\"close_date\" is a day such as 2026-12-01"), e);
    edit_add(x, d);
    return ERR_OK;
}

static enum err_code category_read(struct edits *x, const struct res_val *v, struct err *e)
{
    struct deal_edit d = {.field = CRM_F_CATEGORY, .cleared = v->is == RES_NULL, .number = -1};

    if (!given(v))
        return ERR_OK;
    for (int i = 0; v->is == RES_SET && i < CRM_CATEGORIES; i++)
        if (str_eq_nocase(v->v.s, str_of(crm_category_name((enum crm_category)i))))
            d.number = i;
    if (!d.cleared && d.number < 0)
        return res_say(x->c, 422, "no forecast category",
                       STR("\"forecast_category\" is omitted, pipeline, best_case, commit or closed"), e);
    edit_add(x, d);
    return ERR_OK;
}

/* Somebody who is there; whose role does not reach the whole workspace knows only whom it reaches. */
static enum err_code owner_read(struct edits *x, const struct res_val *v, struct err *e)
{
    struct res_ctx *c = x->c;
    str name;

    if (!given(v))
        return ERR_OK;
    if (v->is == RES_SET) {
        if (record_names_load(c->t, c->v, NAME_PERSON, &v->v.id, 1, c->a, &name, e))
            return e->code;
        if (!name.n || (c->who.reach != REACH_WORKSPACE && !id_set_has(&c->who.reader->people, v->v.id)))
            return res_say(c, 422, "no such person", STR("\"owner_id\" is somebody whose deals you may see"), e);
    }
    edit_add(x, (struct deal_edit){
                    .field = CRM_F_OWNER, .cleared = v->is == RES_NULL, .ref = v->is == RES_SET ? v->v.id : ID_NIL});
    return ERR_OK;
}

static enum err_code account_check(struct res_ctx *c, const struct res_val *v, struct err *e)
{
    struct account_row *rows;
    size_t n = 0;

    if (v->is != RES_SET)
        return ERR_OK;
    if (accounts_load(c->t, c->v, &v->v.id, 1, c->a, &rows, &n, e))
        return e->code;
    return n ? ERR_OK : res_say(c, 422, "no such account", STR("\"account_id\" is the id of one"), e);
}

/* ---- who makes it ---- */

/* The person a user is; made when nobody has met the user yet. Nil for the operator. */
static enum err_code self_get(struct res_ctx *c, struct id *out, struct err *e)
{
    struct people_want w = {.side = IA_SIDE_INTERNAL};
    struct user u;

    *out = c->who.self.n ? c->who.self.v[0] : ID_NIL;
    if (c->who.self.n || id_is_nil(c->who.user))
        return ERR_OK;
    if (user_get(c->t, c->v->keys, c->who.user, c->a, &u, e))
        return e->code;
    w.name = u.name;
    w.email = u.email;
    if (people_resolve(c->t, c->v, &w, 1, c->a, e))
        return e->code;
    *out = w.person;
    return ERR_OK;
}

/* What this request may see, and the deal it has just made: the database says the same of its owner. */
static void reader_widen(struct res_ctx *c, struct id deal)
{
    struct reader *r = ARENA_NEW(c->a, struct reader);
    struct id *deals = ARENA_ARRAY(c->a, struct id, c->who.reader->deals.n + 1);

    *r = *c->who.reader;
    if (r->deals.n)
        memcpy(deals, r->deals.v, r->deals.n * sizeof *deals);
    deals[r->deals.n] = deal;
    r->deals = id_set_of(deals, r->deals.n + 1);
    c->who.reader = c->k->who.reader = r;
}

static void made(struct api *api, struct id deal)
{
    (void)deal;
    access_changed();
    workers_wake(api->core, "deal");
}

static void changed(struct api *api, struct id deal)
{
    (void)deal;
    workers_wake(api->core, "deal");
}

/* ---- the two operations ---- */

static enum err_code fields_read(struct edits *x, const struct res_val *in, const struct res_val *now, struct err *e)
{
    if (account_check(x->c, &in[DEAL_F_ACCOUNT], e) || deals_shared_load(x->c->t, x->c->v, x->c->a, &x->shared, e) ||
        (given(&in[DEAL_F_STAGE]) || given(&in[DEAL_F_PIPELINE]) || !now ? pipeline_read(x, &in[DEAL_F_PIPELINE], e)
                                                                         : ERR_OK) ||
        stage_read(x, &in[DEAL_F_STAGE], e) || amount_read(x, in, now, e) || close_read(x, &in[DEAL_F_CLOSE], e))
        return e->code;
    return category_read(x, &in[DEAL_F_CATEGORY], e);
}

static enum err_code told(struct res_ctx *c, const char *type, struct id deal, struct err *e)
{
    return event_put(c->t, &(struct event_new){.type = type, .object = deal}, 1, e);
}

static struct id id_of(const struct res_val *v)
{
    return v->is == RES_SET ? v->v.id : ID_NIL;
}

enum err_code deals_create(struct res_ctx *c, const struct res_val *in, struct id *out_id, struct err *e)
{
    struct deal_new d = {.name = in[DEAL_F_NAME].v.s, .account = id_of(&in[DEAL_F_ACCOUNT]), .at_ms = clock_now_ms()};
    struct edits x = {.c = c};
    struct res_val owner = in[DEAL_F_OWNER];
    struct id self;

    if (fields_read(&x, in, NULL, e) || self_get(c, &self, e))
        return e->code;
    if (owner.is == RES_SET || id_is_nil(self)) {
        if (owner_read(&x, &owner, e))
            return e->code;
    } else {
        owner = res_id(self); /* whoever makes it and names nobody has it */
        edit_add(&x, (struct deal_edit){.field = CRM_F_OWNER, .ref = self});
    }
    d.owner = id_of(&owner);
    d.pipeline = x.pipeline;
    if (deal_add(c->t, c->v, &d, c->a, out_id, e) || deal_events_add(c->t, c->v, *out_id, x.list, x.n, self, c->a, e) ||
        deals_wake(c->t, c->v, out_id, 1, e) || told(c, "deal.created", *out_id, e))
        return e->code;
    reader_widen(c, *out_id);
    res_after(c, made, *out_id);
    return ERR_OK;
}

enum err_code deals_update(struct res_ctx *c, struct id id, const struct res_val *now, const struct res_val *in,
                           struct err *e)
{
    struct edits x = {.c = c};
    str name = in[DEAL_F_NAME].is == RES_SET ? in[DEAL_F_NAME].v.s : STR("");
    struct id self = c->who.self.n ? c->who.self.v[0] : ID_NIL;

    if (deal_pipeline_get(c->t, c->v, id, &x.pipeline, e) || fields_read(&x, in, now, e) ||
        owner_read(&x, &in[DEAL_F_OWNER], e))
        return e->code;
    if (name.n)
        edit_add(&x, (struct deal_edit){.field = CRM_F_NAME, .words = name});
    if (deal_row_set(c->t, c->v, id, name, id_of(&in[DEAL_F_ACCOUNT]), x.pipeline, c->a, e) ||
        deal_events_add(c->t, c->v, id, x.list, x.n, self, c->a, e) || deals_wake(c->t, c->v, &id, 1, e) ||
        told(c, "deal.changed", id, e))
        return e->code;
    res_after(c, changed, id);
    return ERR_OK;
}
