/* formats/labelled.h - text whose source says in which character set it is, as mail and web pages do.
 *
 * Labels are wrong often enough that the bytes have a say too: a byte order mark wins, valid multi-byte UTF-8 wins over a
 * single-byte label, an unknown or impossible label falls back to detection (formats/charset.h). */
#pragma once
#include "base/arena.h"
#include "base/str.h"

/* Loads ICU's tables, so that later calls open no file (called before the sandbox closes). */
void labelled_warm(void);

/* Valid UTF-8 without NUL in every case; what cannot be decoded becomes U+FFFD. Memory in `a`, or `bytes` itself when
 * nothing had to change.
 *   label  as the source writes it ("iso-8859-1"); may be empty or nonsense */
str labelled_to_utf8(struct arena *a, str bytes, str label);

/* The charset an HTML text declares in its first 4 KiB (<meta charset=...>); empty when it declares none. */
str labelled_html(str html);
