/* analytics/figures_stages.c - conversion and time by stage; moves of close dates. */
#include <math.h>

#include "analytics/figures_priv.h"

/* Walks over the stages a deal was in, one stay after the other. */
struct stay {
    const struct deal_stage *stage;
    int64_t from, to; /* to: CLOCK_NONE while it lasts */
};

static size_t stays_of(const struct deal_facts *f, int64_t end_ms, struct arena *a, struct stay **out)
{
    size_t n = 0, cap = 0;

    *out = NULL;
    for (size_t i = 0; i < f->change_n && f->change[i].at_ms < end_ms; i++) {
        const struct deal_change *c = &f->change[i];
        const struct deal_stage *st;
        if (c->field != CRM_F_STAGE || c->problem || c->empty || !(st = deal_stage_find(f->pipe, c->ref)))
            continue;
        if (n && (*out)[n - 1].stage == st)
            continue;
        if (n)
            (*out)[n - 1].to = c->at_ms;
        ARENA_PUSH(a, *out, n, cap) = (struct stay){st, c->at_ms, CLOCK_NONE};
    }
    return n;
}

static const char *ordinal_text(struct figures *x, const struct deal_stage *s)
{
    return str_cz(x->a, str_fmt(x->a, "%d", s->ordinal));
}

/* When a deal that entered `s` at stay k went beyond it; CLOCK_NONE: not yet. */
static int64_t beyond(const struct stay *stays, size_t n, size_t k, const struct deal_stage *s)
{
    for (size_t j = k + 1; j < n; j++)
        if (stays[j].stage->outcome == CRM_WON ||
            (stays[j].stage->outcome == CRM_OPEN && stays[j].stage->ordinal > s->ordinal))
            return stays[j].from;
    return CLOCK_NONE;
}

static void conversion_of(struct figures *x, const struct deal_stage *s, struct stay **stays, const size_t *stays_n,
                          int64_t now)
{
    struct figure *f = fig_add(x, "stage_conversion", ordinal_text(x, s), "1");
    double *times = ARENA_ARRAY(x->a, double, x->rows_n + 1);
    bool *event = ARENA_ARRAY(x->a, bool, x->rows_n + 1);
    size_t n = 0;

    for (size_t i = 0; i < x->rows_n; i++)
        for (size_t k = 0; k < stays_n[i]; k++) {
            const struct stay *in = &stays[i][k];
            int64_t at;
            if (in->stage != s || in->from < x->from_ms || in->from >= x->end_ms)
                continue;
            at = beyond(stays[i], stays_n[i], k, s);
            event[n] = at != CLOCK_NONE;
            if (at == CLOCK_NONE) /* lost: at risk for ever; open: until now */
                at = stays[i][stays_n[i] - 1].stage->outcome == CRM_LOST ? in->from + 100000 * DAY_MS : now;
            times[n++] = (double)(at - in->from) / (double)DAY_MS;
            fig_input(x, f, x->rows[i].f->deal);
            break; /* the first time counts */
        }
    f->n = (int64_t)n;
    fig_value(f, n ? figures_kaplan_meier(times, event, n, x->a) : NAN);
    fig_small(f);
}

static void time_of(struct figures *x, const struct deal_stage *s, struct stay **stays, const size_t *stays_n)
{
    struct figure all = {0}, *f;
    double *days = NULL;
    size_t n = 0, cap = 0;

    for (size_t i = 0; i < x->rows_n; i++)
        for (size_t k = 0; k < stays_n[i]; k++) {
            const struct stay *in = &stays[i][k];
            if (in->stage != s || in->to == CLOCK_NONE || in->to < x->from_ms || in->to >= x->end_ms)
                continue;
            ARENA_PUSH(x->a, days, n, cap) = (double)(in->to - in->from) / (double)DAY_MS;
            fig_input(x, &all, x->rows[i].f->deal);
        }
    for (int p90 = 0; p90 < 2; p90++) {
        f = fig_add(x, p90 ? "time_in_stage_p90" : "time_in_stage", ordinal_text(x, s), "d");
        f->n = (int64_t)n;
        fig_value(f, deal_quantile(days, n, p90 ? 0.9 : 0.5));
        fig_rests_on(f, &all);
        fig_small(f);
    }
}

void figures_stages(struct figures *x)
{
    struct stay **stays = ARENA_ARRAY(x->a, struct stay *, x->rows_n + 1);
    size_t *stays_n = ARENA_ARRAY(x->a, size_t, x->rows_n + 1);
    int64_t now = x->in->as_of;

    for (size_t i = 0; i < x->rows_n; i++)
        stays_n[i] = stays_of(x->rows[i].f, now + 1, x->a, &stays[i]);
    for (size_t s = 0; s < x->in->pipe->stages_n; s++) {
        const struct deal_stage *st = &x->in->pipe->stages[s];
        if (st->outcome != CRM_OPEN)
            continue;
        conversion_of(x, st, stays, stays_n, now);
        time_of(x, st, stays, stays_n);
    }
}

/* ---- close dates ---- */

static void pushes_of(const struct figures *x, const struct deal_facts *f, int64_t *count, int64_t *days)
{
    struct deal_state before, after;

    for (size_t i = 0; i < f->change_n; i++) {
        const struct deal_change *c = &f->change[i];
        if (c->field != CRM_F_CLOSE_DATE || c->at_ms < x->from_ms || c->at_ms >= x->end_ms)
            continue;
        if (i && f->change[i - 1].field == c->field && f->change[i - 1].at_ms == c->at_ms)
            continue; /* two at once contradict each other: seen with the first */
        deal_state_at(f, c->at_ms - 1, &before);
        deal_state_at(f, c->at_ms, &after);
        *count += after.pushes - before.pushes;
        *days += after.push_days - before.push_days;
    }
}

/* The close date a deal had at the start, or at first. */
static bool first_close(const struct figures *x, const struct fig_row *r, int64_t *out)
{
    if (r->start.has_close) {
        *out = r->start.close_day;
        return true;
    }
    for (size_t i = 0; i < r->f->change_n && r->f->change[i].at_ms < x->end_ms; i++) {
        const struct deal_change *c = &r->f->change[i];
        if (c->field != CRM_F_CLOSE_DATE || c->problem || c->empty)
            continue;
        *out = c->number;
        return true;
    }
    return false;
}

void figures_moves(struct figures *x)
{
    struct figure pushed = {0}, *f;
    int64_t count = 0, days = 0, early = 0;

    for (size_t i = 0; i < x->rows_n; i++) {
        int64_t before = count;
        pushes_of(x, x->rows[i].f, &count, &days);
        if (count > before)
            fig_input(x, &pushed, x->rows[i].f->deal);
    }
    f = fig_add(x, "push_count", NULL, "1");
    f->n = count;
    fig_value(f, (double)count);
    fig_rests_on(f, &pushed);
    f = fig_add(x, "mean_push_days", NULL, "d");
    f->n = count;
    fig_value(f, count ? (double)days / (double)count : NAN);
    fig_rests_on(f, &pushed);
    fig_small(f);
    f = fig_add(x, "pull_in", NULL, "1");
    for (size_t i = 0; i < x->rows_n; i++) {
        const struct fig_row *r = &x->rows[i];
        int64_t day;
        if (!r->closed_in || r->end.outcome != DEAL_WON || !first_close(x, r, &day) ||
            deal_day(x->in->pipe, r->end.closed) >= day)
            continue;
        early++;
        fig_input(x, f, r->f->deal);
    }
    f->n = early;
    fig_value(f, (double)early);
}
