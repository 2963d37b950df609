/* api/webhooks.c - endpoints of others that are told what happens, and how the telling went. */
#include "api/resource.h"
#include "net/egress.h"
#include "pipeline/worker.h"
#include "records/hooks.h"

static const char *const states[] = {"active", "disabled", "failed", NULL};          /* as enum hook_state */
static const char *const delivery_states[] = {"waiting", "delivered", "given_up",
                                              NULL}; /* as enum hook_delivery_state */

enum { F_ID_, F_URL, F_TYPES, F_STATE, F_PUBLIC, F_FAILING, F_CREATED, F_COUNT };
static const struct res_field fields[] = {
    [F_ID_] = {"id", RES_ID, RES_READ_ONLY, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [F_URL] = {"url", RES_STR, RES_NEEDED | RES_SEALED, "Where messages are posted to: https, a public address.",
               "\"https://hooks.example.com/harken\"", .min = 1, .max = 2048},
    [F_TYPES] = {"types", RES_STR, RES_LIST,
                 "Types of events it wants, or beginnings of types up to a dot; all when left out or empty.",
                 "\"interaction.created\"", .min = 1, .max = 51, .list_max = 32, .pattern = "^[a-z_.]{1,51}$"},
    [F_STATE] = {"state", RES_ENUM, 0, "Active, disabled by a person, or disabled because it failed for days.",
                 "\"active\"", .words = states},
    [F_PUBLIC] = {"public_key", RES_STR, RES_READ_ONLY, "What its v1a signatures (Ed25519) are checked with.",
                  "\"whpk_G0EVw8d2M7mHGzJ9pFO3mIm7kSPOFS2KmEzFO8cl+3k=\""},
    [F_FAILING] = {"failing_since", RES_TIME, RES_READ_ONLY | RES_NULLABLE,
                   "Since when nothing got through; null when the last message did.", "null"},
    [F_CREATED] = {"created_at", RES_TIME, RES_READ_ONLY | RES_SORT, "When it was made.",
                   "\"2026-06-10T09:30:00.000Z\""},
};
static const struct res_shape shape = {"Webhook", "An endpoint that is told what happens.", RES_FIELDS(fields)};

static struct res_val *item_of(struct res_ctx *c, const void *row)
{
    const struct hook *h = row;
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, F_COUNT), *types = NULL;
    size_t n = 0, cap = 0;
    str rest = h->types;

    while (rest.n) {
        str one = str_cut(rest, ',', &rest);
        ARENA_PUSH(c->a, types, n, cap) = res_str(one);
    }
    item[F_ID_] = res_id(h->id);
    item[F_URL] = res_str(h->url);
    item[F_TYPES] = res_vals(types, n);
    item[F_STATE] = res_str(str_of(states[h->state]));
    item[F_PUBLIC] = res_str(h->keys_n ? hooksig_public_text(&h->keys[0], c->a) : STR(""));
    item[F_FAILING] = res_time(h->failing_since_ms);
    item[F_CREATED] = res_time(h->created_at_ms);
    return item;
}

static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    struct page_want w = res_page_want(q, "created_at");
    struct hook *rows;
    size_t n;

    if (hook_page(c->t, c->v, &w, c->a, &rows, &n, e))
        return e->code;
    res_page_fill(c, page, q, &shape, rows, n, sizeof *rows, item_of);
    return ERR_OK;
}

static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e)
{
    struct hook *rows;
    size_t rows_n;

    (void)want;
    if (hook_load(c->t, c->v, ids, n, c->a, &rows, &rows_n, e))
        return e->code;
    res_rows_place(c, &shape, ids, n, rows, rows_n, sizeof *rows, item_of, items);
    return ERR_OK;
}

static enum err_code types_read(struct res_ctx *c, const struct res_val *v, str *out, struct err *e)
{
    str *words = ARENA_ARRAY(c->a, str, v->n + 1);

    for (size_t i = 0; i < v->n; i++) {
        words[i] = v->v.list[i].v.s;
        for (size_t k = 0; k < words[i].n; k++) {
            char ch = words[i].p[k];
            if (!((ch >= 'a' && ch <= 'z') || ch == '_' || ch == '.'))
                return err_set(e, ERR_INVALID, "a type is small letters around a dot: deal.changed, or deal.");
        }
    }
    *out = str_join(c->a, words, v->n, STR(","));
    return ERR_OK;
}

static enum err_code values_read(struct res_ctx *c, const struct res_val *in, struct hook *h, struct err *e)
{
    if (in[F_URL].is == RES_SET) {
        h->url = in[F_URL].v.s;
        if (egress_url_check(h->url, atomic_load(&c->api->core->egress), e))
            return res_say(c, 422, "this url cannot be used", str_dup(c->a, str_of(e->msg)), e);
    }
    if (in[F_TYPES].is == RES_SET && types_read(c, &in[F_TYPES], &h->types, e))
        return err_wrap(e, "types");
    if (in[F_STATE].is == RES_SET)
        h->state = (enum hook_state)res_word(&fields[F_STATE], in[F_STATE].v.s);
    return h->state == HOOK_FAILED && in[F_STATE].is == RES_SET
               ? res_say(c, 409, "not that state", STR("active or disabled can be asked for"), e)
               : ERR_OK;
}

static enum err_code create(struct res_ctx *c, const struct res_val *in, struct id *out_id, struct err *e)
{
    struct hook h = {.failing_since_ms = CLOCK_NONE, .keys_n = 1, .until_ms = {CLOCK_NONE}};

    if (values_read(c, in, &h, e))
        return e->code;
    hooksig_keys_new(&h.keys[0]);
    if (hook_add(c->t, c->v, &h, c->a, e))
        return e->code;
    *out_id = h.id;
    return ERR_OK;
}

static enum err_code one(struct res_ctx *c, struct id id, struct hook **out, struct err *e)
{
    size_t n;

    if (hook_load(c->t, c->v, &id, 1, c->a, out, &n, e))
        return e->code;
    return n ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such webhook");
}

static enum err_code update(struct res_ctx *c, struct id id, const struct res_val *in, struct err *e)
{
    struct hook *h;

    if (one(c, id, &h, e) || values_read(c, in, h, e))
        return e->code;
    return hook_save(c->t, c->v, h, c->a, e);
}

static enum err_code drop(struct res_ctx *c, struct id id, struct err *e)
{
    return hook_drop(c->t, id, e);
}

static const struct res_field secret_fields[] = {
    {"secret", RES_STR, 0, "The secret of v1 signatures. The one before signs along for another day.",
     "\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\""},
    {"public_key", RES_STR, 0, "What v1a signatures are checked with.",
     "\"whpk_G0EVw8d2M7mHGzJ9pFO3mIm7kSPOFS2KmEzFO8cl+3k=\""},
};
static const struct res_shape secret_shape = {"WebhookSecret", "Keys of a webhook: shown once.",
                                              RES_FIELDS(secret_fields)};

static enum err_code rotate(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                            struct res_val **out, struct err *e)
{
    struct hook *h;

    (void)in, (void)query;
    if (one(c, id, &h, e))
        return e->code;
    h->keys[1] = h->keys[0];
    h->until_ms[1] = clock_now_ms() + HOOK_OLD_KEY_MS;
    hooksig_keys_new(&h->keys[0]);
    h->until_ms[0] = CLOCK_NONE;
    h->keys_n = 2;
    if (hook_save(c->t, c->v, h, c->a, e))
        return e->code;
    *out = ARENA_ARRAY(c->a, struct res_val, 2);
    (*out)[0] = res_str(hooksig_secret_text(&h->keys[0], c->a));
    (*out)[1] = res_str(hooksig_public_text(&h->keys[0], c->a));
    return ERR_OK;
}

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/webhooks", PERM_WEBHOOKS_READ, "List webhooks"},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/webhooks/{id}", PERM_WEBHOOKS_READ, "Read one webhook"},
    {RES_OP_CREATE, "create", HTTP_M_POST, "/v1/webhooks", PERM_WEBHOOKS_WRITE,
     "Make a webhook; ask for its keys with rotate", .status = 201},
    {RES_OP_UPDATE, "update", HTTP_M_PATCH, "/v1/webhooks/{id}", PERM_WEBHOOKS_WRITE, "Change a webhook"},
    {RES_OP_DELETE, "delete", HTTP_M_DELETE, "/v1/webhooks/{id}", PERM_WEBHOOKS_WRITE, "Delete a webhook",
     .status = 204},
    {RES_OP_ACT, "rotate", HTTP_M_POST, "/v1/webhooks/{id}/rotate", PERM_WEBHOOKS_WRITE,
     "Make new keys and show them, this once", .answer = &secret_shape, .audit = AUDIT_ADMIN, .act = rotate},
};

const struct resource res_webhooks = {
    .name = "webhooks",
    .key = "webhooks",
    .one = "webhook",
    .about = "Endpoints that are told what happens, as Standard Webhooks.",
    .shape = &shape,
    .sort = "-created_at",
    RES_OPS(ops),
    .list = list,
    .many = many,
    .create = create,
    .update = update,
    .drop = drop,
};

/* ---- deliveries ---- */

enum { D_ID, D_HOOK, D_TYPE, D_OBJECT, D_STATE, D_TRIES, D_STATUS, D_ERROR, D_LAST, D_CREATED, D_COUNT };
static const struct res_field delivery_fields[] = {
    [D_ID] = {"id", RES_ID, RES_READ_ONLY, "Its id; the message's webhook-id is msg_ and this.",
              "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [D_HOOK] = {"webhook", RES_ID, RES_READ_ONLY | RES_FILTER, "The webhook it is for.",
                "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\"", .to = "webhooks"},
    [D_TYPE] = {"type", RES_STR, RES_READ_ONLY, "What happened.", "\"interaction.created\""},
    [D_OBJECT] = {"object", RES_ID, RES_READ_ONLY, "To what it happened.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ad\""},
    [D_STATE] = {"state", RES_ENUM, RES_READ_ONLY, "Waiting for its next try, delivered, or given up.", "\"delivered\"",
                 .words = delivery_states},
    [D_TRIES] = {"tries", RES_INT, RES_READ_ONLY, "How often it was sent.", "1"},
    [D_STATUS] = {"last_status", RES_INT, RES_READ_ONLY | RES_NULLABLE, "Status of the last answer; null: none came.",
                  "200"},
    [D_ERROR] = {"last_error", RES_STR, RES_READ_ONLY | RES_NULLABLE, "Kind of error when no answer came.",
                 "\"timeout\""},
    [D_LAST] = {"last_at", RES_TIME, RES_READ_ONLY | RES_NULLABLE, "When it was last sent.",
                "\"2026-06-10T09:30:01.000Z\""},
    [D_CREATED] = {"created_at", RES_TIME, RES_READ_ONLY | RES_SORT, "When it was queued.",
                   "\"2026-06-10T09:30:00.000Z\""},
};
static const struct res_shape delivery_shape = {"WebhookDelivery", "One message to one webhook.",
                                                RES_FIELDS(delivery_fields)};

static struct res_val *delivery_item(struct res_ctx *c, const void *row)
{
    const struct hook_delivery *d = row;
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, D_COUNT);

    item[D_ID] = res_id(d->id);
    item[D_HOOK] = res_id(d->hook);
    item[D_TYPE] = res_str(str_dup(c->a, str_of(d->type)));
    item[D_OBJECT] = res_id(d->object);
    item[D_STATE] = res_str(str_of(delivery_states[d->state]));
    item[D_TRIES] = res_i64(d->tries);
    item[D_STATUS] = d->last_status ? res_i64(d->last_status) : res_null();
    item[D_ERROR] = d->last_code ? res_str(str_of(err_name(d->last_code))) : res_null();
    item[D_LAST] = res_time(d->last_at_ms);
    item[D_CREATED] = res_time(d->created_at_ms);
    return item;
}

static enum err_code delivery_list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    struct page_want w = res_page_want(q, "created_at");
    struct hook_delivery *rows;
    size_t n;

    if (hook_delivery_page(c->t, res_filter_ids(c->a, res_filter_get(q, "webhook", RES_EQ)), &w, c->a, &rows, &n, e))
        return e->code;
    res_page_fill(c, page, q, &delivery_shape, rows, n, sizeof *rows, delivery_item);
    return ERR_OK;
}

static enum err_code delivery_many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want,
                                   struct res_val **items, struct err *e)
{
    struct hook_delivery *rows;
    size_t rows_n;

    (void)want;
    if (hook_delivery_load(c->t, ids, n, c->a, &rows, &rows_n, e))
        return e->code;
    res_rows_place(c, &delivery_shape, ids, n, rows, rows_n, sizeof *rows, delivery_item, items);
    return ERR_OK;
}

static void wake(struct api *api, struct id object)
{
    (void)object;
    workers_wake(api->core, "webhook");
}

static enum err_code replay(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                            struct res_val **out, struct err *e)
{
    struct hook_delivery *d;
    size_t n;

    (void)in, (void)query;
    if (hook_delivery_load(c->t, &id, 1, c->a, &d, &n, e))
        return e->code;
    if (!n)
        return err_set(e, ERR_NOT_FOUND, "no such delivery");
    d->state = HOOK_WAITING;
    d->tries = 0;
    d->last_at_ms = CLOCK_NONE;
    d->last_status = 0;
    d->last_code = ERR_OK;
    if (hook_delivery_note(c->t, d, 0, e))
        return e->code;
    res_after(c, wake, id);
    *out = delivery_item(c, d);
    return ERR_OK;
}

static const struct res_op delivery_ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/webhook-deliveries", PERM_WEBHOOKS_READ, "List what was sent to webhooks"},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/webhook-deliveries/{id}", PERM_WEBHOOKS_READ, "Read one delivery"},
    {RES_OP_ACT, "replay", HTTP_M_POST, "/v1/webhook-deliveries/{id}/replay", PERM_WEBHOOKS_WRITE,
     "Send it again, under the same webhook-id", .answer = &delivery_shape, .act = replay},
};

const struct resource res_webhook_deliveries = {
    .name = "webhook-deliveries",
    .key = "webhook_deliveries",
    .one = "delivery",
    .about = "What was sent to webhooks, and how it went.",
    .shape = &delivery_shape,
    .sort = "-created_at",
    RES_OPS(delivery_ops),
    .list = delivery_list,
    .many = delivery_many,
};
