/* store/audit_store.h - the audit log in the database.
 *
 * A record is written in the transaction of what it records (audit_append), so there is none without the other. One
 * sequencer at a time numbers committed records without gaps, extends the Merkle tree and signs a checkpoint
 * (audit_sequence): call it every second and on shutdown. What was signed cannot be changed unnoticed; what waits for the
 * sequencer is as safe as the database. */
#pragma once
#include "store/page.h"
#include "vault/audit.h"

enum audit_act {
    AUDIT_NONE, /* nothing is written */
    AUDIT_SIGN_IN,
    AUDIT_READ,
    AUDIT_SEARCH,
    AUDIT_ASK,
    AUDIT_INGEST,
    AUDIT_CHANGE,
    AUDIT_ERASE,
    AUDIT_EXPORT,
    AUDIT_ADMIN,
    AUDIT_SIGN_IN_FAILED, /* actor: the user it was tried for; nil: there is none */
};

struct audit_entry {
    enum audit_act act;
    struct id actor, object; /* nil: none */
    str details;             /* sealed; may be empty */
};
/* Queues the insert on the transaction. */
enum err_code audit_append(struct db_tx *t, struct keyring *k, const struct audit_entry *entry, struct err *e);

/* Numbers at most `limit` waiting records and signs a new checkpoint. *out_n (may be NULL): how many. */
enum err_code audit_sequence(struct db *d, struct id workspace, const struct audit_signer *s, int limit, int64_t *out_n,
                             struct err *e);
/* The newest checkpoint, "" before the first; memory in `a`. */
enum err_code audit_checkpoint(struct db *d, struct id workspace, struct arena *a, str *out, struct err *e);
/* Appends the records from `from` on, at most `limit`, as lines of hex: what audit_verify_lines reads. */
enum err_code audit_export(struct db *d, struct id workspace, int64_t from, int limit, struct buf *out,
                           int64_t *out_next, struct err *e);

struct audit_row {
    struct id id;
    int64_t seq, at_ms;
    struct audit_entry entry; /* details opened */
};
struct audit_filter {
    struct db_val acts, actors, objects; /* bigint[], uuid[], uuid[]; null: all */
};
/* Numbered records, by number; the place's `at` is a number. Memory in `a`, which should be wiped. */
enum err_code audit_page(struct db_tx *t, struct keyring *k, const struct audit_filter *f, const struct page_want *w,
                         struct arena *a, struct audit_row **out, size_t *out_n, struct err *e);
enum err_code audit_load(struct db_tx *t, struct keyring *k, const struct id *ids, size_t n, struct arena *a,
                         struct audit_row **out, size_t *out_n, struct err *e);

/* Needs no database: do the exported lines, all of them from the first, give the root that the checkpoint signs?
 * ERR_CORRUPT names the first record that cannot be right; ERR_DENIED: the checkpoint's signature. */
enum err_code audit_verify_lines(str lines, str note, const uint8_t pub[32], int64_t *out_n, struct err *e);

extern const struct db_stmt audit_sql[];
extern const size_t audit_sql_n;
