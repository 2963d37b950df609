/* search/rank.h - from the raw evidence about the chunks of an interaction to one score a chunk.
 *
 * Conversations are searched as sequences: what answers a question is usually a stretch of several chunks, and the words of
 * the question stand at its beginning. So the ranker looks at a whole interaction at once. For every chunk it makes
 * features (BM25, cosine, speaker share, each standardised within the interaction, smoothed over neighbours of several
 * widths), weighs them by a logistic model, and a second logistic model corrects each score by those of the
 * neighbours and of the best stretch. tools/ranker/README.md explains every feature; the weights are
 * src/search/ranker_weights.txt, made by tools/ranker/train.py and compiled in.
 *
 * An interaction of one chunk (a mail, a passage of a document) has nothing to be standardised within; there and for
 * the order between interactions the plain sum of BM25 and cosine decides, each standardised over the chunks at hand.
 *
 * Pure functions: no I/O, no locks, any thread. Cost: about 1 us a chunk. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct arena;

enum rank_mode { RANK_FUSED, RANK_LEXICAL, RANK_VECTOR };

/* The evidence on one interaction: all its chunks in order, not only those that match; the neighbours matter. */
struct rank_ia {
    size_t n;           /* chunks */
    const float *len;   /* n: tokens of the chunk that are not stop words (words only, no speaker names) */
    const uint16_t *tf; /* n rows of terms_n: occurrences of each query term in the chunk's words */
    const float *weight; /* terms_n: from query_voices() of this interaction */
    const float
        *voice; /* n: share 0..1 of the chunk's words by named speakers, times their strength; NULL: none named */
    const float *cosine; /* n: query vector . chunk vector; NAN where the chunk has none; NULL: no vectors */
};

/* Of all chunks searched, for the comparison between interactions. NULL or zero n: each interaction for itself. */
struct rank_pool {
    double n;         /* chunks */
    double mean_len;  /* of rank_ia.len */
    const double *df; /* terms_n: chunks that hold the term */
};

/* Scores the chunks of one interaction: out_score[n], higher is better, comparable inside this interaction only. */
void rank_one(const struct rank_ia *ia, size_t terms_n, enum rank_mode mode, struct arena *a, double *out_score);

/* Scores the chunks of many interactions together: out_score[i] has ias[i].n doubles, comparable across all.
 * Choose `ias` as the interactions of the best few hundred chunks by BM25 and by cosine each; give every chunk
 * of those interactions. With one interaction the order is that of rank_one(). An interaction's best chunk scores the sum
 * of BM25 and cosine, each standardised over all chunks given (mean of: both of one chunk, each of its best chunk); its other
 * chunks stand below it by their distance in rank_one(). Past the best RANK_INTERACTIONS interactions every chunk is scored by that sum alone. */
enum { RANK_INTERACTIONS = 16 };
void rank_all(const struct rank_ia *ias, size_t n, size_t terms_n, const struct rank_pool *pool, enum rank_mode mode,
              struct arena *a, double *const *out_score);
