#include "graphql/coerce.h"

const struct gql_value *gql_map_get(const struct gql_value *map, str name)
{
    if (map->kind != GQL_MAP)
        return NULL;
    for (size_t i = 0; i < map->v.map.n; i++)
        if (str_eq(map->v.map.member[i].name, name))
            return &map->v.map.member[i].value;
    return NULL;
}

/* ---- literals ---- */

static const struct gql_value *var_get(const struct gql_vars *vars, str name, bool *out_given)
{
    for (size_t i = 0; vars && i < vars->op->variables_n; i++)
        if (str_eq(vars->op->variables[i].name, name)) {
            *out_given = vars->given[i];
            return &vars->value[i];
        }
    *out_given = false;
    return NULL;
}

static bool enum_has(const struct gql_type *t, str name)
{
    for (size_t i = 0; i < t->values_n; i++)
        if (str_eq(t->values[i].name, name))
            return true;
    return false;
}

static struct gql_value plain(const struct gql_value *v, const struct gql_vars *vars, struct arena *a);

static void plain_map(const struct gql_value *v, const struct gql_vars *vars, struct arena *a, struct gql_value *out)
{
    out->v.map.member = ARENA_ARRAY(a, struct gql_member, v->v.map.n + 1);
    for (size_t i = 0; i < v->v.map.n; i++) {
        out->v.map.member[i] = v->v.map.member[i];
        out->v.map.member[i].value = plain(&v->v.map.member[i].value, vars, a);
    }
}

/* A literal as a value of no particular type. Whole numbers beyond 64 bits become FLOAT; NULL for what is no number. */
static struct gql_value plain(const struct gql_value *v, const struct gql_vars *vars, struct arena *a)
{
    struct gql_value out = *v;
    const struct gql_value *var;
    bool given;

    switch (v->kind) {
    case GQL_INT:
        if (str_to_i64(v->s, &out.v.i))
            break;
        out.kind = GQL_FLOAT;
        __attribute__((fallthrough)); /* too long for an int */
    case GQL_FLOAT:
        if (!str_to_double(v->s, &out.v.d))
            out.kind = GQL_NULL;
        break;
    case GQL_VARIABLE:
        var = var_get(vars, v->s, &given);
        return given ? *var : (struct gql_value){.kind = GQL_NULL};
    case GQL_LIST:
        out.v.list.item = ARENA_ARRAY(a, struct gql_value, v->v.list.n + 1);
        for (size_t i = 0; i < v->v.list.n; i++)
            out.v.list.item[i] = plain(&v->v.list.item[i], vars, a);
        break;
    case GQL_MAP:
        plain_map(v, vars, a, &out);
        break;
    default:
        break;
    }
    return out;
}

static bool leaf_coerce(const struct gql_type *type, const struct gql_value *v, const struct gql_vars *vars,
                        struct arena *a, struct gql_value *out)
{
    if (type->kind == GQL_T_ENUM) {
        *out = *v;
        return v->kind == GQL_ENUM && enum_has(type, v->s);
    }
    *out = plain(v, vars, a);
    if (out->kind == GQL_NULL)
        return false;
    return !type->check || type->check(out);
}

bool gql_leaf_coerce(const struct gql_type *type, const struct gql_value *v, struct arena *a, struct gql_value *out)
{
    return leaf_coerce(type, v, NULL, a, out);
}

static bool literal(const struct gql_type *type, const struct gql_value *v, const struct gql_vars *vars,
                    struct arena *a, struct gql_value *out);

static bool literal_list(const struct gql_type *type, const struct gql_value *v, const struct gql_vars *vars,
                         struct arena *a, struct gql_value *out)
{
    size_t n = v->kind == GQL_LIST ? v->v.list.n : 1; /* one is a list of one */

    *out = (struct gql_value){.kind = GQL_LIST};
    out->v.list.item = ARENA_ARRAY(a, struct gql_value, n + 1);
    for (; out->v.list.n < n; out->v.list.n++)
        if (!literal(type->of, v->kind == GQL_LIST ? &v->v.list.item[out->v.list.n] : v, vars, a,
                     &out->v.list.item[out->v.list.n]))
            return false;
    return true;
}

/* Members of `given` in the order of the definitions, defaults filled in. */
static bool members(const struct gql_input *defs, size_t n, const struct gql_member *given, size_t given_n,
                    const struct gql_vars *vars, struct arena *a, struct gql_value *out, const struct gql_input **wrong)
{
    *out = (struct gql_value){.kind = GQL_MAP};
    out->v.map.member = ARENA_ARRAY(a, struct gql_member, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct gql_member *m = &out->v.map.member[out->v.map.n];
        const struct gql_value *v = NULL;
        bool is = true;
        *wrong = &defs[i];
        for (size_t k = 0; k < given_n && !v; k++)
            if (str_eq(given[k].name, defs[i].name))
                v = &given[k].value;
        if (v && v->kind == GQL_VARIABLE)
            (void)var_get(vars, v->s, &is);
        if (!v || !is)
            v = defs[i].has_fallback ? &defs[i].fallback : NULL;
        m->name = defs[i].name;
        if (!v && defs[i].type->kind == GQL_T_NON_NULL)
            return false;
        if (!v)
            continue;
        if (!literal(defs[i].type, v, vars, a, &m->value))
            return false;
        out->v.map.n++;
    }
    return true;
}

static bool literal(const struct gql_type *type, const struct gql_value *v, const struct gql_vars *vars,
                    struct arena *a, struct gql_value *out)
{
    const struct gql_input *wrong;

    if (v->kind == GQL_VARIABLE) { /* coerced already, to a type that fits here */
        bool given;
        const struct gql_value *var = var_get(vars, v->s, &given);
        *out = given ? *var : (struct gql_value){.kind = GQL_NULL};
        return out->kind != GQL_NULL || type->kind != GQL_T_NON_NULL;
    }
    if (type->kind == GQL_T_NON_NULL)
        return v->kind != GQL_NULL && literal(type->of, v, vars, a, out);
    if (v->kind == GQL_NULL) {
        *out = *v;
        return true;
    }
    if (type->kind == GQL_T_LIST)
        return literal_list(type, v, vars, a, out);
    if (type->kind == GQL_T_INPUT)
        return v->kind == GQL_MAP &&
               members(type->inputs, type->inputs_n, v->v.map.member, v->v.map.n, vars, a, out, &wrong);
    return leaf_coerce(type, v, vars, a, out);
}

bool gql_args_coerce(const struct gql_input *defs, size_t n, const struct gql_args *args, const struct gql_vars *vars,
                     struct arena *a, struct gql_value *out, str *why)
{
    const struct gql_input *wrong = NULL;

    if (members(defs, n, args->list, args->n, vars, a, out, &wrong))
        return true;
    *why = str_fmt(a, "Argument \"%.*s\" must be of type \"%.*s\".", STR_ARG(wrong->name),
                   STR_ARG(gql_type_print(wrong->type, a)));
    return false;
}

/* ---- variables ---- */

struct gql_value gql_json_value(const struct json *j, struct arena *a)
{
    struct gql_value v = {.kind = GQL_NULL};
    struct json_it it;
    size_t n = json_len(j);

    switch (json_kind(j)) {
    case JSON_BOOL:
        v.kind = GQL_BOOL;
        v.v.b = json_bool(j, false);
        break;
    case JSON_INT:
        v.kind = GQL_INT;
        v.v.i = json_i64(j, 0);
        if (v.v.i == 0 && json_real(j, 0) != 0) { /* beyond 64 bits */
            v.kind = GQL_FLOAT;
            v.v.d = json_real(j, 0);
        } else {
            v.s = str_fmt(a, "%lld", (long long)v.v.i);
        }
        break;
    case JSON_REAL:
        v.kind = GQL_FLOAT;
        v.v.d = json_real(j, 0);
        break;
    case JSON_STR:
        v.kind = GQL_STRING;
        v.s = str_dup(a, json_str(j, STR("")));
        break;
    case JSON_ARR:
        v.kind = GQL_LIST;
        v.v.list.item = ARENA_ARRAY(a, struct gql_value, n + 1);
        for (json_it_init(&it, j); json_it_next(&it);)
            v.v.list.item[v.v.list.n++] = gql_json_value(it.val, a);
        break;
    case JSON_OBJ:
        v.kind = GQL_MAP;
        v.v.map.member = ARENA_ARRAY(a, struct gql_member, n + 1);
        for (json_it_init(&it, j); json_it_next(&it);)
            v.v.map.member[v.v.map.n++] =
                (struct gql_member){.name = str_dup(a, json_str(it.key, STR(""))), .value = gql_json_value(it.val, a)};
        break;
    default:
        break;
    }
    return v;
}

/* A coerced value of a variable. *why: the part that does not fit, by its path: "$x.list[3]". */
static bool given_coerce(const struct gql_type *type, const struct gql_value *v, str path, struct arena *a,
                         struct gql_value *out, str *why);

static bool given_map(const struct gql_type *type, const struct gql_value *v, str path, struct arena *a,
                      struct gql_value *out, str *why)
{
    *out = (struct gql_value){.kind = GQL_MAP};
    out->v.map.member = ARENA_ARRAY(a, struct gql_member, type->inputs_n + 1);
    for (size_t i = 0; i < v->v.map.n; i++)
        if (!gql_input_find(type->inputs, type->inputs_n, v->v.map.member[i].name)) {
            *why =
                str_fmt(a, "%.*s has a field that type \"%.*s\" does not define", STR_ARG(path), STR_ARG(type->name));
            return false;
        }
    for (size_t i = 0; i < type->inputs_n; i++) {
        const struct gql_input *in = &type->inputs[i];
        const struct gql_value *given = gql_map_get(v, in->name);
        struct gql_member *m = &out->v.map.member[out->v.map.n];
        m->name = in->name;
        if (!given && !in->has_fallback) {
            if (in->type->kind != GQL_T_NON_NULL)
                continue;
            *why = str_fmt(a, "%.*s has no field \"%.*s\", which is required", STR_ARG(path), STR_ARG(in->name));
            return false;
        }
        if (given ? !given_coerce(in->type, given, str_fmt(a, "%.*s.%.*s", STR_ARG(path), STR_ARG(in->name)), a,
                                  &m->value, why)
                  : !literal(in->type, &in->fallback, NULL, a, &m->value))
            return false;
        out->v.map.n++;
    }
    return true;
}

static bool given_list(const struct gql_type *type, const struct gql_value *v, str path, struct arena *a,
                       struct gql_value *out, str *why)
{
    bool many = v->kind == GQL_LIST;
    size_t n = many ? v->v.list.n : 1;

    *out = (struct gql_value){.kind = GQL_LIST};
    out->v.list.item = ARENA_ARRAY(a, struct gql_value, n + 1);
    for (; out->v.list.n < n; out->v.list.n++) {
        size_t i = out->v.list.n;
        if (!given_coerce(type->of, many ? &v->v.list.item[i] : v,
                          many ? str_fmt(a, "%.*s[%zu]", STR_ARG(path), i) : path, a, &out->v.list.item[i], why))
            return false;
    }
    return true;
}

static bool given_coerce(const struct gql_type *type, const struct gql_value *v, str path, struct arena *a,
                         struct gql_value *out, str *why)
{
    bool ok;

    if (type->kind == GQL_T_NON_NULL) {
        if (v->kind != GQL_NULL)
            return given_coerce(type->of, v, path, a, out, why);
        *why = str_fmt(a, "%.*s must not be null", STR_ARG(path));
        return false;
    }
    *out = *v;
    if (v->kind == GQL_NULL)
        return true;
    if (type->kind == GQL_T_LIST)
        return given_list(type, v, path, a, out, why);
    if (type->kind == GQL_T_INPUT && v->kind == GQL_MAP)
        return given_map(type, v, path, a, out, why);
    if (type->kind == GQL_T_ENUM) {
        out->kind = GQL_ENUM;
        ok = v->kind == GQL_STRING && enum_has(type, v->s);
    } else {
        ok = type->kind == GQL_T_SCALAR && (!type->check || type->check(out));
    }
    if (!ok)
        *why = str_fmt(a, "%.*s must be of type \"%.*s\"", STR_ARG(path), STR_ARG(type->name));
    return ok;
}

bool gql_vars_coerce(const struct gql_operation *op, const struct json *given, struct arena *a, struct gql_vars *out,
                     struct gql_errors *es)
{
    size_t before = es->n;

    *out = (struct gql_vars){.op = op,
                             .given = arena_alloc(a, op->variables_n + 1),
                             .value = ARENA_ARRAY(a, struct gql_value, op->variables_n + 1)};
    for (size_t i = 0; i < op->variables_n; i++) {
        const struct gql_variable *v = &op->variables[i];
        const struct json *j = json_get(given, str_cz(a, v->name));
        struct gql_value raw = gql_json_value(j, a);
        str path = str_fmt(a, "$%.*s", STR_ARG(str_sub(v->name, 0, 100))), why = STR("");
        out->given[i] = json_kind(j) != JSON_ABSENT || v->has_fallback;
        if (json_kind(j) == JSON_ABSENT && v->has_fallback) {
            if (!literal(v->resolved, &v->fallback, NULL, a, &out->value[i]))
                gql_error_add(es, GQL_CODE_INPUT, v->at, "The default of \"%.*s\" does not fit.", STR_ARG(path));
        } else if (json_kind(j) == JSON_ABSENT && v->resolved->kind == GQL_T_NON_NULL) {
            gql_error_add(es, GQL_CODE_INPUT, v->at, "Variable \"%.*s\" of required type \"%.*s\" was not provided.",
                          STR_ARG(path), STR_ARG(gql_type_print(v->resolved, a)));
        } else if (out->given[i] && !given_coerce(v->resolved, &raw, path, a, &out->value[i], &why)) {
            gql_error_add(es, GQL_CODE_INPUT, v->at, "Variable \"%.*s\" got an invalid value: %.*s.", STR_ARG(path),
                          STR_ARG(why));
        }
    }
    return es->n == before;
}
