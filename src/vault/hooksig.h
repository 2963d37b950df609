/* vault/hooksig.h - signatures of webhooks, as Standard Webhooks says (github.com/standard-webhooks, spec 1.0).
 *
 * Signed is "id.timestamp.body". "v1" is HMAC-SHA-256 under a secret written "whsec_" and base64; "v1a" is Ed25519 under a
 * key pair whose public half is written "whpk_" and base64. A header holds several, "v1,... v1a,...", so that keys can change
 * without a gap. Pure functions; any thread. */
#pragma once
#include "base/arena.h"
#include "base/str.h"

enum {
    HOOKSIG_SECRET = 32,
    HOOKSIG_SEED = 32,
    HOOKSIG_PUBLIC = 32,
    HOOKSIG_ID_MAX = 128,
    HOOKSIG_MANY = 16,
    HOOKSIG_WINDOW_S = 300
};

/* What a sender signs with. */
struct hooksig_keys {
    uint8_t secret[HOOKSIG_SECRET];
    uint8_t seed[HOOKSIG_SEED]; /* of the Ed25519 pair */
};
void hooksig_keys_new(struct hooksig_keys *k);
str hooksig_secret_text(const struct hooksig_keys *k, struct arena *a); /* "whsec_..."; `a` wiped */
str hooksig_public_text(const struct hooksig_keys *k, struct arena *a); /* "whpk_..." */
/* Value of webhook-signature: v1a and v1 of each of n keys, 1..HOOKSIG_MANY/2. */
str hooksig_sign(const struct hooksig_keys *k, size_t n, str id, int64_t timestamp_s, str body, struct arena *a);

/* What a receiver checks with: a shared secret of 16 to 64 bytes or a public key. */
struct hooksig_check {
    bool is_public;
    uint8_t key[64];
    size_t key_n;
};
bool hooksig_check_parse(str text, struct hooksig_check *out); /* "whsec_..." or "whpk_..." */
/* Is it decimal seconds since 1970, and within HOOKSIG_WINDOW_S of now? What is older, or from the future, is a replay. */
bool hooksig_recent(str timestamp, int64_t now_s);
/* Is one of the header's signatures by one of the keys? At most HOOKSIG_MANY are looked at; time does not depend on how much
 * of one is right. False also for an id that is empty, too long or has a '.' or anything but visible ASCII in it. */
bool hooksig_good(const struct hooksig_check *keys, size_t n, str id, str timestamp, str header, str body);
