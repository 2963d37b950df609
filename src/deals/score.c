#include "deals/score.h"

#include <math.h>

#include "base/sort.h"

static const double sd_level = 0.35, sd_stage = 0.25, sd_weight = 0.3;
enum { NEWTON_MAX = 50, BETA = 1 + SCORE_STAGES_MAX };
static const double z90 = 1.6448536269514722; /* 95th percentile of the normal */

static double sigmoid(double x)
{
    return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x));
}

static double logit(double p)
{
    p = p < 0.005 ? 0.005 : p > 0.995 ? 0.995 : p;
    return log(p / (1 - p));
}

/* ---- the prior ---- */

static double prior_mean(int k)
{
    return k < BETA ? 0 : score_features[k - BETA].mean;
}

static double prior_var(int k)
{
    double sd = k == 0 ? sd_level : k < BETA ? sd_stage : sd_weight;

    return sd * sd;
}

void score_prior(const struct deal_pipeline *p, struct score_model *out)
{
    *out = (struct score_model){.platt_a = 1,
                                .stages_n = p->stages_n < SCORE_STAGES_MAX ? (int)p->stages_n : SCORE_STAGES_MAX};
    for (int i = 0; i < out->stages_n; i++)
        out->offset[i] = logit(p->stages[i].probability);
    for (int k = 0; k < SCORE_PARAMETERS; k++) {
        out->mode[k] = prior_mean(k);
        out->cov[k][k] = prior_var(k);
    }
}

/* ---- fitting ---- */

/* The parameters a row touches: level, its stage, all weights. */
static int row_terms(const struct score_row *r, int idx[2 + SCORE_FEATURES], double val[2 + SCORE_FEATURES])
{
    int n = 0;

    idx[n] = 0;
    val[n++] = 1;
    idx[n] = 1 + r->stage;
    val[n++] = 1;
    for (int k = 0; k < SCORE_FEATURES; k++) {
        idx[n] = BETA + k;
        val[n++] = r->x[k];
    }
    return n;
}

/* A = L L^T in place (lower); false when it is not positive definite. */
static bool cholesky(double a[SCORE_PARAMETERS][SCORE_PARAMETERS])
{
    for (int i = 0; i < SCORE_PARAMETERS; i++)
        for (int j = 0; j <= i; j++) {
            double s = a[i][j];
            for (int k = 0; k < j; k++)
                s -= a[i][k] * a[j][k];
            if (i == j && !(s > 0))
                return false;
            a[i][j] = i == j ? sqrt(s) : s / a[j][j];
        }
    return true;
}

static void solve(double l[SCORE_PARAMETERS][SCORE_PARAMETERS], double *b)
{
    for (int i = 0; i < SCORE_PARAMETERS; i++) {
        for (int k = 0; k < i; k++)
            b[i] -= l[i][k] * b[k];
        b[i] /= l[i][i];
    }
    for (int i = SCORE_PARAMETERS; i-- > 0;) {
        for (int k = i + 1; k < SCORE_PARAMETERS; k++)
            b[i] -= l[k][i] * b[k];
        b[i] /= l[i][i];
    }
}

struct newton {
    double hessian[SCORE_PARAMETERS][SCORE_PARAMETERS];
    double gradient[SCORE_PARAMETERS];
};

static void newton_sum(const struct score_model *m, const struct score_row *rows, size_t n, struct newton *w)
{
    memset(w, 0, sizeof *w);
    for (int k = 0; k < SCORE_PARAMETERS; k++) {
        w->hessian[k][k] = 1 / prior_var(k);
        w->gradient[k] = (prior_mean(k) - m->mode[k]) / prior_var(k);
    }
    for (size_t i = 0; i < n; i++) {
        int idx[2 + SCORE_FEATURES], terms;
        double val[2 + SCORE_FEATURES], eta = m->offset[rows[i].stage], p;
        terms = row_terms(&rows[i], idx, val);
        for (int a = 0; a < terms; a++)
            eta += val[a] * m->mode[idx[a]];
        p = sigmoid(eta);
        for (int a = 0; a < terms; a++) {
            w->gradient[idx[a]] += rows[i].weight * ((rows[i].won ? 1 : 0) - p) * val[a];
            for (int b = 0; b < terms; b++)
                w->hessian[idx[a]][idx[b]] += rows[i].weight * p * (1 - p) * val[a] * val[b];
        }
    }
}

/* The mode and the covariance around it. The objective is concave and the prior bounds the steps. */
static void mode_find(struct score_model *m, const struct score_row *rows, size_t n, struct arena *a)
{
    struct newton *w = ARENA_NEW(a, struct newton);

    for (int it = 0; it < NEWTON_MAX; it++) {
        double step = 0;
        newton_sum(m, rows, n, w);
        if (!cholesky(w->hessian))
            return; /* cannot be: the prior is on its diagonal */
        solve(w->hessian, w->gradient);
        for (int k = 0; k < SCORE_PARAMETERS; k++) {
            double d = w->gradient[k] > 1 ? 1 : w->gradient[k] < -1 ? -1 : w->gradient[k];
            m->mode[k] += d;
            step = fabs(d) > step ? fabs(d) : step;
        }
        if (step < 1e-9)
            break;
    }
    newton_sum(m, rows, n, w);
    if (!cholesky(w->hessian))
        return;
    for (int k = 0; k < SCORE_PARAMETERS; k++) {
        double e[SCORE_PARAMETERS] = {0};
        e[k] = 1;
        solve(w->hessian, e);
        for (int j = 0; j < SCORE_PARAMETERS; j++)
            m->cov[j][k] = e[j];
    }
}

/* sigmoid(a z + b) on (z, y), a ~ N(1, 0.1^2), b ~ N(0, 0.1^2): two-dimensional Newton. */
static void platt_fit(const double *z, const bool *y, const double *weight, size_t n, struct score_model *out)
{
    const double prior = 1 / (0.1 * 0.1);
    double a = 1, b = 0, haa = prior, hbb = prior, hab = 0, det = prior * prior;

    for (int it = 0; it < NEWTON_MAX; it++) {
        double ga = prior * (1 - a), gb = -prior * b, da, db;
        haa = hbb = prior;
        hab = 0;
        for (size_t i = 0; i < n; i++) {
            double p = sigmoid(a * z[i] + b), r = weight[i] * ((y[i] ? 1 : 0) - p), v = weight[i] * p * (1 - p);
            ga += r * z[i];
            gb += r;
            haa += v * z[i] * z[i];
            hab += v * z[i];
            hbb += v;
        }
        det = haa * hbb - hab * hab;
        da = (hbb * ga - hab * gb) / det;
        db = (haa * gb - hab * ga) / det;
        a += da;
        b += db;
        if (fabs(da) + fabs(db) < 1e-10)
            break;
    }
    out->platt_a = a;
    out->platt_b = b;
    out->platt_aa = hbb / det;
    out->platt_ab = -hab / det;
    out->platt_bb = haa / det;
}

static void platt_from_quarter(const struct deal_pipeline *p, const struct score_row *rows, size_t n, struct arena *a,
                               struct score_model *out)
{
    size_t from = n - n / 4;
    struct score_model *old = ARENA_NEW(a, struct score_model);
    double *z = ARENA_ARRAY(a, double, n - from + 1), *weight = ARENA_ARRAY(a, double, n - from + 1);
    bool *y = ARENA_ARRAY(a, bool, n - from + 1);

    score_prior(p, old);
    mode_find(old, rows, from, a);
    for (size_t i = from; i < n; i++) {
        struct score s;
        score_predict(old, &rows[i], &s);
        z[i - from] = logit(s.p);
        y[i - from] = rows[i].won;
        weight[i - from] = rows[i].weight;
    }
    platt_fit(z, y, weight, n - from, out);
}

void score_fit(const struct deal_pipeline *p, const struct score_row *rows, size_t n, int closed_n, struct arena *a,
               struct score_model *out)
{
    double total = 0;

    score_prior(p, out);
    out->closed_n = closed_n;
    if (!n)
        return;
    mode_find(out, rows, n, a);
    for (size_t i = 0; i < n; i++) {
        total += rows[i].weight;
        for (int k = 0; k < SCORE_FEATURES; k++)
            out->mean_x[k] += rows[i].weight * rows[i].x[k];
    }
    for (int k = 0; k < SCORE_FEATURES; k++)
        out->mean_x[k] /= total;
    if (closed_n >= SCORE_PLATT_MIN)
        platt_from_quarter(p, rows, n, a, out);
}

/* ---- predicting ---- */

void score_predict(const struct score_model *m, const struct score_row *r, struct score *out)
{
    double val[2 + SCORE_FEATURES], mean = m->offset[r->stage], var = 0, sd, shrink;
    int idx[2 + SCORE_FEATURES], n = row_terms(r, idx, val);

    for (int a = 0; a < n; a++) {
        mean += val[a] * m->mode[idx[a]];
        for (int b = 0; b < n; b++)
            var += val[a] * val[b] * m->cov[idx[a]][idx[b]];
    }
    shrink = 1 / sqrt(1 + 3.14159265358979323846 * var / 8); /* mean of a sigmoid of a normal (MacKay 1992) */
    var = m->platt_a * m->platt_a * var + mean * mean * m->platt_aa + 2 * mean * m->platt_ab + m->platt_bb;
    sd = sqrt(var > 0 ? var : 0);
    *out = (struct score){.p = sigmoid(m->platt_a * shrink * mean + m->platt_b),
                          .low = sigmoid(m->platt_a * mean + m->platt_b - z90 * sd),
                          .high = sigmoid(m->platt_a * mean + m->platt_b + z90 * sd),
                          .stage_term = m->offset[r->stage] + m->mode[1 + r->stage]};
    for (int k = 0; k < SCORE_FEATURES; k++)
        out->terms[k] = m->mode[BETA + k] * (r->x[k] - m->mean_x[k]);
}

size_t score_reasons(const struct score *s, bool up, int out[SCORE_REASONS])
{
    size_t n = 0;

    while (n < SCORE_REASONS) {
        int best = -1;
        for (int k = 0; k < SCORE_FEATURES; k++) {
            double t = up ? s->terms[k] : -s->terms[k];
            bool taken = false;
            for (size_t i = 0; i < n; i++)
                taken |= out[i] == k;
            if (!taken && t > 0.01 && (best < 0 || t > (up ? s->terms[best] : -s->terms[best])))
                best = k;
        }
        if (best < 0)
            break;
        out[n++] = best;
    }
    return n;
}

int score_band(int rank)
{
    return rank < 30 ? 1 : rank < 76 ? 2 : 3;
}

struct ranked {
    double p;
    size_t at;
};

static int ranked_cmp(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;

    return (a->p > b->p) - (a->p < b->p);
}

void score_ranks(const double *p, size_t n, struct arena *a, int *out, double floors[SCORE_FLOORS])
{
    struct ranked *r = ARENA_ARRAY(a, struct ranked, n + 1);
    int floor = 0;

    for (size_t i = 0; i < n; i++)
        r[i] = (struct ranked){p[i], i};
    list_sort(r, n, sizeof *r, ranked_cmp);
    for (size_t i = 0, same; i < n; i = same) {
        double share;
        int rank;
        for (same = i; same < n && r[same].p == r[i].p;)
            same++;
        share = n > 1 ? ((double)i + (double)(same - i - 1) / 2) / (double)(n - 1) : 0.5; /* ties: the middle */
        rank = 1 + (int)(share * 98 + 0.5);
        for (size_t k = i; k < same; k++)
            out[r[k].at] = rank;
        while (floors && floor + 2 <= rank)
            floors[floor++] = r[i].p;
    }
    while (floors && floor < SCORE_FLOORS)
        floors[floor++] = INFINITY;
}

int score_rank_of(const double floors[SCORE_FLOORS], double p)
{
    int rank = 1;

    while (rank <= SCORE_FLOORS && p >= floors[rank - 1])
        rank++;
    return rank;
}

/* ---- as numbers ---- */

size_t score_model_numbers(const struct score_model *m, double *out, size_t cap)
{
    size_t n = 0;

    if (cap < SCORE_NUMBERS)
        return 0;
    out[n++] = SCORE_VERSION;
    out[n++] = m->version;
    out[n++] = m->closed_n;
    out[n++] = m->stages_n;
    out[n++] = m->platt_a;
    out[n++] = m->platt_b;
    out[n++] = m->platt_aa;
    out[n++] = m->platt_ab;
    out[n++] = m->platt_bb;
    memcpy(out + n, m->offset, sizeof m->offset);
    n += SCORE_STAGES_MAX;
    memcpy(out + n, m->mode, sizeof m->mode);
    n += SCORE_PARAMETERS;
    memcpy(out + n, m->cov, sizeof m->cov);
    n += (size_t)SCORE_PARAMETERS * SCORE_PARAMETERS;
    memcpy(out + n, m->mean_x, sizeof m->mean_x);
    return n + SCORE_FEATURES;
}

bool score_model_read(const double *numbers, size_t n, struct score_model *out)
{
    size_t at = 9;

    if (n != SCORE_NUMBERS || numbers[0] != SCORE_VERSION || numbers[3] < 0 || numbers[3] > SCORE_STAGES_MAX)
        return false;
    *out = (struct score_model){.version = (int)numbers[1],
                                .closed_n = (int)numbers[2],
                                .stages_n = (int)numbers[3],
                                .platt_a = numbers[4],
                                .platt_b = numbers[5],
                                .platt_aa = numbers[6],
                                .platt_ab = numbers[7],
                                .platt_bb = numbers[8]};
    memcpy(out->offset, numbers + at, sizeof out->offset);
    at += SCORE_STAGES_MAX;
    memcpy(out->mode, numbers + at, sizeof out->mode);
    at += SCORE_PARAMETERS;
    memcpy(out->cov, numbers + at, sizeof out->cov);
    at += (size_t)SCORE_PARAMETERS * SCORE_PARAMETERS;
    memcpy(out->mean_x, numbers + at, sizeof out->mean_x);
    return true;
}
