/* api/people.c - the people behind names and addresses. */
#include "api/resource.h"
#include "records/people.h"

static const char *const sides[] = {"unknown", "internal", "external", NULL};

enum { F_ID_, F_NAME, F_EMAIL, F_SIDE, F_ACCOUNT, F_CREATED, F_ERASED, F_COUNT };
static const struct res_field fields[] = {
    [F_ID_] = {"id", RES_ID, RES_READ_ONLY, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [F_NAME] = {"name", RES_STR, RES_READ_ONLY | RES_SEALED | RES_NULLABLE,
                "Name as first seen; null when erased or not known.", "\"Ann Vermeulen\""},
    [F_EMAIL] = {"email", RES_STR, RES_READ_ONLY | RES_SEALED | RES_NULLABLE | RES_FILTER,
                 "Mail address; null when erased or not known.", "\"ann@customer.example\"", .max = 320},
    [F_SIDE] = {"side", RES_ENUM, RES_READ_ONLY | RES_FILTER, "Ours (internal), theirs (external), or not known.",
                "\"external\"", .words = sides},
    [F_ACCOUNT] = {"account", RES_ID, RES_READ_ONLY | RES_NULLABLE | RES_FILTER, "The customer the person belongs to.",
                   "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\"", .to = "accounts"},
    [F_CREATED] = {"created_at", RES_TIME, RES_READ_ONLY | RES_SORT | RES_RANGE, "When first seen.",
                   "\"2026-06-10T09:30:00.000Z\""},
    [F_ERASED] = {"erased", RES_BOOL, RES_READ_ONLY, "Whether the person's words and name were erased.", "false"},
};
static const struct res_shape shape = {"Person", "Somebody who takes part in conversations.", RES_FIELDS(fields)};

static struct res_val *item_of(struct res_ctx *c, const void *row)
{
    const struct person_row *p = row;
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, F_COUNT);

    item[F_ID_] = res_id(p->id);
    item[F_NAME] = res_str_or(p->name, RES_NULL);
    item[F_EMAIL] = res_str_or(p->email, RES_NULL);
    item[F_SIDE] = res_str(str_of(ia_side_name((enum ia_side)p->side)));
    item[F_ACCOUNT] = res_id(p->account);
    item[F_CREATED] = res_time(p->created_at_ms);
    item[F_ERASED] = res_bool(p->erased);
    return item;
}

static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    const struct res_filter *email = res_filter_get(q, "email", RES_EQ);
    struct people_filter f = {res_filter_ids(c->a, res_filter_get(q, "account", RES_EQ)),
                              res_filter_words(c->a, res_filter_get(q, "side", RES_EQ)),
                              email ? email->v[0].v.s : STR("")};
    struct page_want w = res_page_want(q, "created_at");
    struct person_row *rows;
    size_t n;

    if (people_page(c->t, c->v, &f, &w, c->a, &rows, &n, e))
        return e->code;
    res_page_fill(c, page, q, &shape, rows, n, sizeof *rows, item_of);
    return ERR_OK;
}

static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e)
{
    struct person_row *rows;
    size_t rows_n;

    (void)want;
    if (people_load(c->t, c->v, ids, n, c->a, &rows, &rows_n, e))
        return e->code;
    res_rows_place(c, &shape, ids, n, rows, rows_n, sizeof *rows, item_of, items);
    return ERR_OK;
}

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/people", PERM_PEOPLE_READ, "List people"},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/people/{id}", PERM_PEOPLE_READ, "Read one person"},
};

const struct resource res_people = {
    .name = "people",
    .key = "people",
    .one = "person",
    .about = "Who takes part in conversations, ours and theirs.",
    .flags = RES_CONTENT,
    .shape = &shape,
    .sort = "-created_at",
    RES_OPS(ops),
    .list = list,
    .many = many,
};
