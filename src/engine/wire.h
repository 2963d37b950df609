/* engine/wire.h - frames between the core and the engine process, over a stream socket pair on one machine.
 *
 * The engine's first frame is struct wire_hello. Then, in any order and number:
 * Request, to the engine: struct wire_request, then n times { uint32_t bytes; char text[bytes] }.
 * Reply, from the engine: struct wire_reply, then dim floats when it went well. Every text of every request gets exactly one
 * reply, as soon as it is done, which is what watch.h judges by.
 * Native byte order: both ends are one binary. */
#pragma once
#include <stdint.h>

enum { WIRE_FD = 3, WIRE_BODY_MAX = 128 << 20, WIRE_TEXT_MAX = 64 << 10, WIRE_N_MAX = 1024 };

struct wire_hello {
    uint32_t status; /* 0: ready; else `name` says why not */
    uint32_t dim, threads, bits; /* bits: see gen_wire.h */
    char hash[65], name[127]; /* of the model */
};

struct wire_request {
    uint64_t id;
    uint32_t lane, n, body_bytes, zero;
    int64_t deadline_ms; /* monotonic clock: texts not begun by then are not worth doing */
};

enum wire_status { WIRE_DONE, WIRE_FAILED, WIRE_LATE };

struct wire_reply {
    uint64_t id;
    uint32_t status; /* enum wire_status */
    uint32_t i;      /* which of the request's texts */
    uint32_t dim, tokens;
};
