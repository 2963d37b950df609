#include "deals/question.h"

/* The question as " word word word ", lower case, without punctuation; what is understood is taken out of it. */
struct words {
    char *p;
    size_t n;
    struct arena *a;
};

static void words_make(struct words *w, str text, struct arena *a)
{
    str lower = str_lower_ascii(a, text);

    w->a = a;
    w->p = arena_alloc(a, lower.n + 3);
    w->p[w->n++] = ' ';
    for (size_t i = 0; i < lower.n; i++) {
        char c = lower.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80 || c == '&' ||
                    c == '-' || c == '\'';
        if (word)
            w->p[w->n++] = c;
        else if (w->p[w->n - 1] != ' ')
            w->p[w->n++] = ' ';
    }
    if (w->p[w->n - 1] != ' ')
        w->p[w->n++] = ' ';
}

/* Takes a phrase of whole words out; answers whether it was there. */
static bool take(struct words *w, str phrase)
{
    struct words want = {0};
    size_t at;

    words_make(&want, phrase, w->a);
    if (want.n < 3)
        return false;
    at = str_find(str_n(w->p, w->n), str_n(want.p, want.n), 0);
    if (at == SIZE_MAX)
        return false;
    memmove(w->p + at + 1, w->p + at + want.n, w->n - at - want.n);
    w->n -= want.n - 1;
    return true;
}

static bool take_any(struct words *w, const char *const *phrases)
{
    for (; *phrases; phrases++)
        if (take(w, str_of(*phrases)))
            return true;
    return false;
}

static bool ask_take(struct words *w, enum deal_ask *out)
{
    static const char *const counts[] = {"how many deals", "how many opportunities", "number of deals", NULL};
    static const char *const sums[] = {
        "sum of the amounts of", "sum of amounts of", "total amount of", "total value of", "sum of", "value of", NULL};
    static const char *const nouns[] = {"deals", "opportunities", "pipeline", NULL};
    static const char *const lists[] = {"which", "what", "list", "show", NULL};
    static const char *const noun[] = {"deals", "opportunities", NULL};

    if (take_any(w, counts))
        *out = DEAL_ASK_COUNT;
    else if (take_any(w, sums) && take_any(w, nouns))
        *out = DEAL_ASK_SUM;
    else if (take_any(w, noun) && take_any(w, lists))
        *out = DEAL_ASK_LIST;
    else
        return false;
    return true;
}

static void outcome_take(struct words *w, struct deal_query *q)
{
    if (take(w, STR("open")))
        q->outcomes |= 1u << DEAL_OPEN;
    if (take(w, STR("won"))) {
        q->outcomes |= 1u << DEAL_WON;
        q->dated = DATED_CLOSED;
    }
    if (take(w, STR("lost"))) {
        q->outcomes |= 1u << DEAL_LOST;
        q->dated = DATED_CLOSED;
    }
    if (take(w, STR("closed"))) {
        q->outcomes |= 1u << DEAL_WON | 1u << DEAL_LOST;
        q->dated = DATED_CLOSED;
    }
    if (take(w, STR("created")) || take(w, STR("opened")))
        q->dated = DATED_CREATED;
    if (take(w, STR("closing")) || take(w, STR("close")) || take(w, STR("due"))) {
        q->dated = DATED_DUE;
        q->outcomes = q->outcomes ? q->outcomes : 1u << DEAL_OPEN;
    }
}

static void warning_take(struct words *w, struct deal_query *q)
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
        str name = str_of(warning_rows[i].name), spaced = str_dup(w->a, name);
        for (size_t k = 0; k < spaced.n; k++)
            if (spaced.p[k] == '_')
                ((char *)(uintptr_t)spaced.p)[k] = ' ';
        if (take(w, str_of(warning_rows[i].id)) || take(w, spaced))
            q->warning = i + 1;
    }
    for (size_t i = 0; i < sizeof said / sizeof *said && !q->warning; i++)
        if (take(w, str_of(said[i].words)))
            q->warning = said[i].warning;
    if (q->warning) {
        take(w, STR("warning"));
        q->outcomes = q->outcomes ? q->outcomes : 1u << DEAL_OPEN;
    }
}

/* The longest name of them that stands in the question; given names alone do for people. */
static void name_take(struct words *w, const struct deal_views *vs, size_t offset, bool person, str *out)
{
    str best = STR(""), rest;

    for (size_t i = 0; i < vs->n; i++) {
        str name = *(const str *)((const char *)&vs->list[i] + offset);
        struct words trial = {.n = w->n, .a = w->a, .p = arena_alloc(w->a, w->n + 1)};
        memcpy(trial.p, w->p, w->n);
        if (name.n > best.n && take(&trial, name))
            best = name;
    }
    if (best.n) {
        take(w, best);
        *out = best;
        return;
    }
    for (size_t i = 0; i < vs->n; i++) {
        str name = *(const str *)((const char *)&vs->list[i] + offset), first = str_cut(name, ' ', &rest);
        if ((person || first.n >= 4) && first.n > 2 && rest.n && take(w, first)) {
            *out = name;
            return;
        }
    }
}

static int64_t month_day(int year, int month)
{
    return clock_from_civil(year + (month - 1) / 12, (month - 1) % 12 + 1, 1, 0, 0, 0, 0) / DAY_MS;
}

static void months_set(struct deal_query *q, int year, int month, int months)
{
    while (month < 1) {
        month += 12;
        year--;
    }
    q->from_day = month_day(year, month);
    q->to_day = month_day(year, month + months);
}

static void period_take(struct words *w, int64_t now, struct deal_query *q)
{
    static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
                                         "july",    "august",   "september", "october", "november", "december"};
    int y, mo, d, h, mi, s, ms;

    clock_to_civil(now, &y, &mo, &d, &h, &mi, &s, &ms);
    for (int year = y - 5; year <= y + 2; year++) {
        for (int m = 0; m < 12; m++)
            if (take(w, str_fmt(w->a, "in %s %d", months[m], year)))
                return months_set(q, year, m + 1, 1);
        for (int k = 1; k <= 4; k++)
            if (take(w, str_fmt(w->a, "in q%d %d", k, year)))
                return months_set(q, year, 3 * k - 2, 3);
        if (take(w, str_fmt(w->a, "in %d", year)))
            return months_set(q, year, 1, 12);
    }
    if (take(w, STR("this month")))
        months_set(q, y, mo, 1);
    else if (take(w, STR("last month")))
        months_set(q, y, mo - 1, 1);
    else if (take(w, STR("next month")))
        months_set(q, y, mo + 1, 1);
    else if (take(w, STR("this quarter")))
        months_set(q, y, (mo - 1) / 3 * 3 + 1, 3);
    else if (take(w, STR("last quarter")))
        months_set(q, y, (mo - 1) / 3 * 3 - 2, 3);
    else if (take(w, STR("next quarter")))
        months_set(q, y, (mo - 1) / 3 * 3 + 4, 3);
    else if (take(w, STR("this year")))
        months_set(q, y, 1, 12);
    else if (take(w, STR("last year")))
        months_set(q, y - 1, 1, 12);
}

/* Nothing but words that say nothing may be left. */
static bool all_understood(struct words *w)
{
    static const char *const fillers[] = {
        "are",  "is",        "do",  "does", "we",    "have", "has",   "there", "the",   "that", "a",
        "an",   "currently", "now", "in",   "with",  "at",   "for",   "by",    "owned", "of",   "and",
        "were", "did",       "our", "all",  "to",    "us",   "stage", "from",  "right", "on",   "account",
        "s",    "what",      "me",  "who",  "which", "be",   "must",  "been",  "still", "no",   NULL};

    while (take_any(w, fillers)) {
    }
    return w->n <= 1;
}

bool deal_question_parse(str question, const struct deal_views *vs, struct arena *a, struct deal_query *out)
{
    struct deal_query q = {.dated = DATED_NONE};
    struct words w = {0};
    bool dated;

    if (question.n > 500)
        return false;
    words_make(&w, question, a);
    if (!ask_take(&w, &q.ask))
        return false;
    warning_take(&w, &q);
    outcome_take(&w, &q); /* before stages: one of them may be called "won" */
    name_take(&w, vs, offsetof(struct deal_view, stage), false, &q.stage);
    period_take(&w, vs->now, &q);
    name_take(&w, vs, offsetof(struct deal_view, account), false, &q.account);
    name_take(&w, vs, offsetof(struct deal_view, owner), true, &q.owner);
    dated = q.to_day > q.from_day;
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

bool deal_question_matches(const struct deal_query *q, const struct deal_view *d)
{
    int64_t day = 0;

    if ((q->outcomes && !(q->outcomes >> d->s.outcome & 1u)) || (q->stage.n && !str_eq(q->stage, d->stage)) ||
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
    return day >= q->from_day && day < q->to_day;
}
