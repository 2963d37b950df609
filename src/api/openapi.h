/* api/openapi.h - the table of resources as an OpenAPI 3.1 description.
 *
 * Made of constants only: the same program gives the same bytes, with a server or without. */
#pragma once
#include "api/resource.h"

void openapi_write(struct buf *out);

/* ---- private to openapi*.c ---- */

enum shape_use { USE_OUT, USE_CREATE, USE_UPDATE, USE_IN };

struct shapes {
    struct shape_ref {
        const struct res_shape *s;
        enum shape_use use;
        bool some; /* no member must be there: lists and reads may leave out what was not asked for */
    } *list;
    size_t n, cap;
    struct arena *a; /* of the list */
};
/* {"$ref": ...}, and remembers the shape and those inside it. */
void openapi_ref(struct jw *w, struct shapes *all, const struct res_shape *s, enum shape_use use, bool some);
/* The schema of one field's value; `query`: as a query parameter. */
void openapi_field(struct jw *w, struct shapes *all, const struct res_field *f, enum shape_use use);
void openapi_query_field(struct jw *w, const struct res_field *f, bool several, bool filter);
/* "schemas": everything that was referred to. */
void openapi_schemas(struct jw *w, struct shapes *all);
