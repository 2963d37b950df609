/* api/teams.c - teams, who belongs to them, and whom a deal is shared with. */
#include "api/access.h"
#include "gateway/users.h"

static void team_write(struct call *k, struct jw *w, const struct team *m, const struct member *list, size_t n)
{
    jw_obj(w);
    jw_kstr(w, "id", id_str(k->a, m->id));
    jw_kstr(w, "name", m->name);
    access_id_write(k, w, "parent", m->parent);
    jw_karr(w, "members");
    for (size_t i = 0; i < n; i++) {
        if (!id_eq(list[i].team, m->id))
            continue;
        jw_obj(w);
        jw_kstr(w, "user", id_str(k->a, list[i].user));
        jw_kbool(w, "manager", list[i].manager);
        jw_end(w);
    }
    jw_end(w);
    access_time(k, w, "created_at", m->created_at_ms);
    access_time(k, w, "updated_at", m->updated_at_ms);
    jw_ki64(w, "version", m->version);
    jw_end(w);
}

static void team_reply(struct call *k, int status, const struct team *m, const struct member *list, size_t n)
{
    struct buf b;
    struct jw w;

    buf_init_wiped(&b, 16 << 20);
    jw_init(&w, &b);
    team_write(k, &w, m, list, n);
    http_header_fmt(k->rep, STR("etag"), "\"%lld\"", (long long)m->version);
    api_reply(k, status, &b);
}

void api_teams_list(struct call *k)
{
    struct db_tx *t = access_begin(k);
    struct member *members;
    struct team *teams;
    size_t teams_n, members_n;
    struct buf b;
    struct jw w;
    struct err e;

    if (!t)
        return;
    if (team_list(t, access_keys(k), k->a, &teams, &teams_n, &e) ||
        member_list(t, (struct id){{0}}, (struct id){{0}}, k->a, &members, &members_n, &e)) {
        access_fail(k, t, &e);
        return;
    }
    db_rollback(t);
    buf_init_wiped(&b, 64 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_karr(&w, "teams");
    for (size_t i = 0; i < teams_n; i++)
        team_write(k, &w, &teams[i], members, members_n);
    jw_end(&w);
    jw_end(&w);
    gateway_cost(k, (double)(teams_n + members_n));
    api_reply(k, 200, &b);
}

/* The team of the path. Fills the reply, rolls back and answers false when there is none. */
static bool team_of_path(struct call *k, struct db_tx *t, struct team *out)
{
    struct id id;
    struct err e;

    if (id_parse(k->part[0], &id) && team_get(t, access_keys(k), id, k->a, out, &e) == ERR_OK)
        return true;
    db_rollback(t);
    access_missing(k, "team");
    return false;
}

void api_team_get(struct call *k)
{
    struct db_tx *t = access_begin(k);
    struct member *list;
    struct team m;
    size_t n;
    struct err e;

    if (!t || !team_of_path(k, t, &m))
        return;
    if (member_list(t, m.id, (struct id){{0}}, k->a, &list, &n, &e)) {
        access_fail(k, t, &e);
        return;
    }
    db_rollback(t);
    team_reply(k, 200, &m, list, n);
}

static bool team_read(struct call *k, const struct json *o, struct team *m)
{
    const struct json *name = json_get(o, "name"), *parent = json_get(o, "parent");

    if (json_kind(name) != JSON_ABSENT && json_kind(name) != JSON_STR) {
        http_problem(k->rep, 422, STR_NULL, STR("bad field"), STR("\"name\" must be a text"));
        return false;
    }
    if (json_kind(name) == JSON_STR)
        m->name = str_dup(k->a, json_str(name, STR("")));
    if (json_kind(parent) == JSON_NULL)
        m->parent = (struct id){{0}};
    else if (json_kind(parent) != JSON_ABSENT && !id_parse(json_str(parent, STR("")), &m->parent)) {
        http_problem(k->rep, 422, STR_NULL, STR("bad field"), STR("\"parent\" must be the id of a team, or null"));
        return false;
    }
    return true;
}

void api_teams_post(struct call *k)
{
    static const char *const keys[] = {"name", "parent", NULL};
    struct team m = {0};
    struct json_doc *d;
    struct db_tx *t;
    struct err e;
    bool ok;

    if (!access_body(k, keys, &d))
        return;
    ok = team_read(k, json_root(d), &m);
    json_free(d);
    if (!ok || !(t = access_begin(k)))
        return;
    if (team_add(t, access_keys(k), &m, k->a, &e)) {
        access_fail(k, t, &e);
        return;
    }
    if (!access_commit(k, t, AUDIT_ADMIN, m.id))
        return;
    http_header_fmt(k->rep, STR("location"), "/v1/teams/%.*s", STR_ARG(id_str(k->a, m.id)));
    team_reply(k, 201, &m, NULL, 0);
}

void api_team_patch(struct call *k)
{
    static const char *const keys[] = {"name", "parent", NULL};
    struct json_doc *d;
    struct member *list;
    struct db_tx *t;
    struct team m;
    size_t n;
    struct err e;
    bool ok;

    if (!access_body(k, keys, &d))
        return;
    t = access_begin(k);
    ok = t && team_of_path(k, t, &m);
    if (ok && !team_read(k, json_root(d), &m)) {
        db_rollback(t);
        ok = false;
    }
    json_free(d);
    if (!ok)
        return;
    if (team_put(t, access_keys(k), &m, k->a, &e) || member_list(t, m.id, (struct id){{0}}, k->a, &list, &n, &e))
        access_fail(k, t, &e);
    else if (access_commit(k, t, AUDIT_ADMIN, m.id))
        team_reply(k, 200, &m, list, n);
}

void api_team_delete(struct call *k)
{
    struct db_tx *t = access_begin(k);
    struct team m;
    struct err e;

    if (!t || !team_of_path(k, t, &m))
        return;
    if (team_drop(t, m.id, &e))
        access_fail(k, t, &e);
    else if (access_commit(k, t, AUDIT_ADMIN, m.id))
        http_status(k->rep, 204);
}

/* PUT /v1/teams/{}/members/{} {"manager": true}: another administrator puts you into a team, not you yourself. */
void api_member_put(struct call *k)
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

void api_member_delete(struct call *k)
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

void api_deal_share(struct call *k)
{
    share(k, deal_share);
}

void api_deal_unshare(struct call *k)
{
    share(k, deal_unshare);
}
