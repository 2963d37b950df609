/* engine/child.h - starting an engine process; shared by the clients that own one. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct engine_child_opts {
    const char *exe;   /* the harken binary */
    const char *kind;  /* "embed", "generate" */
    const char *model, *model_hash;
    int threads;       /* 0: one per core */
    bool sandbox;
    int context, slots; /* of "generate" */
};

/* SHA-256 of a file in hex. Blocks. */
enum err_code engine_file_hash(const char *path, char hex[65], struct err *e);
/* Starts `harken engine` with one end of a socket pair as its WIRE_FD; the other is *out_fd. */
enum err_code engine_child_start(const struct engine_child_opts *o, pid_t *out_pid, int *out_fd, struct err *e);
void engine_child_end(pid_t pid, int fd); /* kills and reaps */
