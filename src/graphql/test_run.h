/* graphql/test_run.h - runs a document against a schema and gives the reply back as text, for the tests of this room. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "graphql/graphql.h"
#include "graphql/validate.h"

/* The reply; memory in `a`. */
static inline const char *run_reply(const struct gql_schema *s, const struct gql_options *o, const char *query,
                                    const char *variables, struct arena *a)
{
    struct json_doc *vars = NULL;
    struct gql_request rq = {.query = str_of(query)};
    struct buf out;
    char *text;

    if (variables) {
        assert_int_equal(json_parse(str_of(variables), &vars, NULL), ERR_OK);
        rq.variables = json_root(vars);
    }
    buf_init(&out, 4 << 20);
    gql_run(s, &rq, o, a, &out);
    text = str_cz(a, buf_view(&out));
    json_free(vars);
    buf_done(&out);
    return text;
}
