/* api/people.c - the people behind names and addresses. */
#include "api/resource.h"
#include "base/log.h"
#include "pipeline/deal_stage.h"
#include "pipeline/worker.h"
#include "records/accounts.h"
#include "records/people_edit.h"

static const char *const sides[] = {"unknown", "internal", "external", NULL};

enum { F_ID_, F_NAME, F_EMAIL, F_SIDE, F_ACCOUNT, F_CREATED, F_ERASED, F_MERGED, F_COUNT };
static const struct res_field fields[] = {
    [F_ID_] = {"id", RES_ID, RES_READ_ONLY, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [F_NAME] = {"name", RES_STR, RES_SEALED | RES_NULLABLE,
                "Name, as first seen until somebody corrects it; null when erased or not known.", "\"Ann Vermeulen\"",
                .max = 1024},
    [F_EMAIL] = {"email", RES_STR, RES_READ_ONLY | RES_SEALED | RES_NULLABLE | RES_FILTER,
                 "Mail address; null when erased or not known.", "\"ann@customer.example\"", .max = 320},
    [F_SIDE] = {"side", RES_ENUM, RES_FILTER, "Ours (internal), theirs (external), or not known.", "\"external\"",
                .words = sides},
    [F_ACCOUNT] = {"account", RES_ID, RES_NULLABLE | RES_FILTER, "The customer the person belongs to.",
                   "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\"", .to = "accounts"},
    [F_CREATED] = {"created_at", RES_TIME, RES_READ_ONLY | RES_SORT | RES_RANGE, "When first seen.",
                   "\"2026-06-10T09:30:00.000Z\""},
    [F_ERASED] = {"erased", RES_BOOL, RES_READ_ONLY, "Whether the person's words and name were erased.", "false"},
    [F_MERGED] = {"merged_into", RES_ID, RES_READ_ONLY | RES_NULLABLE,
                  "Whom this turned out to be: everything counts for that one.",
                  "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ad\"", .to = "people"},
};
static const struct res_shape shape = {"Person", "Somebody who takes part in conversations.", RES_FIELDS(fields)};

static struct res_val *item_of(struct res_ctx *c, const void *row)
{
    const struct person_row *p = row;
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, F_COUNT);

    item[F_ID_] = res_id(p->id);
    item[F_NAME] = res_str_or(p->name, RES_NULL);
    item[F_EMAIL] = res_str_or(p->email, RES_NULL);
    item[F_SIDE] = res_str(str_of(ia_side_name((enum ia_side)p->side)));
    item[F_ACCOUNT] = res_id(p->account);
    item[F_CREATED] = res_time(p->created_at_ms);
    item[F_ERASED] = res_bool(p->erased);
    item[F_MERGED] = res_id(p->merged_into);
    return item;
}

static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    const struct res_filter *email = res_filter_get(q, "email", RES_EQ);
    struct people_filter f = {res_filter_ids(c->a, res_filter_get(q, "account", RES_EQ)),
                              res_filter_words(c->a, res_filter_get(q, "side", RES_EQ)),
                              email ? email->v[0].v.s : STR("")};
    struct page_want w = res_page_want(q, "created_at");
    struct person_row *rows;
    size_t n;

    if (people_page(c->t, c->v, &f, &w, c->a, &rows, &n, e))
        return e->code;
    res_page_fill(c, page, q, &shape, rows, n, sizeof *rows, item_of);
    return ERR_OK;
}

static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e)
{
    struct person_row *rows;
    size_t rows_n;

    (void)want;
    if (people_load(c->t, c->v, ids, n, c->a, &rows, &rows_n, e))
        return e->code;
    res_rows_place(c, &shape, ids, n, rows, rows_n, sizeof *rows, item_of, items);
    return ERR_OK;
}

/* ---- correcting ---- */

static enum err_code one(struct res_ctx *c, struct id id, struct res_val **out, struct err *e)
{
    *out = NULL;
    if (many(c, &id, 1, UINT64_MAX, out, e))
        return e->code;
    return *out ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such person");
}

static enum err_code update(struct res_ctx *c, struct id id, const struct res_val *in, struct err *e)
{
    struct account_row *account;
    const struct res_val *v;
    struct res_val *now;
    size_t n = 1;

    if (one(c, id, &now, e))
        return e->code;
    if (now[F_ERASED].v.b || now[F_MERGED].is == RES_SET)
        return res_say(c, 409, "not there any more", STR("the person was erased, or merged into another"), e);
    for (int i = F_NAME; i <= F_ACCOUNT; i++)
        if (in[i].is != RES_ABSENT)
            now[i] = in[i];
    v = &now[F_ACCOUNT];
    if (v->is == RES_SET && accounts_load(c->t, c->v, &v->v.id, 1, c->a, &account, &n, e))
        return e->code;
    if (!n)
        return res_say(c, 422, "no such account", STR("\"account\" is the id of one"), e);
    return person_edit(c->t, c->v, id, now[F_NAME].is == RES_SET ? now[F_NAME].v.s : STR(""),
                       res_word(&fields[F_SIDE], now[F_SIDE].v.s), v->is == RES_SET ? v->v.id : ID_NIL, c->a, e);
}

/* ---- two that are one ---- */

static const struct res_field into_fields[] = {
    {"into", RES_ID, RES_NEEDED, "Whom it turned out to be.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\"",
     .to = "people"},
};
static const struct res_shape into_shape = {"PersonMerge", "Two people who are one.", RES_FIELDS(into_fields)};

/* Who may see a conversation is remembered by the index: it hears who takes part in it now. */
static void told(struct api *api, struct id ia)
{
    const struct vaulted *v = &api->core->v;
    struct arena *a = arena_new("people.told");
    struct err e = {0};
    struct db_tx *t;
    struct id **people;
    size_t *n;

    if (!db_begin(v->db, v->workspace, 20000, &t, &e)) {
        if (!people_of_interactions(t, v, &ia, 1, a, &people, &n, &e) && people[0])
            index_persons_set(api->core->ix, ia, people[0], n[0]);
        db_rollback(t);
    }
    if (e.code)
        LOG_WARN("people.index.failed", F_ID("interaction", ia), F_ERR(&e));
    arena_free(a);
}

static void merged(struct api *api, struct id person)
{
    (void)person;
    access_changed();
    workers_wake(api->core, "deal");
}

static enum err_code moved_tell(struct res_ctx *c, struct id kept, const struct person_moved *m, struct res_val **out,
                                struct err *e)
{
    if (deals_wake(c->t, c->v, m->deals, m->deals_n, e) || one(c, kept, out, e))
        return e->code;
    for (size_t i = 0; i < m->interactions_n; i++)
        res_after(c, told, m->interactions[i]);
    res_after(c, merged, kept);
    return ERR_OK;
}

static enum err_code merge_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                               struct res_val **out, struct err *e)
{
    struct person_moved m;
    struct res_val *who;

    (void)query;
    if (one(c, id, &who, e))
        return e->code;
    if (person_merge(c->t, c->v, id, in[0].v.id, caller_actor(&c->who), c->a, &m, e))
        return e->code == ERR_CONFLICT ? res_say(c, 409, "they cannot be merged", str_dup(c->a, str_of(e->msg)), e)
               : e->code == ERR_NOT_FOUND
                   ? res_say(
                         c, 422, "no such person",
                         STR("\"into\" is somebody who is there, and neither of the two was merged or erased before"),
                         e)
                   : e->code;
    return moved_tell(c, in[0].v.id, &m, out, e);
}

static enum err_code unmerge_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                                 struct res_val **out, struct err *e)
{
    struct person_moved m;
    struct res_val *who;
    struct id kept;

    (void)in, (void)query;
    if (one(c, id, &who, e))
        return e->code;
    if (person_unmerge(c->t, c->v, id, c->a, &kept, &m, e))
        return e->code == ERR_CONFLICT || e->code == ERR_NOT_FOUND
                   ? res_say(c, 409, "nothing to take back", str_dup(c->a, str_of(e->msg)), e)
                   : e->code;
    return moved_tell(c, id, &m, out, e);
}

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/people", PERM_PEOPLE_READ, "List people"},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/people/{id}", PERM_PEOPLE_READ, "Read one person"},
    {RES_OP_UPDATE, "update", HTTP_M_PATCH, "/v1/people/{id}", PERM_PEOPLE_WRITE,
     "Correct the name, side or account of a person", .flags = RES_OP_MATCH},
    {RES_OP_ACT, "merge", HTTP_M_POST, "/v1/people/{id}/merge", PERM_PEOPLE_WRITE,
     "Say that a person is another one: everything of the first counts for the second", .body = &into_shape,
     .answer = &shape, .audit = AUDIT_ADMIN, .act = merge_act},
    {RES_OP_ACT, "unmerge", HTTP_M_POST, "/v1/people/{id}/unmerge", PERM_PEOPLE_WRITE,
     "Take back that a person is another one", .answer = &shape, .audit = AUDIT_ADMIN, .act = unmerge_act},
};

const struct resource res_people = {
    .name = "people",
    .key = "people",
    .one = "person",
    .about = "Who takes part in conversations, ours and theirs.",
    .flags = RES_CONTENT,
    .shape = &shape,
    .sort = "-created_at",
    RES_OPS(ops),
    .list = list,
    .many = many,
    .update = update,
};
