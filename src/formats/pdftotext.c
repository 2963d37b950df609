#include "formats/pdftotext.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "formats/confine.h"

enum { SAID_MAX = 4096, READ_BYTES = 1 << 16, EXIT_NO_PROGRAM = 127, EXIT_UNCONFINED = 126 };

int memory_file(str bytes, struct err *e)
{
    int fd = memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd < 0) {
        err_errno(e, errno, "memory file");
        return -1;
    }
    if (fs_write_all(fd, bytes, e)) {
        close(fd);
        return -1;
    }
    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

_Noreturn void pdftotext_exec(int pdf_fd, int text_fd, int err_fd, size_t pdf_bytes)
{
    static char *const argv[] = {(char *)"pdftotext", (char *)"-enc", (char *)"UTF-8", (char *)"-", (char *)"-", NULL};
    static char *const env[] = {(char *)"PATH=/usr/bin", (char *)"LC_ALL=C", (char *)"HOME=/nonexistent", NULL};
    struct confine_limits limits = {PDF_MEMORY_BYTES + 2 * pdf_bytes, PDF_CPU_S};
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (dup2(pdf_fd, 0) < 0 || dup2(text_fd, 1) < 0 || dup2(err_fd, 2) < 0)
        _exit(EXIT_UNCONFINED);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (confine_enter(CONFINE_PROGRAM, &limits))
        _exit(EXIT_UNCONFINED);
    close_range(3, ~0u, 0);
    execve("/usr/bin/pdftotext", argv, env);
    _exit(EXIT_NO_PROGRAM);
}

/* One read; *end when the pipe is finished. False when the bytes no longer fit. */
static bool drain(int fd, struct buf *to, bool *end)
{
    char *p = buf_room(to, READ_BYTES);
    ssize_t n;

    if (!p)
        return false;
    n = read(fd, p, READ_BYTES);
    if (n > 0)
        to->n += (size_t)n;
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        *end = true;
    return true;
}

static enum err_code collect(int text_fd, int err_fd, int64_t deadline, struct buf *text, struct buf *said,
                             struct err *e)
{
    bool text_end = false, err_end = false;

    while (!text_end || !err_end) {
        struct pollfd p[2] = {{text_end ? -1 : text_fd, POLLIN, 0}, {err_end ? -1 : err_fd, POLLIN, 0}};
        int64_t left = deadline - clock_mono_ms();

        if (left <= 0)
            return err_set(e, ERR_TIMEOUT, "reading it took longer than allowed");
        if (poll(p, 2, (int)left) < 0 && errno != EINTR)
            return err_errno(e, errno, "wait for pdftotext");
        if (p[0].revents && !drain(text_fd, text, &text_end))
            return err_set(e, ERR_LIMIT, "its text is longer than %zu MiB", PDF_TEXT_MAX >> 20);
        if (p[1].revents && !drain(err_fd, said, &err_end)) { /* more complaints than anybody reads */
            buf_done(said);
            buf_init(said, SAID_MAX + READ_BYTES);
        }
    }
    return ERR_OK;
}

enum err_code pdftotext_collect(int text_fd, int err_fd, int64_t deadline_mono_ms, struct arena *a, str *out_text,
                                str *out_said, struct err *e)
{
    struct buf text, said;
    enum err_code code;

    buf_init_wiped(&text, PDF_TEXT_MAX + READ_BYTES);
    buf_init(&said, SAID_MAX + READ_BYTES);
    code = collect(text_fd, err_fd, deadline_mono_ms, &text, &said, e);
    if (!code) {
        *out_text = str_dup(a, buf_view(&text));
        *out_said = str_dup(a, buf_view(&said));
    }
    buf_done(&text);
    buf_done(&said);
    return code;
}

enum err_code pdftotext_judge(int wait_status, str said, struct err *e)
{
    int code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;

    if (code == 0)
        return ERR_OK;
    if (str_contains(said, STR("Incorrect password")) || str_contains(said, STR("ncrypt")))
        return err_set(e, ERR_DENIED, "the file is encrypted: save it without a password");
    if (code == 3)
        return err_set(e, ERR_DENIED, "its author forbids taking text out of it");
    if (code == EXIT_NO_PROGRAM)
        return err_set(e, ERR_UNSUPPORTED, "pdftotext (package poppler-utils) is not installed");
    if (code == EXIT_UNCONFINED)
        return err_set(e, ERR_UNSUPPORTED, "the kernel refuses the sandbox for pdftotext");
    if (code == 99 || str_contains(said, STR("ut of memory")) || str_contains(said, STR("bad_alloc")))
        return err_set(e, ERR_LIMIT, "the file needs more than %zu MiB to read", PDF_MEMORY_BYTES >> 20);
    if (WIFSIGNALED(wait_status) && (WTERMSIG(wait_status) == SIGXCPU || WTERMSIG(wait_status) == SIGKILL))
        return err_set(e, ERR_TIMEOUT, "reading it took longer than %d s", PDF_CPU_S);
    if (WIFSIGNALED(wait_status))
        return err_set(e, ERR_INVALID, "pdftotext was ended by signal %d", WTERMSIG(wait_status));
    return err_set(e, ERR_INVALID, "the file is damaged: no page of it can be read");
}

static enum err_code run(int pdf_fd, size_t pdf_bytes, int text[2], int said[2], struct arena *a, str *out,
                         struct err *e)
{
    str words, complaint = STR_NULL;
    enum err_code code;
    int status = 0;
    pid_t pid = fork();

    if (pid < 0)
        return err_errno(e, errno, "start pdftotext");
    if (pid == 0)
        pdftotext_exec(pdf_fd, text[1], said[1], pdf_bytes);
    close(text[1]);
    close(said[1]);
    text[1] = said[1] = -1;
    code = pdftotext_collect(text[0], said[0], clock_mono_ms() + PDF_TIMEOUT_MS, a, &words, &complaint, e);
    if (code)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!code)
        code = pdftotext_judge(status, complaint, e);
    if (!code)
        *out = words;
    return code;
}

enum err_code pdftotext_run(str pdf, struct arena *a, str *out_text, struct err *e)
{
    int text[2] = {-1, -1}, said[2] = {-1, -1}, fd, i;
    enum err_code code;

    code = confine_prepare(e);
    if (code)
        return code;
    fd = memory_file(pdf, e);
    if (fd < 0)
        return ERR_IO;
    if (pipe2(text, O_CLOEXEC) < 0 || pipe2(said, O_CLOEXEC) < 0)
        code = err_errno(e, errno, "pipe");
    else
        code = run(fd, pdf.n, text, said, a, out_text, e);
    for (i = 0; i < 2; i++) {
        if (text[i] >= 0)
            close(text[i]);
        if (said[i] >= 0)
            close(said[i]);
    }
    close(fd);
    return code;
}
