/* formats/eml.h - one mail message to an interaction; used by the rows eml and mbox.
 *
 * A mail has one turn: the sender's own new words. Quoted mail, signature and forwarded mail become parts. Attached
 * messages and attachments in a format we read become interactions of their own, linked by thread_id; others are noted. */
#pragma once
#include "formats/format.h"

/* GMime's tables; idempotent, any thread. */
void eml_library_init(void);

/* Adds one item for the message and further ones for what is attached.
 *   ops    the row whose name the items carry
 *   place  put before the places of problems: "message 3", or ""
 * Errors: ERR_INVALID when the bytes hold no message at all. */
enum err_code eml_message_read(str bytes, str place, const struct format_ops *ops, struct arena *a,
                               struct format_result *out, struct err *e);

/* How much the bytes look like header lines: 0 .. 100. */
int eml_sniff_headers(str bytes);

/* The tree of parts as JSON, for evaluation only: {"type","name","bytes","parts":[...]}. */
void eml_structure_write(str bytes, struct buf *out);
