/* api/privacy.c - what people ask about their data, and by when it must be answered (GDPR articles 12 and 15 to 21). */
#include "api/cards.h"

static const char *const kinds[] = {"access", "erasure", "correction", "restriction", "portability", "objection", NULL};
static const char *const states[] = {"open", "done", "refused", NULL};

enum { ANSWER_DAYS = 30 };
enum { F_KIND = CARD_OWN, F_PERSON, F_STATE, F_NOTE, F_DUE, F_CLOSED, F_COUNT };
static const struct res_field fields[F_COUNT] = {
    CARD_FIELDS,
    [F_KIND] = {"kind", RES_ENUM, RES_NEEDED | RES_CREATE_ONLY, "What is asked for.", "\"access\"", .words = kinds},
    [F_PERSON] = {"person", RES_ID, RES_NEEDED | RES_CREATE_ONLY | RES_FILTER, "Whom it is about.",
                  "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\"", .to = "people"},
    [F_STATE] = {"state", RES_ENUM, RES_FILTER, "Open until it was answered; open when left out.", "\"open\"",
                 .words = states},
    [F_NOTE] = {"note", RES_STR, RES_SEALED, "How it came, what was answered.", "\"By letter of 3 June.\""},
    [F_DUE] = {"due_at", RES_TIME, RES_READ_ONLY, "A month after it came: when it must be answered.",
               "\"2026-07-10T09:30:00.000Z\""},
    [F_CLOSED] = {"closed_at", RES_TIME, RES_READ_ONLY | RES_NULLABLE, "When it was answered.",
                  "\"2026-06-20T09:30:00.000Z\""},
};
static const struct res_shape shape = {"PrivacyRequest", "What a person asks about their data.", RES_FIELDS(fields)};

static enum err_code settle(struct res_ctx *c, const struct res_val *now, struct res_val *item, struct err *e)
{
    int64_t at = clock_now_ms();
    struct res_val *person = NULL;
    bool open;

    if (item[F_STATE].is != RES_SET)
        item[F_STATE] = res_str(STR("open"));
    open = str_eq(item[F_STATE].v.s, STR("open"));
    if (open)
        item[F_CLOSED] = res_null();
    else if (!now || now[F_CLOSED].is != RES_SET)
        item[F_CLOSED] = res_time(at);
    if (now)
        return ERR_OK;
    item[F_DUE] = res_time(at + (int64_t)ANSWER_DAYS * 24 * 3600 * 1000);
    if (resource_find(STR("people"))->many(c, &item[F_PERSON].v.id, 1, 1, &person, e))
        return e->code;
    return person ? ERR_OK
                  : res_say(c, 409, "no such person", STR("there is no such person, or you may not see it"), e);
}

static const struct card_def def = {CARD_PRIVACY, &shape, .state = "state", .about = "person", .settle = settle};
CARD_FUNCTIONS

static const struct res_op ops[] = {
    CARD_OPS("privacy-requests", "privacy request", PERM_PRIVACY_READ, PERM_PRIVACY_WRITE)};

const struct resource res_privacy = {
    .name = "privacy-requests",
    .key = "privacy_requests",
    .one = "privacy request",
    .about = "What people ask about their data, and by when it must be answered.",
    .flags = RES_CONTENT,
    .shape = &shape,
    .sort = "-created_at",
    RES_OPS(ops),
    CARD_RESOURCE_FUNCTIONS,
};
