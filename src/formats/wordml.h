/* formats/wordml.h - one WordprocessingML part (document.xml, footnotes.xml) to blocks of text.
 *
 * Kept: paragraphs, headings, list items, tables (a row a block, cells joined by " | "), text boxes, formulas' text.
 * Left out: deleted and moved-away words of tracked changes, field codes, the old drawing copy of a text box. */
#pragma once
#include "formats/blocks.h"

/* `part`: its name, for messages. Adds to *out. Errors as xml_walk(). */
enum err_code wordml_blocks(str xml, const char *part, struct blocks *out, struct err *e);
