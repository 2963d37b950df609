/* api/cards.h - resources that are cards (records/cards.h): a shape and a few words, no functions of their own.
 *
 * The shape begins with CARD_FIELDS; what else it has is kept in the card's sealed object. */
#pragma once
#include "api/resource.h"
#include "records/cards.h"

enum { CARD_ID, CARD_CREATED, CARD_UPDATED, CARD_OWN };
#define CARD_FIELDS                                                                                                    \
    [CARD_ID] = {"id", RES_ID, RES_READ_ONLY, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},                  \
    [CARD_CREATED] = {"created_at", RES_TIME, RES_READ_ONLY | RES_SORT | RES_RANGE, "When it was made.",               \
                      "\"2026-06-10T09:30:00.000Z\""},                                                                 \
    [CARD_UPDATED] = {"updated_at", RES_TIME, RES_READ_ONLY, "When it was last changed.",                              \
                      "\"2026-06-10T09:30:00.000Z\""}

struct card_def {
    enum card_kind kind;
    const struct res_shape *shape;
    const char *name;  /* field whose values must differ; NULL: none */
    const char *state; /* field of an enumeration that stands in clear for filters; NULL: none */
    const char *about; /* field of an id that stands in clear for filters; NULL: none */
    /* Sets what is not for users to set, and refuses what does not go together. `now`: the row before an update, NULL on
     * creation; `item`: the whole new row. NULL: nothing. */
    enum err_code (*settle)(struct res_ctx *c, const struct res_val *now, struct res_val *item, struct err *e);
};

enum err_code card_res_list(struct res_ctx *c, const struct card_def *d, const struct res_query *q,
                            struct res_page *page, struct err *e);
enum err_code card_res_many(struct res_ctx *c, const struct card_def *d, const struct id *ids, size_t n,
                            struct res_val **items, struct err *e);
enum err_code card_res_create(struct res_ctx *c, const struct card_def *d, const struct res_val *in, struct id *out_id,
                              struct err *e);
enum err_code card_res_update(struct res_ctx *c, const struct card_def *d, struct id id, const struct res_val *in,
                              struct err *e);

/* The resource's functions over a definition named `def`. */
#define CARD_FUNCTIONS                                                                                                 \
    static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)      \
    {                                                                                                                  \
        return card_res_list(c, &def, q, page, e);                                                                     \
    }                                                                                                                  \
    static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want,                        \
                              struct res_val **items, struct err *e)                                                   \
    {                                                                                                                  \
        (void)want;                                                                                                    \
        return card_res_many(c, &def, ids, n, items, e);                                                               \
    }                                                                                                                  \
    static enum err_code create(struct res_ctx *c, const struct res_val *in, struct id *out_id, struct err *e)         \
    {                                                                                                                  \
        return card_res_create(c, &def, in, out_id, e);                                                                \
    }                                                                                                                  \
    static enum err_code update(struct res_ctx *c, struct id id, const struct res_val *in, struct err *e)              \
    {                                                                                                                  \
        return card_res_update(c, &def, id, in, e);                                                                    \
    }                                                                                                                  \
    static enum err_code drop(struct res_ctx *c, struct id id, struct err *e)                                          \
    {                                                                                                                  \
        return card_drop(c->t, c->v, def.kind, id, e);                                                                 \
    }

#define CARD_OPS(name_, one_, read_, write_)                                                                           \
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/" name_, read_, "List " name_},                                             \
        {RES_OP_GET, "get", HTTP_M_GET, "/v1/" name_ "/{id}", read_, "Read one " one_},                                \
        {RES_OP_CREATE,        "create",           HTTP_M_POST, "/v1/" name_, write_, "Make a " one_ ", or many",      \
         .flags = RES_OP_BULK, .body_max = 4 << 20},                                                                   \
        {RES_OP_UPDATE, "update",         HTTP_M_PATCH,          "/v1/" name_ "/{id}",                                 \
         write_,        "Change a " one_, .flags = RES_OP_MATCH, .body_max = 1 << 20},                                 \
    {                                                                                                                  \
        RES_OP_DELETE, "delete", HTTP_M_DELETE, "/v1/" name_ "/{id}", write_, "Delete a " one_                         \
    }
#define CARD_RESOURCE_FUNCTIONS .list = list, .many = many, .create = create, .update = update, .drop = drop
