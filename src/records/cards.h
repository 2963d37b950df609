/* records/cards.h - small things that people define: playbooks, sources, requests of people, views, what they asked, and what they set.
 *
 * A card is one sealed JSON object with a name that differs from those of its kind (compared without case), a state, and
 * perhaps an id of what it is about. Calls block on the database; memory in `a`, which should be wiped. */
#pragma once
#include "records/vaulted.h"
#include "store/page.h"

enum card_kind {
    CARD_PLAYBOOK,
    CARD_SOURCE,
    CARD_PRIVACY,
    CARD_VIEW,
    CARD_ANSWER,
    CARD_SETTING,
    CARD_SCORECARD
}; /* stored as numbers: append only */

struct card {
    struct id id, owner, about; /* nil: none */
    int state;
    int64_t created_at_ms, updated_at_ms;
    str name; /* in: empty when names need not differ */
    str body; /* a JSON object */
};

struct card_filter {
    struct db_val states, abouts; /* bigint[], uuid[]; null: all */
    str name; /* exact, without case; empty: all */
};

enum err_code cards_page(struct db_tx *t, const struct vaulted *v, enum card_kind kind, const struct card_filter *f,
                         const struct page_want *w, struct arena *a, struct card **out, size_t *out_n, struct err *e);
enum err_code cards_load(struct db_tx *t, const struct vaulted *v, enum card_kind kind, const struct id *ids, size_t n,
                         struct arena *a, struct card **out, size_t *out_n, struct err *e);
/* Sets id and times. ERR_EXISTS: another of this name. */
enum err_code card_add(struct db_tx *t, const struct vaulted *v, enum card_kind kind, struct card *c, struct arena *a,
                       struct err *e);
/* Replaces name, state and body. ERR_NOT_FOUND, ERR_EXISTS. */
enum err_code card_set(struct db_tx *t, const struct vaulted *v, enum card_kind kind, struct card *c, struct arena *a,
                       struct err *e);
/* Erases those of a kind made before that, at most `limit`; *out_n: how many. */
enum err_code cards_forget(struct db_tx *t, const struct vaulted *v, enum card_kind kind, int64_t before_ms,
                           size_t limit, int64_t *out_n, struct err *e);
enum err_code card_drop(struct db_tx *t, const struct vaulted *v, enum card_kind kind, struct id id, struct err *e);
