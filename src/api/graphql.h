/* api/graphql.h - private to GraphQL: the schema made from the table of resources, and what binds its fields to the table.
 *
 * Each resource with a shape becomes an object type, a connection and the fields `things` and `thing` of Query; what changes
 * becomes a field of Mutation. Names are the table's in camelCase. An id is "Type:uuid", so that node(id:) knows what it
 * names; where an id is taken, the bare UUID of REST is good, too. A field that names a row of another resource becomes that
 * row (`account`) and its id (`accountId`). */
#pragma once
#include "api/resource.h"
#include "graphql/graphql.h"

/* What a field of the schema stands for. */
struct gq_bind {
    const struct resource *r;
    const struct res_op *op;
    const struct res_shape *shape; /* of the field, or of an operation's body or query */
    size_t field;
    const struct resource *to; /* of a reference */
};

/* ---- graphql_schema.c ---- */

/* The schema, made at the first call; NULL with *e when the table does not make one. Any thread. */
const struct gql_schema *gq_schema(struct err *e);
/* "started_at" to "startedAt"; `upper`: "StartedAt". Also takes '-' and blanks for separators. */
str gq_camel(struct arena *a, const char *name, bool upper);
/* The operation whose permission opens single rows: the read of one, or else the list. NULL: rows cannot be had. */
const struct res_op *gq_read_op(const struct resource *r);
/* A word of an enumeration as the schema has it: "TALK_RATIO". */
str gq_word(struct arena *a, const char *word);
str gq_text(void); /* the schema as a document; after gq_schema */

/* ---- graphql_value.c ---- */

struct gql_value gq_value(struct arena *a, const struct res_field *f, const struct res_val *v);
str gq_id(struct arena *a, const struct res_shape *s, struct id id);
/* "Type:uuid" or a UUID. *out_type empty for the latter. False: neither. */
bool gq_id_read(str text, str *out_type, struct id *out);
/* Members of an input object, or arguments, as values of a shape, checked by res_read. ERR_INVALID names the member. */
enum err_code gq_input(struct arena *a, const struct res_shape *s, enum res_use use, const struct gql_value *map,
                       struct res_val **out, struct err *e);
/* One argument of a filter: one value or a list. */
enum err_code gq_filter_values(struct arena *a, const struct res_field *f, const struct gql_value *v,
                               const struct res_val **out, size_t *out_n, struct err *e);

/* ---- graphql_resolve.c ---- */

enum gq_kind {
    GQ_FIELD, /* member of an item */
    GQ_ID, /* its global id */
    GQ_UUID, /* its id as in REST */
    GQ_REF, /* the row a member names */
    GQ_REF_ID, /* its global id */
    GQ_ETAG,
    GQ_LIST,
    GQ_GET,
    GQ_NODE,
    GQ_ACT,
    GQ_CREATE,
    GQ_UPDATE,
    GQ_DELETE,
    GQ_EDGES,
    GQ_NODES,
    GQ_PAGE_INFO,
    GQ_PAGE_MEMBER,
    GQ_TOTAL,
    GQ_CURSOR,
    GQ_EDGE_NODE,
};
gql_resolver gq_resolver(enum gq_kind kind);

/* ---- graphql_queries.c ---- */

/* The document kept under this hash (64 lower-case hex digits). ERR_NOT_FOUND. */
enum err_code gq_query_find(const struct vaulted *v, str sha256_hex, struct arena *a, str *out, struct err *e);
enum err_code gq_query_keep(const struct vaulted *v, str sha256_hex, str query, struct arena *a, struct err *e);
