/* formats/format.h - what every input format provides, and how bytes find their parser.
 *
 * Bytes are recognised by content, never by extension alone (the name only breaks ties, e.g. Markdown or plain text).
 * One file may hold many interactions (mbox, JSON lines, a Gong export): each comes out by itself, and what cannot be
 * read becomes a problem with its place while the rest goes on. Parsers do no I/O, run in the throw-away parser child
 * for rows marked FORMAT_SANDBOX (see formats/sandbox.h), and keep nothing after they return. */
#pragma once
#include "domain/crm.h"

enum {
    FORMAT_SANDBOX = 1u << 0, /* needs a large library: read in the sandboxed child only */
};

struct format_input {
    str bytes; /* the whole file */
    str name;  /* path as given; for ties, titles and dates in names; may be empty */
};

struct format_problem {
    str place;  /* "line 7", "message 3", "cue 12, line 40", "page 2"; never empty */
    str reason; /* for a person: "duration is not a number" */
};

struct format_result {
    struct interaction *items;
    size_t items_n, items_cap;
    struct crm_record *crm; /* what a CRM file says (row crm); such a file has no items */
    size_t crm_n, crm_cap;
    struct format_problem *problems;
    size_t problems_n, problems_cap;
    struct format_problem *notices; /* left out on purpose, no failure: hidden text, attachments we cannot read */
    size_t notices_n, notices_cap;
};

enum {
    FORMAT_BYTES_MAX = 256 << 20, /* a file; larger ones are refused before they are read */
    FORMAT_LINE_MAX = 16 << 20,   /* one line of a text format */
    FORMAT_LINES_MAX = 5000000, /* lines of a text format */
    FORMAT_ITEMS_MAX = 100000,
    FORMAT_NAME_MAX = 1000, /* bytes of a name or address; longer ones are cut, with a notice */
    FORMAT_RECORDS_MAX = 2000000,
    FORMAT_NEST_MAX = 50, /* MIME parts in parts, HTML elements 200 (its own limit) */
};

struct format_ops {
    const char *name; /* "vtt", in logs, `show --json` and metrics */
    unsigned flags;
    /* How sure are we that these bytes are ours: 0 no .. 100 certain. Looks at most at the first 64 KiB. */
    int (*sniff)(const struct format_input *in);
    /* Adds to *out (already zeroed). An error means nothing at all could be read: the message names the place. */
    enum err_code (*parse)(const struct format_input *in, struct arena *a, struct format_result *out, struct err *e);
};

extern const struct format_ops *const format_rows[]; /* ends with NULL; from format_tab.h */

/* The row with the highest sniff; NULL when none gives more than 0 (binary or empty bytes), with the reason a person
 * understands in *e ("not a transcript, mail or document: PNG image"). */
const struct format_ops *format_find(const struct format_input *in, struct err *e);
/* Asked in this process before a row parses; NULL: nothing. */
void format_before_set(void (*before)(const struct format_ops *ops));
/* format_find + parse, in this process (the caller has seen to the sandbox). */
enum err_code format_parse(const struct format_input *in, struct arena *a, struct format_result *out, struct err *e);

/* For rows: adds a fresh item with the defaults filled in (kind, format name, times unknown). */
struct interaction *format_item_add(struct format_result *r, struct arena *a, const struct format_ops *ops,
                                    enum ia_kind k);
/* Looks at items from number `from` on: over-long names are cut, with a notice at `place`; what is too large to be stored all
 * the same (ia_limits_check) becomes a problem there. */
void format_items_vet(struct format_result *r, struct arena *a, size_t from, str place);
void format_problem_add(struct format_result *r, struct arena *a, str place, str reason);
void format_notice_add(struct format_result *r, struct arena *a, str place, str reason);
