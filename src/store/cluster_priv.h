/* store/cluster_priv.h - what cluster.c (making and supervising) and cluster_proc.c (processes) share. */
#pragma once
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

/* Descriptors a child finds at fixed numbers, and the paths through them. */
enum { CLUSTER_FD_DATA = 20, CLUSTER_FD_SOCK = 21, CLUSTER_FD_CONF = 22 };
#define CLUSTER_PATH_DATA "/proc/self/fd/20"
#define CLUSTER_PATH_SOCK "/proc/self/fd/21"
#define CLUSTER_PATH_CONF "/proc/self/fd/22"

struct cluster_user {
    char name[64]; /* of the server's user */
    uid_t uid;
    gid_t gid;
    bool drop; /* we are root and become this user */
};
/* As root: the owner of the data there is, else (owner 0) the first of harken, postgres, nobody. Otherwise ourselves. */
enum err_code cluster_user_find(uid_t owner, struct cluster_user *out, struct err *e);

/* The folder with postgres and initdb. `major`: the version wanted, 0 for the newest. */
enum err_code cluster_bin_find(const char *given, int major, char *out, size_t cap, struct err *e);

struct cluster_child {
    const struct cluster_user *user;
    const char *const *argv;
    int data_fd, sock_fd, conf_fd; /* -1: none */
    int log_fd; /* stdout and stderr */
    int death_signal; /* sent by the kernel when the starting thread dies */
};
/* Forks and executes with a bare environment, in a session of its own, so that Ctrl-C in the terminal does not reach it. */
enum err_code cluster_child_start(const struct cluster_child *c, pid_t *out, struct err *e);
/* True when the child ended within timeout_ms (-1: without end); *out_status as of waitpid. */
bool cluster_child_wait(pid_t pid, int timeout_ms, int *out_status);

/* Ends PostgreSQL processes that work in the folder `data_fd`, left behind by a process that was killed: politely at first.
 * Afterwards none is there, or ERR_BUSY. Removes a stale postmaster.pid. */
enum err_code cluster_leftovers_stop(int data_fd, struct err *e);
