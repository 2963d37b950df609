#include <math.h>

#include "records/findings.h"

enum {
    FINDINGS_DROP,
    FINDINGS_ADD,
    FINDING_NEXT,
    FINDINGS_LOAD,
    MAKERS_NOTE,
    MAKERS_FIRST,
    STALE,
    FEEDBACK_ADD,
    FEEDBACK_APPLY,
    FEEDBACK_DROP,
    FEEDBACK_CLEAR,
    CLICKS,
    FINDINGS_UP,
    FINDINGS_DOWN,
    FINDINGS_OF
};

#define FINDING_ID "md5(f.interaction_id::text || '.' || f.ordinal::text)::uuid" /* as sql/0410 indexes it */
#define FINDING_PLACE                                                                                                  \
    "SELECT " FINDING_ID                                                                                               \
    ", f.interaction_id, f.ordinal, i.deal_id, i.started_at FROM finding f JOIN interaction i ON "                     \
    "i.workspace_id=$1 AND i.id=f.interaction_id WHERE f.workspace_id=$1 AND "
/* $1 workspace, $2 kinds, $3 classes, $4 modalities, $5 persons, $6 deals, $7 interactions, $8 due from, $9 to, $10 started from,
 * $11 to, $12 place, $13 its id, $14 limit */
#define FINDINGS_PAGE_(op, dir)                                                                                        \
    FINDING_PLACE                                                                                                      \
    "($2::text[] IS NULL OR f.kind=ANY($2)) AND ($3::text[] IS NULL OR f.class=ANY($3)) AND ($4::text[] IS NULL OR "   \
    "f.modality=ANY($4)) AND ($5::uuid[] IS "                                                                          \
    "NULL OR f.owner_id=ANY($5)) AND ($6::uuid[] IS NULL OR i.deal_id=ANY($6)) AND ($7::uuid[] IS NULL OR "            \
    "f.interaction_id=ANY($7)) AND ($8::bigint IS NULL OR f.due_day>=$8) AND ($9::bigint IS NULL OR f.due_day<$9) "    \
    "AND ($10::bigint IS NULL OR i.started_at>=$10) AND ($11::bigint IS NULL OR i.started_at<$11) AND ($12::bigint "   \
    "IS NULL OR (coalesce(i.started_at, 0), " FINDING_ID ") " op " ($12, $13::uuid)) ORDER BY coalesce(i.started_at, " \
    "0) " dir ", " FINDING_ID " " dir " LIMIT $14"
#define FINDINGS_PAGE(way) FINDINGS_PAGE_(way)

const struct db_stmt findings_sql[] = {
    /* $3 makers */
    [FINDINGS_DROP] = {"findings_drop",
                       "DELETE FROM finding WHERE workspace_id=$1 AND interaction_id=$2 AND maker = ANY($3::text[])"},
    [FINDING_NEXT] = {"finding_next",
                      "SELECT coalesce(max(ordinal) + 1, 0) FROM finding WHERE workspace_id=$1 AND interaction_id=$2"},
    /* $3 ordinal of the first, $4 all spans one after the other; then arrays of equal length: first and last place in $4,
     * kinds, classes, modalities, owners (nil: none), days (least integer: none), values (NaN: none), confidences, sides,
     * times (least integer: none), makers, versions, sealed */
    [FINDINGS_ADD] =
        {"findings_add",
         "INSERT INTO finding (workspace_id, interaction_id, ordinal, kind, class, modality, owner_id, due_day, value, "
         "confidence, side, at_ms, maker, version, spans, sealed) SELECT $1, $2, $3 + o - 1, k, c, m, nullif(p, "
         "'00000000-0000-0000-0000-000000000000'::uuid), nullif(d, '-9223372036854775808'::bigint), nullif(x, "
         "'NaN'::float8), s, i, nullif(t, '-9223372036854775808'::bigint), y, v, ($4::int[])[f:l], b FROM "
         "unnest($5::int[], $6::int[], $7::text[], $8::text[], $9::text[], $10::uuid[], $11::bigint[], $12::float8[], "
         "$13::float8[], $14::int[], $15::bigint[], $16::text[], $17::int[], $18::bytea[]) WITH ORDINALITY AS u(f, l, "
         "k, "
         "c, m, p, d, x, s, i, t, y, v, b, o)"},
    [FINDINGS_LOAD] =
        {"findings_load",
         "SELECT ordinal, kind, class, modality, owner_id, due_day, value, confidence, side, at_ms, maker, version, "
         "state, spans, sealed FROM finding WHERE workspace_id=$1 AND interaction_id=$2 ORDER BY spans, ordinal"},
    /* $3 now; $4 makers, $5 their versions */
    [MAKERS_NOTE] =
        {"makers_note",
         "INSERT INTO analysis (workspace_id, interaction_id, maker, version, made_at) SELECT $1, $2, m, v, $3 FROM "
         "unnest($4::text[], $5::int[]) AS u(m, v) ON CONFLICT (workspace_id, interaction_id, maker) DO UPDATE SET "
         "version=excluded.version, made_at=excluded.made_at"},
    [MAKERS_FIRST] = {"makers_first", "INSERT INTO analysis (workspace_id, interaction_id, maker, version, made_at) "
                                      "SELECT $1, $2, m, v, $3 FROM unnest($4::text[], $5::int[]) AS u(m, v)"},
    /* $2 makers, $3 their versions */
    [STALE] = {"findings_stale",
               "SELECT i.id FROM interaction i WHERE i.workspace_id=$1 AND EXISTS (SELECT 1 FROM unnest($2::text[], "
               "$3::int[]) AS m(maker, version) WHERE NOT EXISTS (SELECT 1 FROM analysis y WHERE y.workspace_id=$1 AND "
               "y.interaction_id=i.id AND y.maker=m.maker AND y.version=m.version)) ORDER BY i.id"},
    [FEEDBACK_ADD] =
        {"feedback_add",
         "INSERT INTO finding_feedback (workspace_id, id, interaction_id, kind, class, tracker_id, person_id, verdict, "
         "turn, start_b, end_b, created_at, maker) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, (SELECT "
         "f.maker FROM finding f WHERE f.workspace_id=$1 AND f.interaction_id=$3 AND f.kind=$4 AND f.class IS NOT "
         "DISTINCT FROM $5 AND f.spans[1]=$9 AND f.spans[2]=$10 AND f.spans[3]=$11 ORDER BY f.ordinal LIMIT 1)) ON "
         "CONFLICT "
         "(workspace_id, interaction_id, kind, class, turn, start_b, end_b) DO UPDATE SET verdict=excluded.verdict, "
         "person_id=excluded.person_id, created_at=excluded.created_at, maker=coalesce(excluded.maker, "
         "finding_feedback.maker)"},
    [FINDINGS_UP] = {"findings_up", FINDINGS_PAGE(PAGE_UP)},
    [FINDINGS_DOWN] = {"findings_down", FINDINGS_PAGE(PAGE_DOWN)},
    [FINDINGS_OF] = {"findings_of", FINDING_PLACE FINDING_ID " = ANY($2)"},
    /* $3 kind, $4 class, $5 turn, $6 start, $7 end */
    [FEEDBACK_DROP] = {"feedback_drop",
                       "DELETE FROM finding_feedback WHERE workspace_id=$1 AND interaction_id=$2 AND kind=$3 AND class "
                       "IS NOT DISTINCT FROM $4 AND turn=$5 AND start_b=$6 AND end_b=$7"},
    [FEEDBACK_CLEAR] = {"feedback_clear",
                        "UPDATE finding SET state=0 WHERE workspace_id=$1 AND interaction_id=$2 AND kind=$3 AND class "
                        "IS NOT DISTINCT FROM $4 AND spans[1]=$5 AND spans[2]=$6 AND spans[3]=$7"},
    [FEEDBACK_APPLY] =
        {"feedback_apply",
         "UPDATE finding f SET state = CASE WHEN b.verdict THEN 1 ELSE 2 END FROM finding_feedback b WHERE "
         "f.workspace_id=$1 AND f.interaction_id=$2 AND b.workspace_id=$1 AND b.interaction_id=$2 AND b.kind=f.kind "
         "AND "
         "b.class IS NOT DISTINCT FROM f.class AND b.turn=f.spans[1] AND b.start_b=f.spans[2] AND b.end_b=f.spans[3]"},
    [CLICKS] =
        {"finding_clicks",
         "SELECT maker, kind, count(*) FILTER (WHERE verdict), count(*) FILTER (WHERE NOT verdict) FROM "
         "finding_feedback WHERE workspace_id=$1 AND maker IS NOT NULL GROUP BY maker, kind ORDER BY maker, kind"},
};
const size_t findings_sql_n = sizeof findings_sql / sizeof *findings_sql;

enum { SEALED_MAX = 1 << 20, DAY_MS = 86400000 };

str finding_day_str(struct arena *a, int32_t day)
{
    return str_sub(clock_str(a, (int64_t)day * DAY_MS), 0, 10);
}

static bool span_text(const struct interaction *ia, const struct ia_span *s, str *out)
{
    if (s->turn >= ia->turns_n || s->start >= s->end || s->end > ia->turns[s->turn].text.n)
        return false;
    *out = str_sub(ia->turns[s->turn].text, s->start, s->end);
    return true;
}

/* Over all words of the evidence, each with its length. */
static bool words_hash(const struct interaction *ia, const struct ia_span *spans, size_t n, char hex[65])
{
    struct sha256_state s;
    uint8_t h[SHA256_BYTES];

    sha256_init(&s);
    for (size_t i = 0; i < n; i++) {
        str text;
        uint64_t len;
        if (!span_text(ia, &spans[i], &text))
            return false;
        len = text.n;
        sha256_add(&s, &len, sizeof len);
        sha256_add(&s, text.p, text.n);
    }
    sha256_done(&s, h);
    hex_put(h, sizeof h, hex);
    return true;
}

static enum err_code finding_seal(const struct vaulted *v, const struct record_ia *rec, uint32_t ordinal,
                                  const struct record_finding *f, struct arena *a, str *out, struct err *e)
{
    struct seal_at where = {v->workspace, "finding", "sealed", rec->ia.id, ordinal};
    char hash[2 * SHA256_BYTES + 1];
    enum err_code rc;
    struct buf b;
    struct jw w;

    if (!f->spans_n || !words_hash(&rec->ia, f->spans, f->spans_n, hash))
        return err_set(e, ERR_INVALID, "a finding points outside its text");
    buf_init_wiped(&b, SEALED_MAX);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "owner", f->owner);
    jw_kstr(&w, "words", str_of(hash));
    if (f->attributes.n) {
        jw_key(&w, "attributes");
        jw_raw(&w, f->attributes);
    }
    jw_end(&w);
    rc = buf_ok(&b) ? seal(v->keys, key_class(KEY_METADATA), &where, buf_view(&b), a, out, e)
                    : err_set(e, ERR_LIMIT, "a finding is too large");
    buf_done(&b);
    return rc;
}

static struct id owner_of(const struct record_ia *rec, str name)
{
    for (size_t i = 0; name.n && i < rec->cast_n; i++)
        if (str_eq(rec->cast[i].name, name))
            return rec->cast[i].person;
    return ID_NIL;
}

/* The rows of one statement, column by column. */
struct finding_columns {
    int32_t *flat, *first, *last, *side, *version;
    int64_t *due_day, *at_ms;
    double *value, *confidence;
    struct id *owner;
    str *kind, *class, *modality, *maker, *sealed;
    size_t flat_n;
};

static struct finding_columns columns_new(const struct record_finding *f, size_t n, struct arena *a)
{
    struct finding_columns c = {.first = ARENA_ARRAY(a, int32_t, n),
                                .last = ARENA_ARRAY(a, int32_t, n),
                                .side = ARENA_ARRAY(a, int32_t, n),
                                .version = ARENA_ARRAY(a, int32_t, n),
                                .due_day = ARENA_ARRAY(a, int64_t, n),
                                .at_ms = ARENA_ARRAY(a, int64_t, n),
                                .value = ARENA_ARRAY(a, double, n),
                                .confidence = ARENA_ARRAY(a, double, n),
                                .owner = ARENA_ARRAY(a, struct id, n),
                                .kind = ARENA_ARRAY(a, str, n),
                                .class = ARENA_ARRAY(a, str, n),
                                .modality = ARENA_ARRAY(a, str, n),
                                .maker = ARENA_ARRAY(a, str, n),
                                .sealed = ARENA_ARRAY(a, str, n)};
    size_t spans = 0;

    for (size_t i = 0; i < n; i++)
        spans += f[i].spans_n;
    c.flat = ARENA_ARRAY(a, int32_t, spans * 3 + 1);
    return c;
}

static void columns_put(struct finding_columns *c, size_t i, const struct record_ia *rec,
                        const struct record_finding *f)
{
    c->first[i] = (int32_t)c->flat_n + 1;
    for (size_t k = 0; k < f->spans_n; k++) {
        c->flat[c->flat_n++] = (int32_t)f->spans[k].turn;
        c->flat[c->flat_n++] = (int32_t)f->spans[k].start;
        c->flat[c->flat_n++] = (int32_t)f->spans[k].end;
    }
    c->last[i] = (int32_t)c->flat_n;
    c->side[i] = (int32_t)f->side;
    c->version[i] = (int32_t)f->version;
    c->due_day[i] = f->due_day == FINDING_NO_DAY ? INT64_MIN : f->due_day;
    c->at_ms[i] = f->at_ms == IA_TIME_NONE ? INT64_MIN : f->at_ms;
    c->value[i] = f->has_value ? f->value : NAN;
    c->confidence[i] = f->confidence;
    c->owner[i] = owner_of(rec, f->owner);
    c->kind[i] = f->kind;
    c->class[i] = f->class.n ? f->class : STR_NULL;
    c->modality[i] = f->modality.n ? f->modality : STR_NULL;
    c->maker[i] = f->maker;
}

enum { FINDINGS_PER_STATEMENT = 500 };

static enum err_code findings_add(struct db_tx *t, const struct vaulted *v, const struct record_ia *rec, uint32_t first,
                                  const struct record_finding *f, size_t n, struct err *e)
{
    struct arena *a = arena_new_wiped("findings.add");
    enum err_code rc = ERR_OK;

    for (size_t from = 0; !rc && from < n; from += FINDINGS_PER_STATEMENT) {
        size_t m = n - from < FINDINGS_PER_STATEMENT ? n - from : FINDINGS_PER_STATEMENT;
        struct finding_columns c = columns_new(f + from, m, a);

        for (size_t i = 0; !rc && i < m; i++) {
            columns_put(&c, i, rec, &f[from + i]);
            rc = finding_seal(v, rec, first + (uint32_t)(from + i), &f[from + i], a, &c.sealed[i], e);
        }
        if (!rc)
            rc = db_send(t, &findings_sql[FINDINGS_ADD],
                         DB_ARGS(P_ID(v->workspace), P_ID(rec->ia.id), P_I64(first + from), P_I32S(c.flat, c.flat_n),
                                 P_I32S(c.first, m), P_I32S(c.last, m), P_TEXTS(c.kind, m), P_TEXTS(c.class, m),
                                 P_TEXTS(c.modality, m), P_IDS(c.owner, m), P_I64S(c.due_day, m), P_F64S(c.value, m),
                                 P_F64S(c.confidence, m), P_I32S(c.side, m), P_I64S(c.at_ms, m), P_TEXTS(c.maker, m),
                                 P_I32S(c.version, m), P_BYTESS(c.sealed, m)),
                         e);
        arena_reset(a);
    }
    arena_free(a);
    return rc;
}

static enum err_code makers_note(struct db_tx *t, const struct vaulted *v, int stmt, struct id ia, const str *names,
                                 const struct finding_maker *makers, size_t n, struct arena *a, struct err *e)
{
    int32_t *version = ARENA_ARRAY(a, int32_t, n + 1);

    for (size_t i = 0; i < n; i++)
        version[i] = makers[i].version;
    return db_send(t, &findings_sql[stmt],
                   DB_ARGS(P_ID(v->workspace), P_ID(ia), P_I64(clock_now_ms()), P_TEXTS(names, n), P_I32S(version, n)),
                   e);
}

static str *names_of(const struct finding_maker *makers, size_t n, struct arena *a)
{
    str *names = ARENA_ARRAY(a, str, n + 1);

    for (size_t i = 0; i < n; i++)
        names[i] = str_of(makers[i].name);
    return names;
}

enum err_code record_findings_save(struct db_tx *t, const struct vaulted *v, const struct record_ia *rec,
                                   const struct record_finding *f, size_t n, const struct finding_maker *makers,
                                   size_t makers_n, struct err *e)
{
    struct arena *a = arena_new_wiped("findings.save");
    str *names = names_of(makers, makers_n, a);
    uint32_t next = 0;
    struct db_rows r;
    enum err_code rc;

    rc = db_send(t, &findings_sql[FINDINGS_DROP],
                 DB_ARGS(P_ID(v->workspace), P_ID(rec->ia.id), P_TEXTS(names, makers_n)), e);
    if (!rc)
        rc = db_run(t, &findings_sql[FINDING_NEXT], DB_ARGS(P_ID(v->workspace), P_ID(rec->ia.id)), &r, e);
    if (!rc) {
        next = db_next(&r) ? (uint32_t)db_i64(&r, 0) : 0;
        db_rows_done(&r);
    }
    if (!rc)
        rc = findings_add(t, v, rec, next, f, n, e);
    if (!rc)
        rc = db_send(t, &findings_sql[FEEDBACK_APPLY], DB_ARGS(P_ID(v->workspace), P_ID(rec->ia.id)), e);
    if (!rc)
        rc = makers_note(t, v, MAKERS_NOTE, rec->ia.id, names, makers, makers_n, a, e);
    arena_free(a);
    return rc;
}

enum err_code record_findings_first(struct db_tx *t, const struct vaulted *v, const struct record_ia *rec,
                                    const struct record_finding *f, size_t n, const struct finding_maker *makers,
                                    size_t makers_n, struct err *e)
{
    struct arena *a = arena_new_wiped("findings.first");
    enum err_code rc = findings_add(t, v, rec, 0, f, n, e);

    if (!rc)
        rc = makers_note(t, v, MAKERS_FIRST, rec->ia.id, names_of(makers, makers_n, a), makers, makers_n, a, e);
    arena_free(a);
    return rc;
}

/* The owner must still be somebody of the interaction: an erased one is nobody. */
static str owner_known(const struct record_ia *rec, str name)
{
    for (size_t i = 0; i < rec->cast_n; i++)
        if (str_eq(rec->cast[i].name, name))
            return rec->cast[i].name;
    return STR("");
}

static void attributes_read(const struct json *v, struct arena *a, str *out)
{
    struct buf b;
    struct jw w;

    if (json_kind(v) != JSON_OBJ)
        return;
    buf_init_wiped(&b, SEALED_MAX);
    jw_init(&w, &b);
    jw_value(&w, v);
    *out = str_dup(a, buf_view(&b));
    buf_done(&b);
}

/* *out_whole: the words are those the finding was made from. */
static enum err_code finding_open(const struct vaulted *v, const struct record_ia *rec, uint32_t ordinal, str sealed,
                                  struct arena *a, struct record_finding *f, bool *out_whole, struct err *e)
{
    struct seal_at where = {v->workspace, "finding", "sealed", rec->ia.id, ordinal};
    char hash[2 * SHA256_BYTES + 1];
    struct json_doc *d = NULL;
    str plain;

    if (seal_open(v->keys, &where, sealed, a, &plain, e) || json_parse(plain, &d, e))
        return e->code;
    *out_whole = f->spans_n && words_hash(&rec->ia, f->spans, f->spans_n, hash) &&
                 str_eq(json_str(json_get(json_root(d), "words"), STR("")), str_of(hash));
    f->owner = owner_known(rec, json_str(json_get(json_root(d), "owner"), STR("")));
    attributes_read(json_get(json_root(d), "attributes"), a, &f->attributes);
    json_free(d);
    return ERR_OK;
}

static struct record_finding row_read(const struct db_rows *r, struct arena *a)
{
    struct record_finding f = {.kind = str_dup(a, db_bytes(r, 1)),
                               .class = str_dup(a, db_bytes(r, 2)),
                               .modality = str_dup(a, db_bytes(r, 3)),
                               .owner_id = db_id(r, 4),
                               .due_day = db_is_null(r, 5) ? FINDING_NO_DAY : (int32_t)db_i64(r, 5),
                               .has_value = !db_is_null(r, 6),
                               .value = db_f64(r, 6),
                               .confidence = db_f64(r, 7),
                               .side = (enum ia_side)db_i64(r, 8),
                               .at_ms = db_is_null(r, 9) ? IA_TIME_NONE : db_i64(r, 9),
                               .maker = str_dup(a, db_bytes(r, 10)),
                               .version = (int)db_i64(r, 11),
                               .state = (enum finding_state)db_i64(r, 12)};
    size_t flat_n;
    int32_t *flat = db_i32s(r, 13, a, &flat_n);

    f.spans_n = flat_n / 3;
    f.spans = ARENA_ARRAY(a, struct ia_span, f.spans_n + 1);
    for (size_t i = 0; i < f.spans_n; i++)
        f.spans[i] = (struct ia_span){(uint32_t)flat[i * 3], (uint32_t)flat[i * 3 + 1], (uint32_t)flat[i * 3 + 2]};
    return f;
}

enum err_code record_findings_load(struct db_tx *t, const struct vaulted *v, const struct record_ia *rec,
                                   struct arena *a, struct record_finding **out, size_t *out_n, struct err *e)
{
    struct record_finding *list = NULL;
    size_t n = 0, cap = 0;
    struct db_rows r;
    enum err_code rc = ERR_OK;

    if (db_run(t, &findings_sql[FINDINGS_LOAD], DB_ARGS(P_ID(v->workspace), P_ID(rec->ia.id)), &r, e))
        return e->code;
    while (!rc && db_next(&r)) {
        struct record_finding f = row_read(&r, a);
        bool whole = false;
        f.ordinal = (uint32_t)db_i64(&r, 0);
        rc = finding_open(v, rec, (uint32_t)db_i64(&r, 0), db_bytes(&r, 14), a, &f, &whole, e);
        if (!rc && whole)
            ARENA_PUSH(a, list, n, cap) = f;
    }
    db_rows_done(&r);
    if (rc)
        return rc;
    *out = list;
    *out_n = n;
    return ERR_OK;
}

enum err_code record_findings_at(struct db_tx *t, const struct vaulted *v, const struct record_ia *recs, size_t recs_n,
                                 const struct finding_place *p, size_t n, struct arena *a,
                                 const struct record_finding **out, struct err *e)
{
    struct record_finding *found = NULL;
    size_t found_n = 0;

    memset(out, 0, n * sizeof *out);
    for (size_t r = 0; r < recs_n; r++) {
        if (record_findings_load(t, v, &recs[r], a, &found, &found_n, e))
            return e->code;
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < found_n && id_eq(p[i].interaction, recs[r].ia.id); k++)
                if (found[k].ordinal == p[i].ordinal)
                    out[i] = &found[k];
    }
    return ERR_OK;
}

static void places_read(struct db_rows *r, struct arena *a, struct finding_place **out, size_t *out_n)
{
    size_t n = 0;

    *out = ARENA_ARRAY(a, struct finding_place, (size_t)r->rows_n + 1);
    while (db_next(r))
        (*out)[n++] = (struct finding_place){db_id(r, 0), db_id(r, 1), db_id(r, 3), (uint32_t)db_i64(r, 2),
                                             db_is_null(r, 4) ? CLOCK_NONE : db_i64(r, 4)};
    *out_n = n;
    db_rows_done(r);
}

enum err_code findings_page(struct db_tx *t, const struct vaulted *v, const struct findings_filter *f,
                            const struct page_want *w, struct arena *a, struct finding_place **out, size_t *out_n,
                            struct err *e)
{
    struct db_rows r;

    if (db_run(t, &findings_sql[w->desc ? FINDINGS_DOWN : FINDINGS_UP],
               DB_ARGS(P_ID(v->workspace), f->kinds, f->classes, f->modalities, f->persons, f->deals, f->interactions,
                       P_I64_OR_NULL(f->due_from, INT64_MIN), P_I64_OR_NULL(f->due_to, INT64_MIN), P_PAGE_SPAN(w),
                       P_PAGE(w)),
               &r, e))
        return e->code;
    places_read(&r, a, out, out_n);
    return ERR_OK;
}

enum err_code findings_places(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, struct arena *a,
                              struct finding_place **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &findings_sql[FINDINGS_OF], DB_ARGS(P_ID(v->workspace), P_IDS(ids, n)), &r, e))
        return e->code;
    places_read(&r, a, out, out_n);
    return ERR_OK;
}

enum err_code record_findings_stale(struct db_tx *t, const struct vaulted *v, const struct finding_maker *makers,
                                    size_t makers_n, struct arena *a, struct id **out, size_t *out_n, struct err *e)
{
    str *names = names_of(makers, makers_n, a);
    int32_t *versions = ARENA_ARRAY(a, int32_t, makers_n + 1);

    for (size_t i = 0; i < makers_n; i++)
        versions[i] = makers[i].version;
    return db_run_ids(t, &findings_sql[STALE],
                      DB_ARGS(P_ID(v->workspace), P_TEXTS(names, makers_n), P_I32S(versions, makers_n)), a, out, out_n,
                      e);
}

enum err_code record_feedback_add(struct db_tx *t, const struct vaulted *v, struct id ia, str kind, str class,
                                  struct ia_span span, struct id tracker, struct id person, bool right, struct err *e)
{
    if (db_send(t, &findings_sql[FEEDBACK_ADD],
                DB_ARGS(P_ID(v->workspace), P_ID(id_new()), P_ID(ia), P_TEXT(kind),
                        class.n ? P_TEXT(class) : P_NULL(DB_TEXT), P_ID_OR_NULL(tracker), P_ID_OR_NULL(person),
                        P_BOOL(right), P_I64(span.turn), P_I64(span.start), P_I64(span.end), P_I64(clock_now_ms())),
                e))
        return e->code;
    return db_send(t, &findings_sql[FEEDBACK_APPLY], DB_ARGS(P_ID(v->workspace), P_ID(ia)), e);
}

enum err_code record_feedback_drop(struct db_tx *t, const struct vaulted *v, struct id ia, str kind, str class,
                                   struct ia_span span, struct err *e)
{
    for (int i = FEEDBACK_DROP; i <= FEEDBACK_CLEAR; i++)
        if (db_send(t, &findings_sql[i],
                    DB_ARGS(P_ID(v->workspace), P_ID(ia), P_TEXT(kind), class.n ? P_TEXT(class) : P_NULL(DB_TEXT),
                            P_I64(span.turn), P_I64(span.start), P_I64(span.end)),
                    e))
            return e->code;
    return ERR_OK;
}

enum err_code record_clicks_load(struct db_tx *t, const struct vaulted *v, struct arena *a, struct finding_clicks **out,
                                 size_t *out_n, struct err *e)
{
    struct finding_clicks *list = NULL;
    size_t n = 0, cap = 0;
    struct db_rows r;

    if (db_run(t, &findings_sql[CLICKS], DB_ARGS(P_ID(v->workspace)), &r, e))
        return e->code;
    while (db_next(&r))
        ARENA_PUSH(a, list, n, cap) = (struct finding_clicks){str_dup(a, db_bytes(&r, 0)), str_dup(a, db_bytes(&r, 1)),
                                                              db_i64(&r, 2), db_i64(&r, 3)};
    db_rows_done(&r);
    *out = list;
    *out_n = n;
    return ERR_OK;
}
