/* insight/sentence_vectors.h - vectors of the sentences of a conversation, small enough to keep.
 *
 * The sentences are those of insight/discourse.h with at least SENTENCE_WORDS_MIN words. Of each vector a scale and one byte for
 * every number are kept; that changes a cosine by less than 0.01. With them goes a hash of the sentences, so that vectors of
 * other words (an erased speaker, other rules) are never taken for theirs. Pure; any thread. */
#pragma once
#include "insight/discourse.h"

enum { SENTENCE_WORDS_MIN = 2 };

struct spoken {
    struct ia_span span;
    str text;
    enum ia_side side;
    int64_t at_ms;
};
/* The sentences that have vectors, in order. Memory in `a`. */
struct spoken *spoken_of(const struct interaction *ia, struct arena *a, size_t *out_n);

/* n rows of dim numbers as bytes, in `a`. */
str sentence_vectors_pack(const struct spoken *s, size_t n, const float *vec, size_t dim, struct arena *a);
/* False when the bytes do not belong to these sentences. n * dim numbers, in `a`. */
bool sentence_vectors_open(str bytes, const struct spoken *s, size_t n, size_t dim, struct arena *a, float **out);
/* Any `want` rows or fewer of what was packed, evenly spread; whatever the sentences are. */
size_t sentence_vectors_some(str bytes, size_t dim, size_t want, struct arena *a, float **out);

/* One row, for others that keep vectors: dim + 4 bytes. */
void vector_pack(const float *vec, size_t dim, struct buf *out);
void vector_open(const char *packed, size_t dim, float *out);
static inline size_t vector_packed_bytes(size_t dim)
{
    return dim + sizeof(float);
}
