/* api/res_write.c - items of resources as JSON, and their entity tags. */
#include "api/resource.h"

static void value_write(struct jw *w, const struct res_field *f, const struct res_val *v)
{
    char text[CLOCK_TEXT_LEN];
    char id[ID_TEXT_LEN + 1];

    switch (f->kind) {
    case RES_STR:
    case RES_ENUM:
        jw_str(w, v->v.s);
        break;
    case RES_ID:
        id_format(v->v.id, id);
        jw_str(w, str_of(id));
        break;
    case RES_TIME:
        clock_format(v->v.i, text);
        jw_str(w, str_of(text));
        break;
    case RES_INT:
        jw_i64(w, v->v.i);
        break;
    case RES_REAL:
        jw_real(w, v->v.d);
        break;
    case RES_BOOL:
        jw_bool(w, v->v.b);
        break;
    case RES_OBJ:
        res_write(w, f->of, v->v.obj, UINT64_MAX);
        break;
    case RES_JSON:
        jw_raw(w, v->v.s);
        break;
    }
}

static void field_write(struct jw *w, const struct res_field *f, const struct res_val *v)
{
    if (v->is != RES_SET && f->flags & RES_MAYBE)
        return;
    jw_key(w, f->name);
    if (v->is != RES_SET) {
        jw_null(w);
    } else if (f->flags & RES_LIST) {
        jw_arr(w);
        for (size_t i = 0; i < v->n; i++)
            value_write(w, f, &v->v.list[i]);
        jw_end(w);
    } else {
        value_write(w, f, v);
    }
}

void res_write(struct jw *w, const struct res_shape *s, const struct res_val *item, uint64_t want)
{
    jw_obj(w);
    for (size_t i = 0; i < s->n; i++)
        if (want >> i & 1 && !(s->fields[i].flags & RES_WRITE_ONLY))
            field_write(w, &s->fields[i], &item[i]);
    jw_end(w);
}

str res_tag(struct arena *a, str bytes)
{
    uint8_t hash[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];

    sha256(bytes, hash);
    hex_put(hash, 12, hex);
    return str_fmt(a, "\"%s\"", hex);
}

static uint64_t lasting(const struct res_shape *s)
{
    uint64_t want = UINT64_MAX;

    for (size_t i = 0; i < s->n; i++)
        if (s->fields[i].flags & RES_FLEETING)
            want &= ~(UINT64_C(1) << i);
    return want;
}

bool res_fleets(const struct res_shape *s)
{
    return lasting(s) != UINT64_MAX;
}

str res_etag(struct arena *a, const struct res_shape *s, const struct res_val *item)
{
    struct buf b;
    struct jw w;
    str tag;

    buf_init_wiped(&b, 512 << 20);
    jw_init(&w, &b);
    res_write(&w, s, item, lasting(s));
    tag = res_tag(a, buf_view(&b));
    buf_done(&b);
    return tag;
}

/* ---- filters, for the resources' statements ---- */

const struct res_filter *res_filter_get(const struct res_query *q, const char *field, enum res_cmp cmp)
{
    for (size_t i = 0; i < q->filters_n; i++)
        if (q->filters[i].cmp == cmp && str_eq(str_of(q->filters[i].field->name), str_of(field)))
            return &q->filters[i];
    return NULL;
}

struct db_val res_filter_ids(struct arena *a, const struct res_filter *f)
{
    struct id *ids;

    if (!f)
        return P_NULL(DB_IDS);
    ids = ARENA_ARRAY(a, struct id, f->n);
    for (size_t i = 0; i < f->n; i++)
        ids[i] = f->v[i].v.id;
    return P_IDS(ids, f->n);
}

struct db_val res_filter_time(const struct res_filter *f)
{
    return f ? P_I64(f->v[0].v.i) : P_NULL(DB_I64);
}

struct db_val res_filter_words(struct arena *a, const struct res_filter *f)
{
    int64_t *numbers;

    if (!f)
        return P_NULL(DB_I64S);
    numbers = ARENA_ARRAY(a, int64_t, f->n);
    for (size_t i = 0; i < f->n; i++)
        numbers[i] = res_word(f->field, f->v[i].v.s);
    return P_I64S(numbers, f->n);
}

int res_word(const struct res_field *f, str word)
{
    for (int i = 0; f->words[i]; i++)
        if (str_eq(str_of(f->words[i]), word))
            return i;
    return -1;
}

struct page_want res_page_want(const struct res_query *q, const char *time)
{
    const struct res_filter *from = res_filter_get(q, time, RES_FROM), *to = res_filter_get(q, time, RES_TO);

    return (struct page_want){.desc = q->desc,
                              .behind = q->has_after,
                              .at = q->after.at,
                              .id = q->after.id,
                              .limit = q->limit + 1,
                              .from_ms = from ? from->v[0].v.i : CLOCK_NONE,
                              .to_ms = to ? to->v[0].v.i : CLOCK_NONE};
}

void res_page_begin(struct res_ctx *c, struct res_page *page, const struct res_query *q, size_t n)
{
    page->more = n > q->limit;
    page->n = page->more ? q->limit : n;
    page->items = ARENA_ARRAY(c->a, struct res_val *, page->n + 1);
    page->keys = ARENA_ARRAY(c->a, struct res_key, page->n + 1);
}

void res_place(const struct id *ids, size_t n, struct id id, struct res_val *item, struct res_val **items)
{
    for (size_t i = 0; i < n; i++)
        if (id_eq(ids[i], id))
            items[i] = item;
}
