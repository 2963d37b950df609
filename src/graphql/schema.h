/* graphql/schema.h - the type system: read from a text, then given its resolvers.
 *
 * A schema is built once, never changes afterwards and may be read by any thread. Its text uses, beside the directives of
 * the specification, two of the cost directive specification:
 *     @cost(weight: "5")     what one object of this field (or one value, for leaves) weighs; default 1 for objects, 0 for leaves
 *     @listSize(assumedSize: 20, slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])
 * A field whose value can hold many objects must say how many: by one of its slicingArguments, which a request then must
 * give, or by assumedSize. sizedFields: it is not the field itself that is long, but these of its children. */
#pragma once
#include "graphql/document.h"

struct gql_schema;
struct gql_call;

/* Answers one field for all its parents of one level at once: fills c->out. An error is put into the place of every value
 * (kind GQL_FAULT puts one into the place of one). On the request's thread; may block on the database. */
typedef enum err_code (*gql_resolver)(struct gql_call *c, struct err *e);

/* Checks an input value of a scalar and may replace it by its normal form; false: not one of this type. */
typedef bool (*gql_scalar)(struct gql_value *v);

struct gql_input {
    str name, text;
    const struct gql_type *type;
    bool has_fallback;
    struct gql_value fallback; /* as written */
    str deprecated; /* p NULL: it is not */
};

struct gql_field {
    str name, text;
    const struct gql_type *type;
    struct gql_input *args;
    size_t args_n;
    str deprecated;
    gql_resolver run; /* NULL: the member of that name of a JSON parent */
    const void *arg;
    /* costs */
    int64_t weight;
    bool sized; /* has @listSize */
    int64_t assumed;
    str *slicing, *children;
    size_t slicing_n, children_n;
};

struct gql_enum_value {
    str name, text, deprecated;
};

struct gql_type {
    enum gql_type_kind kind;
    str name, text;
    const struct gql_type *of; /* LIST, NON_NULL */
    struct gql_field *fields; /* OBJECT, INTERFACE */
    size_t fields_n;
    const struct gql_type **interfaces;
    size_t interfaces_n;
    const struct gql_type **possible; /* INTERFACE, UNION: the objects it can be */
    size_t possible_n, possible_cap;
    struct gql_input *inputs;
    size_t inputs_n;
    struct gql_enum_value *values;
    size_t values_n;
    gql_scalar check; /* SCALAR; NULL: anything */
    str specified_by;
    struct gql_type *list, *required; /* its wrappers, when in use */
};

struct gql_directive_type {
    str name, text;
    struct gql_input *args;
    size_t args_n;
    bool repeatable;
    str *locations;
    size_t locations_n;
};

/* ERR_INVALID names what is wrong with the text, and where. The text may go afterwards. */
enum err_code gql_schema_new(str text, struct gql_schema **out, struct err *e);
void gql_schema_free(struct gql_schema *s); /* NULL is ignored */
/* Before first use. A type or field that does not exist is a mistake of ours: assert. */
void gql_schema_bind(struct gql_schema *s, str type, str field, gql_resolver run, const void *arg);
void gql_schema_scalar(struct gql_schema *s, str type, gql_scalar check);

const struct gql_type *gql_schema_type(const struct gql_schema *s, str name); /* NULL: none */
const struct gql_type *gql_schema_root(const struct gql_schema *s, enum gql_operation_kind kind);
const struct gql_directive_type *gql_schema_directive(const struct gql_schema *s, str name);
size_t gql_schema_types(const struct gql_schema *s, const struct gql_type *const **out);
size_t gql_schema_directives(const struct gql_schema *s, const struct gql_directive_type **out);
str gql_schema_text(const struct gql_schema *s); /* its description */
/* The wrapper or name that was written, NULL when it names no type. Only types that the schema uses are found. */
const struct gql_type *gql_schema_tref(const struct gql_schema *s, const struct gql_tref *t, struct arena *a);

/* A field of an object or interface; also __typename, and __schema and __type of the query type. */
const struct gql_field *gql_field_find(const struct gql_schema *s, const struct gql_type *t, str name);
const struct gql_input *gql_input_find(const struct gql_input *list, size_t n, str name);
const struct gql_type *gql_type_named(const struct gql_type *t); /* without its wrappers */
bool gql_type_composite(const struct gql_type *t); /* has fields to select */
bool gql_type_input(const struct gql_type *t);
bool gql_type_same(const struct gql_type *a, const struct gql_type *b);
bool gql_type_possible(const struct gql_type *abstract, const struct gql_type *object); /* also object itself */
bool gql_type_overlap(const struct gql_type *a, const struct gql_type *b);
bool gql_type_subtype(const struct gql_type *sub, const struct gql_type *super);
/* "[Deal!]!" */
str gql_type_print(const struct gql_type *t, struct arena *a);
/* A literal as the language writes it. */
void gql_value_print(const struct gql_value *v, struct buf *b);

/* graphql/introspect.c: resolvers of the introspection types, bound by gql_schema_new. */
void gql_introspection_bind(struct gql_schema *s);
