#include "graphql/validate_priv.h"

static struct gql_fragment *fragment_of(const struct gql_check *c, str name)
{
    for (size_t i = 0; i < c->doc->fragments_n; i++)
        if (str_eq(c->doc->fragments[i].name, name))
            return &c->doc->fragments[i];
    return NULL;
}

static void walk(struct gql_check *c, struct gql_selections *set, const struct gql_type *parent);

/* KnownTypeNames and FragmentsOnCompositeTypes of a type condition. */
static const struct gql_type *condition(struct gql_check *c, str on, struct gql_loc at)
{
    const struct gql_type *t = gql_schema_type(c->s, on);

    if (!t)
        GQL_BAD(c, at, "Unknown type \"%.*s\".", STR_ARG(on));
    else if (!gql_type_composite(t))
        GQL_BAD(c, at, "A fragment cannot be on the type \"%.*s\", which has no fields.", STR_ARG(on));
    else
        return t;
    return NULL;
}

/* PossibleFragmentSpreads */
static void overlap(struct gql_check *c, const struct gql_type *parent, const struct gql_type *on, struct gql_loc at)
{
    if (parent && on && !gql_type_overlap(parent, on))
        GQL_BAD(c, at, "A fragment on \"%.*s\" can never apply to an object of \"%.*s\".", STR_ARG(on->name),
                STR_ARG(parent->name));
}

/* ScalarLeafs */
static void leaf(struct gql_check *c, const struct gql_selection *s)
{
    const struct gql_type *t = gql_type_named(s->def->type);

    if (gql_type_composite(t) && !s->set.n)
        GQL_BAD(c, s->at, "Field \"%.*s\" of type \"%.*s\" must have a selection of subfields.", STR_ARG(s->name),
                STR_ARG(t->name));
    if (!gql_type_composite(t) && s->set.n)
        GQL_BAD(c, s->at, "Field \"%.*s\" has no subfields: \"%.*s\" is a leaf.", STR_ARG(s->name), STR_ARG(t->name));
}

static void walk_field(struct gql_check *c, struct gql_selection *s, const struct gql_type *parent)
{
    const struct gql_type *below = NULL;

    gql_check_directives(c, &s->dirs, "FIELD");
    s->def = parent ? gql_field_find(c->s, parent, s->name) : NULL;
    if (parent && !s->def) /* FieldsOnCorrectType */
        GQL_BAD(c, s->at, "Cannot query field \"%.*s\" on type \"%.*s\".", STR_ARG(str_sub(s->name, 0, 100)),
                STR_ARG(parent->name));
    if (s->def && !c->introspect && (str_eq(s->name, STR("__schema")) || str_eq(s->name, STR("__type"))))
        gql_error_add(c->es, "DENIED", s->at, "The schema is not open to you: introspection needs the right to it.");
    gql_check_args(c, &s->args, s->def ? s->def->args : NULL, s->def ? s->def->args_n : 0, s->def != NULL, s->name,
                   s->at);
    if (s->def) {
        leaf(c, s);
        below = gql_type_named(s->def->type);
    }
    walk(c, &s->set, below && gql_type_composite(below) ? below : NULL);
}

static void walk_spread(struct gql_check *c, struct gql_selection *s, const struct gql_type *parent)
{
    gql_check_directives(c, &s->dirs, "FRAGMENT_SPREAD");
    s->fragment = fragment_of(c, s->name);
    if (!s->fragment) { /* KnownFragmentNames */
        GQL_BAD(c, s->at, "Unknown fragment \"%.*s\".", STR_ARG(str_sub(s->name, 0, 100)));
        return;
    }
    ARENA_PUSH(c->a, c->note->spread, c->note->spread_n, c->note->spread_cap) = s;
    overlap(c, parent, s->fragment->type, s->at);
}

static void walk(struct gql_check *c, struct gql_selections *set, const struct gql_type *parent)
{
    for (size_t i = 0; i < set->n; i++) {
        struct gql_selection *s = &set->list[i];
        s->parent = parent;
        if (s->kind == GQL_SEL_FIELD) {
            walk_field(c, s, parent);
        } else if (s->kind == GQL_SEL_SPREAD) {
            walk_spread(c, s, parent);
        } else {
            gql_check_directives(c, &s->dirs, "INLINE_FRAGMENT");
            s->on_type = s->on.n ? condition(c, s->on, s->on_at) : parent;
            overlap(c, parent, s->on_type, s->at);
            walk(c, &s->set, s->on_type);
        }
    }
}

/* NoFragmentCycles: depth first, marks 1 while a fragment is being followed and 2 when it is done. */
static bool cycle_free(struct gql_check *c, size_t at, char *mark)
{
    bool ok = true;

    mark[at] = 1;
    for (size_t i = 0; i < c->fragments[at].spread_n && ok; i++) {
        const struct gql_selection *s = c->fragments[at].spread[i];
        size_t to = (size_t)(s->fragment - c->doc->fragments);
        if (mark[to] == 1) {
            GQL_BAD(c, s->at, "Cannot spread fragment \"%.*s\" within itself.", STR_ARG(s->name));
            return false;
        }
        if (!mark[to])
            ok = cycle_free(c, to, mark);
    }
    mark[at] = 2;
    return ok;
}

static void use(struct gql_check *c, const struct gql_def_note *n)
{
    for (size_t i = 0; i < n->spread_n; i++) {
        struct gql_fragment *f = n->spread[i]->fragment;
        if (f->used)
            continue;
        f->used = true;
        use(c, &c->fragments[f - c->doc->fragments]);
    }
}

static void fragments_check(struct gql_check *c)
{
    for (size_t i = 0; i < c->doc->fragments_n; i++) {
        struct gql_fragment *f = &c->doc->fragments[i];
        if (fragment_of(c, f->name) != f) /* UniqueFragmentNames */
            GQL_BAD(c, f->at, "There can be only one fragment named \"%.*s\".", STR_ARG(f->name));
        f->type = condition(c, f->on, f->on_at);
    }
    for (size_t i = 0; i < c->doc->fragments_n; i++) {
        struct gql_fragment *f = &c->doc->fragments[i];
        c->note = &c->fragments[i];
        gql_check_directives(c, &f->dirs, "FRAGMENT_DEFINITION");
        walk(c, &f->set, f->type);
    }
}

static void operation_check(struct gql_check *c, struct gql_operation *op, struct gql_def_note *note)
{
    static const char *const places[] = {"QUERY", "MUTATION", "SUBSCRIPTION"}, *const words[] = {"query", "mutation",
                                                                                                 "subscription"};
    const struct gql_type *root = gql_schema_root(c->s, op->kind);

    for (struct gql_operation *other = c->doc->operations; other < op; other++)
        if (op->name.n && str_eq(other->name, op->name)) { /* UniqueOperationNames */
            GQL_BAD(c, op->at, "There can be only one operation named \"%.*s\".", STR_ARG(op->name));
            break;
        }
    if (!op->name.n && c->doc->operations_n > 1) /* LoneAnonymousOperation */
        GQL_BAD(c, op->at, "This anonymous operation must be the only defined operation.");
    if (!root)
        GQL_BAD(c, op->at, "The schema is not configured to execute a %s operation.", words[op->kind]);
    c->note = note;
    gql_check_directives(c, &op->dirs, places[op->kind]);
    walk(c, &op->set, root);
    use(c, note);
}

bool gql_validate(const struct gql_schema *s, struct gql_document *doc, bool introspect, struct arena *a,
                  struct gql_errors *es)
{
    struct gql_check c = {.s = s, .doc = doc, .es = es, .a = a, .introspect = introspect};
    struct gql_def_note *ops = ARENA_ARRAY(a, struct gql_def_note, doc->operations_n + 1);
    char *mark = arena_alloc(a, doc->fragments_n + 1);

    c.fragments = ARENA_ARRAY(a, struct gql_def_note, doc->fragments_n + 1);
    if (doc->type_system_at.line) /* ExecutableDefinitions */
        GQL_BAD(&c, doc->type_system_at, "A definition of a type cannot be executed.");
    fragments_check(&c);
    for (size_t i = 0; i < doc->operations_n; i++)
        operation_check(&c, &doc->operations[i], &ops[i]);
    for (size_t i = 0; i < doc->fragments_n; i++) {
        if (!doc->fragments[i].used) /* NoUnusedFragments */
            GQL_BAD(&c, doc->fragments[i].at, "Fragment \"%.*s\" is never used.", STR_ARG(doc->fragments[i].name));
        if (!mark[i] && !cycle_free(&c, i, mark))
            return false;
    }
    for (size_t i = 0; i < doc->operations_n; i++)
        gql_check_variables(&c, &doc->operations[i], &ops[i]);
    for (size_t i = 0; i < doc->operations_n && !es->n; i++)
        gql_check_merge(&c, &doc->operations[i].set);
    return es->n == 0;
}
