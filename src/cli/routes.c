/* cli/routes.c - every address the server answers at, with the permission it needs: what tests of access go by. */
#include "api/api.h"
#include "cli/cli.h"

int cli_routes(struct arena *a, int argc, char **argv)
{
    struct cli_args x;
    struct buf b;
    struct jw w;
    str *fields;
    size_t n;
    int rc;

    if (!cli_parse(cli_find("routes"), argc, argv, a, &x, &rc))
        return rc;
    buf_init(&b, 1 << 20);
    jw_init(&w, &b);
    jw_arr(&w);
    for (const struct route *r = api_routes(); r->pattern; r++) {
        jw_obj(&w);
        jw_kstr(&w, "method", http_method_name(r->method));
        jw_kstr(&w, "path", str_of(r->pattern));
        jw_kstr(&w, "permission", r->need == PERM_PUBLIC ? STR("public") : str_of(perm_name(r->need)));
        jw_kbool(&w, "fresh", r->fresh);
        jw_karr(&w, "graphql");
        n = api_graphql_fields(r, a, &fields);
        for (size_t i = 0; i < n; i++)
            jw_str(&w, fields[i]);
        jw_end(&w);
        jw_end(&w);
    }
    jw_end(&w);
    printf("%.*s\n", STR_ARG(buf_view(&b)));
    buf_done(&b);
    return CLI_OK;
}
