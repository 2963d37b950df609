#include "graphql/schema.h"

#include <assert.h>

struct gql_schema {
    struct arena *a;
    struct gql_type **types;
    size_t types_n, types_cap;
    struct gql_directive_type *directives;
    size_t directives_n;
    const struct gql_type *root[3];
    struct gql_field meta[3]; /* __typename, __schema, __type */
    str text;
};

/* What every schema has. */
static const char builtin[] =
    "\"Whole numbers of 32 bits.\" scalar Int\n"
    "\"Numbers of double precision.\" scalar Float\n"
    "\"Text.\" scalar String\n"
    "\"true or false.\" scalar Boolean\n"
    "\"An identifier: opaque text.\" scalar ID\n"
    "\"Leaves the field or fragment out when `if` is true.\"\n"
    "directive @skip(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT\n"
    "\"Leaves the field or fragment out when `if` is false.\"\n"
    "directive @include(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT\n"
    "\"Goes away one day.\"\n"
    "directive @deprecated(reason: String = \"No longer supported\") on FIELD_DEFINITION | ARGUMENT_DEFINITION | "
    "INPUT_FIELD_DEFINITION | ENUM_VALUE\n"
    "\"Where the form of this scalar is described.\"\n"
    "directive @specifiedBy(url: String!) on SCALAR\n"
    "\"What one object of this field weighs against the cost limit.\"\n"
    "directive @cost(weight: String!) on FIELD_DEFINITION\n"
    "\"How many objects this field can hold.\"\n"
    "directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION\n"
    "type __Schema { description: String types: [__Type!]! queryType: __Type! mutationType: __Type "
    "subscriptionType: __Type directives: [__Directive!]! }\n"
    "type __Type { kind: __TypeKind! name: String description: String specifiedByURL: String "
    "fields(includeDeprecated: Boolean = false): [__Field!] interfaces: [__Type!] possibleTypes: [__Type!] "
    "enumValues(includeDeprecated: Boolean = false): [__EnumValue!] "
    "inputFields(includeDeprecated: Boolean = false): [__InputValue!] ofType: __Type isOneOf: Boolean }\n"
    "enum __TypeKind { SCALAR OBJECT INTERFACE UNION ENUM INPUT_OBJECT LIST NON_NULL }\n"
    "type __Field { name: String! description: String args(includeDeprecated: Boolean = false): [__InputValue!]! "
    "type: __Type! isDeprecated: Boolean! deprecationReason: String }\n"
    "type __InputValue { name: String! description: String type: __Type! defaultValue: String "
    "isDeprecated: Boolean! deprecationReason: String }\n"
    "type __EnumValue { name: String! description: String isDeprecated: Boolean! deprecationReason: String }\n"
    "type __Directive { name: String! description: String isRepeatable: Boolean! "
    "locations: [__DirectiveLocation!]! args(includeDeprecated: Boolean = false): [__InputValue!]! }\n"
    "enum __DirectiveLocation { QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT "
    "VARIABLE_DEFINITION SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE "
    "INPUT_OBJECT INPUT_FIELD_DEFINITION }\n"
    "type __Meta { __typename: String! __schema: __Schema! __type(name: String!): __Type }\n";

/* ---- scalars ---- */

static bool int_check(struct gql_value *v)
{
    return v->kind == GQL_INT && v->v.i >= INT32_MIN && v->v.i <= INT32_MAX;
}

static bool float_check(struct gql_value *v)
{
    if (v->kind == GQL_INT) {
        v->v.d = (double)v->v.i;
        v->kind = GQL_FLOAT;
    }
    return v->kind == GQL_FLOAT;
}

static bool string_check(struct gql_value *v)
{
    return v->kind == GQL_STRING;
}

static bool bool_check(struct gql_value *v)
{
    return v->kind == GQL_BOOL;
}

/* Whole numbers are taken, as text: their digits stand in s, also when they are beyond 64 bits. */
static bool id_check(struct gql_value *v)
{
    bool digits = v->s.n && v->kind == GQL_FLOAT;

    for (size_t i = v->s.n && v->s.p[0] == '-'; digits && i < v->s.n; i++)
        digits = v->s.p[i] >= '0' && v->s.p[i] <= '9';
    if (v->kind == GQL_INT || digits)
        v->kind = GQL_STRING;
    return v->kind == GQL_STRING;
}

/* ---- building ---- */

struct builder {
    struct gql_schema *s;
    const struct gql_document *doc;
    struct err *e;
    enum err_code rc;
};

/* The first one counts. `what` goes before the name, `why` behind it. */
static void fail(struct builder *b, struct gql_loc at, const char *what, str name, const char *why)
{
    if (!b->rc)
        b->rc = err_set(b->e, ERR_INVALID, "schema line %u: %s \"%.*s\"%s%s", at.line, what,
                        STR_ARG(str_sub(name, 0, 100)), *why ? " " : "", why);
}

static struct gql_type *type_of(const struct gql_schema *s, str name)
{
    for (size_t i = 0; i < s->types_n; i++)
        if (str_eq(s->types[i]->name, name))
            return s->types[i];
    return NULL;
}

static struct gql_type *wrapper(struct gql_schema *s, struct gql_type *of, enum gql_type_kind kind)
{
    struct gql_type **at = kind == GQL_T_LIST ? &of->list : &of->required;

    if (!*at) {
        *at = ARENA_NEW(s->a, struct gql_type);
        **at = (struct gql_type){.kind = kind, .of = of};
    }
    return *at;
}

static struct gql_type *tref_build(struct builder *b, const struct gql_tref *t)
{
    struct gql_type *type = t->of ? tref_build(b, t->of) : type_of(b->s, t->name);

    if (!type) {
        fail(b, t->at, "there is no type", t->name, "");
        return NULL;
    }
    if (t->of)
        type = wrapper(b->s, type, GQL_T_LIST);
    return t->required ? wrapper(b->s, type, GQL_T_NON_NULL) : type;
}

static const struct gql_directive *dir_of(const struct gql_directives *dirs, str name)
{
    for (size_t i = 0; i < dirs->n; i++)
        if (str_eq(dirs->list[i].name, name))
            return &dirs->list[i];
    return NULL;
}

static const struct gql_value *dir_arg(const struct gql_directive *d, str name)
{
    for (size_t i = 0; d && i < d->args.n; i++)
        if (str_eq(d->args.list[i].name, name))
            return &d->args.list[i].value;
    return NULL;
}

static str deprecation(const struct gql_directives *dirs)
{
    const struct gql_directive *d = dir_of(dirs, STR("deprecated"));
    const struct gql_value *why = dir_arg(d, STR("reason"));

    return !d ? STR_NULL : why ? why->s : STR("No longer supported");
}

static str *strings_of(struct builder *b, const struct gql_value *v, size_t *out_n)
{
    str *list;

    *out_n = 0;
    if (!v || v->kind != GQL_LIST)
        return NULL;
    list = ARENA_ARRAY(b->s->a, str, v->v.list.n + 1);
    for (size_t i = 0; i < v->v.list.n; i++)
        list[(*out_n)++] = v->v.list.item[i].s;
    return list;
}

static struct gql_input *inputs_build(struct builder *b, const struct gql_input_def *defs, size_t n)
{
    struct gql_input *list = ARENA_ARRAY(b->s->a, struct gql_input, n + 1);

    for (size_t i = 0; i < n; i++) {
        const struct gql_input_def *d = &defs[i];
        list[i] = (struct gql_input){.name = d->name,
                                     .text = d->text,
                                     .type = tref_build(b, &d->type),
                                     .has_fallback = d->has_fallback,
                                     .fallback = d->fallback,
                                     .deprecated = deprecation(&d->dirs)};
        if (list[i].type && !gql_type_input(list[i].type))
            fail(b, d->at, "", d->name, "is not of an input type");
    }
    return list;
}

static void field_costs(struct builder *b, const struct gql_field_def *d, struct gql_field *f)
{
    const struct gql_directive *size = dir_of(&d->dirs, STR("listSize"));
    const struct gql_value *weight = dir_arg(dir_of(&d->dirs, STR("cost")), STR("weight"));
    const struct gql_value *assumed = dir_arg(size, STR("assumedSize"));

    f->weight = f->type && gql_type_composite(gql_type_named(f->type));
    if (weight && (!str_to_i64(weight->s, &f->weight) || f->weight < 0))
        fail(b, d->at, "the weight of", d->name, "is no number");
    f->sized = size != NULL;
    f->assumed = 1;
    if (assumed && (!str_to_i64(assumed->s, &f->assumed) || f->assumed < 0))
        fail(b, d->at, "the size of", d->name, "is no number");
    f->slicing = strings_of(b, dir_arg(size, STR("slicingArguments")), &f->slicing_n);
    f->children = strings_of(b, dir_arg(size, STR("sizedFields")), &f->children_n);
}

static void fields_build(struct builder *b, const struct gql_type_def *d, struct gql_type *t)
{
    struct gql_field *all = ARENA_ARRAY(b->s->a, struct gql_field, t->fields_n + d->fields_n + 1);

    if (t->fields_n)
        memcpy(all, t->fields, t->fields_n * sizeof *all);
    t->fields = all;
    for (size_t i = 0; i < d->fields_n; i++) {
        const struct gql_field_def *fd = &d->fields[i];
        struct gql_field f = {.name = fd->name,
                              .text = fd->text,
                              .type = tref_build(b, &fd->type),
                              .args = inputs_build(b, fd->args, fd->args_n),
                              .args_n = fd->args_n,
                              .deprecated = deprecation(&fd->dirs)};
        for (size_t k = 0; k < t->fields_n; k++)
            if (str_eq(t->fields[k].name, f.name))
                fail(b, fd->at, "the field", f.name, "stands twice");
        if (f.type && gql_type_named(f.type)->kind == GQL_T_INPUT)
            fail(b, fd->at, "", f.name, "is of an input type");
        field_costs(b, fd, &f);
        t->fields[t->fields_n++] = f;
    }
}

static void interfaces_build(struct builder *b, const struct gql_type_def *d, struct gql_type *t)
{
    size_t cap = t->interfaces_n;

    for (size_t i = 0; i < d->interfaces_n; i++) {
        struct gql_type *to = type_of(b->s, d->interfaces[i]);
        if (!to || to->kind != GQL_T_INTERFACE) {
            fail(b, d->at, "there is no interface", d->interfaces[i], "");
            return;
        }
        ARENA_PUSH(b->s->a, t->interfaces, t->interfaces_n, cap) = to;
        if (t->kind == GQL_T_OBJECT)
            ARENA_PUSH(b->s->a, to->possible, to->possible_n, to->possible_cap) = t;
    }
}

static void members_build(struct builder *b, const struct gql_type_def *d, struct gql_type *t)
{
    for (size_t i = 0; i < d->members_n; i++) {
        struct gql_type *to = type_of(b->s, d->members[i]);
        if (!to || to->kind != GQL_T_OBJECT)
            fail(b, d->at, "there is no object type", d->members[i], "");
        else
            ARENA_PUSH(b->s->a, t->possible, t->possible_n, t->possible_cap) = to;
    }
}

static void values_build(struct builder *b, const struct gql_type_def *d, struct gql_type *t)
{
    size_t cap = t->values_n;

    for (size_t i = 0; i < d->values_n; i++)
        ARENA_PUSH(b->s->a, t->values, t->values_n, cap) =
            (struct gql_enum_value){d->values[i].name, d->values[i].text, deprecation(&d->values[i].dirs)};
}

static void type_fill(struct builder *b, const struct gql_type_def *d)
{
    struct gql_type *t = type_of(b->s, d->name);
    const struct gql_value *url = dir_arg(dir_of(&d->dirs, STR("specifiedBy")), STR("url"));

    if (!t || t->kind != d->kind) {
        fail(b, d->at, "there is no such type", d->name, "to extend");
        return;
    }
    if (url)
        t->specified_by = url->s;
    fields_build(b, d, t);
    interfaces_build(b, d, t);
    members_build(b, d, t);
    values_build(b, d, t);
    if (d->inputs_n) {
        t->inputs = inputs_build(b, d->inputs, d->inputs_n);
        t->inputs_n = d->inputs_n;
    }
}

static void types_name(struct builder *b)
{
    for (size_t i = 0; i < b->doc->types_n; i++) {
        const struct gql_type_def *d = &b->doc->types[i];
        struct gql_type *t;
        if (d->extends)
            continue;
        if (type_of(b->s, d->name))
            fail(b, d->at, "the type", d->name, "stands twice");
        t = ARENA_NEW(b->s->a, struct gql_type);
        *t = (struct gql_type){.kind = d->kind, .name = d->name, .text = d->text};
        ARENA_PUSH(b->s->a, b->s->types, b->s->types_n, b->s->types_cap) = t;
    }
}

static void directives_build(struct builder *b)
{
    struct gql_schema *s = b->s;

    s->directives = ARENA_ARRAY(s->a, struct gql_directive_type, b->doc->directives_n + 1);
    for (size_t i = 0; i < b->doc->directives_n; i++) {
        const struct gql_directive_def *d = &b->doc->directives[i];
        s->directives[s->directives_n++] = (struct gql_directive_type){.name = d->name,
                                                                       .text = d->text,
                                                                       .args = inputs_build(b, d->args, d->args_n),
                                                                       .args_n = d->args_n,
                                                                       .repeatable = d->repeatable,
                                                                       .locations = d->locations,
                                                                       .locations_n = d->locations_n};
    }
}

static void roots_build(struct builder *b)
{
    static const char *const usual[] = {"Query", "Mutation", "Subscription"};

    for (size_t i = 0; i < 3 && !b->doc->roots_n; i++)
        b->s->root[i] = type_of(b->s, str_of(usual[i]));
    for (size_t i = 0; i < b->doc->roots_n; i++)
        b->s->root[b->doc->roots[i].kind] = type_of(b->s, b->doc->roots[i].type);
    if (!b->s->root[GQL_QUERY] || b->s->root[GQL_QUERY]->kind != GQL_T_OBJECT)
        fail(b, (struct gql_loc){0}, "there is no type", STR("Query"), "");
}

/* Every field of an interface is there, with a type that fits. */
static void interfaces_check(struct builder *b)
{
    for (size_t i = 0; i < b->s->types_n; i++)
        for (size_t k = 0; k < b->s->types[i]->interfaces_n; k++) {
            const struct gql_type *t = b->s->types[i], *in = t->interfaces[k];
            for (size_t m = 0; m < in->fields_n; m++) {
                const struct gql_field *f = gql_field_find(b->s, t, in->fields[m].name);
                if (!f || !gql_type_subtype(f->type, in->fields[m].type))
                    fail(b, (struct gql_loc){0}, "", t->name, "does not fit its interface");
            }
        }
}

/* __Meta is a way to write the three fields down; it is no type of the schema. */
static void meta_take(struct gql_schema *s)
{
    static const char *const names[] = {"__typename", "__schema", "__type"};

    for (size_t i = 0; i < s->types_n; i++) {
        if (!str_eq(s->types[i]->name, STR("__Meta")))
            continue;
        for (size_t k = 0; k < 3; k++)
            for (size_t f = 0; f < s->types[i]->fields_n; f++)
                if (str_eq(s->types[i]->fields[f].name, str_of(names[k])))
                    s->meta[k] = s->types[i]->fields[f];
        memmove(&s->types[i], &s->types[i + 1], (s->types_n - i - 1) * sizeof(*s->types));
        s->types_n--;
        return;
    }
}

static void scalars_bind(struct gql_schema *s)
{
    gql_schema_scalar(s, STR("Int"), int_check);
    gql_schema_scalar(s, STR("Float"), float_check);
    gql_schema_scalar(s, STR("String"), string_check);
    gql_schema_scalar(s, STR("Boolean"), bool_check);
    gql_schema_scalar(s, STR("ID"), id_check);
}

enum err_code gql_schema_new(str text, struct gql_schema **out, struct err *e)
{
    struct arena *a = arena_new("graphql.schema");
    struct gql_schema *s = ARENA_NEW(a, struct gql_schema);
    struct gql_document doc;
    struct gql_errors es;
    struct builder b = {.s = s, .doc = &doc, .e = e};
    str all = str_fmt(a, "%.*s\n%s", STR_ARG(text), builtin);

    s->a = a;
    gql_errors_init(&es, a);
    if (!gql_parse(all, 0, a, &doc, &es)) {
        b.rc = err_set(e, ERR_INVALID, "schema line %u column %u: %.*s", es.list[0].at[0].line, es.list[0].at[0].column,
                       STR_ARG(str_sub(es.list[0].message, 0, 160)));
    } else {
        s->text = doc.text;
        types_name(&b);
        for (size_t i = 0; i < doc.types_n && !b.rc; i++)
            type_fill(&b, &doc.types[i]);
        directives_build(&b);
        roots_build(&b);
    }
    if (!b.rc) {
        meta_take(s);
        interfaces_check(&b);
    }
    if (b.rc) {
        gql_schema_free(s);
        return b.rc;
    }
    scalars_bind(s);
    gql_introspection_bind(s);
    *out = s;
    return ERR_OK;
}

void gql_schema_free(struct gql_schema *s)
{
    if (s)
        arena_free(s->a);
}

void gql_schema_bind(struct gql_schema *s, str type, str field, gql_resolver run, const void *arg)
{
    const struct gql_type *t = type_of(s, type);
    struct gql_field *f = (struct gql_field *)(uintptr_t)(t ? gql_field_find(s, t, field) : NULL);

    assert(f);
    f->run = run;
    f->arg = arg;
}

void gql_schema_scalar(struct gql_schema *s, str type, gql_scalar check)
{
    struct gql_type *t = type_of(s, type);

    assert(t && t->kind == GQL_T_SCALAR);
    t->check = check;
}

/* ---- reading ---- */

const struct gql_type *gql_schema_type(const struct gql_schema *s, str name)
{
    return type_of(s, name);
}

const struct gql_type *gql_schema_root(const struct gql_schema *s, enum gql_operation_kind kind)
{
    return s->root[kind];
}

const struct gql_directive_type *gql_schema_directive(const struct gql_schema *s, str name)
{
    for (size_t i = 0; i < s->directives_n; i++)
        if (str_eq(s->directives[i].name, name))
            return &s->directives[i];
    return NULL;
}

size_t gql_schema_types(const struct gql_schema *s, const struct gql_type *const **out)
{
    *out = (const struct gql_type *const *)s->types;
    return s->types_n;
}

size_t gql_schema_directives(const struct gql_schema *s, const struct gql_directive_type **out)
{
    *out = s->directives;
    return s->directives_n;
}

str gql_schema_text(const struct gql_schema *s)
{
    return s->text;
}

const struct gql_type *gql_schema_tref(const struct gql_schema *s, const struct gql_tref *t, struct arena *a)
{
    const struct gql_type *type = t->of ? gql_schema_tref(s, t->of, a) : type_of(s, t->name);
    struct gql_type *w;

    if (!type)
        return NULL;
    if (t->of) {
        w = ARENA_NEW(a, struct gql_type);
        *w = (struct gql_type){.kind = GQL_T_LIST, .of = type};
        type = w;
    }
    if (!t->required)
        return type;
    w = ARENA_NEW(a, struct gql_type);
    *w = (struct gql_type){.kind = GQL_T_NON_NULL, .of = type};
    return w;
}

const struct gql_field *gql_field_find(const struct gql_schema *s, const struct gql_type *t, str name)
{
    if (str_starts(name, STR("__")) && gql_type_composite(t))
        for (size_t i = 0; i < 3; i++)
            if (str_eq(s->meta[i].name, name) && (i == 0 || t == s->root[GQL_QUERY]))
                return &s->meta[i];
    for (size_t i = 0; i < t->fields_n; i++)
        if (str_eq(t->fields[i].name, name))
            return &t->fields[i];
    return NULL;
}
