/* pipeline/parse_stage.c - one upload: read in the sandbox, prepared, stored, searchable by words. */
#include "base/log.h"
#include "base/metrics.h"
#include "base/clock.h"
#include "formats/sandbox.h"
#include "insight/statistics.h"
#include "pipeline/context.h"
#include "pipeline/deal_stage.h"
#include "pipeline/prepare.h"
#include "pipeline/rebuild.h"
#include "pipeline/stage.h"
#include "store/event_store.h"
#include "pipeline/worker.h"
#include "records/crm.h"

static struct metric parse_time =
    METRIC_HISTOGRAM_L("harken_stage_seconds", "stage=\"parse\"", "time of a pipeline stage");
static struct metric prepare_time =
    METRIC_HISTOGRAM_L("harken_stage_seconds", "stage=\"prepare\"", "time of a pipeline stage");
static struct metric store_time =
    METRIC_HISTOGRAM_L("harken_stage_seconds", "stage=\"store\"", "time of a pipeline stage");
static struct metric words_total = METRIC_COUNTER("harken_words_total", "words of ingested interactions");
static struct metric interactions_total = METRIC_COUNTER("harken_interactions_total", "interactions stored");

enum { PARSE_DB_MS = 120000, ITEMS_PER_LOOK = 64, SMALL_CHUNKS = 64 };

struct work {
    struct core *c;
    const struct job *job;
    struct arena *a;
    struct raw_row raw;
    struct raw_source *sources;
    size_t sources_n;
    struct format_result parsed;
    struct raw_problem *problems;
    size_t problems_n, problems_cap;
    struct record_ia *recs;
    struct prepared *prep;
    struct raw_change change;
    struct id *wake; /* deals to work out again */
    size_t wake_n, wake_cap;
};

static enum err_code input_load(struct work *w, str *out, bool *out_there, struct err *e)
{
    struct core *c = w->c;
    struct db_tx *t;
    enum err_code rc;

    if (db_begin(c->v.db, c->v.workspace, PARSE_DB_MS, &t, e))
        return e->code;
    rc = raw_get(t, &c->v, w->job->object, &w->raw, e);
    *out_there = rc != ERR_NOT_FOUND;
    if (!rc)
        rc = raw_bytes(t, &c->v, &w->raw, w->a, out, e);
    if (!rc)
        rc = raw_sources(t, &c->v, &w->raw.id, 1, w->a, &w->sources, &w->sources_n, e);
    db_rollback(t);
    return rc;
}

/* "line 3: no speaker" is place and reason; anything else concerns the whole file. */
static void problem_of_err(struct work *w, const struct err *e)
{
    str msg = str_dup(w->a, str_of(e->msg)), rest;
    str place = str_cut(msg, ':', &rest);
    bool placed = rest.n && place.n < 60;

    for (size_t i = 0; placed && i < place.n; i++)
        placed = (unsigned char)place.p[i] >= ' ';
    placed =
        placed &&
        (str_eq(place, STR("file")) || str_starts(place, STR("conversation ")) || str_starts(place, STR("line ")) ||
         str_starts(place, STR("byte ")) || str_starts(place, STR("cue ")) || str_starts(place, STR("message ")) ||
         str_starts(place, STR("page ")) || str_starts(place, STR("record ")) || str_starts(place, STR("row ")) ||
         str_starts(place, STR("turns[")) || str_starts(place, STR("part ")));
    ARENA_PUSH(w->a, w->problems, w->problems_n, w->problems_cap) =
        (struct raw_problem){.place = placed ? place : STR("file"), .reason = placed ? str_trim(rest) : msg};
}

static bool parse_is_final(enum err_code rc)
{
    return rc != ERR_BUSY && rc != ERR_IO && rc != ERR_MEMORY && rc != ERR_INTERNAL;
}

/* Reads the bytes. ERR_OK also when they are refused: then there are problems and no items. */
static enum err_code input_parse(struct work *w, str bytes, struct err *e)
{
    struct format_input in = {.bytes = bytes, .name = w->sources_n ? w->sources[0].given : STR("")};
    int64_t start = clock_mono_us();
    enum err_code rc = sandbox_format_parse(&in, w->a, &w->parsed, e);

    metric_time_us(&parse_time, clock_mono_us() - start);
    if (rc && !parse_is_final(rc) && w->job->failures < 3)
        return rc;
    if (rc) {
        w->parsed = (struct format_result){0};
        problem_of_err(w, e);
    }
    for (size_t i = 0; i < w->parsed.problems_n; i++)
        ARENA_PUSH(w->a, w->problems, w->problems_n, w->problems_cap) =
            (struct raw_problem){.place = w->parsed.problems[i].place, .reason = w->parsed.problems[i].reason};
    if (!rc && !w->parsed.items_n && !w->parsed.crm_n && !w->problems_n)
        ARENA_PUSH(w->a, w->problems, w->problems_n, w->problems_cap) =
            (struct raw_problem){.place = STR("file"), .reason = STR("holds no text")};
    for (size_t i = 0; i < w->problems_n; i++)
        w->problems[i].path = in.name;
    return ERR_OK;
}

static void items_prepare(struct work *w)
{
    int64_t start = clock_mono_us();

    w->recs = ARENA_ARRAY(w->a, struct record_ia, w->parsed.items_n + 1);
    w->prep = ARENA_ARRAY(w->a, struct prepared, w->parsed.items_n + 1);
    for (size_t i = 0; i < w->parsed.items_n; i++) {
        struct record_ia *rec = &w->recs[i];
        rec->ia = w->parsed.items[i];
        if (w->sources_n)
            context_apply(w->sources[0].context, w->parsed.items_n == 1, &rec->ia, w->a);
        rec->raw = w->raw.id;
        rec->raw_ordinal = (int)i;
        rec->sources = w->sources;
        rec->sources_n = w->sources_n;
        prepare_interaction(w->c, &rec->ia, w->a, &w->prep[i]);
        metric_add(&words_total, w->prep[i].words);
    }
    metric_time_us(&prepare_time, clock_mono_us() - start);
}

static enum err_code wake_note(struct work *w, struct db_tx *t, const struct record_ia *rec, struct err *e)
{
    struct id *deals;
    size_t n;

    if (record_deals_of(t, &w->c->v, rec->deal, rec->account, w->a, &deals, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < w->wake_n && !id_eq(w->wake[k], deals[i]))
            k++;
        if (k == w->wake_n)
            ARENA_PUSH(w->a, w->wake, w->wake_n, w->wake_cap) = deals[i];
    }
    return ERR_OK;
}

static enum err_code item_store(struct work *w, struct db_tx *t, size_t i, struct err *e)
{
    struct core *c = w->c;
    struct record_ia *rec = &w->recs[i];
    struct prepared *p = &w->prep[i];
    struct record_stat *stats;
    size_t stats_n;

    if (record_ia_save(t, &c->v, rec, c->own_domains, c->own_domains_n, p->pii, p->pii_n, p->chunks, p->chunks_n, w->a,
                       e))
        return e->code;
    if (wake_note(w, t, rec, e))
        return e->code;
    if (prepare_statistics(c, t, &rec->ia, w->a, &stats, &stats_n, e) ||
        record_stats_save(t, &c->v, rec->ia.id, stats, stats_n, e))
        return e->code;
    struct job_new jobs[] = {
        {.queue = "analyse", .object = rec->ia.id, .source = rec->raw, .priority = p->chunks_n <= SMALL_CHUNKS},
        {.queue = "embed", .object = rec->ia.id, .source = rec->raw, .priority = p->chunks_n <= SMALL_CHUNKS}};
    return job_enqueue(t, jobs, c->em && p->chunks_n ? 2 : 1, e);
}

/* Deals that the conversations concern, all at once and in order; then what a CRM says, and its deals. */
static enum err_code deals_store(struct work *w, struct db_tx *t, struct err *e)
{
    struct id *deals;
    size_t n;

    if (w->wake_n && deals_wake(t, &w->c->v, w->wake, w->wake_n, e))
        return e->code;
    if (!w->parsed.crm_n)
        return ERR_OK;
    db_tx_extend(t, PARSE_DB_MS + (int)w->parsed.crm_n);
    if (record_crm_save(t, &w->c->v, w->parsed.crm, w->parsed.crm_n, CRM_FROM_FILE, w->a, &deals, &n, e))
        return e->code;
    return deals_wake(t, &w->c->v, deals, n, e);
}

/* What came, and what it replaced. */
static enum err_code events_put(struct work *w, struct db_tx *t, struct err *e)
{
    struct event_new *ev = ARENA_ARRAY(w->a, struct event_new, w->parsed.items_n + w->change.gone_n + 1);
    size_t n = 0;

    for (size_t i = 0; i < w->change.gone_n; i++)
        ev[n++] = (struct event_new){.type = "interaction.deleted", .object = w->change.gone[i]};
    for (size_t i = 0; i < w->parsed.items_n; i++)
        ev[n++] = (struct event_new){.type = "interaction.created", .object = w->recs[i].ia.id};
    return event_put(t, ev, n, e);
}

/* The same bytes may have come under one more path while they were read. */
static enum err_code sources_again(struct work *w, struct db_tx *t, struct err *e)
{
    if (raw_sources(t, &w->c->v, &w->raw.id, 1, w->a, &w->sources, &w->sources_n, e))
        return e->code;
    for (size_t i = 0; i < w->parsed.items_n; i++) {
        w->recs[i].sources = w->sources;
        w->recs[i].sources_n = w->sources_n;
    }
    return ERR_OK;
}

static enum err_code result_store(struct work *w, struct err *e)
{
    struct core *c = w->c;
    int64_t start = clock_mono_us();
    struct db_tx *t;

    w->wake_n = 0; /* a second try starts anew */
    if (db_begin(c->v.db, c->v.workspace, PARSE_DB_MS, &t, e))
        return e->code;
    for (size_t i = 0; i < w->parsed.items_n; i++) {
        if (i % ITEMS_PER_LOOK == 0)
            db_tx_extend(t, PARSE_DB_MS);
        if (item_store(w, t, i, e))
            goto fail;
    }
    if (deals_store(w, t, e))
        goto fail;
    if (w->parsed.items_n + w->parsed.crm_n && raw_supersede(t, &c->v, w->raw.id, w->a, &w->change, e))
        goto fail;
    if (events_put(w, t, e))
        goto fail;
    if (raw_problems_set(t, &c->v, w->raw.id, w->problems, w->problems_n, e) ||
        raw_state_set(t, &c->v, w->raw.id, w->parsed.items_n + w->parsed.crm_n ? RAW_DONE : RAW_FAILED, e) ||
        sources_again(w, t, e) || job_done(t, w->job, 1, e))
        goto fail;
    if (db_commit(t, e))
        return e->code;
    metric_time_us(&store_time, clock_mono_us() - start);
    metric_add(&interactions_total, (int64_t)w->parsed.items_n);
    return ERR_OK;
fail:
    db_rollback(t);
    return e->code;
}

/* Would storing it fail the same way again? Then the upload is refused, not tried for ever. */
static bool store_is_final(enum err_code rc, int failures)
{
    return rc == ERR_LIMIT || rc == ERR_INVALID || rc == ERR_UNSUPPORTED || (rc == ERR_INTERNAL && failures >= 2);
}

static void refuse(struct work *w, const struct err *why)
{
    w->parsed = (struct format_result){0};
    w->problems_n = 0;
    problem_of_err(w, why);
    w->problems[0].path = w->sources_n ? w->sources[0].given : STR("");
}

static void result_publish(struct work *w)
{
    index_change_put(w->c, &w->change, w->a);
    for (size_t i = 0; i < w->parsed.items_n; i++)
        index_doc_put(w->c, &w->recs[i], w->prep[i].chunks, w->prep[i].chunks_n, w->a);
    workers_wake(w->c, "analyse");
    if (w->c->em)
        workers_wake(w->c, "embed");
    if (w->wake_n + w->parsed.crm_n)
        workers_wake(w->c, "deal");
}

/* The upload was deleted while its job waited. */
static enum err_code job_drop(struct core *c, const struct job *job, struct err *e)
{
    struct db_tx *t;

    if (db_begin(c->v.db, c->v.workspace, PARSE_DB_MS, &t, e))
        return e->code;
    if (job_done(t, job, 1, e)) {
        db_rollback(t);
        return e->code;
    }
    return db_commit(t, e);
}

enum err_code parse_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e)
{
    struct arena *a = arena_new_wiped("parse");
    enum err_code rc = ERR_OK;

    for (size_t i = 0; !rc && i < n; i++) {
        struct work w = {.c = c, .job = &jobs[i], .a = a};
        bool there = true;
        str bytes;

        arena_reset(a);
        rc = input_load(&w, &bytes, &there, e);
        if (rc && !there) {
            rc = job_drop(c, &jobs[i], e);
            continue;
        }
        if (!rc && w.raw.state != RAW_PENDING) {
            rc = job_drop(c, &jobs[i], e);
            continue;
        }
        if (!rc)
            rc = input_parse(&w, bytes, e);
        if (rc)
            break;
        items_prepare(&w);
        rc = result_store(&w, e);
        if (rc && store_is_final(rc, jobs[i].failures)) {
            refuse(&w, e);
            rc = result_store(&w, e);
        }
        if (!rc) {
            result_publish(&w);
            LOG_INFO("upload.done", F_ID("raw", w.raw.id), F_INT("interactions", w.parsed.items_n),
                     F_INT("problems", w.problems_n), F_INT("bytes", w.raw.size_bytes));
        }
    }
    arena_free(a);
    return rc;
}
