/* graphql/validate_variables.c - UniqueVariableNames, VariablesAreInputTypes, NoUndefinedVariables, NoUnusedVariables,
 * VariablesInAllowedPosition; and SingleFieldSubscriptions, which needs fragments followed as these do. */
#include "graphql/validate_priv.h"

static struct gql_variable *variable_of(const struct gql_operation *op, str name)
{
    for (size_t i = 0; i < op->variables_n; i++)
        if (str_eq(op->variables[i].name, name))
            return &op->variables[i];
    return NULL;
}

/* IsVariableUsageAllowed() */
static bool usage_fits(const struct gql_variable *v, const struct gql_usage *u)
{
    const struct gql_type *want = u->type;

    if (want->kind == GQL_T_NON_NULL && v->resolved->kind != GQL_T_NON_NULL) {
        bool fallback = v->has_fallback && v->fallback.kind != GQL_NULL;
        if (!fallback && !u->has_fallback)
            return false;
        want = want->of;
    }
    return gql_type_subtype(v->resolved, want);
}

static void usages_check(struct gql_check *c, const struct gql_operation *op, const struct gql_def_note *note,
                         char *used)
{
    for (size_t i = 0; i < note->usage_n; i++) {
        const struct gql_usage *u = &note->usage[i];
        const struct gql_variable *v = variable_of(op, u->name);
        if (!v) {
            GQL_BAD(c, u->at, "Variable \"$%.*s\" is not defined.", STR_ARG(str_sub(u->name, 0, 100)));
            continue;
        }
        used[v - op->variables] = 1;
        if (v->resolved && u->type && !usage_fits(v, u))
            GQL_BAD(c, u->at, "Variable \"$%.*s\" of type \"%.*s\" used in position expecting type \"%.*s\".",
                    STR_ARG(v->name), STR_ARG(gql_type_print(v->resolved, c->a)),
                    STR_ARG(gql_type_print(u->type, c->a)));
    }
}

static void follow(struct gql_check *c, const struct gql_operation *op, const struct gql_def_note *note, char *used,
                   char *seen)
{
    usages_check(c, op, note, used);
    for (size_t i = 0; i < note->spread_n; i++) {
        size_t to = (size_t)(note->spread[i]->fragment - c->doc->fragments);
        if (seen[to])
            continue;
        seen[to] = 1;
        follow(c, op, &c->fragments[to], used, seen);
    }
}

static void variable_check(struct gql_check *c, const struct gql_operation *op, struct gql_variable *v,
                           struct gql_def_note *scratch)
{
    const struct gql_type *t = gql_schema_tref(c->s, &v->type, c->a);

    if (variable_of(op, v->name) != v)
        GQL_BAD(c, v->at, "There can be only one variable named \"$%.*s\".", STR_ARG(v->name));
    if (!t)
        GQL_BAD(c, v->type.at, "Variable \"$%.*s\" is of an unknown type.", STR_ARG(v->name));
    else if (!gql_type_input(t))
        GQL_BAD(c, v->at, "Variable \"$%.*s\" cannot be non-input type \"%.*s\".", STR_ARG(v->name),
                STR_ARG(gql_type_print(t, c->a)));
    else
        v->resolved = t;
    c->note = scratch;
    gql_check_directives(c, &v->dirs, "VARIABLE_DEFINITION");
    if (v->has_fallback)
        gql_check_value(c, v->resolved, &v->fallback, false);
}

/* Root fields of a subscription, through its fragments, each once; stops counting at two. */
static void root_fields(struct gql_check *c, const struct gql_selections *set, char *seen, str *first, int *n)
{
    for (size_t i = 0; i < set->n && *n < 2; i++) {
        const struct gql_selection *s = &set->list[i];
        if (s->kind == GQL_SEL_SPREAD && s->fragment && !seen[s->fragment - c->doc->fragments]++)
            root_fields(c, &s->fragment->set, seen, first, n);
        else if (s->kind == GQL_SEL_INLINE)
            root_fields(c, &s->set, seen, first, n);
        else if (s->kind != GQL_SEL_FIELD)
            continue;
        else if (!*n || !str_eq(*first, s->key))
            *first = s->key, ++*n;
    }
}

void gql_check_variables(struct gql_check *c, const struct gql_operation *op, const struct gql_def_note *note)
{
    struct gql_def_note scratch = {0};
    char *used = arena_alloc(c->a, op->variables_n + 1), *seen = arena_alloc(c->a, c->doc->fragments_n + 1);
    str first = STR("");
    int n = 0;

    for (size_t i = 0; i < op->variables_n; i++)
        variable_check(c, op, &op->variables[i], &scratch);
    follow(c, op, note, used, seen);
    for (size_t i = 0; i < op->variables_n; i++)
        if (!used[i])
            GQL_BAD(c, op->variables[i].at, "Variable \"$%.*s\" is never used.", STR_ARG(op->variables[i].name));
    if (op->kind != GQL_SUBSCRIPTION)
        return;
    root_fields(c, &op->set, arena_alloc(c->a, c->doc->fragments_n + 1), &first, &n);
    if (n > 1)
        GQL_BAD(c, op->at, "A subscription must select only one top level field.");
}
