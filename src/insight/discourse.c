#include "insight/discourse.h"

#include "text/lists.h"
#include "text/names.h"
#include "text/reply.h"
#include "text/sentences.h"
#include "text/word_set.h"
#include "text/words.h"

enum { LONG_SENTENCE = 28, WORDS_PIECE_MIN = 5, JOINED_MAX = 40, LINE_SHORT = 46 };

static int voice_find(const struct discourse *d, str label)
{
    for (size_t i = 0; i < d->voices_n; i++)
        if (str_eq(d->voices[i].label, label) || str_eq(d->voices[i].name, label))
            return (int)i;
    return VOICE_NONE;
}

static str first_name(str name, struct arena *a)
{
    str clean = uni_fold(a, name_normalise(name, a)), rest;

    return str_cut(clean, ' ', &rest);
}

static void voices_make(struct discourse *d)
{
    const struct interaction *ia = d->ia;
    size_t cap = 0;

    for (size_t i = 0; i < ia->participants_n; i++) {
        const struct ia_participant *p = &ia->participants[i];
        str name = p->name.n ? p->name : p->email;
        if (name.n && voice_find(d, name) == VOICE_NONE)
            ARENA_PUSH(d->a, d->voices, d->voices_n, cap) =
                (struct voice_of){.name = name, .first = first_name(name, d->a), .side = p->side, .listed = true};
    }
    for (size_t i = 0; i < ia->turns_n; i++) {
        str label = ia->turns[i].speaker;
        int v = d->of_turn[i] = i && str_eq(label, ia->turns[i - 1].speaker) ? d->of_turn[i - 1] : VOICE_NONE;
        if (!label.n || v != VOICE_NONE)
            continue;
        v = voice_find(d, label);
        if (v == VOICE_NONE) {
            v = (int)d->voices_n;
            ARENA_PUSH(d->a, d->voices, d->voices_n, cap) =
                (struct voice_of){.name = label, .label = label, .first = first_name(label, d->a)};
        }
        d->voices[v].label = label;
        d->of_turn[i] = v;
    }
    for (size_t i = 0; i < d->voices_n; i++)
        d->firsts |= d->voices[i].first.n ? 1u << (d->voices[i].first.p[0] & 31) : 0;
}

static char mark_between(str text, size_t from, size_t to)
{
    char found = 0;

    if (to - from == 1 && text.p[from] == ' ') /* most often */
        return 0;
    while (from < to) {
        uint32_t c = uni_next(text, &from);
        if (c == '?' || c == '!' || c == '.')
            return (char)c;
        if (c == 0x2026)
            return '.';
        if (c == 0x2013 || c == 0x2014 || ((c == '-' || c == '\n') && !found))
            found = '-';
        else if (c == ',' || c == ';' || c == ':' || c == '(')
            found = (char)c;
        else if ((c == '"' || c == 0x201C || c == 0x201D || c == 0x201E) && !found)
            found = '"';
    }
    return found;
}

static bool begins_upper(str text, size_t at)
{
    unsigned char c = (unsigned char)text.p[at];

    return c < 0x80 ? c >= 'A' && c <= 'Z' : uni_is_upper(uni_next(text, &at));
}

static bool cut_before(const struct words *w, size_t i)
{
    WORD_SET(heads, "and", "so", "but", "then", "because", "okay", "yeah");
    WORD_SET(subjects, "i", "i'll", "i'm", "we", "we'll", "we're", "you", "you'll", "can", "let's", "let", "he", "she",
             "they", "it", "if", "that's", "i've", "i'd", "we've");

    return i + 1 < w->n && word_set_has(&heads, w->atom[i]) && word_set_has(&subjects, w->atom[i + 1]);
}

/* A sentence with hardly a function word of the conversation's language and two more of another one speaks that. */
static str lang_of(const struct discourse *d, const struct words *w, size_t from, size_t to)
{
    static const char *const langs[] = {"en", "de", "fr", "es"};
    const struct word_list *own = d->stop;
    size_t most = 0;
    str best = d->lang;

    if (to - from < 3)
        return d->lang;
    for (size_t i = from; own && i < to; i++) {
        most += list_value_atom(own, w->atom[i]) != 0;
        if (most > 1 && most * 6 >= to - from)
            return d->lang;
    }
    most++;
    for (size_t k = 0; k < sizeof langs / sizeof *langs; k++) {
        const struct word_list *l = list_for("stop", str_of(langs[k]));
        size_t n = 0;
        for (size_t i = from; i < to; i++)
            n += list_value_atom(l, w->atom[i]) != 0;
        if (n > most) {
            most = n;
            best = str_of(langs[k]);
        }
    }
    return best;
}

void sentence_starts_make(struct sentence *s, struct arena *a)
{
    s->starts = ARENA_FILL(a, struct list_start, s->words_n);
    list_starts(s->atom, s->words_n, s->starts, &s->sets);
    s->starts_any = 0;
    s->wills = s->figures = false;
    for (size_t i = 0; i < s->words_n; i++) {
        str w = s->token[i];
        s->starts_any |= s->starts[i].any;
        s->figures |= w.p[0] < 'a' || w.p[0] > 'z';
        s->wills |= w.n > 3 && w.p[w.n - 3] == '\'' && str_ends(w, STR("'ll"));
    }
}

static void sentence_add(struct discourse *d, size_t turn, uint32_t base, const struct words *w, size_t from, size_t to,
                         uint32_t end)
{
    str text = d->ia->turns[turn].text;
    struct words part = words_part(w, from, to);
    struct sentence s = {.turn = (uint32_t)turn,
                         .start = base + w->word[from].start,
                         .voice = d->of_turn[turn],
                         .floor = d->floor_of_turn[turn],
                         .lang = lang_of(d, w, from, to)};

    s.end = to < w->n ? base + w->word[to - 1].end : end;
    if (from == 0)
        s.start = base;
    s.words_n = to - from;
    s.ascii = part.ascii;
    s.token = part.token;
    s.atom = part.atom;
    s.word = ARENA_FILL(d->a, struct dword, s.words_n + 1);
    for (size_t i = from; i < to; i++) {
        size_t first = base + w->word[i].inner_start, next = i + 1 < w->n ? base + w->word[i + 1].inner_start : end;
        s.word[i - from] = (struct dword){.turn = (uint32_t)turn,
                                          .start = (uint32_t)first,
                                          .end = base + w->word[i].inner_end,
                                          .after = mark_between(text, base + w->word[i].inner_end, next),
                                          .upper = first < text.n && begins_upper(text, first)};
    }
    s.word[s.words_n] = (struct dword){0};
    s.asks = s.words_n && s.word[s.words_n - 1].after == '?';
    sentence_starts_make(&s, d->a);
    part.starts = s.starts;
    s.kind = utterance_classify_words(str_sub(text, s.start, s.end), &part, d->lang);
    ARENA_PUSH(d->a, d->s, d->n, d->cap) = s;
}

/* A wrapped line goes on in the next one; the bytes stay where they are. */
static str lines_joined(const struct discourse *d, str text)
{
    size_t from = 0;
    char *p;

    if (str_find_char(text, '\n', 0) == SIZE_MAX)
        return text;
    p = arena_alloc(d->a, text.n + 1);
    memcpy(p, text.p, text.n);
    for (size_t i = str_find_char(text, '\n', 0); i < text.n - 1; i = str_find_char(text, '\n', i + 1)) {
        char next = text.p[i + 1];
        bool item = next == '-' || next == '*' || next == '>' || next == '\n' || next == '\r' || next == ' ' ||
                    (next >= '0' && next <= '9') || (unsigned char)next == 0xE2;
        bool ended = i && strchr(".?!:", text.p[i - 1]);
        if (!item && !ended && (d->ia->kind != IA_MAIL || i - from >= LINE_SHORT))
            p[i] = ' ';
        from = i + 1;
    }
    return str_n(p, text.n);
}

/* Does the speaker's last sentence go on in this turn? */
static bool goes_on(const struct discourse *d, size_t turn)
{
    const struct sentence *last = d->n ? &d->s[d->n - 1] : NULL;
    const struct dword *w;
    str text;

    if (!last || !turn || d->ia->kind != IA_CALL || !last->words_n || last->words_n > JOINED_MAX)
        return false;
    w = &last->word[last->words_n - 1];
    if (w->turn + 1 != turn || d->of_turn[turn] == VOICE_NONE || d->of_turn[turn] != d->of_turn[turn - 1])
        return false;
    text = d->ia->turns[turn - 1].text;
    for (size_t i = w->end; i < text.n; i++)
        if (strchr(".?!", text.p[i]) || (unsigned char)text.p[i] > 0x7F)
            return false;
    return !str_contains(d->ia->turns[turn].text, STR("[")) || d->ia->turns[turn].text.p[0] != '[';
}

static void join_last(struct discourse *d)
{
    struct sentence *x = &d->s[d->n - 2], *y = &d->s[d->n - 1];
    size_t n = x->words_n + y->words_n;
    struct dword *w = ARENA_ARRAY(d->a, struct dword, n);
    str *token = ARENA_ARRAY(d->a, str, n);
    uint32_t *atom = ARENA_ARRAY(d->a, uint32_t, n);

    memcpy(w, x->word, x->words_n * sizeof *w);
    memcpy(w + x->words_n, y->word, y->words_n * sizeof *w);
    memcpy(token, x->token, x->words_n * sizeof *token);
    memcpy(token + x->words_n, y->token, y->words_n * sizeof *token);
    memcpy(atom, x->atom, x->words_n * sizeof *atom);
    memcpy(atom + x->words_n, y->atom, y->words_n * sizeof *atom);
    x->word = w;
    x->token = token;
    x->atom = atom;
    x->words_n = n;
    x->ascii = x->ascii && y->ascii;
    x->asks = y->asks;
    sentence_starts_make(x, d->a);
    d->n--;
}

/* Words of an earlier mail are somebody else's, at another time. */
static bool quoted_at(const struct reply_part *parts, size_t n, str body, size_t at)
{
    for (size_t i = 0; i < n; i++) {
        size_t from = (size_t)(parts[i].text.p - body.p);
        if (at >= from && at < from + parts[i].text.n)
            return reply_is_quoted(parts[i].kind);
    }
    return false;
}

static void sentences_add(struct discourse *d, size_t turn)
{
    str body = d->ia->turns[turn].text, text = lines_joined(d, body);
    struct reply_part *parts = NULL;
    size_t parts_n = 0;
    bool go_on = goes_on(d, turn);
    struct text_span *u;
    size_t n;

    if (d->ia->kind == IA_MAIL)
        reply_split(body, d->ia->turns[turn].speaker, d->a, &parts, &parts_n);
    sentences_split(text, d->a, &u, &n);
    for (size_t i = 0; i < n; i++) {
        if (quoted_at(parts, parts_n, body, u[i].start))
            continue;
        struct words w = words_split(str_sub(text, u[i].start, u[i].end), d->a);
        size_t from = 0;
        for (size_t k = 1; w.n > LONG_SENTENCE && k < w.n; k++)
            if (k - from >= WORDS_PIECE_MIN && cut_before(&w, k)) {
                sentence_add(d, turn, u[i].start, &w, from, k, u[i].end);
                from = k;
            }
        if (w.n)
            sentence_add(d, turn, u[i].start, &w, from, w.n, u[i].end);
        if (w.n && go_on && i == 0 && d->n > 1 && from == 0)
            join_last(d);
    }
}

/* How many sentences most conversations of this length have at most: growing moves them. */
static size_t sentences_expected(const struct interaction *ia)
{
    enum { BYTES_LEAST = 40 };
    size_t bytes = 0;

    for (size_t i = 0; i < ia->turns_n; i++)
        bytes += ia->turns[i].text.n;
    return bytes / BYTES_LEAST + ia->turns_n + 1;
}

void discourse_make(const struct interaction *ia, struct arena *a, struct discourse *out)
{
    struct discourse d = {.ia = ia, .a = a};

    d.lang = ia->language.n == 0 || str_eq(ia->language, STR("und")) ? STR("en") : ia->language;
    d.stop = list_for("stop", d.lang);
    d.commit = list_for("commit", d.lang);
    d.of_turn = ARENA_ARRAY(a, int, ia->turns_n + 1);
    d.first_of_turn = ARENA_ARRAY(a, size_t, ia->turns_n + 1);
    d.floor_of_turn = ARENA_ARRAY(a, size_t, ia->turns_n + 1);
    voices_make(&d);
    d.cap = sentences_expected(ia);
    d.s = ARENA_FILL(a, struct sentence, d.cap);
    for (size_t i = 0; i < ia->turns_n; i++) {
        d.floor_of_turn[i] =
            i ? d.floor_of_turn[i - 1] + (d.of_turn[i] != d.of_turn[i - 1] || d.of_turn[i] == VOICE_NONE) : 0;
        d.first_of_turn[i] = d.n;
        sentences_add(&d, i);
    }
    d.first_of_turn[ia->turns_n] = d.n;
    d.marks = ARENA_ARRAY(a, const struct marks *, d.n);
    *out = d;
}

size_t sentence_spans(const struct discourse *d, const struct sentence *s, size_t from, size_t to,
                      struct ia_span out[SENTENCE_SPANS_MAX])
{
    size_t n = 0;

    for (size_t i = from; i < to && i < s->words_n; i++) {
        const struct dword *w = &s->word[i];
        if (n && out[n - 1].turn == w->turn) {
            out[n - 1].end = w->end;
        } else if (n < SENTENCE_SPANS_MAX) {
            out[n++] = (struct ia_span){w->turn, w->start, w->end};
        }
    }
    for (size_t i = 0; i < n; i++) { /* closing marks belong to the words */
        str text = d->ia->turns[out[i].turn].text;
        while (out[i].end < text.n && strchr(".?!\"", text.p[out[i].end]))
            out[i].end++;
    }
    return n;
}

str sentence_text(const struct discourse *d, const struct sentence *s)
{
    return str_sub(d->ia->turns[s->turn].text, s->start, s->end);
}

enum ia_side discourse_side(const struct discourse *d, int voice)
{
    return voice == VOICE_NONE ? IA_SIDE_UNKNOWN : d->voices[voice].side;
}

size_t discourse_side_count(const struct discourse *d, enum ia_side side)
{
    size_t n = 0;

    for (size_t i = 0; i < d->voices_n; i++)
        n += side == IA_SIDE_UNKNOWN || d->voices[i].side == side;
    return n;
}

int32_t discourse_today(const struct discourse *d)
{
    int64_t local;

    if (d->ia->started_at_ms == CLOCK_NONE)
        return INT32_MIN;
    local = d->ia->started_at_ms + (int64_t)d->ia->started_offset_min * 60000;
    return (int32_t)((local - (local % 86400000 + 86400000) % 86400000) / 86400000);
}

bool sentence_lower(const struct sentence *s)
{
    for (size_t i = 0; i < s->words_n; i++)
        if (s->word[i].upper)
            return false;
    return s->words_n > 0;
}

int discourse_named(const struct discourse *d, str token)
{
    int found = VOICE_NONE;
    str folded;

    if (!token.n || (!(token.p[0] & 0x80) && !(d->firsts >> (token.p[0] & 31) & 1))) /* most words */
        return VOICE_NONE;
    folded = uni_fold(d->a, token);
    if (folded.n > 2 && str_ends(folded, STR("'s")))
        folded = str_sub(folded, 0, folded.n - 2);
    for (size_t i = 0; folded.n > 1 && i < d->voices_n; i++)
        if (str_eq(d->voices[i].first, folded)) {
            if (found != VOICE_NONE)
                return VOICE_NONE;
            found = (int)i;
        }
    return found;
}
