#include "records/people_edit.h"

#include "base/clock.h"
#include "base/json.h"

enum {
    PE_LOCK,
    PE_SET,
    PE_FACTS,
    PE_MERGE_ADD,
    PE_MERGE,
    PE_MERGE_OF,
    PE_UNMERGE,
    PE_UNDONE,
    PE_DEALS,
    PE_TALKS,
    PE_TALK_PEOPLE,
};

#define MOVED "person_merge_row r WHERE r.workspace_id=$1 AND r.merge_id=$2"

const struct db_stmt people_edit_sql[] = {
    /* as people_lock: people are made and merged one after the other */
    [PE_LOCK] = {"pe_lock", "SELECT pg_advisory_xact_lock(hashtextextended('people' || $1::uuid::text, 0))"},
    /* $2 person, $3 sealed, $4 keyed hash of the name (used where there is no address), $5 side, $6 account */
    [PE_SET] = {"pe_set",
                "UPDATE person SET sealed=$3, name_index=CASE WHEN email_index IS NULL THEN $4 ELSE name_index END, "
                "side=$5, account_id=$6 WHERE workspace_id=$1 AND id=$2"},
    /* $2 people -> id, has an address, is a user's, is there: neither erased nor merged */
    [PE_FACTS] =
        {"pe_facts",
         "SELECT p.id, p.email_index IS NOT NULL, EXISTS (SELECT FROM user_address u WHERE u.workspace_id=$1 AND "
         "u.email_index IN (SELECT q.email_index FROM person q WHERE q.workspace_id=$1 AND (q.id=p.id OR "
         "q.merged_into=p.id))), p.erased_at IS NULL AND p.merged_into IS NULL FROM person p WHERE "
         "p.workspace_id=$1 AND p.id=ANY($2) FOR UPDATE OF p"},
    [PE_MERGE_ADD] = {"pe_merge_add", "INSERT INTO person_merge (workspace_id, id, kept_id, gone_id, made_by, made_at) "
                                      "VALUES ($1, $2, $3, $4, $5, $6)"},
    [PE_MERGE] = {"pe_merge", "SELECT harken_person_merge($1, $2, $3, $4)"},
    /* $2 who is gone -> merge, kept, is kept still the one it stands for */
    [PE_MERGE_OF] = {"pe_merge_of",
                     "SELECT m.id, m.kept_id, p.merged_into=m.kept_id FROM person_merge m JOIN person p ON "
                     "p.workspace_id=$1 AND p.id=m.gone_id WHERE m.workspace_id=$1 AND m.gone_id=$2 AND m.undone_at IS "
                     "NULL ORDER BY m.id DESC LIMIT 1"},
    [PE_UNMERGE] = {"pe_unmerge", "SELECT harken_person_unmerge($1, $2, $3, $4)"},
    [PE_UNDONE] = {"pe_undone", "UPDATE person_merge SET undone_at=$3 WHERE workspace_id=$1 AND id=$2"},
    [PE_DEALS] =
        {"pe_deals",
         "SELECT d FROM (SELECT (r.key->>'deal_id')::uuid AS d FROM " MOVED
         " UNION SELECT (r.key->>'id')::uuid FROM " MOVED
         " AND r.tab='deal' UNION SELECT i.deal_id FROM interaction i JOIN "
         "person_merge_row r ON "
         "r.workspace_id=$1 AND r.merge_id=$2 AND r.tab='interaction' AND i.id=(r.key->>'id')::uuid WHERE "
         "i.workspace_id=$1 UNION SELECT x.deal_id FROM activity x JOIN person_merge_row r ON r.workspace_id=$1 AND "
         "r.merge_id=$2 AND r.tab='activity' AND x.id=(r.key->>'id')::uuid WHERE x.workspace_id=$1) AS m WHERE d IS "
         "NOT NULL ORDER BY d"},
    [PE_TALKS] = {"pe_talks", "SELECT (r.key->>'id')::uuid FROM " MOVED " AND r.tab='interaction' ORDER BY 1"},
    [PE_TALK_PEOPLE] = {"pe_talk_people", "SELECT id, persons FROM interaction WHERE workspace_id=$1 AND id=ANY($2)"},
};
const size_t people_edit_sql_n = sizeof people_edit_sql / sizeof *people_edit_sql;

enum err_code person_edit(struct db_tx *t, const struct vaulted *v, struct id person, str name, int side,
                          struct id account, struct arena *a, struct err *e)
{
    struct seal_at where = {v->workspace, "person", "sealed", person, 0};
    uint8_t index[BLIND_BYTES];
    struct person_row *row;
    enum err_code rc;
    struct buf b;
    struct jw w;
    str sealed;
    bool named;
    size_t n;

    if (people_load(t, v, &person, 1, a, &row, &n, e))
        return e->code;
    if (!n || row->erased)
        return err_set(e, ERR_NOT_FOUND, "no such person");
    buf_init_wiped(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "name", name);
    jw_kstr(&w, "email", row->email);
    jw_end(&w);
    rc = buf_ok(&b) ? seal(v->keys, key_subject(row->subject), &where, buf_view(&b), a, &sealed, e)
                    : err_set(e, ERR_LIMIT, "the name of a person is too long");
    buf_done(&b);
    if (rc || people_name_index(v, name, a, index, &named, e))
        return e->code;
    return db_send(t, &people_edit_sql[PE_SET],
                   DB_ARGS(P_ID(v->workspace), P_ID(person), P_BYTES(sealed),
                           named ? P_BYTES_N(index, BLIND_BYTES) : P_NULL(DB_BYTES), P_I64(side),
                           P_ID_OR_NULL(account)),
                   e);
}

/* ---- two are one ---- */

static enum err_code moved_load(struct db_tx *t, const struct vaulted *v, struct arena *a, struct person_moved *out,
                                struct err *e)
{
    if (db_run_ids(t, &people_edit_sql[PE_DEALS], DB_ARGS(P_ID(v->workspace), P_ID(out->merge)), a, &out->deals,
                   &out->deals_n, e))
        return e->code;
    return db_run_ids(t, &people_edit_sql[PE_TALKS], DB_ARGS(P_ID(v->workspace), P_ID(out->merge)), a,
                      &out->interactions, &out->interactions_n, e);
}

static enum err_code both_check(struct db_tx *t, const struct vaulted *v, struct id gone, struct id kept, struct err *e)
{
    bool kept_user = false, gone_user = false, gone_mail = false;
    const struct id both[] = {gone, kept};
    struct db_rows r;
    size_t n = 0;

    if (db_run(t, &people_edit_sql[PE_FACTS], DB_ARGS(P_ID(v->workspace), P_IDS(both, 2)), &r, e))
        return e->code;
    while (db_next(&r)) {
        bool user = db_bool(&r, 2);
        n += db_bool(&r, 3);
        if (id_eq(db_id(&r, 0), kept)) {
            kept_user = user;
        } else {
            gone_user = user;
            gone_mail = db_bool(&r, 1);
        }
    }
    db_rows_done(&r);
    if (n != 2)
        return err_set(e, ERR_NOT_FOUND, "no such person, or merged already");
    if (gone_user)
        return err_set(e, ERR_CONFLICT, "this person is a user: merge the other one into it");
    if (kept_user && gone_mail)
        return err_set(e, ERR_CONFLICT,
                       "that person is a user, and this one has an address: give it to the user instead");
    return ERR_OK;
}

enum err_code person_merge(struct db_tx *t, const struct vaulted *v, struct id gone, struct id kept, struct id actor,
                           struct arena *a, struct person_moved *out, struct err *e)
{
    *out = (struct person_moved){.merge = id_new()};
    if (id_eq(gone, kept))
        return err_set(e, ERR_CONFLICT, "this is the same person");
    if (db_run(t, &people_edit_sql[PE_LOCK], DB_ARGS(P_ID(v->workspace)), NULL, e) || both_check(t, v, gone, kept, e) ||
        db_run(
            t, &people_edit_sql[PE_MERGE_ADD],
            DB_ARGS(P_ID(v->workspace), P_ID(out->merge), P_ID(kept), P_ID(gone), P_ID(actor), P_I64(clock_now_ms())),
            NULL, e) ||
        db_run(t, &people_edit_sql[PE_MERGE], DB_ARGS(P_ID(v->workspace), P_ID(out->merge), P_ID(kept), P_ID(gone)),
               NULL, e))
        return e->code;
    return moved_load(t, v, a, out, e);
}

enum err_code person_unmerge(struct db_tx *t, const struct vaulted *v, struct id gone, struct arena *a,
                             struct id *out_kept, struct person_moved *out, struct err *e)
{
    bool found, current = false;
    struct db_rows r;

    *out = (struct person_moved){0};
    if (db_run(t, &people_edit_sql[PE_LOCK], DB_ARGS(P_ID(v->workspace)), NULL, e) ||
        db_run(t, &people_edit_sql[PE_MERGE_OF], DB_ARGS(P_ID(v->workspace), P_ID(gone)), &r, e))
        return e->code;
    if ((found = db_next(&r))) {
        out->merge = db_id(&r, 0);
        *out_kept = db_id(&r, 1);
        current = db_bool(&r, 2);
    }
    db_rows_done(&r);
    if (!found)
        return err_set(e, ERR_NOT_FOUND, "this person is not merged into another");
    if (!current)
        return err_set(e, ERR_CONFLICT, "whom it was merged into was merged since: take that back first");
    if (db_run(t, &people_edit_sql[PE_UNMERGE],
               DB_ARGS(P_ID(v->workspace), P_ID(out->merge), P_ID(*out_kept), P_ID(gone)), NULL, e) ||
        db_run(t, &people_edit_sql[PE_UNDONE], DB_ARGS(P_ID(v->workspace), P_ID(out->merge), P_I64(clock_now_ms())),
               NULL, e))
        return e->code;
    return moved_load(t, v, a, out, e);
}

enum err_code people_of_interactions(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n,
                                     struct arena *a, struct id ***out, size_t **out_n, struct err *e)
{
    struct db_rows r;

    *out = ARENA_ARRAY(a, struct id *, n + 1);
    *out_n = ARENA_ARRAY(a, size_t, n + 1);
    if (db_run(t, &people_edit_sql[PE_TALK_PEOPLE], DB_ARGS(P_ID(v->workspace), P_IDS(ids, n)), &r, e))
        return e->code;
    while (db_next(&r))
        for (size_t i = 0; i < n; i++)
            if (id_eq(ids[i], db_id(&r, 0)))
                (*out)[i] = db_ids(&r, 1, a, &(*out_n)[i]);
    db_rows_done(&r);
    return ERR_OK;
}
