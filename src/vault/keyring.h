/* vault/keyring.h - the keys, kept apart from the data they open.
 *
 * A folder of its own (HARKEN_HOME/keys, 0700, files 0600):
 *     kek    the key-encryption key; everything else is wrapped under it, directly or not
 *     ring   fixed 128-byte records, append-only: the root key (wrapped by kek), one key per workspace (by the root key),
 *            one subject key per person (by the workspace key)
 * A class key is derived from its workspace key, a key per sealed value from class or subject key and a random nonce
 * (vault/seal.h). Destroying a key overwrites its record in place and syncs: every copy of what it sealed is unreadable
 * from then on, backups of the data included. A key once destroyed never comes back, not even from a copy of `ring` taken
 * together with the data: so back the two up apart.
 *
 * Killed at any moment, the ring is whole at the next start: a torn tail was never synced, and what is not synced is used
 * by no committed transaction (keyring_sync). One process owns the folder at a time; any thread may call anything here. */
#pragma once
#include "base/err.h"
#include "base/id.h"
#include "base/str.h"

struct keyring;

enum key_class { KEY_CONTENT, KEY_METADATA, KEY_TOKENS, KEY_INDEX, KEY_AUDIT, KEY_CLASSES };
enum { KEY_BYTES = 32 };

/* Names a key without holding it. */
struct key_ref {
    bool is_subject;
    enum key_class class_; /* when !is_subject */
    struct id subject;     /* when is_subject */
};
static inline struct key_ref key_class(enum key_class c)
{
    return (struct key_ref){.class_ = c};
}
static inline struct key_ref key_subject(struct id subject)
{
    return (struct key_ref){.is_subject = true, .subject = subject};
}

/* Opens the folder, making it with fresh keys when it does not exist. Blocks; reads all records.
 * Errors: ERR_BUSY (another process owns it), ERR_NOT_FOUND (ring without kek: restore kek from its backup), ERR_CORRUPT
 * (kek does not open the ring), ERR_IO. */
enum err_code keyring_open(const char *dir, struct keyring **out, struct err *e);
void keyring_close(struct keyring *k); /* clears all keys from memory; NULL is ignored */
struct id
keyring_id(const struct keyring *k); /* made with the ring; lets the data tell that keys and data belong together */
size_t
keyring_damaged(const struct keyring *k); /* records skipped at open because they do not verify; 0 when all is well */

/* Makes the workspace's key unless there is one. Durable on return. */
enum err_code keyring_workspace_add(struct keyring *k, struct id workspace, struct err *e);
bool keyring_workspace_has(struct keyring *k, struct id workspace);
/* Nothing of the workspace can be opened afterwards. Durable on return. ERR_NOT_FOUND. */
enum err_code keyring_workspace_destroy(struct keyring *k, struct id workspace, struct err *e);

/* A new subject key; ~2 us. Usable at once, durable after keyring_sync. ERR_NOT_FOUND (workspace), ERR_IO. */
enum err_code keyring_subject_new(struct keyring *k, struct id workspace, struct id *out_subject, struct err *e);
bool keyring_subject_has(struct keyring *k, struct id workspace, struct id subject);
/* Erases the person: durable on return. ERR_NOT_FOUND when unknown; destroying twice is fine. */
enum err_code keyring_subject_destroy(struct keyring *k, struct id workspace, struct id subject, struct err *e);
/* Makes all keys handed out so far durable: must succeed before a transaction that uses them commits (db_commit calls it
 * through db_config.before_commit). One fdatasync when there is something new, nothing otherwise. */
enum err_code keyring_sync(struct keyring *k, struct err *e);
/* The same with the signature db_config.before_commit wants. */
enum err_code keyring_before_commit(void *keyring, struct err *e);

/* For vault/ and for roles that derive keys of their own: copies a key. The caller clears it (sodium_memzero).
 * ERR_NOT_FOUND: no such key, or destroyed. */
enum err_code keyring_key_get(struct keyring *k, struct id workspace, struct key_ref ref, unsigned char out[KEY_BYTES],
                              struct err *e);
/* A key for one named purpose that belongs to no workspace, derived from the root key: "audit-sign". */
void keyring_purpose_key(struct keyring *k, const char *purpose, unsigned char out[KEY_BYTES]);
