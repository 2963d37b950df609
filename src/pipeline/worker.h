/* pipeline/worker.h - threads that run the stages' jobs.
 *
 * Each stage has its own threads; a thread claims a batch, runs it, and sleeps on the queue's announcements when there is
 * nothing. One more thread keeps the leases alive. Draining lets running batches finish and gives the rest back. */
#pragma once
#include "pipeline/core.h"

enum err_code workers_start(struct core *c, struct err *e);
void workers_drain(struct core *c); /* at most the length of the running batches; NULL workers are ignored */
void workers_wake(struct core *c);  /* something was queued by this process */
/* Waits until some job finished since the last look, or timeout_ms. */
void workers_wait_progress(struct core *c, int timeout_ms);
