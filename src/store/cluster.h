/* store/cluster.h - the private PostgreSQL cluster: made at first start, supervised, reachable through a Unix socket only.
 *
 * Everything lives in HARKEN_HOME/pg (0700): data/ (the cluster), sock/ (the socket), server.log (PostgreSQL's own words: no
 * statements, no values). As root the server runs as user `harken`, else `postgres`, else `nobody`, also when the folders
 * above are closed to that user: folders are handed over as descriptors (/proc/self/fd/N), which also keeps the socket's
 * path short. Three roles: harken_root (superuser, for set-up and pg_dump), harken_owner (owns the tables), harken_app (what
 * the program uses; row-level security applies). Only our own user and the server's user may connect (peer).
 *
 * A supervisor thread owns the server: it restarts a server that died, with a growing pause, ends what a killed predecessor
 * left behind before it starts, and the kernel tells the server to stop when the supervisor's process dies. */
#pragma once
#include "base/err.h"
#include "base/str.h"

struct cluster;

struct cluster_config {
    const char *dir; /* HARKEN_HOME/pg */
    const char *bin_dir; /* where postgres and initdb are; NULL or "": found */
    int timeout_ms; /* for start; 0: 60000 (crash recovery may take a while) */
};

/* Returns when the server accepts connections and database and roles exist. Blocks.
 * Errors: ERR_BUSY (another process runs this cluster), ERR_NOT_FOUND (no PostgreSQL installed: says the package),
 * ERR_UNSUPPORTED (data of another major version), ERR_TIMEOUT, ERR_IO; the message names server.log. */
enum err_code cluster_start(const struct cluster_config *c, struct cluster **out, struct err *e);
/* Stops the server (fast shutdown, at most 10 s, then immediate) and joins the supervisor. NULL is ignored. */
void cluster_stop(struct cluster *c);

enum cluster_role { CLUSTER_ROOT, CLUSTER_OWNER, CLUSTER_APP };
/* A connection string that works inside this process; memory lives as long as the cluster. */
const char *cluster_conninfo(const struct cluster *c, enum cluster_role r);
bool cluster_running(struct cluster *c); /* the server process is alive right now */
int cluster_pid(struct cluster *c); /* of the server process; 0 when there is none: for tests and doctor */
int cluster_restarts(struct cluster *c); /* how often it was restarted after it died */
