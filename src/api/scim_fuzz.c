/* Filters and patches from outside: the first line is a filter, the second a resource, the rest a PatchOp message. */
#include "api/scim_node.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const fixed[] = {"id", "meta", NULL};
    str rest, message, filter = str_cut(str_n((const char *)data, size), '\n', &rest),
                       resource = str_cut(rest, '\n', &message);
    struct arena *a = arena_new_wiped("fuzz");
    struct json_doc *r = NULL, *m = NULL;
    struct scim_filter *f = NULL;
    const char *type;
    struct err e;

    if (scim_filter_parse(filter, a, &f, &e))
        f = NULL;
    if (json_parse(resource, &r, &e) == ERR_OK) {
        struct node *o = node_of(json_root(r), a);
        if (f)
            scim_filter_matches(f, o);
        if (o->kind == JSON_OBJ && json_parse(message, &m, &e) == ERR_OK)
            scim_patch(o, node_of(json_root(m), a), fixed, a, &type, &e);
    }
    json_free(r);
    json_free(m);
    arena_free(a);
    return 0;
}
