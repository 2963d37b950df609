/* insight/acts_deeds.h - promises and refusals without "I will": whole phrases ("leave it with me"), things that reach the other
 * side ("a fresh one will be in your inbox tonight"), passives ("it gets uploaded by me on the 18th"), and the present tenses,
 * which promise where a day stands with them ("I'm wiring the deposit on the 16th", "on Tuesday I walk the CFO through it").
 *
 * Lists: text/lists/deed.en.txt, reach.en.txt and the acts of commit.en.txt; other languages have none of this here. Pure; any thread. */
#pragma once
#include "insight/acts.h"
#include "insight/clauses.h"

struct deed {
    enum act_kind kind; /* ACT_PROMISE, ACT_HEDGED or ACT_NEGATED */
    int32_t due; /* ACT_NO_DAY: none */
    bool dated;
    bool we; /* by the speaker's side, not by the speaker */
};

/* Can there be any of it in the sentence? Cheap; most have none. */
bool deed_may(const struct marked *k);
/* Of those that may, whether one of the two below can find it: what they have in common, looked at before the clauses are cut. */
bool deed_clause_may(const struct marked *k);
/* A whole phrase in clause ci; false: none. The clause is no condition. */
bool deed_phrase(struct clauses *in, size_t ci, struct deed *out);
/* What clause ci, which has no head, says is done; false: nothing of the kind. The clause is no condition. */
bool deed_read(struct clauses *in, size_t ci, struct deed *out);
/* "have the order form signed": is there something done behind the "have" at word i? */
bool deed_has_done(const struct clauses *in, size_t i);
/* Length of the -ing form of an act at word i ("wiring", "setting up"); 0: none. */
size_t deed_progressive(const struct clauses *in, size_t i);
