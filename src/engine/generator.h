/* engine/generator.h - text written by one GGUF language model in an engine process of its own.
 *
 * The core's side: starts `harken engine generate`, hands over prompts, passes on what is written as it comes. A child that
 * dies, or is stuck (watch.h), is started again with back-off; what was under way fails with ERR_BUSY. Any thread; calls block. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct generator;

struct generator_info {
    char model_hash[65], model_name[128];
    int context, slots;
    unsigned families; /* GEN_HAS_* of gen_wire.h: special tokens the vocabulary knows */
};

struct generator_opts {
    const char *exe, *model_path;
    int threads, context, slots; /* 0: one per core; as trained, at most 8192; 1 */
    bool sandbox;
    int stall_ms; /* asleep over a text; 0: GENERATOR_STALL_MS */
    int spin_ms;  /* processor time of a thread without a step; 0: GENERATOR_SPIN_MS */
};
enum {
    GENERATOR_STALL_MS = 30000,
    GENERATOR_SPIN_MS =
        600000 /* a step of the largest model, half a thousand tokens of prompts, takes some minutes of a core */
};

/* Returns when the model is loaded. ERR_UNSUPPORTED says why it was not. */
enum err_code generator_start(const struct generator_opts *o, struct generator **out, struct err *e);
void generator_stop(struct generator *g); /* NULL is ignored */
const struct generator_info *generator_info(const struct generator *g);
int generator_pid(struct generator *g); /* -1 while it is being restarted */

struct gen_segment {
    str text;
    bool special; /* ours: may name special tokens */
};

enum gen_finish { GEN_ENDED = 1, GEN_FULL = 2 };

struct gen_ask {
    const struct gen_segment *segments;
    size_t segments_n;
    const str *stops; /* at most 4, of 1..256 bytes; not part of the text */
    size_t stops_n;
    str grammar;    /* GBNF with a rule `root`; empty: none */
    int max_tokens; /* 0: as many as fit */
    float temperature, top_p;
    uint32_t seed;
    int timeout_ms; /* of the whole text: ERR_TIMEOUT */
};

struct gen_result {
    enum gen_finish finish;
    int64_t prompt_tokens, completion_tokens;
};

/* `on_text` gets the text piece by piece, whole characters, on the calling thread; about four times a second also an empty
 * piece while nothing comes. Answering false ends it: the sequence is freed at once, and the call answers ERR_CONFLICT.
 * ERR_LIMIT: the prompt does not fit; ERR_INVALID: the grammar is none; ERR_BUSY: too many wait, or the engine is being restarted. */
enum err_code generator_run(struct generator *g, const struct gen_ask *ask, bool (*on_text)(void *ctx, str piece),
                            void *ctx, struct gen_result *out, struct err *e);
