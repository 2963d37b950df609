/* api/playbooks.c - how this company sells: stages, what to find out in each, and when it is done. */
#include "api/cards.h"
#include "deals/methodology.h"
#include "insight/findings.h"

static const struct res_field stage_fields[] = {
    {"name", RES_STR, RES_NEEDED, "Name of the stage.", "\"Discovery\"", .min = 1, .max = 200},
    {"questions", RES_STR, RES_LIST, "What to find out.", "\"Who decides?\"", .list_max = 100},
    {"exit_criteria", RES_STR, RES_LIST, "When the stage is done.", "\"The champion is named.\"", .list_max = 100},
    {"fields", RES_STR, RES_LIST,
     "Fields of the qualification that are to be known by then, beside those of the stages before.",
     "\"meddpicc.champion\"", .list_max = METHODOLOGY_FIELDS_MAX, .max = METHODOLOGY_FIELD_BYTES - 1,
     .pattern = "^(meddpicc|bant|spiced)[.][a-z_]{1,30}$"},
    {"talk_track", RES_ID, RES_LIST, "Trackers that are to come up in its calls.",
     "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"", .list_max = 50},
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

/* Talk tracks are made of trackers that are there. */
static enum err_code tracks_check(struct res_ctx *c, const struct res_val *stage, struct err *e)
{
    const struct res_val *track = &stage[res_field_index(&stage_shape, STR("talk_track"))];

    for (size_t i = 0; track->is == RES_SET && i < track->n; i++) {
        struct res_val *row = NULL;
        if (resource_find(STR("trackers"))->many(c, &track->v.list[i].v.id, 1, 1, &row, e))
            return e->code;
        if (!row)
            return res_say(c, 422, "no such tracker", STR("a \"talk_track\" names trackers by their ids"), e);
    }
    return ERR_OK;
}

/* Fields of the qualification are those that are looked for. */
static enum err_code settle(struct res_ctx *c, const struct res_val *now, struct res_val *item, struct err *e)
{
    size_t stages = res_field_index(&shape, STR("stages")), fields_at = res_field_index(&stage_shape, STR("fields"));

    (void)now;
    for (size_t i = 0; item[stages].is == RES_SET && i < item[stages].n; i++) {
        const struct res_val *named = &item[stages].v.list[i].v.obj[fields_at];
        if (tracks_check(c, item[stages].v.list[i].v.obj, e))
            return e->code;
        for (size_t k = 0; named->is == RES_SET && k < named->n; k++) {
            bool known = false;
            for (size_t f = 0; f < qualification_fields_n; f++)
                known |= str_eq(named->v.list[k].v.s, str_of(qualification_field(f)));
            if (!known)
                return res_say(c, 422, "no such field",
                               str_fmt(c->a, "there is no field \"%.*s\" of a qualification: meddpicc.champion, ...",
                                       STR_ARG(named->v.list[k].v.s)),
                               e);
        }
    }
    return ERR_OK;
}

static const struct card_def def = {CARD_PLAYBOOK, &shape, .name = "name", .settle = settle};
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
