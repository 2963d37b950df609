/* graphql/errors.h - the errors of one request, in the order they were found, with their places.
 *
 * Every phase adds to one list. Messages are for the person who wrote the document: they name types, fields and
 * arguments of the schema and of the document, never values of variables or stored text. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct gql_loc {
    uint32_t line, column; /* from 1, in characters; line 0: no place */
};

struct gql_rnode;

struct gql_error {
    str message;
    const char *code; /* extensions.code: "GRAPHQL_PARSE_FAILED", "NOT_FOUND" ... */
    struct gql_loc at[2];
    const struct gql_rnode *path; /* the field it belongs to, for errors of execution */
    bool has_path;
};

enum { GQL_ERRORS_MAX = 100 };

struct gql_errors {
    struct arena *a;
    struct gql_error *list;
    size_t n, cap;
    size_t dropped; /* beyond GQL_ERRORS_MAX */
};

#define GQL_CODE_PARSE "GRAPHQL_PARSE_FAILED"
#define GQL_CODE_VALID "GRAPHQL_VALIDATION_FAILED"
#define GQL_CODE_INPUT "BAD_USER_INPUT"
#define GQL_CODE_LIMIT "LIMIT"

void gql_errors_init(struct gql_errors *es, struct arena *a);
/* The new error, to be completed by the caller; NULL when the list is full. */
struct gql_error *gql_error_add(struct gql_errors *es, const char *code, struct gql_loc at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
