#include "records/deal_edit.h"

#include "base/clock.h"

enum { DEAL_ADD, DEAL_ROW_SET, DEAL_LAST, DEAL_EVENT_ADD, DEAL_PIPELINE_GET };

/* a name that another deal has already finds that one, and this one only by its id */
#define NAME_FREE(deal)                                                                                                \
    "(SELECT $3::bytea WHERE NOT EXISTS (SELECT 1 FROM deal o WHERE o.workspace_id=$1 AND o.name_index=$3 AND "        \
    "o.id<>" deal "))"

const struct db_stmt deal_edit_sql[] = {
    /* $2 id, $3 keyed hash of the name, $4 sealed, $5 account, $6 pipeline, $7 owner, $8 opened */
    [DEAL_ADD] =
        {"deal_here_add",
         "INSERT INTO deal (workspace_id, id, name_index, sealed, account_id, pipeline_id, owner_id, opened_at, "
         "created_at) VALUES ($1, $2, " NAME_FREE("$2") ", $4, $5, $6, $7, $8, $8)"},
    /* $2 id, $3 keyed hash of the name, null: as it is, $4 sealed, $5 account, $6 pipeline */
    [DEAL_ROW_SET] = {"deal_row_set",
                      "UPDATE deal SET name_index=CASE WHEN $3::bytea IS NULL THEN name_index ELSE " NAME_FREE(
                          "$2") " END, sealed=coalesce($4, sealed), account_id=coalesce($5, account_id), "
                                "pipeline_id=coalesce($6, pipeline_id) WHERE workspace_id=$1 AND id=$2 RETURNING id"},
    /* $2 deal, $3 now */
    [DEAL_LAST] = {"deal_last", "SELECT max(at) FROM deal_event WHERE workspace_id=$1 AND deal_id=$2 AND at<=$3"},
    /* $2 deal, $3 id, $4 at, $5 field, $6 number, $7 currency, $8 ref, $9 by, $10 source, $11 sealed words */
    [DEAL_EVENT_ADD] =
        {"deal_event_here",
         "INSERT INTO deal_event (workspace_id, deal_id, id, at, field, number, currency, ref_id, by_id, "
         "source, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"},
    [DEAL_PIPELINE_GET] = {"deal_pipeline_get", "SELECT pipeline_id FROM deal WHERE workspace_id=$1 AND id=$2"},
};
const size_t deal_edit_sql_n = sizeof deal_edit_sql / sizeof *deal_edit_sql;

/* Null and null for an empty name. */
static enum err_code name_seal(const struct vaulted *v, struct id deal, str name, struct arena *a, struct db_val *index,
                               struct db_val *sealed, struct err *e)
{
    struct seal_at where = {v->workspace, "deal", "sealed", deal, 0};
    uint8_t *hash = arena_alloc(a, BLIND_BYTES);
    str bytes;

    *index = *sealed = P_NULL(DB_BYTES);
    if (!name.n)
        return ERR_OK;
    if (blind_index(v->keys, v->workspace, "deal.name", str_lower_ascii(a, name), hash, e) ||
        seal(v->keys, key_class(KEY_METADATA), &where, name, a, &bytes, e))
        return e->code;
    *index = P_BYTES_N(hash, BLIND_BYTES);
    *sealed = P_BYTES(bytes);
    return ERR_OK;
}

enum err_code deal_add(struct db_tx *t, const struct vaulted *v, const struct deal_new *d, struct arena *a,
                       struct id *out, struct err *e)
{
    struct db_val index, sealed;

    *out = id_new();
    if (name_seal(v, *out, d->name, a, &index, &sealed, e))
        return e->code;
    return db_send(t, &deal_edit_sql[DEAL_ADD],
                   DB_ARGS(P_ID(v->workspace), P_ID(*out), index, sealed, P_ID_OR_NULL(d->account),
                           P_ID_OR_NULL(d->pipeline), P_ID_OR_NULL(d->owner), P_I64(d->at_ms)),
                   e);
}

enum err_code deal_row_set(struct db_tx *t, const struct vaulted *v, struct id deal, str name, struct id account,
                           struct id pipeline, struct arena *a, struct err *e)
{
    struct db_val index, sealed;
    struct db_rows r;
    bool found;

    if (name_seal(v, deal, name, a, &index, &sealed, e) ||
        db_run(t, &deal_edit_sql[DEAL_ROW_SET],
               DB_ARGS(P_ID(v->workspace), P_ID(deal), index, sealed, P_ID_OR_NULL(account), P_ID_OR_NULL(pipeline)),
               &r, e))
        return e->code;
    found = db_next(&r);
    db_rows_done(&r);
    return found ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such deal");
}

static enum err_code event_add(struct db_tx *t, const struct vaulted *v, struct id deal, const struct deal_edit *d,
                               int64_t at_ms, struct id by, struct arena *a, struct err *e)
{
    bool number =
        !d->cleared && (d->field == CRM_F_AMOUNT || d->field == CRM_F_CLOSE_DATE || d->field == CRM_F_CATEGORY);
    struct seal_at where = {v->workspace, "deal_event", "sealed", id_new(), 0};
    str sealed = STR_NULL;

    if (d->words.n && seal(v->keys, key_class(KEY_METADATA), &where, d->words, a, &sealed, e))
        return e->code;
    return db_send(t, &deal_edit_sql[DEAL_EVENT_ADD],
                   DB_ARGS(P_ID(v->workspace), P_ID(deal), P_ID(where.row), P_I64(at_ms), P_I64(d->field),
                           number ? P_I64(d->number) : P_NULL(DB_I64),
                           number && d->currency.n ? P_TEXT(d->currency) : P_NULL(DB_TEXT), P_ID_OR_NULL(d->ref),
                           P_ID_OR_NULL(by), P_I64(CRM_FROM_HERE), P_BYTES_OR_NULL(sealed)),
                   e);
}

enum err_code deal_events_add(struct db_tx *t, const struct vaulted *v, struct id deal, const struct deal_edit *list,
                              size_t n, struct id by, struct arena *a, struct err *e)
{
    int64_t at_ms = clock_now_ms();
    struct db_rows r;

    if (!n)
        return ERR_OK;
    if (db_run(t, &deal_edit_sql[DEAL_LAST], DB_ARGS(P_ID(v->workspace), P_ID(deal), P_I64(at_ms)), &r, e))
        return e->code;
    if (db_next(&r) && !db_is_null(&r, 0) && db_i64(&r, 0) >= at_ms)
        at_ms = db_i64(&r, 0) + 1; /* two values of one field at one instant would contradict each other */
    db_rows_done(&r);
    for (size_t i = 0; i < n; i++)
        if (event_add(t, v, deal, &list[i], at_ms, by, a, e))
            return e->code;
    return ERR_OK;
}

enum err_code deal_pipeline_get(struct db_tx *t, const struct vaulted *v, struct id deal, struct id *out, struct err *e)
{
    struct db_rows r;
    bool found;

    if (db_run(t, &deal_edit_sql[DEAL_PIPELINE_GET], DB_ARGS(P_ID(v->workspace), P_ID(deal)), &r, e))
        return e->code;
    if ((found = db_next(&r)))
        *out = db_id(&r, 0);
    db_rows_done(&r);
    return found ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such deal");
}
