#include "api/page.h"

#include "api/resource.h"

/* GET / is the page itself, GET /assets/NAME one of its files. */
void api_page(struct call *k)
{
    str name = str_eq(k->rq->path, STR("/")) ? STR("index.html") : k->part[0];

    for (const struct page_file *f = page_files; f->name; f++) {
        if (!str_eq(str_of(f->name), name))
            continue;
        if (str_eq(
                name,
                STR("index.html"))) { /* always whole: a 304 would replace the page's policy by that of an empty reply */
            http_body(k->rep, str_of(f->type), str_n(f->body.p, f->body.n));
            return;
        }
        http_header(k->rep, STR("cache-control"), STR("no-cache"));
        http_header(k->rep, STR("etag"), str_of(f->etag));
        if (str_eq(http_field_get(k->rq, STR("if-none-match")), str_of(f->etag)))
            http_status(k->rep, 304);
        else
            http_body(k->rep, str_of(f->type), str_n(f->body.p, f->body.n));
        return;
    }
    http_problem(k->rep, 404, STR_NULL, STR("not found"), STR("there is nothing at this address"));
}
