/* gateway/credentials.h - what a user proves an identity with: the password, second factors, subjects at providers.
 *
 * In the caller's transaction; secrets are sealed under the token key. Memory in `a`, which must be wiped. */
#pragma once
#include "store/db.h"
#include "vault/seal.h"

/* Empty when the user has none. */
enum err_code credential_password_get(struct db_tx *t, struct keyring *k, struct id user, struct arena *a, str *out,
                                      struct err *e);
enum err_code credential_password_put(struct db_tx *t, struct keyring *k, struct id user, str kept, struct arena *a,
                                      struct err *e);

enum factor_kind { FACTOR_TOTP = 1, FACTOR_WEBAUTHN, FACTOR_RECOVERY };
const char *factor_kind_name(enum factor_kind k);

struct factor {
    struct id id, user;
    enum factor_kind kind;
    bool confirmed;
    int64_t counter; /* the last TOTP step used; the authenticator's counter */
    int64_t created_at_ms, used_at_ms;
    str name;   /* for people */
    str secret; /* TOTP secret; public key; SHA-256 of a recovery code */
    str handle; /* WebAuthn credential id; empty otherwise */
};
/* A new id is set. ERR_EXISTS: the handle is known. */
enum err_code factor_add(struct db_tx *t, struct keyring *k, struct factor *f, struct arena *a, struct err *e);
/* Of one user, oldest first, unconfirmed ones too. */
enum err_code factor_list(struct db_tx *t, struct keyring *k, struct id user, struct arena *a, struct factor **out,
                          size_t *out_n, struct err *e);
/* Notes a use: the counter must grow, or nothing is changed and ERR_CONFLICT comes back (somebody used it first). */
enum err_code factor_used(struct db_tx *t, struct id id, int64_t counter, struct err *e);
enum err_code factor_confirm(struct db_tx *t, struct id id, struct err *e);
/* `id` nil: all of the kind. ERR_NOT_FOUND. */
enum err_code factor_drop(struct db_tx *t, struct id user, struct id id, enum factor_kind kind, struct err *e);

/* Who is (issuer, sub)? ERR_NOT_FOUND. Notes the use. */
enum err_code identity_find(struct db_tx *t, struct keyring *k, str issuer, str sub, struct id *out_user,
                            struct err *e);
enum err_code identity_add(struct db_tx *t, struct keyring *k, str issuer, str sub, struct id user, struct arena *a,
                           struct err *e);
/* Has the user any way to sign in: a password, a subject, a key that opens a session? */
enum err_code credentials_any(struct db_tx *t, struct id user, bool *out, struct err *e);

extern const struct db_stmt credentials_sql[];
extern const size_t credentials_sql_n;
