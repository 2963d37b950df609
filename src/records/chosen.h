/* records/chosen.h - settings that people chose from afar: sealed, one of a key. Calls block on the database; memory in `a`. */
#pragma once
#include "records/cards.h"

struct chosen {
    struct id card;
    str key, value;
};

/* All there are; few. */
enum err_code chosen_load(struct db_tx *t, const struct vaulted *v, struct arena *a, struct chosen **out, size_t *out_n,
                          struct err *e);
/* Replaces the one of this key. `who`: nil: the operator. */
enum err_code chosen_put(struct db_tx *t, const struct vaulted *v, str key, str value, struct id who, struct arena *a,
                         struct err *e);
/* ERR_OK also when there is none. */
enum err_code chosen_drop(struct db_tx *t, const struct vaulted *v, str key, struct arena *a, struct err *e);
