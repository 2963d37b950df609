#include <math.h>

#include "insight/statistics_priv.h"

#include "base/sort.h"

enum {
    SPEAKERS_WITH_ROWS = 10000, /* rows of a speaker of their own; a file may claim a million */
    WPM_TALK_MS_MIN = 10000,
    DEAD_AIR_MS = 5000,
    TALKER_MS_MIN = 10000,
    CALLS_BEFORE_MIN = 50,
    STYLE_WORDS_MIN = 100,
    OBJECTION_TURN_MS_MIN = 5000,
    OBJECTION_AFTER_MS = 30000,
};

/* What a figure cannot do without, checked in this order: the first that is missing is the reason. */
enum {
    NEEDS_TIMES = 1u << 0,    /* no_times, partial_times, no_segments */
    NEEDS_OVERLAP = 1u << 1,  /* source_without_overlap */
    NEEDS_SIDES = 1u << 2,    /* no_sides */
    NEEDS_INTERNAL = 1u << 3, /* no_internal_speech */
    NEEDS_EXTERNAL = 1u << 4, /* no_external_speech */
    NEEDS_BOTH = 1u << 5,     /* one_party */
    NEEDS_SPACES = 1u << 6,   /* no_word_boundaries */
};

/* Who gets a row. */
enum rows_for {
    FOR_CALL = 1,
    FOR_INTERNAL = 2,
    FOR_SPEAKERS = 4,
};

struct stat_def {
    const char *id, *unit;
    unsigned rows_for, needs;
    /* Fills the row of a speaker, or of the whole call when `who` is NULL. */
    void (*make)(struct stats *s, const struct voice *who, struct record_stat *r);
};

static void value_set(struct record_stat *r, double value, size_t n)
{
    r->has_value = r->has_n = true;
    r->value = value;
    r->n = (int64_t)n;
}

/* What a figure could rest on is known even when it is too little. */
static void reason_set(struct record_stat *r, const char *reason, size_t n)
{
    r->reason = str_of(reason);
    r->has_n = true;
    r->n = (int64_t)n;
}

static int by_double(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;

    return (a > b) - (a < b);
}

static double duration_s(const struct stats *s)
{
    return (double)s->t.duration_ms / 1000;
}

/* --- talk ------------------------------------------------------------------------------------------------------- */

static void talk_time(struct stats *s, const struct voice *who, struct record_stat *r)
{
    value_set(r, (double)who->talk_ms / 1000, who->segs);
}

static void talk_ratio(struct stats *s, const struct voice *who, struct record_stat *r)
{
    if (who->talk_ms == 0)
        reason_set(r, "no_talk", who->segs);
    else
        value_set(r, (double)who->talk_ms / (double)s->all.talk_ms, who->segs);
}

static void talk_ratio_of_call(struct stats *s, const struct voice *who, struct record_stat *r)
{
    if (who->talk_ms == 0)
        reason_set(r, "no_talk", who->segs);
    else
        value_set(r, (double)who->talk_ms / (double)s->t.duration_ms, who->segs);
}

static void team_talk_ratio(struct stats *s, const struct voice *who, struct record_stat *r)
{
    int64_t ms = 0;
    size_t n = 0;

    for (size_t i = 0; i < s->t.speakers_n; i++)
        if (s->t.speakers[i].side == IA_SIDE_INTERNAL) {
            ms += s->voice[i].talk_ms;
            n += s->voice[i].segs;
        }
    value_set(r, (double)ms / (double)s->all.talk_ms, n);
}

static int by_turn(const void *x, const void *y)
{
    const struct ia_span *a = x, *b = y;

    return (a->turn > b->turn) - (a->turn < b->turn);
}

/* The entries of the file a turn was made of, whole. */
static void spans_set(struct stats *s, const struct floor_turn *turn, struct record_stat *r)
{
    size_t cap = 0;

    for (size_t i = turn->seg_first; i <= turn->seg_last; i++) {
        const struct seg *g = &s->t.segs[i];
        if (g->speaker != turn->speaker || g->backchannel)
            continue;
        for (size_t p = g->place;; p = s->t.part_next[p]) {
            struct ia_span span = {(uint32_t)p, 0, (uint32_t)s->ia->turns[p].text.n};
            ARENA_PUSH(s->a, r->spans, r->spans_n, cap) = span;
            if (p == g->part_last)
                break;
        }
    }
    list_sort(r->spans, r->spans_n, sizeof *r->spans, by_turn);
}

static void longest_of(struct stats *s, const struct voice *who, enum ia_side side, struct record_stat *r)
{
    const struct floor_turn *best = NULL;
    size_t n = 0;

    for (size_t i = 0; i < s->t.speakers_n; i++) {
        const struct voice *v = &s->voice[i];
        const struct floor_turn *t;
        if ((who && who != v) || s->t.speakers[i].side != side || v->turns == 0)
            continue;
        n += v->turns;
        t = &s->t.turns[v->longest];
        if (!best || t->t1 - t->t0 > best->t1 - best->t0 || (t->t1 - t->t0 == best->t1 - best->t0 && t < best))
            best = t;
    }
    if (!best) {
        reason_set(r, "no_turns", 0);
        return;
    }
    value_set(r, (double)(best->t1 - best->t0) / 1000, n);
    spans_set(s, best, r);
}

static void longest_monologue(struct stats *s, const struct voice *who, struct record_stat *r)
{
    longest_of(s, who, IA_SIDE_INTERNAL, r);
}

static void longest_customer_story(struct stats *s, const struct voice *who, struct record_stat *r)
{
    longest_of(s, who, IA_SIDE_EXTERNAL, r);
}

/* --- floor ------------------------------------------------------------------------------------------------------ */

static size_t pairs_n(const struct stats *s)
{
    return s->t.turns_n ? s->t.turns_n - 1 : 0;
}

static void switches(struct stats *s, const struct voice *who, struct record_stat *r)
{
    value_set(r, (double)s->switches, pairs_n(s));
}

static void switches_per_hour(struct stats *s, const struct voice *who, struct record_stat *r)
{
    value_set(r, (double)s->switches * 3600 / duration_s(s), pairs_n(s));
}

static double spm(const struct stats *s)
{
    return (double)s->switches * 60 / duration_s(s);
}

static void switches_per_minute(struct stats *s, const struct voice *who, struct record_stat *r)
{
    value_set(r, spm(s), pairs_n(s));
}

static void interactivity(struct stats *s, const struct voice *who, struct record_stat *r)
{
    double mine = spm(s), below = 0;

    if (s->c->spm_before_n < CALLS_BEFORE_MIN) {
        value_set(r, 10 * (1 - exp(-mine / 2)), pairs_n(s));
        return;
    }
    for (size_t i = 0; i < s->c->spm_before_n; i++)
        below += s->c->spm_before[i] < mine ? 1 : s->c->spm_before[i] == mine ? 0.5 : 0;
    value_set(r, 10 * below / (double)s->c->spm_before_n, s->c->spm_before_n);
}

static void patience(struct stats *s, const struct voice *who, struct record_stat *r)
{
    size_t n = who ? who->gaps_n : s->gaps_n;
    double *ms = s->gaps_all;

    if (n == 0) {
        reason_set(r, "no_gaps", 0);
        return;
    }
    if (who) {
        ms = ARENA_ARRAY(s->a, double, n);
        for (size_t i = 0; i < n; i++)
            ms[i] = (double)s->gaps[who->gap_first + i].ms;
    }
    value_set(r, stats_quantile(ms, n, 0.5), n);
}

static void cut_in_share(struct stats *s, const struct voice *who, struct record_stat *r)
{
    if (s->changes == 0)
        reason_set(r, "no_changes", 0);
    else
        value_set(r, (double)s->cut_ins / (double)s->changes, s->changes);
}

static void overtalk_pct(struct stats *s, const struct voice *who, struct record_stat *r)
{
    int64_t any = 0;

    for (size_t i = 0; i < s->speech_n; i++)
        any += s->speech[i].t1 - s->speech[i].t0;
    value_set(r, (double)timeline_overlap_ms(&s->t, s->a) / (double)any, s->t.segs_n);
}

/* --- questions and words ---------------------------------------------------------------------------------------- */

static void questions(struct stats *s, const struct voice *who, struct record_stat *r)
{
    value_set(r, (double)who->questions, who->utterances);
}

static void check_ins(struct stats *s, const struct voice *who, struct record_stat *r)
{
    value_set(r, (double)who->check_ins, who->utterances);
}

static void question_rate(struct stats *s, const struct voice *who, struct record_stat *r)
{
    const struct voice *v = who ? who : &s->all;

    value_set(r, (double)v->questions * 3600 / duration_s(s), v->questions);
}

static void open_share(struct stats *s, const struct voice *who, struct record_stat *r)
{
    const struct voice *v = who ? who : &s->all;

    if (v->questions == 0)
        reason_set(r, "no_questions", 0);
    else
        value_set(r, (double)v->open / (double)v->questions, v->questions);
}

static void question_spread(struct stats *s, const struct voice *who, struct record_stat *r)
{
    const struct voice *v = who ? who : &s->all;
    double sum = 0;

    if (v->questions == 0) {
        reason_set(r, "no_questions", 0);
        return;
    }
    for (size_t i = 0; i < SPREAD_BINS; i++)
        for (size_t j = 0; j < SPREAD_BINS; j++)
            sum += fabs((double)v->bins[i] - (double)v->bins[j]);
    value_set(r, 1 - sum / (2.0 * SPREAD_BINS * (double)v->questions), v->questions);
}

static void wpm(struct stats *s, const struct voice *who, struct record_stat *r)
{
    if (who->talk_ms < WPM_TALK_MS_MIN)
        reason_set(r, "too_short", who->words);
    else
        value_set(r, (double)who->words * 60000 / (double)who->talk_ms, who->words);
}

static bool of_rep(const struct stats *s, const struct voice *who, int speaker)
{
    return who ? &s->voice[speaker] == who : s->t.speakers[speaker].side == IA_SIDE_INTERNAL;
}

/* Median words per minute of the rep's turns of at least 5 s; 0 when there is none. */
static double turn_wpm(const struct stats *s, const struct voice *who)
{
    double *list = ARENA_ARRAY(s->a, double, s->t.turns_n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s->t.turns_n; i++) {
        const struct floor_turn *t = &s->t.turns[i];
        size_t words = 0;
        if (!of_rep(s, who, t->speaker) || t->t1 - t->t0 < OBJECTION_TURN_MS_MIN)
            continue;
        for (size_t k = t->seg_first; k <= t->seg_last; k++)
            if (s->t.segs[k].speaker == t->speaker && !s->t.segs[k].backchannel)
                words += s->t.segs[k].words;
        list[n++] = (double)words * 60000 / (double)(t->t1 - t->t0);
    }
    if (n == 0)
        return 0;
    list_sort(list, n, sizeof *list, by_double);
    return stats_quantile(list, n, 0.5);
}

/* The turn that holds a turn of the file; SIZE_MAX: none. */
static size_t floor_of_place(const struct stats *s, size_t place)
{
    for (size_t i = 0; i < s->t.turns_n; i++)
        for (size_t k = s->t.turns[i].seg_first; k <= s->t.turns[i].seg_last; k++) {
            const struct seg *g = &s->t.segs[k];
            if (g->speaker != s->t.turns[i].speaker || g->backchannel)
                continue;
            for (size_t p = g->place;; p = s->t.part_next[p]) {
                if (p == place)
                    return i;
                if (p == g->part_last)
                    break;
            }
        }
    return SIZE_MAX;
}

/* The rep's words per minute in the 30 s after `from`; words of a segment are spread evenly over it. */
static bool wpm_after(const struct stats *s, const struct voice *who, int64_t from, double *out)
{
    double words = 0;
    int64_t ms = 0;

    for (size_t i = 0; i < s->t.segs_n; i++) {
        const struct seg *g = &s->t.segs[i];
        int64_t a = g->t0 > from ? g->t0 : from;
        int64_t b = g->t1 < from + OBJECTION_AFTER_MS ? g->t1 : from + OBJECTION_AFTER_MS;
        if (b <= a || !of_rep(s, who, g->speaker))
            continue;
        words += (double)g->words * (double)(b - a) / (double)(g->t1 - g->t0);
        ms += b - a;
    }
    *out = ms ? words * 60000 / (double)ms : 0;
    return ms > 0;
}

static void wpm_shift(struct stats *s, const struct voice *who, struct record_stat *r)
{
    double usual, after, sum = 0;
    size_t n = 0, last = SIZE_MAX;

    if (s->c->objections_n == 0) {
        reason_set(r, "no_objections", 0);
        return;
    }
    usual = turn_wpm(s, who);
    for (size_t i = 0; usual > 0 && i < s->c->objections_n; i++) {
        size_t t = floor_of_place(s, s->c->objections[i]);
        if (t == SIZE_MAX || t == last || !wpm_after(s, who, s->t.turns[t].t1, &after))
            continue;
        last = t;
        sum += after / usual - 1;
        n++;
    }
    if (n == 0)
        reason_set(r, usual > 0 ? "no_response" : "too_short", 0);
    else
        value_set(r, sum / (double)n, n);
}

static void fillers(struct stats *s, const struct voice *who, struct record_stat *r)
{
    if (!s->fillers_known)
        reason_set(r, "no_list", who->file_words);
    else if (who->file_words == 0)
        reason_set(r, "no_words", 0);
    else
        value_set(r, 100 * (double)who->fillers / (double)who->file_words, who->file_words);
}

/* --- silence, turns, style -------------------------------------------------------------------------------------- */

static void silence_pct(struct stats *s, const struct voice *who, struct record_stat *r)
{
    int64_t any = 0;

    for (size_t i = 0; i < s->speech_n; i++)
        any += s->speech[i].t1 - s->speech[i].t0;
    value_set(r, 1 - (double)any / (double)s->t.duration_ms, s->t.segs_n);
}

static void dead_air(struct stats *s, const struct voice *who, struct record_stat *r)
{
    size_t n = 0;

    for (size_t i = 1; i < s->speech_n; i++)
        n += s->speech[i].t0 - s->speech[i - 1].t1 > DEAD_AIR_MS;
    value_set(r, (double)n, s->t.segs_n);
}

static void turn_entropy(struct stats *s, const struct voice *who, struct record_stat *r)
{
    double sum = 0;
    size_t k = 0;

    for (size_t i = 0; i < s->t.speakers_n; i++) {
        double p = (double)s->voice[i].turns / (double)s->t.turns_n;
        if (s->voice[i].turns) {
            sum -= p * log(p);
            k++;
        }
    }
    if (s->t.turns_n == 0)
        reason_set(r, "no_turns", 0);
    else
        value_set(r, k < 2 ? 0 : sum / log((double)k), s->t.turns_n);
}

static void lsm(struct stats *s, const struct voice *who, struct record_stat *r)
{
    size_t in = s->style_words[IA_SIDE_INTERNAL], ex = s->style_words[IA_SIDE_EXTERNAL];
    double sum = 0;

    if (in < STYLE_WORDS_MIN || ex < STYLE_WORDS_MIN) {
        reason_set(r, "too_short", in + ex);
        return;
    }
    for (size_t c = 0; c < STYLE_CLASSES; c++) {
        double x = (double)s->style[IA_SIDE_INTERNAL][c] / (double)in;
        double y = (double)s->style[IA_SIDE_EXTERNAL][c] / (double)ex;
        sum += 1 - fabs(x - y) / (x + y + 1e-4);
    }
    value_set(r, sum / STYLE_CLASSES, in + ex);
}

static void lsm_if_on(struct stats *s, const struct voice *who, struct record_stat *r)
{
    str lang = s->ia->language;

    if (!s->c->lsm)
        r->reason = STR("off");
    else if (!s->sides)
        r->reason = STR("no_sides");
    else if (!s->t.spaced)
        r->reason = STR("no_word_boundaries");
    else if (lang.n && !str_eq(lang, STR("en")) && !str_eq(lang, STR("und")))
        r->reason = STR("no_list");
    else
        lsm(s, who, r);
}

/* --- people and topics ------------------------------------------------------------------------------------------ */

static void ext_speakers(struct stats *s, const struct voice *who, struct record_stat *r)
{
    size_t n = 0;

    for (size_t i = 0; i < s->ia->participants_n; i++)
        n += s->ia->participants[i].side == IA_SIDE_EXTERNAL;
    value_set(r, (double)n, s->ia->participants_n);
}

/* A speaker is external because the first participant of that name is, so that counting speakers counts participants. */
static void ext_talkers(struct stats *s, const struct voice *who, struct record_stat *r)
{
    size_t n = 0;

    for (size_t i = 0; i < s->t.speakers_n; i++)
        n += s->t.speakers[i].side == IA_SIDE_EXTERNAL && s->voice[i].talk_ms >= TALKER_MS_MIN;
    value_set(r, (double)n, s->ia->participants_n);
}

static void first_at(struct stats *s, enum topic topic, struct record_stat *r)
{
    struct seg *m;
    size_t n;

    if (!stats_matches(s, topic, &m, &n))
        reason_set(r, "no_list", 0);
    else if (n == 0)
        reason_set(r, "no_match", 0);
    else
        value_set(r, (double)m[0].t0 / (double)s->t.duration_ms, n);
}

static void pricing_at(struct stats *s, const struct voice *who, struct record_stat *r)
{
    first_at(s, TOPIC_PRICING, r);
}

static void nextstep_at(struct stats *s, const struct voice *who, struct record_stat *r)
{
    first_at(s, TOPIC_NEXTSTEP, r);
}

static void nextstep_share(struct stats *s, const struct voice *who, struct record_stat *r)
{
    double fifth = 0.2 * (double)s->t.duration_ms, from = 0.8 * (double)s->t.duration_ms, sum = 0;
    struct stretch *fill;
    struct seg *m;
    size_t n, fill_n;

    if (!stats_matches(s, TOPIC_NEXTSTEP, &m, &n)) {
        reason_set(r, "no_list", 0);
        return;
    }
    fill = timeline_speech(m, n, s->a, &fill_n);
    for (size_t i = 0; i < fill_n; i++)
        if ((double)fill[i].t1 > from)
            sum += (double)fill[i].t1 - fmax((double)fill[i].t0, from);
    value_set(r, sum / fifth, n);
}

/* --- the table -------------------------------------------------------------------------------------------------- */

static const struct stat_def defs[] = {
    {"talk_time", "s", FOR_SPEAKERS, NEEDS_TIMES, talk_time},
    {"talk_ratio", "1", FOR_SPEAKERS, NEEDS_TIMES, talk_ratio},
    {"talk_ratio_of_call", "1", FOR_SPEAKERS, NEEDS_TIMES, talk_ratio_of_call},
    {"team_talk_ratio", "1", FOR_CALL, NEEDS_TIMES | NEEDS_SIDES | NEEDS_INTERNAL, team_talk_ratio},
    {"longest_monologue", "s", FOR_CALL | FOR_INTERNAL, NEEDS_TIMES | NEEDS_SIDES | NEEDS_INTERNAL, longest_monologue},
    {"longest_customer_story", "s", FOR_CALL, NEEDS_TIMES | NEEDS_SIDES | NEEDS_EXTERNAL, longest_customer_story},
    {"switches", "1", FOR_CALL, NEEDS_TIMES | NEEDS_SIDES | NEEDS_BOTH, switches},
    {"switches_per_hour", "1/h", FOR_CALL, NEEDS_TIMES | NEEDS_SIDES | NEEDS_BOTH, switches_per_hour},
    {"switches_per_minute", "1/min", FOR_CALL, NEEDS_TIMES | NEEDS_SIDES | NEEDS_BOTH, switches_per_minute},
    {"interactivity", "1", FOR_CALL, NEEDS_TIMES | NEEDS_SIDES | NEEDS_BOTH, interactivity},
    {"patience_ms", "ms", FOR_CALL | FOR_INTERNAL, NEEDS_TIMES | NEEDS_SIDES | NEEDS_BOTH, patience},
    {"cut_in_share", "1", FOR_CALL, NEEDS_TIMES | NEEDS_OVERLAP | NEEDS_SIDES | NEEDS_BOTH, cut_in_share},
    {"interruptions", "1", FOR_SPEAKERS, NEEDS_TIMES | NEEDS_OVERLAP, NULL},
    {"overtalk_pct", "1", FOR_CALL, NEEDS_TIMES | NEEDS_OVERLAP, overtalk_pct},
    {"questions", "1", FOR_SPEAKERS, 0, questions},
    {"check_ins", "1", FOR_SPEAKERS, NEEDS_TIMES, check_ins},
    {"question_rate", "1/h", FOR_CALL | FOR_INTERNAL, NEEDS_TIMES, question_rate},
    {"open_share", "1", FOR_CALL | FOR_INTERNAL, 0, open_share},
    {"question_spread", "1", FOR_CALL | FOR_INTERNAL, NEEDS_TIMES, question_spread},
    {"wpm", "1/min", FOR_SPEAKERS, NEEDS_TIMES | NEEDS_SPACES, wpm},
    {"wpm_shift_after_objection", "1", FOR_CALL | FOR_INTERNAL, NEEDS_TIMES | NEEDS_SIDES | NEEDS_SPACES, wpm_shift},
    {"fillers", "1", FOR_SPEAKERS, NEEDS_SPACES, fillers},
    {"silence_pct", "1", FOR_CALL, NEEDS_TIMES, silence_pct},
    {"dead_air", "1", FOR_CALL, NEEDS_TIMES, dead_air},
    {"turn_entropy", "1", FOR_CALL, NEEDS_TIMES, turn_entropy},
    {"lsm", "1", FOR_CALL, 0, lsm_if_on},
    {"ext_speakers", "1", FOR_CALL, NEEDS_SIDES, ext_speakers},
    {"ext_talkers", "1", FOR_CALL, NEEDS_TIMES | NEEDS_SIDES, ext_talkers},
    {"pricing_at", "1", FOR_CALL, NEEDS_TIMES, pricing_at},
    {"nextstep_at", "1", FOR_CALL, NEEDS_TIMES, nextstep_at},
    {"nextstep_share", "1", FOR_CALL, NEEDS_TIMES, nextstep_share},
};

static const char *lack_of(const struct stats *s, unsigned needs)
{
    if ((needs & NEEDS_TIMES) && s->t.lack != TIMELINE_WHOLE)
        return s->t.lack == TIMELINE_NO_TIMES ? "no_times" : "partial_times";
    if ((needs & NEEDS_TIMES) && s->t.segs_n == 0)
        return "no_segments";
    if ((needs & NEEDS_OVERLAP) && s->ia->no_overlap)
        return "source_without_overlap";
    if ((needs & NEEDS_SIDES) && !s->sides)
        return "no_sides";
    if ((needs & NEEDS_INTERNAL) && !s->internal_talk)
        return "no_internal_speech";
    if ((needs & NEEDS_EXTERNAL) && !s->external_talk)
        return "no_external_speech";
    if ((needs & NEEDS_BOTH) && !(s->internal_talk && s->external_talk))
        return "one_party";
    if ((needs & NEEDS_SPACES) && !s->t.spaced)
        return "no_word_boundaries";
    return NULL;
}

static struct record_stat *row_add(struct stats *s, const struct stat_def *d, str speaker, str of)
{
    struct record_stat r = {.id = str_of(d->id),
                            .unit = str_of(d->unit),
                            .speaker = speaker,
                            .of = of,
                            .definition_version = STATISTICS_VERSION};

    memcpy(r.inputs_hash, s->hash, sizeof r.inputs_hash);
    ARENA_PUSH(s->a, s->rows, s->rows_n, s->rows_cap) = r;
    return &s->rows[s->rows_n - 1];
}

static void row_make(struct stats *s, const struct stat_def *d, const struct voice *who, str label)
{
    struct record_stat *r = row_add(s, d, label, STR_NULL);
    const char *lack = lack_of(s, d->needs);

    if (lack)
        r->reason = str_of(lack);
    else
        d->make(s, who, r);
}

/* People who can be interrupted or interrupt: those with a segment. */
static size_t heard_n(const struct stats *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->t.speakers_n; i++)
        n += s->voice[i].segs > 0;
    return n;
}

/* One row for each speaker over all others, followed by those for each other with a count. A pair with the unknown speaker
 * has no row, but counts in the sum. */
static void interruptions_add(struct stats *s, const struct stat_def *d)
{
    const char *lack = lack_of(s, d->needs);
    size_t pairs = 0, k = 0;
    struct interruption *p = NULL;

    if (!lack && heard_n(s) < 2)
        lack = "one_speaker";
    if (!lack && s->t.speakers_n > PAIR_SPEAKERS_MAX)
        lack = "too_many_speakers";
    if (!lack)
        p = stats_interruptions(s, &pairs);
    for (size_t i = 0; i < s->t.speakers_n && i < SPEAKERS_WITH_ROWS; i++) {
        str label = s->t.speakers[i].label;
        struct record_stat *r;
        if (label.n) {
            r = row_add(s, d, label, STR_NULL);
            if (lack)
                r->reason = str_of(lack);
            else
                value_set(r, (double)s->voice[i].interruptions, s->voice[i].floor_segs);
        }
        for (; k < pairs && p[k].a == (int)i; k++)
            if (label.n && s->t.speakers[p[k].b].label.n)
                value_set(row_add(s, d, label, s->t.speakers[p[k].b].label), (double)p[k].n, s->voice[i].floor_segs);
    }
}

static void rows_make(struct stats *s, const struct stat_def *d)
{
    if (!d->make) {
        interruptions_add(s, d);
        return;
    }
    if (d->rows_for & FOR_CALL)
        row_make(s, d, NULL, STR_NULL);
    for (size_t i = 0; i < s->t.speakers_n && i < SPEAKERS_WITH_ROWS; i++)
        if (s->t.speakers[i].label.n && ((d->rows_for & FOR_SPEAKERS) ||
                                         ((d->rows_for & FOR_INTERNAL) && s->t.speakers[i].side == IA_SIDE_INTERNAL)))
            row_make(s, d, &s->voice[i], s->t.speakers[i].label);
}

void statistics_compute(const struct interaction *ia, const struct statistics_context *c, struct arena *a,
                        struct record_stat **out, size_t *out_n)
{
    struct stats s = {.ia = ia, .c = c, .a = a};

    if (ia->kind == IA_CALL) {
        timeline_make(ia, a, &s.t);
        for (size_t i = 0; i < ia->participants_n; i++)
            s.sides |= ia->participants[i].side != IA_SIDE_UNKNOWN;
        s.voice = ARENA_ARRAY(a, struct voice, s.t.speakers_n + 1);
        stats_hash(&s);
        stats_turns_count(&s);
        stats_words_count(&s);
        for (size_t i = 0; i < sizeof defs / sizeof defs[0]; i++)
            rows_make(&s, &defs[i]);
    }
    *out = s.rows ? s.rows : ARENA_ARRAY(a, struct record_stat, 1);
    *out_n = s.rows_n;
}
