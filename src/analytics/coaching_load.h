/* analytics/coaching_load.h - the items that figures of reps are made of, out of the store. Calls block on the database. */
#pragma once
#include "analytics/coaching.h"
#include "deals/evaluate.h"

enum { COACHING_HISTORY_DAYS = 400 }; /* how far before as_of calls are looked at */

struct coaching {
    struct coach_input in;
    struct id *reps; /* of `in`, ascending */
    str *names; /* of reps; empty: erased */
};

/* Fills reps, items and ratings from what `sees` lets through (besides the database's own lock); from_ms, to_ms and as_of of
 * out->in are set by the caller before. Labels of speakers and the words of next steps are opened: whoever calls writes the
 * audit record. Memory in `a`, which should be wiped. */
enum err_code coaching_load(struct db_tx *t, const struct vaulted *v, bool (*sees)(void *arg, struct id interaction),
                            void *arg, struct arena *a, struct coaching *out, struct err *e);
