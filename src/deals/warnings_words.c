/* deals/warnings_words.c - the rows that rest on what was said. */
#include <math.h>

#include "deals/warnings_priv.h"

static bool analysed(const struct warning_context *c)
{
    for (size_t i = 0; i < c->facts->act_n && c->facts->act[i].at_ms <= c->now; i++)
        if (c->facts->act[i].interaction)
            return true;
    return c->facts->find_n && c->facts->find[0].at_ms <= c->now;
}

bool w06_no_pricing(struct warning_context *c, const double *p, struct warning_hit *h)
{
    if (!warn_phase_reached(c, p[0]) || !analysed(c))
        return false;
    for (size_t i = 0; i < c->facts->act_n && c->facts->act[i].at_ms <= c->now; i++)
        if (c->facts->act[i].priced)
            return false;
    for (size_t i = 0; i < c->facts->find_n && c->facts->find[i].at_ms <= c->now; i++)
        if (c->facts->find[i].kind == FIND_PRICING)
            return false;
    h->since_ms = c->state->stage_since;
    warn_evidence(h, EVIDENCE_CHANGE, c->state->stage_event, c->state->stage_since, NULL);
    return true;
}

bool w07_red_flag(struct warning_context *c, const double *p, struct warning_hit *h)
{
    bool any = false;

    for (size_t i = 0; i < c->facts->find_n && c->facts->find[i].at_ms <= c->now; i++) {
        const struct deal_find *d = &c->facts->find[i];
        if (d->kind != FIND_RED_FLAG || d->side == IA_SIDE_INTERNAL || d->confidence < p[0])
            continue;
        if (d->at_ms < warn_window_start(c))
            continue;
        if (!any)
            h->since_ms = d->at_ms;
        any = true;
        warn_evidence_find(h, d);
    }
    return any;
}

static bool field_missing(struct warning_context *c, const char *class_, struct warning_hit *h)
{
    if (!analysed(c) || deal_field_score(c->facts, c->now, class_, NULL) > 0)
        return false;
    warn_evidence(h, EVIDENCE_CHANGE, c->state->stage_event, c->state->stage_since, NULL);
    return true;
}

bool w16_no_process(struct warning_context *c, const double *p, struct warning_hit *h)
{
    h->since_ms = c->state->stage_since;
    return warn_phase_reached(c, p[0]) && field_missing(c, "meddpicc.decision_process", h);
}

bool w23_no_legal(struct warning_context *c, const double *p, struct warning_hit *h)
{
    int64_t due;

    if (!c->state->has_close)
        return false;
    due = warn_day_end(c, c->state->close_day - (int64_t)p[0]); /* from then on fewer days are left */
    warn_next(c, due);
    h->since_ms = due;
    h->numbers[0] = (double)(c->state->close_day - deal_day(c->facts->pipe, c->now));
    return c->now >= due && field_missing(c, "meddpicc.paper_process", h);
}

bool w17_competitor_late(struct warning_context *c, const double *p, struct warning_hit *h)
{
    for (size_t i = 0; i < c->facts->find_n && c->facts->find[i].at_ms <= c->now; i++) {
        const struct deal_find *d = &c->facts->find[i];
        struct deal_state then;
        if (d->kind != FIND_COMPETITOR || d->side == IA_SIDE_INTERNAL)
            continue;
        deal_state_at(c->facts, d->at_ms, &then); /* the first mention decides */
        h->since_ms = d->at_ms;
        warn_evidence_find(h, d);
        return then.stage && (double)then.stage->phase >= p[0];
    }
    return false;
}

/* Mails are too short for a net attitude that could be compared. */
static bool is_mail(const struct warning_context *c, struct id interaction)
{
    for (size_t i = 0; i < c->facts->act_n; i++)
        if (c->facts->act[i].interaction && id_eq(c->facts->act[i].id, interaction))
            return c->facts->act[i].kind != IA_CALL;
    return false;
}

/* Attitude of the customer's words: that of the last call, in itself and against the mean of those before. */
bool w18_sentiment(struct warning_context *c, const double *p, struct warning_hit *h)
{
    double sum = 0;
    int n = 0;
    bool fires = false;

    for (size_t i = 0; i < c->facts->find_n && c->facts->find[i].at_ms <= c->now; i++) {
        const struct deal_find *d = &c->facts->find[i];
        if (d->kind != FIND_ATTITUDE || strcmp(d->class_, "call") != 0 || is_mail(c, d->interaction))
            continue;
        fires = strcmp(d->modality, "FALLING") == 0 || (n && d->value <= sum / n - p[0]);
        if (fires) {
            h->evidence_n = 0;
            h->since_ms = d->at_ms;
            h->numbers[0] = d->value;
            h->numbers[1] = n ? sum / n : 0;
            warn_evidence_find(h, d);
        }
        sum += d->value;
        n++;
    }
    return fires;
}

/* A date of the buyer's decision that lies after the CRM's close date, or an amount below the CRM's. */
bool w22_conflict(struct warning_context *c, const double *p, struct warning_hit *h)
{
    for (size_t i = c->facts->find_n; i-- > 0;) {
        const struct deal_find *d = &c->facts->find[i];
        bool against = false;
        if (d->at_ms > c->now || d->kind != FIND_CONFLICT || d->confidence < p[0])
            continue;
        if (strcmp(d->class_, "close_date") == 0)
            against = c->state->has_close && d->due_day != INT32_MIN && c->state->close_day < d->due_day;
        else if (strcmp(d->class_, "amount") == 0)
            against = c->state->has_amount && d->value > 0 && (double)c->state->amount_micros / 1e6 > d->value * 1.05;
        if (!against)
            continue;
        h->since_ms = d->at_ms;
        warn_evidence_find(h, d);
        warn_evidence(h, EVIDENCE_FIELD, ID_NIL, c->state->has_close ? c->state->close_day * DAY_MS : CLOCK_NONE, NULL);
        return true;
    }
    return false;
}
