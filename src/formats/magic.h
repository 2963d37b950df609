/* formats/magic.h - names for files that no parser of ours reads, so that a refusal says what the file is. */
#pragma once
#include "base/str.h"

/* "PNG image", "ZIP archive", "MP3 audio" ...; NULL when the first bytes say nothing. Looks at most at 64 KiB. */
const char *magic_binary(str bytes);

/* Text files made by programs for programs, refused by name rather than stored as notes: "SQL dump", "calendar", ...;
 * NULL for anything else. `head` is UTF-8 (charset_head). */
const char *magic_machine_text(str head);

/* True when the bytes look like no text in any encoding: many control bytes, or NULs beyond a stray few. */
bool magic_not_text(str bytes);
