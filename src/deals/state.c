#include "deals/state.h"

#include <math.h>

static const char *const unknown_names[UNKNOWNS] = {"stage", "amount",  "close_date", "owner", "forecast_category",
                                                    "times", "pipeline"};

const char *deal_unknown_name(enum deal_unknown u)
{
    return unknown_names[u];
}

static void unknown_set(struct deal_state *s, enum deal_unknown u, enum crm_problem why)
{
    s->problems |= 1u << u;
    s->why[u] = why;
}

static void unknown_clear(struct deal_state *s, enum deal_unknown u)
{
    s->problems &= ~(1u << u);
    s->why[u] = CRM_P_NONE;
}

static bool differs(const struct deal_change *a, const struct deal_change *b)
{
    return a->field == b->field &&
           (a->number != b->number || !id_eq(a->ref, b->ref) || a->empty != b->empty || a->problem != b->problem);
}

/* Two values of one field at one instant: nobody can say which holds, so neither does. */
static bool contradicts(const struct deal_facts *f, size_t i)
{
    const struct deal_change *c = &f->change[i];

    for (size_t k = i; k-- > 0 && f->change[k].at_ms == c->at_ms;)
        if (differs(&f->change[k], c))
            return true;
    for (size_t k = i + 1; k < f->change_n && f->change[k].at_ms == c->at_ms; k++)
        if (differs(&f->change[k], c))
            return true;
    return false;
}

static void stage_apply(const struct deal_facts *f, const struct deal_change *c, struct deal_state *s)
{
    const struct deal_stage *st = c->empty || c->problem ? NULL : deal_stage_find(f->pipe, c->ref);
    bool was_open = s->outcome == DEAL_OPEN && s->stage;

    if (!st) {
        s->stage = NULL;
        s->outcome = DEAL_UNKNOWN;
        unknown_set(s, UNKNOWN_STAGE, c->problem ? c->problem : CRM_P_STAGE);
        return;
    }
    if (s->stage == st && s->outcome != DEAL_UNKNOWN)
        return; /* said again */
    unknown_clear(s, UNKNOWN_STAGE);
    if (st->outcome == CRM_OPEN) {
        if (was_open && st->ordinal < s->stage->ordinal) {
            s->regressions++;
            s->regressed_at = c->at_ms;
            s->regressed_event = c->id;
        }
        if (st->ordinal > s->deepest)
            s->deepest = st->ordinal;
    }
    s->below_deepest = st->outcome == CRM_OPEN && st->ordinal < s->deepest;
    s->stage = st;
    s->stage_since = c->at_ms;
    s->stage_event = c->id;
    s->outcome = st->outcome == CRM_OPEN ? DEAL_OPEN : st->outcome == CRM_WON ? DEAL_WON : DEAL_LOST;
    s->closed = st->outcome == CRM_OPEN ? CLOCK_NONE : c->at_ms;
}

static void amount_apply(const struct deal_facts *f, const struct deal_change *c, struct deal_state *s)
{
    const char *currency = c->currency[0] ? c->currency : f->pipe ? f->pipe->currency : "";

    s->has_amount = !c->empty && !c->problem && currency[0];
    if (c->problem || (!c->empty && !currency[0]))
        unknown_set(s, UNKNOWN_AMOUNT, c->problem ? c->problem : CRM_P_CURRENCY);
    else
        unknown_clear(s, UNKNOWN_AMOUNT);
    s->amount_micros = s->has_amount ? c->number : 0;
    memcpy(s->currency, s->has_amount ? currency : "", s->has_amount ? 4 : 1);
}

static void close_apply(const struct deal_change *c, struct deal_state *s)
{
    bool open = s->outcome == DEAL_OPEN || s->outcome == DEAL_UNKNOWN;

    if (!c->empty && !c->problem && s->has_close && open && c->number > s->close_day) {
        s->pushes++;
        s->push_days += c->number - s->close_day;
        s->push_event = c->id;
        s->pushed_at = c->at_ms;
    } else if (!c->empty && !c->problem && s->has_close && open && c->number < s->close_day) {
        s->pulls++;
    }
    s->has_close = !c->empty && !c->problem;
    s->close_day = s->has_close ? c->number : 0;
    if (c->problem)
        unknown_set(s, UNKNOWN_CLOSE, c->problem);
    else
        unknown_clear(s, UNKNOWN_CLOSE);
}

static void change_apply(const struct deal_facts *f, const struct deal_change *c, struct deal_state *s)
{
    switch (c->field) {
    case CRM_F_STAGE:
        stage_apply(f, c, s);
        break;
    case CRM_F_AMOUNT:
        amount_apply(f, c, s);
        break;
    case CRM_F_CLOSE_DATE:
        close_apply(c, s);
        break;
    case CRM_F_OWNER:
        s->owner = c->ref;
        if (c->problem)
            unknown_set(s, UNKNOWN_OWNER, c->problem);
        else
            unknown_clear(s, UNKNOWN_OWNER);
        break;
    case CRM_F_CATEGORY:
        s->has_category = !c->empty && !c->problem;
        s->category = s->has_category ? (enum crm_category)c->number : CRM_C_NONE;
        if (c->problem)
            unknown_set(s, UNKNOWN_CATEGORY, c->problem);
        else
            unknown_clear(s, UNKNOWN_CATEGORY);
        break;
    case CRM_F_PROBABILITY:
        s->probability = c->empty || c->problem ? NAN : (double)c->number / 1e6;
        break;
    default:
        break;
    }
}

static void conflict_apply(const struct deal_change *c, struct deal_state *s)
{
    static const enum deal_unknown of[CRM_FIELDS] = {
        [CRM_F_STAGE] = UNKNOWN_STAGE, [CRM_F_AMOUNT] = UNKNOWN_AMOUNT,     [CRM_F_CLOSE_DATE] = UNKNOWN_CLOSE,
        [CRM_F_OWNER] = UNKNOWN_OWNER, [CRM_F_CATEGORY] = UNKNOWN_CATEGORY, [CRM_F_PIPELINE] = UNKNOWN_PIPELINE,
    };

    if (c->field >= CRM_F_PROBABILITY)
        return;
    unknown_set(s, of[c->field], CRM_P_CONFLICT);
    s->has_amount = s->has_amount && c->field != CRM_F_AMOUNT;
    s->has_close = s->has_close && c->field != CRM_F_CLOSE_DATE;
    s->has_category = s->has_category && c->field != CRM_F_CATEGORY;
    if (c->field == CRM_F_STAGE) {
        s->stage = NULL;
        s->outcome = DEAL_UNKNOWN;
    }
}

/* A close before the start is impossible: nothing that counts days may use either. */
static void times_check(struct deal_state *s)
{
    if (s->closed != CLOCK_NONE && s->created != CLOCK_NONE && s->closed < s->created)
        unknown_set(s, UNKNOWN_TIMES, CRM_P_DATE);
}

void deal_state_at(const struct deal_facts *f, int64_t as_of, struct deal_state *out)
{
    struct deal_state s = {.as_of = as_of,
                           .outcome = DEAL_UNKNOWN,
                           .stage_since = CLOCK_NONE,
                           .created = f->opened_ms,
                           .closed = CLOCK_NONE,
                           .regressed_at = CLOCK_NONE,
                           .pushed_at = CLOCK_NONE,
                           .probability = NAN};

    if (!f->pipe)
        unknown_set(&s, UNKNOWN_PIPELINE, CRM_P_VALUE);
    if (s.created == CLOCK_NONE && f->change_n)
        s.created = f->change[0].at_ms;
    for (size_t i = 0; i < f->change_n && f->change[i].at_ms <= as_of; i++) {
        if (contradicts(f, i))
            conflict_apply(&f->change[i], &s);
        else
            change_apply(f, &f->change[i], &s);
    }
    if (isnan(s.probability) && s.stage)
        s.probability = s.stage->probability;
    times_check(&s);
    *out = s;
}

/* ---- engagement (definitions 1) ---- */

static double act_weight(const struct deal_act *a)
{
    if (a->status != CRM_DONE)
        return 0;
    switch (a->type) {
    case CRM_A_MEETING:
        return 5;
    case CRM_A_CALL:
        return 4;
    case CRM_A_MAIL:
        return a->direction == CRM_D_IN ? 3 : a->direction == CRM_D_OUT ? 1 : 0;
    case CRM_A_DOCUMENT_OPENED:
        return 2;
    case CRM_A_CALL_ATTEMPT:
        return 1;
    default:
        return 0;
    }
}

double deal_engagement(const struct deal_facts *f, int64_t t)
{
    double sum = 0;

    for (size_t i = 0; i < f->act_n && f->act[i].at_ms <= t; i++) {
        double w = act_weight(&f->act[i]);
        if (w > 0)
            sum += w * exp2(-(double)(t - f->act[i].at_ms) / (7.0 * DAY_MS));
    }
    return sum;
}

double deal_momentum(const struct deal_facts *f, int64_t t)
{
    double now = deal_engagement(f, t), then = deal_engagement(f, t - 14 * DAY_MS);

    return then > 0 ? now / then : now > 0 ? INFINITY : NAN;
}

double deal_reciprocity(const struct deal_facts *f, int64_t t, int *out_in, int *out_out)
{
    int in = 0, out = 0;

    for (size_t i = 0; i < f->act_n && f->act[i].at_ms <= t; i++) {
        const struct deal_act *a = &f->act[i];
        if (a->at_ms <= t - 30 * DAY_MS || a->status != CRM_DONE)
            continue;
        in += (a->type == CRM_A_MAIL || a->type == CRM_A_CALL) && a->direction == CRM_D_IN;
        out += ((a->type == CRM_A_MAIL || a->type == CRM_A_CALL) && a->direction == CRM_D_OUT) ||
               a->type == CRM_A_CALL_ATTEMPT;
    }
    if (out_in)
        *out_in = in;
    if (out_out)
        *out_out = out;
    return in + out ? (double)in / (in + out) : NAN;
}

int64_t deal_last_act(const struct deal_facts *f, int64_t t, bool external, const struct deal_act **out)
{
    if (out)
        *out = NULL;
    for (size_t i = f->act_n; i-- > 0;) {
        const struct deal_act *a = &f->act[i];
        if (a->at_ms > t || !(act_is_external(a) || (!external && act_is_outbound(a))))
            continue;
        if (out)
            *out = a;
        return a->at_ms;
    }
    return CLOCK_NONE;
}

/* ---- people ---- */

enum { PEOPLE_SEEN_MAX = 256 };

struct seen {
    struct id id;
    bool in, out;
};

static struct seen *seen_put(struct seen *list, size_t *n, struct id id)
{
    for (size_t i = 0; i < *n; i++)
        if (id_eq(list[i].id, id))
            return &list[i];
    if (*n == PEOPLE_SEEN_MAX)
        return NULL;
    list[*n] = (struct seen){.id = id};
    return &list[(*n)++];
}

int deal_two_way_contacts(const struct deal_facts *f, int64_t t, int days, struct id *out)
{
    struct seen list[PEOPLE_SEEN_MAX];
    size_t n = 0;
    int both = 0;

    for (size_t i = 0; i < f->act_n && f->act[i].at_ms <= t; i++) {
        const struct deal_act *a = &f->act[i];
        bool meeting = act_is_meeting(a), in = act_is_external(a), sent = act_is_outbound(a);
        if (a->at_ms <= t - days * DAY_MS || !(in || sent))
            continue;
        for (size_t k = 0; k < a->people_n; k++) {
            struct seen *s = seen_put(list, &n, a->people[k]);
            if (!s)
                break;
            s->in |= in;
            s->out |= sent || meeting;
        }
    }
    for (size_t i = 0; i < n; i++)
        if (list[i].in && list[i].out) {
            if (out && both < PEOPLE_SEEN_MAX)
                out[both] = list[i].id;
            both++;
        }
    return both;
}

bool deal_power_met(const struct deal_facts *f, int64_t t)
{
    for (size_t i = 0; i < f->act_n && f->act[i].at_ms <= t; i++) {
        if (!act_is_meeting(&f->act[i]))
            continue;
        for (size_t k = 0; k < f->act[i].people_n; k++) {
            const struct deal_person *p = deal_person_find(f, f->act[i].people[k]);
            if (p && (p->seniority >= CRM_S_DIRECTOR || (p->flags & CRM_ECONOMIC_BUYER)))
                return true;
        }
    }
    return false;
}

bool deal_next_step(const struct deal_facts *f, int64_t t, int64_t *out_at)
{
    for (size_t i = 0; i < f->act_n; i++) {
        const struct deal_act *a = &f->act[i];
        if (a->at_ms <= t || a->status != CRM_PLANNED || a->type != CRM_A_MEETING || !a->people_n)
            continue;
        if (out_at)
            *out_at = a->at_ms;
        return true;
    }
    for (size_t i = 0; i < f->find_n && f->find[i].at_ms <= t; i++) {
        const struct deal_find *d = &f->find[i];
        bool promised = strcmp(d->modality, "COMMITTED") == 0 || strcmp(d->modality, "ACCEPTED") == 0;
        if (d->kind != FIND_COMMITMENT || !promised || d->due_day == INT32_MIN || d->due_day <= deal_day(f->pipe, t))
            continue;
        if (out_at)
            *out_at = d->due_day * DAY_MS;
        return true;
    }
    return false;
}

/* ---- qualification ---- */

int deal_field_score(const struct deal_facts *f, int64_t t, const char *class_, const struct deal_find **out)
{
    int best = 0;

    if (out)
        *out = NULL;
    for (size_t i = 0; i < f->find_n && f->find[i].at_ms <= t; i++) {
        const struct deal_find *d = &f->find[i];
        if (d->kind != FIND_QUALIFICATION || strcmp(d->class_, class_) != 0 || (int)d->value <= best)
            continue;
        best = (int)d->value;
        if (out)
            *out = d;
    }
    return best;
}

int deal_qualification(const struct deal_facts *f, int64_t t)
{
    static const char *const fields[] = {
        "meddpicc.metrics",       "meddpicc.economic_buyer", "meddpicc.decision_criteria", "meddpicc.decision_process",
        "meddpicc.paper_process", "meddpicc.identify_pain",  "meddpicc.champion",          "meddpicc.competition"};
    bool any = false;
    int sum = 0;

    for (size_t i = 0; i < f->find_n && f->find[i].at_ms <= t && !any; i++)
        any = f->find[i].kind == FIND_QUALIFICATION;
    for (size_t i = 0; any && i < sizeof fields / sizeof *fields; i++)
        sum += deal_field_score(f, t, fields[i], NULL);
    return any ? sum : -1;
}

int64_t deal_working_days_after(int64_t at_ms, int n)
{
    while (n > 0) {
        at_ms += DAY_MS;
        n -= clock_weekday(at_ms) < 5;
    }
    return at_ms;
}
