/* Any conversation in our own JSON, through all figures and findings. */
#include <stdint.h>
#include <stdio.h>

#include "insight/analyses_test.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const str langs[] = {{"en", 2}, {"de", 2}, {"fr", 2}, {"zh", 2}, {"und", 3}, {"", 0}};
    struct arena *a = arena_new("fuzz");
    struct json_doc *d = NULL;
    struct interaction ia;
    struct err e;

    if (!json_parse(str_n((const char *)data, size), &d, &e) && !ia_json_read(json_root(d), a, &ia, &e)) {
        ia.language = langs[size % 6];
        analyses_hold(&ia, a);
    }
    json_free(d);
    arena_free(a);
    return 0;
}
