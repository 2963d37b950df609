#include "api/access.h"
#include "api/scim.h"
#include "gateway/users.h"

static struct node *node_of_team(struct call *k, const struct team *m, const struct member *list, size_t n)
{
    struct node *o = ARENA_NEW(k->a, struct node), members = {.kind = JSON_ARR};

    o->kind = JSON_OBJ;
    scim_common(k, o, &scim_groups, m->id, m->created_at_ms, m->updated_at_ms, m->version);
    node_put_str(k->a, o, "displayName", m->name);
    if (m->external_id.n)
        node_put_str(k->a, o, "externalId", m->external_id);
    for (size_t i = 0; i < n; i++) {
        struct node v = {.kind = JSON_OBJ};
        if (!id_eq(list[i].team, m->id))
            continue;
        node_put_str(k->a, &v, "value", id_str(k->a, list[i].user));
        node_put_str(k->a, &v, "type", STR("User"));
        node_put_str(k->a, &v, "$ref",
                     str_fmt(k->a, "%s/scim/v2/Users/%.*s", gateway_public(k->g), STR_ARG(id_str(k->a, list[i].user))));
        ARENA_PUSH(k->a, members.kids, members.n, members.cap) = v;
    }
    if (members.n)
        node_put(k->a, o, STR("members"), &members);
    return o;
}

enum err_code scim_group_read(struct call *k, struct db_tx *t, struct id id, struct node **out, struct err *e)
{
    struct member *list;
    struct team m;
    size_t n;

    if (team_get(t, access_keys(k), id, k->a, &m, e) || member_list(t, id, ID_NIL, k->a, &list, &n, e))
        return e->code;
    *out = node_of_team(k, &m, list, n);
    return ERR_OK;
}

enum err_code scim_group_list(struct call *k, struct db_tx *t, struct node ***out, size_t *out_n, struct err *e)
{
    struct member *list;
    struct team *m;
    size_t n, list_n;

    if (team_list(t, access_keys(k), k->a, &m, &n, e) || member_list(t, ID_NIL, ID_NIL, k->a, &list, &list_n, e))
        return e->code;
    *out = ARENA_ARRAY(k->a, struct node *, n + 1);
    for (size_t i = 0; i < n; i++)
        (*out)[i] = node_of_team(k, &m[i], list, list_n);
    *out_n = n;
    return ERR_OK;
}

static bool listed(const struct node *members, struct id user)
{
    struct id id;

    for (size_t i = 0; members && i < members->n; i++)
        if (id_parse(node_str(node_get(&members->kids[i], STR("value")), STR("")), &id) && id_eq(id, user))
            return true;
    return false;
}

/* Makes the members those of the list; who stays keeps being a manager. */
static enum err_code members_write(struct call *k, struct db_tx *t, struct id team, const struct node *members,
                                   struct err *e)
{
    struct member *have;
    size_t n;

    if (members && members->kind != JSON_ARR && members->kind != JSON_NULL)
        return err_set(e, ERR_INVALID, "\"members\" is a list");
    if (member_list(t, team, ID_NIL, k->a, &have, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (!listed(members, have[i].user) && member_drop(t, team, have[i].user, e))
            return e->code;
    for (size_t i = 0; members && i < members->n; i++) {
        struct member m = {.team = team};
        struct user u;
        if (!id_parse(node_str(node_get(&members->kids[i], STR("value")), STR("")), &m.user) ||
            user_get(t, access_keys(k), m.user, k->a, &u, e))
            return err_set(e, ERR_INVALID, "a member is no user here");
        for (size_t h = 0; h < n; h++)
            m.manager = m.manager || (id_eq(have[h].user, m.user) && have[h].manager);
        if (member_put(t, &m, e))
            return e->code;
    }
    return ERR_OK;
}

enum err_code scim_group_write(struct call *k, struct db_tx *t, struct id *id, struct node *o, struct err *e)
{
    struct keyring *keys = access_keys(k);
    struct team m = {0};

    if (!id_is_nil(*id) && team_get(t, keys, *id, k->a, &m, e))
        return e->code;
    m.name = str_trim(node_str(node_get(o, STR("displayName")), STR("")));
    m.external_id = str_trim(node_str(node_get(o, STR("externalId")), STR("")));
    if (id_is_nil(*id) ? team_add(t, keys, &m, k->a, e) : team_put(t, keys, &m, k->a, e))
        return e->code;
    *id = m.id;
    return members_write(k, t, m.id, node_get(o, STR("members")), e);
}

enum err_code scim_group_drop(struct call *k, struct db_tx *t, struct id id, struct err *e)
{
    (void)k;
    return team_drop(t, id, e);
}
