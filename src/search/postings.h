/* search/postings.h - words to chunks: a term table and, per term, the chunks that hold it.
 *
 * A list is a run of bytes in blocks of POSTINGS_BLOCK: steps between chunk numbers and occurrences, seven bits a byte, about two
 * bytes a posting; a head per block lets a reader jump. Chunks are numbered in the order they are added and never change;
 * deleting is the owner's business (a chunk that is gone is skipped by him). Not locked: the index owns it. */
#pragma once
#include "base/str.h"

enum { POSTINGS_BLOCK = 128 };

struct posting_head {
    uint32_t before; /* last chunk of the block before */
    uint32_t at;     /* offset of the block's bytes */
};

struct posting_list {
    uint8_t *bytes;
    struct posting_head *heads; /* of block 1 and up; block 0 begins at 0 */
    uint32_t bytes_n, bytes_cap;
    uint32_t n;    /* postings */
    uint32_t last; /* chunk of the last one */
};

struct postings;

struct postings *postings_new(void);
void postings_free(struct postings *t);
/* Number of a term, made when it is new. */
uint32_t postings_term(struct postings *t, str term);
/* UINT32_MAX when no chunk ever had it. */
uint32_t postings_find(const struct postings *t, str term);
/* Chunks ascending per term, each once; at least one occurrence, more than 65535 count as that many. */
void postings_add(struct postings *t, uint32_t term, uint32_t chunk, uint32_t tf);
const struct posting_list *postings_list(const struct postings *t, uint32_t term);

/* Walks a list; valid until the postings change. After a true return, chunk and tf are those of one posting. */
struct posting_it {
    const struct posting_list *l;
    const uint8_t *p;
    uint32_t next; /* number of the posting that comes next */
    uint32_t chunk, tf;
};
void posting_it_init(struct posting_it *it, const struct posting_list *l);
bool posting_it_next(struct posting_it *it);
/* The first posting of chunk `from` or later; stays where it is when it stands there. Forward only. */
bool posting_it_seek(struct posting_it *it, uint32_t from);

/* Drops what `keep` maps to UINT32_MAX and renumbers the rest; order is kept. */
void postings_renumber(struct postings *t, const uint32_t *keep);
size_t postings_terms(const struct postings *t);
size_t postings_count(const struct postings *t);
size_t postings_bytes(const struct postings *t);
