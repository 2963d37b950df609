/* pipeline/prepare.h - what is found out about an interaction before it is stored: language, personal data, chunks, and, where it
 * is small, what it says. */
#pragma once
#include "insight/discourse.h"
#include "pipeline/core.h"
#include "records/findings.h"

struct prepared {
    struct record_pii *pii;
    size_t pii_n;
    struct record_chunk *chunks;
    size_t chunks_n;
    int64_t words;
    const struct discourse *discourse; /* NULL: not made */
    bool analysed;
    struct record_finding *findings; /* when analysed */
    size_t findings_n;
};

/* Sets ia->language and the sides; fills *out but for the findings. Computes only; any thread. Memory in `a`. */
void prepare_interaction(struct core *c, struct interaction *ia, struct arena *a, struct prepared *out);
/* What a prepared interaction says (pipeline/analyse.h): for one that nobody else will analyse. */
void prepare_findings(struct core *c, struct interaction *ia, struct arena *a, struct prepared *p);
/* The figures of definitions.md section 1, for calls; sides must be settled. Reads earlier calls in the transaction.
 * `d`: its discourse, or NULL when it is still to be made. */
enum err_code prepare_statistics(struct core *c, struct db_tx *t, const struct interaction *ia,
                                 const struct discourse *d, struct arena *a, struct record_stat **out, size_t *out_n,
                                 struct err *e);
