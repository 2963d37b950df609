/* cli/describe.c - the programs' interface, printed without a server: its description, its addresses, or all that
 * can be reached. */
#include "api/openapi.h"
#include "cli/cli.h"

static void routes_print(void)
{
    for (const struct route *r = api_routes(); r->pattern; r++)
        printf("%.*s %s %s\n", STR_ARG(http_method_name(r->method)), r->pattern,
               r->need == PERM_PUBLIC ? "public" : perm_name(r->need));
}

/* Where it listens. Nothing else does: a test looks at what the running processes hold. */
static const struct {
    const char *what, *family, *where, *speaks;
} listens[] = {
    {"gateway", "tcp", "the setting listen (127.0.0.1:8470), or sockets handed over by the service manager",
     "HTTP/1.1; over TLS with certificates of one's own, and always beyond loopback"},
    {"database", "unix", "HARKEN_HOME/pg/sock/.s.PGSQL.5432", "PostgreSQL 3.0, for the server's own user"},
    {"take-over", "unix", "HARKEN_HOME/run/takeover",
     "hands the gateway's sockets to the next server of the same user"},
};

/* Everything that can be reached, in one file: trust.md H17. */
static void inventory_print(void)
{
    struct buf b;
    struct jw w;

    buf_init(&b, 16 << 20);
    jw_init(&w, &b);
    w.pretty = true;
    jw_obj(&w);
    jw_kstr(&w, "version", STR(HARKEN_VERSION));
    jw_karr(&w, "listens");
    for (size_t i = 0; i < sizeof listens / sizeof listens[0]; i++) {
        jw_obj(&w);
        jw_kstr(&w, "what", str_of(listens[i].what));
        jw_kstr(&w, "family", str_of(listens[i].family));
        jw_kstr(&w, "where", str_of(listens[i].where));
        jw_kstr(&w, "speaks", str_of(listens[i].speaks));
        jw_end(&w);
    }
    jw_end(&w);
    jw_karr(&w, "routes");
    for (const struct route *r = api_routes(); r->pattern; r++) {
        jw_obj(&w);
        jw_kstr(&w, "method", http_method_name(r->method));
        jw_kstr(&w, "path", str_of(r->pattern));
        jw_kstr(&w, "permission", str_of(r->need == PERM_PUBLIC ? "public" : perm_name(r->need)));
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    printf("%.*s\n", STR_ARG(buf_view(&b)));
    buf_done(&b);
}

static void openapi_print(void)
{
    struct buf b;

    buf_init(&b, 16 << 20);
    openapi_write(&b);
    printf("%.*s\n", STR_ARG(buf_view(&b)));
    buf_done(&b);
}

int cli_describe(struct arena *a, int argc, char **argv)
{
    struct cli_args x;
    int rc;

    if (!cli_parse(cli_find("describe"), argc, argv, a, &x, &rc))
        return rc;
    if (x.rest_n == 1 && strcmp(x.rest[0], "openapi") == 0)
        openapi_print();
    else if (x.rest_n == 1 && strcmp(x.rest[0], "routes") == 0)
        routes_print();
    else if (x.rest_n == 1 && strcmp(x.rest[0], "inventory") == 0)
        inventory_print();
    else
        return cli_usage_error(x.command, "say openapi, routes or inventory");
    return CLI_OK;
}
