#include "records/coaching.h"

enum { REMARK_ADD, REMARKS_LOAD, SHEET_PUT, SHEETS_LOAD };

const struct db_stmt record_coaching_sql[] = {
    [REMARK_ADD] =
        {"remark_add",
         "INSERT INTO remark (workspace_id, interaction_id, id, author_id, about_id, turn, start_b, end_b, "
         "sealed, created_at, kind) SELECT $1, i.id, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM interaction i WHERE "
         "i.workspace_id=$1 AND i.id=$2 AND ($6::int IS NULL OR i.turns_n>$6) AND ($5::uuid IS NULL OR "
         "EXISTS (SELECT FROM participant p WHERE p.workspace_id=$1 AND p.interaction_id=$2 AND "
         "p.person_id=$5))"},
    [REMARKS_LOAD] =
        {"remarks_load",
         "SELECT id, author_id, about_id, turn, start_b, end_b, sealed, created_at, kind FROM remark WHERE "
         "workspace_id=$1 AND interaction_id=$2 ORDER BY created_at, id"},
    [SHEET_PUT] =
        {"sheet_put",
         "INSERT INTO score_sheet (workspace_id, interaction_id, id, form_id, about_id, author_id, model, answers, "
         "sealed, created_at, updated_at) SELECT $1, i.id, $3, $4, $5, $6, $7, $8, $9, $10, $10 FROM interaction i "
         "WHERE i.workspace_id=$1 AND i.id=$2 AND EXISTS (SELECT FROM participant p WHERE p.workspace_id=$1 AND "
         "p.interaction_id=$2 AND p.person_id=$5 AND p.side=1) ON CONFLICT (workspace_id, interaction_id, form_id, "
         "about_id, author_id, "
         "model) DO UPDATE SET id=excluded.id, answers=excluded.answers, sealed=excluded.sealed, "
         "updated_at=excluded.updated_at RETURNING created_at"},
    [SHEETS_LOAD] = {"sheets_load",
                     "SELECT id, form_id, about_id, author_id, model, answers, sealed, created_at, updated_at FROM "
                     "score_sheet WHERE workspace_id=$1 AND interaction_id=$2 ORDER BY created_at, id"},
};
const size_t record_coaching_sql_n = sizeof record_coaching_sql / sizeof *record_coaching_sql;

static struct seal_at place(const struct vaulted *v, const char *table, struct id id)
{
    return (struct seal_at){v->workspace, table, "sealed", id, 0};
}

enum err_code remark_add(struct db_tx *t, const struct vaulted *v, struct remark *r, struct arena *a, struct err *e)
{
    struct seal_at where;
    struct db_rows rows;
    str sealed;

    r->id = id_new();
    r->created_ms = clock_now_ms();
    where = place(v, "remark", r->id);
    if (seal(v->keys, key_class(KEY_METADATA), &where, r->text, a, &sealed, e) ||
        db_run(t, &record_coaching_sql[REMARK_ADD],
               DB_ARGS(P_ID(v->workspace), P_ID(r->interaction), P_ID(r->id), P_ID(r->author), P_ID_OR_NULL(r->about),
                       r->placed ? P_I64(r->span.turn) : P_NULL(DB_I64),
                       r->placed ? P_I64(r->span.start) : P_NULL(DB_I64),
                       r->placed ? P_I64(r->span.end) : P_NULL(DB_I64), P_BYTES(sealed), P_I64(r->created_ms),
                       P_I64(r->kind)),
               &rows, e))
        return e->code;
    db_rows_done(&rows);
    return rows.affected == 1 ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such conversation, turn or person in it");
}

enum err_code remarks_load(struct db_tx *t, const struct vaulted *v, struct id interaction, struct arena *a,
                           struct remark **out, size_t *out_n, struct err *e)
{
    enum err_code rc = ERR_OK;
    struct db_rows r;
    size_t cap = 0;

    *out = NULL;
    *out_n = 0;
    if (db_run(t, &record_coaching_sql[REMARKS_LOAD], DB_ARGS(P_ID(v->workspace), P_ID(interaction)), &r, e))
        return e->code;
    while (!rc && db_next(&r)) {
        struct remark k = {.id = db_id(&r, 0),
                           .interaction = interaction,
                           .author = db_id(&r, 1),
                           .about = db_id(&r, 2),
                           .placed = !db_is_null(&r, 3),
                           .span = {(uint32_t)db_i64(&r, 3), (uint32_t)db_i64(&r, 4), (uint32_t)db_i64(&r, 5)},
                           .created_ms = db_i64(&r, 7),
                           .kind = (enum remark_kind)db_i64(&r, 8)};
        struct seal_at where = place(v, "remark", k.id);
        rc = seal_open(v->keys, &where, db_bytes(&r, 6), a, &k.text, e);
        ARENA_PUSH(a, *out, *out_n, cap) = k;
    }
    db_rows_done(&r);
    return rc;
}

enum err_code score_sheet_put(struct db_tx *t, const struct vaulted *v, struct score_sheet *s, struct arena *a,
                              struct err *e)
{
    struct seal_at where;
    struct db_rows rows;
    str sealed = STR_NULL;
    bool there;

    s->id = id_new();
    s->updated_ms = clock_now_ms();
    where = place(v, "score_sheet", s->id);
    if ((s->note.n && seal(v->keys, key_class(KEY_METADATA), &where, s->note, a, &sealed, e)) ||
        db_run(t, &record_coaching_sql[SHEET_PUT],
               DB_ARGS(P_ID(v->workspace), P_ID(s->interaction), P_ID(s->id), P_ID(s->form), P_ID(s->about),
                       P_ID(s->author), P_BOOL(s->model), P_I32S(s->answers, s->answers_n), P_BYTES_OR_NULL(sealed),
                       P_I64(s->updated_ms)),
               &rows, e))
        return e->code;
    there = db_next(&rows);
    s->created_ms = there ? db_i64(&rows, 0) : s->updated_ms;
    db_rows_done(&rows);
    return there ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such conversation, or nobody of ours in it");
}

enum err_code score_sheets_load(struct db_tx *t, const struct vaulted *v, struct id interaction, struct arena *a,
                                struct score_sheet **out, size_t *out_n, struct err *e)
{
    enum err_code rc = ERR_OK;
    struct db_rows r;
    size_t cap = 0;

    *out = NULL;
    *out_n = 0;
    if (db_run(t, &record_coaching_sql[SHEETS_LOAD], DB_ARGS(P_ID(v->workspace), P_ID(interaction)), &r, e))
        return e->code;
    while (!rc && db_next(&r)) {
        struct score_sheet s = {.id = db_id(&r, 0),
                                .interaction = interaction,
                                .form = db_id(&r, 1),
                                .about = db_id(&r, 2),
                                .author = db_id(&r, 3),
                                .model = db_bool(&r, 4),
                                .created_ms = db_i64(&r, 7),
                                .updated_ms = db_i64(&r, 8)};
        struct seal_at where = place(v, "score_sheet", s.id);
        int32_t *answers = db_i32s(&r, 5, a, &s.answers_n);
        s.answers_n = s.answers_n < SHEET_ANSWERS_MAX ? s.answers_n : SHEET_ANSWERS_MAX;
        memcpy(s.answers, answers, s.answers_n * sizeof *answers);
        if (!db_is_null(&r, 6))
            rc = seal_open(v->keys, &where, db_bytes(&r, 6), a, &s.note, e);
        ARENA_PUSH(a, *out, *out_n, cap) = s;
    }
    db_rows_done(&r);
    return rc;
}
