/* api/accounts.c - the customers. */
#include "records/accounts.h"

#include "api/resource.h"

enum { F_ID_, F_NAME, F_DOMAIN, F_CREATED, F_INTERACTIONS, F_DEALS, F_COUNT };
static const struct res_field fields[F_COUNT] = {
    [F_ID_] = {"id", RES_ID, RES_READ_ONLY, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [F_NAME] = {"name", RES_STR, RES_NEEDED | RES_SEALED | RES_FILTER, "Its name; no two are the same.",
                "\"Northwind\"", .min = 1, .max = 1024},
    [F_DOMAIN] = {"domain", RES_STR, RES_WRITE_ONLY | RES_FILTER,
                  "Its mail domain: external people of it belong to the account. Kept as a keyed hash only.",
                  "\"northwind.example\"", .min = 1, .max = 253},
    [F_CREATED] = {"created_at", RES_TIME, RES_READ_ONLY | RES_SORT | RES_RANGE, "When it was first seen.",
                   "\"2026-06-10T09:30:00.000Z\""},
    [F_INTERACTIONS] = {"interactions", RES_INT, RES_READ_ONLY, "Conversations with it.", "12"},
    [F_DEALS] = {"deals", RES_INT, RES_READ_ONLY, "Deals with it.", "2"},
};
static const struct res_shape shape = {"Account", "A customer.", RES_FIELDS(fields)};

static struct res_val *item_of(struct res_ctx *c, const void *row)
{
    const struct account_row *r = row;
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, F_COUNT);

    item[F_ID_] = res_id(r->id);
    item[F_NAME] = res_str(r->name);
    item[F_CREATED] = res_time(r->created_at_ms);
    item[F_INTERACTIONS] = res_i64(r->interactions);
    item[F_DEALS] = res_i64(r->deals);
    return item;
}

static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    const struct res_filter *name = res_filter_get(q, "name", RES_EQ), *domain = res_filter_get(q, "domain", RES_EQ);
    struct page_want w = res_page_want(q, "created_at");
    struct account_row *rows;
    size_t n;

    if (accounts_page(c->t, c->v, name ? name->v[0].v.s : STR(""), domain ? domain->v[0].v.s : STR(""), &w, c->a, &rows,
                      &n, e))
        return e->code;
    res_page_fill(c, page, q, &shape, rows, n, sizeof *rows, item_of);
    return ERR_OK;
}

static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e)
{
    struct account_row *rows;
    size_t rows_n;

    (void)want;
    if (accounts_load(c->t, c->v, ids, n, c->a, &rows, &rows_n, e))
        return e->code;
    res_rows_place(c, &shape, ids, n, rows, rows_n, sizeof *rows, item_of, items);
    return ERR_OK;
}

static str domain_of(const struct res_val *in)
{
    return in[F_DOMAIN].is == RES_SET ? in[F_DOMAIN].v.s : STR("");
}

static enum err_code create(struct res_ctx *c, const struct res_val *in, struct id *out_id, struct err *e)
{
    *out_id = ID_NIL;
    return account_edit(c->t, c->v, out_id, in[F_NAME].v.s, domain_of(in), c->a, e);
}

static enum err_code update(struct res_ctx *c, struct id id, const struct res_val *in, struct err *e)
{
    struct res_val *now = NULL;

    if (many(c, &id, 1, UINT64_MAX, &now, e))
        return e->code;
    if (!now)
        return err_set(e, ERR_NOT_FOUND, "no such account");
    return account_edit(c->t, c->v, &id, in[F_NAME].is == RES_SET ? in[F_NAME].v.s : now[F_NAME].v.s, domain_of(in),
                        c->a, e);
}

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/accounts", PERM_ACCOUNTS_READ, "List accounts"},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/accounts/{id}", PERM_ACCOUNTS_READ, "Read one account"},
    {RES_OP_CREATE, "create", HTTP_M_POST, "/v1/accounts", PERM_ACCOUNTS_WRITE, "Make an account, or many",
     .flags = RES_OP_BULK, .body_max = 1 << 20},
    {RES_OP_UPDATE, "update", HTTP_M_PATCH, "/v1/accounts/{id}", PERM_ACCOUNTS_WRITE, "Rename an account",
     .flags = RES_OP_MATCH},
};

const struct resource res_accounts = {
    .name = "accounts",
    .key = "accounts",
    .one = "account",
    .about = "Customers, as conversations and the CRM name them.",
    .flags = RES_CONTENT,
    .shape = &shape,
    .sort = "-created_at",
    RES_OPS(ops),
    .list = list,
    .many = many,
    .create = create,
    .update = update,
};
