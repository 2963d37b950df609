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
        str said; /* as asked */
    } names[COUNT_NAMES_MAX];
    size_t names_n;
    int64_t from_ms, to_ms; /* as if local time were UTC; CLOCK_NONE: open */
    bool list;              /* "which", "list": rows are the answer, the number is not asked for */
    const struct count_noun *noun; /* what is counted, as asked */
    str when;               /* the times as asked, for the sentence: "in October 2026"; empty: none */
};

struct count_noun {
    const char *word; /* as it stands in a question */
    unsigned kinds;   /* as in count_query */
    const char *one, *many;
    bool german;
};

/* False when the question is of another kind. */
bool count_parse(str question, int64_t now_ms, struct arena *a, struct count_query *out);

/* The count in a sentence: "19 calls took place in October 2026.", "Lucy Fairweather sent 5 mails to Tidewater Books.", "No
 * calls mention Quantor.", "Es gab 3 Anrufe im Oktober 2026." */
str count_say(const struct count_query *q, int64_t n, struct arena *a);
