/* api/graphql_schema.c - the table of resources as a GraphQL schema: its text, then its bindings. */
#include <pthread.h>

#include "api/graphql.h"

enum { LIST_ASSUMED = 20, DETAIL_ASSUMED = 100 };

/* A binding to be made once the text has become a schema. */
struct bound {
    str type, field;
    enum gq_kind kind;
    const struct gq_bind *bind;
};

enum form { AS_OUTPUT, AS_CREATE, AS_UPDATE, AS_BODY };

struct maker {
    struct arena *a;
    struct buf b; /* types */
    struct buf query, mutation;
    struct bound *bound;
    size_t bound_n, bound_cap;
    struct done {
        const struct res_shape *shape;
        enum form form;
    } *done;
    size_t done_n, done_cap;
    struct words {
        const char *const *list;
        str name;
    } *words;
    size_t words_n, words_cap;
    str *names; /* fields of Query and Mutation so far */
    size_t names_n, names_cap;
};

static const struct bound *bindings; /* all of them; as long as the process */
static size_t bindings_n;
static struct gql_schema *schema;
static str schema_text;
static struct err schema_err;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* ---- names ---- */

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static char upper_of(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

str gq_camel(struct arena *a, const char *name, bool upper)
{
    char *out = arena_alloc(a, strlen(name) + 1);
    size_t n = 0;

    for (; *name; name++) {
        if (!letter(*name)) {
            upper = n > 0 || upper;
            continue;
        }
        out[n++] = upper ? upper_of(*name) : *name;
        upper = false;
    }
    return str_n(out, n);
}

str gq_word(struct arena *a, const char *word)
{
    char *out = arena_alloc(a, strlen(word) + 2);
    size_t n = 0;

    if (*word >= '0' && *word <= '9')
        out[n++] = '_';
    for (; *word; word++)
        out[n++] = letter(*word) ? upper_of(*word) : '_';
    return str_n(out, n);
}

/* "Interaction" to "interaction" */
static str lower_first(struct arena *a, const char *name)
{
    char *out = str_cz(a, str_of(name));

    if (*out >= 'A' && *out <= 'Z')
        *out = (char)(*out + 32);
    return str_of(out);
}

static void describe(struct buf *b, const char *text)
{
    struct jw w;

    if (!text || !*text)
        return;
    jw_init(&w, b);
    jw_str(&w, str_of(text));
    buf_char(b, ' ');
}

static void bind(struct maker *m, str type, str field, enum gq_kind kind, struct gq_bind what)
{
    struct gq_bind *kept = ARENA_NEW(m->a, struct gq_bind);

    *kept = what;
    ARENA_PUSH(m->a, m->bound, m->bound_n, m->bound_cap) = (struct bound){type, field, kind, kept};
}

/* ---- types of fields ---- */

static str words_type(struct maker *m, const struct res_shape *s, const struct res_field *f)
{
    str name;

    for (size_t i = 0; i < m->words_n; i++)
        if (m->words[i].list == f->words)
            return m->words[i].name;
    name = str_fmt(m->a, "%s%.*s", s->name, STR_ARG(gq_camel(m->a, f->name, true)));
    ARENA_PUSH(m->a, m->words, m->words_n, m->words_cap) = (struct words){f->words, name};
    buf_fmt(&m->b, "enum %.*s {", STR_ARG(name));
    for (size_t i = 0; f->words[i]; i++)
        buf_fmt(&m->b, " %.*s", STR_ARG(gq_word(m->a, f->words[i])));
    buf_fmt(&m->b, " }\n");
    return name;
}

static str shape_write(struct maker *m, const struct res_shape *s, enum form form, const struct resource *r);

static str kind_type(struct maker *m, const struct res_shape *s, const struct res_field *f, enum form form)
{
    switch (f->kind) {
    case RES_STR:
        return STR("String");
    case RES_ENUM:
        return words_type(m, s, f);
    case RES_ID:
        return STR("ID");
    case RES_TIME:
        return STR("DateTime");
    case RES_INT:
        return STR("Long");
    case RES_REAL:
        return STR("Float");
    case RES_BOOL:
        return STR("Boolean");
    case RES_OBJ:
        return shape_write(m, f->of, form == AS_OUTPUT ? AS_OUTPUT : AS_BODY, NULL);
    case RES_JSON:
        return STR("JSON");
    }
    return STR("JSON");
}

static bool writable(const struct res_field *f, enum form form)
{
    if (form == AS_OUTPUT)
        return !(f->flags & RES_WRITE_ONLY);
    return !(f->flags & RES_READ_ONLY) && !(form == AS_UPDATE && f->flags & RES_CREATE_ONLY);
}

static bool may_be_null(const struct res_field *f, enum form form)
{
    if (form == AS_OUTPUT)
        return f->flags & (RES_NULLABLE | RES_MAYBE | RES_DETAIL | RES_ONCE) || f->need;
    return form == AS_UPDATE || !(f->flags & RES_NEEDED);
}

/* "[Turn!]!" */
static str wrapped(struct maker *m, str type, const struct res_field *f, enum form form)
{
    const char *end = may_be_null(f, form) ? "" : "!";

    return f->flags & RES_LIST ? str_fmt(m->a, "[%.*s!]%s", STR_ARG(type), end)
                               : str_fmt(m->a, "%.*s%s", STR_ARG(type), end);
}

const struct res_op *gq_read_op(const struct resource *r)
{
    const struct res_op *get = resource_op(r, RES_OP_GET);

    return !r->shape || !r->many ? NULL : get ? get : resource_op(r, RES_OP_LIST);
}

static const struct resource *target(const struct res_field *f)
{
    const struct resource *to = f->to ? resource_find(str_of(f->to)) : NULL;

    return to && gq_read_op(to) ? to : NULL;
}

static void size_write(struct buf *b, const struct res_field *f)
{
    if (f->flags & RES_LIST)
        buf_fmt(b, " @listSize(assumedSize: %d)", f->flags & RES_DETAIL ? DETAIL_ASSUMED : LIST_ASSUMED);
}

/* A reference: the row, and its id. */
static void ref_write(struct maker *m, struct buf *b, str type, const struct res_shape *s, size_t i,
                      const struct resource *to)
{
    const struct res_field *f = &s->fields[i];
    str base = str_of(f->name), name, id;
    struct gq_bind what = {.shape = s, .field = i, .to = to};

    if (str_ends(base, STR("_id")))
        base = str_sub(base, 0, base.n - 3);
    name = gq_camel(m->a, str_cz(m->a, base), false);
    id = f->flags & RES_LIST ? str_fmt(m->a, "%.*sIds", STR_ARG(name)) : str_fmt(m->a, "%.*sId", STR_ARG(name));
    describe(b, f->about);
    if (f->flags & RES_LIST)
        buf_fmt(b, "%.*s: [%s!]", STR_ARG(name), to->shape->name);
    else
        buf_fmt(b, "%.*s: %s", STR_ARG(name), to->shape->name);
    size_write(b, f);
    buf_fmt(b, "\n %.*s: %.*s\n", STR_ARG(id), STR_ARG(wrapped(m, STR("ID"), f, AS_OUTPUT)));
    bind(m, type, name, GQ_REF, what);
    bind(m, type, id, GQ_REF_ID, what);
}

static void field_write(struct maker *m, struct buf *b, str type, const struct res_shape *s, size_t i, enum form form,
                        const struct resource *r)
{
    const struct res_field *f = &s->fields[i];
    const struct resource *to = target(f);
    str name = gq_camel(m->a, f->name, false);

    if (form == AS_OUTPUT && r && f->kind == RES_ID && strcmp(f->name, "id") == 0) {
        buf_fmt(b, "\"Its id, in all of GraphQL.\" id: ID!\n \"Its id, as in the REST interface.\" uuid: ID!\n");
        bind(m, type, STR("id"), GQ_ID, (struct gq_bind){.shape = s, .field = i});
        bind(m, type, STR("uuid"), GQ_UUID, (struct gq_bind){.shape = s, .field = i});
        return;
    }
    if (form == AS_OUTPUT && to) {
        ref_write(m, b, type, s, i, to);
        return;
    }
    describe(b, f->about);
    buf_fmt(b, "%.*s: %.*s", STR_ARG(name), STR_ARG(wrapped(m, kind_type(m, s, f, form), f, form)));
    if (form == AS_OUTPUT) {
        if (f->kind == RES_OBJ)
            size_write(b, f);
        bind(m, type, name, GQ_FIELD, (struct gq_bind){.shape = s, .field = i});
    }
    buf_char(b, '\n');
}

static bool has_id(const struct res_shape *s)
{
    size_t i = res_field_index(s, STR("id"));

    return i != SIZE_MAX && s->fields[i].kind == RES_ID;
}

static bool changes(const struct resource *r)
{
    return resource_op(r, RES_OP_UPDATE) || resource_op(r, RES_OP_DELETE);
}

/* Writes the type of a shape unless it is there; returns its name. Types it needs come first, so its own text is kept apart. */
static str shape_write(struct maker *m, const struct res_shape *s, enum form form, const struct resource *r)
{
    static const char *const ends[] = {"", "CreateInput", "UpdateInput", "Input"};
    str name = str_fmt(m->a, "%s%s", s->name, ends[form]);
    struct buf b;

    for (size_t i = 0; i < m->done_n; i++)
        if (m->done[i].shape == s && m->done[i].form == form)
            return name;
    ARENA_PUSH(m->a, m->done, m->done_n, m->done_cap) = (struct done){s, form};
    buf_init(&b, 1 << 20);
    describe(&b, s->about);
    buf_fmt(&b, "%s %.*s%s {\n", form == AS_OUTPUT ? "type" : "input", STR_ARG(name),
            form == AS_OUTPUT && r && has_id(s) ? " implements Node" : "");
    for (size_t i = 0; i < s->n; i++)
        if (writable(&s->fields[i], form))
            field_write(m, &b, name, s, i, form, r);
    if (form == AS_OUTPUT && r && changes(r)) {
        buf_fmt(&b, "\"Changes whenever the row does: for ifMatch.\" etag: String!\n");
        bind(m, name, STR("etag"), GQ_ETAG, (struct gq_bind){.shape = s});
    }
    buf_fmt(&b, "}\n");
    buf_str(&m->b, buf_view(&b));
    buf_done(&b);
    return name;
}

static bool writes_any(const struct res_shape *s, enum form form)
{
    for (size_t i = 0; i < s->n; i++)
        if (writable(&s->fields[i], form))
            return true;
    return false;
}

/* ---- operations ---- */

static bool name_new(struct maker *m, str name)
{
    for (size_t i = 0; i < m->names_n; i++)
        if (str_eq(m->names[i], name))
            return false;
    ARENA_PUSH(m->a, m->names, m->names_n, m->names_cap) = name;
    return true;
}

static void filter_args(struct maker *m, struct buf *b, const struct resource *r)
{
    for (size_t i = 0; i < r->shape->n; i++) {
        const struct res_field *f = &r->shape->fields[i];
        str name = gq_camel(m->a, f->name, false), type;
        if (!(f->flags & (RES_FILTER | RES_RANGE)) || f->kind == RES_OBJ)
            continue;
        type = kind_type(m, r->shape, f, AS_BODY);
        if (f->flags & RES_FILTER)
            buf_fmt(b, f->kind == RES_ENUM || f->kind == RES_ID ? " %.*s: [%.*s!]" : " %.*s: %.*s", STR_ARG(name),
                    STR_ARG(type));
        if (f->flags & RES_RANGE)
            buf_fmt(b, " %.*sFrom: %.*s %.*sTo: %.*s", STR_ARG(name), STR_ARG(type), STR_ARG(name), STR_ARG(type));
    }
}

static void query_args(struct maker *m, struct buf *b, const struct res_op *op)
{
    for (size_t i = 0; op->query && i < op->query->n; i++) {
        const struct res_field *f = &op->query->fields[i];
        if ((op->verb == RES_OP_LIST && strcmp(f->name, "offset") == 0) || /* cursors do that */
            (op->csv && strcmp(f->name, "format") == 0))
            continue;
        buf_fmt(b, " %.*s: %.*s", STR_ARG(gq_camel(m->a, f->name, false)),
                STR_ARG(wrapped(m, kind_type(m, op->query, f, AS_BODY), f, AS_BODY)));
    }
}

static void sort_write(struct maker *m, const struct resource *r)
{
    buf_fmt(&m->b, "enum %sSort {", r->shape->name);
    for (size_t i = 0; i < r->shape->n; i++)
        if (r->shape->fields[i].flags & RES_SORT) {
            str word = gq_word(m->a, r->shape->fields[i].name);
            buf_fmt(&m->b, " %.*s %.*s_DESC", STR_ARG(word), STR_ARG(word));
        }
    buf_fmt(&m->b, " }\n");
}

static bool sorts(const struct resource *r)
{
    for (size_t i = 0; i < r->shape->n; i++)
        if (r->shape->fields[i].flags & RES_SORT)
            return true;
    return false;
}

static void connection_write(struct maker *m, const struct resource *r)
{
    const char *t = r->shape->name;
    str conn = str_fmt(m->a, "%sConnection", t), edge = str_fmt(m->a, "%sEdge", t);
    struct gq_bind what = {.r = r, .shape = r->shape};

    buf_fmt(&m->b,
            "\"A page of a list.\" type %.*s {\n edges: [%.*s!]\n nodes: [%s!]\n pageInfo: PageInfo!\n"
            " \"How many there are in all; null when nobody counted.\" totalCount: Long\n}\n"
            "type %.*s { cursor: String! node: %s! }\n",
            STR_ARG(conn), STR_ARG(edge), t, STR_ARG(edge), t);
    bind(m, conn, STR("edges"), GQ_EDGES, what);
    bind(m, conn, STR("nodes"), GQ_NODES, what);
    bind(m, conn, STR("pageInfo"), GQ_PAGE_INFO, what);
    bind(m, conn, STR("totalCount"), GQ_TOTAL, what);
    bind(m, edge, STR("cursor"), GQ_CURSOR, what);
    bind(m, edge, STR("node"), GQ_EDGE_NODE, what);
}

static void list_write(struct maker *m, const struct resource *r, const struct res_op *op)
{
    str name = gq_camel(m->a, r->key, false);

    if (!name_new(m, name)) { /* some things are called the same, one or many */
        name = str_fmt(m->a, "%.*sList", STR_ARG(name));
        if (!name_new(m, name))
            return;
    }
    connection_write(m, r);
    describe(&m->query, op->about);
    buf_fmt(&m->query, "%.*s(first: Int!, after: String", STR_ARG(name));
    if (sorts(r)) {
        sort_write(m, r);
        buf_fmt(&m->query, " sort: %sSort", r->shape->name);
    }
    filter_args(m, &m->query, r);
    query_args(m, &m->query, op);
    buf_fmt(&m->query,
            "): %sConnection @listSize(slicingArguments: [\"first\"], sizedFields: [\"edges\", \"nodes\"])\n",
            r->shape->name);
    bind(m, STR("Query"), name, GQ_LIST, (struct gq_bind){.r = r, .op = op, .shape = r->shape});
}

static void get_write(struct maker *m, const struct resource *r, const struct res_op *op)
{
    str name = lower_first(m->a, r->shape->name);

    if (!name_new(m, name))
        return;
    buf_fmt(&m->query, "\"One %s; null when it is not there or not for you.\" ", r->one);
    buf_fmt(&m->query, "%.*s(id: ID!", STR_ARG(name));
    if (op->verb == RES_OP_GET)
        query_args(m, &m->query, op);
    buf_fmt(&m->query, "): %s\n", r->shape->name);
    bind(m, STR("Query"), name, GQ_GET, (struct gq_bind){.r = r, .op = op, .shape = r->shape});
}

static void change_write(struct maker *m, const struct resource *r, const struct res_op *op, const char *verb,
                         enum form form, enum gq_kind kind)
{
    str name = str_fmt(m->a, "%s%s", verb, r->shape->name);
    const char *match = op->flags & RES_OP_MATCH ? "!" : "";

    if ((kind != GQ_DELETE && !writes_any(r->shape, form)) || !name_new(m, name))
        return;
    describe(&m->mutation, op->about);
    buf_fmt(&m->mutation, "%.*s(", STR_ARG(name));
    if (kind != GQ_CREATE)
        buf_fmt(&m->mutation, "id: ID! ifMatch: String%s ", match);
    if (kind != GQ_DELETE)
        buf_fmt(&m->mutation, "input: %.*s!", STR_ARG(shape_write(m, r->shape, form, NULL)));
    buf_fmt(&m->mutation, "): %s\n", kind == GQ_DELETE ? "ID" : r->shape->name);
    bind(m, STR("Mutation"), name, kind, (struct gq_bind){.r = r, .op = op, .shape = r->shape});
}

static void act_write(struct maker *m, const struct resource *r, const struct res_op *op)
{
    bool reads = op->flags & RES_OP_SAFE || op->method == HTTP_M_GET, one = strstr(op->path, "{id}") != NULL, args;
    struct buf *b = reads ? &m->query : &m->mutation;
    bool plain = !r->shape && (strcmp(op->name, "list") == 0 || strcmp(op->name, "get") == 0);
    str name = gq_camel(m->a, plain ? r->key : op->name, false);
    const struct resource *same = op->answer && r->shape == op->answer ? r : NULL;
    str answer;

    if (r->shape)
        name = str_fmt(m->a, "%.*s%s", STR_ARG(name), r->shape->name);
    if ((!r->shape && !reads) || !name_new(m, name)) { /* "judge" of what? */
        name = str_fmt(m->a, "%.*s%.*s", STR_ARG(name), STR_ARG(gq_camel(m->a, r->one, true)));
        if (!name_new(m, name))
            return;
    }
    answer = op->answer ? shape_write(m, op->answer, AS_OUTPUT, same) : STR("Boolean");
    args = one || op->body || (op->query && op->query->n);
    describe(b, op->about);
    buf_fmt(b, "%.*s%s%s", STR_ARG(name), args ? "(" : "", one ? "id: ID!" : "");
    if (op->body)
        buf_fmt(b, " input: %.*s%s", STR_ARG(shape_write(m, op->body, AS_BODY, NULL)), "!");
    query_args(m, b, op);
    buf_fmt(b, "%s: %.*s @cost(weight: \"10\")\n", args ? ")" : "", STR_ARG(answer));
    bind(m, reads ? STR("Query") : STR("Mutation"), name, GQ_ACT,
         (struct gq_bind){.r = r, .op = op, .shape = op->answer});
}

static void op_write(struct maker *m, const struct resource *r, const struct res_op *op)
{
    switch (op->verb) {
    case RES_OP_LIST:
        list_write(m, r, op);
        break;
    case RES_OP_GET: /* of every resource with rows: see text_make */
        break;
    case RES_OP_CREATE:
        change_write(m, r, op, "create", AS_CREATE, GQ_CREATE);
        break;
    case RES_OP_UPDATE:
        change_write(m, r, op, "update", AS_UPDATE, GQ_UPDATE);
        break;
    case RES_OP_DELETE:
        change_write(m, r, op, "delete", AS_BODY, GQ_DELETE);
        break;
    case RES_OP_ACT:
        act_write(m, r, op);
        break;
    case RES_OP_RAW:
        break;
    }
}

/* ---- scalars ---- */

static bool long_check(struct gql_value *v)
{
    return v->kind == GQL_INT;
}

static bool time_check(struct gql_value *v)
{
    int64_t ms;

    return v->kind == GQL_STRING && clock_parse(v->s, &ms, NULL);
}

/* ---- all together ---- */

static void text_make(struct maker *m)
{
    static const char *const page_info[] = {"hasNextPage", "hasPreviousPage", "startCursor", "endCursor"};

    buf_str(&m->b, STR("\"Whatever has an id.\" interface Node { id: ID! }\n"
                       "\"Whole numbers of 64 bits.\" scalar Long\n"
                       "\"A time: RFC 3339, in UTC when we say it; a date alone is its beginning.\" scalar DateTime "
                       "@specifiedBy(url: \"https://www.rfc-editor.org/rfc/rfc3339\")\n"
                       "\"Any JSON value.\" scalar JSON\n"
                       "type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String "
                       "endCursor: String }\n"));
    buf_str(&m->query, STR("\"The row of this id, whatever it is.\" node(id: ID!): Node\n"));
    bind(m, STR("Query"), STR("node"), GQ_NODE, (struct gq_bind){0});
    for (size_t i = 0; i < sizeof page_info / sizeof *page_info; i++)
        bind(m, STR("PageInfo"), str_of(page_info[i]), GQ_PAGE_MEMBER, (struct gq_bind){0});
    for (size_t i = 0; i < resources_n; i++)
        if (resources[i]->shape)
            shape_write(m, resources[i]->shape, AS_OUTPUT, resources[i]);
    for (size_t i = 0; i < resources_n; i++)
        if (gq_read_op(resources[i]))
            get_write(m, resources[i], gq_read_op(resources[i]));
    for (size_t i = 0; i < resources_n; i++)
        for (size_t o = 0; o < resources[i]->ops_n; o++)
            op_write(m, resources[i], &resources[i]->ops[o]);
    buf_fmt(&m->b, "type Query {\n%.*s}\n", STR_ARG(buf_view(&m->query)));
    if (m->mutation.n)
        buf_fmt(&m->b, "type Mutation {\n%.*s}\n", STR_ARG(buf_view(&m->mutation)));
}

static struct arena *kept; /* of the table and its bindings, which live as long as the process */

static void schema_make(void)
{
    struct maker *m = calloc(1, sizeof *m);

    if (!m)
        abort();
    m->a = kept = arena_new("graphql.table");
    buf_init(&m->b, 8 << 20);
    buf_init(&m->query, 4 << 20);
    buf_init(&m->mutation, 4 << 20);
    text_make(m);
    schema_text = str_dup(m->a, buf_view(&m->b));
    if (gql_schema_new(schema_text, &schema, &schema_err) == ERR_OK) {
        for (size_t i = 0; i < m->bound_n; i++)
            gql_schema_bind(schema, m->bound[i].type, m->bound[i].field, gq_resolver(m->bound[i].kind),
                            m->bound[i].bind);
        bindings = m->bound;
        bindings_n = m->bound_n;
        gql_schema_scalar(schema, STR("Long"), long_check);
        gql_schema_scalar(schema, STR("DateTime"), time_check);
    }
    buf_done(&m->b);
    buf_done(&m->query);
    buf_done(&m->mutation);
    free(m);
}

const struct gql_schema *gq_schema(struct err *e)
{
    pthread_once(&once, schema_make);
    if (!schema && e)
        *e = schema_err;
    return schema;
}

size_t api_graphql_fields(const struct route *r, struct arena *a, str **out)
{
    size_t n = 0, cap = 0;

    *out = NULL;
    gq_schema(NULL);
    for (size_t i = 0; i < bindings_n; i++) {
        const struct res_op *op = bindings[i].bind->op;
        if (op && strcmp(op->path, r->pattern) == 0 && op->method == r->method &&
            (str_eq(bindings[i].type, STR("Query")) || str_eq(bindings[i].type, STR("Mutation"))))
            ARENA_PUSH(a, *out, n, cap) =
                str_fmt(a, "%.*s.%.*s", STR_ARG(bindings[i].type), STR_ARG(bindings[i].field));
    }
    return n;
}

str gq_text(void)
{
    return schema_text;
}
