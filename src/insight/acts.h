/* insight/acts.h - what a sentence does: promises, asks, offers, refuses, takes back. Modality is decided here, first.
 *
 * Clause analysis over tokens and the lists text/lists/commit.LANG.txt: a head ("I'll", "could you", "I might") at a place
 * where a clause can begin, the verb behind it, the hedges and conditions of its clause and of the clauses that lean on it.
 * When in doubt a statement is hedged, or no act at all. Pure; any thread. */
#pragma once
#include "insight/discourse.h"
#include "text/when.h"

enum act_kind { ACT_PROMISE, ACT_HEDGED, ACT_NEGATED, ACT_REQUEST, ACT_OFFER, ACT_CANCEL };

struct act {
    enum act_kind kind;
    size_t sentence;
    size_t from, to;   /* words */
    size_t begin;      /* where its clause begins */
    int owner;         /* promise: who does it; request: who is asked; VOICE_NONE: not said or nobody we know */
    bool team;         /* "we" of several, a team: nobody in particular */
    bool open;         /* request to whoever answers: "who sends ..." */
    bool weak;         /* offer as a statement: needs a clear word of acceptance */
    bool quiet;        /* request that means something only when it is answered */
    bool told;         /* request as a statement to somebody: "Ben, you'll do it, right?" */
    bool shaky;        /* refusal or hedge that means something only as an answer */
    bool answers;      /* only "I will." */
    bool and_promise;  /* "send me the file and I'll ..." */
    bool restated;     /* "I promised to ..." */
    bool strong;       /* taken back in more than one word: whatever was promised last */
    int32_t due;       /* INT32_MIN: none */
    bool dated;        /* has words of time, resolved or not */
};

/* How a turn answers a request. */
enum answer { ANSWER_NONE, ANSWER_YES, ANSWER_NO, ANSWER_HEDGED };

struct act_list {
    struct act *v;
    size_t n, cap;
};

#define ACT_NO_DAY INT32_MIN

/* The acts of a sentence, in order. `today`: day of the conversation, or ACT_NO_DAY. */
void acts_find(const struct discourse *d, size_t sentence, int32_t today, struct act_list *out);
/* The answer in the beginning of a sentence, by its words alone. *out_strong: a clear word ("please do"). */
enum answer answer_of(const struct discourse *d, size_t sentence, bool *out_strong);
bool sentence_moves_date(const struct discourse *d, size_t sentence);
/* The last day among the words of a sentence that may say when something is done. */
int32_t act_due(const struct discourse *d, size_t sentence, int32_t today, bool *out_dated);
/* Begins with a no. */
bool sentence_objects(const struct discourse *d, size_t sentence);
/* "Right.": agrees with what was said of who does what. */
bool sentence_confirms(const struct discourse *d, size_t sentence);
bool sentence_jokes(const struct discourse *d, size_t sentence);
/* "Don't bother, I found it": taken back in its first words. */
bool sentence_lets_off(const struct discourse *d, size_t sentence);
/* "At least that's the plan.", "Well, if I find the time.": hedges the sentence before it. */
bool sentence_softens(const struct discourse *d, size_t sentence);
int acts_version(str lang);
