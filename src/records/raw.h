/* records/raw.h - the original bytes of everything ingested, sealed, once per content; and the paths they came under.
 *
 * The same bytes twice are one raw (blind index of their SHA-256). Any thread; calls block on the database. */
#pragma once
#include "domain/interaction.h"
#include "records/vaulted.h"

enum raw_state { RAW_PENDING, RAW_DONE, RAW_FAILED }; /* stored as numbers: append only */

struct raw_row {
    struct id id;
    enum raw_state state;
    int64_t size_bytes;
    int parts;
};

/* Stores bytes and source in the caller's transaction, or finds what is there. *out_new: the bytes were not known.
 * `given` and `path` (absolute; the same as given when there is none) may be empty. Paths are compared as written.
 * Known bytes stay locked until the transaction ends, so that whoever finishes reading them sees this path, or is seen.
 * `context`: a JSON object of what a side table says about the file (pipeline/context.h), or empty. */
enum err_code raw_put(struct db_tx *t, const struct vaulted *v, str bytes, str given, str path, str context,
                      struct raw_row *out, bool *out_new, struct err *e);
enum err_code raw_get(struct db_tx *t, const struct vaulted *v, struct id raw, struct raw_row *out, struct err *e);
/* Many uploads as their reader wants them: out[i] of ids[i]. Bytes and sources only of those that are pending. */
struct raw_source;
struct raw_input {
    struct raw_row row;
    bool there;
    str bytes;
    struct raw_source *sources; /* as raw_sources */
    size_t sources_n;
};
enum err_code raw_inputs(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, struct arena *a,
                         struct raw_input *out, struct err *e);
enum err_code raw_state_set(struct db_tx *t, const struct vaulted *v, struct id raw, enum raw_state s, struct err *e);

struct raw_source {
    struct id raw;
    str given, path, context; /* memory in the arena */
};
/* Sources of many raws, oldest first, ordered by raw. */
enum err_code raw_sources(struct db_tx *t, const struct vaulted *v, const struct id *raws, size_t n, struct arena *a,
                          struct raw_source **out, size_t *out_n, struct err *e);
/* What a newer version under an old path did to the older ones; memory in the arena. */
struct raw_change {
    struct id *gone; /* interactions that were deleted */
    size_t gone_n;
    struct raw_moved *moved; /* interactions that are still there, under fewer paths */
    size_t moved_n;
};
struct raw_moved {
    struct id interaction;
    struct raw_source *sources; /* those it has left */
    size_t sources_n;
};
/* Other raws that came under a path of this one before: a newer version replaces them. Takes the path from them; a raw that
 * has no other path is deleted with its interactions. */
enum err_code raw_supersede(struct db_tx *t, const struct vaulted *v, struct id raw, struct arena *a,
                            struct raw_change *out, struct err *e);
/* Those of `raws` that have something to replace. */
enum err_code raw_superseding(struct db_tx *t, const struct vaulted *v, const struct id *raws, size_t n,
                              struct arena *a, struct id **out, size_t *out_n, struct err *e);
/* Deletes a raw with everything made from it. */
enum err_code raw_drop(struct db_tx *t, const struct vaulted *v, struct id raw, struct err *e);

struct raw_problem {
    str path, place, reason;
};
/* What became of many raws: sets their states and replaces the problems kept for them. Whoever brought one of them meanwhile is
 * waited for. */
struct raw_end {
    struct id raw;
    enum raw_state state;
    const struct raw_problem *problems;
    size_t problems_n;
};
enum err_code raw_end_all(struct db_tx *t, const struct vaulted *v, const struct raw_end *ends, size_t n,
                          struct err *e);
/* What became of one: its state, and when it is read what was found in it, in the order of the file, and what was wrong.
 * ERR_NOT_FOUND. */
struct raw_result {
    enum raw_state state;
    struct id *interactions;
    size_t interactions_n;
    struct raw_problem *problems;
    size_t problems_n;
};
enum err_code raw_result(struct db_tx *t, const struct vaulted *v, struct id raw, struct arena *a,
                         struct raw_result *out, struct err *e);
