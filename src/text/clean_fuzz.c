#include <assert.h>

#include "text/clean.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const str langs[] = {{"en", 2}, {"de", 2}, {"und", 3}};
    struct arena *a = arena_new("fuzz");
    str text = str_n((const char *)data, size);
    struct cleaned c;

    clean_text(text, langs[size % 3], a, &c);
    for (size_t i = 0; i < c.map.n; i++) {
        struct offmap_seg s = c.map.seg[i];
        assert(s.original + s.original_n <= size && s.edited + s.edited_n <= c.text.n);
        if (!s.replaced)
            assert(memcmp(text.p + s.original, c.text.p + s.edited, s.edited_n) == 0);
    }
    for (uint32_t i = 0; i < c.text.n; i++)
        assert(offmap_original(&c.map, (struct text_span){i, i + 1}).end <= size);
    arena_free(a);
    return 0;
}
