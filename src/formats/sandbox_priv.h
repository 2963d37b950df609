/* formats/sandbox_priv.h - the words between caller (sandbox.c) and nursery (sandbox_nursery.c). */
#pragma once
#include <sys/types.h>

#include "formats/sandbox.h"

enum { NURSERY_FD = 3, SANDBOX_NAME_MAX = 1024, SANDBOX_FDS = 4 };

/* With descriptors. PARSE and PLAIN (a format of no large library, or CHILD_TABLES): input, data socket, status pipe. PDF: input, text pipe, complaints pipe, status pipe. */
struct sandbox_request {
    enum { SANDBOX_PARSE = 0x48524b01, SANDBOX_PLAIN, SANDBOX_PDF } what;
    int cpu_s, timeout_ms;
    uint64_t bytes, memory_bytes;
    uint32_t name_n;
    char name[SANDBOX_NAME_MAX];
};

/* Into the status pipe when the child is gone. */
struct sandbox_status {
    int wait_status;
    int timed_out;
    int not_started; /* fork failed */
    int64_t peak_kib;
};

/* Ways a child ends by its own hand. */
enum { CHILD_MEMORY = 97, CHILD_UNCONFINED = 96, CHILD_TABLES = 95, CHILD_SIGNAL = 128 };

/* In the child of the nursery: reads the input, answers, ends. */
_Noreturn void sandbox_child_run(const struct sandbox_request *r, int input_fd, int data_fd);
