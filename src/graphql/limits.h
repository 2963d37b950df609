/* graphql/limits.h - what a validated operation may weigh, measured before it runs. */
#pragma once
#include "graphql/graphql.h"

/* Measures one operation with its fragments: depth, aliases, directives, sizes of lists, cost. False: errors with code LIMIT
 * (or BAD_USER_INPUT for a missing size) were added. Stops at the first limit passed. */
bool gql_limits_check(const struct gql_limits *l, const struct gql_operation *op, const struct gql_vars *vars,
                      struct arena *a, struct gql_errors *es);
