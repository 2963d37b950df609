/* graphql/exec_priv.h - the response while it grows: a tree of places, filled level by level. */
#pragma once
#include "graphql/graphql.h"

enum gql_rkind {
    GQL_R_OPEN, /* not answered yet */
    GQL_R_NULL,
    GQL_R_LEAF,
    GQL_R_LIST,
    GQL_R_OBJECT,
};

struct gql_rnode {
    enum gql_rkind kind;
    bool nullable; /* may be null without its parent becoming null */
    uint32_t index; /* in a list */
    str key;        /* in an object; p NULL: in a list */
    struct gql_rnode *parent; /* NULL: data itself */
    struct gql_rnode *child;  /* LIST, OBJECT: n of them in a row */
    size_t n;
    struct gql_value leaf;
};

/* Field selections of one response key that apply to one object type. */
struct gql_slot {
    str key;
    const struct gql_selection **sel;
    size_t n, cap;
};

/* Runs an operation; *out_data the root of the response. Errors of fields are added. */
void gql_execute(const struct gql_schema *s, const struct gql_options *o, const struct gql_vars *vars, struct arena *a,
                 struct gql_errors *es, struct gql_rnode *out_data);
/* The reply: {"errors":[...],"data":...}; data NULL: left out. */
void gql_reply_write(const struct gql_errors *es, const struct gql_rnode *data, struct buf *out);
/* What is shown of an error of ours: its message where that is meant for the caller, a general sentence otherwise. */
str gql_err_message(enum err_code code, str message);
const char *gql_err_code(enum err_code code);
