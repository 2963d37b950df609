/* deals/score_features.c - what the score looks at, as of a time. */
#include <math.h>

#include "deals/score.h"

enum {
    F_ENGAGEMENT,
    F_MOMENTUM,
    F_RECIPROCITY,
    F_SILENCE,
    F_CONTACTS,
    F_POWER,
    F_PUSHES,
    F_STAGE_AGE,
    F_AMOUNT,
    F_QUALIFICATION,
    F_REGRESSED
};

const struct score_feature score_features[SCORE_FEATURES] = {
    [F_ENGAGEMENT] = {"engagement", "ln(1 + E(t)) - 2", "much contact lately", "little contact lately", 0.3},
    [F_MOMENTUM] = {"momentum", "ln((1 + E(t)) / (1 + E(t - 14 d))), within -2..2", "contact is growing",
                    "contact is fading", 0.2},
    [F_RECIPROCITY] = {"reciprocity", "2 * (inbound share of mails and calls in 30 days) - 1; 0 without any",
                       "the customer writes back", "mostly we write", 0.2},
    [F_SILENCE] = {"silence",
                   "ln(1 + days since the customer was last active, at most 90) - 2; created counts as active",
                   "the customer was active lately", "the customer is silent", -0.3},
    [F_CONTACTS] = {"contacts", "ln(1 + people with contact both ways in 60 days) - 1", "several people take part",
                    "few people take part", 0.3},
    [F_POWER] = {"power", "1 when a director or the economic buyer was in a meeting, else 0; minus 0.5",
                 "who decides has taken part", "who decides has not taken part", 0.2},
    [F_PUSHES] = {"pushes", "ln(1 + pushes of the close date)", "the close date has held", "the close date was pushed",
                  -0.3},
    [F_STAGE_AGE] = {"stage_age", "ln((1 + days in stage) / (1 + median days of won deals, or 14)), within -2..2",
                     "moving through the stage", "long in this stage", -0.2},
    [F_AMOUNT] = {"amount", "ln(amount / median amount) / 2, within -2..2; 0 when either is unknown", "a small deal",
                  "a large deal", -0.1},
    [F_QUALIFICATION] = {"qualification", "MEDDPICC total / 8 - 1; 0 when no conversation was analysed",
                         "well qualified", "poorly qualified", 0.2},
    [F_REGRESSED] = {"regressed", "1 when the stage went back and was not reached again", "the stage has not gone back",
                     "the stage went back", -0.2},
};

static double within(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static double amount_x(const struct deal_state *s, const struct deal_cohort *c)
{
    if (!s->has_amount || s->amount_micros <= 0 || !c || isnan(c->median_amount) || c->median_amount <= 0)
        return 0;
    return within(log((double)s->amount_micros / 1e6 / c->median_amount) / 2, -2, 2);
}

static double stage_age_x(const struct deal_state *s, const struct deal_cohort *c)
{
    const struct cohort_stage *usual = deal_cohort_stage(c, s->stage->id);
    double days = (double)(s->as_of - s->stage_since) / DAY_MS,
           median = usual && usual->won_n ? usual->median_days : 14;

    return within(log((1 + days) / (1 + median)), -2, 2);
}

bool score_row_make(const struct deal_facts *f, const struct deal_state *s, const struct deal_cohort *c,
                    struct score_row *out)
{
    int64_t t = s->as_of, last;
    double e, before, share;
    int meddpicc;

    if (!s->stage || !f->pipe || s->stage->outcome != CRM_OPEN || s->stage_since == CLOCK_NONE)
        return false;
    *out = (struct score_row){.at_ms = t, .weight = 1, .stage = (int)(s->stage - f->pipe->stages)};
    if (out->stage >= SCORE_STAGES_MAX)
        return false;
    e = deal_engagement(f, t);
    before = deal_engagement(f, t - 14 * DAY_MS);
    share = deal_reciprocity(f, t, NULL, NULL);
    last = deal_last_act(f, t, true, NULL);
    last = last == CLOCK_NONE ? s->created : last;
    meddpicc = deal_qualification(f, t);
    out->x[F_ENGAGEMENT] = log1p(e) - 2;
    out->x[F_MOMENTUM] = within(log((1 + e) / (1 + before)), -2, 2);
    out->x[F_RECIPROCITY] = isnan(share) ? 0 : 2 * share - 1;
    out->x[F_SILENCE] = log1p(within((double)(t - last) / DAY_MS, 0, 90)) - 2;
    out->x[F_CONTACTS] = log1p(deal_two_way_contacts(f, t, 60, NULL)) - 1;
    out->x[F_POWER] = (deal_power_met(f, t) ? 1 : 0) - 0.5;
    out->x[F_PUSHES] = log1p(s->pushes);
    out->x[F_STAGE_AGE] = stage_age_x(s, c);
    out->x[F_AMOUNT] = amount_x(s, c);
    out->x[F_QUALIFICATION] = meddpicc < 0 ? 0 : meddpicc / 8.0 - 1;
    out->x[F_REGRESSED] = s->below_deepest ? 1 : 0;
    return true;
}

size_t score_snapshots(const struct deal_facts *f, const struct deal_cohort *c, int64_t as_of, struct score_row *out,
                       size_t cap)
{
    struct deal_state end, s;
    size_t n = 0;

    deal_state_at(f, as_of, &end);
    if ((end.outcome != DEAL_WON && end.outcome != DEAL_LOST) ||
        end.problems & (1u << UNKNOWN_TIMES | 1u << UNKNOWN_STAGE))
        return 0;
    for (int64_t t = end.created + 28 * DAY_MS; t < end.closed && n < cap; t += 28 * DAY_MS) {
        deal_state_at(f, t, &s);
        n += score_row_make(f, &s, c, &out[n]);
    }
    if (!n && cap) {
        deal_state_at(f, end.created + (end.closed - end.created) / 2, &s);
        n += score_row_make(f, &s, c, &out[n]);
    }
    for (size_t i = 0; i < n; i++) {
        out[i].won = end.outcome == DEAL_WON;
        out[i].weight = 1.0 / (double)n;
    }
    return n;
}
