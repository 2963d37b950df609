/* records/derived.c - what is made from an interaction and can be made again: chunks with vectors, and figures. */
#include <math.h>

#include "base/clock.h"
#include "records/interaction.h"

enum { CHUNKS_LOAD, VECTORS_SAVE, STATS_DROP, STATS_ADD, STATS_LOAD, STATS_STALE, STATS_STALE_IDS, STAT_VALUES };

const struct db_stmt derived_sql[] = {
    /* $2 interactions, $3 model hash -> vectors of that model only */
    [CHUNKS_LOAD] = {"chunks_load",
                     "SELECT interaction_id, ordinal, spans, CASE WHEN model_hash=$3 THEN vector_sealed END FROM chunk "
                     "WHERE workspace_id=$1 AND interaction_id = ANY($2) ORDER BY interaction_id, ordinal"},
    [VECTORS_SAVE] =
        {"vectors_save",
         "UPDATE chunk c SET model_hash=$3, vector_sealed=u.x FROM unnest($4::int[], $5::bytea[]) AS u(o, x) "
         "WHERE c.workspace_id=$1 AND c.interaction_id=$2 AND c.ordinal=u.o"},
    [STATS_DROP] = {"stats_drop", "DELETE FROM statistic WHERE workspace_id=$1 AND interaction_id=$2"},
    /* $3 ordinal of the first, $4 all spans one after the other; then arrays of equal length: first and last place in $4 (1
     * and 0: none), figures, values (NaN: none), units, n (least integer: none), reasons, definition versions, hashes, labels */
    [STATS_ADD] =
        {"stats_add",
         "INSERT INTO statistic (workspace_id, interaction_id, ordinal, stat, value, unit, n, reason, "
         "definition_version, inputs_hash, spans, label_sealed) SELECT $1, $2, $3 + o - 1, s, nullif(x, "
         "'NaN'::float8), t, "
         "nullif(k, '-9223372036854775808'::bigint), r, d, h, ($4::int[])[f:l], b FROM unnest($5::int[], $6::int[], "
         "$7::text[], $8::float8[], $9::text[], $10::bigint[], $11::text[], $12::int[], $13::bytea[], $14::bytea[]) "
         "WITH ORDINALITY AS u(f, l, s, x, t, k, r, d, h, b, o)"},
    [STATS_LOAD] =
        {"stats_load",
         "SELECT ordinal, stat, value, unit, n, reason, definition_version, inputs_hash, spans, label_sealed "
         "FROM statistic WHERE workspace_id=$1 AND interaction_id=$2 ORDER BY ordinal"},
    /* $2 interaction, $3 version */
    [STATS_STALE] = {"stats_stale", "SELECT 1 FROM statistic WHERE workspace_id=$1 AND interaction_id=$2 AND "
                                    "definition_version<>$3 LIMIT 1"},
    /* $2 version */
    [STATS_STALE_IDS] = {"stats_stale_ids", "SELECT DISTINCT interaction_id FROM statistic WHERE workspace_id=$1 AND "
                                            "definition_version<>$2 ORDER BY interaction_id"},
    /* $2 figure, $3 from, $4 to: starts of calls */
    [STAT_VALUES] = {"stat_values",
                     "SELECT s.value FROM statistic s JOIN interaction i ON i.workspace_id=s.workspace_id AND "
                     "i.id=s.interaction_id WHERE s.workspace_id=$1 AND s.stat=$2 AND s.label_sealed IS NULL AND "
                     "s.value IS NOT NULL AND i.kind=0 AND i.started_at>=$3 AND i.started_at<$4"},
};
const size_t derived_sql_n = sizeof derived_sql / sizeof *derived_sql;

static str hash_bytes(const char *hex)
{
    return str_of(hex);
}

static struct ia_span *spans_of(const int32_t *flat, size_t n, struct arena *a, size_t *out_n)
{
    struct ia_span *s = ARENA_ARRAY(a, struct ia_span, n / 3 + 1);

    for (size_t i = 0; i + 2 < n; i += 3)
        s[i / 3] = (struct ia_span){(uint32_t)flat[i], (uint32_t)flat[i + 1], (uint32_t)flat[i + 2]};
    *out_n = n / 3;
    return s;
}

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

    if (db_run(t, &derived_sql[CHUNKS_LOAD],
               DB_ARGS(P_ID(v->workspace), P_IDS(ids, n), P_BYTES(hash_bytes(model_hash))), &r, e))
        return e->code;
    while (!rc && db_next(&r)) {
        struct record_chunk_row row = {.interaction = db_id(&r, 0), .ordinal = (uint32_t)db_i64(&r, 1)};
        size_t flat_n;
        int32_t *flat = db_i32s(&r, 2, a, &flat_n);
        row.chunk.spans = spans_of(flat, flat_n, a, &row.chunk.spans_n);
        if (!db_is_null(&r, 3))
            rc = vec_open(v, row.interaction, row.ordinal, db_bytes(&r, 3), dim, a, &row.vec, e);
        ARENA_PUSH(a, list, count, cap) = row;
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

    for (size_t from = 0; !rc && from < chunks_n; from += 200) {
        size_t n = chunks_n - from < 200 ? chunks_n - from : 200;
        int32_t *ordinal;
        str *sealed;
        arena_reset(a);
        ordinal = ARENA_ARRAY(a, int32_t, n);
        sealed = ARENA_ARRAY(a, str, n);
        for (size_t i = 0; !rc && i < n; i++) {
            struct seal_at where = {v->workspace, "chunk", "vector_sealed", ia, (uint32_t)(from + i)};
            ordinal[i] = (int32_t)(from + i);
            rc = seal(v->keys, key_class(KEY_INDEX), &where,
                      str_n((const char *)(vecs + (from + i) * (size_t)dim), (size_t)dim * sizeof *vecs), a, &sealed[i],
                      e);
        }
        if (!rc)
            rc = db_send(t, &derived_sql[VECTORS_SAVE],
                         DB_ARGS(P_ID(v->workspace), P_ID(ia), P_BYTES(hash_bytes(model_hash)), P_I32S(ordinal, n),
                                 P_BYTESS(sealed, n)),
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

/* The rows of one statement, column by column. */
struct stat_columns {
    int32_t *flat, *first, *last, *version;
    str *stat, *unit, *reason, *hash, *label;
    double *value;
    int64_t *n;
    size_t flat_n;
};

static struct stat_columns columns_new(const struct record_stat *rows, size_t n, struct arena *a)
{
    struct stat_columns c = {.first = ARENA_ARRAY(a, int32_t, n),
                             .last = ARENA_ARRAY(a, int32_t, n),
                             .version = ARENA_ARRAY(a, int32_t, n),
                             .stat = ARENA_ARRAY(a, str, n),
                             .unit = ARENA_ARRAY(a, str, n),
                             .reason = ARENA_ARRAY(a, str, n),
                             .hash = ARENA_ARRAY(a, str, n),
                             .label = ARENA_ARRAY(a, str, n),
                             .value = ARENA_ARRAY(a, double, n),
                             .n = ARENA_ARRAY(a, int64_t, n)};
    size_t spans = 0;

    for (size_t i = 0; i < n; i++)
        spans += rows[i].spans_n;
    c.flat = ARENA_ARRAY(a, int32_t, spans * 3 + 1);
    return c;
}

static void columns_put(struct stat_columns *c, size_t i, const struct record_stat *s)
{
    c->first[i] = (int32_t)c->flat_n + 1;
    for (size_t k = 0; k < s->spans_n; k++) {
        c->flat[c->flat_n++] = (int32_t)s->spans[k].turn;
        c->flat[c->flat_n++] = (int32_t)s->spans[k].start;
        c->flat[c->flat_n++] = (int32_t)s->spans[k].end;
    }
    c->last[i] = (int32_t)c->flat_n;
    c->stat[i] = s->id;
    c->version[i] = s->definition_version;
    c->unit[i] = s->unit.n ? s->unit : STR("");
    c->reason[i] = s->reason.n ? s->reason : STR_NULL;
    c->hash[i] = str_n((const char *)s->inputs_hash, SHA256_BYTES);
    c->value[i] = s->has_value ? s->value : NAN;
    c->n[i] = s->has_n ? s->n : INT64_MIN;
}

enum { STATS_PER_STATEMENT = 500 };

enum err_code record_stats_save(struct db_tx *t, const struct vaulted *v, struct id ia, const struct record_stat *rows,
                                size_t n, struct err *e)
{
    struct arena *a = arena_new_wiped("stats.save");
    enum err_code rc = db_send(t, &derived_sql[STATS_DROP], DB_ARGS(P_ID(v->workspace), P_ID(ia)), e);

    for (size_t from = 0; !rc && from < n; from += STATS_PER_STATEMENT) {
        size_t m = n - from < STATS_PER_STATEMENT ? n - from : STATS_PER_STATEMENT;
        struct stat_columns c = columns_new(rows + from, m, a);

        for (size_t i = 0; !rc && i < m; i++) {
            columns_put(&c, i, &rows[from + i]);
            rc = labels_seal(v, ia, (uint32_t)(from + i), &rows[from + i], a, &c.label[i], e);
        }
        if (!rc)
            rc = db_send(t, &derived_sql[STATS_ADD],
                         DB_ARGS(P_ID(v->workspace), P_ID(ia), P_I64(from), P_I32S(c.flat, c.flat_n),
                                 P_I32S(c.first, m), P_I32S(c.last, m), P_TEXTS(c.stat, m), P_F64S(c.value, m),
                                 P_TEXTS(c.unit, m), P_I64S(c.n, m), P_TEXTS(c.reason, m), P_I32S(c.version, m),
                                 P_BYTESS(c.hash, m), P_BYTESS(c.label, m)),
                         e);
        arena_reset(a);
    }
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

enum err_code record_stats_load(struct db_tx *t, const struct vaulted *v, struct id ia, struct arena *a,
                                struct record_stat **out, size_t *out_n, struct err *e)
{
    struct record_stat *list = NULL;
    size_t n = 0, cap = 0;
    struct db_rows r;
    enum err_code rc = ERR_OK;

    if (db_run(t, &derived_sql[STATS_LOAD], DB_ARGS(P_ID(v->workspace), P_ID(ia)), &r, e))
        return e->code;
    while (!rc && db_next(&r)) {
        struct record_stat s = {.id = str_dup(a, db_bytes(&r, 1)),
                                .has_value = !db_is_null(&r, 2),
                                .value = db_f64(&r, 2),
                                .unit = str_dup(a, db_bytes(&r, 3)),
                                .has_n = !db_is_null(&r, 4),
                                .n = db_i64(&r, 4),
                                .reason = str_dup(a, db_bytes(&r, 5)),
                                .definition_version = (int)db_i64(&r, 6)};
        size_t flat_n;
        int32_t *flat = db_i32s(&r, 8, a, &flat_n);
        str hash = db_bytes(&r, 7);
        memcpy(s.inputs_hash, hash.p, hash.n < SHA256_BYTES ? hash.n : SHA256_BYTES);
        s.spans = spans_of(flat, flat_n, a, &s.spans_n);
        if (!db_is_null(&r, 9))
            rc = labels_open(v, ia, (uint32_t)db_i64(&r, 0), db_bytes(&r, 9), a, &s, e);
        ARENA_PUSH(a, list, n, cap) = s;
    }
    db_rows_done(&r);
    if (rc)
        return rc;
    *out = list;
    *out_n = n;
    return ERR_OK;
}

enum err_code record_stat_values(struct db_tx *t, const struct vaulted *v, str stat, int64_t from_ms, int64_t to_ms,
                                 struct arena *a, double **out, size_t *out_n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;

    *out = NULL;
    *out_n = 0;
    if (db_run(t, &derived_sql[STAT_VALUES], DB_ARGS(P_ID(v->workspace), P_TEXT(stat), P_I64(from_ms), P_I64(to_ms)),
               &r, e))
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
