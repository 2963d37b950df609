/* records/people_edit.h - what people correct about people: name, side, account, and that two of them are one.
 *
 * A merge moves everything that names the one to the other and writes down what it moved (sql/0412), so that it can be taken
 * back; what came in between stays where it came. New conversations with an address or a name of the one count for the other
 * (people_resolve). Writes belong to the caller's transaction. Any thread; calls block on the database. */
#pragma once
#include "records/people.h"

/* Sets what stands in the row. ERR_NOT_FOUND: no such person, or erased. `account` nil: none. */
enum err_code person_edit(struct db_tx *t, const struct vaulted *v, struct id person, str name, int side,
                          struct id account, struct arena *a, struct err *e);

/* What a merge, or its undoing, concerns. */
struct person_moved {
    struct id merge;
    struct id *deals;        /* to be worked out again */
    size_t deals_n;
    struct id *interactions; /* whose people changed */
    size_t interactions_n;
};
/* `gone` becomes `kept`. Takes the workspace's people lock until the transaction ends. ERR_NOT_FOUND: one of them is not there,
 * erased, or merged already. ERR_CONFLICT with words: an address of `gone` is a user's; or `kept` is a user and `gone` has an
 * address of its own, which is for whoever administers users to give. Memory in `a`. */
enum err_code person_merge(struct db_tx *t, const struct vaulted *v, struct id gone, struct id kept, struct id actor,
                           struct arena *a, struct person_moved *out, struct err *e);
/* Takes back the merge of `gone`; *out_kept: into whom it was. ERR_NOT_FOUND: it is not merged. ERR_CONFLICT: whom it was merged into was merged since. */
enum err_code person_unmerge(struct db_tx *t, const struct vaulted *v, struct id gone, struct arena *a,
                             struct id *out_kept, struct person_moved *out, struct err *e);
/* The people of interactions as they stand: *out[i] of ids[i], NULL where one is gone. */
enum err_code people_of_interactions(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n,
                                     struct arena *a, struct id ***out, size_t **out_n, struct err *e);
