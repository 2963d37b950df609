/* api/routes.c - the gateway's route table, made from the table of resources: nothing else can be reached. */
#include "api/rest.h"

#include <pthread.h>

static struct arena *mine; /* as long as the process */
static struct route *routes;
static const struct res_row *rows;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void routes_make(void)
{
    size_t n;

    mine = arena_new("routes");
    rows = res_rows_all(mine, &n);
    routes = ARENA_ARRAY(mine, struct route, n + 1);
    for (size_t i = 0; i < n; i++)
        routes[i] = (struct route){.method = rows[i].op->method,
                                   .pattern = rows[i].op->path,
                                   .need = rows[i].op->need,
                                   .body_max = rows[i].op->body_max,
                                   .quick = rows[i].op->flags & RES_OP_QUICK,
                                   .fresh = rows[i].op->flags & RES_OP_FRESH,
                                   .foreign = rows[i].op->flags & RES_OP_FOREIGN,
                                   .run = rest_run};
}

const struct route *api_routes(void)
{
    pthread_once(&once, routes_make);
    return routes;
}

const struct res_op *rest_op(const struct call *k, const struct resource **out_r)
{
    const struct res_row *row = &rows[k->route - routes];

    *out_r = row->r;
    return row->op;
}
