/* pipeline/rebuild.h - the index, made again from the store. */
#pragma once
#include "pipeline/core.h"

/* Fills c->ix with everything stored, on all cores, pages of interactions at a time; sets c->rebuild_done as it goes and
 * c->index_ready at the end. New interactions may be put meanwhile. Blocks until done or *stop is set. */
enum err_code rebuild_run(struct core *c, const atomic_bool *stop, struct err *e);
/* Queues "embed" for all interactions that lack vectors of the present model. */
enum err_code rebuild_missing_vectors(struct core *c, int64_t *out_n, struct err *e);
/* Queues "analyse" for all interactions over which some analysis has not been in its present version, or whose figures are of
 * another version of their definitions. */
enum err_code rebuild_stale_analyses(struct core *c, int64_t *out_n, struct err *e);
/* Puts one stored interaction into the index, with those vectors that are there. */
enum err_code rebuild_one(struct core *c, struct record_ia *rec, const struct record_chunk_row *rows, size_t rows_n,
                          struct arena *a);
/* Puts these again: their words, people or vectors changed in the store. Blocks on the database. */
enum err_code rebuild_some(struct core *c, const struct id *ids, size_t n, struct err *e);
/* Chunk text and speakers as index and embedding want them. */
struct index_chunk chunk_words(const struct interaction *ia, const struct record_chunk *chunk, struct arena *a);
void index_doc_put(struct core *c, const struct record_ia *rec, const struct record_chunk *chunks, size_t n,
                   struct arena *a);
/* What a newer version did to older ones, after its transaction. */
void index_change_put(struct core *c, const struct raw_change *change, struct arena *a);
/* The paths an interaction has now. */
void index_paths_put(struct core *c, struct id interaction, const struct raw_source *s, size_t n, struct arena *a);
