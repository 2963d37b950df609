/* graphql/graphql.h - one GraphQL request: parse, validate, measure, execute, write.
 *
 *     struct gql_options o = GQL_DEFAULTS;
 *     o.app = call;
 *     outcome = gql_run(schema, &rq, &o, arena, &out);
 *
 * Everything that is allocated lives in the arena of the request. What a request may cost is settled before anything
 * runs: tokens, depth, aliases, directives, sizes of lists, cost. Execution goes level by level: a field is resolved once
 * for all its parents of a level, so that a resolver can load them with one statement. */
#pragma once
#include "base/json.h"
#include "graphql/coerce.h"
#include "graphql/schema.h"

struct gql_limits {
    size_t tokens;
    int depth;      /* of fields, introspection apart */
    int aliases, directives;
    int64_t cost;   /* weights of schema.h, times the sizes of the lists around them */
    int64_t list;   /* largest value of a slicing argument */
    size_t nodes;   /* values in the response */
    size_t bytes;   /* of the response */
};
#define GQL_LIMITS_DEFAULT                                                                                             \
    {.tokens = 1000,                                                                                                   \
     .depth = 10,                                                                                                      \
     .aliases = 15,                                                                                                    \
     .directives = 50,                                                                                                 \
     .cost = 5000,                                                                                                     \
     .list = 500,                                                                                                      \
     .nodes = 200000,                                                                                                  \
     .bytes = 16 << 20}

struct gql_request {
    str query;
    str operation; /* which one to run; empty: the only one */
    const struct json *variables; /* an object, or NULL */
    bool read_only; /* refuse mutations: GQL_WRITES */
};

struct gql_options {
    struct gql_limits limits;
    void *app;           /* handed to resolvers */
    bool introspect;     /* may read the schema */
    int64_t until_ms;    /* clock_mono_ms() after which no further resolver runs; 0: no limit */
};

enum gql_outcome {
    GQL_ANSWERED, /* was executed: the reply has data, and maybe errors */
    GQL_REFUSED,  /* was not executed: the reply has errors only */
    GQL_WRITES,   /* read_only, and the operation is a mutation: refused */
    GQL_TOO_LARGE, /* `out` is over its maximum and holds nothing useful */
};

/* Appends the JSON reply to `out`. Blocks as the resolvers do. */
enum gql_outcome gql_run(const struct gql_schema *s, const struct gql_request *rq, const struct gql_options *o,
                         struct arena *a, struct buf *out);
/* A reply of one error, for what never became a request. */
void gql_refusal_write(str message, const char *code, struct buf *out);

/* ---- for resolvers ---- */

struct gql_call {
    void *app;
    const struct gql_field *field;
    const void *arg;              /* what the resolver was bound with */
    const struct gql_value *args; /* MAP, coerced, defaults filled in */
    const void *const *parent;    /* object.p of each parent */
    size_t n;                     /* parents */
    struct gql_value *out;        /* one for each, preset to null */
    struct arena *a;
    const struct gql_selection *const *sel; /* the selections of this field */
    size_t sel_n;
};

const struct gql_value *gql_arg(const struct gql_call *c, const char *name); /* NULL: absent or null */
str gql_arg_str(const struct gql_call *c, const char *name);                 /* empty: absent or null */
int64_t gql_arg_i64(const struct gql_call *c, const char *name, int64_t fallback);
/* Is a field of that name selected anywhere below? A hint, to leave out work: also true for one of another type. */
bool gql_selects(const struct gql_call *c, str name);

static inline struct gql_value gql_of_str(str s)
{
    return (struct gql_value){.kind = s.p ? GQL_STRING : GQL_NULL, .s = s};
}
static inline struct gql_value gql_of_i64(int64_t i)
{
    return (struct gql_value){.kind = GQL_INT, .v.i = i};
}
static inline struct gql_value gql_of_real(double d)
{
    return (struct gql_value){.kind = GQL_FLOAT, .v.d = d};
}
static inline struct gql_value gql_of_bool(bool b)
{
    return (struct gql_value){.kind = GQL_BOOL, .v.b = b};
}
static inline struct gql_value gql_of_object(const char *type, const void *p) /* p NULL: null */
{
    return (struct gql_value){.kind = p ? GQL_OBJECT : GQL_NULL, .v.object = {type, p}};
}
static inline struct gql_value gql_of_list(struct gql_value *item, size_t n)
{
    return (struct gql_value){.kind = GQL_LIST, .v.list = {item, n}};
}
static inline struct gql_value gql_of_fault(enum err_code code, str message)
{
    return (struct gql_value){.kind = GQL_FAULT, .s = message, .v.fault.code = code};
}
