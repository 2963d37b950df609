/* base/str.h - a string is a pointer and a length, passed by value, not NUL-terminated.
 *
 * None of these allocate or keep their arguments unless they take an arena. Bytes are UTF-8 unless said otherwise. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/banned.h"

struct arena;

typedef struct {
    const char *p;
    size_t n;
} str;

#define STR(literal) ((str){"" literal, sizeof(literal) - 1})
#define STR_ARG(s) (int)(s).n, (s).p /* for "%.*s" */
#define STR_NULL ((str){NULL, 0})

static inline str str_of(const char *cz) /* NULL gives the empty string */
{
    return cz ? (str){cz, strlen(cz)} : (str){"", 0};
}
static inline str str_n(const char *p, size_t n)
{
    return (str){p, n};
}
static inline str str_sub(str s, size_t from, size_t to) /* clamped to s */
{
    if (to > s.n)
        to = s.n;
    if (from > to)
        from = to;
    return (str){from ? s.p + from : s.p, to - from}; /* NULL + 0 is undefined */
}
static inline str str_from(str s, size_t from)
{
    return str_sub(s, from, s.n);
}

/* Inline, so that a comparison with a literal becomes a few instructions. */
static inline bool str_eq(str a, str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
bool str_eq_nocase(str a, str b); /* ASCII letters only */
int str_cmp(str a, str b);        /* by bytes; shorter first */
static inline bool str_starts(str s, str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}
bool str_starts_nocase(str s, str prefix);
static inline bool str_ends(str s, str suffix)
{
    return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}
bool str_ends_nocase(str s, str suffix);
/* Byte offset of the first `needle` at or after `from`; SIZE_MAX when there is none. */
size_t str_find(str s, str needle, size_t from);
size_t str_find_nocase(str s, str needle, size_t from); /* ASCII letters only */
size_t str_find_char(str s, char c, size_t from);
size_t str_rfind_char(str s, char c);
static inline bool str_contains(str s, str needle)
{
    return str_find(s, needle, 0) != SIZE_MAX;
}
str str_trim(str s); /* ASCII white space at both ends */
str str_trim_end(str s);

/* Cuts at the first `sep`: returns what is before, `*rest` becomes what is after (empty when there was no sep). */
str str_cut(str s, char sep, str *rest);
/* Walks over lines; a line ends with LF, CRLF or CR, which is not part of it. False when nothing is left.
 *     str rest = text, line;
 *     while (str_line_next(&rest, &line)) ...  */
bool str_line_next(str *rest, str *out_line);

uint64_t str_hash(str s); /* eight bytes a step; for tables in memory, not for security, not stored */

str str_dup(struct arena *a, str s);
char *str_cz(struct arena *a, str s); /* NUL-terminated copy for a foreign library; an inner NUL ends it there */
str str_lower_ascii(struct arena *a, str s);
void str_lower_put(str s, char *out); /* the same into s.n bytes that the caller has */
str str_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
str str_join(struct arena *a, const str *parts, size_t n, str sep);
/* Replaces invalid UTF-8 sequences by U+FFFD and NUL by U+FFFD; returns s itself when nothing had to change. */
str str_utf8_repair(struct arena *a, str s);
bool str_utf8_valid(str s); /* strict: no surrogates, no overlong forms */

/* Whole-string parsers: reject empty input, white space, trailing bytes and overflow. */
bool str_to_i64(str s, int64_t *out);
bool str_to_u64(str s, uint64_t *out);
bool str_to_double(str s, double *out); /* "C" locale; finite only */

/* Edit distance (Levenshtein) in bytes; SIZE_MAX when b is longer than STR_DISTANCE_MAX. */
enum { STR_DISTANCE_MAX = 2000 };
size_t str_distance(str a, str b);
