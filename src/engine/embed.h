/* engine/embed.h - texts to vectors, by the embedded engine in its own process.
 *
 * `embedder_start` starts `harken engine` as a child without network and without write access; it loads one GGUF encoder
 * and answers over a socket pair. A child that dies, talks nonsense, or is stuck (watch.h: it owes answers and sleeps, or spins)
 * is ended and started again with back-off, and calls that were under way fail with ERR_BUSY: asking again is always safe. One
 * that only gets no processor is waited for. Any thread may call; calls block; SIGPIPE must be ignored. A text has the same vector, to the last bit, whatever it was sent together with. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct embedder;

enum embed_lane {
    EMBED_INTERACTIVE, /* a person waits: goes before all bulk work, after at most the texts that are being encoded */
    EMBED_BULK,
};

enum {
    EMBED_TEXTS_MAX = 1024,
    EMBED_TEXT_BYTES_MAX = 64 << 10,
    EMBED_TOKENS_MAX = 510,
    EMBED_STALL_MS = 30000,
    EMBED_SPIN_MS = 120000 /* the longest text takes about half a second of a core */
};

struct embed_config {
    const char *exe;   /* the harken binary, usually "/proc/self/exe" */
    const char *model; /* GGUF file */
    int threads;       /* 0: one per core */
    bool sandbox;
    int stall_ms; /* asleep over answers it owes; 0: EMBED_STALL_MS */
    int spin_ms;  /* processor time of a thread without an answer; 0: EMBED_SPIN_MS */
};

struct embed_info {
    int dim;                /* numbers in a vector */
    int threads;            /* contexts of one thread each */
    char model_hash[65];    /* SHA-256 of the model file, hex; names the vector space */
    char model_name[128];
};

/* Returns when the model is loaded (about 0.2 s) or has failed. */
enum err_code embedder_start(const struct embed_config *cfg, struct embedder **out, struct err *e);
/* Calls under way and all later ones fail with ERR_BUSY at once; for a program that is about to stop. NULL is ignored. */
void embedder_drain(struct embedder *em);
void embedder_stop(struct embedder *em); /* NULL is ignored; ends the child */
const struct embed_info *embedder_info(const struct embedder *em);
int embedder_pid(struct embedder *em); /* -1 while it is being restarted */

/* One vector of unit length per text, row after row in *out (n * dim floats, memory in `a`); empty texts give zeros.
 * Texts beyond EMBED_TOKENS_MAX tokens are cut there. n at most EMBED_TEXTS_MAX. *out_tokens (may be NULL): tokens read.
 * Errors: ERR_BUSY (engine restarting or draining), ERR_TIMEOUT (the engine works, but not fast enough), ERR_LIMIT,
 * ERR_INVALID. */
enum err_code embed_texts(struct embedder *em, enum embed_lane lane, const str *texts, size_t n, int timeout_ms,
                          struct arena *a, float **out, int64_t *out_tokens, struct err *e);
