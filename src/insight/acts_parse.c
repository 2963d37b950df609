/* insight/acts_parse.c - what all rules of acts share: adding an act, and what stands at a word. */
#include "insight/acts_parse.h"

#include "insight/acts_deeds.h"

WORD_SET(fill, "also", "just", "then", "definitely", "certainly", "personally", "gladly", "still", "now", "simply",
         "only", "both", "all", "of", "course", "happily", "quickly", "first", "surely", "absolutely", "be", "able",
         "to", "go", "ahead", "and", "have", "please", "kindly", "maybe", "perhaps", "possibly", "actually",
         "immediately", "uh", "um", "uhm", "er", "erm", "gerne", "gern", "dann", "noch", "auch", "ihnen", "dir", "euch",
         "vous", "te", "le", "les", "uns", "mir", "einfach", "bitte", "sofort", "you", "us", "me");
WORD_SET(soft_fill, "also", "just", "then", "definitely", "certainly", "personally", "gladly", "still", "now", "simply",
         "only", "happily", "quickly", "first", "surely", "absolutely", "please", "kindly", "maybe", "perhaps",
         "possibly", "actually", "immediately", "probably", "ideally", "hopefully", "both", "all", "uh", "um", "uhm",
         "er", "erm");
WORD_SET(from_us, "me", "us", "mir", "uns", "moi");

static size_t skip(const struct parse *p, size_t i, const struct word_set *words)
{
    while (i < p->in.k.s->words_n && word_is(&p->in.k, i, words))
        i++;
    return i;
}

size_t act_skip_fill(const struct parse *p, size_t i)
{
    return skip(p, i, &soft_fill);
}

size_t act_skip_all_fill(const struct parse *p, size_t i)
{
    return skip(p, i, &fill);
}

bool act_from_us(const struct parse *p, size_t i)
{
    return word_is(&p->in.k, i, &from_us);
}

struct act *act_add(struct parse *p, enum act_kind kind, size_t from, size_t to)
{
    struct act x = {.kind = kind, .sentence = p->si, .from = from, .to = to, .owner = VOICE_NONE, .due = ACT_NO_DAY};

    ARENA_PUSH(p->in.k.d->a, p->out->v, p->out->n, p->out->cap) = x;
    return &p->out->v[p->out->n - 1];
}

void act_owner_set(const struct parse *p, struct act *x, bool we)
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

bool act_on_side(const struct parse *p, int v)
{
    return v != VOICE_NONE && discourse_side(p->in.k.d, v) == discourse_side(p->in.k.d, p->in.k.s->voice);
}

/* The verb behind a head: is it an act? Longest entry wins; "be there" is one, "be honest" is none. */
bool act_verb(const struct parse *p, size_t i, bool dated)
{
    WORD_SET(spoken, "talking", "presenting", "speaking", "discussing", "showing", "covering", "splitting", "sharing",
             "chairing");
    WORD_SET(others, "you", "your", "them", "him", "her");
    WORD_SET(objects, "the", "your", "our", "my");
    size_t action = mark_at(&p->in.k, i, C_ACTION), idle = mark_at(&p->in.k, i, C_IDLE);

    if (i >= p->in.k.s->words_n)
        return false;
    if (str_eq(word_at(&p->in.k, i), STR("have")) && deed_has_done(&p->in, i))
        return true;
    if (str_eq(word_at(&p->in.k, i), STR("be")) && deed_progressive(&p->in, i + 1) &&
        (dated || !word_is(&p->in.k, i + 1, &spoken))) /* "we'll be swapping both" */
        return true;
    if (mark_at(&p->in.k, i, C_HEREVERB) > action && word_is(&p->in.k, i + 1, &others)) /* "I'll show you on Monday" */
        return dated;
    if (idle > action && str_eq(word_at(&p->in.k, i + 1), STR("you")) &&
        str_eq(word_at(&p->in.k, i + 2), STR("through")))
        return dated;
    if (idle == 1 && dated && word_is(&p->in.k, i + 1, &objects)) /* "turn the redlines around by Monday" */
        return true;
    for (size_t k = i + 1; str_eq(word_at(&p->in.k, i), STR("let")) && k < p->in.k.s->words_n && k < i + 7; k++)
        if (str_eq(word_at(&p->in.k, k), STR("know"))) /* "let the tender office know" */
            return true;
    if (action || idle)
        return action > idle || (action == idle && dated);
    return dated;
}

/* Behind a firm head any verb will do that is not known to be idle, when it is done to or for the other side. */
bool act_verb_firm(const struct parse *p, size_t i, bool dated)
{
    enum { OBJECT_WORDS = 7 };
    WORD_SET(yours, "you", "your", "yours");
    WORD_SET(now, "now", "through");
    bool found = false;

    if (act_verb(p, i, dated))
        return true;
    if (i >= p->in.k.s->words_n || !str_eq(p->in.k.s->lang, STR("en")) || mark_at(&p->in.k, i, C_IDLE | C_HEREVERB) ||
        list_value_atom(LIST("stop.en"), p->in.k.s->atom[i]))
        return false;
    for (size_t k = i + 1; k < p->in.k.s->words_n && k < i + OBJECT_WORDS && !p->in.k.s->word[k - 1].after; k++) {
        found |= word_is(&p->in.k, k, &yours);
        if (word_is(&p->in.k, k, &now))
            return false;
    }
    return found;
}

/* An object that is spoken of: "sign that", "bother you". */
bool act_points(const struct parse *p, size_t i)
{
    WORD_SET(words, "it", "that", "this", "you", "them", "those", "your");

    return word_is(&p->in.k, i, &words);
}

bool act_starts_clause(const struct parse *p, const struct clause *c, size_t i)
{
    WORD_SET(leads, "hey", "hi", "hello", "okay", "ok", "well", "right", "oh", "yeah", "so", "listen", "look",
             "alright");
    bool lower = sentence_lower(p->in.k.s);

    for (size_t k = c->from; k < i; k++)
        if (!(clause_link_at(&p->in.k, k) || word_is(&p->in.k, k, &soft_fill) || word_is(&p->in.k, k, &leads) ||
              mark_at(&p->in.k, k, C_YES | C_HEDGE) ||
              ((lower || p->in.k.s->word[k].upper) && discourse_named(p->in.k.d, word_at(&p->in.k, k)) != VOICE_NONE)))
            return false;
    return true;
}
