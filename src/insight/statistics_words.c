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

static void questions_count(struct stats *s, const struct ia_turn *turn, struct voice *v, struct arena *scratch)
{
    struct text_span *u;
    size_t n;

    sentences_split(turn->text, scratch, &u, &n);
    for (size_t i = 0; i < n; i++) {
        str text = str_sub(turn->text, u[i].start, u[i].end);
        enum utterance_kind kind = utterance_classify(text, s->ia->language, scratch);
        v->utterances++;
        v->check_ins += kind == UTTERANCE_CHECK_IN;
        v->open += kind == UTTERANCE_OPEN;
        if (kind == UTTERANCE_OPEN || kind == UTTERANCE_QUESTION) {
            v->questions++;
            v->bins[bin_of(s, turn)]++;
        }
    }
}

static void style_count(struct stats *s, enum ia_side side, const struct words *w)
{
    const struct word_list *l = list_for("style", lang_of(s));

    s->style_words[side] += w->n;
    for (size_t i = 0; l && i < w->n; i++) {
        int class = list_value(l, w->token[i]);
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
    for (size_t i = 0; i < s->ia->turns_n; i++) {
        const struct ia_turn *turn = &s->ia->turns[i];
        struct voice *v = &s->voice[s->t.of_turn[i]];
        struct words w = words_split(turn->text, scratch);
        bool known;

        questions_count(s, turn, v, scratch);
        v->file_words += w.n;
        v->fillers += fillers_count(w.token, w.n, lang_of(s), &known);
        if (s->c->lsm)
            style_count(s, s->t.speakers[s->t.of_turn[i]].side, &w);
        arena_reset(scratch);
    }
    for (size_t i = 0; i < s->t.speakers_n; i++)
        voice_add(&s->all, &s->voice[i]);
    arena_free(scratch);
}

static bool text_matches(const struct word_list *l, str text, struct arena *scratch)
{
    struct words w = words_split(text, scratch);

    for (size_t i = 0; i < w.n; i++)
        if (list_match(l, w.token + i, w.n - i, NULL))
            return true;
    return false;
}

bool stats_matches(struct stats *s, const char *list, struct seg **out, size_t *out_n)
{
    const struct word_list *l = list_for(list, lang_of(s));
    struct seg *m = ARENA_ARRAY(s->a, struct seg, s->t.segs_n + 1);
    struct arena *scratch = arena_new_wiped("insight.turn");
    size_t n = 0;

    for (size_t i = 0; l && i < s->t.segs_n; i++) {
        arena_reset(scratch);
        if (text_matches(l, timeline_text(s->ia, &s->t, &s->t.segs[i], scratch), scratch))
            m[n++] = s->t.segs[i];
    }
    arena_free(scratch);
    *out = m;
    *out_n = n;
    return l != NULL;
}
