/* insight/acts_others.c - acts of others than the speaker: people of the conversation by name, and teams outside it. */
#include "insight/acts_deeds.h"
#include "insight/acts_parse.h"

/* The only one of the conversation named in the sentence before word i, other than the speaker. */
static int named_before(const struct parse *p, size_t i)
{
    int found = VOICE_NONE;

    for (size_t k = 0; k < i; k++) {
        str w = word_at(&p->in.k, k);
        int v = p->in.k.s->word[k].upper
                    ? discourse_named(p->in.k.d, str_ends(w, STR("'s")) ? str_sub(w, 0, w.n - 2) : w)
                    : VOICE_NONE;
        if (v == VOICE_NONE || v == p->in.k.s->voice)
            continue;
        if (found != VOICE_NONE && found != v)
            return VOICE_NONE;
        found = v;
    }
    return found;
}

/* "Anna will send it", "Anna's going to ...": somebody of the conversation. */
bool act_named(struct parse *p, size_t ci, size_t i)
{
    WORD_SET(wills, "will", "is", "shall", "wird");
    WORD_SET(theirs, "he'll", "she'll");
    struct clause *c = &p->in.c[ci];
    bool short_will = str_ends(word_at(&p->in.k, i), STR("'ll")), short_is = str_ends(word_at(&p->in.k, i), STR("'s"));
    int v;
    size_t verb = i + 1;
    bool dated = false, hedge;
    struct act *x;
    str name = word_at(&p->in.k, i);
    size_t days;

    if (str_eq(word_at(&p->in.k, verb), STR("here")))
        verb++;
    if (!short_will && !short_is && !word_is(&p->in.k, verb, &wills))
        return false;
    if (short_is &&
        !(str_eq(word_at(&p->in.k, verb), STR("going")) && str_eq(word_at(&p->in.k, verb + 1), STR("to"))) &&
        !str_eq(word_at(&p->in.k, verb), STR("gonna")))
        return false;
    v = p->in.k.s->word[i].upper || (sentence_lower(p->in.k.s) && !mark_at(&p->in.k, i, C_ACTION | CLAUSE_HEADS))
            ? discourse_named(p->in.k.d, word_at(&p->in.k, i))
            : VOICE_NONE;
    if (v == VOICE_NONE && short_will)
        v = discourse_named(p->in.k.d, str_sub(name, 0, name.n - 3));
    if (v == VOICE_NONE && short_is)
        v = discourse_named(p->in.k.d, str_sub(name, 0, name.n - 2));
    if (v == VOICE_NONE && short_will && word_is(&p->in.k, i, &theirs))
        v = named_before(p, i);
    if (v == VOICE_NONE || v == p->in.k.s->voice)
        return false;
    if (short_is) {
        verb += str_eq(word_at(&p->in.k, verb), STR("gonna")) ? 1 : 2;
    } else if (!short_will) {
        if (str_eq(word_at(&p->in.k, verb), STR("is"))) {
            if (str_eq(word_at(&p->in.k, verb + 1), STR("going")) && str_eq(word_at(&p->in.k, verb + 2), STR("to")))
                verb += 2;
            else if (!deed_progressive(&p->in, verb + 1) ||
                     clause_due(&p->in, c->from, p->in.k.s->words_n, &dated) == ACT_NO_DAY)
                return false; /* "Cleo is taking over and sends it on Monday" */
        }
        verb++;
    }
    if (verb >= c->to && p->out->n && p->out->v[p->out->n - 1].sentence == p->si &&
        p->out->v[p->out->n - 1].kind == ACT_PROMISE) { /* "I'll get you the list, or no, Cleo will" */
        p->out->v[p->out->n - 1].owner = v;
        return true;
    }
    verb = act_skip_fill(p, verb);
    int32_t due = clause_due(&p->in, c->from, p->in.k.s->words_n, &dated);
    marks_when(&p->in.k, &days); /* "Cleo will run your training on Monday": not within the call */
    if (!(act_verb_firm(p, verb, dated) || (days && mark_at(&p->in.k, verb, C_HEREVERB))) ||
        clause_reported(&p->in, i) || clause_habit(&p->in) || p->in.k.s->asks || c->condition)
        return false;
    if (clause_here(&p->in, 0) && (due == ACT_NO_DAY || due == p->in.k.today))
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

/* "our legal team will send it", "one of our engineers is going to call": somebody outside the call. */
bool act_team(struct parse *p, size_t ci)
{
    enum { SUBJECT_WORDS = 11 };
    WORD_SET(people, "team", "department", "people", "folks", "guys", "office", "support", "legal", "engineering",
             "finance", "marketing", "security", "operations", "accounting", "accounts", "procurement", "purchasing",
             "boss", "manager", "crew", "engineer", "engineers", "technician", "technicians", "installer", "installers",
             "colleague", "colleagues", "rep", "planner", "controller", "accountant", "lawyer", "lawyers", "director",
             "warehouse", "desk", "admin", "assistant", "electrician", "buyer", "counsel", "trainer", "consultant",
             "consultants", "driver", "drivers", "specialist", "specialists", "architect", "secretary", "somebody",
             "someone", "lab", "factory", "logistics", "dispatch", "service", "billing", "ceo", "cfo", "cto",
             "founder");
    WORD_SET(ours, "our", "my", "someone", "somebody", "a", "one", "the");
    WORD_SET(nobody, "nobody", "none", "no-one", "not");
    WORD_SET(alone, "legal", "engineering", "finance", "marketing", "procurement", "purchasing", "accounting",
             "accounts");
    struct clause *c = &p->in.c[ci];
    bool dated = false, whose = false, who = false, hedge;
    size_t i = c->from + c->linked, verb;
    struct act *x;

    if (p->in.k.s->words_n > i && p->in.k.s->word[i].upper && !word_is(&p->in.k, i, &nobody) &&
        str_eq(word_at(&p->in.k, i + 1), STR("from")) && discourse_named(p->in.k.d, word_at(&p->in.k, i)) == VOICE_NONE)
        who = true; /* "Helen from our risk department" */
    else if (!word_is(&p->in.k, i, &ours) && !word_is(&p->in.k, i, &alone))
        return false;
    whose = !who && !word_is(&p->in.k, i, &ours);
    for (verb = i; verb < c->to && verb < i + SUBJECT_WORDS; verb++) {
        str w = word_at(&p->in.k, verb);
        if (str_eq(w, STR("will")) || str_ends(w, STR("'ll")))
            break;
        if ((str_eq(w, STR("is")) || str_eq(w, STR("are"))) && str_eq(word_at(&p->in.k, verb + 1), STR("going")))
            break;
        whose |= str_eq(w, STR("our")) || str_eq(w, STR("my")) || str_eq(w, STR("mine")) || str_starts(w, STR("some"));
        who |= word_is(&p->in.k, verb, &people);
        if (str_eq(w, STR("us")) && verb > i && str_eq(word_at(&p->in.k, verb - 1), STR("of"))) /* "one of us two" */
            who = whose = true;
    }
    if (verb > i && str_eq(word_at(&p->in.k, i), STR("the")) && word_is(&p->in.k, verb - 1, &people))
        whose = true;
    if (verb == i || verb >= c->to || verb >= i + SUBJECT_WORDS || !whose || !who)
        return false;
    verb += str_eq(word_at(&p->in.k, verb + 1), STR("going")) ? 3 : 1;
    int32_t due = clause_due(&p->in, c->from, p->in.k.s->words_n, &dated);
    size_t act = act_skip_fill(p, verb);
    if ((verb < c->to && !act_verb_firm(p, act, dated) &&
         (mark_at(&p->in.k, act, C_IDLE | C_HEREVERB) || act >= p->in.k.s->words_n ||
          list_value_atom(LIST("stop.en"), p->in.k.s->atom[act]))) ||
        clause_reported(&p->in, verb) || c->condition || clause_habit(&p->in) || p->in.k.s->asks)
        return false;
    hedge = clause_hedged(&p->in, ci, verb);
    x = act_add(p, hedge ? ACT_HEDGED : ACT_PROMISE, 0, p->in.k.s->words_n);
    x->team = true;
    x->due = due;
    x->dated = dated;
    return true;
}
