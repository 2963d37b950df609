/* api/graphql_resolve.c - what answers each field: the table's own functions, once for all parents of a level.
 *
 * An object of a resource's type is an item of the table (an array of values); connections and edges are structs of this
 * file. Each read is a transaction of its own, in the name of the caller and with the reach of the operation's permission,
 * exactly as the same read over REST. */
#include "api/graphql.h"
#include "base/sort.h"

struct conn {
    const struct resource *r;
    struct res_page page;
    bool behind; /* there are rows before it */
};

struct edge {
    const struct conn *conn;
    size_t i;
};

/* ---- on behalf of the caller ---- */

static enum err_code enter(struct gql_call *c, const struct res_op *op, struct err *e)
{
    if (gateway_permit(c->app, op->need, op->flags & RES_OP_FRESH))
        return ERR_OK;
    return err_set(e, ERR_DENIED, "the permission is missing");
}

/* Ends the transaction; a resource's own words win over the error's. */
static enum err_code leave(struct res_ctx *c, enum err_code rc, struct err *e)
{
    if (!rc)
        return res_commit(c, e);
    res_abort(c);
    if (c->say.status)
        return err_set(e,
                       c->say.status == 409                           ? ERR_CONFLICT
                       : c->say.status == 400 || c->say.status == 422 ? ERR_INVALID
                                                                      : ERR_UNSUPPORTED,
                       "%s%s%.*s", c->say.title, c->say.detail.n ? ": " : "", STR_ARG(c->say.detail));
    return rc;
}

/* Which fields of the shape the operation asks for, somewhere below. */
static uint64_t want_of(const struct gql_call *c, const struct res_shape *s)
{
    uint64_t want = 0;

    if (gql_selects(c, STR("etag")))
        return UINT64_MAX;
    for (size_t i = 0; i < s->n; i++) {
        str name = gq_camel(c->a, s->fields[i].name, false), base = name;
        if (str_ends(base, STR("Id")))
            base = str_sub(base, 0, base.n - 2);
        if (strcmp(s->fields[i].name, "id") == 0 || gql_selects(c, name) || gql_selects(c, base) ||
            gql_selects(c, str_fmt(c->a, "%.*sId", STR_ARG(base))) ||
            gql_selects(c, str_fmt(c->a, "%.*sIds", STR_ARG(base))))
            want |= UINT64_C(1) << i;
    }
    return want;
}

static enum err_code rows_load(struct gql_call *c, const struct resource *r, const struct id *ids, size_t n,
                               const struct res_val *query, uint64_t want, struct res_val **items, struct err *e)
{
    struct res_ctx x;

    if (enter(c, gq_read_op(r), e) || res_begin(&x, c->app, e))
        return e->code;
    x.query = query;
    gateway_cost(c->app, (double)n);
    return leave(&x, res_many(&x, r, ids, n, want, items, e), e);
}

/* ---- members ---- */

static enum err_code field_resolve(struct gql_call *c, struct err *e)
{
    const struct gq_bind *b = c->arg;
    const struct res_field *f = &b->shape->fields[b->field];
    const struct call *k = c->app;

    if (!res_field_shown(f, &k->who))
        return err_set(e, ERR_DENIED, "not shown");
    for (size_t i = 0; i < c->n; i++)
        c->out[i] = gq_value(c->a, f, (const struct res_val *)c->parent[i] + b->field);
    return ERR_OK;
}

static enum err_code id_resolve(struct gql_call *c, struct err *e)
{
    const struct gq_bind *b = c->arg;

    (void)e;
    for (size_t i = 0; i < c->n; i++)
        c->out[i] = gql_of_str(gq_id(c->a, b->shape, ((const struct res_val *)c->parent[i])[b->field].v.id));
    return ERR_OK;
}

static enum err_code uuid_resolve(struct gql_call *c, struct err *e)
{
    const struct gq_bind *b = c->arg;

    (void)e;
    for (size_t i = 0; i < c->n; i++)
        c->out[i] = gql_of_str(id_str(c->a, ((const struct res_val *)c->parent[i])[b->field].v.id));
    return ERR_OK;
}

static enum err_code etag_resolve(struct gql_call *c, struct err *e)
{
    const struct gq_bind *b = c->arg;

    (void)e;
    for (size_t i = 0; i < c->n; i++)
        c->out[i] = gql_of_str(res_etag(c->a, b->shape, c->parent[i]));
    return ERR_OK;
}

/* The ids in one member of an item: none, one, or many. */
static size_t ref_ids(const struct res_field *f, const struct res_val *v, const struct res_val **out)
{
    *out = f->flags & RES_LIST ? v->v.list : v;
    return v->is != RES_SET ? 0 : f->flags & RES_LIST ? v->n : 1;
}

static enum err_code ref_id_resolve(struct gql_call *c, struct err *e)
{
    const struct gq_bind *b = c->arg;
    const struct res_field *f = &b->shape->fields[b->field];

    (void)e;
    for (size_t i = 0; i < c->n; i++) {
        const struct res_val *v = (const struct res_val *)c->parent[i] + b->field, *ids;
        size_t n = ref_ids(f, v, &ids);
        struct gql_value *item = ARENA_ARRAY(c->a, struct gql_value, n + 1);
        for (size_t m = 0; m < n; m++)
            item[m] = gql_of_str(gq_id(c->a, b->to->shape, ids[m].v.id));
        if (v->is == RES_SET)
            c->out[i] = f->flags & RES_LIST ? gql_of_list(item, n) : item[0];
    }
    return ERR_OK;
}

static int by_id(const void *x, const void *y)
{
    return id_cmp(*(const struct id *)x, *(const struct id *)y);
}

/* Distinct ids of that member in all parents, ascending. */
static struct id *refs_of(struct gql_call *c, const struct gq_bind *b, size_t *out_n)
{
    const struct res_field *f = &b->shape->fields[b->field];
    struct id *list = NULL;
    size_t n = 0, cap = 0, kept = 0;

    for (size_t i = 0; i < c->n; i++) {
        const struct res_val *ids;
        size_t m = ref_ids(f, (const struct res_val *)c->parent[i] + b->field, &ids);
        for (size_t k = 0; k < m; k++)
            ARENA_PUSH(c->a, list, n, cap) = ids[k].v.id;
    }
    list_sort(list, n, sizeof *list, by_id);
    for (size_t i = 0; i < n; i++)
        if (!kept || !id_eq(list[kept - 1], list[i]))
            list[kept++] = list[i];
    *out_n = kept;
    return list;
}

static const struct res_val *ref_row(const struct id *ids, size_t n, struct res_val *const *items, struct id id)
{
    const struct id *at = n ? bsearch(&id, ids, n, sizeof *ids, by_id) : NULL;

    return at ? items[at - ids] : NULL;
}

/* The rows that members of all parents name, loaded at once. What the caller may not see is null, or left out of a list. */
static enum err_code ref_resolve(struct gql_call *c, struct err *e)
{
    const struct gq_bind *b = c->arg;
    const struct res_field *f = &b->shape->fields[b->field];
    struct res_val **items;
    size_t n;
    struct id *ids = refs_of(c, b, &n);

    items = ARENA_ARRAY(c->a, struct res_val *, n + 1);
    if (n && rows_load(c, b->to, ids, n, NULL, want_of(c, b->to->shape), items, e))
        return e->code;
    for (size_t i = 0; i < c->n; i++) {
        const struct res_val *v = (const struct res_val *)c->parent[i] + b->field, *list;
        size_t m = ref_ids(f, v, &list), kept = 0;
        struct gql_value *out = ARENA_ARRAY(c->a, struct gql_value, m + 1);
        for (size_t k = 0; k < m; k++) {
            const struct res_val *row = ref_row(ids, n, items, list[k].v.id);
            if (row)
                out[kept++] = gql_of_object(b->to->shape->name, row);
        }
        if (f->flags & RES_LIST && v->is == RES_SET)
            c->out[i] = gql_of_list(out, kept);
        else if (kept)
            c->out[i] = out[0];
    }
    return ERR_OK;
}

/* ---- one row ---- */

static enum err_code row_resolve(struct gql_call *c, const struct resource *r, struct id id,
                                 const struct res_val *query, struct err *e)
{
    struct res_val *item = NULL;

    if (rows_load(c, r, &id, 1, query, want_of(c, r->shape), &item, e))
        return e->code;
    c->out[0] = gql_of_object(r->shape->name, item);
    return ERR_OK;
}

/* An id argument that must name a row of this resource. */
static enum err_code id_arg(struct gql_call *c, const struct resource *r, struct id *out, struct err *e)
{
    str type;

    if (gq_id_read(gql_arg_str(c, "id"), &type, out) && (!type.n || str_eq(type, str_of(r->shape->name))))
        return ERR_OK;
    if (r->named && r->named(gql_arg_str(c, "id"), out))
        return ERR_OK;
    return err_set(e, ERR_NOT_FOUND, "not an id of that kind");
}

static enum err_code get_resolve(struct gql_call *c, struct err *e)
{
    const struct gq_bind *b = c->arg;
    struct res_val *query = NULL;
    struct id id;

    if (id_arg(c, b->r, &id, e)) /* no such id is no such row: null, as for one that is not there */
        return enter(c, b->op, e);
    if (b->op->verb == RES_OP_GET && b->op->query && gq_input(c->a, b->op->query, RES_FOR_BODY, c->args, &query, e))
        return e->code;
    return row_resolve(c, b->r, id, query, e);
}

static enum err_code node_resolve(struct gql_call *c, struct err *e)
{
    struct id id;
    str type;

    if (!gq_id_read(gql_arg_str(c, "id"), &type, &id) || !type.n)
        return ERR_OK;
    for (size_t i = 0; i < resources_n; i++) {
        const struct resource *r = resources[i];
        if (gq_read_op(r) && str_eq(str_of(r->shape->name), type))
            return row_resolve(c, r, id, NULL, e);
    }
    return ERR_OK;
}

/* ---- lists ---- */

/* 16 digits of the sort value, 32 of the id. */
static str cursor_of(struct arena *a, const struct res_key *key)
{
    char hex[2 * sizeof key->id.b + 1];

    hex_put(key->id.b, sizeof key->id.b, hex);
    return str_fmt(a, "%016llx%s", (unsigned long long)key->at, hex);
}

static bool cursor_read(str s, struct res_key *out)
{
    uint8_t b[8 + sizeof out->id.b];
    uint64_t at = 0;

    if (s.n != 2 * sizeof b)
        return false;
    for (size_t i = 0; i < sizeof b; i++) {
        int v = 0;
        for (size_t k = 0; k < 2; k++) {
            char c = s.p[2 * i + k];
            if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
                return false;
            v = v * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
        }
        b[i] = (uint8_t)v;
    }
    for (size_t i = 0; i < 8; i++)
        at = at << 8 | b[i];
    out->at = (int64_t)at;
    memcpy(out->id.b, b + 8, sizeof out->id.b);
    return true;
}

static void sort_read(struct gql_call *c, const struct resource *r, struct res_query *q)
{
    str word = gql_arg_str(c, "sort"), usual = str_of(r->sort ? r->sort : "");

    q->desc = word.n ? str_ends(word, STR("_DESC")) : str_starts(usual, STR("-"));
    for (size_t i = 0; i < r->shape->n; i++) {
        const struct res_field *f = &r->shape->fields[i];
        str own = gq_word(c->a, f->name);
        if (!(f->flags & RES_SORT))
            continue;
        if (word.n ? str_starts(word, own) && (word.n == own.n || str_eq(str_from(word, own.n), STR("_DESC")))
                   : str_eq(str_of(f->name), str_from(usual, q->desc)))
            q->sort = f;
    }
}

static enum err_code filter_add(struct gql_call *c, const struct res_field *f, const char *end, enum res_cmp cmp,
                                struct res_filter *list, struct res_query *q, struct err *e)
{
    const struct gql_value *v = gql_arg(c, str_fmt(c->a, "%.*s%s", STR_ARG(gq_camel(c->a, f->name, false)), end).p);
    struct res_filter *to = &list[q->filters_n];

    if (!v || q->filters_n == RES_FILTERS_MAX)
        return ERR_OK;
    *to = (struct res_filter){.field = f, .cmp = cmp};
    q->filters_n++;
    return gq_filter_values(c->a, f, v, &to->v, &to->n, e);
}

static enum err_code filters_read(struct gql_call *c, const struct resource *r, struct res_query *q, struct err *e)
{
    struct res_filter *list = ARENA_ARRAY(c->a, struct res_filter, RES_FILTERS_MAX);

    q->filters = list;
    for (size_t i = 0; i < r->shape->n; i++) {
        const struct res_field *f = &r->shape->fields[i];
        if ((f->flags & RES_FILTER && filter_add(c, f, "", RES_EQ, list, q, e)) ||
            (f->flags & RES_RANGE &&
             (filter_add(c, f, "From", RES_FROM, list, q, e) || filter_add(c, f, "To", RES_TO, list, q, e))))
            return e->code;
    }
    return ERR_OK;
}

static enum err_code query_read(struct gql_call *c, const struct gq_bind *b, struct res_query *q, struct err *e)
{
    int64_t first = gql_arg_i64(c, "first", 0), max = b->r->limit_max ? b->r->limit_max : RES_LIMIT_MAX;
    str after = gql_arg_str(c, "after");
    struct res_val *extra = NULL;

    *q = (struct res_query){.limit = first > 0 ? (size_t)first : 1, .want = want_of(c, b->r->shape)};
    if (first < 0 || first > max)
        return err_set(e, ERR_INVALID, "\"first\" must be from 0 to %lld", (long long)max);
    if (after.n && !cursor_read(after, &q->after))
        return err_set(e, ERR_INVALID, "\"after\" is not a cursor of this list");
    q->has_after = after.n > 0;
    sort_read(c, b->r, q);
    if (filters_read(c, b->r, q, e))
        return e->code;
    if (b->op->query && gq_input(c->a, b->op->query, RES_FOR_BODY, c->args, &extra, e))
        return e->code;
    q->extra = extra;
    return ERR_OK;
}

static enum err_code list_resolve(struct gql_call *c, struct err *e)
{
    const struct gq_bind *b = c->arg;
    struct conn *conn = ARENA_NEW(c->a, struct conn);
    struct res_query q;
    struct res_ctx x;

    if (enter(c, b->op, e) || query_read(c, b, &q, e) || res_begin(&x, c->app, e))
        return e->code;
    if (leave(&x, res_list(&x, b->r, &q, &conn->page, e), e))
        return e->code;
    gateway_cost(c->app, (double)conn->page.n);
    if (gql_arg_i64(c, "first", 0) == 0) {
        conn->page.more = conn->page.n > 0 || conn->page.more;
        conn->page.n = 0;
    }
    conn->r = b->r;
    conn->behind = q.has_after;
    c->out[0] = gql_of_object(NULL, conn);
    return ERR_OK;
}

static enum err_code edges_resolve(struct gql_call *c, struct err *e)
{
    (void)e;
    for (size_t i = 0; i < c->n; i++) {
        const struct conn *conn = c->parent[i];
        struct edge *edge = ARENA_ARRAY(c->a, struct edge, conn->page.n + 1);
        struct gql_value *list = ARENA_ARRAY(c->a, struct gql_value, conn->page.n + 1);
        for (size_t m = 0; m < conn->page.n; m++) {
            edge[m] = (struct edge){conn, m};
            list[m] = gql_of_object(NULL, &edge[m]);
        }
        c->out[i] = gql_of_list(list, conn->page.n);
    }
    return ERR_OK;
}

static enum err_code nodes_resolve(struct gql_call *c, struct err *e)
{
    (void)e;
    for (size_t i = 0; i < c->n; i++) {
        const struct conn *conn = c->parent[i];
        struct gql_value *list = ARENA_ARRAY(c->a, struct gql_value, conn->page.n + 1);
        for (size_t m = 0; m < conn->page.n; m++)
            list[m] = gql_of_object(conn->r->shape->name, conn->page.items[m]);
        c->out[i] = gql_of_list(list, conn->page.n);
    }
    return ERR_OK;
}

static enum err_code total_resolve(struct gql_call *c, struct err *e)
{
    (void)e;
    for (size_t i = 0; i < c->n; i++) {
        const struct conn *conn = c->parent[i];
        if (conn->page.total >= 0)
            c->out[i] = gql_of_i64(conn->page.total);
    }
    return ERR_OK;
}

static enum err_code page_info_resolve(struct gql_call *c, struct err *e)
{
    (void)e;
    for (size_t i = 0; i < c->n; i++)
        c->out[i] = gql_of_object("PageInfo", c->parent[i]);
    return ERR_OK;
}

static enum err_code cursor_resolve(struct gql_call *c, struct err *e)
{
    (void)e;
    for (size_t i = 0; i < c->n; i++) {
        const struct edge *edge = c->parent[i];
        c->out[i] = gql_of_str(cursor_of(c->a, &edge->conn->page.keys[edge->i]));
    }
    return ERR_OK;
}

static enum err_code edge_node_resolve(struct gql_call *c, struct err *e)
{
    (void)e;
    for (size_t i = 0; i < c->n; i++) {
        const struct edge *edge = c->parent[i];
        c->out[i] = gql_of_object(edge->conn->r->shape->name, edge->conn->page.items[edge->i]);
    }
    return ERR_OK;
}

static enum err_code page_info_member(struct gql_call *c, struct err *e)
{
    str f = c->field->name;

    (void)e;
    for (size_t i = 0; i < c->n; i++) {
        const struct conn *conn = c->parent[i];
        const struct res_page *p = &conn->page;
        if (str_eq(f, STR("hasNextPage")))
            c->out[i] = gql_of_bool(p->more);
        else if (str_eq(f, STR("hasPreviousPage")))
            c->out[i] = gql_of_bool(conn->behind);
        else if (p->n)
            c->out[i] = gql_of_str(cursor_of(c->a, &p->keys[str_eq(f, STR("startCursor")) ? 0 : p->n - 1]));
    }
    return ERR_OK;
}

/* ---- what does something ---- */

static enum err_code act_resolve(struct gql_call *c, struct err *e)
{
    const struct gq_bind *b = c->arg;
    const struct gql_value *input = gql_arg(c, "input");
    struct res_val *in = NULL, *query = NULL, *out = NULL;
    struct res_ctx x;
    struct id id = {{0}};
    str type;

    if (enter(c, b->op, e))
        return e->code;
    if (gql_arg(c, "id") && !gq_id_read(gql_arg_str(c, "id"), &type, &id))
        return err_set(e, ERR_NOT_FOUND, "not an id");
    if (b->op->body && gq_input(c->a, b->op->body, RES_FOR_BODY, input ? input : c->args, &in, e))
        return e->code;
    if (b->op->query && gq_input(c->a, b->op->query, RES_FOR_BODY, c->args, &query, e))
        return e->code;
    if (b->op->flags & RES_OP_LATE)
        res_init(&x, c->app);
    else if (res_begin(&x, c->app, e))
        return e->code;
    if (leave(&x, res_act(&x, b->r, b->op, id, in, query, &out, e), e))
        return e->code;
    c->out[0] = b->op->answer ? gql_of_object(b->op->answer->name, out) : gql_of_bool(true);
    return ERR_OK;
}

static enum err_code create_resolve(struct gql_call *c, struct err *e)
{
    const struct gq_bind *b = c->arg;
    struct res_val *in, *out = NULL;
    struct res_ctx x;
    struct id id;

    if (enter(c, b->op, e) || gq_input(c->a, b->r->shape, RES_FOR_CREATE, gql_arg(c, "input"), &in, e) ||
        res_begin(&x, c->app, e) || leave(&x, res_create(&x, b->r, in, &id, &out, e), e))
        return e->code;
    c->out[0] = gql_of_object(b->r->shape->name, out);
    return ERR_OK;
}

static enum err_code update_resolve(struct gql_call *c, struct err *e)
{
    const struct gq_bind *b = c->arg;
    struct res_val *in, *out = NULL;
    struct res_ctx x;
    struct id id;

    if (enter(c, b->op, e) || id_arg(c, b->r, &id, e) ||
        gq_input(c->a, b->r->shape, RES_FOR_UPDATE, gql_arg(c, "input"), &in, e) || res_begin(&x, c->app, e) ||
        leave(&x, res_update(&x, b->r, id, in, gql_arg_str(c, "ifMatch"), &out, e), e))
        return e->code;
    c->out[0] = gql_of_object(b->r->shape->name, out);
    return ERR_OK;
}

static enum err_code delete_resolve(struct gql_call *c, struct err *e)
{
    const struct gq_bind *b = c->arg;
    struct res_ctx x;
    struct id id;

    if (enter(c, b->op, e) || id_arg(c, b->r, &id, e) || res_begin(&x, c->app, e) ||
        leave(&x, res_drop(&x, b->r, id, gql_arg_str(c, "ifMatch"), e), e))
        return e->code;
    c->out[0] = gql_of_str(gq_id(c->a, b->r->shape, id));
    return ERR_OK;
}

gql_resolver gq_resolver(enum gq_kind kind)
{
    static const gql_resolver all[] = {
        [GQ_FIELD] = field_resolve,
        [GQ_ID] = id_resolve,
        [GQ_UUID] = uuid_resolve,
        [GQ_REF] = ref_resolve,
        [GQ_REF_ID] = ref_id_resolve,
        [GQ_ETAG] = etag_resolve,
        [GQ_LIST] = list_resolve,
        [GQ_GET] = get_resolve,
        [GQ_NODE] = node_resolve,
        [GQ_ACT] = act_resolve,
        [GQ_CREATE] = create_resolve,
        [GQ_UPDATE] = update_resolve,
        [GQ_DELETE] = delete_resolve,
        [GQ_EDGES] = edges_resolve,
        [GQ_NODES] = nodes_resolve,
        [GQ_PAGE_INFO] = page_info_resolve,
        [GQ_PAGE_MEMBER] = page_info_member,
        [GQ_TOTAL] = total_resolve,
        [GQ_CURSOR] = cursor_resolve,
        [GQ_EDGE_NODE] = edge_node_resolve,
    };

    return all[kind];
}
