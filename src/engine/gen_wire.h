/* engine/gen_wire.h - frames between the core and the process that writes text; see wire.h for the hello, which both share
 * (there `bits` are GEN_HAS_*, `dim` the tokens a sequence may have, `threads` the sequences side by side).
 *
 * Core to engine: struct gen_request; with GEN_ASK a body of `segments` times { uint32_t special, bytes; char text[bytes] }
 * and `stops` times { uint32_t bytes; char text[bytes] }, and, where `grammar` is 1, once more of these with the grammar (GBNF,
 * its first rule is `root`), which every token then obeys. Engine to core: struct gen_reply and `bytes` of text. */
#pragma once
#include <stdint.h>

#include "engine/wire.h"

enum {
    GEN_BODY_MAX = 8 << 20,
    GEN_SEGMENTS_MAX = 4096,
    GEN_STOPS_MAX = 4,
    GEN_STOP_BYTES_MAX = 256,
    GEN_WAITING_MAX = 64
};
enum { GEN_ASK = 1, GEN_CANCEL = 2 };
enum {
    GEN_TEXT = 1,
    GEN_DONE = 2,
    GEN_FAILED = 3,
    GEN_STEP = 4
}; /* GEN_STEP: a round is done, of nobody in particular */
enum { GEN_STOP = 1, GEN_LENGTH = 2, GEN_CANCELLED = 3 }; /* why a text ended */
enum { GEN_TOO_LONG = 1, GEN_BUSY = 2, GEN_BROKEN = 3, GEN_BAD_GRAMMAR = 4 }; /* why it failed, in `finish` */
enum { GEN_HAS_LLAMA3 = 1 << 0, GEN_HAS_CHATML = 1 << 1, GEN_HAS_GEMMA = 1 << 2, GEN_HAS_MISTRAL = 1 << 3 };

struct gen_request {
    uint64_t id;
    uint32_t kind, segments, stops, body_bytes, max_tokens, seed;
    float temperature, top_p; /* temperature 0: always the likeliest token */
    uint32_t grammar, zero;
};

struct gen_reply {
    uint64_t id;
    uint32_t kind, finish, bytes, zero;
    uint64_t prompt_tokens, completion_tokens; /* with GEN_DONE */
};
