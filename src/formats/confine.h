/* formats/confine.h - what a process that reads untrusted bytes may still do: resource limits, Landlock, seccomp.
 *
 * Two profiles. CONFINE_PARSER computes: it reads and writes the descriptors it has, gets memory, and nothing else: no
 * file, socket, process or program. CONFINE_PROGRAM is for pdftotext: it may start that one program and open its
 * libraries and tables read-only. A call that has no place in either profile (socket, fork, ptrace ...) kills the
 * process; other unlisted calls fail with EPERM. Where the kernel lacks Landlock the seccomp filter stands alone. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum confine_profile { CONFINE_PARSER, CONFINE_PROGRAM, CONFINE_PROFILES };

struct confine_limits {
    size_t memory_bytes; /* address space */
    int cpu_s;
};

/* Builds filters and rule sets once, before the first confine_enter(). Errors: ERR_UNSUPPORTED (kernel without seccomp). */
enum err_code confine_prepare(struct err *e);

/* Irrevocable, for the calling process. Async-signal-safe (usable between fork and exec). Returns 0, or -1 when a
 * protection the kernel has could not be switched on: the caller must then end. */
int confine_enter(enum confine_profile profile, const struct confine_limits *limits);

bool confine_has_landlock(void);
/* False under AddressSanitizer, whose shadow memory counts as address space. */
bool confine_limits_memory(void);
