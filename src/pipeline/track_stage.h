/* pipeline/track_stage.h - trackers: heads are trained, conversations looked through, old ones again when trackers change.
 *
 * The stage "track" looks through one conversation with all enabled trackers. trackers_sweep() queues those that were looked
 * through in another generation; the tick of worker.c calls it, and whoever changed a tracker. */
#pragma once
#include "insight/trackers.h"
#include "pipeline/core.h"

/* Trains a tracker by examples from its examples, counterexamples and clicks, and stores the head; nothing for other kinds and
 * without an embedding model. Blocks on database and model, some tenths of a second. ERR_NOT_FOUND. */
enum err_code trackers_train(struct core *c, struct id tracker, struct err *e);
/* Queues what has to be looked through (again), at most some thousands at a time; trains heads that are of another model. */
enum err_code trackers_sweep(struct core *c, struct err *e);
/* Frees what the stage holds; when the workers have ended. */
void trackers_forget(struct core *c);

/* What a tracker says of a text that is not stored: spans of it with confidence. ERR_BUSY: no model, or not trained. */
struct tracker_said {
    struct text_span span;
    bool matches;
    double confidence;
    str phrase; /* of a tracker by words; empty otherwise */
};
enum err_code trackers_try(struct core *c, const struct record_tracker *k, str text, struct arena *a,
                           struct tracker_said **out, size_t *out_n, struct err *e);
