/* vault/seal.h - turning words into sealed bytes and back; blind indexes; hashes.
 *
 * XChaCha20-Poly1305 under a key made for this one value: BLAKE2b-512 keyed with the class or subject key over the nonce and
 * the place gives 32 bytes of key and 32 bytes of key commitment (so that no second key opens the same bytes). The place
 * (workspace, table, column, row, sub) and the header are associated data: a value moved to another row or column does not
 * open. Sealed form, 96 bytes longer than the words:
 *     "HK" | version 1 | algorithm 1 | kind | 0 | key version (2, big endian) | key id (16) | nonce (24) | commitment (32) |
 *     ciphertext | tag (16)
 * Any thread. Opened words go only to arenas made with arena_new_wiped(). */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "vault/keyring.h"

enum { SEAL_OVERHEAD = 96, BLIND_BYTES = 16, SHA256_BYTES = 32 };

/* Where a sealed value stands. Table and column are static strings, at most 63 bytes each. */
struct seal_at {
    struct id workspace;
    const char *table, *column;
    struct id row;
    uint32_t sub; /* second part of a composite key (ordinal of a turn, part of a file); 0 otherwise */
};

/* Errors: ERR_NOT_FOUND (no such key, or destroyed). */
enum err_code seal(struct keyring *k, struct key_ref key, const struct seal_at *at, str plain, struct arena *a,
                   str *out, struct err *e);
/* The same, appended to a buffer; ERR_LIMIT when it is full. */
enum err_code seal_buf(struct keyring *k, struct key_ref key, const struct seal_at *at, str plain, struct buf *out,
                       struct err *e);

/* The key is the one the header names, looked up in at->workspace. Errors: ERR_NOT_FOUND (key destroyed: the words are
 * erased), ERR_CORRUPT (changed bytes, another place, another workspace), ERR_UNSUPPORTED (newer version). */
enum err_code seal_open(struct keyring *k, const struct seal_at *at, str sealed, struct arena *a, str *out,
                        struct err *e);
/* The key that a sealed value names, to seal a changed one under the same; opens nothing. Errors as seal_open, without
 * ERR_NOT_FOUND. */
enum err_code seal_key(str sealed, struct id workspace, struct key_ref *out, struct err *e);
/* Into memory of the caller with room for sealed.n - SEAL_OVERHEAD bytes. */
enum err_code seal_open_to(struct keyring *k, const struct seal_at *at, str sealed, void *out, size_t *out_n,
                           struct err *e);

/* Finding by value: a keyed hash, different for each workspace and purpose ("person.email"). Normalise the value first. */
enum err_code blind_index(struct keyring *k, struct id workspace, const char *purpose, str value,
                          uint8_t out[BLIND_BYTES], struct err *e);

void sha256(str bytes, uint8_t out[SHA256_BYTES]);
struct sha256_state {
    uint64_t priv[16];
};
void sha256_init(struct sha256_state *s);
void sha256_add(struct sha256_state *s, const void *p, size_t n);
void sha256_done(struct sha256_state *s, uint8_t out[SHA256_BYTES]);
void hex_put(const uint8_t *p, size_t n, char *out); /* 2n lower-case digits and a NUL */

void vault_clear(void *p, size_t n); /* cannot be optimised away */
bool vault_same(const void *x, const void *y, size_t n); /* time does not depend on the bytes */
void vault_random(void *p, size_t n); /* from the kernel */
