#include "engine/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A rule set that handles every file-system right and allows none. A kernel without Landlock is not an error: the
 * system-call filter below stands by itself. */
static void files_close(void)
{
    struct landlock_ruleset_attr attr = {.handled_access_fs = 0x1fff}; /* all rights of ABI 1 */
    int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);

    if (fd < 0)
        return;
    syscall(SYS_landlock_restrict_self, fd, 0);
    close(fd);
}

enum err_code confine_compute(void)
{
    static const int denied[] = {
        SCMP_SYS(socket),
        SCMP_SYS(socketpair),
        SCMP_SYS(connect),
        SCMP_SYS(bind),
        SCMP_SYS(listen),
        SCMP_SYS(accept),
        SCMP_SYS(accept4),
        SCMP_SYS(execve),
        SCMP_SYS(execveat),
        SCMP_SYS(fork),
        SCMP_SYS(vfork),
        SCMP_SYS(ptrace),
        SCMP_SYS(unlink),
        SCMP_SYS(unlinkat),
        SCMP_SYS(rename),
        SCMP_SYS(renameat),
        SCMP_SYS(renameat2),
        SCMP_SYS(mkdir),
        SCMP_SYS(mkdirat),
        SCMP_SYS(mount),
        SCMP_SYS(umount2),
        SCMP_SYS(setuid),
        SCMP_SYS(setgid),
        SCMP_SYS(chmod),
        SCMP_SYS(fchmodat),
        SCMP_SYS(chown),
        SCMP_SYS(kill),
        SCMP_SYS(tkill),
        SCMP_SYS(bpf),
        SCMP_SYS(keyctl),
        SCMP_SYS(io_uring_setup),
        SCMP_SYS(process_vm_readv),
        SCMP_SYS(process_vm_writev),
        SCMP_SYS(creat),
        SCMP_SYS(truncate),
        SCMP_SYS(sendto),
        SCMP_SYS(sendmsg),
        SCMP_SYS(perf_event_open),
    };
    scmp_filter_ctx f;
    bool ok = true;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        return ERR_IO;
    files_close();
    f = seccomp_init(SCMP_ACT_ALLOW);
    if (!f)
        return ERR_MEMORY;
    for (size_t i = 0; i < sizeof denied / sizeof *denied; i++)
        ok = ok && seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), denied[i], 0) == 0;
    ok = ok && seccomp_load(f) == 0;
    seccomp_release(f);
    return ok ? ERR_OK : ERR_IO;
}
