/* records/rows.h - what tables of small rows with one sealed text have in common: reading them, and changing one. Calls block on
 * the database. */
#pragma once
#include "records/vaulted.h"

/* How a row of a result becomes a struct. Column 0 is its id, which is also the place of the seal. */
struct sealed_rows {
    const char *table;
    size_t size; /* of the struct */
    int text_col; /* the sealed column; null: an empty text */
    size_t text_at; /* offsetof its str in the struct */
    void (*fill)(const struct db_rows *r, struct arena *a, void *row); /* all but the text */
};
/* All rows, in their order; ends the result. Memory in `a`, which should be wiped. */
enum err_code sealed_rows_read(struct db_rows *r, const struct vaulted *v, const struct sealed_rows *of,
                               struct arena *a, void **out, size_t *out_n, struct err *e);

/* Runs a statement that is to change a row; where it changes none: `otherwise`, with that text. */
enum err_code row_touch(struct db_tx *t, const struct db_stmt *s, const struct db_val *v, size_t n,
                        enum err_code otherwise, const char *why, struct err *e);
