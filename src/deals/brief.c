/* deals/brief.c - a page to read before a meeting. Every line names what it rests on. */
#include <math.h>

#include "deals/view.h"
#include "insight/findings.h"

struct brief {
    struct deal_views *vs;
    const struct deal_view *d;
    int64_t since;
    struct jw *w;
    struct arena *a;
    struct id *people;
    str *names;
    size_t people_n;
};

static void source(struct brief *b, const char *kind, struct id id, int64_t at_ms, const int32_t *span)
{
    struct jw *w = b->w;

    jw_karr(w, "sources");
    jw_obj(w);
    jw_kstr(w, "kind", str_of(kind));
    jw_kstr(w, "id", id_str(b->a, id));
    if (at_ms != CLOCK_NONE)
        jw_kstr(w, "at", clock_str(b->a, at_ms));
    if (span && span[0] >= 0) {
        jw_kobj(w, "span");
        jw_ki64(w, "turn", span[0]);
        jw_ki64(w, "start", span[1]);
        jw_ki64(w, "end", span[2]);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

/* Who said it and their words, of a conversation that was opened for it. */
static void quote(struct brief *b, struct id id, const int32_t *span)
{
    for (size_t i = 0; i < b->vs->opened_n; i++) {
        const struct interaction *ia = &b->vs->opened[i].ia;
        if (!id_eq(ia->id, id) || span[0] < 0 || (size_t)span[0] >= ia->turns_n ||
            (size_t)span[2] > ia->turns[span[0]].text.n)
            continue;
        if (ia->turns[span[0]].speaker.n)
            jw_kstr(b->w, "speaker", ia->turns[span[0]].speaker);
        jw_kstr(b->w, "quote", str_sub(ia->turns[span[0]].text, (size_t)span[1], (size_t)span[2]));
        return;
    }
}

static void line(struct brief *b, str text, const char *kind, struct id id, int64_t at_ms, const int32_t *span)
{
    jw_obj(b->w);
    jw_kstr(b->w, "text", text);
    if (span)
        quote(b, id, span);
    source(b, kind, id, at_ms, span);
    jw_end(b->w);
}

static str name_of(const struct brief *b, struct id person)
{
    for (size_t i = 0; i < b->people_n; i++)
        if (id_eq(b->people[i], person))
            return b->names[i];
    return STR("");
}

static str names_of(const struct brief *b, const struct deal_act *act)
{
    str out = STR("");

    for (size_t i = 0; i < act->people_n; i++) {
        str name = name_of(b, act->people[i]);
        if (name.n)
            out = out.n ? str_fmt(b->a, "%.*s, %.*s", STR_ARG(out), STR_ARG(name)) : name;
    }
    return out;
}

static str change_text(const struct brief *b, const struct deal_change *c)
{
    struct deal_state before;
    const struct deal_stage *to = c->field == CRM_F_STAGE ? deal_stage_find(b->d->f->pipe, c->ref) : NULL;

    deal_state_at(b->d->f, c->at_ms - 1, &before);
    if (c->problem)
        return str_fmt(b->a, "%s was set to something impossible (%s)", crm_field_name(c->field),
                       crm_problem_name(c->problem));
    switch (c->field) {
    case CRM_F_STAGE:
        if (!to)
            return STR("stage changed");
        if (to->outcome != CRM_OPEN)
            return to->outcome == CRM_WON ? STR("won") : STR("lost");
        return before.stage && to->ordinal < before.stage->ordinal
                   ? str_fmt(b->a, "stage went back from step %d to step %d", before.stage->ordinal, to->ordinal)
                   : str_fmt(b->a, "stage moved on to step %d", to->ordinal);
    case CRM_F_AMOUNT: {
        str now = crm_micros_str(b->a, c->number), was = crm_micros_str(b->a, before.amount_micros);
        return before.has_amount ? str_fmt(b->a, "amount changed from %.*s to %.*s", STR_ARG(was), STR_ARG(now))
                                 : str_fmt(b->a, "amount set to %.*s", STR_ARG(now));
    }
    case CRM_F_CLOSE_DATE: {
        str now = crm_day_str(b->a, c->number), was = crm_day_str(b->a, before.close_day);
        return before.has_close ? str_fmt(b->a, "close date moved from %.*s to %.*s", STR_ARG(was), STR_ARG(now))
                                : str_fmt(b->a, "close date set to %.*s", STR_ARG(now));
    }
    case CRM_F_CATEGORY:
        return str_fmt(b->a, "forecast category is now %s", crm_category_name((enum crm_category)c->number));
    default:
        return str_fmt(b->a, "%s changed", crm_field_name(c->field));
    }
}

static void changed(struct brief *b)
{
    const struct deal_facts *f = b->d->f;

    jw_karr(b->w, "changed");
    for (size_t i = 0; i < f->change_n && f->change[i].at_ms <= b->vs->now; i++)
        if (f->change[i].at_ms > b->since && !f->change[i].empty)
            line(b, change_text(b, &f->change[i]), "change", f->change[i].id, f->change[i].at_ms, NULL);
    for (size_t i = 0; i < f->act_n && f->act[i].at_ms <= b->vs->now; i++) {
        const struct deal_act *act = &f->act[i];
        str who = names_of(b, act);
        if (act->at_ms <= b->since || act->type == CRM_A_INTERNAL || act->type == CRM_A_TASK)
            continue;
        line(b,
             str_fmt(b->a, "%s%s%s%.*s", crm_activity_name(act->type),
                     act->status == CRM_CANCELLED ? " (cancelled)" : "",
                     who.n ? (act->direction == CRM_D_IN ? " from " : " with ") : "", STR_ARG(who)),
             act->interaction ? "interaction" : "activity", act->id, act->at_ms, NULL);
    }
    jw_end(b->w);
}

static void people(struct brief *b)
{
    jw_karr(b->w, "people");
    for (size_t i = 0; i < b->people_n; i++) {
        const struct deal_person *p = &b->d->f->person[i];
        const struct deal_act *last = NULL;
        for (size_t k = 0; k < b->d->f->act_n && b->d->f->act[k].at_ms <= b->vs->now; k++)
            for (size_t j = 0; j < b->d->f->act[k].people_n; j++)
                if (id_eq(b->d->f->act[k].people[j], p->id) && act_is_external(&b->d->f->act[k]))
                    last = &b->d->f->act[k];
        if (!last && !(p->flags & (CRM_CHAMPION | CRM_ECONOMIC_BUYER)))
            continue;
        jw_obj(b->w);
        jw_kstr(b->w, "name", b->names[i]);
        jw_kstr(b->w, "seniority", str_of(crm_seniority_name(p->seniority)));
        jw_kbool(b->w, "champion", p->flags & CRM_CHAMPION);
        jw_kbool(b->w, "economic_buyer", p->flags & CRM_ECONOMIC_BUYER);
        if (last) {
            jw_kstr(b->w, "last_active", clock_str(b->a, last->at_ms));
            source(b, last->interaction ? "interaction" : "activity", last->id, last->at_ms, NULL);
        } else {
            source(b, "person", p->id, CLOCK_NONE, NULL);
        }
        jw_end(b->w);
    }
    jw_end(b->w);
}

/* What a finding is called: competitors by their name, of which only a hash is kept in clear. */
static str called(const struct brief *b, const struct deal_find *d)
{
    for (size_t i = 0; d->kind == FIND_COMPETITOR && i < b->vs->competitors_n; i++)
        if (str_eq(competitor_class(b->vs->competitors[i], b->a), str_of(d->class_)))
            return b->vs->competitors[i];
    return finding_code_say(str_of(d->modality[0] ? d->modality : d->class_), b->a);
}

static void findings(struct brief *b, const char *key, enum deal_find_kind kind)
{
    jw_karr(b->w, key);
    for (size_t i = 0; i < b->d->f->find_n && b->d->f->find[i].at_ms <= b->vs->now; i++) {
        const struct deal_find *d = &b->d->f->find[i];
        bool open =
            kind != FIND_COMMITMENT || d->due_day == INT32_MIN || d->due_day >= deal_day(b->d->f->pipe, b->since);
        if (d->kind != kind || !open)
            continue;
        line(b, finding_say(called(b, d), name_of(b, d->owner), d->due_day, b->a), "interaction", d->interaction,
             d->at_ms, d->span);
    }
    jw_end(b->w);
}

static void missing(struct brief *b)
{
    static const char *const fields[] = {"metrics",       "economic_buyer", "decision_criteria", "decision_process",
                                         "paper_process", "identify_pain",  "champion",          "competition"};

    jw_karr(b->w, "unqualified");
    for (size_t i = 0; deal_qualification(b->d->f, b->vs->now) >= 0 && i < sizeof fields / sizeof *fields; i++) {
        char class_[40];
        snprintf(class_, sizeof class_, "meddpicc.%s", fields[i]);
        if (deal_field_score(b->d->f, b->vs->now, class_, NULL) == 0)
            jw_str(b->w, str_of(fields[i]));
    }
    jw_end(b->w);
}

/* The last meeting that is over, so that "since last time" is since they last met. */
static int64_t last_meeting(const struct deal_facts *f, int64_t now)
{
    int64_t at = CLOCK_NONE;

    for (size_t i = 0; i < f->act_n && f->act[i].at_ms <= now; i++)
        if (act_is_meeting(&f->act[i]))
            at = f->act[i].at_ms;
    return at;
}

enum err_code deal_brief_write(struct deal_views *vs, const struct deal_view *d, int64_t since, struct jw *w,
                               struct err *e)
{
    struct brief b = {.vs = vs, .d = d, .w = w, .a = vs->a};

    if (deal_view_people(vs, d, &b.people, &b.names, &b.people_n, e))
        return e->code;
    b.since = since != CLOCK_NONE ? since : last_meeting(d->f, vs->now);
    jw_obj(w);
    jw_key(w, "deal");
    deal_view_write(vs, d, true, w);
    if (b.since == CLOCK_NONE)
        jw_knull(w, "since");
    else
        jw_kstr(w, "since", clock_str(b.a, b.since));
    changed(&b);
    people(&b);
    findings(&b, "commitments", FIND_COMMITMENT);
    findings(&b, "objections", FIND_OBJECTION);
    findings(&b, "red_flags", FIND_RED_FLAG);
    findings(&b, "competitors", FIND_COMPETITOR);
    missing(&b);
    jw_end(w);
    return ERR_OK;
}
