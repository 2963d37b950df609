/* api/scim_node.h - JSON that can be changed, and SCIM's filters, paths and patches over it (RFC 7644 3.4.2.2 and 3.5.2).
 *
 * Attribute names are compared without case, as RFC 7643 2.1 says. Everything lives in an arena. Text from outside: depth,
 * lengths and counts are limited. No I/O. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

enum { SCIM_FILTER_BYTES_MAX = 2048, SCIM_DEPTH_MAX = 8, SCIM_VALUES_MAX = 10000 };

struct node {
    enum json_kind kind;
    str key; /* of a member */
    str s;
    int64_t i;
    double d;
    bool b;
    struct node *kids; /* members or elements */
    size_t n, cap;
};

struct node *node_of(const struct json *v, struct arena *a);
void node_write(struct jw *w, const struct node *v); /* the value alone */
struct node *node_get(const struct node *obj, str key); /* NULL: none, or not an object */
str node_str(const struct node *v, str fallback);
bool node_bool(const struct node *v, bool fallback); /* also "True" and "False" as text, which one big client sends */
/* Adds or replaces a member; the value is shared, not copied. */
void node_put(struct arena *a, struct node *obj, str key, const struct node *value);
void node_put_str(struct arena *a, struct node *obj, const char *key, str value);
void node_drop(struct node *obj, str key);

struct scim_filter;
/* ERR_INVALID: not a filter. */
enum err_code scim_filter_parse(str text, struct arena *a, struct scim_filter **out, struct err *e);
bool scim_filter_matches(const struct scim_filter *f, const struct node *resource);
/* When the filter is `attribute eq "text"` and nothing else: the text; false otherwise. */
bool scim_filter_eq(const struct scim_filter *f, const char *attribute, str *out);

/* Applies the operations of a PatchOp message. ERR_INVALID with what does not fit. `*out_scim_type`: invalidPath,
 * invalidValue, noTarget, mutability ...; NULL: none. `fixed`: attributes that may not change, NULL-terminated. */
enum err_code scim_patch(struct node *resource, const struct node *message, const char *const *fixed, struct arena *a,
                         const char **out_scim_type, struct err *e);
