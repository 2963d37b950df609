/* insight/statistics_words.c - questions, fillers, style and listed words. */
#include "insight/questions.h"
#include "insight/statistics_priv.h"
#include "text/clean.h"
#include "text/lists.h"
#include "text/sentences.h"
#include "text/words.h"

static str lang_of(const struct stats *s)
{
    str lang = s->ia->language;

    return lang.n == 0 || str_eq(lang, STR("und")) ? STR("en") : lang;
}

/* An utterance lies within one segment of the file and happens when that begins. */
static size_t bin_of(const struct stats *s, const struct ia_turn *turn)
{
    int64_t at = turn->start_ms > 0 ? turn->start_ms : 0;
    int64_t bin = s->t.duration_ms > 0 && at < s->t.duration_ms ? SPREAD_BINS * at / s->t.duration_ms : SPREAD_BINS - 1;

    return (size_t)bin;
}

/* The words of a turn that lie within an utterance. False when one reaches over its ends ("Yes?No"). */
static bool words_within(const struct words *w, size_t *from, struct text_span u, struct words *out)
{
    size_t i = *from, k;

    while (i < w->n && w->word[i].start < u.start)
        i++;
    for (k = i; k < w->n && w->word[k].start < u.end; k++)
        if (w->word[k].end > u.end)
            return false;
    *out = words_part(w, i, k);
    *from = k;
    return i == 0 || w->word[i - 1].end <= u.start;
}

static void questions_count(struct stats *s, const struct ia_turn *turn, const struct words *w, struct voice *v,
                            struct arena *scratch)
{
    struct text_span *u;
    size_t n, at = 0;

    sentences_split(turn->text, scratch, &u, &n);
    for (size_t i = 0; i < n; i++) {
        str text = str_sub(turn->text, u[i].start, u[i].end);
        struct words within;
        enum utterance_kind kind = words_within(w, &at, u[i], &within)
                                       ? utterance_classify_words(text, &within, s->ia->language)
                                       : utterance_classify(text, s->ia->language, scratch);
        v->utterances++;
        v->check_ins += kind == UTTERANCE_CHECK_IN;
        v->open += kind == UTTERANCE_OPEN;
        if (kind == UTTERANCE_OPEN || kind == UTTERANCE_QUESTION) {
            v->questions++;
            v->bins[bin_of(s, turn)]++;
        }
    }
}

static const struct word_list *topic_list(const struct stats *s, enum topic topic)
{
    return topic == TOPIC_PRICING ? list_for("pricing", lang_of(s)) : list_for("nextstep", lang_of(s));
}

static bool any_match(const struct word_list *l, const struct words *w)
{
    for (size_t i = 0; i < w->n; i++)
        if (list_match_atoms(l, w->atom + i, w->n - i, NULL))
            return true;
    return false;
}

static uint8_t topics_of(const struct stats *s, const struct words *w)
{
    unsigned bits = 0;

    for (int t = 0; t < TOPICS; t++) {
        const struct word_list *l = topic_list(s, (enum topic)t);
        if (l && any_match(l, w))
            bits |= LISTED_MATCH << 2 * t;
        else if (l && list_open_end(l, w->atom, w->n))
            bits |= LISTED_OPEN_END << 2 * t;
    }
    return (uint8_t)bits;
}

static void style_count(struct stats *s, enum ia_side side, const struct words *w)
{
    const struct word_list *l = list_for("style", lang_of(s));

    s->style_words[side] += w->n;
    for (size_t i = 0; l && i < w->n; i++) {
        int class = list_value_atom(l, w->atom[i]);
        if (class > 0 && class <= STYLE_CLASSES)
            s->style[side][class - 1]++;
    }
}

static void voice_add(struct voice *to, const struct voice *v)
{
    to->utterances += v->utterances;
    to->questions += v->questions;
    to->open += v->open;
    to->check_ins += v->check_ins;
    for (size_t i = 0; i < SPREAD_BINS; i++)
        to->bins[i] += v->bins[i];
}

void stats_words_count(struct stats *s)
{
    struct arena *scratch = arena_new_wiped("insight.turn");

    s->fillers_known = fillers_version(lang_of(s)) > 0;
    s->listed = ARENA_ARRAY(s->a, uint8_t, s->ia->turns_n + 1);
    for (size_t i = 0; i < s->ia->turns_n; i++) {
        const struct ia_turn *turn = &s->ia->turns[i];
        struct voice *v = &s->voice[s->t.of_turn[i]];
        struct words w = words_split(turn->text, scratch);
        bool known;

        questions_count(s, turn, &w, v, scratch);
        s->listed[i] = topics_of(s, &w);
        v->file_words += w.n;
        v->fillers += fillers_count(w.atom, w.n, lang_of(s), &known);
        if (s->c->lsm)
            style_count(s, s->t.speakers[s->t.of_turn[i]].side, &w);
        arena_reset(scratch);
    }
    for (size_t i = 0; i < s->t.speakers_n; i++)
        voice_add(&s->all, &s->voice[i]);
    arena_free(scratch);
}

/* A phrase that begins in one part and goes on in the next is found in the joined text only. */
static bool seg_matches(const struct stats *s, enum topic topic, const struct seg *g, struct arena *scratch)
{
    unsigned seen = 0;
    struct words w;

    for (size_t p = g->place;; p = s->t.part_next[p]) {
        seen |= s->listed[p] >> 2 * topic;
        if (p == g->part_last)
            break;
    }
    if (seen & LISTED_MATCH)
        return true;
    if (g->place == g->part_last || !(seen & LISTED_OPEN_END))
        return false;
    arena_reset(scratch);
    w = words_split(timeline_text(s->ia, &s->t, g, scratch), scratch);
    return any_match(topic_list(s, topic), &w);
}

bool stats_matches(struct stats *s, enum topic topic, struct seg **out, size_t *out_n)
{
    const struct word_list *l = topic_list(s, topic);
    struct seg *m = ARENA_ARRAY(s->a, struct seg, s->t.segs_n + 1);
    struct arena *scratch = arena_new_wiped("insight.turn");
    size_t n = 0;

    for (size_t i = 0; l && i < s->t.segs_n; i++)
        if (seg_matches(s, topic, &s->t.segs[i], scratch))
            m[n++] = s->t.segs[i];
    arena_free(scratch);
    *out = m;
    *out_n = n;
    return l != NULL;
}
