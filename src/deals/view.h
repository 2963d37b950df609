/* deals/view.h - a deal as it is shown: state, figures, score with reasons, warnings with evidence, people, and briefs.
 *
 * Everything is worked out as of a time, from the facts; names are opened here, so whoever calls has checked access and writes
 * the audit row. Memory in `a`, which should be wiped. Calls block on the database. */
#pragma once
#include "deals/evaluate.h"
#include "deals/warnings_store.h"

struct deal_view {
    struct deal_facts *f;
    struct deal_state s;
    const struct deal_cohort *cohort; /* NULL: no history */
    const struct score_model *model;
    struct warning_hit hits[WARNINGS_N];
    struct score_row row;
    struct score score;
    int score_reason; /* SCORE_* */
    int rank; /* 0: none; of the stored evaluation */
    str name, account, stage, owner, pipeline;
};

struct deal_views {
    struct db_tx *t;
    const struct vaulted *v;
    struct arena *a;
    struct deals_context ctx;
    int64_t now;
    struct deal_view *list;
    size_t n;
    const str *competitors; /* names that are looked for, so that briefs can say them; set by the caller, may be none */
    size_t competitors_n;
    const struct record_ia *opened; /* conversations the caller may read, whose words briefs quote; set by the caller */
    size_t opened_n;
    struct warning_clicks clicks[WARNINGS_N]; /* how often people called each kind right */
};

/* Views of deals in the order of their ids. */
enum err_code deal_views_load(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, int64_t now,
                              struct arena *a, struct deal_views *out, struct err *e);
/* One object: the short form for lists, the long one with evidence, reasons, people and history. */
void deal_view_write(const struct deal_views *vs, const struct deal_view *d, bool full, struct jw *w);
/* The long form needs names of people; call before writing. */
enum err_code deal_view_people(struct deal_views *vs, const struct deal_view *d, struct id **out_ids, str **out_names,
                               size_t *out_n, struct err *e);

/* Definition, inputs, evidence and value of one figure of a deal: "p", "engagement", "momentum", "reciprocity", "contacts",
 * "next_step", a warning ("W08"), a feature ("silence"). False when there is no such figure. */
bool deal_explain_write(const struct deal_views *vs, const struct deal_view *d, str figure, struct jw *w);

/* A page before a meeting: how it stands, what changed since `since` (CLOCK_NONE: since the last meeting), who takes part, open
 * promises, what is missing. Every line has its sources. */
enum err_code deal_brief_write(struct deal_views *vs, const struct deal_view *d, int64_t since, struct jw *w,
                               struct err *e);
