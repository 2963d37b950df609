/* pipeline/embed_stage.c - chunks to vectors: many interactions a batch, their texts sorted by length. */
#include "base/clock.h"
#include "base/metrics.h"
#include "pipeline/rebuild.h"
#include "pipeline/stage.h"
#include "search/chunk.h"

static struct metric embed_stage_time =
    METRIC_HISTOGRAM_L("harken_stage_seconds", "stage=\"embed\"", "time of a pipeline stage");

/* The engine's silence is watched by its client; the limit of a call is for one that works, but hopelessly slowly. */
enum { EMBED_DB_MS = 60000, EMBED_CALL_MS = 600000, CALL_TEXTS = 64 };

struct batch {
    struct record_ia *recs;
    size_t recs_n;
    struct record_chunk_row *rows;
    size_t rows_n;
    str *text; /* per row: what is embedded */
    float *vec;
};

static enum err_code batch_load(struct core *c, const struct job *jobs, size_t n, struct arena *a, struct batch *b,
                                struct err *e)
{
    const struct embed_info *info = embedder_info(c->em);
    struct id *ids = ARENA_ARRAY(a, struct id, n);
    struct db_tx *t;
    enum err_code rc;

    for (size_t i = 0; i < n; i++)
        ids[i] = jobs[i].object;
    if (db_begin(c->v.db, c->v.workspace, EMBED_DB_MS, &t, e))
        return e->code;
    rc = record_ia_load(t, &c->v, ids, n, a, &b->recs, &b->recs_n, e);
    if (!rc)
        rc = record_chunks_load(t, &c->v, ids, n, info->model_hash, info->dim, a, &b->rows, &b->rows_n, e);
    db_rollback(t);
    return rc;
}

static const struct record_ia *rec_of(const struct batch *b, struct id id)
{
    for (size_t i = 0; i < b->recs_n; i++)
        if (id_eq(b->recs[i].ia.id, id))
            return &b->recs[i];
    return NULL;
}

static int by_length(const void *x, const void *y, void *arg)
{
    const struct batch *b = arg;
    size_t nx = b->text[*(const size_t *)x].n, ny = b->text[*(const size_t *)y].n;
    return (nx < ny) - (nx > ny);
}

static enum err_code batch_embed(struct core *c, struct batch *b, struct arena *a, struct err *e)
{
    size_t dim = (size_t)embedder_info(c->em)->dim;
    size_t *order = ARENA_ARRAY(a, size_t, b->rows_n + 1);
    str *texts = ARENA_ARRAY(a, str, CALL_TEXTS);

    b->text = ARENA_ARRAY(a, str, b->rows_n + 1);
    b->vec = ARENA_ARRAY(a, float, b->rows_n *dim + 1);
    for (size_t i = 0; i < b->rows_n; i++) {
        const struct record_ia *rec = rec_of(b, b->rows[i].interaction);
        order[i] = i;
        b->text[i] = rec ? chunk_embed_text(&rec->ia, b->rows[i].chunk.spans, b->rows[i].chunk.spans_n, a) : STR("");
    }
    qsort_r(order, b->rows_n, sizeof *order, by_length, b);
    for (size_t from = 0; from < b->rows_n; from += CALL_TEXTS) {
        size_t n = b->rows_n - from < CALL_TEXTS ? b->rows_n - from : CALL_TEXTS;
        float *vec;
        for (size_t i = 0; i < n; i++)
            texts[i] = b->text[order[from + i]];
        if (atomic_load(&c->draining))
            return err_set(e, ERR_BUSY, "stopping");
        if (embed_texts(c->em, EMBED_BULK, texts, n, EMBED_CALL_MS, a, &vec, NULL, e))
            return e->code;
        for (size_t i = 0; i < n; i++)
            memcpy(b->vec + order[from + i] * dim, vec + i * dim, dim * sizeof *vec);
    }
    return ERR_OK;
}

/* Rows of one interaction stand together. */
static enum err_code batch_store(struct core *c, const struct job *jobs, size_t n, const struct batch *b, struct err *e)
{
    const struct embed_info *info = embedder_info(c->em);
    struct db_tx *t;

    if (db_begin(c->v.db, c->v.workspace, EMBED_DB_MS, &t, e))
        return e->code;
    for (size_t i = 0, k; i < b->rows_n; i = k) {
        for (k = i; k < b->rows_n && id_eq(b->rows[k].interaction, b->rows[i].interaction); k++) {
        }
        if (record_vectors_save(t, &c->v, b->rows[i].interaction, info->model_hash, info->dim,
                                b->vec + i * (size_t)info->dim, k - i, e))
            goto fail;
    }
    if (job_done(t, jobs, n, e))
        goto fail;
    return db_commit(t, e);
fail:
    db_rollback(t);
    return e->code;
}

enum err_code embed_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e)
{
    struct arena *a = arena_new_wiped("embed.stage");
    int64_t start = clock_mono_us();
    struct batch b = {0};
    enum err_code rc;

    rc = batch_load(c, jobs, n, a, &b, e);
    if (!rc)
        rc = batch_embed(c, &b, a, e);
    if (!rc)
        rc = batch_store(c, jobs, n, &b, e);
    for (size_t i = 0, k; !rc && i < b.rows_n; i = k) {
        for (k = i; k < b.rows_n && id_eq(b.rows[k].interaction, b.rows[i].interaction); k++) {
        }
        index_vectors_put(c->ix, b.rows[i].interaction, b.vec + i * (size_t)embedder_info(c->em)->dim, k - i);
    }
    metric_time_us(&embed_stage_time, clock_mono_us() - start);
    arena_free(a);
    return rc;
}
