/* analytics/figures_priv.h - what the groups of figures share. */
#pragma once
#include "analytics/figures.h"

struct fig_row {
    const struct deal_facts *f;
    struct deal_state start, end; /* right before the period, and at its end or now */
    double p;
    bool closed_in, times_ok;
};

struct figures {
    const struct figures_input *in;
    struct arena *a;
    int64_t from_ms, to_ms, end_ms; /* end: of the period, or now when that is earlier */
    struct fig_row *rows;
    size_t rows_n;
    struct figure *out;
    size_t n, cap;
    double win_rate, win_rate_value, mean_won, cycle_days; /* NaN: none */
    int64_t won_n, won_micros;
    struct figure won; /* gathered: deals won in the period */
};

/* The pointer is good until the next fig_add. */
struct figure *fig_add(struct figures *x, const char *id, const char *part, const char *unit);
void fig_input(struct figures *x, struct figure *f, struct id deal);
void fig_value(struct figure *f, double value); /* not finite: no value */
void fig_money(struct figure *f, int64_t micros);
void fig_null(struct figure *f, const char *reason);
void fig_small(struct figure *f);
/* `f` rests on the deals that were gathered elsewhere: in another figure, or in a loose one before there was `f`. */
void fig_rests_on(struct figure *f, const struct figure *gathered);
int64_t fig_day_start(const struct figures *x, int64_t day);
bool fig_in_currency(const struct figures *x, const struct deal_state *s);
bool fig_closes_in(const struct figures *x, const struct deal_state *s);

void figures_competitors(struct figures *x); /* deals in which one was named */
void figures_stages(struct figures *x);    /* conversion and time by stage */
void figures_moves(struct figures *x);     /* pushes, pull-ins */
void figures_waterfall(struct figures *x); /* and slipping */
void figures_outlook(struct figures *x);   /* open pipeline, coverage, hygiene */
void figures_forecast(struct figures *x);  /* weeks of the period */
