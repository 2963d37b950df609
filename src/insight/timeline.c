#include "insight/timeline.h"

#include "text/lang.h"
#include "text/lists.h"
#include "text/words.h"

static int speaker_of(struct timeline *t, const struct interaction *ia, str label, size_t *cap, struct arena *a)
{
    struct speaker s = {.label = label};

    for (size_t i = 0; i < t->speakers_n; i++)
        if (str_eq(t->speakers[i].label, label))
            return (int)i;
    for (size_t i = 0; label.n && i < ia->participants_n; i++)
        if (str_eq(str_trim(ia->participants[i].name), label)) {
            s.side = ia->participants[i].side;
            break;
        }
    ARENA_PUSH(a, t->speakers, t->speakers_n, *cap) = s;
    return (int)t->speakers_n - 1;
}

static int by_time(const void *x, const void *y)
{
    const struct seg *a = x, *b = y;

    if (a->t0 != b->t0)
        return a->t0 < b->t0 ? -1 : 1;
    if (a->t1 != b->t1)
        return a->t1 < b->t1 ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static bool timed(const struct ia_turn *turn)
{
    return turn->start_ms != IA_TIME_NONE && turn->end_ms != IA_TIME_NONE;
}

static enum timeline_lack lack_of(const struct interaction *ia)
{
    size_t n = 0;

    for (size_t i = 0; i < ia->turns_n; i++)
        n += timed(&ia->turns[i]);
    return n == ia->turns_n && n ? TIMELINE_WHOLE : n ? TIMELINE_PARTIAL_TIMES : TIMELINE_NO_TIMES;
}

/* Words of a text and how many of them are backchannels, a listed phrase counting for each of its words. */
static void words_listed(str text, struct arena *a, size_t *out_words, size_t *out_listed)
{
    const struct word_list *list = list_get("backchannels");
    struct words w = words_split(text, a);

    *out_words += w.n;
    for (size_t i = 0; i < w.n;) {
        size_t n = list_match(list, w.token + i, w.n - i, NULL);
        *out_listed += n;
        i += n ? n : 1;
    }
}

static void segs_clip(struct timeline *t, const struct interaction *ia, struct arena *a)
{
    t->segs = ARENA_ARRAY(a, struct seg, ia->turns_n + 1);
    for (size_t i = 0; i < ia->turns_n; i++) {
        const struct ia_turn *turn = &ia->turns[i];
        struct seg s = {.speaker = t->of_turn[i],
                        .t0 = turn->start_ms,
                        .t1 = turn->end_ms,
                        .place = i,
                        .first = (uint32_t)i,
                        .last = (uint32_t)i};
        if (s.t0 < 0)
            s.t0 = 0;
        if (s.t1 > t->duration_ms)
            s.t1 = t->duration_ms;
        if (s.t1 > s.t0)
            t->segs[t->segs_n++] = s;
    }
    qsort(t->segs, t->segs_n, sizeof *t->segs, by_time);
}

/* Joins each speaker's segments over small gaps, whoever speaks in between. */
static void segs_join(struct timeline *t, const struct interaction *ia, struct arena *a)
{
    size_t *open = ARENA_ARRAY(a, size_t, t->speakers_n + 1), n = 0;

    for (size_t i = 0; i < t->speakers_n; i++)
        open[i] = SIZE_MAX;
    for (size_t i = 0; i < t->segs_n; i++) {
        struct seg s = t->segs[i], *prev = open[s.speaker] == SIZE_MAX ? NULL : &t->segs[open[s.speaker]];
        words_listed(ia->turns[s.place].text, a, &s.words, &s.listed);
        if (prev && s.t0 - prev->t1 <= GAP_MERGE_MS) {
            prev->t1 = prev->t1 > s.t1 ? prev->t1 : s.t1;
            prev->first = prev->first < s.first ? prev->first : s.first;
            prev->last = prev->last > s.last ? prev->last : s.last;
            prev->words += s.words;
            prev->listed += s.listed;
            continue;
        }
        open[s.speaker] = n;
        t->segs[n++] = s;
    }
    t->segs_n = n;
    qsort(t->segs, n, sizeof *t->segs, by_time);
}

/* The latest ends of the segments so far that are no backchannels: of the speaker who reaches furthest, and of the others. */
struct reach {
    int speaker;
    int64_t t1, other_t1;
};

static void reach_add(struct reach *r, const struct seg *s)
{
    if (s->speaker == r->speaker) {
        r->t1 = s->t1 > r->t1 ? s->t1 : r->t1;
    } else if (s->t1 > r->t1) {
        r->other_t1 = r->t1;
        r->t1 = s->t1;
        r->speaker = s->speaker;
    } else if (s->t1 > r->other_t1) {
        r->other_t1 = s->t1;
    }
}

static void backchannels_mark(struct timeline *t)
{
    struct reach r = {-1, INT64_MIN / 2, INT64_MIN / 2};

    for (size_t i = 0; i < t->segs_n; i++) {
        struct seg *s = &t->segs[i];
        int64_t other = s->speaker == r.speaker ? r.other_t1 : r.t1;
        s->backchannel = t->spaced && s->words >= 1 && s->words <= 3 && s->t1 - s->t0 <= 1000 &&
                         2 * s->listed >= s->words && s->t0 <= other + 300;
        if (!s->backchannel)
            reach_add(&r, s);
    }
}

static void turns_make(struct timeline *t, struct arena *a)
{
    t->turns = ARENA_ARRAY(a, struct floor_turn, t->segs_n + 1);
    for (size_t i = 0; i < t->segs_n; i++) {
        const struct seg *s = &t->segs[i];
        struct floor_turn *last = t->turns_n ? &t->turns[t->turns_n - 1] : NULL;
        if (s->backchannel)
            continue;
        if (last && last->speaker == s->speaker && s->t0 - last->t1 <= GAP_TURN_MS) {
            last->t1 = last->t1 > s->t1 ? last->t1 : s->t1;
            last->seg_last = i;
        } else {
            t->turns[t->turns_n++] = (struct floor_turn){s->speaker, s->t0, s->t1, i, i};
        }
    }
}

struct edge {
    int64_t at;
    int step; /* +1 someone begins, -1 someone ends */
};

static int by_edge(const void *x, const void *y)
{
    const struct edge *a = x, *b = y;

    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return a->step - b->step; /* ends before beginnings: touching is no overlap */
}

int64_t timeline_union(const struct timeline *t, const bool *take, int depth, struct arena *a)
{
    struct edge *edges = ARENA_ARRAY(a, struct edge, 2 * t->segs_n + 1);
    int64_t sum = 0;
    size_t n = 0;
    int now = 0;

    for (size_t i = 0; i < t->segs_n; i++) {
        if (take && !take[i])
            continue;
        edges[n++] = (struct edge){t->segs[i].t0, 1};
        edges[n++] = (struct edge){t->segs[i].t1, -1};
    }
    qsort(edges, n, sizeof *edges, by_edge);
    for (size_t i = 0; i < n; i++) {
        if (i && now >= depth)
            sum += edges[i].at - edges[i - 1].at;
        now += edges[i].step;
    }
    return sum;
}

void timeline_make(const struct interaction *ia, struct arena *a, struct timeline *t)
{
    bool *mine;
    size_t cap = 0;

    *t = (struct timeline){.lack = lack_of(ia), .spaced = !lang_unspaced(ia->language)};
    t->of_turn = ARENA_ARRAY(a, int, ia->turns_n + 1);
    for (size_t i = 0; i < ia->turns_n; i++)
        t->of_turn[i] = speaker_of(t, ia, str_trim(ia->turns[i].speaker), &cap, a);
    if (t->lack != TIMELINE_WHOLE)
        return;
    t->duration_ms = ia->duration_ms;
    for (size_t i = 0; ia->duration_ms == IA_TIME_NONE && i < ia->turns_n; i++)
        if (ia->turns[i].end_ms > ia->turns[i].start_ms && ia->turns[i].end_ms > t->duration_ms)
            t->duration_ms = ia->turns[i].end_ms;
    segs_clip(t, ia, a);
    segs_join(t, ia, a);
    backchannels_mark(t);
    turns_make(t, a);
    mine = ARENA_ARRAY(a, bool, t->segs_n + 1);
    for (size_t s = 0; s < t->speakers_n; s++) {
        for (size_t i = 0; i < t->segs_n; i++)
            mine[i] = t->segs[i].speaker == (int)s;
        t->speakers[s].talk_ms = timeline_union(t, mine, 1, a);
    }
}
