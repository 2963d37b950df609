#include "api/cards.h"

enum { CARD_BODY_MAX = 2 << 20 };

static size_t at_of(const struct card_def *d, const char *field)
{
    return field ? res_field_index(d->shape, str_of(field)) : SIZE_MAX;
}

static enum err_code item_read(struct res_ctx *c, const struct card_def *d, const struct card *k, struct res_val **out,
                               struct err *e)
{
    struct res_faults faults = {0};
    struct json_doc *j = NULL;
    bool ok;

    if (json_parse(k->body, &j, e))
        return e->code;
    ok = res_read(c->a, d->shape, RES_FROM_STORE, json_root(j), STR(""), &faults, out);
    json_free(j);
    if (!ok)
        return err_set(e, ERR_CORRUPT, "a stored card does not have its shape");
    (*out)[CARD_ID] = res_id(k->id);
    (*out)[CARD_CREATED] = res_time(k->created_at_ms);
    (*out)[CARD_UPDATED] = res_time(k->updated_at_ms);
    return ERR_OK;
}

enum err_code card_res_list(struct res_ctx *c, const struct card_def *d, const struct res_query *q,
                            struct res_page *page, struct err *e)
{
    const struct res_filter *state = d->state ? res_filter_get(q, d->state, RES_EQ) : NULL;
    const struct res_filter *about = d->about ? res_filter_get(q, d->about, RES_EQ) : NULL;
    const struct res_filter *name = d->name ? res_filter_get(q, d->name, RES_EQ) : NULL;
    struct card_filter f = {res_filter_words(c->a, state), res_filter_ids(c->a, about),
                            name ? name->v[0].v.s : STR("")};
    struct page_want w = res_page_want(q, "created_at");
    struct card *rows;
    size_t n;

    if (cards_page(c->t, c->v, d->kind, &f, &w, c->a, &rows, &n, e))
        return e->code;
    res_page_begin(c, page, q, n);
    for (size_t i = 0; i < page->n; i++) {
        if (item_read(c, d, &rows[i], &page->items[i], e))
            return e->code;
        page->keys[i] = (struct res_key){rows[i].created_at_ms, rows[i].id};
    }
    return ERR_OK;
}

enum err_code card_res_many(struct res_ctx *c, const struct card_def *d, const struct id *ids, size_t n,
                            struct res_val **items, struct err *e)
{
    struct res_val *item = NULL;
    struct card *rows = NULL;
    size_t rows_n = 0;

    if (cards_load(c->t, c->v, d->kind, ids, n, c->a, &rows, &rows_n, e))
        return e->code;
    for (size_t i = 0; i < rows_n; i++) {
        if (item_read(c, d, &rows[i], &item, e))
            return e->code;
        res_place(ids, n, rows[i].id, item, items);
    }
    return ERR_OK;
}

/* The row as a card: all but the card's own fields in its object. */
static enum err_code card_of(struct res_ctx *c, const struct card_def *d, const struct res_val *item, struct card *out,
                             struct err *e)
{
    size_t name = at_of(d, d->name), state = at_of(d, d->state), about = at_of(d, d->about);
    struct buf b;
    struct jw w;

    *out = (struct card){.owner = c->who.user};
    if (name != SIZE_MAX && item[name].is == RES_SET)
        out->name = item[name].v.s;
    if (state != SIZE_MAX && item[state].is == RES_SET)
        out->state = res_word(&d->shape->fields[state], item[state].v.s);
    if (about != SIZE_MAX && item[about].is == RES_SET)
        out->about = item[about].v.id;
    buf_init_wiped(&b, CARD_BODY_MAX);
    jw_init(&w, &b);
    res_write(&w, d->shape, item, ~((UINT64_C(1) << CARD_OWN) - 1));
    out->body = buf_ok(&b) ? str_dup(c->a, buf_view(&b)) : STR_NULL;
    buf_done(&b);
    return out->body.n ? ERR_OK : err_set(e, ERR_LIMIT, "it is larger than %d bytes", CARD_BODY_MAX);
}

static enum err_code settled(struct res_ctx *c, const struct card_def *d, const struct res_val *now,
                             struct res_val *item, struct err *e)
{
    size_t name = at_of(d, d->name);

    res_blanks(d->shape, CARD_OWN, item);
    if (name != SIZE_MAX)
        item[name].v.s = str_trim(item[name].v.s);
    return d->settle ? d->settle(c, now, item, e) : ERR_OK;
}

enum err_code card_res_create(struct res_ctx *c, const struct card_def *d, const struct res_val *in, struct id *out_id,
                              struct err *e)
{
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, d->shape->n);
    struct card k;

    memcpy(item, in, d->shape->n * sizeof *item);
    if (settled(c, d, NULL, item, e) || card_of(c, d, item, &k, e) || card_add(c->t, c->v, d->kind, &k, c->a, e))
        return e->code;
    *out_id = k.id;
    return ERR_OK;
}

enum err_code card_res_update(struct res_ctx *c, const struct card_def *d, struct id id, const struct res_val *in,
                              struct err *e)
{
    struct res_val *now = NULL, *item = ARENA_ARRAY(c->a, struct res_val, d->shape->n);
    struct card k;

    if (card_res_many(c, d, &id, 1, &now, e))
        return e->code;
    if (!now)
        return err_set(e, ERR_NOT_FOUND, "no such card");
    for (size_t i = 0; i < d->shape->n; i++)
        item[i] = in[i].is == RES_ABSENT ? now[i] : in[i];
    if (settled(c, d, now, item, e) || card_of(c, d, item, &k, e))
        return e->code;
    k.id = id;
    return card_set(c->t, c->v, d->kind, &k, c->a, e);
}
