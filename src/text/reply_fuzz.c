#include <assert.h>

#include "text/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    str body = str_n((const char *)data, size), at = body;
    struct reply_part *p;
    size_t n;

    reply_split(body, STR("Bell, Ann <ann@x.com>"), a, &p, &n);
    for (size_t i = 0; i < n; i++) { /* nothing lost, nothing twice */
        assert(p[i].text.p == at.p && p[i].text.n <= at.n);
        at = str_from(at, p[i].text.n);
    }
    assert(at.n == 0);
    reply_text(p, n, true, a);
    arena_free(a);
    return 0;
}
