/* pipeline/worker.h - threads that run the stages' jobs.
 *
 * Each stage has its own threads; a thread claims a batch, runs it, and sleeps when there is nothing, until it is woken or
 * two seconds are over: what other processes queue, and what becomes due, is found then. One more thread keeps the leases alive. Draining lets running batches finish and gives the rest back. */
#pragma once
#include "pipeline/core.h"

enum err_code workers_start(struct core *c, struct err *e);
void workers_drain(struct core *c); /* at most the length of the running batches; NULL workers are ignored */
void workers_wake(struct core *c, const char *queue); /* this process queued something; NULL: no matter where */
/* How many jobs have ended, well or badly. */
uint64_t workers_progress(struct core *c);
/* Waits until a job about `object` (nil: any) ended after the first `seen`, or timeout_ms. May return for another one. */
void workers_wait_progress(struct core *c, uint64_t seen, struct id object, int timeout_ms);
