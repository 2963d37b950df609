/* deals/similar.h - what won deals like this one had done by the time it is at now, and this one has not.
 *
 * Like: the same stage; nearest by |ln of the ratio of amounts| (1 when one is unknown or in another currency) plus half of
 * |ln of the ratio of the people known on their side|, at most SIMILAR_DEALS of them, at least SIMILAR_MIN. The time: as many
 * days after entering the stage. A deed that at least SIMILAR_SHARE of them had done and this deal has not is a gap. Deals
 * keep their path by stage (table won_path), so that no history is loaded for it. */
#pragma once
#include "deals/state.h"
#include "records/vaulted.h"

enum similar_deed { /* stored by position: append only */
                    DEED_MEETING,
                    DEED_POWER, /* a meeting with a director or above, or who decides about the money */
                    DEED_SECOND_CONTACT, /* a second person of theirs in touch */
                    DEED_DOCUMENT, /* a document sent */
                    DEED_PRICE, /* the price was spoken of */
                    SIMILAR_DEEDS
};
enum { SIMILAR_DEALS = 5, SIMILAR_MIN = 3, SIMILAR_PATHS_MAX = 500 };
#define SIMILAR_SHARE 0.6

extern const char *const similar_words[SIMILAR_DEEDS]; /* "met the customer" */

/* When the deed was first done up to `t`; CLOCK_NONE: not. */
int64_t similar_first(const struct deal_facts *f, enum similar_deed deed, int64_t t);

struct similar_path { /* a won deal in one stage */
    struct id deal, stage;
    bool has_amount;
    int64_t amount_micros;
    char currency[4];
    int people;
    double happened[SIMILAR_DEEDS]; /* days after entering the stage; NaN: never */
};
/* The paths of a won deal, one for each open stage it was in; `out` has room for DEAL_STAGES_MAX. How many. */
size_t similar_paths(const struct deal_facts *f, const struct deal_state *s, struct similar_path *out);

struct similar_gap {
    enum similar_deed deed;
    double share; /* of the deals below that had done it */
    struct id deals[SIMILAR_DEALS]; /* those that had, nearest first */
    size_t deals_n, of;             /* of how many it is a share */
};
/* Gaps of an open deal, by deed; `paths` of its stage. How many. */
size_t similar_gaps(const struct deal_facts *f, const struct deal_state *s, const struct similar_path *paths, size_t n,
                    struct similar_gap out[SIMILAR_DEEDS]);

/* Replaces the stored paths by those of the newest SIMILAR_PATHS_MAX won deals of `facts` (any order, others are skipped). */
enum err_code similar_save(struct db_tx *t, const struct vaulted *v, const struct deal_facts *facts, size_t n,
                           int64_t now, struct arena *a, struct err *e);
/* Paths of these stages; memory in `a`. */
enum err_code similar_load(struct db_tx *t, const struct vaulted *v, const struct id *stages, size_t n, struct arena *a,
                           struct similar_path **out, size_t *out_n, struct err *e);
