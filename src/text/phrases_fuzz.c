/* The first lines are phrases, what follows a text. */
#include <assert.h>

#include "text/phrases.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const str langs[] = {{"en", 2}, {"de", 2}, {"und", 3}};
    enum { PHRASES = 4 };
    struct arena *a = arena_new("fuzz");
    str text = str_n((const char *)data, size);
    struct phrase p[PHRASES];
    struct phrase_scan *x = NULL;
    struct phrase_set *s = NULL;
    struct phrase_hit *h;
    size_t n = 0, place, hits;
    struct err e;

    for (size_t i = 0; i < PHRASES && text.n; i++) {
        str line = str_cut(text, '\n', &text);
        if (!phrase_parse(line, a, &p[n], &place, &e))
            n++;
        else
            assert(place >= 1 && place <= line.n + 1);
    }
    if (!phrase_set_new(p, n, langs[size % 3], &s, &e) && !phrase_scan_new(s, &x, &e) &&
        !phrase_scan_run(x, text, a, &h, &hits, &e))
        for (size_t i = 0; i < hits; i++)
            assert(h[i].phrase < n && h[i].span.start < h[i].span.end && h[i].span.end <= text.n);
    phrase_scan_free(x);
    phrase_set_free(s);
    arena_free(a);
    return 0;
}
