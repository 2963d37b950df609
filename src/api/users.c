/* api/users.c - users: who they are, their roles, inviting and disabling them. Nobody changes their own roles or addresses:
 * another administrator does, or the operator. */
#include "api/access.h"
#include "gateway/credentials.h"
#include "gateway/users.h"

enum { LIST_MAX = 1000 };

static void roles_write(struct jw *w, uint32_t roles)
{
    jw_karr(w, "roles");
    for (int r = 0; r < ROLE_END; r++)
        if (roles >> r & 1)
            jw_str(w, str_of(role_name((enum role)r)));
    jw_end(w);
}

static void user_write(struct call *k, struct jw *w, const struct user *u)
{
    jw_obj(w);
    jw_kstr(w, "id", id_str(k->a, u->id));
    jw_kstr(w, "email", u->email);
    jw_kstr(w, "name", u->name);
    jw_karr(w, "addresses");
    for (size_t i = 0; i < u->addresses_n; i++)
        jw_str(w, u->addresses[i]);
    jw_end(w);
    roles_write(w, u->roles);
    jw_kbool(w, "active", u->active);
    jw_kbool(w, "service", u->service);
    access_time(k, w, "created_at", u->created_at_ms);
    access_time(k, w, "updated_at", u->updated_at_ms);
    access_time(k, w, "seen_at", u->seen_at_ms);
    jw_ki64(w, "version", u->version);
    jw_end(w);
}

static void user_reply(struct call *k, int status, const struct user *u)
{
    struct buf b;
    struct jw w;

    buf_init_wiped(&b, 1 << 20);
    jw_init(&w, &b);
    user_write(k, &w, u);
    http_header_fmt(k->rep, STR("etag"), "\"%lld\"", (long long)u->version);
    api_reply(k, status, &b);
}

/* Those the caller may know of; everybody when *out_all. */
static enum err_code known_users(struct call *k, struct db_tx *t, bool *out_all, struct id_set *out, struct err *e)
{
    struct id *self = ARENA_NEW(k->a, struct id);

    *out_all = k->who.reach == REACH_WORKSPACE;
    *self = k->who.user;
    *out = (struct id_set){self, 1};
    return k->who.reach == REACH_TEAM ? user_below(t, k->who.user, k->a, out, e) : ERR_OK;
}

void api_users_list(struct call *k)
{
    struct user *list = NULL;
    struct id after = {{0}};
    struct id_set known;
    struct db_tx *t;
    int64_t limit;
    size_t n = 0;
    struct buf b;
    struct jw w;
    struct err e;
    bool all;
    str cursor;

    if (!api_query_int(k, STR("limit"), 100, 1, LIST_MAX, &limit) || !api_query_str(k, STR("after"), &cursor))
        return;
    if (cursor.n && !id_parse(cursor, &after)) {
        http_problem(k->rep, 400, STR_NULL, STR("bad query"), STR("\"after\" must be the id of the last user seen"));
        return;
    }
    if (!(t = access_begin(k)))
        return;
    if (known_users(k, t, &all, &known, &e) ||
        user_list(t, access_keys(k), after, all ? (size_t)limit : 100000, k->a, &list, &n, &e)) {
        access_fail(k, t, &e);
        return;
    }
    db_rollback(t);
    buf_init_wiped(&b, 64 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_karr(&w, "users");
    for (size_t i = 0; i < n && limit > 0; i++) {
        if (!all && !id_set_has(&known, list[i].id))
            continue;
        user_write(k, &w, &list[i]);
        after = list[i].id;
        limit--;
    }
    jw_end(&w);
    access_id_write(k, &w, "next", limit == 0 ? after : (struct id){{0}});
    jw_end(&w);
    gateway_cost(k, (double)n);
    api_reply(k, 200, &b);
}

/* The user of the path, if the caller may know of it. Fills the reply, rolls back and answers false otherwise. */
static bool user_of_path(struct call *k, struct db_tx *t, struct user *out)
{
    struct id_set known;
    struct id id;
    struct err e;
    bool all;

    if (!id_parse(k->part[0], &id)) {
        db_rollback(t);
        access_missing(k, "user");
        return false;
    }
    if (known_users(k, t, &all, &known, &e)) {
        access_fail(k, t, &e);
        return false;
    }
    if ((!all && !id_set_has(&known, id)) || user_get(t, access_keys(k), id, k->a, out, &e)) {
        db_rollback(t);
        access_missing(k, "user");
        return false;
    }
    return true;
}

void api_user_get(struct call *k)
{
    struct user u;
    struct db_tx *t = access_begin(k);

    if (!t || !user_of_path(k, t, &u))
        return;
    db_rollback(t);
    user_reply(k, 200, &u);
}

static bool bad_field(struct call *k, const char *name, const char *want)
{
    http_problem(k->rep, 422, STR_NULL, STR("bad field"), str_fmt(k->a, "\"%s\" must be %s", name, want));
    return false;
}

static bool field_text(struct call *k, const struct json *o, const char *name, str *out)
{
    const struct json *v = json_get(o, name);

    if (json_kind(v) == JSON_ABSENT)
        return true;
    if (json_kind(v) != JSON_STR)
        return bad_field(k, name, "a text");
    *out = str_dup(k->a, json_str(v, STR("")));
    return true;
}

static bool field_bool(struct call *k, const struct json *o, const char *name, bool *out)
{
    const struct json *v = json_get(o, name);

    if (json_kind(v) == JSON_ABSENT)
        return true;
    if (json_kind(v) != JSON_BOOL)
        return bad_field(k, name, "true or false");
    *out = json_bool(v, false);
    return true;
}

static bool field_roles(struct call *k, const struct json *o, uint32_t *out)
{
    const struct json *v = json_get(o, "roles");
    struct json_it it;
    uint32_t roles = 0;

    if (json_kind(v) == JSON_ABSENT)
        return true;
    if (json_kind(v) != JSON_ARR)
        return bad_field(k, "roles", "a list of roles");
    for (json_it_init(&it, v); json_it_next(&it);) {
        enum role r;
        if (!role_parse(json_str(it.val, STR("")), &r))
            return bad_field(k, "roles", "of rep, manager, revops, admin, dpo, auditor, integration and provisioner");
        roles |= 1u << r;
    }
    *out = roles;
    return true;
}

static bool field_addresses(struct call *k, const struct json *o, struct user *u)
{
    const struct json *v = json_get(o, "addresses");
    struct json_it it;

    if (json_kind(v) == JSON_ABSENT)
        return true;
    if (json_kind(v) != JSON_ARR || json_len(v) > USER_ADDRESSES_MAX)
        return bad_field(k, "addresses", "a list of at most 20 addresses");
    u->addresses = ARENA_ARRAY(k->a, str, json_len(v) + 1);
    u->addresses_n = 0;
    for (json_it_init(&it, v); json_it_next(&it);)
        u->addresses[u->addresses_n++] = str_dup(k->a, json_str(it.val, STR("")));
    return true;
}

static bool user_read(struct call *k, const struct json *o, struct user *u)
{
    return field_text(k, o, "email", &u->email) && field_text(k, o, "name", &u->name) && field_roles(k, o, &u->roles) &&
           field_bool(k, o, "active", &u->active) && field_addresses(k, o, u);
}

void api_users_post(struct call *k)
{
    static const char *const keys[] = {"email", "name", "roles", "active", "addresses", "service", NULL};
    struct user u = {.active = true};
    struct json_doc *d;
    struct db_tx *t;
    struct err e;
    bool ok;

    if (!access_body(k, keys, &d))
        return;
    ok = user_read(k, json_root(d), &u) && field_bool(k, json_root(d), "service", &u.service);
    json_free(d);
    if (!ok || !(t = access_begin(k)))
        return;
    if (user_add(t, access_keys(k), &u, k->a, &e)) {
        access_fail(k, t, &e);
        return;
    }
    if (!access_commit(k, t, AUDIT_ADMIN, u.id))
        return;
    http_header_fmt(k->rep, STR("location"), "/v1/users/%.*s", STR_ARG(id_str(k->a, u.id)));
    user_reply(k, 201, &u);
}

/* Does the request ask for a version that is there? */
static bool if_match(struct call *k, struct db_tx *t, const struct user *u)
{
    str want = http_field_get(k->rq, STR("if-match"));

    if (!want.n || str_eq(want, STR("*")) || str_eq(want, str_fmt(k->a, "\"%lld\"", (long long)u->version)))
        return true;
    db_rollback(t);
    http_problem(k->rep, 412, STR_NULL, STR("changed meanwhile"), STR("read it again, then change it"));
    return false;
}

/* Whoever may give roles must not give them to themselves. */
static bool self_service(struct call *k, struct db_tx *t, const struct user *was, const struct user *now)
{
    bool same = str_eq(was->email, now->email) && was->roles == now->roles && was->addresses_n == now->addresses_n;

    for (size_t i = 0; same && i < was->addresses_n; i++)
        same = str_eq(was->addresses[i], now->addresses[i]);
    if (!id_eq(was->id, k->who.user) || same)
        return false;
    db_rollback(t);
    http_problem(k->rep, 403, STR_NULL, STR("not your own"),
                 STR("your own roles and addresses are changed by another administrator"));
    return true;
}

void api_user_patch(struct call *k)
{
    static const char *const keys[] = {"email", "name", "roles", "active", "addresses", NULL};
    struct json_doc *d;
    struct user u, was;
    struct db_tx *t;
    struct err e;
    bool ok;

    if (!access_body(k, keys, &d))
        return;
    t = access_begin(k);
    ok = t && user_of_path(k, t, &was) && if_match(k, t, &was);
    u = was;
    if (ok && !user_read(k, json_root(d), &u)) {
        db_rollback(t);
        ok = false;
    }
    json_free(d);
    if (!ok || self_service(k, t, &was, &u))
        return;
    if (user_put(t, access_keys(k), &u, k->a, &e))
        access_fail(k, t, &e);
    else if (access_commit(k, t, AUDIT_ADMIN, u.id))
        user_reply(k, 200, &u);
}

void api_user_delete(struct call *k)
{
    struct db_tx *t = access_begin(k);
    struct user u;
    struct err e;

    if (!t || !user_of_path(k, t, &u))
        return;
    if (id_eq(u.id, k->who.user)) {
        db_rollback(t);
        http_problem(k->rep, 403, STR_NULL, STR("not yourself"), STR("another administrator deletes you"));
        return;
    }
    if (user_drop(t, u.id, &e))
        access_fail(k, t, &e);
    else if (access_commit(k, t, AUDIT_ADMIN, u.id))
        http_status(k->rep, 204);
}

/* POST /v1/users/{}/link: the way in for somebody who has none yet. Whoever has one gets another only from the operator, or an
 * administrator could read what that user reads. */
void api_user_link(struct call *k)
{
    struct db_tx *t = access_begin(k);
    struct user u;
    struct buf b;
    struct jw w;
    struct err e;
    bool any;
    str url;

    if (!t || !user_of_path(k, t, &u))
        return;
    if (credentials_any(t, u.id, &any, &e)) {
        access_fail(k, t, &e);
        return;
    }
    if ((any && caller_reach(&k->who, PERM_OPERATOR) == REACH_NONE) || u.service || !u.active) {
        db_rollback(t);
        http_problem(k->rep, 409, STR_NULL, STR("no link for this user"),
                     any ? STR("this user can sign in already; a new way in comes from the machine: harken users link")
                         : STR("this user is a program, or not active"));
        return;
    }
    if (!access_commit(k, t, AUDIT_ADMIN, u.id))
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

/* GET /v1/me: who the caller is and what the caller may do. */
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
    access_id_write(k, &w, "user", k->who.user);
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

void api_me(struct call *k)
{
    struct user u = {0};
    str kept = STR("");
    struct buf b;
    struct jw w;
    struct err e;

    if (!id_is_nil(k->who.user)) {
        struct db_tx *t = access_begin(k);
        if (!t)
            return;
        if (user_get(t, access_keys(k), k->who.user, k->a, &u, &e) ||
            credential_password_get(t, access_keys(k), k->who.user, k->a, &kept, &e)) {
            access_fail(k, t, &e);
            return;
        }
        db_rollback(t);
    }
    buf_init_wiped(&b, 1 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    if (id_is_nil(k->who.user)) {
        jw_knull(&w, "user");
    } else {
        jw_key(&w, "user");
        user_write(k, &w, &u);
    }
    jw_kbool(&w, "has_password", kept.n > 0);
    jw_kobj(&w, "permissions");
    for (int p = 1; p < PERM_END; p++)
        if (caller_reach(&k->who, (enum perm)p) != REACH_NONE)
            jw_kstr(&w, perm_name((enum perm)p), str_of(reach_name(caller_reach(&k->who, (enum perm)p))));
    jw_end(&w);
    jw_karr(&w, "teams");
    for (size_t i = 0; i < k->who.teams_n; i++)
        jw_str(&w, id_str(k->a, k->who.teams[i]));
    jw_end(&w);
    access_time(k, &w, "proved_at", gateway_auth_at(k));
    jw_end(&w);
    api_reply(k, 200, &b);
}
