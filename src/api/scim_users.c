#include "api/access.h"
#include "api/scim.h"
#include "gateway/users.h"

enum { USERS_MAX = 100000, KEPT_BYTES_MAX = 16 << 10 };

/* What is kept of a user beside what Harken itself knows; the same list stands in scim_schema.c. */
static const char *const kept[] = {"userName", "name", "displayName", "nickName", "title", "emails", NULL};

static struct node text_node(str s)
{
    return (struct node){.kind = JSON_STR, .s = s};
}

static void emails_of(struct call *k, struct node *o, const struct user *u)
{
    struct node list = {.kind = JSON_ARR};

    for (size_t i = 0; i <= u->addresses_n; i++) {
        struct node mail = {.kind = JSON_OBJ};
        node_put_str(k->a, &mail, "value", i ? u->addresses[i - 1] : u->email);
        node_put(k->a, &mail, STR("primary"), &(struct node){.kind = JSON_BOOL, .b = i == 0});
        ARENA_PUSH(k->a, list.kids, list.n, list.cap) = mail;
    }
    node_put(k->a, o, STR("emails"), &list);
}

/* The resource of a user: what the provider sent, with what is true now. */
static struct node *node_of_user(struct call *k, const struct user *u, const struct member *m, size_t n)
{
    struct node *o = ARENA_NEW(k->a, struct node), groups = {.kind = JSON_ARR};
    struct json_doc *d = NULL;

    o->kind = JSON_OBJ;
    scim_common(k, o, &scim_users, u->id, u->created_at_ms, u->updated_at_ms, u->version);
    if (u->scim.n && json_parse(u->scim, &d, NULL) == ERR_OK) {
        struct node *sent = node_of(json_root(d), k->a);
        for (size_t i = 0; i < sent->n; i++)
            node_put(k->a, o, sent->kids[i].key, &sent->kids[i]);
        json_free(d);
    } else {
        node_put_str(k->a, o, "userName", u->email);
        if (u->name.n)
            node_put_str(k->a, o, "displayName", u->name);
        emails_of(k, o, u);
    }
    node_put(k->a, o, STR("active"), &(struct node){.kind = JSON_BOOL, .b = u->active});
    if (u->external_id.n)
        node_put_str(k->a, o, "externalId", u->external_id);
    for (size_t i = 0; i < n; i++) {
        struct node g = {.kind = JSON_OBJ};
        if (!id_eq(m[i].user, u->id))
            continue;
        node_put_str(k->a, &g, "value", id_str(k->a, m[i].team));
        node_put_str(k->a, &g, "type", STR("direct"));
        ARENA_PUSH(k->a, groups.kids, groups.n, groups.cap) = g;
    }
    if (groups.n)
        node_put(k->a, o, STR("groups"), &groups);
    return o;
}

enum err_code scim_user_read(struct call *k, struct db_tx *t, struct id id, struct node **out, struct err *e)
{
    struct member *m;
    struct user u;
    size_t n;

    if (user_get(t, access_keys(k), id, k->a, &u, e) || member_list(t, ID_NIL, id, k->a, &m, &n, e))
        return e->code;
    if (u.service)
        return err_set(e, ERR_NOT_FOUND, "no such user");
    *out = node_of_user(k, &u, m, n);
    return ERR_OK;
}

enum err_code scim_user_list(struct call *k, struct db_tx *t, struct node ***out, size_t *out_n, struct err *e)
{
    struct member *m;
    struct user *u;
    size_t n, m_n, kept_n = 0;

    if (user_list(t, access_keys(k), ID_NIL, USERS_MAX, k->a, &u, &n, e) ||
        member_list(t, ID_NIL, ID_NIL, k->a, &m, &m_n, e))
        return e->code;
    *out = ARENA_ARRAY(k->a, struct node *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (!u[i].service)
            (*out)[kept_n++] = node_of_user(k, &u[i], m, m_n);
    *out_n = kept_n;
    return ERR_OK;
}

/* ---- from the provider ---- */

static str trimmed(const struct node *o, const char *key)
{
    return str_trim(node_str(node_get(o, str_of(key)), STR("")));
}

static str name_of(struct call *k, const struct node *o)
{
    const struct node *name = node_get(o, STR("name"));
    str given = trimmed(name, "givenName"), family = trimmed(name, "familyName");

    if (trimmed(o, "displayName").n)
        return trimmed(o, "displayName");
    if (trimmed(name, "formatted").n)
        return trimmed(name, "formatted");
    return given.n || family.n ? str_trim(str_fmt(k->a, "%.*s %.*s", STR_ARG(given), STR_ARG(family)))
                               : trimmed(o, "userName");
}

/* userName where it is an address, else the primary or first address, else one that opens nothing. The others take part. */
static enum err_code addresses_read(struct call *k, const struct node *o, struct user *u, struct err *e)
{
    const struct node *list = node_get(o, STR("emails"));
    str user_name = trimmed(o, "userName"), primary = STR("");
    uint8_t hash[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];
    size_t n = list && list->kind == JSON_ARR ? list->n : 0;

    if (list && list->kind != JSON_ARR)
        return err_set(e, ERR_INVALID, "\"emails\" is a list");
    u->addresses = ARENA_ARRAY(k->a, str, n + 1);
    u->addresses_n = 0;
    for (size_t i = 0; i < n; i++) {
        str mail = trimmed(&list->kids[i], "value");
        if (!user_email_fold(k->a, mail).n)
            return err_set(e, ERR_INVALID, "one of \"emails\" is no address");
        if (!primary.n || node_bool(node_get(&list->kids[i], STR("primary")), false))
            primary = mail;
        if (u->addresses_n < USER_ADDRESSES_MAX)
            u->addresses[u->addresses_n++] = mail;
    }
    if (user_email_fold(k->a, user_name).n) {
        u->email = user_name;
    } else if (primary.n) {
        u->email = primary;
    } else {
        sha256(str_lower_ascii(k->a, user_name), hash);
        hex_put(hash, sizeof hash, hex);
        u->email = str_fmt(k->a, "%.32s@scim.invalid", hex);
    }
    return ERR_OK;
}

/* Two users of one name: addresses are kept apart by the database, other names are looked for. */
static enum err_code name_free(struct call *k, struct db_tx *t, str user_name, struct id self, struct err *e)
{
    struct node **all = NULL;
    size_t n = 0;

    if (user_email_fold(k->a, user_name).n)
        return ERR_OK;
    if (scim_user_list(k, t, &all, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(trimmed(all[i], "userName"), user_name) && !str_eq(trimmed(all[i], "id"), id_str(k->a, self)))
            return err_set(e, ERR_EXISTS, "another user has this userName");
    return ERR_OK;
}

static enum err_code kept_text(struct call *k, const struct node *o, str *out, struct err *e)
{
    struct node keep = {.kind = JSON_OBJ};
    struct buf b;
    struct jw w;
    bool ok;

    for (size_t i = 0; kept[i]; i++)
        if (node_get(o, str_of(kept[i])))
            node_put(k->a, &keep, str_of(kept[i]), node_get(o, str_of(kept[i])));
    buf_init_wiped(&b, KEPT_BYTES_MAX);
    jw_init(&w, &b);
    node_write(&w, &keep);
    ok = buf_ok(&b);
    *out = ok ? str_dup(k->a, buf_view(&b)) : STR("");
    buf_done(&b);
    return ok ? ERR_OK : err_set(e, ERR_INVALID, "this is too much for one user");
}

static enum err_code texts_check(const struct node *o, struct err *e)
{
    static const char *const texts[] = {"userName", "displayName", "nickName", "title", "externalId"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct node *v = node_get(o, str_of(texts[i]));
        if (v && v->kind != JSON_STR && v->kind != JSON_NULL)
            return err_set(e, ERR_INVALID, "\"%s\" is a text", texts[i]);
        if (v && v->s.n > USER_TEXT_MAX)
            return err_set(e, ERR_INVALID, "\"%s\" is longer than %d bytes", texts[i], USER_TEXT_MAX);
    }
    return trimmed(o, "userName").n ? ERR_OK : err_set(e, ERR_INVALID, "\"userName\" is missing");
}

enum err_code scim_user_write(struct call *k, struct db_tx *t, struct id *id, struct node *o, struct err *e)
{
    struct keyring *keys = access_keys(k);
    struct user u = {.active = true, .roles = 1u << ROLE_REP};
    struct node name;

    if (texts_check(o, e) || (!id_is_nil(*id) && user_get(t, keys, *id, k->a, &u, e)) ||
        name_free(k, t, trimmed(o, "userName"), *id, e) || addresses_read(k, o, &u, e) || kept_text(k, o, &u.scim, e))
        return e->code;
    name = text_node(name_of(k, o));
    u.name = name.s;
    u.given = trimmed(node_get(o, STR("name")), "givenName");
    u.family = trimmed(node_get(o, STR("name")), "familyName");
    u.external_id = trimmed(o, "externalId");
    u.active = node_bool(node_get(o, STR("active")), true);
    if (id_is_nil(*id)) {
        if (user_add(t, keys, &u, k->a, e))
            return e->code;
        *id = u.id;
        return ERR_OK;
    }
    return user_put(t, keys, &u, k->a, e);
}

enum err_code scim_user_drop(struct call *k, struct db_tx *t, struct id id, struct err *e)
{
    struct user u;

    if (user_get(t, access_keys(k), id, k->a, &u, e))
        return e->code;
    return u.service ? err_set(e, ERR_NOT_FOUND, "no such user") : user_drop(t, id, e);
}
