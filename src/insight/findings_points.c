/* insight/findings_points.c - the sentences that people would write down of a conversation.
 *
 * point  class "action": what there is to do, of sentences that promise, ask, consider or speak of next steps; "decision": what is settled.
 *        Ranked by models over words and shape (weigh.h), at most one for so many sentences; value: place in the ranking, from 1; confidence: how often such a sentence was written down in the meetings
 *        the model was made from, which is seldom. A point says nothing of who has promised or agreed: commitments and decisions do. */
#include "insight/cues.h"
#include "insight/weigh.h"

#include <math.h>

enum { SENTENCES_LEAST = 6, POINTS_MOST = 8, WORDS_LEAST = 5 };
static const double ALIKE = 0.5;

struct point_class {
    const char *name, *list;
    size_t every; /* one point for so many sentences */
    bool rests; /* only sentences that a commitment, whatever its modality, or a next step rests on */
};

static bool speaks_of_doing(const float *f)
{
    return f[WEIGH_COMMITTED] + f[WEIGH_ACCEPTED] + f[WEIGH_REQUESTED] + f[WEIGH_HEDGED] + f[WEIGH_NEXT_STEP] > 0;
}

static void points(struct analysis *an, const struct point_class *c)
{
    const struct word_list *l = list_get(c->list);
    double *score = weighing_scores(an->weighing, c->list);
    double slope = list_value(l, STR("curve.slope")) - WEIGH_BASE,
           offset = list_value(l, STR("curve.offset")) - WEIGH_BASE;
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
        f->confidence = 1 / (1 + exp(-(slope * score[at[i]] + offset) / WEIGH_SCALE));
    }
}

void analysis_points(struct analysis *an)
{
    static const struct point_class classes[] = {{"action", "weigh_action.en", 50, true},
                                                 {"decision", "weigh_decision.en", 200, false}};
    struct weighing *w;

    if (an->d.ia->kind == IA_DOCUMENT || an->d.n < SENTENCES_LEAST)
        return;
    w = ARENA_NEW(an->a, struct weighing);
    weighing_make(an, an->n, w);
    an->weighing = w;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        points(an, &classes[i]);
}
