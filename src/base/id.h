/* base/id.h - identifiers: UUIDv7 (RFC 9562), 16 bytes, sortable by time of making. */
#pragma once
#include "base/str.h"

struct id {
    uint8_t b[16];
};

enum { ID_TEXT_LEN = 36 };

static const struct id ID_NIL = {{0}}; /* nobody, nothing */

struct id id_new(void); /* any thread; increasing within one millisecond of one process; random bits from the kernel */
bool id_is_nil(struct id id);
bool id_eq(struct id a, struct id b);
int id_cmp(struct id a, struct id b);
void id_format(struct id id, char out[ID_TEXT_LEN + 1]); /* lower-case 8-4-4-4-12, NUL-terminated */
str id_str(struct arena *a, struct id id);
bool id_parse(str s, struct id *out); /* exactly the 36-byte form, either case */
