/* net/http_work.h - the bounded queue between the loops and the workers; of the server's own files only.
 *
 * It wakes one worker at a time, and that one wakes the next when there is more: with short handlers a few stay awake
 * and no time goes into waking all, with long ones all come in turn. Any thread. */
#pragma once
#include <pthread.h>

#include "base/str.h"

struct exchange;

struct http_work {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t some;
    struct exchange *head, *tail;
    size_t n, max;
    int idle;    /* workers that wait */
    bool waking; /* one has been told and has not come yet */
    bool closed;
};

void work_init(struct http_work *w, size_t max);
void work_done(struct http_work *w);
bool work_push(struct http_work *w, struct exchange *x); /* false: full or closed */
struct exchange *work_pop(struct http_work *w);          /* waits; NULL: closed and empty */
struct exchange *work_try(struct http_work *w);          /* NULL: empty */
void work_close(struct http_work *w);
size_t work_len(struct http_work *w);
bool work_full(struct http_work *w);
