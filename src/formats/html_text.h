/* formats/html_text.h - HTML to readable blocks (libxml2's forgiving parser, driven by events: no tree is built).
 *
 * Paragraphs, headings, list items ("- ", "1. ") and table rows (cells joined by " | ") become blocks; <br> breaks a
 * line. Scripts, styles and what a reader would not see are left out. Entities are decoded, nothing is fetched. */
#pragma once
#include "formats/blocks.h"

enum {
    HTML_MAIL = 1u << 0, /* quotes get "> " before every line, Outlook's divider becomes a line of underscores */
};
enum { HTML_DEPTH_MAX = 2000 };

struct html_facts {
    str title;           /* of <title>, white space squeezed */
    size_t hidden_bytes; /* text marked as invisible (display:none and the like), left out */
    bool cut;            /* nested deeper than HTML_DEPTH_MAX: the rest is left out */
};

/*   html     UTF-8 (see labelled_to_utf8)
 *   out      blocks_init() was called; blocks are added
 * Errors: ERR_MEMORY only: any bytes are HTML of a kind. */
enum err_code html_blocks(str html, unsigned flags, struct blocks *out, struct html_facts *facts, struct err *e);
