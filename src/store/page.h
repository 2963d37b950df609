/* store/page.h - a page of a sorted list, by keyset: rows strictly behind a place, in the order of a number and an id.
 *
 * Statements come in pairs, one for each direction, made by a macro that takes PAGE_UP or PAGE_DOWN:
 *     #define THING_PAGE(op, dir) "SELECT ... WHERE workspace_id=$1 AND ($2::bigint IS NULL OR (created_at, id) " op " ($2, $3)) "
 *         "ORDER BY created_at " dir ", id " dir " LIMIT $4"
 * so that an index on (workspace_id, created_at, id) serves them whatever was added meanwhile. */
#pragma once
#include "base/clock.h"
#include "store/db.h"

#define PAGE_UP ">", "ASC"
#define PAGE_DOWN "<", "DESC"

struct page_want {
    bool desc;
    bool behind;   /* only rows behind (at, id); otherwise from the start */
    int64_t at;
    struct id id;
    size_t limit;
    int64_t from_ms, to_ms; /* created in [from, to); CLOCK_NONE: open */
};

/* $N place, its id, limit */
#define P_PAGE(w) ((w)->behind ? P_I64((w)->at) : P_NULL(DB_I64)), P_ID((w)->id), P_I64((w)->limit)
#define P_PAGE_SPAN(w) P_I64_OR_NULL((w)->from_ms, CLOCK_NONE), P_I64_OR_NULL((w)->to_ms, CLOCK_NONE)
