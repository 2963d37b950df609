/* deals/methodology.h - which fields of the qualification are to be known by which stage: as the playbooks say.
 *
 * A playbook's stage may have a talk track, trackers that are to come up in its calls, and may name fields ("meddpicc.champion"); those of it and of the stages before it are required. Where no
 * playbook names any for a stage, the phase decides: early the pain; in the middle metrics, criteria and a champion too; from
 * the proposal on buyer, process and competition; from negotiation on the paper process. */
#pragma once
#include "deals/state.h"
#include "records/vaulted.h"
#include "store/reader.h"

enum { METHODOLOGY_FIELDS_MAX = 40, METHODOLOGY_FIELD_BYTES = 40, METHODOLOGY_PLAYBOOKS_MAX = 200 };

struct methodology_stage {
    struct id playbook;
    str name;
    str *fields; /* of this stage and of those before it */
    size_t fields_n;
    struct id_set track; /* trackers that are to come up in calls of this stage; of this stage alone */
};
struct methodology {
    struct methodology_stage *stages;
    size_t stages_n, stages_cap;
};

struct methodology_need {
    struct id playbook; /* nil: the phase decided */
    char field[METHODOLOGY_FIELDS_MAX][METHODOLOGY_FIELD_BYTES];
    size_t n;
};

/* All playbooks, oldest first; memory in `a`. Blocks on the database. */
enum err_code methodology_load(struct db_tx *t, const struct vaulted *v, struct arena *a, struct methodology *out,
                               struct err *e);
/* What is required in a stage; `name` of the stage as the CRM writes it, compared without case. */
void methodology_required(const struct methodology *m, str name, const struct deal_stage *s,
                          struct methodology_need *out);
/* The talk track of a stage: trackers, by id; empty: it has none. */
struct id_set methodology_track(const struct methodology *m, str name);
/* Of those the ones nobody has said anything of up to s->as_of (score 0), in their order. */
void methodology_missing(const struct methodology_need *need, const struct deal_facts *f, int64_t as_of,
                         struct methodology_need *out);
