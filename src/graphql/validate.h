/* graphql/validate.h - the rules of section 5 of the specification (October 2021), all of them, by their names there.
 *
 * Writes into the document what each selection means (document.h). A document with a cycle of fragments is refused here,
 * so that what comes after may follow spreads without a care. Work is bounded by the number of tokens, except for merging
 * fields, which has a budget of its own. Messages never propose names: who may not read the schema learns nothing. */
#pragma once
#include "graphql/schema.h"

/* introspect: __schema and __type may be asked for. False: errors were added. */
bool gql_validate(const struct gql_schema *s, struct gql_document *doc, bool introspect, struct arena *a,
                  struct gql_errors *es);
