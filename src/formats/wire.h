/* formats/wire.h - what the parser child tells the process that started it.
 *
 * Frames on a stream socket: eight bytes of head (type, length), then the payload. Items, problems, notices and the
 * final word are JSON; the child is untrusted, so everything is checked again on the way in. */
#pragma once
#include "formats/format.h"

enum wire_type {
    WIRE_ITEM = 1, /* child up: one interaction, JSON */
    WIRE_NOTE,     /* child up: a problem or a notice, JSON */
    WIRE_DONE,     /* child up: {"code","msg"}; the last frame */
    WIRE_PDF,      /* child up: the bytes of a PDF it wants the text of */
    WIRE_TEXT,     /* down: that text */
    WIRE_REFUSED,  /* down: why there is no text, JSON like WIRE_DONE */
    WIRE_CRM,      /* child up: one record of a CRM, JSON */
};

struct wire_head {
    uint32_t type, bytes;
};

void wire_item_write(const struct interaction *ia, struct buf *out);
/* Strict: kinds, counts, sizes and times inside their limits. `format` must be the name of a row. Memory in `a`. */
enum err_code wire_item_read(str json, struct arena *a, struct interaction *out, struct err *e);

/* Our own JSON is the wire form of a record. */
void wire_crm_write(const struct crm_record *r, struct buf *out);
enum err_code wire_crm_read(str json, struct arena *a, struct crm_record *out, struct err *e);

void wire_note_write(const struct format_problem *p, bool is_notice, struct buf *out);
enum err_code wire_note_read(str json, struct arena *a, struct format_result *out, struct err *e);

void wire_err_write(const struct err *err, struct buf *out);
/* Puts what the other side said into *said (ERR_OK when it went well). */
enum err_code wire_err_read(str json, struct err *said, struct err *e);
