#include "pipeline/rebuild.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"

enum { PAGE = 100, PROGRESS_EVERY = 5000, REBUILD_DB_MS = 60000 };

/* Side of whoever speaks a turn: the listed participant of that name, else unknown. */
static enum ia_side side_of_turn(const struct interaction *ia, size_t turn)
{
    str who = ia->turns[turn].speaker;

    for (size_t i = 0; who.n && i < ia->participants_n; i++)
        if (str_eq(ia->participants[i].name, who))
            return ia->participants[i].side;
    return IA_SIDE_UNKNOWN;
}

struct index_chunk chunk_words(const struct interaction *ia, const struct record_chunk *chunk, struct arena *a)
{
    struct index_chunk out = {.spans = chunk->spans, .spans_n = chunk->spans_n};
    str *parts = ARENA_ARRAY(a, str, chunk->spans_n + 1);
    size_t n = 0;

    for (size_t i = 0; i < chunk->spans_n; i++)
        if (chunk->spans[i].turn < ia->turns_n)
            parts[n++] = str_sub(ia->turns[chunk->spans[i].turn].text, chunk->spans[i].start, chunk->spans[i].end);
    out.text = str_join(a, parts, n, STR("\n"));
    out.voices = chunk_voices(ia, chunk->spans, chunk->spans_n, a, &out.voices_n);
    return out;
}

static uint8_t chunk_side_bits(const struct interaction *ia, const struct record_chunk *chunk)
{
    unsigned bits = 0;

    for (size_t i = 0; i < chunk->spans_n; i++)
        if (chunk->spans[i].turn < ia->turns_n)
            bits |= 1u << side_of_turn(ia, chunk->spans[i].turn);
    return (uint8_t)bits;
}

static struct index_source *index_sources_of(const struct raw_source *s, size_t n, struct arena *a)
{
    struct index_source *list = ARENA_ARRAY(a, struct index_source, n + 1);

    for (size_t i = 0; i < n; i++)
        list[i] = (struct index_source){s[i].given, s[i].path};
    return list;
}

void index_paths_put(struct core *c, struct id interaction, const struct raw_source *s, size_t n, struct arena *a)
{
    index_sources_set(c->ix, interaction, index_sources_of(s, n, a), n);
}

void index_change_put(struct core *c, const struct raw_change *change, struct arena *a)
{
    for (size_t i = 0; i < change->gone_n; i++)
        index_drop(c->ix, change->gone[i]);
    for (size_t i = 0; i < change->moved_n; i++)
        index_paths_put(c, change->moved[i].interaction, change->moved[i].sources, change->moved[i].sources_n, a);
}

void index_doc_put(struct core *c, const struct record_ia *rec, const struct record_chunk *chunks, size_t n,
                   struct arena *a)
{
    struct index_chunk *words = ARENA_ARRAY(a, struct index_chunk, n + 1);
    uint8_t *sides = ARENA_ARRAY(a, uint8_t, n + 1);
    struct index_doc doc = {
        .interaction = rec->ia.id,
        .kind = rec->ia.kind,
        .started_at_ms = rec->ia.started_at_ms,
        .language = rec->ia.language,
        .title = rec->ia.title,
        .account = rec->account,
        .deal = rec->deal,
        .persons = rec->persons,
        .persons_n = rec->persons_n,
        .private_ = rec->private_,
        .sources = index_sources_of(rec->sources, rec->sources_n, a),
        .sources_n = rec->sources_n,
        .chunks = words,
        .chunks_n = n,
        .chunk_sides = sides,
    };

    for (size_t i = 0; i < n; i++) {
        words[i] = chunk_words(&rec->ia, &chunks[i], a);
        sides[i] = chunk_side_bits(&rec->ia, &chunks[i]);
    }
    index_put(c->ix, &doc);
}

enum err_code rebuild_one(struct core *c, struct record_ia *rec, const struct record_chunk_row *rows, size_t n,
                          struct arena *a)
{
    struct record_chunk *chunks = ARENA_ARRAY(a, struct record_chunk, n + 1);
    size_t dim = c->em ? (size_t)embedder_info(c->em)->dim : 0;
    float *vec = ARENA_ARRAY(a, float, n *dim + 1);
    bool all = c->em && n;

    for (size_t i = 0; i < n; i++) {
        chunks[i] = rows[i].chunk;
        if (rows[i].vec && dim)
            memcpy(vec + i * dim, rows[i].vec, dim * sizeof *vec);
        else
            all = false;
    }
    index_doc_put(c, rec, chunks, n, a);
    if (all)
        index_vectors_put(c->ix, rec->ia.id, vec, n);
    return ERR_OK;
}

struct rebuild {
    struct core *c;
    const atomic_bool *stop;
    struct id *ids;
    size_t n;
    _Atomic size_t next;
    atomic_bool failed;
    struct err e; /* of the first failure; written once, before `failed` */
};

static enum err_code page_put(struct core *c, const struct id *ids, size_t n, struct arena *a, struct err *e)
{
    struct record_chunk_row *rows;
    struct record_ia *recs;
    size_t recs_n, rows_n, at = 0;
    struct db_tx *t;
    enum err_code rc;

    if (db_begin(c->v.db, c->v.workspace, REBUILD_DB_MS, &t, e))
        return e->code;
    rc = record_ia_load(t, &c->v, ids, n, a, &recs, &recs_n, e);
    if (!rc)
        rc = record_chunks_load(t, &c->v, ids, n, c->em ? embedder_info(c->em)->model_hash : "",
                                c->em ? embedder_info(c->em)->dim : 0, a, &rows, &rows_n, e);
    db_rollback(t);
    for (size_t i = 0; !rc && i < recs_n; i++) {
        size_t from, to;
        for (at = 0; at < rows_n && !id_eq(rows[at].interaction, recs[i].ia.id); at++) {
        }
        from = at;
        for (to = from; to < rows_n && id_eq(rows[to].interaction, recs[i].ia.id); to++) {
        }
        rc = rebuild_one(c, &recs[i], rows + from, to - from, a);
    }
    return rc;
}

enum err_code rebuild_some(struct core *c, const struct id *ids, size_t n, struct err *e)
{
    struct arena *a = arena_new_wiped("rebuild");
    enum err_code rc = ERR_OK;

    for (size_t i = 0; !rc && i < n; i += PAGE) {
        arena_reset(a);
        rc = page_put(c, ids + i, n - i < PAGE ? n - i : PAGE, a, e);
    }
    arena_free(a);
    return rc;
}

/* A line for every 5000 interactions: a large store takes a while to open. */
static void progress_note(struct core *c, size_t done)
{
    size_t total = atomic_load(&c->rebuild_total);

    if (total > PROGRESS_EVERY && done / PROGRESS_EVERY != (done - PAGE) / PROGRESS_EVERY)
        LOG_INFO("index.rebuilding", F_INT("done", done), F_INT("of", total));
}

static void pages_run(void *arg)
{
    struct rebuild *rb = arg;
    struct arena *a = arena_new_wiped("rebuild");
    struct err e;

    while (!atomic_load(&rb->failed) && !atomic_load(rb->stop)) {
        size_t from = atomic_fetch_add(&rb->next, PAGE), n;
        if (from >= rb->n)
            break;
        n = rb->n - from < PAGE ? rb->n - from : PAGE;
        arena_reset(a);
        if (page_put(rb->c, rb->ids + from, n, a, &e)) {
            bool was = false;
            if (atomic_compare_exchange_strong(&rb->failed, &was, true))
                rb->e = e;
            break;
        }
        progress_note(rb->c, atomic_fetch_add(&rb->c->rebuild_done, n) + n);
    }
    arena_free(a);
}

static enum err_code ids_load(struct core *c, struct arena *a, struct id **out, size_t *out_n, struct err *e)
{
    struct id after = {{0}}, *page, *list = NULL;
    size_t n = 0, cap = 0, page_n;
    struct db_tx *t;

    if (db_begin(c->v.db, c->v.workspace, REBUILD_DB_MS, &t, e))
        return e->code;
    do {
        if (record_ia_ids(t, &c->v, after, 5000, a, &page, &page_n, e)) {
            db_rollback(t);
            return e->code;
        }
        for (size_t i = 0; i < page_n; i++)
            ARENA_PUSH(a, list, n, cap) = after = page[i];
    } while (page_n);
    db_rollback(t);
    *out = list;
    *out_n = n;
    return ERR_OK;
}

enum err_code rebuild_run(struct core *c, const atomic_bool *stop, struct err *e)
{
    struct arena *a = arena_new("rebuild.ids");
    struct rebuild rb = {.c = c, .stop = stop};
    struct thread threads[16] = {0};
    int64_t start = clock_mono_ms();
    int cores = thread_cores() < 16 ? thread_cores() : 16;
    enum err_code rc;

    rc = ids_load(c, a, &rb.ids, &rb.n, e);
    atomic_store(&c->rebuild_total, rb.n);
    for (int i = 0; !rc && i < cores && (size_t)i * PAGE < rb.n; i++)
        rc = thread_start(&threads[i], "rebuild", pages_run, &rb, e);
    for (int i = 0; i < cores; i++)
        thread_join(&threads[i]);
    if (!rc && atomic_load(&rb.failed)) {
        *e = rb.e;
        rc = e->code;
    }
    arena_free(a);
    if (rc || atomic_load(stop))
        return rc;
    atomic_store(&c->index_ready, true);
    LOG_INFO("index.rebuilt", F_INT("interactions", rb.n), F_MS("took", clock_mono_ms() - start));
    return ERR_OK;
}

enum { MISSING_QUEUE };
const struct db_stmt rebuild_sql[] = {
    /* $2 model hash -> interactions with a chunk that has no vector of it */
    [MISSING_QUEUE] = {"vectors_missing", "SELECT DISTINCT interaction_id FROM chunk WHERE workspace_id=$1 AND "
                                          "(vectors_sealed IS NULL OR model_hash IS DISTINCT FROM $2)"},
};
const size_t rebuild_sql_n = sizeof rebuild_sql / sizeof *rebuild_sql;

enum err_code rebuild_missing_vectors(struct core *c, int64_t *out_n, struct err *e)
{
    struct arena *a = arena_new("rebuild.missing");
    struct job_new *jobs = NULL;
    size_t n = 0, cap = 0;
    struct db_rows r;
    struct db_tx *t;
    enum err_code rc;

    *out_n = 0;
    rc = db_begin(c->v.db, c->v.workspace, REBUILD_DB_MS, &t, e);
    if (rc)
        goto out;
    rc = db_run(t, &rebuild_sql[MISSING_QUEUE],
                DB_ARGS(P_ID(c->v.workspace), P_BYTES(str_of(embedder_info(c->em)->model_hash))), &r, e);
    if (rc) {
        db_rollback(t);
        goto out;
    }
    while (db_next(&r))
        ARENA_PUSH(a, jobs, n, cap) = (struct job_new){.queue = "embed", .object = db_id(&r, 0), .priority = -1};
    db_rows_done(&r);
    for (size_t from = 0; !rc && from < n; from += 500)
        rc = job_enqueue(t, jobs + from, n - from < 500 ? n - from : 500, e);
    if (rc)
        db_rollback(t);
    else
        rc = db_commit(t, e);
    *out_n = (int64_t)n;
out:
    arena_free(a);
    return rc;
}
