#include "search/query.h"

#include "base/arena.h"
#include "text/lists.h"

static const float history_weight = 0.5f;

float query_history_weight(size_t age)
{
    float w = history_weight;

    while (age--)
        w *= history_weight;
    return w;
}

/* ---- terms ---- */

static float meta_weight(const struct word_list *meta, struct arena *a, str word)
{
    int percent = meta ? list_value(meta, str_lower_ascii(a, word)) : 0;

    return percent ? (float)percent / 100 : 1;
}

/* The same stem twice counts once, with the greater weight. Returns its number, -1 when there is no room. */
static int term_add(struct query *q, struct arena *a, str stem, float weight, bool last)
{
    for (size_t i = 0; i < q->terms_n; i++)
        if (str_eq(q->terms[i].stem, stem)) {
            if (weight > q->terms[i].weight)
                q->terms[i].weight = weight;
            return (int)i;
        }
    if (q->terms_n == QUERY_TERMS_MAX)
        return -1;
    q->terms[q->terms_n] = (struct query_term){.stem = str_dup(a, stem), .weight = weight, .last = last};
    return (int)q->terms_n++;
}

struct reading {
    struct tokens *t;
    str lang;
    struct arena *a;
    const struct word_list *meta;
    bool all; /* stop and meta words count like any other */
};

static void text_read(const struct reading *r, str text, float weight, bool last, struct query *q)
{
    struct token_it it;
    struct token t;

    token_it_init(&it, r->t, text, r->lang);
    while (token_it_next(&it, &t)) {
        if (t.stop && !r->all)
            continue;
        float w = r->all ? 1 : meta_weight(r->meta, r->a, str_sub(text, t.start, t.end));
        term_add(q, r->a, t.text, w * weight, last);
    }
}

static bool has_subject(const struct query *q)
{
    for (size_t i = 0; i < q->terms_n; i++)
        if (q->terms[i].weight > 0.1f)
            return true;
    return false;
}

/* ---- words, for names ---- */

static int term_find(const struct query *q, str stem)
{
    for (size_t i = 0; i < q->terms_n; i++)
        if (str_eq(q->terms[i].stem, stem))
            return (int)i;
    return -1;
}

/* The next run of letters and digits; an apostrophe ends it, so that "Manager's" gives the name and an "s". */
static bool part_next(str s, size_t *at, str *out)
{
    size_t i = *at, start, next;

    for (start = i; i < s.n; i = next, start = i) {
        next = i;
        if (uni_is_alnum(uni_next(s, &next)))
            break;
    }
    while (i < s.n) {
        next = i;
        uint32_t c = uni_next(s, &next);
        if (!uni_is_alnum(c) && !uni_is_mark(c))
            break;
        i = next;
    }
    *out = str_sub(s, start, i);
    *at = i;
    return out->n > 0;
}

static bool letter_alone(str part)
{
    size_t i = 0;

    uni_next(part, &i);
    return i == part.n && !(part.p[0] >= '0' && part.p[0] <= '9');
}

static void words_read(const struct reading *r, str text, struct query *q)
{
    size_t cap = 0, at = 0;
    struct token_it it;
    struct token t;
    str part;

    token_it_init(&it, r->t, text, r->lang);
    while (token_it_next(&it, &t)) {
        int term = term_find(q, t.text);
        str token = str_sub(text, t.start, t.end);
        for (at = 0; part_next(token, &at, &part);) {
            size_t zero = 0;
            bool single = letter_alone(part), upper = uni_is_upper(uni_next(part, &zero));
            if (single && (!upper || str_eq(part, STR("I"))))
                continue;
            ARENA_PUSH(r->a, q->words, q->words_n, cap) =
                (struct query_word){.low = uni_lower(r->a, str_dup(r->a, part)), .single_upper = single, .term = term};
        }
    }
}

void query_build(struct tokens *t, str text, str lang, const str *history, size_t history_n, struct arena *a,
                 struct query *out)
{
    struct reading r = {.t = t, .lang = lang, .a = a, .meta = list_for("meta", lang)};
    struct query q = {.terms = ARENA_ARRAY(a, struct query_term, QUERY_TERMS_MAX)};

    text_read(&r, text, 1, true, &q);
    if (!has_subject(&q)) {
        q.terms_n = 0;
        r.all = true;
        text_read(&r, text, 1, true, &q);
        r.all = false;
    }
    words_read(&r, text, &q);
    for (size_t i = 0; i < history_n && i < QUERY_HISTORY_MAX; i++)
        text_read(&r, history[history_n - 1 - i], query_history_weight(i), false, &q);
    *out = q;
}

/* ---- speakers ---- */

enum { NAME_PARTS_MAX = 12 };

struct name {
    str part[NAME_PARTS_MAX];
    bool hit[NAME_PARTS_MAX]; /* the query holds it */
    size_t n;
};

static bool in_list(str s, const char *const *list)
{
    for (; *list; list++)
        if (str_eq(s, str_of(*list)))
            return true;
    return false;
}

static bool is_role(str s)
{
    static const char *const roles[] = {"phd", "grad", "postdoc", "professor", "prof", "dr", NULL};
    return in_list(s, roles);
}

static bool is_title(str s)
{
    static const char *const titles[] = {"mr",   "mrs",  "ms",   "miss", "hon", "honourable", "right",
                                         "sir",  "lord", "lady", "am",   "mp",  "the",        "chair",
                                         "herr", "frau", "m",    "mme",  "sr",  "sra",        NULL};
    return is_role(s) || in_list(s, titles);
}

static bool one_char(str s)
{
    size_t i = 0;

    if (s.n)
        uni_next(s, &i);
    return i == s.n;
}

static bool query_has(const struct query *q, str low)
{
    for (size_t i = 0; i < q->words_n; i++)
        if (str_eq(q->words[i].low, low))
            return true;
    return false;
}

/* What counts of a label: the parts before any bracket, in lower case. `low` is the caller's memory for them. */
static void name_read(const struct query *q, str speaker, struct arena *a, struct name *out)
{
    size_t at = 0, bracket = str_find_char(speaker, '(', 0);
    str part;

    *out = (struct name){0};
    if (bracket != SIZE_MAX && bracket)
        speaker.n = bracket;
    while (out->n < NAME_PARTS_MAX && part_next(speaker, &at, &part)) {
        out->part[out->n] = uni_lower(a, part);
        out->hit[out->n] = query_has(q, out->part[out->n]);
        out->n++;
    }
}

/* "PhD C", "Speaker 2": a role or nothing and a letter. */
static float letter_strength(const struct query *q, struct name *n)
{
    bool role = false, letter = false, letters = false, other_role = false;

    for (size_t i = 0; i < n->n; i++) {
        role = role || (is_role(n->part[i]) && n->hit[i]);
        letter = letter || (one_char(n->part[i]) && n->hit[i]);
    }
    for (size_t i = 0; i < q->words_n; i++) {
        letters = letters || q->words[i].single_upper;
        other_role = other_role || is_role(q->words[i].low);
    }
    if (letter)
        return role ? 1 : other_role ? 0 : 0.7f;
    return role && !letters ? 0.5f : 0;
}

static float words_strength(struct name *n, const bool *counts)
{
    size_t all = 0, hits = 0, last = 0;

    for (size_t i = 0; i < n->n; i++) {
        n->hit[i] = n->hit[i] && counts[i];
        all += counts[i];
        hits += n->hit[i];
        last = counts[i] ? i : last;
    }
    if (!hits)
        return 0;
    if (hits == all)
        return 1;
    if (n->hit[last])
        return 0.9f;
    return 0.5f * (float)hits / (float)all;
}

static float name_strength(const struct query *q, struct name *n)
{
    bool counts[NAME_PARTS_MAX] = {false};
    size_t core = 0, letters = 0;

    for (size_t i = 0; i < n->n; i++) {
        counts[i] = !is_title(n->part[i]) && !one_char(n->part[i]);
        core += counts[i];
        letters += one_char(n->part[i]);
    }
    if (!core && letters)
        return letter_strength(q, n);
    for (size_t i = 0; !core && i < n->n; i++)
        counts[i] = true;
    return words_strength(n, counts);
}

float query_voice(const struct query *q, str speaker)
{
    struct arena *a = arena_new("query.voice");
    struct name n;
    float v;

    name_read(q, speaker, a, &n);
    v = name_strength(q, &n);
    arena_free(a);
    return v;
}

/* The query's words that were taken for the speaker's name say little about the subject. */
static void name_words_lower(const struct query *q, const struct name *n, bool *lowered, float *weight)
{
    for (size_t i = 0; i < n->n; i++) {
        for (size_t k = 0; n->hit[i] && k < q->words_n; k++) {
            int term = q->words[k].term;
            if (term < 0 || lowered[term] || !str_eq(q->words[k].low, n->part[i]))
                continue;
            lowered[term] = true;
            weight[term] *= QUERY_NAME_WEIGHT;
        }
    }
}

bool query_voices(const struct query *q, const str *names, size_t names_n, float *out_voice, float *out_weight)
{
    struct arena *a = arena_new("query.voices");
    bool lowered[QUERY_TERMS_MAX] = {false}, any = false;
    float top = 0;

    for (size_t i = 0; i < q->terms_n; i++)
        out_weight[i] = q->terms[i].weight;
    for (size_t i = 0; i < names_n; i++) {
        struct name n;
        name_read(q, names[i], a, &n);
        out_voice[i] = name_strength(q, &n);
        if (out_voice[i] >= 0.7f)
            name_words_lower(q, &n, lowered, out_weight);
        top = out_voice[i] > top ? out_voice[i] : top;
    }
    for (size_t i = 0; i < names_n; i++) {
        if (out_voice[i] < 0.5f || out_voice[i] < top - 0.31f)
            out_voice[i] = 0;
        any = any || out_voice[i] > 0;
    }
    arena_free(a);
    return any;
}
