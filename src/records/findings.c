#include "records/findings.h"

enum { FINDINGS_DROP, FINDING_ADD, FINDING_NEXT, FINDINGS_LOAD, MAKER_NOTE, STALE, FEEDBACK_ADD, FEEDBACK_APPLY };

const struct db_stmt findings_sql[] = {
    /* $3 makers */
    [FINDINGS_DROP] = {"findings_drop",
                       "DELETE FROM finding WHERE workspace_id=$1 AND interaction_id=$2 AND maker = ANY($3::text[])"},
    [FINDING_NEXT] = {"finding_next",
                      "SELECT coalesce(max(ordinal) + 1, 0) FROM finding WHERE workspace_id=$1 AND interaction_id=$2"},
    [FINDING_ADD] =
        {"finding_add",
         "INSERT INTO finding (workspace_id, interaction_id, ordinal, kind, class, modality, owner_id, due_day, value, "
         "confidence, side, at_ms, maker, version, spans, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
         "$11, $12, $13, $14, $15, $16)"},
    [FINDINGS_LOAD] =
        {"findings_load",
         "SELECT ordinal, kind, class, modality, owner_id, due_day, value, confidence, side, at_ms, maker, version, "
         "state, spans, sealed FROM finding WHERE workspace_id=$1 AND interaction_id=$2 ORDER BY spans, ordinal"},
    [MAKER_NOTE] =
        {"analysis_note",
         "INSERT INTO analysis (workspace_id, interaction_id, maker, version, made_at) VALUES ($1, $2, $3, $4, $5) "
         "ON CONFLICT (workspace_id, interaction_id, maker) DO UPDATE SET version=excluded.version, "
         "made_at=excluded.made_at"},
    /* $2 makers, $3 their versions */
    [STALE] = {"findings_stale",
               "SELECT i.id FROM interaction i WHERE i.workspace_id=$1 AND EXISTS (SELECT 1 FROM unnest($2::text[], "
               "$3::int[]) AS m(maker, version) WHERE NOT EXISTS (SELECT 1 FROM analysis y WHERE y.workspace_id=$1 AND "
               "y.interaction_id=i.id AND y.maker=m.maker AND y.version=m.version)) ORDER BY i.id"},
    [FEEDBACK_ADD] =
        {"feedback_add",
         "INSERT INTO finding_feedback (workspace_id, id, interaction_id, kind, class, tracker_id, person_id, verdict, "
         "turn, start_b, end_b, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT "
         "(workspace_id, interaction_id, kind, class, turn, start_b, end_b) DO UPDATE SET verdict=excluded.verdict, "
         "person_id=excluded.person_id, created_at=excluded.created_at"},
    [FEEDBACK_APPLY] =
        {"feedback_apply",
         "UPDATE finding f SET state = CASE WHEN b.verdict THEN 1 ELSE 2 END FROM finding_feedback b WHERE "
         "f.workspace_id=$1 AND f.interaction_id=$2 AND b.workspace_id=$1 AND b.interaction_id=$2 AND b.kind=f.kind "
         "AND "
         "b.class IS NOT DISTINCT FROM f.class AND b.turn=f.spans[1] AND b.start_b=f.spans[2] AND b.end_b=f.spans[3]"},
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
    return (struct id){{0}};
}

static enum err_code finding_add(struct db_tx *t, const struct vaulted *v, const struct record_ia *rec,
                                 uint32_t ordinal, const struct record_finding *f, struct arena *a, struct err *e)
{
    int32_t *flat = ARENA_ARRAY(a, int32_t, f->spans_n * 3 + 1);
    str sealed;

    if (finding_seal(v, rec, ordinal, f, a, &sealed, e))
        return e->code;
    for (size_t k = 0; k < f->spans_n; k++) {
        flat[k * 3] = (int32_t)f->spans[k].turn;
        flat[k * 3 + 1] = (int32_t)f->spans[k].start;
        flat[k * 3 + 2] = (int32_t)f->spans[k].end;
    }
    return db_send(t, &findings_sql[FINDING_ADD],
                   DB_ARGS(P_ID(v->workspace), P_ID(rec->ia.id), P_I64(ordinal), P_TEXT(f->kind),
                           f->class.n ? P_TEXT(f->class) : P_NULL(DB_TEXT),
                           f->modality.n ? P_TEXT(f->modality) : P_NULL(DB_TEXT), P_ID_OR_NULL(owner_of(rec, f->owner)),
                           P_I64_OR_NULL(f->due_day, FINDING_NO_DAY), f->has_value ? P_F64(f->value) : P_NULL(DB_F64),
                           P_F64(f->confidence), P_I64(f->side), P_I64_OR_NULL(f->at_ms, IA_TIME_NONE),
                           P_TEXT(f->maker), P_I64(f->version), P_I32S(flat, f->spans_n * 3), P_BYTES(sealed)),
                   e);
}

static enum err_code makers_note(struct db_tx *t, const struct vaulted *v, struct id ia,
                                 const struct finding_maker *makers, size_t n, struct err *e)
{
    enum err_code rc = ERR_OK;

    for (size_t i = 0; !rc && i < n; i++)
        rc = db_send(t, &findings_sql[MAKER_NOTE],
                     DB_ARGS(P_ID(v->workspace), P_ID(ia), P_TEXT(str_of(makers[i].name)), P_I64(makers[i].version),
                             P_I64(clock_now_ms())),
                     e);
    return rc;
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
    for (size_t i = 0; !rc && i < n; i++) {
        struct arena *one = arena_new_wiped("finding");
        rc = finding_add(t, v, rec, next + (uint32_t)i, &f[i], one, e);
        arena_free(one);
    }
    if (!rc)
        rc = db_send(t, &findings_sql[FEEDBACK_APPLY], DB_ARGS(P_ID(v->workspace), P_ID(rec->ia.id)), e);
    if (!rc)
        rc = makers_note(t, v, rec->ia.id, makers, makers_n, e);
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
