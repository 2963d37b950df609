#include "insight/clauses.h"

#include "text/uni.h"

enum { LEAD_WORDS_MAX = 3 };

WORD_SET(links, "and", "but", "so", "then", "or", "und", "aber", "et", "mais", "y", "pero");
WORD_SET(buts, "but", "however", "aber", "mais", "pero");

bool clause_link_at(const struct marked *k, size_t i)
{
    return word_is(k, i, &links);
}

/* "I'll ask if ...", "let me know when ...": a question inside, no condition. */
static bool indirect(const struct clauses *in, size_t i)
{
    WORD_SET(asks, "ask", "check", "asking", "checking");
    WORD_SET(evens, "even");

    if (i > 0 && word_is(&in->k, i - 1, &evens)) /* "even if": holds anyway */
        return true;
    for (size_t k = i; k-- > 0 && i - k <= 4 && !in->k.s->word[k].after;) /* "ask my colleague if he has it" */
        if (word_is(&in->k, k, &asks))
            return true;
    return i > 0 && !in->k.s->word[i - 1].after &&
           (mark_at(&in->k, i - 1, C_INDIRECT) == 1 || (i > 1 && mark_at(&in->k, i - 2, C_INDIRECT) == 2));
}

/* "Until the bug is fixed ..." in front; "until the end of March" is a day. */
static bool until_at(const struct clauses *in, size_t i)
{
    WORD_SET(untils, "until", "till");
    WORD_SET(finite, "is", "are", "has", "have", "was", "gets", "comes", "says", "agrees");

    if (!word_is(&in->k, i, &untils) || (i > 0 && !in->k.s->word[i - 1].after))
        return false;
    for (size_t k = i + 1; k < in->k.s->words_n && k < i + 7; k++)
        if (word_is(&in->k, k, &finite))
            return true;
    return false;
}

/* Is a day named from `from` to the end of its stretch of words? */
static bool day_follows(struct clauses *in, size_t from)
{
    const struct when *w;
    size_t n, to = from;

    while (to < in->k.s->words_n && !(to > from && in->k.s->word[to - 1].after))
        to++;
    w = marks_when(&in->k, &n);
    for (size_t i = 0; i < n; i++)
        if (w[i].from > from && w[i].from < to && w[i].resolved)
            return true;
    return false;
}

/* "as soon as possible", "when we meet on Monday", "when I'm at the depot tomorrow", "the minute we hang up": comes anyway, and
 * holds nothing open. */
static bool comes_anyway(struct clauses *in, size_t i)
{
    WORD_SET(subjects, "i", "we");
    WORD_SET(sure, "hang", "meet", "speak", "talk");
    WORD_SET(being, "i'm", "we're");
    WORD_SET(go, "visit", "come", "get", "see", "am", "are", "go", "arrive", "land", "travel");
    size_t n = mark_at(&in->k, i, C_TIMECOND | C_COND);

    if (str_eq(word_at(&in->k, i), STR("if")) || str_eq(word_at(&in->k, i), STR("unless")))
        return false;
    if (str_eq(word_at(&in->k, i + n), STR("possible"))) /* as soon as possible */
        return true;
    for (size_t k = i + n - 1; k <= i + n; k++)
        if (word_is(&in->k, k, &subjects) && word_is(&in->k, k + 1, &sure))
            return true;
    for (size_t k = i + n - 1; k <= i + n; k++)
        if ((word_is(&in->k, k, &being) || (word_is(&in->k, k, &subjects) && word_is(&in->k, k + 1, &go))) &&
            day_follows(in, k))
            return true;
    return false;
}

/* Words for what has to be granted first; few sentences have one. */
static bool grants(const struct sentence *s)
{
    WORD_SET(words, "approval", "blessing", "signature", "go-ahead", "light", "permission", "consent", "sign-off",
             "okay", "nod", "ruling", "confirmation", "yes", "authorisation", "authorization", "acceptance",
             "clearance", "understanding", "condition", "proviso", "backing", "blessings", "objection", "vote",
             "thumbs");

    for (size_t i = 1; sentence_any(s, &words) && i < s->words_n; i++)
        if (word_set_has(&words, s->atom[i]))
            return true;
    return false;
}

/* "Upon a favourable ruling", "with my director's blessing", "given a green light" */
static bool approval_at(const struct clauses *in, size_t i)
{
    WORD_SET(any, "upon", "given", "pending", "following", "without", "insofar", "granted");
    WORD_SET(leading, "with", "after", "on", "against");
    const struct sentence *s = in->k.s;
    bool begins = i == 0 || s->word[i - 1].after || clause_link_at(&in->k, i - 1);
    struct sentence part = *s;

    if (!word_is(&in->k, i, &any) && !(begins && word_is(&in->k, i, &leading)))
        return false;
    for (part.words_n = 1; i + part.words_n < s->words_n && part.words_n < 6 && !s->word[i + part.words_n - 1].after;)
        part.words_n++;
    part.atom += i;
    return grants(&part);
}

/* "tomorrow when the new list is out": the day stands, whatever else is said of it. */
static bool details_day(struct clauses *in, size_t i)
{
    size_t n;
    const struct when *w;

    if (!i || !str_eq(word_at(&in->k, i), STR("when")))
        return false;
    w = marks_when(&in->k, &n);
    for (size_t k = 0; k < n; k++)
        if (w[k].to == i && w[k].resolved)
            return true;
    return false;
}

static bool condition_at(struct clauses *in, size_t i)
{
    WORD_SET(provisos, "granted", "insofar", "supposing", "assuming", "provided");
    WORD_SET(others, "granted", "insofar", "supposing", "assuming", "provided", "until", "till", "where");
    if (i >= in->k.s->words_n)
        return false;
    if (!in->granted && !(in->k.m[i].bits & (C_COND | C_TIMECOND)) && !word_is(&in->k, i, &others)) /* most words */
        return false;
    if (in->granted && approval_at(in, i))
        return true;
    if ((i == 0 || in->k.s->word[i - 1].after) && word_is(&in->k, i, &provisos))
        return true;
    if (until_at(in, i))
        return true;
    if (!mark_at(&in->k, i, C_COND | C_TIMECOND))
        return i == 0 && !in->k.s->asks && str_eq(word_at(&in->k, i), STR("where")); /* "where it is under two tons" */
    if (str_eq(word_at(&in->k, i), STR("even")) || comes_anyway(in, i) || details_day(in, i))
        return false;
    if (!mark_at(&in->k, i, C_COND | C_TIMECOND) || indirect(in, i))
        return false;
    /* "when can you ...?", "once a week" */
    if (mark_at(&in->k, i, C_TIMECOND) && !mark_at(&in->k, i, C_COND) &&
        ((in->k.s->asks && i == 0) || mark_at(&in->k, i, C_HABIT)))
        return false;
    return true;
}

static bool begins_clause(struct clauses *in, size_t i, size_t from, bool from_condition)
{
    WORD_SET(ams, "i'm", "we're");
    char before = in->k.s->word[i - 1].after;

    if (before)
        return true;
    if (!in->k.m[i].bits && !in->granted && !clause_link_at(&in->k, i)) /* most words */
        return false;
    if (condition_at(in, i))
        return !(i == from + 1 && clause_link_at(&in->k, from));
    if (from_condition && i > from + 2 && mark_at(&in->k, i, C_I | C_WE | C_MIGHT | C_GET))
        return true;
    return clause_link_at(&in->k, i) && i + 1 < in->k.s->words_n &&
           (mark_at(&in->k, i + 1, CLAUSE_HEADS) || word_is(&in->k, i + 1, &ams) || condition_at(in, i + 1) ||
            discourse_named(in->k.d, word_at(&in->k, i + 1)) != VOICE_NONE);
}

/* What a clause that begins at `from` begins with: a link, a condition, a link and a condition. */
struct beginning {
    bool link, condition, linked_condition;
};

static struct beginning beginning_of(struct clauses *in, size_t from)
{
    struct beginning b = {.link = clause_link_at(&in->k, from), .condition = condition_at(in, from)};

    b.linked_condition = b.link && !b.condition && condition_at(in, from + 1); /* "so long as" is a condition */
    return b;
}

void clauses_cut(const struct marked *k, struct clauses *in)
{
    struct beginning b;
    size_t from = 0;

    in->k = *k;
    in->written = k->d->ia->kind != IA_CALL;
    in->granted = grants(k->s);
    in->n = 0;
    b = beginning_of(in, from);
    for (size_t i = 1; i <= in->k.s->words_n; i++) {
        struct clause *c;
        size_t head;
        if (i < in->k.s->words_n &&
            (in->n + 1 == CLAUSES_MAX || !begins_clause(in, i, from, b.condition || b.linked_condition)))
            continue;
        c = &in->c[in->n++];
        *c = (struct clause){.from = from, .to = i};
        c->but = word_is(&in->k, from, &buts) && !str_eq(word_at(&in->k, from + 1), STR("then"));
        c->linked = b.link && !b.condition;
        head = from + c->linked;
        if (mark_at(&in->k, head, C_YES) == 1 && head + 1 < i) /* "yes if ..." */
            c->condition = condition_at(in, head + 1);
        else
            c->condition = head < i && (c->linked ? b.linked_condition : b.condition);
        from = i;
        if (i < in->k.s->words_n)
            b = beginning_of(in, from);
    }
}

/* ---- what a clause leans on ---- */

bool clause_has_head(const struct clauses *in, const struct clause *c)
{
    WORD_SET(wills, "will", "is", "shall");
    size_t first = c->from + c->linked;

    return mark_in(&in->k, c->from, c->to, CLAUSE_HEADS) ||
           (word_is(&in->k, first + 1, &wills) && discourse_named(in->k.d, word_at(&in->k, first)) != VOICE_NONE);
}

/* A clause without act of its own that hedges its neighbour: "no promises", "hopefully", "if I can". */
static bool leans(const struct clauses *in, size_t ci, size_t of)
{
    const struct clause *c = &in->c[ci];

    if (c->condition)
        return of < ci ? !c->linked : !in->c[of].but;
    if (!mark_in(&in->k, c->from, c->to, C_HEDGE))
        return false;
    if (of < ci)
        return mark_at(&in->k, c->from + c->linked, C_HEDGE) ||
               (!clause_has_head(in, c) && c->to - c->from <= LEAD_WORDS_MAX + 1);
    return c->to - c->from <= LEAD_WORDS_MAX || (c->to == in->c[of].from && !clause_has_head(in, c) &&
                                                 !in->c[of].linked && c->to - c->from <= LEAD_WORDS_MAX + 1);
}

/* "no promises", "don't hold me to it": wherever it stands in the sentence; "I'm not sure about the colour, but ..." is of
 * something else. */
static bool disclaimed(const struct clauses *in, size_t ci)
{
    WORD_SET(doubts, "sure", "certain", "know", "think", "entirely");
    WORD_SET(nots, "no", "don't", "not", "can't", "cannot", "without");

    for (size_t i = 0; (in->k.bits & C_HEDGE) && sentence_any(in->k.s, &nots) && i < in->k.s->words_n; i++) {
        if (!word_is(&in->k, i, &nots) || mark_at(&in->k, i, C_HEDGE) <= 1)
            continue;
        if (!(in->c[ci].but && i < in->c[ci].from && word_is(&in->k, i + 1, &doubts)))
            return true;
    }
    return false;
}

/* Where "how long it may be" begins within a clause, one word on; the clause's end without one. */
static size_t question_inside(const struct clauses *in, const struct clause *c, size_t from)
{
    WORD_SET(words, "how", "what", "which", "where", "why", "who");

    for (size_t i = from; sentence_any(in->k.s, &words) && i < c->to; i++)
        if (word_is(&in->k, i, &words))
            return i + 1;
    return c->to;
}

/* "and we'll see" behind a promise is manner of speech. */
bool clause_hedged(const struct clauses *in, size_t ci, size_t head_end)
{
    const struct clause *c = &in->c[ci];

    if (disclaimed(in, ci))
        return true;
    for (size_t i = ci; i-- > 0 && !in->c[i + 1].but;) /* one condition in front holds for all that follows */
        if (in->c[i].condition && !in->c[i].linked)
            return true;
    if (mark_in(&in->k, c->from, question_inside(in, c, head_end), C_HEDGE))
        return true;
    for (size_t i = ci + 1; i < in->n; i++) {
        if (leans(in, i, ci))
            return true;
        if (clause_has_head(in, &in->c[i]) && !in->c[i].condition)
            break;
    }
    for (size_t i = ci; i-- > 0;) {
        if (in->c[i + 1].but && mark_in(&in->k, in->c[i].from, in->c[i].to, C_INDIRECT))
            break; /* "I'm not sure about the colour, but ..." */
        if (leans(in, i, ci))
            return true;
        if (clause_has_head(in, &in->c[i]) && !in->c[i].condition)
            break;
        if (in->c[i + 1].but)
            break;
    }
    return false;
}

/* "he said I'll ...", "\"I'll send it\"", "I'd have" */
bool clause_reported(const struct clauses *in, size_t head)
{
    const struct sentence *s = in->k.s;
    str text = in->k.d->ia->turns[s->turn].text;
    size_t quotes = 0;

    for (size_t i = 0, ci = 0; i < head; i++) {
        quotes += s->word[i].after == '"';
        while (ci + 1 < in->n && in->c[ci].to <= i)
            ci++;
        if (ci < in->n && in->c[ci].condition && in->c[ci].to <= head &&
            mark_at(&in->k, in->c[ci].from + in->c[ci].linked, C_COND)) /* "if the board says yes, I'll ..." */
            continue;
        if (i && str_eq(word_at(&in->k, i), STR("said")) && str_eq(word_at(&in->k, i - 1), STR("i")) &&
            mark_at(&in->k, i + 1, C_I)) /* "I said I will": says it again */
            continue;
        if (mark_at(&in->k, i, C_REPORT) && !(i && str_eq(word_at(&in->k, i - 1), STR("rest"))) && /* "rest assured" */
            !(i && str_eq(word_at(&in->k, i - 1), STR("to")) && str_eq(word_at(&in->k, i), STR("say"))) &&
            !(i > 0 && word_at(&in->k, i - 1).n == 1 && i + 4 < head && s->word[head - 1].after == ','))
            return true;
    }
    if (s->words_n && s->word[0].start > 0 && s->word[0].turn == s->turn) {
        size_t at = s->word[0].start;
        uint32_t c = uni_prev(text, &at);
        quotes += c == '"' || c == 0x201C || c == 0x201E;
    }
    return quotes % 2 == 1;
}

bool clause_when(struct clauses *in, size_t from, size_t to, enum when_role role)
{
    size_t n;
    const struct when *w = marks_when(&in->k, &n);

    for (size_t i = 0; i < n; i++)
        if (w[i].from >= from && w[i].from < to && w[i].role == role)
            return true;
    return false;
}

/* Something that happens within the call. A slide that is sent is none. */
bool clause_here(const struct clauses *in, size_t from)
{
    WORD_SET(sends, "send", "mail", "email", "forward", "upload");
    WORD_SET(slides, "slide", "slides", "this", "that");
    const struct sentence *s = in->k.s;
    bool sent = false;

    for (size_t i = 1; i < in->n; i++) /* "Hold on, I'll ..." */
        if (in->c[i].from == from && in->c[i - 1].to - in->c[i - 1].from <= LEAD_WORDS_MAX &&
            !clause_has_head(in, &in->c[i - 1]))
            from = in->c[i - 1].from;
    if (in->written || !(in->k.bits & C_HERE))
        return false;
    for (size_t i = from; i < s->words_n; i++) {
        size_t n = mark_at(&in->k, i, C_HERE);
        sent |= word_is(&in->k, i, &sends);
        if (n && !(sent && n <= 2 && word_is(&in->k, i, &slides)))
            return true;
    }
    return false;
}

bool clause_habit(const struct clauses *in)
{
    return mark_in(&in->k, 0, in->k.s->words_n, C_HABIT);
}

/* ---- when ---- */

WORD_SET(meetings, "meeting", "call", "workshop", "session", "demo", "review", "visit", "board", "event", "conference",
         "training", "webinar", "hall", "launch", "interview", "presentation", "kickoff", "kick-off", "sync", "standup",
         "release", "delivery", "go-live", "appointment", "audit", "offsite", "summit", "fair");
WORD_SET(attends, "come", "join", "attend", "be", "visit", "present", "meet", "see", "coming", "joining", "attending",
         "presenting", "host", "demo");
WORD_SET(readies, "ready", "done", "it", "them", "that", "this", "finished", "sorted", "time");

/* "the agenda for the meeting on Tuesday": the day of the meeting; "ready for Friday" is the day of the doing. */
static bool belongs_to_thing(const struct clauses *in, const struct when *w, size_t verb_from)
{
    WORD_SET(calendars, "calendar", "calendars", "diary", "diaries");
    WORD_SET(bys, "by", "until", "before", "till");
    WORD_SET(named, "the", "that", "our", "your");
    size_t before = w->from;

    if (before && word_is(&in->k, before - 1, &named) &&
        word_is(&in->k, w->to, &meetings)) /* "the Saturday delivery" */
        return true;
    if (w->role == WHEN_CONTENT) {
        while (before > 0 && str_eq(word_at(&in->k, before - 1), STR("the")))
            before--;
        return !(before > 1 && str_eq(word_at(&in->k, before - 1), STR("for")) &&
                 word_is(&in->k, before - 2, &readies));
    }
    if (!(before < w->to && word_is(&in->k, before, &bys)))
        for (size_t i = w->to; i < in->k.s->words_n && i < w->to + 4; i++) /* "a walk on 24 March into your calendar" */
            if (word_is(&in->k, i, &calendars))
                return true;
    if (before > 0 && !word_is(&in->k, before, &bys) && word_is(&in->k, before - 1, &meetings) &&
        !in->k.s->word[before - 1].after) {
        for (size_t i = verb_from; i < before; i++)
            if (word_is(&in->k, i, &attends))
                return false;
        return true;
    }
    return false;
}

/* "not on Monday", "rather than tonight" */
static bool ruled_out(const struct clauses *in, const struct when *w)
{
    WORD_SET(outs, "not", "than", "nicht", "pas");
    WORD_SET(between, "on", "by", "until", "till", "am", "bis");
    size_t i = w->from;

    while (i > 0 && word_is(&in->k, i - 1, &between))
        i--;
    if (i > 1 && str_eq(word_at(&in->k, i - 2), STR("later"))) /* "no later than Friday" */
        return false;
    return i > 0 && word_is(&in->k, i - 1, &outs);
}

int32_t clause_due(struct clauses *in, size_t from, size_t to, bool *out_dated)
{
    int32_t day = ACT_NO_DAY;
    size_t n;
    const struct when *all = marks_when(&in->k, &n);

    for (size_t i = 0; i < n; i++) {
        const struct when *w = &all[i];
        if (w->from < from || w->from >= to || w->role == WHEN_PAST || belongs_to_thing(in, w, from) ||
            ruled_out(in, w))
            continue;
        *out_dated = true;
        if (w->resolved || day == ACT_NO_DAY)
            day = w->resolved ? w->day : ACT_NO_DAY;
    }
    return day;
}

int32_t clause_corrected(struct clauses *in, int32_t due)
{
    WORD_SET(words, "sorry", "no", "rather", "mean", "wait", "actually", "correction");
    bool before = false;
    size_t n;
    const struct when *w = marks_when(&in->k, &n);

    for (size_t i = 0; due != ACT_NO_DAY && i < n; i++) {
        if (before && w[i].resolved && w[i].from && word_is(&in->k, w[i].from - 1, &words))
            return w[i].day;
        before |= w[i].resolved;
    }
    return due;
}
