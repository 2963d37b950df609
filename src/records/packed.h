/* records/packed.h - how a row holds many turns, chunks or figures (sql/0300_packed.sql): as arrays of equal length, and lists
 * of spans as one list of numbers with the place after the last of each. No I/O; memory in the caller's arena. */
#pragma once
#include "domain/interaction.h"
#include "store/db.h"

enum { TURNS_PER_ROW = 500, CHUNKS_PER_ROW = 200 }; /* a row starts at a multiple */

/* Lists of spans on their way into a row. */
struct span_lists {
    int32_t *ends, *flat; /* flat: turn, start, end, turn, start, end ... */
    size_t n, flat_n, flat_cap;
};
/* Room for `lists` lists. */
struct span_lists span_lists_new(size_t lists, struct arena *a);
void span_lists_put(struct span_lists *s, const struct ia_span *spans, size_t n, struct arena *a);

/* The lists of a row: column `ends_col` and `spans_col`. Numbers that do not fit give shorter lists, never others. */
struct span_lists span_lists_read(const struct db_rows *r, int ends_col, int spans_col, struct arena *a);
struct ia_span *span_lists_get(const struct span_lists *s, size_t i, struct arena *a, size_t *out_n);
