/* insight/findings_flags.c - words of the customer that endanger a deal, and words that do not fit a CRM's close date or amount:
 * definitions.md section 7, W07 and W22.
 *
 * A red flag is an entry of text/lists/redflag.LANG.txt that is neither asked nor denied; a condition or a guess takes from how
 * sure it is. A conflict states the first day on which a decision is possible ("not before", "next quarter"), or the most that
 * may be spent; whether the CRM says otherwise is worked out where both are known (deals/). */
#include "base/clock.h"
#include "insight/cues.h"
#include "insight/findings_priv.h"
#include "text/word_set.h"

enum { DAY_MS = 86400000, DENIED_BACK = 3 };
static const double UNSURE = 0.6; /* what a guess leaves of the confidence */

static bool denied(const struct sentence *s, size_t at)
{
    WORD_SET(nots, "not", "no", "never", "nobody", "without", "since", "nicht", "kein", "keine", "pas");

    for (size_t back = 1; back <= DENIED_BACK && back <= at; back++)
        if (word_set_has(&nots, s->atom[at - back]) || str_ends(s->token[at - back], STR("n't")))
            return true;
    return false;
}

static bool guessed(const struct sentence *s)
{
    WORD_SET(words, "if", "might", "may", "maybe", "perhaps", "could", "would", "unless", "whether", "possibly",
             "rumour", "rumours", "wenn", "vielleicht", "falls");

    for (size_t i = 0; i < s->words_n; i++)
        if (word_set_has(&words, s->atom[i]))
            return true;
    return false;
}

static void red_flag(struct analysis *an, const struct sentence *s)
{
    static const char *const classes[] = {"",          "FREEZE",      "LAYOFFS",    "REORGANISATION",
                                          "DEPARTURE", "LEGAL_BLOCK", "CHOSE_OTHER"};
    const struct word_list *l = LIST("redflag.en");
    int best = 0;

    for (size_t i = 0; cues_may(l, s) && i < s->words_n; i++) {
        int v;
        if (cue_at(l, s, i, &v) && !denied(s, i) && v % 10 > best % 10)
            best = v;
    }
    if (best && !s->asks) {
        struct ia_span span = sentence_span(s);
        struct record_finding *f = analysis_add(an, "red_flag", str_of(classes[best / 10]), &span, 1);
        f->confidence = best % 10 / 10.0 * (guessed(s) ? UNSURE : 1);
    }
}

/* ---- days ---- */

struct civil {
    int y, m, d;
};

static struct civil civil_of(int32_t day)
{
    struct civil c;
    int h, mi, s, ms;

    clock_to_civil((int64_t)day * DAY_MS, &c.y, &c.m, &c.d, &h, &mi, &s, &ms);
    return c;
}

static int32_t month_first(int year, int month) /* month may be 13 and more */
{
    year += (month - 1) / 12;
    month = (month - 1) % 12 + 1;
    return (int32_t)(clock_from_civil(year, month, 1, 0, 0, 0, 0) / DAY_MS);
}

static int month_of(str w, str lang)
{
    const struct word_list *l = list_for("when", lang);
    int v = l ? list_value(l, w) : 0;

    return v > 200 && v <= 212 ? v - 200 : 0;
}

static bool word_is_at(const struct sentence *s, size_t i, const char *w)
{
    return i < s->words_n && str_eq(s->token[i], str_of(w));
}

/* The first day after the period that begins at word i ("next quarter", "this year"); 0: no period. */
static int32_t period_begin(const struct sentence *s, size_t i, int32_t today, bool *out_this)
{
    struct civil c = civil_of(today);

    *out_this = word_is_at(s, i, "this");
    if (!*out_this && !word_is_at(s, i, "next"))
        return 0;
    if (word_is_at(s, i + 1, "year"))
        return month_first(c.y + 1, 1);
    if (word_is_at(s, i + 1, "quarter"))
        return month_first(c.y, (c.m - 1) / 3 * 3 + 4);
    if (word_is_at(s, i + 1, "month"))
        return month_first(c.y, c.m + 1);
    return 0;
}

/* "until December", "before the end of January", "in March": the first day on which it can be; 0: none. */
static int32_t month_begin(const struct discourse *d, const struct sentence *s, size_t i, int32_t today)
{
    WORD_SET(heads, "until", "till", "before", "in", "by");
    WORD_SET(skipped, "the", "early", "mid", "late", "around");
    struct civil c = civil_of(today);
    bool end = false, before = word_is_at(s, i, "before") || word_is_at(s, i, "until") || word_is_at(s, i, "till");
    size_t k = i + 1;
    int m, year;

    if (!word_set_has(&heads, s->atom[i]))
        return 0;
    while (k < s->words_n &&
           (word_set_has(&skipped, s->atom[k]) || word_is_at(s, k, "of") || word_is_at(s, k, "end"))) {
        end = end || word_is_at(s, k, "end");
        k++;
    }
    m = k < s->words_n ? month_of(s->token[k], s->lang.n ? s->lang : d->lang) : 0;
    if (!m || (k + 1 < s->words_n && s->token[k + 1].n && s->token[k + 1].p[0] >= '0' && s->token[k + 1].p[0] <= '9' &&
               s->token[k + 1].n <= 2))
        return 0; /* a day of a month is a date, which commitments read */
    year = m < c.m || (m == c.m && !end) ? c.y + 1 : c.y;
    return month_first(year, m + (end && before ? 1 : 0));
}

/* Does the sentence speak of deciding and signing? */
static bool decides(const struct sentence *s)
{
    WORD_SET(words, "sign", "signed", "signing", "decide", "decided", "decision", "decisions", "approve", "approved",
             "approval", "contract", "order", "purchase", "answer", "board", "committee");

    for (size_t i = 0; i < s->words_n; i++)
        if (word_set_has(&words, s->atom[i]))
            return true;
    return false;
}

static bool says_no(const struct sentence *s)
{
    WORD_SET(words, "not", "no", "nothing", "never", "nobody", "cannot");

    for (size_t i = 0; i < s->words_n; i++)
        if (word_set_has(&words, s->atom[i]) || str_ends(s->token[i], STR("n't")))
            return true;
    return false;
}

/* Words of a decision that is still to come. */
static bool will_decide(const struct sentence *s)
{
    WORD_SET(words, "sign", "signing", "decide", "decision");

    for (size_t i = 0; i < s->words_n; i++)
        if (word_set_has(&words, s->atom[i]))
            return true;
    return false;
}

/* The first day on which it can be decided, as the customer says; 0: not said. */
static int32_t decision_day(const struct discourse *d, const struct sentence *s, int32_t today)
{
    bool no = says_no(s);

    for (size_t i = 0; i < s->words_n; i++) {
        bool this_;
        int32_t day = period_begin(s, i, today, &this_);
        if (day && (!this_ || no)) /* "this year" says something only in "nothing this year" */
            return day;
        day = month_begin(d, s, i, today);
        if (day && (no || (word_is_at(s, i, "in") && will_decide(s))))
            return day;
    }
    return 0;
}

static void conflict_date(struct analysis *an, const struct sentence *s, int32_t today)
{
    int32_t day = !s->asks && decides(s) ? decision_day(&an->d, s, today) : 0;
    struct ia_span span = sentence_span(s);
    struct record_finding *f;

    if (!day)
        return;
    f = analysis_add(an, "crm_conflict", STR("close_date"), &span, 1);
    f->due_day = day;
    f->confidence = 0.9 * (guessed(s) ? UNSURE : 1);
}

/* ---- amounts ---- */

/* "forty-eight": 48; "48,000", "48k": 48000; -1: no number. */
static double number_of(str w)
{
    static const struct {
        const char *w;
        double v;
    } words[] = {{"one", 1},      {"two", 2},        {"three", 3},     {"four", 4},      {"five", 5},
                 {"six", 6},      {"seven", 7},      {"eight", 8},     {"nine", 9},      {"ten", 10},
                 {"eleven", 11},  {"twelve", 12},    {"thirteen", 13}, {"fourteen", 14}, {"fifteen", 15},
                 {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19}, {"twenty", 20},
                 {"thirty", 30},  {"forty", 40},     {"fifty", 50},    {"sixty", 60},    {"seventy", 70},
                 {"eighty", 80},  {"ninety", 90}};
    size_t dash = str_find_char(w, '-', 0);
    double sum = 0;
    size_t i = 0;

    if (dash != SIZE_MAX && dash) {
        double tens = number_of(str_sub(w, 0, dash)), ones = number_of(str_sub(w, dash + 1, w.n));
        return tens >= 20 && tens < 100 && ones > 0 && ones < 10 ? tens + ones : -1;
    }
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (str_eq(w, str_of(words[k].w)))
            return words[k].v;
    while (i < w.n && !(w.p[i] >= '0' && w.p[i] <= '9'))
        i++;
    if (i == w.n || i > 3)
        return -1;
    for (; i < w.n && ((w.p[i] >= '0' && w.p[i] <= '9') || w.p[i] == ',' || w.p[i] == '.'); i++)
        if (w.p[i] >= '0' && w.p[i] <= '9')
            sum = sum * 10 + (w.p[i] - '0');
    return i == w.n ? sum : i + 1 == w.n && w.p[i] == 'k' ? sum * 1000 : -1;
}

/* The first sum of at least a thousand: a number, and "hundred", "thousand", "million" behind it. */
static double amount_in(const struct sentence *s)
{
    for (size_t i = 0; i < s->words_n; i++) {
        double sum = 0, part = number_of(s->token[i]);
        size_t k = i;
        if (part < 0)
            continue;
        for (; k < s->words_n; k++) {
            double n = number_of(s->token[k]);
            if (n >= 0)
                part = k == i ? n : part + n;
            else if (word_is_at(s, k, "hundred"))
                part *= 100;
            else if (word_is_at(s, k, "thousand"))
                sum += part * 1000, part = 0;
            else if (word_is_at(s, k, "million"))
                sum += part * 1e6, part = 0;
            else if (!word_is_at(s, k, "and"))
                break;
        }
        if (sum + part >= 1000 && !(sum + part >= 1990 && sum + part <= 2100 && k == i + 1)) /* a year is no sum */
            return sum + part;
        i = k;
    }
    return 0;
}

static void conflict_amount(struct analysis *an, const struct sentence *s)
{
    const struct word_list *l = LIST("limit.en");
    struct ia_span span = sentence_span(s);
    double amount = !s->asks && cues_of(l, s) ? amount_in(s) : 0;
    struct record_finding *f;

    if (amount <= 0)
        return;
    f = analysis_add(an, "crm_conflict", STR("amount"), &span, 1);
    f->has_value = true;
    f->value = amount;
    f->confidence = 0.9 * (guessed(s) ? UNSURE : 1);
}

void analysis_flags(struct analysis *an)
{
    const struct interaction *ia = an->d.ia;
    int64_t local = ia->started_at_ms + (int64_t)ia->started_offset_min * 60000;
    bool dated = ia->started_at_ms != CLOCK_NONE;

    if (ia->kind == IA_DOCUMENT)
        return;
    for (size_t i = 0; i < an->d.n; i++) {
        const struct sentence *s = &an->d.s[i];
        if (discourse_side(&an->d, s->voice) != IA_SIDE_EXTERNAL)
            continue;
        red_flag(an, s);
        if (dated)
            conflict_date(an, s, (int32_t)((local - (local % DAY_MS + DAY_MS) % DAY_MS) / DAY_MS));
        conflict_amount(an, s);
    }
}
