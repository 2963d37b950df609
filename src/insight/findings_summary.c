/* insight/findings_summary.c - what a conversation is about, in its own words: topics, highlights, a summary. All extractive: every
 * sentence is one that was said, with its place.
 *
 * topic      class of text/lists/topics.LANG.txt with at least TOPIC_LEAST sentences; value: share of the sentences that touch it
 * highlight  sentences that other findings rest on, the weightiest kinds first, each sentence once; class: the kind
 * summary    sentences in the order they were said, chosen by SumBasic (Nenkova, Vanderwende, 2005) over content words, short ones
 *            smoothed, those that findings rest on counting half as much again; value: place in the order of choice, from 1 */
#include "insight/cues.h"
#include "insight/findings_priv.h"
#include "base/sort.h"

enum {
    TOPICS = 13,
    TOPIC_LEAST = 2,
    TOPIC_SPANS = 20,
    HIGHLIGHTS = 12,
    SUMMARY_LEAST = 3,
    SUMMARY_MOST = 8,
    WORDS_LEAST = 8,
    SMOOTH = 6 /* words of no weight added to each sentence, so that two frequent words alone are no summary */
};

/* ---- topics ---- */

static unsigned topics_in(const struct word_list *l, const struct sentence *s)
{
    unsigned found = 0;
    int v;

    for (size_t i = 0; i < s->words_n; i++)
        if (cue_at(l, s, i, &v) && v <= TOPICS)
            found |= 1u << v;
    return found;
}

static void topics(struct analysis *an)
{
    static const char *const names[TOPICS + 1] = {"",         "PRICING", "CONTRACT", "SECURITY",    "INTEGRATION",
                                                  "ROLLOUT",  "SUPPORT", "TRAINING", "COMPETITION", "TIMING",
                                                  "DECISION", "PRODUCT", "PEOPLE",   "RESULTS"};
    const struct word_list *l = list_get("topics.en");
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

struct said_words {
    uint32_t *word; /* numbers of its content words */
    size_t n;
    bool weighty, taken;
    double most; /* its mean share when last worked out; shares only fall */
};

/* Numbers of content words by their bytes: open addressing. */
struct word_slot {
    str word; /* n == 0: free */
    uint32_t number;
};
enum { ATOMS_SEEN = 1024 };
struct atom_slot {
    uint32_t atom, number;
};
struct word_table {
    struct word_slot *slot;
    size_t cap; /* a power of two */
    struct atom_slot *seen; /* ATOMS_SEEN: the last words by their atoms */
    uint32_t n;
    struct arena *a;
};

static struct word_slot *word_slot(const struct word_table *t, str w)
{
    size_t at = str_hash(w) & (t->cap - 1);

    while (t->slot[at].word.n && !str_eq(t->slot[at].word, w))
        at = (at + 1) & (t->cap - 1);
    return &t->slot[at];
}

static void table_grow(struct word_table *t)
{
    struct word_table old = *t;

    t->cap = old.cap ? old.cap * 4 : 1024;
    t->slot = ARENA_ARRAY(t->a, struct word_slot, t->cap);
    for (size_t i = 0; i < old.cap; i++)
        if (old.slot[i].word.n)
            *word_slot(t, old.slot[i].word) = old.slot[i];
}

/* Most words are of some list, and have a number there. */
static uint32_t word_number(struct word_table *t, str w, uint32_t atom)
{
    struct word_slot *s;
    struct atom_slot *k = &t->seen[atom % ATOMS_SEEN];

    if (atom && k->atom == atom)
        return k->number;
    if (atom) {
        *k = (struct atom_slot){atom, word_number(t, w, 0)};
        return k->number;
    }
    if (t->n * 2 >= t->cap)
        table_grow(t);
    s = word_slot(t, w);
    if (!s->word.n)
        *s = (struct word_slot){w, t->n++};
    return s->number;
}

static double mean_share(const struct said_words *s, const double *share)
{
    double sum = 0;

    for (size_t i = 0; i < s->n; i++)
        sum += share[s->word[i]];
    return s->n ? sum / (double)(s->n + SMOOTH) * (s->weighty ? 1.5 : 1) : 0;
}

/* What weighty findings rest on, the spans of each turn together. */
struct rests {
    const struct ia_span **span;
    size_t *first; /* per turn, and one more */
};

static struct rests rests_find(const struct analysis *an, size_t found_n)
{
    size_t turns = an->d.ia->turns_n;
    struct rests r = {.first = ARENA_ARRAY(an->a, size_t, turns + 2)};
    bool *weighs = ARENA_ARRAY(an->a, bool, found_n + 1);

    for (size_t i = 0; i < found_n; i++) {
        weighs[i] = weight_of(&an->list[i]) != 0;
        for (size_t k = 0; weighs[i] && k < an->list[i].spans_n; k++)
            r.first[an->list[i].spans[k].turn + 2]++;
    }
    for (size_t t = 2; t < turns + 2; t++)
        r.first[t] += r.first[t - 1];
    r.span = ARENA_ARRAY(an->a, const struct ia_span *, r.first[turns + 1] + 1);
    for (size_t i = 0; i < found_n; i++)
        for (size_t k = 0; weighs[i] && k < an->list[i].spans_n; k++)
            r.span[r.first[an->list[i].spans[k].turn + 1]++] = &an->list[i].spans[k];
    return r;
}

static bool weighty(const struct rests *r, const struct sentence *s)
{
    struct ia_span span = sentence_span(s);

    for (size_t i = r->first[s->turn]; i < r->first[s->turn + 1]; i++)
        if (spans_meet(r->span[i], &span))
            return true;
    return false;
}

static struct said_words *sentences_read(struct analysis *an, size_t found_n, double **out_share)
{
    const struct word_list *stop = list_for("stop", an->d.lang), *talk = list_for("talk", an->d.lang);
    struct said_words *list = ARENA_ARRAY(an->a, struct said_words, an->d.n + 1);
    size_t words_n = 0, all = 0;
    struct rests rests = rests_find(an, found_n);
    struct word_table words = {.a = an->a, .seen = ARENA_ARRAY(an->a, struct atom_slot, ATOMS_SEEN)};

    stop = stop ? stop : list_get("stop.en");
    for (size_t i = 0; i < an->d.n; i++)
        words_n += an->d.s[i].words_n;
    *out_share = ARENA_ARRAY(an->a, double, words_n + 1);
    for (size_t i = 0; i < an->d.n; i++) {
        const struct sentence *s = &an->d.s[i];
        list[i].word = ARENA_ARRAY(an->a, uint32_t, s->words_n + 1);
        for (size_t k = 0; k < s->words_n; k++) {
            if (s->token[k].n < 3 || list_value_atom(stop, s->atom[k]) || (talk && list_value_atom(talk, s->atom[k])))
                continue;
            list[i].word[list[i].n] = word_number(&words, s->token[k], s->atom[k]);
            (*out_share)[list[i].word[list[i].n++]]++;
            all++;
        }
        list[i].taken = s->words_n < WORDS_LEAST || s->kind != UTTERANCE_OTHER;
        list[i].weighty = !list[i].taken && weighty(&rests, s);
    }
    for (size_t i = 0; i < words.n && all; i++)
        (*out_share)[i] /= (double)all;
    for (size_t i = 0; i < an->d.n; i++)
        list[i].most = list[i].taken ? 0 : mean_share(&list[i], *out_share);
    return list;
}

static void summary(struct analysis *an, size_t found_n)
{
    size_t want = an->d.n / 20 < SUMMARY_LEAST ? SUMMARY_LEAST : an->d.n / 20, first = an->n;
    double *share;
    struct said_words *list = sentences_read(an, found_n, &share);

    for (size_t k = 1; k <= (want < SUMMARY_MOST ? want : SUMMARY_MOST); k++) {
        size_t best = SIZE_MAX;
        double most = 0;
        struct ia_span span;
        for (size_t i = 0; i < an->d.n; i++) {
            if (list[i].taken || list[i].most <= most)
                continue;
            list[i].most = mean_share(&list[i], share);
            if (list[i].most > most) {
                most = list[i].most;
                best = i;
            }
        }
        if (best == SIZE_MAX)
            break;
        list[best].taken = true;
        for (size_t i = 0; i < list[best].n; i++) /* what has been said need not be said again */
            share[list[best].word[i]] *= share[list[best].word[i]];
        span = sentence_span(&an->d.s[best]);
        struct record_finding *f = analysis_add(an, "summary", STR(""), &span, 1);
        f->has_value = true;
        f->value = (double)k;
    }
    for (size_t i = first + 1; i < an->n; i++) /* in the order they were said */
        for (size_t k = i; k > first; k--) {
            struct ia_span *x = &an->list[k - 1].spans[0], *y = &an->list[k].spans[0];
            struct record_finding swap = an->list[k];
            if (x->turn < y->turn || (x->turn == y->turn && x->start <= y->start))
                break;
            an->list[k] = an->list[k - 1];
            an->list[k - 1] = swap;
        }
}

void analysis_summary(struct analysis *an)
{
    size_t found_n = an->n;

    if (an->d.ia->kind == IA_DOCUMENT || an->d.n < 2 * SUMMARY_LEAST)
        return;
    topics(an);
    highlights(an, found_n);
    summary(an, found_n);
}
