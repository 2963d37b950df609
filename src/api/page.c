#include "api/page.h"

#include "api/resource.h"

static const str codings[PAGE_CODINGS] = {{"br", 2}, {"gzip", 4}, {"", 0}};

/* Is the coding acceptable? (RFC 9110 12.5.3; "*" and other weights than 0 say nothing about ours) */
static bool accepts(const struct http_request *rq, str coding)
{
    str all = http_field_get(rq, STR("accept-encoding"));

    while (all.n) {
        str weight, name = str_trim(str_cut(str_cut(all, ',', &all), ';', &weight));

        weight = str_trim(weight);
        if (str_eq_nocase(name, coding))
            return !(str_starts_nocase(weight, STR("q=0")) && strspn(weight.p + 3, ".0") >= weight.n - 3);
    }
    return false;
}

/* Pages themselves go out as they are: they are small, and what is compressed under TLS in somebody's session is what BREACH
 * measures. Scripts and styles are the same for everybody. */
static enum page_coding coding_pick(const struct http_request *rq, const struct page_file *f)
{
    if (str_ends(str_of(f->name), STR(".html")))
        return PAGE_PLAIN;
    for (int c = 0; c < PAGE_PLAIN; c++) {
        if (f->body[c].p && accepts(rq, codings[c]))
            return (enum page_coding)c;
    }
    return PAGE_PLAIN;
}

static void send_file(struct call *k, const struct page_file *f, bool forever)
{
    enum page_coding c = coding_pick(k->rq, f);
    str etag = str_fmt(k->a, "\"%s%s%.*s\"", f->tag, c == PAGE_PLAIN ? "" : "-", STR_ARG(codings[c]));

    http_header(k->rep, STR("vary"), STR("Accept-Encoding"));
    if (c != PAGE_PLAIN)
        http_header(k->rep, STR("content-encoding"), codings[c]);
    http_body(k->rep, str_of(f->type), str_n(f->body[c].p, f->body[c].n));
    if (str_ends(str_of(f->name),
                 STR(".html"))) /* always whole: a 304 would put an empty reply's policy in its place */
        return;
    http_header(k->rep, STR("cache-control"), forever ? STR("public, max-age=31536000, immutable") : STR("no-cache"));
    http_header(k->rep, STR("etag"), etag);
    if (http_field_lists(k->rq, STR("if-none-match"), etag)) {
        http_body(k->rep, STR_NULL, STR_NULL);
        http_status(k->rep, 304);
    }
}

/* Swagger UI draws its icons from data: addresses; everything else is as for every page. */
static const char docs_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for "
    "'script'";

/* GET / and GET /docs are pages themselves, GET /assets/{name} is one of their files. */
void api_page(struct call *k)
{
    bool docs = str_eq(k->rq->path, STR("/docs"));
    str name = docs ? STR("docs.html") : str_eq(k->rq->path, STR("/")) ? STR("index.html") : k->part[0];

    if (docs)
        http_header(k->rep, STR("content-security-policy"), str_of(docs_policy));
    for (const struct page_file *f = page_files; f->name; f++) {
        bool forever = str_eq(str_of(f->hashed), name);

        if (forever || str_eq(str_of(f->name), name)) {
            send_file(k, f, forever);
            return;
        }
    }
    http_problem(k->rep, 404, STR_NULL, STR("not found"), STR("there is nothing at this address"));
}
