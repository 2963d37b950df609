#include <assert.h>

#include "text/pii.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str people[] = {STR("Ann Bell <ann@x.com>"), STR("")};
    struct pii_ask ask = {.people = people, .people_n = 2, .lang = STR("en"), .chat = size % 2};
    struct arena *a = arena_new("fuzz");
    struct pii_mask *m = pii_mask_new();
    str text = str_n((const char *)data, size), masked;
    struct offmap map;
    struct pii_span *s;
    size_t n, end = 0;

    pii_find(text, &ask, a, &s, &n);
    for (size_t i = 0; i < n; i++) { /* sorted, apart, inside */
        assert(s[i].start >= end && s[i].end > s[i].start && s[i].end <= size);
        end = s[i].end;
    }
    masked = pii_mask_text(m, text, s, n, a, &map);
    assert(map.edited_n == masked.n);
    pii_unmask(m, masked, a);
    pii_mask_free(m);
    arena_free(a);
    return 0;
}
