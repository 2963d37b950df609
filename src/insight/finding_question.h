/* insight/finding_question.h - questions about what the analyses found, as a typed query over findings.
 *
 * "Which objections did Halden raise?", "what did we promise Vireo", "how many commitments are overdue", "who is the economic
 * buyer at Halden", "what did Priya promise last month". A question is understood only when every word of it is, but for the
 * name of a person, which the findings themselves know. Otherwise it is left to others. Pure; memory in `a`. */
#pragma once
#include "domain/interaction.h"
#include "text/asked.h"

enum { FINDING_CLASSES_MAX = 2, FINDING_MODALITIES_MAX = 2 };

struct finding_query {
    bool count;                /* how many; otherwise: which */
    const char *kind;          /* as in records/findings.h */
    const char *one, *many;    /* as they are called */
    str classes[FINDING_CLASSES_MAX], modalities[FINDING_MODALITIES_MAX];
    size_t classes_n, modalities_n; /* 0: any */
    str account;               /* one of the names given; empty: any */
    str person;                /* words of the owner's name, lower case, with single spaces; empty: anybody */
    enum ia_side side;         /* of who says it; IA_SIDE_UNKNOWN: any */
    bool overdue;              /* due before today */
    bool has_due, has_said;
    struct asked_period due, said; /* when it is due; when the conversation was */
};

/* `accounts`: names that are there. False when the question is of another kind, or not wholly understood. */
bool finding_question_parse(str question, int64_t now_ms, const str *accounts, size_t accounts_n, struct arena *a,
                            struct finding_query *out);
/* Has a question the words of one of these at all? Cheap: before names are read. */
bool finding_question_likely(str question, struct arena *a);
/* The words of a person's name stand in an owner's name. */
bool finding_question_owner(const struct finding_query *q, str owner, struct arena *a);
/* "3 objections about price at Halden Logistics" */
str finding_question_say(const struct finding_query *q, int64_t n, struct arena *a);
