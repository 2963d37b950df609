/* formats/mime_body.h - which words of a MIME tree are the message, and what else hangs on it. */
#pragma once
#include <gmime/gmime.h>

#include "formats/format.h"

struct mime_attachment {
    str name, type, bytes; /* decoded */
};

struct mime_body {
    struct arena *a;
    struct buf text; /* UTF-8, LF lines */
    str html_title;
    struct mime_attachment *files;
    size_t files_n, files_cap;
    str *calendars; /* UTF-8 */
    size_t calendars_n, calendars_cap;
    GMimeMessage **messages; /* attached ones; owned by the tree */
    size_t messages_n, messages_cap;
    size_t hidden_bytes, parts;
    bool encrypted, too_deep, too_many, too_long;
};

void mime_body_init(struct mime_body *b, struct arena *a);
void mime_body_done(struct mime_body *b);
void mime_body_read(GMimeObject *root, int depth, struct mime_body *out);

/* For a multipart without a single readable part (damaged boundaries): the words that stand where the parts should be.
 * Returns without effect when there is text or anything attached. `raw` is the whole message. */
void mime_body_rescue(GMimeObject *root, str raw, struct mime_body *out);

/* The content of a leaf without its transfer encoding. Memory in `a`. */
str mime_part_bytes(GMimePart *part, struct arena *a);
/* A string of GMime's as trimmed UTF-8 on one line; NULL gives the empty string. */
str mime_text(struct arena *a, const char *cz);
