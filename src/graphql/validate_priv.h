/* graphql/validate_priv.h - what the files of validation share. */
#pragma once
#include "graphql/validate.h"

/* A place where a variable stands, and what it must be there. */
struct gql_usage {
    str name;
    struct gql_loc at;
    const struct gql_type *type; /* NULL: not known */
    bool has_fallback;           /* of the place: an argument's or input field's default */
};

/* What validation notes about one operation or fragment. */
struct gql_def_note {
    struct gql_usage *usage;
    size_t usage_n, usage_cap;
    struct gql_selection **spread; /* direct ones whose fragment is there */
    size_t spread_n, spread_cap;
};

struct gql_check {
    const struct gql_schema *s;
    struct gql_document *doc;
    struct gql_errors *es;
    struct arena *a;
    bool introspect;
    struct gql_def_note *note;      /* of the definition being walked */
    struct gql_def_note *fragments; /* one for each of doc->fragments */
};

#define GQL_BAD(c, at, ...) gql_error_add((c)->es, GQL_CODE_VALID, (at), __VA_ARGS__)

/* validate_values.c: a literal where `type` is wanted (NULL: unknown); notes its variables. */
void gql_check_value(struct gql_check *c, const struct gql_type *type, const struct gql_value *v, bool has_fallback);
/* Arguments against their definitions (NULL with n 0 and known false: unknown owner). `owner` for messages. */
void gql_check_args(struct gql_check *c, const struct gql_args *args, const struct gql_input *defs, size_t n,
                    bool known, str owner, struct gql_loc at);
void gql_check_directives(struct gql_check *c, const struct gql_directives *dirs, const char *location);
/* validate_variables.c: operation variables and what the operation and its fragments do with them. */
void gql_check_variables(struct gql_check *c, const struct gql_operation *op, const struct gql_def_note *note);
/* validate_merge.c: OverlappingFieldsCanBeMerged. */
void gql_check_merge(struct gql_check *c, const struct gql_selections *set);
