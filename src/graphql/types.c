/* graphql/types.c - what can be asked of types, and literals as text. */
#include "base/json.h"
#include "graphql/schema.h"

const struct gql_input *gql_input_find(const struct gql_input *list, size_t n, str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].name, name))
            return &list[i];
    return NULL;
}

const struct gql_type *gql_type_named(const struct gql_type *t)
{
    while (t->of)
        t = t->of;
    return t;
}

bool gql_type_composite(const struct gql_type *t)
{
    return t->kind == GQL_T_OBJECT || t->kind == GQL_T_INTERFACE || t->kind == GQL_T_UNION;
}

bool gql_type_input(const struct gql_type *t)
{
    t = gql_type_named(t);
    return t->kind == GQL_T_SCALAR || t->kind == GQL_T_ENUM || t->kind == GQL_T_INPUT;
}

bool gql_type_same(const struct gql_type *a, const struct gql_type *b)
{
    while (a->of && b->of && a->kind == b->kind) {
        a = a->of;
        b = b->of;
    }
    return a == b;
}

bool gql_type_possible(const struct gql_type *abstract, const struct gql_type *object)
{
    if (abstract == object)
        return true;
    for (size_t i = 0; i < abstract->possible_n; i++)
        if (abstract->possible[i] == object)
            return true;
    return false;
}

bool gql_type_overlap(const struct gql_type *a, const struct gql_type *b)
{
    if (a == b)
        return true;
    if (a->kind == GQL_T_OBJECT)
        return gql_type_possible(b, a);
    for (size_t i = 0; i < a->possible_n; i++)
        if (gql_type_possible(b, a->possible[i]))
            return true;
    return false;
}

static bool implements(const struct gql_type *t, const struct gql_type *in)
{
    for (size_t i = 0; i < t->interfaces_n; i++)
        if (t->interfaces[i] == in)
            return true;
    return false;
}

bool gql_type_subtype(const struct gql_type *sub, const struct gql_type *super)
{
    if (super->kind == GQL_T_NON_NULL)
        return sub->kind == GQL_T_NON_NULL && gql_type_subtype(sub->of, super->of);
    if (sub->kind == GQL_T_NON_NULL)
        sub = sub->of;
    if (super->kind == GQL_T_LIST || sub->kind == GQL_T_LIST)
        return super->kind == sub->kind && gql_type_subtype(sub->of, super->of);
    return sub == super || implements(sub, super) || (super->kind == GQL_T_UNION && gql_type_possible(super, sub));
}

str gql_type_print(const struct gql_type *t, struct arena *a)
{
    if (t->kind == GQL_T_NON_NULL)
        return str_fmt(a, "%.*s!", STR_ARG(gql_type_print(t->of, a)));
    if (t->kind == GQL_T_LIST)
        return str_fmt(a, "[%.*s]", STR_ARG(gql_type_print(t->of, a)));
    return t->name;
}

static void string_print(str s, struct buf *b)
{
    struct jw w;

    jw_init(&w, b); /* JSON's escapes are GraphQL's */
    jw_str(&w, s);
}

void gql_value_print(const struct gql_value *v, struct buf *b)
{
    switch (v->kind) {
    case GQL_NULL:
        buf_str(b, STR("null"));
        return;
    case GQL_BOOL:
        buf_str(b, v->v.b ? STR("true") : STR("false"));
        return;
    case GQL_STRING:
        string_print(v->s, b);
        return;
    case GQL_LIST:
        buf_char(b, '[');
        for (size_t i = 0; i < v->v.list.n; i++) {
            buf_str(b, i ? STR(", ") : STR(""));
            gql_value_print(&v->v.list.item[i], b);
        }
        buf_char(b, ']');
        return;
    case GQL_MAP:
        buf_char(b, '{');
        for (size_t i = 0; i < v->v.map.n; i++) {
            buf_str(b, i ? STR(", ") : STR(""));
            buf_str(b, v->v.map.member[i].name);
            buf_str(b, STR(": "));
            gql_value_print(&v->v.map.member[i].value, b);
        }
        buf_char(b, '}');
        return;
    case GQL_VARIABLE:
        buf_char(b, '$');
        buf_str(b, v->s);
        return;
    default: /* numbers and enum values, as written */
        buf_str(b, v->s);
    }
}
