/* deals/warnings_people.c - the rows about people: who takes part, who is silent, what was sent and cancelled. */
#include <math.h>

#include "deals/warnings_priv.h"

bool w04_contacts(struct warning_context *c, const double *p, struct warning_hit *h)
{
    struct id who[320];
    int n = deal_two_way_contacts(c->facts, c->now, 60, who), want = (int)p[0];
    double amount = c->state->has_amount ? (double)c->state->amount_micros / 1e6 : 0;

    if (!c->state->stage)
        return false;
    if (warn_phase_reached(c, CRM_PROPOSAL))
        want = (int)p[1];
    else if (amount > p[2])
        want = want > 2 ? want : 2;
    for (int i = 0; i < n && i < WARNING_EVIDENCE_MAX; i++)
        warn_evidence(h, EVIDENCE_PERSON, who[i], CLOCK_NONE, NULL);
    for (size_t i = 0; i < c->facts->act_n && c->facts->act[i].at_ms <= c->now; i++)
        if (c->facts->act[i].at_ms > c->now - 60 * DAY_MS)
            warn_next(c, c->facts->act[i].at_ms + 60 * DAY_MS);
    h->numbers[0] = n;
    h->numbers[1] = want;
    h->since_ms = c->state->stage_since;
    return n < want;
}

bool w05_no_power(struct warning_context *c, const double *p, struct warning_hit *h)
{
    double amount = c->state->has_amount ? (double)c->state->amount_micros / 1e6 : 0;

    if (!warn_phase_reached(c, p[0]) || amount <= p[1] || deal_power_met(c->facts, c->now))
        return false;
    for (size_t i = c->facts->act_n; i-- > 0;)
        if (c->facts->act[i].at_ms <= c->now && act_is_meeting(&c->facts->act[i]))
            warn_evidence_act(h, &c->facts->act[i]);
    h->since_ms = c->state->stage_since;
    return true;
}

static int64_t person_last(const struct warning_context *c, struct id who, bool same, const struct deal_act **out)
{
    for (size_t i = c->facts->act_n; i-- > 0;) {
        const struct deal_act *a = &c->facts->act[i];
        if (a->at_ms > c->now || !act_is_external(a))
            continue;
        for (size_t k = 0; k < a->people_n; k++)
            if (id_eq(a->people[k], who) == same) {
                *out = a;
                return a->at_ms;
            }
    }
    *out = NULL;
    return CLOCK_NONE;
}

bool w14_champion_silent(struct warning_context *c, const double *p, struct warning_hit *h)
{
    for (size_t i = 0; i < c->facts->person_n; i++) {
        const struct deal_person *who = &c->facts->person[i];
        const struct deal_act *mine, *theirs;
        int64_t last, others;
        if (!(who->flags & CRM_CHAMPION))
            continue;
        last = person_last(c, who->id, true, &mine);
        others = person_last(c, who->id, false, &theirs);
        if (last == CLOCK_NONE || others < last + DAY_MS) /* others came up later, on another day */
            continue;
        h->since_ms = last + (int64_t)(p[0] * (double)DAY_MS);
        warn_next(c, h->since_ms);
        if (c->now < h->since_ms)
            continue;
        h->since_ms = h->since_ms > others ? h->since_ms : others;
        h->numbers[0] = floor(warn_days(last, c->now));
        warn_evidence(h, EVIDENCE_PERSON, who->id, last, NULL);
        warn_evidence_act(h, mine);
        warn_evidence_act(h, theirs);
        return true;
    }
    return false;
}

/* Mail to somebody came back: a bounce that names them. */
static const struct deal_act *bounce_of(const struct warning_context *c, struct id who)
{
    for (size_t i = 0; i < c->facts->act_n && c->facts->act[i].at_ms <= c->now; i++) {
        const struct deal_act *a = &c->facts->act[i];
        for (size_t k = 0; a->type == CRM_A_BOUNCE && k < a->people_n; k++)
            if (id_eq(a->people[k], who))
                return a;
    }
    return NULL;
}

/* Was a champion there when it was said: wrote the mail, took part in the call? */
static bool champion_said(const struct warning_context *c, const struct deal_find *d)
{
    for (size_t i = 0; i < c->facts->act_n; i++) {
        const struct deal_act *a = &c->facts->act[i];
        for (size_t k = 0; id_eq(a->id, d->interaction) && k < a->people_n; k++) {
            const struct deal_person *who = deal_person_find(c->facts, a->people[k]);
            if (d->side != IA_SIDE_INTERNAL && who && who->flags & CRM_CHAMPION)
                return true;
        }
    }
    return false;
}

bool w15_champion_lost(struct warning_context *c, const double *p, struct warning_hit *h)
{
    for (size_t i = 0; i < c->facts->person_n; i++) {
        const struct deal_person *who = &c->facts->person[i];
        const struct deal_act *bounce = who->flags & CRM_CHAMPION ? bounce_of(c, who->id) : NULL;
        bool gone = who->flags & (CRM_BOUNCED | CRM_LEFT);
        if (!(who->flags & CRM_CHAMPION) || (!bounce && !gone))
            continue;
        if (gone && who->lost_at_ms != CLOCK_NONE && who->lost_at_ms > c->now)
            continue;
        h->since_ms = bounce ? bounce->at_ms : who->lost_at_ms;
        warn_evidence(h, EVIDENCE_PERSON, who->id, h->since_ms, NULL);
        if (bounce)
            warn_evidence_act(h, bounce);
        return true;
    }
    for (size_t i = 0; i < c->facts->find_n && c->facts->find[i].at_ms <= c->now; i++) {
        const struct deal_find *d = &c->facts->find[i];
        if (d->kind != FIND_RED_FLAG || strcmp(d->class_, "DEPARTURE") != 0 || d->confidence < p[0] ||
            !champion_said(c, d))
            continue;
        h->since_ms = d->at_ms;
        warn_evidence_find(h, d);
        return true;
    }
    return false;
}

bool w09_no_next_step(struct warning_context *c, const double *p, struct warning_hit *h)
{
    const struct deal_act *met = NULL;
    int64_t next;

    (void)p;
    for (size_t i = 0; i < c->facts->act_n && c->facts->act[i].at_ms <= c->now; i++)
        if (act_is_meeting(&c->facts->act[i]))
            met = &c->facts->act[i];
    if (!met)
        return false;
    if (deal_next_step(c->facts, c->now, &next)) {
        warn_next(c, next + 1);
        return false;
    }
    h->since_ms = met->at_ms;
    warn_evidence_act(h, met);
    return true;
}

/* Something of this kind and about these people at or after `a`? */
static bool opened_after(const struct warning_context *c, const struct deal_act *sent)
{
    for (size_t i = 0; i < c->facts->act_n && c->facts->act[i].at_ms <= c->now; i++)
        if (c->facts->act[i].type == CRM_A_DOCUMENT_OPENED && c->facts->act[i].at_ms >= sent->at_ms)
            return true;
    return false;
}

bool w19_unopened(struct warning_context *c, const double *p, struct warning_hit *h)
{
    for (size_t i = c->facts->act_n; i-- > 0;) {
        const struct deal_act *a = &c->facts->act[i];
        int64_t due;
        if (a->at_ms > c->now || a->type != CRM_A_DOCUMENT_SENT || a->status != CRM_DONE)
            continue;
        if (opened_after(c, a))
            return false;
        due = deal_working_days_after(a->at_ms, (int)p[0]);
        warn_next(c, due);
        h->since_ms = due;
        h->numbers[0] = floor(warn_days(a->at_ms, c->now));
        warn_evidence_act(h, a);
        return c->now >= due;
    }
    return false;
}

/* A meeting that took place or is planned after `at`, known now. */
static bool rebooked(const struct warning_context *c, int64_t at_ms)
{
    for (size_t i = 0; i < c->facts->act_n; i++) {
        const struct deal_act *a = &c->facts->act[i];
        if (a->type == CRM_A_MEETING && a->at_ms > at_ms && (a->status == CRM_PLANNED || a->status == CRM_DONE))
            return true;
    }
    return false;
}

bool w20_cancelled(struct warning_context *c, const double *p, struct warning_hit *h)
{
    int64_t last = CLOCK_NONE;
    int n = 0;

    for (size_t i = 0; i < c->facts->act_n && c->facts->act[i].at_ms <= c->now; i++) {
        const struct deal_act *a = &c->facts->act[i];
        if (a->type != CRM_A_MEETING || (a->status != CRM_CANCELLED && a->status != CRM_MISSED) ||
            a->cancelled_by == IA_SIDE_INTERNAL)
            continue;
        n++;
        last = a->at_ms;
        warn_evidence_act(h, a);
    }
    if (!n || rebooked(c, last))
        return false;
    h->since_ms = last + (n >= 2 ? 0 : (int64_t)(p[0] * (double)DAY_MS));
    h->numbers[0] = n;
    warn_next(c, h->since_ms);
    return c->now >= h->since_ms;
}
