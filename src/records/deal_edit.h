/* records/deal_edit.h - deals that people make and change here, beside what a CRM says.
 *
 * A change is an event of the deal's history like any other (source CRM_FROM_HERE): what holds is always worked out from the
 * history, and what the CRM says later holds later. Writes belong to the caller's transaction, which wakes the deal
 * (deals_wake). Any thread; calls block on the database. */
#pragma once
#include "records/crm.h"

struct deal_new {
    str name;                     /* not empty */
    struct id account, pipeline;  /* nil: none */
    struct id owner;              /* the person who may see it from the start; nil: nobody */
    int64_t at_ms;                /* when it was opened */
};
/* Makes the row; its history begins with what deal_events_add writes. */
enum err_code deal_add(struct db_tx *t, const struct vaulted *v, const struct deal_new *d, struct arena *a,
                       struct id *out, struct err *e);

/* What stands in the row itself: an empty name and nil ids leave what is there. ERR_NOT_FOUND: no such deal. */
enum err_code deal_row_set(struct db_tx *t, const struct vaulted *v, struct id deal, str name, struct id account,
                           struct id pipeline, struct arena *a, struct err *e);

/* One field's new value. */
struct deal_edit {
    enum crm_field field;
    bool cleared;    /* to nothing */
    int64_t number;  /* amount, close date, category: as struct crm_change */
    str currency;    /* of an amount; empty: the pipeline's */
    struct id ref;   /* stage, owner, pipeline */
    str words;       /* name */
};
/* All at one instant: now, or just behind the last change up to now. `by`: the person who changes it; nil: nobody known. */
enum err_code deal_events_add(struct db_tx *t, const struct vaulted *v, struct id deal, const struct deal_edit *list,
                              size_t n, struct id by, struct arena *a, struct err *e);

/* The pipeline of a deal, nil without. ERR_NOT_FOUND: no such deal. */
enum err_code deal_pipeline_get(struct db_tx *t, const struct vaulted *v, struct id deal, struct id *out,
                                struct err *e);
