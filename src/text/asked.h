/* text/asked.h - a question read by taking out of it, phrase by phrase, what is understood.
 *
 * Whoever reads a question so knows at its end whether a word was left that nobody understood, and then leaves the question to
 * others: no figure is ever given to half a question. Words are runs of letters, digits, & - ' and bytes above ASCII, in lower
 * case (ASCII), without a final 's. No state; memory in the arena. */
#pragma once
#include "base/arena.h"
#include "base/clock.h"

struct asked {
    char *p; /* " word word word " */
    size_t n;
    struct arena *a;
};

/* `*w` zeroed before. */
void asked_make(struct asked *w, str text, struct arena *a);
/* Takes a phrase of whole words out; answers whether it was there. */
bool asked_take(struct asked *w, str phrase);
bool asked_take_any(struct asked *w, const char *const *phrases); /* the first that is there; NULL ends them */
/* The longest of some names that stands in the question; else the first whose first part, up to a space, a dot or a dash,
 * does (four bytes or more; three, of people). `names`: the first, each `stride` bytes behind the one before. */
bool asked_name_take(struct asked *w, const str *names, size_t stride, size_t n, bool person, str *out);

/* "Halden" of "Halden Logistics", "dalgaard" of "dalgaard-dairy.example". */
str asked_first_part(str name);

/* Days since 1970-01-01 (UTC), to_day not in it. */
struct asked_period {
    int64_t from_day, to_day;
};
/* "in October 2026", "in Q3 2026", "in 2026", "today", "this week", "last quarter": the first that is there. */
bool asked_period_take(struct asked *w, int64_t now_ms, struct asked_period *out);
