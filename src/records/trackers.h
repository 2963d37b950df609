/* records/trackers.h - trackers as users define them, what people said of their hits, and the vectors of sentences.
 *
 * Names, phrases, examples, trained heads and vectors are sealed. Every change of a tracker makes its version grow by one, and
 * with it the generation of the workspace: what was looked through in an older generation is looked through again. A hit is a
 * finding (records/findings.h) of kind "tracker" whose class is the tracker's id. Whoever marks a person as erased takes with it,
 * in the same transaction, what was learned from their words (sql/0370_tracker_erasure.sql): heads, clicks, vectors. Any thread; calls block on the database. */
#pragma once
#include "records/findings.h"
#include "store/page.h"

enum tracker_kind { TRACKER_WORDS, TRACKER_EXAMPLES }; /* stored as numbers: append only */

struct record_tracker {
    struct id id;
    enum tracker_kind kind;
    enum ia_side side; /* IA_SIDE_UNKNOWN: whoever speaks */
    bool enabled;
    int version;
    int64_t created_at_ms, updated_at_ms;
    str name;
    str *phrases, *examples, *counterexamples; /* what of the three the kind uses */
    size_t phrases_n, examples_n, counterexamples_n;
    str head;            /* the trained head, opened; empty: none */
    int64_t right, wrong; /* clicks */
};

/* Out: by page, by ids (those that are there), or all that are enabled. Heads are opened only where asked for. */
enum err_code record_trackers_page(struct db_tx *t, const struct vaulted *v, struct db_val kinds,
                                   const struct page_want *w, struct arena *a, struct record_tracker **out,
                                   size_t *out_n, struct err *e);
enum err_code record_trackers_load(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, bool heads,
                                   struct arena *a, struct record_tracker **out, size_t *out_n, struct err *e);
enum err_code record_trackers_enabled(struct db_tx *t, const struct vaulted *v, struct arena *a,
                                      struct record_tracker **out, size_t *out_n, struct err *e);
/* Sets id, version and times. ERR_EXISTS: another tracker has the name. */
enum err_code record_tracker_add(struct db_tx *t, const struct vaulted *v, struct record_tracker *k, struct err *e);
/* Stores what may change and makes the version grow; drops its findings when it is no longer enabled. ERR_NOT_FOUND. */
enum err_code record_tracker_set(struct db_tx *t, const struct vaulted *v, struct record_tracker *k, struct err *e);
/* With its findings and the clicks on them. ERR_NOT_FOUND. */
enum err_code record_tracker_drop(struct db_tx *t, const struct vaulted *v, struct id id, struct err *e);
/* After a click: the version grows. ERR_NOT_FOUND. */
enum err_code record_tracker_touch(struct db_tx *t, const struct vaulted *v, struct id id, struct err *e);
/* Only when the tracker still is of that version: *out_stored. The generation grows. */
enum err_code record_tracker_head_set(struct db_tx *t, const struct vaulted *v, struct id id, int version, str head,
                                      bool *out_stored, struct err *e);
/* 0 before the first tracker. */
enum err_code record_tracker_generation(struct db_tx *t, const struct vaulted *v, int *out, struct err *e);

/* What people said of hits of one tracker, newest first. */
struct tracker_click {
    struct id interaction;
    struct ia_span span;
    bool right;
};
enum err_code record_tracker_clicks(struct db_tx *t, const struct vaulted *v, struct id tracker, size_t limit,
                                    struct arena *a, struct tracker_click **out, size_t *out_n, struct err *e);
/* Conversations with hits of a tracker that the reader may see, newest id first, after `after` (nil: from the start). */
enum err_code record_tracker_hits(struct db_tx *t, const struct vaulted *v, struct id tracker, struct id after,
                                  size_t limit, struct arena *a, struct id **out, size_t *out_n, struct err *e);
/* Conversations a maker ("trackers.words" ...) has not been over in its version; at most `limit`. */
enum err_code record_tracker_stale(struct db_tx *t, const struct vaulted *v, const struct finding_maker *makers,
                                   size_t makers_n, size_t limit, struct arena *a, struct id **out, size_t *out_n,
                                   struct err *e);

/* Vectors of the sentences of one conversation, as opaque bytes; empty: none by that model. */
enum err_code record_sentences_load(struct db_tx *t, const struct vaulted *v, struct id ia, const char *model_hash,
                                    struct arena *a, str *out, struct err *e);
enum err_code record_sentences_save(struct db_tx *t, const struct vaulted *v, struct id ia, const char *model_hash,
                                    str bytes, struct err *e);
/* Some conversations that have them, from a random place on. */
enum err_code record_sentences_some(struct db_tx *t, const struct vaulted *v, const char *model_hash, size_t limit,
                                    struct arena *a, struct id **out, size_t *out_n, struct err *e);
