#include "pipeline/ingest.h"

#include "base/clock.h"
#include "base/metrics.h"
#include "formats/format.h"
#include "pipeline/context.h"
#include "pipeline/rebuild.h"
#include "pipeline/worker.h"

static struct metric uploads = METRIC_COUNTER("harken_uploads_total", "uploads taken");
static struct metric upload_bytes = METRIC_COUNTER("harken_upload_bytes_total", "bytes of uploads taken");

enum { INGEST_DB_MS = 60000, LOOK_MS = 500 };

static enum err_code result_read(struct db_tx *t, struct core *c, struct id raw, struct arena *a,
                                 struct ingest_result *out, struct err *e)
{
    struct raw_result r;

    if (raw_result(t, &c->v, raw, a, &r, e))
        return e->code;
    *out = (struct ingest_result){.raw = raw,
                                  .state = r.state,
                                  .interactions = r.interactions,
                                  .interactions_n = r.interactions_n,
                                  .problems = r.problems,
                                  .problems_n = r.problems_n};
    return ERR_OK;
}

enum err_code ingest_submit(struct core *c, str bytes, str given, str path, str context, struct arena *a,
                            struct ingest_result *out, struct err *e)
{
    struct ingest_result res = {0};
    uint64_t seen = workers_progress(c);
    struct raw_row row;
    struct db_tx *t;
    bool is_new, deleted;

    if (bytes.n > FORMAT_BYTES_MAX)
        return err_set(e, ERR_LIMIT, "larger than %d MiB", FORMAT_BYTES_MAX >> 20);
    if (context_check(context, e))
        return e->code;
    if (db_begin_keyed(c->v.db, c->v.workspace, INGEST_DB_MS, &t, e))
        return e->code;
    if (raw_put(t, &c->v, bytes, given, path, context, &row, &is_new, e))
        goto fail;
    if (!is_new && row.state != RAW_PENDING && result_read(t, c, row.id, a, &res, e))
        goto fail;
    /* read again: what was deleted comes back, and the reader of what could not be read may have learned since */
    deleted = !is_new && row.state == RAW_DONE && !res.interactions_n && !res.problems_n;
    if (is_new || deleted || row.state == RAW_FAILED) {
        struct job_new job = {.queue = "parse", .object = row.id, .priority = bytes.n < 256 << 10 ? 1 : 0};
        row.state = RAW_PENDING;
        if ((!is_new && raw_state_set(t, &c->v, row.id, RAW_PENDING, e)) || job_enqueue(t, &job, 1, e))
            goto fail;
        res = (struct ingest_result){0};
    }
    if (row.state != RAW_PENDING) {
        struct raw_source *sources;
        struct raw_change change;
        size_t sources_n;
        /* known bytes under a path that held others before: the path now means these */
        if (raw_supersede(t, &c->v, row.id, a, &change, e) ||
            raw_sources(t, &c->v, &row.id, 1, a, &sources, &sources_n, e))
            goto fail;
        if (db_commit(t, e))
            return e->code;
        index_change_put(c, &change, a);
        for (size_t i = 0; i < res.interactions_n; i++)
            index_paths_put(c, res.interactions[i], sources, sources_n, a);
    } else if (db_commit(t, e)) {
        return e->code;
    }
    metric_add(&uploads, 1);
    metric_add(&upload_bytes, (int64_t)bytes.n);
    res.raw = row.id;
    res.state = row.state;
    res.known = !is_new && !deleted;
    res.seen = seen;
    *out = res;
    if (row.state == RAW_PENDING)
        workers_wake(c, "parse");
    return ERR_OK;
fail:
    db_rollback(t);
    return e->code;
}

enum err_code ingest_finish(struct core *c, const struct ingest_result *submitted, int timeout_ms, struct arena *a,
                            struct ingest_result *out, struct err *e)
{
    int64_t start = clock_mono_ms(), left;

    workers_wait_progress(c, submitted->seen, submitted->raw, timeout_ms < LOOK_MS ? timeout_ms : LOOK_MS);
    left = timeout_ms - (clock_mono_ms() - start);
    return ingest_wait(c, submitted->raw, left > 0 ? (int)left : 0, a, out, e);
}

enum err_code ingest_wait(struct core *c, struct id raw, int timeout_ms, struct arena *a, struct ingest_result *out,
                          struct err *e)
{
    int64_t until = clock_mono_ms() + timeout_ms;

    for (;;) {
        struct ingest_result res = {0};
        int64_t left = until - clock_mono_ms();
        uint64_t seen = workers_progress(c);
        struct db_tx *t;
        enum err_code rc;

        if (db_begin_keyed(c->v.db, c->v.workspace, INGEST_DB_MS, &t, e))
            return e->code;
        rc = result_read(t, c, raw, a, &res, e);
        db_rollback(t);
        if (rc)
            return rc;
        if (res.state != RAW_PENDING || left <= 0) {
            *out = res;
            return ERR_OK;
        }
        workers_wait_progress(c, seen, raw, left < LOOK_MS ? (int)left : LOOK_MS);
    }
}
