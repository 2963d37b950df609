/* insight/acts_requests.c - acts asked of the listener: questions, imperatives, needs, tasks given out. */
#include "insight/acts_parse.h"

/* The name that is addressed in a sentence: "Anna, could you", "could you, Anna?" */
int act_vocative(const struct marked *k)
{
    const struct sentence *s = k->s;
    bool lower = sentence_lower(s);
    int found = VOICE_NONE;

    for (size_t i = 0; i < s->words_n; i++) {
        int v;
        bool alone =
            (i == 0 || s->word[i - 1].after || clause_link_at(k, i - 1)) && (i + 1 == s->words_n || s->word[i].after);
        if ((!s->word[i].upper && !(lower && mark_at(k, i + 1, C_ASK | C_NEED))) ||
            (!alone && !mark_at(k, i + 1, C_ASK | C_NEED)))
            continue;
        v = discourse_named(k->d, s->token[i]);
        if (v != VOICE_NONE && v != s->voice)
            found = v;
    }
    return found;
}

/* Who was addressed last in this turn before the sentence. */
int act_addressed(const struct parse *p)
{
    const struct discourse *d = p->in.k.d;
    int v = act_vocative(&p->in.k);

    for (size_t i = p->si; v == VOICE_NONE && i-- > 0 && d->s[i].floor == p->in.k.s->floor;) {
        struct marked k;
        marks_make(d, i, ACT_NO_DAY, &k);
        v = act_vocative(&k);
    }
    return v;
}

int act_only_other(const struct discourse *d, int voice)
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

static bool from_you(const struct parse *p, size_t head)
{
    for (size_t i = head; i + 1 < p->in.k.s->words_n; i++)
        if (str_eq(word_at(&p->in.k, i), STR("from")) && str_eq(word_at(&p->in.k, i + 1), STR("you")))
            return true;
    return false;
}

/* "Talk to facilities about the ramp, will you?" */
bool act_tagged(const struct parse *p)
{
    WORD_SET(wills, "will", "would", "could", "can");
    const struct sentence *s = p->in.k.s;
    size_t n = s->words_n;

    return n > 3 && str_eq(s->token[n - 1], STR("you")) && word_is(&p->in.k, n - 2, &wills) &&
           (s->word[n - 3].after || !s->asks);
}

void act_request(struct parse *p, size_t ci, size_t head, size_t len, bool need, bool imperative)
{
    struct clause *c = &p->in.c[ci];
    size_t verb = act_skip_fill(p, head + len);
    WORD_SET(manners, "note", "find", "see", "bear", "accept", "excuse", "forgive", "disregard", "ignore", "take");
    WORD_SET(polite, "please", "kindly");
    WORD_SET(wanted, "see", "have", "get", "know", "receive", "hear", "understand");
    bool dated = false;
    struct act *x;

    if (need && !imperative && str_eq(word_at(&p->in.k, head + len), STR("to")) &&
        !word_is(&p->in.k, head + len + 1, &wanted))
        return; /* "I'd need to run that past my manager" */
    if (word_is(&p->in.k, head + len - 1, &polite) && word_is(&p->in.k, verb, &manners)) /* "please note that ..." */
        return;
    for (size_t i = head; need && !imperative && i + 1 < p->in.k.s->words_n; i++)
        if (str_eq(word_at(&p->in.k, i), STR("we'll")) && str_eq(word_at(&p->in.k, i + 1), STR("see")))
            return; /* "I'd like to get it out on Monday, we'll see" */
    if (!need && !imperative && !str_ends(word_at(&p->in.k, head + len - 1), STR("ing")) &&
        !(len > 3 && str_eq(word_at(&p->in.k, head + len - 2),
                            STR("if")))) { /* "it would help if you sent", "mind sending me ..." */
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
    x->owner = act_addressed(p);
    if (x->owner == VOICE_NONE)
        x->owner = act_only_other(p->in.k.d, p->in.k.s->voice);
    x->due = clause_due(&p->in, c->from, c->to, &dated);
    for (size_t i = ci + 1; i < p->in.n && !clause_has_head(&p->in, &p->in.c[i]); i++) {
        bool more = false;
        int32_t later = clause_due(&p->in, p->in.c[i].from, p->in.c[i].to, &more);
        x->due = more ? later : x->due;
        dated |= more;
    }
    x->dated = dated;
    x->open = str_starts(word_at(&p->in.k, head), STR("who"));
    x->quiet = imperative ? !act_tagged(p) && (!p->in.written || !p->in.k.s->asks)
                          : need && !p->in.k.s->asks && !mark_at(&p->in.k, head, C_ASK) && !dated && !from_you(p, head);
    for (size_t i = ci + 1; imperative && i < p->in.n; i++)
        x->and_promise |= p->in.c[i].linked && mark_at(&p->in.k, p->in.c[i].from + 1, C_I | C_WE);
}

static void told_mark(struct parse *p)
{
    if (p->out->n && p->out->v[p->out->n - 1].sentence == p->si)
        p->out->v[p->out->n - 1].told = true;
}

/* "..., yeah?", "... right" */
static bool tag_at_end(const struct parse *p)
{
    WORD_SET(tags, "yeah", "yes", "okay", "ok", "right", "alright", "please", "then");
    const struct sentence *s = p->in.k.s;

    return s->words_n > 3 && word_is(&p->in.k, s->words_n - 1, &tags);
}

/* "you'll send me the file by Friday" */
bool act_told(struct parse *p, size_t ci, size_t head, size_t len)
{
    struct clause *c = &p->in.c[ci];
    size_t verb = act_skip_fill(p, head + len);
    bool to_me = false, dated = false, loose;
    size_t action = mark_at(&p->in.k, verb, C_ACTION);

    for (size_t i = verb; i < c->to && i < verb + 5; i++)
        to_me |= act_from_us(p, i);
    clause_due(&p->in, c->from, c->to, &dated);
    loose = !to_me && !dated && act_vocative(&p->in.k) == VOICE_NONE && !tag_at_end(p);
    if (!action || (loose && len < 3) || mark_at(&p->in.k, head, C_GET))
        return false;
    act_request(p, ci, head, len, true, false);
    told_mark(p);
    if (loose && p->out->n && p->out->v[p->out->n - 1].sentence == p->si)
        p->out->v[p->out->n - 1].open =
            true; /* "you'll need to fill in a form": only where somebody says that he will */
    return true;
}

/* "Can Cleo send us the manual?" */
bool act_asks_name(struct parse *p, size_t ci, size_t i)
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
    if (v == VOICE_NONE || v == p->in.k.s->voice || !mark_at(&p->in.k, act_skip_fill(p, i + 2), C_ACTION))
        return false;
    x = act_add(p, ACT_REQUEST, 0, p->in.k.s->words_n);
    x->owner = v;
    x->due = clause_due(&p->in, c->from, p->in.k.s->words_n, &dated);
    x->dated = dated;
    return true;
}

/* "Cleo, you take the follow-up, yeah?", "you do the deck and I'll do the invite" */
bool act_assigns(struct parse *p, size_t ci, size_t i)
{
    WORD_SET(gives, "get", "give", "send", "bring", "find", "show");
    WORD_SET(objects, "the", "a", "an", "our", "that", "this", "it", "those", "these", "them", "us", "me", "his", "her",
             "on", "after", "up", "to", "with");
    const struct sentence *s = p->in.k.s;
    size_t verb = i + 1;
    bool shared = false, to_me, will = str_eq(word_at(&p->in.k, i), STR("you'll"));

    if ((!str_eq(word_at(&p->in.k, i), STR("you")) && !will) || !act_starts_clause(p, &p->in.c[ci], i))
        return false;
    if (!word_is(&p->in.k, verb + 1, &objects) && act_vocative(&p->in.k) == VOICE_NONE)
        return false;
    if (!(word_is(&p->in.k, verb, &gives) && act_from_us(p, verb + 1)) &&
        mark_at(&p->in.k, verb, C_ACTION) <= mark_at(&p->in.k, verb, C_IDLE))
        return false;
    for (size_t k = verb + 1; k < s->words_n; k++)
        shared |= mark_at(&p->in.k, k, C_I) && !str_eq(s->token[k], STR("will"));
    if (!shared && act_vocative(&p->in.k) == VOICE_NONE && !tag_at_end(p))
        return false;
    if (clause_habit(&p->in) || clause_reported(&p->in, i) ||
        (mark_at(&p->in.k, i, C_GET) && !word_is(&p->in.k, verb, &gives)))
        return false;
    to_me = act_from_us(p, verb + 1) && act_vocative(&p->in.k) == VOICE_NONE;
    act_request(p, ci, i, 1, true, to_me);
    told_mark(p); /* "You get me a signed order and I'll ..." is a condition */
    return true;
}

/* "If you could send it by tomorrow, that would be great." */
bool act_asks_kindly(const struct parse *p, const struct clause *c)
{
    WORD_SET(kind, "great", "good", "helpful", "help", "appreciate", "appreciated", "grateful", "lovely", "super",
             "brilliant", "wonderful", "nice", "perfect", "fantastic", "ace", "kind", "fab", "ideal", "excellent",
             "awesome", "obliged");

    if (!mark_at(&p->in.k, c->from, C_ASK) || mark_at(&p->in.k, c->from, C_ASK) < 3)
        return false;
    for (size_t i = 0; i < p->in.k.s->words_n; i++)
        if ((i < c->from || i > c->from + 4) && word_is(&p->in.k, i, &kind))
            return true;
    for (size_t i = 0; i < p->in.n; i++) /* "If you could maybe ask the lab." */
        if (&p->in.c[i] != c && p->in.c[i].from >= c->to)
            return false;
    return act_vocative(&p->in.k) != VOICE_NONE;
}
