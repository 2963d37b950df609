/* records/crm_load.c - which deals something concerns, and the names of things, opened. */
#include "base/json.h"
#include "records/crm.h"

enum { DEALS_OF_ACCOUNT, DEAL_TOUCH, NAMES_DEAL, NAMES_ACCOUNT, NAMES_PERSON, NAMES_STAGE, NAMES_PIPELINE, DEAL_WORDS };

enum { ACCOUNT_DEALS_MAX = 5 };

const struct db_stmt crm_load_sql[] = {
    [DEALS_OF_ACCOUNT] = {"deals_of_account",
                          "SELECT id FROM deal WHERE workspace_id=$1 AND account_id=$2 ORDER BY id LIMIT $3"},
    [DEAL_TOUCH] =
        {"deal_touch",
         "WITH l AS MATERIALIZED (SELECT id FROM deal WHERE workspace_id=$1 AND id=ANY($2) ORDER BY id "
         "FOR NO KEY UPDATE) UPDATE deal d SET changes=d.changes+1 FROM l WHERE d.workspace_id=$1 AND d.id=l.id"},
    [NAMES_DEAL] = {"names_deal", "SELECT id, sealed FROM deal WHERE workspace_id=$1 AND id=ANY($2)"},
    [NAMES_ACCOUNT] = {"names_account", "SELECT id, sealed FROM account WHERE workspace_id=$1 AND id=ANY($2)"},
    [NAMES_PERSON] = {"names_person", "SELECT id, sealed FROM person WHERE workspace_id=$1 AND id=ANY($2)"},
    [NAMES_STAGE] = {"names_stage", "SELECT id, sealed FROM stage WHERE workspace_id=$1 AND id=ANY($2)"},
    [DEAL_WORDS] = {"deal_words",
                    "SELECT DISTINCT ON (deal_id) deal_id, id, sealed FROM deal_event WHERE workspace_id=$1 AND "
                    "deal_id=ANY($2) AND field=$3 ORDER BY deal_id, at DESC, id DESC"},
    [NAMES_PIPELINE] = {"names_pipeline", "SELECT id, sealed FROM pipeline WHERE workspace_id=$1 AND id=ANY($2)"},
};
const size_t crm_load_sql_n = sizeof crm_load_sql / sizeof *crm_load_sql;

enum err_code record_deals_of(struct db_tx *t, const struct vaulted *v, struct id deal, struct id account,
                              struct arena *a, struct id **out, size_t *out_n, struct err *e)
{
    *out = NULL;
    *out_n = 0;
    if (!id_is_nil(deal)) {
        *out = ARENA_NEW(a, struct id);
        **out = deal;
        *out_n = 1;
        return ERR_OK;
    }
    if (id_is_nil(account))
        return ERR_OK;
    if (db_run_ids(t, &crm_load_sql[DEALS_OF_ACCOUNT],
                   DB_ARGS(P_ID(v->workspace), P_ID(account), P_I64(ACCOUNT_DEALS_MAX + 1)), a, out, out_n, e))
        return e->code;
    if (*out_n > ACCOUNT_DEALS_MAX)
        *out_n = 0;
    return ERR_OK;
}

enum err_code record_account_deals(struct db_tx *t, const struct vaulted *v, struct id account, struct arena *a,
                                   struct id **out, size_t *out_n, struct err *e)
{
    return db_run_ids(t, &crm_load_sql[DEALS_OF_ACCOUNT], DB_ARGS(P_ID(v->workspace), P_ID(account), P_I64(1000)), a,
                      out, out_n, e);
}

enum err_code record_deals_touch(struct db_tx *t, const struct vaulted *v, const struct id *deals, size_t n,
                                 struct err *e)
{
    return n ? db_send(t, &crm_load_sql[DEAL_TOUCH], DB_ARGS(P_ID(v->workspace), P_IDS(deals, n)), e) : ERR_OK;
}

/* Deals and accounts seal the name alone, the others an object that has it. */
static str name_of(enum name_kind kind, str opened, struct arena *a)
{
    struct json_doc *doc;
    struct err ignored;
    str name;

    if (kind == NAME_DEAL || kind == NAME_ACCOUNT)
        return opened;
    if (json_parse(opened, &doc, &ignored))
        return STR("");
    name = json_str(json_get(json_root(doc), "name"), STR(""));
    if (!name.n)
        name = json_str(json_get(json_root(doc), "email"), STR(""));
    name = str_dup(a, name);
    json_free(doc);
    return name;
}

enum err_code record_names_load(struct db_tx *t, const struct vaulted *v, enum name_kind kind, const struct id *ids,
                                size_t n, struct arena *a, str *out, struct err *e)
{
    static const struct {
        int stmt;
        const char *table;
    } of[] = {
        [NAME_DEAL] = {NAMES_DEAL, "deal"},
        [NAME_ACCOUNT] = {NAMES_ACCOUNT, "account"},
        [NAME_PERSON] = {NAMES_PERSON, "person"},
        [NAME_STAGE] = {NAMES_STAGE, "stage"},
        [NAME_PIPELINE] = {NAMES_PIPELINE, "pipeline"},
    };
    struct db_rows r;

    for (size_t i = 0; i < n; i++)
        out[i] = STR("");
    if (!n)
        return ERR_OK;
    if (db_run(t, &crm_load_sql[of[kind].stmt], DB_ARGS(P_ID(v->workspace), P_IDS(ids, n)), &r, e))
        return e->code;
    while (db_next(&r)) {
        struct seal_at where = {v->workspace, of[kind].table, "sealed", db_id(&r, 0), 0};
        str opened, name;
        enum err_code rc = seal_open(v->keys, &where, db_bytes(&r, 1), a, &opened, e);
        if (rc == ERR_NOT_FOUND) { /* erased */
            e->code = ERR_OK;
            continue;
        }
        if (rc) {
            db_rows_done(&r);
            return rc;
        }
        name = name_of(kind, opened, a);
        for (size_t i = 0; i < n; i++)
            if (id_eq(ids[i], where.row))
                out[i] = name;
    }
    db_rows_done(&r);
    return ERR_OK;
}

enum err_code record_deal_words(struct db_tx *t, const struct vaulted *v, int field, const struct id *deals, size_t n,
                                struct arena *a, str *out, struct err *e)
{
    struct db_rows r;

    for (size_t i = 0; i < n; i++)
        out[i] = STR("");
    if (!n)
        return ERR_OK;
    if (db_run(t, &crm_load_sql[DEAL_WORDS], DB_ARGS(P_ID(v->workspace), P_IDS(deals, n), P_I64(field)), &r, e))
        return e->code;
    while (db_next(&r)) {
        struct seal_at where = {v->workspace, "deal_event", "sealed", db_id(&r, 1), 0};
        struct id deal = db_id(&r, 0);
        str opened;
        if (db_is_null(&r, 2))
            continue; /* emptied since */
        if (seal_open(v->keys, &where, db_bytes(&r, 2), a, &opened, e)) {
            db_rows_done(&r);
            return e->code;
        }
        for (size_t i = 0; i < n; i++)
            if (id_eq(deals[i], deal))
                out[i] = opened;
    }
    db_rows_done(&r);
    return ERR_OK;
}
