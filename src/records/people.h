/* records/people.h - who stands behind a name or an address: people, each with a subject key of their own.
 *
 * An address names a person in the whole workspace. A full name (two words or more) without an address names one person of
 * that name; anything else ("Speaker 2", "Anna") is a person of its interaction only. Merging people is for users to do
 * (records/people_edit.h): who was merged into another is that other from then on.
 * Whoever was erased (the subject key is destroyed) and turns up again is a new person. */
#pragma once
#include "records/vaulted.h"
#include "store/page.h"

struct people_want {
    str name, email;
    int side;        /* enum ia_side */
    struct id person, subject; /* results */
};

/* Finds or makes the person of each row; rows with the same address or name get the same person. When one is
 * new, takes the workspace's people lock until the transaction ends, so that two workers do not make one person twice. */
enum err_code people_resolve(struct db_tx *t, const struct vaulted *v, struct people_want *w, size_t n, struct arena *a,
                             struct err *e);
/* The person of an address or full name; *out nil when there is none. */
enum err_code people_find(struct db_tx *t, const struct vaulted *v, str who, struct arena *a, struct id *out,
                          struct err *e);
/* Keyed hash of a full name, by which who has no address is found; *out_named false: the name is none of a person ("Speaker 2"). */
enum err_code people_name_index(const struct vaulted *v, str name, struct arena *a, uint8_t out[BLIND_BYTES],
                                bool *out_named, struct err *e);
enum err_code people_count(struct db_tx *t, const struct vaulted *v, int64_t *out, struct err *e);

/* ---- reading ---- */

struct person_row {
    struct id id, subject, account; /* account nil: none */
    struct id merged_into; /* nil: stands for itself */
    int side; /* enum ia_side */
    int64_t created_at_ms, erased_at_ms;
    str name, email; /* empty when not known, or erased */
    bool erased; /* the subject key is gone */
};
struct people_filter {
    struct db_val accounts, sides; /* uuid[], bigint[]; null: all */
    str email; /* exact; empty: all */
};
/* By time of making, without those that were merged into others. Memory in `a`, which should be wiped. */
enum err_code people_page(struct db_tx *t, const struct vaulted *v, const struct people_filter *f,
                          const struct page_want *w, struct arena *a, struct person_row **out, size_t *out_n,
                          struct err *e);
/* In no particular order; those that are not there are left out. */
enum err_code people_load(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, struct arena *a,
                          struct person_row **out, size_t *out_n, struct err *e);
