#include "api/scim_node.h"

enum { OPS_MAX = 1000 };

/* attr, attr.sub, attr[filter], attr[filter].sub */
struct path {
    str attr, sub;
    struct scim_filter *filter;
};

struct patch {
    struct node *o;
    const char *const *fixed;
    struct arena *a;
    const char *type;
    struct err *e;
};

static enum err_code refuse(struct patch *p, const char *type, const char *what)
{
    p->type = type;
    return err_set(p->e, ERR_INVALID, "%s", what);
}

static enum err_code path_read(struct patch *p, str text, struct path *out)
{
    size_t open = str_find_char(text, '[', 0), close = str_rfind_char(text, ']');
    str head = open == SIZE_MAX ? text : str_sub(text, 0, open), rest = STR("");

    *out = (struct path){0};
    if (str_starts_nocase(head, STR("urn:"))) {
        size_t colon = str_rfind_char(head, ':');
        head = str_from(head, colon + 1);
        if (str_eq_nocase(head, STR("User")) || str_eq_nocase(head, STR("Group")) || !head.n)
            return refuse(p, "invalidPath", "the path names a schema, not an attribute");
    }
    if (open != SIZE_MAX) {
        if (close == SIZE_MAX || close < open)
            return refuse(p, "invalidPath", "the path has no ]");
        if (scim_filter_parse(str_sub(text, open + 1, close), p->a, &out->filter, p->e)) {
            p->type = "invalidFilter";
            return p->e->code;
        }
        rest = str_from(text, close + 1);
        if (rest.n && rest.p[0] != '.')
            return refuse(p, "invalidPath", "the path goes on after ] with something else than a dot");
        out->sub = rest.n ? str_from(rest, 1) : STR("");
        out->attr = head;
    } else {
        out->attr = str_cut(head, '.', &out->sub);
    }
    return out->attr.n ? ERR_OK : refuse(p, "invalidPath", "the path is empty");
}

static bool is_fixed(const struct patch *p, str attr)
{
    for (size_t i = 0; p->fixed[i]; i++)
        if (str_eq_nocase(attr, str_of(p->fixed[i])))
            return true;
    return false;
}

static bool same(const struct node *x, const struct node *y)
{
    if (x->kind != y->kind || x->n != y->n)
        return false;
    if (x->kind == JSON_OBJ) {
        for (size_t i = 0; i < x->n; i++) {
            const struct node *other = node_get(y, x->kids[i].key);
            if (!other || !same(&x->kids[i], other))
                return false;
        }
        return true;
    }
    for (size_t i = 0; i < x->n; i++)
        if (!same(&x->kids[i], &y->kids[i]))
            return false;
    return str_eq(x->s, y->s) && x->i == y->i && x->b == y->b;
}

/* Adds to a list what is not in it yet; only one of its values stays the primary one. */
static void list_add(struct patch *p, struct node *list, const struct node *value)
{
    const struct node *many = value->kind == JSON_ARR ? value->kids : value;
    size_t n = value->kind == JSON_ARR ? value->n : 1;

    for (size_t i = 0; i < n && list->n < SCIM_VALUES_MAX; i++) {
        bool known = false;
        for (size_t k = 0; k < list->n; k++) {
            const struct node *have = node_get(&list->kids[k], STR("value")), *want = node_get(&many[i], STR("value"));
            known = known || same(&list->kids[k], &many[i]) ||
                    (have && want && many[i].n == 1 && same(have, want)); /* {"value": id} alone names a member */
        }
        if (known)
            continue;
        if (node_bool(node_get(&many[i], STR("primary")), false))
            for (size_t k = 0; k < list->n; k++)
                if (node_get(&list->kids[k], STR("primary")))
                    node_put(p->a, &list->kids[k], STR("primary"), &(struct node){.kind = JSON_BOOL, .b = false});
        ARENA_PUSH(p->a, list->kids, list->n, list->cap) = many[i];
        list->kids[list->n - 1].key = STR("");
    }
}

static void put_whole(struct patch *p, struct node *o, str attr, const struct node *value, bool add)
{
    struct node *have = node_get(o, attr);

    if (add && have && have->kind == JSON_ARR)
        list_add(p, have, value);
    else if (have && have->kind == JSON_OBJ && value->kind == JSON_OBJ)
        for (size_t i = 0; i < value->n; i++)
            node_put(p->a, have, value->kids[i].key, &value->kids[i]);
    else if (value->kind == JSON_NULL)
        node_drop(o, attr);
    else
        node_put(p->a, o, attr, value);
}

/* Values of a list that the filter chooses. */
static enum err_code put_chosen(struct patch *p, const struct path *at, const struct node *value, bool add)
{
    struct node *list = node_get(p->o, at->attr);
    size_t hits = 0;

    for (size_t i = 0; list && list->kind == JSON_ARR && i < list->n; i++) {
        struct node *v = &list->kids[i];
        if (!scim_filter_matches(at->filter, v))
            continue;
        hits++;
        if (at->sub.n)
            node_put(p->a, v, at->sub, value);
        else if (value->kind == JSON_OBJ && (add || v->kind == JSON_OBJ))
            for (size_t k = 0; k < value->n; k++)
                node_put(p->a, v, value->kids[k].key, &value->kids[k]);
        else
            return refuse(p, "invalidValue", "a value of this list is an object");
    }
    return hits ? ERR_OK : refuse(p, "noTarget", "nothing is at the path");
}

static enum err_code put(struct patch *p, const struct path *at, const struct node *value, bool add)
{
    struct node *have = node_get(p->o, at->attr);

    if (at->filter)
        return put_chosen(p, at, value, add);
    if (!at->sub.n) {
        put_whole(p, p->o, at->attr, value, add);
        return ERR_OK;
    }
    if (!have) {
        node_put(p->a, p->o, at->attr, &(struct node){.kind = JSON_OBJ});
        have = node_get(p->o, at->attr);
    }
    if (have->kind == JSON_ARR) {
        for (size_t i = 0; i < have->n; i++)
            node_put(p->a, &have->kids[i], at->sub, value);
        return ERR_OK;
    }
    if (have->kind != JSON_OBJ)
        return refuse(p, "invalidPath", "the attribute has no parts");
    put_whole(p, have, at->sub, value, add);
    return ERR_OK;
}

static enum err_code drop(struct patch *p, const struct path *at, const struct node *value)
{
    struct node *have = node_get(p->o, at->attr);
    size_t kept = 0, n;

    if (!have) {
        if (at->filter)
            return refuse(p, "noTarget", "nothing is at the path");
        return ERR_OK;
    }
    if (!at->filter && !at->sub.n && value &&
        have->kind == JSON_ARR) { /* members to take out, as one big client says it */
        for (size_t i = 0; i < have->n; i++) {
            bool out = false;
            for (size_t k = 0; k < (value->kind == JSON_ARR ? value->n : 1); k++) {
                const struct node *want = node_get(value->kind == JSON_ARR ? &value->kids[k] : value, STR("value"));
                const struct node *v = node_get(&have->kids[i], STR("value"));
                out = out || (want && v && same(want, v));
            }
            if (!out)
                have->kids[kept++] = have->kids[i];
        }
        have->n = kept;
        return ERR_OK;
    }
    if (!at->filter && !at->sub.n) {
        node_drop(p->o, at->attr);
        return ERR_OK;
    }
    if (!at->filter && have->kind == JSON_OBJ) {
        node_drop(have, at->sub);
        return ERR_OK;
    }
    n = have->n;
    for (size_t i = 0; i < n; i++) {
        struct node v = have->kids[i];
        bool hit = !at->filter || scim_filter_matches(at->filter, &v);
        if (hit && at->sub.n)
            node_drop(&v, at->sub);
        if (!hit || at->sub.n)
            have->kids[kept++] = v;
    }
    have->n = kept;
    if (kept == n && !at->sub.n)
        return refuse(p, "noTarget", "nothing is at the path");
    if (!kept)
        node_drop(p->o, at->attr);
    return ERR_OK;
}

/* Without a path the value is an object whose members are paths of their own. */
static enum err_code put_members(struct patch *p, const struct node *value, bool add)
{
    if (!value || value->kind != JSON_OBJ)
        return refuse(p, "invalidValue", "without \"path\" the value is an object");
    for (size_t i = 0; i < value->n; i++) {
        struct path at;
        if (str_eq_nocase(value->kids[i].key, STR("schemas")))
            continue;
        if (path_read(p, value->kids[i].key, &at))
            return p->e->code;
        if (is_fixed(p, at.attr))
            continue; /* a client that sends back what it read */
        if (put(p, &at, &value->kids[i], add))
            return p->e->code;
    }
    return ERR_OK;
}

static enum err_code operation(struct patch *p, const struct node *op)
{
    str what = node_str(node_get(op, STR("op")), STR("")), path = node_str(node_get(op, STR("path")), STR(""));
    const struct node *value = node_get(op, STR("value"));
    bool add = str_eq_nocase(what, STR("add"));
    struct path at;

    if (!add && !str_eq_nocase(what, STR("replace")) && !str_eq_nocase(what, STR("remove")))
        return refuse(p, "invalidSyntax", "\"op\" is add, replace or remove");
    if (!path.n)
        return str_eq_nocase(what, STR("remove")) ? refuse(p, "noTarget", "remove needs a path")
                                                  : put_members(p, value, add);
    if (path_read(p, path, &at))
        return p->e->code;
    if (is_fixed(p, at.attr))
        return refuse(p, "mutability", "this attribute does not change");
    if (str_eq_nocase(what, STR("remove")))
        return drop(p, &at, value);
    return value ? put(p, &at, value, add) : refuse(p, "invalidValue", "a value is missing");
}

enum err_code scim_patch(struct node *resource, const struct node *message, const char *const *fixed, struct arena *a,
                         const char **out_scim_type, struct err *e)
{
    struct patch p = {.o = resource, .fixed = fixed, .a = a, .e = e};
    const struct node *ops = node_get(message, STR("Operations"));
    size_t n = ops && ops->kind == JSON_ARR ? ops->n : 0;
    enum err_code rc = ERR_OK;

    if (!n || n > OPS_MAX)
        rc = refuse(&p, "invalidSyntax", "\"Operations\" is a list of 1 to 1000");
    for (size_t i = 0; !rc && i < n; i++)
        rc = operation(&p, &ops->kids[i]);
    *out_scim_type = p.type;
    return rc;
}
