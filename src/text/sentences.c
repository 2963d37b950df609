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

/* ---- ASCII ---- */

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

static unsigned class_at(str t, size_t i)
{
    return i < t.n ? class[(unsigned char)t.p[i]] : S_OTHER;
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

/* Where the sentence that begins at `from` ends in ASCII; SIZE_MAX: that depends on the version of Unicode. */
static size_t ascii_end(str t, size_t from)
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
            at++;
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
static bool ascii_split(str text, struct arena *a, struct text_span **out, size_t *out_n)
{
    size_t n = 0, cap = 0;

    if (!uni_ascii(text))
        return false;
    for (size_t from = 0, to; from < text.n; from = to) {
        struct text_span s;
        to = ascii_end(text, from);
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
    if (ascii_split(text, a, out, out_n))
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
