/* graphql/document.h - a GraphQL document as a tree, in the arena it was parsed into.
 *
 * Strings are slices of the source or of the arena. What validation finds out about a node (which field of which type a
 * selection means) is written into the node, so that execution looks nothing up. One tree serves one request. */
#pragma once
#include "graphql/errors.h"

struct gql_type;
struct gql_field;
struct gql_fragment;

enum gql_value_kind {
    GQL_NULL,
    GQL_BOOL,
    GQL_INT,
    GQL_FLOAT,
    GQL_STRING,
    GQL_ENUM,
    GQL_LIST,
    GQL_MAP,
    GQL_VARIABLE, /* in documents only */
    GQL_OBJECT,   /* of resolvers only: an object whose fields are asked for later */
    GQL_FAULT,    /* of resolvers only: an error in the place of a value */
};

/* A value of a document, of the arguments a resolver gets, or of what it answers. */
struct gql_value {
    enum gql_value_kind kind;
    struct gql_loc at; /* in documents */
    str s;             /* STRING, ENUM, VARIABLE (its name); in documents also the digits of INT and FLOAT */
    union {
        bool b;
        int64_t i;
        double d;
        struct {
            struct gql_value *item;
            size_t n;
        } list;
        struct {
            struct gql_member *member;
            size_t n;
        } map;
        struct {
            const char *type; /* its concrete type; NULL where the field's type is an object type */
            const void *p;
        } object;
        struct {
            enum err_code code;
        } fault; /* the message is in s, and shown where the code allows it */
    } v;
};

struct gql_member {
    str name;
    struct gql_loc at;
    struct gql_value value;
};

/* A type as written: a name, or a list of something; either may be non-null. */
struct gql_tref {
    str name;            /* empty: a list */
    struct gql_tref *of; /* of a list */
    bool required;
    struct gql_loc at;
};

struct gql_args {
    struct gql_member *list;
    size_t n;
};

struct gql_directive {
    str name;
    struct gql_loc at;
    struct gql_args args;
};

struct gql_directives {
    struct gql_directive *list;
    size_t n;
};

enum gql_selection_kind { GQL_SEL_FIELD, GQL_SEL_SPREAD, GQL_SEL_INLINE };

struct gql_selections {
    struct gql_selection *list;
    size_t n;
};

struct gql_selection {
    enum gql_selection_kind kind;
    struct gql_loc at;
    str key;  /* FIELD: the alias, or else the name */
    str name; /* FIELD, SPREAD */
    bool aliased;
    str on; /* INLINE: its type condition; empty: none */
    struct gql_loc on_at;
    struct gql_args args;
    struct gql_directives dirs;
    struct gql_selections set;
    /* by validation */
    const struct gql_type *parent;  /* the type it is selected on */
    const struct gql_field *def;    /* FIELD */
    struct gql_fragment *fragment;  /* SPREAD */
    const struct gql_type *on_type; /* INLINE */
};

struct gql_variable {
    str name;
    struct gql_loc at;
    struct gql_tref type;
    bool has_fallback;
    struct gql_value fallback;
    struct gql_directives dirs;
    const struct gql_type *resolved; /* by validation; NULL when it names no input type */
};

enum gql_operation_kind { GQL_QUERY, GQL_MUTATION, GQL_SUBSCRIPTION };

struct gql_operation {
    enum gql_operation_kind kind;
    str name; /* empty: anonymous */
    struct gql_loc at;
    struct gql_variable *variables;
    size_t variables_n;
    struct gql_directives dirs;
    struct gql_selections set;
};

struct gql_fragment {
    str name;
    struct gql_loc at;
    str on;
    struct gql_loc on_at;
    struct gql_directives dirs;
    struct gql_selections set;
    const struct gql_type *type; /* by validation */
    bool used;
};

/* ---- the type system, of schema texts ---- */

struct gql_input_def { /* an argument or a field of an input object */
    str name, text;    /* text: its description */
    struct gql_loc at;
    struct gql_tref type;
    bool has_fallback;
    struct gql_value fallback;
    struct gql_directives dirs;
};

struct gql_field_def {
    str name, text;
    struct gql_loc at;
    struct gql_input_def *args;
    size_t args_n;
    struct gql_tref type;
    struct gql_directives dirs;
};

struct gql_enum_def {
    str name, text;
    struct gql_loc at;
    struct gql_directives dirs;
};

enum gql_type_kind {
    GQL_T_SCALAR,
    GQL_T_OBJECT,
    GQL_T_INTERFACE,
    GQL_T_UNION,
    GQL_T_ENUM,
    GQL_T_INPUT,
    GQL_T_LIST,     /* of schemas only */
    GQL_T_NON_NULL, /* likewise */
};

struct gql_type_def {
    enum gql_type_kind kind;
    bool extends;
    str name, text;
    struct gql_loc at;
    struct gql_directives dirs;
    str *interfaces;
    size_t interfaces_n;
    str *members; /* of a union */
    size_t members_n;
    struct gql_field_def *fields;
    size_t fields_n;
    struct gql_input_def *inputs;
    size_t inputs_n;
    struct gql_enum_def *values;
    size_t values_n;
};

struct gql_directive_def {
    str name, text;
    struct gql_loc at;
    struct gql_input_def *args;
    size_t args_n;
    bool repeatable;
    str *locations;
    size_t locations_n;
};

struct gql_root_def {
    enum gql_operation_kind kind;
    str type;
};

struct gql_document {
    struct gql_operation *operations;
    size_t operations_n, operations_cap;
    struct gql_fragment *fragments;
    size_t fragments_n, fragments_cap;
    struct gql_type_def *types;
    size_t types_n, types_cap;
    struct gql_directive_def *directives;
    size_t directives_n, directives_cap;
    struct gql_root_def *roots; /* of a schema definition */
    size_t roots_n, roots_cap;
    str text; /* description of the schema */
    struct gql_loc type_system_at; /* the first definition that cannot be executed; line 0: none */
};

enum { GQL_NEST_MAX = 120 }; /* of selections, lists and objects in a document, whatever the other limits */

/* Parses by the October 2021 edition of the specification. At most tokens_max tokens (0: no limit). False with one error
 * in `es` when it is not a document: GRAPHQL_PARSE_FAILED, or LIMIT. The source must live as long as the tree. */
bool gql_parse(str source, size_t tokens_max, struct arena *a, struct gql_document *out, struct gql_errors *es);
