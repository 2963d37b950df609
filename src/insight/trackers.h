/* insight/trackers.h - all trackers of a workspace at work on a conversation.
 *
 * A set is made of the enabled trackers and never changes; phrases are made ready for a language at its first conversation.
 * Hits are findings of kind "tracker" whose class is the tracker's id and whose version is the tracker's. Any thread; a set may
 * be used by one thread at a time. */
#pragma once
#include "insight/sentence_vectors.h"
#include "insight/tracker.h"
#include "records/trackers.h"
#include "text/phrases.h"

enum { TRACKER_PHRASES_MAX = 2000, TRACKERS_PHRASES_MAX = 50000, TRACKER_TEXTS_MAX = 200, TRACKERS_MAX = 2000 };

/* The two makers; their version is the generation of the workspace's trackers and that of the program's rules in one number. */
#define TRACKERS_WORDS "trackers.words"
#define TRACKERS_EXAMPLES "trackers.examples"
enum { TRACKERS_RULES = 1, TRACKERS_RULES_MAX = 16 };
static inline int trackers_version(int generation)
{
    return generation * TRACKERS_RULES_MAX + TRACKERS_RULES;
}

struct tracker_set;
/* Trackers by examples without a head of the model `model_hash` are left out. Everything is copied. */
enum err_code tracker_set_new(const struct record_tracker *t, size_t n, const char *model_hash,
                              struct tracker_set **out, struct err *e);
void tracker_set_free(struct tracker_set *s); /* NULL is ignored */
bool tracker_set_has(const struct tracker_set *s, enum tracker_kind kind);

/* Hits of phrases in every turn. Of overlapping hits of one tracker the longest. `version` is the makers'. Memory in `a`. */
enum err_code tracker_set_words(struct tracker_set *s, const struct interaction *ia, struct arena *a,
                                struct record_finding **out, size_t *out_n, struct err *e);
/* Hits of examples among sentences with their vectors. */
void tracker_set_examples(const struct tracker_set *s, const struct spoken *said, size_t said_n, const float *vec,
                          struct arena *a, struct record_finding **out, size_t *out_n);

/* Everything a tracker by examples keeps to be trained again at once: the head, the vectors it was trained from, each under a
 * key, and of which model they are. */
enum { TRACKER_KEY_BYTES = 16 };
struct tracker_row {
    uint8_t key[TRACKER_KEY_BYTES];
    const float *vec;
};
struct tracker_memory {
    char model_hash[65];
    struct tracker_head head; /* dim 0: none yet */
    struct tracker_row *yes, *no;
    size_t yes_n, no_n;
    float *background; /* rows; memory in `a` */
    size_t background_n;
    size_t background_own; /* how many of them, the last ones, are sentences of the workspace */
};
/* Sentences of any call, for a workspace that has none yet. */
extern const char *const tracker_background[];
extern const size_t tracker_background_n;

str tracker_memory_write(const struct tracker_memory *m, struct arena *a);
/* False: not one of that model. Memory in `a`. */
bool tracker_memory_read(str bytes, const char *model_hash, struct arena *a, struct tracker_memory *out);
void tracker_key_text(str text, uint8_t out[TRACKER_KEY_BYTES]);
void tracker_key_span(struct id ia, struct ia_span span, uint8_t out[TRACKER_KEY_BYTES]);
