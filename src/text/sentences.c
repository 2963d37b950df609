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

/* Plain ASCII that can break nowhere: a sentence ends only behind . ! ? or a line end (UAX 29, table 4), and here nothing but
 * such marks and blanks follows the first of them. Half of what is said on a call is like that. */
static bool one_sentence(str text)
{
    size_t i = 0;

    for (; i < text.n && !strchr(".!?\r\n", text.p[i]); i++)
        if (text.p[i] & 0x80)
            return false;
    for (; i < text.n; i++)
        if (text.p[i] == 0 || !strchr(".!? \t", text.p[i]))
            return false;
    return true;
}

void sentences_split(str text, struct arena *a, struct text_span **out, size_t *out_n)
{
    UErrorCode ec = U_ZERO_ERROR;
    UText ut = UTEXT_INITIALIZER;
    UBreakIterator *brk = brk_get();
    struct text_span *list = NULL;
    size_t n = 0, cap = 0;
    int32_t from = 0, to;

    *out = NULL;
    *out_n = 0;
    if (text.n == 0)
        return;
    if (one_sentence(text)) {
        struct text_span s = trimmed(text, 0, text.n);
        *out = ARENA_NEW(a, struct text_span);
        **out = s;
        *out_n = s.start < s.end;
        return;
    }
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
