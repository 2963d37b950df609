#include "engine/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/wire.h"

enum err_code engine_file_hash(const char *path, char hex[65], struct err *e)
{
    crypto_hash_sha256_state s;
    unsigned char buf[65536], sum[crypto_hash_sha256_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0)
        return err_errno(e, errno, "open model %s", path);
    crypto_hash_sha256_init(&s);
    while ((n = read(fd, buf, sizeof buf)) > 0)
        crypto_hash_sha256_update(&s, buf, (unsigned long long)n);
    close(fd);
    if (n < 0)
        return err_errno(e, errno, "read model %s", path);
    crypto_hash_sha256_final(&s, sum);
    sodium_bin2hex(hex, 65, sum, sizeof sum);
    return ERR_OK;
}

/* Between fork and exec only async-signal-safe calls: other threads' locks may be held. */
static pid_t fork_exec(const struct engine_child_opts *o, int child_fd)
{
    char threads[16], context[16], slots[16];
    const char *argv[] = {
        "harken", "engine", o->kind, o->model, o->model_hash, threads, o->sandbox ? "sandbox" : "open",
        context,  slots,    NULL};
    static const char *const env[] = {"PATH=/usr/bin:/bin", "OMP_NUM_THREADS=1", "LC_ALL=C.UTF-8",
                                      "GGML_NO_BACKTRACE=1", NULL}; /* or a failed assertion waits for a debugger */
    sigset_t none;
    pid_t pid;

    snprintf(threads, sizeof threads, "%d", o->threads);
    snprintf(context, sizeof context, "%d", o->context);
    snprintf(slots, sizeof slots, "%d", o->slots);
    sigemptyset(&none);
    pid = fork();
    if (pid != 0)
        return pid;
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (child_fd == WIRE_FD)
        fcntl(child_fd, F_SETFD, 0);
    else if (dup2(child_fd, WIRE_FD) < 0)
        _exit(127);
    close_range(WIRE_FD + 1, ~0u, 0);
    execve(o->exe, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)env);
    _exit(127);
}

enum err_code engine_child_start(const struct engine_child_opts *o, pid_t *out_pid, int *out_fd, struct err *e)
{
    int pair[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return err_errno(e, errno, "make a socket pair");
    pid = fork_exec(o, pair[1]);
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return err_set(e, ERR_IO, "start the engine process");
    }
    *out_pid = pid;
    *out_fd = pair[0];
    return ERR_OK;
}

void engine_child_end(pid_t pid, int fd)
{
    close(fd);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}
