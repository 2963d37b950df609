/* api/privacy.c - what people ask about their data, and by when it must be answered (GDPR articles 12 and 15 to 21). */
#include "api/cards.h"
#include "pipeline/worker.h"
#include "records/erasure.h"

static const char *const kinds[] = {"access", "erasure", "correction", "restriction", "portability", "objection", NULL};
static const char *const states[] = {"open", "done", "refused", NULL};

enum { ANSWER_DAYS = 30 };
enum { F_KIND = CARD_OWN, F_PERSON, F_STATE, F_NOTE, F_DUE, F_CLOSED, F_ASKED, F_COUNT };
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
    [F_ASKED] = {"asked_by", RES_ID, RES_READ_ONLY | RES_NULLABLE,
                 "Who wrote it down, and may not agree to it; null: the operator of the machine.",
                 "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ad\"", .to = "users"},
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
    item[F_ASKED] = id_is_nil(c->who.user) ? res_null() : res_id(c->who.user);
    item[F_DUE] = res_time(at + (int64_t)ANSWER_DAYS * 24 * 3600 * 1000);
    if (resource_find(STR("people"))->many(c, &item[F_PERSON].v.id, 1, 1, &person, e))
        return e->code;
    return person ? ERR_OK
                  : res_say(c, 409, "no such person", STR("there is no such person, or you may not see it"), e);
}

static const struct card_def def = {CARD_PRIVACY, &shape, .state = "state", .about = "person", .settle = settle};
CARD_FUNCTIONS

/* ---- erasing ---- */

static const char *const erasure_states[] = {"planned", "agreed", "rows_gone", "done", NULL};
enum {
    E_REQUEST,
    E_PERSON,
    E_STATE,
    E_ASKED_BY,
    E_APPROVED_BY,
    E_APPROVED,
    E_DONE,
    E_COUNTS,
    E_COUNT = E_COUNTS + ERASED_KINDS
};
#define COUNT_FIELD(at, name, about) [E_COUNTS + (at)] = {name, RES_INT, 0, about, "3"}
static const struct res_field erasure_fields[E_COUNT] = {
    [E_REQUEST] = {"request", RES_ID, 0, "The privacy request.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [E_PERSON] = {"person", RES_ID, 0, "Who goes.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\""},
    [E_STATE] = {"state", RES_ENUM, 0, "How far it is. Once it is done, the key of the person's words is destroyed.",
                 "\"done\"", .words = erasure_states},
    [E_ASKED_BY] = {"asked_by", RES_ID, RES_NULLABLE, "Who asked for it; null: the operator.",
                    "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ad\""},
    [E_APPROVED_BY] = {"approved_by", RES_ID, RES_NULLABLE, "Who agreed: somebody else.",
                       "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ae\""},
    [E_APPROVED] = {"approved_at", RES_TIME, RES_NULLABLE, "When.", "\"2026-06-10T09:30:00.000Z\""},
    [E_DONE] = {"done_at", RES_TIME, RES_NULLABLE, "When the key was destroyed: from then on no copy can be read.",
                "\"2026-06-10T09:31:00.000Z\""},
    COUNT_FIELD(ERASED_CONVERSATIONS, "conversations", "Conversations they took part in."),
    COUNT_FIELD(ERASED_TURNS, "turns", "Turns of theirs that were overwritten."),
    COUNT_FIELD(ERASED_ORIGINALS, "originals", "Original files that were dropped."),
    COUNT_FIELD(ERASED_MENTIONS, "mentions", "Texts of others in which they were masked; a plan does not know."),
    COUNT_FIELD(ERASED_FINDINGS, "findings", "Findings that were dropped, to be found again in what is left."),
    COUNT_FIELD(ERASED_RELATIONS, "relations", "Contacts, roles, comments and scores; a plan does not know."),
    COUNT_FIELD(ERASED_ANSWERS, "answers", "Kept answers and copies that named them; a plan does not know."),
    COUNT_FIELD(ERASED_USERS, "users", "Accounts they signed in with."),
};
static const struct res_shape erasure_shape = {"Erasure", "What an erasure takes, or took.",
                                               RES_FIELDS(erasure_fields)};

static struct res_val *erasure_of(struct res_ctx *c, const struct erasure *x, bool agreed)
{
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, E_COUNT);

    item[E_REQUEST] = res_id(x->id);
    item[E_PERSON] = res_id(x->person);
    item[E_STATE] = res_str(str_of(erasure_states[agreed ? (int)x->state + 1 : 0]));
    item[E_ASKED_BY] = id_is_nil(x->asked_by) ? res_null() : res_id(x->asked_by);
    item[E_APPROVED_BY] = id_is_nil(x->approved_by) ? res_null() : res_id(x->approved_by);
    item[E_APPROVED] = agreed ? res_time(x->approved_ms) : res_null();
    item[E_DONE] = x->done_ms != CLOCK_NONE && agreed ? res_time(x->done_ms) : res_null();
    for (int i = 0; i < ERASED_KINDS; i++)
        item[E_COUNTS + i] = res_i64(x->counts[i]);
    return item;
}

/* The request, which must ask for an erasure. */
static enum err_code asked(struct res_ctx *c, struct id id, struct erasure *out, bool *out_open, struct err *e)
{
    struct res_val *item = NULL;

    if (card_res_many(c, &def, &id, 1, &item, e))
        return e->code;
    if (!item)
        return err_set(e, ERR_NOT_FOUND, "no such request");
    if (!str_eq(item[F_KIND].v.s, STR("erasure")))
        return res_say(c, 409, "not an erasure", STR("this request asks for something else"), e);
    *out = (struct erasure){.id = id,
                            .person = item[F_PERSON].v.id,
                            .asked_by = item[F_ASKED].is == RES_SET ? item[F_ASKED].v.id : ID_NIL,
                            .done_ms = CLOCK_NONE};
    *out_open = item[F_STATE].is == RES_SET && str_eq(item[F_STATE].v.s, STR("open"));
    return ERR_OK;
}

static enum err_code erasure_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                                 struct res_val **out, struct err *e)
{
    struct erasure x, ledger;
    bool open, agreed;

    (void)in, (void)query;
    if (asked(c, id, &x, &open, e) || erasure_load(c->t, c->v, id, &ledger, &agreed, e))
        return e->code;
    if (!agreed && erasure_plan(c->t, c->v, x.person, x.counts, e))
        return e->code;
    *out = erasure_of(c, agreed ? &ledger : &x, agreed);
    return ERR_OK;
}

static enum err_code approve_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                                 struct res_val **out, struct err *e)
{
    const struct job_new job = {.queue = "erase", .object = id};
    struct erasure x = {0};
    bool open = false;
    enum err_code rc;

    (void)in, (void)query;
    if (asked(c, id, &x, &open, e))
        return e->code;
    if (id_is_nil(c->who.user))
        return res_say(c, 409, "only a user can agree", STR("a data protection officer or another administrator"), e);
    if (id_eq(x.asked_by, c->who.user))
        return res_say(c, 403, "not your own", STR("somebody else has to agree to what you wrote down"), e);
    if (!open)
        return res_say(c, 409, "not open", STR("this request was answered already"), e);
    x.approved_by = c->who.user;
    rc = erasure_add(c->t, c->v, &x, e);
    if (rc == ERR_EXISTS)
        return res_say(c, 409, "agreed already", STR("somebody has agreed; see how far it is"), e);
    if (rc || job_enqueue(c->t, &job, 1, e))
        return e->code;
    *out = erasure_of(c, &x, true);
    return ERR_OK;
}

static const struct res_op ops[] = {
    CARD_OPS("privacy-requests", "privacy request", PERM_PRIVACY_READ, PERM_PRIVACY_WRITE),
    {RES_OP_ACT, "erasure", HTTP_M_GET, "/v1/privacy-requests/{id}/erasure", PERM_PRIVACY_READ,
     "What an erasure would take, how far it is, or what it took", .answer = &erasure_shape, .flags = RES_OP_SAFE,
     .act = erasure_act},
    {RES_OP_ACT, "approve", HTTP_M_POST, "/v1/privacy-requests/{id}/approval", PERM_PRIVACY_WRITE,
     "Agree to an erasure that somebody else asked for; it cannot be undone", .answer = &erasure_shape, .status = 202,
     .audit = AUDIT_ERASE, .act = approve_act},
};

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
