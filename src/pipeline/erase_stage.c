/* pipeline/erase_stage.c - a person goes: the rows in one transaction, then the index, then the key, then the end of the job.
 *
 * Killed anywhere, the job is still there and goes on where it was: rows that are gone are gone, and a key is destroyed
 * twice without harm. A restart makes the index from the store. */
#include "base/log.h"
#include "pipeline/rebuild.h"
#include "pipeline/stage.h"
#include "pipeline/worker.h"
#include "records/cards.h"
#include "records/erasure.h"
#include "store/audit_store.h"

enum { ERASE_DB_MS = 600000, IDS_PAGE = 1000 };

/* What is left of the words is embedded and analysed again. */
static enum err_code again_queue(struct db_tx *t, const struct id *ids, size_t n, struct arena *a, struct err *e)
{
    struct job_new *jobs = ARENA_ARRAY(a, struct job_new, 2 * n + 1);

    for (size_t i = 0; i < n; i++) {
        jobs[2 * i] = (struct job_new){.queue = "analyse", .object = ids[i]};
        jobs[2 * i + 1] = (struct job_new){.queue = "embed", .object = ids[i]};
    }
    return job_enqueue(t, jobs, 2 * n, e);
}

static enum err_code rows_take(struct core *c, struct erasure *x, struct arena *a, struct id **out, size_t *out_n,
                               struct err *e)
{
    struct db_tx *t;

    if (db_begin_system(c->v.db, c->v.workspace, ERASE_DB_MS, &t, e))
        return e->code;
    if (erasure_rows(t, &c->v, x, a, out, out_n, e) || again_queue(t, *out, *out_n, a, e)) {
        db_rollback(t);
        return e->code;
    }
    return db_commit(t, e);
}

/* An earlier try took the rows and did not come to the index: which conversations it was is no longer known. */
static enum err_code index_all(struct core *c, struct arena *a, struct err *e)
{
    struct id after = {{0}}, *ids;
    size_t n;

    do {
        struct db_tx *t;
        enum err_code rc;
        if (db_begin_system(c->v.db, c->v.workspace, ERASE_DB_MS, &t, e))
            return e->code;
        rc = record_ia_ids(t, &c->v, after, IDS_PAGE, a, &ids, &n, e);
        db_rollback(t);
        if (rc || rebuild_some(c, ids, n, e))
            return e->code;
        after = n ? ids[n - 1] : after;
    } while (n == IDS_PAGE);
    return ERR_OK;
}

static str replaced(struct arena *a, str text, str old, str now)
{
    size_t at = str_find(text, old, 0);

    return at >= text.n ? text
                        : str_fmt(a, "%.*s%.*s%.*s", STR_ARG(str_sub(text, 0, at)), STR_ARG(now),
                                  STR_ARG(str_sub(text, at + old.n, text.n)));
}

/* The request is answered. */
static enum err_code request_close(struct core *c, struct db_tx *t, const struct erasure *x, struct arena *a,
                                   struct err *e)
{
    enum { DONE = 1 }; /* "done" among the states of a privacy request */
    struct card *card;
    size_t n;

    if (cards_load(t, &c->v, CARD_PRIVACY, &x->id, 1, a, &card, &n, e))
        return e->code;
    if (!n)
        return ERR_OK;
    card->state = DONE;
    card->body = replaced(a, card->body, STR("\"state\":\"open\""), STR("\"state\":\"done\""));
    card->body = replaced(a, card->body, STR("\"closed_at\":null"),
                          str_fmt(a, "\"closed_at\":\"%.*s\"", STR_ARG(clock_str(a, x->done_ms))));
    return card_set(t, &c->v, CARD_PRIVACY, card, a, e);
}

static enum err_code end(struct core *c, const struct job *job, struct erasure *x, struct arena *a, struct err *e)
{
    struct audit_entry entry = {.act = AUDIT_ERASE,
                                .actor = x->approved_by,
                                .object = x->person,
                                .details = str_fmt(a, "erasure %.*s", STR_ARG(id_str(a, x->id)))};
    struct db_tx *t;

    if (db_begin_system(c->v.db, c->v.workspace, ERASE_DB_MS, &t, e))
        return e->code;
    if (erasure_finish(t, &c->v, x, e) || request_close(c, t, x, a, e) || audit_append(t, c->v.keys, &entry, e) ||
        job_done(t, job, 1, e)) {
        db_rollback(t);
        return e->code;
    }
    return db_commit(t, e);
}

static enum err_code load(struct core *c, const struct job *job, struct erasure *x, bool *out_found, struct arena *a,
                          struct id **out_subjects, size_t *out_n, struct err *e)
{
    struct db_tx *t;
    enum err_code rc;

    if (db_begin_system(c->v.db, c->v.workspace, ERASE_DB_MS, &t, e))
        return e->code;
    rc = erasure_load(t, &c->v, job->object, x, out_found, e);
    if (!rc && *out_found)
        rc = erasure_subjects(t, &c->v, x->person, a, out_subjects, out_n, e);
    if (!rc && !*out_found) {
        rc = job_done(t, job, 1, e);
        if (!rc)
            return db_commit(t, e);
    }
    db_rollback(t);
    return rc;
}

enum err_code erase_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e)
{
    struct arena *a = arena_new_wiped("erase");
    struct erasure x;
    struct id *touched = NULL, *subjects = NULL;
    size_t touched_n = 0, subjects_n = 0;
    bool found = false;
    enum err_code rc;

    (void)n; /* one at a time */
    rc = load(c, jobs, &x, &found, a, &subjects, &subjects_n, e);
    if (!rc && found) {
        if (x.state == ERASURE_AGREED)
            rc = rows_take(c, &x, a, &touched, &touched_n, e) || rebuild_some(c, touched, touched_n, e) ? e->code
                                                                                                        : ERR_OK;
        else
            rc = index_all(c, a, e);
        for (size_t i = 0; i < subjects_n && (!rc || rc == ERR_NOT_FOUND); i++)
            rc = keyring_subject_destroy(c->v.keys, c->v.workspace, subjects[i], e);
        if (!rc || rc == ERR_NOT_FOUND)
            rc = end(c, jobs, &x, a, e);
        if (!rc)
            LOG_INFO("person.erased", F_ID("person", x.person), F_INT("conversations", x.counts[ERASED_CONVERSATIONS]));
    }
    workers_wake(c, "analyse");
    workers_wake(c, "embed");
    arena_free(a);
    return rc;
}
