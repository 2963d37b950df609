/* insight/proposals_summary.c - may a sentence of the model's own words be shown beside the words it rests on? */
#include "insight/cues.h"
#include "insight/proposals_priv.h"
#include "text/uni.h"
#include "text/words.h"

enum { TEXT_BYTES_MIN = 12, TEXT_BYTES_MAX = 400, CONTENT_MIN = 4, STEM = 4, TOKENS_MAX = 120 };

struct evidence {
    const struct discourse *d;
    size_t first, last;
    str token[TOKENS_MAX];
    size_t n;
    str names; /* of who says it, folded */
};

static bool digit_in(str w)
{
    for (size_t i = 0; i < w.n; i++)
        if (w.p[i] >= '0' && w.p[i] <= '9')
            return true;
    return false;
}

static bool same_stem(str a, str b)
{
    return str_eq(a, b) || (a.n >= STEM && b.n >= STEM && memcmp(a.p, b.p, STEM) == 0);
}

static bool has_token(const struct evidence *ev, str w, bool stem)
{
    for (size_t i = 0; i < ev->n; i++)
        if (stem ? same_stem(ev->token[i], w) : str_eq(ev->token[i], w))
            return true;
    return false;
}

static void evidence_make(const struct checker *k, size_t first, size_t last, struct evidence *out)
{
    const struct discourse *d = &k->an.d;
    int voice = d->s[first].voice;

    *out = (struct evidence){.d = d, .first = first, .last = last};
    for (size_t i = first; i <= last; i++)
        for (size_t w = 0; w < d->s[i].words_n && out->n < TOKENS_MAX; w++)
            out->token[out->n++] = d->s[i].token[w];
    out->names = voice == VOICE_NONE ? STR("") : uni_fold(k->an.a, d->voices[voice].name);
}

/* The name of who says it. */
static bool speaker_named(const struct checker *k, const struct evidence *ev, str token)
{
    str w = str_ends(token, STR("'s")) ? str_sub(token, 0, token.n - 2) : token, rest = ev->names;

    while (rest.n)
        if (str_eq(str_cut(rest, ' ', &rest), uni_fold(k->an.a, w)))
            return true;
    return false;
}

/* "Ana" said it, or is spoken of in it. */
static bool name_known(const struct checker *k, const struct evidence *ev, str token)
{
    str w = str_ends(token, STR("'s")) ? str_sub(token, 0, token.n - 2) : token;

    return has_token(ev, w, false) || has_token(ev, token, false) || speaker_named(k, ev, token);
}

static bool of_time(str lang, str w)
{
    const struct word_list *l = list_for("when", lang);

    return l && list_match(l, &w, 1, NULL) == 1;
}

/* A word that pins something down must come from the evidence: numbers, days, names. */
static bool word_allowed(const struct checker *k, const struct evidence *ev, str text, const struct word *x, str token,
                         bool begins)
{
    static const char *const plain[] = {"i",   "the", "a",    "an",   "to", "of", "in", "on",
                                        "for", "and", "that", "this", "it", "is", NULL};
    static const char *const numbers[] = {"one",     "two",  "three",  "four",   "five",   "six",     "seven",
                                          "eight",   "nine", "ten",    "eleven", "twelve", "hundred", "thousand",
                                          "million", "half", "double", "twice",  "dozen",  NULL};
    size_t at = x->inner_start;
    bool upper = uni_is_upper(uni_next(text, &at)), named;

    for (size_t i = 0; plain[i]; i++)
        if (str_eq(token, str_of(plain[i])))
            return true;
    for (size_t i = 0; numbers[i]; i++)
        if (str_eq(token, str_of(numbers[i])))
            return has_token(ev, token, false);
    if (digit_in(token) || of_time(ev->d->s[ev->first].lang, token))
        return has_token(ev, token, false);
    named = discourse_named(ev->d, token) != VOICE_NONE;
    if (named || (upper && !begins))
        return name_known(k, ev, token);
    return true;
}

/* The model's words, read like a sentence, so that the same marks can be asked of both. */
static void text_marks(const struct checker *k, str text, struct words *w, struct sentence *s, struct marked *m)
{
    *w = words_split(text, k->an.a);
    *s = (struct sentence){.lang = k->an.d.lang,
                           .words_n = w->n,
                           .word = ARENA_ARRAY(k->an.a, struct dword, w->n + 1),
                           .token = w->token,
                           .atom = w->atom};
    for (size_t i = 0; i < w->n; i++)
        s->word[i] = (struct dword){.start = w->word[i].inner_start, .end = w->word[i].inner_end};
    sentence_starts_make(s, k->an.a);
    marks_of(&k->an.d, s, m);
}

static bool negated(const str *token, size_t n)
{
    static const char *const words[] = {"not",    "no",      "never",   "cannot",   "without",  "nobody",   "nothing",
                                        "none",   "refuses", "refused", "declined", "declines", "rejected", "rejects",
                                        "denied", "neither", "nor",     "unable",   NULL};

    for (size_t i = 0; i < n; i++) {
        if (str_ends(token[i], STR("n't")))
            return true;
        for (size_t k = 0; words[k]; k++)
            if (str_eq(token[i], str_of(words[k])))
                return true;
    }
    return false;
}

/* Words that say more than was said, unless the evidence has them; what will be rests on a promise in the first person. */
static bool firmer(const struct evidence *ev, const str *token, size_t n, bool promised)
{
    static const char *const words[] = {"agreed",    "agrees",     "promised",   "promises",   "committed", "commits",
                                        "confirmed", "confirms",   "signed",     "approved",   "accepted",  "accepts",
                                        "decided",   "guaranteed", "guarantees", "definitely", "certainly", "always",
                                        "all",       "every",      "must",       "required",   NULL};
    static const char *const wills[] = {"will", "shall", "won't", NULL};

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; words[k]; k++)
            if (str_eq(token[i], str_of(words[k])) && !has_token(ev, token[i], true))
                return true;
        for (size_t k = 0; wills[k]; k++)
            if (str_eq(token[i], str_of(wills[k])) && !promised)
                return true;
    }
    return false;
}

static bool able(const str *token, size_t n)
{
    static const char *const words[] = {"can",     "could", "may",   "might",   "would", "offers",
                                        "offered", "able",  "maybe", "perhaps", NULL};

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; words[k]; k++)
            if (str_eq(token[i], str_of(words[k])))
                return true;
    return false;
}

static bool asks_told(const str *token, size_t n)
{
    static const char *const words[] = {"ask",    "asks",    "asked",   "asking",    "question", "wants",
                                        "wanted", "wonders", "whether", "requested", "requests", NULL};

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; words[k]; k++)
            if (str_eq(token[i], str_of(words[k])))
                return true;
    return false;
}

static bool supported(const struct checker *k, const struct evidence *ev, str text)
{
    const struct word_list *stop = list_for("stop", k->an.d.lang);
    unsigned doubts = 0;
    bool asks = false, promised = false;
    size_t content = 0, shared = 0;
    struct sentence s;
    struct marked m;
    struct words w;

    text_marks(k, text, &w, &s, &m);
    for (size_t i = ev->first; i <= ev->last; i++) {
        struct marked said;
        marks_make(ev->d, i, ACT_NO_DAY, &said);
        doubts |= sentence_doubts(ev->d, i);
        asks |= ev->d->s[i].asks;
        promised |= mark_in(&said, 0, said.s->words_n, C_I | C_WE | C_GET);
    }
    for (size_t i = 0; i < w.n; i++) {
        if (!word_allowed(k, ev, text, &w.word[i], w.token[i], i == 0))
            return false;
        if (w.token[i].n < CONTENT_MIN || list_value(stop, w.token[i]) || speaker_named(k, ev, w.token[i]))
            continue;
        content++;
        shared += has_token(ev, w.token[i], true);
    }
    if ((doubts & (DOUBT_REPORT | DOUBT_JOKE)) || shared * 5 < content * 3 || !shared)
        return false;
    if ((doubts & DOUBT_OFFER) && !able(w.token, w.n))
        return false;
    if ((doubts & DOUBT_HEDGE) && !mark_in(&m, 0, w.n, C_HEDGE | C_COND | C_TIMECOND | C_MIGHT))
        return false;
    if (negated(w.token, w.n) != negated(ev->token, ev->n) || firmer(ev, w.token, w.n, promised))
        return false;
    return !asks || asks_told(w.token, w.n);
}

static bool one_line(str text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < 0x20 || text.p[i] == '<' || text.p[i] == '>')
            return false;
    return text.n >= TEXT_BYTES_MIN && text.n <= TEXT_BYTES_MAX && !str_contains(text, STR("://"));
}

static str attributes_of(str text, struct arena *a)
{
    struct buf b;
    struct jw w;
    str out;

    buf_init_wiped(&b, 8 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "text", text);
    jw_end(&w);
    out = str_dup(a, buf_view(&b));
    buf_done(&b);
    return out;
}

void summary_check(struct checker *k, const struct json *sentence)
{
    struct ia_span spans[QUOTE_SENTENCES_MAX * SENTENCE_SPANS_MAX];
    str text = str_trim(json_str(json_get(sentence, "text"), STR("")));
    struct record_finding *f;
    struct evidence ev;
    size_t first, last, n;

    if (!one_line(text) || !quote_sentences(k, sentence, "turn", "quote", &first, &last) ||
        k->an.d.s[first].voice != k->an.d.s[last].voice)
        return;
    evidence_make(k, first, last, &ev);
    if (!supported(k, &ev, text))
        return;
    n = quote_spans(k, first, last, spans);
    if (!n)
        return;
    f = analysis_add(&k->an, "summary", STR("abstractive"), spans, n);
    f->attributes = attributes_of(text, k->an.a);
}
