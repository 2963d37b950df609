/* gateway/webauthn.h - security keys and passkeys as a second factor (W3C Web Authentication Level 2), verified with OpenSSL.
 *
 * What comes from a browser is outside bytes: CBOR is read with limits, only ES256 and EdDSA and RS256 keys are taken, and
 * attestation is not asked for ("none"): any authenticator will do. Pure functions; any thread. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { WEBAUTHN_BYTES_MAX = 16 << 10 };

struct webauthn_site {
    str id; /* the host: "harken.example.com" */
    str origin; /* "https://harken.example.com" */
};

struct webauthn_key {
    str credential; /* its id */
    str cose; /* the public key as the authenticator gave it */
    uint32_t counter;
    bool verified; /* the authenticator knew the person (PIN, finger) */
};

/* A new key: client data and attestation object of navigator.credentials.create(). ERR_DENIED with the reason. */
enum err_code webauthn_made(const struct webauthn_site *s, str client_data, str attestation, str challenge,
                            struct arena *a, struct webauthn_key *out, struct err *e);
/* A use: client data, authenticator data and signature of navigator.credentials.get(). *out_counter: to be kept; one that does
 * not grow (unless both are 0) is refused: a copy of the key is about. */
enum err_code webauthn_used(const struct webauthn_site *s, str client_data, str authenticator_data, str signature,
                            str challenge, const struct webauthn_key *key, struct arena *a, uint32_t *out_counter,
                            struct err *e);
