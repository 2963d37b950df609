/* insight/withdrawals.c - promises that do not stand any more: taken back, refused, let off, or spoken of as off.
 *
 * One pass over the sentences. What a sentence says against promises made before it is a set of bits; the table of ways tells
 * whose promise such words can mean, how long ago, and how many content words the two have to share. Of the promises that fit,
 * the one that shares most is meant, of equals the last. */
#include "insight/commitments_priv.h"
#include "insight/cues.h"
#include "text/word_set.h"

enum {
    SAYS_OFF = 1,    /* "the plan is moot"; numbers of text/lists/off.en.txt, as the next two and the last */
    SAYS_LETS = 2,   /* "you don't have to" */
    SAYS_ALL = 4,    /* of whatever was promised: "ignore what I said" */
    SAYS_BACK = 8,   /* takes back, by an act */
    SAYS_STRONG = 16, /* so plainly that no word has to be the same */
    SAYS_BOTHER = 32, /* "don't bother, I found it" */
    SAYS_NOT = 64,   /* "I won't bring it" */
    SAYS_NOT_IT = 128, /* the same of what was spoken of: "that", "it" */
    SAYS_DOUBT = 256, /* has a "no" or "off" in it, and promises nothing */
    SAYS_CALLS = 512, /* "cancel it, please" */
    SAYS_SOFT = 1024 /* "don't nail me down on that" */
};

enum who { OWN, OTHERS, ACROSS }; /* across: of the other side */
enum { LONG_AGO = INT32_MAX, OFF_WORDS = 24, DOUBT_WORDS = 20, SAME_BREATH = 2 };

static const struct way {
    int says;
    enum who whose;
    size_t least, most; /* stretches between what was last said of the promise and this */
    size_t shared;
} ways[] = {
    {SAYS_BACK, OWN, 0, LONG_AGO, 1}, {SAYS_STRONG, OWN, 0, 8, 0},

    {SAYS_NOT, OWN, 0, 4, 1},         {SAYS_NOT, OWN, 0, 8, 2},     {SAYS_NOT_IT, OWN, 0, 4, 0},

    {SAYS_OFF, OWN, 1, 2, 0},         {SAYS_OFF, OWN, 1, 4, 1},     {SAYS_ALL, OWN, 1, 4, 0},
    {SAYS_DOUBT, OWN, 1, 4, 1},       {SAYS_SOFT, OWN, 0, 3, 0},

    {SAYS_BOTHER, OTHERS, 0, 2, 0},   {SAYS_LETS, OTHERS, 0, 3, 0}, {SAYS_OFF, OTHERS, 0, 5, 1},
    {SAYS_OFF, ACROSS, 0, 2, 0},      {SAYS_LETS, OTHERS, 0, 5, 1}, {SAYS_CALLS, OTHERS, 0, 6, 0},
};

/* What somebody says against promises. */
struct against {
    int says;
    size_t sentence;
    int voice;
    struct content content;
    size_t renewed_to; /* up to this sentence a new promise of the same person keeps it up; 0: nothing does */
};

static bool promised_in(const struct book *b, size_t from, size_t to, int owner)
{
    for (size_t i = 0; i < b->n; i++)
        if (firm(&b->items[i]) && b->items[i].owner == owner && b->items[i].sentence >= from &&
            b->items[i].sentence <= to)
            return true;
    return false;
}

static bool way_fits(const struct book *b, const struct way *w, const struct against *x, const struct item *it,
                     size_t shared)
{
    size_t apart = turn_of(b, x->sentence) - turn_of(b, it->last);

    if (!(x->says & w->says) || apart < w->least || apart > w->most || shared < w->shared)
        return false;
    return w->whose == OWN      ? it->owner == x->voice
           : w->whose == OTHERS ? it->owner != x->voice
                                : discourse_side(b->d, it->owner) != discourse_side(b->d, x->voice);
}

/* The promise that is meant, or NULL. One withdrawn before can be refused once more. */
static struct item *meant(struct book *b, const struct against *x)
{
    struct item *best = NULL;
    size_t best_shared = 0;

    for (size_t i = 0; x->says && i < b->n; i++) {
        struct item *it = &b->items[i];
        size_t shared;
        bool fits = false;
        if (it->dropped || it->owner == VOICE_NONE || it->last >= x->sentence ||
            !(firm(it) || (it->modality == MODALITY_CANCELLED && x->says & SAYS_NOT)))
            continue;
        shared = content_shared(&it->content, &x->content);
        for (size_t k = 0; k < sizeof ways / sizeof *ways && !fits; k++)
            fits = way_fits(b, &ways[k], x, it, shared);
        if (!fits || shared < best_shared || (x->renewed_to && promised_in(b, x->sentence, x->renewed_to, it->owner)))
            continue;
        best = it;
        best_shared = shared;
    }
    return best;
}

static void withdraw(const struct book *b, struct item *it, size_t sentence, size_t from, size_t to)
{
    it->modality = MODALITY_CANCELLED;
    it->due = ACT_NO_DAY;
    spans_put(b, it, sentence, from, to);
}

/* ---- acts ---- */

/* "Scratch that": one word is enough to mean whatever was promised last. */
static bool plainly_back(const struct sentence *s)
{
    WORD_SET(words, "forget", "scratch", "strike", "take", "cancel", "cancelled", "canceled", "withdraw", "ignore",
             "disregard", "overpromised", "cancelling", "canceling", "rescind", "nevermind", "zurück", "absagen",
             "vergessen", "annuler", "retire", "oubliez", "cancelar", "olvídelo");

    return sentence_any(s, &words);
}

/* Does y stand in the sentence of x or soon behind it, in one breath? */
static bool same_breath(const struct book *b, size_t x, size_t y)
{
    return y >= x && y <= x + SAME_BREATH && turn_of(b, y) == turn_of(b, x);
}

/* "I promised ...": taken back only where what follows says so. */
static bool denied_after(const struct book *b, const struct act *x)
{
    for (size_t k = 0; k < b->acts.n; k++) {
        const struct act *y = &b->acts.v[k];
        if (y != x && same_breath(b, x->sentence, y->sentence) &&
            ((y->kind == ACT_CANCEL && !y->restated) || y->kind == ACT_NEGATED))
            return true;
    }
    return false;
}

static void act_withdraws(struct book *b, const struct act *x)
{
    const struct sentence *s = &b->d->s[x->sentence];
    struct against said = {.says = SAYS_BACK, .sentence = x->sentence, .voice = x->owner};
    struct item *it;

    if (x->restated && !denied_after(b, x))
        return;
    if (x->strong || plainly_back(s))
        said.says |= SAYS_STRONG;
    content_add(b, s, &said.content);
    it = meant(b, &said);
    if (!it && !x->restated && sentence_lets_off(b->d, x->sentence)) {
        said.says = SAYS_BOTHER;
        it = meant(b, &said);
    }
    if (!it && !x->restated)
        return;
    if (it)
        withdraw(b, it, x->sentence, x->from, x->restated ? x->from : x->to); /* "I promised": no word against it */
    else
        it = item_add(b, MODALITY_CANCELLED, x);
    for (size_t k = 0; k < b->n; k++) /* the refusal is the same words */
        if (&b->items[k] != it && b->items[k].modality == MODALITY_NEGATED && b->items[k].owner == x->owner &&
            same_breath(b, x->sentence, b->items[k].sentence))
            b->items[k].dropped = true;
    if (!x->restated && promised_in(b, x->sentence, x->sentence + 1, x->owner)) /* renewed at once */
        it->dropped = true;
}

/* "I won't bring it" about what was promised: the promise is off. A refused request is its own. */
static void refusal_withdraws(struct book *b, struct item *no)
{
    struct against said = {.says = SAYS_NOT, .sentence = no->sentence, .voice = no->owner, .content = no->content};
    struct item *it;

    if (refers_back(&b->d->s[no->sentence]))
        said.says |= SAYS_NOT_IT;
    it = no->last == no->sentence ? meant(b, &said) : NULL;
    if (!it)
        return;
    withdraw(b, it, no->sentence, 0, 0);
    for (size_t k = 0; k < no->spans_n && it->spans_n < ITEM_SPANS_MAX; k++)
        it->spans[it->spans_n++] = no->spans[k];
    no->dropped = true;
}

/* ---- words ---- */

/* What a sentence says of something being off. */
static int off_cues(const struct sentence *s)
{
    WORD_SET(needs, "required", "needed", "necessary");
    WORD_SET(gone, "out", "off", "dead", "gone", "history");
    WORD_SET(heads, "don't", "no");
    int cues = cues_of(LIST("off.en"), s);

    if (!sentence_any(s, &heads) && !(s->words_n <= 8 && sentence_any(s, &gone)))
        return cues;
    for (size_t i = 0; i < s->words_n; i++) {
        str w = s->token[i];
        if (str_eq(w, STR("don't")) && (i < 3 || str_eq(s->token[i - 1], STR("please"))) &&
            (i + 1 == s->words_n || s->word[i].after)) /* "Oh, don't, they'd hate it." */
            cues |= SAYS_LETS;
        if (str_eq(w, STR("no")))
            for (size_t k = i + 2; k < s->words_n && k < i + 4 && !s->word[k - 1].after; k++) /* "no form required" */
                cues |= word_set_has(&needs, s->atom[k]) ? SAYS_OFF : 0;
        if (s->words_n <= 8 && i + 1 < s->words_n && str_ends(w, STR("'s")) && word_set_has(&gone, s->atom[i + 1]))
            cues |= SAYS_OFF; /* "so the courier's out" */
    }
    return cues;
}

/* A "no" or an "off" in a short sentence: in doubt the promise it speaks of does not stand any more. */
static bool doubts(const struct sentence *s)
{
    WORD_SET(words, "no", "not", "nothing", "nobody", "none", "never", "off", "cancelled", "canceled", "dropped",
             "stopped", "frozen", "dead", "instead", "longer", "won't", "can't", "cannot", "isn't", "aren't", "don't",
             "doesn't", "unnecessary", "pointless");

    return s->words_n <= DOUBT_WORDS && sentence_any(s, &words);
}

/* `promises`: with or without reserve; `pledges`: without. */
static void words_withdraw(struct book *b, size_t sentence, bool promises, bool pledges)
{
    const struct sentence *s = &b->d->s[sentence];
    struct against said = {.sentence = sentence, .voice = s->voice};
    struct item *it;

    if (s->asks || s->words_n > OFF_WORDS || s->voice == VOICE_NONE)
        return;
    said.says = off_cues(s) | (!promises && doubts(s) ? SAYS_DOUBT : 0) |
                (!pledges && cues_of(LIST("doubt.en"), s) & 2 ? SAYS_SOFT : 0);
    if (!said.says)
        return;
    said.renewed_to = floor_end(b, floor_end(b, sentence));
    content_add(b, s, &said.content);
    it = meant(b, &said);
    if (!it)
        return;
    withdraw(b, it, sentence, 0, SIZE_MAX);
    if (said.says == SAYS_SOFT)
        it->modality = MODALITY_HEDGED;
}

/* "Dan picks up the keys." "He isn't here, I'll pick them up": who had put somebody else down does it himself. */
static void taken_over(struct book *b, const struct item *now)
{
    const struct sentence *s = &b->d->s[now->sentence];

    for (size_t i = 0; firm(now) && now->owner == s->voice && refers_back(s) && i < b->n; i++) {
        struct item *it = &b->items[i];
        if (firm(it) && it->owner != now->owner && it->owner != VOICE_NONE && it->sentence < now->sentence &&
            b->d->s[it->sentence].voice == now->owner && turn_of(b, now->sentence) - turn_of(b, it->last) <= 4 &&
            content_shared(&it->content, &now->content))
            withdraw(b, it, now->sentence, 0, SIZE_MAX);
    }
}

void withdrawals_settle(struct book *b)
{
    for (size_t s = 0, at = 0; s < b->d->n; s++) {
        bool promises = false, pledges = false;
        size_t first = at;
        for (; at < b->acts.n && b->acts.v[at].sentence == s; at++) {
            pledges |= b->acts.v[at].kind == ACT_PROMISE;
            promises |= pledges || b->acts.v[at].kind == ACT_HEDGED;
            if (b->acts.v[at].kind == ACT_CANCEL && b->acts.v[at].owner != VOICE_NONE)
                act_withdraws(b, &b->acts.v[at]);
        }
        for (size_t i = 0; at > first && i < b->n; i++)
            if (b->items[i].modality == MODALITY_NEGATED && !b->items[i].dropped && b->items[i].sentence == s &&
                b->items[i].owner != VOICE_NONE)
                refusal_withdraws(b, &b->items[i]);
        words_withdraw(b, s, promises, pledges);
    }
    for (size_t i = 0; i < b->n; i++)
        taken_over(b, &b->items[i]);
}
