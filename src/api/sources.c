/* api/sources.c - where conversations come from. */
#include "api/cards.h"

static const char *const kinds[] = {"upload", "hubspot", "salesforce", "gmail", "outlook",
                                    "zoom",   "teams",   "gong",       NULL};
static const char *const states[] = {"off", "on", NULL};

enum { F_NAME = CARD_OWN, F_KIND, F_STATE, F_SETTINGS, F_COUNT };
static const struct res_field fields[F_COUNT] = {
    CARD_FIELDS,
    [F_NAME] = {"name", RES_STR, RES_NEEDED | RES_SEALED | RES_FILTER, "Its name; no two are the same.",
                "\"Sales mail\"", .min = 1, .max = 200},
    [F_KIND] = {"kind", RES_ENUM, RES_NEEDED | RES_CREATE_ONLY, "What it is.", "\"gmail\"", .words = kinds},
    [F_STATE] = {"state", RES_ENUM, RES_FILTER, "Whether it is to be read; off when left out.", "\"off\"",
                 .words = states},
    [F_SETTINGS] = {"settings", RES_JSON, RES_SEALED | RES_NULLABLE,
                    "What the kind wants to know, no secrets: folders, labels, from when on.",
                    "{\"label\": \"deals\"}"},
};
static const struct res_shape shape = {"Source", "A system that conversations come from.", RES_FIELDS(fields)};

static enum err_code settle(struct res_ctx *c, const struct res_val *now, struct res_val *item, struct err *e)
{
    (void)c, (void)now, (void)e;
    if (item[F_STATE].is != RES_SET)
        item[F_STATE] = res_str(STR("off"));
    return ERR_OK;
}

static const struct card_def def = {CARD_SOURCE, &shape, .name = "name", .state = "state", .settle = settle};
CARD_FUNCTIONS

static const struct res_op ops[] = {CARD_OPS("sources", "source", PERM_SOURCES_READ, PERM_SOURCES_WRITE)};

const struct resource res_sources = {
    .name = "sources",
    .key = "sources",
    .one = "source",
    .about = "Systems that conversations come from.",
    .shape = &shape,
    .sort = "-created_at",
    RES_OPS(ops),
    CARD_RESOURCE_FUNCTIONS,
};
