/* engine/confine.h - what the engine process gives up once its model is loaded: it computes and talks to one socket. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

/* No new privileges, no file access (Landlock, where the kernel has it), and a system-call filter without sockets,
 * program starts, process starts, tracing or opening files for writing. Call before the worker threads start. */
enum err_code confine_compute(void);
