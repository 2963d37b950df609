/* search/index_priv.h - the layout of the index, shared by index.c (changes) and retrieve.c (queries).
 *
 * Chunks of one interaction stand side by side, in order. A replaced or dropped interaction leaves dead chunks behind, which
 * index.c sweeps out when they are many. Everything is guarded by `lock`: queries share it, changes own it. */
#pragma once
#include <pthread.h>

#include "search/index.h"
#include "search/postings.h"
#include "search/scan.h"

struct doc {
    struct id interaction;
    enum ia_kind kind;
    int64_t started_at_ms;
    struct id account, deal;
    struct id *persons;
    uint32_t persons_n;
    bool private_;
    struct index_source *sources;
    uint32_t sources_n;
    str title;
    str *labels; /* of those who speak */
    uint32_t labels_n;
    char language[9];
    uint32_t first, chunks_n; /* chunks [first, first + chunks_n) */
    bool alive, vectors;
    struct arena *a; /* owns the pointers above */
};

/* What every query reads of every doc, apart from the rest so that a million chunks are passed in a fraction of a millisecond. */
struct doc_row {
    bool alive;
    uint32_t first, chunks_n;
    uint32_t words; /* of its chunks */
};

#define INDEX_NAME_MARK "\x01" /* begins the terms of speakers' names */

/* Who speaks in a chunk: a label of its doc. */
struct voice_row {
    uint16_t label;
    uint16_t words;
};

struct chunk_row {
    uint32_t doc;
    uint32_t words; /* tokens that are not stop words */
    uint32_t span_first; /* in spans */
    uint32_t voice_first; /* in voices */
    uint32_t tie; /* of the words and where they stand: orders equals whatever order they came in */
    uint16_t spans_n, voices_n;
    uint8_t sides;
    bool alive, vector;
};

struct lang_use {
    char tag[9];
    uint32_t docs;
};

enum { INDEX_TOKENS_SPARE = 4 };

struct index {
    pthread_rwlock_t lock;
    size_t dim;
    struct doc *docs;
    struct doc_row *rows; /* docs_cap */
    uint32_t docs_n, docs_cap, docs_alive;
    uint32_t *by_id; /* open addressing over docs that are alive; number + 1 */
    uint32_t by_id_slots;
    struct chunk_row *chunks;
    uint32_t chunks_n, chunks_cap, chunks_alive, chunks_vec;
    struct ia_span *spans;
    size_t spans_n, spans_cap;
    struct voice_row *voices;
    size_t voices_n, voices_cap;
    int8_t *codes; /* chunks_cap * dim */
    uint8_t *rests; /* chunks_cap * scan_rest_bytes(dim): what the codes leave of the floats */
    float *scales; /* chunks_cap; negative: no vector yet */
    struct postings *words;
    struct lang_use *langs;
    uint32_t langs_n, langs_cap;
    pthread_mutex_t spare_lock; /* guards the two below; the innermost */
    struct scores *spare;
    struct tokens *spare_tokens[INDEX_TOKENS_SPARE];
};

/* What cuts text into terms, with its cache of stems: a megabyte, so made once and lent. */
struct tokens *index_tokens_take(struct index *ix);
void index_tokens_give(struct index *ix, struct tokens *t);

/* BM25 sums of one query over all chunks: all zero between queries, so that only what a query touched is cleared. */
struct scores {
    float *sum; /* cap */
    uint32_t *touched; /* cap */
    size_t cap, n;
    struct scores *next;
};
struct scores *index_scores_take(struct index *ix);
void index_scores_give(struct index *ix, struct scores *s); /* NULL is ignored */

/* Number of the live doc of an interaction; UINT32_MAX when there is none. Lock held. */
uint32_t index_doc_find(const struct index *ix, struct id interaction);
/* May the reader see a doc? */
bool index_doc_seen(const struct doc *d, const struct reader *r);
/* Does a doc pass the filter, its reader included and sides apart? `path`: filter.in without a slash at the end. Lock held. */
bool index_doc_passes(const struct doc *d, const struct index_filter *f, str path);
/* The source that matched filter.in, or the first. */
str index_doc_source(const struct doc *d, str path);
str index_path_plain(str path);
