/* formats/blocks.h - the text of a document as its blocks: paragraphs, headings, list items, table rows.
 *
 * Every document format (html, docx, pptx, xlsx, pdf) fills one of these; a document becomes one turn for each block,
 * because a span then points at a paragraph and not at a whole page. A mail joins its blocks to one text. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "formats/format.h"

enum block_kind { BLOCK_TEXT, BLOCK_HEADING, BLOCK_ITEM, BLOCK_ROW };

struct block {
    enum block_kind kind;
    bool gap; /* an empty line stands before it when blocks are joined */
    str text; /* outer white space removed, never empty */
};

struct blocks {
    struct arena *a;
    struct block *at;
    size_t n, cap;
    size_t bytes;
    bool full; /* IA_TEXT_MAX or IA_TURNS_MAX was reached; the rest is left out */
};

void blocks_init(struct blocks *b, struct arena *a);
/* Adds a block: a copy of `text`, trimmed; nothing when that is empty. */
void blocks_add(struct blocks *b, enum block_kind kind, bool gap, str text);
/* All blocks as one text, for mails. Memory in b->a. */
str blocks_join(const struct blocks *b);
/* One turn a block; adds a problem when the text had to be cut. */
void blocks_to_turns(const struct blocks *b, struct format_result *r, struct interaction *ia);
/* The first heading among the first few blocks; empty when there is none. */
str blocks_title(const struct blocks *b);

/* Collapses runs of white space (also U+00A0, U+200B, U+FEFF) to one space each; line breaks stay when keep_lines. */
str text_squeeze(struct arena *a, str s, bool keep_lines);
