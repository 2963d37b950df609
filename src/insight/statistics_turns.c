/* insight/statistics_turns.c - who holds the floor, who takes it, and how soon. */
#include <stdlib.h>

#include "insight/statistics_priv.h"

#include "base/sort.h"

enum { PATIENCE_MS_MAX = 10000, CUT_MS_MIN = 300, CUT_MS_MAX = 1000 };

static enum ia_side side_of(const struct stats *s, int speaker)
{
    return s->t.speakers[speaker].side;
}

static void talk_count(struct stats *s)
{
    for (size_t i = 0; i < s->t.segs_n; i++) {
        const struct seg *g = &s->t.segs[i];
        struct voice *v = &s->voice[g->speaker];
        v->segs++;
        v->floor_segs += !g->backchannel;
        v->words += g->words;
        v->talk_ms += g->t1 - g->t0; /* own segments never overlap once joined */
        s->all.talk_ms += g->t1 - g->t0;
        s->internal_talk |= side_of(s, g->speaker) == IA_SIDE_INTERNAL;
        s->external_talk |= side_of(s, g->speaker) == IA_SIDE_EXTERNAL;
    }
    s->all.segs = s->t.segs_n;
    s->speech = timeline_speech(s->t.segs, s->t.segs_n, s->a, &s->speech_n);
}

static int64_t turn_ms(const struct floor_turn *t)
{
    return t->t1 - t->t0;
}

static void turns_count(struct stats *s)
{
    s->all.turns = s->t.turns_n;
    for (size_t i = 0; i < s->t.turns_n; i++) {
        struct voice *v = &s->voice[s->t.turns[i].speaker];
        if (v->turns++ == 0 || turn_ms(&s->t.turns[i]) > turn_ms(&s->t.turns[v->longest]))
            v->longest = i;
    }
}

static int by_speaker_and_length(const void *x, const void *y)
{
    const struct gap *a = x, *b = y;

    if (a->speaker != b->speaker)
        return a->speaker < b->speaker ? -1 : 1;
    return (a->ms > b->ms) - (a->ms < b->ms);
}

static int by_value(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;

    return (a > b) - (a < b);
}

static void changes_count(struct stats *s)
{
    s->gaps = ARENA_ARRAY(s->a, struct gap, s->t.turns_n + 1);
    s->gaps_all = ARENA_ARRAY(s->a, double, s->t.turns_n + 1);
    for (size_t i = 1; i < s->t.turns_n; i++) {
        const struct floor_turn *prev = &s->t.turns[i - 1], *next = prev + 1;
        enum ia_side p = side_of(s, prev->speaker), n = side_of(s, next->speaker);
        int64_t gap = next->t0 - prev->t1;

        if (p == IA_SIDE_UNKNOWN || n == IA_SIDE_UNKNOWN || p == n)
            continue;
        s->switches++;
        if (n != IA_SIDE_INTERNAL)
            continue;
        s->changes++;
        s->cut_ins += gap < 0;
        if (gap >= 0 && gap <= PATIENCE_MS_MAX)
            s->gaps[s->gaps_n++] = (struct gap){next->speaker, gap};
    }
    list_sort(s->gaps, s->gaps_n, sizeof *s->gaps, by_speaker_and_length);
    for (size_t i = 0; i < s->gaps_n; i++) {
        struct voice *v = &s->voice[s->gaps[i].speaker];
        if (v->gaps_n++ == 0)
            v->gap_first = i;
        s->gaps_all[i] = (double)s->gaps[i].ms;
    }
    list_sort(s->gaps_all, s->gaps_n, sizeof *s->gaps_all, by_value);
}

void stats_turns_count(struct stats *s)
{
    talk_count(s);
    turns_count(s);
    changes_count(s);
}

static int by_pair(const void *x, const void *y)
{
    const struct interruption *a = x, *b = y;

    return a->a != b->a ? a->a - b->a : a->b - b->b;
}

/* First segment that begins at or after `at`. */
static size_t first_from(const struct stats *s, int64_t at)
{
    size_t lo = 0, hi = s->t.segs_n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (s->t.segs[mid].t0 < at)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

struct interruption *stats_interruptions(struct stats *s, size_t *out_n)
{
    struct interruption *list = NULL;
    size_t n = 0, cap = 0, k = 0;

    for (size_t j = 0; j < s->t.segs_n; j++) {
        const struct seg *y = &s->t.segs[j];
        int64_t from = y->t1 - CUT_MS_MAX > y->t0 + 1 ? y->t1 - CUT_MS_MAX : y->t0 + 1;
        if (y->backchannel)
            continue;
        for (size_t i = first_from(s, from); i < s->t.segs_n && s->t.segs[i].t0 <= y->t1 - CUT_MS_MIN; i++) {
            const struct seg *x = &s->t.segs[i];
            if (x->backchannel || x->speaker == y->speaker)
                continue;
            s->voice[x->speaker].interruptions++;
            ARENA_PUSH(s->a, list, n, cap) = (struct interruption){x->speaker, y->speaker, 1};
        }
    }
    list_sort(list, n, sizeof *list, by_pair);
    for (size_t i = 0; i < n; i++) {
        if (k && by_pair(&list[k - 1], &list[i]) == 0)
            list[k - 1].n++;
        else
            list[k++] = list[i];
    }
    *out_n = k;
    return list;
}

double stats_quantile(const double *sorted, size_t n, double p)
{
    double at = p * (double)(n - 1);
    size_t i = (size_t)at;

    return i + 1 < n ? sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
}
