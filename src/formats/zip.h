/* formats/zip.h - the wanted members of an untrusted zip archive, with every limit checked while inflating.
 *
 * Limits (trust.md U2): 100 bytes out for one in (a first 1 MiB is free), 256 MiB in all, 10,000 members, no absolute or
 * climbing names, no links, archives inside are never opened. Nothing is written anywhere. Any thread. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { ZIP_RATIO_MAX = 100, ZIP_MEMBERS_MAX = 10000 };
#define ZIP_FREE_BYTES ((size_t)1 << 20)
#define ZIP_TOTAL_MAX ((size_t)256 << 20)

struct zip_member {
    str name, bytes;
};

struct zip {
    struct zip_member *at;
    size_t n, cap;
};

/* Reads the members for which want(name) says true. Errors: ERR_INVALID (not a zip, damaged, a forbidden name),
 * ERR_LIMIT (a bomb), ERR_DENIED (encrypted members). */
enum err_code zip_read(str bytes, bool (*want)(str name), struct arena *a, struct zip *out, struct err *e);

/* NULL when there is none. */
const struct zip_member *zip_find(const struct zip *z, str name);

/* For sniffing: does a zip archive hold a member whose name starts so? Looks at the ends of the bytes only. */
bool zip_smells_of(str bytes, const char *prefix);
