/* insight/findings_utterances.c - classes of utterances: questions and check-ins, talk of prices, of next steps. */
#include "insight/cues.h"
#include "insight/findings_priv.h"

static bool has_entry(const struct word_list *l, const struct sentence *s)
{
    for (size_t i = 0; i < s->words_n; i++)
        if (cue_at(l, s, i, NULL))
            return true;
    return false;
}

/* A sum of money named by one of ours, where prices are not spoken of by name: "it's about twenty-seven thousand". */
static bool names_sum(const struct discourse *d, const struct sentence *s)
{
    static const char *const units[] = {"thousand", "euros", "euro", "dollars", "pounds",  "francs", "million",
                                        "eur",      "usd",   "gbp",  "chf",     "tausend", "euros",  "mille"};

    if (discourse_side(d, s->voice) != IA_SIDE_INTERNAL || s->asks || !sentence_has_number(d, s))
        return false;
    for (size_t i = 0; i < s->words_n; i++)
        for (size_t k = 0; k < sizeof units / sizeof *units; k++)
            if (str_eq(s->word[i].token, str_of(units[k])))
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
