/* analytics/coaching_tests.c - agreement of those who score, and alerts: tests of means, corrected for their number. */
#include <math.h>

#include "analytics/coaching_priv.h"
#include "base/sort.h"

/* ---- Welch's test ---- */

/* Continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method. */
static double beta_fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1), h;

    d = 1 / (fabs(d) < tiny ? tiny : d);
    h = d;
    for (int m = 1; m <= 500; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), step;
        d = 1 + even * d;
        c = 1 + even / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        h *= d * c;
        d = 1 + odd * d;
        c = 1 + odd / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        step = d * c;
        h *= step;
        if (fabs(step - 1) < 1e-16)
            break;
    }
    return h;
}

static double beta_regular(double a, double b, double x)
{
    int sign;
    double front;

    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    front = exp(lgamma_r(a + b, &sign) - lgamma_r(a, &sign) - lgamma_r(b, &sign) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

static void moments(const double *x, size_t n, double *mean, double *variance)
{
    double sum = 0, squares = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i];
    *mean = n ? sum / (double)n : NAN;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - *mean) * (x[i] - *mean);
    *variance = n > 1 ? squares / (double)(n - 1) : NAN;
}

double coaching_welch(const double *x, size_t x_n, const double *y, size_t y_n)
{
    double mx, my, vx, vy, sx, sy, t, df;

    moments(x, x_n, &mx, &vx);
    moments(y, y_n, &my, &vy);
    if (x_n < 2 || y_n < 2)
        return NAN;
    sx = vx / (double)x_n;
    sy = vy / (double)y_n;
    if (sx + sy <= 0)
        return NAN;
    t = (mx - my) / sqrt(sx + sy);
    df = (sx + sy) * (sx + sy) / (sx * sx / (double)(x_n - 1) + sy * sy / (double)(y_n - 1));
    return beta_regular(df / 2, 0.5, df / (df + t * t));
}

/* ---- alerts ---- */

struct testing {
    const struct coach_input *in;
    struct arena *a;
    const struct coach_item *items; /* of one figure and part */
    size_t n;
    double *mine, *other;
    struct coach_test *out;
    size_t out_n, cap;
};

static void test_one(struct testing *x, struct id rep, bool peers)
{
    int64_t from = x->in->as_of - COACHING_ALERT_DAYS * DAY_MS;
    struct coach_test t = {.id = coach_defs[x->items->def].id, .part = x->items->part, .rep = rep, .peers = peers};
    double variance;
    size_t mine = 0, other = 0;

    for (size_t i = 0; i < x->n; i++) {
        bool own = id_eq(x->items[i].rep, rep), late = x->items[i].at_ms > from;
        if (x->items[i].at_ms > x->in->as_of)
            continue;
        if (own && late)
            x->mine[mine++] = x->items[i].value;
        else if (peers ? !own && late : own && !late)
            x->other[other++] = x->items[i].value;
    }
    t.n = (int64_t)mine;
    t.other_n = (int64_t)other;
    if (mine < COACHING_SMALL_N || other < COACHING_SMALL_N)
        return;
    t.p = coaching_welch(x->mine, mine, x->other, other);
    if (isnan(t.p))
        return;
    moments(x->mine, mine, &t.mean, &variance);
    moments(x->other, other, &t.other_mean, &variance);
    ARENA_PUSH(x->a, x->out, x->out_n, x->cap) = t;
}

static int by_p(const void *x, const void *y)
{
    const struct coach_test *a = x, *b = y;

    return a->p != b->p ? (a->p > b->p) - (a->p < b->p) : id_cmp(a->rep, b->rep);
}

/* Benjamini, Hochberg 1995: q_i = min over j >= i of m p_j / j, by ascending p. */
static void correct(struct coach_test *t, size_t m)
{
    double least = 1;

    list_sort(t, m, sizeof *t, by_p);
    for (size_t i = m; i-- > 0;) {
        double q = (double)m * t[i].p / (double)(i + 1);
        least = q < least ? q : least;
        t[i].q = least;
        t[i].alert = least <= 0.01;
    }
}

void coaching_alerts(const struct coach_input *in, struct arena *a, struct coach_test **out, size_t *out_n)
{
    struct coach_item *items = coaching_sorted(in, a);
    struct testing x = {.in = in,
                        .a = a,
                        .mine = ARENA_ARRAY(a, double, in->items_n + 1),
                        .other = ARENA_ARRAY(a, double, in->items_n + 1)};

    for (size_t at = 0, end; at < in->items_n; at = end) {
        end = coaching_group_end(items, in->items_n, at);
        if (coach_defs[items[at].def].kind > COACH_SHARE)
            continue;
        x.items = items + at;
        x.n = end - at;
        for (int peers = 0; peers < 2; peers++) {
            size_t first = x.out_n;
            for (size_t r = 0; r < in->reps_n; r++)
                test_one(&x, in->reps[r], peers);
            if (x.out_n > first)
                correct(x.out + first, x.out_n - first);
        }
    }
    *out = x.out;
    *out_n = x.out_n;
}

/* ---- agreement ---- */

struct unit_value {
    int64_t unit;
    double value;
};

static int by_unit(const void *x, const void *y)
{
    const struct unit_value *a = x, *b = y;

    return a->unit != b->unit ? (a->unit > b->unit) - (a->unit < b->unit)
                              : (a->value > b->value) - (a->value < b->value);
}

/* Sum of (v_i - v_j)^2 over ordered pairs. */
static double pair_squares(const struct unit_value *v, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sum += (v[i].value - v[j].value) * (v[i].value - v[j].value);
    return sum;
}

double coaching_alpha(const int64_t *units, const double *values, size_t n, struct arena *a, int64_t *out_units)
{
    struct unit_value *v = ARENA_ARRAY(a, struct unit_value, n + 1);
    double observed = 0, expected, sum = 0, squares = 0;
    size_t kept = 0, pairable;
    int64_t count = 0;

    for (size_t i = 0; i < n; i++)
        v[i] = (struct unit_value){units[i], values[i]};
    list_sort(v, n, sizeof *v, by_unit);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && v[end].unit == v[i].unit; end++)
            ;
        if (end - i < 2)
            continue;
        count++;
        observed += pair_squares(v + i, end - i) / (double)(end - i - 1);
        memmove(v + kept, v + i, (end - i) * sizeof *v);
        kept += end - i;
    }
    pairable = kept;
    for (size_t i = 0; i < pairable; i++) {
        sum += v[i].value;
        squares += v[i].value * v[i].value;
    }
    expected = 2 * ((double)pairable * squares - sum * sum); /* over ordered pairs */
    if (out_units)
        *out_units = count;
    if (count < 2 || expected <= 0)
        return NAN;
    return 1 - observed / (double)pairable * ((double)pairable * (double)(pairable - 1)) / expected;
}
