#include "analytics/figures_priv.h"

#include <math.h>

/* ---- making rows ---- */

struct figure *fig_add(struct figures *x, const char *id, const char *part, const char *unit)
{
    ARENA_PUSH(x->a, x->out, x->n, x->cap) = (struct figure){.id = id, .part = part, .unit = unit};
    return &x->out[x->n - 1];
}

void fig_input(struct figures *x, struct figure *f, struct id deal)
{
    if (f->inputs_n >= FIGURE_INPUTS_MAX || (f->inputs_n && id_eq(f->inputs[f->inputs_n - 1], deal)))
        return;
    if (f->inputs_n % 64 == 0) {
        struct id *more = ARENA_ARRAY(x->a, struct id, f->inputs_n + 64);
        if (f->inputs_n)
            memcpy(more, f->inputs, f->inputs_n * sizeof *more);
        f->inputs = more;
    }
    f->inputs[f->inputs_n++] = deal;
}

void fig_value(struct figure *f, double value)
{
    f->has_value = isfinite(value);
    f->value = f->has_value ? value : 0;
    f->reason = f->has_value ? NULL : "nothing_to_count";
}

void fig_money(struct figure *f, int64_t micros)
{
    f->has_value = f->money = true;
    f->micros = micros;
    f->value = (double)micros / 1e6;
}

void fig_null(struct figure *f, const char *reason)
{
    f->has_value = f->has_interval = f->money = false;
    f->reason = reason;
}

void fig_rests_on(struct figure *f, const struct figure *gathered)
{
    f->inputs = gathered->inputs;
    f->inputs_n = gathered->inputs_n;
}

/* A rate, mean or median of fewer than five is not shown. */
void fig_small(struct figure *f)
{
    if (f->has_value && f->n < FIGURES_SMALL_N)
        fig_null(f, "small_n");
}

/* ---- states ---- */

int64_t fig_day_start(const struct figures *x, int64_t day)
{
    return day * DAY_MS - (int64_t)x->in->pipe->offset_min * 60000;
}

bool fig_in_currency(const struct figures *x, const struct deal_state *s)
{
    return s->has_amount && strcmp(s->currency, x->in->pipe->currency) == 0;
}

bool fig_closes_in(const struct figures *x, const struct deal_state *s)
{
    return s->has_close && s->close_day >= x->in->from_day && s->close_day < x->in->to_day;
}

static void rows_make(struct figures *x)
{
    const struct figures_input *in = x->in;

    x->rows = ARENA_ARRAY(x->a, struct fig_row, in->facts_n + 1);
    for (size_t i = 0; i < in->facts_n; i++) {
        struct fig_row *r = &x->rows[x->rows_n];
        if (in->facts[i].pipe != in->pipe)
            continue;
        r->f = &in->facts[i];
        r->p = in->p ? in->p[i] : NAN;
        deal_state_at(r->f, x->from_ms - 1, &r->start);
        deal_state_at(r->f, x->end_ms - 1, &r->end);
        if (r->end.outcome == DEAL_UNKNOWN && r->start.outcome == DEAL_UNKNOWN && !r->f->change_n)
            continue;
        if (!id_is_nil(in->owner) && !id_eq(r->end.owner, in->owner))
            continue;
        r->closed_in = (r->end.outcome == DEAL_WON || r->end.outcome == DEAL_LOST) && r->end.closed >= x->from_ms &&
                       r->end.closed < x->end_ms;
        r->times_ok = r->end.created != CLOCK_NONE && !(r->end.problems & 1u << UNKNOWN_TIMES);
        x->rows_n++;
    }
}

/* ---- winning ---- */

static void win_rates(struct figures *x)
{
    enum { WON, LOST, EXCLUDED, BOTH, KINDS };
    static const char *const counts[] = {"won_count", "lost_count", "excluded_count"};
    struct figure of[KINDS] = {0}, *rate, *value, *sum;
    int64_t micros[2] = {0};

    for (size_t i = 0; i < x->rows_n; i++) {
        const struct fig_row *r = &x->rows[i];
        int kind = !r->times_ok ? EXCLUDED : r->end.outcome == DEAL_WON ? WON : LOST;
        if (!r->closed_in)
            continue;
        fig_input(x, &of[kind], r->f->deal);
        of[kind].n++;
        if (kind == EXCLUDED)
            continue;
        fig_input(x, &of[BOTH], r->f->deal);
        of[BOTH].n++;
        if (fig_in_currency(x, &r->end))
            micros[kind] += r->end.amount_micros;
    }
    rate = fig_add(x, "win_rate", NULL, "1");
    fig_rests_on(rate, &of[BOTH]);
    rate->n = of[BOTH].n;
    fig_value(rate, rate->n ? (double)of[WON].n / (double)rate->n : NAN);
    if (rate->n) {
        rate->has_interval = true;
        deal_wilson(of[WON].n, rate->n, &rate->low, &rate->high);
    }
    fig_small(rate);
    x->win_rate = rate->has_value ? rate->value : NAN;
    for (int k = WON; k <= EXCLUDED; k++) {
        struct figure *f = fig_add(x, counts[k], NULL, "1");
        f->n = of[k].n;
        fig_value(f, (double)f->n);
        fig_rests_on(f, &of[k]);
    }
    for (int k = WON; k <= LOST; k++) {
        sum = fig_add(x, k == WON ? "won_value" : "lost_value", NULL, x->in->pipe->currency);
        sum->n = of[k].n;
        fig_money(sum, micros[k]);
        fig_rests_on(sum, &of[k]);
    }
    value = fig_add(x, "win_rate_value", NULL, "1");
    value->n = of[BOTH].n;
    fig_value(value, micros[WON] + micros[LOST] ? (double)micros[WON] / (double)(micros[WON] + micros[LOST]) : NAN);
    fig_rests_on(value, &of[BOTH]);
    fig_small(value);
    x->win_rate_value = value->has_value ? value->value : NAN;
    x->won_n = of[WON].n;
    x->won_micros = micros[WON];
    x->won = of[WON];
}

static void cycle_of(struct figures *x, const char *id, enum deal_outcome outcome)
{
    double *days = ARENA_ARRAY(x->a, double, x->rows_n + 1);
    struct figure *f = fig_add(x, id, NULL, "d");
    size_t n = 0;

    for (size_t i = 0; i < x->rows_n; i++) {
        const struct fig_row *r = &x->rows[i];
        if (!r->closed_in || !r->times_ok || r->end.outcome != outcome)
            continue;
        days[n++] = (double)(r->end.closed - r->end.created) / (double)DAY_MS;
        fig_input(x, f, r->f->deal);
    }
    f->n = (int64_t)n;
    fig_value(f, deal_quantile(days, n, 0.5));
    fig_small(f);
    if (outcome == DEAL_WON)
        x->cycle_days = f->has_value ? f->value : NAN;
}

static void won_value_mean(struct figures *x)
{
    double *values = ARENA_ARRAY(x->a, double, x->rows_n + 1);
    struct figure *f = fig_add(x, "mean_won_value", NULL, x->in->pipe->currency);
    double sum = 0;
    size_t n = 0;

    for (size_t i = 0; i < x->rows_n; i++) {
        const struct fig_row *r = &x->rows[i];
        if (!r->closed_in || !r->times_ok || r->end.outcome != DEAL_WON || !fig_in_currency(x, &r->end))
            continue;
        sum += values[n++] = (double)r->end.amount_micros / 1e6;
        fig_input(x, f, r->f->deal);
    }
    f->n = (int64_t)n;
    fig_value(f, n ? sum / (double)n : NAN);
    if (n) {
        f->has_interval = true;
        figures_bootstrap(values, n, x->a, &f->low, &f->high);
    }
    fig_small(f);
    x->mean_won = f->has_value ? f->value : NAN;
}

/* Deals that were open at some moment of the period. */
static void velocity(struct figures *x)
{
    struct figure all = {0}, made_and_closed = {0}, *f;
    int64_t n = 0, both = 0;

    for (size_t i = 0; i < x->rows_n; i++) {
        const struct fig_row *r = &x->rows[i];
        bool at_start = r->start.outcome == DEAL_OPEN;
        bool during = r->end.created != CLOCK_NONE && r->end.created >= x->from_ms && r->end.created < x->end_ms;
        if (!at_start && !during)
            continue;
        n++;
        fig_input(x, &all, r->f->deal);
        if (!during || !r->closed_in)
            continue;
        both++;
        fig_input(x, &made_and_closed, r->f->deal);
    }
    f = fig_add(x, "opportunities", NULL, "1");
    f->n = n;
    fig_value(f, (double)n);
    fig_rests_on(f, &all);
    f = fig_add(x, "created_and_closed", NULL, "1");
    f->n = both;
    fig_value(f, (double)both);
    fig_rests_on(f, &made_and_closed);
    f = fig_add(x, "sales_velocity", NULL, "per_day");
    f->n = n;
    fig_value(f, (double)n * x->win_rate * x->mean_won / x->cycle_days);
    fig_rests_on(f, &all);
    if (!f->has_value)
        f->reason = "rests_on_a_figure_without_value";
}

void figures_make(const struct figures_input *in, struct arena *a, struct figure **out, size_t *out_n)
{
    struct figures x = {.in = in, .a = a};

    x.from_ms = fig_day_start(&x, in->from_day);
    x.to_ms = fig_day_start(&x, in->to_day);
    x.end_ms = x.to_ms < in->as_of + 1 ? x.to_ms : in->as_of + 1;
    if (x.end_ms < x.from_ms)
        x.end_ms = x.from_ms;
    rows_make(&x);
    win_rates(&x);
    cycle_of(&x, "cycle_length", DEAL_WON);
    cycle_of(&x, "cycle_length_lost", DEAL_LOST);
    won_value_mean(&x);
    velocity(&x);
    figures_stages(&x);
    figures_moves(&x);
    figures_waterfall(&x);
    figures_outlook(&x);
    figures_forecast(&x);
    figures_competitors(&x);
    *out = x.out;
    *out_n = x.n;
}

const struct figure_definition figure_definitions[] = {
    {"win_rate",
     "won / (won + lost) of deals closed in the period; deals closed before they were made or without dates are left "
     "out; Wilson interval"},
    {"won_count", "deals won in the period"},
    {"lost_count", "deals lost in the period"},
    {"excluded_count", "deals closed in the period whose dates are impossible"},
    {"won_value",
     "sum of the amounts of deals won in the period, as they were when closed, in the pipeline's currency"},
    {"lost_value", "the same of lost deals"},
    {"win_rate_value", "won value / (won + lost value)"},
    {"cycle_length", "median days from creation to winning, of deals won in the period"},
    {"cycle_length_lost", "median days from creation to losing, of deals lost in the period"},
    {"mean_won_value",
     "mean amount of deals won in the period; bootstrap interval (SplitMix64 seed 1, 1,000 resamples)"},
    {"opportunities", "deals open at the start of the period or made in it"},
    {"created_and_closed", "deals made and closed in the period"},
    {"sales_velocity", "opportunities * win_rate * mean_won_value / cycle_length, in the pipeline's currency per day"},
    {"stage_conversion",
     "deals that entered the stage in the period and later reached a later stage or were won, by Kaplan-Meier: "
     "open ones count until now, lost ones never get there"},
    {"time_in_stage", "median days of stays in the stage that ended in the period"},
    {"time_in_stage_p90", "90th percentile of the same"},
    {"push_count", "moves of the close date to a later day in the period, of open deals"},
    {"mean_push_days", "mean days of those moves"},
    {"pull_in", "deals won in the period before the close date they had at its start or, made later, at first"},
    {"waterfall", "value of open deals with a close date in the period: opening + created + increased + moved_in - "
                  "decreased - won - "
                  "lost - moved_out = closing, each change where it happened"},
    {"slip_rate", "value of open deals due in the period at its start that were neither won nor lost by its end / "
                  "value of all due at "
                  "its start"},
    {"open_value", "sum of the amounts of open deals that close in the period"},
    {"weighted_pipeline",
     "sum of amount * the stage's probability (the deal's own where the CRM has one), of open deals that close in "
     "the period"},
    {"calibrated_pipeline",
     "sum of amount * p of those deals; interval by 1,000 draws of each deal won or not (SplitMix64 seed 1)"},
    {"coverage", "value of open deals that close in the period / (quota - already won)"},
    {"needed_coverage", "1 / win_rate_value"},
    {"hygiene",
     "share of open deals with a next step, a close date ahead, a contact, and an amount; by part: all four, or one"},
    {"category_value", "value of open deals that close in the period, by forecast category"},
    {"forecast", "commit of open deals due in the period, plus won so far, at the end of week 1, 4, 8, 12 of it"},
    {"forecast_accuracy", "1 - |F - A| / A, F the forecast of that week, A what was won in the period"},
    {"category_close_rate",
     "deals of the category due in the period at that week that were won by its end / all of them"},
    {"competitor_share",
     "share of the deals closed in the period in which a competitor was named before they closed; by "
     "part: of everybody, or of one competitor"},
    {"competitor_win_rate",
     "won / (won + lost) of those deals; part none: of the deals in which nobody was named; Wilson "
     "interval"},
    {"competitor_first_stage", "those deals by the stage they were in when a competitor was named first"},
    {NULL, NULL},
};

const char *figure_definition(const char *id)
{
    for (const struct figure_definition *d = figure_definitions; d->id; d++)
        if (strcmp(d->id, id) == 0)
            return d->definition;
    return NULL;
}
