/* api/rest.h - private to the REST front: a request on its way from the table of resources to its reply. */
#pragma once
#include "api/resource.h"

struct rest {
    struct call *k;
    const struct resource *r;
    const struct res_op *op;
    struct id id; /* of the path; nil without */
    bool dry_run;
    uint64_t want;
    enum rest_form { REST_JSON, REST_LINES, REST_CSV } form;
    struct res_query q;    /* lists */
    struct res_val *extra; /* op->query's values */
    int64_t limit;         /* as asked for; 0: not */
    uint32_t list_hash;    /* of what a cursor is good for */
};

/* ---- rest_query.c ---- */

/* Reads the query string into *x. False: the reply is filled. */
bool rest_query_read(struct rest *x);
/* Is this parameter of the operation's own query this word? */
bool rest_query_says(const struct rest *x, const char *name, const char *word);
str rest_cursor(struct rest *x, const struct res_key *key);

/* ---- rest_list.c ---- */

void rest_list(struct rest *x);
/* A row as CSV, or with item NULL the names; `want`: which fields. `tmp` is a scratch buffer. */
void rest_csv_row(const struct res_shape *s, uint64_t want, struct buf *b, const struct res_val *item, struct buf *tmp);

/* ---- rest.c ---- */

/* The operation behind a request that the gateway let in. */
const struct res_op *rest_op(const struct call *k, const struct resource **out_r);
void rest_run(struct call *k); /* handler of every route */
void rest_problem(struct call *k, int status, const char *title, str detail, const struct res_faults *faults);
void rest_fail(struct rest *x, const struct err *e); /* from an error of the resource */
/* A GET's body with its entity tag; 304 when the client has it. Takes the buffer's memory. */
void rest_reply(struct call *k, int status, struct buf *b, str tag);

/* ---- idempotency.c ---- */

struct idem {
    bool on;
    uint8_t key[BLIND_BYTES], hash[SHA256_BYTES];
};
/* Reads Idempotency-Key. False: the reply is filled. */
bool idem_read(struct rest *x, struct idem *out);
/* In the change's transaction, first: waits for a twin, and finds what it answered. *out_known: the reply is filled with it
 * (or with 422 when the key came with another request). */
enum err_code idem_begin(struct res_ctx *c, const struct idem *i, bool *out_known, struct err *e);
/* Last: keeps the answer for a day. */
enum err_code idem_end(struct res_ctx *c, const struct idem *i, int status, str location, str tag, str body,
                       struct err *e);
