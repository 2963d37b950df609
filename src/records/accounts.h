/* records/accounts.h - which account and deal an interaction belongs to, and finding them by name.
 *
 * A name given by the source or a side table decides. Without one, the mail domain of the external people does, when they
 * share one that is no public mail provider: the account that has it, or a new one named after it. Names compare without
 * case (ASCII) and outer space. Calls block on the database. */
#pragma once
#include "records/interaction.h"

/* Finds or makes; nil when nothing is known. Sets the domain of an account that has none. Inside the transaction that holds
 * the people lock (people_resolve), so that two workers do not make one account twice. */
enum err_code accounts_resolve(struct db_tx *t, const struct vaulted *v, const struct interaction *ia, struct arena *a,
                               struct id *out_account, struct id *out_deal, struct err *e);

enum named_kind { NAMED_ACCOUNT, NAMED_DEAL, NAMED_PERSON };
/* By name (a person: by name or mail address). ERR_NOT_FOUND. */
enum err_code named_find(struct db_tx *t, const struct vaulted *v, enum named_kind kind, str name, struct arena *a,
                         struct id *out, struct err *e);
