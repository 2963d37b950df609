/* graphql/exec.c - execution, breadth first: a queue of groups, each one selection on objects of one type. */
#include "base/clock.h"
#include "graphql/exec_priv.h"

/* Objects of one type for which the same selections are to be answered. */
struct group {
    const struct gql_type *type;
    const struct gql_selection *const *below; /* selections whose sets are wanted */
    size_t below_n;
    const struct gql_selections *root; /* or this set, of the operation */
    struct gql_rnode **node;
    const void **p;
    size_t n, cap, p_n, p_cap;
    struct group *next;
};

struct exec {
    const struct gql_schema *s;
    const struct gql_options *o;
    const struct gql_vars *vars;
    struct arena *a;
    struct gql_errors *es;
    struct group *head, **tail;
    size_t nodes;
    bool full; /* the limit of nodes is passed: the rest is null */
};

/* One field of one group, while it is answered. */
struct step {
    struct exec *x;
    const struct gql_slot *slot;
    const struct gql_field *def;
    struct group *made; /* of the objects it led to, one for each type */
};

/* ---- nulls and errors ---- */

/* Is this place still part of the response? */
static bool alive(const struct gql_rnode *r)
{
    for (; r; r = r->parent)
        if (r->kind == GQL_R_NULL)
            return false;
    return true;
}

/* Null in this place, and in its parents as far as they may not hold one. */
static void null_put(struct gql_rnode *r)
{
    for (r->kind = GQL_R_NULL; !r->nullable && r->parent; r->kind = GQL_R_NULL)
        r = r->parent;
}

static void fault(struct exec *x, struct gql_rnode *r, const struct gql_selection *s, const char *code, str message)
{
    struct gql_error *e = gql_error_add(x->es, code, s->at, "%.*s", STR_ARG(message));

    if (e) {
        e->path = r;
        e->has_path = true;
    }
    null_put(r);
}

static void fault_err(struct exec *x, struct gql_rnode *r, const struct gql_selection *s, enum err_code code,
                      str message)
{
    fault(x, r, s, gql_err_code(code), gql_err_message(code, message));
}

/* ---- selections to slots ---- */

static bool dir_if(struct exec *x, const struct gql_directives *dirs, const char *name, bool fallback)
{
    for (size_t i = 0; i < dirs->n; i++) {
        const struct gql_directive *d = &dirs->list[i];
        const struct gql_directive_type *t = gql_schema_directive(x->s, d->name);
        struct gql_value args;
        const struct gql_value *v;
        str why;
        if (!str_eq(d->name, str_of(name)) || !t ||
            !gql_args_coerce(t->args, t->args_n, &d->args, x->vars, x->a, &args, &why))
            continue;
        v = gql_map_get(&args, STR("if"));
        return v && v->kind == GQL_BOOL ? v->v.b : fallback;
    }
    return fallback;
}

struct slots {
    struct gql_slot *list;
    size_t n, cap;
    const struct gql_fragment **seen;
    size_t seen_n, seen_cap;
};

static void slot_put(struct exec *x, struct slots *out, const struct gql_selection *s)
{
    size_t i = 0;

    while (i < out->n && !str_eq(out->list[i].key, s->key))
        i++;
    if (i == out->n)
        ARENA_PUSH(x->a, out->list, out->n, out->cap) = (struct gql_slot){.key = s->key};
    ARENA_PUSH(x->a, out->list[i].sel, out->list[i].n, out->list[i].cap) = s;
}

static bool fragment_new(struct exec *x, struct slots *out, const struct gql_fragment *f)
{
    for (size_t i = 0; i < out->seen_n; i++)
        if (out->seen[i] == f)
            return false;
    ARENA_PUSH(x->a, out->seen, out->seen_n, out->seen_cap) = f;
    return true;
}

/* CollectFields() */
static void collect(struct exec *x, const struct gql_type *type, const struct gql_selections *set, struct slots *out)
{
    for (size_t i = 0; i < set->n; i++) {
        const struct gql_selection *s = &set->list[i];
        if (dir_if(x, &s->dirs, "skip", false) || !dir_if(x, &s->dirs, "include", true))
            continue;
        if (s->kind == GQL_SEL_FIELD) {
            slot_put(x, out, s);
        } else if (s->kind == GQL_SEL_SPREAD) {
            if (fragment_new(x, out, s->fragment) && gql_type_possible(s->fragment->type, type))
                collect(x, type, &s->fragment->set, out);
        } else if (!s->on_type || gql_type_possible(s->on_type, type)) {
            collect(x, type, &s->set, out);
        }
    }
}

/* ---- values to nodes ---- */

static struct group *group_of(struct step *st, const struct gql_type *type)
{
    struct group *g;

    for (g = st->made; g; g = g->next)
        if (g->type == type)
            return g;
    g = ARENA_NEW(st->x->a, struct group);
    *g = (struct group){.type = type, .below = st->slot->sel, .below_n = st->slot->n, .next = st->made};
    st->made = g;
    return g;
}

static void object_put(struct step *st, const struct gql_type *t, const struct gql_value *v, struct gql_rnode *r)
{
    struct exec *x = st->x;
    const struct gql_type *type = t->kind == GQL_T_OBJECT ? t : NULL;
    struct group *g;

    if (!type && v->v.object.type)
        type = gql_schema_type(x->s, str_of(v->v.object.type));
    if (v->kind != GQL_OBJECT || !type || !gql_type_possible(t, type)) {
        fault_err(x, r, st->slot->sel[0], ERR_INTERNAL, STR(""));
        return;
    }
    g = group_of(st, type);
    r->kind = GQL_R_OBJECT;
    ARENA_PUSH(x->a, g->node, g->n, g->cap) = r;
    ARENA_PUSH(x->a, g->p, g->p_n, g->p_cap) = v->v.object.p;
}

static bool leaf_fits(const struct gql_type *t, const struct gql_value *v)
{
    if (t->kind == GQL_T_ENUM) {
        for (size_t i = 0; i < t->values_n; i++)
            if (str_eq(t->values[i].name, v->s))
                return v->kind == GQL_STRING || v->kind == GQL_ENUM;
        return false;
    }
    if (str_eq(t->name, STR("Int")))
        return v->kind == GQL_INT && v->v.i >= INT32_MIN && v->v.i <= INT32_MAX;
    if (str_eq(t->name, STR("Float")))
        return v->kind == GQL_INT || (v->kind == GQL_FLOAT && v->v.d - v->v.d == 0);
    if (str_eq(t->name, STR("Boolean")))
        return v->kind == GQL_BOOL;
    if (str_eq(t->name, STR("String")) || str_eq(t->name, STR("ID")))
        return v->kind == GQL_STRING || v->kind == GQL_ENUM;
    return v->kind != GQL_OBJECT;
}

static bool nodes_take(struct exec *x, size_t n, struct gql_rnode *r, const struct gql_selection *s)
{
    x->nodes += n;
    if (x->nodes <= x->o->limits.nodes)
        return true;
    if (!x->full)
        fault(x, r, s, GQL_CODE_LIMIT, STR("The response is too large: ask for less, or page."));
    else
        null_put(r);
    x->full = true;
    return false;
}

/* CompleteValue() */
static void complete(struct step *st, const struct gql_type *t, const struct gql_value *v, struct gql_rnode *r)
{
    struct exec *x = st->x;
    const struct gql_selection *s = st->slot->sel[0];

    if (t->kind == GQL_T_NON_NULL)
        t = t->of;
    if (v->kind == GQL_FAULT) {
        fault_err(x, r, s, v->v.fault.code, v->s);
    } else if (v->kind == GQL_NULL) {
        if (r->nullable)
            r->kind = GQL_R_NULL;
        else
            fault(x, r, s, "INTERNAL",
                  str_fmt(x->a, "Cannot return null for non-nullable field \"%.*s\".", STR_ARG(st->def->name)));
    } else if (t->kind == GQL_T_LIST) {
        if (v->kind != GQL_LIST) {
            fault_err(x, r, s, ERR_INTERNAL, STR(""));
            return;
        }
        if (!nodes_take(x, v->v.list.n, r, s))
            return;
        r->kind = GQL_R_LIST;
        r->n = v->v.list.n;
        r->child = ARENA_ARRAY(x->a, struct gql_rnode, r->n);
        for (size_t i = 0; i < r->n; i++) {
            r->child[i] =
                (struct gql_rnode){.parent = r, .index = (uint32_t)i, .nullable = t->of->kind != GQL_T_NON_NULL};
            complete(st, t->of, &v->v.list.item[i], &r->child[i]);
        }
    } else if (gql_type_composite(t)) {
        object_put(st, t, v, r);
    } else if (leaf_fits(t, v)) {
        r->kind = GQL_R_LEAF;
        r->leaf = *v;
    } else {
        fault_err(x, r, s, ERR_INTERNAL, STR(""));
    }
}

/* ---- fields ---- */

/* "startedAt" to "started_at" */
static const char *snake(struct arena *a, str name)
{
    char *out = arena_alloc(a, 2 * name.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (c >= 'A' && c <= 'Z') {
            out[n++] = '_';
            c = (char)(c + 32);
        }
        out[n++] = c;
    }
    return out;
}

static struct gql_value json_answer(const struct gql_type *t, const struct json *j, struct arena *a)
{
    struct gql_value v = {.kind = GQL_LIST};
    struct json_it it;

    if (t->kind == GQL_T_NON_NULL)
        t = t->of;
    if (t->kind == GQL_T_LIST && json_kind(j) == JSON_ARR) {
        v.v.list.item = ARENA_ARRAY(a, struct gql_value, json_len(j) + 1);
        for (json_it_init(&it, j); json_it_next(&it);)
            v.v.list.item[v.v.list.n++] = json_answer(t->of, it.val, a);
        return v;
    }
    if (gql_type_composite(t))
        return gql_of_object(NULL, json_kind(j) == JSON_OBJ ? j : NULL);
    return gql_json_value(j, a);
}

/* Fields without a resolver: their parents are JSON objects. */
static enum err_code json_resolve(struct gql_call *c, struct err *e)
{
    const char *key = snake(c->a, c->field->name);

    (void)e;
    for (size_t i = 0; i < c->n; i++)
        c->out[i] = json_answer(c->field->type, json_get(c->parent[i], key), c->a);
    return ERR_OK;
}

static enum err_code typename_resolve(const struct group *g, struct gql_call *c)
{
    for (size_t i = 0; i < c->n; i++)
        c->out[i] = gql_of_str(g->type->name);
    return ERR_OK;
}

static enum err_code call_run(struct exec *x, const struct group *g, struct gql_call *c, struct err *e)
{
    if (x->o->until_ms && clock_mono_ms() > x->o->until_ms)
        return err_set(e, ERR_TIMEOUT, "the request took too long");
    if (str_eq(c->field->name, STR("__typename")))
        return typename_resolve(g, c);
    return (c->field->run ? c->field->run : json_resolve)(c, e);
}

/* Answers one slot for those objects of the group that are still wanted. */
static void slot_run(struct exec *x, struct group *g, const struct gql_slot *slot, size_t at)
{
    const struct gql_selection *s = slot->sel[0];
    struct step st = {.x = x, .slot = slot, .def = gql_field_find(x->s, g->type, s->name)};
    struct gql_rnode **node = ARENA_ARRAY(x->a, struct gql_rnode *, g->n + 1);
    const void **parent = ARENA_ARRAY(x->a, const void *, g->n + 1);
    struct gql_call c = {.app = x->o->app,
                         .field = st.def,
                         .arg = st.def->arg,
                         .parent = parent,
                         .a = x->a,
                         .sel = slot->sel,
                         .sel_n = slot->n};
    struct gql_value args;
    struct err e = {0};
    str why;

    for (size_t i = 0; i < g->n; i++) {
        if (!alive(g->node[i]))
            continue;
        node[c.n] = &g->node[i]->child[at];
        parent[c.n++] = g->p[i];
    }
    if (!c.n)
        return;
    if (!gql_args_coerce(st.def->args, st.def->args_n, &s->args, x->vars, x->a, &args, &why)) {
        for (size_t i = 0; i < c.n; i++)
            fault(x, node[i], s, GQL_CODE_INPUT, why);
        return;
    }
    c.args = &args;
    c.out = ARENA_ARRAY(x->a, struct gql_value, c.n);
    if (call_run(x, g, &c, &e)) {
        for (size_t i = 0; i < c.n; i++)
            fault_err(x, node[i], s, e.code, str_dup(x->a, str_of(e.msg)));
        return;
    }
    for (size_t i = 0; i < c.n; i++)
        if (alive(node[i]->parent))
            complete(&st, st.def->type, &c.out[i], node[i]);
    for (struct group *made = st.made, *next; made; made = next) {
        next = made->next;
        made->next = NULL;
        *x->tail = made;
        x->tail = &made->next;
    }
}

/* Makes the places of all slots in all objects of the group. */
static bool places_make(struct exec *x, struct group *g, const struct slots *slots)
{
    for (size_t i = 0; i < g->n; i++) {
        struct gql_rnode *r = g->node[i];
        if (!alive(r))
            continue;
        if (!nodes_take(x, slots->n, r, slots->list[0].sel[0]))
            continue;
        r->kind = GQL_R_OBJECT;
        r->n = slots->n;
        r->child = ARENA_ARRAY(x->a, struct gql_rnode, slots->n);
        for (size_t k = 0; k < slots->n; k++) {
            const struct gql_field *f = gql_field_find(x->s, g->type, slots->list[k].sel[0]->name);
            r->child[k] =
                (struct gql_rnode){.parent = r, .key = slots->list[k].key, .nullable = f->type->kind != GQL_T_NON_NULL};
        }
    }
    return true;
}

static void queue_run(struct exec *x, bool serial);

static void group_run(struct exec *x, struct group *g, bool serial)
{
    struct slots slots = {0};

    if (g->root)
        collect(x, g->type, g->root, &slots);
    for (size_t i = 0; i < g->below_n; i++)
        collect(x, g->type, &g->below[i]->set, &slots);
    if (!slots.n)
        return;
    places_make(x, g, &slots);
    for (size_t k = 0; k < slots.n; k++) {
        slot_run(x, g, &slots.list[k], k);
        if (serial) /* of a mutation: all below one field is answered before the next begins */
            queue_run(x, false);
    }
}

static void queue_run(struct exec *x, bool serial)
{
    while (x->head) {
        struct group *g = x->head;
        x->head = g->next;
        if (!x->head)
            x->tail = &x->head;
        group_run(x, g, serial);
    }
}

void gql_execute(const struct gql_schema *s, const struct gql_options *o, const struct gql_vars *vars, struct arena *a,
                 struct gql_errors *es, struct gql_rnode *out_data)
{
    struct exec x = {.s = s, .o = o, .vars = vars, .a = a, .es = es};
    struct group g = {.type = gql_schema_root(s, vars->op->kind), .root = &vars->op->set, .n = 1};
    struct gql_rnode *node[1];
    const void *none[1] = {NULL};

    *out_data = (struct gql_rnode){.kind = GQL_R_OBJECT, .nullable = true};
    node[0] = out_data;
    g.node = node;
    g.p = none;
    x.head = &g;
    x.tail = &g.next;
    queue_run(&x, vars->op->kind == GQL_MUTATION);
}
