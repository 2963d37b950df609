#include "deals/question.h"

#include "text/asked.h"

enum { QUESTION_MAX = 500 }; /* bytes */

static bool ask_take(struct asked *w, enum deal_ask *out)
{
    static const char *const counts[] = {"how many deals", "how many opportunities", "number of deals", NULL};
    static const char *const sums[] = {
        "sum of the amounts of", "sum of amounts of", "total amount of", "total value of", "sum of", "value of", NULL};
    static const char *const nouns[] = {"deals", "opportunities", "pipeline", NULL};
    static const char *const lists[] = {"which", "what", "list", "show", NULL};
    static const char *const noun[] = {"deals", "opportunities", NULL};

    if (asked_take_any(w, counts))
        *out = DEAL_ASK_COUNT;
    else if (asked_take_any(w, sums) && asked_take_any(w, nouns))
        *out = DEAL_ASK_SUM;
    else if (asked_take_any(w, noun) && asked_take_any(w, lists))
        *out = DEAL_ASK_LIST;
    else
        return false;
    return true;
}

/* What is asked of deals without counting them: a question that has all these words. */
static bool matter_take(struct asked *w, struct deal_query *q)
{
    static const struct {
        enum deal_ask ask;
        const char *words[2];
    } matters[] = {
        {DEAL_ASK_LOST, {"loss reasons", "what"}},  {DEAL_ASK_LOST, {"why", "lose"}},
        {DEAL_ASK_LOST, {"why", "lost"}},           {DEAL_ASK_LOST, {"why", "losing"}},
        {DEAL_ASK_WARNINGS, {"why", "at risk"}},    {DEAL_ASK_WARNINGS, {"why", "in danger"}},
        {DEAL_ASK_WARNINGS, {"what", "wrong"}},     {DEAL_ASK_WARNINGS, {"what", "risks"}},
        {DEAL_ASK_WARNINGS, {"which", "risks"}},    {DEAL_ASK_WARNINGS, {"show", "risks"}},
        {DEAL_ASK_WARNINGS, {"list", "risks"}},     {DEAL_ASK_WARNINGS, {"what", "warnings"}},
        {DEAL_ASK_WARNINGS, {"which", "warnings"}}, {DEAL_ASK_WARNINGS, {"show", "warnings"}},
        {DEAL_ASK_WARNINGS, {"list", "warnings"}},
    };

    for (size_t i = 0; i < sizeof matters / sizeof *matters; i++) {
        struct asked left = {0};
        asked_make(&left, str_n(w->p, w->n), w->a);
        if (!asked_take(&left, str_of(matters[i].words[0])) || !asked_take(&left, str_of(matters[i].words[1])))
            continue;
        *w = left;
        q->ask = matters[i].ask;
        if (q->ask == DEAL_ASK_LOST) {
            q->outcomes = 1u << DEAL_LOST;
            q->dated = DATED_CLOSED;
        }
        return true;
    }
    return false;
}

static void outcome_take(struct asked *w, struct deal_query *q)
{
    if (asked_take(w, STR("open")))
        q->outcomes |= 1u << DEAL_OPEN;
    if (asked_take(w, STR("won"))) {
        q->outcomes |= 1u << DEAL_WON;
        q->dated = DATED_CLOSED;
    }
    if (asked_take(w, STR("lost"))) {
        q->outcomes |= 1u << DEAL_LOST;
        q->dated = DATED_CLOSED;
    }
    if (asked_take(w, STR("closed"))) {
        q->outcomes |= 1u << DEAL_WON | 1u << DEAL_LOST;
        q->dated = DATED_CLOSED;
    }
    if (asked_take(w, STR("created")) || asked_take(w, STR("opened")))
        q->dated = DATED_CREATED;
    if (asked_take(w, STR("closing")) || asked_take(w, STR("close")) || asked_take(w, STR("due"))) {
        q->dated = DATED_DUE;
        q->outcomes = q->outcomes ? q->outcomes : 1u << DEAL_OPEN;
    }
}

static void warning_take(struct asked *w, struct deal_query *q)
{
    static const struct {
        const char *words;
        int warning;
    } said[] = {
        {"no activity", 1},
        {"ghosted", 2},
        {"overdue", 3},
        {"single-threaded", 4},
        {"single threaded", 4},
        {"no power", 5},
        {"no pricing", 6},
        {"a red flag", 7},
        {"red flags", 7},
        {"red flag", 7},
        {"stalled", 8},
        {"no next step", 9},
        {"without a next step", 9},
        {"without next step", 9},
        {"pushed", 10},
        {"unrealistic close", 11},
        {"regressed", 12},
        {"went back", 12},
        {"champion silent", 14},
        {"silent champion", 14},
        {"late competitor", 17},
        {"unopened", 19},
        {"cancelled meetings", 20},
    };

    for (int i = 0; i < WARNINGS_N && !q->warning; i++) {
        if (asked_take(w, str_of(warning_rows[i].id)) || asked_take(w, warning_name(i + 1, w->a)))
            q->warning = i + 1;
    }
    for (size_t i = 0; i < sizeof said / sizeof *said && !q->warning; i++)
        if (asked_take(w, str_of(said[i].words)))
            q->warning = said[i].warning;
    if (q->warning) {
        asked_take(w, STR("warning"));
        q->outcomes = q->outcomes ? q->outcomes : 1u << DEAL_OPEN;
    }
}

static void severity_take(struct asked *w, struct deal_query *q)
{
    static const struct {
        const char *words;
        int severity;
    } said[] = {
        {"at risk", DEAL_RISK_SEVERITY},
        {"in danger", DEAL_RISK_SEVERITY},
        {"endangered", DEAL_RISK_SEVERITY},
        {"urgent warnings", 3},
        {"an urgent warning", 3},
        {"serious warnings", 2},
        {"warnings", 1},
        {"a warning", 1},
        {"risks", 1},
    };

    for (size_t i = 0; i < sizeof said / sizeof *said && !q->severity; i++)
        if (asked_take(w, str_of(said[i].words)))
            q->severity = said[i].severity;
    if (q->severity && !q->outcomes)
        q->outcomes = 1u << DEAL_OPEN;
}

/* Nothing but words that say nothing may be left. */
static bool all_understood(struct asked *w)
{
    static const char *const fillers[] = {
        "are",   "is",          "do",  "does",    "we",    "have", "has",   "there", "the",   "that", "a",
        "an",    "currently",   "now", "in",      "with",  "at",   "for",   "by",    "owned", "of",   "and",
        "were",  "did",         "our", "all",     "to",    "us",   "stage", "from",  "right", "on",   "account",
        "s",     "what",        "me",  "who",     "which", "be",   "must",  "been",  "still", "no",   "deal",
        "deals", "opportunity", "any", "against", "went",  "goes", NULL};

    while (asked_take_any(w, fillers)) {
    }
    return w->n <= 1;
}

/* What is asked, taken out of the words. *out_matter: of deals without counting them. */
static bool kind_take(str question, struct arena *a, struct asked *w, struct deal_query *q, bool *out_matter)
{
    *out_matter = false;
    if (question.n > QUESTION_MAX)
        return false;
    asked_make(w, question, a);
    if (ask_take(w, &q->ask))
        return true;
    *w = (struct asked){0};
    asked_make(w, question, a);
    *out_matter = matter_take(w, q);
    return *out_matter;
}

bool deal_question_likely(str question, struct arena *a)
{
    struct deal_query q = {.dated = DATED_NONE};
    struct asked w = {0};
    bool matter;

    return kind_take(question, a, &w, &q, &matter);
}

bool deal_question_parse(str question, const struct deal_views *vs, struct arena *a, struct deal_query *out)
{
    struct deal_query q = {.dated = DATED_NONE};
    struct asked w = {0};
    bool dated, matter;

    if (!kind_take(question, a, &w, &q, &matter))
        return false;
    if (!matter) {
        warning_take(&w, &q);
        outcome_take(&w, &q); /* before stages: one of them may be called "won" */
        severity_take(&w, &q);
    } else {
        if (vs->n)
            asked_name_take(&w, &vs->list->name, sizeof *vs->list, vs->n, false, &q.deal);
        if (q.ask == DEAL_ASK_WARNINGS && !q.deal.n)
            q.outcomes = 1u << DEAL_OPEN; /* the others have none */
    }
    if (vs->n)
        asked_name_take(&w, &vs->list->stage, sizeof *vs->list, vs->n, false, &q.stage);
    dated = asked_period_take(&w, vs->now, &q.period);
    if (vs->n) {
        asked_name_take(&w, &vs->list->account, sizeof *vs->list, vs->n, false, &q.account);
        asked_name_take(&w, &vs->list->owner, sizeof *vs->list, vs->n, true, &q.owner);
    }
    if (dated && q.dated == DATED_NONE)
        return false; /* which of its dates? */
    if (!dated)
        q.dated = DATED_NONE;
    if (!all_understood(&w))
        return false;
    if (q.ask == DEAL_ASK_SUM && !q.outcomes)
        q.outcomes = 1u << DEAL_OPEN;
    *out = q;
    return true;
}

/* Has the deal a warning of that severity? */
static bool severe(const struct deal_view *d, int severity)
{
    for (int w = 0; w < WARNINGS_N; w++)
        if (d->hits[w].on && d->hits[w].severity >= severity)
            return true;
    return false;
}

bool deal_question_matches(const struct deal_query *q, const struct deal_view *d)
{
    int64_t day = 0;

    if ((q->severity && !severe(d, q->severity)) || (q->deal.n && !str_eq(q->deal, d->name)) ||
        (q->outcomes && !(q->outcomes >> d->s.outcome & 1u)) || (q->stage.n && !str_eq(q->stage, d->stage)) ||
        (q->account.n && !str_eq(q->account, d->account)) || (q->owner.n && !str_eq(q->owner, d->owner)) ||
        (q->warning && !d->hits[q->warning - 1].on))
        return false;
    switch (q->dated) {
    case DATED_CLOSED:
        if (d->s.closed == CLOCK_NONE)
            return false;
        day = deal_day(d->f->pipe, d->s.closed);
        break;
    case DATED_CREATED:
        if (d->s.created == CLOCK_NONE)
            return false;
        day = deal_day(d->f->pipe, d->s.created);
        break;
    case DATED_DUE:
        if (!d->s.has_close)
            return false;
        day = d->s.close_day;
        break;
    case DATED_NONE:
        return true;
    }
    return day >= q->period.from_day && day < q->period.to_day;
}
