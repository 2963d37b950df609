#include <pthread.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include "text/sentences.h"

static pthread_key_t brk_key;
static pthread_once_t brk_once = PTHREAD_ONCE_INIT;
static __thread UBreakIterator *brk_mine;

static void brk_drop(void *p)
{
    ubrk_close(p);
}

static void brk_init(void)
{
    pthread_key_create(&brk_key, brk_drop);
}

static UBreakIterator *brk_get(void)
{
    UErrorCode ec = U_ZERO_ERROR;

    if (brk_mine)
        return brk_mine;
    pthread_once(&brk_once, brk_init);
    brk_mine = ubrk_open(UBRK_SENTENCE, "", NULL, 0, &ec);
    if (U_FAILURE(ec))
        brk_mine = NULL;
    else
        pthread_setspecific(brk_key, brk_mine); /* closes it when the thread ends */
    return brk_mine;
}

static struct text_span trimmed(str text, size_t from, size_t to)
{
    while (from < to) {
        size_t next = from;
        if (!uni_is_space(uni_next(text, &next)))
            break;
        from = next;
    }
    while (to > from) {
        size_t prev = to;
        if (!uni_is_space(uni_prev(text, &prev)))
            break;
        to = prev;
    }
    return (struct text_span){(uint32_t)from, (uint32_t)to};
}

/* ---- plain text ---- */

/* What rules of UAX 29 (table 4) see in an ASCII character; most of what is said is nothing else, and needs no tables of Unicode. */
enum { S_OTHER, S_SPACE, S_LINE, S_LOWER, S_UPPER, S_DIGIT, S_STOP, S_END, S_GOES_ON, S_CLOSE, S_UNSURE };
static const unsigned char class
    [128] =
        {
            ['\t'] = S_SPACE,        ['\v'] = S_SPACE,        ['\f'] = S_SPACE,
            [' '] = S_SPACE,         ['\n'] = S_LINE,         ['\r'] = S_LINE,
            ['a' ... 'z'] = S_LOWER, ['A' ... 'Z'] = S_UPPER, ['0' ... '9'] = S_DIGIT,
            ['.'] = S_STOP,          ['!'] = S_END,           ['?'] = S_END,
            [','] = S_GOES_ON,       ['-'] = S_GOES_ON,       [':'] = S_GOES_ON,
            ['"'] = S_CLOSE,         ['\''] = S_CLOSE,        ['('] = S_CLOSE,
            [')'] = S_CLOSE,         ['['] = S_CLOSE,         [']'] = S_CLOSE,
            ['{'] = S_CLOSE,         ['}'] = S_CLOSE,         [';'] = S_UNSURE, /* goes on since Unicode 15.1 */
};

/* Dashes, quotation marks and the ellipsis of General Punctuation, which transcripts are full of; by the last of their three
 * bytes. S_UNSURE: another one. */
static unsigned class_general(unsigned char last)
{
    switch (last) {
    case 0x93:
    case 0x94:
        return S_GOES_ON;
    case 0x98:
    case 0x99:
    case 0x9C:
    case 0x9D:
        return S_CLOSE;
    case 0xA6:
        return S_OTHER;
    default:
        return S_UNSURE;
    }
}

static bool general_at(str t, size_t i)
{
    return i + 2 < t.n && (unsigned char)t.p[i] == 0xE2 && (unsigned char)t.p[i + 1] == 0x80;
}

/* Nothing but ASCII and those. */
static bool plain(str t)
{
    for (size_t i = 0; i < t.n; i++)
        if ((t.p[i] & 0x80) && (!general_at(t, i) || class_general((unsigned char)t.p[i += 2]) == S_UNSURE))
            return false;
    return true;
}

/* Of plain text; of the later bytes of a character S_OTHER. */
static unsigned class_at(str t, size_t i)
{
    if (i >= t.n)
        return S_OTHER;
    if (!(t.p[i] & 0x80))
        return class[(unsigned char)t.p[i]];
    return general_at(t, i) ? class_general((unsigned char)t.p[i + 2]) : S_OTHER;
}

static size_t line_end(str t, size_t i) /* behind the line end at i */
{
    return i + (t.p[i] == '\r' && i + 1 < t.n && t.p[i + 1] == '\n' ? 2 : 1);
}

static bool lower_follows(str t, size_t i) /* SB8 */
{
    for (; i < t.n; i++)
        switch (class_at(t, i)) {
        case S_LOWER:
            return true;
        case S_UPPER:
        case S_LINE:
        case S_STOP:
        case S_END:
            return false;
        default:
            break;
        }
    return false;
}

/* Where the sentence that begins at `from` ends in plain text; SIZE_MAX: that depends on the version of Unicode. */
static size_t plain_end(str t, size_t from)
{
    size_t i = from;

    while (i < t.n) {
        unsigned mark = class_at(t, i), next;
        size_t at;
        if (mark == S_LINE)
            return line_end(t, i);
        if (mark != S_STOP && mark != S_END) {
            i++;
            continue;
        }
        at = i + 1;
        next = class_at(t, at);
        if (mark == S_STOP &&
            (next == S_DIGIT || /* SB6, SB7 */
             (next == S_UPPER && i && (class_at(t, i - 1) == S_UPPER || class_at(t, i - 1) == S_LOWER)))) {
            i = at;
            continue;
        }
        while (class_at(t, at) == S_CLOSE)
            at += t.p[at] & 0x80 ? 3 : 1;
        while (class_at(t, at) == S_SPACE)
            at++;
        next = class_at(t, at);
        if (at >= t.n)
            return t.n;
        if (next == S_LINE)
            return line_end(t, at);
        if (next == S_UNSURE)
            return SIZE_MAX;
        if (next != S_GOES_ON && next != S_STOP && next != S_END && !(mark == S_STOP && lower_follows(t, at)))
            return at;
        i = at;
    }
    return t.n;
}

/* False: ICU is asked. */
static bool plain_split(str text, struct arena *a, struct text_span **out, size_t *out_n)
{
    size_t n = 0, cap = 0;

    if (!uni_ascii(text) && !plain(text))
        return false;
    for (size_t from = 0, to; from < text.n; from = to) {
        struct text_span s;
        to = plain_end(text, from);
        if (to == SIZE_MAX)
            return false;
        s = trimmed(text, from, to);
        if (s.start < s.end)
            ARENA_PUSH(a, *out, n, cap) = s;
    }
    *out_n = n;
    return true;
}

void sentences_split(str text, struct arena *a, struct text_span **out, size_t *out_n)
{
    UErrorCode ec = U_ZERO_ERROR;
    UText ut = UTEXT_INITIALIZER;
    struct text_span *list = NULL;
    UBreakIterator *brk;
    size_t n = 0, cap = 0;
    int32_t from = 0, to;

    *out = NULL;
    *out_n = 0;
    if (text.n == 0)
        return;
    if (plain_split(text, a, out, out_n))
        return;
    brk = brk_get();
    utext_openUTF8(&ut, text.p, (int64_t)text.n, &ec);
    if (brk)
        ubrk_setUText(brk, &ut, &ec);
    if (!brk || U_FAILURE(ec)) { /* no ICU data: the whole text is one sentence */
        ARENA_PUSH(a, list, n, cap) = trimmed(text, 0, text.n);
    } else {
        for (ubrk_first(brk); (to = ubrk_next(brk)) != UBRK_DONE; from = to) {
            struct text_span s = trimmed(text, (size_t)from, (size_t)to);
            if (s.start < s.end)
                ARENA_PUSH(a, list, n, cap) = s;
        }
    }
    utext_close(&ut);
    *out = list;
    *out_n = n;
}
