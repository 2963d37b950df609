/* records/derived.c - what is made from an interaction and can be made again: chunks with vectors, and figures. */
#include <math.h>

#include "base/clock.h"
#include "records/interaction.h"
#include "records/packed.h"

enum { CHUNKS_LOAD, VECTORS_SAVE, STATS_DROP, STATS_PUT, STATS_LOAD, STATS_STALE, STATS_STALE_IDS, SWITCHES };

const struct db_stmt derived_sql[] = {
    /* $2 interactions, $3 model hash -> vectors of that model only */
    [CHUNKS_LOAD] = {"chunks_load",
                     "SELECT interaction_id, ordinal, ends, spans, CASE WHEN model_hash=$3 THEN vectors_sealed END "
                     "FROM chunk WHERE workspace_id=$1 AND interaction_id = ANY($2) ORDER BY interaction_id, ordinal"},
    /* $3 ordinal of the first chunk of the row, $4 model hash */
    [VECTORS_SAVE] = {"vectors_save", "UPDATE chunk SET model_hash=$4, vectors_sealed=$5 WHERE workspace_id=$1 AND "
                                      "interaction_id=$2 AND ordinal=$3"},
    [STATS_DROP] = {"stats_drop", "DELETE FROM statistic WHERE workspace_id=$1 AND interaction_id=$2"},
    /* $3 and $4 the two in columns of their own; then arrays of equal length: figures, values, units, n, reasons, versions,
     * hashes, labels, ends of their spans; $14 all spans one after the other */
    [STATS_PUT] =
        {"stats_put",
         "INSERT INTO statistic AS s (workspace_id, interaction_id, switches_per_minute, pricing_at, stat, value, "
         "unit, "
         "n, reason, definition_version, inputs_hash, label_sealed, ends, spans) VALUES ($1, $2, $3, $4, $5, $6, $7, "
         "$8, $9, $10, $11, $12, $13, $14) ON CONFLICT (workspace_id, interaction_id) DO UPDATE SET "
         "switches_per_minute=excluded.switches_per_minute, pricing_at=excluded.pricing_at, stat=excluded.stat, "
         "value=excluded.value, unit=excluded.unit, n=excluded.n, reason=excluded.reason, "
         "definition_version=excluded.definition_version, inputs_hash=excluded.inputs_hash, "
         "label_sealed=excluded.label_sealed, ends=excluded.ends, spans=excluded.spans"},
    [STATS_LOAD] = {"stats_load",
                    "SELECT stat, value, unit, n, reason, definition_version, inputs_hash, label_sealed, ends, spans "
                    "FROM statistic WHERE workspace_id=$1 AND interaction_id=$2"},
    /* $2 interaction, $3 version */
    [STATS_STALE] = {"stats_stale", "SELECT 1 FROM statistic WHERE workspace_id=$1 AND interaction_id=$2 AND "
                                    "$3 <> ANY(definition_version)"},
    /* $2 version */
    [STATS_STALE_IDS] = {"stats_stale_ids", "SELECT interaction_id FROM statistic WHERE workspace_id=$1 AND "
                                            "$2 <> ANY(definition_version) ORDER BY interaction_id"},
    /* $2 from, $3 to: starts of calls */
    [SWITCHES] = {"stat_switches",
                  "SELECT s.switches_per_minute FROM statistic s JOIN interaction i ON i.workspace_id=s.workspace_id "
                  "AND i.id=s.interaction_id WHERE s.workspace_id=$1 AND i.workspace_id=$1 AND s.switches_per_minute "
                  "IS NOT NULL AND i.kind=0 AND i.started_at>=$2 AND i.started_at<$3"},
};
const size_t derived_sql_n = sizeof derived_sql / sizeof *derived_sql;

static enum err_code vec_open(const struct vaulted *v, struct id ia, uint32_t ordinal, str sealed, int dim,
                              struct arena *a, float **out, struct err *e)
{
    struct seal_at where = {v->workspace, "chunk", "vector_sealed", ia, ordinal};
    size_t n = 0, want = (size_t)dim * sizeof **out;

    if (sealed.n != want + SEAL_OVERHEAD)
        return err_set(e, ERR_CORRUPT, "a stored vector has another length");
    *out = ARENA_ARRAY(a, float, (size_t)dim);
    return seal_open_to(v->keys, &where, sealed, *out, &n, e);
}

enum err_code record_chunks_load(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n,
                                 const char *model_hash, int dim, struct arena *a, struct record_chunk_row **out,
                                 size_t *out_n, struct err *e)
{
    struct record_chunk_row *list = NULL;
    size_t count = 0, cap = 0;
    struct db_rows r;
    enum err_code rc = ERR_OK;

    if (db_run(t, &derived_sql[CHUNKS_LOAD], DB_ARGS(P_ID(v->workspace), P_IDS(ids, n), P_BYTES(str_of(model_hash))),
               &r, e))
        return e->code;
    while (!rc && db_next(&r)) {
        struct span_lists s = span_lists_read(&r, 2, 3, a);
        size_t first = (size_t)db_i64(&r, 1), vecs_n = 0;
        str *vecs = db_is_null(&r, 4) ? NULL : db_bytess(&r, 4, a, &vecs_n);

        for (size_t i = 0; !rc && i < s.n; i++) {
            struct record_chunk_row row = {.interaction = db_id(&r, 0), .ordinal = (uint32_t)(first + i)};
            row.chunk.spans = span_lists_get(&s, i, a, &row.chunk.spans_n);
            if (i < vecs_n)
                rc = vec_open(v, row.interaction, row.ordinal, vecs[i], dim, a, &row.vec, e);
            ARENA_PUSH(a, list, count, cap) = row;
        }
    }
    db_rows_done(&r);
    if (rc)
        return rc;
    *out = list;
    *out_n = count;
    return ERR_OK;
}

enum err_code record_vectors_save(struct db_tx *t, const struct vaulted *v, struct id ia, const char *model_hash,
                                  int dim, const float *vecs, size_t chunks_n, struct err *e)
{
    struct arena *a = arena_new("vectors.save");
    enum err_code rc = ERR_OK;

    for (size_t from = 0; !rc && from < chunks_n; from += CHUNKS_PER_ROW) {
        size_t n = chunks_n - from < CHUNKS_PER_ROW ? chunks_n - from : CHUNKS_PER_ROW;
        str *sealed;
        arena_reset(a);
        sealed = ARENA_ARRAY(a, str, n);
        for (size_t i = 0; !rc && i < n; i++) {
            struct seal_at where = {v->workspace, "chunk", "vector_sealed", ia, (uint32_t)(from + i)};
            rc = seal(v->keys, key_class(KEY_INDEX), &where,
                      str_n((const char *)(vecs + (from + i) * (size_t)dim), (size_t)dim * sizeof *vecs), a, &sealed[i],
                      e);
        }
        if (!rc)
            rc = db_send(
                t, &derived_sql[VECTORS_SAVE],
                DB_ARGS(P_ID(v->workspace), P_ID(ia), P_I64(from), P_BYTES(str_of(model_hash)), P_BYTESS(sealed, n)),
                e);
    }
    arena_free(a);
    return rc;
}

/* Speaker labels are personal data: sealed together as one small object. */
static enum err_code labels_seal(const struct vaulted *v, struct id ia, uint32_t ordinal, const struct record_stat *s,
                                 struct arena *a, str *out, struct err *e)
{
    struct seal_at where = {v->workspace, "statistic", "label_sealed", ia, ordinal};
    enum err_code rc;
    struct buf b;
    struct jw w;

    *out = STR_NULL;
    if (!s->speaker.n && !s->of.n)
        return ERR_OK;
    buf_init_wiped(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "speaker", s->speaker);
    jw_kstr(&w, "of", s->of);
    jw_end(&w);
    rc = seal(v->keys, key_class(KEY_METADATA), &where, buf_view(&b), a, out, e);
    buf_done(&b);
    return rc;
}

/* All figures, column by column. */
struct stat_columns {
    struct span_lists spans;
    int32_t *version;
    str *stat, *unit, *reason, *hash, *label;
    double *value;
    int64_t *n;
    struct db_val switches, pricing; /* the two in columns of their own */
};

static struct stat_columns columns_new(size_t n, struct arena *a)
{
    return (struct stat_columns){.spans = span_lists_new(n, a),
                                 .version = ARENA_ARRAY(a, int32_t, n),
                                 .stat = ARENA_ARRAY(a, str, n),
                                 .unit = ARENA_ARRAY(a, str, n),
                                 .reason = ARENA_ARRAY(a, str, n),
                                 .hash = ARENA_ARRAY(a, str, n),
                                 .label = ARENA_ARRAY(a, str, n),
                                 .value = ARENA_ARRAY(a, double, n),
                                 .n = ARENA_ARRAY(a, int64_t, n),
                                 .switches = P_NULL(DB_F64),
                                 .pricing = P_NULL(DB_F64)};
}

static void columns_put(struct stat_columns *c, size_t i, const struct record_stat *s, struct arena *a)
{
    bool same = i && memcmp(s->inputs_hash, s[-1].inputs_hash, sizeof s->inputs_hash) == 0;

    span_lists_put(&c->spans, s->spans, s->spans_n, a);
    c->stat[i] = s->id;
    c->version[i] = s->definition_version;
    c->unit[i] = s->unit.n ? s->unit : STR("");
    c->reason[i] = s->reason.n ? s->reason : STR_NULL;
    c->hash[i] = same ? STR_NULL : str_n((const char *)s->inputs_hash, SHA256_BYTES);
    c->value[i] = s->has_value ? s->value : NAN;
    c->n[i] = s->has_n ? s->n : INT64_MIN;
    if (s->has_value && !s->speaker.n && !s->of.n && str_eq(s->id, STR("switches_per_minute")))
        c->switches = P_F64(s->value);
    if (s->has_value && str_eq(s->id, STR("pricing_at")))
        c->pricing = P_F64(s->value);
}

enum err_code record_stats_save(struct db_tx *t, const struct vaulted *v, struct id ia, const struct record_stat *rows,
                                size_t n, struct err *e)
{
    struct arena *a = arena_new_wiped("stats.save");
    struct stat_columns c = columns_new(n, a);
    enum err_code rc = ERR_OK;

    for (size_t i = 0; !rc && i < n; i++) {
        columns_put(&c, i, &rows[i], a);
        rc = labels_seal(v, ia, (uint32_t)i, &rows[i], a, &c.label[i], e);
    }
    if (!rc && !n)
        rc = db_send(t, &derived_sql[STATS_DROP], DB_ARGS(P_ID(v->workspace), P_ID(ia)), e);
    else if (!rc)
        rc = db_send(t, &derived_sql[STATS_PUT],
                     DB_ARGS(P_ID(v->workspace), P_ID(ia), c.switches, c.pricing, P_TEXTS(c.stat, n),
                             P_F64S(c.value, n), P_TEXTS(c.unit, n), P_I64S(c.n, n), P_TEXTS(c.reason, n),
                             P_I32S(c.version, n), P_BYTESS(c.hash, n), P_BYTESS(c.label, n), P_I32S(c.spans.ends, n),
                             P_I32S(c.spans.flat, c.spans.flat_n)),
                     e);
    arena_free(a);
    return rc;
}

static enum err_code labels_open(const struct vaulted *v, struct id ia, uint32_t ordinal, str sealed, struct arena *a,
                                 struct record_stat *s, struct err *e)
{
    struct seal_at where = {v->workspace, "statistic", "label_sealed", ia, ordinal};
    struct json_doc *d = NULL;
    str plain;

    if (seal_open(v->keys, &where, sealed, a, &plain, e) || json_parse(plain, &d, e))
        return e->code;
    s->speaker = str_dup(a, json_str(json_get(json_root(d), "speaker"), STR("")));
    s->of = str_dup(a, json_str(json_get(json_root(d), "of"), STR("")));
    json_free(d);
    return ERR_OK;
}

static enum err_code stats_read(const struct vaulted *v, const struct db_rows *r, struct id ia, struct arena *a,
                                struct record_stat **out, size_t *out_n, struct err *e)
{
    size_t n, len[7];
    str *stat = db_bytess(r, 0, a, &n), *unit = db_bytess(r, 2, a, &len[1]), *reason = db_bytess(r, 4, a, &len[3]);
    str *hash = db_bytess(r, 6, a, &len[5]), *label = db_bytess(r, 7, a, &len[6]), last = STR("");
    double *value = db_f64s(r, 1, a, &len[0]);
    int64_t *count = db_i64s(r, 3, a, &len[2]);
    int32_t *version = db_i32s(r, 5, a, &len[4]);
    struct span_lists spans = span_lists_read(r, 8, 9, a);
    struct record_stat *list = ARENA_ARRAY(a, struct record_stat, n + 1);
    enum err_code rc = ERR_OK;

    for (size_t i = 0; i < sizeof len / sizeof *len; i++)
        if (len[i] != n || spans.n != n)
            return err_set(e, ERR_CORRUPT, "the figures of a conversation do not read");
    for (size_t i = 0; !rc && i < n; i++) {
        struct record_stat *s = &list[i];

        *s = (struct record_stat){.id = str_dup(a, stat[i]),
                                  .has_value = !isnan(value[i]),
                                  .value = isnan(value[i]) ? 0 : value[i],
                                  .unit = str_dup(a, unit[i]),
                                  .has_n = count[i] != INT64_MIN,
                                  .n = count[i] == INT64_MIN ? 0 : count[i],
                                  .reason = str_dup(a, reason[i]),
                                  .definition_version = version[i]};
        last = hash[i].p ? hash[i] : last;
        memcpy(s->inputs_hash, last.p, last.n < SHA256_BYTES ? last.n : SHA256_BYTES);
        s->spans = span_lists_get(&spans, i, a, &s->spans_n);
        if (label[i].p)
            rc = labels_open(v, ia, (uint32_t)i, label[i], a, s, e);
    }
    *out = list;
    *out_n = rc ? 0 : n;
    return rc;
}

enum err_code record_stats_load(struct db_tx *t, const struct vaulted *v, struct id ia, struct arena *a,
                                struct record_stat **out, size_t *out_n, struct err *e)
{
    struct db_rows r;
    enum err_code rc = ERR_OK;

    *out = NULL;
    *out_n = 0;
    if (db_run(t, &derived_sql[STATS_LOAD], DB_ARGS(P_ID(v->workspace), P_ID(ia)), &r, e))
        return e->code;
    if (db_next(&r))
        rc = stats_read(v, &r, ia, a, out, out_n, e);
    db_rows_done(&r);
    return rc;
}

enum err_code record_switches(struct db_tx *t, const struct vaulted *v, int64_t from_ms, int64_t to_ms, struct arena *a,
                              double **out, size_t *out_n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;

    *out = NULL;
    *out_n = 0;
    if (db_run(t, &derived_sql[SWITCHES], DB_ARGS(P_ID(v->workspace), P_I64(from_ms), P_I64(to_ms)), &r, e))
        return e->code;
    while (db_next(&r))
        ARENA_PUSH(a, *out, *out_n, cap) = db_f64(&r, 0);
    db_rows_done(&r);
    return ERR_OK;
}

enum err_code record_stats_stale(struct db_tx *t, const struct vaulted *v, struct id ia, int version, bool *out,
                                 struct err *e)
{
    struct db_rows r;

    if (db_run(t, &derived_sql[STATS_STALE], DB_ARGS(P_ID(v->workspace), P_ID(ia), P_I64(version)), &r, e))
        return e->code;
    *out = db_next(&r);
    db_rows_done(&r);
    return ERR_OK;
}

enum err_code record_stats_stale_ids(struct db_tx *t, const struct vaulted *v, int version, struct arena *a,
                                     struct id **out, size_t *out_n, struct err *e)
{
    return db_run_ids(t, &derived_sql[STATS_STALE_IDS], DB_ARGS(P_ID(v->workspace), P_I64(version)), a, out, out_n, e);
}
