#include "store/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libpq-fe.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/thread.h"
#include "store/cluster_priv.h"

enum {
    START_TRIES = 6,
    PAUSE_MIN_MS = 50,
    PAUSE_MAX_MS = 5000,
    STEADY_MS = 10000,
    LOG_MAX = 1 << 20,
    INITDB_MS = 180000
};

struct cluster {
    struct arena *mem; /* paths; lives as long as the cluster */
    const char *dir, *log_path;
    char bin[PATH_MAX];
    struct cluster_user user;
    int dir_fd, data_fd, sock_fd, conf_fd, log_fd, lock_fd, stop_fd;
    struct thread supervisor;
    atomic_int pid, restarts;
    atomic_bool stopping;
    char conninfo[3][PATH_MAX + 128];
};

static const char *const role_names[] = {
    [CLUSTER_ROOT] = "harken_root",
    [CLUSTER_OWNER] = "harken_owner",
    [CLUSTER_APP] = "harken_app",
};

/* ---- folders ---- */

static const char *dir_path(struct cluster *c, const char *name)
{
    return fs_join(c->mem, str_of(c->dir), str_of(name)).p;
}

static enum err_code subdir_open(struct cluster *c, const char *name, bool theirs, int *out_fd, struct err *e)
{
    if (mkdirat(c->dir_fd, name, 0700) && errno != EEXIST)
        return err_errno(e, errno, "make folder %s", name);
    *out_fd = openat(c->dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (*out_fd < 0)
        return err_errno(e, errno, "open folder %s", name);
    if (theirs && c->user.drop && fchown(*out_fd, c->user.uid, c->user.gid))
        return err_errno(e, errno, "give folder %s to user %s", name, c->user.name);
    if (fchmod(*out_fd, theirs ? 0700 : 0755)) /* conf is read by the server through its descriptor */
        return err_errno(e, errno, "set mode of folder %s", name);
    return ERR_OK;
}

/* A POSIX lock on purpose: it dies with this process, and PostgreSQL does not inherit it. */
static enum err_code dir_lock(struct cluster *c, struct err *e)
{
    struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    c->lock_fd = openat(c->dir_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (c->lock_fd < 0)
        return err_errno(e, errno, "open lock");
    if (fcntl(c->lock_fd, F_SETLK, &fl) == 0)
        return ERR_OK;
    if (errno == EAGAIN || errno == EACCES)
        return err_set(e, ERR_BUSY, "another harken process runs this database");
    return err_errno(e, errno, "lock");
}

static enum err_code conf_write(struct cluster *c, struct err *e)
{
    struct passwd pw, *me = NULL;
    char space[4096];
    str hba = STR("# written by harken at each start\nlocal all all peer map=harken\n"), ident;

    if (getpwuid_r(geteuid(), &pw, space, sizeof space, &me))
        me = NULL;
    ident = str_fmt(c->mem, "harken %s harken_root\nharken %s harken_owner\nharken %s harken_app\n", c->user.name,
                    c->user.name, c->user.name);
    if (me && strcmp(me->pw_name, c->user.name) != 0)
        ident = str_fmt(c->mem, "%.*sharken %s harken_root\nharken %s harken_owner\nharken %s harken_app\n",
                        STR_ARG(ident), me->pw_name, me->pw_name, me->pw_name);
    if (fs_write_atomic(dir_path(c, "conf/pg_hba.conf"), hba, 0644, e) ||
        fs_write_atomic(dir_path(c, "conf/pg_ident.conf"), ident, 0644, e))
        return err_wrap(e, "write access rules");
    return ERR_OK;
}

static enum err_code dirs_open(struct cluster *c, const char *dir, struct err *e)
{
    char real[PATH_MAX];
    struct stat st;

    if (fs_mkdirs(dir, 0700, e))
        return e->code;
    if (!realpath(dir, real))
        return err_errno(e, errno, "resolve folder");
    c->dir = str_cz(c->mem, str_of(real));
    c->dir_fd = open(c->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (c->dir_fd < 0)
        return err_errno(e, errno, "open folder");
    if (dir_lock(c, e) ||
        cluster_user_find(fstatat(c->dir_fd, "data", &st, AT_SYMLINK_NOFOLLOW) ? 0 : st.st_uid, &c->user, e))
        return e->code;
    c->log_path = dir_path(c, "server.log");
    c->log_fd = open(c->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (c->log_fd < 0)
        return err_errno(e, errno, "open server.log");
    if (fstat(c->log_fd, &st) == 0 && st.st_size > LOG_MAX && ftruncate(c->log_fd, 0))
        return err_errno(e, errno, "shorten server.log");
    if (subdir_open(c, "sock", true, &c->sock_fd, e) || subdir_open(c, "conf", false, &c->conf_fd, e))
        return e->code;
    return conf_write(c, e);
}

/* ---- making the cluster ---- */

static int tree_remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
    (void)st;
    (void)type;
    (void)f;
    return remove(path);
}

static enum err_code initdb_run(struct cluster *c, int data_fd, struct err *e)
{
    const char *const argv[] = {str_fmt(c->mem, "%s/initdb", c->bin).p,
                                ("--pgdata=" CLUSTER_PATH_DATA),
                                "--username=harken_root",
                                "--encoding=UTF8",
                                "--locale=C",
                                "--data-checksums",
                                "--auth=peer",
                                "--no-sync", /* synced as a whole below */
                                "--no-instructions",
                                NULL};
    struct cluster_child child = {.user = &c->user,
                                  .argv = argv,
                                  .data_fd = data_fd,
                                  .sock_fd = -1,
                                  .conf_fd = -1,
                                  .log_fd = c->log_fd,
                                  .death_signal = SIGKILL};
    int status = 0;
    pid_t pid;

    if (cluster_child_start(&child, &pid, e))
        return e->code;
    if (!cluster_child_wait(pid, INITDB_MS, &status)) {
        kill(pid, SIGKILL);
        cluster_child_wait(pid, -1, &status);
        return err_set(e, ERR_TIMEOUT, "initdb does not end: see %s", c->log_path);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return err_set(e, ERR_IO, "initdb failed: see %s", c->log_path);
    return ERR_OK;
}

/* Made beside and renamed: killed at any moment, there is a whole cluster or none. */
static enum err_code data_make(struct cluster *c, struct err *e)
{
    const char *fresh = dir_path(c, "data.new");
    int fd = open(fresh, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    enum err_code code;

    if (fd >= 0) { /* an earlier first start was killed */
        code = cluster_leftovers_stop(fd, e);
        close(fd);
        if (code)
            return code;
        nftw(fresh, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
    if (subdir_open(c, "data.new", true, &fd, e))
        return e->code;
    code = initdb_run(c, fd, e);
    if (!code && syncfs(fd))
        code = err_errno(e, errno, "sync new cluster");
    close(fd);
    if (code)
        return code;
    if (renameat(c->dir_fd, "data.new", c->dir_fd, "data") || fsync(c->dir_fd))
        return err_errno(e, errno, "put new cluster in place");
    return ERR_OK;
}

/* 0: no cluster yet. */
static int data_major(struct cluster *c)
{
    int fd = openat(c->dir_fd, "data/PG_VERSION", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    char b[16] = "";
    int64_t n = 0;

    if (fd < 0)
        return 0;
    if (read(fd, b, sizeof b - 1) > 0 && !str_to_i64(str_trim(str_of(b)), &n))
        n = 0;
    close(fd);
    return (int)n;
}

static enum err_code data_open(struct cluster *c, const char *bin, struct err *e)
{
    int major = data_major(c);

    if (cluster_bin_find(bin, major, c->bin, sizeof c->bin, e))
        return e->code;
    if (major == 0) {
        int64_t from = clock_mono_ms();

        if (data_make(c, e))
            return err_wrap(e, "make cluster");
        LOG_INFO("cluster.made", F_MS("took", clock_mono_ms() - from));
    }
    c->data_fd = openat(c->dir_fd, "data", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (c->data_fd < 0)
        return err_errno(e, errno, "open data folder");
    return cluster_leftovers_stop(c->data_fd, e);
}

/* ---- the server process ---- */

/* Given on the command line at each start, so that they hold whatever the configuration file in the data folder says. */
static const char *const server_settings[] = {
    /* reachable through the socket only */
    "listen_addresses=",
    ("unix_socket_directories=" CLUSTER_PATH_SOCK),
    "unix_socket_permissions=0777",
    ("hba_file=" CLUSTER_PATH_CONF "/pg_hba.conf"),
    ("ident_file=" CLUSTER_PATH_CONF "/pg_ident.conf"),
    "cluster_name=harken",
    /* nothing a user wrote reaches a log file */
    "logging_collector=off",
    "log_destination=stderr",
    "log_min_messages=log",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_statement=none",
    "log_duration=off",
    "log_min_duration_statement=-1",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
    "log_connections=off",
    "log_checkpoints=off",
    "log_autovacuum_min_duration=-1",
    "log_lock_waits=off",
    "log_temp_files=-1",
    "log_timezone=UTC",
    "timezone=UTC",
    /* whatever dies when, what was committed is there */
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "restart_after_crash=on",
    "client_connection_check_interval=2s",
    "idle_in_transaction_session_timeout=10min",
    /* small, quick to start; the sealed bytes are few and the index lives elsewhere */
    "shared_buffers=48MB",
    "max_connections=64",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=512MB",
    "min_wal_size=80MB",
    "wal_buffers=4MB",
    "work_mem=8MB",
    "maintenance_work_mem=64MB",
    "effective_cache_size=1GB",
    "random_page_cost=1.1",
    "jit=off",
    "huge_pages=off",
    "max_parallel_workers_per_gather=0",
    "max_worker_processes=2",
    "max_logical_replication_workers=0",
    "autovacuum_max_workers=2",
    "autovacuum_naptime=5s", /* new tables are planned well soon: the stages keep their plans until there are figures */
    "max_prepared_transactions=0",
};
enum { SETTINGS_N = sizeof server_settings / sizeof server_settings[0] };

static enum err_code server_spawn(struct cluster *c, pid_t *out, struct err *e)
{
    const char *argv[4 + 2 * SETTINGS_N];
    char program[PATH_MAX + 16];
    size_t n = 0;
    struct cluster_child child = {.user = &c->user,
                                  .argv = argv,
                                  .data_fd = c->data_fd,
                                  .sock_fd = c->sock_fd,
                                  .conf_fd = c->conf_fd,
                                  .log_fd = c->log_fd,
                                  .death_signal = SIGINT};

    snprintf(program, sizeof program, "%s/postgres", c->bin);
    argv[n++] = program;
    argv[n++] = "-D";
    argv[n++] = CLUSTER_PATH_DATA;
    for (size_t i = 0; i < SETTINGS_N; i++) {
        argv[n++] = "-c";
        argv[n++] = server_settings[i];
    }
    argv[n] = NULL;
    return cluster_child_start(&child, out, e);
}

static void server_end(pid_t pid)
{
    static const struct {
        int sig, wait_ms;
    } steps[] = {{SIGINT, 10000}, {SIGQUIT, 5000}, {SIGKILL, -1}};
    int status;

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        kill(pid, steps[i].sig);
        if (cluster_child_wait(pid, steps[i].wait_ms, &status))
            return;
    }
}

/* False when it is time to stop. */
static bool supervisor_pause(struct cluster *c, int ms)
{
    struct pollfd p = {.fd = c->stop_fd, .events = POLLIN};

    poll(&p, 1, ms);
    return !c->stopping;
}

/* Waits until the server ends or the stop is asked for. */
static void server_watch(struct cluster *c, pid_t pid)
{
    int status;

    while (!cluster_child_wait(pid, 0, &status)) {
        struct pollfd p[2] = {{.fd = pidfd_open(pid, 0), .events = POLLIN}, {.fd = c->stop_fd, .events = POLLIN}};

        poll(p, 2, p[0].fd < 0 ? 20 : 1000);
        if (p[0].fd >= 0)
            close(p[0].fd);
        if (c->stopping) {
            server_end(pid);
            return;
        }
    }
    LOG_WARN("cluster.server.died", F_INT("pid", pid), F_INT("status", status));
}

static void supervisor_run(void *arg)
{
    struct cluster *c = arg;
    int pause_ms = PAUSE_MIN_MS;
    struct err e;

    while (!c->stopping) {
        int64_t born = clock_mono_ms();
        pid_t pid;

        if (server_spawn(c, &pid, &e)) {
            LOG_ERROR("cluster.server.start", F_ERR(&e));
        } else {
            c->pid = pid;
            server_watch(c, pid);
            c->pid = 0;
        }
        if (c->stopping)
            break;
        c->restarts++;
        pause_ms = clock_mono_ms() - born > STEADY_MS ? PAUSE_MIN_MS : pause_ms;
        if (!supervisor_pause(c, pause_ms))
            break;
        pause_ms = pause_ms * 2 > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause_ms * 2;
        if (cluster_leftovers_stop(c->data_fd, &e))
            LOG_ERROR("cluster.leftovers", F_ERR(&e));
    }
}

/* ---- ready ---- */

static enum err_code sql_run(PGconn *pg, const char *sql, bool *out_rows, struct err *e)
{
    PGresult *r = PQexec(pg, sql);
    ExecStatusType st = PQresultStatus(r);
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    bool ok = st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK;

    if (!ok)
        err_set(e, ERR_IO, "prepare cluster: sqlstate %s", state ? state : "none");
    else if (out_rows)
        *out_rows = PQntuples(r) > 0;
    PQclear(r);
    return ok ? ERR_OK : e->code;
}

/* Each step stands alone and is skipped when done, so a kill in between does no harm. */
static enum err_code roles_make(PGconn *pg, struct err *e)
{
    static const struct {
        const char *unless, *sql;
    } steps[] = {
        {"SELECT FROM pg_roles WHERE rolname = 'harken_owner'",
         "CREATE ROLE harken_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"},
        {"SELECT FROM pg_roles WHERE rolname = 'harken_app'",
         "CREATE ROLE harken_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"},
        {"SELECT FROM pg_database WHERE datname = 'harken'",
         "CREATE DATABASE harken OWNER harken_owner STRATEGY file_copy"},
        {"SELECT FROM pg_database WHERE datname = 'harken' AND datacl IS NOT NULL",
         "REVOKE ALL ON DATABASE harken, postgres, template1 FROM PUBLIC; GRANT CONNECT ON DATABASE harken TO "
         "harken_app"},
    };

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        bool done = false;

        if (sql_run(pg, steps[i].unless, &done, e) || (!done && sql_run(pg, steps[i].sql, NULL, e)))
            return e->code;
    }
    return ERR_OK;
}

static void conninfo_make(struct cluster *c)
{
    const char *host = dir_path(c, "sock");

    if (strlen(host) > 80 || strpbrk(host, "'\\, ")) /* sockaddr_un holds 107 bytes; a comma separates hosts */
        host = str_fmt(c->mem, "/proc/self/fd/%d", c->sock_fd).p;
    for (int r = CLUSTER_ROOT; r <= CLUSTER_APP; r++)
        snprintf(c->conninfo[r], sizeof c->conninfo[r], "host=%s port=5432 dbname=%s user=%s connect_timeout=10", host,
                 r == CLUSTER_ROOT ? "postgres" : "harken", role_names[r]);
}

static void notice_drop(void *arg, const PGresult *r)
{
    (void)arg;
    (void)r;
}

static enum err_code ready_wait(struct cluster *c, int timeout_ms, struct err *e)
{
    int64_t end = clock_mono_ms() + timeout_ms;

    for (;;) {
        PGconn *pg = PQconnectdb(c->conninfo[CLUSTER_ROOT]);
        enum err_code code = ERR_BUSY;

        PQsetNoticeReceiver(pg, notice_drop, NULL);
        if (PQstatus(pg) == CONNECTION_OK)
            code = roles_make(pg, e);
        PQfinish(pg);
        if (code != ERR_BUSY)
            return code;
        if (c->restarts >= START_TRIES)
            return err_set(e, ERR_IO, "PostgreSQL does not stay up: see %s", c->log_path);
        if (clock_mono_ms() >= end)
            return err_set(e, ERR_TIMEOUT, "PostgreSQL is not ready after %d s: see %s", timeout_ms / 1000,
                           c->log_path);
        usleep(5000);
    }
}

enum err_code cluster_start(const struct cluster_config *cfg, struct cluster **out, struct err *e)
{
    struct cluster *c = calloc(1, sizeof *c);
    struct err own = {0};

    e = e ? e : &own;
    if (!c)
        return err_set(e, ERR_MEMORY, "out of memory");
    c->mem = arena_new("cluster");
    c->dir_fd = c->data_fd = c->sock_fd = c->conf_fd = c->log_fd = c->lock_fd = -1;
    c->stop_fd = eventfd(0, EFD_CLOEXEC);
    if (dirs_open(c, cfg->dir, e) || c->dir_fd < 0 || data_open(c, cfg->bin_dir, e))
        goto failed;
    conninfo_make(c);
    if (thread_start(&c->supervisor, "pg-supervisor", supervisor_run, c, e) ||
        ready_wait(c, cfg->timeout_ms ? cfg->timeout_ms : 60000, e))
        goto failed;
    *out = c;
    return ERR_OK;
failed:
    err_wrap(e, "start database");
    cluster_stop(c);
    return e->code;
}

void cluster_stop(struct cluster *c)
{
    int fds[7];

    if (!c)
        return;
    c->stopping = true;
    eventfd_write(c->stop_fd, 1);
    thread_join(&c->supervisor);
    memcpy(fds, (int[]){c->data_fd, c->sock_fd, c->conf_fd, c->log_fd, c->lock_fd, c->dir_fd, c->stop_fd}, sizeof fds);
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    arena_free(c->mem);
    free(c);
}

const char *cluster_conninfo(const struct cluster *c, enum cluster_role r)
{
    return c->conninfo[r];
}

bool cluster_running(struct cluster *c)
{
    return c->pid != 0;
}

int cluster_pid(struct cluster *c)
{
    return c->pid;
}

int cluster_restarts(struct cluster *c)
{
    return c->restarts;
}
