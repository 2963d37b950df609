/* deals/drafts.h - what a proposal would have somebody write: a mail, an agenda, notes for a call, with the words they rest on.
 *
 * Never more than a proposal: nobody sends it but a person. What the customer said is quoted letter by letter and cited; nothing
 * is claimed that has no source. Pure; any thread; memory in `a`. */
#pragma once
#include "deals/actions.h"

enum { DRAFT_QUOTES_MAX = 3, DRAFT_QUESTIONS_MAX = 10, DRAFT_TO_MAX = 5 };

struct draft_quote {
    str speaker, words; /* speaker empty: not known */
    int64_t at_ms; /* of the conversation; CLOCK_NONE: unknown */
};

/* Places in conversations that the proposal rests on: the evidence of its warning, or the promise; newest first. How many. */
size_t draft_evidence(const struct deal_facts *f, const struct deal_state *s, const struct warning_hit hits[WARNINGS_N],
                      enum action_kind kind, int warning, struct deal_evidence out[DRAFT_QUOTES_MAX]);
/* What nobody has said yet of the fields of the qualification, as questions; only for proposals that ask. How many. */
size_t draft_questions(const struct deal_facts *f, const struct deal_state *s, enum action_kind kind,
                       const char *out[DRAFT_QUESTIONS_MAX]);
/* Whom a draft would go to: people of theirs with contact in both directions within 60 days, else those known; never who left,
 * whose mail came back, or who must not be contacted. How many. */
size_t draft_recipients(const struct deal_facts *f, const struct deal_state *s, enum action_kind kind,
                        const struct action_context *x, struct id out[DRAFT_TO_MAX]);
/* Quotes are numbered from [1] in their order. */
str draft_text(enum action_kind kind, const struct draft_quote *quotes, size_t quotes_n, const char *const *questions,
               size_t questions_n, str seller, struct arena *a);
