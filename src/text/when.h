/* text/when.h - days that words name: "by Friday", "on the twelfth of March", "in two weeks", "end of the month", "Q3".
 *
 * Resolved against a given day (of the conversation, in its own time zone), never against the clock. What names no single
 * day ("next week", "soon", "in a few days", "31 November") is found but not resolved. Rules, over lists/when.LANG.txt:
 *   a weekday is the next one after today; "this Friday" the one of this week unless it is over; "next Friday" the one of
 *   next week; "Friday week", "a week on Friday" and "Friday in two weeks" count from the next one
 *   end of the week, and this week, is Friday (of next week on Saturday and Sunday); of a month, quarter or year its last day
 *   a date without year is the next such day from today on; a quarter is the calendar's, meant is its last day
 *   "a couple of" is 2; working days leave out Saturday and Sunday
 * English, German, French and Spanish; other languages find nothing but numbers. Any thread; no state. */
#pragma once
#include "text/words.h"

enum { WHEN_MAX = 16 };

enum when_role {
    WHEN_DUE, /* by, on, until, or no preposition: may say when something is done */
    WHEN_CONTENT, /* for, from, of, "Friday's": belongs to the thing */
    WHEN_PAST, /* last week, yesterday */
};

struct when {
    size_t from, to; /* tokens [from, to) */
    bool resolved;
    int32_t day; /* days since 1970-01-01 */
    enum when_role role;
};

/* `w` as words_split() gives it. At most WHEN_MAX are found; returns how many. */
size_t when_find(const struct words *w, str lang, int32_t today, struct when out[WHEN_MAX]);
/* Can there be any? Cheap; most sentences have none. */
bool when_may(const struct words *words, str lang);
int when_version(str lang);
