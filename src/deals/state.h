/* deals/state.h - how a deal stood at a time: a pure function of the facts up to then.
 *
 * Nothing after `as_of` is looked at, so a state of the past is what could be known then (no leakage). What cannot be told
 * has no value and a bit in `problems`; problem_of says why. Definitions: definitions.md sections 1 (engagement), 7, 9. */
#pragma once
#include "deals/facts.h"

enum { STATE_DEFINITION_VERSION = 1 };

/* Things about a deal that may be impossible to tell; bits of deal_state.problems, 1u << n. Stored: append only. */
enum deal_unknown {
    UNKNOWN_STAGE,
    UNKNOWN_AMOUNT,
    UNKNOWN_CLOSE,
    UNKNOWN_OWNER,
    UNKNOWN_CATEGORY,
    UNKNOWN_TIMES,
    UNKNOWN_PIPELINE,
    UNKNOWNS
};

enum deal_outcome { DEAL_OPEN, DEAL_WON, DEAL_LOST, DEAL_UNKNOWN }; /* stored */

struct deal_state {
    int64_t as_of;
    enum deal_outcome outcome;
    unsigned problems;
    enum crm_problem why[UNKNOWNS]; /* the problem behind each bit */
    const struct deal_stage *stage; /* NULL: none or unknown */
    int64_t stage_since, created, closed; /* CLOCK_NONE: not known, not closed */
    struct id stage_event;          /* the change that brought it there */
    int deepest;                    /* highest ordinal of an open stage so far */
    int regressions;                /* times the stage went back */
    int64_t regressed_at;
    struct id regressed_event;
    bool below_deepest;             /* still before a stage it once reached */
    struct id owner;
    bool has_amount, has_close, has_category;
    int64_t amount_micros, close_day;
    char currency[4];
    enum crm_category category;
    int pushes, pulls;              /* moves of the close date to a later, an earlier day, while open */
    int64_t push_days;              /* days of all pushes */
    struct id push_event;           /* the last push */
    int64_t pushed_at;
    double probability;             /* as the CRM says: the deal's own, else the stage's; NaN: unknown */
};

/* `as_of` in ms. Before its first change a deal has no stage and outcome DEAL_UNKNOWN. */
void deal_state_at(const struct deal_facts *f, int64_t as_of, struct deal_state *out);
const char *deal_unknown_name(enum deal_unknown u); /* "amount" */

/* E(t) of definitions 1 over acts up to t. */
double deal_engagement(const struct deal_facts *f, int64_t t);
/* inbound / (inbound + outbound) of mails and calls in (t-30 d, t]; NaN on 0/0. */
double deal_reciprocity(const struct deal_facts *f, int64_t t, int *out_in, int *out_out);
/* E(t) / E(t-14 d); NaN on 0/0. */
double deal_momentum(const struct deal_facts *f, int64_t t);

/* When something last happened up to t, CLOCK_NONE: never; *out (may be NULL) the act. */
int64_t deal_last_act(const struct deal_facts *f, int64_t t, bool external, const struct deal_act **out);
/* External people with contact in both directions in (t-days, t]. `out` (may be NULL) has room for person_n + 64 ids. */
int deal_two_way_contacts(const struct deal_facts *f, int64_t t, int days, struct id *out);
/* Has somebody of director level or the economic buyer been in a meeting up to t? */
bool deal_power_met(const struct deal_facts *f, int64_t t);
/* A meeting planned after t as known at t, or a promise due after t. *out_at when. */
bool deal_next_step(const struct deal_facts *f, int64_t t, int64_t *out_at);
/* Sum over MEDDPICC fields of the best score so far, 0..16; -1 when no conversation was analysed. */
int deal_qualification(const struct deal_facts *f, int64_t t);
/* Best score of one field ("meddpicc.paper_process") so far, 0..2; *out (may be NULL) the finding. */
int deal_field_score(const struct deal_facts *f, int64_t t, const char *class_, const struct deal_find **out);
/* n working days (Monday to Friday) after an instant. */
int64_t deal_working_days_after(int64_t at_ms, int n);
