/* gateway/jose.h - signed tokens of identity providers: JWS compact form (RFC 7515) checked against a set of keys (RFC 7517).
 *
 * Only asymmetric signatures: RS/PS 256 to 512, ES 256 to 512, EdDSA with Ed25519. "none" and everything with a shared secret
 * are refused, a key is used only for what it says it is for, keys and addresses in a token's head are never looked at, "crit" is
 * refused, and base64url is read strictly. The bytes come from outside: limits on all sizes. Any thread; no I/O. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { JOSE_BYTES_MAX = 64 << 10, JWKS_BYTES_MAX = 256 << 10, JWKS_KEYS_MAX = 64 };

struct jwks;

/* Keys that cannot verify anything here (for encryption, of other kinds, too small) are left out. ERR_INVALID: no JSON object
 * with "keys", or too large. */
enum err_code jwks_parse(str json, struct jwks **out, struct err *e);
void jwks_free(struct jwks *j); /* NULL is ignored */
size_t jwks_count(const struct jwks *j);

struct jws {
    str payload;
    str alg, kid, typ; /* of the head; empty: not there */
};
/* `algs`: names that this issuer may use, NULL-terminated; NULL: all of ours. Memory in `a`. ERR_DENIED with the reason, in words
 * for a log: it holds nothing of the token. */
enum err_code jws_verify(str compact, const struct jwks *keys, const char *const *algs, struct arena *a,
                         struct jws *out, struct err *e);

/* Does a signature in the form that WebAuthn has (ECDSA as DER) fit, by the only key of the set? */
bool jwks_signed(const struct jwks *keys, const char *alg, str input, str signature);

/* Strict base64url without padding; false for anything else. */
bool base64url_read(str s, struct arena *a, str *out);
str base64url_write(const void *p, size_t n, struct arena *a);
