/* insight/proposals.h - findings and a summary that a language model proposes, each checked against the words it names.
 *
 * The model sees the turns in pieces that fit its context and answers under a grammar (prompts/). Nothing it says is believed:
 *   - a quote must stand in the named turn byte for byte and be whole words; the evidence is the whole sentence around it, so
 *     that no "might" is cut off;
 *   - a promise is one only when its own sentence has the words of a promise in the first person and nothing in it, around it or
 *     said later hedges, refuses, reports, jokes or takes it back; a softer modality needs the words of that modality;
 *   - the owner comes from the words; a proposal that names another one is dropped; the day is read from the words by text/when.h;
 *   - an objection needs an external speaker and words of its code, a field of qualification words of that field;
 *   - a sentence of the summary may hold no name, number or day and no firmness that its quote does not have.
 * What two makers found in the same words is one finding: that of the maker whose right and wrong clicks speak for it, but never a
 * firm one where the other is softer.
 *
 * Blocking, as long as the model takes; any thread; memory in `a`, which should be wiped. */
#pragma once
#include "insight/findings.h"
#include "llm/llm.h"

enum { PROPOSALS_STRENGTH = 20 }; /* the prior counts as much as so many clicks */
#define PROPOSALS_MAKER "model.findings"
#define SUMMARY_MAKER "model.summary"

/* Grows with the model, the prompts, the grammars and these checks: what another one made is made again. */
int proposals_version(const struct llm *m);

/* Checked proposals: "commitment", "objection", "qualification" of PROPOSALS_MAKER and "summary" of SUMMARY_MAKER (class
 * "abstractive", attributes {"text":...}). An answer that cannot be read counts as none. `go` (may be NULL) says false to give up:
 * ERR_CONFLICT. Errors: those of llm_write but ERR_LIMIT. */
enum err_code findings_propose(const struct interaction *ia, struct llm *m, bool (*go)(void *ctx), void *ctx,
                               struct arena *a, struct record_finding **out, size_t *out_n, struct err *e);

/* (right + prior * PROPOSALS_STRENGTH) / (clicks + PROPOSALS_STRENGTH); the prior of rules is what they reach on written cases,
 * that of a model one half. */
double maker_precision(const struct finding_clicks *clicks, size_t n, str maker, str kind);

/* `rules` and `proposed` as one list, in no order: duplicates and what is contradicted by a more precise maker left out, proposals
 * below one half left out, the confidence of what a model alone proposed set to its precision. */
void findings_merge(const struct record_finding *rules, size_t rules_n, const struct record_finding *proposed,
                    size_t proposed_n, const struct finding_clicks *clicks, size_t clicks_n, struct arena *a,
                    struct record_finding **out, size_t *out_n);
