/* records/erasure.h - everything that is stored about a person, taken away.
 *
 * Asked for by one, agreed to by another (erasure_add), done by a job in three steps, each of which may be repeated: the rows
 * in one transaction (erasure_rows), the subject key (keyring_subject_destroy), the end (erasure_finish). After the rows the
 * person's own words, names and addresses are overwritten, what others said of them is masked byte for byte, so that places
 * in the words stay right, originals are gone, and derived rows are gone or marked to be made again. After the key what is
 * left in old copies and in the database's log cannot be read either. The row of erasure stays as the ledger.
 *
 * Masked are the full names and addresses a person is known by, wherever words are stored, and single parts of the name in
 * conversations they took part in; letters of ASCII in either case, in words of fewer than four letters only as written.
 * Calls block on the database; memory in `a`, which must be wiped. */
#pragma once
#include "records/interaction.h"

enum erasure_state { ERASURE_AGREED, ERASURE_ROWS_GONE, ERASURE_DONE };
enum erased_kind {
    ERASED_CONVERSATIONS, /* they took part in */
    ERASED_TURNS,         /* they spoke */
    ERASED_ORIGINALS,     /* files as they came in */
    ERASED_MENTIONS,      /* stored texts of others in which they were named */
    ERASED_FINDINGS,      /* dropped, to be found again in what is left */
    ERASED_RELATIONS,     /* roles, contacts, marks, comments, scores about or by them */
    ERASED_ANSWERS,       /* kept answers and messages that named or quoted them */
    ERASED_USERS,         /* accounts they signed in with */
    ERASED_KINDS
};
extern const char *const erased_kind_names[ERASED_KINDS + 1];

struct erasure {
    struct id id, person, subject;
    struct id asked_by, approved_by; /* asked_by nil: the operator */
    enum erasure_state state;
    int64_t counts[ERASED_KINDS];
    int64_t approved_ms, done_ms; /* done_ms CLOCK_NONE: not yet */
};

/* What an erasure would take: counts that need no opening of words (mentions and answers stay 0). ERR_NOT_FOUND. */
enum err_code erasure_plan(struct db_tx *t, const struct vaulted *v, struct id person, int64_t counts[ERASED_KINDS],
                           struct err *e);
/* Sets subject, state and time. ERR_NOT_FOUND: no such person, or one merged into another; ERR_EXISTS: agreed to already. */
enum err_code erasure_add(struct db_tx *t, const struct vaulted *v, struct erasure *x, struct err *e);
/* *out_found false: there is none. */
enum err_code erasure_load(struct db_tx *t, const struct vaulted *v, struct id id, struct erasure *out, bool *out_found,
                           struct err *e);
/* The rows. In a system transaction; a second call finds nothing more. *out_touched: conversations whose words or people
 * changed, in no order. Sets state and adds to the counts. */
enum err_code erasure_rows(struct db_tx *t, const struct vaulted *v, struct erasure *x, struct arena *a,
                           struct id **out_touched, size_t *out_n, struct err *e);
/* Whose keys go: the person's, and those of everybody merged into them. */
enum err_code erasure_subjects(struct db_tx *t, const struct vaulted *v, struct id person, struct arena *a,
                               struct id **out, size_t *out_n, struct err *e);
enum err_code erasure_finish(struct db_tx *t, const struct vaulted *v, struct erasure *x, struct err *e);
