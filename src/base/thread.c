#include "base/thread.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>

#include "base/clock.h"

struct start {
    char name[16];
    void (*run)(void *);
    void *arg;
};

static _Thread_local char work[16];

const char *thread_work(void)
{
    return work;
}

static void work_set(const char *name)
{
    size_t n = strlen(name);

    while (n && name[n - 1] >= '0' && name[n - 1] <= '9')
        n--;
    n = n && name[n - 1] == '-' ? n - 1 : strlen(name);
    snprintf(work, sizeof work, "%.*s", (int)n, name);
}

static void *thread_main(void *p)
{
    struct start s = *(struct start *)p;

    free(p);
    pthread_setname_np(pthread_self(), s.name);
    work_set(s.name);
    s.run(s.arg);
    return NULL;
}

enum err_code thread_start(struct thread *t, const char *name, void (*run)(void *), void *arg, struct err *e)
{
    struct start *s = calloc(1, sizeof *s);
    sigset_t all, was;
    int rc;

    if (!s)
        return err_set(e, ERR_MEMORY, "out of memory");
    snprintf(s->name, sizeof s->name, "%s", name);
    s->run = run;
    s->arg = arg;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &was);
    rc = pthread_create(&t->t, NULL, thread_main, s);
    pthread_sigmask(SIG_SETMASK, &was, NULL);
    if (rc) {
        free(s);
        return err_errno(e, rc, "start thread %s", name);
    }
    t->started = true;
    return ERR_OK;
}

void thread_join(struct thread *t)
{
    if (!t->started)
        return;
    pthread_join(t->t, NULL);
    t->started = false;
}

int thread_cores(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return CPU_COUNT(&set);
    return 1;
}

struct queue {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t some;
    void **ring;
    size_t max, n, head;
    bool closed;
};

void thread_cond_init(pthread_cond_t *c)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(c, &attr);
    pthread_condattr_destroy(&attr);
}

struct queue *queue_new(size_t max)
{
    struct queue *q = calloc(1, sizeof *q);

    if (!q || !(q->ring = calloc(max, sizeof *q->ring)))
        abort();
    q->max = max;
    pthread_mutex_init(&q->lock, NULL);
    thread_cond_init(&q->some);
    return q;
}

void queue_free(struct queue *q)
{
    if (!q)
        return;
    pthread_mutex_destroy(&q->lock);
    pthread_cond_destroy(&q->some);
    free(q->ring);
    free(q);
}

enum err_code queue_push(struct queue *q, void *item, struct err *e)
{
    enum err_code rc = ERR_OK;

    pthread_mutex_lock(&q->lock);
    if (q->closed)
        rc = err_set(e, ERR_BUSY, "queue is closed");
    else if (q->n == q->max)
        rc = err_set(e, ERR_LIMIT, "queue is full (%zu)", q->max);
    else {
        q->ring[(q->head + q->n++) % q->max] = item;
        pthread_cond_signal(&q->some);
    }
    pthread_mutex_unlock(&q->lock);
    return rc;
}

void *queue_pop(struct queue *q, int timeout_ms)
{
    struct timespec until = clock_deadline(timeout_ms < 0 ? 0 : timeout_ms);
    void *item = NULL;
    int rc = 0;

    pthread_mutex_lock(&q->lock);
    while (!q->n && !q->closed && rc == 0)
        rc =
            timeout_ms < 0 ? pthread_cond_wait(&q->some, &q->lock) : pthread_cond_timedwait(&q->some, &q->lock, &until);
    if (q->n) {
        item = q->ring[q->head];
        q->head = (q->head + 1) % q->max;
        q->n--;
    }
    pthread_mutex_unlock(&q->lock);
    return item;
}

void queue_close(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->some);
    pthread_mutex_unlock(&q->lock);
}

size_t queue_len(struct queue *q)
{
    size_t n;

    pthread_mutex_lock(&q->lock);
    n = q->n;
    pthread_mutex_unlock(&q->lock);
    return n;
}
