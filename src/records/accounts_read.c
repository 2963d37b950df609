#include "records/accounts.h"

enum { ACCOUNTS_UP, ACCOUNTS_DOWN, ACCOUNTS_OF, ACCOUNT_LOCK, ACCOUNT_TAKEN, ACCOUNT_NEW, ACCOUNT_NAME };

#define ACCOUNT_COLUMNS                                                                                                \
    "SELECT id, created_at, sealed, (SELECT count(*) FROM interaction i WHERE i.workspace_id=$1 AND "                  \
    "i.account_id=account.id), (SELECT count(*) FROM deal d WHERE d.workspace_id=$1 AND d.account_id=account.id)"      \
    " FROM account"
/* $1 workspace, $2 name, $3 domain, $4 created from, $5 to, $6 place, $7 its id, $8 limit */
#define ACCOUNTS_PAGE_(op, dir)                                                                                        \
    ACCOUNT_COLUMNS " WHERE workspace_id=$1 AND ($2::bytea IS NULL OR name_index=$2)"                                  \
                    " AND ($3::bytea IS NULL OR domain_index=$3)"                                                      \
                    " AND ($4::bigint IS NULL OR created_at>=$4) AND ($5::bigint IS NULL OR created_at<$5)"            \
                    " AND ($6::bigint IS NULL OR (created_at, id) " op " ($6, $7::uuid))"                              \
                    " ORDER BY created_at " dir ", id " dir " LIMIT $8"
#define ACCOUNTS_PAGE(way) ACCOUNTS_PAGE_(way)

const struct db_stmt accounts_read_sql[] = {
    [ACCOUNTS_UP] = {"accounts_up", ACCOUNTS_PAGE(PAGE_UP)},
    [ACCOUNTS_DOWN] = {"accounts_down", ACCOUNTS_PAGE(PAGE_DOWN)},
    [ACCOUNTS_OF] = {"accounts_of", ACCOUNT_COLUMNS " WHERE workspace_id=$1 AND id=ANY($2)"},
    /* the lock under which the pipeline makes accounts (people_lock), so that no two get one name */
    [ACCOUNT_LOCK] = {"account_lock", "SELECT pg_advisory_xact_lock(hashtextextended('people' || $1::uuid::text, 0))"},
    [ACCOUNT_TAKEN] = {"account_taken", "SELECT id FROM account WHERE workspace_id=$1 AND name_index=$2"},
    [ACCOUNT_NEW] = {"account_new",
                     "INSERT INTO account (workspace_id, id, name_index, domain_index, sealed, created_at)"
                     " VALUES ($1, $2, $3, $4, $5, $6)"},
    [ACCOUNT_NAME] = {"account_name", "UPDATE account SET name_index=$3, domain_index=coalesce($4, domain_index), "
                                      "sealed=$5 WHERE workspace_id=$1 AND id=$2"},
};
const size_t accounts_read_sql_n = sizeof accounts_read_sql / sizeof *accounts_read_sql;

static enum err_code rows_read(struct db_rows *r, const struct vaulted *v, struct arena *a, struct account_row **out,
                               size_t *out_n, struct err *e)
{
    enum err_code rc = ERR_OK;
    size_t n = 0;

    *out = ARENA_ARRAY(a, struct account_row, (size_t)r->rows_n + 1);
    while (!rc && db_next(r)) {
        struct account_row *row = &(*out)[n++];
        struct seal_at at = {v->workspace, "account", "sealed", db_id(r, 0), 0};
        *row = (struct account_row){
            .id = db_id(r, 0), .created_at_ms = db_i64(r, 1), .interactions = db_i64(r, 3), .deals = db_i64(r, 4)};
        rc = seal_open(v->keys, &at, db_bytes(r, 2), a, &row->name, e);
    }
    db_rows_done(r);
    *out_n = n;
    return rc;
}

/* Null for an empty text. */
static enum err_code index_of(const struct vaulted *v, const char *purpose, str s, struct arena *a, struct db_val *out,
                              struct err *e)
{
    uint8_t *index = arena_alloc(a, BLIND_BYTES);

    *out = P_NULL(DB_BYTES);
    if (!str_trim(s).n)
        return ERR_OK;
    *out = P_BYTES_N(index, BLIND_BYTES);
    return blind_index(v->keys, v->workspace, purpose, str_lower_ascii(a, str_trim(s)), index, e);
}

enum err_code accounts_page(struct db_tx *t, const struct vaulted *v, str name, str domain, const struct page_want *w,
                            struct arena *a, struct account_row **out, size_t *out_n, struct err *e)
{
    struct db_val by_name, by_domain;
    struct db_rows r;

    if (index_of(v, "account.name", name, a, &by_name, e) || index_of(v, "account.domain", domain, a, &by_domain, e) ||
        db_run(t, &accounts_read_sql[w->desc ? ACCOUNTS_DOWN : ACCOUNTS_UP],
               DB_ARGS(P_ID(v->workspace), by_name, by_domain, P_PAGE_SPAN(w), P_PAGE(w)), &r, e))
        return e->code;
    return rows_read(&r, v, a, out, out_n, e);
}

enum err_code accounts_load(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, struct arena *a,
                            struct account_row **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &accounts_read_sql[ACCOUNTS_OF], DB_ARGS(P_ID(v->workspace), P_IDS(ids, n)), &r, e))
        return e->code;
    return rows_read(&r, v, a, out, out_n, e);
}

enum err_code account_edit(struct db_tx *t, const struct vaulted *v, struct id *id, str name, str domain,
                           struct arena *a, struct err *e)
{
    bool fresh = id_is_nil(*id);
    struct seal_at at = {v->workspace, "account", "sealed", fresh ? id_new() : *id, 0};
    struct db_val by_name, by_domain;
    struct db_rows r;
    bool taken;
    str sealed;

    if (index_of(v, "account.name", name, a, &by_name, e) || index_of(v, "account.domain", domain, a, &by_domain, e) ||
        db_run(t, &accounts_read_sql[ACCOUNT_LOCK], DB_ARGS(P_ID(v->workspace)), NULL, e) ||
        db_run(t, &accounts_read_sql[ACCOUNT_TAKEN], DB_ARGS(P_ID(v->workspace), by_name), &r, e))
        return e->code;
    taken = db_next(&r) && !id_eq(db_id(&r, 0), *id);
    db_rows_done(&r);
    if (taken)
        return err_set(e, ERR_EXISTS, "there is another of this name");
    *id = at.row;
    if (seal(v->keys, key_class(KEY_METADATA), &at, str_trim(name), a, &sealed, e))
        return e->code;
    if (fresh)
        return db_send(
            t, &accounts_read_sql[ACCOUNT_NEW],
            DB_ARGS(P_ID(v->workspace), P_ID(*id), by_name, by_domain, P_BYTES(sealed), P_I64(clock_now_ms())), e);
    return db_send(t, &accounts_read_sql[ACCOUNT_NAME],
                   DB_ARGS(P_ID(v->workspace), P_ID(*id), by_name, by_domain, P_BYTES(sealed)), e);
}
