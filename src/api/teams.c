/* api/teams.c - teams, who belongs to them, and whom a deal is shared with. */
#include "api/access.h"
#include "api/access_shapes.h"
#include "gateway/users.h"

static const struct res_field member_fields[] = {
    {"user", RES_ID, 0, "Who.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\"", .to = "users"},
    {"manager", RES_BOOL, 0, "Manages the team and those below it.", "false"},
};
static const struct res_shape member_shape = {"TeamMember", "Somebody in a team.", RES_FIELDS(member_fields)};

enum { F_ID_, F_NAME, F_PARENT, F_MEMBERS, F_CREATED, F_UPDATED, F_COUNT };
static const struct res_field fields[F_COUNT] = {
    [F_ID_] = {"id", RES_ID, RES_READ_ONLY, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [F_NAME] = {"name", RES_STR, RES_NEEDED | RES_SEALED | RES_FILTER, "Its name; no two are the same.", "\"North\"",
                .min = 1, .max = 256},
    [F_PARENT] = {"parent", RES_ID, RES_NULLABLE | RES_FILTER, "The team above; null: none.",
                  "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\"", .to = "teams"},
    [F_MEMBERS] = {"members", RES_OBJ, RES_LIST | RES_READ_ONLY, "Who belongs to it.", .of = &member_shape},
    [F_CREATED] = {"created_at", RES_TIME, RES_READ_ONLY | RES_SORT | RES_RANGE, "When it was made.",
                   "\"2026-06-10T09:30:00.000Z\""},
    [F_UPDATED] = {"updated_at", RES_TIME, RES_READ_ONLY, "When it was last changed.", "\"2026-06-10T09:30:00.000Z\""},
};
static const struct res_shape shape = {"Team", "A team: the managers of one see what those in it and below see.",
                                       RES_FIELDS(fields)};

static struct res_val members_of(struct arena *a, struct id team, const struct member *list, size_t n)
{
    struct res_val *out = ARENA_ARRAY(a, struct res_val, n + 1);
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        struct res_val *m;
        if (!id_eq(list[i].team, team))
            continue;
        m = ARENA_ARRAY(a, struct res_val, 2);
        m[0] = res_id(list[i].user);
        m[1] = res_bool(list[i].manager);
        out[kept++] = res_obj(m);
    }
    return res_vals(out, kept);
}

/* All teams: there are few, and everybody who may see one may see all. */
static enum err_code rows_load(struct res_ctx *c, struct res_val ***out, size_t *out_n, struct err *e)
{
    struct member *members = NULL;
    struct team *teams = NULL;
    size_t n = 0, members_n = 0;

    if (team_list(c->t, c->v->keys, c->a, &teams, &n, e) ||
        member_list(c->t, ID_NIL, ID_NIL, c->a, &members, &members_n, e))
        return e->code;
    *out = ARENA_ARRAY(c->a, struct res_val *, n + 1);
    *out_n = n;
    for (size_t i = 0; i < n; i++) {
        struct res_val *item = ARENA_ARRAY(c->a, struct res_val, F_COUNT);
        item[F_ID_] = res_id(teams[i].id);
        item[F_NAME] = res_str(teams[i].name);
        item[F_PARENT] = res_id(teams[i].parent);
        item[F_MEMBERS] = members_of(c->a, teams[i].id, members, members_n);
        item[F_CREATED] = res_time(teams[i].created_at_ms);
        item[F_UPDATED] = res_time(teams[i].updated_at_ms);
        (*out)[i] = item;
    }
    return ERR_OK;
}
RES_ROWS_FUNCTIONS

/* What does not go with the teams there are is a conflict, not a wrong request. */
static enum err_code outcome(struct res_ctx *c, struct id id, enum err_code rc, struct err *e)
{
    if (rc == ERR_INVALID)
        return res_say(c, 409, "it does not fit the tree of teams", str_dup(c->a, str_of(e->msg)), e);
    if (!rc)
        access_after(c, id);
    return rc;
}

static enum err_code create(struct res_ctx *c, const struct res_val *in, struct id *out_id, struct err *e)
{
    struct team m = {.name = in[F_NAME].v.s};
    enum err_code rc;

    if (in[F_PARENT].is == RES_SET)
        m.parent = in[F_PARENT].v.id;
    rc = team_add(c->t, c->v->keys, &m, c->a, e);
    *out_id = m.id;
    return outcome(c, m.id, rc, e);
}

static enum err_code update(struct res_ctx *c, struct id id, const struct res_val *in, struct err *e)
{
    struct team m;

    if (team_get(c->t, c->v->keys, id, c->a, &m, e))
        return e->code;
    if (in[F_NAME].is == RES_SET)
        m.name = in[F_NAME].v.s;
    if (in[F_PARENT].is != RES_ABSENT)
        m.parent = in[F_PARENT].is == RES_SET ? in[F_PARENT].v.id : ID_NIL;
    return outcome(c, id, team_put(c->t, c->v->keys, &m, c->a, e), e);
}

static enum err_code drop(struct res_ctx *c, struct id id, struct err *e)
{
    return outcome(c, id, team_drop(c->t, id, e), e);
}

/* ---- members ---- */

static const struct res_field put_fields[] = {
    {"manager", RES_BOOL, 0, "Manages the team and those below it; not when left out.", "false"},
};
static const struct res_shape put_shape = {"TeamMemberRequest", "How somebody belongs to a team.",
                                           RES_FIELDS(put_fields)};

/* PUT /v1/teams/{}/members/{} {"manager": true}: another administrator puts you into a team, not you yourself. */
static void member_put_run(struct call *k)
{
    static const char *const keys[] = {"manager", NULL};
    struct member m = {0};
    struct json_doc *d;
    struct db_tx *t;
    struct err e;

    if (!access_id(k, 0, "team", &m.team) || !access_id(k, 1, "user", &m.user) || !access_body(k, keys, &d))
        return;
    m.manager = json_bool(json_get(json_root(d), "manager"), false);
    json_free(d);
    if (id_eq(m.user, k->who.user)) {
        http_problem(k->rep, 403, STR_NULL, STR("not yourself"), STR("another administrator puts you into a team"));
        return;
    }
    if (!(t = access_begin(k)))
        return;
    if (member_put(t, &m, &e))
        access_fail(k, t, &e);
    else if (access_commit(k, t, AUDIT_ADMIN, m.user))
        http_status(k->rep, 204);
}

static void member_drop_run(struct call *k)
{
    struct id team, user;
    struct db_tx *t;
    struct err e;

    if (!access_id(k, 0, "team", &team) || !access_id(k, 1, "user", &user) || !(t = access_begin(k)))
        return;
    if (member_drop(t, team, user, &e))
        access_fail(k, t, &e);
    else if (access_commit(k, t, AUDIT_ADMIN, user))
        http_status(k->rep, 204);
}

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/teams", PERM_TEAMS_READ, "List teams and their members"},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/teams/{id}", PERM_TEAMS_READ, "Read one team"},
    {RES_OP_CREATE, "create", HTTP_M_POST, "/v1/teams", PERM_TEAMS_WRITE, "Make a team, or many", .flags = RES_OP_BULK,
     .body_max = 1 << 20},
    {RES_OP_UPDATE, "update", HTTP_M_PATCH, "/v1/teams/{id}", PERM_TEAMS_WRITE, "Change a team"},
    {RES_OP_DELETE, "delete", HTTP_M_DELETE, "/v1/teams/{id}", PERM_TEAMS_WRITE, "Delete a team; those below move up"},
    {RES_OP_RAW, "member_put", HTTP_M_PUT, "/v1/teams/{id}/members/{user}", PERM_TEAMS_WRITE, "Put a user into a team",
     .body = &put_shape, .status = 204, .raw = member_put_run},
    {RES_OP_RAW, "member_delete", HTTP_M_DELETE, "/v1/teams/{id}/members/{user}", PERM_TEAMS_WRITE,
     "Take a user out of a team", .status = 204, .raw = member_drop_run},
};
const struct resource res_teams = {
    .name = "teams",
    .key = "teams",
    .one = "team",
    .about = "Teams, as a tree, and who belongs to them.",
    .flags = RES_ADMIN,
    .shape = &shape,
    .sort = "created_at",
    .limit_max = 1000,
    RES_OPS(ops),
    .list = list,
    .many = many,
    .create = create,
    .update = update,
    .drop = drop,
};

/* ---- sharing of deals: who sees a deal, that is, may write it, shares it ---- */

static void share(struct call *k, enum err_code (*what)(struct db_tx *t, struct id deal, struct id user, struct err *e))
{
    struct id deal, user;
    struct db_tx *t;
    struct err e;

    if (!access_id(k, 0, "deal", &deal) || !access_id(k, 1, "user", &user))
        return;
    if (!reader_sees_deal(k->who.reader, deal)) {
        access_missing(k, "deal");
        return;
    }
    if (!(t = access_begin(k)))
        return;
    if (what(t, deal, user, &e)) {
        db_rollback(t);
        if (e.code == ERR_NOT_FOUND)
            access_missing(k, "deal");
        else
            http_problem_err(k->rep, &e);
    } else if (access_commit(k, t, AUDIT_CHANGE, deal)) {
        http_status(k->rep, 204);
    }
}

static void deal_share_run(struct call *k)
{
    share(k, deal_share);
}

static void deal_unshare_run(struct call *k)
{
    share(k, deal_unshare);
}

static const struct res_op share_ops[] = {
    {RES_OP_RAW, "put", HTTP_M_PUT, "/v1/deals/{id}/access/{user}", PERM_DEALS_WRITE, "Share a deal with a user",
     .status = 204, .raw = deal_share_run},
    {RES_OP_RAW, "delete", HTTP_M_DELETE, "/v1/deals/{id}/access/{user}", PERM_DEALS_WRITE, "Share a deal no longer",
     .status = 204, .raw = deal_unshare_run},
};
const struct resource res_deal_access = {
    .name = "deal-access",
    .key = "deal_access",
    .one = "deal",
    .about = "Whom a deal is shared with.",
    RES_OPS(share_ops),
};
