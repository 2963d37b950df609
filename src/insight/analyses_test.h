/* insight/analyses_test.h - what holds for figures and findings of any call, however broken: for tests and the fuzz target. */
#pragma once
#include <math.h>
#include <stdlib.h>

#include "insight/findings.h"
#include "insight/sentence_vectors.h"
#include "insight/statistics.h"

#define HOLDS(x)                                                                                                       \
    do {                                                                                                               \
        if (!(x)) {                                                                                                    \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #x);                                     \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

static inline void spans_hold(const struct interaction *ia, const struct ia_span *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        HOLDS(s[i].turn < ia->turns_n && s[i].start <= s[i].end && s[i].end <= ia->turns[s[i].turn].text.n);
}

/* A figure has a finite value or a reason; findings rest on words that are there. Returns how many figures have a value. */
static inline size_t analyses_hold(const struct interaction *ia, struct arena *a)
{
    static const str rivals[] = {{"Kelvar Robotics", 15}, {"Tromp", 5}};
    const struct findings_context fc = {.competitors = rivals, .competitors_n = 2};
    const struct statistics_context sc = {0};
    struct record_finding *f;
    struct record_stat *rows;
    struct spoken *said;
    size_t n, with = 0;

    statistics_compute(ia, &sc, a, &rows, &n);
    for (size_t i = 0; i < n; i++) {
        HOLDS(rows[i].has_value != (rows[i].reason.n > 0));
        HOLDS(!rows[i].has_value || isfinite(rows[i].value));
        HOLDS(!rows[i].has_n || rows[i].n >= 0);
        spans_hold(ia, rows[i].spans, rows[i].spans_n);
        with += rows[i].has_value;
    }
    findings_make(ia, &fc, a, &f, &n);
    for (size_t i = 0; i < n; i++) {
        HOLDS(f[i].kind.n && f[i].maker.n && f[i].version > 0 && f[i].spans_n);
        HOLDS(f[i].confidence >= 0 && f[i].confidence <= 1);
        HOLDS(!f[i].has_value || isfinite(f[i].value));
        spans_hold(ia, f[i].spans, f[i].spans_n);
    }
    said = spoken_of(ia, a, &n);
    for (size_t i = 0; i < n; i++)
        spans_hold(ia, &said[i].span, 1);
    return with;
}
