/* graphql/coerce.h - values of documents and of variables, made what a resolver may rely on (specification, sections 3 and 6).
 *
 * Coerced values have the kinds NULL, BOOL, INT (v.i), FLOAT (v.d), STRING, ENUM (s), LIST, MAP. */
#pragma once
#include "base/json.h"
#include "graphql/schema.h"

/* The variables of one request, in the order of the operation's. */
struct gql_vars {
    const struct gql_operation *op;
    bool *given;
    struct gql_value *value;
};

/* A literal of a scalar or an enum, neither null nor a variable. False: not one. */
bool gql_leaf_coerce(const struct gql_type *type, const struct gql_value *v, struct arena *a, struct gql_value *out);
/* `given` may be NULL or absent. False: errors were added, BAD_USER_INPUT. */
bool gql_vars_coerce(const struct gql_operation *op, const struct json *given, struct arena *a, struct gql_vars *out,
                     struct gql_errors *es);
/* Arguments of a field or directive, defaults filled in; *out becomes a MAP. False with *why a sentence. */
bool gql_args_coerce(const struct gql_input *defs, size_t n, const struct gql_args *args, const struct gql_vars *vars,
                     struct arena *a, struct gql_value *out, str *why);
/* Member of a MAP; NULL when it is not there. */
const struct gql_value *gql_map_get(const struct gql_value *map, str name);
/* JSON as a value of no particular type: whole numbers INT, objects MAP. */
struct gql_value gql_json_value(const struct json *j, struct arena *a);
