#include "records/trackers.h"

#include "base/clock.h"
#include "text/uni.h"

enum {
    TRACKERS_UP,
    TRACKERS_DOWN,
    TRACKERS_OF,
    TRACKERS_ENABLED,
    TRACKER_ADD,
    TRACKER_SET,
    TRACKER_TOUCH,
    TRACKER_DROP,
    TRACKER_HEAD,
    TRACKER_LOCK,
    TRACKER_NAMED,
    HITS_DROP,
    CLICKS_DROP,
    GENERATION_GROW,
    GENERATION,
    CLICKS,
    HITS,
    STALE,
    SENTENCES_LOAD,
    SENTENCES_SAVE,
    SENTENCES_SOME
};

#define COLUMNS(head)                                                                                                  \
    "SELECT k.id, k.kind, k.side, k.enabled, k.version, k.created_at, k.updated_at, k.sealed, " head                   \
    ", (SELECT count(*) FROM finding_feedback f WHERE f.workspace_id=$1 AND f.tracker_id=k.id AND f.verdict), "        \
    "(SELECT count(*) FROM finding_feedback f WHERE f.workspace_id=$1 AND f.tracker_id=k.id AND NOT f.verdict) "       \
    "FROM tracker k WHERE k.workspace_id=$1"
/* $2 kinds, $3 created from, $4 to, $5 place, $6 its id, $7 limit */
#define PAGE_(op, dir)                                                                                                 \
    COLUMNS("NULL::bytea")                                                                                             \
    " AND ($2::bigint[] IS NULL OR k.kind=ANY($2)) AND ($3::bigint IS NULL OR k.created_at>=$3) AND "                  \
    "($4::bigint IS NULL OR k.created_at<$4) AND ($5::bigint IS NULL OR (k.created_at, k.id) " op " ($5, $6::uuid)) "  \
    "ORDER BY k.created_at " dir ", k.id " dir " LIMIT $7"
#define PAGE(way) PAGE_(way)

const struct db_stmt trackers_sql[] = {
    [TRACKERS_UP] = {"trackers_up", PAGE(PAGE_UP)},
    [TRACKERS_DOWN] = {"trackers_down", PAGE(PAGE_DOWN)},
    /* $2 ids, $3 with heads */
    [TRACKERS_OF] = {"trackers_of", COLUMNS("CASE WHEN $3 THEN k.head_sealed END") " AND k.id=ANY($2)"},
    [TRACKERS_ENABLED] = {"trackers_enabled", COLUMNS("k.head_sealed") " AND k.enabled ORDER BY k.id"},
    /* $2 id, $3 kind, $4 side, $5 enabled, $6 sealed, $7 name, $8 now */
    [TRACKER_ADD] = {"tracker_add",
                     "INSERT INTO tracker (workspace_id, id, kind, side, enabled, sealed, name_index, created_at, "
                     "updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)"},
    /* $2 id, $3 side, $4 enabled, $5 sealed, $6 name, $7 now */
    [TRACKER_SET] = {"tracker_set", "UPDATE tracker SET side=$3, enabled=$4, sealed=$5, name_index=$6, updated_at=$7, "
                                    "version=version+1 WHERE workspace_id=$1 AND id=$2"},
    [TRACKER_TOUCH] = {"tracker_touch",
                       "UPDATE tracker SET version=version+1, updated_at=$3 WHERE workspace_id=$1 AND id=$2"},
    [TRACKER_DROP] = {"tracker_drop", "DELETE FROM tracker WHERE workspace_id=$1 AND id=$2"},
    /* $2 id, $3 version, $4 head */
    [TRACKER_HEAD] = {"tracker_head",
                      "UPDATE tracker SET head_sealed=$4 WHERE workspace_id=$1 AND id=$2 AND version=$3"},
    /* names are given one after the other */
    [TRACKER_LOCK] = {"tracker_lock",
                      "SELECT pg_advisory_xact_lock(hashtextextended('tracker ' || $1::uuid::text, 0))"},
    [TRACKER_NAMED] = {"tracker_named", "SELECT id FROM tracker WHERE workspace_id=$1 AND name_index=$2"},
    /* $2 class */
    [HITS_DROP] = {"tracker_hits_drop", "DELETE FROM finding WHERE workspace_id=$1 AND kind='tracker' AND class=$2"},
    [CLICKS_DROP] = {"tracker_clicks_drop", "DELETE FROM finding_feedback WHERE workspace_id=$1 AND tracker_id=$2"},
    [GENERATION_GROW] = {"tracker_generation_grow",
                         "INSERT INTO tracker_state (workspace_id, generation) VALUES ($1, 1) ON CONFLICT "
                         "(workspace_id) DO UPDATE SET generation=tracker_state.generation+1"},
    [GENERATION] = {"tracker_generation", "SELECT generation FROM tracker_state WHERE workspace_id=$1"},
    /* $2 tracker, $3 limit */
    [CLICKS] = {"tracker_clicks", "SELECT interaction_id, turn, start_b, end_b, verdict FROM finding_feedback WHERE "
                                  "workspace_id=$1 AND tracker_id=$2 ORDER BY created_at DESC, id DESC LIMIT $3"},
    /* $2 class, $3 after, $4 limit */
    [HITS] = {"tracker_hits",
              "SELECT i.id FROM interaction i WHERE i.workspace_id=$1 AND ($3::uuid IS NULL OR i.id<$3) AND EXISTS "
              "(SELECT 1 FROM finding f WHERE f.workspace_id=$1 AND f.interaction_id=i.id AND f.kind='tracker' AND "
              "f.class=$2) ORDER BY i.id DESC LIMIT $4"},
    /* $2 makers, $3 their versions, $4 limit */
    [STALE] = {"tracker_stale",
               "SELECT i.id FROM interaction i WHERE i.workspace_id=$1 AND EXISTS (SELECT 1 FROM unnest($2::text[], "
               "$3::int[]) AS m(maker, version) WHERE NOT EXISTS (SELECT 1 FROM analysis y WHERE y.workspace_id=$1 AND "
               "y.interaction_id=i.id AND y.maker=m.maker AND y.version=m.version)) ORDER BY i.id DESC LIMIT $4"},
    [SENTENCES_LOAD] = {"sentences_load", "SELECT sealed FROM sentence_vectors WHERE workspace_id=$1 AND "
                                          "interaction_id=$2 AND model_hash=$3"},
    [SENTENCES_SAVE] = {"sentences_save",
                        "INSERT INTO sentence_vectors (workspace_id, interaction_id, model_hash, sealed) VALUES ($1, "
                        "$2, $3, $4) ON CONFLICT (workspace_id, interaction_id) DO UPDATE SET "
                        "model_hash=excluded.model_hash, sealed=excluded.sealed"},
    /* $2 model, $3 limit: neighbours, from a random place on */
    [SENTENCES_SOME] = {"sentences_some",
                        "SELECT interaction_id FROM sentence_vectors WHERE workspace_id=$1 AND model_hash=$2 ORDER BY "
                        "interaction_id OFFSET (SELECT floor(random() * greatest(count(*) - $3 + 1, 1))::bigint FROM "
                        "sentence_vectors WHERE workspace_id=$1 AND model_hash=$2) LIMIT $3"},
};
const size_t trackers_sql_n = sizeof trackers_sql / sizeof *trackers_sql;

enum { TRACKER_SEALED_MAX = 4 << 20 };

static struct seal_at place(const struct vaulted *v, struct id id, const char *column)
{
    return (struct seal_at){v->workspace, "tracker", column, id, 0};
}

static str *texts_read(const struct json *list, struct arena *a, size_t *out_n)
{
    str *out = ARENA_ARRAY(a, str, json_len(list) + 1);
    struct json_it it;

    *out_n = 0;
    for (json_it_init(&it, list); json_it_next(&it);)
        out[(*out_n)++] = str_dup(a, json_str(it.val, STR("")));
    return out;
}

static void texts_write(struct jw *w, const char *key, const str *list, size_t n)
{
    jw_karr(w, key);
    for (size_t i = 0; i < n; i++)
        jw_str(w, list[i]);
    jw_end(w);
}

static enum err_code words_open(const struct vaulted *v, str sealed, struct arena *a, struct record_tracker *k,
                                struct err *e)
{
    struct seal_at at = place(v, k->id, "sealed");
    struct json_doc *d = NULL;
    str plain;

    if (seal_open(v->keys, &at, sealed, a, &plain, e) || json_parse(plain, &d, e))
        return e->code;
    k->name = str_dup(a, json_str(json_get(json_root(d), "name"), STR("")));
    k->phrases = texts_read(json_get(json_root(d), "phrases"), a, &k->phrases_n);
    k->examples = texts_read(json_get(json_root(d), "examples"), a, &k->examples_n);
    k->counterexamples = texts_read(json_get(json_root(d), "counterexamples"), a, &k->counterexamples_n);
    json_free(d);
    return ERR_OK;
}

static enum err_code words_seal(const struct vaulted *v, const struct record_tracker *k, struct arena *a, str *out,
                                struct err *e)
{
    struct seal_at at = place(v, k->id, "sealed");
    enum err_code rc;
    struct buf b;
    struct jw w;

    buf_init_wiped(&b, TRACKER_SEALED_MAX);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "name", k->name);
    texts_write(&w, "phrases", k->phrases, k->phrases_n);
    texts_write(&w, "examples", k->examples, k->examples_n);
    texts_write(&w, "counterexamples", k->counterexamples, k->counterexamples_n);
    jw_end(&w);
    rc = buf_ok(&b) ? seal(v->keys, key_class(KEY_METADATA), &at, buf_view(&b), a, out, e)
                    : err_set(e, ERR_LIMIT, "a tracker is larger than %d bytes", TRACKER_SEALED_MAX);
    buf_done(&b);
    return rc;
}

static enum err_code rows_read(struct db_rows *r, const struct vaulted *v, struct arena *a, struct record_tracker **out,
                               size_t *out_n, struct err *e)
{
    enum err_code rc = ERR_OK;
    size_t n = 0;

    *out = ARENA_ARRAY(a, struct record_tracker, (size_t)r->rows_n + 1);
    while (!rc && db_next(r)) {
        struct record_tracker *k = &(*out)[n++];
        struct seal_at at = place(v, db_id(r, 0), "head_sealed");
        *k = (struct record_tracker){.id = db_id(r, 0),
                                     .kind = (enum tracker_kind)db_i64(r, 1),
                                     .side = (enum ia_side)db_i64(r, 2),
                                     .enabled = db_bool(r, 3),
                                     .version = (int)db_i64(r, 4),
                                     .created_at_ms = db_i64(r, 5),
                                     .updated_at_ms = db_i64(r, 6),
                                     .right = db_i64(r, 9),
                                     .wrong = db_i64(r, 10)};
        rc = words_open(v, db_bytes(r, 7), a, k, e);
        if (!rc && !db_is_null(r, 8))
            rc = seal_open(v->keys, &at, db_bytes(r, 8), a, &k->head, e);
    }
    db_rows_done(r);
    *out_n = n;
    return rc;
}

enum err_code record_trackers_page(struct db_tx *t, const struct vaulted *v, struct db_val kinds,
                                   const struct page_want *w, struct arena *a, struct record_tracker **out,
                                   size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &trackers_sql[w->desc ? TRACKERS_DOWN : TRACKERS_UP],
               DB_ARGS(P_ID(v->workspace), kinds, P_PAGE_SPAN(w), P_PAGE(w)), &r, e))
        return e->code;
    return rows_read(&r, v, a, out, out_n, e);
}

enum err_code record_trackers_load(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, bool heads,
                                   struct arena *a, struct record_tracker **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &trackers_sql[TRACKERS_OF], DB_ARGS(P_ID(v->workspace), P_IDS(ids, n), P_BOOL(heads)), &r, e))
        return e->code;
    return rows_read(&r, v, a, out, out_n, e);
}

enum err_code record_trackers_enabled(struct db_tx *t, const struct vaulted *v, struct arena *a,
                                      struct record_tracker **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &trackers_sql[TRACKERS_ENABLED], DB_ARGS(P_ID(v->workspace)), &r, e))
        return e->code;
    return rows_read(&r, v, a, out, out_n, e);
}

/* *out: the name's hash. ERR_EXISTS when another tracker has the name. */
static enum err_code name_take(struct db_tx *t, const struct vaulted *v, const struct record_tracker *k,
                               struct arena *a, uint8_t out[BLIND_BYTES], struct err *e)
{
    struct db_rows r;
    bool taken;

    if (blind_index(v->keys, v->workspace, "tracker.name", uni_lower(a, str_trim(k->name)), out, e) ||
        db_run(t, &trackers_sql[TRACKER_LOCK], DB_ARGS(P_ID(v->workspace)), NULL, e) ||
        db_run(t, &trackers_sql[TRACKER_NAMED], DB_ARGS(P_ID(v->workspace), P_BYTES_N(out, BLIND_BYTES)), &r, e))
        return e->code;
    taken = db_next(&r) && !id_eq(db_id(&r, 0), k->id);
    db_rows_done(&r);
    return taken ? err_set(e, ERR_EXISTS, "there is another of this name") : ERR_OK;
}

static enum err_code generation_grow(struct db_tx *t, const struct vaulted *v, struct err *e)
{
    return db_send(t, &trackers_sql[GENERATION_GROW], DB_ARGS(P_ID(v->workspace)), e);
}

/* Runs a statement that touches one tracker. */
static enum err_code one_run(struct db_tx *t, int which, const struct db_val *v, size_t n, struct err *e)
{
    struct db_rows r;
    int64_t rows;

    if (db_run(t, &trackers_sql[which], v, n, &r, e))
        return e->code;
    rows = r.affected;
    db_rows_done(&r);
    return rows ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such tracker");
}

enum err_code record_tracker_add(struct db_tx *t, const struct vaulted *v, struct record_tracker *k, struct err *e)
{
    struct arena *a = arena_new_wiped("tracker.add");
    uint8_t name[BLIND_BYTES];
    enum err_code rc;
    str sealed;

    k->id = ID_NIL;
    rc = name_take(t, v, k, a, name, e);
    k->id = id_new();
    k->version = 1;
    k->created_at_ms = k->updated_at_ms = clock_now_ms();
    if (!rc)
        rc = words_seal(v, k, a, &sealed, e);
    if (!rc)
        rc = db_send(t, &trackers_sql[TRACKER_ADD],
                     DB_ARGS(P_ID(v->workspace), P_ID(k->id), P_I64(k->kind), P_I64(k->side), P_BOOL(k->enabled),
                             P_BYTES(sealed), P_BYTES_N(name, BLIND_BYTES), P_I64(k->created_at_ms)),
                     e);
    if (!rc)
        rc = generation_grow(t, v, e);
    arena_free(a);
    return rc;
}

static enum err_code hits_drop(struct db_tx *t, const struct vaulted *v, struct id id, struct arena *a, struct err *e)
{
    return db_send(t, &trackers_sql[HITS_DROP], DB_ARGS(P_ID(v->workspace), P_TEXT(id_str(a, id))), e);
}

enum err_code record_tracker_set(struct db_tx *t, const struct vaulted *v, struct record_tracker *k, struct err *e)
{
    struct arena *a = arena_new_wiped("tracker.set");
    uint8_t name[BLIND_BYTES];
    enum err_code rc;
    str sealed;

    k->updated_at_ms = clock_now_ms();
    rc = name_take(t, v, k, a, name, e);
    if (!rc)
        rc = words_seal(v, k, a, &sealed, e);
    if (!rc)
        rc = one_run(t, TRACKER_SET,
                     DB_ARGS(P_ID(v->workspace), P_ID(k->id), P_I64(k->side), P_BOOL(k->enabled), P_BYTES(sealed),
                             P_BYTES_N(name, BLIND_BYTES), P_I64(k->updated_at_ms)),
                     e);
    if (!rc && !k->enabled)
        rc = hits_drop(t, v, k->id, a, e);
    if (!rc)
        rc = generation_grow(t, v, e);
    arena_free(a);
    return rc;
}

enum err_code record_tracker_drop(struct db_tx *t, const struct vaulted *v, struct id id, struct err *e)
{
    struct arena *a = arena_new("tracker.drop");
    enum err_code rc = db_send(t, &trackers_sql[CLICKS_DROP], DB_ARGS(P_ID(v->workspace), P_ID(id)), e);

    if (!rc)
        rc = hits_drop(t, v, id, a, e);
    if (!rc)
        rc = one_run(t, TRACKER_DROP, DB_ARGS(P_ID(v->workspace), P_ID(id)), e);
    if (!rc)
        rc = generation_grow(t, v, e);
    arena_free(a);
    return rc;
}

enum err_code record_tracker_touch(struct db_tx *t, const struct vaulted *v, struct id id, struct err *e)
{
    if (one_run(t, TRACKER_TOUCH, DB_ARGS(P_ID(v->workspace), P_ID(id), P_I64(clock_now_ms())), e))
        return e->code;
    return generation_grow(t, v, e);
}

enum err_code record_tracker_head_set(struct db_tx *t, const struct vaulted *v, struct id id, int version, str head,
                                      bool *out_stored, struct err *e)
{
    struct seal_at at = place(v, id, "head_sealed");
    struct arena *a = arena_new_wiped("tracker.head");
    enum err_code rc;
    str sealed;

    rc = seal(v->keys, key_class(KEY_INDEX), &at, head, a, &sealed, e);
    if (!rc)
        rc = one_run(t, TRACKER_HEAD, DB_ARGS(P_ID(v->workspace), P_ID(id), P_I64(version), P_BYTES(sealed)), e);
    arena_free(a);
    *out_stored = !rc;
    if (rc)
        return rc == ERR_NOT_FOUND ? ERR_OK : rc;
    return generation_grow(t, v, e);
}

enum err_code record_tracker_generation(struct db_tx *t, const struct vaulted *v, int *out, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &trackers_sql[GENERATION], DB_ARGS(P_ID(v->workspace)), &r, e))
        return e->code;
    *out = db_next(&r) ? (int)db_i64(&r, 0) : 0;
    db_rows_done(&r);
    return ERR_OK;
}

enum err_code record_tracker_clicks(struct db_tx *t, const struct vaulted *v, struct id tracker, size_t limit,
                                    struct arena *a, struct tracker_click **out, size_t *out_n, struct err *e)
{
    struct db_rows r;
    size_t n = 0;

    if (db_run(t, &trackers_sql[CLICKS], DB_ARGS(P_ID(v->workspace), P_ID(tracker), P_I64(limit)), &r, e))
        return e->code;
    *out = ARENA_ARRAY(a, struct tracker_click, (size_t)r.rows_n + 1);
    while (db_next(&r))
        (*out)[n++] = (struct tracker_click){
            db_id(&r, 0), {(uint32_t)db_i64(&r, 1), (uint32_t)db_i64(&r, 2), (uint32_t)db_i64(&r, 3)}, db_bool(&r, 4)};
    db_rows_done(&r);
    *out_n = n;
    return ERR_OK;
}

enum err_code record_tracker_hits(struct db_tx *t, const struct vaulted *v, struct id tracker, struct id after,
                                  size_t limit, struct arena *a, struct id **out, size_t *out_n, struct err *e)
{
    return db_run_ids(t, &trackers_sql[HITS],
                      DB_ARGS(P_ID(v->workspace), P_TEXT(id_str(a, tracker)), P_ID_OR_NULL(after), P_I64(limit)), a,
                      out, out_n, e);
}

enum err_code record_tracker_stale(struct db_tx *t, const struct vaulted *v, const struct finding_maker *makers,
                                   size_t makers_n, size_t limit, struct arena *a, struct id **out, size_t *out_n,
                                   struct err *e)
{
    str *names = ARENA_ARRAY(a, str, makers_n + 1);
    int32_t *versions = ARENA_ARRAY(a, int32_t, makers_n + 1);

    for (size_t i = 0; i < makers_n; i++) {
        names[i] = str_of(makers[i].name);
        versions[i] = makers[i].version;
    }
    return db_run_ids(t, &trackers_sql[STALE],
                      DB_ARGS(P_ID(v->workspace), P_TEXTS(names, makers_n), P_I32S(versions, makers_n), P_I64(limit)),
                      a, out, out_n, e);
}

static struct seal_at sentences_place(const struct vaulted *v, struct id ia)
{
    return (struct seal_at){v->workspace, "sentence_vectors", "sealed", ia, 0};
}

enum err_code record_sentences_load(struct db_tx *t, const struct vaulted *v, struct id ia, const char *model_hash,
                                    struct arena *a, str *out, struct err *e)
{
    struct seal_at at = sentences_place(v, ia);
    enum err_code rc = ERR_OK;
    struct db_rows r;

    if (db_run(t, &trackers_sql[SENTENCES_LOAD], DB_ARGS(P_ID(v->workspace), P_ID(ia), P_TEXT(str_of(model_hash))), &r,
               e))
        return e->code;
    *out = STR("");
    if (db_next(&r))
        rc = seal_open(v->keys, &at, db_bytes(&r, 0), a, out, e);
    db_rows_done(&r);
    return rc;
}

enum err_code record_sentences_save(struct db_tx *t, const struct vaulted *v, struct id ia, const char *model_hash,
                                    str bytes, struct err *e)
{
    struct seal_at at = sentences_place(v, ia);
    struct arena *a = arena_new_wiped("sentences.save");
    enum err_code rc;
    str sealed;

    rc = seal(v->keys, key_class(KEY_INDEX), &at, bytes, a, &sealed, e);
    if (!rc)
        rc = db_send(t, &trackers_sql[SENTENCES_SAVE],
                     DB_ARGS(P_ID(v->workspace), P_ID(ia), P_TEXT(str_of(model_hash)), P_BYTES(sealed)), e);
    arena_free(a);
    return rc;
}

enum err_code record_sentences_some(struct db_tx *t, const struct vaulted *v, const char *model_hash, size_t limit,
                                    struct arena *a, struct id **out, size_t *out_n, struct err *e)
{
    return db_run_ids(t, &trackers_sql[SENTENCES_SOME],
                      DB_ARGS(P_ID(v->workspace), P_TEXT(str_of(model_hash)), P_I64(limit)), a, out, out_n, e);
}
