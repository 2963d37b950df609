/* insight/clauses.h - a sentence cut into clauses, and what a clause leans on: conditions, hedges, reported speech, days.
 *
 * A clause begins behind punctuation, at a condition ("if", "unless", "until it is ..."), and at a link ("and", "but", "so")
 * with a head or a name behind it. Places are words of the sentence, ranges [from, to). No allocation but for the words of
 * time, which are found once and kept in the discourse's arena. Pure; any thread, each with its own struct clauses. */
#pragma once
#include "insight/acts_priv.h"

enum { CLAUSES_MAX = 32 }; /* the last one holds the rest */

/* Marks that begin a statement of its own: "I'll", "could you", "I might". */
#define CLAUSE_HEADS                                                                                                   \
    (C_I | C_WE | C_NEG | C_CANT | C_MIGHT | C_CAN | C_GET | C_ASK | C_NEED | C_OFFER | C_PROPOSE | C_LETME)

struct clause {
    size_t from, to;
    bool condition; /* begins with if, unless, when ... and is no indirect question */
    bool but; /* begins with but */
    bool linked; /* begins with and, but, so: a statement of its own */
};

struct clauses {
    struct marked k;
    bool written; /* a mail or note: nothing happens within the call */
    bool granted; /* has a word for what has to be granted first: "approval", "signature" */
    struct clause c[CLAUSES_MAX];
    size_t n;
};

/* The clauses of a sentence of at least one word; they cover it without gap. */
void clauses_cut(const struct marked *k, struct clauses *out);
bool clause_link_at(const struct marked *k, size_t i);
/* Says something of its own: has a head, or a name of the conversation with "will" behind it. */
bool clause_has_head(const struct clauses *in, const struct clause *c);
/* Is what clause ci says held open: by a hedge of its own, by a condition or hedge that leans on it, or by a disclaimer
 * anywhere ("no promises")? `head_end`: the word behind its head. */
bool clause_hedged(const struct clauses *in, size_t ci, size_t head_end);
/* Is the head at that word somebody else's: "he said I'll ...", "\"I'll send it\""? */
bool clause_reported(const struct clauses *in, size_t head);
/* From word `from` on, something that happens within the call: "let me share my screen". Never so in writing. */
bool clause_here(const struct clauses *in, size_t from);
/* The sentence is of what is always done: "usually", "every week". */
bool clause_habit(const struct clauses *in);
/* Words of time of that role that begin within the range. */
bool clause_when(struct clauses *in, size_t from, size_t to, enum when_role role);
/* The day by which it is done that the range names, or ACT_NO_DAY; days of things ("the meeting on Tuesday"), past ones and
 * those ruled out ("not on Monday") do not count, and one put right within the sentence ("by Friday, sorry, Monday") is the later. *out_dated is set when there are such words, resolved or not, and is left
 * alone otherwise. */
int32_t clause_due(struct clauses *in, size_t from, size_t to, bool *out_dated);
