/* records/accounts.h - which account and deal an interaction belongs to, and finding them by name.
 *
 * A name given by the source or a side table decides. Without one, the mail domain of the external people does, when they
 * share one that is no public mail provider: the account that has it, or a new one named after it. Names compare without
 * case (ASCII) and outer space. Calls block on the database. */
#pragma once
#include "records/interaction.h"
#include "store/page.h"

/* Finds or makes; nil when nothing is known. Sets the domain of an account that has none. Inside the transaction that holds
 * the people lock (people_resolve), so that two workers do not make one account twice. */
enum err_code accounts_resolve(struct db_tx *t, const struct vaulted *v, const struct interaction *ia, struct arena *a,
                               struct id *out_account, struct id *out_deal, struct err *e);

enum named_kind { NAMED_ACCOUNT, NAMED_DEAL, NAMED_PERSON };
/* By name (a person: by name or mail address). ERR_NOT_FOUND. */
enum err_code named_find(struct db_tx *t, const struct vaulted *v, enum named_kind kind, str name, struct arena *a,
                         struct id *out, struct err *e);

/* ---- reading, and changes by people ---- */

struct account_row {
    struct id id;
    str name;
    int64_t created_at_ms, interactions, deals; /* how many there are, as the transaction's reader sees them */
};
/* By time of making; `name`, `domain`: exact, without case; empty: all. Memory in `a`, which should be wiped. */
enum err_code accounts_page(struct db_tx *t, const struct vaulted *v, str name, str domain, const struct page_want *w,
                            struct arena *a, struct account_row **out, size_t *out_n, struct err *e);
enum err_code accounts_load(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, struct arena *a,
                            struct account_row **out, size_t *out_n, struct err *e);
/* Makes (*id nil) or renames; an empty domain leaves what is there. ERR_EXISTS: another of this name. */
enum err_code account_edit(struct db_tx *t, const struct vaulted *v, struct id *id, str name, str domain,
                           struct arena *a, struct err *e);
