/* insight/findings_points.c - the sentences that people would write down of a conversation.
 *
 * point      class "action": what there is to do, of sentences that promise, ask, consider or speak of next steps; "decision":
 *            what is settled. Ranked by models over words and shape (weigh.h), at most one for so many sentences; value: place in
 *            the ranking, from 1; confidence: how often such a sentence was written down in the meetings the model was made
 *            from, which is seldom. A point says nothing of who has promised or agreed: commitments and decisions do.
 * discovery  a question after what the other side needs, prefers or puts first; confidence by a logistic model over its words */
#include "insight/cues.h"
#include "insight/weigh.h"

#include <math.h>

enum { SENTENCES_LEAST = 6, POINTS_MOST = 8, WORDS_LEAST = 5 };
static const double ALIKE = 0.5;

struct point_class {
    const char *name;
    enum weigh_model model;
    size_t every; /* one point for so many sentences */
    bool rests; /* only sentences that a commitment, whatever its modality, or a next step rests on */
};

static bool speaks_of_doing(const float *f)
{
    return f[WEIGH_COMMITTED] + f[WEIGH_ACCEPTED] + f[WEIGH_REQUESTED] + f[WEIGH_HEDGED] + f[WEIGH_NEXT_STEP] > 0;
}

static double entry(const struct word_list *l, const char *name)
{
    int v = list_value(l, str_of(name));

    return v ? (double)(v - WEIGH_BASE) / WEIGH_SCALE : 0;
}

static void points(struct analysis *an, const struct point_class *c)
{
    const struct word_list *l = weigh_list(c->model);
    double *score = an->weighing->score[c->model];
    double slope = entry(l, "curve.slope"), offset = entry(l, "curve.offset"), top = entry(l, "curve.most");
    size_t most = an->d.n / c->every, at[POINTS_MOST], n;

    for (size_t i = 0; c->rests && i < an->d.n; i++)
        if (!speaks_of_doing(an->weighing->feature[i]))
            score[i] = -INFINITY;
    most = most < 1 ? 1 : most > POINTS_MOST ? POINTS_MOST : most;
    n = weighing_pick(an->weighing, score, most, ALIKE, WORDS_LEAST, at);
    for (size_t i = 0; i < n; i++) {
        const struct sentence *s = &an->d.s[at[i]];
        struct ia_span span[SENTENCE_SPANS_MAX];
        size_t spans_n = sentence_spans(&an->d, s, 0, s->words_n, span);
        struct record_finding *f = analysis_add(an, "point", str_of(c->name), span, spans_n);
        f->has_value = true;
        f->value = (double)(i + 1);
        f->confidence = 1 / (1 + exp(-(slope * fmin(score[at[i]], top) + offset)));
    }
}

static void discoveries(struct analysis *an)
{
    const struct word_list *l = weigh_list(WEIGH_DISCOVERY);
    const double *score = an->weighing->score[WEIGH_DISCOVERY];
    double bias = entry(l, "bias"), threshold = entry(l, "threshold");

    for (size_t i = 0; i < an->d.n; i++) {
        const struct sentence *s = &an->d.s[i];
        struct ia_span span = sentence_span(s);
        bool asks = s->asks || s->kind == UTTERANCE_QUESTION || s->kind == UTTERANCE_OPEN;
        if (asks && score[i] + bias > threshold)
            analysis_add(an, "discovery", STR(""), &span, 1)->confidence = 1 / (1 + exp(-(score[i] + bias)));
    }
}

void analysis_points(struct analysis *an)
{
    static const struct point_class classes[] = {{"action", WEIGH_ACTION, 50, true},
                                                 {"decision", WEIGH_DECISION_POINT, 200, false}};
    struct weighing *w;

    if (an->d.ia->kind == IA_DOCUMENT || an->d.n < SENTENCES_LEAST)
        return;
    w = ARENA_NEW(an->a, struct weighing);
    weighing_make(an, an->n, w);
    an->weighing = w;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        points(an, &classes[i]);
    discoveries(an);
}
