/* graphql/introspect.c - the schema as data (specification, section 4): resolvers whose parents are the schema's own
 * structs. */
#include "graphql/graphql.h"

static str text_or_null(str s)
{
    return s.n ? s : STR_NULL;
}

/* Deprecated ones only when asked for. */
static bool hidden(struct gql_call *c, str deprecated)
{
    const struct gql_value *v = gql_arg(c, "includeDeprecated");

    return deprecated.p && !(v && v->v.b);
}

static struct gql_value deprecated_of(str field, str deprecated)
{
    return str_eq(field, STR("isDeprecated")) ? gql_of_bool(deprecated.p != NULL) : gql_of_str(deprecated);
}

/* Pointers to the members of an array, those that are hidden left out; `size` and the place of their deprecation. */
static struct gql_value list_of(struct gql_call *c, const void *list, size_t n, size_t size, size_t deprecated_at)
{
    struct gql_value out = {.kind = GQL_LIST};

    out.v.list.item = ARENA_ARRAY(c->a, struct gql_value, n + 1);
    for (size_t i = 0; i < n; i++) {
        const char *p = (const char *)list + i * size;
        str deprecated = STR_NULL;
        if (deprecated_at)
            memcpy(&deprecated, p + deprecated_at, sizeof deprecated);
        if (!hidden(c, deprecated))
            out.v.list.item[out.v.list.n++] = gql_of_object(NULL, p);
    }
    return out;
}

static struct gql_value types_of(struct gql_call *c, const struct gql_type *const *list, size_t n)
{
    struct gql_value out = {.kind = GQL_LIST};

    out.v.list.item = ARENA_ARRAY(c->a, struct gql_value, n + 1);
    for (; out.v.list.n < n; out.v.list.n++)
        out.v.list.item[out.v.list.n] = gql_of_object(NULL, list[out.v.list.n]);
    return out;
}

static struct gql_value strings_of(struct gql_call *c, const str *list, size_t n)
{
    struct gql_value out = {.kind = GQL_LIST};

    out.v.list.item = ARENA_ARRAY(c->a, struct gql_value, n + 1);
    for (; out.v.list.n < n; out.v.list.n++)
        out.v.list.item[out.v.list.n] = gql_of_str(list[out.v.list.n]);
    return out;
}

static struct gql_value schema_member(struct gql_call *c, const struct gql_schema *s, str f)
{
    const struct gql_directive_type *dirs;
    const struct gql_type *const *types;
    size_t n;

    if (str_eq(f, STR("description")))
        return gql_of_str(text_or_null(gql_schema_text(s)));
    if (str_eq(f, STR("queryType")))
        return gql_of_object(NULL, gql_schema_root(s, GQL_QUERY));
    if (str_eq(f, STR("mutationType")))
        return gql_of_object(NULL, gql_schema_root(s, GQL_MUTATION));
    if (str_eq(f, STR("subscriptionType")))
        return gql_of_object(NULL, gql_schema_root(s, GQL_SUBSCRIPTION));
    if (str_eq(f, STR("types"))) {
        n = gql_schema_types(s, &types);
        return types_of(c, types, n);
    }
    n = gql_schema_directives(s, &dirs);
    return list_of(c, dirs, n, sizeof *dirs, 0);
}

static struct gql_value type_lists(struct gql_call *c, const struct gql_type *t, str f)
{
    bool fields = t->kind == GQL_T_OBJECT || t->kind == GQL_T_INTERFACE;

    if (str_eq(f, STR("fields")) && fields)
        return list_of(c, t->fields, t->fields_n, sizeof *t->fields, offsetof(struct gql_field, deprecated));
    if (str_eq(f, STR("interfaces")) && fields)
        return types_of(c, t->interfaces, t->interfaces_n);
    if (str_eq(f, STR("possibleTypes")) && (t->kind == GQL_T_INTERFACE || t->kind == GQL_T_UNION))
        return types_of(c, t->possible, t->possible_n);
    if (str_eq(f, STR("enumValues")) && t->kind == GQL_T_ENUM)
        return list_of(c, t->values, t->values_n, sizeof *t->values, offsetof(struct gql_enum_value, deprecated));
    if (str_eq(f, STR("inputFields")) && t->kind == GQL_T_INPUT)
        return list_of(c, t->inputs, t->inputs_n, sizeof *t->inputs, offsetof(struct gql_input, deprecated));
    return (struct gql_value){.kind = GQL_NULL};
}

static struct gql_value type_member(struct gql_call *c, const struct gql_type *t, str f)
{
    static const char *const kinds[] = {
        [GQL_T_SCALAR] = "SCALAR", [GQL_T_OBJECT] = "OBJECT",    [GQL_T_INTERFACE] = "INTERFACE",
        [GQL_T_UNION] = "UNION",   [GQL_T_ENUM] = "ENUM",        [GQL_T_INPUT] = "INPUT_OBJECT",
        [GQL_T_LIST] = "LIST",     [GQL_T_NON_NULL] = "NON_NULL"};

    if (str_eq(f, STR("kind")))
        return gql_of_str(str_of(kinds[t->kind]));
    if (str_eq(f, STR("name")))
        return gql_of_str(text_or_null(t->name));
    if (str_eq(f, STR("description")))
        return gql_of_str(text_or_null(t->text));
    if (str_eq(f, STR("specifiedByURL")))
        return gql_of_str(text_or_null(t->specified_by));
    if (str_eq(f, STR("ofType")))
        return gql_of_object(NULL, t->of);
    if (str_eq(f, STR("isOneOf")))
        return t->kind == GQL_T_INPUT ? gql_of_bool(false) : (struct gql_value){.kind = GQL_NULL};
    return type_lists(c, t, f);
}

static struct gql_value field_member(struct gql_call *c, const struct gql_field *d, str f)
{
    if (str_eq(f, STR("name")))
        return gql_of_str(d->name);
    if (str_eq(f, STR("description")))
        return gql_of_str(text_or_null(d->text));
    if (str_eq(f, STR("args")))
        return list_of(c, d->args, d->args_n, sizeof *d->args, offsetof(struct gql_input, deprecated));
    if (str_eq(f, STR("type")))
        return gql_of_object(NULL, d->type);
    return deprecated_of(f, d->deprecated);
}

static struct gql_value input_member(struct gql_call *c, const struct gql_input *d, str f)
{
    struct gql_value v = {.kind = GQL_NULL};
    struct buf b;

    if (str_eq(f, STR("name")))
        return gql_of_str(d->name);
    if (str_eq(f, STR("description")))
        return gql_of_str(text_or_null(d->text));
    if (str_eq(f, STR("type")))
        return gql_of_object(NULL, d->type);
    if (!str_eq(f, STR("defaultValue")))
        return deprecated_of(f, d->deprecated);
    if (d->has_fallback) {
        buf_init(&b, 64 << 10);
        gql_value_print(&d->fallback, &b);
        v = gql_of_str(str_dup(c->a, buf_view(&b)));
        buf_done(&b);
    }
    return v;
}

static struct gql_value enum_member(const struct gql_enum_value *d, str f)
{
    if (str_eq(f, STR("name")))
        return gql_of_str(d->name);
    if (str_eq(f, STR("description")))
        return gql_of_str(text_or_null(d->text));
    return deprecated_of(f, d->deprecated);
}

static struct gql_value directive_member(struct gql_call *c, const struct gql_directive_type *d, str f)
{
    if (str_eq(f, STR("name")))
        return gql_of_str(d->name);
    if (str_eq(f, STR("description")))
        return gql_of_str(text_or_null(d->text));
    if (str_eq(f, STR("isRepeatable")))
        return gql_of_bool(d->repeatable);
    if (str_eq(f, STR("locations")))
        return strings_of(c, d->locations, d->locations_n);
    return list_of(c, d->args, d->args_n, sizeof *d->args, offsetof(struct gql_input, deprecated));
}

enum { OF_SCHEMA, OF_TYPE, OF_FIELD, OF_INPUT, OF_ENUM, OF_DIRECTIVE };
static const struct {
    const char *type;
    int what;
} owners[] = {{"__Schema", OF_SCHEMA},    {"__Type", OF_TYPE},      {"__Field", OF_FIELD},
              {"__InputValue", OF_INPUT}, {"__EnumValue", OF_ENUM}, {"__Directive", OF_DIRECTIVE}};

static enum err_code member_resolve(struct gql_call *c, struct err *e)
{
    const int *what = c->arg;
    str f = c->field->name;

    (void)e;
    for (size_t i = 0; i < c->n; i++) {
        const void *p = c->parent[i];
        c->out[i] = *what == OF_SCHEMA  ? schema_member(c, p, f)
                    : *what == OF_TYPE  ? type_member(c, p, f)
                    : *what == OF_FIELD ? field_member(c, p, f)
                    : *what == OF_INPUT ? input_member(c, p, f)
                    : *what == OF_ENUM  ? enum_member(p, f)
                                        : directive_member(c, p, f);
    }
    return ERR_OK;
}

static enum err_code schema_resolve(struct gql_call *c, struct err *e)
{
    (void)e;
    c->out[0] = gql_of_object(NULL, c->arg);
    return ERR_OK;
}

static enum err_code type_resolve(struct gql_call *c, struct err *e)
{
    (void)e;
    c->out[0] = gql_of_object(NULL, gql_schema_type(c->arg, gql_arg_str(c, "name")));
    return ERR_OK;
}

void gql_introspection_bind(struct gql_schema *s)
{
    str query = gql_schema_root(s, GQL_QUERY)->name;

    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
        const struct gql_type *t = gql_schema_type(s, str_of(owners[i].type));
        for (size_t k = 0; k < t->fields_n; k++)
            gql_schema_bind(s, t->name, t->fields[k].name, member_resolve, &owners[i].what);
    }
    gql_schema_bind(s, query, STR("__schema"), schema_resolve, s);
    gql_schema_bind(s, query, STR("__type"), type_resolve, s);
}
