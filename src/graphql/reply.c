/* graphql/reply.c - the response as JSON, and gql_run, which leads through all phases. */
#include "graphql/exec_priv.h"
#include "graphql/limits.h"
#include "graphql/validate.h"

const char *gql_err_code(enum err_code code)
{
    static const char *const codes[] = {[ERR_INVALID] = GQL_CODE_INPUT,
                                        [ERR_NOT_FOUND] = "NOT_FOUND",
                                        [ERR_EXISTS] = "EXISTS",
                                        [ERR_DENIED] = "DENIED",
                                        [ERR_LIMIT] = GQL_CODE_LIMIT,
                                        [ERR_TIMEOUT] = "TIMEOUT",
                                        [ERR_BUSY] = "BUSY",
                                        [ERR_CONFLICT] = "CONFLICT",
                                        [ERR_UNSUPPORTED] = "UNSUPPORTED"};

    return (size_t)code < sizeof codes / sizeof *codes && codes[code] ? codes[code] : "INTERNAL";
}

str gql_err_message(enum err_code code, str message)
{
    switch (code) {
    case ERR_INVALID:
    case ERR_EXISTS:
    case ERR_CONFLICT:
    case ERR_LIMIT:
    case ERR_UNSUPPORTED:
        return message.n ? message : STR("This cannot be done.");
    case ERR_NOT_FOUND:
        return STR("There is no such thing, or you may not see it.");
    case ERR_DENIED:
        return STR("You may not do that.");
    case ERR_TIMEOUT:
    case ERR_BUSY:
        return STR("Not now; try again soon.");
    default:
        return STR("Something went wrong here; the log knows more.");
    }
}

/* Deeper than the writer goes: JSON that somebody stored. */
static bool too_deep(const struct jw *w)
{
    return w->depth + 3 >= JSON_DEPTH_MAX;
}

static void value_write(struct jw *w, const struct gql_value *v)
{
    if (too_deep(w)) {
        jw_null(w);
        return;
    }
    switch (v->kind) {
    case GQL_BOOL:
        jw_bool(w, v->v.b);
        return;
    case GQL_INT:
        jw_i64(w, v->v.i);
        return;
    case GQL_FLOAT:
        jw_real(w, v->v.d);
        return;
    case GQL_STRING:
    case GQL_ENUM:
        jw_str(w, v->s);
        return;
    case GQL_LIST:
        jw_arr(w);
        for (size_t i = 0; i < v->v.list.n; i++)
            value_write(w, &v->v.list.item[i]);
        jw_end(w);
        return;
    case GQL_MAP:
        jw_obj(w);
        for (size_t i = 0; i < v->v.map.n; i++) {
            jw_key_str(w, v->v.map.member[i].name);
            value_write(w, &v->v.map.member[i].value);
        }
        jw_end(w);
        return;
    default:
        jw_null(w);
    }
}

static void node_write(struct jw *w, const struct gql_rnode *r)
{
    switch (too_deep(w) ? GQL_R_NULL : r->kind) {
    case GQL_R_LEAF:
        value_write(w, &r->leaf);
        return;
    case GQL_R_LIST:
        jw_arr(w);
        for (size_t i = 0; i < r->n; i++)
            node_write(w, &r->child[i]);
        jw_end(w);
        return;
    case GQL_R_OBJECT:
        jw_obj(w);
        for (size_t i = 0; i < r->n; i++) {
            jw_key_str(w, r->child[i].key);
            node_write(w, &r->child[i]);
        }
        jw_end(w);
        return;
    default:
        jw_null(w);
    }
}

static void path_write(struct jw *w, const struct gql_rnode *r)
{
    if (!r->parent)
        return;
    path_write(w, r->parent);
    if (r->key.p)
        jw_str(w, r->key);
    else
        jw_i64(w, r->index);
}

static void error_write(struct jw *w, const struct gql_error *e)
{
    jw_obj(w);
    jw_kstr(w, "message", e->message);
    if (e->at[0].line) {
        jw_karr(w, "locations");
        for (size_t i = 0; i < 2 && e->at[i].line; i++) {
            jw_obj(w);
            jw_ki64(w, "line", e->at[i].line);
            jw_ki64(w, "column", e->at[i].column);
            jw_end(w);
        }
        jw_end(w);
    }
    if (e->has_path) {
        jw_karr(w, "path");
        path_write(w, e->path);
        jw_end(w);
    }
    jw_kobj(w, "extensions");
    jw_kstr(w, "code", str_of(e->code));
    jw_end(w);
    jw_end(w);
}

void gql_reply_write(const struct gql_errors *es, const struct gql_rnode *data, struct buf *out)
{
    struct jw w;

    jw_init(&w, out);
    jw_obj(&w);
    if (es->n) {
        jw_karr(&w, "errors");
        for (size_t i = 0; i < es->n; i++)
            error_write(&w, &es->list[i]);
        jw_end(&w);
    }
    if (data) {
        jw_key(&w, "data");
        node_write(&w, data);
    }
    jw_end(&w);
}

void gql_refusal_write(str message, const char *code, struct buf *out)
{
    struct gql_error one = {.message = message, .code = code};
    struct gql_errors es = {.list = &one, .n = 1};

    gql_reply_write(&es, NULL, out);
}

/* GetOperation() */
static const struct gql_operation *operation_pick(const struct gql_document *doc, str name, struct gql_errors *es)
{
    if (!name.n && doc->operations_n == 1)
        return &doc->operations[0];
    for (size_t i = 0; name.n && i < doc->operations_n; i++)
        if (str_eq(doc->operations[i].name, name))
            return &doc->operations[i];
    gql_error_add(es, GQL_CODE_INPUT, (struct gql_loc){0},
                  name.n              ? "There is no operation of that name in the document."
                  : doc->operations_n ? "There are several operations: operationName must say which."
                                      : "There is no operation in the document.");
    return NULL;
}

enum gql_outcome gql_run(const struct gql_schema *s, const struct gql_request *rq, const struct gql_options *o,
                         struct arena *a, struct buf *out)
{
    const struct gql_operation *op = NULL;
    struct gql_document doc;
    struct gql_errors es;
    struct gql_vars vars;
    struct gql_rnode data;
    bool go, writes = false;

    gql_errors_init(&es, a);
    go = gql_parse(rq->query, o->limits.tokens, a, &doc, &es) && gql_validate(s, &doc, o->introspect, a, &es) &&
         (op = operation_pick(&doc, rq->operation, &es));
    if (go && rq->read_only && op->kind != GQL_QUERY) {
        gql_error_add(&es, "METHOD_NOT_ALLOWED", op->at, "Only queries may be sent this way.");
        writes = true;
        go = false;
    }
    if (go && op->kind == GQL_SUBSCRIPTION) {
        gql_error_add(&es, "UNSUPPORTED", op->at, "Subscriptions are served as events, not here.");
        go = false;
    }
    go = go && gql_vars_coerce(op, rq->variables, a, &vars, &es) && gql_limits_check(&o->limits, op, &vars, a, &es);
    if (go)
        gql_execute(s, o, &vars, a, &es, &data);
    gql_reply_write(&es, go ? &data : NULL, out);
    if (!buf_ok(out))
        return GQL_TOO_LARGE;
    return go ? GQL_ANSWERED : writes ? GQL_WRITES : GQL_REFUSED;
}

/* ---- for resolvers ---- */

const struct gql_value *gql_arg(const struct gql_call *c, const char *name)
{
    const struct gql_value *v = gql_map_get(c->args, str_of(name));

    return v && v->kind != GQL_NULL ? v : NULL;
}

str gql_arg_str(const struct gql_call *c, const char *name)
{
    const struct gql_value *v = gql_arg(c, name);

    return v ? v->s : STR("");
}

int64_t gql_arg_i64(const struct gql_call *c, const char *name, int64_t fallback)
{
    const struct gql_value *v = gql_arg(c, name);

    return v && v->kind == GQL_INT ? v->v.i : fallback;
}

static bool set_selects(const struct gql_selections *set, str name)
{
    for (size_t i = 0; i < set->n; i++) {
        const struct gql_selection *s = &set->list[i];
        if ((s->kind == GQL_SEL_FIELD && str_eq(s->name, name)) ||
            set_selects(s->kind == GQL_SEL_SPREAD ? &s->fragment->set : &s->set, name))
            return true;
    }
    return false;
}

bool gql_selects(const struct gql_call *c, str name)
{
    for (size_t i = 0; i < c->sel_n; i++)
        if (set_selects(&c->sel[i]->set, name))
            return true;
    return false;
}
