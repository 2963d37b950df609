/* records/uploads.h - files that come in parts and can go on after a break, also of this process.
 *
 * Parts follow one another: one is taken only at the number of bytes that are there already, so a part whose answer was lost is
 * asked about (received) and sent again from there. Each part is stored in one transaction. What is not completed within
 * UPLOAD_KEEP_MS is dropped. Memory in `a`, which should be wiped. */
#pragma once
#include "records/vaulted.h"
#include "store/page.h"

enum { UPLOAD_PART_MAX = 16 << 20 };
#define UPLOAD_KEEP_MS (INT64_C(7) * 24 * 3600 * 1000)

struct upload {
    struct id id, owner, raw; /* raw nil: not complete */
    int64_t size_bytes, received, created_at_ms;
    str source, path;
};

/* Sets id and time. Drops old ones. */
enum err_code upload_add(struct db_tx *t, const struct vaulted *v, struct upload *u, struct arena *a, struct err *e);
/* `owner`: only those of this user; nil: of anybody. */
enum err_code uploads_page(struct db_tx *t, const struct vaulted *v, struct id owner, const struct page_want *w,
                           struct arena *a, struct upload **out, size_t *out_n, struct err *e);
enum err_code uploads_load(struct db_tx *t, const struct vaulted *v, struct id owner, const struct id *ids, size_t n,
                           struct arena *a, struct upload **out, size_t *out_n, struct err *e);
/* *out_received: bytes there afterwards, also with an error that says the place was another. A part that is there already is
 * taken as it is. ERR_NOT_FOUND, ERR_CONFLICT (not at `offset`), ERR_LIMIT (past the stated size), ERR_EXISTS (complete). */
enum err_code upload_part_put(struct db_tx *t, const struct vaulted *v, struct id id, int64_t offset, str bytes,
                              struct arena *a, int64_t *out_received, struct err *e);
/* All bytes, in order. ERR_CONFLICT: some are missing. */
enum err_code upload_bytes(struct db_tx *t, const struct vaulted *v, const struct upload *u, struct arena *a, str *out,
                           struct err *e);
/* It became this raw: its parts go. */
enum err_code upload_done(struct db_tx *t, const struct vaulted *v, struct id id, struct id raw, struct err *e);
enum err_code upload_drop(struct db_tx *t, const struct vaulted *v, struct id id, struct err *e);
