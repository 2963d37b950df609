/* deals/actions.h - what to do next about a deal: candidates, their order, and the log of every decision (definitions 11).
 *
 * Candidates come from warnings, promises due, and gaps in the qualification; doing nothing is always one. They are ranked by
 *     P(accept) * P(done | accept) * uplift * value - cost - fatigue
 * with P(accept) = (2 + accepted) / (4 + decided) from the log by kind of action; P(done) 0.7; uplift 0.01, 0.03 or 0.06 by
 * severity; value the amount, or the pipeline's median. Among candidates within a tenth of the best, another than the best
 * is put first in one case out of twenty, and the probability of what was put first is kept: without it nothing can be
 * learned from the log later. */
#pragma once
#include "deals/evaluate.h"

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
                   ACTION_KINDS
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
    struct deal_evidence evidence; /* the first of the warning, or the promise */
    double score, propensity;
};

struct action_history {
    int decided[ACTION_KINDS], accepted[ACTION_KINDS]; /* over the workspace */
};

/* Candidates of an open deal, best first, "nothing" among them; `seed` decides the exploration. Each kind once; kinds of
 * `blocked` (bits) are left out before the odds are worked out. propensity: of being put in the first place. */
size_t actions_rank(const struct deal_facts *f, const struct deal_state *s, const struct warning_hit hits[WARNINGS_N],
                    const struct deal_cohort *c, const struct action_history *h, uint32_t blocked, uint64_t seed,
                    struct action_candidate out[ACTION_CANDIDATES_MAX]);

struct action {
    struct id id, deal, seller, decision;
    enum action_kind kind;
    int warning, position;
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
enum err_code action_get(struct db_tx *t, const struct vaulted *v, struct id id, struct action *out, struct err *e);
/* A person's answer. ERR_CONFLICT when it was answered already. `until` of a snooze. `text`: what an edited draft became. */
enum err_code action_respond(struct db_tx *t, const struct vaulted *v, const struct action *act, enum action_response r,
                             int reason, int64_t until_ms, str text, int edit_distance, struct id by, int64_t now,
                             struct arena *a, struct err *e);
/* Nobody proposes anything that goes to this person; nil deal and kind: at all. */
enum err_code actions_suppress(struct db_tx *t, const struct vaulted *v, struct id deal, struct id person,
                               int64_t until_ms, int cause, int64_t now, struct err *e);
