/* Fuzz target: any JSON as the body of any operation. The first byte picks the shape and what it is read for. */
#include "api/openapi.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* The k-th shape of the table that bodies are read with; NULL past the last. */
static const struct res_shape *shape_at(size_t k)
{
    for (size_t i = 0; i < resources_n; i++) {
        if (resources[i]->shape && k-- == 0)
            return resources[i]->shape;
        for (size_t o = 0; o < resources[i]->ops_n; o++)
            if (resources[i]->ops[o].body && k-- == 0)
                return resources[i]->ops[o].body;
    }
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    const struct res_shape *s = n ? shape_at(p[0] >> 2) : NULL;
    struct res_faults faults = {0};
    struct json_doc *d = NULL;
    struct res_val *out;
    struct arena *a;
    struct buf b;
    struct jw w;
    struct err e;

    if (!s || json_parse(str_n((const char *)p + 1, n - 1), &d, &e))
        return 0;
    a = arena_new("resource.fuzz");
    if (res_read(a, s, (enum res_use)(p[0] & 3), json_root(d), STR(""), &faults, &out)) {
        buf_init(&b, 64 << 20);
        jw_init(&w, &b);
        res_write(&w, s, out, UINT64_MAX);
        buf_done(&b);
    }
    arena_free(a);
    json_free(d);
    return 0;
}
