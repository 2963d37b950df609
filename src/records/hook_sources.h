/* records/hook_sources.h - webhooks in: senders with their keys, and what they sent.
 *
 * All take a transaction of the caller. Keys and messages are sealed; opened ones live in the caller's wiped arena. */
#pragma once
#include "records/vaulted.h"
#include "store/page.h"
#include "store/queue.h"
#include "vault/hooksig.h"

enum { HOOK_SOURCE_KEYS_MAX = 2 };

struct hook_source {
    struct id id;
    int64_t created_at_ms;
    str name; /* in its address, /hooks/NAME: small letters, digits, '-'; at most 63 */
    struct hooksig_check keys[HOOK_SOURCE_KEYS_MAX]; /* newest first; those that hold now */
    int64_t until_ms[HOOK_SOURCE_KEYS_MAX]; /* CLOCK_NONE: for good */
    size_t keys_n;
    int64_t messages, last_ms; /* taken in and still kept; CLOCK_NONE: none */
};
bool hook_source_name_proper(str name);
/* Sets id. ERR_EXISTS: the name is taken. */
enum err_code hook_source_add(struct db_tx *t, const struct vaulted *v, struct hook_source *s, struct arena *a,
                              struct err *e);
/* Puts a new key before the newest one, which holds for another day. ERR_NOT_FOUND. */
enum err_code hook_source_rotate(struct db_tx *t, const struct vaulted *v, struct id id,
                                 const struct hooksig_check *key, struct arena *a, struct err *e);
enum err_code hook_source_page(struct db_tx *t, const struct vaulted *v, const struct page_want *w, struct arena *a,
                               struct hook_source **out, size_t *out_n, struct err *e);
enum err_code hook_source_load(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n,
                               struct arena *a, struct hook_source **out, size_t *out_n, struct err *e);
/* Of an address; without messages and last_ms. ERR_NOT_FOUND. */
enum err_code hook_source_named(struct db_tx *t, const struct vaulted *v, str name, struct arena *a,
                                struct hook_source *out, struct err *e);
/* With its messages. ERR_NOT_FOUND. */
enum err_code hook_source_drop(struct db_tx *t, struct id id, struct err *e);

/* Takes a verified message in: sealed, and a job (queue "hook") queued for it. *out_new false: this id came from this source
 * before, and nothing was done. `message_id`: the sender's, no line feed in it. */
enum err_code hook_message_add(struct db_tx *t, const struct vaulted *v, struct id source, str message_id, str body,
                               struct arena *a, bool *out_new, struct err *e);
/* Marks a message as told. *out_first false: it was before, or is gone with its source. Forgets what is too old of its source:
 * ids after two days, messages after thirty. */
enum err_code hook_message_told(struct db_tx *t, const struct job *job, bool *out_first, struct err *e);

extern const struct db_stmt hook_sources_sql[];
extern const size_t hook_sources_sql_n;
