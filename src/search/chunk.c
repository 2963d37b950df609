#include "search/chunk.h"

#include <string.h>

#include "base/buf.h"
#include "text/clean.h"
#include "text/uni.h"

static bool gap_at(str s, size_t i, size_t *bytes)
{
    char c = s.p[i];

    *bytes = 1;
    if (c == ' ' || (c >= '\t' && c <= '\r'))
        return true;
    *bytes = 2;
    return c == '\xC2' && i + 1 < s.n && s.p[i + 1] == '\xA0';
}

/* The next word at or after *at; a very long run is cut between characters. */
static bool word_next(str s, size_t *at, uint32_t *start, uint32_t *end)
{
    size_t i = *at, bytes;

    while (i < s.n && gap_at(s, i, &bytes))
        i += bytes;
    if (i >= s.n)
        return false;
    *start = (uint32_t)i;
    while (i < s.n && !gap_at(s, i, &bytes)) {
        if (i - *start >= CHUNK_WORD_BYTES_MAX && ((unsigned char)s.p[i] & 0xC0) != 0x80)
            break;
        i++;
    }
    *end = (uint32_t)i;
    *at = i;
    return true;
}

static uint32_t words_in(str s)
{
    size_t at = 0;
    uint32_t start, end, n = 0;

    while (word_next(s, &at, &start, &end))
        n++;
    return n;
}

/* Does the word end a sentence: a mark, and what closes quotes or brackets behind it. */
static bool ends_sentence(str word)
{
    static const char *const marks[] = {"\xE2\x80\x9D", "\xE2\x80\x99", "\xE3\x80\x82", "\xE2\x80\xA6"}; /* ” ’ 。 … */

    for (;;) {
        if (str_ends(word, str_of(marks[2])) || str_ends(word, str_of(marks[3])))
            return true;
        if (str_ends(word, str_of(marks[0])) || str_ends(word, str_of(marks[1])))
            word.n -= 3;
        else if (word.n && (word.p[word.n - 1] == '"' || word.p[word.n - 1] == ')' || word.p[word.n - 1] == '\''))
            word.n--;
        else
            break;
    }
    return word.n && (word.p[word.n - 1] == '.' || word.p[word.n - 1] == '?' || word.p[word.n - 1] == '!');
}

struct split {
    const struct ia_turn *turns;
    bool written; /* cut long turns in equal parts, at sentence ends */
    struct arena *a;
    struct chunk *list;
    size_t n, cap;
    struct ia_span span[CHUNK_SPANS_MAX]; /* the open chunk */
    size_t span_n;
    uint32_t words;
};

static void chunk_close(struct split *s)
{
    struct chunk *c;

    if (!s->span_n)
        return;
    ARENA_PUSH(s->a, s->list, s->n, s->cap) = (struct chunk){0};
    c = &s->list[s->n - 1];
    c->spans = ARENA_ARRAY(s->a, struct ia_span, s->span_n);
    memcpy(c->spans, s->span, s->span_n * sizeof *s->span);
    c->spans_n = s->span_n;
    c->words = s->words;
    s->span_n = 0;
    s->words = 0;
}

static void span_add(struct split *s, struct ia_span span, uint32_t words)
{
    s->span[s->span_n++] = span;
    s->words += words;
}

/* Words of the next of `pieces` pieces of written text, `left` words from byte `from`: equal shares, moved to the sentence
 * end nearest to the share's end, so that no piece is a mere rest. The pieces after it must be able to hold what remains. */
static uint32_t share_words(str text, size_t from, uint32_t left, uint32_t pieces)
{
    uint32_t share = (left + pieces - 1) / pieces, best = share, far = CHUNK_CUT_REACH + 1, k = 0, start, end;
    size_t at = from;

    while (k < CHUNK_WORDS && k < share + CHUNK_CUT_REACH && word_next(text, &at, &start, &end)) {
        uint32_t off = ++k > share ? k - share : share - k;
        if (off < far && left - k <= CHUNK_WORDS * (pieces - 1) && ends_sentence(str_sub(text, start, end))) {
            best = k;
            far = off;
        }
    }
    return best;
}

/* Words of the piece that begins at byte `from`, when `left` words are left. */
static uint32_t piece_words(const struct split *s, str text, size_t from, uint32_t left)
{
    if (left <= CHUNK_WORDS)
        return left;
    return s->written ? share_words(text, from, left, (left + CHUNK_WORDS - 1) / CHUNK_WORDS) : CHUNK_WORDS;
}

static void long_turn_add(struct split *s, uint32_t turn, uint32_t words)
{
    str text = s->turns[turn].text;
    size_t at = 0;

    for (uint32_t left = words; left;) {
        uint32_t take = piece_words(s, text, at, left), start, end;
        struct ia_span span = {.turn = turn};
        for (uint32_t k = 0; k < take && word_next(text, &at, &start, &end); k++) {
            if (!k)
                span.start = start;
            span.end = end;
        }
        span_add(s, span, take);
        chunk_close(s);
        left -= take;
    }
}

static struct ia_span turn_span(str text, uint32_t turn)
{
    struct ia_span span = {.turn = turn};
    uint32_t start, end;
    size_t at = 0;

    for (bool first = true; word_next(text, &at, &start, &end); first = false) {
        if (first)
            span.start = start;
        span.end = end;
    }
    return span;
}

void chunk_split(const struct interaction *ia, struct arena *a, struct chunk **out, size_t *out_n)
{
    struct split s = {.turns = ia->turns, .written = ia->kind != IA_CALL, .a = a};

    for (size_t i = 0; i < ia->turns_n; i++) {
        uint32_t words = words_in(ia->turns[i].text);
        if (!words)
            continue;
        if (words > CHUNK_WORDS || s.words + words > CHUNK_WORDS)
            chunk_close(&s);
        if (words > CHUNK_WORDS)
            long_turn_add(&s, (uint32_t)i, words);
        else
            span_add(&s, turn_span(ia->turns[i].text, (uint32_t)i), words);
    }
    chunk_close(&s);
    *out = s.list;
    *out_n = s.n;
}

static str span_text(const struct interaction *ia, const struct ia_span *span)
{
    return span->turn < ia->turns_n ? str_sub(ia->turns[span->turn].text, span->start, span->end) : STR("");
}

/* A label without what stands in brackets: "Hon. Mary Ng (Minister of Small Business)". */
static str label_short(str label)
{
    size_t at = str_find_char(label, '(', 0);
    str s = str_trim(at == SIZE_MAX ? label : str_sub(label, 0, at));

    return s.n ? s : label;
}

/* A title that says something: two words of letters at least, not "ES2004a" or "recording 7". */
static bool title_speaks(str title)
{
    size_t at = 0, n = 0;
    uint32_t start, end;

    while (word_next(title, &at, &start, &end)) {
        bool letters = end - start > 1;
        for (uint32_t i = start; i < end; i++)
            letters = letters && !(title.p[i] >= '0' && title.p[i] <= '9') && title.p[i] != '_';
        n += letters;
    }
    return n >= 2;
}

static void header_put(const struct interaction *ia, struct buf *b)
{
    const str parts[] = {title_speaks(ia->title) ? ia->title : STR(""), ia->account, ia->deal};
    bool any = false;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        str s = str_sub(parts[i], 0, 120);
        if (!s.n)
            continue;
        if (any)
            buf_str(b, STR(", "));
        buf_str(b, s);
        any = true;
    }
    if (any)
        buf_str(b, STR("\n"));
}

/* Length of a transcriber's remark at `i`, "{vocalsound}"; 0 for anything else. */
static size_t remark_at(str s, size_t i)
{
    size_t k = i + 1;

    if (s.p[i] != '{')
        return 0;
    while (k < s.n && ((s.p[k] >= 'a' && s.p[k] <= 'z') || s.p[k] == '_'))
        k++;
    return k < s.n && s.p[k] == '}' && k > i + 1 ? k + 1 - i : 0;
}

static bool letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Puts the text without remarks, double spaces and the space that some transcripts have before a mark ("right ."). False
 * when no letter or digit was in it; then nothing is put. */
static bool tidy_put(struct buf *b, str s)
{
    size_t start = b->n, i = 0;
    bool spoken = false, gap = false;

    while (i < s.n) {
        size_t remark, from = i, plain = i;
        uint32_t c;
        while (plain < s.n && letter_or_digit(s.p[plain]))
            plain++;
        if (plain > i) {
            if (gap && b->n > start)
                buf_char(b, ' ');
            gap = false;
            spoken = true;
            buf_str(b, str_sub(s, i, plain));
            i = plain;
            continue;
        }
        remark = remark_at(s, i);
        if (remark) {
            i += remark;
            gap = true;
            continue;
        }
        c = uni_next(s, &i);
        if (uni_is_space(c)) {
            gap = true;
            continue;
        }
        if (gap && b->n > start && !(c < 0x80 && strchr(".,?!;:", (int)c)))
            buf_char(b, ' ');
        gap = false;
        spoken = spoken || uni_is_alnum(c);
        buf_str(b, str_sub(s, from, i));
    }
    if (!spoken)
        b->n = start;
    return spoken;
}

str chunk_embed_text(const struct interaction *ia, const struct ia_span *spans, size_t spans_n, struct arena *a)
{
    struct buf b;
    str out;

    buf_init_wiped(&b, 1u << 20);
    header_put(ia, &b);
    for (size_t i = 0; i < spans_n; i++) {
        struct cleaned c;
        str label = spans[i].turn < ia->turns_n ? label_short(ia->turns[spans[i].turn].speaker) : STR("");
        size_t start = b.n;
        clean_text(span_text(ia, &spans[i]), ia->language, a, &c);
        if (label.n) {
            buf_str(&b, label);
            buf_str(&b, STR(": "));
        }
        if (tidy_put(&b, c.text))
            buf_char(&b, '\n');
        else
            b.n = start;
    }
    out = str_trim(str_dup(a, buf_view(&b)));
    buf_done(&b);
    return out.n ? out : STR(".");
}

struct chunk_voice *chunk_voices(const struct interaction *ia, const struct ia_span *spans, size_t spans_n,
                                 struct arena *a, size_t *out_n)
{
    struct chunk_voice *v = ARENA_ARRAY(a, struct chunk_voice, spans_n + 1);
    size_t n = 0, k;

    for (size_t i = 0; i < spans_n; i++) {
        str name = spans[i].turn < ia->turns_n ? ia->turns[spans[i].turn].speaker : STR("");
        for (k = 0; k < n && !str_eq(v[k].name, name); k++) {
        }
        if (k == n)
            v[n++] = (struct chunk_voice){.name = name};
        v[k].words += words_in(span_text(ia, &spans[i]));
    }
    *out_n = n;
    return v;
}
