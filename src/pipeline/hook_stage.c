/* pipeline/hook_stage.c - what becomes of a message that a sender posted to /hooks/NAME: it is told as hook.received, once. */
#include "pipeline/stage.h"
#include "records/hook_sources.h"
#include "store/event_store.h"

enum { HOOK_DB_MS = 20000 };

static enum err_code message_tell(struct db_tx *t, const struct job *job, struct err *e)
{
    struct event_new event = {.type = "hook.received", .object = job->object, .subject = job->source};
    bool first;

    if (hook_message_told(t, job, &first, e))
        return e->code;
    return first ? event_put(t, &event, 1, e) : ERR_OK;
}

enum err_code hook_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e)
{
    struct db_tx *t;

    if (db_begin(c->v.db, c->v.workspace, HOOK_DB_MS, &t, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        if (message_tell(t, &jobs[i], e)) {
            db_rollback(t);
            return e->code;
        }
    }
    if (job_done(t, jobs, n, e)) {
        db_rollback(t);
        return e->code;
    }
    return db_commit(t, e);
}
