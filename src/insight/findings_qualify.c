/* insight/findings_qualify.c - MEDDPICC, BANT and SPICED: the best evidence of each field, and what speaks against it:
 * definitions.md section 6. */
#include "insight/cues.h"
#include "insight/findings_priv.h"
#include "text/when.h"
#include "text/word_set.h"

enum { FIELDS = SAID_FIELDS, STRONG = 1 << 17, SAID_WEIGHS = 60 /* when it is certain */ };

static const struct {
    const char *class, *against; /* an objection of this code contradicts it */
    bool number, day;            /* needs one for the best score */
} fields[FIELDS] = {
    {"meddpicc.metrics", "", true, false},
    {"meddpicc.economic_buyer", "AUTHORITY", false, false},
    {"meddpicc.decision_criteria", "", false, false},
    {"meddpicc.decision_process", "", false, false},
    {"meddpicc.paper_process", "", true, false},
    {"meddpicc.identify_pain", "NEED", false, false},
    {"meddpicc.champion", "", false, false},
    {"meddpicc.competition", "", false, false},
    {"bant.budget", "BUDGET", true, false},
    {"bant.authority", "AUTHORITY", false, false},
    {"bant.need", "NEED", false, false},
    {"bant.timeline", "TIMING", false, true},
    {"spiced.situation", "", false, false},
    {"spiced.pain", "NEED", false, false},
    {"spiced.impact", "", true, false},
    {"spiced.critical_event", "", false, true},
    {"spiced.decision", "", false, false},
};

enum { PAPER = 1 << 4 }; /* bit of meddpicc.paper_process */

struct evidence {
    size_t sentence;
    int score, weight;
};

static bool has_day(const struct sentence *s)
{
    struct words words = sentence_words(s);
    struct when w[WHEN_MAX];

    return when_find(&words, s->lang, 0, w) > 0;
}

static int bits_count(const struct word_list *l, const struct sentence *s, int bit, bool *out_strong)
{
    int n = 0, v;

    for (size_t i = 0; cues_may(l, s) && i < s->words_n; i++)
        if ((s->starts[i].any & l->bit) && list_reaches(l, s->atom[i], bit) && cue_at(l, s, i, &v) && (v & bit)) {
            n++;
            *out_strong |= (v & STRONG) != 0;
        }
    return n;
}

/* "delivery nine working days after the order", "the contract with the dealers says ninety-five": no step of this purchase. */
static bool tells_of_others(const struct sentence *s)
{
    WORD_SET(parties, "dealer", "dealers", "carrier", "carriers", "supplier", "suppliers", "landlord", "tenant",
             "tenants", "retailer", "retailers", "customer", "customers");

    for (size_t i = 0; i < s->words_n; i++)
        if (str_starts(s->token[i], STR("deliver")) ||
            (i > 1 && word_set_has(&parties, s->atom[i]) &&
             (str_eq(s->token[i - 1], STR("with")) || str_eq(s->token[i - 2], STR("with")))))
            return true;
    return false;
}

static void evidence_weigh(const struct discourse *d, size_t at, const struct said *by_words,
                           struct evidence best[FIELDS])
{
    const struct word_list *l = LIST("qualify.en");
    const struct sentence *s = &d->s[at];
    bool outside = discourse_side(d, s->voice) == IA_SIDE_EXTERNAL, number, others, day = false;
    /* what depends on something else is no answer yet, unless a listed phrase says so */
    uint32_t said = s->words_n && str_eq(s->token[0], STR("if")) ? 0 : by_words->fields;
    int bits = outside && by_words->fields_chance <= 0 ? 0 : cues_of(l, s);

    if (!(((uint32_t)bits & (STRONG - 1)) | said) || s->words_n < 4 || s->asks)
        return;
    number = sentence_has_number(d, s);
    others = tells_of_others(s);
    if (bits & (1 << 11 | 1 << 15))
        day = has_day(s);
    for (int f = 0; f < FIELDS; f++) {
        bool strong = false;
        int cues = (bits & 1 << f) ? bits_count(l, s, 1 << f, &strong) : 0, score, weight;
        bool fits = (said & 1u << f) != 0;
        if (!fits && (!cues || (fields[f].number && !number && f == 0) || (fields[f].day && !day)))
            continue;
        if ((1 << f == PAPER && others) || (said && !fits && !strong)) /* "we need" stands in much that is no need */
            continue;
        score = outside && (strong || fits) && (!fields[f].number || number) ? 2 : 1;
        weight = score * 100 + (outside ? 50 : 0) + (fits ? (int)(SAID_WEIGHS * by_words->fields_chance) : 0) +
                 cues * 10 + (number ? 8 : 0) + (day ? 4 : 0) - (s->words_n > 40 ? 20 : 0);
        if (weight > best[f].weight)
            best[f] = (struct evidence){at, score, weight};
    }
}

const size_t qualification_fields_n = FIELDS;

const char *qualification_field(size_t field)
{
    return fields[field].class;
}

bool qualification_said(const struct discourse *d, size_t at, size_t field)
{
    const struct sentence *s = &d->s[at];
    bool strong = false;

    return (bits_count(LIST("qualify.en"), s, 1 << field, &strong) > 0 &&
            !(fields[field].number && !sentence_has_number(d, s) && field == 0) &&
            !(fields[field].day && !has_day(s))) ||
           (discourse_side(d, s->voice) == IA_SIDE_EXTERNAL && said_read(s).fields & 1u << field);
}

static const struct record_finding *against(const struct analysis *an, const char *code)
{
    for (size_t i = 0; *code && i < an->n; i++)
        if (str_eq(an->list[i].kind, STR("objection")) && str_eq(an->list[i].class, str_of(code)))
            return &an->list[i];
    return NULL;
}

void analysis_qualification(struct analysis *an)
{
    struct evidence best[FIELDS] = {0};

    for (size_t i = 0; i < an->d.n; i++)
        evidence_weigh(&an->d, i, &an->said[i], best);
    for (int f = 0; f < FIELDS; f++) {
        struct ia_span spans[2];
        const struct record_finding *no = against(an, fields[f].against);
        struct record_finding *q;
        if (!best[f].weight)
            continue;
        spans[0] = sentence_span(&an->d.s[best[f].sentence]);
        if (no)
            spans[1] = no->spans[0];
        q = analysis_add(an, "qualification", str_of(fields[f].class), spans,
                         no && spans[1].turn != spans[0].turn ? 2 : 1);
        q->has_value = true;
        q->value = best[f].score;
        q->attributes = str_fmt(an->a, "{\"score\":%d,\"contradicted\":%s}", best[f].score, no ? "true" : "false");
        q->confidence = best[f].score == 2 ? 0.6 : 0.4;
    }
}
