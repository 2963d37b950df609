#include "insight/acts_deeds.h"

#include "insight/cues.h"

enum { D_TAKEN_ON = 1, D_REFUSES = 2 }; /* text/lists/deed.en.txt */
enum { R_PARTICIPLE = 1, R_REACHED = 2 }; /* text/lists/reach.en.txt */
enum { AUXILIARY_GAP = 3, BASE_MAX = 32 };

WORD_SET(no_subjects, "you", "you'll", "he", "he'll", "she", "she'll", "who", "who'll", "they", "i", "i'll", "we",
         "we'll");

static size_t entry_at(const struct word_list *l, const struct clauses *in, size_t i, int bits)
{
    int v;
    size_t n = i < in->k.s->words_n ? cue_at(l, in->k.s, i, &v) : 0;

    return n && (v & bits) ? n : 0;
}

static bool negated_before(const struct clauses *in, size_t i)
{
    WORD_SET(nots, "not", "never", "don't", "didn't", "can't", "cannot", "won't", "isn't", "wasn't", "no", "nothing",
             "nobody", "hardly", "without");

    for (size_t k = i > 3 ? i - 3 : 0; k < i; k++)
        if (word_is(&in->k, k, &nots))
            return true;
    return false;
}

/* ---- forms of verbs ---- */

static bool is_act(str base)
{
    const struct word_list *l = LIST("commit.en");

    return (list_value_atom(l, list_atom(base)) & C_ACTION) != 0;
}

/* The act behind a form with its ending cut off: "wir", "writ", "plann". */
static bool act_of(str cut)
{
    char base[BASE_MAX];

    if (cut.n < 2 || cut.n + 1 > sizeof base)
        return false;
    if (is_act(cut))
        return true;
    memcpy(base, cut.p, cut.n);
    base[cut.n] = 'e';
    if (is_act(str_n(base, cut.n + 1)))
        return true;
    return cut.p[cut.n - 1] == cut.p[cut.n - 2] && is_act(str_sub(cut, 0, cut.n - 1));
}

static bool ends_as_act(str w, str ending)
{
    return w.n > ending.n + 2 && str_ends(w, ending) && act_of(str_sub(w, 0, w.n - ending.n));
}

size_t deed_progressive(const struct clauses *in, size_t i)
{
    WORD_SET(verbs, "telling", "taking", "bringing", "putting", "giving", "making", "pulling", "buying", "turning",
             "paying", "crediting", "throwing", "moving", "closing", "opening", "finishing", "building", "sharing",
             "asking", "handing", "dropping", "passing", "instructing", "typing", "posting");
    WORD_SET(states, "going", "being", "having", "thinking", "hoping", "trying", "planning", "wondering", "feeling",
             "seeing", "waiting", "aiming", "looking", "considering", "expecting", "assuming", "leaning", "guessing",
             "saying", "getting", "struggling", "living", "staying", "using", "losing", "missing", "dying",
             "travelling", "traveling", "leaving", "wanting", "needing", "kidding", "joking", "wishing", "sitting",
             "sleeping", "eating", "meaning", "toying", "tending", "dealing", "evaluating", "asking", "shooting",
             "targeting", "fighting", "running");
    size_t n = mark_at(&in->k, i, C_ING);
    str w = word_at(&in->k, i);

    if (n && !str_eq(w, STR("having")))
        return n;
    if (str_eq(w, STR("having")))
        return deed_has_done(in, i) || n;
    return word_is(&in->k, i, &verbs) || (w.n > 5 && str_ends(w, STR("ing")) && !word_is(&in->k, i, &states)) ||
           ends_as_act(w, STR("ing"));
}

static size_t participle_at(const struct clauses *in, size_t i)
{
    size_t n = entry_at(LIST("reach.en"), in, i, R_PARTICIPLE);

    return n ? n : i < in->k.s->words_n && ends_as_act(in->k.s->token[i], STR("ed"));
}

bool deed_has_done(const struct clauses *in, size_t i)
{
    enum { OBJECT_WORDS = 8 };

    for (size_t k = i + 2; k < in->k.s->words_n && k < i + OBJECT_WORDS && !in->k.s->word[k - 1].after; k++)
        if (participle_at(in, k))
            return true;
    return false;
}

/* ---- what is said ---- */

/* The day in clause ci, or in the ones in front of it: "On the 25th, I ..." */
static void day_find(struct clauses *in, size_t ci, struct deed *out)
{
    out->due = clause_due(in, in->c[ci].from, in->c[ci].to, &out->dated);
    for (size_t i = ci; !out->dated && i-- > 0 && !clause_has_head(in, &in->c[i]);)
        out->due = clause_due(in, in->c[i].from, in->c[i].to, &out->dated);
}

static bool settle(struct clauses *in, size_t ci, size_t head, size_t end, struct deed *out)
{
    const struct clause *c = &in->c[ci];

    if (clause_habit(in) || clause_reported(in, head) || clause_when(in, c->from, in->k.s->words_n, WHEN_PAST))
        return false;
    out->kind = clause_hedged(in, ci, end) ? ACT_HEDGED : ACT_PROMISE;
    return true;
}

/* "Leave the mapping with me" */
static bool left_with_me(const struct clauses *in, const struct clause *c)
{
    enum { OBJECT_WORDS = 6 };
    WORD_SET(to, "with", "to");
    WORD_SET(me, "me", "us");
    size_t at = c->from + c->linked;

    if (str_eq(word_at(&in->k, at), STR("just")))
        at++;
    for (size_t i = at + 1; str_eq(word_at(&in->k, at), STR("leave")) && i + 1 < c->to && i < at + OBJECT_WORDS; i++)
        if (word_is(&in->k, i, &to) && word_is(&in->k, i + 1, &me))
            return true;
    return false;
}

static bool whole(struct clauses *in, size_t ci, struct deed *out)
{
    const struct clause *c = &in->c[ci];
    uint64_t bit = LIST("deed.en")->bit;
    WORD_SET(leave, "leave");

    if (sentence_any(in->k.s, &leave) && left_with_me(in, c)) {
        out->due = clause_due(in, c->from, in->k.s->words_n, &out->dated);
        return settle(in, ci, c->from, c->to, out);
    }
    for (size_t i = c->from; (in->k.s->starts_any & bit) && i < c->to; i++) {
        size_t n;
        if (!(in->k.s->starts[i].any & bit))
            continue;
        n = entry_at(LIST("deed.en"), in, i, D_REFUSES);
        if (n && !clause_reported(in, i) && !clause_habit(in)) {
            out->kind = ACT_NEGATED;
            return true;
        }
        n = entry_at(LIST("deed.en"), in, i, D_TAKEN_ON);
        if (!n || negated_before(in, i))
            continue;
        out->we = str_starts(in->k.s->token[i], STR("we"));
        out->due = clause_due(in, c->from, in->k.s->words_n, &out->dated);
        if (!settle(in, ci, i, i + n, out))
            return false;
        if (str_eq(in->k.s->token[i], STR("consider"))) /* which is a hedge otherwise */
            out->kind = ACT_PROMISE;
        return true;
    }
    return false;
}

/* "will" or "'ll" before word `at` of the same sentence, with a thing in front; SIZE_MAX: none. */
static size_t will_before(const struct clauses *in, size_t from, size_t at)
{
    for (size_t i = at; i-- > from;) {
        str w = in->k.s->token[i];
        bool shortened = w.n > 3 && str_ends(w, STR("'ll"));
        if (!shortened && !str_eq(w, STR("will")))
            continue;
        if (word_is(&in->k, shortened ? i : i ? i - 1 : 0, &no_subjects) || (!shortened && !i) || negated_before(in, i))
            return SIZE_MAX;
        return i;
    }
    return SIZE_MAX;
}

/* "A fresh one will be in your inbox tonight", "that's coming your way on Monday", "yours by tomorrow" */
static bool reaches(struct clauses *in, size_t ci, struct deed *out)
{
    WORD_SET(moves, "coming", "heading", "going", "goes", "lands", "hits", "arrives", "comes", "making");
    WORD_SET(near, "you", "way");
    const struct clause *c = &in->c[ci];

    for (size_t i = c->from; cues_may(LIST("reach.en"), in->k.s) && i < c->to; i++) {
        size_t n = entry_at(LIST("reach.en"), in, i, R_REACHED), will;
        bool moving = false;
        bool yours = in->k.s->words_n <= 6 && str_eq(in->k.s->token[i], STR("yours"));
        if (!yours && (!n || !i))
            continue;
        day_find(in, ci, out);
        if (yours && out->dated)
            return settle(in, ci, i, i + 1, out);
        if (!n || !i)
            continue;
        will = will_before(in, 0, i);
        if (will != SIZE_MAX && !out->dated)
            out->due = clause_due(in, c->to, in->k.s->words_n, &out->dated);
        for (size_t k = c->from; k < i; k++)
            moving |= word_is(&in->k, k, &moves);
        if (will == SIZE_MAX &&
            !(moving && out->due != ACT_NO_DAY && !word_is(&in->k, c->from + c->linked, &no_subjects)))
            continue;
        if (!out->dated && word_is(&in->k, i + n - 1, &near)) /* "our team will be with you" */
            continue;
        return settle(in, ci, i, i + n, out);
    }
    return false;
}

/* "gets uploaded by me on the 18th", "will be handed over on Tuesday" */
static bool passive(struct clauses *in, size_t ci, struct deed *out)
{
    WORD_SET(heads, "gets", "get", "getting", "being", "will");
    WORD_SET(becomes, "gets", "get");
    WORD_SET(becoming, "getting", "being");
    WORD_SET(is, "is", "are");
    WORD_SET(adverbs, "all", "also", "then", "just", "both", "fully", "finally", "definitely", "certainly");
    WORD_SET(me, "me", "us", "myself");
    WORD_SET(products, "system", "platform", "software", "tool", "app", "feature", "dashboard", "product", "module");
    const struct clause *c = &in->c[ci];
    const struct sentence *s = in->k.s;

    if (!s->wills && !sentence_any(s, &heads))
        return false;
    for (size_t i = c->from + !c->from; i + 1 < c->to; i++) {
        size_t verb, n = 0;
        bool by_me = false, shortened = str_ends(s->token[i], STR("'ll")), product = false;
        if (word_is(&in->k, i, &becomes) ||
            (word_is(&in->k, i, &becoming) && (word_is(&in->k, i - 1, &is) || str_ends(s->token[i - 1], STR("'s")))))
            verb = i + 1;
        else if ((str_eq(s->token[i], STR("will")) || shortened) && i + 2 < c->to && str_eq(s->token[i + 1], STR("be")))
            verb = i + 2;
        else
            continue;
        if (word_is(&in->k, i - !shortened, &no_subjects) || negated_before(in, i))
            continue;
        for (size_t k = verb; k < c->to && k < verb + AUXILIARY_GAP && !n; k++) {
            n = participle_at(in, k);
            if (!n && !word_is(&in->k, k, &adverbs))
                break;
            verb = n ? k : verb;
        }
        for (size_t k = verb + n; n && k + 1 < s->words_n; k++)
            by_me |= str_eq(s->token[k], STR("by")) && word_is(&in->k, k + 1, &me);
        for (size_t k = c->from; k < i; k++)
            product |= word_is(&in->k, k, &products);
        if (!n || (!by_me && product))
            continue;
        day_find(in, ci, out);
        if (!by_me && out->due == ACT_NO_DAY)
            continue;
        return settle(in, ci, i, verb + n, out);
    }
    return false;
}

/* "On Tuesday I walk the CFO through it": with a day to come. Where past and present look alike it is the past. */
static bool present(struct clauses *in, size_t ci, struct deed *out)
{
    WORD_SET(subjects, "i", "we");
    WORD_SET(adverbs, "then", "personally", "also", "just", "quickly");
    WORD_SET(alike, "put", "set", "cut", "read", "let", "hit", "shut", "cost", "do", "have", "come", "run", "was",
             "had", "fit", "beat", "quit", "close", "open", "meet");
    const struct clause *c = &in->c[ci];

    if (!(in->k.bits & C_ACTION) || !sentence_any(in->k.s, &subjects))
        return false;
    for (size_t i = c->from; i + 1 < c->to; i++) {
        size_t verb = i + 1, n;
        if (!word_is(&in->k, i, &subjects) || negated_before(in, i))
            continue;
        while (verb < c->to && word_is(&in->k, verb, &adverbs))
            verb++;
        n = mark_at(&in->k, verb, C_ACTION);
        if (!n || mark_at(&in->k, verb, C_IDLE) >= n || word_is(&in->k, verb, &alike) || verb >= c->to)
            continue;
        day_find(in, ci, out);
        if (out->due == ACT_NO_DAY || (clause_here(in, c->from) && out->due == in->k.today))
            return false;
        out->we = str_eq(in->k.s->token[i], STR("we"));
        return settle(in, ci, i, verb + n, out);
    }
    return false;
}

/* "Expect a calendar invite from me on Friday" */
static bool expected(struct clauses *in, size_t ci, struct deed *out)
{
    WORD_SET(heads, "expect");
    WORD_SET(from_us, "me", "us");
    const struct clause *c = &in->c[ci];
    bool ours = false;

    if (!word_is(&in->k, c->from + c->linked, &heads))
        return false;
    for (size_t i = c->from; i + 1 < in->k.s->words_n; i++)
        ours |= str_eq(in->k.s->token[i], STR("from")) && word_is(&in->k, i + 1, &from_us);
    if (ours)
        day_find(in, ci, out);
    return ours && settle(in, ci, c->from, c->from + c->linked + 1, out);
}

static bool may_be(const struct clauses *in, struct deed *out)
{
    *out = (struct deed){.kind = ACT_PROMISE, .due = ACT_NO_DAY};
    return str_eq(in->k.s->lang, STR("en")) && !in->k.s->asks && in->k.s->words_n;
}

bool deed_phrase(struct clauses *in, size_t ci, struct deed *out)
{
    return may_be(in, out) && whole(in, ci, out);
}

bool deed_may(const struct marked *k)
{
    WORD_SET(people, "i", "we", "you", "you'll");
    WORD_SET(ams, "i'm", "we're", "am");
    WORD_SET(are, "are"); /* "we are" */
    WORD_SET(alone, "gets", "get", "getting", "being", "yours", "expect", "gonna", "leave", "will");
    const struct sentence *s = k->s;
    bool are_we = false;

    if (!str_eq(s->lang, STR("en")))
        return false;
    if (cues_of(LIST("deed.en"), s) || (k->d->ia->kind != IA_CALL && str_ends(s->token[0], STR("ing"))))
        return true;
    if (s->wills || sentence_any(s, &alone))
        return true;
    for (size_t i = 0; (k->bits & C_ACTION) && sentence_any(s, &people) && i + 1 < s->words_n; i++)
        if (word_is(k, i, &people) && (mark_at(k, i + 1, C_ACTION) || mark_at(k, i + 2, C_ACTION)))
            return true;
    for (size_t i = 0; (sentence_any(s, &ams) || sentence_any(s, &are)) && i < s->words_n; i++) {
        are_we |= word_is(k, i, &ams) || (i && word_is(k, i, &are) && str_eq(s->token[i - 1], STR("we")));
        if (are_we && s->token[i].n > 5 && str_ends(s->token[i], STR("ing")))
            return true;
    }
    return false;
}

/* "I walk", "we then take" */
static bool present_may(const struct marked *k)
{
    WORD_SET(subjects, "i", "we");
    WORD_SET(adverbs, "then", "personally", "also", "just", "quickly");

    for (size_t i = 0; (k->bits & C_ACTION) && sentence_any(k->s, &subjects) && i + 1 < k->s->words_n; i++)
        if (word_is(k, i, &subjects) && (word_is(k, i + 1, &adverbs) || mark_at(k, i + 1, C_ACTION)))
            return true;
    return false;
}

bool deed_clause_may(const struct marked *k)
{
    WORD_SET(heads, "leave", "expect", "will");
    WORD_SET(becomes, "gets", "get", "getting", "being", "yours");
    WORD_SET(moves, "coming", "heading", "going", "goes", "lands", "hits", "arrives", "comes", "making");
    WORD_SET(by_me, "me", "us", "myself");
    const struct sentence *s = k->s;
    struct words words = sentence_words(s);
    bool becoming = sentence_any(s, &becomes);

    if (s->asks)
        return false;
    if (s->wills || sentence_any(s, &heads) || cues_may(LIST("deed.en"), s) || (becoming && sentence_any(s, &by_me)))
        return true;
    if (!becoming && !(cues_may(LIST("reach.en"), s) && sentence_any(s, &moves)) && !present_may(k))
        return false;
    return when_may(&words, s->lang); /* all others with a day only */
}

bool deed_read(struct clauses *in, size_t ci, struct deed *out)
{
    return may_be(in, out) &&
           (expected(in, ci, out) || passive(in, ci, out) || reaches(in, ci, out) || present(in, ci, out));
}
