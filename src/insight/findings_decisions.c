/* insight/findings_decisions.c - what is decided, agreed or declined, and by whose words.
 *
 * decision  DECIDED: somebody tells of a decision, or makes one for those present ("let's go with the pilot"); AGREED, DECLINED: an
 *           answer to an offer; value of AGREED: the amount agreed to, which is the last one that was named
 *
 * Words: text/lists/decision.en.txt. Strong words stand for themselves; "sounds good" and "ok" agree, and "too much" declines,
 * only where the other voice named an amount a moment ago, and not with another amount beside them, which is an offer in
 * return. A number is an amount where it says so, or where money has been spoken of before. A sentence that asks, proposes in
 * return ("how about") or makes a condition ("if you") decides nothing. Where one sentence declines and agrees, the later words
 * count. */
#include "insight/cues.h"
#include "insight/findings_priv.h"
#include "text/word_set.h"

enum { TOLD = 1, AGREES, AGREES_TO_AMOUNT, DECLINES, DECLINES_AMOUNT, OPEN, MADE };
enum {
    SHORT_ANSWER = 6, /* words; in longer sentences a weak word inside a clause is about something else */
    PLAIN = 3,        /* words of an entry that is about nothing else wherever it stands: "i can do that" */
    ANSWER_FLOORS = 3 /* how long an amount waits for its answer */
};

/* "12", "1,400", "13.50", "8k", each perhaps behind a sign of currency; *out_money: with one. */
static bool number_of(str w, double *out, bool *out_money)
{
    static const char *const signs[] = {"$", "€", "£"};
    double v = 0, unit = 1;
    size_t at = 0, digits = 0;

    *out_money = false;
    if (!w.n || (*w.p >= 'a' && *w.p <= 'z'))
        return false;
    for (size_t i = 0; i < sizeof signs / sizeof *signs && !*out_money; i++)
        if (str_starts(w, str_of(signs[i]))) {
            at = strlen(signs[i]);
            *out_money = true;
        }
    for (; at < w.n && ((w.p[at] >= '0' && w.p[at] <= '9') || (w.p[at] == ',' && digits)); at++)
        if (w.p[at] != ',') {
            v = v * 10 + (w.p[at] - '0');
            digits++;
        }
    if (at < w.n && w.p[at] == '.')
        for (at++; at < w.n && w.p[at] >= '0' && w.p[at] <= '9'; at++) {
            unit /= 10;
            v += (w.p[at] - '0') * unit;
        }
    if (at + 1 == w.n && (w.p[at] == 'k' || w.p[at] == 'K')) {
        v *= 1000;
        at++;
    }
    *out = v;
    return digits && digits <= 9 && at == w.n;
}

/* The last amount of money in a sentence; where no number says that it is money, the last one that counts nothing else. */
static bool amount_in(const struct discourse *d, const struct sentence *s, double *out, bool *out_sure)
{
    WORD_SET(money_words, "dollars", "dollar", "bucks", "euros", "euro", "pounds", "usd", "eur");
    WORD_SET(units, "year", "years", "month", "months", "week", "weeks", "day", "days", "hour", "hours", "min",
             "minute", "minutes", "mile", "miles", "bedroom", "inch", "inches", "feet", "ft", "am", "pm", "percent",
             "times", "owner", "owners", "gb", "people", "seats", "bedrooms", "bathroom", "of");
    bool found = false, sure = false;

    for (size_t i = 0; s->figures && i < s->words_n; i++) {
        uint32_t next;
        str text;
        bool money;
        double v;
        if (!number_of(s->token[i], &v, &money))
            continue;
        next = i + 1 < s->words_n ? s->atom[i + 1] : 0;
        text = d->ia->turns[s->word[i].turn].text;
        money =
            money || word_set_has(&money_words, next) || (s->word[i].start > 0 && text.p[s->word[i].start - 1] == '$');
        if ((!money && sure) || word_set_has(&units, next))
            continue;
        *out = v;
        sure = sure || money;
        found = true;
    }
    *out_sure = sure;
    return found;
}

/* "how about 75?", "I can do 80", "what's your price?" */
static bool speaks_of_price(const struct sentence *s)
{
    WORD_SET(words, "price", "offer", "pay", "budget", "sell", "asking", "cash", "cheaper", "discount");
    WORD_SET(before, "how", "can", "could", "you", "i'll", "go", "down", "up", "would");
    WORD_SET(behind, "about", "do", "take", "accept", "for", "to");

    for (size_t i = 0; i < s->words_n; i++)
        if (word_set_has(&words, s->atom[i]) ||
            (i && word_set_has(&before, s->atom[i - 1]) && word_set_has(&behind, s->atom[i])))
            return true;
    return false;
}

struct bargain {
    bool money; /* has any number been said to be money: until then none is taken for it */
    bool named; /* has an amount been named */
    double amount; /* the last one */
    int voice; /* by whom */
    size_t floor; /* when */
};

/* Did the other side name an amount a moment ago? Where sides are not known, two voices are two sides, and more are none. */
static bool answers_amount(const struct discourse *d, const struct bargain *b, const struct sentence *s)
{
    enum ia_side named, answers;

    if (!b->named || b->voice == VOICE_NONE || s->voice == VOICE_NONE || b->voice == s->voice ||
        s->floor > b->floor + ANSWER_FLOORS)
        return false;
    named = discourse_side(d, b->voice);
    answers = discourse_side(d, s->voice);
    return named != answers || (named == IA_SIDE_UNKNOWN && d->voices_n == 2);
}

static bool outright(int v)
{
    return v == TOLD || v == AGREES || v == DECLINES || v == MADE;
}

/* What a sentence decides; 0: nothing. */
static int verdict(const struct discourse *d, const struct word_list *l, const struct sentence *s,
                   const struct bargain *b)
{
    int found = 0, v;

    if (s->asks || !cues_may(l, s))
        return 0;
    for (size_t i = 0, n; i < s->words_n; i += n ? n : 1) {
        n = cue_at(l, s, i, &v);
        if (!n)
            continue;
        if (v == OPEN)
            return 0;
        if (outright(v) ||
            (answers_amount(d, b, s) && (i == 0 || s->word[i - 1].after || n >= PLAIN || s->words_n <= SHORT_ANSWER)))
            found = v;
    }
    return found;
}

void analysis_decisions(struct analysis *an)
{
    const struct word_list *l = list_for("decision", an->d.lang);
    struct bargain b = {0};

    if (!l || an->d.ia->kind == IA_DOCUMENT)
        return;
    for (size_t i = 0; i < an->d.n; i++) {
        const struct sentence *s = &an->d.s[i];
        int v = verdict(&an->d, l, s, &b);
        double amount = 0;
        bool sure, own = amount_in(&an->d, s, &amount, &sure);
        b.money = b.money || sure || (own && speaks_of_price(s));
        own = own && b.money;
        if (v == AGREES_TO_AMOUNT && own && amount != b.amount) /* "I can do 80": an offer in return */
            v = 0;
        if (v) {
            struct ia_span span = sentence_span(s);
            bool told = v == TOLD || v == MADE, agreed = v == AGREES || v == AGREES_TO_AMOUNT;
            struct record_finding *f = analysis_add(an, "decision",
                                                    told     ? STR("DECIDED")
                                                    : agreed ? STR("AGREED")
                                                             : STR("DECLINED"),
                                                    &span, 1);
            f->confidence = outright(v) ? 0.8 : 0.6;
            f->has_value = agreed && (own || b.named);
            f->value = own ? amount : b.amount;
        }
        if (own)
            b = (struct bargain){true, true, amount, s->voice, s->floor};
    }
}
