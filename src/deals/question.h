/* deals/question.h - questions that count, list or add up deals, as a typed query over their states.
 *
 * "How many deals are in proposal?", "which open deals of Priya have no next step", "sum of the deals won in Q3 2026". A question
 * is understood only when every word of it is: a stage, an account or an owner that is there, a warning, an outcome, a period.
 * Otherwise it is left to others, so that no number is ever guessed. Pure; memory in `a`. */
#pragma once
#include "deals/view.h"
#include "text/asked.h"

enum deal_ask { DEAL_ASK_COUNT, DEAL_ASK_LIST, DEAL_ASK_SUM };

struct deal_query {
    enum deal_ask ask;
    unsigned outcomes; /* bit (1 << enum deal_outcome); 0: all */
    str stage, account, owner; /* names as they are; empty: any */
    int warning;       /* 0: none asked for */
    enum deal_dated { DATED_NONE, DATED_CLOSED, DATED_CREATED, DATED_DUE } dated;
    struct asked_period period;
};

/* False when the question is of another kind, or not wholly understood. */
bool deal_question_parse(str question, const struct deal_views *vs, struct arena *a, struct deal_query *out);
bool deal_question_matches(const struct deal_query *q, const struct deal_view *d);
