/* analytics/figures_value.c - the waterfall, slipping, the open pipeline, and the forecast week by week. */
#include <math.h>

#include "analytics/figures_priv.h"

enum {
    WF_OPENING,
    WF_CREATED,
    WF_INCREASED,
    WF_MOVED_IN,
    WF_DECREASED,
    WF_WON,
    WF_LOST,
    WF_MOVED_OUT,
    WF_CLOSING,
    WF_PARTS
};
static const char *const wf_names[WF_PARTS] = {"opening", "created", "increased", "moved_in", "decreased",
                                               "won",     "lost",    "moved_out", "closing"};

/* What a deal adds to the open pipeline of the period. */
static int64_t worth(const struct figures *x, const struct deal_state *s)
{
    return s->outcome == DEAL_OPEN && fig_closes_in(x, s) && fig_in_currency(x, s) ? s->amount_micros : 0;
}

static int change_part(const struct figures *x, const struct deal_state *before, const struct deal_state *after,
                       int64_t was, int64_t is, bool counted_before)
{
    if (was > 0 && after->outcome == DEAL_WON)
        return WF_WON;
    if (was > 0 && after->outcome == DEAL_LOST)
        return WF_LOST;
    if (was == 0)
        return !counted_before && after->created >= x->from_ms ? WF_CREATED : WF_MOVED_IN;
    if (is == 0)
        return before->has_amount && after->has_amount && after->amount_micros == 0 ? WF_DECREASED : WF_MOVED_OUT;
    return is > was ? WF_INCREASED : WF_DECREASED;
}

static void part_add(struct figures *x, struct figure *part, const struct fig_row *r, bool counts)
{
    if (!counts)
        return;
    part->n++;
    fig_input(x, part, r->f->deal);
}

/* Every instant at which something changed is one step, so the parts add up whatever happens at once. */
static void steps_of(struct figures *x, const struct fig_row *r, int64_t sum[WF_PARTS], struct figure of[WF_PARTS])
{
    struct deal_state before = r->start;
    int64_t was = worth(x, &before);
    bool counted = was > 0;

    sum[WF_OPENING] += was;
    part_add(x, &of[WF_OPENING], r, was > 0);
    for (size_t i = 0; i < r->f->change_n; i++) {
        int64_t at = r->f->change[i].at_ms, is;
        struct deal_state after;
        int part;
        if (at < x->from_ms || at >= x->end_ms || (i + 1 < r->f->change_n && r->f->change[i + 1].at_ms == at))
            continue;
        deal_state_at(r->f, at, &after);
        is = worth(x, &after);
        if (is != was) {
            part = change_part(x, &before, &after, was, is, counted);
            sum[part] += is > was ? is - was : was - is;
            part_add(x, &of[part], r, true);
        }
        counted |= is > 0;
        was = is;
        before = after;
    }
    sum[WF_CLOSING] += was;
    part_add(x, &of[WF_CLOSING], r, was > 0);
}

static void slip(struct figures *x)
{
    struct figure *f = fig_add(x, "slip_rate", NULL, "1");
    int64_t due = 0, slipped = 0, n = 0;

    for (size_t i = 0; i < x->rows_n; i++) {
        const struct fig_row *r = &x->rows[i];
        int64_t w = worth(x, &r->start);
        if (!w)
            continue;
        n++;
        due += w;
        fig_input(x, f, r->f->deal);
        if (r->end.outcome == DEAL_OPEN || r->end.outcome == DEAL_UNKNOWN)
            slipped += w;
    }
    f->n = n;
    fig_value(f, due ? (double)slipped / (double)due : NAN);
    if (x->end_ms < x->to_ms)
        fig_null(f, "period_not_over");
    fig_small(f);
}

void figures_waterfall(struct figures *x)
{
    struct figure of[WF_PARTS] = {0};
    int64_t sum[WF_PARTS] = {0};

    for (size_t i = 0; i < x->rows_n; i++)
        steps_of(x, &x->rows[i], sum, of);
    for (int p = 0; p < WF_PARTS; p++) {
        struct figure *f = fig_add(x, "waterfall", wf_names[p], x->in->pipe->currency);
        f->n = of[p].n;
        fig_money(f, sum[p]);
        fig_rests_on(f, &of[p]);
    }
    slip(x);
}

/* ---- the open pipeline ---- */

/* Share of draws is the share of coins: each deal is won with p. */
static void calibrated_interval(struct figures *x, struct figure *f)
{
    double *totals = ARENA_ARRAY(x->a, double, FIGURES_RESAMPLES);
    uint64_t state = 1;

    for (int d = 0; d < FIGURES_RESAMPLES; d++)
        for (size_t i = 0; i < x->rows_n; i++) {
            const struct fig_row *r = &x->rows[i];
            int64_t w = worth(x, &r->end);
            if (w && !isnan(r->p) && (double)(figures_random(&state) >> 11) / 9007199254740992.0 < r->p)
                totals[d] += (double)w / 1e6;
        }
    f->has_interval = true;
    f->low = deal_quantile(totals, FIGURES_RESAMPLES, 0.025);
    f->high = deal_quantile(totals, FIGURES_RESAMPLES, 0.975);
}

static void coverage(struct figures *x, int64_t open, const struct figure *deals)
{
    struct figure *f = fig_add(x, "coverage", NULL, "1");
    int64_t quota = 0, n = 0;

    for (size_t i = 0; i < x->in->quotas_n; i++) {
        const struct figures_quota *q = &x->in->quotas[i];
        if (q->from_day != x->in->from_day || q->to_day != x->in->to_day ||
            strcmp(q->currency, x->in->pipe->currency) != 0 ||
            (!id_is_nil(x->in->owner) && !id_eq(q->seller, x->in->owner)))
            continue;
        quota += q->micros;
        n++;
    }
    f->n = n;
    fig_rests_on(f, deals);
    if (!n)
        fig_null(f, "no_quota");
    else if (quota <= x->won_micros)
        fig_null(f, "quota_reached");
    else
        fig_value(f, (double)open / (double)(quota - x->won_micros));
    f = fig_add(x, "needed_coverage", NULL, "1");
    fig_value(f, x->win_rate_value > 0 ? 1 / x->win_rate_value : NAN);
    if (!f->has_value)
        f->reason = "rests_on_a_figure_without_value";
}

static void hygiene(struct figures *x)
{
    static const char *const parts[] = {"all", "next_step", "close_date", "contact", "amount"};
    int64_t n = 0, good[5] = {0}, now = x->end_ms - 1, ignored;
    struct figure open = {0};

    for (size_t i = 0; i < x->rows_n; i++) {
        const struct fig_row *r = &x->rows[i];
        bool has[5] = {false};
        if (r->end.outcome != DEAL_OPEN)
            continue;
        n++;
        fig_input(x, &open, r->f->deal);
        has[1] = deal_next_step(r->f, now, &ignored);
        has[2] = r->end.has_close && r->end.close_day >= deal_day(x->in->pipe, now);
        has[3] = r->f->person_n > 0;
        has[4] = r->end.has_amount;
        has[0] = has[1] && has[2] && has[3] && has[4];
        for (int k = 0; k < 5; k++)
            good[k] += has[k];
    }
    for (int k = 0; k < 5; k++) {
        struct figure *f = fig_add(x, "hygiene", parts[k], "1");
        f->n = n;
        fig_value(f, n ? (double)good[k] / (double)n : NAN);
        fig_rests_on(f, &open);
        fig_small(f);
    }
}

void figures_outlook(struct figures *x)
{
    static const enum crm_category shown[] = {CRM_C_OMITTED, CRM_C_PIPELINE, CRM_C_BEST_CASE, CRM_C_COMMIT};
    struct figure all = {0}, of[CRM_CATEGORIES] = {0}, *f;
    int64_t open = 0, n = 0, by[CRM_CATEGORIES] = {0};
    double weighted = 0, calibrated = 0;
    bool untold = false;

    for (size_t i = 0; i < x->rows_n; i++) {
        const struct fig_row *r = &x->rows[i];
        int64_t w = worth(x, &r->end);
        if (!w)
            continue;
        fig_input(x, &all, r->f->deal);
        open += w;
        n++;
        by[r->end.category] += w;
        part_add(x, &of[r->end.category], r, true);
        weighted += (double)w / 1e6 * r->end.probability;
        untold |= isnan(r->p);
        calibrated += (double)w / 1e6 * r->p;
    }
    f = fig_add(x, "open_value", NULL, x->in->pipe->currency);
    f->n = n;
    fig_money(f, open);
    fig_rests_on(f, &all);
    f = fig_add(x, "weighted_pipeline", NULL, x->in->pipe->currency);
    f->n = n;
    fig_value(f, weighted);
    fig_rests_on(f, &all);
    f = fig_add(x, "calibrated_pipeline", NULL, x->in->pipe->currency);
    f->n = n;
    fig_value(f, calibrated);
    fig_rests_on(f, &all);
    if (untold)
        fig_null(f, "no_score");
    else
        calibrated_interval(x, f);
    for (size_t k = 0; k < sizeof shown / sizeof *shown; k++) {
        f = fig_add(x, "category_value", crm_category_name(shown[k]), x->in->pipe->currency);
        f->n = of[shown[k]].n;
        fig_money(f, by[shown[k]]);
        fig_rests_on(f, &of[shown[k]]);
    }
    coverage(x, open, &all);
    hygiene(x);
}

/* ---- the forecast ---- */

static void week_of(struct figures *x, int week, int64_t won_at_end)
{
    static const enum crm_category shown[] = {CRM_C_PIPELINE, CRM_C_BEST_CASE, CRM_C_COMMIT};
    int64_t at = x->from_ms + week * 7 * DAY_MS - 1, forecast = 0, all[CRM_CATEGORIES] = {0}, won[CRM_CATEGORIES] = {0};
    const char *part = str_cz(x->a, str_fmt(x->a, "w%d", week));
    struct figure of[CRM_CATEGORIES] = {0}, counted = {0}, *f;
    bool over = x->end_ms == x->to_ms;

    if (at >= x->end_ms)
        return;
    for (size_t i = 0; i < x->rows_n; i++) {
        const struct fig_row *r = &x->rows[i];
        struct deal_state s;
        deal_state_at(r->f, at, &s);
        if (s.outcome == DEAL_WON && s.closed >= x->from_ms && fig_in_currency(x, &s) && r->times_ok) {
            forecast += s.amount_micros;
            fig_input(x, &counted, r->f->deal);
        }
        if (s.outcome != DEAL_OPEN || !fig_closes_in(x, &s))
            continue;
        if (s.category == CRM_C_COMMIT) {
            forecast += worth(x, &s);
            fig_input(x, &counted, r->f->deal);
        }
        all[s.category]++;
        fig_input(x, &of[s.category], r->f->deal);
        won[s.category] += r->closed_in && r->end.outcome == DEAL_WON;
    }
    f = fig_add(x, "forecast", part, x->in->pipe->currency);
    f->n = all[CRM_C_COMMIT];
    fig_money(f, forecast);
    fig_rests_on(f, &counted);
    f = fig_add(x, "forecast_accuracy", part, "1");
    fig_value(f, won_at_end > 0 ? 1 - fabs((double)(forecast - won_at_end)) / (double)won_at_end : NAN);
    f->n = x->won_n;
    fig_rests_on(f, &x->won);
    if (!over)
        fig_null(f, "period_not_over");
    for (size_t k = 0; k < sizeof shown / sizeof *shown; k++) {
        f = fig_add(x, "category_close_rate", str_cz(x->a, str_fmt(x->a, "%s.w%d", crm_category_name(shown[k]), week)),
                    "1");
        f->n = all[shown[k]];
        fig_rests_on(f, &of[shown[k]]);
        fig_value(f, all[shown[k]] ? (double)won[shown[k]] / (double)all[shown[k]] : NAN);
        if (!over)
            fig_null(f, "period_not_over");
        fig_small(f);
    }
}

void figures_forecast(struct figures *x)
{
    static const int weeks[] = {1, 4, 8, 12};

    for (size_t i = 0; i < sizeof weeks / sizeof *weeks; i++)
        week_of(x, weeks[i], x->won_micros);
}
