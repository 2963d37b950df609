/* deals/facts_load.h - facts of deals out of the store.
 *
 * Reads only ids, times, numbers and enumerations: no key is needed and nothing is opened. Calls block on the database. */
#pragma once
#include "deals/facts.h"
#include "records/vaulted.h"

/* What all deals share: pipelines with stages and settings, our people. Memory in `a`, which must outlive the facts. */
struct deals_shared {
    struct deal_pipeline *pipes;
    size_t pipes_n;
    struct deal_seller *sellers;
    size_t sellers_n;
};
enum err_code deals_shared_load(struct db_tx *t, const struct vaulted *v, struct arena *a, struct deals_shared *out,
                                struct err *e);

enum { FACTS_ALL, FACTS_HISTORY }; /* everything, or the changes alone */
/* Facts of deals in the order of `ids`; deals that are gone are left out. */
enum err_code deal_facts_load(struct db_tx *t, const struct vaulted *v, const struct deals_shared *shared,
                              const struct id *ids, size_t n, int what, struct arena *a, struct deal_facts **out,
                              size_t *out_n, struct err *e);
/* A page of all deal ids, ascending, after `after` (nil: from the start). */
enum err_code deal_ids(struct db_tx *t, const struct vaulted *v, struct id after, size_t limit, struct arena *a,
                       struct id **out, size_t *out_n, struct err *e);

/* Interactions of deals $2: their own, and those of their account that name no deal, when the account has at most five. */
#define FACTS_TALKS_OF_DEALS                                                                                           \
    "WITH mine AS (SELECT d.id AS deal, i.id, i.started_at, i.kind FROM deal d JOIN interaction i ON "                 \
    "i.workspace_id=$1 AND i.deal_id=d.id WHERE d.workspace_id=$1 AND d.id=ANY($2) UNION ALL "                         \
    "SELECT d.id, i.id, i.started_at, i.kind FROM deal d JOIN interaction i ON i.workspace_id=$1 AND "                 \
    "i.account_id=d.account_id AND i.deal_id IS NULL WHERE d.workspace_id=$1 AND d.id=ANY($2) AND "                    \
    "(SELECT count(*) FROM deal o WHERE o.workspace_id=$1 AND o.account_id=d.account_id)<=5) "
