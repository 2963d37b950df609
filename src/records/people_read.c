#include "base/json.h"
#include "records/people.h"
#include "text/uni.h"

enum { PEOPLE_UP, PEOPLE_DOWN, PEOPLE_OF };

/* Whoever reads only some conversations knows the people of these: `participant` lets no other rows through. */
#define PERSON_SEEN                                                                                                    \
    " AND ((SELECT harken_reads_all()) OR EXISTS (SELECT FROM participant t WHERE t.workspace_id=person.workspace_id " \
    "AND t.person_id=person.id)) "
#define PERSON_COLUMNS "SELECT id, subject_id, side, account_id, created_at, erased_at, sealed, merged_into FROM person"
/* $1 workspace, $2 accounts, $3 sides, $4 address, $5 created from, $6 to, $7 place, $8 its id, $9 limit */
#define PEOPLE_PAGE_(op, dir)                                                                                          \
    PERSON_COLUMNS " WHERE workspace_id=$1 AND merged_into IS NULL AND ($2::uuid[] IS NULL OR account_id=ANY($2))"     \
                   " AND ($3::bigint[] IS NULL OR side=ANY($3)) AND ($4::bytea IS NULL OR email_index=$4)"             \
                   " AND ($5::bigint IS NULL OR created_at>=$5) AND ($6::bigint IS NULL OR created_at<$6)"             \
                   " AND ($7::bigint IS NULL OR (created_at, id) " op " ($7, $8::uuid))" PERSON_SEEN                   \
                   " ORDER BY created_at " dir ", id " dir " LIMIT $9"
#define PEOPLE_PAGE(way) PEOPLE_PAGE_(way)

const struct db_stmt people_read_sql[] = {
    [PEOPLE_UP] = {"people_up", PEOPLE_PAGE(PAGE_UP)},
    [PEOPLE_DOWN] = {"people_down", PEOPLE_PAGE(PAGE_DOWN)},
    [PEOPLE_OF] = {"people_of", PERSON_COLUMNS " WHERE workspace_id=$1 AND id=ANY($2)" PERSON_SEEN},
};
const size_t people_read_sql_n = sizeof people_read_sql / sizeof *people_read_sql;

static enum err_code person_open(const struct vaulted *v, struct arena *a, str sealed, struct person_row *out,
                                 struct err *e)
{
    struct seal_at where = {v->workspace, "person", "sealed", out->id, 0};
    struct json_doc *d = NULL;
    enum err_code rc;
    str plain;

    rc = seal_open(v->keys, &where, sealed, a, &plain, e);
    if (rc == ERR_NOT_FOUND) {
        out->erased = true;
        return e->code = ERR_OK;
    }
    if (rc || json_parse(plain, &d, e))
        return e->code;
    out->name = str_dup(a, json_str(json_get(json_root(d), "name"), STR("")));
    out->email = str_dup(a, json_str(json_get(json_root(d), "email"), STR("")));
    json_free(d);
    return ERR_OK;
}

static enum err_code rows_read(struct db_rows *r, const struct vaulted *v, struct arena *a, struct person_row **out,
                               size_t *out_n, struct err *e)
{
    enum err_code rc = ERR_OK;
    size_t n = 0;

    *out = ARENA_ARRAY(a, struct person_row, (size_t)r->rows_n + 1);
    while (!rc && db_next(r)) {
        struct person_row *p = &(*out)[n++];
        *p = (struct person_row){.id = db_id(r, 0),
                                 .subject = db_id(r, 1),
                                 .side = (int)db_i64(r, 2),
                                 .account = db_id(r, 3),
                                 .created_at_ms = db_i64(r, 4),
                                 .erased_at_ms = db_is_null(r, 5) ? CLOCK_NONE : db_i64(r, 5),
                                 .merged_into = db_id(r, 7)};
        rc = person_open(v, a, db_bytes(r, 6), p, e);
    }
    db_rows_done(r);
    *out_n = n;
    return rc;
}

enum err_code people_page(struct db_tx *t, const struct vaulted *v, const struct people_filter *f,
                          const struct page_want *w, struct arena *a, struct person_row **out, size_t *out_n,
                          struct err *e)
{
    uint8_t index[BLIND_BYTES];
    struct db_rows r;

    if (f->email.n && blind_index(v->keys, v->workspace, "person.email", uni_lower(a, str_trim(f->email)), index, e))
        return e->code;
    if (db_run(t, &people_read_sql[w->desc ? PEOPLE_DOWN : PEOPLE_UP],
               DB_ARGS(P_ID(v->workspace), f->accounts, f->sides,
                       f->email.n ? P_BYTES_N(index, BLIND_BYTES) : P_NULL(DB_BYTES), P_PAGE_SPAN(w), P_PAGE(w)),
               &r, e))
        return e->code;
    return rows_read(&r, v, a, out, out_n, e);
}

enum err_code people_load(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, struct arena *a,
                          struct person_row **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &people_read_sql[PEOPLE_OF], DB_ARGS(P_ID(v->workspace), P_IDS(ids, n)), &r, e))
        return e->code;
    return rows_read(&r, v, a, out, out_n, e);
}
