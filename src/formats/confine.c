#include "formats/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/banned.h"

enum { FILTER_MAX = 2048, RULES_FD_MIN = 200 };

static struct {
    struct sock_filter code[FILTER_MAX];
    unsigned short n;
    int rules_fd; /* Landlock; -1 without */
} profiles[CONFINE_PROFILES];

static struct err prepare_err;
static bool has_landlock;

/* What computing needs, with memory, time and the descriptors at hand. */
static const int calls_both[] = {
    SCMP_SYS(read),          SCMP_SYS(readv),        SCMP_SYS(write),          SCMP_SYS(writev),
    SCMP_SYS(pread64),       SCMP_SYS(close),        SCMP_SYS(fstat),          SCMP_SYS(lseek),
    SCMP_SYS(brk),           SCMP_SYS(munmap),       SCMP_SYS(mremap),         SCMP_SYS(madvise),
    SCMP_SYS(futex),         SCMP_SYS(getpid),       SCMP_SYS(gettid),         SCMP_SYS(tgkill),
    SCMP_SYS(rt_sigaction),  SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),      SCMP_SYS(sched_yield),
    SCMP_SYS(exit),          SCMP_SYS(exit_group),   SCMP_SYS(poll),           SCMP_SYS(restart_syscall),
    SCMP_SYS(getrusage),     SCMP_SYS(uname),        SCMP_SYS(close_range),
};

/* What starting a program and loading its libraries needs on top. */
static const int calls_program[] = {
    SCMP_SYS(execve),
    SCMP_SYS(openat),
    SCMP_SYS(open),
    SCMP_SYS(newfstatat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(statx),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(fcntl),
    SCMP_SYS(mmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(arch_prctl),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(sysinfo),
    SCMP_SYS(time),
    SCMP_SYS(fadvise64),
    SCMP_SYS(getcwd),
    SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),
    SCMP_SYS(dup),
};

/* Nobody calls these by accident. */
static const int calls_fatal[] = {
    SCMP_SYS(socket),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(socketpair),
    SCMP_SYS(clone),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(execveat),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(kill),
    SCMP_SYS(tkill),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(bpf),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(memfd_create),
    SCMP_SYS(shmget),
    SCMP_SYS(sendmsg),
};

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif
#ifndef UNDER_ASAN
#define UNDER_ASAN 0
#endif

bool confine_limits_memory(void)
{
    return !UNDER_ASAN;
}

bool confine_has_landlock(void)
{
    return has_landlock;
}

static int rules_add(scmp_filter_ctx c, uint32_t action, const int *calls, size_t n)
{
    size_t i;
    int rc = 0;

    for (i = 0; i < n && rc == 0; i++) {
        rc = seccomp_rule_add(c, action, calls[i], 0);
        if (rc == -EDOM || rc == -EFAULT) /* a call this machine does not have */
            rc = 0;
    }
    return rc;
}

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static int filter_fill(scmp_filter_ctx c, enum confine_profile p)
{
    int rc = rules_add(c, SCMP_ACT_ALLOW, calls_both, COUNT(calls_both));

    if (!rc && p == CONFINE_PROGRAM)
        rc = rules_add(c, SCMP_ACT_ALLOW, calls_program, COUNT(calls_program));
    if (!rc && p == CONFINE_PARSER) { /* memory, but none that can be run */
        rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
        if (!rc)
            rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
        if (!rc)
            rc = seccomp_rule_add(c, SCMP_ACT_KILL_PROCESS, SCMP_SYS(execve), 0);
    }
    if (!rc)
        rc = seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    return rc ? rc : rules_add(c, SCMP_ACT_KILL_PROCESS, calls_fatal, COUNT(calls_fatal));
}

static enum err_code filter_build(enum confine_profile p, struct err *e)
{
    scmp_filter_ctx c = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int fd = memfd_create("filter", MFD_CLOEXEC);
    ssize_t got = -1;
    int rc = c && fd >= 0 ? filter_fill(c, p) : -1;

    if (rc == 0)
        rc = seccomp_export_bpf(c, fd);
    if (rc == 0)
        got = pread(fd, profiles[p].code, sizeof(profiles[p].code), 0);
    if (fd >= 0)
        close(fd);
    if (c)
        seccomp_release(c);
    if (got <= 0 || (size_t)got == sizeof(profiles[p].code))
        return err_set(e, ERR_UNSUPPORTED, "the seccomp filter could not be built");
    profiles[p].n = (unsigned short)((size_t)got / sizeof(struct sock_filter));
    return ERR_OK;
}

/* Every right the kernel knows is handled, that is: forbidden, unless a rule below allows it somewhere. */
static int landlock_new(void)
{
    struct landlock_ruleset_attr attr = {0};
    int fd, high;
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    if (abi < 1)
        return -1;
    attr.handled_access_fs = (1ull << 13) - 1; /* ABI 1: execute .. make_sym */
    if (abi >= 2)
        attr.handled_access_fs |= 1ull << 13; /* refer */
    if (abi >= 3)
        attr.handled_access_fs |= 1ull << 14; /* truncate */
    has_landlock = true;
    fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr.handled_access_fs), 0);
    if (fd < 0)
        return -1;
    high = fcntl(fd, F_DUPFD_CLOEXEC, RULES_FD_MIN); /* out of the way of the low numbers children rearrange */
    close(fd);
    return high;
}

static void landlock_allow(int rules_fd, const char *path, uint64_t rights)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = fd};
    struct stat st;

    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
        rule.allowed_access &= ~(uint64_t)LANDLOCK_ACCESS_FS_READ_DIR;
    syscall(SYS_landlock_add_rule, rules_fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(fd);
}

static void landlock_program_allow(int rules_fd)
{
    static const char *const run[] = {"/usr/bin/pdftotext", "/usr/lib", "/lib", "/lib64", "/usr/lib64"};
    static const char *const read_only[] = {"/etc/ld.so.cache", "/usr/share/poppler", "/usr/share/fonts", "/etc/fonts",
                                            "/dev/null"};
    size_t i;

    for (i = 0; i < COUNT(run); i++)
        landlock_allow(rules_fd, run[i],
                       LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR);
    for (i = 0; i < COUNT(read_only); i++)
        landlock_allow(rules_fd, read_only[i], LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR);
}

static void prepare_once(void)
{
    int p;

    for (p = 0; p < CONFINE_PROFILES; p++) {
        profiles[p].rules_fd = landlock_new();
        if (filter_build((enum confine_profile)p, &prepare_err))
            return;
    }
    if (profiles[CONFINE_PROGRAM].rules_fd >= 0)
        landlock_program_allow(profiles[CONFINE_PROGRAM].rules_fd);
}

enum err_code confine_prepare(struct err *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, prepare_once);
    if (prepare_err.code && e)
        *e = prepare_err;
    return prepare_err.code;
}

static int limit_set(__rlimit_resource_t what, rlim_t value)
{
    struct rlimit r = {value, value};

    return setrlimit(what, &r);
}

int confine_enter(enum confine_profile profile, const struct confine_limits *limits)
{
    struct sock_fprog prog = {profiles[profile].n, profiles[profile].code};
    int rc = 0;

    if (confine_limits_memory())
        rc |= limit_set(RLIMIT_AS, limits->memory_bytes);
    rc |= limit_set(RLIMIT_CPU, (rlim_t)limits->cpu_s);
    rc |= limit_set(RLIMIT_FSIZE, 0);
    rc |= limit_set(RLIMIT_CORE, 0);
    rc |= limit_set(RLIMIT_NPROC, 0);
    rc |= limit_set(RLIMIT_MEMLOCK, 0);
    rc |= limit_set(RLIMIT_NOFILE, profile == CONFINE_PROGRAM ? 32 : 8);
    rc |= prctl(PR_SET_DUMPABLE, 0);
    rc |= prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (rc == 0 && has_landlock)
        rc = (int)syscall(SYS_landlock_restrict_self, profiles[profile].rules_fd, 0);
    if (rc == 0)
        rc = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
    return rc ? -1 : 0;
}
