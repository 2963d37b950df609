/* engine/wire.h - frames between the core and the engine process, over a stream socket pair on one machine.
 *
 * Request:  struct wire_request, then n times { uint32_t bytes; char text[bytes] }.
 * Reply:    struct wire_reply, then on success n * dim floats. Native byte order: both ends are one binary.
 * The first message is a reply with id 0: dim, threads and the model's hash and name, or status 1 and a message. */
#pragma once
#include <stdint.h>

enum { WIRE_FD = 3, WIRE_BODY_MAX = 128 << 20, WIRE_TEXT_MAX = 64 << 10, WIRE_N_MAX = 1024 };

struct wire_request {
    uint64_t id;
    uint32_t lane, n, body_bytes, zero;
};

struct wire_reply {
    uint64_t id;
    uint32_t status; /* 0 ok, else failed */
    uint32_t n, dim, threads;
    uint64_t tokens;
    char hash[65], name[127];
};
