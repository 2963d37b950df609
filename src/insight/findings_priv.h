/* insight/findings_priv.h - what the analyses share. */
#pragma once
#include "insight/findings.h"

struct analysis {
    struct discourse d;
    const struct findings_context *c;
    struct arena *a;
    struct record_finding *list;
    size_t n, cap;
    const char *maker; /* of the analysis that runs */
    int version;
};

/* Adds a finding said by the speaker of its first span. */
struct record_finding *analysis_add(struct analysis *an, const char *kind, str class, const struct ia_span *spans,
                                    size_t spans_n);
struct ia_span sentence_span(const struct sentence *s);

void analysis_commitments(struct analysis *an); /* definitions.md section 5 */
void analysis_utterances(struct analysis *an); /* questions, check-ins, pricing, next steps */
