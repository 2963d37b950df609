/* records/interaction.h - interactions, their people, turns, chunks and figures, sealed in PostgreSQL.
 *
 * Each turn is sealed under the subject key of the person who speaks, titles and the like under the metadata key, vectors
 * under the index key; a chunk stores spans, not words. Writes belong to the caller's transaction, so that a stage's result
 * and its job's completion are one. Any thread; calls block on the database. */
#pragma once
#include "domain/interaction.h"
#include "records/raw.h"
#include "store/reader.h"

struct record_pii {
    uint32_t turn, start, end;
    int type; /* enum of text/pii.h, stored as a number */
    float confidence;
};

struct record_chunk {
    struct ia_span *spans;
    size_t spans_n;
};

/* One row of definitions.md section 0. Speakers are named by their label. */
struct record_stat {
    str id, speaker, of, unit, reason; /* empty: none */
    bool has_value;
    double value;
    int64_t n;
    bool has_n;
    int definition_version;
    uint8_t inputs_hash[SHA256_BYTES];
    struct ia_span *spans;
    size_t spans_n;
};

/* A name of an interaction, listed or a speaker's label, and who stands behind it. */
struct record_cast {
    str name;
    struct id person; /* nil: nobody */
    enum ia_side side;
};

struct record_ia {
    struct interaction ia;
    struct id raw;
    int raw_ordinal;
    struct id account, deal;          /* nil: none */
    struct id *persons;               /* out of save and load: distinct people who take part or speak */
    size_t persons_n;
    bool private_;                    /* out of load: for those who take part, see store/reader.h */
    struct record_cast *cast;         /* out of save and load */
    size_t cast_n;
    struct raw_source *sources;       /* out of load */
    size_t sources_n;
};

/* Sides that are not known are inferred from mail addresses by `own` domains (lower case, may be none). */
void record_sides_infer(struct interaction *ia, const str *own, size_t own_n);
/* Inserts ia (a fresh id is set) with participants, people, turns, parts, pii marks and chunks (without vectors). Sides
 * are inferred as above. Who brings
 * somebody new takes the workspace's people lock until the transaction ends. ERR_EXISTS when (raw, raw_ordinal) is already there, ERR_LIMIT for
 * names and titles beyond 64 KiB and 1 MiB. */
enum err_code record_ia_save(struct db_tx *t, const struct vaulted *v, struct record_ia *rec, const str *own_domains,
                             size_t own_domains_n, const struct record_pii *pii, size_t pii_n,
                             const struct record_chunk *chunks, size_t chunks_n, struct arena *a, struct err *e);

/* Loads whole interactions in the order of `ids`; those that are gone are left out. Turns whose speaker was erased come
 * with the text "[erased]". Memory in `a`, which should be wiped. */
/* The one of this id among some; NULL: not there. */
const struct record_ia *record_ia_of(const struct record_ia *recs, size_t n, struct id id);
enum err_code record_ia_load(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, struct arena *a,
                             struct record_ia **out, size_t *out_n, struct err *e);
/* A page of all interaction ids, ascending, after `after` (nil: from the start). */
enum err_code record_ia_ids(struct db_tx *t, const struct vaulted *v, struct id after, size_t limit, struct arena *a,
                            struct id **out, size_t *out_n, struct err *e);
/* Those of `ids` that are there for whom the transaction works for: what the database's own lock lets through. */
enum err_code record_ia_seen(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, struct arena *a,
                             struct id_set *out, struct err *e);
/* By one of `people`, who must take part (NULL: by whomever). ERR_NOT_FOUND. */
enum err_code record_ia_private_set(struct db_tx *t, const struct vaulted *v, struct id id, bool private_,
                                    const struct id_set *people, struct err *e);
enum err_code record_ia_drop(struct db_tx *t, const struct vaulted *v, struct id id, bool *out_found, struct err *e);
enum err_code record_ia_count(struct db_tx *t, const struct vaulted *v, int64_t by_kind[IA_KINDS], struct err *e);

enum err_code record_pii_load(struct db_tx *t, const struct vaulted *v, struct id ia, struct arena *a,
                              struct record_pii **out, size_t *out_n, struct err *e);

/* Chunks of many interactions, ordered by interaction as in `ids`, then ordinal. */
struct record_chunk_row {
    struct id interaction;
    uint32_t ordinal;
    struct record_chunk chunk;
    float *vec; /* NULL: none of this model yet */
};
enum err_code record_chunks_load(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n,
                                 const char *model_hash, int dim, struct arena *a, struct record_chunk_row **out,
                                 size_t *out_n, struct err *e);
/* Vectors of all chunks of one interaction, chunks_n rows of dim floats. */
enum err_code record_vectors_save(struct db_tx *t, const struct vaulted *v, struct id ia, const char *model_hash,
                                  int dim, const float *vecs, size_t chunks_n, struct err *e);

/* Replaces all figures of an interaction. */
enum err_code record_stats_save(struct db_tx *t, const struct vaulted *v, struct id ia, const struct record_stat *rows,
                                size_t n, struct err *e);
/* Has it figures of another version of their definitions? And: all that have. */
enum err_code record_stats_stale(struct db_tx *t, const struct vaulted *v, struct id ia, int version, bool *out,
                                 struct err *e);
enum err_code record_stats_stale_ids(struct db_tx *t, const struct vaulted *v, int version, struct arena *a,
                                     struct id **out, size_t *out_n, struct err *e);
/* switches_per_minute of all calls that start in [from, to). Memory in `a`. */
enum err_code record_switches(struct db_tx *t, const struct vaulted *v, int64_t from_ms, int64_t to_ms, struct arena *a,
                              double **out, size_t *out_n, struct err *e);
enum err_code record_stats_load(struct db_tx *t, const struct vaulted *v, struct id ia, struct arena *a,
                                struct record_stat **out, size_t *out_n, struct err *e);
