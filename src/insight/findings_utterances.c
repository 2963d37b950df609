/* insight/findings_utterances.c - classes of utterances: questions and check-ins, talk of prices, of next steps. */
#include "insight/cues.h"
#include "insight/findings_priv.h"
#include "text/word_set.h"

static bool has_entry(const struct word_list *l, const struct sentence *s)
{
    for (size_t i = 0; cues_may(l, s) && i < s->words_n; i++)
        if (cue_at(l, s, i, NULL))
            return true;
    return false;
}

/* A sum of money named by one of ours, where prices are not spoken of by name: "it's about twenty-seven thousand". */
/* "nine thousand pieces" is a number of something, "nine thousand for each" a sum. */
static bool counts_things(const struct sentence *s, size_t at)
{
    WORD_SET(scales, "thousand", "million", "tausend", "mille");
    WORD_SET(after, "a", "all", "and", "as", "at", "but", "each", "euro", "euros", "dollars", "for", "if", "in", "is",
             "less", "more", "net", "on", "or", "per", "plus", "pounds", "francs", "so", "that", "then", "to", "total",
             "up", "was", "which", "with", "und", "für", "pro", "oder");
    str next = at + 1 < s->words_n ? s->token[at + 1] : STR("");

    return word_set_has(&scales, s->atom[at]) && next.n && !word_set_has(&after, s->atom[at + 1]) &&
           !(next.p[0] >= '0' && next.p[0] <= '9');
}

static bool names_sum(const struct discourse *d, const struct sentence *s)
{
    WORD_SET(units, "thousand", "euros", "euro", "dollars", "pounds", "francs", "million", "eur", "usd", "gbp", "chf",
             "tausend", "euros", "mille");

    if (discourse_side(d, s->voice) != IA_SIDE_INTERNAL || s->asks || !sentence_has_number(d, s))
        return false;
    for (size_t i = 0; i < s->words_n; i++)
        if (word_set_has(&units, s->atom[i]) && !counts_things(s, i))
            return true;
    return false;
}

static const char *class_of(enum utterance_kind k)
{
    return k == UTTERANCE_OPEN ? "open" : k == UTTERANCE_QUESTION ? "closed" : "check_in";
}

void analysis_utterances(struct analysis *an)
{
    const struct word_list *pricing = list_for("pricing", an->d.lang), *next = list_for("nextstep", an->d.lang);

    for (size_t i = 0; i < an->d.n; i++) {
        struct ia_span span = sentence_span(&an->d.s[i]);
        if (an->d.s[i].kind != UTTERANCE_OTHER)
            analysis_add(an, "question", str_of(class_of(an->d.s[i].kind)), &span, 1);
        if (names_sum(&an->d, &an->d.s[i]))
            analysis_add(an, "pricing", STR("amount"), &span, 1);
        else if (has_entry(pricing, &an->d.s[i]))
            analysis_add(an, "pricing", STR("topic"), &span, 1);
        if (has_entry(next, &an->d.s[i]))
            analysis_add(an, "next_step", STR(""), &span, 1);
    }
}
