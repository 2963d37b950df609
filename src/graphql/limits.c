#include "graphql/limits.h"

/* Introspection is measured apart: tools ask for types nested in types. */
enum { VISITS_MAX = 10000, INTROSPECTION_DEPTH = 20, INTROSPECTION_LISTS = 3, UNSIZED = 10 };

struct measure {
    const struct gql_limits *l;
    const struct gql_vars *vars;
    struct gql_errors *es;
    struct arena *a;
    int64_t aliases, directives, visits, cost;
};

/* Where in the operation we are. */
struct place {
    int depth;
    int lists; /* of introspection, around us */
    bool introspection;
    int64_t times; /* objects that ask for what is selected here */
    const struct gql_field *sizes; /* the field around, when its size is that of some children */
    int64_t size;
};

static bool over(struct measure *m, struct gql_loc at, const char *what, int64_t max)
{
    gql_error_add(m->es, GQL_CODE_LIMIT, at, "The operation has %s: at most %lld are allowed.", what, (long long)max);
    return false;
}

static int64_t times(int64_t a, int64_t b)
{
    int64_t r;

    return __builtin_mul_overflow(a, b, &r) ? INT64_MAX / 4 : r;
}

static bool is_list(const struct gql_type *t)
{
    return t->kind == GQL_T_LIST || (t->kind == GQL_T_NON_NULL && t->of->kind == GQL_T_LIST);
}

/* How many objects a field says it holds, by its arguments or its definition. */
static bool size_of(struct measure *m, const struct gql_selection *s, int64_t *out)
{
    struct gql_value args;
    str why;
    bool said = false;

    *out = s->def->sized ? s->def->assumed : UNSIZED;
    if (!s->def->slicing_n)
        return true;
    if (!gql_args_coerce(s->def->args, s->def->args_n, &s->args, m->vars, m->a, &args, &why))
        return true; /* execution says so, at its path */
    *out = 0;
    for (size_t i = 0; i < s->def->slicing_n; i++) {
        const struct gql_value *v = gql_map_get(&args, s->def->slicing[i]);
        if (!v || v->kind != GQL_INT)
            continue;
        if (v->v.i < 0 || v->v.i > m->l->list) {
            gql_error_add(m->es, GQL_CODE_LIMIT, s->at, "Argument \"%.*s\" of \"%.*s\" must be from 0 to %lld.",
                          STR_ARG(s->def->slicing[i]), STR_ARG(s->name), (long long)m->l->list);
            return false;
        }
        said = true;
        *out = v->v.i > *out ? v->v.i : *out;
    }
    if (!said)
        gql_error_add(m->es, GQL_CODE_LIMIT, s->at, "Field \"%.*s\" needs the argument \"%.*s\": how many are wanted.",
                      STR_ARG(s->name), STR_ARG(s->def->slicing[0]));
    return said;
}

static bool names(const str *list, size_t n, str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i], name))
            return true;
    return false;
}

static bool set_measure(struct measure *m, const struct gql_selections *set, const struct place *at);

static bool introspection_measure(struct measure *m, const struct gql_selection *s, const struct place *at)
{
    struct place below = {.introspection = true, .depth = at->introspection ? at->depth + 1 : 1, .times = 1};

    below.lists = at->lists + (s->set.n && is_list(s->def->type));
    if (below.depth > INTROSPECTION_DEPTH)
        return over(m, s->at, "too many levels of introspection", INTROSPECTION_DEPTH);
    if (below.lists > INTROSPECTION_LISTS)
        return over(m, s->at, "too many lists in lists of introspection", INTROSPECTION_LISTS);
    m->cost++;
    return set_measure(m, &s->set, &below);
}

static bool field_measure(struct measure *m, const struct gql_selection *s, const struct place *at)
{
    struct place below = {.depth = at->depth + 1, .times = at->times};
    bool composite = gql_type_composite(gql_type_named(s->def->type));
    int64_t size = 1;

    if (s->aliased && ++m->aliases > m->l->aliases)
        return over(m, s->at, "too many aliases", m->l->aliases);
    if (at->introspection || str_eq(s->name, STR("__schema")) || str_eq(s->name, STR("__type")))
        return introspection_measure(m, s, at);
    if (below.depth > m->l->depth)
        return over(m, s->at, "too many levels", m->l->depth);
    if ((s->def->sized || (composite && is_list(s->def->type))) && !size_of(m, s, &size))
        return false;
    if (at->sizes && names(at->sizes->children, at->sizes->children_n, s->name)) {
        below.times = times(at->times, at->size);
    } else if (s->def->children_n) {
        below.sizes = s->def;
        below.size = size;
    } else {
        below.times = times(at->times, size);
    }
    m->cost += times(below.times, s->def->weight);
    if (m->cost > m->l->cost) {
        gql_error_add(m->es, GQL_CODE_LIMIT, s->at, "The operation costs more than %lld: ask for less, or page.",
                      (long long)m->l->cost);
        return false;
    }
    return set_measure(m, &s->set, &below);
}

/* A fragment counts as often as it is spread. */
static bool set_measure(struct measure *m, const struct gql_selections *set, const struct place *at)
{
    for (size_t i = 0; i < set->n; i++) {
        const struct gql_selection *s = &set->list[i];
        if (++m->visits > VISITS_MAX)
            return over(m, s->at, "too many fields", VISITS_MAX);
        m->directives += (int64_t)s->dirs.n;
        if (m->directives > m->l->directives)
            return over(m, s->at, "too many directives", m->l->directives);
        if (s->kind == GQL_SEL_FIELD ? !field_measure(m, s, at)
                                     : !set_measure(m, s->kind == GQL_SEL_SPREAD ? &s->fragment->set : &s->set, at))
            return false;
    }
    return true;
}

bool gql_limits_check(const struct gql_limits *l, const struct gql_operation *op, const struct gql_vars *vars,
                      struct arena *a, struct gql_errors *es)
{
    struct measure m = {.l = l, .vars = vars, .es = es, .a = a, .directives = (int64_t)op->dirs.n};
    struct place top = {.times = 1};

    if (m.directives > l->directives)
        return over(&m, op->at, "too many directives", l->directives);
    return set_measure(&m, &op->set, &top);
}
