/* api/playbooks.c - how this company sells: stages, what to find out in each, and when it is done. */
#include "api/cards.h"
#include "deals/methodology.h"

static const struct res_field stage_fields[] = {
    {"name", RES_STR, RES_NEEDED, "Name of the stage.", "\"Discovery\"", .min = 1, .max = 200},
    {"questions", RES_STR, RES_LIST, "What to find out.", "\"Who decides?\"", .list_max = 100},
    {"exit_criteria", RES_STR, RES_LIST, "When the stage is done.", "\"The champion is named.\"", .list_max = 100},
    {"fields", RES_STR, RES_LIST,
     "Fields of the qualification that are to be known by then, beside those of the stages before.",
     "\"meddpicc.champion\"", .list_max = METHODOLOGY_FIELDS_MAX, .max = METHODOLOGY_FIELD_BYTES - 1,
     .pattern = "^(meddpicc|bant|spiced)[.][a-z_]{1,30}$"},
};
static const struct res_shape stage_shape = {"PlaybookStage", "A stage of a playbook.", RES_FIELDS(stage_fields)};

static const struct res_field fields[] = {
    CARD_FIELDS,
    {"name", RES_STR, RES_NEEDED | RES_SEALED | RES_FILTER, "Its name; no two are the same.", "\"Enterprise\"",
     .min = 1, .max = 200},
    {"description", RES_STR, RES_SEALED, "What it is for.", "\"Deals above 100,000.\""},
    {"stages", RES_OBJ, RES_LIST | RES_SEALED, "Its stages, in order.", .of = &stage_shape, .list_max = 50},
};
static const struct res_shape shape = {"Playbook", "How deals of one sort are sold.", RES_FIELDS(fields)};
static const struct card_def def = {CARD_PLAYBOOK, &shape, .name = "name"};
CARD_FUNCTIONS

static const struct res_op ops[] = {CARD_OPS("playbooks", "playbook", PERM_PLAYBOOKS_READ, PERM_PLAYBOOKS_WRITE)};

const struct resource res_playbooks = {
    .name = "playbooks",
    .key = "playbooks",
    .one = "playbook",
    .about = "How this company sells: stages and what to find out in each.",
    .shape = &shape,
    .sort = "-created_at",
    RES_OPS(ops),
    CARD_RESOURCE_FUNCTIONS,
};
