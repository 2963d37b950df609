#include "formats/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "formats/confine.h"
#include "formats/pdftotext.h"
#include "formats/sandbox_priv.h"
#include "formats/wire.h"

enum { READ_BYTES = 1 << 18, GRACE_MS = 3000, PDFS_MAX = 64 };
#define ANSWER_FREE_BYTES ((size_t)192 << 20)

static struct nursery {
    pthread_mutex_t lock; /* guards the two below */
    int fd;               /* our end of the control socket; -1 when there is no nursery */
    pid_t pid;
} plain = {PTHREAD_MUTEX_INITIALIZER, -1, 0}, full = {PTHREAD_MUTEX_INITIALIZER, -1, 0};

static bool enabled = true;
static size_t limit_memory = SANDBOX_MEMORY_BYTES;
static int limit_cpu_s = SANDBOX_CPU_S, limit_timeout_ms = SANDBOX_TIMEOUT_MS;

void sandbox_enabled_set(bool on)
{
    enabled = on;
}

bool sandbox_enabled(void)
{
    return enabled;
}

void sandbox_limits_set(size_t memory_bytes, int cpu_s, int timeout_ms)
{
    limit_memory = memory_bytes ? memory_bytes : SANDBOX_MEMORY_BYTES;
    limit_cpu_s = cpu_s ? cpu_s : SANDBOX_CPU_S;
    limit_timeout_ms = timeout_ms ? timeout_ms : SANDBOX_TIMEOUT_MS;
}

/* ---- the nursery's life ---- */

static int nursery_spawn(int fd, pid_t *pid)
{
    static char *const argv[] = {(char *)"harken", (char *)"parser", NULL};
    char *env[] = {(char *)"PATH=/usr/bin:/bin", (char *)"LC_ALL=C.UTF-8", NULL, NULL};
    const char *asan = getenv("ASAN_OPTIONS");
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;
    char kept[512];
    int rc;

    if (asan) {
        snprintf(kept, sizeof(kept), "ASAN_OPTIONS=%s", asan);
        env[2] = kept;
    }
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setpgroup(&attr, 0); /* Ctrl-C is for the server, which then closes the socket */
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    posix_spawn_file_actions_adddup2(&files, fd, NURSERY_FD);
    posix_spawn_file_actions_addclosefrom_np(&files, NURSERY_FD + 1);
    rc = posix_spawn(pid, "/proc/self/exe", &files, &attr, argv, env);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    return rc;
}

static enum err_code nursery_start(struct nursery *n, struct err *e) /* with the lock held */
{
    int pair[2], rc;

    if (n->fd >= 0)
        return ERR_OK;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return err_errno(e, errno, "start the parser");
    rc = nursery_spawn(pair[1], &n->pid);
    close(pair[1]);
    if (rc) {
        close(pair[0]);
        return err_errno(e, rc, "start the parser");
    }
    n->fd = pair[0];
    return ERR_OK;
}

static void nursery_end(struct nursery *n) /* with the lock held */
{
    if (n->fd < 0)
        return;
    close(n->fd);
    n->fd = -1;
    kill(n->pid, SIGKILL);
    while (waitpid(n->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

enum err_code sandbox_start(struct err *e)
{
    enum err_code code;

    pthread_mutex_lock(&plain.lock);
    code = nursery_start(&plain, e);
    pthread_mutex_unlock(&plain.lock);
    return code;
}

void sandbox_stop(void)
{
    struct nursery *all[] = {&plain, &full};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        pthread_mutex_lock(&all[i]->lock);
        nursery_end(all[i]);
        pthread_mutex_unlock(&all[i]->lock);
    }
}

static bool request_send(int fd, const struct sandbox_request *r, const int *fds, int fds_n)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int) * SANDBOX_FDS)];
    } control = {0};
    struct iovec iov = {(void *)(uintptr_t)r, sizeof(*r)};
    struct msghdr m = {.msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = &control,
                       .msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)fds_n)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    ssize_t n;

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)fds_n);
    memcpy(CMSG_DATA(c), fds, sizeof(int) * (size_t)fds_n);
    do
        n = sendmsg(fd, &m, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof(*r);
}

/* A nursery that died (killed by hand, out of memory) is replaced once. */
static enum err_code request_post(const struct sandbox_request *r, const int *fds, int fds_n, struct err *e)
{
    struct nursery *n = r->what == SANDBOX_PARSE ? &full : &plain;
    enum err_code code = ERR_OK;
    int tries;

    pthread_mutex_lock(&n->lock);
    for (tries = 0; tries < 2; tries++) {
        code = nursery_start(n, e);
        if (code || request_send(n->fd, r, fds, fds_n))
            break;
        nursery_end(n);
        code = err_set(e, ERR_IO, "the parser process does not answer");
    }
    pthread_mutex_unlock(&n->lock);
    return code;
}

/* ---- one file ---- */

struct job {
    const struct format_input *in;
    struct arena *a;
    struct format_result *out;
    int64_t deadline;
    size_t answer_max;
    int data, status; /* our ends */
    int pdfs;
    bool plain;      /* asked for as such */
    bool tables;     /* which it was not */
    bool done;       /* the last frame came */
    struct err said; /* and this was in it */
};

static bool write_all(int fd, const void *p, size_t n, int64_t deadline)
{
    const char *at = p;

    while (n > 0) {
        struct pollfd w = {fd, POLLOUT, 0};
        int64_t left = deadline - clock_mono_ms();
        ssize_t put;

        if (left <= 0 || (poll(&w, 1, (int)left) < 0 && errno != EINTR))
            return false;
        put = send(fd, at, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (put > 0) {
            at += put;
            n -= (size_t)put;
        }
    }
    return true;
}

static void close_all(const int *fds, int n)
{
    int i;

    for (i = 0; i < n; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

static bool status_read(int fd, struct sandbox_status *s, int64_t deadline)
{
    struct pollfd p = {fd, POLLIN, 0};
    int64_t left = deadline - clock_mono_ms();

    while (poll(&p, 1, left > 0 ? (int)left : 0) < 0)
        if (errno != EINTR)
            return false;
    return p.revents && read(fd, s, sizeof(*s)) == (ssize_t)sizeof(*s);
}

/* The child asked for the text of a PDF: the nursery starts pdftotext, we pass on what it says. */
static enum err_code pdf_serve(struct job *j, str pdf, struct arena *tmp, str *text, struct err *e)
{
    struct sandbox_request r = {.what = SANDBOX_PDF, .cpu_s = limit_cpu_s, .bytes = pdf.n};
    struct sandbox_status s = {0};
    int out[2] = {-1, -1}, said[2] = {-1, -1}, status[2] = {-1, -1}, fd = memory_file(pdf, e);
    int64_t left = j->deadline - clock_mono_ms();
    enum err_code code = ERR_IO;
    str words = STR_NULL;

    r.timeout_ms = (int)(left > 1 ? left : 1);
    if (fd >= 0 && (pipe2(out, O_CLOEXEC) || pipe2(said, O_CLOEXEC) || pipe2(status, O_CLOEXEC)))
        err_errno(e, errno, "pipe");
    else if (fd >= 0)
        code = request_post(&r, (int[]){fd, out[1], said[1], status[1]}, 4, e);
    close_all((int[]){fd, out[1], said[1], status[1]}, 4);
    if (!code)
        code = pdftotext_collect(out[0], said[0], j->deadline, tmp, text, &words, e);
    close_all((int[]){out[0], said[0]}, 2);
    if (!code && !status_read(status[0], &s, j->deadline + GRACE_MS))
        code = err_set(e, ERR_IO, "the parser process does not answer");
    else if (!code && s.timed_out)
        code = err_set(e, ERR_TIMEOUT, "reading it took longer than %d s", limit_timeout_ms / 1000);
    else if (!code)
        code = pdftotext_judge(s.wait_status, words, e);
    close_all(&status[0], 1);
    return code;
}

static enum err_code pdf_answer(struct job *j, str pdf, struct err *e)
{
    struct arena *tmp = arena_new_wiped("sandbox.pdf");
    struct wire_head h = {WIRE_TEXT, 0};
    struct err why = {0};
    struct buf refusal;
    str payload = STR_NULL;
    bool sent;

    buf_init(&refusal, 4096);
    if (j->pdfs++ >= PDFS_MAX)
        err_set(&why, ERR_LIMIT, "more than %d PDF files in one", PDFS_MAX);
    else
        pdf_serve(j, pdf, tmp, &payload, &why);
    if (why.code) {
        h.type = WIRE_REFUSED;
        wire_err_write(&why, &refusal);
        payload = buf_view(&refusal);
    }
    h.bytes = (uint32_t)payload.n;
    sent = write_all(j->data, &h, sizeof(h), j->deadline) && write_all(j->data, payload.p, payload.n, j->deadline);
    buf_done(&refusal);
    arena_free(tmp);
    return sent ? ERR_OK : err_set(e, ERR_IO, "the parser stopped listening");
}

static enum err_code frame_take(struct job *j, uint32_t type, str payload, struct err *e)
{
    struct interaction ia;
    struct crm_record rec;

    if (j->done)
        return err_set(e, ERR_CORRUPT, "answer of the parser: words after the last one");
    switch (type) {
    case WIRE_ITEM:
        if (j->out->items_n >= FORMAT_ITEMS_MAX)
            return err_set(e, ERR_LIMIT, "more than %d conversations in one file", FORMAT_ITEMS_MAX);
        if (wire_item_read(payload, j->a, &ia, e))
            return e ? e->code : ERR_CORRUPT;
        ia.source = j->in->name;
        ARENA_PUSH(j->a, j->out->items, j->out->items_n, j->out->items_cap) = ia;
        return ERR_OK;
    case WIRE_CRM:
        if (j->out->crm_n >= FORMAT_RECORDS_MAX)
            return err_set(e, ERR_LIMIT, "more than %d records in one file", FORMAT_RECORDS_MAX);
        if (wire_crm_read(payload, j->a, &rec, e))
            return e ? e->code : ERR_CORRUPT;
        ARENA_PUSH(j->a, j->out->crm, j->out->crm_n, j->out->crm_cap) = rec;
        return ERR_OK;
    case WIRE_NOTE:
        return wire_note_read(payload, j->a, j->out, e);
    case WIRE_PDF:
        return pdf_answer(j, payload, e);
    case WIRE_DONE:
        j->done = true;
        return wire_err_read(payload, &j->said, e);
    default:
        return err_set(e, ERR_CORRUPT, "answer of the parser: unknown frame");
    }
}

static enum err_code frames_take(struct job *j, struct buf *b, struct err *e)
{
    enum err_code code = ERR_OK;
    size_t at = 0;

    while (!code && b->n - at >= sizeof(struct wire_head)) {
        struct wire_head h;

        memcpy(&h, b->p + at, sizeof(h));
        if (h.bytes > j->answer_max)
            return err_set(e, ERR_CORRUPT, "answer of the parser: a frame is too long");
        if (b->n - at - sizeof(h) < h.bytes)
            break;
        code = frame_take(j, h.type, str_n(b->p + at + sizeof(h), h.bytes), e);
        at += sizeof(h) + h.bytes;
    }
    buf_drop(b, at);
    return code;
}

/* Until the child closes its end. */
static enum err_code answer_read(struct job *j, struct err *e)
{
    size_t total = 0;
    struct buf b;
    enum err_code code = ERR_OK;

    buf_init_wiped(&b, j->answer_max + READ_BYTES);
    while (!code) {
        struct pollfd p = {j->data, POLLIN, 0};
        int64_t left = j->deadline - clock_mono_ms();
        char *room = buf_room(&b, READ_BYTES);
        ssize_t n;

        if (left <= 0) {
            code = err_set(e, ERR_TIMEOUT, "reading it took longer than %d s", limit_timeout_ms / 1000);
            break;
        }
        if (!room || total > j->answer_max) {
            code = err_set(e, ERR_LIMIT, "the file unfolds to more than %zu MiB of text", j->answer_max >> 20);
            break;
        }
        if (poll(&p, 1, (int)left) <= 0)
            continue;
        n = read(j->data, room, READ_BYTES);
        if (n == 0 || (n < 0 && errno != EINTR))
            break;
        if (n > 0) {
            b.n += (size_t)n;
            total += (size_t)n;
            code = frames_take(j, &b, e);
        }
    }
    buf_done(&b);
    return code;
}

static enum err_code memory_err(const struct job *j, struct err *e)
{
    return err_set(e, ERR_LIMIT, "the file needs more than %zu MiB to read", (limit_memory + 4 * j->in->bytes.n) >> 20);
}

/* What the end of the child means for a person. */
static enum err_code end_judge(struct job *j, const struct sandbox_status *s, struct err *e)
{
    int sig = WIFSIGNALED(s->wait_status) ? WTERMSIG(s->wait_status) : 0;
    int code = WIFEXITED(s->wait_status) ? WEXITSTATUS(s->wait_status) : 0;

    if (s->not_started)
        return err_set(e, ERR_BUSY, "no process could be started to read the file");
    if (s->timed_out)
        return err_set(e, ERR_TIMEOUT, "reading it took longer than %d s", limit_timeout_ms / 1000);
    if (sig == SIGXCPU || sig == SIGKILL)
        return err_set(e, ERR_TIMEOUT, "reading it took longer than %d s of computing", limit_cpu_s);
    if (sig == SIGSYS)
        return err_set(e, ERR_DENIED, "the reader was stopped: it tried something a reader may not do");
    if (code == CHILD_TABLES && j->plain) {
        j->tables = true;
        return ERR_OK;
    }
    if (code == CHILD_MEMORY)
        return memory_err(j, e);
    if (code == CHILD_UNCONFINED)
        return err_set(e, ERR_UNSUPPORTED, "this system cannot confine the reader (see --no-sandbox)");
    if (sig || code >= CHILD_SIGNAL)
        return err_set(e, ERR_INVALID, "the reader crashed over it (signal %d)", sig ? sig : code - CHILD_SIGNAL);
    if (!j->done)
        return err_set(e, ERR_INVALID, "the reader ended without a result");
    return ERR_OK;
}

static enum err_code job_run(struct job *j, struct err *e)
{
    struct sandbox_status s = {0};
    enum err_code code = answer_read(j, e), end;
    struct err end_err = {0};

    shutdown(j->data, SHUT_RDWR); /* a child still writing gets a broken pipe */
    if (!status_read(j->status, &s, (code ? clock_mono_ms() : j->deadline) + GRACE_MS))
        return code ? code : err_set(e, ERR_IO, "the parser process does not answer");
    end = end_judge(j, &s, &end_err);
    if (code == ERR_TIMEOUT || !end) {
        if (!code && j->said.code == ERR_MEMORY)
            return memory_err(j, e);
        if (!code && j->said.code) {
            if (e)
                *e = j->said;
            return j->said.code;
        }
        return code;
    }
    if (code && j->done == false && WIFSIGNALED(s.wait_status) && WTERMSIG(s.wait_status) == SIGPIPE)
        return code; /* we hung up on it */
    if (e)
        *e = end_err;
    return end;
}

static enum err_code job_start(struct job *j, struct err *e)
{
    struct sandbox_request r = {
        .what = j->plain ? SANDBOX_PLAIN : SANDBOX_PARSE, .cpu_s = limit_cpu_s, .timeout_ms = limit_timeout_ms};
    str name = j->in->name.n > SANDBOX_NAME_MAX ? str_from(j->in->name, j->in->name.n - SANDBOX_NAME_MAX) : j->in->name;
    int data[2] = {-1, -1}, status[2] = {-1, -1}, fd = memory_file(j->in->bytes, e);
    enum err_code code = ERR_IO;

    r.bytes = j->in->bytes.n;
    r.memory_bytes = limit_memory + 4 * j->in->bytes.n;
    r.name_n = (uint32_t)name.n;
    if (name.n > 0)
        memcpy(r.name, name.p, name.n);
    if (fd >= 0 && (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, data) || pipe2(status, O_CLOEXEC)))
        err_errno(e, errno, "socket");
    else if (fd >= 0)
        code = request_post(&r, (int[]){fd, data[1], status[1]}, 3, e);
    close_all((int[]){fd, data[1], status[1]}, 3);
    j->data = data[0];
    j->status = status[0];
    return code;
}

static enum err_code job_do(struct job *j, struct err *e)
{
    enum err_code code = job_start(j, e);

    if (!code)
        code = job_run(j, e);
    close_all((int[]){j->data, j->status}, 2);
    j->data = j->status = -1;
    return code;
}

/* Only to save a try: what it is, the reader finds out. */
static bool looks_plain(str name)
{
    static const char *const ends[] = {".vtt", ".srt", ".txt", ".md", ".json", ".jsonl", ".csv", ".nlp"};

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (str_ends_nocase(name, str_of(ends[i])))
            return true;
    return false;
}

enum err_code sandbox_format_parse(const struct format_input *in, struct arena *a, struct format_result *out,
                                   struct err *e)
{
    struct job j = {.in = in, .a = a, .out = out, .data = -1, .status = -1, .plain = looks_plain(in->name)};
    struct err local = {0};
    enum err_code code;

    if (!enabled)
        return format_parse(in, a, out, e);
    e = e ? e : &local;
    if (in->bytes.n > FORMAT_BYTES_MAX)
        return err_set(e, ERR_LIMIT, "larger than %d MiB", FORMAT_BYTES_MAX >> 20);
    j.deadline = clock_mono_ms() + limit_timeout_ms;
    j.answer_max = ANSWER_FREE_BYTES + 4 * in->bytes.n;
    code = job_do(&j, e);
    if (!code && j.tables) {
        *out = (struct format_result){0};
        j.plain = j.done = false;
        code = job_do(&j, e);
    }
    if (code)
        *out = (struct format_result){0}; /* nothing of a broken answer counts */
    return code;
}
