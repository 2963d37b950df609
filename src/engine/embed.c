#include "engine/embed.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/thread.h"
#include "engine/child.h"
#include "engine/wire.h"

static struct metric restarts =
    METRIC_COUNTER("harken_engine_restarts_total", "times the engine process was started again");
static struct metric tokens_total = METRIC_COUNTER("harken_embed_tokens_total", "tokens embedded");
static struct metric texts_total = METRIC_COUNTER("harken_embed_texts_total", "texts embedded");
static struct metric embed_time[2] = {
    METRIC_HISTOGRAM_L("harken_embed_seconds", "lane=\"interactive\"", "time of one embedding call"),
    METRIC_HISTOGRAM_L("harken_embed_seconds", "lane=\"bulk\"", "time of one embedding call"),
};

/* One call that waits for its reply; lives on the caller's stack, listed in the embedder until it is answered. */
struct waiter {
    uint64_t id;
    float *vec;
    size_t floats;
    uint64_t tokens;
    enum err_code rc;
    bool done;
    struct waiter *next;
};

struct embedder {
    char *exe, *model;
    int threads;
    bool sandbox;
    struct embed_info info;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t changed;
    struct waiter *waiters;
    uint64_t next_id;
    int fd;    /* -1: no engine just now */
    pid_t pid; /* -1 likewise */
    bool stopping;
    pthread_mutex_t send_lock; /* one request at a time on fd; taken before `lock` */
    struct thread reader;
};

static enum err_code engine_open(struct embedder *em, struct err *e)
{
    struct engine_child_opts o = {.exe = em->exe,
                                  .kind = "embed",
                                  .model = em->model,
                                  .model_hash = em->info.model_hash,
                                  .threads = em->threads,
                                  .sandbox = em->sandbox};
    struct wire_reply hello;
    pid_t pid;
    int fd;

    if (engine_child_start(&o, &pid, &fd, e))
        return e ? e->code : ERR_IO;
    if (!fs_read_all(fd, &hello, sizeof hello) || hello.status || !hello.dim) {
        bool spoke = hello.status == 1;
        hello.name[sizeof hello.name - 1] = 0;
        err_set(e, ERR_UNSUPPORTED, "engine: %s", spoke ? hello.name : "the process ended at once");
        engine_child_end(pid, fd);
        return e ? e->code : ERR_UNSUPPORTED;
    }
    em->info.dim = (int)hello.dim;
    em->info.threads = (int)hello.threads;
    snprintf(em->info.model_name, sizeof em->info.model_name, "%s", hello.name);
    pthread_mutex_lock(&em->lock);
    em->fd = fd;
    em->pid = pid;
    pthread_cond_broadcast(&em->changed);
    pthread_mutex_unlock(&em->lock);
    return ERR_OK;
}

/* The waiter of this id, taken off the list; NULL when it has given up. */
static struct waiter *waiter_take(struct embedder *em, uint64_t id)
{
    for (struct waiter **p = &em->waiters; *p; p = &(*p)->next) {
        struct waiter *w = *p;
        if (w->id != id)
            continue;
        *p = w->next;
        return w;
    }
    return NULL;
}

static bool reply_read(struct embedder *em, int fd)
{
    struct wire_reply rep;
    struct waiter *w;
    size_t floats;
    float *vec = NULL;
    bool ok;

    if (!fs_read_all(fd, &rep, sizeof rep))
        return false;
    floats = rep.status ? 0 : (size_t)rep.n * rep.dim;
    if (rep.n > WIRE_N_MAX || (int)rep.dim != em->info.dim || !(vec = malloc(floats * sizeof *vec + 1)))
        return false;
    if (!fs_read_all(fd, vec, floats * sizeof *vec)) {
        free(vec);
        return false;
    }
    pthread_mutex_lock(&em->lock);
    w = waiter_take(em, rep.id);
    if (w) {
        ok = !rep.status && w->floats == floats;
        if (ok)
            memcpy(w->vec, vec, floats * sizeof *vec);
        w->tokens = rep.tokens;
        w->rc = ok ? ERR_OK : ERR_INVALID;
        w->done = true;
        pthread_cond_broadcast(&em->changed);
    }
    pthread_mutex_unlock(&em->lock);
    free(vec);
    return true;
}

/* The engine is gone: everyone who waits hears ERR_BUSY. Returns false when we are stopping. */
static bool engine_lost(struct embedder *em)
{
    pid_t pid;
    bool stopping;

    pthread_mutex_lock(&em->send_lock);
    pthread_mutex_lock(&em->lock);
    for (struct waiter *w = em->waiters; w; w = w->next) {
        w->rc = ERR_BUSY;
        w->done = true;
    }
    em->waiters = NULL;
    close(em->fd);
    em->fd = -1;
    pid = em->pid;
    em->pid = -1;
    stopping = em->stopping;
    pthread_cond_broadcast(&em->changed);
    pthread_mutex_unlock(&em->lock);
    pthread_mutex_unlock(&em->send_lock);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return !stopping;
}

static bool pause_unless_stopping(struct embedder *em, int ms)
{
    struct timespec until = clock_deadline(ms);
    bool go;

    pthread_mutex_lock(&em->lock);
    while (!em->stopping && pthread_cond_timedwait(&em->changed, &em->lock, &until) == 0) {
    }
    go = !em->stopping;
    pthread_mutex_unlock(&em->lock);
    return go;
}

static void reader_run(void *arg)
{
    struct embedder *em = arg;
    int wait_ms = 50;

    for (;;) {
        struct err e;
        int64_t since = clock_mono_ms();
        while (reply_read(em, em->fd)) {
        }
        if (!engine_lost(em))
            return;
        if (clock_mono_ms() - since > 60000)
            wait_ms = 50;
        LOG_WARN("engine.lost", F_INT("restart_in_ms", wait_ms));
        do {
            if (!pause_unless_stopping(em, wait_ms))
                return;
            wait_ms = wait_ms < 10000 ? wait_ms * 2 : 10000;
            metric_add(&restarts, 1);
        } while (engine_open(em, &e));
    }
}

enum err_code embedder_start(const char *exe, const char *model_path, int threads, bool sandbox, struct embedder **out,
                             struct err *e)
{
    struct embedder *em = calloc(1, sizeof *em);
    enum err_code rc;

    if (!em)
        return err_set(e, ERR_MEMORY, "out of memory");
    em->fd = -1;
    em->pid = -1;
    em->threads = threads > 0 ? threads : thread_cores();
    em->sandbox = sandbox;
    em->exe = strdup(exe);
    em->model = strdup(model_path);
    pthread_mutex_init(&em->lock, NULL);
    pthread_mutex_init(&em->send_lock, NULL);
    thread_cond_init(&em->changed);
    rc = engine_file_hash(model_path, em->info.model_hash, e);
    if (!rc)
        rc = engine_open(em, e);
    if (!rc)
        rc = thread_start(&em->reader, "embed-reader", reader_run, em, e);
    if (rc) {
        embedder_stop(em);
        return rc;
    }
    *out = em;
    return ERR_OK;
}

void embedder_stop(struct embedder *em)
{
    if (!em)
        return;
    pthread_mutex_lock(&em->lock);
    em->stopping = true;
    if (em->fd >= 0)
        shutdown(em->fd, SHUT_RDWR); /* wakes the reader, which cleans up */
    pthread_cond_broadcast(&em->changed);
    pthread_mutex_unlock(&em->lock);
    thread_join(&em->reader);
    if (em->fd >= 0)
        engine_lost(em);
    pthread_mutex_destroy(&em->lock);
    pthread_mutex_destroy(&em->send_lock);
    pthread_cond_destroy(&em->changed);
    free(em->exe);
    free(em->model);
    free(em);
}

const struct embed_info *embedder_info(const struct embedder *em)
{
    return &em->info;
}

int embedder_pid(const struct embedder *em)
{
    return em->pid;
}

static enum err_code request_send(struct embedder *em, struct waiter *w, enum embed_lane lane, const str *texts,
                                  size_t n, struct err *e)
{
    struct buf b;
    struct wire_request h = {.lane = lane, .n = (uint32_t)n};
    enum err_code rc = ERR_OK;
    int fd;

    buf_init_wiped(&b, WIRE_BODY_MAX + sizeof h);
    buf_put(&b, &h, sizeof h);
    for (size_t i = 0; i < n; i++) {
        uint32_t len = (uint32_t)(texts[i].n < EMBED_TEXT_BYTES_MAX ? texts[i].n : EMBED_TEXT_BYTES_MAX);
        buf_put(&b, &len, sizeof len);
        buf_put(&b, texts[i].p, len);
    }
    if (!buf_ok(&b)) {
        buf_done(&b);
        return err_set(e, ERR_LIMIT, "too much text in one call");
    }
    pthread_mutex_lock(&em->send_lock);
    pthread_mutex_lock(&em->lock);
    fd = em->fd;
    if (fd >= 0) {
        w->id = ++em->next_id;
        w->next = em->waiters;
        em->waiters = w;
    }
    pthread_mutex_unlock(&em->lock);
    h.id = w->id;
    h.body_bytes = (uint32_t)(b.n - sizeof h);
    memcpy(b.p, &h, sizeof h);
    if (fd < 0)
        rc = err_set(e, ERR_BUSY, "the engine is being restarted");
    else
        fs_write_all(fd, buf_view(&b), NULL); /* a failure here is seen by the reader, which answers all waiters */
    pthread_mutex_unlock(&em->send_lock);
    buf_done(&b);
    return rc;
}

static enum err_code wait_for(struct embedder *em, struct waiter *w, int timeout_ms, struct err *e)
{
    struct timespec until = clock_deadline(timeout_ms);
    enum err_code rc;

    pthread_mutex_lock(&em->lock);
    while (!w->done && pthread_cond_timedwait(&em->changed, &em->lock, &until) == 0) {
    }
    if (!w->done) {
        waiter_take(em, w->id);
        w->rc = ERR_TIMEOUT;
    }
    rc = w->rc;
    pthread_mutex_unlock(&em->lock);
    switch (rc) {
    case ERR_OK:
        return ERR_OK;
    case ERR_BUSY:
        return err_set(e, rc, "the engine is being restarted");
    case ERR_TIMEOUT:
        return err_set(e, rc, "the engine did not answer within %d ms", timeout_ms);
    default:
        return err_set(e, rc, "the engine could not embed the text");
    }
}

enum err_code embed_texts(struct embedder *em, enum embed_lane lane, const str *texts, size_t n, int timeout_ms,
                          struct arena *a, float **out, int64_t *out_tokens, struct err *e)
{
    struct waiter w = {0};
    int64_t start = clock_mono_us();
    enum err_code rc;

    if (!n || n > EMBED_TEXTS_MAX)
        return err_set(e, ERR_LIMIT, "between 1 and %d texts a call", EMBED_TEXTS_MAX);
    w.floats = n * (size_t)em->info.dim;
    w.vec = ARENA_ARRAY(a, float, w.floats);
    rc = request_send(em, &w, lane, texts, n, e);
    if (!rc)
        rc = wait_for(em, &w, timeout_ms, e);
    if (rc)
        return rc;
    metric_time_us(&embed_time[lane], clock_mono_us() - start);
    metric_add(&tokens_total, (int64_t)w.tokens);
    metric_add(&texts_total, (int64_t)n);
    *out = w.vec;
    if (out_tokens)
        *out_tokens = (int64_t)w.tokens;
    return ERR_OK;
}
