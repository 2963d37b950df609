#include "test/eval/dealfacts.h"

#include <math.h>

#include "base/fs.h"
#include "vault/seal.h"

struct contact {
    struct id id, account;
    struct deal_person who;
};

struct reading {
    struct dealfacts *d;
    struct contact *contacts;
    size_t contacts_n, contacts_cap;
};

static struct id id_of(const char *kind, str name)
{
    uint8_t digest[SHA256_BYTES];
    struct sha256_state s;
    struct id id;

    sha256_init(&s);
    sha256_add(&s, kind, strlen(kind) + 1);
    sha256_add(&s, name.p, name.n);
    sha256_done(&s, digest);
    memcpy(id.b, digest, sizeof id.b);
    return id;
}

static struct id person_id(struct arena *a, str email)
{
    return id_of("person", str_lower_ascii(a, email));
}

static void slots_grow(struct dealfacts *d)
{
    d->slots_cap = d->slots_cap ? d->slots_cap * 2 : 1024;
    d->slots = ARENA_ARRAY(d->a, size_t, d->slots_cap);
    for (size_t i = 0; i < d->deals_n; i++) {
        size_t at = str_hash(d->deals[i].name) & (d->slots_cap - 1);
        while (d->slots[at])
            at = (at + 1) & (d->slots_cap - 1);
        d->slots[at] = i + 1;
    }
}

static struct dealfacts_deal *deal_of(struct dealfacts *d, str name)
{
    size_t at;

    if (2 * (d->deals_n + 1) > d->slots_cap)
        slots_grow(d);
    at = str_hash(name) & (d->slots_cap - 1);
    while (d->slots[at] && !str_eq(d->deals[d->slots[at] - 1].name, name))
        at = (at + 1) & (d->slots_cap - 1);
    if (!d->slots[at]) {
        ARENA_PUSH(d->a, d->deals, d->deals_n, d->deals_cap) = (struct dealfacts_deal){.name = str_dup(d->a, name),
                                                                                       .snapshot = CLOCK_NONE,
                                                                                       .f.deal = id_of("deal", name),
                                                                                       .f.opened_ms = CLOCK_NONE};
        d->slots[at] = d->deals_n;
    }
    return &d->deals[d->slots[at] - 1];
}

static void pipeline_add(struct dealfacts *d, const struct crm_record *r)
{
    struct deal_pipeline p = {.id = id_of("pipeline", r->id),
                              .offset_min = r->offset_min,
                              .stages_n = r->stages_n,
                              .settings_n = r->settings_n};

    memcpy(p.currency, r->currency.p, 3);
    p.stages = ARENA_ARRAY(d->a, struct deal_stage, r->stages_n + 1);
    p.settings = ARENA_ARRAY(d->a, struct deal_setting, r->settings_n + 1);
    for (size_t i = 0; i < r->stages_n; i++) {
        const struct crm_stage *s = &r->stages[i];
        p.stages[i] = (struct deal_stage){id_of("stage", s->id), s->order, s->outcome, s->phase, s->probability};
    }
    for (size_t i = 0; i < r->settings_n; i++) {
        const struct crm_setting *s = &r->settings[i];
        p.settings[i] = (struct deal_setting){.warning = s->warning,
                                              .stage = s->stage.n ? id_of("stage", s->stage) : ID_NIL,
                                              .enabled = s->enabled,
                                              .severity = s->severity};
        memcpy(p.settings[i].values, s->values, sizeof s->values);
    }
    ARENA_PUSH(d->a, d->pipes, d->pipes_n, d->pipes_cap) = p;
}

static void change_add(struct dealfacts *d, struct dealfacts_deal *deal, const struct crm_change *c)
{
    struct deal_change out = {
        .at_ms = c->at_ms, .field = c->field, .problem = c->problem, .empty = c->cleared, .number = c->number};

    if (c->currency.n == 3)
        memcpy(out.currency, c->currency.p, 3);
    out.id = id_of("change", str_fmt(d->a, "%.*s %lld %d", STR_ARG(deal->name), (long long)c->at_ms, (int)c->field));
    if (c->field == CRM_F_STAGE)
        out.ref = id_of("stage", c->text);
    else if (c->field == CRM_F_OWNER)
        out.ref = person_id(d->a, c->text);
    ARENA_PUSH(d->a, deal->f.change, deal->f.change_n, deal->change_cap) = out;
}

static void act_add(struct dealfacts *d, const struct crm_record *r)
{
    struct dealfacts_deal *deal;
    struct deal_act a = {.at_ms = r->at_ms,
                         .type = r->activity,
                         .status = r->status,
                         .direction = r->direction,
                         .cancelled_by = r->cancelled_by,
                         .id = id_of("activity", r->id),
                         .people_n = r->people_n};

    if (!r->deal.n)
        return;
    deal = deal_of(d, r->deal);
    a.people = ARENA_ARRAY(d->a, struct id, r->people_n + 1);
    for (size_t i = 0; i < r->people_n; i++)
        a.people[i] = person_id(d->a, r->people[i].email);
    ARENA_PUSH(d->a, deal->f.act, deal->f.act_n, deal->act_cap) = a;
}

static void record_add(struct reading *rd, const struct crm_record *r)
{
    struct dealfacts *d = rd->d;
    struct dealfacts_deal *deal;

    switch (r->type) {
    case CRM_PIPELINE:
        pipeline_add(d, r);
        break;
    case CRM_CONTACT:
        ARENA_PUSH(d->a, rd->contacts, rd->contacts_n, rd->contacts_cap) =
            (struct contact){.account = id_of("account", r->account),
                             .who = {person_id(d->a, r->email), r->seniority, r->flags, r->at_ms}};
        break;
    case CRM_SELLER:
        ARENA_PUSH(d->a, d->sellers, d->sellers_n, d->sellers_cap) =
            (struct deal_seller){person_id(d->a, r->email), r->active, r->at_ms};
        break;
    case CRM_DEAL:
        deal = deal_of(d, r->id);
        deal->f.opened_ms = r->at_ms;
        deal->f.account = id_of("account", r->account);
        deal->f.pipeline_id = id_of("pipeline", r->pipeline);
        for (size_t i = 0; i < r->changes_n; i++)
            change_add(d, deal, &r->changes[i]);
        for (size_t i = 0; i < r->people_n; i++)
            ARENA_PUSH(d->a, deal->f.person, deal->f.person_n, deal->person_cap) = (struct deal_person){
                person_id(d->a, r->people[i].email), CRM_S_UNKNOWN, r->people[i].flags, CLOCK_NONE};
        break;
    case CRM_CHANGE:
        change_add(d, deal_of(d, r->deal), &r->changes[0]);
        break;
    case CRM_ACTIVITY:
        act_add(d, r);
        break;
    default:
        break;
    }
}

static void find_add(struct dealfacts *d, const struct json *v)
{
    static const char *const kinds[FIND_KINDS] = {"commitment",    "objection", "competitor", "pricing",
                                                  "qualification", "red_flag",  "attitude",   "conflict"};
    struct dealfacts_deal *deal = deal_of(d, json_str(json_get(v, "deal"), STR("")));
    str kind = json_str(json_get(v, "kind"), STR("")), text;
    struct deal_find f = {.due_day = INT32_MIN,
                          .confidence = json_real(json_get(v, "confidence"), 1),
                          .value = json_real(json_get(v, "value"), 0),
                          .side = IA_SIDE_EXTERNAL};

    for (int i = 0; i < FIND_KINDS; i++)
        if (str_eq(kind, str_of(kinds[i])))
            f.kind = (enum deal_find_kind)i;
    clock_parse(json_str(json_get(v, "at"), STR("")), &f.at_ms, NULL);
    text = json_str(json_get(v, "class"), STR(""));
    snprintf(f.class_, sizeof f.class_, "%.*s", STR_ARG(text));
    text = json_str(json_get(v, "modality"), STR(""));
    snprintf(f.modality, sizeof f.modality, "%.*s", STR_ARG(text));
    crm_day_parse(json_str(json_get(v, "due"), STR("")), &f.due_day);
    ia_side_parse(json_str(json_get(v, "side"), STR("external")), &f.side);
    f.interaction = id_of("finding", str_fmt(d->a, "%.*s %lld", STR_ARG(deal->name), (long long)f.at_ms));
    ARENA_PUSH(d->a, deal->f.find, deal->f.find_n, deal->find_cap) = f;
}

static void line_add(struct reading *rd, str line)
{
    struct json_doc *doc;
    struct crm_record r;
    struct err e;
    str format;

    rd->d->lines++;
    if (json_parse(line, &doc, &e)) {
        rd->d->refused++;
        return;
    }
    format = json_str(json_get(json_root(doc), "format"), STR(""));
    if (str_eq(format, STR("sim.snapshot/1"))) {
        int64_t at;
        if (clock_parse(json_str(json_get(json_root(doc), "at"), STR("")), &at, NULL))
            deal_of(rd->d, json_str(json_get(json_root(doc), "deal"), STR("")))->snapshot = at;
    } else if (str_eq(format, STR("sim.finding/1"))) {
        find_add(rd->d, json_root(doc));
    } else if (crm_json_read(json_root(doc), rd->d->a, &r, &e)) {
        rd->d->refused++;
        fprintf(stderr, "line %zu: %s\n", rd->d->lines, e.msg);
    } else {
        record_add(rd, &r);
    }
    json_free(doc);
}

static int change_cmp(const void *x, const void *y)
{
    const struct deal_change *a = x, *b = y;

    return a->at_ms != b->at_ms ? (a->at_ms > b->at_ms) - (a->at_ms < b->at_ms) : (int)a->field - (int)b->field;
}

static int act_cmp(const void *x, const void *y)
{
    const struct deal_act *a = x, *b = y;

    return a->at_ms != b->at_ms ? (a->at_ms > b->at_ms) - (a->at_ms < b->at_ms) : id_cmp(a->id, b->id);
}

static int find_cmp(const void *x, const void *y)
{
    const struct deal_find *a = x, *b = y;

    return (a->at_ms > b->at_ms) - (a->at_ms < b->at_ms);
}

/* What a contact is to the account it is to the account's deals; a deal's own role adds to it. */
static void people_finish(struct reading *rd, struct dealfacts_deal *deal)
{
    for (size_t i = 0; i < rd->contacts_n; i++) {
        const struct contact *c = &rd->contacts[i];
        size_t k = 0;
        while (k < deal->f.person_n && !id_eq(deal->f.person[k].id, c->who.id))
            k++;
        if (k < deal->f.person_n) {
            deal->f.person[k].seniority = c->who.seniority;
            deal->f.person[k].flags |= c->who.flags;
            deal->f.person[k].lost_at_ms = c->who.lost_at_ms;
        } else if (id_eq(c->account, deal->f.account)) {
            ARENA_PUSH(rd->d->a, deal->f.person, deal->f.person_n, deal->person_cap) = c->who;
        }
    }
}

static void finish(struct reading *rd)
{
    struct dealfacts *d = rd->d;

    for (size_t i = 0; i < d->deals_n; i++) {
        struct dealfacts_deal *deal = &d->deals[i];
        for (size_t k = 0; k < d->pipes_n; k++)
            if (id_eq(d->pipes[k].id, deal->f.pipeline_id))
                deal->f.pipe = &d->pipes[k];
        if (deal->f.change_n)
            qsort(deal->f.change, deal->f.change_n, sizeof *deal->f.change, change_cmp);
        if (deal->f.act_n)
            qsort(deal->f.act, deal->f.act_n, sizeof *deal->f.act, act_cmp);
        if (deal->f.find_n)
            qsort(deal->f.find, deal->f.find_n, sizeof *deal->f.find, find_cmp);
        deal->f.seller = d->sellers;
        deal->f.seller_n = d->sellers_n;
        people_finish(rd, deal);
    }
}

enum err_code dealfacts_read(const char *path, struct arena *a, struct dealfacts *out, struct err *e)
{
    struct reading rd = {.d = out};
    str text, line;

    *out = (struct dealfacts){.a = a};
    if (fs_read(path, (size_t)2 << 30, a, &text, e))
        return e->code;
    while (str_line_next(&text, &line))
        if (str_trim(line).n)
            line_add(&rd, str_trim(line));
    finish(&rd);
    return ERR_OK;
}
