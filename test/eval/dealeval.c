/* test/eval/dealeval.c - state, warnings and scores of deals in a file of CRM records, without a database.
 *
 * usage: harken_dealeval state FILE TIME       one JSON line a deal: how it stood, its figures, the warnings that held
 *        harken_dealeval score FILE TIME N...  for each N: trained on the N deals closed first by TIME, a line for each deal
 *                                              with a snapshot: N, deal, p, low, high
 *        harken_dealeval figures FILE TIME FROM TO   the figures of the days from FROM to before TO, one a line
 *        harken_dealeval bench FILE TIME       seconds to work out state, warnings and score of every deal
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analytics/figures.h"
#include "deals/score.h"
#include "deals/warnings.h"
#include "test/eval/dealfacts.h"

struct all {
    struct dealfacts d;
    struct deal_facts *facts; /* of d.deals, side by side */
    struct deal_cohort *cohorts; /* by pipeline */
    struct arena *a;
};

static void kreal(struct jw *w, const char *key, double x)
{
    if (isnan(x) || isinf(x))
        jw_knull(w, key);
    else
        jw_kreal(w, key, x);
}

static const struct deal_cohort *cohort_of(const struct all *x, const struct deal_facts *f)
{
    for (size_t i = 0; i < x->d.pipes_n; i++)
        if (f->pipe == &x->d.pipes[i])
            return &x->cohorts[i];
    return NULL;
}

static void cohorts_make(struct all *x, int64_t as_of)
{
    x->facts = ARENA_ARRAY(x->a, struct deal_facts, x->d.deals_n + 1);
    for (size_t i = 0; i < x->d.deals_n; i++)
        x->facts[i] = x->d.deals[i].f;
    x->cohorts = ARENA_ARRAY(x->a, struct deal_cohort, x->d.pipes_n + 1);
    for (size_t i = 0; i < x->d.pipes_n; i++)
        deal_cohort_make(&x->d.pipes[i], x->facts, x->d.deals_n, as_of, x->a, &x->cohorts[i]);
}

static void warnings_write(const struct all *x, const struct deal_facts *f, const struct deal_state *s, int64_t now,
                           struct jw *w)
{
    struct warning_hit hits[WARNINGS_N];
    int64_t next;

    warnings_evaluate(f, s, cohort_of(x, f), now, hits, &next);
    jw_karr(w, "warnings");
    for (int i = 0; i < WARNINGS_N; i++) {
        char since[CLOCK_TEXT_LEN];
        if (!hits[i].on)
            continue;
        clock_format(hits[i].since_ms, since);
        jw_obj(w);
        jw_kstr(w, "id", str_of(warning_rows[i].id));
        jw_kstr(w, "since", str_of(since));
        jw_kstr(w, "text", warning_text(i + 1, hits[i].numbers, x->a));
        jw_ki64(w, "evidence", (int64_t)hits[i].evidence_n);
        jw_end(w);
    }
    jw_end(w);
}

static void state_write(const struct all *x, const struct dealfacts_deal *deal, int64_t now, struct jw *w)
{
    static const char *const outcomes[] = {"open", "won", "lost", "unknown"};
    const struct deal_facts *f = &deal->f;
    struct score_row row;
    struct deal_state s;

    deal_state_at(f, now, &s);
    jw_obj(w);
    jw_kstr(w, "deal", deal->name);
    jw_kstr(w, "outcome", str_of(outcomes[s.outcome]));
    jw_ki64(w, "stage", s.stage ? s.stage->ordinal : -1);
    s.has_amount ? jw_ki64(w, "amount_micros", s.amount_micros) : jw_knull(w, "amount_micros");
    s.has_close ? jw_ki64(w, "close_day", s.close_day) : jw_knull(w, "close_day");
    jw_ki64(w, "pushes", s.pushes);
    jw_ki64(w, "push_days", s.push_days);
    jw_ki64(w, "regressions", s.regressions);
    kreal(w, "engagement", deal_engagement(f, now));
    kreal(w, "momentum", deal_momentum(f, now));
    kreal(w, "reciprocity", deal_reciprocity(f, now, NULL, NULL));
    jw_ki64(w, "contacts", deal_two_way_contacts(f, now, 60, NULL));
    jw_kbool(w, "next_step", deal_next_step(f, now, NULL));
    jw_karr(w, "unknown");
    for (int u = 0; u < UNKNOWNS; u++)
        if (s.problems >> u & 1)
            jw_str(w, str_of(deal_unknown_name((enum deal_unknown)u)));
    jw_end(w);
    jw_karr(w, "features");
    for (int k = 0; s.outcome == DEAL_OPEN && score_row_make(f, &s, cohort_of(x, f), &row) && k < SCORE_FEATURES; k++)
        jw_real(w, row.x[k]);
    jw_end(w);
    warnings_write(x, f, &s, now, w);
    jw_end(w);
}

static int state_run(struct all *x, int64_t now)
{
    struct buf b;
    struct jw w;

    cohorts_make(x, now);
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < x->d.deals_n; i++) {
        buf_reset(&b);
        jw_init(&w, &b);
        state_write(x, &x->d.deals[i], now, &w);
        printf("%.*s\n", STR_ARG(buf_view(&b)));
    }
    buf_done(&b);
    return 0;
}

static int figures_run(struct all *x, int64_t now, char **days)
{
    struct figures_input in = {.pipe = &x->d.pipes[0], .as_of = now};
    struct figure *f;
    struct buf b;
    struct jw w;
    size_t n;

    if (!days[0] || !days[1] || !crm_day_parse(str_of(days[0]), &in.from_day) ||
        !crm_day_parse(str_of(days[1]), &in.to_day))
        return 2;
    cohorts_make(x, now);
    in.facts = x->facts;
    in.facts_n = x->d.deals_n;
    figures_make(&in, x->a, &f, &n);
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        buf_reset(&b);
        jw_init(&w, &b);
        jw_obj(&w);
        jw_kstr(&w, "id", str_of(f[i].id));
        jw_kstr(&w, "part", str_of(f[i].part));
        f[i].has_value ? jw_kreal(&w, "value", f[i].value) : jw_knull(&w, "value");
        if (f[i].money)
            jw_ki64(&w, "micros", f[i].micros);
        jw_kstr(&w, "reason", str_of(f[i].reason));
        jw_ki64(&w, "n", f[i].n);
        if (f[i].has_interval) {
            jw_kreal(&w, "low", f[i].low);
            jw_kreal(&w, "high", f[i].high);
        }
        jw_end(&w);
        printf("%.*s\n", STR_ARG(buf_view(&b)));
    }
    buf_done(&b);
    return 0;
}

struct closed {
    const struct deal_facts *f;
    int64_t at;
};

static int closed_cmp(const void *a, const void *b)
{
    const struct closed *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

static int row_cmp(const void *a, const void *b)
{
    const struct score_row *x = a, *y = b;

    return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

static void score_one(struct all *x, const struct closed *closed, size_t n, int64_t now, struct arena *a)
{
    struct deal_facts *few = ARENA_ARRAY(a, struct deal_facts, n + 1);
    struct score_row *rows = ARENA_ARRAY(a, struct score_row, n * 64 + 1);
    const struct deal_pipeline *p = &x->d.pipes[0];
    struct score_model *m = ARENA_NEW(a, struct score_model);
    struct deal_cohort cohort;
    size_t rows_n = 0;

    for (size_t i = 0; i < n; i++)
        few[i] = *closed[i].f;
    deal_cohort_make(p, few, n, now, a, &cohort);
    for (size_t i = 0; i < n; i++)
        rows_n += score_snapshots(&few[i], &cohort, now, rows + rows_n, 64);
    if (rows_n)
        qsort(rows, rows_n, sizeof *rows, row_cmp);
    score_fit(p, rows, rows_n, (int)n, a, m);
    for (size_t i = 0; i < x->d.deals_n; i++) {
        const struct dealfacts_deal *deal = &x->d.deals[i];
        struct deal_state s;
        struct score_row row;
        struct score sc;
        if (deal->snapshot == CLOCK_NONE)
            continue;
        deal_state_at(&deal->f, deal->snapshot, &s);
        if (!score_row_make(&deal->f, &s, &cohort, &row))
            continue;
        score_predict(m, &row, &sc);
        printf("%zu %.*s %.9f %.9f %.9f\n", n, STR_ARG(deal->name), sc.p, sc.low, sc.high);
    }
}

static int score_run(struct all *x, int64_t now, char **counts)
{
    struct closed *closed = ARENA_ARRAY(x->a, struct closed, x->d.deals_n + 1);
    struct arena *a = arena_new("score");
    size_t n = 0;

    for (size_t i = 0; i < x->d.deals_n; i++) {
        struct deal_state s;
        deal_state_at(&x->d.deals[i].f, now, &s);
        if (x->d.deals[i].snapshot == CLOCK_NONE && (s.outcome == DEAL_WON || s.outcome == DEAL_LOST))
            closed[n++] = (struct closed){&x->d.deals[i].f, s.closed};
    }
    if (n)
        qsort(closed, n, sizeof *closed, closed_cmp);
    for (; *counts; counts++) {
        int64_t want;
        if (!str_to_i64(str_of(*counts), &want) || want < 0 || (size_t)want > n) {
            fprintf(stderr, "%s: only %zu deals are closed\n", *counts, n);
            return 1;
        }
        arena_reset(a);
        score_one(x, closed, (size_t)want, now, a);
    }
    arena_free(a);
    return 0;
}

static int bench_run(struct all *x, int64_t now)
{
    struct arena *a = arena_new("bench");
    struct score_row *rows = ARENA_ARRAY(a, struct score_row, x->d.deals_n * 4 + 65);
    struct score_model *m = ARENA_NEW(a, struct score_model);
    int64_t start = clock_mono_us();
    size_t rows_n = 0, open = 0, hits_n = 0, closed_n = 0;
    double sum = 0;

    cohorts_make(x, now);
    for (size_t i = 0; i < x->d.deals_n && closed_n < 2000; i++) {
        size_t got = score_snapshots(&x->facts[i], cohort_of(x, &x->facts[i]), now, rows + rows_n, 4);
        rows_n += got;
        closed_n += got > 0;
    }
    score_fit(&x->d.pipes[0], rows, rows_n, (int)closed_n, a, m);
    for (size_t i = 0; i < x->d.deals_n; i++) {
        const struct deal_facts *f = &x->facts[i];
        struct warning_hit hits[WARNINGS_N];
        struct score_row row;
        struct deal_state s;
        struct score sc;
        int64_t next;
        deal_state_at(f, now, &s);
        warnings_evaluate(f, &s, cohort_of(x, f), now, hits, &next);
        for (int k = 0; k < WARNINGS_N; k++)
            hits_n += hits[k].on;
        if (!score_row_make(f, &s, cohort_of(x, f), &row))
            continue;
        score_predict(m, &row, &sc);
        sum += sc.p;
        open++;
    }
    printf("{\"deals\":%zu,\"open\":%zu,\"warnings\":%zu,\"mean_p\":%.6f,\"seconds\":%.3f}\n", x->d.deals_n, open,
           hits_n, open ? sum / (double)open : 0, (double)(clock_mono_us() - start) / 1e6);
    arena_free(a);
    return 0;
}

int main(int argc, char **argv)
{
    struct all x = {.a = arena_new("dealeval")};
    int64_t now;
    struct err e;
    int rc = 2;

    if (argc < 4 || !clock_parse(str_of(argv[3]), &now, NULL)) {
        fprintf(stderr, "usage: harken_dealeval state|score|figures|bench FILE TIME [N...|FROM TO]\n");
        return 2;
    }
    if (dealfacts_read(argv[2], x.a, &x.d, &e)) {
        fprintf(stderr, "%s\n", e.msg);
        return 1;
    }
    if (!x.d.pipes_n) {
        fprintf(stderr, "%s: no pipeline in it\n", argv[2]);
        return 1;
    }
    if (strcmp(argv[1], "state") == 0)
        rc = state_run(&x, now);
    else if (strcmp(argv[1], "score") == 0)
        rc = score_run(&x, now, argv + 4);
    else if (strcmp(argv[1], "figures") == 0)
        rc = figures_run(&x, now, argv + 4);
    else if (strcmp(argv[1], "bench") == 0)
        rc = bench_run(&x, now);
    arena_free(x.a);
    return rc;
}
