/* pipeline/parse_stage.c - uploads: read in the sandbox one by one, prepared, stored together, searchable by words.
 *
 * What waits together is one transaction, and what is small is analysed before it is stored: an upload is then done with what a
 * statement and a commit cost, not with thirty of them. Where it fails, the caller tries one upload at a time (worker.c), and one
 * whose findings cannot be stored is left to the stage "analyse". */
#include "base/log.h"
#include "base/metrics.h"
#include "base/clock.h"
#include "formats/sandbox.h"
#include "insight/statistics.h"
#include "pipeline/analyse.h"
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

enum { PARSE_DB_MS = 120000, ITEMS_PER_LOOK = 64, SMALL_CHUNKS = 64, SLOW_MS = 500 };
enum { ANALYSED_CHUNKS = 512, ANALYSED_ITEMS = 8 }; /* of an upload that is analysed on its way in */

/* One upload. */
struct work {
    struct core *c;
    const struct job *job;
    struct arena *a;
    struct raw_row raw;
    bool wanted; /* there, and not yet read */
    struct raw_source *sources;
    size_t sources_n;
    struct format_result parsed;
    struct raw_problem *problems;
    size_t problems_n, problems_cap;
    struct record_ia *recs;
    struct prepared *prep;
    struct raw_change change;
};

/* Those that are stored together. */
struct batch {
    struct core *c;
    struct arena *a;
    struct work *works;
    size_t works_n;
    struct id *ids; /* of their bytes */
    size_t items_n; /* stored so far */
    struct id *wake; /* deals to work out again */
    size_t wake_n, wake_cap;
    struct job_new *jobs;
    size_t jobs_n, jobs_cap;
    struct event_new *events;
    size_t events_n, events_cap;
};

/* An upload that was deleted while its job waited, or read already, is left unwanted. */
static enum err_code inputs_load(struct batch *b, str *bytes, struct err *e)
{
    struct raw_input *in = ARENA_ARRAY(b->a, struct raw_input, b->works_n + 1);
    struct core *c = b->c;
    struct db_tx *t;
    enum err_code rc;

    if (db_begin(c->v.db, c->v.workspace, PARSE_DB_MS, &t, e))
        return e->code;
    rc = raw_inputs(t, &c->v, b->ids, b->works_n, b->a, in, e);
    db_rollback(t);
    for (size_t i = 0; !rc && i < b->works_n; i++) {
        struct work *w = &b->works[i];
        w->wanted = in[i].there && in[i].row.state == RAW_PENDING;
        w->raw = in[i].row;
        w->sources = in[i].sources;
        w->sources_n = in[i].sources_n;
        bytes[i] = in[i].bytes;
    }
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
    for (size_t i = 0; w->parsed.items_n <= ANALYSED_ITEMS && i < w->parsed.items_n; i++)
        if (w->prep[i].chunks_n <= ANALYSED_CHUNKS)
            prepare_findings(w->c, &w->recs[i].ia, w->a, &w->prep[i]);
}

static enum err_code wake_note(struct batch *b, struct db_tx *t, const struct record_ia *rec, struct err *e)
{
    struct id *deals;
    size_t n;

    if (record_deals_of(t, &b->c->v, rec->deal, rec->account, b->a, &deals, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < b->wake_n && !id_eq(b->wake[k], deals[i]))
            k++;
        if (k == b->wake_n)
            ARENA_PUSH(b->a, b->wake, b->wake_n, b->wake_cap) = deals[i];
    }
    return ERR_OK;
}

/* What is left to do for one that is stored. */
static void jobs_note(struct batch *b, const struct record_ia *rec, const struct prepared *p)
{
    struct job_new next[ANALYSE_JOBS_MAX + 2];
    struct job_new job = {.object = rec->ia.id, .source = rec->raw, .priority = p->chunks_n <= SMALL_CHUNKS};
    size_t n = 0;

    if (p->analysed)
        n = analyse_jobs(b->c, rec->ia.id, next);
    job.queue = "analyse";
    if (!p->analysed)
        next[n++] = job;
    job.queue = "embed";
    if (b->c->em && p->chunks_n)
        next[n++] = job;
    for (size_t i = 0; i < n; i++)
        ARENA_PUSH(b->a, b->jobs, b->jobs_n, b->jobs_cap) = next[i];
}

static enum err_code item_store(struct batch *b, struct db_tx *t, struct work *w, size_t i, struct err *e)
{
    struct core *c = b->c;
    struct record_ia *rec = &w->recs[i];
    struct prepared *p = &w->prep[i];
    struct record_stat *stats;
    size_t stats_n;

    if (record_ia_save(t, &c->v, rec, c->own_domains, c->own_domains_n, p->pii, p->pii_n, p->chunks, p->chunks_n, b->a,
                       e))
        return e->code;
    if (wake_note(b, t, rec, e))
        return e->code;
    if (prepare_statistics(c, t, &rec->ia, p->discourse, b->a, &stats, &stats_n, e) ||
        (stats_n && record_stats_save(t, &c->v, rec->ia.id, stats, stats_n, e)))
        return e->code;
    if (p->analysed &&
        record_findings_first(t, &c->v, rec, p->findings, p->findings_n, finding_makers, finding_makers_n, e))
        return e->code;
    jobs_note(b, rec, p);
    return ERR_OK;
}

/* Deals that the conversations concern, all at once and in order; then what a CRM says, and its deals. */
static enum err_code deals_store(struct batch *b, struct db_tx *t, struct err *e)
{
    struct id *deals;
    size_t n;

    if (b->wake_n && deals_wake(t, &b->c->v, b->wake, b->wake_n, e))
        return e->code;
    for (size_t i = 0; i < b->works_n; i++) {
        const struct format_result *parsed = &b->works[i].parsed;
        if (!parsed->crm_n)
            continue;
        db_tx_extend(t, PARSE_DB_MS + (int)parsed->crm_n);
        if (record_crm_save(t, &b->c->v, parsed->crm, parsed->crm_n, CRM_FROM_FILE, b->a, &deals, &n, e) ||
            deals_wake(t, &b->c->v, deals, n, e))
            return e->code;
    }
    return ERR_OK;
}

static void event_note(struct batch *b, const char *type, struct id object)
{
    ARENA_PUSH(b->a, b->events, b->events_n, b->events_cap) = (struct event_new){.type = type, .object = object};
}

/* What came, and what it replaced. */
static void events_note(struct batch *b, const struct work *w)
{
    for (size_t i = 0; i < w->change.gone_n; i++)
        event_note(b, "interaction.deleted", w->change.gone[i]);
    for (size_t i = 0; i < w->parsed.items_n; i++)
        event_note(b, "interaction.created", w->recs[i].ia.id);
    for (size_t i = 0; i < w->parsed.items_n; i++)
        if (w->prep[i].analysed)
            event_note(b, "interaction.analysed", w->recs[i].ia.id);
}

/* What is new under a path takes the place of what was there, in the order in which they came. */
static enum err_code older_replace(struct batch *b, struct db_tx *t, struct err *e)
{
    struct id *newer = NULL;
    size_t n = 0;

    if (raw_superseding(t, &b->c->v, b->ids, b->works_n, b->a, &newer, &n, e))
        return e->code;
    for (size_t i = 0; i < b->works_n; i++) {
        struct work *w = &b->works[i];
        bool wanted = false;
        for (size_t k = 0; k < n; k++)
            wanted = wanted || id_eq(newer[k], w->raw.id);
        w->change = (struct raw_change){0};
        if (wanted && w->parsed.items_n + w->parsed.crm_n && raw_supersede(t, &b->c->v, w->raw.id, b->a, &w->change, e))
            return e->code;
    }
    return ERR_OK;
}

/* The same bytes may have come under one more path while they were read. */
static enum err_code sources_again(struct batch *b, struct db_tx *t, struct err *e)
{
    struct raw_source *all;
    size_t n;

    if (raw_sources(t, &b->c->v, b->ids, b->works_n, b->a, &all, &n, e))
        return e->code;
    for (size_t i = 0; i < b->works_n; i++) {
        struct work *w = &b->works[i];
        size_t from = 0;
        while (from < n && !id_eq(all[from].raw, w->raw.id))
            from++;
        w->sources = all + from;
        for (w->sources_n = 0; from < n && id_eq(all[from].raw, w->raw.id); from++)
            w->sources_n++;
        for (size_t k = 0; k < w->parsed.items_n; k++) {
            w->recs[k].sources = w->sources;
            w->recs[k].sources_n = w->sources_n;
        }
    }
    return ERR_OK;
}

static enum err_code ends_set(struct batch *b, struct db_tx *t, struct err *e)
{
    struct raw_end *ends = ARENA_ARRAY(b->a, struct raw_end, b->works_n + 1);

    for (size_t i = 0; i < b->works_n; i++) {
        const struct work *w = &b->works[i];
        ends[i] = (struct raw_end){w->raw.id, w->parsed.items_n + w->parsed.crm_n ? RAW_DONE : RAW_FAILED, w->problems,
                                   w->problems_n};
    }
    return raw_end_all(t, &b->c->v, ends, b->works_n, e);
}

static enum err_code works_store(struct batch *b, struct db_tx *t, struct err *e)
{
    for (size_t k = 0; k < b->works_n; k++) {
        struct work *w = &b->works[k];
        for (size_t i = 0; i < w->parsed.items_n; i++) {
            if (b->items_n++ % ITEMS_PER_LOOK == 0)
                db_tx_extend(t, PARSE_DB_MS);
            if (item_store(b, t, w, i, e))
                return e->code;
        }
    }
    return ERR_OK;
}

/* Everything made of the uploads and the end of their jobs, or nothing. `done`: all jobs, those of unwanted uploads too. */
static enum err_code batch_store(struct batch *b, const struct job *done, size_t done_n, struct err *e)
{
    struct core *c = b->c;
    int64_t start = clock_mono_us();
    struct db_tx *t;

    b->wake_n = b->jobs_n = b->events_n = b->items_n = 0; /* a second try starts anew */
    if (db_begin(c->v.db, c->v.workspace, PARSE_DB_MS, &t, e))
        return e->code;
    if (b->works_n) {
        if (works_store(b, t, e) || deals_store(b, t, e) || older_replace(b, t, e))
            goto fail;
        for (size_t i = 0; i < b->works_n; i++)
            events_note(b, &b->works[i]);
        if (job_enqueue(t, b->jobs, b->jobs_n, e) || event_put(t, b->events, b->events_n, e) || ends_set(b, t, e) ||
            sources_again(b, t, e))
            goto fail;
    }
    if (job_done(t, done, done_n, e))
        goto fail;
    if (db_commit(t, e))
        return e->code;
    metric_time_us(&store_time, clock_mono_us() - start);
    metric_add(&interactions_total, (int64_t)b->items_n);
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

/* One that fails alone: without its findings first, which somebody else may make; else it is refused. */
static enum err_code one_again(struct batch *b, const struct job *job, enum err_code rc, struct err *e)
{
    struct work *w = b->works;
    bool analysed = false;

    for (size_t i = 0; i < w->parsed.items_n; i++) {
        analysed = analysed || w->prep[i].analysed;
        w->prep[i].analysed = false;
    }
    if (analysed && store_is_final(rc, job->failures))
        rc = batch_store(b, job, 1, e);
    if (rc && store_is_final(rc, job->failures)) {
        refuse(w, e);
        rc = batch_store(b, job, 1, e);
    }
    return rc;
}

static void result_publish(struct work *w)
{
    index_change_put(w->c, &w->change, w->a);
    for (size_t i = 0; i < w->parsed.items_n; i++)
        index_doc_put(w->c, &w->recs[i], w->prep[i].chunks, w->prep[i].chunks_n, w->a);
    LOG_INFO("upload.done", F_ID("raw", w->raw.id), F_INT("interactions", w->parsed.items_n),
             F_INT("problems", w->problems_n), F_INT("bytes", w->raw.size_bytes));
}

static void batch_publish(struct batch *b)
{
    bool deals = b->wake_n > 0, later = false;

    for (size_t i = 0; i < b->works_n; i++) {
        struct work *w = &b->works[i];
        result_publish(w);
        deals = deals || w->parsed.crm_n;
        for (size_t k = 0; k < w->parsed.items_n; k++)
            later = later || !w->prep[k].analysed;
    }
    if (later)
        workers_wake(b->c, "analyse");
    analyse_wake(b->c);
    if (b->c->em)
        workers_wake(b->c, "embed");
    if (deals)
        workers_wake(b->c, "deal");
}

/* Reads as many as are read soon; how many, of all. What is left when one was slow is for whoever is idle. */
static enum err_code works_read(struct batch *b, const str *bytes, size_t *out_n, struct err *e)
{
    int64_t start = clock_mono_ms();
    size_t i = 0;

    for (; i < b->works_n && (!i || clock_mono_ms() - start < SLOW_MS); i++) {
        if (!b->works[i].wanted)
            continue;
        if (input_parse(&b->works[i], bytes[i], e))
            return e->code;
        items_prepare(&b->works[i]);
    }
    *out_n = i;
    return ERR_OK;
}

static void unwanted_drop(struct batch *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->works_n; i++)
        if (b->works[i].wanted) {
            b->ids[n] = b->ids[i];
            b->works[n++] = b->works[i];
        }
    b->works_n = n;
}

enum err_code parse_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e)
{
    struct arena *a = arena_new_wiped("parse");
    struct batch b = {.c = c,
                      .a = a,
                      .works = ARENA_ARRAY(a, struct work, n + 1),
                      .works_n = n,
                      .ids = ARENA_ARRAY(a, struct id, n + 1)};
    str *bytes = ARENA_ARRAY(a, str, n + 1);
    size_t read_n = 0;
    enum err_code rc;

    for (size_t i = 0; i < n; i++) {
        b.works[i] = (struct work){.c = c, .job = &jobs[i], .a = a};
        b.ids[i] = jobs[i].object;
    }
    rc = inputs_load(&b, bytes, e);
    if (!rc)
        rc = works_read(&b, bytes, &read_n, e);
    if (!rc) {
        b.works_n = read_n;
        unwanted_drop(&b);
        rc = batch_store(&b, jobs, read_n, e);
        if (rc && n == 1 && b.works_n)
            rc = one_again(&b, jobs, rc, e);
    }
    if (!rc)
        batch_publish(&b);
    if (!rc && read_n < n) {
        struct err later;
        if (job_release(c->v.db, jobs + read_n, n - read_n, &later))
            LOG_WARN("job.release.failed", F_ERR(&later)); /* their leases run out */
        workers_wake(c, "parse");
    }
    arena_free(a);
    return rc;
}
