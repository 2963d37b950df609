/* api/page.h - the files of the first page, embedded by the build. */
#pragma once
#include "base/str.h"

struct page_file {
    const char *name, *type, *etag;
    struct {
        const char *p;
        size_t n;
    } body;
};
extern const struct page_file page_files[]; /* ends with name NULL */

struct call;
void api_page(struct call *k); /* GET / and GET /assets/{name} */
