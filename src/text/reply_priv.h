/* text/reply_priv.h - shared by reply.c (the split) and reply_lines.c (what one line is). */
#pragma once
#include "text/reply.h"

enum line_kind {
    LINE_EMPTY,
    LINE_TEXT,
    LINE_QUOTE,       /* starts with '>' or "Name>" */
    LINE_RULE,        /* dashes, underscores, stars */
    LINE_DASHES,      /* the signature divider "-- " */
    LINE_STAMP,       /* "Sent from my phone" */
    LINE_ATTRIBUTION, /* "On Monday, A wrote:", first line of `span` lines */
    LINE_ORIGINAL,    /* "-----Original Message-----" */
    LINE_FORWARD,     /* "---------- Forwarded message ----------" */
    LINE_HEADER,      /* first line of a block of header fields, `span` lines */
};

struct line {
    str raw;  /* with its line end */
    str text; /* trimmed */
    enum line_kind kind;
    uint32_t span; /* lines that belong to an attribution or header block, at least 1 */
    enum reply_kind part;
};

/* Fills kind and span of every line. */
void reply_lines_classify(struct line *l, size_t n, struct arena *a);
/* First line of a sign-off that ends at line `end` (exclusive) and does not begin before `from`; `end` when none. */
size_t reply_signoff_find(const struct line *l, size_t from, size_t end, str sender, struct arena *a);
