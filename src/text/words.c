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

/* The high bit of each of eight ASCII bytes that is a space. */
static uint64_t spaces_of(uint64_t bytes)
{
    const uint64_t each = 0x0101010101010101u;
    uint64_t blank = ~((bytes ^ each * ' ') + each * 0x7f);
    uint64_t control = (bytes + each * (0x80 - '\t')) & ~(bytes + each * (0x80 - '\r' - 1));

    return (blank | control) & each * 0x80;
}

/* The run [start, end) as a word; false: it has no letter or digit. */
static bool ascii_word(const char *p, size_t start, size_t end, struct word *out)
{
    size_t a = start, b = end;
    unsigned seen = kind[(unsigned char)p[a]];

    for (size_t i = a + 1; !(seen & 2) && i < b; i++)
        seen |= kind[(unsigned char)p[i]];
    if (!(seen & 2))
        return false;
    while (kind[(unsigned char)p[a]] == 4)
        a++;
    while (kind[(unsigned char)p[b - 1]] == 4)
        b--;
    *out = (struct word){(uint32_t)start, (uint32_t)end, (uint32_t)a, (uint32_t)b};
    return true;
}

/* `low` has LIST_WORD_ROOM zero bytes behind its end. */
static void ascii_words(str low, struct arena *a, struct words *ws)
{
    size_t cap, start = 0;
    struct word w;

    ws->word = words_room(low, a, &cap);
    for (size_t i = 0; i < low.n; i += 8) {
        uint64_t bytes, spaces;
        memcpy(&bytes, low.p + i, 8);
        for (spaces = spaces_of(bytes); spaces; spaces &= spaces - 1) {
            size_t at = i + (size_t)__builtin_ctzll(spaces) / 8;
            if (at > start && ascii_word(low.p, start, at, &w))
                ARENA_PUSH(a, ws->word, ws->n, cap) = w;
            start = at + 1;
        }
    }
    if (low.n > start && ascii_word(low.p, start, low.n, &w))
        ARENA_PUSH(a, ws->word, ws->n, cap) = w;
}

static struct words ascii_split(str text, struct arena *a)
{
    struct words ws = {.ascii = true};
    char *low = arena_fill(a, text.n + LIST_WORD_ROOM, 1);

    str_lower_put(text, low);
    memset(low + text.n, 0, LIST_WORD_ROOM);
    ascii_words(str_n(low, text.n), a, &ws);
    ws.token = ARENA_FILL(a, str, ws.n);
    ws.atom = ARENA_FILL(a, uint32_t, ws.n);
    for (size_t i = 0; i < ws.n; i++)
        ws.token[i] = str_sub(str_n(low, text.n), ws.word[i].inner_start, ws.word[i].inner_end);
    list_atoms_roomy(ws.token, ws.n, ws.atom);
    return ws;
}

struct words words_split(str text, struct arena *a)
{
    struct words ws = {0};
    struct word_it it;
    struct word w;
    size_t cap;

    if (uni_ascii(text))
        return ascii_split(text, a);
    ws.word = words_room(text, a, &cap);
    for (word_it_init(&it, text); word_it_next(&it, &w);)
        ARENA_PUSH(a, ws.word, ws.n, cap) = w;
    ws.token = ARENA_FILL(a, str, ws.n);
    ws.atom = ARENA_FILL(a, uint32_t, ws.n);
    for (size_t i = 0; i < ws.n; i++)
        ws.token[i] = word_token(text, &ws.word[i], a);
    list_atoms(ws.token, ws.n, ws.atom);
    return ws;
}

struct words words_part(const struct words *w, size_t from, size_t to)
{
    return (struct words){w->word + from, w->token + from, w->atom + from, NULL, to - from, w->ascii};
}
