/* The process that starts readers and does nothing else. One thread, one loop; it never looks into a file. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "formats/confine.h"
#include "formats/pdftotext.h"
#include "formats/sandbox_priv.h"
#include "formats/warm.h"

enum { CHILDREN_MAX = 64, NOBODY = 65534 };

struct child {
    pid_t pid;
    int pidfd, status_fd;
    int64_t deadline;
    bool overdue;
};

static struct child children[CHILDREN_MAX];
static int children_n;

/* Root is of no use here, and the network of none either. What cannot be given up (not root, no name spaces) is left
 * to the filters of the children. */
static void give_up_rights(void)
{
    if (geteuid() != 0)
        return;
    if (unshare(CLONE_NEWNET | CLONE_NEWIPC) != 0)
        errno = 0;
    if (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0)
        _exit(CHILD_UNCONFINED);
}

static void quiet(void)
{
    int null = open("/dev/null", O_RDWR);

    if (null >= 0) {
        dup2(null, 0);
        dup2(null, 1);
#ifndef __SANITIZE_ADDRESS__
        dup2(null, 2); /* libraries complain in the words of the file */
#endif
        if (null > 2)
            close(null);
    }
}

static ssize_t request_receive(struct sandbox_request *r, int fds[SANDBOX_FDS], int *fds_n)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int) * SANDBOX_FDS)];
    } control = {0};
    struct iovec iov = {r, sizeof(*r)};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
    struct cmsghdr *c;
    ssize_t n = recvmsg(NURSERY_FD, &m, MSG_CMSG_CLOEXEC);

    *fds_n = 0;
    c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
    if (c && c->cmsg_type == SCM_RIGHTS) {
        *fds_n = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(fds, CMSG_DATA(c), sizeof(int) * (size_t)*fds_n);
    }
    return n;
}

static void child_become(const struct sandbox_request *r, const int *fds)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == 1)
        _exit(CHILD_UNCONFINED);
    signal(SIGPIPE, SIG_DFL);
    if (r->what == SANDBOX_PDF)
        pdftotext_exec(fds[0], fds[1], fds[2], r->bytes);
    sandbox_child_run(r, fds[0], fds[1]);
}

static void child_start(const struct sandbox_request *r, int *fds, int fds_n)
{
    int status_fd = fds[fds_n - 1], i;
    struct child *c = &children[children_n];
    pid_t pid = fork();

    if (pid == 0)
        child_become(r, fds);
    for (i = 0; i < fds_n - 1; i++)
        close(fds[i]);
    if (pid > 0) {
        *c = (struct child){.pid = pid, .status_fd = status_fd, .deadline = clock_mono_ms() + r->timeout_ms};
        c->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
        children_n++;
    } else {
        struct sandbox_status s = {.not_started = 1};
        if (write(status_fd, &s, sizeof(s)) < 0)
            errno = 0; /* the caller is gone */
        close(status_fd);
    }
}

/* True when the child was reaped. */
static bool child_reap(struct child *c)
{
    struct sandbox_status s = {.timed_out = c->overdue};
    struct rusage use;

    if (wait4(c->pid, &s.wait_status, WNOHANG, &use) != c->pid)
        return false;
    s.peak_kib = use.ru_maxrss;
    if (write(c->status_fd, &s, sizeof(s)) < 0)
        errno = 0; /* the caller is gone */
    close(c->status_fd);
    if (c->pidfd >= 0)
        close(c->pidfd);
    return true;
}

static void children_mind(void)
{
    int64_t now = clock_mono_ms();
    int i = 0;

    while (i < children_n) {
        struct child *c = &children[i];
        if (!c->overdue && now >= c->deadline) {
            c->overdue = true;
            kill(c->pid, SIGKILL);
        }
        if (child_reap(c))
            children[i] = children[--children_n];
        else
            i++;
    }
}

static int wait_ms(void)
{
    int64_t now = clock_mono_ms(), least = -1;
    int i;

    for (i = 0; i < children_n; i++) {
        int64_t left = children[i].overdue ? 20 : children[i].deadline - now;
        left = left < 0 ? 0 : left;
        if (children[i].pidfd < 0 && left > 20)
            left = 20; /* a kernel without pidfd: look now and then */
        if (least < 0 || left < least)
            least = left;
    }
    return (int)least;
}

/* False when the caller is gone. */
static bool request_take(void)
{
    static struct sandbox_request r;
    int fds[SANDBOX_FDS], fds_n, i;
    ssize_t n = request_receive(&r, fds, &fds_n);

    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
        return false;
    if (n == (ssize_t)sizeof(r) && r.name_n <= SANDBOX_NAME_MAX &&
        (((r.what == SANDBOX_PARSE || r.what == SANDBOX_PLAIN) && fds_n == 3) ||
         (r.what == SANDBOX_PDF && fds_n == 4))) {
        if (r.what == SANDBOX_PARSE)
            warm_tables();
        child_start(&r, fds, fds_n);
    } else {
        for (i = 0; i < fds_n; i++)
            close(fds[i]);
    }
    return true;
}

int sandbox_child_main(void)
{
    struct err e;
    int i;

    signal(SIGPIPE, SIG_IGN);
    quiet();
    if (confine_prepare(&e))
        return CHILD_UNCONFINED;
    warm_libraries();
    give_up_rights();
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0);
    for (;;) {
        struct pollfd p[1 + CHILDREN_MAX];

        p[0] = (struct pollfd){children_n < CHILDREN_MAX ? NURSERY_FD : -1, POLLIN, 0};
        for (i = 0; i < children_n; i++)
            p[1 + i] = (struct pollfd){children[i].pidfd, POLLIN, 0};
        if (poll(p, 1 + (nfds_t)children_n, wait_ms()) < 0 && errno != EINTR)
            break;
        children_mind();
        if (p[0].revents && !request_take())
            break;
    }
    for (i = 0; i < children_n; i++)
        kill(children[i].pid, SIGKILL);
    _exit(0); /* what was loaded to stay is not given back */
}
