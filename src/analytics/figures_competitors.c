/* analytics/figures_competitors.c - deals in which a competitor was named: how many, how often they are won, where it came up. */
#include <math.h>

#include "analytics/figures_priv.h"

/* What was found before the deal closed decides; the first mention, or NULL. `class_` NULL: of anybody. */
static const struct deal_find *first_mention(const struct fig_row *r, const char *class_)
{
    for (size_t i = 0; i < r->f->find_n && r->f->find[i].at_ms <= r->end.closed; i++)
        if (r->f->find[i].kind == FIND_COMPETITOR && (!class_ || strcmp(r->f->find[i].class_, class_) == 0))
            return &r->f->find[i];
    return NULL;
}

static bool counts(const struct fig_row *r)
{
    return r->closed_in && r->times_ok;
}

/* Deals closed in the period with (or, `without`, with no) mention. */
static void win_rate_of(struct figures *x, const char *part, const char *class_, bool without)
{
    struct figure *f = fig_add(x, "competitor_win_rate", part, "1");
    int64_t won = 0;

    for (size_t i = 0; i < x->rows_n; i++) {
        const struct fig_row *r = &x->rows[i];
        if (!counts(r) || (first_mention(r, class_) == NULL) != without)
            continue;
        f->n++;
        won += r->end.outcome == DEAL_WON;
        fig_input(x, f, r->f->deal);
    }
    fig_value(f, f->n ? (double)won / (double)f->n : NAN);
    if (f->n) {
        f->has_interval = true;
        deal_wilson(won, f->n, &f->low, &f->high);
    }
    fig_small(f);
}

static void share_of(struct figures *x, const char *part, const char *class_)
{
    struct figure *f = fig_add(x, "competitor_share", part, "1");
    int64_t with = 0;

    for (size_t i = 0; i < x->rows_n; i++) {
        const struct fig_row *r = &x->rows[i];
        if (!counts(r))
            continue;
        f->n++;
        fig_input(x, f, r->f->deal);
        with += first_mention(r, class_) != NULL;
    }
    fig_value(f, f->n ? (double)with / (double)f->n : NAN);
    fig_small(f);
}

/* In which stage the deals were when a competitor came up first. */
static void first_stages(struct figures *x)
{
    const struct deal_pipeline *pipe = x->in->pipe;

    for (size_t k = 0; k < pipe->stages_n; k++) {
        struct figure *f = NULL;
        for (size_t i = 0; i < x->rows_n; i++) {
            const struct fig_row *r = &x->rows[i];
            const struct deal_find *m = counts(r) ? first_mention(r, NULL) : NULL;
            struct deal_state then;
            if (!m)
                continue;
            deal_state_at(r->f, m->at_ms, &then);
            if (then.stage != &pipe->stages[k])
                continue;
            if (!f)
                f = fig_add(x, "competitor_first_stage", str_cz(x->a, str_fmt(x->a, "%d", pipe->stages[k].ordinal)),
                            "1");
            f->n++;
            fig_input(x, f, r->f->deal);
        }
        if (f)
            fig_value(f, (double)f->n);
    }
}

static bool listed(char *const *list, size_t n, const char *one)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], one) == 0)
            return true;
    return false;
}

/* Every competitor named in a deal closed in the period, in the order they are met. */
static char **classes_of(struct figures *x, size_t *out_n)
{
    char **list = NULL;
    size_t n = 0, cap = 0;

    for (size_t i = 0; i < x->rows_n; i++) {
        const struct fig_row *r = &x->rows[i];
        for (size_t k = 0; counts(r) && k < r->f->find_n; k++) {
            const struct deal_find *d = &r->f->find[k];
            if (d->kind == FIND_COMPETITOR && d->class_[0] && d->at_ms <= r->end.closed && !listed(list, n, d->class_))
                ARENA_PUSH(x->a, list, n, cap) = str_cz(x->a, str_of(d->class_));
        }
    }
    *out_n = n;
    return list;
}

void figures_competitors(struct figures *x)
{
    size_t n;
    char **class_ = classes_of(x, &n);

    share_of(x, NULL, NULL);
    win_rate_of(x, NULL, NULL, false);
    win_rate_of(x, "none", NULL, true);
    for (size_t i = 0; i < n; i++) {
        share_of(x, class_[i], class_[i]);
        win_rate_of(x, class_[i], class_[i], false);
    }
    first_stages(x);
}
