/* base/thread.h - named threads and bounded queues.
 *
 * A thread has a name, one owner that starts and joins it, and one loop. Queues are bounded and full is an answer
 * (ERR_LIMIT), not a wait; ownership moves only when the push succeeds. */
#pragma once
#include <pthread.h>

#include "base/err.h"
#include "base/str.h"

struct thread {
    pthread_t t;
    bool started;
};
/* `name`: at most 15 bytes; threads that do the same differ by a dash and a number at its end. All signals are blocked in the new thread. */
enum err_code thread_start(struct thread *t, const char *name, void (*run)(void *), void *arg, struct err *e);
const char *thread_work(void); /* the calling thread's name without its number; "" for one not started here */
void thread_join(struct thread *t); /* nothing when it was not started */
/* For waits that end at a clock_deadline(). */
void thread_cond_init(pthread_cond_t *c);
int thread_cores(void); /* processors this process may use, at least 1 */

struct queue; /* of pointers; any number of producers and consumers */
struct queue *queue_new(size_t max);
void queue_free(struct queue *q); /* must be empty or its items owned elsewhere */
enum err_code queue_push(struct queue *q, void *item, struct err *e);
/* Waits at most timeout_ms (-1: without end). NULL on timeout, or when closed and empty. */
void *queue_pop(struct queue *q, int timeout_ms);
void queue_close(struct queue *q); /* wakes all; later pushes fail with ERR_BUSY */
size_t queue_len(struct queue *q);
