/* pipeline/model_stage.c - what a language model proposes about a stored interaction, merged with what the rules find.
 *
 * Runs behind the analyse stage, and only where a model is configured. The model works without a transaction; rules and checked
 * proposals are then stored together, so that what gives way to the other is gone in one step. */
#include "base/clock.h"
#include "base/metrics.h"
#include "insight/proposals.h"
#include "pipeline/deal_stage.h"
#include "pipeline/rebuild.h"
#include "pipeline/stage.h"
#include "store/event_store.h"

static struct metric model_time =
    METRIC_HISTOGRAM_L("harken_stage_seconds", "stage=\"model\"", "time of a pipeline stage");
static struct metric proposed_total =
    METRIC_COUNTER("harken_proposals_total", "findings a language model proposed that passed the checks");

enum { MODEL_DB_MS = 120000, MAKERS_MAX = 24 };

static bool not_draining(void *ctx)
{
    return !atomic_load(&((struct core *)ctx)->draining);
}

static size_t makers_all(const struct core *c, struct finding_maker out[MAKERS_MAX])
{
    size_t n = model_makers(c, out);

    for (size_t i = 0; i < finding_makers_n && n < MAKERS_MAX; i++)
        out[n++] = finding_makers[i];
    return n;
}

size_t model_makers(const struct core *c, struct finding_maker *out)
{
    int version = proposals_version(c->llm);

    out[0] = (struct finding_maker){PROPOSALS_MAKER, version};
    out[1] = (struct finding_maker){SUMMARY_MAKER, version};
    return 2;
}

static enum err_code one_load(struct core *c, struct id id, struct arena *a, struct record_ia **out, size_t *out_n,
                              struct finding_clicks **clicks, size_t *clicks_n, struct err *e)
{
    struct db_tx *t;
    enum err_code rc;

    if (db_begin(c->v.db, c->v.workspace, MODEL_DB_MS, &t, e))
        return e->code;
    rc = record_ia_load(t, &c->v, &id, 1, a, out, out_n, e);
    if (!rc)
        rc = record_clicks_load(t, &c->v, a, clicks, clicks_n, e);
    db_rollback(t);
    return rc;
}

static enum err_code one_store(struct core *c, const struct job *job, const struct record_ia *rec,
                               const struct record_finding *f, size_t n, struct err *e)
{
    struct finding_maker makers[MAKERS_MAX];
    size_t makers_n = makers_all(c, makers);
    struct db_tx *t;

    if (db_begin(c->v.db, c->v.workspace, MODEL_DB_MS, &t, e))
        return e->code;
    if ((rec && record_findings_save(t, &c->v, rec, f, n, makers, makers_n, e)) ||
        (rec && event_put(t, &(struct event_new){.type = "interaction.analysed", .object = job->object}, 1, e)) ||
        (rec && deals_wake_for(t, &c->v, rec->deal, rec->account, e)) || job_done(t, job, 1, e)) {
        db_rollback(t);
        return e->code;
    }
    return db_commit(t, e);
}

static enum err_code one_run(struct core *c, const struct job *job, struct arena *a, struct err *e)
{
    const struct findings_context ctx = {c->own_domains, c->own_domains_n, c->competitors, c->competitors_n};
    struct record_finding *rules = NULL, *proposed = NULL, *all = NULL;
    size_t found = 0, rules_n = 0, proposed_n = 0, all_n = 0, clicks_n = 0;
    struct finding_clicks *clicks = NULL;
    struct record_ia *rec = NULL;

    if (one_load(c, job->object, a, &rec, &found, &clicks, &clicks_n, e))
        return e->code;
    if (found) {
        if (findings_propose(&rec->ia, c->llm, not_draining, c, a, &proposed, &proposed_n, e))
            return e->code;
        findings_make(&rec->ia, &ctx, a, &rules, &rules_n);
        findings_merge(rules, rules_n, proposed, proposed_n, clicks, clicks_n, a, &all, &all_n);
    }
    if (one_store(c, job, found ? rec : NULL, all, all_n, e))
        return e->code;
    metric_add(&proposed_total, (int64_t)proposed_n);
    return ERR_OK;
}

bool model_stage_wanted(const struct core *c)
{
    return c->llm != NULL;
}

enum err_code model_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e)
{
    struct arena *a = arena_new_wiped("model");

    e->code = ERR_OK;
    for (size_t i = 0; !e->code && i < n; i++) {
        int64_t start = clock_mono_us();
        arena_reset(a);
        one_run(c, &jobs[i], a, e);
        metric_time_us(&model_time, clock_mono_us() - start);
    }
    arena_free(a);
    return e->code;
}
