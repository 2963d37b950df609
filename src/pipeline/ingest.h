/* pipeline/ingest.h - the door of the pipeline: bytes in, durable, and what became of them.
 *
 * ingest_submit stores the bytes sealed and queues a "parse" job in one transaction: when it returns ERR_OK nothing can be
 * lost any more. The same bytes twice are one. Any thread; calls block on the database. */
#pragma once
#include "pipeline/core.h"

struct ingest_result {
    struct id raw;
    enum raw_state state;
    bool known; /* the bytes were there before this call */
    struct id *interactions;
    size_t interactions_n;
    struct raw_problem *problems;
    size_t problems_n;
    uint64_t seen; /* of ingest_submit: what had been finished before, see workers_progress */
};

/* `given`: path as the user wrote it; `path`: absolute; `context`: see pipeline/context.h; all may be empty. Errors:
 * ERR_LIMIT (too large), ERR_INVALID (context), ERR_BUSY. */
enum err_code ingest_submit(struct core *c, str bytes, str given, str path, str context, struct arena *a,
                            struct ingest_result *out, struct err *e);
/* What becomes of the upload that ingest_submit has just taken, which is not there yet: as ingest_wait. */
enum err_code ingest_finish(struct core *c, const struct ingest_result *submitted, int timeout_ms, struct arena *a,
                            struct ingest_result *out, struct err *e);
/* What became of an upload: at once when it is done or failed, else after at most timeout_ms (state RAW_PENDING then). */
enum err_code ingest_wait(struct core *c, struct id raw, int timeout_ms, struct arena *a, struct ingest_result *out,
                          struct err *e);
