/* insight/proposals_merge.c - what the rules found and what a model proposed, as one list. */
#include "insight/proposals.h"

/* What rules reach on the written cases and on the labelled sets (make eval); a model has to earn its trust. */
static const struct {
    const char *kind;
    double rules;
} priors[] = {{"commitment", 0.97}, {"objection", 0.75}, {"qualification", 0.6}};
static const double prior_else = 0.7, prior_model = 0.5, shown_from = 0.5;

static bool by_model(str maker)
{
    return str_starts(maker, STR("model."));
}

double maker_precision(const struct finding_clicks *clicks, size_t n, str maker, str kind)
{
    double prior = by_model(maker) ? prior_model : prior_else, right = 0, all = 0;

    for (size_t i = 0; i < sizeof priors / sizeof *priors && !by_model(maker); i++)
        if (str_eq(kind, str_of(priors[i].kind)))
            prior = priors[i].rules;
    for (size_t i = 0; i < n; i++)
        if (str_eq(clicks[i].maker, maker) && str_eq(clicks[i].kind, kind)) {
            right += (double)clicks[i].right;
            all += (double)(clicks[i].right + clicks[i].wrong);
        }
    return (right + prior * PROPOSALS_STRENGTH) / (all + PROPOSALS_STRENGTH);
}

static bool firm(const struct record_finding *f)
{
    return str_eq(f->modality, STR("COMMITTED")) || str_eq(f->modality, STR("ACCEPTED"));
}

/* Do the first words of both meet? */
static bool same_words(const struct record_finding *x, const struct record_finding *y)
{
    const struct ia_span *a = &x->spans[0];

    for (size_t i = 0; i < y->spans_n; i++)
        if (a->turn == y->spans[i].turn && a->start < y->spans[i].end && y->spans[i].start < a->end)
            return true;
    return false;
}

static bool meet(const struct record_finding *x, const struct record_finding *y)
{
    if (!str_eq(x->kind, y->kind))
        return false;
    if (str_eq(x->kind, STR("summary")))
        return false;
    if (str_eq(x->kind, STR("qualification"))) /* one a field: the best quote */
        return str_eq(x->class, y->class);
    return same_words(x, y) || same_words(y, x);
}

static bool alike(const struct record_finding *x, const struct record_finding *y)
{
    return str_eq(x->class, y->class) && str_eq(x->modality, y->modality);
}

/* Of two that meet, does `x` stay and `y` go? Softer always beats firm; else who is right more often. */
static bool beats(const struct record_finding *x, double px, const struct record_finding *y, double py)
{
    if (firm(x) != firm(y) && str_eq(x->kind, STR("commitment")))
        return !firm(x);
    return px > py;
}

struct merging {
    const struct finding_clicks *clicks;
    size_t clicks_n;
    bool *rule_out; /* per rule finding: a proposal has its place */
};

static double precision_of(const struct merging *m, const struct record_finding *f)
{
    return maker_precision(m->clicks, m->clicks_n, f->maker, f->kind);
}

/* Has the proposal a place beside the rules' findings? Marks what gives way to it. */
static bool placed(struct merging *m, const struct record_finding *p, double pp, const struct record_finding *rules,
                   size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (meet(p, &rules[i]) && !m->rule_out[i] &&
            (alike(p, &rules[i]) || !beats(p, pp, &rules[i], precision_of(m, &rules[i]))))
            return false;
    for (size_t i = 0; i < n; i++)
        m->rule_out[i] |= meet(p, &rules[i]);
    return true;
}

void findings_merge(const struct record_finding *rules, size_t rules_n, const struct record_finding *proposed,
                    size_t proposed_n, const struct finding_clicks *clicks, size_t clicks_n, struct arena *a,
                    struct record_finding **out, size_t *out_n)
{
    struct merging m = {clicks, clicks_n, ARENA_ARRAY(a, bool, rules_n + 1)};
    struct record_finding *list = ARENA_ARRAY(a, struct record_finding, rules_n + proposed_n + 1);
    size_t n = 0;

    for (size_t i = 0; i < proposed_n; i++) {
        double p = precision_of(&m, &proposed[i]);
        bool again = false;
        for (size_t k = 0; k < n; k++) /* pieces overlap, and a model repeats itself */
            again |= meet(&list[k], &proposed[i]) ||
                     (str_eq(list[k].kind, proposed[i].kind) && str_eq(list[k].attributes, proposed[i].attributes) &&
                      list[k].attributes.n && str_eq(list[k].kind, STR("summary")));
        if (again || p < shown_from || !placed(&m, &proposed[i], p, rules, rules_n))
            continue;
        list[n] = proposed[i];
        list[n++].confidence = p;
    }
    for (size_t i = 0; i < rules_n; i++)
        if (!m.rule_out[i])
            list[n++] = rules[i];
    *out = list;
    *out_n = n;
}
