#include "records/chosen.h"

#include "base/json.h"

enum { CHOSEN_MAX = 1000, BODY_MAX = 128 << 10 };

static enum err_code load(struct db_tx *t, const struct vaulted *v, str key, struct arena *a, struct chosen **out,
                          size_t *out_n, struct err *e)
{
    struct card_filter f = {P_NULL(DB_I64S), P_NULL(DB_IDS), key};
    struct page_want w = {.limit = CHOSEN_MAX, .from_ms = CLOCK_NONE, .to_ms = CLOCK_NONE};
    struct json_doc *d;
    struct card *cards;
    size_t n;

    if (cards_page(t, v, CARD_SETTING, &f, &w, a, &cards, &n, e))
        return e->code;
    *out = ARENA_ARRAY(a, struct chosen, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (json_parse(cards[i].body, &d, e))
            return err_wrap(e, "a chosen setting");
        (*out)[i] = (struct chosen){cards[i].id, str_dup(a, json_str(json_get(json_root(d), "key"), STR(""))),
                                    str_dup(a, json_str(json_get(json_root(d), "value"), STR("")))};
        json_free(d);
    }
    *out_n = n;
    return ERR_OK;
}

enum err_code chosen_load(struct db_tx *t, const struct vaulted *v, struct arena *a, struct chosen **out, size_t *out_n,
                          struct err *e)
{
    return load(t, v, STR(""), a, out, out_n, e);
}

enum err_code chosen_put(struct db_tx *t, const struct vaulted *v, str key, str value, struct id who, struct arena *a,
                         struct err *e)
{
    struct card c = {.owner = who, .name = key};
    struct chosen *now;
    struct buf b;
    struct jw w;
    size_t n;

    if (load(t, v, key, a, &now, &n, e))
        return e->code;
    buf_init(&b, BODY_MAX);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "key", key);
    jw_kstr(&w, "value", value);
    jw_end(&w);
    c.body = buf_ok(&b) ? str_dup(a, buf_view(&b)) : STR_NULL;
    buf_done(&b);
    if (!c.body.n)
        return err_set(e, ERR_LIMIT, "longer than a setting may be");
    if (!n)
        return card_add(t, v, CARD_SETTING, &c, a, e);
    c.id = now[0].card;
    return card_set(t, v, CARD_SETTING, &c, a, e);
}

enum err_code chosen_drop(struct db_tx *t, const struct vaulted *v, str key, struct arena *a, struct err *e)
{
    struct chosen *now = NULL;
    size_t n = 0;

    if (load(t, v, key, a, &now, &n, e))
        return e->code;
    return n ? card_drop(t, v, CARD_SETTING, now[0].card, e) : ERR_OK;
}
