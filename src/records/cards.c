#include "records/cards.h"

#include <stddef.h>

#include "records/rows.h"
#include "text/uni.h"

enum { CARD_UP, CARD_DOWN, CARD_OF, CARD_LOCK, CARD_NAMED, CARD_ADD, CARD_SET, CARD_FORGET, CARD_DROP };

#define CARD_COLUMNS "SELECT id, owner_id, about_id, state, created_at, updated_at, sealed FROM card"
/* $1 workspace, $2 kind, $3 states, $4 abouts, $5 name, $6 created from, $7 to, $8 place, $9 its id, $10 limit */
#define CARD_PAGE_(op, dir)                                                                                            \
    CARD_COLUMNS " WHERE workspace_id=$1 AND kind=$2 AND ($3::bigint[] IS NULL OR state=ANY($3))"                      \
                 " AND ($4::uuid[] IS NULL OR about_id=ANY($4)) AND ($5::bytea IS NULL OR name_index=$5)"              \
                 " AND ($6::bigint IS NULL OR created_at>=$6) AND ($7::bigint IS NULL OR created_at<$7)"               \
                 " AND ($8::bigint IS NULL OR (created_at, id) " op " ($8, $9::uuid))"                                 \
                 " ORDER BY created_at " dir ", id " dir " LIMIT $10"
#define CARD_PAGE(way) CARD_PAGE_(way)

const struct db_stmt cards_sql[] = {
    [CARD_UP] = {"card_up", CARD_PAGE(PAGE_UP)},
    [CARD_DOWN] = {"card_down", CARD_PAGE(PAGE_DOWN)},
    [CARD_OF] = {"card_of", CARD_COLUMNS " WHERE workspace_id=$1 AND kind=$2 AND id=ANY($3)"},
    /* $1 workspace, $2 kind: names of one kind are given one after the other */
    [CARD_LOCK] = {"card_lock", "SELECT pg_advisory_xact_lock(hashtextextended('card ' || $1::uuid::text, $2))"},
    [CARD_NAMED] = {"card_named", "SELECT id FROM card WHERE workspace_id=$1 AND kind=$2 AND name_index=$3"},
    [CARD_ADD] = {"card_add", "INSERT INTO card (workspace_id, kind, id, name_index, owner_id, state, about_id, sealed,"
                              " created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)"},
    [CARD_SET] = {"card_set", "UPDATE card SET name_index=$4, state=$5, sealed=$6, updated_at=$7"
                              " WHERE workspace_id=$1 AND kind=$2 AND id=$3"},
    [CARD_FORGET] = {"card_forget", "DELETE FROM card WHERE workspace_id=$1 AND id IN (SELECT id FROM card WHERE "
                                    "workspace_id=$1 AND kind=$2 AND created_at<$3 ORDER BY created_at, id LIMIT $4)"},
    [CARD_DROP] = {"card_drop", "DELETE FROM card WHERE workspace_id=$1 AND kind=$2 AND id=$3"},
};
const size_t cards_sql_n = sizeof cards_sql / sizeof *cards_sql;

static struct seal_at place(const struct vaulted *v, struct id id)
{
    return (struct seal_at){v->workspace, "card", "sealed", id, 0};
}

static enum err_code name_hash(const struct vaulted *v, enum card_kind kind, str name, struct arena *a,
                               uint8_t out[BLIND_BYTES], struct err *e)
{
    return blind_index(v->keys, v->workspace, "card.name",
                       str_fmt(a, "%d %.*s", (int)kind, STR_ARG(uni_lower(a, str_trim(name)))), out, e);
}

static void card_fill(const struct db_rows *r, struct arena *a, void *row)
{
    (void)a;
    *(struct card *)row = (struct card){.id = db_id(r, 0),
                                        .owner = db_id(r, 1),
                                        .about = db_id(r, 2),
                                        .state = (int)db_i64(r, 3),
                                        .created_at_ms = db_i64(r, 4),
                                        .updated_at_ms = db_i64(r, 5)};
}
static const struct sealed_rows card_rows = {"card", sizeof(struct card), 6, offsetof(struct card, body), card_fill};

enum err_code cards_page(struct db_tx *t, const struct vaulted *v, enum card_kind kind, const struct card_filter *f,
                         const struct page_want *w, struct arena *a, struct card **out, size_t *out_n, struct err *e)
{
    uint8_t index[BLIND_BYTES];
    struct db_rows r;

    if (f->name.n && name_hash(v, kind, f->name, a, index, e))
        return e->code;
    if (db_run(t, &cards_sql[w->desc ? CARD_DOWN : CARD_UP],
               DB_ARGS(P_ID(v->workspace), P_I64(kind), f->states, f->abouts,
                       f->name.n ? P_BYTES_N(index, BLIND_BYTES) : P_NULL(DB_BYTES), P_PAGE_SPAN(w), P_PAGE(w)),
               &r, e))
        return e->code;
    return sealed_rows_read(&r, v, &card_rows, a, (void **)out, out_n, e);
}

enum err_code cards_load(struct db_tx *t, const struct vaulted *v, enum card_kind kind, const struct id *ids, size_t n,
                         struct arena *a, struct card **out, size_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &cards_sql[CARD_OF], DB_ARGS(P_ID(v->workspace), P_I64(kind), P_IDS(ids, n)), &r, e))
        return e->code;
    return sealed_rows_read(&r, v, &card_rows, a, (void **)out, out_n, e);
}

/* *out: what to store as the name's hash. ERR_EXISTS when another card has the name. */
static enum err_code name_take(struct db_tx *t, const struct vaulted *v, enum card_kind kind, const struct card *c,
                               struct arena *a, struct db_val *out, struct err *e)
{
    uint8_t *index = arena_alloc(a, BLIND_BYTES);
    struct db_rows r;
    bool taken;

    *out = P_NULL(DB_BYTES);
    if (!c->name.n)
        return ERR_OK;
    if (name_hash(v, kind, c->name, a, index, e) ||
        db_run(t, &cards_sql[CARD_LOCK], DB_ARGS(P_ID(v->workspace), P_I64(kind)), NULL, e))
        return e->code;
    *out = P_BYTES_N(index, BLIND_BYTES);
    if (db_run(t, &cards_sql[CARD_NAMED], DB_ARGS(P_ID(v->workspace), P_I64(kind), *out), &r, e))
        return e->code;
    taken = db_next(&r) && !id_eq(db_id(&r, 0), c->id);
    db_rows_done(&r);
    return taken ? err_set(e, ERR_EXISTS, "there is another of this name") : ERR_OK;
}

enum err_code card_add(struct db_tx *t, const struct vaulted *v, enum card_kind kind, struct card *c, struct arena *a,
                       struct err *e)
{
    struct db_val name;
    struct seal_at at;
    str sealed;

    c->id = ID_NIL;
    if (name_take(t, v, kind, c, a, &name, e))
        return e->code;
    c->id = id_new();
    c->created_at_ms = c->updated_at_ms = clock_now_ms();
    at = place(v, c->id);
    if (seal(v->keys, key_class(KEY_METADATA), &at, c->body, a, &sealed, e))
        return e->code;
    return db_send(t, &cards_sql[CARD_ADD],
                   DB_ARGS(P_ID(v->workspace), P_I64(kind), P_ID(c->id), name, P_ID_OR_NULL(c->owner), P_I64(c->state),
                           P_ID_OR_NULL(c->about), P_BYTES(sealed), P_I64(c->created_at_ms)),
                   e);
}

enum err_code card_set(struct db_tx *t, const struct vaulted *v, enum card_kind kind, struct card *c, struct arena *a,
                       struct err *e)
{
    struct seal_at at = place(v, c->id);
    struct db_val name;
    str sealed;

    c->updated_at_ms = clock_now_ms();
    if (name_take(t, v, kind, c, a, &name, e) || seal(v->keys, key_class(KEY_METADATA), &at, c->body, a, &sealed, e))
        return e->code;
    return row_touch(t, &cards_sql[CARD_SET],
                     DB_ARGS(P_ID(v->workspace), P_I64(kind), P_ID(c->id), name, P_I64(c->state), P_BYTES(sealed),
                             P_I64(c->updated_at_ms)),
                     ERR_NOT_FOUND, "no such card", e);
}

enum err_code card_drop(struct db_tx *t, const struct vaulted *v, enum card_kind kind, struct id id, struct err *e)
{
    return row_touch(t, &cards_sql[CARD_DROP], DB_ARGS(P_ID(v->workspace), P_I64(kind), P_ID(id)), ERR_NOT_FOUND,
                     "no such card", e);
}

enum err_code cards_forget(struct db_tx *t, const struct vaulted *v, enum card_kind kind, int64_t before_ms,
                           size_t limit, int64_t *out_n, struct err *e)
{
    struct db_rows r;

    if (db_run(t, &cards_sql[CARD_FORGET],
               DB_ARGS(P_ID(v->workspace), P_I64(kind), P_I64(before_ms), P_I64((int64_t)limit)), &r, e))
        return e->code;
    *out_n = r.affected;
    db_rows_done(&r);
    return ERR_OK;
}
