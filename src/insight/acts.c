#include "insight/acts_deeds.h"
#include "insight/acts_parse.h"
#include "insight/cues.h"

enum { SHORT_SENTENCE = 5 };

/* ---- acts ---- */

/* "..., they sit on the 26th": the day is theirs. */
static bool of_others(const struct parse *p, size_t ci)
{
    WORD_SET(others, "they", "he", "she");

    return word_is(&p->in.k, p->in.c[ci].from + p->in.c[ci].linked, &others);
}

static void promise(struct parse *p, size_t ci, size_t head, size_t len, bool we)
{
    WORD_SET(this, "this", "on");
    WORD_SET(lets, "have", "get", "ask");
    WORD_SET(somebody, "somebody", "someone");
    WORD_SET(places, "on", "at", "in", "there", "onsite", "ready");
    struct clause *c = &p->in.c[ci];
    size_t verb = act_skip_fill(p, head + len);
    bool dated = false, hedge;
    struct act *x;
    int32_t due = clause_due(&p->in, c->from, c->to, &dated);

    for (size_t i = 0; due == ACT_NO_DAY && i < ci; i++) /* "By Friday, I'll ..." */
        if (p->in.c[i].to == c->from && !clause_has_head(&p->in, &p->in.c[i]) && !p->in.c[i].condition)
            due = clause_due(&p->in, p->in.c[i].from, p->in.c[i].to, &dated);
    if (str_eq(word_at(&p->in.k, verb), STR("pass")) && (verb + 1 >= c->to || word_is(&p->in.k, verb + 1, &this)))
        return; /* "I'll pass this time" */
    for (size_t i = ci + 1;
         i < p->in.n && !clause_has_head(&p->in, &p->in.c[i]) && !p->in.c[i].condition && !of_others(p, i);
         i++) { /* "..., by Wednesday" */
        bool later = false;
        int32_t more = clause_due(&p->in, p->in.c[i].from, p->in.c[i].to, &later);
        due = later ? more : due;
        dated |= later;
    }
    hedge = clause_hedged(&p->in, ci, head + len);
    if (head > 0 && str_eq(word_at(&p->in.k, head - 1), STR("nor"))) { /* "neither Cleo nor I will" */
        x = act_add(p, ACT_NEGATED, 0, p->in.k.s->words_n);
        x->owner = VOICE_NONE;
        return;
    }
    if (verb >= c->to && verb >= p->in.k.s->words_n && len >= 2 && p->in.k.s->words_n <= SHORT_SENTENCE &&
        str_ends(word_at(&p->in.k, head + len - 1), STR("will"))) {
        x = act_add(p, hedge ? ACT_HEDGED : ACT_PROMISE, 0, p->in.k.s->words_n);
        x->answers = true;
        act_owner_set(p, x, we);
        return;
    }
    if (!act_verb_firm(p, verb, due != ACT_NO_DAY || dated) &&
        !(p->late_verb && mark_in(&p->in.k, verb, c->to, C_ACTION)))
        return;
    if (clause_habit(&p->in) || clause_reported(&p->in, head) || clause_when(&p->in, c->from, c->to, WHEN_PAST))
        return;
    if (clause_here(&p->in, c->from) && (due == ACT_NO_DAY || due == p->in.k.today))
        return;
    x = act_add(p, hedge ? ACT_HEDGED : ACT_PROMISE, 0, p->in.k.s->words_n);
    x->due = due;
    x->dated = dated;
    x->begin = c->from;
    act_owner_set(p, x, we);
    if (word_is(&p->in.k, verb, &lets) && word_is(&p->in.k, verb + 1, &somebody) &&
        !word_is(&p->in.k, verb + 2, &places)) { /* "have somebody call you" */
        x->owner = VOICE_NONE;
        x->team = true;
    }
    if (head > 1 && str_eq(word_at(&p->in.k, head - 1), STR("and")) && !p->in.k.s->word[head - 2].after &&
        act_on_side(p, discourse_named(p->in.k.d, word_at(&p->in.k, head - 2)))) { /* "Dan and I will" */
        x->owner = VOICE_NONE;
        x->team = true;
    }
    if (str_eq(word_at(&p->in.k, verb), STR("let")) &&
        discourse_named(p->in.k.d, word_at(&p->in.k, verb + 1)) != VOICE_NONE)
        x->owner = discourse_named(p->in.k.d, word_at(&p->in.k, verb + 1));
    if (p->in.k.s->asks) {
        x->kind = hedge ? ACT_HEDGED : ACT_OFFER;
        x->weak = false;
        x->shaky = true;
    }
}

/* "You'll have it on Friday", "you'll hear from me" */
static bool receives(struct parse *p, size_t ci, size_t head, size_t len)
{
    WORD_SET(ours_words, "our", "my");
    struct clause *c = &p->in.c[ci];
    bool dated = false, ours = false;
    struct act *x;
    int32_t due = clause_due(&p->in, c->from, c->to, &dated);
    size_t next = head + len;
    WORD_SET(not_got, "to", "used", "more", "better", "problems", "noticed", "full");
    WORD_SET(things, "it", "them", "that", "this", "the", "a", "an", "my", "our", "everything", "all");

    for (size_t i = ci + 1; i < p->in.n && !clause_has_head(&p->in, &p->in.c[i]) && !p->in.c[i].condition; i++)
        if (due == ACT_NO_DAY)
            due = clause_due(&p->in, p->in.c[i].from, p->in.c[i].to, &dated);
    for (size_t i = next; i + 1 < c->to; i++)
        ours |= str_eq(word_at(&p->in.k, i), STR("from")) && act_from_us(p, i + 1);
    if (!str_starts(word_at(&p->in.k, head), STR("you")) &&
        deed_has_done(&p->in, next - 2)) /* "he'll have it connected" */
        return false;
    if (word_is(&p->in.k, next, &not_got) || (!dated && !ours && !mark_in(&p->in.k, next, c->to, 0)))
        if (!ours && !(dated && !word_is(&p->in.k, next, &not_got))) {
            bool after = false;
            for (size_t i = next; i < c->to; i++)
                after |= str_eq(word_at(&p->in.k, i), STR("after")) || str_eq(word_at(&p->in.k, i), STR("before"));
            if (!after || !word_is(&p->in.k, next, &things) || word_is(&p->in.k, next, &not_got))
                return false;
        }
    if (str_ends(word_at(&p->in.k, next - 1), STR("hear")) && !ours && due == ACT_NO_DAY) /* "some noise" */
        return false;
    if (clause_habit(&p->in) || clause_reported(&p->in, head) || p->in.k.s->asks)
        return false;
    x = act_add(p, clause_hedged(&p->in, ci, next) ? ACT_HEDGED : ACT_PROMISE, 0, p->in.k.s->words_n);
    x->due = due;
    x->dated = dated;
    x->owner = p->in.k.s->voice;
    for (size_t i = next; i + 1 < c->to; i++)
        if (str_eq(word_at(&p->in.k, i), STR("from")) && word_is(&p->in.k, i + 1, &ours_words))
            x->owner = VOICE_NONE; /* "from our purchasing people" */
    return true;
}

static void refusal(struct parse *p, size_t ci, size_t head, size_t len, bool cannot)
{
    size_t verb = act_skip_fill(p, head + len);
    bool dated = false;
    struct act *x;

    clause_due(&p->in, p->in.c[ci].from, p->in.c[ci].to, &dated);
    if (clause_reported(&p->in, head) || p->in.k.s->asks || clause_here(&p->in, p->in.c[ci].from))
        return;
    if (!p->in.written && mark_at(&p->in.k, verb, C_HEREVERB) && !mark_at(&p->in.k, verb, C_ACTION))
        return;
    if (cannot ? mark_at(&p->in.k, verb, C_ACTION) <= mark_at(&p->in.k, verb, C_IDLE) && !act_points(p, verb + 1)
               : !act_verb(p, verb, dated) && (mark_at(&p->in.k, verb, C_IDLE) || !act_points(p, verb + 1)))
        return;
    if (p->in.c[ci].condition)
        return;
    x = act_add(p, ACT_NEGATED, 0, p->in.k.s->words_n);
    act_owner_set(p, x, str_starts(word_at(&p->in.k, head), STR("we")));
    x->shaky = cannot && !(act_points(p, verb + 1) && mark_at(&p->in.k, verb, C_ACTION) >= 1);
}

/* "I'll probably ...": a promise but for one word, whatever the verb. */
static bool softened(const struct parse *p, size_t head, size_t len)
{
    WORD_SET(words, "probably", "likely", "possibly", "maybe", "hopefully");

    for (size_t i = head; i < head + len; i++)
        if (word_is(&p->in.k, i, &words))
            return true;
    return false;
}

/* "I'd like to", "I was going to": of something done only with a day. */
static bool wishes(const struct parse *p, size_t head, size_t len)
{
    WORD_SET(words, "like", "want", "rather", "wanna", "prefer", "love", "going", "meant");

    for (size_t i = head; i < head + len; i++)
        if (word_is(&p->in.k, i, &words))
            return true;
    return false;
}

static void might(struct parse *p, size_t ci, size_t head, size_t len)
{
    size_t verb = act_skip_all_fill(p, head + len);
    bool dated = false, bare = verb >= p->in.k.s->words_n && p->in.k.s->words_n <= SHORT_SENTENCE;
    struct act *x;

    clause_due(&p->in, p->in.c[ci].from, p->in.c[ci].to, &dated);
    if (str_ends(word_at(&p->in.k, head + len - 1), STR("would")) ||
        str_ends(word_at(&p->in.k, head + len - 1), STR("'d"))) {
        bool condition = false;
        for (size_t i = 0; i < p->in.n; i++)
            condition |= p->in.c[i].condition;
        if (!condition)
            return;
    }
    if (wishes(p, head, len) && !dated) /* "I want to be clear" */
        return;
    /* "..., or at least I'll try" */
    bool trails = ci > 0 && verb >= p->in.k.s->words_n && p->out->n && p->out->v[p->out->n - 1].sentence == p->si;

    if (!bare && !trails &&
        !(str_eq(word_at(&p->in.k, verb - 1), STR("be")) ? act_verb : act_verb_firm)(p, verb, dated) &&
        !mark_at(&p->in.k, verb, C_ING) && !softened(p, head, len) && !mark_at(&p->in.k, head, C_LETME) &&
        !(str_starts(word_at(&p->in.k, head), STR("let")) && mark_at(&p->in.k, head, C_MIGHT)))
        return;
    if (clause_reported(&p->in, head) || clause_here(&p->in, p->in.c[ci].from) || clause_habit(&p->in))
        return;
    x = act_add(p, ACT_HEDGED, 0, p->in.k.s->words_n);
    act_owner_set(p, x, str_starts(word_at(&p->in.k, head), STR("we")));
    x->shaky = (bare && !trails) || p->in.k.s->asks;
}

static void can(struct parse *p, size_t ci, size_t head, size_t len)
{
    struct clause *c = &p->in.c[ci];
    size_t verb = act_skip_fill(p, head + len);
    bool dated = false, hedge = clause_hedged(&p->in, ci, head + len);
    struct act *x;

    int32_t due = clause_due(&p->in, c->from, p->in.k.s->words_n, &dated);
    if (mark_at(&p->in.k, verb, C_ACTION) + hedge <= mark_at(&p->in.k, verb, C_IDLE) || clause_reported(&p->in, head) ||
        (clause_here(&p->in, c->from) || clause_habit(&p->in)))
        return;
    x = act_add(p, hedge ? ACT_HEDGED : ACT_OFFER, 0, p->in.k.s->words_n);
    act_owner_set(p, x, str_starts(word_at(&p->in.k, head), STR("we")));
    x->weak = !p->in.k.s->asks;
    x->due = due;
    x->dated = dated;
}

static void let_me(struct parse *p, size_t ci, size_t head, size_t len)
{
    bool dated = false;

    bool to_you = false;

    clause_due(&p->in, p->in.c[ci].from, p->in.c[ci].to, &dated);
    for (size_t i = head + len; i < p->in.c[ci].to; i++)
        to_you |= str_eq(word_at(&p->in.k, i), STR("you"));
    if (mark_at(&p->in.k, head, C_MIGHT) > len && !dated) {
        might(p, ci, head, mark_at(&p->in.k, head, C_MIGHT));
        return;
    }
    if (mark_at(&p->in.k, head, C_NEED)) {
        act_request(p, ci, head, mark_at(&p->in.k, head, C_NEED), true, true);
        return;
    }
    if ((!to_you && !dated) ||
        (mark_at(&p->in.k, head + len, C_IDLE) >= mark_at(&p->in.k, head + len, C_ACTION) && !dated))
        return;
    promise(p, ci, head, len, str_eq(word_at(&p->in.k, head + 1), STR("us")));
}

/* Where the words of time of clause ci end: at the next clause that says something of its own. */
static size_t reach_of(const struct parse *p, size_t ci)
{
    size_t to = p->in.c[ci].to;

    for (size_t i = ci + 1; i < p->in.n; i++) {
        size_t at = p->in.c[i].from + p->in.c[i].linked;
        if (clause_has_head(&p->in, &p->in.c[i]) || str_ends(word_at(&p->in.k, at), STR("'ll")))
            break;
        to = p->in.c[i].to;
    }
    return to;
}

/* "The data sheet follows on Thursday", "the invoice goes out tomorrow" */
static bool follows(struct parse *p, size_t ci)
{
    struct clause *c = &p->in.c[ci];
    WORD_SET(people, "you", "he", "she", "they", "i", "we", "what", "who");
    bool dated = false, found = false;
    struct act *x;

    for (size_t i = c->from + 1; (p->in.k.bits & C_FOLLOWS) && i < c->to && !found; i++)
        found = mark_at(&p->in.k, i, C_FOLLOWS) != 0;
    if (!found)
        return false;
    int32_t due = clause_due(&p->in, c->from, p->in.k.s->words_n, &dated);
    if (!dated || p->in.k.s->asks || c->condition || word_is(&p->in.k, c->from + c->linked, &people) ||
        clause_has_head(&p->in, c) || clause_reported(&p->in, c->from) || clause_habit(&p->in))
        return false;
    x = act_add(p, clause_hedged(&p->in, ci, c->to) ? ACT_HEDGED : ACT_PROMISE, 0, p->in.k.s->words_n);
    x->owner = p->in.k.s->voice;
    x->due = due;
    x->dated = dated;
    return true;
}

/* "We're crediting your account": what is given stands for the day. */
static bool gives(const struct parse *p, size_t verb, size_t to)
{
    WORD_SET(money, "refunding", "crediting", "waiving", "reimbursing");
    WORD_SET(verbs, "crediting", "waiving", "refunding", "upgrading", "introducing", "replacing", "swapping",
             "extending", "reimbursing", "throwing", "rebooking", "reactivating", "opening", "adding", "moving",
             "ordering", "booking", "reserving", "blocking", "circulating", "lending", "gifting", "couriering",
             "shipping", "rebuilding", "redoing");
    WORD_SET(yours, "you", "your", "yours");
    WORD_SET(sure, "definitely", "certainly", "decided");
    bool found = false;

    if (p->in.k.s->asks)
        return false;
    for (size_t i = 0; i < verb; i++)
        if (word_is(&p->in.k, i, &sure))
            return true;
    if ((str_eq(word_at(&p->in.k, verb), STR("having")) && deed_has_done(&p->in, verb)) ||
        (str_eq(word_at(&p->in.k, verb), STR("passing")) && act_points(p, verb + 1)))
        return true; /* "I'm having it removed", "I'm passing it on" */
    for (size_t i = verb + 1; i < to; i++)
        found |= word_is(&p->in.k, i, &yours);
    return (found && word_is(&p->in.k, verb, &verbs)) ||
           (word_is(&p->in.k, verb, &money) && p->in.k.s->words_n > verb + 1);
}

/* "I'm sending it tomorrow" */
static bool progressive(struct parse *p, size_t ci, size_t i)
{
    WORD_SET(ams, "i'm", "we're");
    WORD_SET(subjects, "i", "we");
    WORD_SET(refused, "sending", "bringing", "coming", "joining", "attending", "doing", "booking", "ordering",
             "signing", "renewing", "buying", "paying", "giving", "delivering", "shipping", "visiting", "calling",
             "writing", "building", "moving", "switching", "installing", "presenting", "sharing", "changing",
             "offering", "making");
    struct clause *c = &p->in.c[ci];
    bool we = str_starts(word_at(&p->in.k, i), STR("we")), dated = false;
    size_t verb = i + 1;
    struct act *x;

    if (word_is(&p->in.k, i, &subjects) &&
        (str_eq(word_at(&p->in.k, i + 1), STR("am")) || str_eq(word_at(&p->in.k, i + 1), STR("are"))))
        verb = i + 2;
    else if (!word_is(&p->in.k, i, &ams))
        return false;
    if (str_eq(word_at(&p->in.k, verb), STR("not"))) { /* "I'm not signing that" */
        clause_due(&p->in, c->from, c->to, &dated);
        if (!deed_progressive(&p->in, verb + 1) ||
            (!dated && !act_points(p, verb + 2) && !word_is(&p->in.k, verb + 1, &refused)) ||
            clause_reported(&p->in, i) || p->in.k.s->asks || clause_habit(&p->in) || p->in.c[ci].condition ||
            clause_hedged(&p->in, ci, verb + 2))
            return false;
        x = act_add(p, ACT_NEGATED, 0, p->in.k.s->words_n);
        act_owner_set(p, x, we);
        return true;
    }
    verb = act_skip_fill(p, verb);
    if (!deed_progressive(&p->in, verb))
        return false;
    int32_t due = clause_due(&p->in, c->from, c->to, &dated);
    if (!dated)
        due = clause_due(&p->in, c->to, reach_of(p, ci), &dated);
    if ((due == ACT_NO_DAY && !gives(p, verb, c->to) && !(dated && act_points(p, verb + 1))) ||
        clause_reported(&p->in, i) || p->in.k.s->asks || c->condition ||
        (clause_here(&p->in, c->from) || clause_habit(&p->in)))
        return false;
    x = act_add(p, clause_hedged(&p->in, ci, verb) ? ACT_HEDGED : ACT_PROMISE, 0, p->in.k.s->words_n);
    act_owner_set(p, x, we);
    x->due = due;
    x->dated = true;
    return true;
}

/* "Ich schicke Ihnen", "Dann schicke ich": the present tense promises where a day or the receiver stands with it. */
static bool present(struct parse *p, size_t ci, size_t i)
{
    WORD_SET(is, "ich", "wir");
    WORD_SET(receivers, "ihnen", "dir", "euch");
    WORD_SET(nots, "nicht", "kein", "keine", "keinen");
    struct clause *c = &p->in.c[ci];
    bool dated = false, to_you = false, no = false;
    size_t ich = SIZE_MAX;
    struct act *x;

    if (!mark_at(&p->in.k, i, C_PRESENT))
        return false;
    if (i > 0 && word_is(&p->in.k, i - 1, &is))
        ich = i - 1;
    else if (word_is(&p->in.k, i + 1, &is))
        ich = i + 1;
    if (ich == SIZE_MAX)
        return false;
    for (size_t k = c->from; k < c->to; k++) {
        to_you |= word_is(&p->in.k, k, &receivers);
        no |= word_is(&p->in.k, k, &nots);
    }
    int32_t due = clause_due(&p->in, c->from, p->in.k.s->words_n, &dated);
    if ((!dated && !to_you) || p->in.k.s->asks || c->condition || clause_reported(&p->in, i) ||
        (clause_here(&p->in, 0) || clause_habit(&p->in)))
        return false;
    x = act_add(p, no ? ACT_NEGATED : clause_hedged(&p->in, ci, i) ? ACT_HEDGED : ACT_PROMISE, 0, p->in.k.s->words_n);
    act_owner_set(p, x, str_eq(word_at(&p->in.k, ich), STR("wir")));
    x->due = due;
    x->dated = dated;
    return true;
}

static void deed_add(struct parse *p, size_t ci, const struct deed *found)
{
    struct act *x = act_add(p, found->kind, 0, p->in.k.s->words_n);

    act_owner_set(p, x, found->we);
    x->due = found->due;
    x->dated = found->dated;
    x->begin = p->in.c[ci].from;
}

/* "Leave that one with me", "count us out": no request, whatever it looks like. */
static bool taken_on(struct parse *p, size_t ci)
{
    struct deed found;

    if (!deed_phrase(&p->in, ci, &found))
        return false;
    deed_add(p, ci, &found);
    return true;
}

/* Promises without a head. */
static void deed(struct parse *p, size_t ci)
{
    struct deed found;

    if (deed_read(&p->in, ci, &found))
        deed_add(p, ci, &found);
}

/* ---- a sentence ---- */

static bool may_begin(const struct parse *p, const struct clause *c, size_t i)
{
    WORD_SET(before, "think", "guess", "because", "suppose", "believe", "afraid", "then", "sorry", "unfortunately",
             "that", "least");

    return act_starts_clause(p, c, i) || (i > c->from && word_is(&p->in.k, i - 1, &before));
}

/* Can a head or a name with its verb stand at word i? By what costs little: most words are neither. */
static bool may_head(const struct parse *p, size_t i)
{
    WORD_SET(people, "i", "i'm", "we", "we're", "you", "you'll", "will", "would", "can", "could");
    WORD_SET(behind, "will", "is", "shall", "wird", "here"); /* "Anna will" */
    str w = p->in.k.s->token[i];

    return p->in.k.m[i].bits || word_is(&p->in.k, i, &people) || word_is(&p->in.k, i + 1, &behind) ||
           (w.n > 3 && (w.p[w.n - 2] == '\'' || w.p[w.n - 3] == '\'')); /* Anna'll, Anna's */
}

/* Reads one head at word i; true: the clause is done. */
static bool head_read(struct parse *p, size_t ci, size_t i)
{
    const struct clause *c = &p->in.c[ci];
    size_t n;

    if (!may_head(p, i))
        return false;
    if (act_named(p, ci, i) || act_asks_name(p, ci, i) || progressive(p, ci, i) || act_assigns(p, ci, i))
        return true;
    if (!p->in.k.m[i].bits) /* most words */
        return false;
    if (present(p, ci, i))
        return true;
    if ((n = mark_at(&p->in.k, i, C_NEG)) && may_begin(p, c, i) && n >= mark_at(&p->in.k, i, C_MIGHT))
        return refusal(p, ci, i, n, false), true;
    if ((n = mark_at(&p->in.k, i, C_CANT)) && may_begin(p, c, i) && n >= mark_at(&p->in.k, i, C_MIGHT))
        return refusal(p, ci, i, n, true), true;
    if ((n = mark_at(&p->in.k, i, C_LETME)) && act_starts_clause(p, c, i) && !p->in.k.s->asks)
        return let_me(p, ci, i, n), true;
    if ((n = mark_at(&p->in.k, i, C_MIGHT)) && may_begin(p, c, i) &&
        n >= mark_at(&p->in.k, i, C_I | C_WE | C_CAN | C_NEED | C_OFFER))
        return might(p, ci, i, n), true;
    if ((n = mark_at(&p->in.k, i, C_NEED)) && act_starts_clause(p, c, i) && n >= mark_at(&p->in.k, i, C_I | C_WE))
        return act_request(p, ci, i, n, true, str_starts(word_at(&p->in.k, i), STR("g"))), true;
    if ((n = mark_at(&p->in.k, i, C_OFFER | C_PROPOSE)) && p->in.k.s->asks && act_starts_clause(p, c, i) &&
        n >= mark_at(&p->in.k, i, C_ASK)) {
        bool offer = mark_at(&p->in.k, i, C_OFFER) == n && !mark_at(&p->in.k, i, C_PROPOSE);
        bool dated = false;
        struct act *x;
        int32_t due = clause_due(&p->in, c->from, p->in.k.s->words_n, &dated);
        size_t verb = act_skip_fill(p, i + n);
        if (clause_here(&p->in, c->from) || (offer && !mark_at(&p->in.k, verb, C_ACTION)) || (!offer && !dated))
            return true;
        if (offer && mark_at(&p->in.k, verb, C_IDLE) >= mark_at(&p->in.k, verb, C_ACTION) && !dated)
            return true;
        x = act_add(p, offer ? ACT_OFFER : ACT_REQUEST, 0, p->in.k.s->words_n);
        x->due = due;
        x->dated = dated;
        if (offer)
            act_owner_set(p, x, false);
        else
            x->owner = act_addressed(p) != VOICE_NONE ? act_addressed(p) : act_only_other(p->in.k.d, p->in.k.s->voice);
        x->shaky = !offer;
        return true;
    }
    if ((n = mark_at(&p->in.k, i, C_GET)) && n >= mark_at(&p->in.k, i, C_ASK))
        return receives(p, ci, i, n);
    if ((n = mark_at(&p->in.k, i, C_ASK)) && act_starts_clause(p, c, i)) {
        if (mark_at(&p->in.k, i, C_YES) > n) /* please do */
            return false;
        if (str_starts(word_at(&p->in.k, i), STR("you'")) || str_starts(word_at(&p->in.k, i + 1), STR("will")) ||
            str_eq(word_at(&p->in.k, i + 1), STR("are")))
            return act_told(p, ci, i, n);
        return act_request(p, ci, i, n, false, false), true;
    }
    if ((n = mark_at(&p->in.k, i, C_I | C_WE))) {
        bool elliptic = str_starts(word_at(&p->in.k, i), STR("will"));
        if (elliptic && !act_starts_clause(p, c, i))
            return false;
        return promise(p, ci, i, n, !mark_at(&p->in.k, i, C_I)), true;
    }
    if ((n = mark_at(&p->in.k, i, C_CAN)) && may_begin(p, c, i))
        return can(p, ci, i, n), true;
    return false;
}

/* "Will return the signed copy on Friday.", "am rebooking your containers", "Shipping you two tablets tomorrow." */
static bool elliptic(struct parse *p, size_t ci)
{
    WORD_SET(pronouns, "you", "he", "she", "it", "they", "that", "this", "there", "i", "we", "be", "the");
    WORD_SET(wills, "will", "gonna");
    struct clause *c = &p->in.c[ci];
    size_t i = c->from + c->linked, verb;
    bool dated = false, will = word_is(&p->in.k, i, &wills), am = str_eq(word_at(&p->in.k, i), STR("am"));
    int32_t due;
    struct act *x;

    if (!will && !am && !(p->in.written && str_ends(word_at(&p->in.k, i), STR("ing"))))
        return false;
    if (p->in.k.s->asks || !str_eq(p->in.k.s->lang, STR("en")) || c->condition || i + 2 >= c->to)
        return false;
    if (ci && (will || p->in.c[ci - 1].to - p->in.c[ci - 1].from > 3)) /* "my colleague Cleo, in copy, will host" */
        return false;
    verb = act_skip_fill(p, i + (will || am));
    due = clause_due(&p->in, c->from, p->in.k.s->words_n, &dated);
    if (will ? word_is(&p->in.k, verb, &pronouns) || !act_verb_firm(p, verb, dated)
             : !deed_progressive(&p->in, verb) || str_eq(word_at(&p->in.k, verb), STR("looking")) ||
                   !(am || due != ACT_NO_DAY))
        return false;
    if (clause_reported(&p->in, i) || clause_habit(&p->in) || clause_here(&p->in, c->from) ||
        clause_when(&p->in, c->from, p->in.k.s->words_n, WHEN_PAST))
        return false;
    x = act_add(p, clause_hedged(&p->in, ci, verb) ? ACT_HEDGED : ACT_PROMISE, 0, p->in.k.s->words_n);
    x->owner = p->in.k.s->voice;
    x->due = due;
    x->dated = dated;
    return true;
}

static void clause_read(struct parse *p, size_t ci)
{
    struct clause *c = &p->in.c[ci];
    size_t lead = c->from + c->linked;

    if (c->condition && act_asks_kindly(p, c))
        act_request(p, ci, c->from, mark_at(&p->in.k, c->from, C_ASK), true, false);
    if (c->condition || (p->deeds && taken_on(p, ci)))
        return;
    while (lead + 1 < c->to && str_eq(word_at(&p->in.k, lead), STR("just")))
        lead++;
    if ((!p->in.k.s->asks || act_tagged(p)) && mark_at(&p->in.k, lead, C_ASKVERB) &&
        !mark_at(&p->in.k, lead, C_LETME | C_I) &&
        (ci == 0 || c->linked || act_vocative(&p->in.k) != VOICE_NONE ||
         mark_at(&p->in.k, p->in.c[ci - 1].from, C_ASK | C_YES))) {
        size_t at = lead, n = mark_at(&p->in.k, at, C_ASKVERB);
        WORD_SET(to_me, "me", "us", "uns", "mir");
        WORD_SET(tills, "till", "until", "'til");
        bool mine = false, please = mark_in(&p->in.k, 0, p->in.k.s->words_n, C_ASK) &&
                                    (str_starts(word_at(&p->in.k, p->in.k.s->words_n - 1), STR("please")));
        bool strong = n > 1 || act_tagged(p), dated = false;
        if (str_eq(word_at(&p->in.k, at), STR("give")) && word_is(&p->in.k, at + 2, &tills))
            return; /* "give me till Monday and you have it" */
        if (str_eq(word_at(&p->in.k, at), STR("come")) && clause_when(&p->in, at, at + 2, WHEN_DUE))
            return deed(p, ci); /* "come Friday, ..." */
        WORD_SET(strongs, "send", "forward", "email", "mail", "introduce", "invite", "sign", "schicken");
        for (size_t i = at; i < c->to && i < at + 5; i++)
            mine |= word_is(&p->in.k, i, &to_me);
        int32_t day = clause_due(&p->in, c->from, c->to, &dated);
        if (!p->in.written && mark_at(&p->in.k, at, C_HEREVERB) >= (mine ? 2 : n) &&
            (day == ACT_NO_DAY || day == p->in.k.today))
            strong = mine = dated = false;
        if (strong || mine || please || (ci == 0 && (dated || word_is(&p->in.k, at, &strongs)))) {
            act_request(p, ci, at, n, true, true);
            return;
        }
    }
    for (size_t i = c->from; i < c->to; i++)
        if (head_read(p, ci, i))
            return;
    if (!act_team(p, ci) && !follows(p, ci) && !elliptic(p, ci) && p->deeds)
        deed(p, ci);
}

/* Most sentences are no act. Without one of these marks only those of a third person or team can be ("Anna will", "can Anna",
 * "our team will"), and what is said of a promise made before. */
static bool may_act(const struct marked *k)
{
    WORD_SET(wills, "will", "going", "shall", "wird", "gonna", "let's");
    WORD_SET(cans, "can", "could", "would");
    WORD_SET(said, "promised", "said", "told", "no");
    WORD_SET(nos, "no");
    const struct sentence *s = k->s;

    if (k->bits & (CLAUSE_HEADS | C_CANCEL | C_ASKVERB | C_ING | C_PRESENT | C_FOLLOWS))
        return true;
    if (s->wills || sentence_any(s, &wills) || (s->asks && sentence_any(s, &cans)))
        return true;
    for (size_t i = 1; sentence_any(s, &said) && i < s->words_n; i++)
        if (word_is(k, i, &nos) || (word_is(k, i, &said) && str_eq(s->token[i - 1], STR("i"))))
            return true;
    return false;
}

/* Has the sentence the word with a name before it, perhaps with "here" between? */
static bool named_before(const struct marked *k, const struct word_set *word)
{
    for (size_t i = 1; sentence_any(k->s, word) && i < k->s->words_n; i++)
        if (word_is(k, i, word) &&
            (discourse_named(k->d, k->s->token[i - 1]) != VOICE_NONE || str_eq(k->s->token[i - 1], STR("here"))))
            return true;
    return false;
}

/* Can a clause of it be an act? Of a sentence that may_act(), before the clauses are cut: this is what the rules of clauses need
 * at least. The others can only take back what was promised. */
static bool clauses_may(const struct marked *k, bool deeds)
{
    WORD_SET(heads, "will", "gonna", "going", "shall", "wird", "i'm", "we're");
    WORD_SET(cans, "can", "could", "would");
    WORD_SET(is, "is");
    WORD_SET(ams, "am", "are");
    WORD_SET(subjects, "i", "we");
    WORD_SET(you, "you", "you'll");
    WORD_SET(gives, "get", "give", "send", "bring", "find", "show");
    const struct sentence *s = k->s;

    if ((k->bits & (CLAUSE_HEADS | C_PRESENT | C_FOLLOWS)) || s->wills || sentence_any(s, &heads) ||
        (s->asks && sentence_any(s, &cans)) || k->d->ia->kind != IA_CALL || !str_eq(s->lang, STR("en")))
        return true;
    for (size_t i = 0; (k->bits & C_ASKVERB) && i < s->words_n; i++) /* where a clause may begin with it */
        if (mark_at(k, i, C_ASKVERB) &&
            (i == 0 || s->word[i - 1].after || clause_link_at(k, i - 1) || str_eq(s->token[i - 1], STR("just"))))
            return true;
    for (size_t i = 1; sentence_any(s, &ams) && i < s->words_n; i++)
        if (word_is(k, i, &ams) && word_is(k, i - 1, &subjects))
            return true;
    for (size_t i = 1; sentence_any(s, &you) && i < s->words_n; i++)
        if (word_is(k, i - 1, &you) && (mark_at(k, i, C_ACTION) || word_is(k, i, &gives)))
            return true;
    return named_before(k, &is) || (deeds && deed_clause_may(k));
}

/* Of a sentence that may be one. The parse is large and filled by who cuts the clauses. */
static void acts_read(const struct discourse *d, size_t sentence, const struct marked *k, bool deeds,
                      struct act_list *out)
{
    struct parse p __attribute__((uninitialized));
    size_t taken_back;

    p.si = sentence;
    p.out = out;
    p.late_verb = !str_eq(d->s[sentence].lang, STR("en"));
    p.deeds = deeds;
    p.in.k = *k;
    if (mark_in(k, 0, k->s->words_n, C_JOKE))
        return;
    taken_back = marked_takes_back(k);
    if (taken_back) {
        struct act *x = act_add(&p, ACT_CANCEL, 0, p.in.k.s->words_n);
        x->owner = p.in.k.s->voice;
        x->strong = taken_back > 1;
    }
    if (marked_restates(&p.in.k)) {
        struct act *x = act_add(&p, ACT_CANCEL, 0, p.in.k.s->words_n);
        x->owner = p.in.k.s->voice;
        x->restated = true;
        return;
    }
    if (!clauses_may(k, deeds))
        return;
    clauses_cut(k, &p.in);
    for (size_t i = 0; i < p.in.n; i++)
        clause_read(&p, i);
}

void acts_find(const struct discourse *d, size_t sentence, int32_t today, struct act_list *out)
{
    struct marked k;
    bool deeds;

    if (d->s[sentence].words_n < 2) /* "Yeah." */
        return;
    marks_make(d, sentence, today, &k);
    deeds = deed_may(&k);
    if (deeds || may_act(&k))
        acts_read(d, sentence, &k, deeds, out);
}

int32_t act_due(const struct discourse *d, size_t sentence, int32_t today, bool *out_dated)
{
    struct clauses in __attribute__((uninitialized));

    in.n = 0;
    *out_dated = false;
    marks_make(d, sentence, today, &in.k);
    return clause_due(&in, 0, d->s[sentence].words_n, out_dated);
}

int acts_version(str lang)
{
    const struct word_list *l = list_for("commit", lang);

    return l ? list_version(l) : 0;
}
