/* records/glass.h - break-glass: named conversations, opened for a while to one person by another (trust.md Z7).
 *
 * Who asks, who decides and until when stand in clear, because the database works out by itself what is open
 * (sql/0330_break_glass.sql); the reason is sealed. Calls block on the database; memory in `a`, which should be wiped. */
#pragma once
#include "records/vaulted.h"
#include "store/page.h"

enum glass_state { GLASS_ASKED, GLASS_GRANTED, GLASS_REFUSED, GLASS_ENDED }; /* stored as numbers */
enum { GLASS_IDS_MAX = 100, GLASS_MINUTES_MAX = 1440 };

struct glass {
    struct id id, asked_by, decided_by; /* decided_by nil: nobody yet */
    struct id *interactions;
    size_t interactions_n;
    int minutes;
    enum glass_state state; /* GLASS_ENDED also when its time is up */
    int64_t created_at_ms, decided_at_ms, until_at_ms; /* CLOCK_NONE: none */
    str reason;
};

struct glass_filter {
    bool mine_only;       /* only those about a conversation that the transaction's reader sees, and those of `who` */
    struct id who;
    struct db_val states; /* bigint[]; null: all */
};

enum err_code glass_page(struct db_tx *t, const struct vaulted *v, const struct glass_filter *f,
                         const struct page_want *w, struct arena *a, struct glass **out, size_t *out_n, struct err *e);
enum err_code glass_load(struct db_tx *t, const struct vaulted *v, const struct glass_filter *f, const struct id *ids,
                         size_t n, struct arena *a, struct glass **out, size_t *out_n, struct err *e);
/* Sets id, state and time. */
enum err_code glass_add(struct db_tx *t, const struct vaulted *v, struct glass *g, struct arena *a, struct err *e);
/* From GLASS_ASKED to granted (its time begins now) or refused. ERR_CONFLICT: it is no longer asked, or
 * `who` asked for it. */
enum err_code glass_decide(struct db_tx *t, const struct vaulted *v, struct id id, struct id who, bool grant,
                           struct err *e);
/* Closes a granted one before its time. ERR_CONFLICT: it is not open. */
enum err_code glass_end(struct db_tx *t, const struct vaulted *v, struct id id, struct err *e);

extern const struct db_stmt glass_sql[];
extern const size_t glass_sql_n;
