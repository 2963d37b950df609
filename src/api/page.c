#include "api/page.h"

#include "api/resource.h"
#include "vault/seal.h"

#define NONCE_HERE "NONCE-OF-THIS-REPLY"
enum { NONCE_BYTES = 16 };

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

/* Third-party pages draw icons (and GraphiQL its letters) from data: addresses; everything else is as for every page. */
#define POLICY(styles, fonts)                                                                                          \
    "default-src 'none'; script-src 'self'; style-src 'self'" styles "; img-src 'self' data:; font-src 'self'" fonts   \
    "; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "           \
    "require-trusted-types-for 'script'; report-uri /csp-report; report-to csp"

/* The pages there are, and what differs in their policies from every page's. */
static const struct page {
    const char *path, *file, *policy; /* policy: NULL: that of every page */
    bool nonce; /* its policy ends the list of styles with a nonce, which the page carries as well */
} pages[] = {
    {"/", "index.html", NULL, false},
    {"/docs", "docs.html", POLICY("", ""), false},
    {"/graphiql", "graphiql.html", POLICY(" 'nonce-" NONCE_HERE "'", " data:"), true},
};

/* The text with the nonce where the build left its place. */
static str nonce_put(struct arena *a, str text, str nonce)
{
    size_t at = str_find(text, STR(NONCE_HERE), 0);

    return at > text.n ? text
                       : str_fmt(a, "%.*s%.*s%.*s", STR_ARG(str_sub(text, 0, at)), STR_ARG(nonce),
                                 STR_ARG(str_sub(text, at + sizeof NONCE_HERE - 1, text.n)));
}

static const struct page_file *file_find(str name, bool *out_forever)
{
    for (const struct page_file *f = page_files; f->name; f++) {
        *out_forever = str_eq(str_of(f->hashed), name);
        if (*out_forever || str_eq(str_of(f->name), name))
            return f;
    }
    return NULL;
}

static void send_page(struct call *k, const struct page *p, const struct page_file *f)
{
    char hex[2 * NONCE_BYTES + 1];
    uint8_t bytes[NONCE_BYTES];

    send_file(k, f, false);
    if (!p->nonce) {
        if (p->policy)
            http_header(k->rep, STR("content-security-policy"), str_of(p->policy));
        return;
    }
    vault_random(bytes, sizeof bytes);
    hex_put(bytes, sizeof bytes, hex);
    http_header(k->rep, STR("content-security-policy"), nonce_put(k->a, str_of(p->policy), str_of(hex)));
    http_body(k->rep, str_of(f->type),
              nonce_put(k->a, str_n(f->body[PAGE_PLAIN].p, f->body[PAGE_PLAIN].n), str_of(hex)));
}

/* GET of a page of the table, or GET /assets/{name} of one of their files. */
void api_page(struct call *k)
{
    const struct page_file *f;
    bool forever;

    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (str_eq(k->rq->path, str_of(pages[i].path)) && (f = file_find(str_of(pages[i].file), &forever))) {
            send_page(k, &pages[i], f);
            return;
        }
    }
    f = file_find(k->part[0], &forever);
    if (f)
        send_file(k, f, forever);
    else
        http_problem(k->rep, 404, STR_NULL, STR("not found"), STR("there is nothing at this address"));
}
