/* api/rows.c - rows of tables as pages and as answers to ids: what the resources' `list` and `many` have in common. */
#include "api/resource.h"
#include "base/sort.h"

/* ---- the number a row is sorted by ---- */

/* Numbers in the order of the doubles they stand for. */
static int64_t real_key(double d)
{
    int64_t bits;

    memcpy(&bits, &d, sizeof bits);
    return bits < 0 ? (int64_t)(~(uint64_t)bits | UINT64_C(1) << 63) : bits;
}

static int64_t number_of(const struct res_field *f, const struct res_val *v)
{
    if (v->is != RES_SET)
        return INT64_MIN;
    return f->kind == RES_REAL ? real_key(v->v.d) : f->kind == RES_TIME || f->kind == RES_INT ? v->v.i : 0;
}

static struct id id_of(const struct res_shape *s, const struct res_val *item)
{
    size_t i = res_field_index(s, STR("id"));

    return i == SIZE_MAX ? ID_NIL : item[i].v.id;
}

static struct res_key key_of(const struct res_shape *s, const struct res_field *sort, const struct res_val *item)
{
    return (struct res_key){sort ? number_of(sort, &item[sort - s->fields]) : 0, id_of(s, item)};
}

/* ---- over statements that page themselves ---- */

void res_page_fill(struct res_ctx *c, struct res_page *page, const struct res_query *q, const struct res_shape *s,
                   const void *rows, size_t n, size_t size, res_item_fn item)
{
    res_page_begin(c, page, q, n);
    for (size_t i = 0; i < page->n; i++) {
        page->items[i] = item(c, (const char *)rows + i * size);
        page->keys[i] = key_of(s, q->sort, page->items[i]);
    }
}

void res_rows_place(struct res_ctx *c, const struct res_shape *s, const struct id *ids, size_t n, const void *rows,
                    size_t rows_n, size_t size, res_item_fn item, struct res_val **items)
{
    for (size_t i = 0; i < rows_n; i++) {
        struct res_val *one = item(c, (const char *)rows + i * size);
        res_place(ids, n, id_of(s, one), one, items);
    }
}

/* ---- over rows that are all here ---- */

static bool same(const struct res_field *f, const struct res_val *a, const struct res_val *b)
{
    switch (f->kind) {
    case RES_STR:
    case RES_ENUM:
    case RES_JSON:
        return str_eq(a->v.s, b->v.s);
    case RES_ID:
        return id_eq(a->v.id, b->v.id);
    case RES_TIME:
    case RES_INT:
        return a->v.i == b->v.i;
    case RES_REAL:
        return real_key(a->v.d) == real_key(b->v.d);
    case RES_BOOL:
        return a->v.b == b->v.b;
    case RES_OBJ:
        return false;
    }
    return false;
}

/* Is one of the row's values one of the filter's? */
static bool equals(const struct res_filter *f, const struct res_val *v)
{
    const struct res_val *own = f->field->flags & RES_LIST ? v->v.list : v;
    size_t n = f->field->flags & RES_LIST ? v->n : 1;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < f->n; k++)
            if (same(f->field, &own[i], &f->v[k]))
                return true;
    return false;
}

static bool passes(const struct res_query *q, const struct res_shape *s, const struct res_val *item)
{
    for (size_t i = 0; i < q->filters_n; i++) {
        const struct res_filter *f = &q->filters[i];
        const struct res_val *v = &item[f->field - s->fields];
        if (v->is != RES_SET)
            return false;
        if (f->cmp == RES_EQ ? !equals(f, v)
                             : (number_of(f->field, v) < number_of(f->field, &f->v[0])) == (f->cmp == RES_FROM))
            return false;
    }
    return true;
}

struct ranked {
    struct res_key key;
    struct res_val *item;
};

static int ascending(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;

    return a->key.at != b->key.at ? (a->key.at > b->key.at) - (a->key.at < b->key.at) : id_cmp(a->key.id, b->key.id);
}

static int descending(const void *x, const void *y)
{
    return ascending(y, x);
}

void res_rows_page(struct res_ctx *c, struct res_page *page, const struct res_query *q, const struct res_shape *s,
                   struct res_val **rows, size_t n, size_t offset)
{
    struct ranked *in = ARENA_ARRAY(c->a, struct ranked, n + 1), after = {.key = q->after};
    int (*order)(const void *, const void *) = q->desc ? descending : ascending;
    size_t kept = 0, first = 0;

    for (size_t i = 0; i < n; i++)
        if (passes(q, s, rows[i]))
            in[kept++] = (struct ranked){key_of(s, q->sort, rows[i]), rows[i]};
    list_sort(in, kept, sizeof *in, order);
    while (q->has_after && first < kept && order(&in[first], &after) <= 0)
        first++;
    first = kept - first > offset ? first + offset : kept;
    res_page_begin(c, page, q, kept - first);
    page->total = (int64_t)kept;
    for (size_t i = 0; i < page->n; i++) {
        page->items[i] = in[first + i].item;
        page->keys[i] = in[first + i].key;
    }
}

void res_rows_find(const struct res_shape *s, struct res_val **rows, size_t rows_n, const struct id *ids, size_t n,
                   struct res_val **items)
{
    for (size_t i = 0; i < rows_n; i++)
        res_place(ids, n, id_of(s, rows[i]), rows[i], items);
}

enum err_code res_of_json(struct res_ctx *c, const struct res_shape *s, str json, struct res_val **out, struct err *e)
{
    struct res_faults faults = {0};
    struct json_doc *d = NULL;
    bool ok;

    if (json_parse(json, &d, e))
        return err_set(e, ERR_INTERNAL, "an answer is not JSON");
    ok = res_read(c->a, s, RES_FROM_STORE, json_root(d), STR(""), &faults, out);
    json_free(d);
    if (ok)
        return ERR_OK;
    return err_set(e, ERR_INTERNAL, "an answer is not of its shape: %.*s %.*s", STR_ARG(faults.list[0].pointer),
                   STR_ARG(faults.list[0].detail));
}
