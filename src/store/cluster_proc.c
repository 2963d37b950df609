#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/cluster_priv.h"

enum { POLITE_MS = 1200, FIRM_MS = 500, HARD_MS = 3000, PIDS_MAX = 512 };

static bool user_named(const char *name, struct passwd *pw, char *space, size_t cap)
{
    struct passwd *found = NULL;

    return getpwnam_r(name, pw, space, cap, &found) == 0 && found;
}

static bool user_numbered(uid_t uid, struct passwd *pw, char *space, size_t cap)
{
    struct passwd *found = NULL;

    return getpwuid_r(uid, pw, space, cap, &found) == 0 && found;
}

enum err_code cluster_user_find(uid_t owner, struct cluster_user *out, struct err *e)
{
    char space[4096];
    struct passwd pw;

    memset(out, 0, sizeof *out);
    out->drop = geteuid() == 0;
    if (!out->drop) {
        if (!user_numbered(geteuid(), &pw, space, sizeof space))
            return err_set(e, ERR_UNSUPPORTED, "user id %u has no name in /etc/passwd, which PostgreSQL needs",
                           geteuid());
    } else if (owner != 0) {
        if (!user_numbered(owner, &pw, space, sizeof space))
            return err_set(e, ERR_UNSUPPORTED, "the data belongs to user id %u, which has no name in /etc/passwd",
                           owner);
    } else if (!user_named("harken", &pw, space, sizeof space) && !user_named("postgres", &pw, space, sizeof space) &&
               !user_named("nobody", &pw, space, sizeof space)) {
        return err_set(e, ERR_UNSUPPORTED, "PostgreSQL does not run as root: add a user named harken");
    }
    snprintf(out->name, sizeof out->name, "%s", pw.pw_name);
    out->uid = pw.pw_uid;
    out->gid = pw.pw_gid;
    return ERR_OK;
}

static bool bin_ok(const char *dir)
{
    char path[PATH_MAX];

    return snprintf(path, sizeof path, "%s/initdb", dir) < (int)sizeof path && access(path, X_OK) == 0 &&
           snprintf(path, sizeof path, "%s/postgres", dir) < (int)sizeof path && access(path, X_OK) == 0;
}

/* "/usr/lib/postgresql/15/bin" -> 15 */
static int bin_major(const char *dir)
{
    int64_t n = 0;
    str rest = str_of(dir), part;

    while (rest.n) {
        part = str_cut(rest, '/', &rest);
        if (str_starts(part, STR("pgsql-")))
            part = str_from(part, 6);
        if (str_to_i64(part, &n))
            return (int)n;
    }
    return 0;
}

enum err_code cluster_bin_find(const char *given, int major, char *out, size_t cap, struct err *e)
{
    const char *best = NULL;
    int best_major = 0;
    glob_t g = {0};

    if (given && *given) {
        if (!bin_ok(given))
            return err_set(e, ERR_NOT_FOUND, "no postgres and initdb in the folder given for PostgreSQL's programs");
        snprintf(out, cap, "%s", given);
        return ERR_OK;
    }
    glob("/usr/lib/postgresql/*/bin", 0, NULL, &g);
    glob("/usr/pgsql-*/bin", GLOB_APPEND, NULL, &g);
    glob("/usr/local/pgsql/bin", GLOB_APPEND, NULL, &g);
    glob("/usr/local/bin", GLOB_APPEND, NULL, &g);
    for (size_t i = 0; i < g.gl_pathc; i++) {
        int m = bin_major(g.gl_pathv[i]);

        if (bin_ok(g.gl_pathv[i]) && (major == 0 || m == 0 || m == major) && (!best || m > best_major)) {
            best = g.gl_pathv[i];
            best_major = m;
        }
    }
    if (best)
        snprintf(out, cap, "%s", best);
    globfree(&g);
    if (best)
        return ERR_OK;
    if (major)
        return err_set(e, ERR_NOT_FOUND,
                       "the data was written by PostgreSQL %d, which is not installed: apt install postgresql-%d",
                       major, major);
    return err_set(e, ERR_NOT_FOUND, "PostgreSQL is not installed: apt install postgresql");
}

/* ---- children ---- */

static void fd_place(int fd, int number)
{
    if (fd >= 0)
        dup2(fd, number); /* the copy has no close-on-exec flag */
    else
        close(number);
}

/* After fork in a process with threads: only async-signal-safe calls. */
static _Noreturn void child_run(const struct cluster_child *c, pid_t parent)
{
    static char env_path[] = "PATH=/usr/local/bin:/usr/bin:/bin", env_lc[] = "LC_ALL=C", env_tz[] = "TZ=UTC",
                env_home[] = "HOME=/";
    static char *const env[] = {env_path, env_lc, env_tz, env_home, NULL};
    struct rlimit no_core = {0, 0};
    int fds[4] = {c->data_fd, c->sock_fd, c->conf_fd, c->log_fd};
    sigset_t none;

    for (int i = 0; i < 4; i++) /* out of the way of the fixed numbers */
        if (fds[i] >= 0)
            fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 64);
    fd_place(fds[0], CLUSTER_FD_DATA);
    fd_place(fds[1], CLUSTER_FD_SOCK);
    fd_place(fds[2], CLUSTER_FD_CONF);
    dup2(open("/dev/null", O_RDONLY), 0);
    dup2(fds[3], 1);
    dup2(fds[3], 2);
    close_range(3, CLUSTER_FD_DATA - 1, 0);
    close_range(CLUSTER_FD_CONF + 1, ~0u, 0);
    setsid();
    umask(077);
    setrlimit(RLIMIT_CORE, &no_core);
    for (int s = 1; s < 32; s++)
        signal(s, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (c->user->drop && (setgroups(0, NULL) || setresgid(c->user->gid, c->user->gid, c->user->gid) ||
                          setresuid(c->user->uid, c->user->uid, c->user->uid)))
        _exit(126);
    prctl(PR_SET_PDEATHSIG, c->death_signal); /* after setresuid, which clears it */
    if (getppid() != parent || chdir("/"))
        _exit(125);
    execve(c->argv[0], (char *const *)c->argv, env);
    _exit(127);
}

enum err_code cluster_child_start(const struct cluster_child *c, pid_t *out, struct err *e)
{
    pid_t parent = getpid(), pid = fork();

    if (pid < 0)
        return err_errno(e, errno, "start %s", c->argv[0]);
    if (pid == 0)
        child_run(c, parent);
    *out = pid;
    return ERR_OK;
}

bool cluster_child_wait(pid_t pid, int timeout_ms, int *out_status)
{
    int64_t end = clock_mono_ms() + timeout_ms;
    struct pollfd p = {.fd = pidfd_open(pid, 0), .events = POLLIN};
    pid_t got = 0;

    for (;;) {
        int64_t left = timeout_ms < 0 ? 1000 : end - clock_mono_ms();

        got = waitpid(pid, out_status, WNOHANG);
        if (got == pid || (got < 0 && errno != EINTR) || left <= 0)
            break;
        if (p.fd >= 0)
            poll(&p, 1, (int)(left > 1000 ? 1000 : left));
        else
            usleep(5000);
    }
    if (p.fd >= 0)
        close(p.fd);
    return got != 0;
}

/* ---- leftovers ---- */

static bool proc_is_postgres(const char *pid)
{
    char path[64], comm[32] = "";
    ssize_t n = 0;
    int fd;

    snprintf(path, sizeof path, "/proc/%.20s/comm", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        n = read(fd, comm, sizeof comm - 1);
        close(fd);
    }
    return n > 0 && strcmp(comm, "postgres\n") == 0;
}

/* PostgreSQL processes whose working folder is the data folder: every one of them changes into it. */
static size_t procs_in(int data_fd, pid_t *out, size_t cap)
{
    DIR *d = opendir("/proc");
    struct stat want, st;
    struct dirent *de;
    size_t n = 0;

    if (!d)
        return 0;
    if (fstat(data_fd, &want) == 0) {
        // cppcheck-suppress readdirCalled ; the stream is ours alone
        while (n < cap && (de = readdir(d)) != NULL) {
            char path[64];
            int64_t pid;

            if (!str_to_i64(str_of(de->d_name), &pid) || pid <= 1)
                continue;
            snprintf(path, sizeof path, "/proc/%lld/cwd", (long long)pid);
            if (stat(path, &st) == 0 && st.st_ino == want.st_ino && st.st_dev == want.st_dev &&
                proc_is_postgres(de->d_name))
                out[n++] = (pid_t)pid;
        }
    }
    closedir(d);
    return n;
}

static pid_t postmaster_pid(int data_fd)
{
    int fd = openat(data_fd, "postmaster.pid", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    char b[32] = "";
    int64_t pid = 0;
    str rest;

    if (fd < 0)
        return 0;
    if (read(fd, b, sizeof b - 1) > 0 && !str_to_i64(str_trim(str_cut(str_of(b), '\n', &rest)), &pid))
        pid = 0;
    close(fd);
    return (pid_t)pid;
}

/* True when all are gone. */
static bool procs_gone(int data_fd, int timeout_ms)
{
    int64_t end = clock_mono_ms() + timeout_ms;
    pid_t pids[PIDS_MAX];

    while (procs_in(data_fd, pids, PIDS_MAX) > 0) {
        if (clock_mono_ms() >= end)
            return false;
        usleep(10000);
    }
    return true;
}

static void procs_signal(int data_fd, pid_t only, int sig)
{
    pid_t pids[PIDS_MAX];
    size_t n = procs_in(data_fd, pids, PIDS_MAX);

    for (size_t i = 0; i < n; i++)
        if (only == 0 || pids[i] == only)
            kill(pids[i], sig);
}

/* Without its postmaster a cluster cannot be shut down, only ended. */
static bool master_there(pid_t master, const pid_t *pids, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (pids[i] == master)
            return true;
    return false;
}

enum err_code cluster_leftovers_stop(int data_fd, struct err *e)
{
    pid_t pids[PIDS_MAX], master = postmaster_pid(data_fd);
    size_t n = procs_in(data_fd, pids, PIDS_MAX);
    bool gone = n == 0;

    if (!gone)
        LOG_WARN("cluster.leftovers", F_INT("processes", n));
    if (!gone && master_there(master, pids, n)) {
        procs_signal(data_fd, master, SIGINT); /* fast shutdown, with a checkpoint */
        gone = procs_gone(data_fd, POLITE_MS);
    }
    if (!gone) {
        procs_signal(data_fd, 0, SIGQUIT); /* immediate: the next start replays the log */
        gone = procs_gone(data_fd, FIRM_MS);
    }
    if (!gone) {
        procs_signal(data_fd, 0, SIGKILL);
        gone = procs_gone(data_fd, HARD_MS);
    }
    if (!gone)
        return err_set(e, ERR_BUSY, "PostgreSQL processes of an earlier run do not end");
    unlinkat(data_fd, "postmaster.pid", 0); /* its process id may belong to someone else by now */
    return ERR_OK;
}
