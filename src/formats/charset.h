/* formats/charset.h - bytes of an unknown encoding to UTF-8.
 *
 * Any thread, no I/O. Order of belief: byte order mark; UTF-16 without a mark, by its zero bytes; valid UTF-8; UTF-8
 * with a few broken places (repaired); else statistical detection (ICU), where ISO-8859-1 means Windows-1252. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* The whole text as valid UTF-8 without byte order mark; broken sequences and NULs are U+FFFD. *out may point into
 * `bytes` when nothing had to change. *out_name (may be NULL): "UTF-8", "GB18030" ... static.
 * Errors: ERR_INVALID when the bytes are no text in any encoding we know. */
enum err_code charset_to_utf8(str bytes, struct arena *a, str *out, const char **out_name, struct err *e);

/* What text formats begin with: charset_to_utf8, refuses empty text ("line 1: the file is empty") and a line longer
 * than FORMAT_LINE_MAX ("line 7: longer than 16 MiB") or more than FORMAT_LINES_MAX of them. */
enum err_code charset_open(str bytes, struct arena *a, str *out, struct err *e);

/* Converts from a named charset ("ISO-2022-JP", "windows-1252"; case and punctuation do not matter).
 * ERR_UNSUPPORTED: no such charset. Output is valid UTF-8. */
enum err_code charset_convert(str bytes, const char *name, struct arena *a, str *out, struct err *e);

/* The beginning of a file for sniffing, without byte order mark; UTF-16 is narrowed into `scratch`, other bytes are
 * shown where they are (so they need not be valid UTF-8). At most 64 KiB. */
enum { CHARSET_HEAD_MAX = 64 << 10, CHARSET_SCRATCH = 4 << 10 };
str charset_head(str bytes, char scratch[CHARSET_SCRATCH]);

/* Decodes HTML character references (&amp; &#8217; &nbsp; ...): numeric ones and the names in common use. Unknown
 * references stay as they are. Returns s itself when there is none. */
str charset_entities_decode(str s, struct arena *a);
