/* insight/answer_count.h - questions that count or list interactions, read into a typed query.
 *
 * "How many calls with Halden in October 2026?", "which mails mention a discount", "list the notes by Priya last month". A
 * question is understood only when every word of it is: otherwise it is left to the extractive way, so that no count is ever
 * guessed. Dates are the calendar days of the place where the interaction was recorded. Pure; memory in `a`. */
#pragma once
#include "domain/interaction.h"

enum { COUNT_NAMES_MAX = 4 };

enum count_role {
    COUNT_WITH,   /* an account or a person that took part, or the title names it */
    COUNT_PERSON, /* took part */
    COUNT_BY,     /* wrote it or speaks in it */
    COUNT_TO,     /* got it: takes part without having written it; or the account */
    COUNT_WORDS,  /* the words stand in it */
};

struct count_query {
    unsigned kinds; /* bit (1 << enum ia_kind); 0: all */
    struct {
        enum count_role role;
        str name; /* lower case */
    } names[COUNT_NAMES_MAX];
    size_t names_n;
    int64_t from_ms, to_ms; /* as if local time were UTC; CLOCK_NONE: open */
    bool list;              /* "which", "list": rows are the answer, the number is not asked for */
    str noun;               /* "calls", as asked */
    str rest;               /* the conditions in words, for the sentence: "in October 2026" */
};

/* False when the question is of another kind. */
bool count_parse(str question, int64_t now_ms, struct arena *a, struct count_query *out);
