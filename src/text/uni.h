/* text/uni.h - the few things about Unicode the rest of the room needs, over ICU, with ASCII fast paths.
 *
 * All functions take any bytes; an invalid UTF-8 sequence decodes to U+FFFD and advances by at least one byte. Any
 * thread, no state. */
#pragma once
#include "base/arena.h"
#include "base/str.h"

enum { UNI_BAD = 0xFFFD };

/* Bytes [start, end) of some text. Texts here are at most 2 GiB; formats/ limits them to 64 MiB long before. */
struct text_span {
    uint32_t start, end;
};

/* Decodes the code point at *i (< s.n) and moves *i behind it. */
uint32_t uni_next_slow(str s, size_t *i);
static inline uint32_t uni_next(str s, size_t *i)
{
    unsigned char c = (unsigned char)s.p[*i];
    if (c < 0x80) {
        ++*i;
        return c;
    }
    return uni_next_slow(s, i);
}
/* Decodes the code point that ends before *i (> 0) and moves *i to its start. */
uint32_t uni_prev(str s, size_t *i);
/* Writes 1..4 bytes, returns how many. */
size_t uni_put(char out[4], uint32_t c);

bool uni_is_space(uint32_t c);  /* Unicode White_Space */
bool uni_is_alpha(uint32_t c);  /* general category L* */
bool uni_is_alnum(uint32_t c);  /* L* or Nd */
bool uni_is_mark(uint32_t c);   /* M* */
bool uni_is_punct(uint32_t c);  /* P* */
bool uni_is_upper(uint32_t c);  /* Lu or Lt */
/* Scripts written without spaces: Han, Hiragana, Katakana, Thai, Lao, Khmer, Myanmar. */
bool uni_is_unspaced(uint32_t c);

/* Columns of a terminal that the text takes: two for wide and full-width characters and emoji (UAX #11), none for marks and
 * for what joins or is not shown, one for all else. */
size_t uni_columns(str s);
/* The beginning of the text that fits into so many columns, cut between characters and with the marks of the last. */
str uni_fit(str s, size_t columns);

/* Full lower-case mapping, root locale. Returns s itself when nothing changes. */
str uni_lower(struct arena *a, str s);
/* Lower case without diacritics, compatibility forms resolved (NFKD minus marks; o-slash, l-stroke, sharp s and the like
 * spelled in ASCII): for comparing, never for showing. Returns s itself when nothing changes. */
str uni_fold(struct arena *a, str s);
bool uni_ascii(str s);
