/* cli/describe.c - the programs' interface, printed without a server: its description, or its addresses. */
#include "api/openapi.h"
#include "cli/cli.h"

static void routes_print(void)
{
    for (const struct route *r = api_routes(); r->pattern; r++)
        printf("%.*s %s %s\n", STR_ARG(http_method_name(r->method)), r->pattern,
               r->need == PERM_PUBLIC ? "public" : perm_name(r->need));
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
    else
        return cli_usage_error(x.command, "say openapi or routes");
    return CLI_OK;
}
