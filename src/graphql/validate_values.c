/* graphql/validate_values.c - literals, arguments and directives: ValuesOfCorrectType, UniqueInputFieldNames,
 * KnownArgumentNames, UniqueArgumentNames, ProvidedRequiredArguments, KnownDirectives, UniqueDirectivesPerLocation. */
#include "graphql/coerce.h"
#include "graphql/validate_priv.h"

static str type_text(struct gql_check *c, const struct gql_type *t)
{
    return gql_type_print(t, c->a);
}

static void unique_names(struct gql_check *c, const struct gql_member *list, size_t n, const char *what)
{
    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (str_eq(list[i].name, list[k].name)) {
                GQL_BAD(c, list[i].at, "There can be only one %s named \"%.*s\".", what, STR_ARG(list[i].name));
                return;
            }
}

static void check_map(struct gql_check *c, const struct gql_type *type, const struct gql_value *v)
{
    for (size_t i = 0; i < v->v.map.n; i++) {
        const struct gql_member *m = &v->v.map.member[i];
        const struct gql_input *in = type ? gql_input_find(type->inputs, type->inputs_n, m->name) : NULL;
        if (type && !in)
            GQL_BAD(c, m->at, "Field \"%.*s\" is not defined by type \"%.*s\".", STR_ARG(str_sub(m->name, 0, 100)),
                    STR_ARG(type->name));
        gql_check_value(c, in ? in->type : NULL, &m->value, in && in->has_fallback);
    }
    for (size_t i = 0; type && i < type->inputs_n; i++) {
        const struct gql_input *in = &type->inputs[i];
        size_t k = 0;
        while (k < v->v.map.n && !str_eq(v->v.map.member[k].name, in->name))
            k++;
        if (k == v->v.map.n && in->type->kind == GQL_T_NON_NULL && !in->has_fallback)
            GQL_BAD(c, v->at, "Field \"%.*s.%.*s\" of required type \"%.*s\" was not provided.", STR_ARG(type->name),
                    STR_ARG(in->name), STR_ARG(type_text(c, in->type)));
    }
}

static void check_leaf(struct gql_check *c, const struct gql_type *type, const struct gql_value *v)
{
    struct gql_value out;

    if (!gql_leaf_coerce(type, v, c->a, &out))
        GQL_BAD(c, v->at, "Expected a value of type \"%.*s\".", STR_ARG(type->name));
}

/* A literal whose wanted type is not known: only its variables and its own form count. */
static void check_unknown(struct gql_check *c, const struct gql_value *v)
{
    if (v->kind == GQL_LIST)
        for (size_t i = 0; i < v->v.list.n; i++)
            gql_check_value(c, NULL, &v->v.list.item[i], false);
    if (v->kind == GQL_MAP)
        check_map(c, NULL, v);
}

void gql_check_value(struct gql_check *c, const struct gql_type *type, const struct gql_value *v, bool has_fallback)
{
    if (v->kind == GQL_MAP)
        unique_names(c, v->v.map.member, v->v.map.n, "input field");
    if (v->kind == GQL_VARIABLE) {
        ARENA_PUSH(c->a, c->note->usage, c->note->usage_n, c->note->usage_cap) =
            (struct gql_usage){v->s, v->at, type, has_fallback};
    } else if (!type) {
        check_unknown(c, v);
    } else if (type->kind == GQL_T_NON_NULL) {
        if (v->kind == GQL_NULL)
            GQL_BAD(c, v->at, "Expected a value of type \"%.*s\", found null.", STR_ARG(type_text(c, type)));
        else
            gql_check_value(c, type->of, v, has_fallback);
    } else if (v->kind == GQL_NULL) {
        return;
    } else if (type->kind == GQL_T_LIST) {
        if (v->kind != GQL_LIST)
            gql_check_value(c, type->of, v, false);
        else
            for (size_t i = 0; i < v->v.list.n; i++)
                gql_check_value(c, type->of, &v->v.list.item[i], false);
    } else if (type->kind == GQL_T_INPUT) {
        if (v->kind == GQL_MAP)
            check_map(c, type, v);
        else
            GQL_BAD(c, v->at, "Expected a value of type \"%.*s\".", STR_ARG(type->name));
    } else {
        check_leaf(c, type, v);
        if (v->kind == GQL_LIST || v->kind == GQL_MAP)
            check_unknown(c, v);
    }
}

void gql_check_args(struct gql_check *c, const struct gql_args *args, const struct gql_input *defs, size_t n,
                    bool known, str owner, struct gql_loc at)
{
    unique_names(c, args->list, args->n, "argument");
    for (size_t i = 0; i < args->n; i++) {
        const struct gql_member *m = &args->list[i];
        const struct gql_input *in = gql_input_find(defs, n, m->name);
        if (known && !in)
            GQL_BAD(c, m->at, "Unknown argument \"%.*s\" on \"%.*s\".", STR_ARG(str_sub(m->name, 0, 100)),
                    STR_ARG(owner));
        gql_check_value(c, in ? in->type : NULL, &m->value, in && in->has_fallback);
    }
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < args->n && !str_eq(args->list[k].name, defs[i].name))
            k++;
        if (k == args->n && defs[i].type->kind == GQL_T_NON_NULL && !defs[i].has_fallback)
            GQL_BAD(c, at, "Argument \"%.*s\" of type \"%.*s\" is required on \"%.*s\", but it was not provided.",
                    STR_ARG(defs[i].name), STR_ARG(type_text(c, defs[i].type)), STR_ARG(owner));
    }
}

void gql_check_directives(struct gql_check *c, const struct gql_directives *dirs, const char *location)
{
    for (size_t i = 0; i < dirs->n; i++) {
        const struct gql_directive *d = &dirs->list[i];
        const struct gql_directive_type *t = gql_schema_directive(c->s, d->name);
        size_t k = 0;
        if (!t)
            GQL_BAD(c, d->at, "Unknown directive \"@%.*s\".", STR_ARG(str_sub(d->name, 0, 100)));
        while (t && k < t->locations_n && !str_eq(t->locations[k], str_of(location)))
            k++;
        if (t && k == t->locations_n)
            GQL_BAD(c, d->at, "Directive \"@%.*s\" may not be used on %s.", STR_ARG(d->name), location);
        for (k = 0; t && !t->repeatable && k < i; k++)
            if (str_eq(dirs->list[k].name, d->name)) {
                GQL_BAD(c, d->at, "The directive \"@%.*s\" can only be used once at this location.", STR_ARG(d->name));
                break;
            }
        gql_check_args(c, &d->args, t ? t->args : NULL, t ? t->args_n : 0, t != NULL,
                       str_fmt(c->a, "@%.*s", STR_ARG(str_sub(d->name, 0, 100))), d->at);
    }
}
