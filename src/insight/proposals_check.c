/* insight/proposals_check.c - does what a model says of a sentence stand in it? */
#include "insight/cues.h"
#include "insight/proposals_priv.h"
#include "text/uni.h"

enum { QUOTE_BYTES_MIN = 4, QUOTE_BYTES_MAX = 1200, ANSWER_FLOORS = 6, BACK_FLOORS = 8 };

/* ---- quotes ---- */

static bool letter_at(str text, size_t i)
{
    unsigned char c = (unsigned char)text.p[i];

    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Where the quote stands as whole words. */
static bool quote_place(str text, str quote, struct ia_span *out)
{
    if (quote.n < QUOTE_BYTES_MIN || quote.n > QUOTE_BYTES_MAX)
        return false;
    for (size_t at = str_find(text, quote, 0); at != SIZE_MAX; at = str_find(text, quote, at + 1)) {
        size_t end = at + quote.n;
        if ((at > 0 && letter_at(text, at) && letter_at(text, at - 1)) ||
            (end < text.n && letter_at(text, end - 1) && letter_at(text, end)))
            continue;
        out->start = (uint32_t)at;
        out->end = (uint32_t)end;
        return true;
    }
    return false;
}

static bool overlaps(const struct sentence *s, const struct ia_span *q)
{
    for (size_t i = 0; i < s->words_n; i++)
        if (s->word[i].turn == q->turn && s->word[i].start < q->end && s->word[i].end > q->start)
            return true;
    return false;
}

bool quote_sentences(const struct checker *k, const struct json *item, const char *turn_key, const char *key,
                     size_t *out_first, size_t *out_last)
{
    const struct discourse *d = &k->an.d;
    int64_t turn = json_i64(json_get(item, turn_key), -1);
    size_t n = 0;
    struct ia_span q;

    if (turn < (int64_t)k->from || turn >= (int64_t)k->to)
        return false;
    q.turn = (uint32_t)turn;
    if (!quote_place(d->ia->turns[turn].text, json_str(json_get(item, key), STR("")), &q))
        return false;
    for (size_t i = 0; i < d->n; i++)
        if (overlaps(&d->s[i], &q)) {
            *out_first = n++ ? *out_first : i;
            *out_last = i;
        }
    return n > 0 && n <= QUOTE_SENTENCES_MAX && *out_last - *out_first < QUOTE_SENTENCES_MAX;
}

size_t quote_spans(const struct checker *k, size_t first, size_t last, struct ia_span *out)
{
    size_t n = 0;

    for (size_t i = first; i <= last; i++)
        n += sentence_spans(&k->an.d, &k->an.d.s[i], 0, k->an.d.s[i].words_n, out + n);
    return n;
}

static bool quote_sentence(const struct checker *k, const struct json *item, const char *turn_key, const char *key,
                           size_t *out)
{
    size_t last;

    return quote_sentences(k, item, turn_key, key, out, &last) && *out == last;
}

/* ---- doubts ---- */

/* "He said: 'I'll send it.'": inside quotation marks. */
static bool in_quotes(const struct discourse *d, const struct sentence *s)
{
    str text = d->ia->turns[s->turn].text;
    size_t marks = 0, at = 0;

    while (at < s->start && at < text.n) {
        uint32_t c = uni_next(text, &at);
        marks += c == '"' || c == 0x201C || c == 0x201D || c == 0x201E;
    }
    if (marks % 2)
        return true;
    for (size_t i = 0; i < s->words_n; i++)
        if (s->word[i].after == '"')
            return true;
    return s->words_n && s->word[0].start > s->start;
}

unsigned sentence_doubts(const struct discourse *d, size_t sentence)
{
    const struct sentence *s = &d->s[sentence];
    unsigned found = 0;
    struct marked k;

    marks_make(d, sentence, ACT_NO_DAY, &k);
    found |= mark_in(&k, 0, s->words_n, C_HEDGE | C_COND | C_TIMECOND | C_MIGHT) ? DOUBT_HEDGE : 0u;
    found |= mark_in(&k, 0, s->words_n, C_CAN) ? DOUBT_OFFER : 0u;
    found |= mark_in(&k, 0, s->words_n, C_NEG | C_CANT | C_NO) ? DOUBT_REFUSAL : 0u;
    found |= mark_in(&k, 0, s->words_n, C_REPORT) || in_quotes(d, s) ? DOUBT_REPORT : 0u;
    found |= mark_in(&k, 0, s->words_n, C_HABIT) ? DOUBT_HABIT : 0u;
    found |= mark_in(&k, 0, s->words_n, C_JOKE) ? DOUBT_JOKE : 0u;
    found |= mark_in(&k, 0, s->words_n, C_CANCEL) ? DOUBT_BACK : 0u;
    found |= mark_in(&k, 0, s->words_n, C_HERE) ? DOUBT_HERE : 0u;
    if (sentence + 1 < d->n && d->s[sentence + 1].floor == s->floor) {
        found |= sentence_softens(d, sentence + 1) ? DOUBT_HEDGE : 0u;
        found |= sentence_jokes(d, sentence + 1) ? DOUBT_JOKE : 0u;
    }
    return found;
}

/* Does its speaker take something back soon afterwards? */
static bool back_later(const struct discourse *d, size_t sentence)
{
    for (size_t i = sentence + 1; i < d->n && d->s[i].floor - d->s[sentence].floor <= BACK_FLOORS; i++)
        if (sentence_doubts(d, i) & DOUBT_BACK)
            return true;
    return false;
}

/* ---- commitments ---- */

struct reading {
    size_t sentence;
    unsigned doubts;
    bool promises, asks, hedges, refuses; /* acts the rules read in it */
    int asked; /* with `asks`: the one asked, or VOICE_NONE */
    int voice;
};

static void sentence_read(const struct checker *k, size_t sentence, struct reading *out)
{
    const struct discourse *d = &k->an.d;
    struct act_list acts = {0};

    *out = (struct reading){.sentence = sentence,
                            .doubts = sentence_doubts(d, sentence),
                            .voice = d->s[sentence].voice,
                            .asked = VOICE_NONE};
    acts_find(d, sentence, discourse_today(d), &acts);
    for (size_t i = 0; i < acts.n; i++) {
        out->promises |= acts.v[i].kind == ACT_PROMISE;
        out->hedges |= acts.v[i].kind == ACT_HEDGED;
        out->refuses |= acts.v[i].kind == ACT_NEGATED;
        if (acts.v[i].kind == ACT_REQUEST) {
            out->asks = true;
            out->asked = acts.v[i].owner;
        }
    }
}

/* "I'll", "we will" with a verb behind it that is no manner of speech; *out_we: more than the speaker. */
static bool first_person(const struct discourse *d, size_t sentence, bool *out_we)
{
    WORD_SET(lead, "and", "but", "so", "then", "yes", "okay", "sure");
    const struct sentence *s = &d->s[sentence];
    struct marked k;

    marks_make(d, sentence, ACT_NO_DAY, &k);
    for (size_t i = 0; i < s->words_n; i++) {
        size_t n = mark_at(&k, i, C_I | C_WE);
        if (!n || mark_at(&k, i, C_NEG | C_CANT | C_MIGHT) >= n || str_starts(word_at(&k, i), STR("will")))
            continue;
        if (i > 0 && !s->word[i - 1].after && !word_is(&k, i - 1, &lead))
            return false;
        *out_we = !mark_at(&k, i, C_I);
        return i + n < s->words_n && mark_at(&k, i + n, C_IDLE) <= mark_at(&k, i + n, C_ACTION);
    }
    return false;
}

static bool owner_is(const struct discourse *d, int voice, str name)
{
    return !name.n ||
           (voice != VOICE_NONE && (str_eq(name, d->voices[voice].name) || str_eq(name, d->voices[voice].label)));
}

/* The day the words of the sentence name, when the model points at words that are in it. */
static int32_t due_of(const struct checker *k, const struct json *item, size_t sentence)
{
    const struct discourse *d = &k->an.d;
    str words = json_str(json_get(item, "due_words"), STR(""));
    bool dated;

    if (words.n < 2 || !str_contains(sentence_text(d, &d->s[sentence]), words))
        return FINDING_NO_DAY;
    return act_due(d, sentence, discourse_today(d), &dated);
}

static struct record_finding *commitment_add(struct checker *k, const char *modality, const size_t *sentences, size_t n,
                                             int owner)
{
    struct ia_span spans[2 * SENTENCE_SPANS_MAX];
    struct record_finding *f;
    size_t spans_n = 0;

    for (size_t i = 0; i < n; i++)
        spans_n += quote_spans(k, sentences[i], sentences[i], spans + spans_n);
    if (!spans_n)
        return NULL;
    f = analysis_add(&k->an, "commitment", STR(""), spans, spans_n);
    f->modality = str_of(modality);
    if (owner != VOICE_NONE)
        f->owner = k->an.d.voices[owner].name;
    return f;
}

static void committed_check(struct checker *k, const struct json *item, const struct reading *r)
{
    const struct discourse *d = &k->an.d;
    str named = json_str(json_get(item, "owner"), STR(""));
    bool we = false, hedged = (r->doubts & DOUBT_HEDGE) || r->hedges;
    struct record_finding *f;
    int owner = r->voice;

    if ((r->doubts & ~(unsigned)DOUBT_HEDGE) || r->asks || r->refuses || d->s[r->sentence].asks ||
        owner == VOICE_NONE || !first_person(d, r->sentence, &we) || back_later(d, r->sentence))
        return;
    if (we && discourse_side_count(d, discourse_side(d, owner)) > 1)
        owner = VOICE_NONE;
    if (owner != VOICE_NONE ? !owner_is(d, owner, named) : named.n > 0)
        return; /* somebody else's promise, by the model's reading */
    f = commitment_add(k, hedged ? "HEDGED" : "COMMITTED", &r->sentence, 1, owner);
    if (f && !hedged)
        f->due_day = due_of(k, item, r->sentence);
}

/* The one asked, when the words name somebody; else anybody but the asker. */
static bool may_answer(const struct reading *r, int voice)
{
    return voice != VOICE_NONE && voice != r->voice && (r->asked == VOICE_NONE || r->asked == voice);
}

static void accepted_check(struct checker *k, const struct json *item, const struct reading *r)
{
    const struct discourse *d = &k->an.d;
    str named = json_str(json_get(item, "owner"), STR(""));
    size_t places[2] = {r->sentence, 0};
    struct record_finding *f;
    struct reading y;
    bool strong;

    if (!r->asks || (r->doubts & (DOUBT_REPORT | DOUBT_JOKE | DOUBT_BACK)) ||
        !quote_sentence(k, item, "answer_turn", "answer_quote", &places[1]) || places[1] <= places[0])
        return;
    sentence_read(k, places[1], &y);
    if (d->s[places[1]].floor - d->s[places[0]].floor > ANSWER_FLOORS || !may_answer(r, y.voice) ||
        !owner_is(d, y.voice, named))
        return;
    if ((y.doubts & ~(unsigned)DOUBT_OFFER) || y.hedges || y.refuses || back_later(d, places[1]) ||
        answer_of(d, places[1], &strong) != ANSWER_YES)
        return;
    f = commitment_add(k, "ACCEPTED", places, 2, y.voice);
    if (!f)
        return;
    f->due_day = due_of(k, item, places[1]);
    if (f->due_day == FINDING_NO_DAY)
        f->due_day = due_of(k, item, places[0]);
}

/* Softer than a promise: shown only when the rules read it so too. */
static void soft_check(struct checker *k, const char *modality, const struct reading *r, bool there, int owner)
{
    if (!there || (r->doubts & (DOUBT_REPORT | DOUBT_HABIT | DOUBT_JOKE)))
        return;
    commitment_add(k, modality, &r->sentence, 1, owner);
}

static void commitment_check(struct checker *k, const struct json *item)
{
    str modality = json_str(json_get(item, "modality"), STR(""));
    struct reading r;
    size_t at;

    if (!quote_sentence(k, item, "turn", "quote", &at))
        return;
    sentence_read(k, at, &r);
    if (str_eq(modality, STR("COMMITTED")))
        committed_check(k, item, &r);
    else if (str_eq(modality, STR("ACCEPTED")))
        accepted_check(k, item, &r);
    else if (str_eq(modality, STR("REQUESTED")))
        soft_check(k, "REQUESTED", &r, r.asks, r.asked);
    else if (str_eq(modality, STR("HEDGED")))
        soft_check(k, "HEDGED", &r, r.hedges, r.voice);
    else if (str_eq(modality, STR("NEGATED")))
        soft_check(k, "NEGATED", &r, r.refuses, r.voice);
}

/* ---- objections, qualification ---- */

static void objection_check(struct checker *k, const struct json *item)
{
    static const char *const codes[] = {
        "PRICE",      "BUDGET", "TIMING",           "AUTHORITY",        "NEED", "FIT", "TRUST", "COMPETITOR",
        "STATUS_QUO", "EFFORT", "SECURITY_PRIVACY", "LEGAL_PROCUREMENT"};
    const struct discourse *d = &k->an.d;
    str code = json_str(json_get(item, "code"), STR(""));
    struct ia_span spans[SENTENCE_SPANS_MAX];
    struct record_finding *f;
    int severity = 0, want = 0;
    size_t at;

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        want = str_eq(code, str_of(codes[i])) ? (int)i + 1 : want;
    if (!want || !quote_sentence(k, item, "turn", "quote", &at) || d->s[at].asks ||
        discourse_side(d, d->s[at].voice) != IA_SIDE_EXTERNAL || (sentence_doubts(d, at) & (DOUBT_REPORT | DOUBT_JOKE)))
        return;
    if (!objection_said(d, at, want, &severity))
        return;
    f = analysis_add(&k->an, "objection", str_of(codes[want - 1]), spans, quote_spans(k, at, at, spans));
    f->has_value = true;
    f->value = severity;
    f->attributes = str_fmt(k->an.a, "{\"severity\":%d,\"resolved\":\"unknown\"}", severity);
}

static void qualification_check(struct checker *k, const struct json *item)
{
    const struct discourse *d = &k->an.d;
    str field = json_str(json_get(item, "field"), STR(""));
    struct ia_span spans[SENTENCE_SPANS_MAX];
    struct record_finding *f;
    size_t at;

    if (!quote_sentence(k, item, "turn", "quote", &at) || d->s[at].asks || d->s[at].words_n < 4 ||
        (sentence_doubts(d, at) & DOUBT_JOKE))
        return;
    for (size_t i = 0; i < qualification_fields_n; i++)
        if (str_eq(field, str_of(qualification_field(i))) && qualification_said(d, at, i)) {
            size_t n = quote_spans(k, at, at, spans);
            f = analysis_add(&k->an, "qualification", str_of(qualification_field(i)), spans, n);
            f->has_value = true;
            f->value = 1; /* what makes a 2 is for the rules and for people */
            f->attributes = STR("{\"score\":1,\"contradicted\":false}");
        }
}

void finding_check(struct checker *k, const struct json *item)
{
    str kind = json_str(json_get(item, "kind"), STR(""));

    if (str_eq(kind, STR("commitment")))
        commitment_check(k, item);
    else if (str_eq(kind, STR("objection")))
        objection_check(k, item);
    else if (str_eq(kind, STR("qualification")))
        qualification_check(k, item);
}
