#include "insight/timeline.h"

#include "base/sort.h"
#include "text/lang.h"
#include "text/lists.h"
#include "text/words.h"

/* Labels to numbers: a file may name as many speakers as it has turns. */
struct label_table {
    int *slot; /* number + 1; 0 is free */
    size_t mask;
};

static str label_trim(str s)
{
    size_t i = 0;

    while (i < s.n) {
        size_t next = i;
        if (!uni_is_space(uni_next(s, &next)))
            break;
        i = next;
    }
    s = str_from(s, i);
    while (s.n) {
        size_t prev = s.n;
        if (!uni_is_space(uni_prev(s, &prev)))
            break;
        s.n = prev;
    }
    return s;
}

static int speaker_find(struct timeline *t, struct label_table *h, str label)
{
    size_t i = str_hash(label) & h->mask;

    while (h->slot[i] && !str_eq(t->speakers[h->slot[i] - 1].label, label))
        i = (i + 1) & h->mask;
    if (!h->slot[i]) {
        t->speakers[t->speakers_n].label = label;
        h->slot[i] = (int)++t->speakers_n;
    }
    return h->slot[i] - 1;
}

/* The first participant of a name says the party of the speaker of that name. */
static void speakers_make(struct timeline *t, const struct interaction *ia, struct arena *a)
{
    struct label_table h = {.mask = 15};
    size_t heard;
    bool *named;

    while (h.mask < 2 * (ia->turns_n + ia->participants_n))
        h.mask = 2 * h.mask + 1;
    h.slot = ARENA_ARRAY(a, int, h.mask + 1);
    t->speakers = ARENA_ARRAY(a, struct speaker, ia->turns_n + ia->participants_n + 1);
    t->of_turn = ARENA_ARRAY(a, int, ia->turns_n + 1);
    for (size_t i = 0; i < ia->turns_n; i++)
        t->of_turn[i] = speaker_find(t, &h, label_trim(ia->turns[i].speaker));
    heard = t->speakers_n;
    named = ARENA_ARRAY(a, bool, heard + 1);
    for (size_t i = 0; i < ia->participants_n; i++) {
        str name = label_trim(ia->participants[i].name);
        size_t s = name.n ? (size_t)speaker_find(t, &h, name) : heard;
        if (s < heard && !named[s]) {
            t->speakers[s].side = ia->participants[i].side;
            named[s] = true;
        }
    }
    t->speakers_n = heard; /* who never speaks is no speaker */
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

static enum timeline_lack lack_of(const struct interaction *ia)
{
    size_t n = 0;

    for (size_t i = 0; i < ia->turns_n; i++)
        n += ia->turns[i].start_ms != IA_TIME_NONE && ia->turns[i].end_ms != IA_TIME_NONE;
    return n == 0 ? TIMELINE_NO_TIMES : n < ia->turns_n ? TIMELINE_PARTIAL_TIMES : TIMELINE_WHOLE;
}

static int64_t duration_of(const struct interaction *ia)
{
    int64_t d = 0;

    if (ia->duration_ms != IA_TIME_NONE)
        d = ia->duration_ms;
    else
        for (size_t i = 0; i < ia->turns_n; i++)
            if (ia->turns[i].end_ms > ia->turns[i].start_ms && ia->turns[i].end_ms > d)
                d = ia->turns[i].end_ms;
    return d < TIMELINE_MS_MAX ? d : TIMELINE_MS_MAX;
}

static void segs_clip(struct timeline *t, const struct interaction *ia, struct arena *a)
{
    t->segs = ARENA_ARRAY(a, struct seg, ia->turns_n + 1);
    t->part_next = ARENA_ARRAY(a, size_t, ia->turns_n + 1);
    for (size_t i = 0; i < ia->turns_n; i++) {
        struct seg s = {.speaker = t->of_turn[i], .place = i, .part_last = i};
        s.t0 = ia->turns[i].start_ms > 0 ? ia->turns[i].start_ms : 0;
        s.t1 = ia->turns[i].end_ms < t->duration_ms ? ia->turns[i].end_ms : t->duration_ms;
        s.words = words_count(ia->turns[i].text);
        if (s.t1 > s.t0)
            t->segs[t->segs_n++] = s;
    }
    list_sort(t->segs, t->segs_n, sizeof *t->segs, by_time);
}

/* Joins each speaker's segments over small gaps, whoever speaks in between. */
static void segs_join(struct timeline *t, struct arena *a)
{
    size_t *open = ARENA_ARRAY(a, size_t, t->speakers_n + 1), n = 0; /* the speaker's last segment, plus 1 */

    for (size_t i = 0; i < t->segs_n; i++) {
        struct seg s = t->segs[i], *prev = open[s.speaker] ? &t->segs[open[s.speaker] - 1] : NULL;
        if (prev && s.t0 - prev->t1 <= GAP_MERGE_MS) {
            prev->t1 = prev->t1 > s.t1 ? prev->t1 : s.t1;
            prev->words += s.words;
            t->part_next[prev->part_last] = s.place;
            prev->part_last = s.place;
            continue;
        }
        t->segs[n++] = s;
        open[s.speaker] = n;
    }
    t->segs_n = n;
    list_sort(t->segs, n, sizeof *t->segs, by_time);
}

str timeline_text(const struct interaction *ia, const struct timeline *t, const struct seg *s, struct arena *a)
{
    size_t n = 1, i;
    str *parts;

    for (i = s->place; i != s->part_last; i = t->part_next[i])
        n++;
    if (n == 1)
        return ia->turns[s->place].text;
    parts = ARENA_ARRAY(a, str, n);
    for (i = s->place, n = 0; i != s->part_last; i = t->part_next[i])
        parts[n++] = ia->turns[i].text;
    parts[n++] = ia->turns[i].text;
    return str_join(a, parts, n, STR(" "));
}

/* At least half of the words are in the list, a listed phrase counting for each of its words. */
static bool words_listed(str text, struct arena *a)
{
    const struct word_list *list = list_get("backchannels");
    struct words w = words_split(text, a);
    size_t listed = 0;

    for (size_t i = 0; i < w.n;) {
        size_t n = list_match_atoms(list, w.atom + i, w.n - i, NULL);
        listed += n;
        i += n ? n : 1;
    }
    return 2 * listed >= w.n;
}

/* How far the segments so far that are no backchannels reach: the furthest one, and the furthest of all other speakers. */
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

static void backchannels_mark(struct timeline *t, const struct interaction *ia, struct arena *a)
{
    struct reach r = {-1, -TIMELINE_MS_MAX, -TIMELINE_MS_MAX};

    for (size_t i = 0; i < t->segs_n; i++) {
        struct seg *s = &t->segs[i];
        int64_t other_t1 = s->speaker == r.speaker ? r.other_t1 : r.t1;
        s->backchannel = t->spaced && s->words >= 1 && s->words <= BACKCHANNEL_WORDS &&
                         s->t1 - s->t0 <= BACKCHANNEL_MS && s->t0 <= other_t1 + BACKCHANNEL_AFTER_MS &&
                         words_listed(timeline_text(ia, t, s, a), a);
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

struct stretch *timeline_speech(const struct seg *segs, size_t n, struct arena *a, size_t *out_n)
{
    struct stretch *list = ARENA_ARRAY(a, struct stretch, n + 1);
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        if (k == 0 || segs[i].t0 > list[k - 1].t1)
            list[k++] = (struct stretch){segs[i].t0, segs[i].t1};
        else if (segs[i].t1 > list[k - 1].t1)
            list[k - 1].t1 = segs[i].t1;
    }
    *out_n = k;
    return list;
}

static int by_instant(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

    return (a > b) - (a < b);
}

/* One speaker's segments never overlap after joining, so that two running at once are two people. */
int64_t timeline_overlap_ms(const struct timeline *t, struct arena *a)
{
    int64_t *end = ARENA_ARRAY(a, int64_t, t->segs_n + 1), sum = 0, at = 0;
    size_t begun = 0, ended = 0;

    for (size_t i = 0; i < t->segs_n; i++)
        end[i] = t->segs[i].t1;
    list_sort(end, t->segs_n, sizeof *end, by_instant);
    while (ended < t->segs_n) {
        bool begins = begun < t->segs_n && t->segs[begun].t0 < end[ended];
        int64_t next = begins ? t->segs[begun].t0 : end[ended];
        if (begun - ended >= 2)
            sum += next - at;
        at = next;
        if (begins)
            begun++;
        else
            ended++;
    }
    return sum;
}

void timeline_make(const struct interaction *ia, struct arena *a, struct timeline *t)
{
    *t = (struct timeline){.lack = lack_of(ia), .spaced = !lang_unspaced(ia->language)};
    speakers_make(t, ia, a);
    if (t->lack != TIMELINE_WHOLE)
        return;
    t->duration_ms = duration_of(ia);
    segs_clip(t, ia, a);
    segs_join(t, a);
    backchannels_mark(t, ia, a);
    turns_make(t, a);
}
