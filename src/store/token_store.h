/* store/token_store.h - access tokens: 256 random bits given out once, their hash kept. */
#pragma once
#include "store/db.h"
#include "vault/keyring.h"

struct token_new {
    int64_t scopes;     /* bit set, meaning is the gateway's */
    str name;           /* for people; kept sealed */
    struct id person;   /* nil: none */
    int64_t expires_at_ms; /* CLOCK_NONE: never */
    bool once;          /* good for one use: a sign-in link */
};
/* *out_text: "hk_" and 43 characters of base64url, in `a` (a wiped arena): shown once, not stored. */
enum err_code token_add(struct db *d, struct keyring *k, struct id workspace, const struct token_new *n,
                        struct arena *a, struct id *out_id, str *out_text, struct err *e);

struct token {
    struct id id, person;
    int64_t scopes, created_at_ms, expires_at_ms; /* CLOCK_NONE: never */
    bool once;
};
/* ERR_DENIED: unknown, expired or used up; the message does not say which. A `once` token is spent by this call. */
enum err_code token_find(struct db *d, struct id workspace, str text, struct token *out, struct err *e);
/* ERR_NOT_FOUND. */
enum err_code token_drop(struct db *d, struct id workspace, struct id token, struct err *e);

extern const struct db_stmt token_sql[];
extern const size_t token_sql_n;
