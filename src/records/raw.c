#include "records/raw.h"

#include "base/clock.h"

enum { PART_BYTES = 1 << 20 };

enum {
    RAW_FIND,
    RAW_ADD,
    RAW_GET,
    RAWS_GET,
    RAW_STATE,
    RAW_ENDS,
    RAW_DROP,
    PART_ADD,
    PARTS_GET,
    SOURCE_ADD,
    SOURCES_GET,
    SOURCE_OLDER,
    SOURCES_NEWER,
    SOURCE_TAKE,
    RAW_ORPHANS,
    RAW_INTERACTIONS,
    PROBLEMS_DROP,
    PROBLEM_ADD,
    RAW_RESULT,
};

#define RAW_COLUMNS "SELECT id, state, size_bytes, parts FROM raw WHERE workspace_id=$1 AND "
#define PROBLEMS " FROM ingest_problem p WHERE p.workspace_id=$1 AND p.raw_id=$2 ORDER BY p.id"
#define NEWER                                                                                                          \
    " FROM raw_source n JOIN raw_source o ON o.workspace_id=n.workspace_id AND o.source_index=n.source_index AND "     \
    "o.raw_id<>n.raw_id AND o.id<n.id WHERE n.workspace_id=$1 AND "

const struct db_stmt raw_sql[] = {
    /* $1 workspace, $2 content index -> id, state, size, parts */
    [RAW_FIND] = {"raw_find", RAW_COLUMNS "content_index=$2 FOR NO KEY UPDATE"},
    /* -> id when it was added, no row when somebody else was first */
    [RAW_ADD] = {"raw_add", "INSERT INTO raw (workspace_id, id, content_index, size_bytes, parts, state, created_at) "
                            "VALUES ($1, $2, $3, $4, $5, 0, $6) ON CONFLICT (workspace_id, content_index) DO NOTHING "
                            "RETURNING id"},
    [RAW_GET] = {"raw_get", RAW_COLUMNS "id=$2"},
    [RAWS_GET] = {"raws_get", RAW_COLUMNS "id = ANY($2)"},
    [RAW_STATE] = {"raw_state", "UPDATE raw SET state=$3 WHERE workspace_id=$1 AND id=$2"},
    /* $2 raws, $3 their states */
    [RAW_ENDS] = {"raw_ends", "WITH gone AS (DELETE FROM ingest_problem WHERE workspace_id=$1 AND raw_id = ANY($2)) "
                              "UPDATE raw r SET state=u.state FROM unnest($2::uuid[], $3::int[]) AS u(id, state) "
                              "WHERE r.workspace_id=$1 AND r.id=u.id"},
    [RAW_DROP] = {"raw_drop", "DELETE FROM raw WHERE workspace_id=$1 AND id=$2"},
    [PART_ADD] = {"raw_part_add",
                  "INSERT INTO raw_part (workspace_id, raw_id, ordinal, sealed) VALUES ($1, $2, $3, $4)"},
    [PARTS_GET] = {"raw_parts_get", "SELECT raw_id, ordinal, sealed FROM raw_part WHERE workspace_id=$1 AND "
                                    "raw_id = ANY($2) ORDER BY raw_id, ordinal"},
    [SOURCE_ADD] = {"raw_source_add",
                    "INSERT INTO raw_source (workspace_id, id, raw_id, source_index, sealed, created_at) "
                    "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace_id, source_index, raw_id) DO NOTHING"},
    /* $2 raws -> id, raw, sealed */
    [SOURCES_GET] = {"raw_sources_get", "SELECT id, raw_id, sealed FROM raw_source WHERE workspace_id=$1 "
                                        "AND raw_id = ANY($2) ORDER BY raw_id, id"},
    /* $2 raw -> older raws that share one of its paths */
    [SOURCE_OLDER] = {"raw_source_older", "SELECT DISTINCT o.raw_id" NEWER "n.raw_id=$2"},
    /* $2 raws -> those that have older ones */
    [SOURCES_NEWER] = {"raw_sources_newer", "SELECT DISTINCT n.raw_id" NEWER "n.raw_id = ANY($2)"},
    [SOURCE_TAKE] = {"raw_source_take",
                     "DELETE FROM raw_source o USING raw_source n WHERE n.workspace_id=$1 AND n.raw_id=$2 "
                     "AND o.workspace_id=n.workspace_id AND o.source_index=n.source_index AND o.raw_id<>n.raw_id "
                     "AND o.id<n.id"},
    /* $2 raws -> those without a path */
    [RAW_ORPHANS] = {"raw_orphans",
                     "SELECT id FROM raw r WHERE workspace_id=$1 AND id = ANY($2) AND NOT EXISTS "
                     "(SELECT 1 FROM raw_source s WHERE s.workspace_id=r.workspace_id AND s.raw_id=r.id)"},
    [RAW_INTERACTIONS] = {"raw_interactions", "SELECT id FROM interaction WHERE workspace_id=$1 AND raw_id=$2"},
    [PROBLEMS_DROP] = {"raw_problems_drop", "DELETE FROM ingest_problem WHERE workspace_id=$1 AND raw_id=$2"},
    [PROBLEM_ADD] = {"raw_problem_add",
                     "INSERT INTO ingest_problem (workspace_id, id, raw_id, code, sealed, created_at) "
                     "VALUES ($1, $2, $3, $4, $5, $6)"},
    /* one statement whatever the state: asked for by everybody who waits */
    [RAW_RESULT] = {"raw_result",
                    "SELECT state, CASE WHEN state<>0 THEN array(SELECT i.id FROM interaction i WHERE "
                    "i.workspace_id=$1 AND i.raw_id=$2 ORDER BY i.raw_ordinal) END, CASE WHEN state<>0 THEN array("
                    "SELECT p.id" PROBLEMS ") END, CASE WHEN state<>0 THEN array(SELECT p.sealed" PROBLEMS ") END "
                    "FROM raw WHERE workspace_id=$1 AND id=$2"},
};
const size_t raw_sql_n = sizeof raw_sql / sizeof *raw_sql;

static enum err_code content_index(const struct vaulted *v, str bytes, uint8_t out[BLIND_BYTES], struct err *e)
{
    uint8_t sum[SHA256_BYTES];

    sha256(bytes, sum);
    return blind_index(v->keys, v->workspace, "raw.content", str_n((const char *)sum, sizeof sum), out, e);
}

static void row_read(const struct db_rows *r, struct raw_row *out)
{
    *out = (struct raw_row){.id = db_id(r, 0),
                            .state = (enum raw_state)db_i64(r, 1),
                            .size_bytes = db_i64(r, 2),
                            .parts = (int)db_i64(r, 3)};
}

/* Runs a statement that gives at most one raw row. ERR_OK with *found false when there is none. */
static enum err_code row_run(struct db_tx *t, const struct db_stmt *s, const struct db_val *v, size_t n,
                             struct raw_row *out, bool *found, struct err *e)
{
    struct db_rows r;

    if (db_run(t, s, v, n, &r, e))
        return e->code;
    *found = db_next(&r);
    if (*found)
        row_read(&r, out);
    db_rows_done(&r);
    return ERR_OK;
}

static enum err_code parts_add(struct db_tx *t, const struct vaulted *v, struct id raw, str bytes, struct err *e)
{
    struct arena *a = arena_new("raw.part");
    enum err_code rc = ERR_OK;
    int ordinal = 0;

    for (size_t at = 0; !rc && (at < bytes.n || !ordinal); at += PART_BYTES, ordinal++) {
        struct seal_at where = {v->workspace, "raw_part", "sealed", raw, (uint32_t)ordinal};
        str sealed;
        arena_reset(a);
        rc = seal(v->keys, key_class(KEY_CONTENT), &where, str_sub(bytes, at, at + PART_BYTES), a, &sealed, e);
        if (!rc)
            rc = db_send(t, &raw_sql[PART_ADD], DB_ARGS(P_ID(v->workspace), P_ID(raw), P_I64(ordinal), P_BYTES(sealed)),
                         e);
    }
    arena_free(a);
    return rc;
}

static enum err_code source_add(struct db_tx *t, const struct vaulted *v, struct id raw, str given, str path,
                                str context, struct err *e)
{
    struct arena *a = arena_new_wiped("raw.source");
    struct id id = id_new();
    struct seal_at where = {v->workspace, "raw_source", "sealed", id, 0};
    uint8_t index[BLIND_BYTES];
    enum err_code rc;
    struct buf b;
    struct jw w;
    str sealed;

    buf_init_wiped(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "given", given);
    jw_kstr(&w, "path", path.n ? path : given);
    jw_kstr(&w, "context", context);
    jw_end(&w);
    rc = buf_ok(&b) ? ERR_OK : err_set(e, ERR_LIMIT, "path is too long");
    if (!rc)
        rc = blind_index(v->keys, v->workspace, "raw.source", path.n ? path : given, index, e);
    if (!rc)
        rc = seal(v->keys, key_class(KEY_METADATA), &where, buf_view(&b), a, &sealed, e);
    if (!rc)
        rc = db_send(t, &raw_sql[SOURCE_ADD],
                     DB_ARGS(P_ID(v->workspace), P_ID(id), P_ID(raw), P_BYTES_N(index, sizeof index), P_BYTES(sealed),
                             P_I64(clock_now_ms())),
                     e);
    buf_done(&b);
    arena_free(a);
    return rc;
}

enum err_code raw_put(struct db_tx *t, const struct vaulted *v, str bytes, str given, str path, str context,
                      struct raw_row *out, bool *out_new, struct err *e)
{
    uint8_t index[BLIND_BYTES];
    struct raw_row row = {.id = id_new(), .size_bytes = (int64_t)bytes.n};
    struct db_rows r;
    bool found = false, added;

    row.parts = bytes.n ? (int)((bytes.n + PART_BYTES - 1) / PART_BYTES) : 1;
    if (content_index(v, bytes, index, e))
        return e->code;
    if (db_run(t, &raw_sql[RAW_ADD],
               DB_ARGS(P_ID(v->workspace), P_ID(row.id), P_BYTES_N(index, sizeof index), P_I64(row.size_bytes),
                       P_I64(row.parts), P_I64(clock_now_ms())),
               &r, e))
        return e->code;
    added = db_next(&r);
    db_rows_done(&r);
    if (added) {
        if (parts_add(t, v, row.id, bytes, e))
            return e->code;
    } else {
        if (row_run(t, &raw_sql[RAW_FIND], DB_ARGS(P_ID(v->workspace), P_BYTES_N(index, sizeof index)), &row, &found,
                    e))
            return e->code;
        if (!found)
            return err_set(e, ERR_BUSY, "the same bytes are being deleted just now");
    }
    if (given.n && source_add(t, v, row.id, given, path, context, e))
        return e->code;
    *out = row;
    *out_new = added;
    return ERR_OK;
}

enum err_code raw_get(struct db_tx *t, const struct vaulted *v, struct id raw, struct raw_row *out, struct err *e)
{
    bool found = false;

    if (row_run(t, &raw_sql[RAW_GET], DB_ARGS(P_ID(v->workspace), P_ID(raw)), out, &found, e))
        return e->code;
    return found ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such upload");
}

/* What has come of the bytes of an upload. */
struct gathered {
    char *p;
    size_t n;
};

static enum err_code part_take(const struct vaulted *v, const struct raw_row *row, uint32_t ordinal, str sealed,
                               struct gathered *g, struct err *e)
{
    struct seal_at where = {v->workspace, "raw_part", "sealed", row->id, ordinal};
    size_t n = 0;

    if (sealed.n < SEAL_OVERHEAD || g->n + sealed.n - SEAL_OVERHEAD > (size_t)row->size_bytes)
        return err_set(e, ERR_CORRUPT, "stored bytes have another length");
    if (seal_open_to(v->keys, &where, sealed, g->p + g->n, &n, e))
        return e->code;
    g->n += n;
    return ERR_OK;
}

static enum err_code gathered_end(const struct raw_row *row, const struct gathered *g, str *out, struct err *e)
{
    if (g->n != (size_t)row->size_bytes)
        return err_set(e, ERR_CORRUPT, "stored bytes are incomplete");
    *out = str_n(g->p, g->n);
    return ERR_OK;
}

enum err_code raw_state_set(struct db_tx *t, const struct vaulted *v, struct id raw, enum raw_state s, struct err *e)
{
    return db_send(t, &raw_sql[RAW_STATE], DB_ARGS(P_ID(v->workspace), P_ID(raw), P_I64(s)), e);
}

static enum err_code source_open(const struct vaulted *v, struct id id, str sealed, struct arena *a,
                                 struct raw_source *out, struct err *e)
{
    struct seal_at where = {v->workspace, "raw_source", "sealed", id, 0};
    struct json_doc *d = NULL;
    str plain;

    if (seal_open(v->keys, &where, sealed, a, &plain, e) || json_parse(plain, &d, e))
        return e->code;
    out->given = str_dup(a, json_str(json_get(json_root(d), "given"), STR("")));
    out->path = str_dup(a, json_str(json_get(json_root(d), "path"), STR("")));
    out->context = str_dup(a, json_str(json_get(json_root(d), "context"), STR("")));
    json_free(d);
    return ERR_OK;
}

enum err_code raw_sources(struct db_tx *t, const struct vaulted *v, const struct id *raws, size_t n, struct arena *a,
                          struct raw_source **out, size_t *out_n, struct err *e)
{
    struct raw_source *list = NULL;
    size_t count = 0, cap = 0;
    struct db_rows r;
    enum err_code rc = ERR_OK;

    if (db_run(t, &raw_sql[SOURCES_GET], DB_ARGS(P_ID(v->workspace), P_IDS(raws, n)), &r, e))
        return e->code;
    while (!rc && db_next(&r)) {
        struct raw_source s = {.raw = db_id(&r, 1)};
        rc = source_open(v, db_id(&r, 0), db_bytes(&r, 2), a, &s, e);
        if (!rc)
            ARENA_PUSH(a, list, count, cap) = s;
    }
    db_rows_done(&r);
    if (rc)
        return rc;
    *out = list;
    *out_n = count;
    return ERR_OK;
}

static struct raw_input *input_of(struct raw_input *in, const struct id *ids, size_t n, struct id raw)
{
    for (size_t i = 0; i < n; i++)
        if (id_eq(ids[i], raw))
            return &in[i];
    return NULL;
}

static enum err_code inputs_bytes(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n,
                                  struct arena *a, struct raw_input *out, struct err *e)
{
    struct gathered *g = ARENA_ARRAY(a, struct gathered, n + 1);
    struct db_rows r;
    enum err_code rc = ERR_OK;

    for (size_t i = 0; i < n; i++)
        g[i].p = out[i].there ? arena_alloc(a, (size_t)out[i].row.size_bytes + 1) : NULL;
    if (db_run(t, &raw_sql[PARTS_GET], DB_ARGS(P_ID(v->workspace), P_IDS(ids, n)), &r, e))
        return e->code;
    while (!rc && db_next(&r)) {
        struct raw_input *in = input_of(out, ids, n, db_id(&r, 0));
        if (in && in->there)
            rc = part_take(v, &in->row, (uint32_t)db_i64(&r, 1), db_bytes(&r, 2), &g[in - out], e);
    }
    db_rows_done(&r);
    for (size_t i = 0; !rc && i < n; i++)
        if (out[i].there)
            rc = gathered_end(&out[i].row, &g[i], &out[i].bytes, e);
    return rc;
}

enum err_code raw_inputs(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, struct arena *a,
                         struct raw_input *out, struct err *e)
{
    struct id *pending = ARENA_ARRAY(a, struct id, n + 1);
    struct raw_input *in = ARENA_ARRAY(a, struct raw_input, n + 1);
    struct raw_source *sources;
    size_t pending_n = 0, sources_n;
    struct db_rows r;

    memset(out, 0, n * sizeof *out);
    if (db_run(t, &raw_sql[RAWS_GET], DB_ARGS(P_ID(v->workspace), P_IDS(ids, n)), &r, e))
        return e->code;
    while (db_next(&r)) {
        struct raw_input *one = input_of(out, ids, n, db_id(&r, 0));
        if (!one || one->there)
            continue;
        row_read(&r, &one->row);
        one->there = true;
        if (one->row.state == RAW_PENDING) {
            in[pending_n] = *one;
            pending[pending_n++] = one->row.id;
        }
    }
    db_rows_done(&r);
    if (!pending_n)
        return ERR_OK;
    if (inputs_bytes(t, v, pending, pending_n, a, in, e) ||
        raw_sources(t, v, pending, pending_n, a, &sources, &sources_n, e))
        return e->code;
    for (size_t i = 0; i < pending_n; i++)
        *input_of(out, ids, n, pending[i]) = in[i];
    for (size_t i = 0; i < sources_n; i++) {
        struct raw_input *one = input_of(out, ids, n, sources[i].raw);
        if (!one->sources_n++)
            one->sources = &sources[i];
    }
    return ERR_OK;
}

static bool id_among(const struct id *ids, size_t n, struct id id)
{
    while (n-- > 0)
        if (id_eq(ids[n], id))
            return true;
    return false;
}

/* One older raw: deleted when it is an orphan, else only noted. */
static enum err_code older_change(struct db_tx *t, const struct vaulted *v, struct id raw, bool orphan, struct arena *a,
                                  struct raw_change *out, size_t *gone_cap, size_t *moved_cap, struct err *e)
{
    struct raw_moved m = {0};
    struct id *ias;
    size_t n;

    if (db_run_ids(t, &raw_sql[RAW_INTERACTIONS], DB_ARGS(P_ID(v->workspace), P_ID(raw)), a, &ias, &n, e))
        return e->code;
    if (!orphan && raw_sources(t, v, &raw, 1, a, &m.sources, &m.sources_n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        m.interaction = ias[i];
        if (orphan)
            ARENA_PUSH(a, out->gone, out->gone_n, *gone_cap) = ias[i];
        else
            ARENA_PUSH(a, out->moved, out->moved_n, *moved_cap) = m;
    }
    return orphan ? raw_drop(t, v, raw, e) : ERR_OK;
}

enum err_code raw_supersede(struct db_tx *t, const struct vaulted *v, struct id raw, struct arena *a,
                            struct raw_change *out, struct err *e)
{
    struct id *older, *orphans;
    size_t older_n, orphans_n, gone_cap = 0, moved_cap = 0;
    struct raw_change c = {0};

    *out = c;
    if (db_run_ids(t, &raw_sql[SOURCE_OLDER], DB_ARGS(P_ID(v->workspace), P_ID(raw)), a, &older, &older_n, e))
        return e->code;
    if (!older_n)
        return ERR_OK;
    if (db_run(t, &raw_sql[SOURCE_TAKE], DB_ARGS(P_ID(v->workspace), P_ID(raw)), NULL, e) ||
        db_run_ids(t, &raw_sql[RAW_ORPHANS], DB_ARGS(P_ID(v->workspace), P_IDS(older, older_n)), a, &orphans,
                   &orphans_n, e))
        return e->code;
    for (size_t i = 0; i < older_n; i++)
        if (older_change(t, v, older[i], id_among(orphans, orphans_n, older[i]), a, &c, &gone_cap, &moved_cap, e))
            return e->code;
    *out = c;
    return ERR_OK;
}

enum err_code raw_superseding(struct db_tx *t, const struct vaulted *v, const struct id *raws, size_t n,
                              struct arena *a, struct id **out, size_t *out_n, struct err *e)
{
    return db_run_ids(t, &raw_sql[SOURCES_NEWER], DB_ARGS(P_ID(v->workspace), P_IDS(raws, n)), a, out, out_n, e);
}

enum err_code raw_drop(struct db_tx *t, const struct vaulted *v, struct id raw, struct err *e)
{
    if (db_send(t, &raw_sql[PROBLEMS_DROP], DB_ARGS(P_ID(v->workspace), P_ID(raw)), e))
        return e->code;
    return db_send(t, &raw_sql[RAW_DROP], DB_ARGS(P_ID(v->workspace), P_ID(raw)), e);
}

static enum err_code problem_add(struct db_tx *t, const struct vaulted *v, struct id raw, const struct raw_problem *p,
                                 struct arena *a, struct err *e)
{
    struct id id = id_new();
    struct seal_at where = {v->workspace, "ingest_problem", "sealed", id, 0};
    enum err_code rc;
    struct buf b;
    struct jw w;
    str sealed;

    buf_init_wiped(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "path", p->path);
    jw_kstr(&w, "place", p->place);
    jw_kstr(&w, "reason", p->reason);
    jw_end(&w);
    rc = seal(v->keys, key_class(KEY_METADATA), &where, buf_view(&b), a, &sealed, e);
    buf_done(&b);
    if (rc)
        return rc;
    return db_send(t, &raw_sql[PROBLEM_ADD],
                   DB_ARGS(P_ID(v->workspace), P_ID(id), P_ID(raw), P_I64(0), P_BYTES(sealed), P_I64(clock_now_ms())),
                   e);
}

enum err_code raw_end_all(struct db_tx *t, const struct vaulted *v, const struct raw_end *ends, size_t n, struct err *e)
{
    struct arena *a = arena_new_wiped("raw.ends");
    struct id *ids = ARENA_ARRAY(a, struct id, n + 1);
    int32_t *states = ARENA_ARRAY(a, int32_t, n + 1);
    enum err_code rc;

    for (size_t i = 0; i < n; i++) {
        ids[i] = ends[i].raw;
        states[i] = (int32_t)ends[i].state;
    }
    rc = db_send(t, &raw_sql[RAW_ENDS], DB_ARGS(P_ID(v->workspace), P_IDS(ids, n), P_I32S(states, n)), e);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; !rc && k < ends[i].problems_n; k++)
            rc = problem_add(t, v, ends[i].raw, &ends[i].problems[k], a, e);
    arena_free(a);
    return rc;
}

static enum err_code problem_open(const struct vaulted *v, struct id id, str sealed, struct arena *a,
                                  struct raw_problem *out, struct err *e)
{
    struct seal_at where = {v->workspace, "ingest_problem", "sealed", id, 0};
    struct json_doc *d = NULL;
    str plain;

    if (seal_open(v->keys, &where, sealed, a, &plain, e) || json_parse(plain, &d, e))
        return e->code;
    out->path = str_dup(a, json_str(json_get(json_root(d), "path"), STR("")));
    out->place = str_dup(a, json_str(json_get(json_root(d), "place"), STR("")));
    out->reason = str_dup(a, json_str(json_get(json_root(d), "reason"), STR("")));
    json_free(d);
    return ERR_OK;
}

enum err_code raw_result(struct db_tx *t, const struct vaulted *v, struct id raw, struct arena *a,
                         struct raw_result *out, struct err *e)
{
    size_t ids_n = 0, sealed_n = 0;
    struct id *ids = NULL;
    enum err_code rc = ERR_OK;
    str *sealed = NULL;
    struct db_rows r;
    bool there;

    *out = (struct raw_result){0};
    if (db_run(t, &raw_sql[RAW_RESULT], DB_ARGS(P_ID(v->workspace), P_ID(raw)), &r, e))
        return e->code;
    there = db_next(&r);
    if (there) {
        out->state = (enum raw_state)db_i64(&r, 0);
        out->interactions = db_ids(&r, 1, a, &out->interactions_n);
        ids = db_ids(&r, 2, a, &ids_n);
        sealed = db_bytess(&r, 3, a, &sealed_n);
        out->problems = ARENA_ARRAY(a, struct raw_problem, ids_n + 1);
    }
    for (; !rc && out->problems_n < ids_n && out->problems_n < sealed_n; out->problems_n++)
        rc = problem_open(v, ids[out->problems_n], sealed[out->problems_n], a, &out->problems[out->problems_n], e);
    db_rows_done(&r);
    return there ? rc : err_set(e, ERR_NOT_FOUND, "no such upload");
}
