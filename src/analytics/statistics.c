/* analytics/statistics.c - intervals and estimates that figures share. */
#include <math.h>

#include "analytics/figures.h"
#include "base/sort.h"

uint64_t figures_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void figures_bootstrap(const double *values, size_t n, struct arena *a, double *out_low, double *out_high)
{
    double *means = ARENA_ARRAY(a, double, FIGURES_RESAMPLES);
    uint64_t state = 1;

    for (int r = 0; r < FIGURES_RESAMPLES; r++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += values[figures_random(&state) % n];
        means[r] = sum / (double)n;
    }
    *out_low = deal_quantile(means, FIGURES_RESAMPLES, 0.025);
    *out_high = deal_quantile(means, FIGURES_RESAMPLES, 0.975);
}

struct timed {
    double t;
    bool event;
};

static int timed_cmp(const void *x, const void *y)
{
    const struct timed *a = x, *b = y;

    return a->t != b->t ? (a->t > b->t) - (a->t < b->t) : (int)b->event - (int)a->event;
}

double figures_kaplan_meier(const double *times, const bool *event, size_t n, struct arena *a)
{
    struct timed *s = ARENA_ARRAY(a, struct timed, n + 1);
    double alive = 1;

    for (size_t i = 0; i < n; i++)
        s[i] = (struct timed){times[i], event[i]};
    list_sort(s, n, sizeof *s, timed_cmp);
    for (size_t i = 0, same; i < n; i = same) {
        size_t events = 0;
        for (same = i; same < n && s[same].t == s[i].t; same++)
            events += s[same].event;
        alive *= 1 - (double)events / (double)(n - i);
    }
    return 1 - alive;
}
