#include "insight/clauses.h"

enum { SHORT_SENTENCE = 5 };

struct parse {
    struct clauses in; /* the sentence */
    bool late_verb; /* German and the like: the verb stands at the end */
    size_t si;
    struct act_list *out;
};

WORD_SET(fill, "also", "just", "then", "definitely", "certainly", "personally", "gladly", "still", "now", "simply",
         "only", "both", "all", "of", "course", "happily", "quickly", "first", "surely", "absolutely", "be", "able",
         "to", "go", "ahead", "and", "have", "please", "kindly", "maybe", "perhaps", "possibly", "actually",
         "immediately", "uh", "um", "uhm", "er", "erm", "gerne", "gern", "dann", "noch", "auch", "ihnen", "dir", "euch",
         "vous", "te", "le", "les", "uns", "mir", "einfach", "bitte", "sofort", "you", "us", "me");
WORD_SET(soft_fill, "also", "just", "then", "definitely", "certainly", "personally", "gladly", "still", "now", "simply",
         "only", "happily", "quickly", "first", "surely", "absolutely", "please", "kindly", "maybe", "perhaps",
         "possibly", "actually", "immediately", "probably", "ideally", "hopefully", "both", "all", "uh", "um", "uhm",
         "er", "erm");

/* ---- acts ---- */

static struct act *act_add(struct parse *p, enum act_kind kind, size_t from, size_t to)
{
    struct act x = {.kind = kind, .sentence = p->si, .from = from, .to = to, .owner = VOICE_NONE, .due = ACT_NO_DAY};

    ARENA_PUSH(p->in.k.d->a, p->out->v, p->out->n, p->out->cap) = x;
    return &p->out->v[p->out->n - 1];
}

static void owner_set(const struct parse *p, struct act *x, bool we)
{
    int voice = p->in.k.s->voice;

    x->owner = voice;
    if (we && (voice == VOICE_NONE || discourse_side_count(p->in.k.d, discourse_side(p->in.k.d, voice)) > 1)) {
        if (discourse_side(p->in.k.d, voice) != IA_SIDE_UNKNOWN || p->in.k.d->voices_n > 2) {
            x->owner = VOICE_NONE;
            x->team = true;
        }
    }
}

static size_t skip_fill(const struct parse *p, size_t i, struct word_set *words)
{
    while (i < p->in.k.s->words_n && word_is(&p->in.k, i, words))
        i++;
    return i;
}

/* The verb behind a head: is it an act? Longest entry wins; "be there" is one, "be honest" is none. */
static bool acts_at(const struct parse *p, size_t i, bool dated)
{
    size_t action = mark_at(&p->in.k, i, C_ACTION), idle = mark_at(&p->in.k, i, C_IDLE);

    if (i >= p->in.k.s->words_n)
        return false;
    if (action || idle)
        return action > idle || (action == idle && dated);
    return dated;
}

static void promise(struct parse *p, size_t ci, size_t head, size_t len, bool we)
{
    struct clause *c = &p->in.c[ci];
    size_t verb = skip_fill(p, head + len, &soft_fill);
    bool dated = false, hedge;
    struct act *x;
    int32_t due = clause_due(&p->in, c->from, c->to, &dated);

    for (size_t i = 0; due == ACT_NO_DAY && i < ci; i++) /* "By Friday, I'll ..." */
        if (p->in.c[i].to == c->from && !clause_has_head(&p->in, &p->in.c[i]) && !p->in.c[i].condition)
            due = clause_due(&p->in, p->in.c[i].from, p->in.c[i].to, &dated);
    for (size_t i = ci + 1; i < p->in.n && !clause_has_head(&p->in, &p->in.c[i]) && !p->in.c[i].condition;
         i++) { /* "..., by Wednesday" */
        bool later = false;
        int32_t more = clause_due(&p->in, p->in.c[i].from, p->in.c[i].to, &later);
        due = later ? more : due;
        dated |= later;
    }
    hedge = clause_hedged(&p->in, ci, head + len);
    if (verb >= c->to && verb >= p->in.k.s->words_n && len >= 2 && p->in.k.s->words_n <= SHORT_SENTENCE &&
        str_ends(word_at(&p->in.k, head + len - 1), STR("will"))) {
        x = act_add(p, hedge ? ACT_HEDGED : ACT_PROMISE, 0, p->in.k.s->words_n);
        x->answers = true;
        owner_set(p, x, we);
        return;
    }
    if (!acts_at(p, verb, due != ACT_NO_DAY || dated) && !(p->late_verb && mark_in(&p->in.k, verb, c->to, C_ACTION)))
        return;
    if (clause_habit(&p->in) || clause_reported(&p->in, head) || clause_when(&p->in, c->from, c->to, WHEN_PAST))
        return;
    if (clause_here(&p->in, c->from) && (due == ACT_NO_DAY || due == p->in.k.today))
        return;
    x = act_add(p, hedge ? ACT_HEDGED : ACT_PROMISE, 0, p->in.k.s->words_n);
    x->due = due;
    x->dated = dated;
    x->begin = c->from;
    owner_set(p, x, we);
    if (head > 1 && str_eq(word_at(&p->in.k, head - 1), STR("and")) && !p->in.k.s->word[head - 2].after &&
        discourse_named(p->in.k.d, word_at(&p->in.k, head - 2)) != VOICE_NONE) { /* "Dan and I will" */
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

WORD_SET(from_us, "me", "us", "mir", "uns", "moi");

/* "You'll have it on Friday", "you'll hear from me" */
static bool receives(struct parse *p, size_t ci, size_t head, size_t len)
{
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
        ours |= str_eq(word_at(&p->in.k, i), STR("from")) && word_is(&p->in.k, i + 1, &from_us);
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
    return true;
}

/* The name that is addressed in a sentence: "Anna, could you", "could you, Anna?" */
static int vocative(const struct marked *k)
{
    const struct sentence *s = k->s;
    int found = VOICE_NONE;

    for (size_t i = 0; i < s->words_n; i++) {
        int v;
        bool alone =
            (i == 0 || s->word[i - 1].after || clause_link_at(k, i - 1)) && (i + 1 == s->words_n || s->word[i].after);
        if (!s->word[i].upper || (!alone && !(i == 0 && mark_at(k, 1, C_ASK | C_NEED))))
            continue;
        v = discourse_named(k->d, s->token[i]);
        if (v != VOICE_NONE && v != s->voice)
            found = v;
    }
    return found;
}

/* Who was addressed last in this turn before the sentence. */
static int addressed(const struct parse *p)
{
    const struct discourse *d = p->in.k.d;
    int v = vocative(&p->in.k);

    for (size_t i = p->si; v == VOICE_NONE && i-- > 0 && d->s[i].floor == p->in.k.s->floor;) {
        struct marked k;
        marks_make(d, i, ACT_NO_DAY, &k);
        v = vocative(&k);
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
    struct clause *c = &p->in.c[ci];
    size_t verb = skip_fill(p, head + len, &soft_fill);
    bool dated = false;
    struct act *x;

    if (!need && !imperative) {
        size_t inside = p->in.written ? 0 : mark_at(&p->in.k, verb, C_HEREVERB),
               action = mark_at(&p->in.k, verb, C_ACTION | C_ASKVERB);
        bool when = clause_when(&p->in, verb, c->to, WHEN_DUE);
        if (p->late_verb && !action && mark_in(&p->in.k, verb, p->in.k.s->words_n, C_ACTION))
            action = 1;
        if (verb >= c->to || inside > action || (inside && inside == action && !when) ||
            (!inside && !action && !when && !p->in.k.s->asks))
            return;
    }
    if (clause_here(&p->in, c->from) || clause_reported(&p->in, head))
        return;
    x = act_add(p, ACT_REQUEST, 0, p->in.k.s->words_n);
    x->owner = addressed(p);
    if (x->owner == VOICE_NONE)
        x->owner = only_other(p->in.k.d, p->in.k.s->voice);
    x->due = clause_due(&p->in, c->from, c->to, &dated);
    for (size_t i = ci + 1; i < p->in.n && !clause_has_head(&p->in, &p->in.c[i]); i++) {
        bool more = false;
        int32_t later = clause_due(&p->in, p->in.c[i].from, p->in.c[i].to, &more);
        x->due = more ? later : x->due;
        dated |= more;
    }
    x->dated = dated;
    x->open = str_starts(word_at(&p->in.k, head), STR("who"));
    x->quiet = (imperative && !p->in.written) || (need && !p->in.k.s->asks && !mark_at(&p->in.k, head, C_ASK));
    for (size_t i = ci + 1; imperative && i < p->in.n; i++)
        x->and_promise |= p->in.c[i].linked && mark_at(&p->in.k, p->in.c[i].from + 1, C_I | C_WE);
}

/* "you'll send me the file by Friday" */
static bool told(struct parse *p, size_t ci, size_t head, size_t len)
{
    struct clause *c = &p->in.c[ci];
    size_t verb = skip_fill(p, head + len, &soft_fill);
    bool to_me = false, dated = false;
    size_t action = mark_at(&p->in.k, verb, C_ACTION);

    for (size_t i = verb; i < c->to && i < verb + 5; i++)
        to_me |= word_is(&p->in.k, i, &from_us);
    clause_due(&p->in, c->from, c->to, &dated);
    if (!action || (!to_me && !dated) || mark_at(&p->in.k, head, C_GET))
        return false;
    request(p, ci, head, len, true, false);
    return true;
}

/* An object that is spoken of: "sign that", "bother you". */
static bool points(const struct parse *p, size_t i)
{
    WORD_SET(words, "it", "that", "this", "you", "them", "those", "your");

    return word_is(&p->in.k, i, &words);
}

static void refusal(struct parse *p, size_t ci, size_t head, size_t len, bool cannot)
{
    size_t verb = skip_fill(p, head + len, &soft_fill);
    bool dated = false;
    struct act *x;

    clause_due(&p->in, p->in.c[ci].from, p->in.c[ci].to, &dated);
    if (clause_reported(&p->in, head) || p->in.k.s->asks || clause_here(&p->in, p->in.c[ci].from))
        return;
    if (!p->in.written && mark_at(&p->in.k, verb, C_HEREVERB) && !mark_at(&p->in.k, verb, C_ACTION))
        return;
    if (cannot ? mark_at(&p->in.k, verb, C_ACTION) <= mark_at(&p->in.k, verb, C_IDLE) && !points(p, verb + 1)
               : !acts_at(p, verb, dated) && (mark_at(&p->in.k, verb, C_IDLE) || !points(p, verb + 1)))
        return;
    if (p->in.c[ci].condition)
        return;
    x = act_add(p, ACT_NEGATED, 0, p->in.k.s->words_n);
    owner_set(p, x, str_starts(word_at(&p->in.k, head), STR("we")));
    x->shaky = cannot && !(points(p, verb + 1) && mark_at(&p->in.k, verb, C_ACTION) >= 1);
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
    size_t verb = skip_fill(p, head + len, &fill);
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

    if (!bare && !trails && !acts_at(p, verb, dated) && !mark_at(&p->in.k, verb, C_ING) && !softened(p, head, len) &&
        !mark_at(&p->in.k, head, C_LETME) &&
        !(str_starts(word_at(&p->in.k, head), STR("let")) && mark_at(&p->in.k, head, C_MIGHT)))
        return;
    if (clause_reported(&p->in, head) || clause_here(&p->in, p->in.c[ci].from) || clause_habit(&p->in))
        return;
    x = act_add(p, ACT_HEDGED, 0, p->in.k.s->words_n);
    owner_set(p, x, str_starts(word_at(&p->in.k, head), STR("we")));
    x->shaky = (bare && !trails) || p->in.k.s->asks;
}

static void can(struct parse *p, size_t ci, size_t head, size_t len)
{
    struct clause *c = &p->in.c[ci];
    size_t verb = skip_fill(p, head + len, &soft_fill);
    bool dated = false, hedge = clause_hedged(&p->in, ci, head + len);
    struct act *x;

    int32_t due = clause_due(&p->in, c->from, p->in.k.s->words_n, &dated);
    if (mark_at(&p->in.k, verb, C_ACTION) + hedge <= mark_at(&p->in.k, verb, C_IDLE) || clause_reported(&p->in, head) ||
        (clause_here(&p->in, c->from) || clause_habit(&p->in)))
        return;
    x = act_add(p, hedge ? ACT_HEDGED : ACT_OFFER, 0, p->in.k.s->words_n);
    owner_set(p, x, str_starts(word_at(&p->in.k, head), STR("we")));
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
        request(p, ci, head, mark_at(&p->in.k, head, C_NEED), true, true);
        return;
    }
    if ((!to_you && !dated) ||
        (mark_at(&p->in.k, head + len, C_IDLE) >= mark_at(&p->in.k, head + len, C_ACTION) && !dated))
        return;
    promise(p, ci, head, len, str_eq(word_at(&p->in.k, head + 1), STR("us")));
}

/* "Anna will send it", "Anna's going to ...": somebody of the conversation. */
static bool named(struct parse *p, size_t ci, size_t i)
{
    WORD_SET(wills, "will", "is", "shall", "wird");
    struct clause *c = &p->in.c[ci];
    bool short_will = str_ends(word_at(&p->in.k, i), STR("'ll"));
    int v;
    size_t verb = i + 1;
    bool dated = false, hedge;
    struct act *x;
    str name = word_at(&p->in.k, i);

    if (!short_will && !word_is(&p->in.k, verb, &wills))
        return false;
    v = p->in.k.s->word[i].upper || (sentence_lower(p->in.k.s) && !mark_at(&p->in.k, i, C_ACTION | CLAUSE_HEADS))
            ? discourse_named(p->in.k.d, word_at(&p->in.k, i))
            : VOICE_NONE;
    if (v == VOICE_NONE && short_will)
        v = discourse_named(p->in.k.d, str_sub(name, 0, name.n - 3));
    if (v == VOICE_NONE || v == p->in.k.s->voice)
        return false;
    if (!short_will) {
        if (str_eq(word_at(&p->in.k, verb), STR("is"))) {
            if (!str_eq(word_at(&p->in.k, verb + 1), STR("going")) || !str_eq(word_at(&p->in.k, verb + 2), STR("to")))
                return false;
            verb += 2;
        }
        verb++;
    }
    verb = skip_fill(p, verb, &soft_fill);
    int32_t due = clause_due(&p->in, c->from, p->in.k.s->words_n, &dated);
    if (!acts_at(p, verb, dated) || clause_reported(&p->in, i) || (clause_here(&p->in, 0) || clause_habit(&p->in)) ||
        p->in.k.s->asks || c->condition)
        return false;
    hedge = clause_hedged(&p->in, ci, verb);
    if (discourse_side(p->in.k.d, v) != discourse_side(p->in.k.d, p->in.k.s->voice)) {
        x = act_add(p, ACT_REQUEST, 0, p->in.k.s->words_n);
    } else {
        x = act_add(p, hedge ? ACT_HEDGED : ACT_PROMISE, 0, p->in.k.s->words_n);
    }
    x->owner = v;
    x->due = due;
    x->dated = dated;
    return true;
}

/* "our legal team will send it", "engineering will": a team outside the call. */
static bool team(struct parse *p, size_t ci)
{
    WORD_SET(teams, "team", "department", "people", "folks", "guys", "office", "support", "legal", "engineering",
             "finance", "marketing", "security", "operations", "accounting");
    struct clause *c = &p->in.c[ci];
    bool dated = false, hedge;
    size_t i = c->from + c->linked, verb;
    struct act *x;

    if (!str_eq(word_at(&p->in.k, i), STR("our")) && !str_eq(word_at(&p->in.k, i), STR("my")) &&
        !(str_eq(word_at(&p->in.k, i), STR("the")) && word_is(&p->in.k, i + 1, &teams)) &&
        !(str_eq(word_at(&p->in.k, i), STR("someone")) || str_eq(word_at(&p->in.k, i), STR("somebody"))))
        return false;
    for (verb = i + 1; verb < c->to && verb < i + 7 && !str_eq(word_at(&p->in.k, verb), STR("will")); verb++) {
    }
    if (verb >= c->to || verb >= i + 7 ||
        !(word_is(&p->in.k, verb - 1, &teams) || str_starts(word_at(&p->in.k, i), STR("some"))))
        return false;
    int32_t due = clause_due(&p->in, c->from, p->in.k.s->words_n, &dated);
    if (!mark_at(&p->in.k, skip_fill(p, verb + 1, &soft_fill), C_ACTION) || clause_reported(&p->in, verb) ||
        c->condition || clause_habit(&p->in))
        return false;
    hedge = clause_hedged(&p->in, ci, verb);
    x = act_add(p, hedge ? ACT_HEDGED : ACT_PROMISE, 0, p->in.k.s->words_n);
    x->team = true;
    x->due = due;
    x->dated = dated;
    return true;
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

/* "I'm sending it tomorrow" */
static bool progressive(struct parse *p, size_t ci, size_t i)
{
    WORD_SET(ams, "i'm", "we're");
    WORD_SET(subjects, "i", "we");
    struct clause *c = &p->in.c[ci];
    bool we = str_starts(word_at(&p->in.k, i), STR("we")), dated = false;
    size_t verb = i + 1;
    struct act *x;

    if (word_is(&p->in.k, i, &subjects) &&
        (str_eq(word_at(&p->in.k, i + 1), STR("am")) || str_eq(word_at(&p->in.k, i + 1), STR("are"))))
        verb = i + 2;
    else if (!word_is(&p->in.k, i, &ams))
        return false;
    verb = skip_fill(p, verb, &soft_fill);
    if (!mark_at(&p->in.k, verb, C_ING))
        return false;
    int32_t due = clause_due(&p->in, c->from, p->in.k.s->words_n, &dated);
    if (due == ACT_NO_DAY || clause_reported(&p->in, i) || p->in.k.s->asks || c->condition ||
        (clause_here(&p->in, c->from) || clause_habit(&p->in)))
        return false;
    x = act_add(p, clause_hedged(&p->in, ci, verb) ? ACT_HEDGED : ACT_PROMISE, 0, p->in.k.s->words_n);
    owner_set(p, x, we);
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
    owner_set(p, x, str_eq(word_at(&p->in.k, ich), STR("wir")));
    x->due = due;
    x->dated = dated;
    return true;
}

/* "Can Cleo send us the manual?" */
static bool asks_name(struct parse *p, size_t ci, size_t i)
{
    WORD_SET(cans, "can", "could", "would", "will");
    struct clause *c = &p->in.c[ci];
    bool dated = false;
    struct act *x;
    int v;

    if (!p->in.k.s->asks || !word_is(&p->in.k, i, &cans) || i + 2 >= p->in.k.s->words_n ||
        !p->in.k.s->word[i + 1].upper)
        return false;
    v = discourse_named(p->in.k.d, word_at(&p->in.k, i + 1));
    if (v == VOICE_NONE || v == p->in.k.s->voice || !mark_at(&p->in.k, skip_fill(p, i + 2, &soft_fill), C_ACTION))
        return false;
    x = act_add(p, ACT_REQUEST, 0, p->in.k.s->words_n);
    x->owner = v;
    x->due = clause_due(&p->in, c->from, p->in.k.s->words_n, &dated);
    x->dated = dated;
    return true;
}

/* ---- a sentence ---- */

static bool starts_clause(const struct parse *p, const struct clause *c, size_t i)
{
    for (size_t k = c->from; k < i; k++)
        if (!(clause_link_at(&p->in.k, k) || word_is(&p->in.k, k, &soft_fill) ||
              mark_at(&p->in.k, k, C_YES | C_HEDGE) ||
              (p->in.k.s->word[k].upper && discourse_named(p->in.k.d, word_at(&p->in.k, k)) != VOICE_NONE)))
            return false;
    return true;
}

static bool may_begin(const struct parse *p, const struct clause *c, size_t i)
{
    WORD_SET(before, "think", "guess", "because", "suppose", "believe", "afraid", "then", "sorry", "unfortunately",
             "that", "least");

    return starts_clause(p, c, i) || (i > c->from && word_is(&p->in.k, i - 1, &before));
}

/* Reads one head at word i; true: the clause is done. */
static bool head_read(struct parse *p, size_t ci, size_t i)
{
    const struct clause *c = &p->in.c[ci];
    size_t n;

    if (named(p, ci, i) || asks_name(p, ci, i) || progressive(p, ci, i))
        return true;
    if (!p->in.k.m[i].bits) /* most words */
        return false;
    if (present(p, ci, i))
        return true;
    if ((n = mark_at(&p->in.k, i, C_NEG)) && may_begin(p, c, i) && n >= mark_at(&p->in.k, i, C_MIGHT))
        return refusal(p, ci, i, n, false), true;
    if ((n = mark_at(&p->in.k, i, C_CANT)) && may_begin(p, c, i) && n >= mark_at(&p->in.k, i, C_MIGHT))
        return refusal(p, ci, i, n, true), true;
    if ((n = mark_at(&p->in.k, i, C_LETME)) && starts_clause(p, c, i) && !p->in.k.s->asks)
        return let_me(p, ci, i, n), true;
    if ((n = mark_at(&p->in.k, i, C_MIGHT)) && may_begin(p, c, i) &&
        n >= mark_at(&p->in.k, i, C_I | C_WE | C_CAN | C_NEED | C_OFFER))
        return might(p, ci, i, n), true;
    if ((n = mark_at(&p->in.k, i, C_NEED)) && starts_clause(p, c, i) && n >= mark_at(&p->in.k, i, C_I | C_WE))
        return request(p, ci, i, n, true, str_starts(word_at(&p->in.k, i), STR("g"))), true;
    if ((n = mark_at(&p->in.k, i, C_OFFER | C_PROPOSE)) && p->in.k.s->asks && starts_clause(p, c, i) &&
        n >= mark_at(&p->in.k, i, C_ASK)) {
        bool offer = mark_at(&p->in.k, i, C_OFFER) == n && !mark_at(&p->in.k, i, C_PROPOSE);
        bool dated = false;
        struct act *x;
        int32_t due = clause_due(&p->in, c->from, p->in.k.s->words_n, &dated);
        size_t verb = skip_fill(p, i + n, &soft_fill);
        if (clause_here(&p->in, c->from) || (offer && !mark_at(&p->in.k, verb, C_ACTION)) || (!offer && !dated))
            return true;
        if (offer && mark_at(&p->in.k, verb, C_IDLE) >= mark_at(&p->in.k, verb, C_ACTION) && !dated)
            return true;
        x = act_add(p, offer ? ACT_OFFER : ACT_REQUEST, 0, p->in.k.s->words_n);
        x->due = due;
        x->dated = dated;
        if (offer)
            owner_set(p, x, false);
        else
            x->owner = addressed(p) != VOICE_NONE ? addressed(p) : only_other(p->in.k.d, p->in.k.s->voice);
        x->shaky = !offer;
        return true;
    }
    if ((n = mark_at(&p->in.k, i, C_GET)) && n >= mark_at(&p->in.k, i, C_ASK))
        return receives(p, ci, i, n);
    if ((n = mark_at(&p->in.k, i, C_ASK)) && starts_clause(p, c, i)) {
        if (mark_at(&p->in.k, i, C_YES) > n) /* please do */
            return false;
        if (str_starts(word_at(&p->in.k, i), STR("you'")) || str_starts(word_at(&p->in.k, i + 1), STR("will")) ||
            str_eq(word_at(&p->in.k, i + 1), STR("are")))
            return told(p, ci, i, n);
        return request(p, ci, i, n, false, false), true;
    }
    if ((n = mark_at(&p->in.k, i, C_I | C_WE))) {
        bool elliptic = str_starts(word_at(&p->in.k, i), STR("will"));
        if (elliptic && !starts_clause(p, c, i))
            return false;
        return promise(p, ci, i, n, !mark_at(&p->in.k, i, C_I)), true;
    }
    if ((n = mark_at(&p->in.k, i, C_CAN)) && may_begin(p, c, i))
        return can(p, ci, i, n), true;
    return false;
}

static void clause_read(struct parse *p, size_t ci)
{
    struct clause *c = &p->in.c[ci];

    if (c->condition)
        return;
    if (!p->in.k.s->asks && mark_at(&p->in.k, c->from + c->linked, C_ASKVERB) &&
        !mark_at(&p->in.k, c->from + c->linked, C_LETME | C_I) &&
        (ci == 0 || c->linked || vocative(&p->in.k) != VOICE_NONE ||
         mark_at(&p->in.k, p->in.c[ci - 1].from, C_ASK | C_YES))) {
        size_t at = c->from + c->linked, n = mark_at(&p->in.k, at, C_ASKVERB);
        WORD_SET(to_me, "me", "us", "uns", "mir");
        bool mine = false, please = mark_in(&p->in.k, 0, p->in.k.s->words_n, C_ASK) &&
                                    (str_starts(word_at(&p->in.k, p->in.k.s->words_n - 1), STR("please")));
        bool strong = n > 1, dated = false;
        WORD_SET(strongs, "send", "forward", "email", "mail", "introduce", "invite", "sign", "schicken");
        for (size_t i = at; i < c->to && i < at + 5; i++)
            mine |= word_is(&p->in.k, i, &to_me);
        clause_due(&p->in, c->from, c->to, &dated);
        if (!p->in.written && mark_at(&p->in.k, at, C_HEREVERB) >= (mine ? 2 : n))
            strong = mine = dated = false;
        if (strong || mine || please || (ci == 0 && (dated || word_is(&p->in.k, at, &strongs)))) {
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
    WORD_SET(said, "promised", "said", "told");

    WORD_SET(you, "you", "them", "that");

    for (size_t i = 0; i + 2 < p->in.k.s->words_n; i++) {
        size_t next;
        if (!str_eq(word_at(&p->in.k, i), STR("i")) || !word_is(&p->in.k, i + 1, &said))
            continue;
        next = i + 2 + word_is(&p->in.k, i + 2, &you);
        if ((str_eq(word_at(&p->in.k, i + 1), STR("promised")) || str_starts(word_at(&p->in.k, next), STR("i'")) ||
             (str_eq(word_at(&p->in.k, next), STR("i")) && str_eq(word_at(&p->in.k, next + 1), STR("would")))))
            return true;
    }
    return false;
}

/* Most sentences are no act. Without one of these marks only those of a third person or team can be ("Anna will", "can Anna",
 * "our team will"), and what is said of a promise made before. */
static bool may_act(const struct marked *k)
{
    if (k->bits & (CLAUSE_HEADS | C_CANCEL | C_ASKVERB | C_ING | C_PRESENT | C_FOLLOWS))
        return true;
    for (size_t i = 0; i < k->s->words_n; i++) {
        WORD_SET(words, "will", "going", "shall", "wird", "can", "could", "would", "promised", "said", "told");
        str w = k->s->token[i];
        if ((w.n > 3 && str_ends(w, STR("'ll"))) || word_set_has(&words, w))
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
    p = (struct parse){.si = sentence, .out = out};
    clauses_cut(&k, &p.in);
    p.late_verb = !str_eq(d->s[sentence].lang, STR("en"));
    if (mark_in(&p.in.k, 0, p.in.k.s->words_n, C_JOKE))
        return;
    if (mark_in(&p.in.k, 0, p.in.k.s->words_n, C_CANCEL)) {
        struct act *x = act_add(&p, ACT_CANCEL, 0, p.in.k.s->words_n);
        x->owner = p.in.k.s->voice;
    }
    if (restated(&p)) {
        struct act *x = act_add(&p, ACT_CANCEL, 0, p.in.k.s->words_n);
        x->owner = p.in.k.s->voice;
        x->restated = true;
        return;
    }
    for (size_t i = 0; i < p.in.n; i++)
        clause_read(&p, i);
}

int32_t act_due(const struct discourse *d, size_t sentence, int32_t today, bool *out_dated)
{
    struct clauses in = {0};

    *out_dated = false;
    marks_make(d, sentence, today, &in.k);
    return clause_due(&in, 0, d->s[sentence].words_n, out_dated);
}

int acts_version(str lang)
{
    const struct word_list *l = list_for("commit", lang);

    return l ? list_version(l) : 0;
}
