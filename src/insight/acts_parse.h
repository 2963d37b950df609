/* insight/acts_parse.h - one sentence on its way to acts: shared by the rules of acts.c, acts_requests.c and acts_others.c.
 *
 * Places are words of the sentence; `ci` is a clause. Each rule adds what it finds and says whether its clause is done. */
#pragma once
#include "insight/acts.h"
#include "insight/clauses.h"

struct parse {
    struct clauses in; /* the sentence */
    bool late_verb; /* German and the like: the verb stands at the end */
    bool deeds; /* deed_may() of it */
    size_t si; /* its number */
    struct act_list *out;
};

struct act *act_add(struct parse *p, enum act_kind kind, size_t from, size_t to);
/* The speaker, or nobody in particular where "we" are several. */
void act_owner_set(const struct parse *p, struct act *x, bool we);
bool act_on_side(const struct parse *p, int voice); /* of the speaker */
/* The next word that is no "just", "also", "certainly"; _all_ skips "be", "able", "to", "you" as well. */
size_t act_skip_fill(const struct parse *p, size_t i);
size_t act_skip_all_fill(const struct parse *p, size_t i);
bool act_from_us(const struct parse *p, size_t i); /* "me", "us" */
bool act_points(const struct parse *p, size_t i); /* "it", "that", "you": an object that is spoken of */
bool act_starts_clause(const struct parse *p, const struct clause *c, size_t i);
/* Is the verb at i an act, given whether there is a day? The firm one takes verbs that no list knows, done to the listener. */
bool act_verb(const struct parse *p, size_t i, bool dated);
bool act_verb_firm(const struct parse *p, size_t i, bool dated);

/* ---- acts_requests.c: what the listener is asked to do ---- */

int act_vocative(const struct marked *k); /* the voice addressed in the sentence, or VOICE_NONE */
int act_addressed(const struct parse *p); /* in it, or last before it in the same turn */
int act_only_other(const struct discourse *d, int voice); /* the only one of another side, or VOICE_NONE */
/* `need`: "I need", "you'll send"; `imperative`: "send me". */
void act_request(struct parse *p, size_t ci, size_t head, size_t len, bool need, bool imperative);
bool act_told(struct parse *p, size_t ci, size_t head, size_t len);
bool act_tagged(const struct parse *p); /* "..., will you?" */
bool act_asks_name(struct parse *p, size_t ci, size_t i);
bool act_assigns(struct parse *p, size_t ci, size_t i);
bool act_asks_kindly(const struct parse *p, const struct clause *c);

/* ---- acts_others.c: what somebody else will do ---- */

bool act_named(struct parse *p, size_t ci, size_t i);
bool act_team(struct parse *p, size_t ci);
