/* insight/commitments.c - promises, requests and their answers, put together: definitions.md section 5.
 *
 * Acts of sentences (acts.h) become items: a request and its answer are one, a promise taken back is one, a moved date is
 * one, two ways to say the same are one. */
#include "insight/commitments_priv.h"
#include "insight/cues.h"
#include "text/word_set.h"

enum { ANSWER_TURNS = 5, ANSWER_SENTENCES = 4 };

/* ---- words ---- */

static str stem(str w)
{
    if (w.n > 5 && str_ends(w, STR("ing")))
        w.n -= 3;
    else if (w.n > 4 && (str_ends(w, STR("ed")) || str_ends(w, STR("es"))))
        w.n -= 2;
    else if (w.n > 3 && str_ends(w, STR("s")))
        w.n -= 1;
    if (w.n > 4 && str_ends(w, STR("e")))
        w.n -= 1;
    return w;
}

/* Content words of a sentence, without function words and words of time. */
void content_add(const struct book *b, const struct sentence *s, struct content *out)
{
    const struct word_list *stop = list_for("stop", b->d->lang), *when = list_for("when", b->d->lang);

    for (size_t i = 0; i < s->words_n && out->n < CONTENT_MAX; i++) {
        str w = s->token[i];
        if (str_ends(w, STR("'s")))
            w.n -= 2;
        if (w.n < 3 || list_has_start(stop, &s->starts[i], s->atom[i]) || list_value_atom(when, s->atom[i]) ||
            str_find_char(w, '\'', 0) != SIZE_MAX)
            continue;
        out->word[out->n++] = str_hash(stem(w));
    }
}

size_t content_shared(const struct content *x, const struct content *y)
{
    size_t n = 0;

    for (size_t i = 0; i < x->n; i++)
        for (size_t k = 0; k < y->n; k++)
            if (x->word[i] == y->word[k]) {
                n++;
                break;
            }
    return n;
}

bool refers_back(const struct sentence *s)
{
    static const char *const words[] = {"it", "that", "them", "this", "those", "these", "so", "es", "das", "le", "lo"};

    for (size_t i = 0; i < s->words_n; i++)
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if (str_eq(s->token[i], str_of(words[k])))
                return true;
    return false;
}

/* ---- items ---- */

void spans_put(const struct book *b, struct item *it, size_t sentence, size_t from, size_t to)
{
    const struct sentence *s = &b->d->s[sentence];
    struct ia_span out[SENTENCE_SPANS_MAX];
    size_t n = sentence_spans(b->d, s, from, to < s->words_n ? to : s->words_n, out);

    for (size_t i = 0; i < n && it->spans_n < ITEM_SPANS_MAX; i++)
        it->spans[it->spans_n++] = out[i];
    it->last = sentence;
}

struct item *item_add(struct book *b, enum modality modality, const struct act *x)
{
    struct item it = {
        .modality = modality, .owner = x->owner, .due = x->due, .sentence = x->sentence, .confidence = 0.9};

    spans_put(b, &it, x->sentence, x->from, x->to);
    content_add(b, &b->d->s[x->sentence], &it.content);
    ARENA_PUSH(b->an->a, b->items, b->n, b->cap) = it;
    return &b->items[b->n - 1];
}

size_t floor_end(const struct book *b, size_t sentence)
{
    size_t i = sentence;

    while (i < b->d->n && b->d->s[i].floor == b->d->s[sentence].floor)
        i++;
    return i;
}

/* ---- answers ---- */

struct reply {
    enum answer kind;
    size_t sentence; /* the words of the answer */
    struct act *act; /* the promise, hedge or refusal in it; NULL: words alone */
    size_t act_at;
    int voice;
};

/* The first act of a turn's first sentences that can answer. */
static struct act *act_in(const struct book *b, size_t from, size_t to, size_t *out_at)
{
    for (size_t i = 0; i < b->acts.n; i++) {
        struct act *x = &b->acts.v[i];
        if (x->sentence < from || x->sentence >= to || b->used[i])
            continue;
        if (x->kind == ACT_PROMISE || x->kind == ACT_HEDGED || x->kind == ACT_NEGATED || x->kind == ACT_OFFER) {
            *out_at = i;
            return x;
        }
    }
    return NULL;
}

static bool asks_when(const struct book *b, size_t sentence)
{
    const struct sentence *s = &b->d->s[sentence];

    return s->asks && s->words_n > 2 && str_eq(s->token[0], STR("when"));
}

static void reply_read(struct book *b, size_t first, const struct act *asked, struct reply *r)
{
    size_t end = floor_end(b, first);
    size_t to = end < first + ANSWER_SENTENCES ? end : first + ANSWER_SENTENCES;
    bool strong, second;
    enum answer words;

    *r = (struct reply){.kind = ANSWER_NONE, .sentence = first, .voice = b->d->s[first].voice};
    if (first >= end)
        return;
    words = answer_of(b->d, first, &strong);
    if (words == ANSWER_NONE && first + 1 < end && b->d->s[first].words_n <= 3 && !b->d->s[first].asks) {
        words = answer_of(b->d, first + 1, &second);
        if (words != ANSWER_NONE)
            r->sentence = first + 1;
    }
    if (words == ANSWER_YES && first + 1 < end && b->d->s[first].words_n <= 3 && /* "Sure. If I find the time." */
        answer_of(b->d, first + 1, &second) == ANSWER_HEDGED)
        words = ANSWER_HEDGED;
    if (words == ANSWER_NONE && b->d->s[first].words_n <= 4 && asks_when(b, asked->sentence) &&
        sentence_moves_date(b->d, first))
        words = ANSWER_YES; /* "When can you get me the proforma?" "Tomorrow." */
    if (words == ANSWER_NONE && asked->told && sentence_confirms(b->d, first))
        words = ANSWER_YES;
    r->act = act_in(b, first, to, &r->act_at);
    if (r->act && words == ANSWER_NONE && r->act->sentence > first + 1)
        r->act = NULL;
    if (r->act && r->act->kind == ACT_NEGATED && words == ANSWER_NONE && r->act->sentence > first &&
        b->d->s[first].words_n > 3)
        r->act = NULL;
    if (words == ANSWER_NO || (r->act && r->act->kind == ACT_NEGATED && words != ANSWER_YES)) {
        r->kind = ANSWER_NO;
        if (r->act && r->act->kind != ACT_NEGATED)
            r->act = NULL;
        return;
    }
    if (r->act && r->act->kind == ACT_NEGATED)
        r->act = NULL;
    if (r->act && r->act->kind == ACT_OFFER && b->d->s[r->act->sentence].asks)
        r->act = NULL;
    if (words == ANSWER_HEDGED || (r->act && r->act->kind == ACT_HEDGED))
        r->kind = ANSWER_HEDGED;
    else if (words == ANSWER_YES || r->act)
        r->kind = ANSWER_YES;
    if (asked->open && !(r->act && r->act->kind != ACT_OFFER))
        r->kind = r->kind == ANSWER_YES ? ANSWER_NONE : r->kind;
    if (r->act)
        r->sentence = r->act->sentence;
}

/* "No problem." to somebody else's "sorry" is no answer. */
static bool forgives(const struct book *b, size_t sentence)
{
    size_t first = sentence - 1;

    while (first > 0 && b->d->s[first - 1].floor == b->d->s[first].floor)
        first--;
    return b->d->s[first].words_n && str_eq(b->d->s[first].token[0], STR("sorry")) && b->d->s[sentence].words_n <= 3 &&
           str_eq(b->d->s[sentence].token[0], STR("no"));
}

/* "That's Dan's area.", "Cleo has that one.": who is named in the stretch instead, of the same side; VOICE_NONE: nobody. */
static int hands_on(const struct book *b, size_t from, size_t to, int asker)
{
    int found = VOICE_NONE;

    for (size_t i = from; i < to; i++)
        for (size_t k = 0; k < b->d->s[i].words_n; k++) {
            const struct sentence *s = &b->d->s[i];
            str w = s->token[k];
            int v;
            if (k + 2 < s->words_n && str_eq(w, STR("you'd")) && str_eq(s->token[k + 1], STR("have")))
                return asker; /* "I'm in Berlin, you'd have to" */
            if (!s->word[k].upper && !sentence_lower(s))
                continue;
            v = discourse_named(b->d, str_ends(w, STR("'s")) ? str_sub(w, 0, w.n - 2) : w);
            if (v != VOICE_NONE && v != s->voice && v != asker &&
                discourse_side(b->d, v) == discourse_side(b->d, s->voice))
                found = v;
        }
    return found;
}

/* "I'll do that, Ben's travelling.": somebody else of the same side. */
static bool takes_over(struct book *b, size_t first, int asked, struct reply *out)
{
    int v = b->d->s[first].voice;
    size_t at;
    struct act *x = act_in(b, first, first + 1, &at);

    if (v == VOICE_NONE || discourse_side(b->d, v) != discourse_side(b->d, asked) || !x || x->kind != ACT_PROMISE ||
        x->owner != v || !refers_back(&b->d->s[first]))
        return false;
    *out = (struct reply){.kind = ANSWER_YES, .sentence = first, .act = x, .act_at = at, .voice = v};
    return true;
}

/* The stretch of the person asked that answers; false: nobody does. */
static bool reply_find(struct book *b, const struct act *asked, struct reply *out)
{
    int asker = b->d->s[asked->sentence].voice;
    size_t seen = 0, others = 0;
    int instead = VOICE_NONE;

    if (asker == VOICE_NONE)
        return false;
    for (size_t i = floor_end(b, asked->sentence), end; i < b->d->n && seen < ANSWER_TURNS; i = end, seen++) {
        int v = b->d->s[i].voice;
        end = floor_end(b, i);
        if (v != asker && asked->owner != VOICE_NONE && v != asked->owner && takes_over(b, i, asked->owner, out))
            return true;
        if ((v == asker && v != instead) || v == VOICE_NONE ||
            (asked->owner != VOICE_NONE && v != asked->owner && v != instead))
            continue;
        others++;
        if (b->d->s[i - 1].voice != asker && forgives(b, i))
            continue;
        reply_read(b, i, asked, out);
        if (out->kind != ANSWER_NONE)
            return true;
        if (v == asked->owner && (instead = hands_on(b, i, end, asker)) != VOICE_NONE) {
            others--;
            continue;
        }
        if (b->d->s[i].words_n <= 2 && end - i == 1) /* "Hm." */
            others--;
        else if ((!b->d->s[i].asks && !b->d->s[end - 1].asks) || others == 2)
            return false; /* spoke of something else */
    }
    return false;
}

/* "Can you make it Thursday?" about what was promised just before. */
static struct item *moved_item(struct book *b, size_t sentence, int owner)
{
    for (size_t i = b->n; i-- > 0;) {
        struct item *it = &b->items[i];
        if (firm(it) && it->owner == owner && it->last < sentence && turn_of(b, sentence) - turn_of(b, it->last) <= 4)
            return it;
    }
    return NULL;
}

/* The answering sentence is one answer, however many clauses it has; the last day counts. */
static void act_use(struct book *b, struct reply *r)
{
    for (size_t i = r->act_at; i < b->acts.n && b->acts.v[i].sentence == r->act->sentence; i++) {
        const struct act *y = &b->acts.v[i];
        if (y->kind != ACT_PROMISE && y->kind != ACT_HEDGED && y->kind != ACT_OFFER && y->kind != ACT_NEGATED)
            continue;
        b->used[i] = true;
        if (y->dated && (y->due != ACT_NO_DAY || !r->act->dated)) {
            r->act->due = y->due;
            r->act->dated = true;
        }
        if (y->kind == ACT_HEDGED && r->kind == ANSWER_YES)
            r->kind = ANSWER_HEDGED;
    }
}

static void request_settle(struct book *b, size_t at)
{
    struct act *x = &b->acts.v[at];
    struct item *it, *old;
    struct reply r;

    b->used[at] = true;
    if (sentence_lets_off(b->d, x->sentence)) /* "please hold off with the server" */
        return;
    if (!reply_find(b, x, &r)) {
        for (size_t i = 0; x->and_promise && i < b->acts.n; i++)
            if (b->acts.v[i].sentence == x->sentence && b->acts.v[i].kind != ACT_REQUEST)
                b->used[i] = true;
        if (x->and_promise) {
            x->owner = b->d->s[x->sentence].voice;
            item_add(b, MODALITY_HEDGED, x)->due = ACT_NO_DAY;
        } else if (!x->open && !x->quiet) {
            item_add(b, MODALITY_REQUESTED, x);
        }
        return;
    }
    if (r.act)
        act_use(b, &r);
    for (size_t i = 0; x->and_promise && i < b->acts.n; i++)
        if (b->acts.v[i].sentence == x->sentence && b->acts.v[i].kind != ACT_REQUEST)
            b->used[i] = true;
    old = r.kind == ANSWER_YES && x->dated && sentence_moves_date(b->d, x->sentence)
              ? moved_item(b, x->sentence, r.voice)
              : NULL;
    if (old) {
        bool dated = false;
        int32_t due = act_due(b->d, r.sentence, b->today, &dated);
        old->due = dated && due != ACT_NO_DAY ? due : x->due;
        spans_put(b, old, x->sentence, x->from, x->to);
        spans_put(b, old, r.sentence, 0, SIZE_MAX);
        return;
    }
    it = item_add(b,
                  r.kind == ANSWER_YES  ? MODALITY_ACCEPTED
                  : r.kind == ANSWER_NO ? MODALITY_NEGATED
                                        : MODALITY_HEDGED,
                  x);
    it->owner =
        r.act && r.act->team && r.act->owner == VOICE_NONE ? VOICE_NONE : r.voice; /* "Yes, our lab will do that." */
    spans_put(b, it, r.sentence, 0, SIZE_MAX);
    content_add(b, &b->d->s[r.sentence], &it->content);
    if (r.kind != ANSWER_YES) {
        it->due = ACT_NO_DAY;
        return;
    }
    if (r.act && r.act->dated) {
        it->due = r.act->due;
    } else {
        bool dated = false;
        int32_t due = act_due(b->d, r.sentence, b->today, &dated);
        if (dated)
            it->due = due;
        for (size_t i = r.sentence + 1; /* "Sure. Friday at the latest." */
             !dated && i < b->d->n && turn_of(b, i) == turn_of(b, r.sentence) && i <= r.sentence + 2; i++) {
            due = act_due(b->d, i, b->today, &dated);
            bool short_one = b->d->s[i].words_n <= 6;
            bool again = false;
            for (size_t k = 0; k < b->acts.n; k++)
                again |= b->acts.v[k].sentence == i && b->acts.v[k].kind == ACT_PROMISE && refers_back(&b->d->s[i]);
            if (dated && (short_one || again)) {
                it->due = due;
                spans_put(b, it, i, 0, SIZE_MAX);
                for (size_t k = 0; k < b->acts.n; k++)
                    if (b->acts.v[k].sentence == i && b->acts.v[k].kind == ACT_PROMISE)
                        b->used[k] = true;
            } else {
                dated = false;
            }
        }
    }
}

/* An offer the other side takes up is a promise; one that is followed by the promise itself is only its beginning. */
static void offer_settle(struct book *b, size_t at)
{
    struct act *x = &b->acts.v[at];
    int voice = b->d->s[x->sentence].voice;
    size_t turn = turn_of(b, x->sentence);
    size_t seen = 0;

    b->used[at] = true;
    if (voice == VOICE_NONE)
        return;
    for (size_t i = 0; i < b->acts.n; i++) {
        const struct act *y = &b->acts.v[i];
        if (y->kind == ACT_PROMISE && b->d->s[y->sentence].voice == voice && y->sentence >= x->sentence &&
            turn_of(b, y->sentence) - turn <= 4)
            return;
        if (y->kind == ACT_REQUEST && y->sentence > x->sentence && turn_of(b, y->sentence) - turn <= 2 &&
            b->d->s[y->sentence].voice != voice)
            return;
    }
    for (size_t first = floor_end(b, x->sentence), end; first < b->d->n && seen < 2; first = end) {
        bool strong = false;
        struct item *it;
        end = floor_end(b, first);
        if (b->d->s[first].voice == voice)
            continue;
        seen++;
        if (answer_of(b->d, first, &strong) != ANSWER_YES || (x->weak && !strong))
            return;
        it = item_add(b, MODALITY_COMMITTED, x);
        spans_put(b, it, first, 0, SIZE_MAX);
        return;
    }
}

/* ---- one sentence, one item ---- */

static bool joke_follows(const struct book *b, size_t sentence)
{
    return sentence + 1 < b->d->n && turn_of(b, sentence + 1) == turn_of(b, sentence) &&
           sentence_jokes(b->d, sentence + 1);
}

/* "And if the test passes?" "Then I'll release the keys." */
static bool answers_if(const struct book *b, size_t sentence)
{
    const struct sentence *s = &b->d->s[sentence], *asked = sentence ? s - 1 : s;

    if (asked->floor == s->floor || !asked->asks || !str_eq(s->token[0], STR("then")))
        return false;
    for (size_t i = 0; i < asked->words_n; i++)
        if (str_eq(asked->token[i], STR("if")))
            return true;
    return false;
}

static bool softened_after(const struct book *b, size_t sentence)
{
    return sentence + 1 < b->d->n && turn_of(b, sentence + 1) == turn_of(b, sentence) &&
           sentence_softens(b->d, sentence + 1);
}

/* Somebody else's name was put down for it: does the one named say no? */
static bool declined(const struct book *b, const struct act *x)
{
    bool strong;

    if (x->owner == VOICE_NONE || x->owner == b->d->s[x->sentence].voice)
        return false;
    for (size_t i = floor_end(b, x->sentence), seen = 0, end; i < b->d->n && seen < 3; i = end, seen++) {
        end = floor_end(b, i);
        if (b->d->s[i].voice == x->owner)
            return answer_of(b->d, i, &strong) == ANSWER_NO;
    }
    return false;
}

static bool asked_before(const struct book *b, size_t sentence)
{
    int v = b->d->s[sentence].voice;

    for (size_t i = sentence; i-- > 0 && sentence - i < 8;)
        if (b->d->s[i].voice != v)
            return b->d->s[i].asks;
    return false;
}

static bool to_you(const struct sentence *s)
{
    for (size_t i = 0; i < s->words_n; i++)
        if (str_eq(s->token[i], STR("you")) || str_eq(s->token[i], STR("your")))
            return true;
    return false;
}

/* "I'll ask them and I'll let you know on Friday" is one thing. */
static bool reports_back(const struct book *b, const struct act *x)
{
    static const char *const words[] = {"let", "tell", "back", "report", "update", "inform", "revert"};
    const struct sentence *s = &b->d->s[x->sentence];

    for (size_t i = x->begin; i < s->words_n; i++)
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if (str_eq(s->token[i], str_of(words[k])))
                return true;
    return false;
}

static void acts_settle(struct book *b, size_t from, size_t to)
{
    struct act *first = NULL;
    bool hedged = false;

    for (size_t i = from; i < to; i++) {
        struct act *x = &b->acts.v[i];
        if (b->used[i] || (x->kind != ACT_PROMISE && x->kind != ACT_HEDGED))
            continue;
        if (x->shaky)
            continue;
        if (first && x->owner != first->owner && x->kind == ACT_PROMISE && first->kind == ACT_PROMISE) {
            item_add(b, MODALITY_COMMITTED, x); /* two people in one sentence */
            continue;
        }
        if (first && x->kind == ACT_PROMISE && first->kind == ACT_PROMISE && x->due != ACT_NO_DAY &&
            first->due != ACT_NO_DAY && x->due != first->due && !sentence_moves_date(b->d, x->sentence)) {
            first->to = x->begin > first->from ? x->begin : first->to; /* two things on two days */
            x->from = x->begin;
            if (!hedged) {
                item_add(b, MODALITY_COMMITTED, first);
                first = x;
                continue;
            }
        }
        if (first && x->kind == ACT_PROMISE && first->kind == ACT_PROMISE && x->due != ACT_NO_DAY && !first->dated &&
            !hedged && x->begin > first->begin && !refers_back(&b->d->s[x->sentence]) && !reports_back(b, x)) {
            first->to = x->begin; /* the day is of the second one */
            x->from = x->begin;
            item_add(b, MODALITY_COMMITTED, first);
            first = x;
            continue;
        }
        hedged |= x->kind == ACT_HEDGED;
        if (!first) {
            first = x;
        } else if (x->dated) {
            first->due = x->due != ACT_NO_DAY ? x->due : first->due;
            first->dated = true;
        }
    }
    if (first && !joke_follows(b, first->sentence)) {
        struct item *it;
        if (first->answers && !asked_before(b, first->sentence) && b->d->s[first->sentence].words_n < 3)
            return;
        hedged |= softened_after(b, first->sentence) || answers_if(b, first->sentence);
        it = item_add(b, declined(b, first) ? MODALITY_NEGATED : hedged ? MODALITY_HEDGED : MODALITY_COMMITTED, first);
        if (softened_after(b, first->sentence))
            spans_put(b, it, first->sentence + 1, 0, SIZE_MAX);
        if (!firm(it))
            it->due = ACT_NO_DAY;
        for (size_t i = from; i < to; i++) /* "I'm not coming in, I'll do it from here" */
            if (!b->used[i] && b->acts.v[i].kind == ACT_NEGATED && !b->acts.v[i].shaky &&
                b->acts.v[i].begin < first->begin)
                item_add(b, MODALITY_NEGATED, &b->acts.v[i])->due = ACT_NO_DAY;
        return;
    }
    for (size_t i = from; i < to; i++) {
        struct act *x = &b->acts.v[i];
        if (!b->used[i] && x->kind == ACT_NEGATED &&
            (!x->shaky || asked_before(b, x->sentence) || to_you(&b->d->s[x->sentence]))) {
            item_add(b, MODALITY_NEGATED, x)->due = ACT_NO_DAY;
            return;
        }
    }
}

/* ---- the same thing again, moved ---- */

/* "Friday then, I'll bring it on Friday" */
static bool moved_on(const struct book *b, const struct item *x, const struct item *y)
{
    const struct sentence *s = &b->d->s[y->sentence];
    bool then = false;

    for (size_t i = 0; i < s->words_n; i++)
        then |= str_eq(s->token[i], STR("then")) || str_eq(s->token[i], STR("instead"));
    return then && x->due != ACT_NO_DAY && y->due != ACT_NO_DAY && x->due != y->due;
}

static void repeats_merge(struct book *b)
{
    for (size_t i = 0; i < b->n; i++)
        for (size_t k = i + 1; k < b->n && !b->items[i].dropped; k++) {
            struct item *x = &b->items[i], *y = &b->items[k];
            size_t both, small;
            bool back, near;
            if (firm(x) && firm(y) && x->owner != y->owner && y->sentence > x->last &&
                content_shared(&x->content, &y->content) >= 2 && turn_of(b, y->sentence) - turn_of(b, x->last) <= 2 &&
                sentence_objects(b->d, y->sentence))
                x->dropped = true; /* "No, I'll send it." */
            if (!firm(x) || !firm(y) || x->owner != y->owner || x->owner == VOICE_NONE || y->sentence <= x->last)
                continue;
            both = content_shared(&x->content, &y->content);
            small = x->content.n < y->content.n ? x->content.n : y->content.n;
            back = refers_back(&b->d->s[y->sentence]) && y->content.n <= 2;
            near = turn_of(b, y->sentence) - turn_of(b, x->last) <= 3;
            if ((both >= 2 && 3 * both >= 2 * small) || (back && near && moved_on(b, x, y)) ||
                (back && near && both == small && (small || y->content.n == 0)) ||
                (back && near && x->due == ACT_NO_DAY && y->due != ACT_NO_DAY &&
                 turn_of(b, y->sentence) == turn_of(b, x->last))) {
                if (y->due != ACT_NO_DAY)
                    x->due = y->due;
                spans_put(b, x, y->sentence, 0, SIZE_MAX);
                y->dropped = true;
            }
        }
}

static void dates_move(struct book *b)
{
    for (size_t s = 1, at = 0; s < b->d->n; s++) { /* acts stand in the order of their sentences */
        struct item *it;
        bool dated = false, has_act = false;
        int32_t due;
        for (; at < b->acts.n && b->acts.v[at].sentence <= s; at++)
            has_act |= b->acts.v[at].sentence == s && b->acts.v[at].kind != ACT_CANCEL &&
                       !(b->acts.v[at].kind == ACT_REQUEST && b->d->s[s].words_n <= 6); /* "Make that Monday." */
        if (has_act || b->d->s[s].words_n > 12 || b->d->s[s].asks || b->d->s[s].voice == VOICE_NONE)
            continue;
        if (!(it = moved_item(b, s, b->d->s[s].voice)) || !sentence_moves_date(b->d, s))
            continue;
        due = act_due(b->d, s, b->today, &dated);
        if (!dated || due == ACT_NO_DAY || it->due == ACT_NO_DAY)
            continue;
        it->due = due;
        spans_put(b, it, s, 0, SIZE_MAX);
    }
}

/* ---- all together ---- */

static const char *const modalities[] = {
    [MODALITY_COMMITTED] = "COMMITTED", [MODALITY_ACCEPTED] = "ACCEPTED", [MODALITY_REQUESTED] = "REQUESTED",
    [MODALITY_HEDGED] = "HEDGED",       [MODALITY_NEGATED] = "NEGATED",   [MODALITY_CANCELLED] = "CANCELLED",
};

static void items_emit(struct book *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct item *it = &b->items[i];
        struct record_finding *f;
        if (it->dropped || !it->spans_n)
            continue;
        f = analysis_add(b->an, "commitment", STR(""), it->spans, it->spans_n);
        f->modality = str_of(modalities[it->modality]);
        if (it->owner != VOICE_NONE)
            f->owner = b->d->voices[it->owner].name;
        f->due_day = it->due == ACT_NO_DAY ? FINDING_NO_DAY : it->due;
        f->confidence = it->confidence;
    }
}

void analysis_commitments(struct analysis *an)
{
    const struct interaction *ia = an->d.ia;
    struct book b = {.an = an, .d = &an->d, .today = discourse_today(&an->d)};

    if (ia->kind == IA_DOCUMENT)
        return;
    for (size_t i = 0; i < b.d->n; i++)
        acts_find(b.d, i, b.today, &b.acts);
    b.used = ARENA_ARRAY(an->a, bool, b.acts.n + 1);
    for (size_t i = 0, k; i < b.acts.n; i = k) {
        for (k = i; k < b.acts.n && b.acts.v[k].sentence == b.acts.v[i].sentence; k++) {
        }
        for (size_t j = i; j < k; j++)
            if (!b.used[j] && b.acts.v[j].kind == ACT_REQUEST)
                request_settle(&b, j);
        for (size_t j = i; j < k; j++)
            if (!b.used[j] && b.acts.v[j].kind == ACT_OFFER)
                offer_settle(&b, j);
        acts_settle(&b, i, k);
    }
    dates_move(&b);
    withdrawals_settle(&b);
    repeats_merge(&b);
    items_emit(&b);
}
