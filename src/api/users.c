/* api/users.c - users: who they are, their roles, inviting and disabling them. Nobody changes their own roles or addresses:
 * another administrator does, or the operator. */
#include "api/access.h"
#include "api/access_shapes.h"
#include "gateway/credentials.h"
#include "gateway/users.h"

enum { USERS_MAX = 100000 };
#define ADDRESS "^[^@\\s<>,\\x00-\\x20\\x7f]+@[^@\\s<>,\\x00-\\x20\\x7f]+$" /* as user_email_fold */

const char *const access_roles[] = {
#define ROLE(number, name, text, what) text,
#define PERM(...)
#include "gateway/roles.def"
#undef PERM
#undef ROLE
    NULL};

enum { F_ID_, F_EMAIL, F_NAME, F_ADDRESSES, F_ROLES, F_ACTIVE, F_SERVICE, F_CREATED, F_UPDATED, F_SEEN, F_COUNT };
static const struct res_field fields[F_COUNT] = {
    [F_ID_] = {"id", RES_ID, RES_READ_ONLY, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [F_EMAIL] = {"email", RES_STR, RES_NEEDED | RES_SEALED | RES_FILTER, "The address the user signs in by.",
                 "\"ann@us.example\"", .min = 3, .max = 256, .pattern = ADDRESS},
    [F_NAME] = {"name", RES_STR, RES_SEALED, "The name that is shown.", "\"Ann Lee\"", .max = 256},
    [F_ADDRESSES] = {"addresses", RES_STR, RES_LIST | RES_SEALED,
                     "Further addresses the user takes part in conversations by.", "\"ann.lee@us.example\"", .min = 3,
                     .max = 256, .pattern = ADDRESS, .list_max = USER_ADDRESSES_MAX},
    [F_ROLES] = {"roles", RES_ENUM, RES_LIST | RES_FILTER, "What the user may do.", "\"rep\"", .words = access_roles,
                 .list_max = ROLE_END},
    [F_ACTIVE] = {"active", RES_BOOL, RES_FILTER, "May sign in, and may use keys; true when left out.", "true"},
    [F_SERVICE] = {"service", RES_BOOL, RES_CREATE_ONLY | RES_FILTER, "A program: has keys and never signs in.",
                   "false"},
    [F_CREATED] = {"created_at", RES_TIME, RES_READ_ONLY | RES_SORT | RES_RANGE, "When it was made.",
                   "\"2026-06-10T09:30:00.000Z\""},
    [F_UPDATED] = {"updated_at", RES_TIME, RES_READ_ONLY, "When it was last changed.", "\"2026-06-10T09:30:00.000Z\""},
    [F_SEEN] = {"seen_at", RES_TIME, RES_READ_ONLY | RES_NULLABLE | RES_SORT, "When the user was last here.",
                "\"2026-06-10T09:30:00.000Z\""},
};
const struct res_shape user_shape = {"User", "Somebody, or a program, who may use this server.", RES_FIELDS(fields)};

struct res_val access_roles_of(struct arena *a, uint32_t roles)
{
    struct res_val *list = ARENA_ARRAY(a, struct res_val, ROLE_END);
    size_t n = 0;

    for (int r = 0; r < ROLE_END; r++)
        if (roles >> r & 1)
            list[n++] = res_str(str_of(role_name((enum role)r)));
    return res_vals(list, n);
}

uint32_t access_roles_read(const struct res_val *v)
{
    uint32_t roles = 0;
    enum role r;

    for (size_t i = 0; i < v->n; i++)
        if (role_parse(v->v.list[i].v.s, &r))
            roles |= 1u << r;
    return roles;
}

static struct res_val *item_of(struct res_ctx *c, const void *row)
{
    const struct user *u = row;
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, F_COUNT);

    item[F_ID_] = res_id(u->id);
    item[F_EMAIL] = res_str(u->email);
    item[F_NAME] = res_str(u->name);
    item[F_ADDRESSES] = res_texts(c->a, u->addresses, u->addresses_n);
    item[F_ROLES] = access_roles_of(c->a, u->roles);
    item[F_ACTIVE] = res_bool(u->active);
    item[F_SERVICE] = res_bool(u->service);
    item[F_CREATED] = res_time(u->created_at_ms);
    item[F_UPDATED] = res_time(u->updated_at_ms);
    item[F_SEEN] = res_time(u->seen_at_ms);
    return item;
}

/* Those the caller may know of; everybody when *out_all. */
static enum err_code known_users(struct db_tx *t, const struct caller *who, struct arena *a, bool *out_all,
                                 struct id_set *out, struct err *e)
{
    struct id *self = ARENA_NEW(a, struct id);

    *out_all = who->reach == REACH_WORKSPACE;
    *self = who->user;
    *out = (struct id_set){self, 1};
    return who->reach == REACH_TEAM ? user_below(t, who->user, a, out, e) : ERR_OK;
}

static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    struct user *users = NULL;
    struct res_val **rows;
    struct id_set known;
    size_t n = 0, kept = 0;
    bool all;

    if (known_users(c->t, &c->who, c->a, &all, &known, e) ||
        user_list(c->t, c->v->keys, ID_NIL, USERS_MAX, c->a, &users, &n, e))
        return e->code;
    rows = ARENA_ARRAY(c->a, struct res_val *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (all || id_set_has(&known, users[i].id))
            rows[kept++] = item_of(c, &users[i]);
    res_rows_page(c, page, q, &user_shape, rows, kept, 0);
    return ERR_OK;
}

/* ERR_NOT_FOUND also when the caller may not know of it. */
static enum err_code one(struct res_ctx *c, struct id id, struct user *out, struct err *e)
{
    struct id_set known;
    bool all;

    if (known_users(c->t, &c->who, c->a, &all, &known, e))
        return e->code;
    if (!all && !id_set_has(&known, id))
        return err_set(e, ERR_NOT_FOUND, "no such user");
    return user_get(c->t, c->v->keys, id, c->a, out, e);
}

static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e)
{
    struct id *seen = ARENA_ARRAY(c->a, struct id, n + 1);
    struct user *users = NULL;
    struct id_set known;
    size_t users_n = 0, seen_n = 0;
    bool all;

    (void)want;
    if (known_users(c->t, &c->who, c->a, &all, &known, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (all || id_set_has(&known, ids[i]))
            seen[seen_n++] = ids[i];
    if (user_load(c->t, c->v->keys, seen, seen_n, c->a, &users, &users_n, e))
        return e->code;
    res_rows_place(c, &user_shape, ids, n, users, users_n, sizeof *users, item_of, items);
    return ERR_OK;
}

static void changed(struct api *api, struct id object)
{
    (void)api, (void)object;
    access_changed();
}

void access_after(struct res_ctx *c, struct id object)
{
    res_after(c, changed, object);
}

static void values_read(struct res_ctx *c, const struct res_val *in, struct user *u)
{
    if (in[F_EMAIL].is == RES_SET)
        u->email = in[F_EMAIL].v.s;
    if (in[F_NAME].is == RES_SET)
        u->name = in[F_NAME].v.s;
    if (in[F_ROLES].is == RES_SET)
        u->roles = access_roles_read(&in[F_ROLES]);
    if (in[F_ACTIVE].is == RES_SET)
        u->active = in[F_ACTIVE].v.b;
    if (in[F_ADDRESSES].is != RES_SET)
        return;
    u->addresses = ARENA_ARRAY(c->a, str, in[F_ADDRESSES].n + 1);
    u->addresses_n = in[F_ADDRESSES].n;
    for (size_t i = 0; i < u->addresses_n; i++)
        u->addresses[i] = in[F_ADDRESSES].v.list[i].v.s;
}

static enum err_code create(struct res_ctx *c, const struct res_val *in, struct id *out_id, struct err *e)
{
    struct user u = {.active = true, .service = in[F_SERVICE].is == RES_SET && in[F_SERVICE].v.b};

    values_read(c, in, &u);
    if (user_add(c->t, c->v->keys, &u, c->a, e))
        return e->code;
    *out_id = u.id;
    access_after(c, u.id);
    return ERR_OK;
}

/* Whoever may give roles must not give them to themselves. */
static bool self_service(struct res_ctx *c, const struct user *was, const struct user *now)
{
    bool same = str_eq(was->email, now->email) && was->roles == now->roles && was->addresses_n == now->addresses_n;

    for (size_t i = 0; same && i < was->addresses_n; i++)
        same = str_eq(was->addresses[i], now->addresses[i]);
    return id_eq(was->id, c->who.user) && !same;
}

static enum err_code update(struct res_ctx *c, struct id id, const struct res_val *in, struct err *e)
{
    struct user was = {0}, u = {0};

    if (one(c, id, &was, e))
        return e->code;
    u = was;
    values_read(c, in, &u);
    if (self_service(c, &was, &u))
        return res_say(c, 403, "not your own", STR("your own roles and addresses are changed by another administrator"),
                       e);
    if (user_put(c->t, c->v->keys, &u, c->a, e))
        return e->code;
    access_after(c, id);
    return ERR_OK;
}

static enum err_code drop(struct res_ctx *c, struct id id, struct err *e)
{
    if (id_eq(id, c->who.user))
        return res_say(c, 403, "not yourself", STR("another administrator deletes you"), e);
    if (user_drop(c->t, id, e))
        return e->code;
    access_after(c, id);
    return ERR_OK;
}

/* POST /v1/users/{}/link: the way in for somebody who has none yet. Whoever has one gets another only from the operator, or an
 * administrator could read what that user reads. */
static void link_post(struct call *k)
{
    struct res_ctx c;
    struct user u = {0};
    struct id id;
    struct buf b;
    struct jw w;
    struct err e;
    bool any = false;
    str url;

    if (!access_id(k, 0, "user", &id))
        return;
    if (res_begin(&c, k, &e)) {
        http_problem_err(k->rep, &e);
        return;
    }
    if (one(&c, id, &u, &e) || credentials_any(c.t, u.id, &any, &e)) {
        access_fail(k, c.t, &e);
        return;
    }
    if ((any && caller_reach(&k->who, PERM_OPERATOR) == REACH_NONE) || u.service || !u.active) {
        res_abort(&c);
        http_problem(k->rep, 409, STR_NULL, STR("no link for this user"),
                     any ? STR("this user can sign in already; a new way in comes from the machine: harken users link")
                         : STR("this user is a program, or not active"));
        return;
    }
    if (!access_commit(k, c.t, AUDIT_ADMIN, u.id))
        return;
    if (gateway_sign_in_link(k->g, u.id, k->a, &url, &e)) {
        http_problem_err(k->rep, &e);
        return;
    }
    buf_init_wiped(&b, 4096);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "url", url);
    jw_end(&w);
    api_reply(k, 201, &b);
}

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/users", PERM_USERS_READ, "List users"},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/users/{id}", PERM_USERS_READ, "Read one user"},
    {RES_OP_CREATE, "create", HTTP_M_POST, "/v1/users", PERM_USERS_WRITE, "Make a user, or many", .flags = RES_OP_BULK,
     .body_max = 1 << 20},
    {RES_OP_UPDATE, "update", HTTP_M_PATCH, "/v1/users/{id}", PERM_USERS_WRITE, "Change a user"},
    {RES_OP_DELETE, "delete", HTTP_M_DELETE, "/v1/users/{id}", PERM_USERS_WRITE, "Delete a user"},
    {RES_OP_RAW, "link", HTTP_M_POST, "/v1/users/{id}/link", PERM_USERS_WRITE,
     "Make a link by which a new user signs in", .answer = &link_shape, .status = 201, .flags = RES_OP_FRESH,
     .raw = link_post},
};
const struct resource res_users = {
    .name = "users",
    .key = "users",
    .one = "user",
    .about = "Who may sign in, and with which roles.",
    .flags = RES_ADMIN,
    .shape = &user_shape,
    .sort = "created_at",
    .limit_max = 1000,
    RES_OPS(ops),
    .list = list,
    .many = many,
    .create = create,
    .update = update,
    .drop = drop,
};

/* ---- who the caller is ---- */

/* A probe for programs: is my key good, and whose is it? All of it is known already when the handler runs. */
void api_me_session(struct call *k)
{
    static const char *const kinds[TOKEN_KINDS] = {"operator", "link", "session", "key"};
    struct buf b;
    struct jw w;

    buf_init(&b, 4096);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "id", id_str(k->a, k->who.token));
    jw_kstr(&w, "kind", str_of(kinds[k->who.kind]));
    if (id_is_nil(k->who.user))
        jw_knull(&w, "user");
    else
        jw_kstr(&w, "user", id_str(k->a, k->who.user));
    jw_karr(&w, "roles");
    for (int r = 0; r < ROLE_END; r++)
        if (k->who.roles & (1u << r))
            jw_str(&w, str_of(role_name((enum role)r)));
    jw_end(&w);
    access_time(k, &w, "proved_at", k->who.kind == TOKEN_SESSION ? gateway_auth_at(k) : CLOCK_NONE);
    jw_end(&w);
    http_json(k->rep, 200, str_dup(k->a, buf_view(&b)));
    buf_done(&b);
}

/* Which permissions, and how far each reaches. */
static struct res_val permissions_of(const struct call *k)
{
    struct buf b;
    struct jw w;
    str text;

    buf_init(&b, 16 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    for (int p = 1; p < PERM_END; p++)
        if (caller_reach(&k->who, (enum perm)p) != REACH_NONE)
            jw_kstr(&w, perm_name((enum perm)p), str_of(reach_name(caller_reach(&k->who, (enum perm)p))));
    jw_end(&w);
    text = str_dup(k->a, buf_view(&b));
    buf_done(&b);
    return res_str(text);
}

enum { M_USER, M_HAS_PASSWORD, M_PERMISSIONS, M_TEAMS, M_PROVED, M_COUNT };
static const struct res_field me_fields[M_COUNT] = {
    [M_USER] = {"user", RES_OBJ, RES_NULLABLE, "The user; null: the operator of the machine.", .of = &user_shape},
    [M_HAS_PASSWORD] = {"has_password", RES_BOOL, 0, "Whether the user chose one.", "true"},
    [M_PERMISSIONS] = {"permissions", RES_JSON, 0, "Each permission there is and how far it reaches: own, team or all.",
                       "{\"deals.read\": \"team\"}"},
    [M_TEAMS] = {"teams", RES_ID, RES_LIST, "Teams the user belongs to.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [M_PROVED] = {"proved_at", RES_TIME, RES_NULLABLE, "When the session proved who it is.",
                  "\"2026-06-10T09:30:00.000Z\""},
};
const struct res_shape me_shape = {"Me", "Who asks, and what they may do.", RES_FIELDS(me_fields)};

enum err_code me_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                     struct res_val **out, struct err *e)
{
    struct res_val *me = ARENA_ARRAY(c->a, struct res_val, M_COUNT), *teams;
    str kept = STR("");
    struct user u;

    (void)id, (void)in, (void)query;
    me[M_USER] = res_null();
    if (!id_is_nil(c->who.user)) {
        if (user_get(c->t, c->v->keys, c->who.user, c->a, &u, e) ||
            credential_password_get(c->t, c->v->keys, c->who.user, c->a, &kept, e))
            return e->code;
        me[M_USER] = res_obj(item_of(c, &u));
    }
    teams = ARENA_ARRAY(c->a, struct res_val, c->who.teams_n + 1);
    for (size_t i = 0; i < c->who.teams_n; i++)
        teams[i] = res_id(c->who.teams[i]);
    me[M_HAS_PASSWORD] = res_bool(kept.n > 0);
    me[M_PERMISSIONS] = permissions_of(c->k);
    me[M_TEAMS] = res_vals(teams, c->who.teams_n);
    me[M_PROVED] = res_time(gateway_auth_at(c->k));
    *out = me;
    return ERR_OK;
}
