/* api/hook_sources.c - senders whose signed messages are let in at /hooks/NAME, and their keys. */
#include "api/resource.h"
#include "records/hook_sources.h"

enum { F_ID_, F_NAME, F_PATH, F_MESSAGES, F_LAST, F_CREATED, F_COUNT };
static const struct res_field fields[] = {
    [F_ID_] = {"id", RES_ID, RES_READ_ONLY, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [F_NAME] = {"name", RES_STR, RES_READ_ONLY, "Its name in the address: small letters, digits and dashes.",
                "\"billing\"", .max = 63},
    [F_PATH] = {"path", RES_STR, RES_READ_ONLY, "Where the sender posts its messages to.", "\"/hooks/billing\""},
    [F_MESSAGES] = {"messages", RES_INT, RES_READ_ONLY, "Messages that were taken in and are still kept: thirty days.",
                    "12"},
    [F_LAST] = {"last_received_at", RES_TIME, RES_READ_ONLY | RES_NULLABLE, "When the last one came; null: none.",
                "\"2026-06-10T09:30:00.000Z\""},
    [F_CREATED] = {"created_at", RES_TIME, RES_READ_ONLY | RES_SORT, "When it was made.",
                   "\"2026-06-10T09:30:00.000Z\""},
};
static const struct res_shape shape = {"HookSource", "A sender whose signed messages are let in.", RES_FIELDS(fields)};

static str path_of(struct arena *a, str name)
{
    return str_fmt(a, "/hooks/%.*s", STR_ARG(name));
}

static struct res_val *item_of(struct res_ctx *c, const void *row)
{
    const struct hook_source *s = row;
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, F_COUNT);

    item[F_ID_] = res_id(s->id);
    item[F_NAME] = res_str(s->name);
    item[F_PATH] = res_str(path_of(c->a, s->name));
    item[F_MESSAGES] = res_i64(s->messages);
    item[F_LAST] = res_time(s->last_ms);
    item[F_CREATED] = res_time(s->created_at_ms);
    return item;
}

static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    struct page_want w = res_page_want(q, "created_at");
    struct hook_source *rows;
    size_t n;

    if (hook_source_page(c->t, c->v, &w, c->a, &rows, &n, e))
        return e->code;
    res_page_fill(c, page, q, &shape, rows, n, sizeof *rows, item_of);
    return ERR_OK;
}

static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e)
{
    struct hook_source *rows;
    size_t rows_n;

    (void)want;
    if (hook_source_load(c->t, c->v, ids, n, c->a, &rows, &rows_n, e))
        return e->code;
    res_rows_place(c, &shape, ids, n, rows, rows_n, sizeof *rows, item_of, items);
    return ERR_OK;
}

static enum err_code drop(struct res_ctx *c, struct id id, struct err *e)
{
    return hook_source_drop(c->t, id, e);
}

/* ---- keys ---- */

#define KEY_FIELD                                                                                                      \
    {"key",                                                                                                            \
     RES_STR,                                                                                                          \
     RES_NULLABLE | RES_SEALED,                                                                                        \
     "What the sender signs with, when it has chosen that itself: whsec_ (shared) or whpk_ (Ed25519). Harken makes a " \
     "secret otherwise.",                                                                                              \
     "\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"",                                                                     \
     .max = 256,                                                                                                       \
     .pattern = "^(whsec_([A-Za-z0-9+/]{4}){6,21}|whpk_[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)$"}
enum { B_NAME, B_KEY };
static const struct res_field make_fields[] = {
    [B_NAME] = {"name", RES_STR, RES_NEEDED, "Its name in the address: small letters, digits and dashes.",
                "\"billing\"", .min = 1, .max = 63, .pattern = "^[a-z0-9][a-z0-9-]{0,62}$"},
    [B_KEY] = KEY_FIELD,
};
static const struct res_shape make_shape = {"HookSourceMake", "A new sender.", RES_FIELDS(make_fields)};
static const struct res_field rotate_fields[] = {KEY_FIELD};
static const struct res_shape rotate_shape = {"HookSourceRotate", "A new key of a sender.", RES_FIELDS(rotate_fields)};

enum { K_ID, K_PATH, K_SECRET, K_COUNT };
static const struct res_field key_fields[] = {
    [K_ID] = {"id", RES_ID, 0, "The source.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [K_PATH] = {"path", RES_STR, 0, "Where the sender posts its messages to.", "\"/hooks/billing\""},
    [K_SECRET] = {"secret", RES_STR, RES_NULLABLE,
                  "What the sender is to sign with, shown this once; null when it was the sender's own choice. The one "
                  "before holds for another day.",
                  "\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\""},
};
static const struct res_shape key_shape = {"HookSourceKey", "A sender's key: shown once.", RES_FIELDS(key_fields)};

/* The key that was sent, or a new one; *out_secret empty in the first case. */
static enum err_code key_choose(struct res_ctx *c, const struct res_val *given, struct hooksig_check *out,
                                str *out_secret, struct err *e)
{
    struct hooksig_keys made;
    bool ok;

    *out_secret = STR("");
    if (given->is == RES_SET)
        return hooksig_check_parse(given->v.s, out)
                   ? ERR_OK
                   : err_set(e, ERR_INVALID, "key: whsec_ and base64 of 16 to 64 bytes, or whpk_ and base64 of 32");
    hooksig_keys_new(&made);
    *out_secret = hooksig_secret_text(&made, c->a);
    vault_clear(&made, sizeof made);
    ok = hooksig_check_parse(*out_secret, out);
    return ok ? ERR_OK : err_set(e, ERR_INTERNAL, "no key made");
}

static struct res_val *key_item(struct res_ctx *c, struct id id, str name, str secret)
{
    struct res_val *out = ARENA_ARRAY(c->a, struct res_val, K_COUNT);

    out[K_ID] = res_id(id);
    out[K_PATH] = res_str(path_of(c->a, name));
    out[K_SECRET] = res_str_or(secret, RES_NULL);
    return out;
}

static enum err_code make(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                          struct res_val **out, struct err *e)
{
    struct hook_source s = {.name = in[B_NAME].v.s, .keys_n = 1, .until_ms = {CLOCK_NONE}};
    str secret;

    (void)id, (void)query;
    if (!hook_source_name_proper(s.name))
        return err_set(e, ERR_INVALID, "name: small letters, digits and dashes, at most 63, no dash first");
    if (key_choose(c, &in[B_KEY], &s.keys[0], &secret, e) || hook_source_add(c->t, c->v, &s, c->a, e))
        return e->code;
    *out = key_item(c, s.id, s.name, secret);
    return ERR_OK;
}

static enum err_code rotate(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                            struct res_val **out, struct err *e)
{
    struct hooksig_check key;
    struct hook_source *s;
    str secret;
    size_t n;

    (void)query;
    if (key_choose(c, &in[0], &key, &secret, e) || hook_source_rotate(c->t, c->v, id, &key, c->a, e) ||
        hook_source_load(c->t, c->v, &id, 1, c->a, &s, &n, e))
        return e->code;
    if (!n)
        return err_set(e, ERR_NOT_FOUND, "no such source");
    *out = key_item(c, id, s->name, secret);
    return ERR_OK;
}

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/hook-sources", PERM_WEBHOOKS_READ, "List senders of webhooks to Harken"},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/hook-sources/{id}", PERM_WEBHOOKS_READ, "Read one sender"},
    {RES_OP_ACT, "create", HTTP_M_POST, "/v1/hook-sources", PERM_WEBHOOKS_WRITE, "Let a sender in; shows its secret",
     .body = &make_shape, .answer = &key_shape, .status = 201, .audit = AUDIT_ADMIN, .act = make},
    {RES_OP_DELETE, "delete", HTTP_M_DELETE, "/v1/hook-sources/{id}", PERM_WEBHOOKS_WRITE,
     "Delete a sender and what it sent", .status = 204},
    {RES_OP_ACT, "rotate", HTTP_M_POST, "/v1/hook-sources/{id}/rotate", PERM_WEBHOOKS_WRITE,
     "Change a sender's key; shows the secret, this once", .body = &rotate_shape, .answer = &key_shape,
     .audit = AUDIT_ADMIN, .act = rotate},
};

const struct resource res_hook_sources = {
    .name = "hook-sources",
    .key = "hook_sources",
    .one = "sender",
    .about = "Senders whose signed webhooks are let in at /hooks/NAME.",
    .shape = &shape,
    .sort = "-created_at",
    RES_OPS(ops),
    .list = list,
    .many = many,
    .drop = drop,
};
