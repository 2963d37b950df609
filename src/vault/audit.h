/* vault/audit.h - a log nobody can rewrite unnoticed: Merkle tree hashes of RFC 6962 and signed checkpoints.
 *
 * Leaves are hashed as SHA-256(0x00 | entry), inner nodes as SHA-256(0x01 | left | right) (RFC 6962 section 2.1). Only the
 * roots of the complete subtrees at the right edge are needed to go on, at most 64 hashes. A checkpoint is a signed note
 * (C2SP tlog-checkpoint): origin, size, root in base64, and an Ed25519 signature. Nothing here needs a database or blocks;
 * all but audit_signer_init are pure functions. */
#pragma once
#include "base/arena.h"
#include "vault/seal.h"

struct merkle {
    uint64_t n;           /* leaves so far */
    uint8_t edge[64][32]; /* edge[i] is the root of a complete subtree of 2^i leaves when bit i of n is set */
};

void merkle_init(struct merkle *m);
void merkle_leaf_hash(str entry, uint8_t out[32]);
void merkle_add(struct merkle *m, const uint8_t leaf_hash[32]);
void merkle_root(const struct merkle *m, uint8_t out[32]); /* of no leaves: SHA-256 of nothing */
/* Edge as bytes, n first: what a store keeps. At most MERKLE_PACKED_MAX bytes. */
enum { MERKLE_PACKED_MAX = 8 + 64 * 32 };
size_t merkle_pack(const struct merkle *m, uint8_t out[MERKLE_PACKED_MAX]);
bool merkle_unpack(str bytes, struct merkle *out);

/* Is leaf `index` part of the tree of `size` leaves with this root? (RFC 9162 section 2.1.3.2) */
bool merkle_inclusion_ok(const uint8_t leaf_hash[32], uint64_t index, uint64_t size, const uint8_t (*proof)[32],
                         size_t proof_n, const uint8_t root[32]);
/* Is the first tree a prefix of the second? (RFC 9162 section 2.1.4.2) */
bool merkle_consistency_ok(uint64_t size1, const uint8_t root1[32], uint64_t size2, const uint8_t root2[32],
                           const uint8_t (*proof)[32], size_t proof_n);

struct audit_signer {
    char origin[64]; /* "harken/<ring id>" */
    uint8_t secret[64], pub[32];
};
void audit_signer_init(struct audit_signer *s, struct keyring *k);
void audit_signer_done(struct audit_signer *s); /* clears the secret */

/* Text of the signed note; memory in `a`. */
str checkpoint_sign(const struct audit_signer *s, uint64_t size, const uint8_t root[32], struct arena *a);
struct checkpoint {
    str origin;
    uint64_t size;
    uint8_t root[32];
};
/* ERR_INVALID (not a checkpoint), ERR_DENIED (no valid signature of this key). out->origin points into `note`. */
enum err_code checkpoint_verify(str note, const uint8_t pub[32], struct checkpoint *out, struct err *e);
