/* insight/findings_priv.h - what the analyses share. */
#pragma once
#include "insight/findings.h"
#include "insight/said.h"

struct analysis {
    struct discourse d;
    const struct findings_context *c;
    struct arena *a;
    struct record_finding *list;
    size_t n, cap;
    const char *maker; /* of the analysis that runs */
    int version;
    const struct said *said; /* of each sentence; made by analysis_objections */
    const struct weighing *weighing; /* insight/weigh.h; made by analysis_points */
};

/* Adds a finding said by the speaker of its first span. */
struct record_finding *analysis_add(struct analysis *an, const char *kind, str class, const struct ia_span *spans,
                                    size_t spans_n);
struct ia_span sentence_span(const struct sentence *s);

/* {"k1":v1,"k2":v2} */
str json_object_of(struct arena *a, const char *k1, str v1, const char *k2, str v2);

/* Words of an objection of this code (1..12), listed ones that are not turned round or all of them together; severity 1..3. */
bool objection_said(const struct discourse *d, size_t sentence, int code, int *out_severity);
/* Has a sentence words of a field of the qualification? */
bool qualification_said(const struct discourse *d, size_t sentence, size_t field);

void analysis_objections(struct analysis *an); /* section 3 */
void analysis_qualification(struct analysis *an); /* section 6; after the objections */
void analysis_attitude(struct analysis *an); /* section 2 */
void analysis_competitors(struct analysis *an); /* section 4 */
void analysis_flags(struct analysis *an); /* section 7: red flags, what does not fit the CRM */
void analysis_decisions(struct analysis *an); /* decided, agreed, declined */
void analysis_requests(struct analysis *an); /* of mails; after questions and commitments */
void analysis_points(struct analysis *an); /* what people would write down; after all before it */
void analysis_summary(struct analysis *an); /* topics, highlights, summary; after all others */
void analysis_commitments(struct analysis *an); /* definitions.md section 5 */
void analysis_utterances(struct analysis *an); /* questions, check-ins, pricing, next steps */
