/* graphql/lex.h - GraphQL source to tokens (October 2021 edition, section 2.1; also \u{...} escapes of the draft). */
#pragma once
#include "graphql/errors.h"

enum gql_token_kind {
    GQL_TOK_END,
    GQL_TOK_PUNCT, /* its character in `punct`; '.' stands for "..." */
    GQL_TOK_NAME,
    GQL_TOK_INT,
    GQL_TOK_FLOAT,
    GQL_TOK_STRING,
    GQL_TOK_BAD, /* an error was added */
};

struct gql_token {
    enum gql_token_kind kind;
    char punct;
    struct gql_loc at;
    str text; /* NAME, INT, FLOAT as written; STRING its value */
};

struct gql_lexer {
    str src;
    size_t at, line_start, mark; /* mark: where `column` was counted last */
    uint32_t line, column;
    size_t count, count_max; /* tokens; max 0: no limit */
    struct arena *a;
    struct gql_errors *es;
};

void gql_lexer_init(struct gql_lexer *lx, str source, size_t tokens_max, struct arena *a, struct gql_errors *es);
/* After END or BAD the same again. */
void gql_lex_next(struct gql_lexer *lx, struct gql_token *out);
