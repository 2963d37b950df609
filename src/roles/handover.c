#include "roles/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"

/* Names are reached through their folder's descriptor, because a socket's path has at most 107 bytes. */
static int folder_open(const char *path, struct sockaddr_un *sa)
{
    const char *slash = strrchr(path, '/');
    char folder[4096];
    int fd;

    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    *sa = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(sa->sun_path, sizeof sa->sun_path, "/proc/self/fd/%d/%.64s", fd, slash ? slash + 1 : path);
    return fd;
}

enum err_code handover_open(const char *path, int *out_fd, struct err *e)
{
    struct sockaddr_un sa;
    int folder = folder_open(path, &sa), fd, code;
    mode_t mask;

    if (folder < 0)
        return err_errno(e, errno, "open the folder of %s", path);
    unlink(path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mask = umask(0177);
    code = fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof sa) || listen(fd, 4) ? errno : 0;
    umask(mask);
    close(folder);
    if (code) {
        if (fd >= 0)
            close(fd);
        return err_errno(e, code, "wait at %s", path);
    }
    *out_fd = fd;
    return ERR_OK;
}

static bool same_user(int conn)
{
    struct ucred who;
    socklen_t n = sizeof who;

    return !getsockopt(conn, SOL_SOCKET, SO_PEERCRED, &who, &n) && who.uid == geteuid();
}

int handover_give(int fd, const int *fds, size_t n)
{
    char count = (char)n;
    struct iovec v = {&count, 1};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * HANDOVER_FDS_MAX)];
    } room = {0};
    struct msghdr m = {
        .msg_iov = &v, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = CMSG_SPACE(sizeof(int) * n)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    // cppcheck-suppress nullPointer ; no address is wanted
    int conn = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

    if (conn < 0)
        return -1;
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int) * n);
    memcpy(CMSG_DATA(c), fds, sizeof(int) * n);
    if (!n || n > HANDOVER_FDS_MAX || !same_user(conn) || sendmsg(conn, &m, MSG_NOSIGNAL) != 1) {
        close(conn);
        return -1;
    }
    return conn;
}

static enum err_code fds_receive(int conn, int fds[HANDOVER_FDS_MAX], size_t *out_n, struct err *e)
{
    char count = 0;
    struct iovec v = {&count, 1};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * HANDOVER_FDS_MAX)];
    } room = {0};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof room.bytes};
    ssize_t got = recvmsg(conn, &m, MSG_CMSG_CLOEXEC);
    struct cmsghdr *c = got == 1 ? CMSG_FIRSTHDR(&m) : NULL;

    if (!c || c->cmsg_type != SCM_RIGHTS || count <= 0 || count > HANDOVER_FDS_MAX ||
        c->cmsg_len != CMSG_LEN(sizeof(int) * (size_t)count))
        return err_set(e, ERR_IO, "the running server gave no sockets");
    memcpy(fds, CMSG_DATA(c), sizeof(int) * (size_t)count);
    *out_n = (size_t)count;
    return ERR_OK;
}

enum err_code handover_take(const char *path, int fds[HANDOVER_FDS_MAX], size_t *out_n, int *out_conn, struct err *e)
{
    struct timeval patience = {.tv_sec = 10};
    struct sockaddr_un sa;
    int folder = folder_open(path, &sa), conn, code;

    if (folder < 0)
        return err_errno(e, errno, "open the folder of %s", path);
    conn = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    code = conn < 0 || connect(conn, (struct sockaddr *)&sa, sizeof sa) ? errno : 0;
    close(folder);
    if (code) {
        if (conn >= 0)
            close(conn);
        if (code == ENOENT || code == ECONNREFUSED)
            return err_set(e, ERR_NOT_FOUND, "no server waits to hand over");
        return err_errno(e, code, "reach the running server");
    }
    setsockopt(conn, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (fds_receive(conn, fds, out_n, e)) {
        close(conn);
        return e->code;
    }
    *out_conn = conn;
    return ERR_OK;
}

enum err_code handover_wait(int conn, int timeout_ms, struct err *e)
{
    struct pollfd p = {.fd = conn, .events = POLLIN};
    int n = poll(&p, 1, timeout_ms);

    close(conn);
    return n > 0 ? ERR_OK : err_set(e, ERR_TIMEOUT, "the running server does not end");
}

void handover_inherited(int fds[HANDOVER_FDS_MAX], size_t *out_n)
{
    const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    uint64_t n = 0, who = 0;

    *out_n = 0;
    if (pid && count && str_to_u64(str_of(pid), &who) && str_to_u64(str_of(count), &n) && who == (uint64_t)getpid()) {
        for (uint64_t i = 0; i < n && i < HANDOVER_FDS_MAX; i++) {
            fds[i] = 3 + (int)i; /* SD_LISTEN_FDS_START */
            fcntl(fds[i], F_SETFD, FD_CLOEXEC);
            *out_n = (size_t)i + 1;
        }
    }
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
}
