/* pipeline/prepare.h - what is found out about an interaction before it is stored: language, personal data, chunks. */
#pragma once
#include "pipeline/core.h"

struct prepared {
    struct record_pii *pii;
    size_t pii_n;
    struct record_chunk *chunks;
    size_t chunks_n;
    int64_t words;
};

/* Sets ia->language; fills *out. Computes only; any thread. Memory in `a`. */
void prepare_interaction(struct core *c, struct interaction *ia, struct arena *a, struct prepared *out);
/* The figures of definitions.md section 1, for calls; sides must be settled. Reads earlier calls in the transaction. */
enum err_code prepare_statistics(struct core *c, struct db_tx *t, const struct interaction *ia, struct arena *a,
                                 struct record_stat **out, size_t *out_n, struct err *e);
