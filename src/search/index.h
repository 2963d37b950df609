/* search/index.h - the chunk index of one workspace: words and vectors in memory, exact filters, fused ranking.
 *
 * Everything here is opened content and lives only in the memory of the `search` role; at rest it is sealed in the
 * store, from which the index is rebuilt at start. Interactions are put, get their vectors later, and are dropped; each
 * change is visible to the next query. Any thread: queries run side by side, a change waits for running queries and
 * lasts microseconds to milliseconds (words are made into postings before the lock is taken). Nothing does I/O.
 *
 * Lexical: BM25 (k1 1.2, b 0.75; Robertson and Zaragoza 2009) over stems of the interaction's language. Vector: exact scan of
 * int8 codes with a scale per vector (AVX2 or portable, chosen at run time; a big set is shared among threads that live for
 * that query). Both choose the interactions that are ranked chunk by chunk with vectors of full precision (search/rank.h). A filter is applied before any score is computed, never after. */
#pragma once
#include "domain/interaction.h"
#include "search/chunk.h"
#include "store/reader.h"

struct index;

enum { INDEX_SPANS_MAX = 256, INDEX_HITS_MAX = 1000, INDEX_QUERY_BYTES_MAX = 4096, INDEX_HISTORY_MAX = 16 };

struct index_chunk {
    const struct ia_span *spans; /* by turn, ascending; the words of the chunk */
    size_t spans_n;
    str text;     /* the words of the spans, turns separated by a line feed, without header */
    const struct chunk_voice *voices; /* who speaks in it, and how many words */
    size_t voices_n;
};

struct index_source {
    str given; /* as given to ingest */
    str path;  /* absolute, or the same as given */
};

/* One interaction as the index wants it. All is copied. */
struct index_doc {
    struct id interaction;
    enum ia_kind kind;
    int64_t started_at_ms; /* CLOCK_NONE when unknown */
    str language;
    str title;
    struct id account, deal;
    const struct id *persons; /* who takes part */
    size_t persons_n;
    bool private_; /* for those who take part: see store/reader.h */
    const struct index_source *sources;
    size_t sources_n;
    const struct index_chunk *chunks;
    size_t chunks_n;
    const uint8_t *chunk_sides; /* per chunk: bit (1 << enum ia_side) for each side that speaks in it; NULL: unknown */
};

/* `dim`: of the vectors, 1..4096. */
struct index *index_new(int dim);
void index_free(struct index *ix);

/* Puts or replaces. Words are searchable on return; vectors follow with index_vectors_put. */
void index_put(struct index *ix, const struct index_doc *doc);
/* `vecs`: chunks_n rows of dim floats of unit length, in chunk order. False when the interaction is not there or its
 * number of chunks is another (it was replaced meanwhile): nothing changes. */
bool index_vectors_put(struct index *ix, struct id interaction, const float *vecs, size_t chunks_n);
bool index_drop(struct index *ix, struct id interaction);
/* Hides an interaction from all but those who took part, or shows it again. False when it is not there. */
bool index_private_set(struct index *ix, struct id interaction, bool private_);
/* Who takes part, anew. False when it is not there. */
bool index_persons_set(struct index *ix, struct id interaction, const struct id *persons, size_t n);
/* The same bytes came under other paths: replaces the paths of an interaction. False when it is not there. */
bool index_sources_set(struct index *ix, struct id interaction, const struct index_source *sources, size_t n);

enum index_mode { INDEX_FUSED, INDEX_LEXICAL, INDEX_VECTOR };

struct index_filter {
    const struct reader *reader; /* only what this reader sees is looked at, counted or ranked; NULL sees nothing */
    str in; /* path or folder, as given or absolute; empty: everywhere */
    const struct id *interactions;
    size_t interactions_n; /* 0: all */
    struct id account, deal, person; /* nil: any */
    unsigned kinds; /* bit (1 << enum ia_kind); 0: all */
    unsigned sides; /* bit (1 << enum ia_side) of who speaks; 0: all */
    int64_t from_ms, to_ms; /* started_at in [from, to); CLOCK_NONE: open */
};

struct index_query {
    str text; /* 1..INDEX_QUERY_BYTES_MAX bytes */
    const str *history; /* earlier questions of the conversation, oldest first; may be NULL */
    size_t history_n; /* at most INDEX_HISTORY_MAX */
    const float
        *vec; /* dim floats of unit length: of `text`, plus query_history_weight() times those of the history; NULL:
                         no vector scores (mode FUSED then uses words) */
    enum index_mode mode;
    size_t limit; /* 1..INDEX_HITS_MAX */
    struct index_filter filter;
};

struct index_hit {
    struct id interaction;
    uint32_t chunk; /* ordinal in the interaction */
    double score; /* higher is better; comparable inside one query only */
    double lexical; /* BM25; 0 when no word matches */
    double cosine; /* -1..1; NAN when the chunk or the query has no vector */
    const struct ia_span *spans; /* copied to the arena */
    size_t spans_n;
    str source; /* the given path that matched filter.in, else the first; copied */
    enum ia_kind kind;
};

/* Best first. Errors: ERR_INVALID (empty or too long query, limit out of range). */
enum err_code index_query(struct index *ix, const struct index_query *q, struct arena *a, struct index_hit **out,
                          size_t *out_n, struct err *e);

/* The chunks nearest to a vector among those that pass the filter, best first, without the ranker: what it starts from.
 * `limit`: 1..INDEX_NEAREST_MAX. */
enum { INDEX_NEAREST_MAX = 400 };
struct index_near {
    struct id interaction;
    uint32_t chunk; /* ordinal in the interaction */
    float cosine;
};
void index_nearest(struct index *ix, const float *vec, const struct index_filter *f, size_t limit, struct arena *a,
                   struct index_near **out, size_t *out_n);

/* What the index knows of an interaction: for `--in`, `show PATH`, lists. */
struct index_entry {
    struct id interaction;
    enum ia_kind kind;
    int64_t started_at_ms;
    struct id account, deal; /* nil: none */
    str source, title, language; /* copied to the arena */
    size_t chunks_n;
    bool vectors; /* all its chunks have one */
};
/* Those that pass the filter, newest start first, undated last; *out_total counts all, the rest is a page. */
void index_list(struct index *ix, const struct index_filter *f, size_t offset, size_t limit, struct arena *a,
                struct index_entry **out, size_t *out_n, size_t *out_total);

/* The same from a place on: those strictly behind it in the order, and `offset` more left out. */
struct index_after {
    bool oldest_first; /* undated first then */
    bool behind; /* there is a place; otherwise from the start */
    int64_t at_ms; /* its start, CLOCK_NONE for undated ones, and */
    struct id interaction;
};
void index_page(struct index *ix, const struct index_filter *f, const struct index_after *p, size_t offset,
                size_t limit, struct arena *a, struct index_entry **out, size_t *out_n, size_t *out_total,
                bool *out_more);

struct index_stats {
    size_t interactions, chunks, chunks_with_vector, terms, postings;
    size_t bytes; /* about what the index holds in memory */
};
/* May the reader see this interaction, as far as the index knows it? False when it is not there. */
bool index_seen(struct index *ix, const struct reader *r, struct id interaction);
void index_stats_get(struct index *ix, struct index_stats *out);
