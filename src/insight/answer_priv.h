/* insight/answer_priv.h - the two ways to an answer. */
#pragma once
#include "insight/answer.h"

/* answer_rows.c. True when the question counts or lists interactions and every word of it was understood; then `out` is
 * the answer, or the return value of *rc is an error. */
bool answer_counted(struct index *ix, const struct answer_source *src, const struct answer_question *q, struct arena *a,
                    struct answer *out, enum err_code *rc, struct err *e);

/* answer_pick.c: sentences of the passages that answer. `hits`: best first. */
enum err_code answer_picked(struct embedder *em, const struct answer_source *src, const struct answer_question *q,
                            const float *vec, const struct index_hit *hits, size_t hits_n, struct arena *a,
                            struct answer *out, struct err *e);
