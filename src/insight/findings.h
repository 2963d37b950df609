/* insight/findings.h - what an interaction says, beside its figures: the analyses as one table.
 *
 * Each analysis is a maker with a name and a version; when the version of one grows, `harken serve` runs it again over what is
 * stored. All of them are extractive: every finding rests on spans of the original text. Pure; any thread; memory in `a`. */
#pragma once
#include "insight/discourse.h"
#include "records/findings.h"

struct findings_context {
    const str *own_domains; /* mail domains of our own people */
    size_t own_domains_n;
    const str *competitors; /* names to look for */
    size_t competitors_n;
};

/* The class of findings of a competitor: a hash of the name without case, accents and spaces, so that SQL can count what
 * names would give away. */
str competitor_class(str name, struct arena *a);

/* Turns in which an external speaker objects, ascending: for wpm_shift_after_objection. Returns how many. */
size_t objection_turns(const struct discourse *d, struct arena *a, size_t **out);

/* Fields of the qualification by number: "meddpicc.metrics". */
extern const size_t qualification_fields_n;
const char *qualification_field(size_t field);

extern const struct finding_maker finding_makers[];
extern const size_t finding_makers_n;

/* Findings of all makers, in no particular order. */
void findings_make(const struct interaction *ia, const struct findings_context *c, struct arena *a,
                   struct record_finding **out, size_t *out_n);
/* The same of a discourse that somebody else has made, too. */
void findings_make_of(const struct discourse *d, const struct findings_context *c, struct arena *a,
                      struct record_finding **out, size_t *out_n);
/* A modality or class for people: "promised", "price", "economic buyer". */
str finding_code_say(str code, struct arena *a);
/* "promised by Ann Ruiz, due 2026-10-09"; `owner` may be empty, `due_day` FINDING_NO_DAY. */
str finding_say(str called, str owner, int32_t due_day, struct arena *a);
/* Writes one finding as the API shows it; nothing when a span does not lie in the text. */
void finding_json(const struct record_finding *f, const struct interaction *ia, struct arena *a, struct jw *w);
