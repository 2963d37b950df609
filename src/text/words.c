#include "text/words.h"

#include "text/lists.h"

/* What a byte below 0x80 is: 1 space, 2 letter or digit, 4 punctuation (category P*; + < = > $ ^ ` | ~ are symbols). */
static const unsigned char kind[128] = {
    ['\t'] = 1,        ['\n'] = 1, ['\v'] = 1, ['\f'] = 1, ['\r'] = 1, [' '] = 1, ['0' ... '9'] = 2, ['A' ... 'Z'] = 2,
    ['a' ... 'z'] = 2, ['!'] = 4,  ['"'] = 4,  ['#'] = 4,  ['%'] = 4,  ['&'] = 4, ['\''] = 4,        ['('] = 4,
    [')'] = 4,         ['*'] = 4,  [','] = 4,  ['-'] = 4,  ['.'] = 4,  ['/'] = 4, [':'] = 4,         [';'] = 4,
    ['?'] = 4,         ['@'] = 4,  ['['] = 4,  ['\\'] = 4, [']'] = 4,  ['_'] = 4, ['{'] = 4,         ['}'] = 4,
};

void word_it_init(struct word_it *it, str text)
{
    *it = (struct word_it){.text = text};
}

static bool is_punct(uint32_t c)
{
    return c < 0x80 ? kind[c] == 4 : uni_is_punct(c);
}

static void inner_find(str t, struct word *w)
{
    size_t a = w->start, b = w->end;

    while (a < b) {
        size_t next = a;
        if (!is_punct(uni_next(t, &next)))
            break;
        a = next;
    }
    while (b > a) {
        size_t prev = b;
        if (!is_punct(uni_prev(t, &prev)))
            break;
        b = prev;
    }
    w->inner_start = (uint32_t)a;
    w->inner_end = (uint32_t)b;
}

bool word_run_next(str t, size_t *at, struct word *out, bool *out_solid)
{
    unsigned seen = 0;
    size_t i = *at;

    while (i < t.n) { /* what lies before */
        size_t next = i + 1;
        unsigned char c = (unsigned char)t.p[i];
        if (c < 0x80 ? kind[c] != 1 : (next = i, !uni_is_space(uni_next(t, &next))))
            break;
        i = next;
    }
    *out = (struct word){.start = (uint32_t)i};
    while (i < t.n) {
        unsigned char c = (unsigned char)t.p[i];
        size_t next = i;
        if (c < 0x80) {
            if (kind[c] == 1)
                break;
            seen |= kind[c];
            i++;
            continue;
        }
        uint32_t u = uni_next(t, &next);
        if (uni_is_space(u))
            break;
        seen |= uni_is_alnum(u) ? 2 : 0;
        i = next;
    }
    *at = i;
    if (i == out->start)
        return false;
    out->end = (uint32_t)i;
    *out_solid = seen & 2;
    if (*out_solid)
        inner_find(t, out);
    return true;
}

bool word_it_next(struct word_it *it, struct word *out)
{
    bool solid = false;

    while (!solid)
        if (!word_run_next(it->text, &it->at, out, &solid))
            return false;
    return true;
}

size_t words_count(str text)
{
    struct word_it it;
    struct word w;
    size_t n = 0;

    for (word_it_init(&it, text); word_it_next(&it, &w);)
        n++;
    return n;
}

str word_token(str text, const struct word *w, struct arena *a)
{
    str s = str_sub(text, w->inner_start, w->inner_end);
    str low;
    char *q;
    size_t i, k = 0;

    if (uni_ascii(s))
        return uni_lower(a, s);
    low = uni_lower(a, s);
    if (!str_contains(low, STR("\u2019")))
        return low;
    q = arena_alloc(a, low.n);
    for (i = 0; i < low.n; i++) {
        if (low.n - i >= 3 && memcmp(low.p + i, "\u2019", 3) == 0) {
            q[k++] = '\'';
            i += 2;
        } else {
            q[k++] = low.p[i];
        }
    }
    return str_n(q, k);
}

/* Room for as many words as there are in most texts. */
static struct word *words_room(str text, struct arena *a, size_t *out_cap)
{
    *out_cap = text.n / 4 + 2;
    return ARENA_FILL(a, struct word, *out_cap);
}

static void ascii_words(str text, struct arena *a, struct words *ws)
{
    size_t cap, i = 0;

    ws->word = words_room(text, a, &cap);
    while (i < text.n) {
        struct word w;
        unsigned seen = 0, k;
        while (i < text.n && kind[(unsigned char)text.p[i]] == 1)
            i++;
        w.start = w.inner_start = (uint32_t)i;
        for (; i < text.n && (k = kind[(unsigned char)text.p[i]]) != 1; i++)
            seen |= k;
        w.end = w.inner_end = (uint32_t)i;
        if (!(seen & 2))
            continue;
        while (kind[(unsigned char)text.p[w.inner_start]] == 4)
            w.inner_start++;
        while (kind[(unsigned char)text.p[w.inner_end - 1]] == 4)
            w.inner_end--;
        ARENA_PUSH(a, ws->word, ws->n, cap) = w;
    }
}

struct words words_split(str text, struct arena *a)
{
    bool ascii = uni_ascii(text);
    str low = ascii ? str_lower_ascii(a, text) : STR_NULL;
    struct words ws = {.ascii = ascii};
    struct word_it it;
    struct word w;
    size_t cap;

    if (ascii) {
        ascii_words(text, a, &ws);
    } else {
        ws.word = words_room(text, a, &cap);
        for (word_it_init(&it, text); word_it_next(&it, &w);)
            ARENA_PUSH(a, ws.word, ws.n, cap) = w;
    }
    ws.token = ARENA_FILL(a, str, ws.n);
    ws.atom = ARENA_FILL(a, uint32_t, ws.n);
    for (size_t i = 0; i < ws.n; i++) {
        const struct word *x = &ws.word[i];
        ws.token[i] = ascii ? str_n(low.p + x->inner_start, x->inner_end - x->inner_start) : word_token(text, x, a);
    }
    list_atoms(ws.token, ws.n, ws.atom);
    return ws;
}

struct words words_part(const struct words *w, size_t from, size_t to)
{
    return (struct words){w->word + from, w->token + from, w->atom + from, NULL, to - from, w->ascii};
}
