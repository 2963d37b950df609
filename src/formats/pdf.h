/* formats/pdf.h - how the text of a PDF is got: another program reads it, so the way there can be replaced.
 *
 * In a plain process pdftotext is run directly (formats/pdftotext.h); in the parser child, which may not start
 * programs, the request goes up to the process that started it (formats/sandbox.c). */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* UTF-8, pages end with a form feed, paragraphs with an empty line. */
typedef enum err_code (*pdf_text_fn)(str pdf, struct arena *a, str *out_text, struct err *e);

void pdf_text_set(pdf_text_fn fn); /* before the first parse; not while another thread parses */
