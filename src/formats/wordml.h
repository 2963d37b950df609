/* formats/wordml.h - one WordprocessingML part (document.xml, footnotes.xml, header1.xml) to blocks of text.
 *
 * Kept: paragraphs, headings, list items with their labels, tables (a row a block, cells joined by " | "), text boxes,
 * formulas' text, charts' figures, comments behind the paragraph they are about, the marks of footnotes ("[2]").
 * Left out: deleted and moved-away words of tracked changes, field codes, the old drawing copy of a text box, and words
 * formatted as hidden, which no reader sees. */
#pragma once
#include "formats/blocks.h"
#include "formats/drawing.h"
#include "formats/office.h"
#include "formats/wordlist.h"

struct word_note { /* a footnote, an endnote or a comment */
    str id, author;
    str text;   /* its paragraphs, a line each */
    int number; /* from 1 in the order of their marks; 0: not met yet */
};
struct word_notes {
    struct word_note *at;
    size_t n, cap;
    int met;
};
enum { WORD_NOTES_MAX = 5000 };

/* What a document's parts share. All zero: a part by itself, whose list items are marked "-". */
struct word_doc {
    const struct zip *zip;
    struct office_rels rels; /* of the part being read */
    struct word_lists *lists;
    struct word_notes footnotes, endnotes, comments;
    struct drawings *drawings;    /* shown so far; NULL with zip NULL */
    struct format_result *result; /* for charts that are broken; NULL with zip NULL */
    size_t hidden_bytes;          /* of words formatted as hidden: left out */
};

/* `part`: its name, for messages. Adds to *out. Errors as xml_walk(). */
enum err_code wordml_blocks(str xml, const char *part, struct word_doc *doc, struct blocks *out, struct err *e);
/* The notes of a part: `element` is "footnote", "endnote" or "comment". Empty ones are left out. */
enum err_code wordml_notes(str xml, const char *part, const char *element, struct arena *a, struct word_notes *out,
                           struct err *e);
