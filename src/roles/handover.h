/* roles/handover.h - giving the listening sockets to the next process, so that an upgrade refuses nobody.
 *
 * The running server waits at HOME/run/takeover, a unix socket of its owner's. The next one (harken serve --take-over) connects
 * and receives the sockets; the old one then drains, lets go of the data folder and ends, which closes the connection. Whoever
 * connects meanwhile waits in the sockets' queues, which nobody ever closes. */
#pragma once
#include "base/err.h"
#include "base/str.h"

enum { HANDOVER_FDS_MAX = 16 };

/* The waiting side. The socket at `path` is replaced; mode 0600. */
enum err_code handover_open(const char *path, int *out_fd, struct err *e);
/* Somebody has connected: gives the sockets to them when they are the same user. The result is the connection, to be left open
 * until all is let go; -1 when it came to nothing. */
int handover_give(int fd, const int *fds, size_t n);

/* The taking side: sockets (closed on exec) and the connection. ERR_NOT_FOUND: nobody waits there. */
enum err_code handover_take(const char *path, int fds[HANDOVER_FDS_MAX], size_t *out_n, int *out_conn, struct err *e);
/* Until the old one has let go; closes the connection. ERR_TIMEOUT. */
enum err_code handover_wait(int conn, int timeout_ms, struct err *e);

/* Sockets that systemd or an operator passed as LISTEN_FDS (sd_listen_fds(3)); *out_n is 0 when there are none. Takes the
 * variables out of the environment. */
void handover_inherited(int fds[HANDOVER_FDS_MAX], size_t *out_n);
