/* graphql/parse_priv.h - what the two halves of the parser share. */
#pragma once
#include "graphql/document.h"
#include "graphql/lex.h"

struct gql_parser {
    struct gql_lexer lx;
    struct gql_token tok; /* the next one */
    struct gql_document *doc;
    struct arena *a;
    int depth;
    bool failed;
};

void gql_advance(struct gql_parser *p);
void gql_unexpected(struct gql_parser *p, const char *wanted); /* adds the error; from then on everything fails */
bool gql_at(const struct gql_parser *p, char punct);
bool gql_take(struct gql_parser *p, char punct);
void gql_want(struct gql_parser *p, char punct);
bool gql_at_word(const struct gql_parser *p, const char *word);
bool gql_take_word(struct gql_parser *p, const char *word);
str gql_name(struct gql_parser *p);
struct gql_value gql_value_read(struct gql_parser *p, bool constant);
struct gql_tref gql_tref_read(struct gql_parser *p);
struct gql_directives gql_directives_read(struct gql_parser *p, bool constant);
/* A definition of the type system, with its description. */
void gql_type_system_read(struct gql_parser *p);
