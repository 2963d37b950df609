#include "net/http_work.h"

#include "net/http_priv.h"

void work_init(struct http_work *w, size_t max)
{
    *w = (struct http_work){.max = max};
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->some, NULL);
}

void work_done(struct http_work *w)
{
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->some);
}

/* With the lock held: is somebody to be woken? */
static bool wake_one(struct http_work *w)
{
    if (!w->n || !w->idle || w->waking)
        return false;
    w->waking = true;
    return true;
}

bool work_push(struct http_work *w, struct exchange *x)
{
    bool taken, wake = false;

    pthread_mutex_lock(&w->lock);
    taken = w->n < w->max && !w->closed;
    if (taken) {
        x->next_work = NULL;
        *(w->head ? &w->tail->next_work : &w->head) = x;
        w->tail = x;
        w->n++;
        wake = wake_one(w);
    }
    pthread_mutex_unlock(&w->lock);
    if (wake)
        pthread_cond_signal(&w->some);
    return taken;
}

static struct exchange *take(struct http_work *w)
{
    struct exchange *x = w->head;

    if (x) {
        w->head = x->next_work;
        w->n--;
    }
    return x;
}

struct exchange *work_pop(struct http_work *w)
{
    struct exchange *x;
    bool wake;

    pthread_mutex_lock(&w->lock);
    while (!w->n && !w->closed) {
        w->idle++;
        pthread_cond_wait(&w->some, &w->lock);
        w->idle--;
        w->waking = false;
    }
    x = take(w);
    wake = wake_one(w);
    pthread_mutex_unlock(&w->lock);
    if (wake)
        pthread_cond_signal(&w->some);
    return x;
}

struct exchange *work_try(struct http_work *w)
{
    struct exchange *x;

    pthread_mutex_lock(&w->lock);
    x = take(w);
    pthread_mutex_unlock(&w->lock);
    return x;
}

void work_close(struct http_work *w)
{
    pthread_mutex_lock(&w->lock);
    w->closed = true;
    pthread_cond_broadcast(&w->some);
    pthread_mutex_unlock(&w->lock);
}

size_t work_len(struct http_work *w)
{
    size_t n;

    pthread_mutex_lock(&w->lock);
    n = w->n;
    pthread_mutex_unlock(&w->lock);
    return n;
}

bool work_full(struct http_work *w)
{
    bool full;

    pthread_mutex_lock(&w->lock);
    full = w->n >= w->max || w->closed;
    pthread_mutex_unlock(&w->lock);
    return full;
}
