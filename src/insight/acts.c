#include "insight/acts_priv.h"

#include "text/uni.h"

enum { CLAUSES_MAX = 32, LEAD_WORDS_MAX = 3, SHORT_SENTENCE = 5 };

#define HEADS (C_I | C_WE | C_NEG | C_CANT | C_MIGHT | C_CAN | C_GET | C_ASK | C_NEED | C_OFFER | C_PROPOSE | C_LETME)

struct clause {
    size_t from, to;
    bool condition; /* begins with if, unless, when ... and is no indirect question */
    bool but;       /* begins with but */
    bool linked;    /* begins with and, but, so: a statement of its own */
};

struct parse {
    struct marked k;
    bool late_verb; /* German and the like: the verb stands at the end */
    bool written; /* a mail or note: nothing happens within the call */
    size_t si;
    int32_t today;
    struct clause c[CLAUSES_MAX];
    size_t n;
    struct act_list *out;
};

static const char *const links[] = {"and", "but", "so", "then", "or", "und", "aber", "et", "mais", "y", "pero", NULL};
static const char *const buts[] = {"but", "however", "aber", "mais", "pero", NULL};
static const char *const fill[] = {
    "also",   "just",       "then",  "definitely", "certainly", "personally", "gladly",      "still",   "now",
    "simply", "only",       "both",  "all",        "of",        "course",     "happily",     "quickly", "first",
    "surely", "absolutely", "be",    "able",       "to",        "go",         "ahead",       "and",     "have",
    "please", "kindly",     "maybe", "perhaps",    "possibly",  "actually",   "immediately", "uh",      "um",
    "uhm",    "er",         "erm",   "gerne",      "gern",      "dann",       "noch",        "auch",    "ihnen",
    "dir",    "euch",       "vous",  "te",         "le",        "les",        "uns",         "mir",     "einfach",
    "bitte",  "sofort",     "you",   "us",         "me",        NULL};
static const char *const soft_fill[] = {
    "also",   "just",    "then",     "definitely", "certainly",   "personally", "gladly",     "still",     "now",
    "simply", "only",    "happily",  "quickly",    "first",       "surely",     "absolutely", "please",    "kindly",
    "maybe",  "perhaps", "possibly", "actually",   "immediately", "probably",   "ideally",    "hopefully", "both",
    "all",    "uh",      "um",       "uhm",        "er",          "erm",        NULL};

/* ---- clauses ---- */

/* "I'll ask if ...", "let me know when ...": a question inside, no condition. */
static bool indirect(const struct parse *p, size_t i)
{
    static const char *const asks[] = {"ask", "check", "asking", "checking", NULL};
    static const char *const evens[] = {"even", NULL};

    if (i > 0 && word_is(&p->k, i - 1, evens)) /* "even if": holds anyway */
        return true;
    for (size_t k = i; k-- > 0 && i - k <= 4 && !p->k.s->word[k].after;) /* "ask my colleague if he has it" */
        if (word_is(&p->k, k, asks))
            return true;
    return i > 0 && !p->k.s->word[i - 1].after &&
           (mark_at(&p->k, i - 1, C_INDIRECT) == 1 || (i > 1 && mark_at(&p->k, i - 2, C_INDIRECT) == 2));
}

/* "Until the bug is fixed ..." in front; "until the end of March" is a day. */
static bool until_at(const struct parse *p, size_t i)
{
    static const char *const untils[] = {"until", "till", NULL};
    static const char *const finite[] = {"is", "are", "has", "have", "was", "gets", "comes", "says", "agrees", NULL};

    if (!word_is(&p->k, i, untils) || (i > 0 && !p->k.s->word[i - 1].after))
        return false;
    for (size_t k = i + 1; k < p->k.s->words_n && k < i + 7; k++)
        if (word_is(&p->k, k, finite))
            return true;
    return false;
}

static bool condition_at(const struct parse *p, size_t i)
{
    if (until_at(p, i))
        return true;
    if (!mark_at(&p->k, i, C_COND | C_TIMECOND) || indirect(p, i))
        return false;
    /* "when can you ...?", "once a week" */
    if (mark_at(&p->k, i, C_TIMECOND) && !mark_at(&p->k, i, C_COND) &&
        ((p->k.s->asks && i == 0) || mark_at(&p->k, i, C_HABIT)))
        return false;
    return true;
}

static bool begins_clause(const struct parse *p, size_t i, size_t from, bool from_condition)
{
    char before = p->k.s->word[i - 1].after;

    if (before)
        return true;
    if (condition_at(p, i))
        return !(i == from + 1 && word_is(&p->k, from, links));
    if (from_condition && i > from + 2 && mark_at(&p->k, i, C_I | C_WE | C_MIGHT | C_GET))
        return true;
    return word_is(&p->k, i, links) && i + 1 < p->k.s->words_n &&
           (mark_at(&p->k, i + 1, HEADS) || condition_at(p, i + 1) ||
            discourse_named(p->k.d, word_at(&p->k, i + 1)) != VOICE_NONE);
}

static void clauses_make(struct parse *p)
{
    size_t from = 0;

    for (size_t i = 1; i <= p->k.s->words_n; i++) {
        struct clause *c;
        size_t head;
        if (i < p->k.s->words_n &&
            (!begins_clause(p, i, from, condition_at(p, from) || condition_at(p, from + word_is(&p->k, from, links))) ||
             p->n + 1 == CLAUSES_MAX))
            continue;
        c = &p->c[p->n++];
        *c = (struct clause){.from = from, .to = i};
        c->but = word_is(&p->k, from, buts) && !str_eq(word_at(&p->k, from + 1), STR("then"));
        c->linked = word_is(&p->k, from, links) && !condition_at(p, from); /* "so long as" */
        head = from + c->linked;
        if (mark_at(&p->k, head, C_YES) == 1 && head + 1 < i) /* "yes if ..." */
            head++;
        c->condition = head < i && condition_at(p, head);
        from = i;
    }
}

/* ---- what a clause leans on ---- */

static bool has_head(const struct parse *p, const struct clause *c)
{
    static const char *const wills[] = {"will", "is", "shall", NULL};
    size_t first = c->from + c->linked;

    return mark_in(&p->k, c->from, c->to, HEADS) ||
           (word_is(&p->k, first + 1, wills) && discourse_named(p->k.d, word_at(&p->k, first)) != VOICE_NONE);
}

/* A clause without act of its own that hedges its neighbour: "no promises", "hopefully", "if I can". */
static bool leans(const struct parse *p, size_t ci, size_t of)
{
    const struct clause *c = &p->c[ci];

    if (c->condition)
        return of < ci ? !c->linked : !p->c[of].but;
    if (!mark_in(&p->k, c->from, c->to, C_HEDGE))
        return false;
    if (of < ci)
        return mark_at(&p->k, c->from + c->linked, C_HEDGE) ||
               (!has_head(p, c) && c->to - c->from <= LEAD_WORDS_MAX + 1);
    return c->to - c->from <= LEAD_WORDS_MAX ||
           (c->to == p->c[of].from && !has_head(p, c) && !p->c[of].linked && c->to - c->from <= LEAD_WORDS_MAX + 1);
}

/* "no promises", "don't hold me to it": wherever it stands in the sentence; "I'm not sure about the colour, but ..." is of
 * something else. */
static bool disclaimed(const struct parse *p, size_t ci)
{
    static const char *const doubts[] = {"sure", "certain", "know", "think", "entirely", NULL};
    static const char *const nots[] = {"no", "don't", "not", "can't", "cannot", "without", NULL};

    for (size_t i = 0; i < p->k.s->words_n; i++) {
        if (!word_is(&p->k, i, nots) || mark_at(&p->k, i, C_HEDGE) <= 1)
            continue;
        if (!(p->c[ci].but && i < p->c[ci].from && word_is(&p->k, i + 1, doubts)))
            return true;
    }
    return false;
}

/* Where "how long it may be" begins within a clause, one word on; the clause's end without one. */
static size_t question_inside(const struct parse *p, const struct clause *c, size_t from)
{
    static const char *const words[] = {"how", "what", "which", "where", "why", "who", NULL};

    for (size_t i = from; i < c->to; i++)
        if (word_is(&p->k, i, words))
            return i + 1;
    return c->to;
}

/* "and we'll see" behind a promise is manner of speech. */
static bool hedged(const struct parse *p, size_t ci, size_t head_end)
{
    const struct clause *c = &p->c[ci];

    if (disclaimed(p, ci))
        return true;
    for (size_t i = ci; i-- > 0 && !p->c[i + 1].but;) /* one condition in front holds for all that follows */
        if (p->c[i].condition && !p->c[i].linked)
            return true;
    if (mark_in(&p->k, c->from, question_inside(p, c, head_end), C_HEDGE))
        return true;
    for (size_t i = ci + 1; i < p->n; i++) {
        if (leans(p, i, ci))
            return true;
        if (has_head(p, &p->c[i]) && !p->c[i].condition)
            break;
    }
    for (size_t i = ci; i-- > 0;) {
        if (p->c[i + 1].but && mark_in(&p->k, p->c[i].from, p->c[i].to, C_INDIRECT))
            break; /* "I'm not sure about the colour, but ..." */
        if (leans(p, i, ci))
            return true;
        if (has_head(p, &p->c[i]) && !p->c[i].condition)
            break;
        if (p->c[i + 1].but)
            break;
    }
    return false;
}

/* "he said I'll ...", "\"I'll send it\"", "I'd have" */
static bool reported(const struct parse *p, size_t head)
{
    const struct sentence *s = p->k.s;
    str text = p->k.d->ia->turns[s->turn].text;
    size_t quotes = 0;

    for (size_t i = 0; i < head; i++) {
        quotes += s->word[i].after == '"';
        if (mark_at(&p->k, i, C_REPORT) &&
            !(i > 0 && word_at(&p->k, i - 1).n == 1 && i + 4 < head && s->word[head - 1].after == ','))
            return true;
    }
    if (s->words_n && s->word[0].start > 0 && s->word[0].turn == s->turn) {
        size_t at = s->word[0].start;
        uint32_t c = uni_prev(text, &at);
        quotes += c == '"' || c == 0x201C || c == 0x201E;
    }
    return quotes % 2 == 1;
}

static bool whens_in(struct parse *p, size_t from, size_t to, enum when_role role)
{
    size_t n;
    const struct when *w = marks_when(&p->k, &n);

    for (size_t i = 0; i < n; i++)
        if (w[i].from >= from && w[i].from < to && w[i].role == role)
            return true;
    return false;
}

/* Something that happens within the call. */
static bool here(const struct parse *p, size_t from)
{
    for (size_t i = 1; i < p->n; i++) /* "Hold on, I'll ..." */
        if (p->c[i].from == from && p->c[i - 1].to - p->c[i - 1].from <= LEAD_WORDS_MAX && !has_head(p, &p->c[i - 1]))
            from = p->c[i - 1].from;
    return !p->written && mark_in(&p->k, from, p->k.s->words_n, C_HERE);
}

static bool habit(const struct parse *p)
{
    return mark_in(&p->k, 0, p->k.s->words_n, C_HABIT);
}

/* ---- when ---- */

static const char *const meetings[] = {"meeting", "call",    "workshop",  "session",      "demo",     "review",
                                       "visit",   "board",   "event",     "conference",   "training", "webinar",
                                       "hall",    "launch",  "interview", "presentation", "kickoff",  "kick-off",
                                       "sync",    "standup", "release",   "delivery",     "go-live",  "appointment",
                                       "audit",   "offsite", "summit",    "fair",         NULL};
static const char *const attends[] = {"come",   "join",    "attend",    "be",         "visit", "present", "meet", "see",
                                      "coming", "joining", "attending", "presenting", "host",  "demo",    NULL};
static const char *const readies[] = {"ready", "done",     "it",     "them", "that",
                                      "this",  "finished", "sorted", "time", NULL};

/* "the agenda for the meeting on Tuesday": the day of the meeting; "ready for Friday" is the day of the doing. */
static bool belongs_to_thing(const struct parse *p, const struct when *w, size_t verb_from)
{
    size_t before = w->from;

    if (w->role == WHEN_CONTENT) {
        while (before > 0 && str_eq(word_at(&p->k, before - 1), STR("the")))
            before--;
        return !(before > 1 && str_eq(word_at(&p->k, before - 1), STR("for")) && word_is(&p->k, before - 2, readies));
    }
    if (before > 0 && word_is(&p->k, before - 1, meetings) && !p->k.s->word[before - 1].after) {
        for (size_t i = verb_from; i < before; i++)
            if (word_is(&p->k, i, attends))
                return false;
        return true;
    }
    return false;
}

/* "not on Monday", "rather than tonight" */
static bool ruled_out(const struct parse *p, const struct when *w)
{
    static const char *const outs[] = {"not", "than", "nicht", "pas", NULL};
    static const char *const between[] = {"on", "by", "until", "till", "am", "bis", NULL};
    size_t i = w->from;

    while (i > 0 && word_is(&p->k, i - 1, between))
        i--;
    return i > 0 && word_is(&p->k, i - 1, outs);
}

static int32_t due_in(struct parse *p, size_t from, size_t to, bool *out_dated)
{
    int32_t day = ACT_NO_DAY;
    size_t n;
    const struct when *all = marks_when(&p->k, &n);

    for (size_t i = 0; i < n; i++) {
        const struct when *w = &all[i];
        if (w->from < from || w->from >= to || w->role == WHEN_PAST || belongs_to_thing(p, w, from) || ruled_out(p, w))
            continue;
        *out_dated = true;
        if (w->resolved || day == ACT_NO_DAY)
            day = w->resolved ? w->day : ACT_NO_DAY;
    }
    return day;
}

/* ---- acts ---- */

static struct act *act_add(struct parse *p, enum act_kind kind, size_t from, size_t to)
{
    struct act x = {.kind = kind, .sentence = p->si, .from = from, .to = to, .owner = VOICE_NONE, .due = ACT_NO_DAY};

    ARENA_PUSH(p->k.d->a, p->out->v, p->out->n, p->out->cap) = x;
    return &p->out->v[p->out->n - 1];
}

static void owner_set(const struct parse *p, struct act *x, bool we)
{
    int voice = p->k.s->voice;

    x->owner = voice;
    if (we && (voice == VOICE_NONE || discourse_side_count(p->k.d, discourse_side(p->k.d, voice)) > 1)) {
        if (discourse_side(p->k.d, voice) != IA_SIDE_UNKNOWN || p->k.d->voices_n > 2) {
            x->owner = VOICE_NONE;
            x->team = true;
        }
    }
}

static size_t skip_fill(const struct parse *p, size_t i, const char *const *words)
{
    while (i < p->k.s->words_n && word_is(&p->k, i, words))
        i++;
    return i;
}

/* The verb behind a head: is it an act? Longest entry wins; "be there" is one, "be honest" is none. */
static bool acts_at(const struct parse *p, size_t i, bool dated)
{
    size_t action = mark_at(&p->k, i, C_ACTION), idle = mark_at(&p->k, i, C_IDLE);

    if (i >= p->k.s->words_n)
        return false;
    if (action || idle)
        return action > idle || (action == idle && dated);
    return dated;
}

static void promise(struct parse *p, size_t ci, size_t head, size_t len, bool we)
{
    struct clause *c = &p->c[ci];
    size_t verb = skip_fill(p, head + len, soft_fill);
    bool dated = false, hedge;
    struct act *x;
    int32_t due = due_in(p, c->from, c->to, &dated);

    for (size_t i = 0; due == ACT_NO_DAY && i < ci; i++) /* "By Friday, I'll ..." */
        if (p->c[i].to == c->from && !has_head(p, &p->c[i]) && !p->c[i].condition)
            due = due_in(p, p->c[i].from, p->c[i].to, &dated);
    for (size_t i = ci + 1; i < p->n && !has_head(p, &p->c[i]) && !p->c[i].condition; i++) { /* "..., by Wednesday" */
        bool later = false;
        int32_t more = due_in(p, p->c[i].from, p->c[i].to, &later);
        due = later ? more : due;
        dated |= later;
    }
    hedge = hedged(p, ci, head + len);
    if (verb >= c->to && verb >= p->k.s->words_n && len >= 2 && p->k.s->words_n <= SHORT_SENTENCE &&
        str_ends(word_at(&p->k, head + len - 1), STR("will"))) {
        x = act_add(p, hedge ? ACT_HEDGED : ACT_PROMISE, 0, p->k.s->words_n);
        x->answers = true;
        owner_set(p, x, we);
        return;
    }
    if (!acts_at(p, verb, due != ACT_NO_DAY || dated) && !(p->late_verb && mark_in(&p->k, verb, c->to, C_ACTION)))
        return;
    if (habit(p) || reported(p, head) || whens_in(p, c->from, c->to, WHEN_PAST))
        return;
    if (here(p, c->from) && (due == ACT_NO_DAY || due == p->today))
        return;
    x = act_add(p, hedge ? ACT_HEDGED : ACT_PROMISE, 0, p->k.s->words_n);
    x->due = due;
    x->dated = dated;
    x->begin = c->from;
    owner_set(p, x, we);
    if (head > 1 && str_eq(word_at(&p->k, head - 1), STR("and")) && !p->k.s->word[head - 2].after &&
        discourse_named(p->k.d, word_at(&p->k, head - 2)) != VOICE_NONE) { /* "Dan and I will" */
        x->owner = VOICE_NONE;
        x->team = true;
    }
    if (str_eq(word_at(&p->k, verb), STR("let")) && discourse_named(p->k.d, word_at(&p->k, verb + 1)) != VOICE_NONE)
        x->owner = discourse_named(p->k.d, word_at(&p->k, verb + 1));
    if (p->k.s->asks) {
        x->kind = hedge ? ACT_HEDGED : ACT_OFFER;
        x->weak = false;
        x->shaky = true;
    }
}

static const char *const from_us[] = {"me", "us", "mir", "uns", "moi", NULL};

/* "You'll have it on Friday", "you'll hear from me" */
static bool receives(struct parse *p, size_t ci, size_t head, size_t len)
{
    struct clause *c = &p->c[ci];
    bool dated = false, ours = false;
    struct act *x;
    int32_t due = due_in(p, c->from, c->to, &dated);
    size_t next = head + len;
    static const char *const not_got[] = {"to", "used", "more", "better", "problems", "noticed", "full", NULL};
    static const char *const things[] = {"it", "them", "that", "this",       "the", "a",
                                         "an", "my",   "our",  "everything", "all", NULL};

    for (size_t i = ci + 1; i < p->n && !has_head(p, &p->c[i]) && !p->c[i].condition; i++)
        if (due == ACT_NO_DAY)
            due = due_in(p, p->c[i].from, p->c[i].to, &dated);
    for (size_t i = next; i + 1 < c->to; i++)
        ours |= str_eq(word_at(&p->k, i), STR("from")) && word_is(&p->k, i + 1, from_us);
    if (word_is(&p->k, next, not_got) || (!dated && !ours && !mark_in(&p->k, next, c->to, 0)))
        if (!ours && !(dated && !word_is(&p->k, next, not_got))) {
            bool after = false;
            for (size_t i = next; i < c->to; i++)
                after |= str_eq(word_at(&p->k, i), STR("after")) || str_eq(word_at(&p->k, i), STR("before"));
            if (!after || !word_is(&p->k, next, things) || word_is(&p->k, next, not_got))
                return false;
        }
    if (str_ends(word_at(&p->k, next - 1), STR("hear")) && !ours && due == ACT_NO_DAY) /* "some noise" */
        return false;
    if (habit(p) || reported(p, head) || p->k.s->asks)
        return false;
    x = act_add(p, hedged(p, ci, next) ? ACT_HEDGED : ACT_PROMISE, 0, p->k.s->words_n);
    x->due = due;
    x->dated = dated;
    x->owner = p->k.s->voice;
    return true;
}

/* The name that is addressed in a sentence: "Anna, could you", "could you, Anna?" */
static int vocative(const struct parse *p)
{
    const struct sentence *s = p->k.s;
    int found = VOICE_NONE;

    for (size_t i = 0; i < s->words_n; i++) {
        int v;
        bool alone = (i == 0 || s->word[i - 1].after || word_is(&p->k, i - 1, links)) &&
                     (i + 1 == s->words_n || s->word[i].after);
        if (!s->word[i].upper || (!alone && !(i == 0 && mark_at(&p->k, 1, C_ASK | C_NEED))))
            continue;
        v = discourse_named(p->k.d, s->word[i].token);
        if (v != VOICE_NONE && v != s->voice)
            found = v;
    }
    return found;
}

/* Who was addressed last in this turn before the sentence. */
static int addressed(const struct parse *p)
{
    const struct discourse *d = p->k.d;
    int v = vocative(p);

    for (size_t i = p->si; v == VOICE_NONE && i-- > 0 && d->s[i].floor == p->k.s->floor;) {
        struct parse q = {.si = i};
        marks_make(d, i, ACT_NO_DAY, &q.k);
        v = vocative(&q);
    }
    return v;
}

static int only_other(const struct discourse *d, int voice)
{
    enum ia_side side = discourse_side(d, voice);
    int found = VOICE_NONE;

    for (size_t i = 0; i < d->voices_n; i++) {
        if ((int)i == voice || (side != IA_SIDE_UNKNOWN && d->voices[i].side == side))
            continue;
        if (found != VOICE_NONE)
            return VOICE_NONE;
        found = (int)i;
    }
    return found;
}

static void request(struct parse *p, size_t ci, size_t head, size_t len, bool need, bool imperative)
{
    struct clause *c = &p->c[ci];
    size_t verb = skip_fill(p, head + len, soft_fill);
    bool dated = false;
    struct act *x;

    if (!need && !imperative) {
        size_t inside = p->written ? 0 : mark_at(&p->k, verb, C_HEREVERB),
               action = mark_at(&p->k, verb, C_ACTION | C_ASKVERB);
        bool when = whens_in(p, verb, c->to, WHEN_DUE);
        if (p->late_verb && !action && mark_in(&p->k, verb, p->k.s->words_n, C_ACTION))
            action = 1;
        if (verb >= c->to || inside > action || (inside && inside == action && !when) ||
            (!inside && !action && !when && !p->k.s->asks))
            return;
    }
    if (here(p, c->from) || reported(p, head))
        return;
    x = act_add(p, ACT_REQUEST, 0, p->k.s->words_n);
    x->owner = addressed(p);
    if (x->owner == VOICE_NONE)
        x->owner = only_other(p->k.d, p->k.s->voice);
    x->due = due_in(p, c->from, c->to, &dated);
    for (size_t i = ci + 1; i < p->n && !has_head(p, &p->c[i]); i++) {
        bool more = false;
        int32_t later = due_in(p, p->c[i].from, p->c[i].to, &more);
        x->due = more ? later : x->due;
        dated |= more;
    }
    x->dated = dated;
    x->open = str_starts(word_at(&p->k, head), STR("who"));
    x->quiet = (imperative && !p->written) || (need && !p->k.s->asks && !mark_at(&p->k, head, C_ASK));
    for (size_t i = ci + 1; imperative && i < p->n; i++)
        x->and_promise |= p->c[i].linked && mark_at(&p->k, p->c[i].from + 1, C_I | C_WE);
}

/* "you'll send me the file by Friday" */
static bool told(struct parse *p, size_t ci, size_t head, size_t len)
{
    struct clause *c = &p->c[ci];
    size_t verb = skip_fill(p, head + len, soft_fill);
    bool to_me = false, dated = false;
    size_t action = mark_at(&p->k, verb, C_ACTION);

    for (size_t i = verb; i < c->to && i < verb + 5; i++)
        to_me |= word_is(&p->k, i, from_us);
    due_in(p, c->from, c->to, &dated);
    if (!action || (!to_me && !dated) || mark_at(&p->k, head, C_GET))
        return false;
    request(p, ci, head, len, true, false);
    return true;
}

/* An object that is spoken of: "sign that", "bother you". */
static bool points(const struct parse *p, size_t i)
{
    static const char *const words[] = {"it", "that", "this", "you", "them", "those", "your", NULL};

    return word_is(&p->k, i, words);
}

static void refusal(struct parse *p, size_t ci, size_t head, size_t len, bool cannot)
{
    size_t verb = skip_fill(p, head + len, soft_fill);
    bool dated = false;
    struct act *x;

    due_in(p, p->c[ci].from, p->c[ci].to, &dated);
    if (reported(p, head) || p->k.s->asks || here(p, p->c[ci].from))
        return;
    if (!p->written && mark_at(&p->k, verb, C_HEREVERB) && !mark_at(&p->k, verb, C_ACTION))
        return;
    if (cannot ? mark_at(&p->k, verb, C_ACTION) <= mark_at(&p->k, verb, C_IDLE) && !points(p, verb + 1)
               : !acts_at(p, verb, dated) && (mark_at(&p->k, verb, C_IDLE) || !points(p, verb + 1)))
        return;
    if (p->c[ci].condition)
        return;
    x = act_add(p, ACT_NEGATED, 0, p->k.s->words_n);
    owner_set(p, x, str_starts(word_at(&p->k, head), STR("we")));
    x->shaky = cannot && !(points(p, verb + 1) && mark_at(&p->k, verb, C_ACTION) >= 1);
}

/* "I'll probably ...": a promise but for one word, whatever the verb. */
static bool softened(const struct parse *p, size_t head, size_t len)
{
    static const char *const words[] = {"probably", "likely", "possibly", "maybe", "hopefully", NULL};

    for (size_t i = head; i < head + len; i++)
        if (word_is(&p->k, i, words))
            return true;
    return false;
}

/* "I'd like to", "I was going to": of something done only with a day. */
static bool wishes(const struct parse *p, size_t head, size_t len)
{
    static const char *const words[] = {"like", "want", "rather", "wanna", "prefer", "love", "going", "meant", NULL};

    for (size_t i = head; i < head + len; i++)
        if (word_is(&p->k, i, words))
            return true;
    return false;
}

static void might(struct parse *p, size_t ci, size_t head, size_t len)
{
    size_t verb = skip_fill(p, head + len, fill);
    bool dated = false, bare = verb >= p->k.s->words_n && p->k.s->words_n <= SHORT_SENTENCE;
    struct act *x;

    due_in(p, p->c[ci].from, p->c[ci].to, &dated);
    if (str_ends(word_at(&p->k, head + len - 1), STR("would")) || str_ends(word_at(&p->k, head + len - 1), STR("'d"))) {
        bool condition = false;
        for (size_t i = 0; i < p->n; i++)
            condition |= p->c[i].condition;
        if (!condition)
            return;
    }
    if (wishes(p, head, len) && !dated) /* "I want to be clear" */
        return;
    /* "..., or at least I'll try" */
    bool trails = ci > 0 && verb >= p->k.s->words_n && p->out->n && p->out->v[p->out->n - 1].sentence == p->si;

    if (!bare && !trails && !acts_at(p, verb, dated) && !mark_at(&p->k, verb, C_ING) && !softened(p, head, len) &&
        !mark_at(&p->k, head, C_LETME) &&
        !(str_starts(word_at(&p->k, head), STR("let")) && mark_at(&p->k, head, C_MIGHT)))
        return;
    if (reported(p, head) || here(p, p->c[ci].from) || habit(p))
        return;
    x = act_add(p, ACT_HEDGED, 0, p->k.s->words_n);
    owner_set(p, x, str_starts(word_at(&p->k, head), STR("we")));
    x->shaky = (bare && !trails) || p->k.s->asks;
}

static void can(struct parse *p, size_t ci, size_t head, size_t len)
{
    struct clause *c = &p->c[ci];
    size_t verb = skip_fill(p, head + len, soft_fill);
    bool dated = false, hedge = hedged(p, ci, head + len);
    struct act *x;

    int32_t due = due_in(p, c->from, p->k.s->words_n, &dated);
    if (mark_at(&p->k, verb, C_ACTION) + hedge <= mark_at(&p->k, verb, C_IDLE) || reported(p, head) ||
        (here(p, c->from) || habit(p)))
        return;
    x = act_add(p, hedge ? ACT_HEDGED : ACT_OFFER, 0, p->k.s->words_n);
    owner_set(p, x, str_starts(word_at(&p->k, head), STR("we")));
    x->weak = !p->k.s->asks;
    x->due = due;
    x->dated = dated;
}

static void let_me(struct parse *p, size_t ci, size_t head, size_t len)
{
    bool dated = false;

    bool to_you = false;

    due_in(p, p->c[ci].from, p->c[ci].to, &dated);
    for (size_t i = head + len; i < p->c[ci].to; i++)
        to_you |= str_eq(word_at(&p->k, i), STR("you"));
    if (mark_at(&p->k, head, C_MIGHT) > len && !dated) {
        might(p, ci, head, mark_at(&p->k, head, C_MIGHT));
        return;
    }
    if (mark_at(&p->k, head, C_NEED)) {
        request(p, ci, head, mark_at(&p->k, head, C_NEED), true, true);
        return;
    }
    if ((!to_you && !dated) || (mark_at(&p->k, head + len, C_IDLE) >= mark_at(&p->k, head + len, C_ACTION) && !dated))
        return;
    promise(p, ci, head, len, str_eq(word_at(&p->k, head + 1), STR("us")));
}

/* "Anna will send it", "Anna's going to ...": somebody of the conversation. */
static bool named(struct parse *p, size_t ci, size_t i)
{
    static const char *const wills[] = {"will", "is", "shall", "wird", NULL};
    struct clause *c = &p->c[ci];
    int v = p->k.s->word[i].upper || (sentence_lower(p->k.s) && !mark_at(&p->k, i, C_ACTION | HEADS))
                ? discourse_named(p->k.d, word_at(&p->k, i))
                : VOICE_NONE;
    bool short_will = str_ends(word_at(&p->k, i), STR("'ll"));
    size_t verb = i + 1;
    bool dated = false, hedge;
    struct act *x;
    str name = word_at(&p->k, i);

    if (v == VOICE_NONE && short_will)
        v = discourse_named(p->k.d, str_sub(name, 0, name.n - 3));
    if (v == VOICE_NONE || v == p->k.s->voice)
        return false;
    if (!short_will) {
        if (!word_is(&p->k, verb, wills))
            return false;
        if (str_eq(word_at(&p->k, verb), STR("is"))) {
            if (!str_eq(word_at(&p->k, verb + 1), STR("going")) || !str_eq(word_at(&p->k, verb + 2), STR("to")))
                return false;
            verb += 2;
        }
        verb++;
    }
    verb = skip_fill(p, verb, soft_fill);
    int32_t due = due_in(p, c->from, p->k.s->words_n, &dated);
    if (!acts_at(p, verb, dated) || reported(p, i) || (here(p, 0) || habit(p)) || p->k.s->asks || c->condition)
        return false;
    hedge = hedged(p, ci, verb);
    if (discourse_side(p->k.d, v) != discourse_side(p->k.d, p->k.s->voice)) {
        x = act_add(p, ACT_REQUEST, 0, p->k.s->words_n);
    } else {
        x = act_add(p, hedge ? ACT_HEDGED : ACT_PROMISE, 0, p->k.s->words_n);
    }
    x->owner = v;
    x->due = due;
    x->dated = dated;
    return true;
}

/* "our legal team will send it", "engineering will": a team outside the call. */
static bool team(struct parse *p, size_t ci)
{
    static const char *const teams[] = {"team",      "department", "people",     "folks",       "guys",
                                        "office",    "support",    "legal",      "engineering", "finance",
                                        "marketing", "security",   "operations", "accounting",  NULL};
    struct clause *c = &p->c[ci];
    bool dated = false, hedge;
    size_t i = c->from + c->linked, verb;
    struct act *x;

    if (!str_eq(word_at(&p->k, i), STR("our")) && !str_eq(word_at(&p->k, i), STR("my")) &&
        !(str_eq(word_at(&p->k, i), STR("the")) && word_is(&p->k, i + 1, teams)) &&
        !(str_eq(word_at(&p->k, i), STR("someone")) || str_eq(word_at(&p->k, i), STR("somebody"))))
        return false;
    for (verb = i + 1; verb < c->to && verb < i + 7 && !str_eq(word_at(&p->k, verb), STR("will")); verb++) {
    }
    if (verb >= c->to || verb >= i + 7 ||
        !(word_is(&p->k, verb - 1, teams) || str_starts(word_at(&p->k, i), STR("some"))))
        return false;
    int32_t due = due_in(p, c->from, p->k.s->words_n, &dated);
    if (!mark_at(&p->k, skip_fill(p, verb + 1, soft_fill), C_ACTION) || reported(p, verb) || c->condition || habit(p))
        return false;
    hedge = hedged(p, ci, verb);
    x = act_add(p, hedge ? ACT_HEDGED : ACT_PROMISE, 0, p->k.s->words_n);
    x->team = true;
    x->due = due;
    x->dated = dated;
    return true;
}

/* "The data sheet follows on Thursday", "the invoice goes out tomorrow" */
static bool follows(struct parse *p, size_t ci)
{
    struct clause *c = &p->c[ci];
    static const char *const people[] = {"you", "he", "she", "they", "i", "we", "what", "who", NULL};
    bool dated = false, found = false;
    struct act *x;

    for (size_t i = c->from + 1; i < c->to && !found; i++)
        found = mark_at(&p->k, i, C_FOLLOWS) != 0;
    int32_t due = due_in(p, c->from, p->k.s->words_n, &dated);
    if (!found || !dated || p->k.s->asks || c->condition || word_is(&p->k, c->from + c->linked, people) ||
        has_head(p, c) || reported(p, c->from) || habit(p))
        return false;
    x = act_add(p, hedged(p, ci, c->to) ? ACT_HEDGED : ACT_PROMISE, 0, p->k.s->words_n);
    x->owner = p->k.s->voice;
    x->due = due;
    x->dated = dated;
    return true;
}

/* "I'm sending it tomorrow" */
static bool progressive(struct parse *p, size_t ci, size_t i)
{
    static const char *const ams[] = {"i'm", "we're", NULL};
    static const char *const subjects[] = {"i", "we", NULL};
    struct clause *c = &p->c[ci];
    bool we = str_starts(word_at(&p->k, i), STR("we")), dated = false;
    size_t verb = i + 1;
    struct act *x;

    if (word_is(&p->k, i, subjects) &&
        (str_eq(word_at(&p->k, i + 1), STR("am")) || str_eq(word_at(&p->k, i + 1), STR("are"))))
        verb = i + 2;
    else if (!word_is(&p->k, i, ams))
        return false;
    verb = skip_fill(p, verb, soft_fill);
    if (!mark_at(&p->k, verb, C_ING))
        return false;
    int32_t due = due_in(p, c->from, p->k.s->words_n, &dated);
    if (due == ACT_NO_DAY || reported(p, i) || p->k.s->asks || c->condition || (here(p, c->from) || habit(p)))
        return false;
    x = act_add(p, hedged(p, ci, verb) ? ACT_HEDGED : ACT_PROMISE, 0, p->k.s->words_n);
    owner_set(p, x, we);
    x->due = due;
    x->dated = true;
    return true;
}

/* "Ich schicke Ihnen", "Dann schicke ich": the present tense promises where a day or the receiver stands with it. */
static bool present(struct parse *p, size_t ci, size_t i)
{
    static const char *const is[] = {"ich", "wir", NULL};
    static const char *const receivers[] = {"ihnen", "dir", "euch", NULL};
    static const char *const nots[] = {"nicht", "kein", "keine", "keinen", NULL};
    struct clause *c = &p->c[ci];
    bool dated = false, to_you = false, no = false;
    size_t ich = SIZE_MAX;
    struct act *x;

    if (!mark_at(&p->k, i, C_PRESENT))
        return false;
    if (i > 0 && word_is(&p->k, i - 1, is))
        ich = i - 1;
    else if (word_is(&p->k, i + 1, is))
        ich = i + 1;
    if (ich == SIZE_MAX)
        return false;
    for (size_t k = c->from; k < c->to; k++) {
        to_you |= word_is(&p->k, k, receivers);
        no |= word_is(&p->k, k, nots);
    }
    int32_t due = due_in(p, c->from, p->k.s->words_n, &dated);
    if ((!dated && !to_you) || p->k.s->asks || c->condition || reported(p, i) || (here(p, 0) || habit(p)))
        return false;
    x = act_add(p, no ? ACT_NEGATED : hedged(p, ci, i) ? ACT_HEDGED : ACT_PROMISE, 0, p->k.s->words_n);
    owner_set(p, x, str_eq(word_at(&p->k, ich), STR("wir")));
    x->due = due;
    x->dated = dated;
    return true;
}

/* "Can Cleo send us the manual?" */
static bool asks_name(struct parse *p, size_t ci, size_t i)
{
    static const char *const cans[] = {"can", "could", "would", "will", NULL};
    struct clause *c = &p->c[ci];
    bool dated = false;
    struct act *x;
    int v;

    if (!p->k.s->asks || !word_is(&p->k, i, cans) || i + 2 >= p->k.s->words_n || !p->k.s->word[i + 1].upper)
        return false;
    v = discourse_named(p->k.d, word_at(&p->k, i + 1));
    if (v == VOICE_NONE || v == p->k.s->voice || !mark_at(&p->k, skip_fill(p, i + 2, soft_fill), C_ACTION))
        return false;
    x = act_add(p, ACT_REQUEST, 0, p->k.s->words_n);
    x->owner = v;
    x->due = due_in(p, c->from, p->k.s->words_n, &dated);
    x->dated = dated;
    return true;
}

/* ---- a sentence ---- */

static bool starts_clause(const struct parse *p, const struct clause *c, size_t i)
{
    size_t lead = 0;

    for (size_t k = c->from; k < i; k++)
        lead += !(word_is(&p->k, k, links) || word_is(&p->k, k, soft_fill) || mark_at(&p->k, k, C_YES | C_HEDGE) ||
                  (p->k.s->word[k].upper && discourse_named(p->k.d, word_at(&p->k, k)) != VOICE_NONE));
    return lead == 0;
}

static bool may_begin(const struct parse *p, const struct clause *c, size_t i)
{
    static const char *const before[] = {"think", "guess", "because",       "suppose", "believe", "afraid",
                                         "then",  "sorry", "unfortunately", "that",    "least",   NULL};

    return starts_clause(p, c, i) || (i > c->from && word_is(&p->k, i - 1, before));
}

/* Reads one head at word i; true: the clause is done. */
static bool head_read(struct parse *p, size_t ci, size_t i)
{
    const struct clause *c = &p->c[ci];
    size_t n;

    if (named(p, ci, i) || asks_name(p, ci, i) || progressive(p, ci, i) || present(p, ci, i))
        return true;
    if ((n = mark_at(&p->k, i, C_NEG)) && may_begin(p, c, i) && n >= mark_at(&p->k, i, C_MIGHT))
        return refusal(p, ci, i, n, false), true;
    if ((n = mark_at(&p->k, i, C_CANT)) && may_begin(p, c, i) && n >= mark_at(&p->k, i, C_MIGHT))
        return refusal(p, ci, i, n, true), true;
    if ((n = mark_at(&p->k, i, C_LETME)) && starts_clause(p, c, i) && !p->k.s->asks)
        return let_me(p, ci, i, n), true;
    if ((n = mark_at(&p->k, i, C_MIGHT)) && may_begin(p, c, i) &&
        n >= mark_at(&p->k, i, C_I | C_WE | C_CAN | C_NEED | C_OFFER))
        return might(p, ci, i, n), true;
    if ((n = mark_at(&p->k, i, C_NEED)) && starts_clause(p, c, i) && n >= mark_at(&p->k, i, C_I | C_WE))
        return request(p, ci, i, n, true, str_starts(word_at(&p->k, i), STR("g"))), true;
    if ((n = mark_at(&p->k, i, C_OFFER | C_PROPOSE)) && p->k.s->asks && starts_clause(p, c, i) &&
        n >= mark_at(&p->k, i, C_ASK)) {
        bool offer = mark_at(&p->k, i, C_OFFER) == n && !mark_at(&p->k, i, C_PROPOSE);
        bool dated = false;
        struct act *x;
        int32_t due = due_in(p, c->from, p->k.s->words_n, &dated);
        size_t verb = skip_fill(p, i + n, soft_fill);
        if (here(p, c->from) || (offer && !mark_at(&p->k, verb, C_ACTION)) || (!offer && !dated))
            return true;
        if (offer && mark_at(&p->k, verb, C_IDLE) >= mark_at(&p->k, verb, C_ACTION) && !dated)
            return true;
        x = act_add(p, offer ? ACT_OFFER : ACT_REQUEST, 0, p->k.s->words_n);
        x->due = due;
        x->dated = dated;
        if (offer)
            owner_set(p, x, false);
        else
            x->owner = addressed(p) != VOICE_NONE ? addressed(p) : only_other(p->k.d, p->k.s->voice);
        x->shaky = !offer;
        return true;
    }
    if ((n = mark_at(&p->k, i, C_GET)) && n >= mark_at(&p->k, i, C_ASK))
        return receives(p, ci, i, n);
    if ((n = mark_at(&p->k, i, C_ASK)) && starts_clause(p, c, i)) {
        if (mark_at(&p->k, i, C_YES) > n) /* please do */
            return false;
        if (str_starts(word_at(&p->k, i), STR("you'")) || str_starts(word_at(&p->k, i + 1), STR("will")) ||
            str_eq(word_at(&p->k, i + 1), STR("are")))
            return told(p, ci, i, n);
        return request(p, ci, i, n, false, false), true;
    }
    if ((n = mark_at(&p->k, i, C_I | C_WE))) {
        bool elliptic = str_starts(word_at(&p->k, i), STR("will"));
        if (elliptic && !starts_clause(p, c, i))
            return false;
        return promise(p, ci, i, n, !mark_at(&p->k, i, C_I)), true;
    }
    if ((n = mark_at(&p->k, i, C_CAN)) && may_begin(p, c, i))
        return can(p, ci, i, n), true;
    return false;
}

static void clause_read(struct parse *p, size_t ci)
{
    struct clause *c = &p->c[ci];

    if (c->condition)
        return;
    if (!p->k.s->asks && mark_at(&p->k, c->from + c->linked, C_ASKVERB) &&
        !mark_at(&p->k, c->from + c->linked, C_LETME | C_I) &&
        (ci == 0 || c->linked || vocative(p) != VOICE_NONE || mark_at(&p->k, p->c[ci - 1].from, C_ASK | C_YES))) {
        size_t at = c->from + c->linked, n = mark_at(&p->k, at, C_ASKVERB);
        static const char *const to_me[] = {"me", "us", "uns", "mir", NULL};
        bool mine = false, please = mark_in(&p->k, 0, p->k.s->words_n, C_ASK) &&
                                    (str_starts(word_at(&p->k, p->k.s->words_n - 1), STR("please")));
        bool strong = n > 1, dated = false;
        static const char *const strongs[] = {"send",   "forward", "email",    "mail", "introduce",
                                              "invite", "sign",    "schicken", NULL};
        for (size_t i = at; i < c->to && i < at + 5; i++)
            mine |= word_is(&p->k, i, to_me);
        due_in(p, c->from, c->to, &dated);
        if (!p->written && mark_at(&p->k, at, C_HEREVERB) >= (mine ? 2 : n))
            strong = mine = dated = false;
        if (strong || mine || please || (ci == 0 && (dated || word_is(&p->k, at, strongs)))) {
            request(p, ci, at, n, true, true);
            return;
        }
    }
    for (size_t i = c->from; i < c->to; i++)
        if (head_read(p, ci, i))
            return;
    if (team(p, ci))
        return;
    follows(p, ci);
}

/* "I promised to send it on Friday": says itself what was promised before. */
static bool restated(const struct parse *p)
{
    static const char *const said[] = {"promised", "said", "told", NULL};

    static const char *const you[] = {"you", "them", "that", NULL};

    for (size_t i = 0; i + 2 < p->k.s->words_n; i++) {
        size_t next = i + 2 + word_is(&p->k, i + 2, you);
        if (str_eq(word_at(&p->k, i), STR("i")) && word_is(&p->k, i + 1, said) &&
            (str_eq(word_at(&p->k, i + 1), STR("promised")) || str_starts(word_at(&p->k, next), STR("i'")) ||
             (str_eq(word_at(&p->k, next), STR("i")) && str_eq(word_at(&p->k, next + 1), STR("would")))))
            return true;
    }
    return false;
}

/* Most sentences are no act. Without one of these marks only those of a third person or team can be ("Anna will", "can Anna",
 * "our team will"), and what is said of a promise made before. */
static bool may_act(const struct marked *k)
{
    if (k->bits & (HEADS | C_CANCEL | C_ASKVERB | C_ING | C_PRESENT | C_FOLLOWS))
        return true;
    for (size_t i = 0; i < k->s->words_n; i++) {
        static const char *const words[] = {"will",  "going", "shall",    "wird", "can",
                                            "could", "would", "promised", "said", "told"};
        str w = k->s->token[i];
        if (w.n > 3 && str_ends(w, STR("'ll")))
            return true;
        for (size_t j = 0; w.n && j < sizeof words / sizeof *words; j++)
            if (*words[j] == *w.p && str_eq(w, str_of(words[j])))
                return true;
    }
    return false;
}

void acts_find(const struct discourse *d, size_t sentence, int32_t today, struct act_list *out)
{
    struct marked k;
    struct parse p;

    if (!d->s[sentence].words_n)
        return;
    marks_make(d, sentence, today, &k);
    if (!may_act(&k))
        return;
    p = (struct parse){.k = k, .si = sentence, .today = today, .out = out, .written = d->ia->kind != IA_CALL};
    p.late_verb = !str_eq(d->s[sentence].lang, STR("en"));
    clauses_make(&p);
    if (mark_in(&p.k, 0, p.k.s->words_n, C_JOKE))
        return;
    if (mark_in(&p.k, 0, p.k.s->words_n, C_CANCEL)) {
        struct act *x = act_add(&p, ACT_CANCEL, 0, p.k.s->words_n);
        x->owner = p.k.s->voice;
    }
    if (restated(&p)) {
        struct act *x = act_add(&p, ACT_CANCEL, 0, p.k.s->words_n);
        x->owner = p.k.s->voice;
        x->restated = true;
        return;
    }
    for (size_t i = 0; i < p.n; i++)
        clause_read(&p, i);
}

int32_t act_due(const struct discourse *d, size_t sentence, int32_t today, bool *out_dated)
{
    struct parse p = {.today = today};

    *out_dated = false;
    marks_make(d, sentence, today, &p.k);
    return due_in(&p, 0, d->s[sentence].words_n, out_dated);
}

int acts_version(str lang)
{
    const struct word_list *l = list_for("commit", lang);

    return l ? list_version(l) : 0;
}
