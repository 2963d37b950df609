/* search/postings.h - words to chunks: a term table and, per term, the chunks that hold it.
 *
 * Chunks are numbered in the order they are added and never change; deleting is the owner's business (a chunk that is gone is
 * skipped by him). Not locked: the index owns it. */
#pragma once
#include "base/str.h"

struct posting {
    uint32_t chunk;
    uint16_t tf; /* occurrences, at most 65535 */
};

struct posting_list {
    struct posting *p;
    uint32_t n, cap;
};

struct postings;

struct postings *postings_new(void);
void postings_free(struct postings *t);
/* Number of a term, made when it is new. */
uint32_t postings_term(struct postings *t, str term);
/* UINT32_MAX when no chunk ever had it. */
uint32_t postings_find(const struct postings *t, str term);
void postings_add(struct postings *t, uint32_t term, uint32_t chunk, uint32_t tf); /* chunks ascending per term */
const struct posting_list *postings_list(const struct postings *t, uint32_t term);
/* Drops what `keep` maps to UINT32_MAX and renumbers the rest; order is kept. */
void postings_renumber(struct postings *t, const uint32_t *keep);
size_t postings_terms(const struct postings *t);
size_t postings_count(const struct postings *t);
size_t postings_bytes(const struct postings *t);
