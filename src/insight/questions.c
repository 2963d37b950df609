#include "insight/questions.h"

#include <string.h>

#include "text/lists.h"
#include "text/words.h"

/* What a listed word or phrase can be; an entry's number is the sum. */
enum {
    Q_WH = 1,           /* what, how */
    Q_AUX = 2,          /* is, can */
    Q_PRONOUN = 4,      /* you, there: the subject of an inversion */
    Q_REQUEST = 8,      /* walk me through: anywhere */
    Q_CHECK = 16,       /* a whole utterance that checks, with a question mark */
    Q_TAG = 32,         /* an end that checks, with a question mark */
    Q_LEAD = 64,        /* so, and, okay: stands before the question proper */
    Q_BEFORE_WH = 128,  /* for how long, in what way */
    Q_AFTER_WH = 256,   /* happens, makes: verbs and amounts that follow a wh-word in a question */
    Q_CHECK_BARE = 512, /* a whole utterance that checks, also without question mark */
    Q_REQUEST_FIRST = 1024, /* tell me: at the beginning only */
    Q_WH_AUX = 2048,        /* what's */
    Q_SUBJECT = 4096,       /* it, the: subjects after is and can, objects after do and have */
    Q_AUX_STRICT = 8192,    /* do, have: also imperatives */
};

enum { CHECK_IN_WORDS = 5 };

static str lang_of(str lang)
{
    return lang.n == 0 || str_eq(lang, STR("und")) ? STR("en") : lang;
}

/* Ends with a question mark, behind which only closing quotes and brackets stand. */
static bool asks(str s)
{
    while (s.n) {
        size_t at = s.n;
        uint32_t c = uni_prev(s, &at);
        if (c == '?' || c == 0xFF1F || c == 0x061F) /* full width, Arabic */
            return true;
        if (c != '"' && c != '\'' && c != ')' && c != ']' && c != 0x2019 && c != 0x201D && !uni_is_space(c))
            return false;
        s.n = at;
    }
    return false;
}

static size_t match_from(const struct word_list *l, const struct words *w, size_t at, int bits)
{
    struct list_hit hit[LIST_ENTRY_WORDS];
    size_t n = list_hits_from(l, w->atom + at, w->n - at, hit);

    while (n && !(hit[n - 1].value & bits))
        n--;
    return n ? hit[n - 1].words : 0;
}

/* How many words the longest entry at `at` has that can be `bits`; 0: there is none. */
static inline size_t match(const struct word_list *l, const struct words *w, size_t at, int bits)
{
    return at < w->n && (!w->starts || w->starts[at].any & l->bit) && list_reaches(l, w->atom[at], bits) &&
                   list_may(l, w->atom + at, w->n - at)
               ? match_from(l, w, at, bits)
               : 0;
}

static bool checks_in(const struct word_list *l, const struct words *w, bool mark)
{
    if (w->n <= CHECK_IN_WORDS && match(l, w, 0, mark ? Q_CHECK | Q_CHECK_BARE : Q_CHECK_BARE) == w->n && w->n)
        return true;
    for (size_t k = 1; mark && k <= CHECK_IN_WORDS && k <= w->n; k++)
        if (match(l, w, w->n - k, Q_TAG) == k)
            return true;
    return false;
}

static bool requests(const struct word_list *l, const struct words *w, size_t first)
{
    if (match(l, w, first, Q_REQUEST_FIRST))
        return true;
    if (match(l, w, first, Q_AUX | Q_AUX_STRICT) && match(l, w, first + 1, Q_PRONOUN) &&
        match(l, w, first + 2, Q_REQUEST_FIRST)) /* could you tell me */
        return true;
    for (size_t i = first; i < w->n; i++)
        if (match(l, w, i, Q_REQUEST))
            return true;
    return false;
}

static bool inverts(const struct word_list *l, const struct words *w, size_t at)
{
    return (match(l, w, at, Q_AUX) && match(l, w, at + 1, Q_PRONOUN | Q_SUBJECT)) ||
           (match(l, w, at, Q_AUX_STRICT) && match(l, w, at + 1, Q_PRONOUN));
}

enum utterance_kind utterance_classify(str utterance, str lang, struct arena *scratch)
{
    struct words w = words_split(utterance, scratch);

    return utterance_classify_words(utterance, &w, lang);
}

enum utterance_kind utterance_classify_words(str utterance, const struct words *w, str lang)
{
    const struct word_list *l = list_for("questions", lang_of(lang));
    bool mark = asks(utterance), wh, wh_asks;
    size_t at = 0, n;

    if (!l || !w->n)
        return mark ? UTTERANCE_QUESTION : UTTERANCE_OTHER;
    if (checks_in(l, w, mark))
        return UTTERANCE_CHECK_IN;
    while ((n = match(l, w, at, Q_LEAD)) != 0)
        at += n;
    if (match(l, w, at, Q_BEFORE_WH) && match(l, w, at + 1, Q_WH))
        at++;
    n = match(l, w, at, Q_WH | Q_WH_AUX);
    wh = n > 0;
    wh_asks = match(l, w, at, Q_WH_AUX) || (wh && match(l, w, at + n, Q_AUX | Q_AUX_STRICT | Q_AFTER_WH));
    if (requests(l, w, at))
        return UTTERANCE_OPEN;
    if (wh && (mark || wh_asks))
        return UTTERANCE_OPEN;
    return mark || inverts(l, w, at) ? UTTERANCE_QUESTION : UTTERANCE_OTHER;
}

int questions_version(str lang)
{
    const struct word_list *l = list_for("questions", lang_of(lang));

    return l ? list_version(l) : 0;
}
