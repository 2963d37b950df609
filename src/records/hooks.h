/* records/hooks.h - webhooks out: endpoints, their keys, what was sent. Those that come in: records/hook_sources.h.
 *
 * All take a transaction of the caller. Keys and addresses are sealed; opened ones live in the caller's wiped arena. */
#pragma once
#include "records/vaulted.h"
#include "store/event_store.h"
#include "store/page.h"
#include "vault/hooksig.h"

enum hook_state { HOOK_ACTIVE, HOOK_DISABLED, HOOK_FAILED }; /* stored as numbers: append only */
enum hook_delivery_state { HOOK_WAITING, HOOK_DELIVERED, HOOK_GIVEN_UP };
enum { HOOK_KEYS_MAX = 2, HOOK_OLD_KEY_MS = 24 * 3600 * 1000, HOOK_TRIES_MAX = 10 };

struct hook {
    struct id id;
    int64_t created_at_ms, failing_since_ms; /* CLOCK_NONE: not failing */
    enum hook_state state;
    str url, types; /* types: "deal.,job.dead"; empty: all */
    struct hooksig_keys keys[HOOK_KEYS_MAX]; /* newest first */
    int64_t until_ms[HOOK_KEYS_MAX]; /* how long each signs; CLOCK_NONE: for good */
    size_t keys_n; /* those that sign now */
};
enum err_code hook_add(struct db_tx *t, const struct vaulted *v, struct hook *h, struct arena *a,
                       struct err *e); /* sets id */
/* Writes address, types, state and keys of an existing one; ERR_NOT_FOUND. */
enum err_code hook_save(struct db_tx *t, const struct vaulted *v, const struct hook *h, struct arena *a, struct err *e);
enum err_code hook_load(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, struct arena *a,
                        struct hook **out, size_t *out_n, struct err *e);
enum err_code hook_page(struct db_tx *t, const struct vaulted *v, const struct page_want *w, struct arena *a,
                        struct hook **out, size_t *out_n, struct err *e);
enum err_code hook_drop(struct db_tx *t, struct id id, struct err *e); /* ERR_NOT_FOUND */

struct hook_delivery {
    struct id id, hook, object, subject, attempt;
    int64_t created_at_ms, at_ms, last_at_ms; /* CLOCK_NONE: not tried */
    char type[52];
    enum hook_delivery_state state;
    int tries, last_status; /* 0: no answer came */
    enum err_code last_code;
};
/* Hands events up to number `last` to the active endpoints that want them: deliveries and their jobs (queue "webhook").
 * *out_n: how many deliveries. Runs in a transaction of its own. */
enum err_code hook_fan_out(const struct vaulted *v, int64_t last, size_t *out_n, struct err *e);
/* Of a job's object; ERR_NOT_FOUND when it or its endpoint is gone, or it was replaced by a later try. */
enum err_code hook_delivery_of(struct db_tx *t, struct id attempt, struct hook_delivery *out, struct err *e);
enum err_code hook_delivery_page(struct db_tx *t, struct db_val hooks, const struct page_want *w, struct arena *a,
                                 struct hook_delivery **out, size_t *out_n, struct err *e);
enum err_code hook_delivery_load(struct db_tx *t, const struct id *ids, size_t n, struct arena *a,
                                 struct hook_delivery **out, size_t *out_n, struct err *e);
/* Writes how a try went; with delay_ms >= 0 another one is queued. */
enum err_code hook_delivery_note(struct db_tx *t, const struct hook_delivery *d, int64_t delay_ms, struct err *e);

extern const struct db_stmt hooks_sql[];
extern const size_t hooks_sql_n;
