#include "engine/embed.h"

#include <errno.h>
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
#include "engine/watch.h"
#include "engine/wire.h"

enum { PAUSE_MIN_MS = 50, PAUSE_MAX_MS = 10000, STEADY_MS = 30000 };

static struct metric restarts =
    METRIC_COUNTER("harken_engine_restarts_total", "times the engine process was started again");
static struct metric tokens_total = METRIC_COUNTER("harken_embed_tokens_total", "tokens embedded");
static struct metric texts_total = METRIC_COUNTER("harken_embed_texts_total", "texts embedded");
static struct metric embed_time[2] = {
    METRIC_HISTOGRAM_L("harken_embed_seconds", "lane=\"interactive\"", "time of one embedding call"),
    METRIC_HISTOGRAM_L("harken_embed_seconds", "lane=\"bulk\"", "time of one embedding call"),
};

/* One call that waits for its vectors; lives on the caller's stack, listed in the embedder until the last one is there. */
struct waiter {
    uint64_t id;
    float *vec;
    uint32_t n, left; /* texts; those without an answer */
    uint64_t tokens;
    enum err_code rc; /* the first failure of a text */
    bool done;
    struct waiter *next;
};

struct embedder {
    char *exe, *model;
    int threads, stall_ms, spin_ms;
    bool sandbox;
    struct embed_info info; /* set by the first start, the same ever after */
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t changed;
    struct waiter *waiters;
    uint64_t next_id;
    int fd; /* -1: no engine just now */
    pid_t pid; /* -1 likewise */
    pid_t loading; /* a child that has not said hello yet; -1: none */
    size_t owed; /* texts this engine was sent and has not answered; calls that gave up included */
    bool stopping;
    pthread_mutex_t send_lock; /* one request at a time on fd; taken before `lock` */
    struct thread reader;
};

static bool owes(void *ctx)
{
    struct embedder *em = ctx;
    bool some;

    pthread_mutex_lock(&em->lock);
    some = em->owed > 0;
    pthread_mutex_unlock(&em->lock);
    return some;
}

/* A child that loads owes its first word; later it owes answers. */
static struct watch watch_of(struct embedder *em, pid_t pid, bool loads)
{
    return (struct watch){.pid = pid,
                          .silent_ms = em->stall_ms,
                          .spin_ms = (int64_t)em->spin_ms * em->threads,
                          .owes = loads ? NULL : owes,
                          .ctx = em};
}

static void loading_set(struct embedder *em, pid_t pid)
{
    pthread_mutex_lock(&em->lock);
    em->loading = pid;
    if (pid > 0 && em->stopping)
        kill(pid, SIGKILL);
    pthread_mutex_unlock(&em->lock);
}

/* Vectors of another model must not get in among those of this one. */
static enum err_code model_same(struct embedder *em, struct err *e)
{
    char hash[65];

    if (engine_file_hash(em->model, hash, e))
        return e->code;
    if (!em->info.dim)
        memcpy(em->info.model_hash, hash, sizeof hash);
    else if (strcmp(hash, em->info.model_hash) != 0)
        return err_set(e, ERR_CONFLICT, "the model file has changed since the start: restart Harken");
    return ERR_OK;
}

static enum err_code hello_read(struct embedder *em, pid_t pid, int fd, struct err *e)
{
    struct watch w = watch_of(em, pid, true);
    struct wire_hello hello;

    if (!watch_read(&w, fd, &hello, sizeof hello))
        return err_set(e, ERR_UNSUPPORTED, "engine: the process ended at once");
    hello.name[sizeof hello.name - 1] = 0;
    if (hello.status || !hello.dim)
        return err_set(e, ERR_UNSUPPORTED, "engine: %s", hello.name);
    if (em->info.dim && (int)hello.dim != em->info.dim)
        return err_set(e, ERR_CONFLICT, "engine: %u numbers in a vector instead of %d", hello.dim, em->info.dim);
    if (!em->info.dim) {
        em->info.dim = (int)hello.dim;
        em->info.threads = (int)hello.threads;
        snprintf(em->info.model_name, sizeof em->info.model_name, "%s", hello.name);
    }
    return ERR_OK;
}

static enum err_code engine_open(struct embedder *em, struct err *e)
{
    struct engine_child_opts o = {.exe = em->exe,
                                  .kind = "embed",
                                  .model = em->model,
                                  .model_hash = em->info.model_hash,
                                  .threads = em->threads,
                                  .sandbox = em->sandbox};
    enum err_code rc;
    pid_t pid;
    int fd;

    if (model_same(em, e))
        return e->code;
    if (engine_child_start(&o, &pid, &fd, e))
        return e->code;
    loading_set(em, pid);
    rc = hello_read(em, pid, fd, e);
    loading_set(em, -1);
    if (rc) {
        engine_child_end(pid, fd);
        return rc;
    }
    pthread_mutex_lock(&em->lock);
    em->fd = fd;
    em->pid = pid;
    em->owed = 0;
    pthread_cond_broadcast(&em->changed);
    pthread_mutex_unlock(&em->lock);
    return ERR_OK;
}

static struct waiter **waiter_find(struct embedder *em, uint64_t id)
{
    struct waiter **p = &em->waiters;

    while (*p && (*p)->id != id)
        p = &(*p)->next;
    return p;
}

static void waiters_fail(struct embedder *em)
{
    for (struct waiter *w = em->waiters; w; w = w->next) {
        w->rc = ERR_BUSY;
        w->done = true;
    }
    em->waiters = NULL;
    pthread_cond_broadcast(&em->changed);
}

static void reply_take(struct embedder *em, const struct wire_reply *rep, const float *vec)
{
    struct waiter **p, *w;

    pthread_mutex_lock(&em->lock);
    em->owed -= em->owed > 0;
    p = waiter_find(em, rep->id);
    w = *p; /* NULL: it has given up */
    if (w && rep->i < w->n) {
        if (rep->status == WIRE_DONE)
            memcpy(w->vec + (size_t)rep->i * rep->dim, vec, rep->dim * sizeof *vec);
        else if (!w->rc)
            w->rc = rep->status == WIRE_LATE ? ERR_TIMEOUT : ERR_INVALID;
        w->tokens += rep->tokens;
        if (--w->left == 0) {
            *p = w->next;
            w->done = true;
            pthread_cond_broadcast(&em->changed);
        }
    }
    pthread_mutex_unlock(&em->lock);
}

/* False when this engine is of no more use. `vec`: room for one vector. */
static bool reply_read(struct embedder *em, const struct watch *w, float *vec)
{
    struct wire_reply rep;

    if (!watch_read(w, em->fd, &rep, sizeof rep) || (int)rep.dim != em->info.dim)
        return false;
    if (rep.status == WIRE_DONE && !watch_read(w, em->fd, vec, rep.dim * sizeof *vec))
        return false;
    reply_take(em, &rep, vec);
    return true;
}

/* The engine is gone, or to be: everyone who waits hears ERR_BUSY. Returns false when we are stopping. */
static bool engine_lost(struct embedder *em)
{
    pid_t pid;
    bool stopping;

    shutdown(em->fd, SHUT_RDWR); /* ends a write that is under way */
    pthread_mutex_lock(&em->send_lock);
    pthread_mutex_lock(&em->lock);
    waiters_fail(em);
    close(em->fd);
    em->fd = -1;
    pid = em->pid;
    em->pid = -1;
    stopping = em->stopping;
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
    float *vec = calloc((size_t)em->info.dim, sizeof *vec);
    int wait_ms = PAUSE_MIN_MS;

    while (vec) {
        struct watch w = watch_of(em, em->pid, false);
        int64_t since = clock_mono_ms();
        struct err e;
        while (reply_read(em, &w, vec)) {
        }
        if (!engine_lost(em))
            break;
        if (clock_mono_ms() - since > STEADY_MS)
            wait_ms = PAUSE_MIN_MS;
        LOG_WARN("engine.lost", F_INT("restart_in_ms", wait_ms));
        for (;;) {
            if (!pause_unless_stopping(em, wait_ms))
                goto out;
            wait_ms = wait_ms < PAUSE_MAX_MS / 2 ? wait_ms * 2 : PAUSE_MAX_MS;
            metric_add(&restarts, 1);
            if (!engine_open(em, &e))
                break;
            LOG_WARN("engine.restart.failed", F_INT("again_in_ms", wait_ms), F_ERR(&e));
        }
    }
out:
    free(vec);
}

enum err_code embedder_start(const struct embed_config *cfg, struct embedder **out, struct err *e)
{
    struct embedder *em = calloc(1, sizeof *em);
    enum err_code rc;

    if (!em)
        return err_set(e, ERR_MEMORY, "out of memory");
    em->fd = -1;
    em->pid = em->loading = -1;
    em->threads = cfg->threads > 0 ? cfg->threads : thread_cores();
    em->sandbox = cfg->sandbox;
    em->stall_ms = cfg->stall_ms > 0 ? cfg->stall_ms : EMBED_STALL_MS;
    em->spin_ms = cfg->spin_ms > 0 ? cfg->spin_ms : EMBED_SPIN_MS;
    em->exe = strdup(cfg->exe);
    em->model = strdup(cfg->model);
    pthread_mutex_init(&em->lock, NULL);
    pthread_mutex_init(&em->send_lock, NULL);
    thread_cond_init(&em->changed);
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

void embedder_drain(struct embedder *em)
{
    if (!em)
        return;
    pthread_mutex_lock(&em->lock);
    em->stopping = true;
    if (em->loading > 0)
        kill(em->loading, SIGKILL);
    waiters_fail(em);
    pthread_mutex_unlock(&em->lock);
}

void embedder_stop(struct embedder *em)
{
    if (!em)
        return;
    embedder_drain(em);
    pthread_mutex_lock(&em->lock);
    if (em->fd >= 0)
        shutdown(em->fd, SHUT_RDWR); /* wakes the reader, which cleans up */
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

int embedder_pid(struct embedder *em)
{
    int pid;

    pthread_mutex_lock(&em->lock);
    pid = em->pid;
    pthread_mutex_unlock(&em->lock);
    return pid;
}

/* Lists the waiter and says where to send; -1: there is no engine to ask. With send_lock held, so that the reader either
 * finds the waiter when the engine is lost, or has taken the engine away before. */
static int waiter_list(struct embedder *em, struct waiter *w)
{
    int fd;

    pthread_mutex_lock(&em->lock);
    fd = em->stopping ? -1 : em->fd;
    if (fd >= 0) {
        w->id = ++em->next_id;
        w->next = em->waiters;
        em->waiters = w;
        em->owed += w->n;
    }
    pthread_mutex_unlock(&em->lock);
    return fd;
}

static enum err_code request_send(struct embedder *em, struct waiter *w, enum embed_lane lane, const str *texts,
                                  int timeout_ms, struct err *e)
{
    struct buf b;
    struct wire_request h = {.lane = lane, .n = w->n, .deadline_ms = clock_mono_ms() + timeout_ms};
    enum err_code rc = ERR_OK;
    int fd;

    buf_init_wiped(&b, WIRE_BODY_MAX + sizeof h);
    buf_put(&b, &h, sizeof h);
    for (size_t i = 0; i < w->n; i++) {
        uint32_t len = (uint32_t)(texts[i].n < EMBED_TEXT_BYTES_MAX ? texts[i].n : EMBED_TEXT_BYTES_MAX);
        buf_put(&b, &len, sizeof len);
        buf_put(&b, texts[i].p, len);
    }
    if (!buf_ok(&b)) {
        buf_done(&b);
        return err_set(e, ERR_LIMIT, "too much text in one call");
    }
    pthread_mutex_lock(&em->send_lock);
    fd = waiter_list(em, w);
    h.id = w->id;
    h.body_bytes = (uint32_t)(b.n - sizeof h);
    memcpy(b.p, &h, sizeof h);
    if (fd < 0)
        rc = err_set(e, ERR_BUSY, "the engine is being restarted");
    else if (fs_write_all(fd, buf_view(&b), NULL))
        shutdown(fd,
                 SHUT_RDWR); /* half a request is the end of this engine: the reader sees it and answers all waiters */
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
        struct waiter **p = waiter_find(em, w->id);
        if (*p) /* always: who is not done is listed */
            *p = (*p)->next;
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
    struct waiter w = {.n = (uint32_t)n, .left = (uint32_t)n};
    int64_t start = clock_mono_us();
    enum err_code rc;

    if (!n || n > EMBED_TEXTS_MAX)
        return err_set(e, ERR_LIMIT, "between 1 and %d texts a call", EMBED_TEXTS_MAX);
    w.vec = ARENA_ARRAY(a, float, n *(size_t)em->info.dim);
    rc = request_send(em, &w, lane, texts, timeout_ms, e);
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
