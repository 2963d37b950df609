/* formats/office.h - what the three Office formats share: the archive around them, the title, the refusals. */
#pragma once
#include "formats/blocks.h"
#include "formats/zip.h"

/* An OLE container: an encrypted document, an old binary one, an Outlook .msg. They are sniffed only to be refused. */
bool office_is_ole(str bytes);

/* zip_read() after the refusals: ERR_DENIED for an encrypted document, ERR_UNSUPPORTED for an old binary one. */
enum err_code office_open(str bytes, bool (*want)(str name), struct arena *a, struct zip *out, struct err *e);

/* Title and last change from docProps/core.xml, where the archive has it. */
void office_props(const struct zip *z, struct arena *a, struct interaction *ia);

/* The number in a member's name: "ppt/slides/slide12.xml" -> 12; -1 when prefix or suffix do not fit. */
int office_number(str name, const char *prefix, const char *suffix);
/* Sorts the members so named by their number. Memory in `a`. */
const struct zip_member **office_numbered(const struct zip *z, const char *prefix, const char *suffix, struct arena *a,
                                          size_t *out_n);
