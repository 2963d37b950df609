/* deals/question.h - questions that count, list or add up deals, or ask what stands against them, as a typed query over their
 * states.
 *
 * "How many deals are in proposal?", "which open deals of Priya have no next step", "sum of the deals won in Q3 2026", "which
 * deals are at risk", "what are the risks at Halden", "why did we lose the pilot". A question
 * is understood only when every word of it is: a stage, an account or an owner that is there, a warning, an outcome, a period.
 * Otherwise it is left to others, so that no number is ever guessed. Pure; memory in `a`. */
#pragma once
#include "deals/view.h"
#include "text/asked.h"

enum deal_ask {
    DEAL_ASK_COUNT,
    DEAL_ASK_LIST,
    DEAL_ASK_SUM,
    DEAL_ASK_WARNINGS, /* those of the deals meant, each a row */
    DEAL_ASK_LOST, /* lost deals with the reason given */
};
enum { DEAL_RISK_SEVERITY = 2 }; /* a warning of that much makes a deal one "at risk" */

struct deal_query {
    enum deal_ask ask;
    unsigned outcomes; /* bit (1 << enum deal_outcome); 0: all */
    str deal, stage, account, owner; /* names as they are; empty: any */
    int warning; /* 0: none asked for */
    int severity; /* with a warning of that severity or more; 0: none asked for */
    enum deal_dated { DATED_NONE, DATED_CLOSED, DATED_CREATED, DATED_DUE } dated;
    struct asked_period period;
};

/* May it be such a question? By its words alone, before any deal is opened. */
bool deal_question_likely(str question, struct arena *a);
/* False when the question is of another kind, or not wholly understood. */
bool deal_question_parse(str question, const struct deal_views *vs, struct arena *a, struct deal_query *out);
bool deal_question_matches(const struct deal_query *q, const struct deal_view *d);
