#include "graphql/errors.h"

#include <stdarg.h>

void gql_errors_init(struct gql_errors *es, struct arena *a)
{
    *es = (struct gql_errors){.a = a};
}

struct gql_error *gql_error_add(struct gql_errors *es, const char *code, struct gql_loc at, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    int n;

    if (es->n >= GQL_ERRORS_MAX) {
        es->dropped++;
        return NULL;
    }
    va_start(ap, fmt);
    n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n < 0)
        n = 0;
    ARENA_PUSH(es->a, es->list, es->n, es->cap) = (struct gql_error){
        .message = str_utf8_repair(es->a, str_dup(es->a, str_sub(str_n(text, (size_t)n), 0, sizeof text - 1))),
        .code = code,
        .at = {at}};
    return &es->list[es->n - 1];
}
