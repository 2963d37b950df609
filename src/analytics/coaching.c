#include "analytics/coaching_priv.h"

#include <math.h>

#include "base/sort.h"

#define OWN(id, unit)                                                                                                  \
    {id,                                                                                                               \
     unit,                                                                                                             \
     "mean per call of the rep's own \"" id "\" (conversation statistics), over calls with 30 s of their "             \
     "talk or more",                                                                                                   \
     COACH_MEAN,                                                                                                       \
     COACH_OF_REP,                                                                                                     \
     "calls"}
#define CALL(id, unit)                                                                                                 \
    {id,                                                                                                               \
     unit,                                                                                                             \
     "mean per call of the call's \"" id "\" (conversation statistics), over calls with 30 s of the rep's "            \
     "talk or more",                                                                                                   \
     COACH_MEAN,                                                                                                       \
     COACH_OF_CALL,                                                                                                    \
     "calls"}

const struct coach_def coach_defs[] = {
    OWN("talk_time", "s"),
    OWN("talk_ratio", "1"),
    OWN("talk_ratio_of_call", "1"),
    OWN("questions", "1"),
    OWN("longest_monologue", "s"),
    OWN("patience_ms", "ms"),
    OWN("interruptions", "1"),
    OWN("check_ins", "1"),
    OWN("question_rate", "1/h"),
    OWN("open_share", "1"),
    OWN("question_spread", "1"),
    OWN("wpm", "1/min"),
    OWN("wpm_shift_after_objection", "1"),
    OWN("fillers", "1"),
    CALL("team_talk_ratio", "1"),
    CALL("longest_customer_story", "s"),
    CALL("switches", "1"),
    CALL("switches_per_hour", "1/h"),
    CALL("switches_per_minute", "1/min"),
    CALL("interactivity", "1"),
    CALL("cut_in_share", "1"),
    CALL("overtalk_pct", "1"),
    CALL("silence_pct", "1"),
    CALL("dead_air", "1"),
    CALL("turn_entropy", "1"),
    CALL("lsm", "1"),
    CALL("ext_speakers", "1"),
    CALL("ext_talkers", "1"),
    CALL("pricing_at", "1"),
    CALL("nextstep_at", "1"),
    CALL("nextstep_share", "1"),
    {"objection_recovery", "1",
     "objections in calls the rep spoke in that the buyer's own later words resolved, or after which the deal went on "
     "by a "
     "stage within 14 days / all of them that are 14 days old; by part: a code of objections; Wilson interval",
     COACH_SHARE, COACH_OTHER, "calls"},
    {"next_step_specificity", "1",
     "mean over calls with the customer that the rep spoke in, of the best next step of each, 0 to 5: one point each "
     "for a concrete promise, a named "
     "owner, a date, a later meeting with somebody external, a stated purpose; 0 without a next step",
     COACH_MEAN, COACH_OTHER, "calls"},
    {"methodology_completeness", "1",
     "mean over the rep's open deals of: required fields of the qualification that are known / required up to the "
     "deal's stage, as the playbooks say, or by phase where they say nothing",
     COACH_MEAN, COACH_OTHER, "deals"},
    {"coaching_coverage", "1",
     "calls the rep spoke in that somebody else commented on or scored / calls; Wilson interval", COACH_SHARE,
     COACH_OTHER, "calls"},
    {"score", "1",
     "mean answer, 1 to 5, to a question of a scorecard about the rep; by part: form/question; what a model scored "
     "counts only from model_agreement 0.7 on",
     COACH_MEAN, COACH_OTHER, "calls"},
    {"calls_attended", "1", "calls the rep took part in", COACH_COUNT, COACH_OTHER, "calls"},
    {"own_calls_viewed", "1", "own calls the rep opened, each once (from the audit log)", COACH_COUNT, COACH_OTHER,
     "calls"},
    {"others_calls_viewed", "1", "calls of others the rep opened, each once (from the audit log)", COACH_COUNT,
     COACH_OTHER, "calls"},
    {"comments_given", "1", "comments the rep wrote", COACH_COUNT, COACH_OTHER, "comments"},
    {"comments_received", "1", "comments of others about the rep", COACH_COUNT, COACH_OTHER, "comments"},
    {"scorecards_given", "1", "scorecards the rep filled in about others", COACH_COUNT, COACH_OTHER, "scorecards"},
    {"scorecards_received", "1", "scorecards others filled in about the rep", COACH_COUNT, COACH_OTHER, "scorecards"},
    {"feedback_given", "1", "findings the rep called right or wrong", COACH_COUNT, COACH_OTHER, "verdicts"},
    {"calls_hosted", "1", "calls the rep organised; no source says who did", COACH_NOT_RECORDED, COACH_OTHER, "calls"},
    {"calls_shared", "1", "calls the rep pointed others to by a link of Harken, each once", COACH_COUNT, COACH_OTHER,
     "calls"},
    {"feedback_requested", "1", "comments by which the rep asked for feedback", COACH_COUNT, COACH_OTHER, "comments"},
    {"talk_track_adherence", "1",
     "mean over calls with the customer that the rep spoke in, at a stage with a talk track: trackers of the track "
     "that "
     "came up / trackers of the track",
     COACH_MEAN, COACH_OTHER, "calls"},
    {0},
};
const size_t coach_defs_n = sizeof coach_defs / sizeof *coach_defs - 1;

static const struct {
    const char *id, *definition;
} resting[] = {
    {"ramp_weeks",
     "weeks from the rep's first call until the mean of the trailing 4 weeks first lies between the quartiles of the "
     "reps' means of the figure `part`; looked at once a week from the fourth on"},
    {"score_agreement",
     "Krippendorff's alpha (interval) of the people who scored the same rep in the same call, by question"},
    {"model_agreement",
     "Krippendorff's alpha (interval) of the model's score and the mean of the people's, by question"},
};

int coach_def_find(str id)
{
    for (size_t i = 0; i < coach_defs_n; i++)
        if (str_eq(id, str_of(coach_defs[i].id)))
            return (int)i;
    return -1;
}

const char *coaching_inputs_of(const char *id)
{
    int def = coach_def_find(str_of(id));

    return def < 0 ? "calls" : coach_defs[def].inputs_of;
}

const char *coaching_definition(const char *id)
{
    int def = coach_def_find(str_of(id));

    for (size_t i = 0; def < 0 && i < sizeof resting / sizeof *resting; i++)
        if (strcmp(resting[i].id, id) == 0)
            return resting[i].definition;
    return def < 0 ? NULL : coach_defs[def].definition;
}

/* ---- items in order ---- */

static int part_cmp(const char *x, const char *y)
{
    return x == y ? 0 : !x ? -1 : !y ? 1 : strcmp(x, y);
}

static int item_cmp(const void *x, const void *y)
{
    const struct coach_item *a = x, *b = y;
    int c = a->def != b->def ? a->def - b->def : part_cmp(a->part, b->part);

    c = c ? c : id_cmp(a->rep, b->rep);
    if (!c)
        c = a->at_ms != b->at_ms ? (a->at_ms > b->at_ms) - (a->at_ms < b->at_ms) : id_cmp(a->source, b->source);
    return c ? c : (a->value > b->value) - (a->value < b->value);
}

struct coach_item *coaching_sorted(const struct coach_input *in, struct arena *a)
{
    struct coach_item *out = ARENA_ARRAY(a, struct coach_item, in->items_n + 1);

    if (in->items_n)
        memcpy(out, in->items, in->items_n * sizeof *out);
    list_sort(out, in->items_n, sizeof *out, item_cmp);
    return out;
}

size_t coaching_group_end(const struct coach_item *items, size_t n, size_t at)
{
    size_t end = at;

    while (end < n && items[end].def == items[at].def && !part_cmp(items[end].part, items[at].part))
        end++;
    return end;
}

/* ---- one figure of one rep ---- */

struct making {
    const struct coach_input *in;
    struct arena *a;
    struct coach_figure *out;
    size_t n, cap;
    double *values; /* scratch */
};

static struct coach_figure *add(struct making *x, const char *id, const char *part, const char *unit, struct id rep)
{
    ARENA_PUSH(x->a, x->out, x->n, x->cap) = (struct coach_figure){.id = id, .part = part, .unit = unit, .rep = rep};
    return &x->out[x->n - 1];
}

static void figure_null(struct coach_figure *f, const char *reason)
{
    f->has_value = f->has_interval = f->has_median = f->has_pooled = f->has_percentile = false;
    f->reason = reason;
}

static bool in_period(const struct coach_input *in, int64_t at_ms)
{
    return at_ms >= in->from_ms && at_ms < in->to_ms && at_ms <= in->as_of;
}

static double mean_of(const double *v, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += v[i];
    return n ? sum / (double)n : NAN;
}

/* Mean, median and interval of `n` values, which are sorted. */
static void describe(struct making *x, struct coach_figure *f, double *v, size_t n, bool share)
{
    double sum = 0;

    f->n = (int64_t)n;
    if (n < COACHING_SMALL_N) {
        figure_null(f, n ? "small_n" : "nothing_to_count");
        return;
    }
    for (size_t i = 0; i < n; i++)
        sum += v[i];
    f->has_value = f->has_interval = f->has_median = true;
    f->value = sum / (double)n;
    if (share)
        deal_wilson((int64_t)llround(sum), (int64_t)n, &f->low, &f->high);
    else
        figures_bootstrap(v, n, x->a, &f->low, &f->high);
    f->median = deal_quantile(v, n, 0.5);
}

static void pooled_of(struct coach_figure *f, const struct coach_item *items, size_t n, const struct coach_input *in)
{
    double sum = 0, weight = 0;

    for (size_t i = 0; i < n; i++) {
        if (!in_period(in, items[i].at_ms))
            continue;
        if (!(items[i].weight > 0))
            return;
        sum += items[i].value * items[i].weight;
        weight += items[i].weight;
    }
    f->has_pooled = f->has_value && weight > 0;
    f->pooled = f->has_pooled ? sum / weight : 0;
}

/* `items`: of this rep, figure and part. */
static void rep_figure(struct making *x, const struct coach_def *d, const char *part, struct id rep,
                       const struct coach_item *items, size_t n)
{
    struct coach_figure *f = add(x, d->id, part, d->unit, rep);
    size_t kept = 0;

    f->inputs = ARENA_ARRAY(x->a, struct id, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (!in_period(x->in, items[i].at_ms))
            continue;
        if (f->inputs_n < FIGURE_INPUTS_MAX)
            f->inputs[f->inputs_n++] = items[i].source;
        x->values[kept++] = items[i].value;
    }
    if (d->kind == COACH_COUNT) {
        f->n = (int64_t)kept;
        f->has_value = true;
        f->value = mean_of(x->values, kept) * (double)kept;
        f->value = kept ? f->value : 0;
        return;
    }
    describe(x, f, x->values, kept, d->kind == COACH_SHARE);
    pooled_of(f, items, n, x->in);
}

/* ---- the team, and where a rep stands in it ---- */

static void percentiles(struct making *x, size_t from, size_t to, size_t shown)
{
    for (size_t i = from; shown >= COACHING_SMALL_N && i < to; i++) {
        size_t below = 0, same = 0;
        for (size_t k = from; k < to; k++) {
            below += x->out[k].has_value && x->out[k].value < x->out[i].value;
            same += x->out[k].has_value && x->out[k].value == x->out[i].value;
        }
        x->out[i].has_percentile = x->out[i].has_value;
        x->out[i].percentile = 100 * ((double)below + ((double)same - 1) / 2) / (double)(shown - 1);
    }
}

static void team_figure(struct making *x, const struct coach_def *d, const char *part, size_t from)
{
    size_t to = x->n, kept = 0;
    struct coach_figure *f;

    for (size_t i = from; i < to; i++)
        if (x->out[i].has_value)
            x->values[kept++] = x->out[i].value;
    percentiles(x, from, to, kept);
    f = add(x, d->id, part, d->unit, ID_NIL);
    describe(x, f, x->values, kept, false);
}

/* Every rep, also those without an item; `items`: of one figure and part, by rep. */
static void group(struct making *x, const struct coach_def *d, const char *part, const struct coach_item *items,
                  size_t n)
{
    size_t from = x->n, first, last;

    for (size_t r = 0; r < x->in->reps_n; r++) {
        for (first = 0; first < n && !id_eq(items[first].rep, x->in->reps[r]); first++)
            ;
        for (last = first; last < n && id_eq(items[last].rep, x->in->reps[r]); last++)
            ;
        if (!part || last > first)
            rep_figure(x, d, part, x->in->reps[r], items + first, last - first);
    }
    team_figure(x, d, part, from);
}

/* ---- how long it took ---- */

static double window_mean(const struct coach_item *items, size_t n, int64_t from_ms, int64_t to_ms, int64_t *out_n)
{
    double sum = 0;

    *out_n = 0;
    for (size_t i = 0; i < n; i++)
        if (items[i].at_ms > from_ms && items[i].at_ms <= to_ms) {
            sum += items[i].value;
            ++*out_n;
        }
    return *out_n ? sum / (double)*out_n : NAN;
}

static void ramp_of(struct making *x, const struct coach_item *items, size_t n, struct id rep, bool enough, double q1,
                    double q3)
{
    struct coach_figure *f = add(x, "ramp_weeks", coach_defs[items->def].id, "wk", rep);
    const int64_t week = 7 * DAY_MS;

    figure_null(f, enough ? "not_yet" : "small_n");
    for (int64_t k = COACHING_RAMP_WEEKS; enough && items->at_ms + k * week <= x->in->as_of; k++) {
        int64_t t = items->at_ms + k * week;
        double mean = window_mean(items, n, t - COACHING_RAMP_WEEKS * week - 1, t, &f->n);
        if (!f->n || mean < q1 || mean > q3)
            continue;
        f->has_value = true;
        f->value = (double)k;
        f->reason = NULL;
        return;
    }
}

/* `items`: of one statistic that is the reps' own, by rep and time. */
static void ramps(struct making *x, const struct coach_item *items, size_t n)
{
    double *means = ARENA_ARRAY(x->a, double, x->in->reps_n + 1), q1 = 0, q3 = 0;
    size_t reps = 0;
    int64_t known;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t at = 0, end; at < n; at = end) {
            for (end = at; end < n && id_eq(items[end].rep, items[at].rep) && items[end].at_ms <= x->in->as_of; end++)
                ;
            if (end == at) { /* what is not known yet */
                end++;
                continue;
            }
            if (pass)
                ramp_of(x, items + at, end - at, items[at].rep, reps >= COACHING_SMALL_N, q1, q3);
            else if (end - at >= COACHING_SMALL_N)
                means[reps++] = window_mean(items + at, end - at, INT64_MIN, x->in->as_of, &known);
        }
        q1 = deal_quantile(means, reps, 0.25);
        q3 = deal_quantile(means, reps, 0.75);
    }
}

/* ---- scores ---- */

static int rating_cmp(const void *x, const void *y)
{
    const struct coach_rating *a = x, *b = y;
    int c = id_cmp(a->form, b->form);

    c = c ? c : a->question - b->question;
    c = c ? c : id_cmp(a->call, b->call);
    c = c ? c : id_cmp(a->rep, b->rep);
    return c ? c : (int)a->model - (int)b->model;
}

static const char *question_part(struct arena *a, const struct coach_rating *r)
{
    return str_cz(a, str_fmt(a, "%.*s/%d", STR_ARG(id_str(a, r->form)), r->question + 1));
}

static void agreement_put(struct making *x, const char *id, const char *part, const int64_t *units,
                          const double *values, size_t n)
{
    struct coach_figure *f = add(x, id, part, "1", ID_NIL);
    double alpha = coaching_alpha(units, values, n, x->a, &f->n);

    f->has_value = !isnan(alpha) && f->n >= COACHING_SMALL_N;
    f->value = f->has_value ? alpha : 0;
    f->reason = f->has_value ? NULL : f->n < COACHING_SMALL_N ? "small_n" : "no_variance";
}

/* `r`: of one question, by call and rep, people before models. Answers whether the model's may count. */
static bool agreements(struct making *x, const struct coach_rating *r, size_t n, const char *part)
{
    int64_t *units = ARENA_ARRAY(x->a, int64_t, 2 * n + 1);
    double *values = ARENA_ARRAY(x->a, double, 2 * n + 1);
    size_t people = 0, pairs = 0;
    int64_t unit = 0;
    struct coach_figure *f;

    for (size_t i = 0, end; i < n; i = end, unit++)
        for (end = i; end < n && id_eq(r[end].call, r[i].call) && id_eq(r[end].rep, r[i].rep); end++)
            if (!r[end].model) {
                units[people] = unit;
                values[people++] = r[end].value;
            }
    agreement_put(x, "score_agreement", part, units, values, people);
    for (size_t i = 0, end; i < n; i = end, unit++) {
        double sum[2] = {0};
        size_t k[2] = {0};
        for (end = i; end < n && id_eq(r[end].call, r[i].call) && id_eq(r[end].rep, r[i].rep); end++) {
            sum[r[end].model] += r[end].value;
            k[r[end].model]++;
        }
        for (int m = 0; k[0] && k[1] && m < 2; m++) {
            units[pairs] = unit;
            values[pairs++] = sum[m] / (double)k[m];
        }
    }
    if (!pairs)
        return false;
    agreement_put(x, "model_agreement", part, units, values, pairs);
    f = &x->out[x->n - 1];
    return f->has_value && f->value >= 0.7;
}

static void scores(struct making *x)
{
    struct coach_rating *r = ARENA_ARRAY(x->a, struct coach_rating, x->in->ratings_n + 1);
    int def = coach_def_find(STR("score"));
    size_t n = 0;

    for (size_t i = 0; i < x->in->ratings_n; i++)
        if (in_period(x->in, x->in->ratings[i].at_ms))
            r[n++] = x->in->ratings[i];
    list_sort(r, n, sizeof *r, rating_cmp);
    for (size_t at = 0, end; at < n; at = end) {
        const char *part = question_part(x->a, &r[at]);
        struct coach_input one = *x->in;
        struct coach_item *items;
        bool model;
        for (end = at; end < n && id_eq(r[end].form, r[at].form) && r[end].question == r[at].question; end++)
            ;
        model = agreements(x, r + at, end - at, part);
        items = ARENA_ARRAY(x->a, struct coach_item, end - at + 1);
        one.items_n = 0;
        for (size_t i = at; i < end; i++)
            if (!r[i].model || model)
                items[one.items_n++] =
                    (struct coach_item){def, part, r[i].rep, r[i].call, r[i].at_ms, (double)r[i].value, 1};
        one.items = items;
        group(x, &coach_defs[def], part, coaching_sorted(&one, x->a), one.items_n);
    }
}

/* ---- all ---- */

void coaching_make(const struct coach_input *in, struct arena *a, struct coach_figure **out, size_t *out_n)
{
    size_t scratch = in->items_n > in->reps_n ? in->items_n : in->reps_n;
    struct making x = {.in = in, .a = a};
    struct coach_item *items = coaching_sorted(in, a);
    size_t at = 0;

    scratch = scratch > in->ratings_n ? scratch : in->ratings_n;
    x.values = ARENA_ARRAY(a, double, scratch + 1);
    for (size_t d = 0; d < coach_defs_n; d++) {
        size_t end, from = at;
        for (bool first = true; first || (at < in->items_n && items[at].def == (int)d); at = end, first = false) {
            bool mine = at < in->items_n && items[at].def == (int)d;
            end = mine ? coaching_group_end(items, in->items_n, at) : at;
            if (coach_defs[d].kind == COACH_NOT_RECORDED)
                figure_null(add(&x, coach_defs[d].id, NULL, coach_defs[d].unit, ID_NIL), "not_recorded");
            else if (strcmp(coach_defs[d].id, "score") != 0)
                group(&x, &coach_defs[d], mine ? items[at].part : NULL, items + at, end - at);
        }
        if (coach_defs[d].stand == COACH_OF_REP && at > from)
            ramps(&x, items + from, at - from);
    }
    scores(&x);
    *out = x.out;
    *out_n = x.n;
}
