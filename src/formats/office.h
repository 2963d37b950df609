/* formats/office.h - what the three Office formats share: the archive around them, its relations, the title, the
 * refusals. */
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

/* What a part refers to: its file of relations beside it. External targets and those outside the archive are left out. */
struct office_rel {
    str id;
    str type; /* last step of the type's address: "chart", "header", "notesSlide" */
    str target; /* the member's name in the archive: "ppt/charts/chart1.xml" */
};
struct office_rels {
    struct office_rel *at;
    size_t n, cap;
};
enum { OFFICE_RELS_MAX = 20000 };
/* `part`: "word/document.xml" reads "word/_rels/document.xml.rels"; "" the archive's own. Memory in `a`. No relations
 * when that member is absent or broken. */
struct office_rels office_rels_read(const struct zip *z, str part, struct arena *a);
/* The member behind a relation's id; NULL when there is none. */
const struct zip_member *office_rel_part(const struct zip *z, const struct office_rels *rels, str id);
/* The first member of this type; NULL when there is none. */
const struct zip_member *office_rel_of_type(const struct zip *z, const struct office_rels *rels, const char *type);

/* Comments on slides (<p:cm><p:text>, or paragraphs in the newer kind) and on sheets: "Comment: its words", a block each.
 * A broken part becomes a problem. */
void office_comments(const struct zip_member *m, struct format_result *r, struct blocks *b);

/* Does a number format ("yyyy-mm-dd", "d/m h:mm") show a date or a time of day? Quoted text and [colours] do not count. */
bool office_format_is_date(str format);
/* A day number of Excel (1900 system) as "2026-06-10", "2026-06-10 13:30" or "13:30"; empty when out of range. */
str office_day_text(struct arena *a, double days);
