/* insight/findings_summary.c - what a conversation is about, in its own words: topics, highlights, a summary. All extractive: every
 * sentence is one that was said, with its place.
 *
 * topic      class of text/lists/topics.LANG.txt with at least TOPIC_LEAST sentences; value: share of the sentences that touch it
 * highlight  sentences that other findings rest on, the weightiest kinds first, each sentence once; class: the kind
 * summary    sentences in the order they were said, ranked by a model over words and shape (weigh.h), none much like one before it; value:
 *            place in the ranking, from 1 */
#include "insight/cues.h"
#include "insight/weigh.h"
#include "base/sort.h"

enum {
    TOPICS = 13,
    TOPIC_LEAST = 2,
    TOPIC_SPANS = 20,
    HIGHLIGHTS = 12,
    SUMMARY_LEAST = 3,
    SUMMARY_MOST = 5,
    WORDS_LEAST = 8
};
static const double ALIKE = 0.3;

/* ---- topics ---- */

static unsigned topics_in(const struct word_list *l, const struct sentence *s)
{
    unsigned found = 0;
    int v;

    for (size_t i = 0; cues_may(l, s) && i < s->words_n; i++)
        if (cue_at(l, s, i, &v) && v <= TOPICS)
            found |= 1u << v;
    return found;
}

static void topics(struct analysis *an)
{
    static const char *const names[TOPICS + 1] = {"",         "PRICING", "CONTRACT", "SECURITY",    "INTEGRATION",
                                                  "ROLLOUT",  "SUPPORT", "TRAINING", "COMPETITION", "TIMING",
                                                  "DECISION", "PRODUCT", "PEOPLE",   "RESULTS"};
    const struct word_list *l = LIST("topics.en");
    unsigned *of = ARENA_ARRAY(an->a, unsigned, an->d.n + 1);

    for (size_t i = 0; i < an->d.n; i++)
        of[i] = topics_in(l, &an->d.s[i]);
    for (int t = 1; t <= TOPICS; t++) {
        struct ia_span spans[TOPIC_SPANS];
        size_t n = 0;
        struct record_finding *f;
        for (size_t i = 0; i < an->d.n; i++) {
            if (!(of[i] & 1u << t))
                continue;
            if (n < TOPIC_SPANS)
                spans[n] = sentence_span(&an->d.s[i]);
            n++;
        }
        if (n < TOPIC_LEAST)
            continue;
        f = analysis_add(an, "topic", str_of(names[t]), spans, n < TOPIC_SPANS ? n : TOPIC_SPANS);
        f->has_value = true;
        f->value = (double)n / (double)an->d.n;
        f->side = IA_SIDE_UNKNOWN; /* both talk about it */
    }
}

/* ---- highlights ---- */

/* 0: not worth showing on its own. */
static int weight_of(const struct record_finding *f)
{
    if (str_eq(f->kind, STR("red_flag")) || str_eq(f->kind, STR("crm_conflict")))
        return f->confidence >= 0.8 ? 6 : 0;
    if (str_eq(f->kind, STR("objection")))
        return f->value >= 3 ? 6 : f->value >= 2 ? 5 : 0;
    if (str_eq(f->kind, STR("commitment")))
        return str_eq(f->modality, STR("COMMITTED")) || str_eq(f->modality, STR("ACCEPTED")) ? 4 : 0;
    if (str_eq(f->kind, STR("competitor")))
        return 3;
    if (str_eq(f->kind, STR("pricing")))
        return str_eq(f->class, STR("amount")) ? 3 : 0;
    return str_eq(f->kind, STR("qualification")) ? 2 : 0;
}

struct weighed {
    size_t finding;
    int weight;
};

static int by_weight(const void *x, const void *y)
{
    const struct weighed *a = x, *b = y;

    if (a->weight != b->weight)
        return b->weight - a->weight;
    return (a->finding > b->finding) - (a->finding < b->finding);
}

static bool spans_meet(const struct ia_span *x, const struct ia_span *y)
{
    return x->turn == y->turn && x->start < y->end && y->start < x->end;
}

static void highlights(struct analysis *an, size_t found_n)
{
    struct weighed *order = ARENA_ARRAY(an->a, struct weighed, found_n + 1);
    size_t n = 0, first = an->n;

    for (size_t i = 0; i < found_n; i++)
        if (weight_of(&an->list[i]))
            order[n++] = (struct weighed){i, weight_of(&an->list[i])};
    list_sort(order, n, sizeof *order, by_weight);
    for (size_t i = 0; i < n && an->n - first < HIGHLIGHTS; i++) {
        const struct record_finding from = an->list[order[i].finding];
        struct record_finding *f;
        bool shown = false;
        for (size_t k = first; k < an->n && !shown; k++)
            shown = spans_meet(&an->list[k].spans[0], &from.spans[0]);
        if (shown)
            continue;
        f = analysis_add(an, "highlight", from.kind, from.spans, from.spans_n);
        f->side = from.side;
        f->confidence = from.confidence;
    }
}

/* ---- summary ---- */

static int by_size(const void *x, const void *y)
{
    size_t a = *(const size_t *)x, b = *(const size_t *)y;

    return (a > b) - (a < b);
}

static void summary(struct analysis *an)
{
    size_t want = an->d.n / 20 < SUMMARY_LEAST ? SUMMARY_LEAST : an->d.n / 20, n, at[SUMMARY_MOST], said[SUMMARY_MOST];
    const double *score = an->weighing->score[WEIGH_SUMMARY];

    n = weighing_pick(an->weighing, score, want < SUMMARY_MOST ? want : SUMMARY_MOST, ALIKE, WORDS_LEAST, at);
    memcpy(said, at, n * sizeof *at);
    list_sort(said, n, sizeof *said, by_size); /* in the order they were said */
    for (size_t i = 0; i < n; i++) {
        struct ia_span span = sentence_span(&an->d.s[said[i]]);
        struct record_finding *f = analysis_add(an, "summary", STR(""), &span, 1);
        f->has_value = true;
        for (size_t k = 0; k < n; k++)
            f->value = at[k] == said[i] ? (double)(k + 1) : f->value;
    }
}

void analysis_summary(struct analysis *an)
{
    size_t found_n = an->n;

    if (!an->weighing)
        return;
    topics(an);
    highlights(an, found_n);
    summary(an);
}
