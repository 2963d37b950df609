/* pipeline/analyse.h - what an interaction says, by the rules: the same for one that is just coming in and for one that is stored.
 * Any thread. */
#pragma once
#include "insight/findings.h"
#include "pipeline/core.h"

/* Findings of all makers. Memory in `a`. */
void analyse_run(struct core *c, const struct discourse *d, struct arena *a, struct record_finding **out,
                 size_t *out_n);
/* Jobs that follow an analysis: how many of `out`. */
enum { ANALYSE_JOBS_MAX = 2 };
size_t analyse_jobs(struct core *c, struct id interaction, struct job_new out[ANALYSE_JOBS_MAX]);
/* Wakes who does them, after the transaction. */
void analyse_wake(struct core *c);
