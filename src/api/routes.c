/* api/routes.c - the gateway's route table, made from the table of resources: nothing else can be reached. */
#include "api/rest.h"

#include <pthread.h>

enum { ROUTES_MAX = 256 };

struct row {
    const struct resource *r;
    const struct res_op *op;
};

static struct route routes[ROUTES_MAX + 1];
static struct row rows[ROUTES_MAX];
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* By path, fixed words before {id}: '{' sorts behind all letters, and the gateway takes the first that fits. */
static int by_path(const void *x, const void *y)
{
    const struct row *a = x, *b = y;
    int d = strcmp(a->op->path, b->op->path);

    return d ? d : (int)a->op->method - (int)b->op->method;
}

static void routes_make(void)
{
    size_t n = 0;

    for (size_t i = 0; i < resources_n; i++)
        for (size_t o = 0; o < resources[i]->ops_n && n < ROUTES_MAX; o++)
            rows[n++] = (struct row){resources[i], &resources[i]->ops[o]};
    qsort(rows, n, sizeof *rows, by_path);
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
    const struct row *row = &rows[k->route - routes];

    *out_r = row->r;
    return row->op;
}
