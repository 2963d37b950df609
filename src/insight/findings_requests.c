/* insight/findings_requests.c - sentences of a mail that ask its reader for something, however they put it.
 *
 * A sum of weights of words and pairs of words (text/lists/request.en.txt, made by tools/text/request_words.py from labelled
 * sentences) and of what the rules found in the sentence: questions, requests, promises. Confidence is the logistic curve of the
 * sum, against which the list's threshold is held. It says that something is asked, not of whom: commitments do that. */
#include <math.h>

#include "insight/cues.h"
#include "insight/findings_priv.h"

enum { BASE = 1000, SCALE = 100, WORDS_MAX = 200 };

static double weight(const struct word_list *l, str entry)
{
    int v = list_value(l, entry);

    return v ? (double)(v - BASE) / SCALE : 0;
}

static str word_of(const struct sentence *s, size_t i)
{
    str w = s->token[i];

    return w.n && w.p[0] >= '0' && w.p[0] <= '9' ? STR("0") : w;
}

static bool seen_before(const str *list, size_t n, str one)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i], one))
            return true;
    return false;
}

/* Each word and pair counts once; more of them weigh less each. */
static double words_sum(const struct word_list *l, const struct sentence *s, struct arena *a)
{
    size_t words = s->words_n < WORDS_MAX ? s->words_n : WORDS_MAX, n = 0;
    str *used = ARENA_ARRAY(a, str, 2 * words + 2);
    double sum = 0;
    size_t known = 0;

    for (size_t i = 0; i <= words; i++) {
        str before = i ? word_of(s, i - 1) : STR("^");
        str here = i < words ? word_of(s, i) : s->asks ? STR("?") : STR("$");
        str entry[2] = {i < words ? here : STR(""), str_fmt(a, "%.*s %.*s", STR_ARG(before), STR_ARG(here))};
        for (size_t k = 0; k < 2; k++) {
            int v = entry[k].n ? list_value(l, entry[k]) : 0;
            if (!v || seen_before(used, n, entry[k]))
                continue;
            used[n++] = entry[k];
            known++;
            sum += (double)(v - BASE) / SCALE;
        }
    }
    return known ? sum / sqrt((double)known) : 0;
}

/* What the rules found in the sentence. */
static double rules_sum(const struct word_list *l, const struct analysis *an, const struct sentence *s, size_t found_n)
{
    bool question = false, request = false, promise = false;

    for (size_t i = 0; i < found_n; i++) {
        const struct record_finding *f = &an->list[i];
        if (f->spans[0].turn != s->turn || f->spans[0].start >= s->end || f->spans[0].end <= s->start)
            continue;
        question = question || str_eq(f->kind, STR("question"));
        request = request || str_eq(f->modality, STR("REQUESTED"));
        promise = promise || (str_eq(f->kind, STR("commitment")) && !str_eq(f->modality, STR("REQUESTED")));
    }
    return (question ? weight(l, STR("rule.question")) : 0) + (request ? weight(l, STR("rule.request")) : 0) +
           (promise ? weight(l, STR("rule.promise")) : 0);
}

void analysis_requests(struct analysis *an)
{
    const struct word_list *l = list_for("request", an->d.lang);
    size_t found_n = an->n;

    if (!l || an->d.ia->kind != IA_MAIL)
        return;
    for (size_t i = 0; i < an->d.n; i++) {
        const struct sentence *s = &an->d.s[i];
        struct ia_span span = sentence_span(s);
        double sum = weight(l, STR("bias")) + words_sum(l, s, an->a) + rules_sum(l, an, s, found_n);
        if (s->words_n >= 2 && sum > weight(l, STR("threshold")))
            analysis_add(an, "request", STR(""), &span, 1)->confidence = 1 / (1 + exp(-sum));
    }
}
