#include "deals/cohort.h"

#include <math.h>

#include "base/sort.h"

static int double_cmp(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;

    return (a > b) - (a < b);
}

double deal_quantile(double *values, size_t n, double p)
{
    double rank = p * (double)(n ? n - 1 : 0);
    size_t low = (size_t)rank;

    if (!n)
        return NAN;
    list_sort(values, n, sizeof *values, double_cmp);
    if (low + 1 >= n)
        return values[n - 1];
    return values[low] + (rank - (double)low) * (values[low + 1] - values[low]);
}

void deal_wilson(int64_t won, int64_t n, double *out_low, double *out_high)
{
    const double z = 1.959963984540054, z2 = z * z;
    double p = (double)won / (double)n, m = (double)n, middle = (p + z2 / (2 * m)) / (1 + z2 / m);
    double half = z * sqrt(p * (1 - p) / m + z2 / (4 * m * m)) / (1 + z2 / m);

    *out_low = middle - half;
    *out_high = middle + half;
}

const struct cohort_stage *deal_cohort_stage(const struct deal_cohort *c, struct id stage)
{
    for (size_t i = 0; c && i < c->stages_n; i++)
        if (id_eq(c->stages[i].id, stage))
            return &c->stages[i];
    return NULL;
}

/* When a deal first entered a stage and how many days it spent there in all; -1 when it never was. */
static double stage_days(const struct deal_facts *f, struct id stage, int64_t until, int64_t *out_first)
{
    int64_t since = CLOCK_NONE;
    double days = -1;

    for (size_t i = 0; i < f->change_n && f->change[i].at_ms <= until; i++) {
        const struct deal_change *c = &f->change[i];
        if (c->field != CRM_F_STAGE || c->problem || c->empty)
            continue;
        if (since != CLOCK_NONE)
            days += (double)(c->at_ms - since) / DAY_MS;
        since = id_eq(c->ref, stage) ? c->at_ms : CLOCK_NONE;
        if (since != CLOCK_NONE && days < 0) {
            *out_first = since;
            days = 0;
        }
    }
    if (since != CLOCK_NONE)
        days += (double)(until - since) / DAY_MS;
    return days;
}

struct cohort_row {
    const struct deal_facts *f;
    struct deal_state s;
};

static void stage_fill(struct cohort_stage *out, const struct deal_stage *st, const struct cohort_row *rows, size_t n,
                       double *days, double *remaining)
{
    size_t won_n = 0;

    *out = (struct cohort_stage){.id = st->id};
    for (size_t i = 0; i < n; i++) {
        int64_t first = 0;
        double d = stage_days(rows[i].f, st->id, rows[i].s.closed, &first);
        if (d < 0)
            continue;
        out->n++;
        if (rows[i].s.outcome != DEAL_WON)
            continue;
        out->won++;
        days[won_n] = d;
        remaining[won_n++] = (double)(rows[i].s.closed - first) / DAY_MS;
    }
    out->won_n = (int)won_n;
    out->median_days = deal_quantile(days, won_n, 0.5);
    out->p90_days = deal_quantile(days, won_n, 0.9);
    out->median_remaining = deal_quantile(remaining, won_n, 0.5);
    out->probability = (out->won + COHORT_PRIOR_DEALS * st->probability) / (out->n + COHORT_PRIOR_DEALS);
}

void deal_cohort_make(const struct deal_pipeline *p, const struct deal_facts *facts, size_t n, int64_t as_of,
                      struct arena *a, struct deal_cohort *out)
{
    struct cohort_row *rows = ARENA_ARRAY(a, struct cohort_row, n + 1);
    double *x = ARENA_ARRAY(a, double, n + 1), *y = ARENA_ARRAY(a, double, n + 1);
    size_t closed = 0, amounts = 0, cycles = 0;
    struct deal_state s;

    *out = (struct deal_cohort){.pipeline = p->id, .as_of = as_of, .stages_n = p->stages_n};
    for (size_t i = 0; i < n; i++) {
        if (facts[i].pipe != p)
            continue;
        deal_state_at(&facts[i], as_of, &s);
        if (s.has_amount && strcmp(s.currency, p->currency) == 0)
            x[amounts++] = (double)s.amount_micros / 1e6;
        if ((s.outcome != DEAL_WON && s.outcome != DEAL_LOST) || s.problems & 1u << UNKNOWN_TIMES)
            continue;
        if (s.outcome == DEAL_WON)
            y[cycles++] = (double)(s.closed - s.created) / DAY_MS;
        rows[closed++] = (struct cohort_row){&facts[i], s};
    }
    out->closed_n = (int)closed;
    out->won_n = (int)cycles;
    out->median_amount = deal_quantile(x, amounts, 0.5);
    out->median_cycle = deal_quantile(y, cycles, 0.5);
    out->stages = ARENA_ARRAY(a, struct cohort_stage, p->stages_n + 1);
    for (size_t i = 0; i < p->stages_n; i++)
        stage_fill(&out->stages[i], &p->stages[i], rows, closed, x, y);
}

size_t deal_cohort_numbers(const struct deal_cohort *c, double out[COHORT_NUMBERS_MAX])
{
    size_t n = 0;

    out[n++] = c->closed_n;
    out[n++] = c->won_n;
    out[n++] = c->median_amount;
    out[n++] = c->median_cycle;
    for (size_t i = 0; i < c->stages_n && i < DEAL_STAGES_MAX; i++) {
        const struct cohort_stage *s = &c->stages[i];
        out[n++] = s->n;
        out[n++] = s->won;
        out[n++] = s->won_n;
        out[n++] = s->median_days;
        out[n++] = s->p90_days;
        out[n++] = s->median_remaining;
    }
    return n;
}

bool deal_cohort_read(const double *numbers, size_t n, const struct id *stages, size_t stages_n, struct arena *a,
                      struct deal_cohort *out)
{
    if (n != 4 + 6 * stages_n)
        return false;
    *out = (struct deal_cohort){.closed_n = (int)numbers[0],
                                .won_n = (int)numbers[1],
                                .median_amount = numbers[2],
                                .median_cycle = numbers[3],
                                .stages = ARENA_ARRAY(a, struct cohort_stage, stages_n + 1),
                                .stages_n = stages_n};
    for (size_t i = 0; i < stages_n; i++) {
        const double *x = numbers + 4 + 6 * i;
        out->stages[i] = (struct cohort_stage){.id = stages[i],
                                               .n = (int)x[0],
                                               .won = (int)x[1],
                                               .won_n = (int)x[2],
                                               .median_days = x[3],
                                               .p90_days = x[4],
                                               .median_remaining = x[5],
                                               .probability = NAN};
    }
    return true;
}
