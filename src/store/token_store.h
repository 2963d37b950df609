/* store/token_store.h - what a request shows to say who it is: 256 random bits given out once, their hash kept.
 *
 * One table for all: the operator's token, sign-in links, sessions, API keys. The bits never stand in the database, a log or
 * an address that is logged. */
#pragma once
#include "store/page.h"
#include "vault/keyring.h"

enum token_kind {
    TOKEN_OPERATOR, /* the command line's */
    TOKEN_LINK,     /* good for one use: a sign-in link */
    TOKEN_SESSION,  /* of a browser, in a cookie */
    TOKEN_KEY,      /* of a program */
    TOKEN_KINDS
};
/* How somebody proved who they are. */
enum token_method {
    TOKEN_BY_LINK = 1 << 0,
    TOKEN_BY_PASSWORD = 1 << 1,
    TOKEN_BY_TOTP = 1 << 2,
    TOKEN_BY_WEBAUTHN = 1 << 3,
    TOKEN_BY_PROVIDER = 1 << 4,
    TOKEN_BY_RECOVERY = 1 << 5,
};

struct token_new {
    enum token_kind kind;
    struct id user;        /* nil: the operator */
    int64_t scopes;        /* bit set, meaning is the gateway's */
    str name;              /* for people; kept sealed */
    int64_t expires_at_ms; /* CLOCK_NONE: never */
    int64_t idle_ms;       /* 0: use does not matter */
    unsigned methods;      /* enum token_method */
};
/* *out_text: "hk_" and 43 characters of base64url, in `a` (a wiped arena): shown once, not stored. In the caller's
 * transaction. */
enum err_code token_put(struct db_tx *t, struct keyring *k, const struct token_new *n, struct arena *a,
                        struct id *out_id, str *out_text, struct err *e);
/* The same in a transaction of its own. */
enum err_code token_add(struct db *d, struct keyring *k, struct id workspace, const struct token_new *n,
                        struct arena *a, struct id *out_id, str *out_text, struct err *e);

struct token {
    struct id id, user;
    enum token_kind kind;
    unsigned methods;
    int64_t scopes, created_at_ms, expires_at_ms; /* CLOCK_NONE: never */
    int64_t used_at_ms, auth_at_ms;               /* CLOCK_NONE: never */
    int64_t idle_ms;
    uint32_t roles; /* of the user now */
};
/* ERR_DENIED: unknown, expired, idle for too long, used up, or of a user who is not active; the message does not say which.
 * A link is spent by this call. Notes the use, at most once a minute. */
enum err_code token_find(struct db *d, struct id workspace, str text, struct token *out, struct err *e);
/* ERR_NOT_FOUND. */
enum err_code token_drop(struct db *d, struct id workspace, struct id token, struct err *e);

/* In the caller's transaction: tokens that are still good; memory in `a`. */
struct token_entry {
    struct token t;
    str name;
};
struct token_filter {
    enum token_kind kind;
    struct id user; /* whose; nil: the operator's */
    bool everybody; /* of all, whatever `user` is */
    struct db_val users; /* uuid[]: of these only; null: any */
};
enum err_code token_page(struct db_tx *t, struct keyring *k, const struct token_filter *f, const struct page_want *w,
                         struct arena *a, struct token_entry **out, size_t *out_n, struct err *e);
enum err_code token_load(struct db_tx *t, struct keyring *k, const struct token_filter *f, const struct id *ids,
                         size_t n, struct arena *a, struct token_entry **out, size_t *out_n, struct err *e);
/* Ends tokens of a kind: one (`id`), or with id nil all of a user but `keep`; `owner` nil: of whomever. *out_n: how many. */
enum err_code token_end(struct db_tx *t, enum token_kind kind, struct id owner, struct id id, struct id keep,
                        int64_t *out_n, struct err *e);
/* The owner has proved again who they are. */
enum err_code token_auth(struct db_tx *t, struct id id, unsigned methods, struct err *e);

/* 256 random bits as base64url without padding (RFC 4648 section 5), 43 characters, after `prefix`. */
str token_text_make(struct arena *a, str prefix);

extern const struct db_stmt token_sql[];
extern const size_t token_sql_n;
