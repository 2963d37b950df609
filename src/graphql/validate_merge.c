/* graphql/validate_merge.c - OverlappingFieldsCanBeMerged: fields of one response key mean the same, or never meet.
 *
 * Not pair by pair, which takes exponential time on hostile documents, but set by set: all fields of one key are compared
 * with the first, and all their selections together are the next set. A fragment counts once in a set. Two passes, as the
 * specification has two conditions: shapes must agree wherever the fields stand; name and arguments must agree where one
 * object can answer both. A budget of visits bounds what remains. */
#include "graphql/validate_priv.h"

enum { VISITS_MAX = 20000 };

struct merge {
    struct gql_check *c;
    size_t visits;
};

/* The fields of some selection sets, fragments taken apart. */
struct fields {
    const struct gql_selection **list;
    size_t n, cap;
};

static bool budget(struct merge *m)
{
    if (m->visits > VISITS_MAX)
        return false;
    if (++m->visits <= VISITS_MAX)
        return true;
    gql_error_add(m->c->es, GQL_CODE_LIMIT, (struct gql_loc){0}, "The document is too tangled to check.");
    return false;
}

static void collect(struct merge *m, const struct gql_selections *set, char *seen, struct fields *out)
{
    for (size_t i = 0; i < set->n && budget(m); i++) {
        const struct gql_selection *s = &set->list[i];
        if (s->kind == GQL_SEL_FIELD) {
            ARENA_PUSH(m->c->a, out->list, out->n, out->cap) = s;
        } else if (s->kind == GQL_SEL_INLINE) {
            collect(m, &s->set, seen, out);
        } else if (!seen[s->fragment - m->c->doc->fragments]) {
            seen[s->fragment - m->c->doc->fragments] = 1;
            collect(m, &s->fragment->set, seen, out);
        }
    }
}

/* All that is selected below some fields, as one set. */
static struct fields below(struct merge *m, const struct gql_selection *const *list, size_t n)
{
    struct fields out = {0};
    char *seen = arena_alloc(m->c->a, m->c->doc->fragments_n + 1);

    for (size_t i = 0; i < n; i++)
        collect(m, &list[i]->set, seen, &out);
    return out;
}

/* Takes the fields of the next key out of `f` into `group`; false when there is none. */
static bool group_next(struct merge *m, struct fields *f, char *taken, struct fields *group)
{
    size_t i = 0;

    group->n = 0;
    while (i < f->n && taken[i])
        i++;
    if (i == f->n || !budget(m))
        return false;
    for (size_t k = i; k < f->n; k++) {
        if (taken[k] || !str_eq(f->list[k]->key, f->list[i]->key))
            continue;
        taken[k] = 1;
        ARENA_PUSH(m->c->a, group->list, group->n, group->cap) = f->list[k];
    }
    return true;
}

static void conflict(struct merge *m, const struct gql_selection *a, const struct gql_selection *b, const char *why)
{
    struct gql_error *e = GQL_BAD(m->c, a->at,
                                  "Fields \"%.*s\" conflict because %s. Use different aliases on the fields to fetch "
                                  "both if this was intentional.",
                                  STR_ARG(a->key), why);
    if (e)
        e->at[1] = b->at;
}

/* SameResponseShape() up to the selections below. */
static bool shape_same(const struct gql_type *a, const struct gql_type *b)
{
    while (a->of && b->of) {
        if (a->kind != b->kind)
            return false;
        a = a->of;
        b = b->of;
    }
    if (a->of || b->of)
        return false;
    return a == b || (gql_type_composite(a) && gql_type_composite(b));
}

static void shapes(struct merge *m, struct fields f)
{
    char *taken = arena_alloc(m->c->a, f.n + 1);
    struct fields group = {0};

    while (!m->c->es->n && group_next(m, &f, taken, &group)) {
        for (size_t i = 1; i < group.n; i++)
            if (!shape_same(group.list[0]->def->type, group.list[i]->def->type)) {
                conflict(m, group.list[0], group.list[i], "they return conflicting types");
                return;
            }
        shapes(m, below(m, group.list, group.n));
    }
}

static bool values_same(const struct gql_value *a, const struct gql_value *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == GQL_LIST) {
        if (a->v.list.n != b->v.list.n)
            return false;
        for (size_t i = 0; i < a->v.list.n; i++)
            if (!values_same(&a->v.list.item[i], &b->v.list.item[i]))
                return false;
        return true;
    }
    if (a->kind == GQL_MAP) {
        if (a->v.map.n != b->v.map.n)
            return false;
        for (size_t i = 0; i < a->v.map.n; i++) {
            size_t k = 0;
            while (k < b->v.map.n && !str_eq(a->v.map.member[i].name, b->v.map.member[k].name))
                k++;
            if (k == b->v.map.n || !values_same(&a->v.map.member[i].value, &b->v.map.member[k].value))
                return false;
        }
        return true;
    }
    return str_eq(a->s, b->s);
}

static bool args_same(const struct gql_args *a, const struct gql_args *b)
{
    struct gql_value x = {.kind = GQL_MAP, .v.map = {a->list, a->n}}, y = {.kind = GQL_MAP, .v.map = {b->list, b->n}};

    return values_same(&x, &y);
}

static void meanings(struct merge *m, struct fields f);

/* Fields of one key that one object could answer. */
static void meaning(struct merge *m, const struct fields *together)
{
    for (size_t i = 1; i < together->n; i++) {
        const struct gql_selection *a = together->list[0], *b = together->list[i];
        if (!str_eq(a->name, b->name)) {
            conflict(m, a, b, "they are different fields");
            return;
        }
        if (!args_same(&a->args, &b->args)) {
            conflict(m, a, b, "they have differing arguments");
            return;
        }
    }
    meanings(m, below(m, together->list, together->n));
}

/* Those on abstract types can meet all others; those on two different object types never meet. */
static void meanings(struct merge *m, struct fields f)
{
    char *taken = arena_alloc(m->c->a, f.n + 1);
    struct fields group = {0};

    while (!m->c->es->n && group_next(m, &f, taken, &group)) {
        bool any = false;
        for (size_t i = 0; i < group.n; i++) {
            const struct gql_type *t = group.list[i]->parent;
            struct fields together = {0};
            bool first = t->kind == GQL_T_OBJECT;
            for (size_t k = 0; k < i && first; k++)
                first = group.list[k]->parent != t;
            if (!first)
                continue;
            any = true;
            for (size_t k = 0; k < group.n; k++)
                if (group.list[k]->parent == t || group.list[k]->parent->kind != GQL_T_OBJECT)
                    ARENA_PUSH(m->c->a, together.list, together.n, together.cap) = group.list[k];
            meaning(m, &together);
        }
        if (!any)
            meaning(m, &group);
    }
}

void gql_check_merge(struct gql_check *c, const struct gql_selections *set)
{
    struct merge m = {.c = c};
    struct fields f = {0};
    char *seen = arena_alloc(c->a, c->doc->fragments_n + 1);

    collect(&m, set, seen, &f);
    shapes(&m, f);
    meanings(&m, f);
}
