/* api/comments.c - what people say to each other about a conversation: comments at a place, and filled-in scorecards. */
#include "api/cards.h"
#include "records/coaching.h"
#include "search/index.h"
#include "store/reader.h"

#define SOME_ID "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""
#define SOME_TIME "\"2026-06-10T09:30:00.000Z\""

/* By both locks: the program's and the database's. */
static enum err_code seen(struct res_ctx *c, struct id interaction, struct err *e)
{
    struct id_set there;

    if (record_ia_seen(c->t, c->v, &interaction, 1, c->a, &there, e))
        return e->code;
    return there.n && index_seen(c->api->core->ix, c->who.reader, interaction)
               ? ERR_OK
               : err_set(e, ERR_NOT_FOUND, "there is no such conversation, or you may not see it");
}

static struct id id_or_nil(const struct res_val *v)
{
    return v->is == RES_SET ? v->v.id : ID_NIL;
}

/* ---- comments ---- */

enum { C_TEXT, C_ABOUT, C_TURN, C_START, C_END, C_KIND, C_IN };
static const char *const remark_kinds[] = {"comment", "request", "share", NULL}; /* as enum remark_kind */
#define PLACE_FIELDS(maybe)                                                                                            \
    [C_TEXT] = {"text",     RES_STR, RES_SEALED, "The words; only a share may have none.", "\"Good question.\"",       \
                .max = 8000},                                                                                          \
    [C_KIND] = {"kind",                                                                                                \
                RES_ENUM,                                                                                              \
                0,                                                                                                     \
                "A comment; a request for feedback; a note that its author pointed somebody here by a link.",          \
                "\"comment\"",                                                                                         \
                .words = remark_kinds},                                                                                \
    [C_ABOUT] = {"about", RES_ID,        maybe, "The person it is about; left out: the conversation.",                 \
                 SOME_ID, .to = "people"},                                                                             \
    [C_TURN] = {"turn", RES_INT, maybe, "Number of the turn it stands at.", "3", .max = IA_TURNS_MAX},                 \
    [C_START] = {"start", RES_INT, maybe, "First byte in the turn.", "0", .max = IA_TEXT_MAX},                         \
    [C_END] = {"end", RES_INT, maybe, "Byte behind the last.", "24", .max = IA_TEXT_MAX}
enum { C_ID = C_IN, C_AUTHOR, C_CREATED, C_COUNT };
static const struct res_field comment_fields[C_COUNT] = {
    PLACE_FIELDS(RES_MAYBE),
    [C_ID] = {"id", RES_ID, 0, "Its id.", SOME_ID},
    [C_AUTHOR] = {"author", RES_ID, 0, "The user, or key, who wrote it.", SOME_ID},
    [C_CREATED] = {"created_at", RES_TIME, 0, "When.", SOME_TIME},
};
static const struct res_shape comment_shape = {"Comment", "What somebody says about a conversation.",
                                               RES_FIELDS(comment_fields)};
static const struct res_field comment_in_fields[C_IN] = {PLACE_FIELDS(0)};
static const struct res_shape comment_in = {"CommentMake", "A new comment.", RES_FIELDS(comment_in_fields)};
static const struct res_field comments_fields[] = {
    {"comments", RES_OBJ, RES_LIST, "Oldest first.", .of = &comment_shape},
};
static const struct res_shape comments_shape = {"Comments", "Comments on a conversation.", RES_FIELDS(comments_fields)};

static struct res_val *comment_of(struct arena *a, const struct remark *r)
{
    struct res_val *item = ARENA_ARRAY(a, struct res_val, C_COUNT);

    item[C_TEXT] = res_str(r->text);
    if (!id_is_nil(r->about))
        item[C_ABOUT] = res_id(r->about);
    if (r->placed) {
        item[C_TURN] = res_i64(r->span.turn);
        item[C_START] = res_i64(r->span.start);
        item[C_END] = res_i64(r->span.end);
    }
    item[C_KIND] = res_str(str_of(remark_kinds[r->kind]));
    item[C_ID] = res_id(r->id);
    item[C_AUTHOR] = res_id(r->author);
    item[C_CREATED] = res_time(r->created_ms);
    return item;
}

static enum err_code comments_act(struct res_ctx *c, struct id id, const struct res_val *in,
                                  const struct res_val *query, struct res_val **out, struct err *e)
{
    struct res_val *list;
    struct remark *rows;
    size_t n;

    (void)in, (void)query;
    if (seen(c, id, e) || remarks_load(c->t, c->v, id, c->a, &rows, &n, e))
        return e->code;
    list = ARENA_ARRAY(c->a, struct res_val, n + 1);
    for (size_t i = 0; i < n; i++)
        list[i] = res_obj(comment_of(c->a, &rows[i]));
    *out = ARENA_ARRAY(c->a, struct res_val, 1);
    (*out)[0] = res_vals(list, n);
    return ERR_OK;
}

static enum err_code comment_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                                 struct res_val **out, struct err *e)
{
    bool placed = in[C_TURN].is == RES_SET || in[C_START].is == RES_SET || in[C_END].is == RES_SET;
    struct remark r = {.interaction = id,
                       .author = caller_actor(&c->who),
                       .about = id_or_nil(&in[C_ABOUT]),
                       .placed = placed,
                       .text = in[C_TEXT].is == RES_SET ? in[C_TEXT].v.s : STR("")};

    (void)query;
    for (int k = 0; in[C_KIND].is == RES_SET && k < REMARK_KINDS; k++)
        if (str_eq(in[C_KIND].v.s, str_of(remark_kinds[k])))
            r.kind = (enum remark_kind)k;
    if (seen(c, id, e))
        return e->code;
    if (!str_trim(r.text).n && r.kind != REMARK_SHARE)
        return res_say(c, 422, "nothing is said", STR("a comment and a request have \"text\""), e);
    if (placed && (in[C_TURN].is != RES_SET || in[C_START].is != RES_SET || in[C_END].is != RES_SET ||
                   in[C_START].v.i >= in[C_END].v.i))
        return res_say(c, 422, "the place is not complete",
                       STR("a place has \"turn\", \"start\" and \"end\", and is not empty"), e);
    if (placed)
        r.span = (struct ia_span){(uint32_t)in[C_TURN].v.i, (uint32_t)in[C_START].v.i, (uint32_t)in[C_END].v.i};
    if (remark_add(c->t, c->v, &r, c->a, e))
        return e->code;
    *out = comment_of(c->a, &r);
    return ERR_OK;
}

static const struct res_op comment_ops[] = {
    {RES_OP_ACT, "list", HTTP_M_GET, "/v1/interactions/{id}/comments", PERM_FINDINGS_READ,
     "List the comments on a conversation", .answer = &comments_shape, .flags = RES_OP_SAFE, .audit = AUDIT_READ,
     .act = comments_act},
    {RES_OP_ACT, "create", HTTP_M_POST, "/v1/interactions/{id}/comments", PERM_FINDINGS_WRITE,
     "Comment on a conversation, or on a place in it", .body = &comment_in, .answer = &comment_shape, .status = 201,
     .act = comment_act},
};

const struct resource res_comments = {
    .name = "comments",
    .key = "comments",
    .one = "comment",
    .about = "What people say about conversations.",
    RES_OPS(comment_ops),
};

/* ---- scorecards: the forms ---- */

static const struct res_field form_fields[] = {
    CARD_FIELDS,
    {"name", RES_STR, RES_NEEDED | RES_SEALED | RES_FILTER, "Its name; no two are the same.", "\"Discovery\"", .min = 1,
     .max = 200},
    {"questions", RES_STR, RES_NEEDED | RES_LIST | RES_SEALED | RES_CREATE_ONLY,
     "What is scored from 1 to 5; they never change, so that figures stay comparable.", "\"Did we hear the pain?\"",
     .min = 1, .max = 500, .list_min = 1, .list_max = SHEET_ANSWERS_MAX},
};
static const struct res_shape form_shape = {"Scorecard", "Questions by which calls are scored.",
                                            RES_FIELDS(form_fields)};
static const struct card_def def = {CARD_SCORECARD, &form_shape, .name = "name"};
CARD_FUNCTIONS

/* ---- and what was filled in ---- */

enum { S_FORM, S_ABOUT, S_ANSWERS, S_NOTE, S_MODEL, S_IN };
#define SHEET_FIELDS(needed)                                                                                           \
    [S_FORM] = {"scorecard", RES_ID, needed, "Which scorecard.", SOME_ID, .to = "scorecards"},                         \
    [S_ABOUT] = {"about", RES_ID,        needed, "The person who is scored: one of ours who takes part.",              \
                 SOME_ID, .to = "people"},                                                                             \
    [S_ANSWERS] = {"answers",                                                                                          \
                   RES_INT,                                                                                            \
                   (needed) | RES_LIST,                                                                                \
                   "By question: 1 to 5; 0: not answered.",                                                            \
                   "4",                                                                                                \
                   .max = SHEET_ANSWER_MAX,                                                                            \
                   .list_min = 1,                                                                                      \
                   .list_max = SHEET_ANSWERS_MAX},                                                                     \
    [S_NOTE] = {"note",     RES_STR, RES_SEALED | ((needed) ? 0 : RES_MAYBE), "A word about it.", "\"Well opened.\"",  \
                .max = 8000},                                                                                          \
    [S_MODEL] = {"by_model", RES_BOOL, 0,                                                                              \
                 "A model's word: not counted until it agrees with people (Krippendorff's alpha 0.7 or more).",        \
                 "false"}
enum { S_ID = S_IN, S_AUTHOR, S_CREATED, S_UPDATED, S_COUNT };
static const struct res_field sheet_fields[S_COUNT] = {
    SHEET_FIELDS(0),
    [S_ID] = {"id", RES_ID, 0, "Its id.", SOME_ID},
    [S_AUTHOR] = {"author", RES_ID, 0, "The user, or key, who filled it in.", SOME_ID},
    [S_CREATED] = {"created_at", RES_TIME, 0, "When.", SOME_TIME},
    [S_UPDATED] = {"updated_at", RES_TIME, 0, "When it was last changed.", SOME_TIME},
};
static const struct res_shape sheet_shape = {"ScoreSheet", "A filled-in scorecard.", RES_FIELDS(sheet_fields)};
static const struct res_field sheet_in_fields[S_IN] = {SHEET_FIELDS(RES_NEEDED)};
static const struct res_shape sheet_in = {"ScoreSheetMake", "A scorecard, filled in; a second one replaces the first.",
                                          RES_FIELDS(sheet_in_fields)};
static const struct res_field sheets_fields[] = {
    {"scores", RES_OBJ, RES_LIST, "Oldest first.", .of = &sheet_shape},
};
static const struct res_shape sheets_shape = {"ScoreSheets", "Scorecards about a conversation.",
                                              RES_FIELDS(sheets_fields)};

static struct res_val *sheet_of(struct arena *a, const struct score_sheet *s)
{
    struct res_val *item = ARENA_ARRAY(a, struct res_val, S_COUNT),
                   *answers = ARENA_ARRAY(a, struct res_val, s->answers_n + 1);

    for (size_t i = 0; i < s->answers_n; i++)
        answers[i] = res_i64(s->answers[i]);
    item[S_FORM] = res_id(s->form);
    item[S_ABOUT] = res_id(s->about);
    item[S_ANSWERS] = res_vals(answers, s->answers_n);
    item[S_NOTE] = res_str_or(s->note, RES_ABSENT);
    item[S_MODEL] = res_bool(s->model);
    item[S_ID] = res_id(s->id);
    item[S_AUTHOR] = res_id(s->author);
    item[S_CREATED] = res_time(s->created_ms);
    item[S_UPDATED] = res_time(s->updated_ms);
    return item;
}

/* Scores are for who is scored, who scored, and managers. */
static enum err_code sheets_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                                struct res_val **out, struct err *e)
{
    struct score_sheet *rows;
    struct res_val *list;
    size_t n, shown = 0;

    (void)in, (void)query;
    if (seen(c, id, e) || score_sheets_load(c->t, c->v, id, c->a, &rows, &n, e))
        return e->code;
    list = ARENA_ARRAY(c->a, struct res_val, n + 1);
    for (size_t i = 0; i < n; i++)
        if (c->who.reach != REACH_OWN || id_eq(rows[i].author, caller_actor(&c->who)) ||
            id_set_has(&c->who.self, rows[i].about))
            list[shown++] = res_obj(sheet_of(c->a, &rows[i]));
    *out = ARENA_ARRAY(c->a, struct res_val, 1);
    (*out)[0] = res_vals(list, shown);
    return ERR_OK;
}

static enum err_code sheet_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                               struct res_val **out, struct err *e)
{
    struct score_sheet s = {.interaction = id,
                            .form = in[S_FORM].v.id,
                            .about = in[S_ABOUT].v.id,
                            .author = caller_actor(&c->who),
                            .model = in[S_MODEL].is == RES_SET && in[S_MODEL].v.b,
                            .answers_n = in[S_ANSWERS].n,
                            .note = in[S_NOTE].is == RES_SET ? in[S_NOTE].v.s : STR("")};
    size_t questions = res_field_index(&form_shape, STR("questions"));
    struct res_val *form = NULL;
    enum err_code rc;

    (void)query;
    if (seen(c, id, e) || card_res_many(c, &def, &s.form, 1, &form, e))
        return e->code;
    if (!form || form[questions].n != s.answers_n)
        return res_say(c, 422, "the scorecard does not fit",
                       STR("\"scorecard\" must be one, and \"answers\" have an answer for each of its questions"), e);
    for (size_t i = 0; i < s.answers_n; i++)
        s.answers[i] = (int32_t)in[S_ANSWERS].v.list[i].v.i;
    rc = score_sheet_put(c->t, c->v, &s, c->a, e);
    if (rc == ERR_NOT_FOUND)
        return res_say(c, 422, "nobody to score", STR("\"about\" must be somebody of ours who takes part in it"), e);
    if (rc)
        return rc;
    *out = sheet_of(c->a, &s);
    return ERR_OK;
}

static const struct res_op form_ops[] = {
    CARD_OPS("scorecards", "scorecard", PERM_PLAYBOOKS_READ, PERM_PLAYBOOKS_WRITE),
    {RES_OP_ACT, "scores", HTTP_M_GET, "/v1/interactions/{id}/scores", PERM_FINDINGS_READ,
     "List the scorecards filled in about a conversation", .answer = &sheets_shape, .flags = RES_OP_SAFE,
     .audit = AUDIT_READ, .act = sheets_act},
    {RES_OP_ACT, "score", HTTP_M_POST, "/v1/interactions/{id}/scores", PERM_FINDINGS_WRITE,
     "Fill in a scorecard about somebody in a conversation", .body = &sheet_in, .answer = &sheet_shape, .status = 201,
     .act = sheet_act},
};

const struct resource res_scorecards = {
    .name = "scorecards",
    .key = "scorecards",
    .one = "scorecard",
    .about = "Questions by which calls are scored, and the scores.",
    .shape = &form_shape,
    .sort = "-created_at",
    RES_OPS(form_ops),
    CARD_RESOURCE_FUNCTIONS,
};
