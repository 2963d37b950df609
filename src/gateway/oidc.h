/* gateway/oidc.h - signing in at an identity provider: OpenID Connect's code flow with PKCE (OpenID Connect Core 1.0, RFC 7636,
 * RFC 9207). What is here knows nothing of requests and sessions; api/oidc.c does the walking.
 *
 * A provider is known by its issuer; everything it says of itself is fetched from there and checked, and kept for ten
 * minutes. Any thread; calls block on the network. */
#pragma once
#include "gateway/jose.h"
#include "store/db.h"
#include "vault/seal.h"

/* As configured. */
struct provider {
    struct id id;
    str name; /* in addresses: [a-z0-9_-] */
    str issuer, client_id, client_secret;
    bool create; /* somebody unknown gets a new user */
    bool match; /* somebody unknown is the user whose external id (SCIM) is the subject */
    uint32_t roles; /* of users that are made */
    bool active;
};
enum err_code provider_add(struct db_tx *t, struct keyring *k, struct provider *p, struct arena *a, struct err *e);
enum err_code provider_find(struct db_tx *t, struct keyring *k, str name, struct arena *a, struct provider *out,
                            struct err *e);
enum err_code provider_list(struct db_tx *t, struct keyring *k, struct arena *a, struct provider **out, size_t *out_n,
                            struct err *e);
enum err_code provider_drop(struct db_tx *t, struct id id, struct err *e);

/* What a provider says of itself. */
struct oidc_meta {
    str authorization, token, jwks;
    bool says_iss; /* answers carry "iss" */
    bool basic; /* the client's secret goes into the head; else into the form */
};
/* Reads a discovery document: the issuer must be exactly the configured one, all addresses proper. ERR_DENIED. */
enum err_code oidc_meta_read(str json, str issuer, struct arena *a, struct oidc_meta *out, struct err *e);
enum err_code oidc_meta_get(const struct provider *p, struct arena *a, struct oidc_meta *out, struct err *e);

/* Who came, when everything fits: the token's signature by the provider's keys, issuer, audience, nonce, times. ERR_DENIED
 * with the reason, which holds nothing of the token. */
struct oidc_claims {
    str sub, email, name;
    bool email_verified;
};
enum err_code oidc_token_check(const struct provider *p, str id_token, str access_token, const struct jwks *keys,
                               str nonce, int64_t now_ms, struct arena *a, struct oidc_claims *out, struct err *e);
/* Trades the code for tokens and checks them. */
enum err_code oidc_code_redeem(const struct provider *p, const struct oidc_meta *m, str code, str verifier,
                               str redirect_uri, str nonce, struct arena *a, struct oidc_claims *out, struct err *e);

extern const struct db_stmt oidc_sql[];
extern const size_t oidc_sql_n;
