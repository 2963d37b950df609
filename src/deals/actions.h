/* deals/actions.h - what to do next about a deal: candidates, their order, and the log of every decision (definitions 11).
 *
 * Candidates come from warnings, promises due, what a playbook (or the qualification) wants known at the stage and nobody has
 * said, and what similar won deals had done by this time; doing nothing is always one. They are ranked by
 *     P(accept) * P(done | accept) * uplift * value - cost - fatigue
 * with P(accept) = (2 + accepted) / (4 + decided) from the log by kind of action; P(done) 0.7; uplift 0.01, 0.03 or 0.06 by
 * severity; value the amount, or the pipeline's median. Among candidates within a tenth of the best, another than the best
 * is put first in one case out of twenty, and the probability of what was put first is kept: without it nothing can be
 * learned from the log later. */
#pragma once
#include "deals/evaluate.h"
#include "deals/methodology.h"
#include "deals/similar.h"

enum action_kind { /* stored: append only */
                   ACTION_NOTHING,
                   ACTION_FOLLOW_UP, /* mail after silence */
                   ACTION_CALL, /* call who went silent */
                   ACTION_BOOK_NEXT, /* book the next meeting */
                   ACTION_MULTITHREAD, /* bring in more people */
                   ACTION_REACH_POWER, /* get who decides about the money to the table */
                   ACTION_TALK_PRICE,
                   ACTION_ANSWER_FLAG, /* speak about the red flag */
                   ACTION_FIX_CLOSE_DATE, /* CRM update: close date */
                   ACTION_FIX_STAGE, /* CRM update: stage or amount */
                   ACTION_SAVE_AMOUNT,
                   ACTION_NEW_CHAMPION,
                   ACTION_ASK_PROCESS,
                   ACTION_START_LEGAL,
                   ACTION_AGAINST_COMPETITOR,
                   ACTION_RESEND,
                   ACTION_REASSIGN,
                   ACTION_KEEP_PROMISE, /* a promise of ours is due */
                   ACTION_REMIND, /* a promise of theirs is overdue */
                   ACTION_ASK_FIELD, /* a field of the qualification nobody knows */
                   ACTION_SEND_DOCUMENT, /* what similar deals had sent by now */
                   ACTION_KINDS
};
enum action_cause { /* stored: append only */
                    CAUSE_WARNING,
                    CAUSE_PROMISE,
                    CAUSE_QUALIFICATION,
                    CAUSE_PLAYBOOK,
                    CAUSE_SIMILAR,
                    ACTION_CAUSES
};
enum action_form { FORM_NONE, FORM_MAIL, FORM_CALL, FORM_AGENDA, FORM_CRM };
enum action_response {
    RESPONSE_OPEN,
    RESPONSE_ACCEPTED,
    RESPONSE_EDITED,
    RESPONSE_DISMISSED,
    RESPONSE_SNOOZED,
    RESPONSE_WITHDRAWN,
    RESPONSE_COMPLETED,
    RESPONSES
}; /* stored */
enum { ACTION_CANDIDATES_MAX = 40, ACTION_COOLDOWN_DAYS = 7, ACTION_PER_DAY = 5, ACTION_POLICY_VERSION = 1 };

struct action_row {
    const char *name, *words; /* "follow_up"; what to do, in a sentence */
    enum action_form form;
    double cost; /* in units of the deal's currency: minutes of a rep */
};
extern const struct action_row action_rows[ACTION_KINDS];
int action_kind_find(str name); /* -1: none */

struct action_candidate {
    enum action_kind kind;
    int warning; /* behind it; 0: none */
    enum action_cause cause;
    struct id sources[SIMILAR_DEALS]; /* the playbook, or the won deals that had done it */
    size_t sources_n;
    struct deal_evidence evidence; /* the first of the warning, or the promise */
    double score, propensity;
};

struct action_history {
    int decided[ACTION_KINDS], accepted[ACTION_KINDS]; /* over the workspace */
};

/* What is known of a deal beside its facts. */
struct action_context {
    struct methodology_need need,
        missing; /* fields wanted at the stage, and those of them nobody has said anything of */
    struct similar_gap gaps[SIMILAR_DEEDS];
    size_t gaps_n;
    const struct id
        *barred; /* people who must not be contacted: left out, and if nobody else is left, so is the customer */
    size_t barred_n;
};
/* Of deals, in their order; memory in `a`. Blocks on the database. */
enum err_code actions_context_load(struct db_tx *t, const struct vaulted *v, const struct deal_facts *f,
                                   const struct deal_state *s, size_t n, int64_t now, struct arena *a,
                                   struct action_context **out, struct err *e);
bool action_barred(const struct action_context *x, struct id person); /* x NULL: nobody is */

/* Candidates of an open deal, best first, "nothing" among them; x may be NULL; `seed` decides the exploration. Each kind once; kinds of
 * `blocked` (bits) are left out before the odds are worked out. propensity: of being put in the first place. */
size_t actions_rank(const struct deal_facts *f, const struct deal_state *s, const struct warning_hit hits[WARNINGS_N],
                    const struct deal_cohort *c, const struct action_history *h, const struct action_context *x,
                    uint32_t blocked, uint64_t seed, struct action_candidate out[ACTION_CANDIDATES_MAX]);

struct action {
    struct id id, deal, seller, decision;
    enum action_kind kind;
    int warning, position;
    enum action_cause cause;
    struct id sources[SIMILAR_DEALS];
    size_t sources_n;
    double score, propensity;
    int64_t made_ms, shown_ms, responded_ms, snooze_ms; /* CLOCK_NONE: not */
    enum action_response state;
};

/* Decides anew for deals that have no open action: logs the decision with its whole candidate set, and proposes at most three,
 * never a kind that was proposed for the deal within the cool-down, never more than the daily cap for a seller, nothing that
 * is suppressed. Actions whose warning no longer holds are withdrawn. Calls block on the database. */
enum err_code actions_decide(struct db_tx *t, const struct vaulted *v, const struct deals_context *c,
                             const struct id *deals, size_t n, int64_t now, struct arena *a, struct err *e);
/* Open actions of a deal (nil: of all), best first; marks them shown. */
enum err_code actions_list(struct db_tx *t, const struct vaulted *v, struct id deal, size_t limit, int64_t now,
                           struct arena *a, struct action **out, size_t *out_n, struct err *e);
enum err_code action_get(struct db_tx *t, const struct vaulted *v, struct id id, struct arena *a, struct action *out,
                         struct err *e);
/* A person's answer. ERR_CONFLICT when it was answered already. `until` of a snooze. `text`: what an edited draft became. */
enum err_code action_respond(struct db_tx *t, const struct vaulted *v, const struct action *act, enum action_response r,
                             int reason, int64_t until_ms, str text, int edit_distance, struct id by, int64_t now,
                             struct arena *a, struct err *e);
/* Nobody proposes anything that goes to this person, in any deal (deal nil); or, person nil, anything at all for the deal. */
enum err_code actions_suppress(struct db_tx *t, const struct vaulted *v, struct id deal, struct id person,
                               int64_t until_ms, int cause, int64_t now, struct err *e);
