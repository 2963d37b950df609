/* api/page.h - the files of the first page, embedded by the build (tools/build/page_embed.py). */
#pragma once
#include "base/str.h"

enum page_coding { PAGE_BROTLI, PAGE_GZIP, PAGE_PLAIN, PAGE_CODINGS };
struct page_file {
    const char *name, *hashed; /* "app.js", "app.0123456789abcdef.js": the latter never changes its meaning */
    const char *type, *tag;
    struct {
        const char *p; /* NULL: not in this coding */
        size_t n;
    } body[PAGE_CODINGS];
};
extern const struct page_file page_files[]; /* ends with name NULL */

struct call;
void api_page(struct call *k); /* GET /, /docs, /graphiql and /assets/{name} */
