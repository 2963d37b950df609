/* deals/warnings.c - running the table over a deal, and the rows about activity, time and the CRM's fields. */
#include "deals/warnings_priv.h"

#include <math.h>

/* ---- what rows share ---- */

int64_t warn_window_start(const struct warning_context *c)
{
    return c->state->created == CLOCK_NONE ? CLOCK_NONE : c->state->created - 7 * DAY_MS;
}

void warn_next(struct warning_context *c, int64_t at_ms)
{
    if (at_ms > c->now && at_ms < c->next_at)
        c->next_at = at_ms;
}

void warn_evidence(struct warning_hit *h, enum deal_evidence_kind kind, struct id id, int64_t at_ms,
                   const int32_t *span)
{
    struct deal_evidence *e;

    if (h->evidence_n == WARNING_EVIDENCE_MAX)
        return;
    e = &h->evidence[h->evidence_n++];
    *e = (struct deal_evidence){.kind = kind, .id = id, .at_ms = at_ms, .span = {-1, -1, -1}};
    if (span)
        memcpy(e->span, span, sizeof e->span);
}

void warn_evidence_act(struct warning_hit *h, const struct deal_act *a)
{
    warn_evidence(h, a->interaction ? EVIDENCE_INTERACTION : EVIDENCE_ACTIVITY, a->id, a->at_ms, NULL);
}

void warn_evidence_find(struct warning_hit *h, const struct deal_find *d)
{
    warn_evidence(h, EVIDENCE_INTERACTION, d->interaction, d->at_ms, d->span);
}

double warn_days(int64_t from_ms, int64_t to_ms)
{
    return (double)(to_ms - from_ms) / (double)DAY_MS;
}

/* The last instant of a day in the pipeline's zone, plus one. */
int64_t warn_day_end(const struct warning_context *c, int64_t day)
{
    return (day + 1) * DAY_MS - (c->facts->pipe ? (int64_t)c->facts->pipe->offset_min * 60000 : 0);
}

bool warn_phase_reached(const struct warning_context *c, double phase)
{
    return c->state->stage && (double)c->state->stage->phase >= phase;
}

/* ---- rows: silence ---- */

static int64_t last_in_window(const struct warning_context *c, bool external, const struct deal_act **out)
{
    int64_t at = deal_last_act(c->facts, c->now, external, out), start = warn_window_start(c);

    if (at == CLOCK_NONE || at < start) {
        *out = NULL;
        return CLOCK_NONE;
    }
    return at;
}

bool w01_no_activity(struct warning_context *c, const double *p, struct warning_hit *h)
{
    const struct deal_act *a;
    int64_t last = last_in_window(c, false, &a), from = last == CLOCK_NONE ? c->state->created : last;
    int64_t due = from + (int64_t)(p[0] * (double)DAY_MS);

    if (from == CLOCK_NONE)
        return false;
    warn_next(c, due);
    if (c->now < due)
        return false;
    h->since_ms = due;
    h->numbers[0] = floor(warn_days(from, c->now));
    if (a)
        warn_evidence_act(h, a);
    else
        warn_evidence(h, EVIDENCE_FIELD, ID_NIL, from, NULL);
    return true;
}

bool w02_ghosted(struct warning_context *c, const double *p, struct warning_hit *h)
{
    const struct deal_act *a;
    int64_t last = last_in_window(c, true, &a), due, second = CLOCK_NONE;
    int touches = 0;

    if (last == CLOCK_NONE)
        return false;
    due = last + (int64_t)(p[0] * (double)DAY_MS);
    warn_evidence_act(h, a);
    for (size_t i = 0; i < c->facts->act_n && c->facts->act[i].at_ms <= c->now; i++) {
        const struct deal_act *o = &c->facts->act[i];
        if (o->at_ms <= last || !act_is_outbound(o))
            continue;
        if (++touches == (int)p[1])
            second = o->at_ms;
        warn_evidence_act(h, o);
    }
    if (touches < (int)p[1])
        return false;
    due = due > second ? due : second;
    warn_next(c, due);
    h->since_ms = due;
    h->numbers[0] = floor(warn_days(last, c->now));
    h->numbers[1] = touches;
    return c->now >= due;
}

bool w21_reciprocity_low(struct warning_context *c, const double *p, struct warning_hit *h)
{
    int in, out;
    double share = deal_reciprocity(c->facts, c->now, &in, &out);

    for (size_t i = 0; i < c->facts->act_n && c->facts->act[i].at_ms <= c->now; i++) {
        const struct deal_act *a = &c->facts->act[i];
        if (a->at_ms <= c->now - 30 * DAY_MS || a->status != CRM_DONE)
            continue;
        warn_next(c, a->at_ms + 30 * DAY_MS); /* leaves the window */
        if (act_is_outbound(a) && a->type != CRM_A_DOCUMENT_SENT)
            warn_evidence_act(h, a);
    }
    h->since_ms = c->now;
    h->numbers[0] = in;
    h->numbers[1] = out;
    return !isnan(share) && share < p[0] && out >= (int)p[1];
}

/* ---- rows: dates, stages, amounts ---- */

bool w03_overdue(struct warning_context *c, const double *p, struct warning_hit *h)
{
    int64_t due;

    if (!c->state->has_close)
        return false;
    due = warn_day_end(c, c->state->close_day + (int64_t)p[0]);
    warn_next(c, due);
    h->since_ms = due;
    h->numbers[0] = (double)(deal_day(c->facts->pipe, c->now) - c->state->close_day);
    warn_evidence(h, EVIDENCE_FIELD, ID_NIL, c->state->close_day * DAY_MS, NULL);
    return c->now >= due;
}

bool w08_stalled(struct warning_context *c, const double *p, struct warning_hit *h)
{
    const struct deal_stage *st = c->state->stage;
    const struct cohort_stage *usual = st ? deal_cohort_stage(c->cohort, st->id) : NULL;
    double limit = st ? st->phase == CRM_EARLY ? p[0] : st->phase == CRM_MIDDLE ? p[1] : p[2] : 0;
    int64_t due;

    if (!st || c->state->stage_since == CLOCK_NONE)
        return false;
    if (usual && usual->won_n && p[3] * usual->median_days > limit)
        limit = p[3] * usual->median_days;
    due = c->state->stage_since + (int64_t)(limit * (double)DAY_MS);
    warn_next(c, due + 1);
    h->since_ms = due + 1;
    h->numbers[0] = floor(warn_days(c->state->stage_since, c->now));
    h->numbers[1] = limit;
    warn_evidence(h, EVIDENCE_CHANGE, c->state->stage_event, c->state->stage_since, NULL);
    return c->now > due;
}

bool w10_pushed(struct warning_context *c, const double *p, struct warning_hit *h)
{
    if (!c->state->pushes)
        return false;
    h->since_ms = c->state->pushed_at;
    h->numbers[0] = c->state->pushes;
    h->numbers[1] = (double)c->state->push_days;
    for (size_t i = 0; i < c->facts->change_n && c->facts->change[i].at_ms <= c->now; i++)
        if (c->facts->change[i].field == CRM_F_CLOSE_DATE)
            warn_evidence(h, EVIDENCE_CHANGE, c->facts->change[i].id, c->facts->change[i].at_ms, NULL);
    return c->state->pushes >= (int)p[0] || (double)c->state->push_days > p[1];
}

bool w11_unrealistic(struct warning_context *c, const double *p, struct warning_hit *h)
{
    const struct cohort_stage *usual = c->state->stage ? deal_cohort_stage(c->cohort, c->state->stage->id) : NULL;
    double left;

    if (!c->state->has_close || !usual || !usual->won_n)
        return false;
    left = (double)(c->state->close_day - deal_day(c->facts->pipe, c->now));
    h->numbers[0] = left;
    h->numbers[1] = p[0] * usual->median_remaining;
    h->since_ms = (c->state->close_day - (int64_t)floor(h->numbers[1])) * DAY_MS;
    warn_next(c, warn_day_end(c, deal_day(c->facts->pipe, c->now)));
    warn_evidence(h, EVIDENCE_FIELD, ID_NIL, c->state->close_day * DAY_MS, NULL);
    return left < h->numbers[1];
}

bool w12_regressed(struct warning_context *c, const double *p, struct warning_hit *h)
{
    (void)p;
    h->since_ms = c->state->regressed_at;
    h->numbers[0] = c->state->regressions;
    warn_evidence(h, EVIDENCE_CHANGE, c->state->regressed_event, c->state->regressed_at, NULL);
    return c->state->regressions > 0 && c->state->below_deepest;
}

bool w13_amount_down(struct warning_context *c, const double *p, struct warning_hit *h)
{
    int64_t window = (int64_t)(p[1] * (double)DAY_MS), first_drop = CLOCK_NONE;
    struct deal_state before;

    if (!c->state->has_amount)
        return false;
    deal_state_at(c->facts, c->now - window, &before);
    for (size_t i = 0; i < c->facts->change_n && c->facts->change[i].at_ms <= c->now; i++) {
        const struct deal_change *o = &c->facts->change[i];
        if (o->field != CRM_F_AMOUNT || o->at_ms <= c->now - window)
            continue;
        if (!before.has_amount) /* younger than the window: from its first amount on */
            deal_state_at(c->facts, o->at_ms, &before);
        warn_evidence(h, EVIDENCE_CHANGE, o->id, o->at_ms, NULL);
        warn_next(c, o->at_ms + window);
        first_drop = o->at_ms;
    }
    if (!before.has_amount || first_drop == CLOCK_NONE || strcmp(before.currency, c->state->currency) != 0 ||
        before.amount_micros <= 0)
        return false;
    h->since_ms = first_drop;
    h->numbers[0] = 100.0 * (double)(before.amount_micros - c->state->amount_micros) / (double)before.amount_micros;
    h->numbers[1] = (double)before.amount_micros / 1e6;
    h->numbers[2] = (double)c->state->amount_micros / 1e6;
    return h->numbers[0] >= p[0];
}

bool w24_owner_gap(struct warning_context *c, const double *p, struct warning_hit *h)
{
    for (size_t i = 0; i < c->facts->seller_n; i++) {
        const struct deal_seller *s = &c->facts->seller[i];
        int64_t due;
        if (!id_eq(s->id, c->state->owner) || s->active || s->inactive_at_ms == CLOCK_NONE)
            continue;
        due = s->inactive_at_ms + (int64_t)(p[0] * (double)DAY_MS);
        warn_next(c, due + 1);
        h->since_ms = due + 1;
        h->numbers[0] = floor(warn_days(s->inactive_at_ms, c->now));
        warn_evidence(h, EVIDENCE_PERSON, s->id, s->inactive_at_ms, NULL);
        return c->now > due;
    }
    return false;
}

/* ---- running ---- */

bool warning_settings(const struct deal_pipeline *p, struct id stage, int warning, double out[CRM_SETTING_VALUES],
                      int *out_severity)
{
    const struct warning_row *row = &warning_rows[warning - 1];
    bool on = true;

    *out_severity = row->severity;
    for (int k = 0; k < CRM_SETTING_VALUES; k++)
        out[k] = row->settings[k].name ? row->settings[k].fallback : NAN;
    for (int narrow = 0; narrow < 2; narrow++) /* the stage's word comes last */
        for (size_t i = 0; p && i < p->settings_n; i++) {
            const struct deal_setting *s = &p->settings[i];
            if (s->warning != warning || id_is_nil(s->stage) == narrow || (narrow && !id_eq(s->stage, stage)))
                continue;
            on = s->enabled;
            if (s->severity)
                *out_severity = s->severity;
            for (int k = 0; k < CRM_SETTING_VALUES; k++)
                if (row->settings[k].name && !isnan(s->values[k]))
                    out[k] = s->values[k];
        }
    if (p && p->choice[warning - 1].made) {
        on = p->choice[warning - 1].enabled;
        if (p->choice[warning - 1].severity)
            *out_severity = p->choice[warning - 1].severity;
    }
    return on;
}

void warnings_evaluate(const struct deal_facts *f, const struct deal_state *s, const struct deal_cohort *c, int64_t now,
                       struct warning_hit out[WARNINGS_N], int64_t *out_next)
{
    struct warning_context ctx = {.facts = f, .state = s, .cohort = c, .now = now, .next_at = INT64_MAX};
    struct id stage = s->stage ? s->stage->id : ID_NIL;

    for (int i = 0; i < WARNINGS_N; i++) {
        struct warning_hit h = {.warning = i + 1, .since_ms = now};
        double p[CRM_SETTING_VALUES];
        if (s->outcome == DEAL_OPEN && warning_settings(f->pipe, stage, i + 1, p, &h.severity))
            h.on = warning_rows[i].holds(&ctx, p, &h);
        if (h.since_ms > now || h.since_ms == CLOCK_NONE)
            h.since_ms = now;
        out[i] = h;
        if (!h.on)
            out[i].evidence_n = 0;
    }
    *out_next = ctx.next_at;
}

str warning_name(int warning, struct arena *a)
{
    const char *name = warning_rows[warning - 1].name;
    size_t n = strlen(name);
    char *spaced = arena_alloc(a, n + 1);

    for (size_t i = 0; i < n; i++)
        spaced[i] = name[i] == '_' ? ' ' : name[i];
    return str_n(spaced, n);
}

str warning_text(int warning, const double *numbers, struct arena *a)
{
    const char *w = warning_rows[warning - 1].words;
    char text[400];
    size_t n = 0;

    for (; *w && n + 40 < sizeof text; w++) {
        if (w[0] == '%' && w[1] >= '0' && w[1] < '0' + WARNING_NUMBERS_MAX)
            n += (size_t)snprintf(text + n, sizeof text - n, "%.10g", round(numbers[*++w - '0'] * 10) / 10);
        else
            text[n++] = *w;
    }
    return str_dup(a, str_n(text, n));
}
