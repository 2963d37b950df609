#include "engine/generator.h"

#include <signal.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/thread.h"
#include "engine/child.h"
#include "engine/gen_wire.h"
#include "engine/watch.h"

static struct metric restarts =
    METRIC_COUNTER("harken_generator_restarts_total", "times the process that writes text was started again");
static struct metric tokens_out = METRIC_COUNTER("harken_generated_tokens_total", "tokens written");
static struct metric tokens_in = METRIC_COUNTER("harken_prompt_tokens_total", "tokens of prompts");

enum { TICK_MS = 250, TEXT_MAX = 1 << 20 };

/* A call under way; on the caller's stack, listed until it is over. */
struct running {
    uint64_t id;
    struct buf text; /* come, not yet passed on */
    bool done;
    enum err_code rc;
    struct gen_result result;
    struct running *next;
};

struct generator {
    char *exe, *model;
    struct generator_opts o;
    struct generator_info info;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t changed;
    struct running *running;
    uint64_t next_id;
    int fd;    /* -1: no engine just now */
    pid_t pid; /* -1 likewise */
    bool stopping;
    pthread_mutex_t send_lock; /* one request at a time on fd; taken before `lock` */
    struct thread reader;
};

static bool owes(void *ctx)
{
    struct generator *g = ctx;
    bool some = false;

    pthread_mutex_lock(&g->lock);
    for (const struct running *r = g->running; r; r = r->next)
        some |= !r->done;
    pthread_mutex_unlock(&g->lock);
    return some;
}

static struct watch watch_of(struct generator *g, pid_t pid, bool loads)
{
    int threads = g->o.threads > 0 ? g->o.threads : thread_cores();

    return (struct watch){.pid = pid,
                          .silent_ms = g->o.stall_ms > 0 ? g->o.stall_ms : GENERATOR_STALL_MS,
                          .spin_ms = (int64_t)(g->o.spin_ms > 0 ? g->o.spin_ms : GENERATOR_SPIN_MS) * threads,
                          .owes = loads ? NULL : owes,
                          .ctx = g};
}

static enum err_code engine_open(struct generator *g, struct err *e)
{
    struct engine_child_opts o = {.exe = g->exe,
                                  .kind = "generate",
                                  .model = g->model,
                                  .model_hash = g->info.model_hash,
                                  .threads = g->o.threads,
                                  .sandbox = g->o.sandbox,
                                  .context = g->o.context,
                                  .slots = g->o.slots};
    struct wire_hello hello = {0};
    struct watch w;
    struct err own;
    pid_t pid;
    int fd;

    if (!e)
        e = &own;
    if (engine_child_start(&o, &pid, &fd, e))
        return e->code;
    w = watch_of(g, pid, true);
    if (!watch_read(&w, fd, &hello, sizeof hello) || hello.status || !hello.dim) {
        hello.name[sizeof hello.name - 1] = 0;
        engine_child_end(pid, fd);
        return err_set(e, ERR_UNSUPPORTED, "%s", hello.status == 1 ? hello.name : "the process ended at once");
    }
    g->info.context = (int)hello.dim;
    g->info.slots = (int)hello.threads;
    g->info.families = hello.bits;
    snprintf(g->info.model_name, sizeof g->info.model_name, "%s", hello.name);
    pthread_mutex_lock(&g->lock);
    g->fd = fd;
    g->pid = pid;
    pthread_mutex_unlock(&g->lock);
    return ERR_OK;
}

static struct running *running_of(struct generator *g, uint64_t id)
{
    struct running *r = g->running;

    while (r && r->id != id)
        r = r->next;
    return r;
}

static bool reply_read(struct generator *g, const struct watch *w)
{
    struct gen_reply rep;
    struct running *r;
    char *text;
    bool ok;

    if (!watch_read(w, g->fd, &rep, sizeof rep) || rep.bytes > TEXT_MAX || !(text = malloc(rep.bytes + 1)))
        return false;
    ok = watch_read(w, g->fd, text, rep.bytes);
    pthread_mutex_lock(&g->lock);
    r = ok ? running_of(g, rep.id) : NULL;
    if (r && rep.kind == GEN_TEXT)
        buf_put(&r->text, text, rep.bytes);
    if (r && rep.kind != GEN_TEXT) {
        r->done = true;
        r->rc = rep.kind == GEN_DONE            ? ERR_OK
                : rep.finish == GEN_TOO_LONG    ? ERR_LIMIT
                : rep.finish == GEN_BAD_GRAMMAR ? ERR_INVALID
                                                : ERR_BUSY;
        r->result = (struct gen_result){rep.finish == GEN_LENGTH ? GEN_FULL : GEN_ENDED, (int64_t)rep.prompt_tokens,
                                        (int64_t)rep.completion_tokens};
    }
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
    free(text);
    return ok;
}

/* The engine is gone: whoever waits hears ERR_BUSY. False when we are stopping. */
static bool engine_lost(struct generator *g)
{
    bool stopping;
    pid_t pid;
    int fd;

    shutdown(g->fd, SHUT_RDWR); /* ends a write that is under way */
    pthread_mutex_lock(&g->send_lock);
    pthread_mutex_lock(&g->lock);
    for (struct running *r = g->running; r; r = r->next) {
        r->rc = ERR_BUSY;
        r->done = true;
    }
    fd = g->fd;
    pid = g->pid;
    g->fd = -1;
    g->pid = -1;
    stopping = g->stopping;
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
    pthread_mutex_unlock(&g->send_lock);
    engine_child_end(pid, fd);
    return !stopping;
}

static bool pause_unless_stopping(struct generator *g, int ms)
{
    struct timespec until = clock_deadline(ms);
    bool go;

    pthread_mutex_lock(&g->lock);
    while (!g->stopping && pthread_cond_timedwait(&g->changed, &g->lock, &until) == 0) {
    }
    go = !g->stopping;
    pthread_mutex_unlock(&g->lock);
    return go;
}

static void reader_run(void *arg)
{
    struct generator *g = arg;
    int wait_ms = 50;

    for (;;) {
        struct watch w = watch_of(g, g->pid, false);
        int64_t since = clock_mono_ms();
        while (reply_read(g, &w)) {
        }
        if (!engine_lost(g))
            return;
        if (clock_mono_ms() - since > 60000)
            wait_ms = 50;
        LOG_WARN("generator.lost", F_INT("restart_in_ms", wait_ms));
        do {
            if (!pause_unless_stopping(g, wait_ms))
                return;
            wait_ms = wait_ms < 10000 ? wait_ms * 2 : 10000;
            metric_add(&restarts, 1);
        } while (engine_open(g, NULL));
    }
}

enum err_code generator_start(const struct generator_opts *o, struct generator **out, struct err *e)
{
    struct generator *g = calloc(1, sizeof *g);
    enum err_code rc;

    if (!g)
        return err_set(e, ERR_MEMORY, "out of memory");
    g->o = *o;
    g->fd = -1;
    g->pid = -1;
    g->exe = strdup(o->exe);
    g->model = strdup(o->model_path);
    pthread_mutex_init(&g->lock, NULL);
    pthread_mutex_init(&g->send_lock, NULL);
    thread_cond_init(&g->changed);
    rc = engine_file_hash(g->model, g->info.model_hash, e);
    if (!rc)
        rc = engine_open(g, e);
    if (!rc)
        rc = thread_start(&g->reader, "generator", reader_run, g, e);
    if (rc) {
        generator_stop(g);
        return rc;
    }
    *out = g;
    return ERR_OK;
}

void generator_stop(struct generator *g)
{
    if (!g)
        return;
    pthread_mutex_lock(&g->lock);
    g->stopping = true;
    if (g->fd >= 0)
        shutdown(g->fd, SHUT_RDWR); /* wakes the reader, which cleans up */
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
    thread_join(&g->reader);
    if (g->fd >= 0)
        engine_lost(g);
    pthread_mutex_destroy(&g->lock);
    pthread_mutex_destroy(&g->send_lock);
    pthread_cond_destroy(&g->changed);
    free(g->exe);
    free(g->model);
    free(g);
}

const struct generator_info *generator_info(const struct generator *g)
{
    return &g->info;
}

int generator_pid(struct generator *g)
{
    int pid;

    pthread_mutex_lock(&g->lock);
    pid = g->pid;
    pthread_mutex_unlock(&g->lock);
    return pid;
}

static void body_make(struct buf *b, const struct gen_ask *ask)
{
    for (size_t i = 0; i < ask->segments_n; i++) {
        uint32_t head[2] = {ask->segments[i].special, (uint32_t)ask->segments[i].text.n};
        buf_put(b, head, sizeof head);
        buf_str(b, ask->segments[i].text);
    }
    for (size_t i = 0; i < ask->stops_n; i++) {
        uint32_t n = (uint32_t)ask->stops[i].n;
        buf_put(b, &n, sizeof n);
        buf_str(b, ask->stops[i]);
    }
    if (ask->grammar.n) {
        uint32_t n = (uint32_t)ask->grammar.n;
        buf_put(b, &n, sizeof n);
        buf_str(b, ask->grammar);
    }
}

static enum err_code ask_send(struct generator *g, struct running *r, const struct gen_ask *ask, struct err *e)
{
    struct gen_request h = {.kind = GEN_ASK,
                            .segments = (uint32_t)ask->segments_n,
                            .stops = (uint32_t)ask->stops_n,
                            .max_tokens = (uint32_t)(ask->max_tokens > 0 ? ask->max_tokens : 0),
                            .seed = ask->seed,
                            .temperature = ask->temperature,
                            .top_p = ask->top_p,
                            .grammar = ask->grammar.n > 0};
    struct buf b;
    int fd;

    buf_init_wiped(&b, GEN_BODY_MAX);
    body_make(&b, ask);
    if (!buf_ok(&b) || ask->segments_n > GEN_SEGMENTS_MAX || ask->stops_n > GEN_STOPS_MAX) {
        buf_done(&b);
        return err_set(e, ERR_LIMIT, "the prompt is too long");
    }
    pthread_mutex_lock(&g->send_lock);
    pthread_mutex_lock(&g->lock);
    fd = g->fd;
    if (fd >= 0) {
        r->id = ++g->next_id;
        r->next = g->running;
        g->running = r;
    }
    pthread_mutex_unlock(&g->lock);
    h.id = r->id;
    h.body_bytes = (uint32_t)b.n;
    if (fd >= 0 && fs_write_all(fd, str_n((const char *)&h, sizeof h), NULL) == ERR_OK)
        fs_write_all(fd, buf_view(&b), NULL); /* a failure here is seen by the reader, which answers all */
    pthread_mutex_unlock(&g->send_lock);
    buf_done(&b);
    return fd >= 0 ? ERR_OK : err_set(e, ERR_BUSY, "the engine is being restarted");
}

static void cancel_send(struct generator *g, uint64_t id)
{
    struct gen_request h = {.id = id, .kind = GEN_CANCEL};

    pthread_mutex_lock(&g->send_lock);
    if (g->fd >= 0)
        fs_write_all(g->fd, str_n((const char *)&h, sizeof h), NULL);
    pthread_mutex_unlock(&g->send_lock);
}

static void running_drop(struct generator *g, struct running *r)
{
    struct running **at = &g->running;

    pthread_mutex_lock(&g->lock);
    while (*at && *at != r)
        at = &(*at)->next;
    if (*at)
        *at = r->next;
    pthread_mutex_unlock(&g->lock);
}

/* Waits for text, the end, or a tick; what came is moved to *out. True when the end has come. */
static bool text_take(struct generator *g, struct running *r, struct buf *out)
{
    struct timespec until = clock_deadline(TICK_MS);
    bool done;

    pthread_mutex_lock(&g->lock);
    while (!r->done && !r->text.n && pthread_cond_timedwait(&g->changed, &g->lock, &until) == 0) {
    }
    buf_reset(out);
    buf_str(out, buf_view(&r->text));
    buf_reset(&r->text);
    done = r->done;
    pthread_mutex_unlock(&g->lock);
    return done;
}

static enum err_code text_pass(struct generator *g, struct running *r, const struct gen_ask *ask,
                               bool (*on_text)(void *, str), void *ctx, struct err *e)
{
    int64_t until = clock_mono_ms() + (ask->timeout_ms > 0 ? ask->timeout_ms : INT32_MAX);
    enum err_code rc = ERR_OK;
    bool done = false;
    struct buf out;

    buf_init_wiped(&out, TEXT_MAX);
    while (!rc && !done) {
        done = text_take(g, r, &out);
        if ((out.n || !done) && !on_text(ctx, buf_view(&out)))
            rc = err_set(e, ERR_CONFLICT, "the asker has gone");
        else if (!done && clock_mono_ms() > until)
            rc = err_set(e, ERR_TIMEOUT, "the text took longer than %d ms", ask->timeout_ms);
    }
    buf_done(&out);
    if (rc)
        cancel_send(g, r->id);
    return rc;
}

enum err_code generator_run(struct generator *g, const struct gen_ask *ask, bool (*on_text)(void *ctx, str piece),
                            void *ctx, struct gen_result *out, struct err *e)
{
    struct running r = {0};
    enum err_code rc;

    buf_init_wiped(&r.text, TEXT_MAX);
    rc = ask_send(g, &r, ask, e);
    if (!rc) {
        rc = text_pass(g, &r, ask, on_text, ctx, e);
        running_drop(g, &r);
    }
    buf_done(&r.text);
    if (rc)
        return rc;
    if (r.rc == ERR_LIMIT)
        return err_set(e, r.rc, "the prompt does not fit the model's context of %d tokens", g->info.context);
    if (r.rc == ERR_INVALID)
        return err_set(e, r.rc, "the grammar cannot be read");
    if (r.rc)
        return err_set(e, r.rc, "the engine cannot write just now");
    metric_add(&tokens_in, r.result.prompt_tokens);
    metric_add(&tokens_out, r.result.completion_tokens);
    *out = r.result;
    return ERR_OK;
}
